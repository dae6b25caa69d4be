//! The words of a sentence, and what stands between them.

use crate::language::is_invisible;

/// A word of a sentence, and what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its number in a vocabulary.
    pub(super) word: u32,
    pub(super) gap: Gap,
}

/// What stands between a word and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// White space, or nothing.
    Space,
    /// A mark that ends sentences.
    Stop,
    /// Other punctuation.
    Mark,
    /// Nothing but a quotation or bracket that closes, and white space.
    Close,
}

/// Quotes and brackets that may close.
const CLOSING: [char; 8] = ['"', '\'', '”', '’', '»', ')', ']', '}'];

/// Marks that end sentences. A question mark is a word of its own: it changes the sense.
pub(super) const STOPS: [char; 7] = ['.', '!', '…', '。', '！', '।', '۔'];

impl Gap {
    pub(super) fn of(between: &str, at_start: bool) -> Self {
        if at_start || between == " " || between.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            Gap::Space
        } else if between.contains(STOPS) {
            Gap::Stop
        } else if !between.trim_start_matches(CLOSING).contains(|c: char| !c.is_whitespace())
            && between.ends_with(char::is_whitespace)
        {
            Gap::Close
        } else {
            Gap::Mark
        }
    }
}

impl Token {
    pub(super) fn pack(self) -> u32 {
        self.word << 2 | self.gap as u32
    }

    #[inline]
    pub(super) fn unpack(packed: u32) -> Self {
        let gap = match packed & 3 {
            0 => Gap::Space,
            1 => Gap::Stop,
            2 => Gap::Mark,
            _ => Gap::Close,
        };
        Token { word: packed >> 2, gap }
    }
}
