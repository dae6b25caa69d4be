//! Any bytes as a text file: decoding does not fail, and every byte outside an edit stays.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrubjay::input::{self, Batch};
use scrubjay::model::{Compression, Edit, EditSet, Format, Source, Span};
use scrubjay::output::{apply_splices, splices};

fuzz_target!(|bytes: &[u8]| {
    let [places, raw @ ..] = bytes else { return };
    let name = if places & 1 == 0 { "a.txt" } else { "a" };
    let source = Source {
        path: name.into(),
        relative: name.into(),
        name: name.into(),
        format: Format::Text,
        compression: Compression::None,
        size: raw.len() as u64,
    };
    let batch = Batch { raw: raw.to_vec(), first_line: 0, start: 0, last: true };
    for document in input::documents(&source, &batch, &input::Settings::default()).documents {
        let text = &document.text;
        let whole = document.map.raw_span(Span::new(0, text.len()));
        assert!(whole.end <= raw.len(), "{whole:?} of {}", raw.len());

        let start = text.floor_char_boundary(usize::from(*places) * text.len() / 255);
        let end = text.ceil_char_boundary((start + 1).min(text.len()));
        let edits = vec![Edit { span: Span::new(start, end), replacement: "é!".into() }];
        let edits = EditSet::new(edits).expect("one edit does not overlap");
        let splices = splices(&document, &edits);
        let mut after = Vec::new();
        apply_splices(raw, &splices, &mut after).expect("memory does not fail");
        let span = splices[0].raw;
        assert_eq!(after[..span.start], raw[..span.start]);
        assert_eq!(after[after.len() - (raw.len() - span.end)..], raw[span.end..]);
        assert_eq!(after.len(), raw.len() - span.len() + splices[0].replacement.len());
    }
});
