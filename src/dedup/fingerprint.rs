//! What survey remembers of each sentence: enough to find its copies and to say how they differ.

use std::sync::Arc;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::language::{Language, TokenKind, tokens};
use crate::model::{Markup, PlaceCursor, Role, Sentence, varint};

use super::normalize::fold;
use super::records::{RecordList, RecordWriter, SentenceRecord, Standing};
use super::remembered::SharedWords;
use super::token::{Gap, STOPS, Token};
use super::vocabulary::Vocabulary;

/// The sentences of a run of documents, in corpus order.
///
/// One stretch of bytes, and the words in one vocabulary: that of this batch, with about 100 bytes a sentence and
/// nothing that depends on other batches, or, for what was recalled, the one that it was written down with. There
/// are as many of these as the corpus is large, and all of them wait until the last document has been read.
#[derive(Clone, Debug)]
pub struct Fingerprints {
    pub(super) records: RecordList,
    pub(super) words: BatchWords,
}

/// The words that the tokens of a batch tell by their numbers.
#[derive(Clone, Debug)]
pub(super) enum BatchWords {
    /// Its own, each followed by a line feed.
    Own(Box<str>),
    /// Those of a table that it shares with others.
    Shared(Arc<SharedWords>),
}

/// What a word is to the normal form of a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct NormalForm {
    /// XXH3-64 of the word in its normal form.
    hash: u64,
    /// See [`TokenKind::half_words`].
    half_words: u8,
}

/// True if the sentence ends with a stop, whatever quotes and brackets close after it.
fn ends_with_stop(body: &str) -> bool {
    body.trim_end_matches(|c: char| !c.is_alphanumeric() && !STOPS.contains(&c) && c != '?').ends_with(STOPS)
}

impl Fingerprints {
    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.records.documents
    }

    /// Number of sentences and opaque stretches.
    pub fn sentences(&self) -> usize {
        self.records.sentences
    }
}

impl NormalForm {
    /// Of a word as it stands in a text.
    pub(super) fn of(word: &str, kind: TokenKind) -> NormalForm {
        NormalForm { hash: xxh3_64(fold(word, kind).as_bytes()), half_words: kind.half_words() }
    }
}

/// The normal form of a sentence, while its words come.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequence {
    hashes: Vec<u8>,
    half_words: u32,
}

impl Sequence {
    pub(super) fn clear(&mut self) {
        self.hashes.clear();
        self.half_words = 0;
    }

    #[inline]
    pub(super) fn push(&mut self, word: NormalForm) {
        self.hashes.extend_from_slice(&word.hash.to_le_bytes());
        self.half_words += u32::from(word.half_words);
    }

    /// The hash of the normal form, and how many words it has; see [`SentenceRecord`].
    pub(super) fn finish(&self) -> (u128, u8) {
        let words = u8::try_from(self.half_words.div_ceil(2)).unwrap_or(u8::MAX);
        (xxh3_128(&self.hashes), words)
    }
}

/// Makes the fingerprints of one batch of documents.
#[derive(Clone, Debug, Default)]
pub struct Fingerprinter {
    records: RecordWriter,
    vocabulary: Vocabulary,
    /// Of each word of the vocabulary.
    forms: Vec<NormalForm>,
    /// Of the sentence at hand: its normal form, and its words.
    sequence: Sequence,
    tokens: Vec<u8>,
}

impl Fingerprinter {
    /// A fingerprinter for the next batch of documents.
    pub fn new() -> Self {
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
        for (at, sentence) in sentences.iter().enumerate() {
            let body = sentence.text.of(text);
            // The mark of a heading or an item says nothing by itself, but for the state of a task.
            if Sentence::is_marker(text, sentences, at) && !body.contains('[') {
                continue;
            }
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
            let tokens = &self.tokens;
            self.records.push(&SentenceRecord { hash, start, length, line, words, standing, tokens });
        }
        self.records.end_document(language, damaged);
    }

    /// Hashes a sentence, counts its words and notes them in `tokens`. `None` if there is nothing
    /// in it to remember.
    fn sentence(&mut self, body: &str, standing: Standing) -> Option<(u128, u8)> {
        self.sequence.clear();
        self.tokens.clear();
        if standing == Standing::Opaque {
            return (!body.is_empty()).then(|| (opaque_hash(body), 0));
        }
        let mut end = 0;
        for token in tokens(body) {
            let gap = Gap::of(&body[end..token.span.start], end == 0);
            end = token.span.end;
            let word = self.word(token.span.of(body), token.kind);
            self.sequence.push(self.forms[word as usize]);
            varint::push(&mut self.tokens, Token { word, gap }.pack());
        }
        let (hash, words) = self.sequence.finish();
        (words > 0).then_some((hash, words))
    }

    fn word(&mut self, raw: &str, kind: TokenKind) -> u32 {
        debug_assert!(!raw.contains('\n'), "words are told apart by line feeds");
        let id = self.vocabulary.intern(raw);
        if id as usize == self.forms.len() {
            self.forms.push(NormalForm::of(raw, kind));
        }
        id
    }

    /// The fingerprints of all documents added.
    pub fn finish(self) -> Fingerprints {
        let mut words = String::with_capacity(self.vocabulary.iter().map(|word| word.len() + 1).sum());
        self.vocabulary.iter().flat_map(|word| [word, "\n"]).for_each(|part| words.push_str(part));
        Fingerprints { records: self.records.finish(), words: BatchWords::Own(words.into_boxed_str()) }
    }
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
    use super::super::records::Record;
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
        match prints.records.iter().next() {
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
        assert_eq!(prints.records.iter().nth(1), Some(end));
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
        let BatchWords::Own(lines) = &prints.words else { panic!("they are its own") };
        let words: Vec<&str> = lines.lines().collect();
        let told: Vec<String> = prints
            .records
            .iter()
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
