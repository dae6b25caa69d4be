//! The words of the lexicon, and how to find one.

use std::io;
use std::sync::OnceLock;

use super::columns::{Columns, search};
use super::lexicon::{Entry, WordHash};

/// All words with what is known of each, sorted by bytes.
pub(super) struct Words {
    /// The words, each followed by a line feed.
    text: String,
    /// Where each word starts.
    starts: Vec<u32>,
    tiers: Vec<u8>,
    rarities: Vec<u8>,
    index: OnceLock<WordIndex>,
}

impl Words {
    pub(super) fn read(blob: Vec<u8>) -> io::Result<Words> {
        let mut columns = Columns { rest: &blob };
        let count = columns.number();
        let (text, starts) = columns.lines(count)?;
        let tiers = columns.bytes(count).to_vec();
        let rarities = columns.bytes(count).to_vec();
        Ok(Words { text: text.to_owned(), starts, tiers, rarities, index: OnceLock::new() })
    }

    fn word(&self, at: usize) -> &str {
        let start = self.starts[at] as usize;
        let end = self.starts.get(at + 1).map_or(self.text.len(), |&next| next as usize) - 1;
        &self.text[start..end]
    }

    /// Every word.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.from(0)
    }

    /// The words from a place on.
    fn from(&self, first: usize) -> impl Iterator<Item = (&str, Entry)> {
        (first..self.starts.len()).map(|at| (self.word(at), self.at(at)))
    }

    /// The words that begin with `beginning`, and are longer.
    pub(super) fn starting_with<'l>(&'l self, beginning: &'l str) -> impl Iterator<Item = (&'l str, Entry)> {
        let first = match self.search(beginning) {
            Ok(place) => place + 1,
            Err(place) => place,
        };
        self.from(first).take_while(move |(word, _)| word.starts_with(beginning))
    }

    /// Makes [`Words::entry`] faster.
    pub(super) fn index(&self) {
        self.index.get_or_init(|| WordIndex::new(self));
    }

    fn at(&self, at: usize) -> Entry {
        Entry { tiers: self.tiers[at], rarity: self.rarities[at] }
    }

    pub(super) fn entry(&self, word: &str) -> Entry {
        let place = match self.index.get() {
            Some(index) => index.place(self, word),
            None => self.search(word).ok(),
        };
        place.map(|at| self.at(at)).unwrap_or_default()
    }

    /// The place of a word, or the one where it would stand.
    fn search(&self, word: &str) -> Result<usize, usize> {
        search(self.starts.len(), word, |at| self.word(at))
    }
}

/// Where words stand by their hashes. A search in their order takes twenty steps, each of them somewhere
/// else in memory; this one mostly takes one.
struct WordIndex {
    /// A place, and above it some bits of the hash that spare looks at other words.
    slots: Box<[u32]>,
}

impl WordIndex {
    /// Bits of a slot that tell a place; all of them set is none.
    const PLACE: u32 = (1 << 20) - 1;

    fn new(words: &Words) -> WordIndex {
        let count = words.starts.len();
        assert!(count < WordIndex::PLACE as usize, "places have twenty bits");
        let empty = vec![WordIndex::PLACE; (2 * count).next_power_of_two()];
        let mut index = WordIndex { slots: empty.into_boxed_slice() };
        for at in 0..count {
            let (mut slot, tag) = index.start(words.word(at));
            while index.slots[slot] != WordIndex::PLACE {
                slot = index.next(slot);
            }
            index.slots[slot] = tag | at as u32;
        }
        index
    }

    /// The first slot to look at for a word, and the bits that stand above its place.
    fn start(&self, word: &str) -> (usize, u32) {
        let WordHash(hash) = WordHash::of(word.as_bytes());
        (hash as usize % self.slots.len(), (hash >> u32::BITS) as u32 & !WordIndex::PLACE)
    }

    fn next(&self, slot: usize) -> usize {
        (slot + 1) % self.slots.len()
    }

    fn place(&self, words: &Words, word: &str) -> Option<usize> {
        let (mut slot, tag) = self.start(word);
        while self.slots[slot] != WordIndex::PLACE {
            let (bits, at) = (self.slots[slot] & !WordIndex::PLACE, self.slots[slot] & WordIndex::PLACE);
            if bits == tag && words.word(at as usize) == word {
                return Some(at as usize);
            }
            slot = self.next(slot);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;

    #[test]
    fn an_index_finds_what_a_search_finds() {
        let (searched, indexed) = (Lexicon::load().unwrap(), Lexicon::load().unwrap());
        indexed.index();
        for (word, entry) in searched.words() {
            assert_eq!(indexed.entry(word), entry, "{word}");
        }
        for absent in ["", "a b", "tointimidate", "zzzz", "\u{10ffff}"] {
            assert_eq!(indexed.entry(absent), searched.entry(absent), "{absent}");
            assert!(!indexed.contains(absent), "{absent}");
        }
        let longer: Vec<&str> = searched.starting_with("coastl").map(|(word, _)| word).collect();
        assert!(longer.contains(&"coastline") && longer.iter().all(|word| word.starts_with("coastl")));
        assert!(searched.starting_with("coastline").all(|(word, _)| word != "coastline"));
    }
}
