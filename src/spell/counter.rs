//! The corpus as witness: how often each word stands in it, how it is written there, and in how
//! many documents.

use std::ops::{ControlFlow, Range};

use rustc_hash::FxHashSet;

use crate::language::{Language, WordHash};
use crate::model::{Sentence, Slots, Span};

use super::remembered::{RecalledCounts, SharedSpellings};
use super::words::{Marks, Word, each_sentence};

/// Counts the words of a batch of documents.
#[derive(Default)]
pub struct WordCounter {
    counts: WordCounts,
    index: Slots,
    scratch: Vec<Word>,
    /// Words that were seen and not counted, if somebody wants to know.
    noted: Option<FxHashSet<u64>>,
}

/// So many different words are expected in a batch.
const DISTINCT_WORDS: usize = 1 << 13;

/// The words of a batch of documents in the order in which they first occur.
#[derive(Clone, Default)]
pub struct WordCounts {
    pub(super) entries: Vec<Count>,
    /// The spellings, in lower case, one after the other.
    pub(super) spellings: String,
    pub(super) documents: u32,
    /// See [`CorpusWords::passed_by`].
    pub(super) passed_by: u64,
    /// The hashes of words that were seen and not counted, sorted; see [`WordCounter::noting`].
    pub(super) noted: Vec<u64>,
}

/// The words of the corpus.
pub struct CorpusWords {
    counts: WordCounts,
    index: Slots,
    room: usize,
    /// Occurrences of words for which there was no room.
    passed_by: u64,
}

/// Distinct words that are kept: with a hundred bytes each, not half a gigabyte. A corpus that has more
/// is one of hapaxes: numbers of parts, damaged text. The first ones in the order of the corpus are kept,
/// so the answer does not depend on who counted them.
pub(super) const ROOM: usize = 1 << 22;

/// Stands for no place.
const NOT_MET: u32 = u32::MAX;

impl Default for CorpusWords {
    fn default() -> Self {
        CorpusWords { counts: WordCounts::default(), index: Slots::default(), room: ROOM, passed_by: 0 }
    }
}

/// What is known of one distinct word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) hash: WordHash,
    start: u32,
    length: u8,
    pub(super) tally: Tally,
    /// The last document it stands in, for counting.
    last_document: u32,
}

/// How often a word stands in some documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Times in small letters.
    pub(super) lower: u32,
    /// Times with a capital where a capital says something: not at the start of a sentence.
    pub(super) capitalised: u32,
    /// Times with a capital at the start of a sentence.
    pub(super) initial: u32,
    /// Times in capitals only.
    pub(super) upper: u32,
    /// Documents it stands in.
    pub(super) documents: u32,
}

/// A count in round numbers: exact up to three, then the middle of a wide step.
///
/// How often the corpus has a word is evidence of its order of magnitude and no more. Taken in steps, it
/// says the same the next night, when a few documents more have come, and what was judged by it still
/// holds; taken exactly, every judgement of every text would be another every night.
pub(super) fn in_round_numbers(count: u32) -> u32 {
    /// Where each step begins, and what stands for it: about its geometric mean.
    const STEPS: [(u32, u32); 8] =
        [(4, 5), (8, 11), (16, 32), (64, 128), (256, 512), (1024, 2048), (4096, 8192), (16384, 32768)];
    let step = STEPS.iter().rev().find(|&&(begin, _)| count >= begin);
    step.map_or(count, |&(_, middle)| middle)
}

impl Tally {
    /// Times in any case.
    pub(super) fn total(&self) -> u32 {
        self.lower + self.capitalised + self.initial + self.upper
    }

    /// Adds what stands in other documents.
    pub(super) fn add(&mut self, more: &Tally) {
        self.lower = self.lower.saturating_add(more.lower);
        self.capitalised = self.capitalised.saturating_add(more.capitalised);
        self.initial = self.initial.saturating_add(more.initial);
        self.upper = self.upper.saturating_add(more.upper);
        self.documents = self.documents.saturating_add(more.documents);
    }
}

impl WordCounter {
    /// A counter that has seen nothing.
    pub fn new() -> WordCounter {
        // A batch of half a megabyte has some eight thousand different words.
        let mut counter = WordCounter { index: Slots::with_room(DISTINCT_WORDS), ..WordCounter::default() };
        counter.counts.entries.reserve(DISTINCT_WORDS);
        counter
    }

