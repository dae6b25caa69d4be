//! Fingerprints from one night to the next.
//!
//! A batch has a vocabulary of its own, which would stand in a file as often as there are documents.
//! So words are written down as numbers in a table that the whole corpus shares. Whoever keeps the
//! bytes keeps the table.
//!
//! The bytes of some documents: how many languages they are in, each as the length of its code and
//! the code; then their records much as [`Fingerprints`] has them. The hash of a sentence and the count
//! of its words follow from its words, and are worked out anew.

use std::sync::{Arc, OnceLock};

use crate::language::{Language, TokenKind};
use crate::model::{Pieces, varint};

use super::cluster::NONE;
use super::fingerprint::{BatchWords, Fingerprints, NormalForm, Sequence};
use super::records::{
    DOCUMENT_END, NO_LANGUAGE, Record, RecordWriter, Records, SentenceRecord, Standing, place_of,
};
use super::token::Token;

/// The words that fingerprints were written down with, by their numbers, and what each is to the normal form of
/// a sentence. What is recalled goes on to use these numbers, so it has no words of its own.
#[derive(Debug, Default)]
pub struct SharedWords {
    written: Pieces<String>,
    /// Worked out when the first fingerprints are read: on a night on which nothing changed, none are.
    forms: OnceLock<Vec<NormalForm>>,
}

impl SharedWords {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// All words, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.written.iter()
    }

    /// The word with this number, such as it stood in a text.
    pub(super) fn get(&self, number: u32) -> &str {
        &self.written[number as usize]
    }

    /// What each word is to the normal form of a sentence.
    fn forms(&self) -> &[NormalForm] {
        let form = |word| NormalForm::of(word, TokenKind::of(word));
        self.forms.get_or_init(|| self.written.iter().map(form).collect())
    }
}

impl<'w> FromIterator<&'w str> for SharedWords {
    fn from_iter<I: IntoIterator<Item = &'w str>>(words: I) -> Self {
        SharedWords { written: words.into_iter().collect(), forms: OnceLock::new() }
    }
}

/// Writes the documents of a batch down, some at a time, from the first to the last.
pub struct Encoder<'a> {
    records: Records<'a>,
    words: WordsByNumber<'a>,
    /// The number of each word in the shared table, or `NONE` while nobody asked.
    numbers: Vec<u32>,
}

/// The words of a batch, by their numbers in it.
enum WordsByNumber<'a> {
    Own(Vec<&'a str>),
    Shared(&'a SharedWords),
}

impl<'a> WordsByNumber<'a> {
    fn of(batch: &'a Fingerprints) -> Self {
        match &batch.words {
            BatchWords::Own(lines) => WordsByNumber::Own(lines.split_terminator('\n').collect()),
            BatchWords::Shared(shared) => WordsByNumber::Shared(shared),
        }
    }

    fn len(&self) -> usize {
        match self {
            WordsByNumber::Own(words) => words.len(),
            WordsByNumber::Shared(shared) => shared.len(),
        }
    }

    fn get(&self, number: u32) -> &'a str {
        match self {
            WordsByNumber::Own(words) => words[number as usize],
            WordsByNumber::Shared(shared) => shared.get(number),
        }
    }
}

impl Fingerprints {
    /// Begins to write the documents down.
    pub fn encoder(&self) -> Encoder<'_> {
        let words = WordsByNumber::of(self);
        let numbers = vec![NONE; words.len()];
        Encoder { records: self.records.iter(), words, numbers }
    }

    /// The fingerprints of the documents that were written down as `blocks`, in their order, with these `words`.
    /// `None` if the bytes are no fingerprints, or of other words.
    pub fn decode(blocks: &[&[u8]], words: &Arc<SharedWords>) -> Option<Fingerprints> {
        let mut decoder =
            Decoder { forms: words.forms(), records: RecordWriter::default(), sequence: Sequence::default() };
        blocks.iter().try_for_each(|block| decoder.block(block))?;
        let records = decoder.records.finish();
        Some(Fingerprints { records, words: BatchWords::Shared(Arc::clone(words)) })
    }
}

