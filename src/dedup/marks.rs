//! Marks of sentences: a few of its runs of words, chosen so that any stretch of a few words more holds one
//! (winnowing: Schleimer, Wilkerson and Aiken, SIGMOD'03).

use xxhash_rust::xxh3::xxh3_64;

use super::corpus::{Corpus, Words};
use super::meant::Meant;
use super::meet::mix;

/// Words in a mark. A character of a script without spaces is half a word.
pub(super) const MARK_WORDS: usize = 4;

/// Of so many marks in a row the least is kept.
pub(super) const WINDOW: usize = 4;

/// A filter of marks: one bit each of sixteen.
pub(super) struct MarkFilter {
    bits: Vec<u64>,
}

impl MarkFilter {
    pub(super) fn new(marks: &[Vec<u64>]) -> Self {
        let count: usize = marks.iter().map(Vec::len).sum();
        let mut filter = MarkFilter { bits: vec![0; (count / 4).max(1).next_power_of_two()] };
        for &mark in marks.iter().flatten() {
            let (word, bit) = filter.place(mark);
            filter.bits[word] |= bit;
        }
        filter
    }

    fn place(&self, mark: u64) -> (usize, u64) {
        ((mark >> 6) as usize & (self.bits.len() - 1), 1 << (mark & 63))
    }

    pub(super) fn may_have(&self, mark: u64) -> bool {
        let (word, bit) = self.place(mark);
        self.bits[word] & bit != 0
    }
}

/// Each word as marks take it. Sentences are read several times over, and in a large vocabulary
/// each look at a word comes from far away: one look gives all.
pub(super) struct MarkedWords {
    /// A hash of what the word is compared as, and in the two lowest bits how many half words it is. Should two
    /// words have one hash, sentences meet that differ in them, and are told apart later.
    ///
    /// Which runs of a sentence are its marks must not change from night to night, as numbers of words do when
    /// the corpus grows: what is found by them would come and go.
    packed: Vec<u32>,
}

impl MarkedWords {
    pub(super) fn new(words: &Words, meant: &Meant) -> Self {
        let hash = |folded: u32| xxh3_64(words.normal(meant.of(folded)).as_bytes()) as u32;
        let hashes: Vec<u32> = (0..words.folded_len() as u32).map(hash).collect();
        let pack =
            |(word, _)| hashes[words.folded(word) as usize] & !3 | u32::from(words.kind(word).half_words());
        MarkedWords { packed: words.iter().map(pack).collect() }
    }

    /// A hash of what the word is compared as.
    #[inline]
    pub(super) fn hash(&self, word: u32) -> u32 {
        self.packed[word as usize] >> 2
    }

    pub(super) fn is_sign(&self, word: u32) -> bool {
        self.half_words(word) == 0
    }

    /// None for a sign.
    #[inline]
    fn half_words(&self, word: u32) -> u32 {
        self.packed[word as usize] & 3
    }
}

/// An odd number whose powers weigh the words of a run.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The powers of [`BASE`], for runs of characters too.
const WEIGHTS: [u64; 2 * MARK_WORDS + 1] = {
    let mut weights = [1; 2 * MARK_WORDS + 1];
    let mut power = 1;
    while power < weights.len() {
        weights[power] = BASE.wrapping_mul(weights[power - 1]);
        power += 1;
    }
    weights
};

/// Makes the runs of sentences in buffers that are used again.
#[derive(Default)]
pub(super) struct Marker {
    /// For each word the value of the polynomial of all words before it, and their half words.
    before: Vec<(u64, u32)>,
    pub(super) runs: Vec<u64>,
    /// Of the runs those by which the sentence is found, and the rest.
    pub(super) marks: Vec<u64>,
    pub(super) rest: Vec<u64>,
}

impl Marker {
    /// Hashes all runs of [`MARK_WORDS`] words.
    pub(super) fn read(&mut self, corpus: &Corpus, words: &MarkedWords, form: u32, salt: u32) {
        self.before.clear();
        self.runs.clear();
        let (mut value, mut half_words) = (0u64, 0);
        self.before.push((value, half_words));
        let mut start = 0;
        for word in corpus.words_of(form) {
            let own = words.half_words(word);
            if own == 0 {
                continue;
            }
            half_words += own;
            let term = mix(u64::from(words.hash(word)) + 1);
            value = value.wrapping_mul(BASE).wrapping_add(term);
            self.before.push((value, half_words));
            // The run that ends here begins with the last word that leaves it long enough.
            let end = self.before.len() - 1;
            while start < end && half_words - self.before[start + 1].1 >= 2 * MARK_WORDS as u32 {
                start += 1;
            }
            if half_words - self.before[start].1 >= 2 * MARK_WORDS as u32 {
                let weight = WEIGHTS[end - start];
                let run = value.wrapping_sub(self.before[start].0.wrapping_mul(weight));
                self.runs.push(mix(run ^ u64::from(salt)));
            }
        }
    }

    /// Chooses of the runs those by which the sentence is found: of so many in a row the least.
    pub(super) fn winnow(&mut self) {
        self.marks.clear();
        self.rest.clear();
        let window = WINDOW.min(self.runs.len()).max(1);
        let mut passed = 0;
        for start in 0..(self.runs.len() + 1).saturating_sub(window) {
            let least = (start..start + window).min_by_key(|&at| self.runs[at]).unwrap_or(start);
            // The least of one window is that of the next, too, while it is in there.
            if least >= passed {
                self.rest.extend_from_slice(&self.runs[passed..least]);
                self.marks.push(self.runs[least]);
                passed = least + 1;
            }
        }
        self.rest.extend_from_slice(&self.runs[passed..]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::resolve::meanings;
    use super::super::{Background, Fingerprinter, Repute, Settings};
    use super::*;
    use crate::model::{Markup, OneByOne, Role, Sentence, Span};

    /// The marks of the last of some sentences.
    fn marks_of_last(sentences: &[&str]) -> Vec<u64> {
        let mut printer = Fingerprinter::new();
        for text in sentences {
            let span = Span::new(0, text.len());
            let sentence = Sentence { span, text: span, role: Role::Prose, paragraph: 0 };
            printer.document(text, &[sentence], Markup::Plain, None);
        }
        let corpus = Corpus::new(vec![printer.finish()], &Settings::default());
        let background = Background { repute: &|_| Repute::Common, meanings: &|_, _| (), rarity: &|_| 4.0 };
        let (_, _, meant) = meanings(&corpus, &background, &OneByOne);
        let words = MarkedWords::new(&corpus.words, &meant);
        let mut marker = Marker::default();
        marker.read(&corpus, &words, corpus.forms[corpus.forms.len() - 1], 0);
        marker.winnow();
        marker.marks
    }

    #[test]
    fn marks_are_the_same_whatever_else_the_corpus_says() {
        let text =
            "the old ferry to the islands leaves the northern pier at dawn on every day but sunday in winter";
        let alone = marks_of_last(&[text]);
        assert!(alone.len() > 2);
        assert_eq!(marks_of_last(&["quokkas vex wombats", "at dawn the islands sleep", text]), alone);
    }
}
