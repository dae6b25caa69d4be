//! A document as the rooms see it, and the way back from its text to the bytes of the file.

use super::Span;

/// One document: a text file, or one line of a JSONL file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name reports use: the path from the corpus root with `/`, or `path#LINE`.
    pub name: String,
    /// The decoded text, without BOM. A byte that could not be decoded stands as U+FFFD.
    pub text: String,
    /// How the text is to be read.
    pub markup: Markup,
    /// How a replacement is written back.
    pub encoding: Encoding,
    /// From byte offsets in `text` to byte offsets in the batch the document was read in.
    pub map: OffsetMap,
    /// The bytes of the batch that go when the whole document goes: the file, or the JSONL line
    /// with its line feed.
    pub extent: Span,
    /// Hash of the bytes in `extent`: tells whether the document changed between two reads.
    pub content_hash: u128,
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Everything is prose.
    Plain,
    /// CommonMark: prose, and stretches that must not be touched.
    Markdown,
}

/// How the characters of a document stand in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, possibly with stray bytes between.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// UTF-8 inside a JSON string.
    JsonString,
}

impl Encoding {
    /// The bytes that stand for `text` in the file.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::JsonString => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted.as_bytes()[1..quoted.len() - 1].to_vec()
            }
        }
    }
}

/// From byte offsets in a decoded text to byte offsets in the bytes it was decoded from.
///
/// Invariant: runs are sorted by text offset, and within a run every character has the same
/// length in the text and in the raw bytes. Plain UTF-8 is one run, whatever its length; UTF-16
/// is a run for each stretch of one character width; each JSON escape is a run of its own.
#[derive(Clone, Debug)]
pub struct OffsetMap {
    runs: Vec<Run>,
    /// Where the next character goes: the lengths of both sides so far.
    text: usize,
    raw: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    text: usize,
    raw: usize,
    text_step: u8,
    raw_step: u8,
}

impl OffsetMap {
    /// An empty map whose first character will stand at byte `raw_start`.
    pub fn starting_at(raw_start: usize) -> Self {
        OffsetMap { runs: Vec::new(), text: 0, raw: raw_start }
    }

    /// Adds a stretch of `len` bytes that are the same in both.
    pub fn push_same(&mut self, len: usize) {
        self.push_run(1, 1, len);
    }

    /// Adds one character of `text_len` bytes that is written with `raw_len` bytes.
    pub fn push_char(&mut self, text_len: usize, raw_len: usize) {
        debug_assert!(text_len <= 4 && raw_len <= 12, "{text_len} and {raw_len} bytes are no character");
        self.push_run(text_len as u8, raw_len as u8, 1);
    }

    fn push_run(&mut self, text_step: u8, raw_step: u8, count: usize) {
        if count == 0 {
            return;
        }
        if self.runs.last().is_none_or(|run| (run.text_step, run.raw_step) != (text_step, raw_step)) {
            self.runs.push(Run { text: self.text, raw: self.raw, text_step, raw_step });
        }
        self.text += usize::from(text_step) * count;
        self.raw += usize::from(raw_step) * count;
    }

    /// The raw offset of the character that starts at text offset `text`, or of the end of the
    /// raw bytes when `text` is the end of the text. Costs a binary search over the runs.
    pub fn raw(&self, text: usize) -> usize {
        debug_assert!(text <= self.text, "{text} is past the end {}", self.text);
        if text == self.text {
            return self.raw;
        }
        let run = self.runs[self.runs.partition_point(|run| run.text <= text) - 1];
        run.raw + (text - run.text) / usize::from(run.text_step) * usize::from(run.raw_step)
    }

    /// The raw bytes of a span of text.
    pub fn raw_span(&self, span: Span) -> Span {
        Span::new(self.raw(span.start), self.raw(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_find_their_way_back_through_escapes_and_wide_characters() {
        // text: a é \n 😀 b — raw: BOM-sized start 3, a=1, é as \u00e9=6, \n=2, 😀 as two \u=12, b=1
        let mut map = OffsetMap::starting_at(3);
        map.push_same(1);
        map.push_char(2, 6);
        map.push_char(1, 2);
        map.push_char(4, 12);
        map.push_same(1);
        let text = "aé\n😀b";
        let raw: Vec<usize> =
            text.char_indices().map(|(at, _)| map.raw(at)).chain([map.raw(text.len())]).collect();
        assert_eq!(raw, [3, 4, 10, 12, 24, 25]);
    }

    #[test]
    fn an_empty_text_maps_its_end() {
        assert_eq!(OffsetMap::starting_at(7).raw(0), 7);
    }

    #[test]
    fn replacements_are_written_in_the_encoding_of_the_file() {
        assert_eq!(Encoding::JsonString.encode("a\"é\n"), "a\\\"é\\n".as_bytes());
        assert_eq!(Encoding::Utf16Be.encode("é"), [0, 0xE9]);
        assert_eq!(Encoding::Utf16Le.encode("😀"), [0x3D, 0xD8, 0x00, 0xDE]);
    }
}
