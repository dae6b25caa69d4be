//! Any text, plain and as Markdown: sentences tile it, on the boundaries of characters.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrubjay::model::Markup;
use scrubjay::segment::segment;

fuzz_target!(|text: &str| {
    for markup in [Markup::Plain, Markup::Markdown] {
        let segmentation = segment(text, markup);
        let mut at = 0;
        for sentence in &segmentation.sentences {
            assert_eq!(sentence.span.start, at, "a gap or an overlap");
            assert!(sentence.span.start <= sentence.text.start && sentence.text.end <= sentence.span.end);
            assert!(text.is_char_boundary(sentence.text.start) && text.is_char_boundary(sentence.text.end));
            at = sentence.span.end;
        }
        assert_eq!(at, text.len(), "the last tile ends early");
        let mut before = 0;
        for span in &segmentation.protected {
            assert!(before <= span.start && span.end <= text.len(), "not sorted and disjoint");
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            before = span.end;
        }
    }
});
