//! What survey remembers of each sentence: enough to find its copies and to say how they differ.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::language::{Language, TokenKind, is_invisible, tokens};
use crate::model::{Markup, PlaceCursor, Role, Sentence, varint};

use super::Settings;
use super::normalize::fold;
use super::vocabulary::Vocabulary;

/// The sentences of a run of documents, in corpus order.
///
/// One stretch of bytes, and the words of this batch in one vocabulary of its own: about 100 bytes
/// a sentence, and nothing that depends on other batches. There are as many of these as the corpus
/// is large, and all of them wait until the last document has been read.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints {
    documents: usize,
    sentences: usize,
    languages: Vec<Language>,
    /// The words, each followed by a line feed.
    vocabulary: Box<str>,
    /// A [`Record`] after the other.
    records: Box<[u8]>,
}

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
const STOPS: [char; 7] = ['.', '!', '…', '。', '！', '।', '۔'];

/// True if the sentence ends with a stop, whatever quotes and brackets close after it.
fn ends_with_stop(body: &str) -> bool {
    body.trim_end_matches(|c: char| !c.is_alphanumeric() && !STOPS.contains(&c) && c != '?').ends_with(STOPS)
}

impl Gap {
    fn of(between: &str, at_start: bool) -> Self {
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

impl Standing {
    /// In the order of their numbers.
    const ALL: [Standing; 5] =
        [Standing::Prose, Standing::Sentence, Standing::Line, Standing::Heading, Standing::Opaque];

    /// The standing with this number.
    pub(super) fn of_number(number: u8) -> Option<Self> {
        Standing::ALL.get(usize::from(number)).copied()
    }
}

impl Fingerprints {
    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Number of sentences and opaque stretches.
    pub fn sentences(&self) -> usize {
        self.sentences
    }

    /// The length of all records; tokens are the most of it.
    pub(super) fn bytes(&self) -> usize {
        self.records.len()
    }

    /// The distinct words, by number.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.vocabulary.split_terminator('\n')
    }

    /// The sentences, and the end of each document after its last.
    pub(super) fn records(&self) -> Records<'_> {
        Records::new(&self.records, &self.languages)
    }
}

/// Reads what [`Fingerprinter`] wrote.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    languages: &'a [Language],
    /// Of the sentence before in this document.
    start: u32,
    line: u32,
}

impl<'a> Records<'a> {
    /// The records in `bytes`, of documents in some of these `languages`.
    pub(super) fn new(bytes: &'a [u8], languages: &'a [Language]) -> Self {
        Records { rest: bytes, languages, start: 0, line: 0 }
    }

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

/// Makes the fingerprints of one batch of documents.
#[derive(Clone, Debug, Default)]
pub struct Fingerprinter {
    documents: usize,
    sentences: usize,
    languages: Vec<Language>,
    vocabulary: Vocabulary,
    /// Hash of the normal form and weight in half words, for each word of the vocabulary.
    forms: Vec<(u64, u8)>,
    records: Vec<u8>,
    /// Of the sentence at hand: the hashes of its words' normal forms, and its words.
    sequence: Vec<u8>,
    tokens: Vec<u8>,
    /// Start and line of the sentence before in this document.
    last: (u32, u32),
}

impl Fingerprinter {
    /// A fingerprinter for the next batch of documents.
    pub fn new(_settings: &Settings) -> Self {
        Fingerprinter::default()
    }

    /// Adds the next document of the corpus.
    pub fn document(
        &mut self,
        text: &str,
        sentences: &[Sentence],
        markup: Markup,
        language: Option<Language>,
    ) {
        let mut places = PlaceCursor::new(text);
        let mut damaged = false;
        let mut is_first = true;
        for sentence in sentences {
            let body = sentence.text.of(text);
            if body.contains('\u{FFFD}') {
                damaged = true;
                continue;
            }
            // Places are bytes in 32 bits; what lies beyond 4 GiB in one document is left alone.
            let (Ok(start), Ok(length)) =
                (u32::try_from(sentence.text.start), u32::try_from(sentence.text.len()))
            else {
                damaged = true;
                continue;
            };
            let standing = match sentence.role {
                Role::Prose if ends_with_stop(body) => Standing::Sentence,
                Role::Prose => Standing::Prose,
                // What comes first is the title of all that follows.
                Role::Heading if markup == Markup::Plain && !is_first => Standing::Line,
                Role::Heading => Standing::Heading,
                Role::Opaque => Standing::Opaque,
            };
            is_first &= body.is_empty();
            let Some((hash, words)) = self.sentence(body, standing) else { continue };
            let line = places.place(sentence.text.start).line;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            let tokens = std::mem::take(&mut self.tokens);
            self.push(&SentenceRecord { hash, start, length, line, words, standing, tokens: &[] }, &tokens);
            self.tokens = tokens;
        }
        self.end_document(language, damaged);
    }