    /// The same, and notes the words that are not counted: all that a judgement of these documents may
    /// ask for.
    pub fn noting() -> WordCounter {
        WordCounter { noted: Some(FxHashSet::default()), ..WordCounter::default() }
    }

    /// Counts the words of one document. A document in another language than English is no
    /// witness for English words and is passed by.
    pub fn document(
        &mut self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        language: Option<Language>,
    ) {
        if language.is_some_and(|language| language != Language::ENGLISH) {
            return;
        }
        self.counts.documents += 1;
        let WordCounter { counts, index, scratch, noted } = self;
        each_sentence(text, sentences, protected, scratch, |words| {
            for word in words {
                if !word.marks.any(Marks::TECHNICAL.with(Marks::FOREIGN)) {
                    counts.add(word, text, index);
                } else if let Some(noted) = noted {
                    noted.insert(word.hash.0);
                }
            }
            ControlFlow::Continue(())
        });
    }

    /// What was counted.
    pub fn finish(self) -> WordCounts {
        let mut noted: Vec<u64> = self.noted.into_iter().flatten().collect();
        noted.sort_unstable();
        WordCounts { noted, ..self.counts }
    }
}

impl WordCounts {
    fn add(&mut self, word: &Word, text: &str, index: &mut Slots) {
        let known = self.place(word.hash, index);
        let at = known.unwrap_or_else(|| {
            let start = self.spellings.len();
            self.spellings.extend(
                word.span.of(text).chars().map(|c| if c == '’' { '\'' } else { c.to_ascii_lowercase() }),
            );
            self.push(word.hash, start, index)
        });
        let Count { tally, last_document, .. } = &mut self.entries[at as usize];
        let times = if word.marks.any(Marks::UPPER) {
            &mut tally.upper
        } else if !word.marks.any(Marks::CAPITALISED) {
            &mut tally.lower
        } else if word.marks.any(Marks::INITIAL) {
            &mut tally.initial
        } else {
            &mut tally.capitalised
        };
        *times += 1;
        if *last_document != self.documents {
            *last_document = self.documents;
            tally.documents += 1;
        }
    }

    /// Where a word is, if it is there.
    #[inline]
    fn place(&self, word: WordHash, index: &Slots) -> Option<u32> {
        index.find(word.0, |at| self.entries[at as usize].hash == word)
    }

    /// Adds a word whose spelling was put last, from `start` on. Returns where it is.
    fn push(&mut self, word: WordHash, start: usize, index: &mut Slots) -> u32 {
        let at = self.entries.len() as u32;
        self.entries.push(Count::new(word, start, self.spellings.len() - start));
        index.insert(word.0, at);
        at
    }

    pub(super) fn spelling(&self, entry: &Count) -> &str {
        &self.spellings[entry.start as usize..][..usize::from(entry.length)]
    }
}

impl Count {
    pub(super) fn new(hash: WordHash, start: usize, length: usize) -> Count {
        Count { hash, start: start as u32, length: length as u8, tally: Tally::default(), last_document: 0 }
    }
}

/// Joins the counts of all batches, given in corpus order. How the corpus was cut into batches
/// makes no difference.
pub fn merge(batches: Vec<WordCounts>) -> CorpusWords {
    let mut corpus = CorpusWords::default();
    for batch in batches {
        corpus.absorb(batch);
    }
    corpus
}

impl CorpusWords {
    /// Adds what comes next in the corpus, so that no more than the distinct words is held.
    pub fn absorb(&mut self, next: WordCounts) {
        for entry in &next.entries {
            if let Some(at) = self.room_for(entry.hash, next.spelling(entry), &entry.tally) {
                self.counts.entries[at as usize].tally.add(&entry.tally);
            }
        }
        self.counts.documents += next.documents;
        self.passed_by += next.passed_by;
    }

    /// The same with counts that were written down, of words in a table. `known` is where they are here, as far
    /// as they have been met; it begins empty, and is of one table and one corpus.
    pub fn absorb_recalled(&mut self, next: &RecalledCounts, table: &SharedSpellings, known: &mut Vec<u32>) {
        known.resize(table.len(), NOT_MET);
        for &(number, tally) in next.entries() {
            let at = &mut known[number as usize];
            if *at == NOT_MET {
                let Some(place) =
                    table.get(number).and_then(|(hash, word)| self.room_for(hash, word, &tally))
                else {
                    continue;
                };
                *at = place;
            }
            self.counts.entries[*at as usize].tally.add(&tally);
        }
        self.counts.documents += next.documents();
        self.passed_by += next.passed_by();
    }

