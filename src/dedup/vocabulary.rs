//! Distinct strings, numbered in the order they came.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Pieces, Slots};

/// A set of distinct strings, each with its number, and an index to find them by.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    strings: Pieces<String>,
    slots: Slots,
}

impl Vocabulary {
    /// Number of distinct strings.
    pub(super) fn len(&self) -> usize {
        self.strings.len()
    }

    /// The string with this number.
    pub(super) fn get(&self, id: u32) -> &str {
        &self.strings[id as usize]
    }

    /// All strings, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.strings.iter()
    }

    /// The number of `word`; a new one if it was not known.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        let hash = xxh3_64(word.as_bytes());
        if let Some(id) = self.slots.find(hash, |id| self.get(id) == word) {
            return id;
        }
        let id = self.len() as u32;
        self.strings.push(word);
        self.slots.insert(hash, id);
        id
    }

    /// The number of `word`, if it is there. Not after [`Vocabulary::freeze`].
    pub(super) fn find(&self, word: &str) -> Option<u32> {
        self.slots.find(xxh3_64(word.as_bytes()), |id| self.get(id) == word)
    }

    /// Gives back what is only needed to intern more.
    pub(super) fn freeze(&mut self) {
        self.slots = Slots::default();
        self.strings.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_keeps_its_number_while_the_table_grows() {
        let mut vocabulary = Vocabulary::default();
        let words: Vec<String> = (0..5_000).map(|n| format!("word{n}")).collect();
        for (n, word) in words.iter().enumerate() {
            assert_eq!(vocabulary.intern(word) as usize, n);
        }
        for (n, word) in words.iter().enumerate() {
            assert_eq!(vocabulary.intern(word) as usize, n);
            assert_eq!(vocabulary.get(n as u32), word);
        }
        assert_eq!(vocabulary.len(), words.len());
    }
}
