//! What survey remembers of each sentence: enough to find its copies and to say how they differ.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::language::{Language, TokenKind, is_invisible, tokens};
use crate::model::{Markup, PlaceCursor, Role, Sentence};

use super::normalize::fold;
use super::vocabulary::Vocabulary;
use super::{Settings, varint};

/// The sentences of a run of documents, in corpus order.
///
/// Columns, one entry a sentence, and the words of this batch in one vocabulary of its own: about
/// 70 bytes a sentence, and nothing that depends on other batches.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints {
    pub(super) vocabulary: Vocabulary,
    pub(super) languages: Vec<Language>,
    pub(super) documents: Vec<DocumentRecord>,
    /// 128-bit hash of the normal form.
    pub(super) hashes: Vec<u128>,
    pub(super) starts: Vec<u32>,
    pub(super) lengths: Vec<u32>,
    /// 1-based.
    pub(super) lines: Vec<u32>,
    /// Words, counted up to 255. A character of a script without spaces is half a word.
    pub(super) words: Vec<u8>,
    pub(super) standings: Vec<Standing>,
    /// Where the sentence's words end in `tokens`.
    pub(super) token_ends: Vec<u32>,
    /// The sentences' words, each a [`Token`] with its number in the vocabulary; see [`varint`].
    pub(super) tokens: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DocumentRecord {
    /// One past its last sentence in this batch.
    pub(super) end: u32,
    /// Place in `languages`, or `NO_LANGUAGE`.
    pub(super) language: u8,
    /// Something in it could not be read, so it is never taken for a copy as a whole.
    pub(super) damaged: bool,
}

pub(super) const NO_LANGUAGE: u8 = u8::MAX;

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
}

/// Marks that end sentences. A question mark is a word of its own: it changes the sense.
const STOPS: [char; 7] = ['.', '!', '…', '。', '！', '।', '۔'];

/// True if the sentence ends with a stop, whatever quotes and brackets close after it.
fn ends_with_stop(body: &str) -> bool {
    body.trim_end_matches(|c: char| !c.is_alphanumeric() && !STOPS.contains(&c) && c != '?').ends_with(STOPS)
}

impl Gap {
    fn of(between: &str, at_start: bool) -> Self {
        if at_start || between.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            Gap::Space
        } else if between.contains(STOPS) {
            Gap::Stop
        } else {
            Gap::Mark
        }
    }
}

impl Token {
    pub(super) fn pack(self) -> u32 {
        self.word << 2 | self.gap as u32
    }

    pub(super) fn unpack(packed: u32) -> Self {
        let gap = match packed & 3 {
            0 => Gap::Space,
            1 => Gap::Stop,
            _ => Gap::Mark,
        };
        Token { word: packed >> 2, gap }
    }
}

impl Fingerprints {
    /// Number of documents.
    pub fn documents(&self) -> usize {
        self.documents.len()
    }

    /// Number of sentences and opaque stretches.
    pub fn sentences(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn tokens_of(&self, sentence: usize) -> &[u8] {
        let start = if sentence == 0 { 0 } else { self.token_ends[sentence - 1] };
        &self.tokens[start as usize..self.token_ends[sentence] as usize]
    }
}

/// Makes the fingerprints of one batch of documents.
#[derive(Clone, Debug, Default)]
pub struct Fingerprinter {
    batch: Fingerprints,
    /// Hash of the normal form and weight in half words, for each word of the vocabulary.
    forms: Vec<(u64, u8)>,
    sequence: Vec<u8>,
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
            // Columns count bytes in 32 bits; what lies beyond 4 GiB in one document is left alone.
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
            if !self.sentence(body, standing) {
                continue;
            }
            let line = places.place(sentence.text.start).line;
            self.batch.starts.push(start);
            self.batch.lengths.push(length);
            self.batch.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        let end = self.batch.hashes.len() as u32;
        let language = self.language(language);
        self.batch.documents.push(DocumentRecord { end, language, damaged });
    }

    /// Hashes a sentence and notes its words. False if there is nothing in it to remember.
    fn sentence(&mut self, body: &str, standing: Standing) -> bool {
        if standing == Standing::Opaque {
            if body.is_empty() {
                return false;
            }
            self.push(opaque_hash(body), 0, Standing::Opaque);
            return true;
        }
        self.sequence.clear();
        let mut half_words = 0u32;
        let tokens_before = self.batch.tokens.len();
        let mut end = 0;
        for token in tokens(body) {
            let gap = Gap::of(&body[end..token.span.start], end == 0);
            end = token.span.end;
            let id = self.word(token.span.of(body), token.kind);
            let (hash, weight) = self.forms[id as usize];
            self.sequence.extend_from_slice(&hash.to_le_bytes());
            half_words += u32::from(weight);
            varint::push(&mut self.batch.tokens, Token { word: id, gap }.pack());
        }
        if half_words == 0 {
            self.batch.tokens.truncate(tokens_before);
            return false;
        }
        self.push(xxh3_128(&self.sequence), half_words.div_ceil(2), standing);
        true
    }

    fn push(&mut self, hash: u128, words: u32, standing: Standing) {
        self.batch.hashes.push(hash);
        self.batch.words.push(u8::try_from(words).unwrap_or(u8::MAX));
        self.batch.standings.push(standing);
        self.batch.token_ends.push(self.batch.tokens.len() as u32);
    }

    fn word(&mut self, raw: &str, kind: TokenKind) -> u32 {
        let id = self.batch.vocabulary.intern(raw);
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
        let Some(language) = language else { return NO_LANGUAGE };
        let known = self.batch.languages.iter().position(|&other| other == language);
        let place = known.unwrap_or_else(|| {
            self.batch.languages.push(language);
            self.batch.languages.len() - 1
        });
        u8::try_from(place).unwrap_or(NO_LANGUAGE)
    }

    /// The fingerprints of all documents added.
    pub fn finish(mut self) -> Fingerprints {
        self.batch.vocabulary.freeze();
        self.batch.tokens.shrink_to_fit();
        self.batch
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
        printer.finish().hashes[0]
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
        assert_eq!((prints.starts[0], prints.lengths[0], prints.lines[0], prints.words[0]), (10, 15, 2, 3));
        assert!(prints.documents[0].damaged);
    }

    #[test]
    fn two_characters_without_spaces_are_a_word() {
        let text = "我有两本书在家里";
        let mut printer = Fingerprinter::default();
        printer.document(text, &[sentence(text, text, Role::Prose)], Markup::Plain, None);
        assert_eq!(printer.finish().words, [4]);
    }
}