    /// How many distinct words are kept.
    pub fn distinct(&self) -> usize {
        self.counts.entries.len()
    }

    /// How often a word stood in the corpus that is not kept, as there were too many different ones.
    pub fn passed_by(&self) -> u64 {
        self.passed_by
    }

    /// The same as counts, to be absorbed by a larger corpus.
    pub fn into_counts(self) -> WordCounts {
        WordCounts { passed_by: self.passed_by, ..self.counts }
    }

    /// Where a word is, or is from now on; `None`, and noted, when there is no room for it.
    fn room_for(&mut self, word: WordHash, spelling: &str, tally: &Tally) -> Option<u32> {
        let CorpusWords { counts, index, room, passed_by } = self;
        let known = counts.place(word, index);
        if known.is_none() && counts.entries.len() >= *room {
            *passed_by += u64::from(tally.total());
            return None;
        }
        Some(known.unwrap_or_else(|| {
            let start = counts.spellings.len();
            counts.spellings.push_str(spelling);
            counts.push(word, start, index)
        }))
    }

    /// How many distinct words there are.
    pub(super) fn len(&self) -> usize {
        self.counts.entries.len()
    }

    /// Some of the distinct words, with their spellings in lower case, in the order of the corpus.
    pub(super) fn share(&self, share: Range<usize>) -> impl Iterator<Item = (&str, &Count)> {
        self.counts.entries[share].iter().map(|entry| (self.counts.spelling(entry), entry))
    }

    /// True for a word that the corpus writes with a capital, also inside sentences, and never small.
    pub(super) fn is_name(&self, word: WordHash) -> bool {
        self.entry(word).is_some_and(|entry| entry.tally.capitalised > 0 && entry.tally.lower == 0)
    }

    /// How often a word stands in the corpus, in any case.
    pub(super) fn total(&self, word: WordHash) -> u32 {
        self.entry(word).map_or(0, |entry| entry.tally.total())
    }

    fn entry(&self, word: WordHash) -> Option<&Count> {
        self.counts.place(word, &self.index).map(|at| &self.counts.entries[at as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::sentences_of;
    use super::*;

    fn count(texts: &[&str]) -> WordCounts {
        let mut counter = WordCounter::new();
        for text in texts {
            counter.document(text, &sentences_of(text), &[], Some(Language::ENGLISH));
        }
        counter.finish()
    }

    fn told(corpus: &CorpusWords) -> Vec<String> {
        corpus
            .share(0..corpus.len())
            .map(|(word, Count { tally, .. })| {
                let Tally { lower, capitalised, initial, upper, documents } = tally;
                format!("{word} {lower} {capitalised} {initial} {upper} {documents}")
            })
            .collect()
    }

    #[test]
    fn words_are_counted_by_case_form_and_document() {
        let corpus = merge(vec![count(&["March is here. The march of March.", "MARCH! we march"])]);
        let march = told(&corpus).into_iter().find(|line| line.starts_with("march")).unwrap();
        assert_eq!(march, "march 2 1 1 1 2");
    }

    #[test]
    fn the_cut_into_batches_makes_no_difference() {
        let texts = ["a bad dog", "Bad dogs bark. a dog", "the end"];
        let whole = merge(vec![count(&texts)]);
        let cut = merge(texts.iter().map(|text| count(&[text])).collect());
        assert_eq!(told(&whole), told(&cut));
    }

    #[test]
    fn when_there_is_no_room_the_first_words_are_kept() {
        let texts = ["a bad dog", "cats sleep; a bad cat", "cats cats"];
        let corpus = |batches: Vec<WordCounts>| {
            let mut corpus = CorpusWords { room: 4, ..CorpusWords::default() };
            batches.into_iter().for_each(|batch| corpus.absorb(batch));
            corpus
        };
        let whole = corpus(vec![count(&texts)]);
        let cut = corpus(texts.iter().map(|text| count(&[text])).collect());
        assert_eq!(told(&whole), told(&cut));
        assert_eq!((whole.distinct(), whole.passed_by()), (4, 2), "sleep and cat");
        assert_eq!(cut.passed_by(), 2);
        assert_eq!(whole.total(WordHash::of(b"cats")), 3);
    }

    #[test]
    fn a_document_in_another_language_is_no_witness() {
        let mut counter = WordCounter::new();
        let text = "der Hund bellt";
        counter.document(text, &sentences_of(text), &[], Some(Language("de")));
        assert_eq!(merge(vec![counter.finish()]).len(), 0);
    }
}
