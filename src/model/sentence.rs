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
