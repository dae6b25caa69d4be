//! What was counted, from one night to the next.
//!
//! Spellings are written down as numbers in a table that the whole corpus shares. Whoever keeps the
//! bytes keeps the table.
//!
//! The bytes of some documents: how many they are and how many words were passed by; how many words
//! follow, and each of them; then the hashes of words that were seen and not counted. A word that
//! stands once, and in small letters, takes its number and nothing more.

use rustc_hash::FxHashMap;

use crate::language::WordHash;
use crate::model::{Pieces, varint};

use super::counter::{Count, ROOM, Tally, WordCounts};

/// Set in what is written for a word that stands once, in small letters.
const ONCE: u32 = 1;

/// The tally of such a word.
const ONE: Tally = Tally { lower: 1, capitalised: 0, initial: 0, upper: 0, documents: 1 };

/// The words that counts were written down with, by their numbers.
#[derive(Debug, Default)]
pub struct SharedSpellings {
    hashes: Vec<WordHash>,
    spellings: Pieces<String>,
}

impl SharedSpellings {
    /// Words by their hashes and their spellings in lower case. `None` if there are more of the one than of the
    /// other.
    pub fn new(hashes: Vec<WordHash>, spellings: Pieces<String>) -> Option<SharedSpellings> {
        (hashes.len() == spellings.len()).then_some(SharedSpellings { hashes, spellings })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The word with this number.
    pub fn get(&self, number: u32) -> Option<(WordHash, &str)> {
        let number = number as usize;
        Some((*self.hashes.get(number)?, self.spellings.get(number)?))
    }

    /// All words, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (WordHash, &str)> {
        self.hashes.iter().copied().zip(self.spellings.iter())
    }
}

/// Counts that were written down, added up as they are: words are numbers, and nothing is asked of the table.
#[derive(Default)]
pub struct RecalledCounts {
    /// The words in the order in which they first stand in the documents.
    entries: Vec<(u32, Tally)>,
    places: FxHashMap<u32, u32>,
    documents: u32,
    passed_by: u64,
}

impl RecalledCounts {
    /// Adds the counts of a block. `words` is how many words the table has. `None` if the bytes are no counts,
    /// or of other words; then these are not to be used any more.
    pub fn add(&mut self, block: &[u8], words: usize) -> Option<()> {
        let RecalledCounts { entries, places, documents, passed_by } = self;
        let mut block = Block { rest: block };
        *documents = documents.saturating_add(block.next()?);
        *passed_by += block.passed_by()?;
        for _ in 0..block.next()? {
            let (number, tally) = block.word()?;
            if number as usize >= words {
                return None;
            }
            let place = *places.entry(number).or_insert_with(|| {
                entries.push((number, Tally::default()));
                entries.len() as u32 - 1
            });
            entries[place as usize].1.add(&tally);
        }
        block.hashes().map(drop)
    }

    /// Lets go of the words for which there was no room when a file was read: see
    /// [`CorpusWords::passed_by`](super::CorpusWords::passed_by).
    pub fn keep_what_has_room(&mut self) {
        self.keep(ROOM);
    }

    fn keep(&mut self, room: usize) {
        let beyond = self.entries.iter().skip(room);
        self.passed_by += beyond.map(|(_, tally)| u64::from(tally.total())).sum::<u64>();
        self.entries.truncate(room);
    }

    /// True if no documents were counted.
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    pub(super) fn entries(&self) -> &[(u32, Tally)] {
        &self.entries
    }

    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// See [`CorpusWords::passed_by`](super::CorpusWords::passed_by).
    pub(super) fn passed_by(&self) -> u64 {
        self.passed_by
    }
}

