//! Which kinds of words follow which: a trigram model of word classes.
//!
//! Few triples of words are seen often enough to tell what is likely, but triples of classes are: after
//! `the` and a noun hardly ever comes `the`. The classes are those of `scripts/word_classes`: words with
//! the same neighbours, each of the commonest words by itself.

/// The class of each word of the bigram model, and how the classes follow each other.
pub(super) struct Classes {
    /// By the number of the word.
    of_word: Vec<u8>,
    /// How many classes there are.
    count: usize,
    /// For every three classes, first to last: [`COST`] times the negated base ten logarithm of how
    /// likely the last is after the first two.
    costs: Vec<u8>,
}

/// Costs to one power of ten.
const COST: f32 = 6.0;

impl Classes {
    /// Reads the embedded file: the number of classes, a class for each of `words` words, the costs.
    pub(super) fn read(mut blob: Vec<u8>, words: usize) -> Classes {
        let count = usize::from(blob[0]);
        assert_eq!(blob.len(), 1 + words + count.pow(3), "the embedded classes are those of the vocabulary");
        let costs = blob.split_off(1 + words);
        blob.remove(0);
        Classes { of_word: blob, count, costs }
    }

    /// Base ten logarithm of how likely a word of the last one's class is after words of the other two's.
    pub(super) fn follow(&self, words: [usize; 3]) -> f32 {
        let class = |word: usize| usize::from(self.of_word[word]);
        let place = words.into_iter().fold(0, |place, word| place * self.count + class(word));
        -f32::from(self.costs[place]) / COST
    }
}
