//! Distinct strings, numbered in the order they came.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Slots;

/// A set of distinct strings, each with its number: one arena of text, and an index into it.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    text: String,
    ends: Vec<usize>,
    slots: Slots,
}

impl Vocabulary {
    /// Number of distinct strings.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The length of all strings together.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The string with this number.
    pub(super) fn get(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start..self.ends[id]]
    }

    /// All strings, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|id| self.get(id))
    }

    /// The number of `word`; a new one if it was not known.
    pub(super) fn intern(&mut self, word: &str) -> u32 {
        let hash = xxh3_64(word.as_bytes());
        if let Some(id) = self.slots.find(hash, |id| self.get(id) == word) {
            return id;
        }
        let id = self.len() as u32;
        self.text.push_str(word);
        self.ends.push(self.text.len());
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
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
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