impl Encoder<'_> {
    /// The next `documents`, as bytes. `number` gives each word its number in the shared table.
    pub fn documents(&mut self, documents: usize, number: &mut dyn FnMut(&str) -> u32) -> Vec<u8> {
        let (mut languages, mut records): (Vec<Language>, Vec<u8>) = Default::default();
        let mut tokens = Vec::new();
        let mut last = (0, 0);
        let mut left = documents;
        while left > 0
            && let Some(record) = self.records.next()
        {
            match record {
                Record::Sentence(sentence) => {
                    tokens.clear();
                    for token in varint::read(sentence.tokens).map(Token::unpack) {
                        let known = &mut self.numbers[token.word as usize];
                        if *known == NONE {
                            *known = number(self.words.get(token.word));
                        }
                        varint::push(&mut tokens, Token { word: *known, ..token }.pack());
                    }
                    let SentenceRecord { hash, start, length, line, standing, .. } = sentence;
                    records.push(standing as u8);
                    if standing == Standing::Opaque {
                        records.extend_from_slice(&hash.to_le_bytes());
                    }
                    let (start_after, line_after) = (start.wrapping_sub(last.0), line.wrapping_sub(last.1));
                    for number in [start_after, length, line_after, tokens.len() as u32] {
                        varint::push(&mut records, number);
                    }
                    records.extend_from_slice(&tokens);
                    last = (start, line);
                }
                Record::DocumentEnd { language, damaged } => {
                    let language =
                        language.map_or(NO_LANGUAGE, |language| place_of(language, &mut languages));
                    records.extend_from_slice(&[DOCUMENT_END, language, u8::from(damaged)]);
                    last = (0, 0);
                    left -= 1;
                }
            }
        }
        let mut block = Vec::with_capacity(records.len() + 4);
        varint::push(&mut block, languages.len() as u32);
        for Language(code) in languages {
            varint::push(&mut block, code.len() as u32);
            block.extend_from_slice(code.as_bytes());
        }
        block.extend_from_slice(&records);
        block
    }
}

/// Reads what was written down.
struct Decoder<'w> {
    /// Of the words of the shared table.
    forms: &'w [NormalForm],
    records: RecordWriter,
    /// The normal form of the sentence at hand.
    sequence: Sequence,
}

impl Decoder<'_> {
    fn block(&mut self, block: &[u8]) -> Option<()> {
        let (languages, mut rest) = split(block)?;
        let mut last = (0u32, 0u32);
        while let Some((&standing, after)) = rest.split_first() {
            if standing == DOCUMENT_END {
                let (&[language, damaged], after) = after.split_first_chunk()?;
                self.records.end_document(languages.get(usize::from(language)).copied(), damaged != 0);
                (last, rest) = ((0, 0), after);
            } else {
                (last, rest) = self.sentence(Standing::of_number(standing)?, last, after)?;
            }
        }
        Some(())
    }

    /// Takes a sentence. Returns its start and line, and what follows it.
    fn sentence<'b>(
        &mut self,
        standing: Standing,
        last: (u32, u32),
        bytes: &'b [u8],
    ) -> Option<((u32, u32), &'b [u8])> {
        let (opaque_hash, bytes) = match standing {
            Standing::Opaque => {
                let (hash, bytes) = bytes.split_first_chunk()?;
                (Some(u128::from_le_bytes(*hash)), bytes)
            }
            _ => (None, bytes),
        };
        let (start_after, bytes) = number(bytes)?;
        let (length, bytes) = number(bytes)?;
        let (line_after, bytes) = number(bytes)?;
        let (size, bytes) = number(bytes)?;
        let (tokens, bytes) = bytes.split_at_checked(size as usize)?;
        let (start, line) = (last.0.wrapping_add(start_after), last.1.wrapping_add(line_after));
        self.sequence.clear();
        for token in varint::read(tokens).map(Token::unpack) {
            self.sequence.push(*self.forms.get(token.word as usize)?);
        }
        let (hash, words) = opaque_hash.map_or_else(|| self.sequence.finish(), |hash| (hash, 0));
        self.records.push(&SentenceRecord { hash, start, length, line, words, standing, tokens });
        Some(((start, line), bytes))
    }
}

