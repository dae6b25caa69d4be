//! Sentences laid edge to edge.

use crate::model::{Role, Sentence, Span};

/// Makes tiles of sentences: what lies between two of them goes to the first if it is white space, and
/// is an opaque tile of its own if it is anything else (code, a list marker).
pub(super) struct Tiles<'t> {
    text: &'t str,
    sentences: Vec<Sentence>,
    paragraph: u32,
    /// Where the last tile ends.
    end: usize,
}

impl<'t> Tiles<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Tiles { text, sentences: Vec::new(), paragraph: 0, end: 0 }
    }

    pub(super) fn begin_paragraph(&mut self, number: usize) {
        // A text is at most 4 GB of paragraphs of a byte each, and then the number stays where it is.
        self.paragraph = u32::try_from(number).unwrap_or(u32::MAX);
    }

    /// Adds a sentence that begins and ends with something else than white space, after the last one.
    pub(super) fn push(&mut self, text: Span, role: Role) {
        self.fill(text.start);
        self.sentences.push(Sentence { span: text, text, role, paragraph: self.paragraph });
        self.end = text.end;
    }

    pub(super) fn finish(mut self) -> Vec<Sentence> {
        self.fill(self.text.len());
        self.sentences
    }

    /// Covers everything before `start`.
    fn fill(&mut self, start: usize) {
        if start == self.end {
            return;
        }
        let gap = &self.text[self.end..start];
        let mut inner = self.end + gap.len() - gap.trim_start().len();
        match self.sentences.last_mut() {
            Some(last) => last.span.end = inner,
            // White space before everything else.
            None if inner == start => {
                self.push_opaque(Span::new(0, start), Span::new(0, 0));
                inner = start;
            }
            None => inner = 0,
        }
        if inner < start {
            let text = gap.trim();
            let text_start = self.end + (gap.len() - gap.trim_start().len());
            self.push_opaque(Span::new(inner, start), Span::new(text_start, text_start + text.len()));
        }
        self.end = start;
    }

    fn push_opaque(&mut self, span: Span, text: Span) {
        self.sentences.push(Sentence { span, text, role: Role::Opaque, paragraph: self.paragraph });
    }
}