impl WordCounts {
    /// Writes the counts down. `number` gives each word, by its hash and its spelling in lower case,
    /// its number in the shared table, below 2³¹.
    pub fn encode(&self, number: &mut dyn FnMut(WordHash, &str) -> u32) -> Vec<u8> {
        let mut block = Vec::with_capacity(self.entries.len() * 3 + 8);
        varint::push(&mut block, self.documents);
        varint::push(&mut block, u32::try_from(self.passed_by).unwrap_or(u32::MAX));
        varint::push(&mut block, self.entries.len() as u32);
        for entry in &self.entries {
            let number = number(entry.hash, self.spelling(entry)) << 1;
            if entry.tally == ONE {
                varint::push(&mut block, number | ONCE);
            } else {
                let Tally { lower, capitalised, initial, upper, documents } = entry.tally;
                for number in [number, lower, capitalised, initial, upper, documents] {
                    varint::push(&mut block, number);
                }
            }
        }
        self.noted.iter().for_each(|hash| block.extend_from_slice(&hash.to_le_bytes()));
        block
    }

    /// What was written down with these `words`. `None` if the bytes are no counts, or of other words.
    pub fn decode(block: &[u8], words: &SharedSpellings) -> Option<WordCounts> {
        let mut counts = WordCounts::default();
        let mut block = Block { rest: block };
        counts.documents = block.next()?;
        counts.passed_by = block.passed_by()?;
        for _ in 0..block.next()? {
            let (number, tally) = block.word()?;
            let (hash, spelling) = words.get(number)?;
            let start = counts.spellings.len();
            counts.spellings.push_str(spelling);
            let mut entry = Count::new(hash, start, spelling.len());
            entry.tally = tally;
            counts.entries.push(entry);
        }
        counts.noted = block.hashes()?.collect();
        Some(counts)
    }

    /// True if `is_changed` holds for any word that was seen in the documents of `block`, by its number
    /// or, where it was not counted, by its hash; and for bytes that are no counts.
    pub fn is_any_changed(
        block: &[u8],
        is_number_changed: impl Fn(u32) -> bool,
        is_hash_changed: impl Fn(WordHash) -> bool,
    ) -> bool {
        let mut block = Block { rest: block };
        let mut look = || {
            block.next()?;
            block.passed_by()?;
            for _ in 0..block.next()? {
                if is_number_changed(block.word()?.0) {
                    return Some(true);
                }
            }
            Some(block.hashes()?.any(|hash| is_hash_changed(WordHash(hash))))
        };
        look().unwrap_or(true)
    }
}

/// What is left of a block.
struct Block<'a> {
    rest: &'a [u8],
}

impl<'a> Block<'a> {
    fn next(&mut self) -> Option<u32> {
        let number = varint::read(self.rest).next()?;
        self.rest = &self.rest[varint::bytes(self.rest, 1)..];
        Some(number)
    }

    /// How many words were passed by.
    fn passed_by(&mut self) -> Option<u64> {
        self.next().map(u64::from)
    }

    /// The next word, and how often it stands in the documents.
    fn word(&mut self) -> Option<(u32, Tally)> {
        let number = self.next()?;
        let tally = if number & ONCE != 0 {
            ONE
        } else {
            Tally {
                lower: self.next()?,
                capitalised: self.next()?,
                initial: self.next()?,
                upper: self.next()?,
                documents: self.next()?,
            }
        };
        Some((number >> 1, tally))
    }

