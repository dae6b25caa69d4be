//! Room 2: text → sentence spans that tile the text.
//!
//! A text is cut three times, each time in one pass: into lines (or Markdown's stretches of inline
//! text), the lines joined to paragraphs, the paragraphs cut into sentences. Nothing looks further
//! back or ahead than a constant, so a line of 100 MB costs what its bytes cost.

mod abbreviations;
mod boundary;
mod layout;
mod markdown;
mod plain;
mod tiles;

use crate::language::{self, Language};
use crate::model::{Markup, Role, Sentence, Span};

use boundary::Rules;
use layout::Layout;
use tiles::Tiles;

/// A text cut into sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segmentation {
    /// Tile the text: every byte is in exactly one `span`.
    pub sentences: Vec<Sentence>,
    /// Stretches inside prose that no edit may touch: inline code, link targets, autolinks, inline HTML,
    /// images, footnote references, escapes, and the `>` that quotes a line in the middle of a sentence.
    /// Sorted and disjoint. A whole sentence may still be removed with what is protected in it.
    pub protected: Vec<Span>,
    /// The language the text is in, where it can be told.
    pub language: Option<Language>,
}

/// Cuts a text into sentences.
///
/// List markers and quote marks at the beginning of a line are stretches of their own in Markdown
/// (quote marks also in plain text), so removing a sentence never takes them along. Where a quoted
/// sentence runs over several lines, the quote marks in its middle lie within it and are protected.
pub fn segment(text: &str, markup: Markup) -> Segmentation {
    let language = language::identify(text);
    let layout = Layout::of(text);
    let mut protected = Vec::new();
    let paragraphs = match markup {
        Markup::Plain => plain::paragraphs(text, &layout, &mut protected),
        Markup::Markdown => markdown::paragraphs(text, &layout, &mut protected),
    };
    let mut rules = Rules::new(language);
    let mut tiles = Tiles::new(text);
    for (number, paragraph) in paragraphs.iter().enumerate() {
        tiles.begin_paragraph(number);
        match paragraph.role {
            Role::Prose => rules.cut(text, paragraph.span, |sentence| tiles.push(sentence, Role::Prose)),
            role => tiles.push(paragraph.span, role),
        }
    }
    Segmentation { sentences: tiles.finish(), protected, language }
}

/// The sentences of a text; see [`segment`].
pub fn sentences(text: &str, markup: Markup) -> Vec<Sentence> {
    segment(text, markup).sentences
}

/// The stretches inside prose that no edit may touch; see [`Segmentation::protected`].
pub fn protected_spans(text: &str, markup: Markup) -> Vec<Span> {
    segment(text, markup).protected
}

/// Lines that belong together, without white space at either end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Paragraph {
    span: Span,
    role: Role,
}
