//! Closing quotation marks that nothing opened.

use crate::model::{Applicability, Finding, Kind, Span};

use super::mojibake::word_around;

/// Follows quotation marks through a document.
#[derive(Default)]
pub(super) struct Quotes {
    paragraph: Option<u32>,
    open: usize,
}

impl Quotes {
    /// Adds the closing marks of a stretch that nothing opened. Quotations may run over paragraphs,
    /// so what a paragraph leaves open may be closed in the next.
    pub(super) fn find(&mut self, text: &str, stretch: Span, paragraph: u32, out: &mut Vec<Finding>) {
        if self.paragraph != Some(paragraph) {
            self.open = self.open.min(1);
            self.paragraph = Some(paragraph);
        }
        // All of them begin with E2 80, but the straight one.
        for at in memchr::memchr2_iter(0xe2, b'"', stretch.of(text).as_bytes()) {
            let start = stretch.start + at;
            let Some(mark) = text[start..].chars().next() else { continue };
            let end = start + mark.len_utf8();
            let before = text[stretch.start..start].chars().next_back();
            let after = text[end..stretch.end].chars().next();
            // Swedes and Finns close on both sides.
            let opens = before
                .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-' | '‘'))
                && after.is_some_and(|c| !c.is_whitespace());
            match mark {
                '“' | '„' | '‟' => self.open += 1,
                '"' | '”' if opens => self.open += 1,
                '"' => self.open = self.open.saturating_sub(1),
                '”' if self.open > 0 => self.open -= 1,
                '”' => {
                    // `6”` are inches; alone between spaces it is a ditto.
                    if before.is_none_or(|c| c.is_numeric() || c.is_whitespace()) {
                        continue;
                    }
                    out.push(unopened(text, stretch, start, end));
                }
                _ => {}
            }
        }
    }
}

fn unopened(text: &str, stretch: Span, start: usize, end: usize) -> Finding {
    // The word before it shows which one is meant.
    let stops = text[stretch.start..start]
        .char_indices()
        .rev()
        .take_while(|(_, c)| matches!(c, '.' | ',' | '!' | '?' | '…' | '’'))
        .last()
        .map_or(start, |(at, _)| stretch.start + at);
    let word = word_around(text, stretch, Span::new(stops, stops)).start;
    Finding {
        kind: Kind::UnbalancedQuote,
        span: Span::new(word, end),
        suggestion: Some(text[word..start].to_owned()),
        confidence: 0.7,
        applicability: Applicability::Review,
        reason: "nothing opened this quotation".to_owned(),
        repetition: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(paragraphs: &[&str]) -> Vec<String> {
        let mut quotes = Quotes::default();
        let mut told = Vec::new();
        for (number, text) in (0..).zip(paragraphs) {
            let mut findings = Vec::new();
            quotes.find(text, Span::new(0, text.len()), number, &mut findings);
            told.extend(
                findings
                    .into_iter()
                    .map(|finding| format!("{} -> {}", finding.span.of(text), finding.suggestion.unwrap())),
            );
        }
        told
    }

    #[test]
    fn a_closing_mark_needs_an_opening_one() {
        assert_eq!(told(&["may be played until ten.” After that"]), ["ten.” -> ten."]);
        assert_eq!(told(&["“Yes,” he said. No.”"]), ["No.” -> No."]);
    }

    #[test]
    fn quotations_that_were_opened_may_be_closed() {
        for text in ["“Yes.”", "\"Yes.”", "„Ja.”", "”Joo”, hän sanoi.", "a 6” nail", "“One ‘two’ three”"]
        {
            assert_eq!(told(&[text]), Vec::<String>::new(), "{text}");
        }
        assert_eq!(told(&["“It was late.", "And cold.”"]), Vec::<String>::new());
        assert_eq!(told(&["“It was late.", "“And cold.”", "“So.”"]), Vec::<String>::new());
    }
}