    /// Adds a sentence of the document at hand, of these `tokens`.
    pub(super) fn push(&mut self, sentence: &SentenceRecord, tokens: &[u8]) {
        let records = &mut self.records;
        let (last_start, last_line) = self.last;
        records.push(sentence.standing as u8);
        records.extend_from_slice(&sentence.hash.to_le_bytes());
        varint::push(records, sentence.start.wrapping_sub(last_start));
        varint::push(records, sentence.length);
        varint::push(records, sentence.line.wrapping_sub(last_line));
        records.push(sentence.words);
        varint::push(records, tokens.len() as u32);
        records.extend_from_slice(tokens);
        self.sentences += 1;
        self.last = (sentence.start, sentence.line);
    }

    /// Ends the document at hand.
    pub(super) fn end_document(&mut self, language: Option<Language>, damaged: bool) {
        let language = self.language(language);
        self.records.extend_from_slice(&[DOCUMENT_END, language, u8::from(damaged)]);
        self.documents += 1;
        self.last = (0, 0);
    }

    /// The number of a word by itself, such as it stood in a text.
    pub(super) fn known_word(&mut self, word: &str) -> u32 {
        let kind = tokens(word).next().map_or(TokenKind::Symbol, |token| token.kind);
        self.word(word, kind)
    }

    /// The hash of the normal form of some words of this batch, and how many they are: see
    /// [`SentenceRecord`].
    pub(super) fn normal_form(&mut self, tokens: &[u8]) -> (u128, u8) {
        self.sequence.clear();
        let mut half_words = 0u32;
        for token in varint::read(tokens).map(Token::unpack) {
            let (hash, weight) = self.forms[token.word as usize];
            self.sequence.extend_from_slice(&hash.to_le_bytes());
            half_words += u32::from(weight);
        }
        (xxh3_128(&self.sequence), u8::try_from(half_words.div_ceil(2)).unwrap_or(u8::MAX))
    }

    /// Hashes a sentence, counts its words and notes them in `tokens`. `None` if there is nothing
    /// in it to remember.
    fn sentence(&mut self, body: &str, standing: Standing) -> Option<(u128, u8)> {
        self.sequence.clear();
        self.tokens.clear();
        if standing == Standing::Opaque {
            return (!body.is_empty()).then(|| (opaque_hash(body), 0));
        }
        let mut half_words = 0u32;
        let mut end = 0;
        for token in tokens(body) {
            let gap = Gap::of(&body[end..token.span.start], end == 0);
            end = token.span.end;
            let id = self.word(token.span.of(body), token.kind);
            let (hash, weight) = self.forms[id as usize];
            self.sequence.extend_from_slice(&hash.to_le_bytes());
            half_words += u32::from(weight);
            varint::push(&mut self.tokens, Token { word: id, gap }.pack());
        }
        let words = u8::try_from(half_words.div_ceil(2)).unwrap_or(u8::MAX);
        (half_words > 0).then(|| (xxh3_128(&self.sequence), words))
    }

    fn word(&mut self, raw: &str, kind: TokenKind) -> u32 {
        debug_assert!(!raw.contains('\n'), "words are told apart by line feeds");
        let id = self.vocabulary.intern(raw);
        if id as usize == self.forms.len() {
            let half_words = match kind {
                TokenKind::Word | TokenKind::Number => 2,
                TokenKind::Character => 1,
                TokenKind::Symbol => 0,
            };
            self.forms.push((xxh3_64(fold(raw, kind).as_bytes()), half_words));
        }
        id
    }

    fn language(&mut self, language: Option<Language>) -> u8 {
        language.map_or(NO_LANGUAGE, |language| place_of(language, &mut self.languages))
    }

