//! What goes wrong between machines rather than in the mind: wrong encodings, unseen characters, letters
//! of another alphabet, broken words, stray spaces. Most of it is the same in every language.

use crate::language::{Language, Lexicon};
use crate::model::{Finding, Role, Sentence, Span};

use super::codepages::Codepages;
use super::quotes::Quotes;
use super::spacing::Spacing;
use super::{hyphenation, invisible, lookalike, mojibake};

/// Finds mechanical faults.
pub(super) struct Mechanics<'a> {
    lexicon: &'a Lexicon,
    pages: Codepages,
}

impl<'a> Mechanics<'a> {
    pub(super) fn new(lexicon: &'a Lexicon) -> Mechanics<'a> {
        Mechanics { lexicon, pages: Codepages::new() }
    }

    /// Adds the mechanical faults of one document to `out`, by paragraph.
    pub(super) fn find(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        language: Option<Language>,
        out: &mut Vec<Finding>,
    ) {
        let Mechanics { lexicon, pages } = self;
        let is_english = language.is_none_or(|language| language == Language::ENGLISH);
        let mut quotes = Quotes::default();
        let mut spacing = Spacing::default();
        each_stretch(sentences, protected, |stretch, paragraph| {
            let Kinds { high, controls } = kinds(stretch.of(text).as_bytes());
            if high {
                mojibake::find(pages, text, stretch, out);
                invisible::find(lexicon, text, stretch, out);
                lookalike::find(lexicon, text, stretch, out);
                if is_english {
                    quotes.find(text, stretch, paragraph, out);
                }
            }
            if controls {
                invisible::find_controls(text, stretch, out);
            }
            if is_english {
                hyphenation::find(lexicon, text, stretch, out);
            }
            spacing.find(lexicon, text, stretch, is_english, out);
        });
        spacing.finish(out);
    }
}

/// What sorts of bytes a stretch has.
struct Kinds {
    high: bool,
    controls: bool,
}

/// One look at every byte, without a branch, so that the compiler can take many at a time.
fn kinds(bytes: &[u8]) -> Kinds {
    let (mut high, mut controls) = (0_u8, false);
    for &byte in bytes {
        high |= byte;
        controls |= invisible::is_control(byte);
    }
    Kinds { high: high >= 0x80, controls }
}

/// Calls `look` with every stretch of prose that nothing protected interrupts, and its paragraph.
pub(super) fn each_stretch(sentences: &[Sentence], protected: &[Span], mut look: impl FnMut(Span, u32)) {
    let mut guard = 0;
    let paragraphs = sentences.chunk_by(|a, b| a.paragraph == b.paragraph && a.role == b.role);
    for paragraph in paragraphs.filter(|sentences| sentences[0].role != Role::Opaque) {
        let mut start = paragraph[0].text.start;
        let end = paragraph[paragraph.len() - 1].text.end;
        while let Some(&next) = protected.get(guard)
            && next.start < end
        {
            if next.start > start {
                look(Span::new(start, next.start), paragraph[0].paragraph);
            }
            start = start.max(next.end);
            guard += 1;
        }
        if start < end {
            look(Span::new(start, end), paragraph[0].paragraph);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::sentences_of;
    use super::*;

    #[test]
    fn protected_spans_are_cut_out() {
        let text = "one two three\nfour five";
        let mut seen = Vec::new();
        let protected = [Span::new(4, 7), Span::new(14, 18)];
        each_stretch(&sentences_of(text), &protected, |stretch, paragraph| {
            seen.push((stretch.of(text).to_owned(), paragraph));
        });
        assert_eq!(seen, [("one ".to_owned(), 0), (" three".to_owned(), 0), (" five".to_owned(), 1)]);
    }

    #[test]
    fn every_language_is_looked_at() {
        let lexicon = Lexicon::load().unwrap();
        let text = "Das CafÃ© ist zu.\nDas war der Tag.Sie kam.";
        let mut out = Vec::new();
        Mechanics::new(&lexicon).find(text, &sentences_of(text), &[], Some(Language("de")), &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].suggestion.as_deref(), Some("Café"));
    }
}