/// The languages of a block, and its records.
fn split(block: &[u8]) -> Option<(Vec<Language>, &[u8])> {
    let (count, mut rest) = number(block)?;
    let mut languages = Vec::new();
    for _ in 0..count {
        let (length, code) = number(rest)?;
        let (code, after) = code.split_at_checked(length as usize)?;
        languages.push(Language::of_code(std::str::from_utf8(code).ok()?)?);
        rest = after;
    }
    Some((languages, rest))
}

/// The number that stands first, and what follows.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let number = varint::read(bytes).next()?;
    Some((number, &bytes[varint::bytes(bytes, 1)..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::Fingerprinter;
    use crate::dedup::vocabulary::Vocabulary;
    use crate::model::{Markup, Role, Sentence, Span};

    fn sentences(text: &str) -> Vec<Sentence> {
        let mut start = 0;
        let roles = [Role::Prose, Role::Heading, Role::Opaque];
        text.split_inclusive('\n')
            .zip(roles.into_iter().cycle())
            .map(|(line, role)| {
                let span = Span::new(start, start + line.len());
                start += line.len();
                let text = Span::new(span.start, span.start + line.trim_end().len());
                Sentence { span, text, role, paragraph: 0 }
            })
            .collect()
    }

    fn printed(texts: &[String]) -> Fingerprints {
        let mut printer = Fingerprinter::new();
        let languages = [Some(Language::ENGLISH), None, Language::of_code("de")];
        for (text, &language) in texts.iter().zip(languages.iter().cycle()) {
            printer.document(text, &sentences(text), Markup::Plain, language);
        }
        printer.finish()
    }

    /// What a batch tells, with words for numbers.
    fn told(prints: &Fingerprints) -> Vec<String> {
        let words = WordsByNumber::of(prints);
        prints
            .records
            .iter()
            .map(|record| match record {
                Record::Sentence(sentence) => {
                    let tokens: Vec<_> = varint::read(sentence.tokens)
                        .map(Token::unpack)
                        .map(|token| (words.get(token.word), token.gap))
                        .collect();
                    let SentenceRecord { hash, start, length, line, words, standing, .. } = sentence;
                    format!("{hash:x} {start} {length} {line} {words} {standing:?} {tokens:?}")
                }
                end => format!("{end:?}"),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn what_is_written_down_comes_back(
            texts in proptest::collection::vec("(([a-cé中ไ١-٣1-9$²-]{1,3}[ .,’]{1,2}){0,6}\n?([A-C] ?){0,4}\n?){0,3}", 0..8),
            cut in 0..8_usize,
        ) {
            let prints = printed(&texts);
            let mut table = Vocabulary::default();
            // Numbers in the table are not those of the batch.
            table.intern("unused");
            let mut encoder = prints.encoder();
            let cut = cut.min(texts.len());
            let blocks = [cut, texts.len() - cut]
                .map(|documents| encoder.documents(documents, &mut |word| table.intern(word)));
            let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
            let shared = Arc::new(table.iter().collect());
            let back = Fingerprints::decode(&blocks, &shared).unwrap();
            prop_assert_eq!(told(&back), told(&prints));
            prop_assert_eq!(back.documents(), texts.len());
            prop_assert_eq!(back.sentences(), prints.sentences());
            // Numbered anew, as when many words are of no use any more.
            let mut table = Vocabulary::default();
            let block = back.encoder().documents(texts.len(), &mut |word| table.intern(word));
            let shared = Arc::new(table.iter().collect());
            prop_assert_eq!(told(&Fingerprints::decode(&[&block], &shared).unwrap()), told(&prints));
        }

        #[test]
        fn bytes_that_are_no_fingerprints_are_refused_or_read_and_never_a_fault(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let _ = Fingerprints::decode(&[&bytes], &Arc::new(["word"; 5].into_iter().collect()));
        }
    }
}
