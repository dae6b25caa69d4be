//! Paragraphs of plain text.

use crate::model::{Role, Span};

use super::layout::{self, Layout, Line, is_terminated, starts_item};
use super::{Outline, Paragraph};

/// Lines looked at to tell how a block was folded.
const LINES_OF_A_BLOCK: usize = 1000;

/// The paragraphs of `text`; quote marks inside one are protected.
pub(super) fn outline(text: &str, layout: &Layout) -> Outline {
    let mut outlining =
        Outlining { text, outline: Outline::default(), before: None, lines_in_last: 0, title: None };
    let mut block: Vec<Line> = Vec::new();
    for line in layout::lines(text, Span::new(0, text.len())) {
        let is_blank = line.content.is_empty();
        if !is_blank {
            block.push(line);
        }
        if is_blank || block.len() == LINES_OF_A_BLOCK {
            outlining.block(&block, layout);
            block.clear();
        }
        if is_blank {
            outlining.before = None;
        }
    }
    outlining.block(&block, layout);
    outlining.settle_title();
    outlining.outline
}

/// An outline while lines are added to it.
struct Outlining<'t> {
    text: &'t str,
    outline: Outline,
    /// The line above the next one, if they are in one block.
    before: Option<Line>,
    lines_in_last: usize,
    /// The paragraph that would be a heading if the next one were text.
    title: Option<usize>,
}

impl Outlining<'_> {
    /// Adds lines with no blank one between them.
    fn block(&mut self, lines: &[Line], layout: &Layout) {
        let layout = layout.of_block(self.text, lines);
        for &line in lines {
            self.line(line, &layout);
        }
    }

    fn line(&mut self, line: Line, layout: &Layout) {
        match (self.before, self.outline.paragraphs.last_mut()) {
            (Some(before), Some(last))
                if quote_depth(self.text, before) == quote_depth(self.text, line)
                    && layout.folds(self.text, before, line) =>
            {
                protect_quote_marks(self.text, before, line, &mut self.outline.protected);
                last.span.end = line.content.end;
                self.lines_in_last += 1;
            }
            _ => {
                self.settle_title();
                self.outline.paragraphs.push(Paragraph { span: line.content, role: Role::Prose });
                self.lines_in_last = 1;
            }
        }
        self.before = Some(line);
    }

    fn settle_title(&mut self) {
        self.title = settle_title(self.text, &mut self.outline.paragraphs, self.title, self.lines_in_last);
    }
}

/// Calls the waiting title a heading if the last paragraph is the text it announces, and tells whether
/// the last paragraph may be a title itself.
fn settle_title(
    text: &str,
    paragraphs: &mut [Paragraph],
    title: Option<usize>,
    lines_in_last: usize,
) -> Option<usize> {
    let last = paragraphs.len().checked_sub(1)?;
    let body = paragraphs[last].span;
    if let Some(title) = title {
        let announced = is_terminated(body.of(text)) && body.len() > paragraphs[title].span.len();
        if announced {
            paragraphs[title].role = Role::Heading;
        }
    }
    let after_text = last == 0
        || paragraphs[last - 1].role == Role::Heading
        || is_terminated(paragraphs[last - 1].span.of(text));
    (lines_in_last == 1 && after_text && looks_like_title(body.of(text))).then_some(last)
}

/// Longer lines are sentences that lack a stop.
const TITLE_WORDS: usize = 12;
const TITLE_BYTES: usize = 120;

fn looks_like_title(line: &str) -> bool {
    line.len() <= TITLE_BYTES
        && line.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric())
        && line
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, ')' | '"' | '”' | '’' | '\''))
        && !is_terminated(line)
        && !starts_item(line)
        && line.split_whitespace().count() <= TITLE_WORDS
}

/// How many `>` stand before the line.
fn quote_depth(text: &str, line: Line) -> usize {
    text[..line.content.start]
        .bytes()
        .rev()
        .take_while(|byte| matches!(byte, b'>' | b' '))
        .filter(|&b| b == b'>')
        .count()
}

fn protect_quote_marks(text: &str, before: Line, line: Line, protected: &mut Vec<Span>) {
    let gap = Span::new(before.content.end, line.content.start);
    if let Some(mark) = memchr::memchr(b'>', gap.of(text).as_bytes()) {
        protected.push(Span::new(gap.start + mark, gap.end));
    }
}
