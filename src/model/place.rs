//! Places: spans, ids, lines and columns.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes, `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} runs backwards");
        Span { start, end }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True when the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True when the two spans share a byte. An empty span shares none.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True when `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text of the span.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// A document's place in the sorted corpus, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocId(pub u32);

/// A place in a text as a person counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// 1-based; only LF ends a line, so CR LF counts once.
    pub line: u64,
    /// 1-based, in characters (code points).
    pub column: u64,
}

/// Turns byte offsets into lines and columns.
///
/// The cursor remembers where it stands, so offsets asked in rising order cost one pass over
/// the text in all, however long a line is. A smaller offset starts again from the beginning.
#[derive(Clone, Debug)]
pub struct PlaceCursor<'a> {
    text: &'a str,
    offset: usize,
    place: Place,
}

impl<'a> PlaceCursor<'a> {
    /// A cursor at the first character of `text`.
    pub fn new(text: &'a str) -> Self {
        PlaceCursor { text, offset: 0, place: Place { line: 1, column: 1 } }
    }

    /// The place of the character that starts at byte `offset`.
    pub fn place(&mut self, offset: usize) -> Place {
        if offset < self.offset {
            *self = PlaceCursor::new(self.text);
        }
        let passed = &self.text.as_bytes()[self.offset..offset];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        let tail = match memchr::memrchr(b'\n', passed) {
            Some(feed) => {
                self.place = Place { line: self.place.line + lines, column: 1 };
                &passed[feed + 1..]
            }
            None => passed,
        };
        self.place.column += characters(tail);
        self.offset = offset;
        self.place
    }
}

/// Number of code points in valid UTF-8: every byte but the continuation bytes.
fn characters(utf8: &[u8]) -> u64 {
    utf8.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_only_lf_ends_a_line() {
        let text = "né\r\nzwölf\rdrei\nvier";
        let mut cursor = PlaceCursor::new(text);
        let place = |line, column| Place { line, column };
        assert_eq!(cursor.place(0), place(1, 1));
        assert_eq!(cursor.place(text.find("zw").unwrap()), place(2, 1));
        assert_eq!(cursor.place(text.find("drei").unwrap()), place(2, 7));
        assert_eq!(cursor.place(text.find("vier").unwrap()), place(3, 1));
        assert_eq!(cursor.place(text.find("lf").unwrap()), place(2, 4), "going back starts again");
    }
}