    /// The hashes that are left.
    fn hashes(&self) -> Option<impl Iterator<Item = u64> + use<'a>> {
        let hashes = self.rest.chunks_exact(8);
        let is_whole = hashes.remainder().is_empty();
        is_whole.then(|| hashes.map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use super::super::words::tests::sentences_of;
    use super::super::{CorpusWords, WordCounter};
    use super::*;
    use crate::language::Language;

    const TEXT: &str =
        "The ferry leaves at dawn. The Ferry, the FERRY: see ferry.rs and x@y.org. It is the end.";

    fn counted() -> WordCounts {
        let mut counter = WordCounter::noting();
        counter.document(TEXT, &sentences_of(TEXT), &[], Some(Language::ENGLISH));
        counter.document("Dawn again.", &sentences_of("Dawn again."), &[], Some(Language::ENGLISH));
        counter.finish()
    }

    /// A table, and the counts as they are written with it.
    fn written(counts: &WordCounts) -> (SharedSpellings, Vec<u8>) {
        let mut table =
            SharedSpellings { hashes: vec![WordHash(0)], spellings: ["unused"].into_iter().collect() };
        let mut places: FxHashMap<u64, u32> = FxHashMap::default();
        let block = counts.encode(&mut |hash, spelling| {
            *places.entry(hash.0).or_insert_with(|| {
                table.hashes.push(hash);
                table.spellings.push(spelling);
                table.len() as u32 - 1
            })
        });
        (table, block)
    }

    fn told(counts: &WordCounts) -> Vec<String> {
        let of = |entry: &Count| {
            let Tally { lower, capitalised, initial, upper, documents } = entry.tally;
            format!("{} {lower} {capitalised} {initial} {upper} {documents}", counts.spelling(entry))
        };
        counts.entries.iter().map(of).collect()
    }

    #[test]
    fn what_is_written_down_comes_back() {
        let counts = counted();
        let (table, block) = written(&counts);
        let back = WordCounts::decode(&block, &table).unwrap();
        assert_eq!(told(&back), told(&counts));
        assert_eq!((back.documents, &back.noted), (2, &counts.noted));
        assert!(!counts.noted.is_empty(), "a name of a file is seen and not counted");
    }

    #[test]
    fn counts_are_added_up_by_number_as_they_are_by_word() {
        let others = {
            let mut counter = WordCounter::new();
            let text = "At dawn the pier is new. The ferry is not.";
            counter.document(text, &sentences_of(text), &[], Some(Language::ENGLISH));
            counter.finish()
        };
        let (table, block) = written(&counted());
        let mut known = Vec::new();
        let (mut by_number, mut by_word) = (CorpusWords::default(), CorpusWords::default());
        by_number.absorb(others.clone());
        by_word.absorb(others);
        // Two blocks of one unit, and one of the next.
        let mut unit = RecalledCounts::default();
        assert!(unit.add(&block, table.len()).is_some() && unit.add(&block, table.len()).is_some());
        by_number.absorb_recalled(&unit, &table, &mut known);
        let mut next = RecalledCounts::default();
        assert!(next.add(&block, table.len()).is_some());
        by_number.absorb_recalled(&next, &table, &mut known);
        (0..3).for_each(|_| by_word.absorb(counted()));
        let [by_number, by_word] = [by_number, by_word].map(CorpusWords::into_counts);
        assert_eq!(told(&by_number), told(&by_word));
        assert_eq!(by_number.documents, by_word.documents);
        assert!(RecalledCounts::default().add(&block, 2).is_none(), "there are no such words");
    }

    #[test]
    fn the_first_words_have_room_and_the_others_are_passed_by() {
        let (table, block) = written(&counted());
        let mut recalled = RecalledCounts::default();
        assert!(recalled.add(&block, table.len()).is_some());
        let occurrences = |entries: &[(u32, Tally)]| -> u64 {
            entries.iter().map(|(_, tally)| u64::from(tally.total())).sum()
        };
        let all = recalled.entries.clone();
        recalled.keep(3);
        assert_eq!(recalled.entries, all[..3]);
        assert_eq!(recalled.passed_by, occurrences(&all[3..]));
        assert!(recalled.passed_by > 0);
    }

    #[test]
    fn a_word_that_changed_is_found_whether_it_was_counted_or_not() {
        let counts = counted();
        let (table, block) = written(&counts);
        let number = |word: &str| table.iter().position(|(_, other)| other == word).unwrap() as u32;
        let by_number = |wanted: u32| WordCounts::is_any_changed(&block, |n| n == wanted, |_| false);
        assert!(by_number(number("dawn")) && by_number(number("end")) && !by_number(0));
        let noted = counts.noted[0];
        assert!(WordCounts::is_any_changed(&block, |_| false, |hash| hash.0 == noted));
        assert!(!WordCounts::is_any_changed(&block, |_| false, |hash| hash.0 == !noted));
    }

    proptest::proptest! {
        #[test]
        fn bytes_that_are_no_counts_are_refused_or_read_and_never_a_fault(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60),
        ) {
            let words = SharedSpellings { hashes: vec![WordHash(7); 9], spellings: ["word"; 9].into_iter().collect() };
            let _ = WordCounts::decode(&bytes, &words);
            let _ = RecalledCounts::default().add(&bytes, words.len());
            let _ = WordCounts::is_any_changed(&bytes, |_| false, |_| false);
        }
    }
}
