//! What was counted, from one night to the next.
//!
//! Spellings are written down as numbers in a table that the whole corpus shares. Whoever keeps the
//! bytes keeps the table.
//!
//! The bytes of some documents: how many they are and how many words were passed by; how many words
//! follow, and each of them; then the hashes of words that were seen and not counted. A word that
//! stands once, and in small letters, takes its number and nothing more.

use crate::language::WordHash;
use crate::model::varint;

use super::counter::{Count, WordCounts};

/// Set in what is written for a word that stands once, in small letters.
const ONCE: u32 = 1;

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
            let counts = [entry.lower, entry.capitalised, entry.initial, entry.upper, entry.documents];
            if counts == [1, 0, 0, 0, 1] {
                varint::push(&mut block, number | ONCE);
            } else {
                varint::push(&mut block, number);
                counts.iter().for_each(|&count| varint::push(&mut block, count));
            }
        }
        self.noted.iter().for_each(|hash| block.extend_from_slice(&hash.to_le_bytes()));
        block
    }

    /// What was written down. `word` gives hashes and spellings by their numbers. `None` if the bytes
    /// are no counts, or of other words.
    pub fn decode<'w>(block: &[u8], word: impl Fn(u32) -> Option<(WordHash, &'w str)>) -> Option<WordCounts> {
        let mut counts = WordCounts::default();
        let mut numbers = Block { rest: block };
        counts.documents = numbers.next()?;
        counts.passed_by = u64::from(numbers.next()?);
        for _ in 0..numbers.next()? {
            let number = numbers.next()?;
            let (hash, spelling) = word(number >> 1)?;
            let start = counts.spellings.len();
            counts.spellings.push_str(spelling);
            let mut entry = Count::new(hash, start, spelling.len());
            if number & ONCE != 0 {
                (entry.lower, entry.documents) = (1, 1);
            } else {
                entry.lower = numbers.next()?;
                entry.capitalised = numbers.next()?;
                entry.initial = numbers.next()?;
                entry.upper = numbers.next()?;
                entry.documents = numbers.next()?;
            }
            counts.entries.push(entry);
        }
        counts.noted = numbers.hashes()?.collect();
        Some(counts)
    }

    /// True if `is_changed` holds for any word that was seen in the documents of `block`, by its number
    /// or, where it was not counted, by its hash; and for bytes that are no counts.
    pub fn is_any_changed(
        block: &[u8],
        is_number_changed: impl Fn(u32) -> bool,
        is_hash_changed: impl Fn(WordHash) -> bool,
    ) -> bool {
        let mut numbers = Block { rest: block };
        let mut look = || {
            numbers.next()?;
            numbers.next()?;
            for _ in 0..numbers.next()? {
                let number = numbers.next()?;
                if is_number_changed(number >> 1) {
                    return Some(true);
                }
                if number & ONCE == 0 {
                    for _ in 0..5 {
                        numbers.next()?;
                    }
                }
            }
            Some(numbers.hashes()?.any(|hash| is_hash_changed(WordHash(hash))))
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

    use super::super::WordCounter;
    use super::super::words::tests::sentences_of;
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
    fn written(counts: &WordCounts) -> (Vec<(WordHash, String)>, Vec<u8>) {
        let mut table: Vec<(WordHash, String)> = vec![(WordHash(0), "unused".into())];
        let mut places: FxHashMap<u64, u32> = FxHashMap::default();
        let block = counts.encode(&mut |hash, spelling| {
            *places.entry(hash.0).or_insert_with(|| {
                table.push((hash, spelling.to_owned()));
                table.len() as u32 - 1
            })
        });
        (table, block)
    }

    fn told(counts: &WordCounts) -> Vec<String> {
        let of = |entry: &Count| {
            let Count { lower, capitalised, initial, upper, documents, .. } = entry;
            format!("{} {lower} {capitalised} {initial} {upper} {documents}", counts.spelling(entry))
        };
        counts.entries.iter().map(of).collect()
    }

    #[test]
    fn what_is_written_down_comes_back() {
        let counts = counted();
        let (table, block) = written(&counts);
        let word = |number: u32| table.get(number as usize).map(|(hash, word)| (*hash, word.as_str()));
        let back = WordCounts::decode(&block, word).unwrap();
        assert_eq!(told(&back), told(&counts));
        assert_eq!((back.documents, &back.noted), (2, &counts.noted));
        assert!(!counts.noted.is_empty(), "a name of a file is seen and not counted");
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
            let _ = WordCounts::decode(&bytes, |number| (number < 9).then_some((WordHash(7), "word")));
            let _ = WordCounts::is_any_changed(&bytes, |_| false, |_| false);
        }
    }
}
