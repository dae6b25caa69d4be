//! Paragraphs of plain text.

use crate::model::{Role, Span};

use super::layout::{self, Layout, Line, is_terminated, starts_item};
use super::{Outline, Paragraph};

/// The paragraphs of `text`; quote marks inside one are protected.
pub(super) fn outline(text: &str, layout: &Layout) -> Outline {
    let Outline { mut paragraphs, mut protected, held } = Outline::default();
    let mut before: Option<Line> = None;
    let mut lines_in_last = 0_usize;
    // The paragraph that would be a heading if the next one were text.
    let mut title: Option<usize> = None;
    for line in layout::lines(text, Span::new(0, text.len())) {
        if line.content.is_empty() {
            before = None;
            continue;
        }
        match (before, paragraphs.last_mut()) {
            (Some(before), Some(last))
                if quote_depth(text, before) == quote_depth(text, line)
                    && layout.folds(text, before, line) =>
            {
                protect_quote_marks(text, before, line, &mut protected);
                last.span.end = line.content.end;
                lines_in_last += 1;
            }
            _ => {
                title = settle_title(text, &mut paragraphs, title, lines_in_last);
                paragraphs.push(Paragraph { span: line.content, role: Role::Prose });
                lines_in_last = 1;
            }
        }
        before = Some(line);
    }
    settle_title(text, &mut paragraphs, title, lines_in_last);
    Outline { paragraphs, protected, held }
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
