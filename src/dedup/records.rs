//! What is noted of each sentence of a batch, in one stretch of bytes.

use crate::language::Language;
use crate::model::varint;

/// What a batch tells, in the order of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    /// A sentence of the document that ends next.
    Sentence(SentenceRecord<'a>),
    /// A document ends.
    DocumentEnd {
        language: Option<Language>,
        /// Something in it could not be read, so it is never taken for a copy as a whole.
        damaged: bool,
    },
}

/// One sentence, or an opaque stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SentenceRecord<'a> {
    /// 128-bit hash of the normal form.
    pub(super) hash: u128,
    /// Where it starts in its document, in bytes.
    pub(super) start: u32,
    /// In bytes.
    pub(super) length: u32,
    /// 1-based.
    pub(super) line: u32,
    /// Words, counted up to 255. A character of a script without spaces is half a word.
    pub(super) words: u8,
    pub(super) standing: Standing,
    /// Its words, each a [`Token`] with its number in the vocabulary; see [`varint`].
    pub(super) tokens: &'a [u8],
}

/// Stands for no language where languages are numbered.
pub(super) const NO_LANGUAGE: u8 = u8::MAX;

/// Marks the end of a document where the standing of a sentence would be.
pub(super) const DOCUMENT_END: u8 = u8::MAX;

/// What kind of part a sentence plays in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Running text.
    Prose,
    /// Running text that ends with a stop.
    Sentence,
    /// A line of plain text that looks like a heading. It may be a sentence that lost its stop.
    Line,
    /// A heading, beyond doubt or to be on the safe side.
    Heading,
    /// Known by hash only: it counts when whole documents are compared.
    Opaque,
}

impl Standing {
    /// In the order of their numbers.
    const ALL: [Standing; 5] =
        [Standing::Prose, Standing::Sentence, Standing::Line, Standing::Heading, Standing::Opaque];

    /// The standing with this number.
    pub(super) fn of_number(number: u8) -> Option<Self> {
        Standing::ALL.get(usize::from(number)).copied()
    }
}

/// The records of a run of documents.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordList {
    pub(super) documents: usize,
    pub(super) sentences: usize,
    languages: Vec<Language>,
    bytes: Box<[u8]>,
}

impl RecordList {
    /// How many bytes they take; tokens are the most of it.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The sentences, and the end of each document after its last.
    pub(super) fn iter(&self) -> Records<'_> {
        Records { rest: &self.bytes, languages: &self.languages, start: 0, line: 0 }
    }
}

/// Reads what [`RecordWriter`] wrote.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    languages: &'a [Language],
    /// Of the sentence before in this document.
    start: u32,
    line: u32,
}

impl<'a> Records<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    fn number(&mut self) -> Option<u32> {
        let number = varint::read(self.rest).next()?;
        self.rest = &self.rest[varint::bytes(self.rest, 1)..];
        Some(number)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let standing = self.byte()?;
        if standing == DOCUMENT_END {
            (self.start, self.line) = (0, 0);
            let language = self.languages.get(usize::from(self.byte()?)).copied();
            return Some(Record::DocumentEnd { language, damaged: self.byte()? != 0 });
        }
        let hash = u128::from_le_bytes(self.bytes(16)?.try_into().ok()?);
        self.start = self.start.wrapping_add(self.number()?);
        let length = self.number()?;
        self.line = self.line.wrapping_add(self.number()?);
        let words = self.byte()?;
        let tokens = self.number()? as usize;
        Some(Record::Sentence(SentenceRecord {
            hash,
            start: self.start,
            length,
            line: self.line,
            words,
            standing: Standing::of_number(standing)?,
            tokens: self.bytes(tokens)?,
        }))
    }
}

/// Writes the records of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordWriter {
    documents: usize,
    sentences: usize,
    languages: Vec<Language>,
    bytes: Vec<u8>,
    /// Start and line of the sentence before in this document.
    last: (u32, u32),
}

impl RecordWriter {
    /// Adds a sentence of the document at hand.
    pub(super) fn push(&mut self, sentence: &SentenceRecord) {
        let bytes = &mut self.bytes;
        let (last_start, last_line) = self.last;
        bytes.push(sentence.standing as u8);
        bytes.extend_from_slice(&sentence.hash.to_le_bytes());
        varint::push(bytes, sentence.start.wrapping_sub(last_start));
        varint::push(bytes, sentence.length);
        varint::push(bytes, sentence.line.wrapping_sub(last_line));
        bytes.push(sentence.words);
        varint::push(bytes, sentence.tokens.len() as u32);
        bytes.extend_from_slice(sentence.tokens);
        self.sentences += 1;
        self.last = (sentence.start, sentence.line);
    }

    /// Ends the document at hand.
    pub(super) fn end_document(&mut self, language: Option<Language>, damaged: bool) {
        let language = language.map_or(NO_LANGUAGE, |language| place_of(language, &mut self.languages));
        self.bytes.extend_from_slice(&[DOCUMENT_END, language, u8::from(damaged)]);
        self.documents += 1;
        self.last = (0, 0);
    }

    /// All that was written.
    pub(super) fn finish(self) -> RecordList {
        let RecordWriter { documents, sentences, languages, bytes, .. } = self;
        // A copy of the right size, not what is left of a larger piece.
        RecordList { documents, sentences, languages, bytes: Box::from(bytes.as_slice()) }
    }
}

/// The place of a language among those seen so far.
pub(super) fn place_of(language: Language, seen: &mut Vec<Language>) -> u8 {
    let known = seen.iter().position(|&other| other == language);
    let place = known.unwrap_or_else(|| {
        seen.push(language);
        seen.len() - 1
    });
    u8::try_from(place).unwrap_or(NO_LANGUAGE)
}
