//! What is to be known of words before anything is asked about them: one place to ask, as every word of a text
//! is asked for.

use crate::language::{VocabularyId, WordHash};

/// What a word's hash tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// One more than its place among the suspects, if it is one.
    pub(super) suspect: u32,
    /// The word in the bigram model.
    pub(super) vocabulary: Option<VocabularyId>,
}

/// Notes by word: an open-addressing table with the notes in it, at most two thirds full, so that a look is mostly one load.
/// Common words take most looks; of each only one line is kept near the processor.
#[derive(Default)]
pub(super) struct Notes {
    /// A power of two. An entry without a note is empty.
    entries: Vec<(WordHash, Note)>,
    len: usize,
}

const EMPTY: (WordHash, Note) = (WordHash(0), Note { suspect: 0, vocabulary: None });

/// Entries of the smallest table.
const FEW: usize = 1 << 10;

impl Notes {
    /// What is noted of a word.
    #[inline]
    pub(super) fn get(&self, word: WordHash) -> Note {
        if self.entries.is_empty() { Note::default() } else { self.entries[self.place(word)].1 }
    }

    /// The note of a word, to be written. What is left as it is by default is no note.
    pub(super) fn note(&mut self, word: WordHash) -> &mut Note {
        if 2 * self.entries.len() < 3 * (self.len + 1) {
            let old = std::mem::replace(
                self,
                Notes { entries: vec![EMPTY; (2 * self.entries.len()).max(FEW)], len: 0 },
            );
            old.iter().for_each(|(word, note)| *self.note(word) = note);
        }
        let place = self.place(word);
        let entry = &mut self.entries[place];
        self.len += usize::from(entry.1 == Note::default());
        entry.0 = word;
        &mut entry.1
    }

    /// All notes, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (WordHash, Note)> {
        self.entries.iter().copied().filter(|&(_, note)| note != Note::default())
    }

    /// Where a word is, or would be.
    #[inline]
    fn place(&self, word: WordHash) -> usize {
        let mask = self.entries.len() - 1;
        let mut at = word.0 as usize & mask;
        while self.entries[at].0 != word && self.entries[at].1 != Note::default() {
            at = (at + 1) & mask;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_note_while_the_table_grows() {
        let word = |n: u32| WordHash::of(format!("word{n}").as_bytes());
        let mut notes = Notes::default();
        assert_eq!(notes.get(word(1)), Note::default());
        for n in 1..=5_000 {
            notes.note(word(n)).suspect = n;
            notes.note(word(n / 2 + 1)).vocabulary = Some(crate::language::Lexicon::SENTENCE_END);
        }
        for n in 1..=5_000 {
            assert_eq!(notes.get(word(n)).suspect, n);
            assert_eq!(notes.get(word(n)).vocabulary.is_some(), n <= 2_501);
        }
        assert_eq!(notes.get(word(5_001)), Note::default());
        assert_eq!(notes.iter().count(), 5_000);
        assert!(notes.iter().all(|(word, note)| notes.get(word) == note));
    }
}
