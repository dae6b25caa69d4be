//! A sentence of a document.

use super::Span;

/// One sentence, or one stretch that is no prose.
///
/// The `span`s of a document's sentences tile its text: each begins where the one before ended,
/// and together they hold every byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence with the white space that belongs to it (what goes when it is removed is
    /// decided elsewhere).
    pub span: Span,
    /// The sentence itself, without white space at either end. Lies within `span`; empty only in
    /// a stretch of nothing but white space.
    pub text: Span,
    /// What kind of stretch this is.
    pub role: Role,
    /// Which paragraph of the document it belongs to, counted from 0.
    pub paragraph: u32,
}

impl Sentence {
    /// True for what stands before a sentence on its line and belongs to it: `- `, `> `, `2. `, `## `. It is the
    /// stretch at a place among those of a text.
    pub fn is_marker(text: &str, sentences: &[Sentence], at: usize) -> bool {
        let (stretch, next) = (&sentences[at], sentences.get(at + 1));
        let marks = |c: char| {
            matches!(c, '-' | '*' | '+' | '>' | '#' | '.' | ')' | '[' | ']' | 'x' | 'X' | '0'..='9')
        };
        stretch.role == Role::Opaque
            && next.is_some_and(|next| {
                next.role != Role::Opaque && !text[stretch.text.end..next.text.start].contains('\n')
            })
            && stretch.text.of(text).chars().all(|c| marks(c) || c.is_whitespace())
    }
}

/// What kind of stretch a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A sentence of running text.
    Prose,
    /// A heading or title.
    Heading,
    /// Code, tables, front matter, HTML, link definitions, white space: never looked at.
    Opaque,
}