    /// The fingerprints of all documents added.
    pub fn finish(self) -> Fingerprints {
        let mut vocabulary = String::with_capacity(self.vocabulary.bytes() + self.vocabulary.len());
        for word in self.vocabulary.iter() {
            vocabulary.push_str(word);
            vocabulary.push('\n');
        }
        Fingerprints {
            documents: self.documents,
            sentences: self.sentences,
            languages: self.languages,
            vocabulary: vocabulary.into_boxed_str(),
            // A copy of the right size, not what is left of a larger piece.
            records: Box::from(self.records.as_slice()),
        }
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

/// Code, a table or front matter: equal if equal but for white space.
fn opaque_hash(body: &str) -> u128 {
    let mut words = body.split_whitespace();
    let first = words.next().unwrap_or_default();
    let mut text = String::with_capacity(body.len() + 2);
    // No sentence's normal form starts like this, so an opaque stretch equals only its like.
    text.push_str("\u{0}o");
    text.push_str(first);
    for word in words {
        text.push(' ');
        text.push_str(word);
    }
    xxh3_128(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    fn sentence(text: &str, part: &str, role: Role) -> Sentence {
        let start = text.find(part).unwrap();
        let span = Span::new(start, start + part.len());
        Sentence { span, text: span, role, paragraph: 0 }
    }

    fn hash(text: &str) -> u128 {
        let mut printer = Fingerprinter::default();
        printer.document(text, &[sentence(text, text, Role::Prose)], Markup::Plain, None);
        only(&printer.finish()).hash
    }

    /// The first sentence.
    fn only(prints: &Fingerprints) -> SentenceRecord<'_> {
        match prints.records().next() {
            Some(Record::Sentence(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn copies_with_other_case_quotes_spaces_and_punctuation_hash_alike() {
        let plain = hash("He said: \"It's 2,302 well-known cafés\".");
        assert_eq!(plain, hash("he   said, “IT’S 2302 well\u{2011}known CAFE\u{301}S!”"));
    }

    #[test]
    fn what_changes_the_sense_changes_the_hash() {
        for (a, b) in [
            ("He is guilty.", "He is guilty?"),
            ("About 10² m", "About 102 m"),
            ("It is -5 now", "It is 5 now"),
            ("It costs $5", "It costs €5"),
            ("It costs 2.5", "It costs 25"),
            ("The cat sat", "Cat the sat"),
        ] {
            assert_ne!(hash(a), hash(b), "{a} / {b}");
        }
    }

    #[test]
    fn marks_alone_and_damaged_text_leave_no_fingerprint() {
        let text = "-- *** --\nGood text here.\nBad \u{FFFD} text.";
        let parts = ["-- *** --", "Good text here.", "Bad \u{FFFD} text."]
            .map(|part| sentence(text, part, Role::Prose));
        let mut printer = Fingerprinter::default();
        printer.document(text, &parts, Markup::Plain, Some(Language::ENGLISH));
        let prints = printer.finish();
        assert_eq!(prints.sentences(), 1);
        let kept = only(&prints);
        assert_eq!((kept.start, kept.length, kept.line, kept.words), (10, 15, 2, 3));
        let end = Record::DocumentEnd { language: Some(Language::ENGLISH), damaged: true };
        assert_eq!(prints.records().nth(1), Some(end));
    }

    #[test]
    fn what_was_noted_is_read_back_document_by_document() {
        let text = "One good line.\nAnother line\nof text.";
        let parts =
            ["One good line.", "Another line\nof text."].map(|part| sentence(text, part, Role::Prose));
        let mut printer = Fingerprinter::default();
        printer.document(text, &parts, Markup::Plain, None);
        printer.document(text, &parts[1..], Markup::Plain, Some(Language::ENGLISH));
        let prints = printer.finish();
        let words: Vec<&str> = prints.vocabulary().collect();
        let told: Vec<String> = prints
            .records()
            .map(|record| match record {
                Record::Sentence(SentenceRecord { start, length, line, tokens, .. }) => {
                    let said: Vec<&str> = varint::read(tokens)
                        .map(|packed| words[Token::unpack(packed).word as usize])
                        .collect();
                    format!("{line}:{start}+{length} {}", said.join(" "))
                }
                Record::DocumentEnd { language, .. } => format!("end {language:?}"),
            })
            .collect();
        assert_eq!(
            told,
            [
                "1:0+14 One good line",
                "2:15+21 Another line of text",
                "end None",
                "2:15+21 Another line of text",
                "end Some(Language(\"en\"))"
            ]
        );
    }

    #[test]
    fn two_characters_without_spaces_are_a_word() {
        let text = "我有两本书在家里";
        let mut printer = Fingerprinter::default();
        printer.document(text, &[sentence(text, text, Role::Prose)], Markup::Plain, None);
        assert_eq!(only(&printer.finish()).words, 4);
    }
}
