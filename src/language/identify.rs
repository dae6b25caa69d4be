//! Which language a text is in.

/// A language, by its ISO 639-1 code (639-3 where there is none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(pub &'static str);

impl Language {
    /// English, of any dialect.
    pub const ENGLISH: Language = Language("en");
}

/// The language most of `text` is in, or `None` when it cannot be told.
pub fn identify(text: &str) -> Option<Language> {
    let _ = text;
    None
}
