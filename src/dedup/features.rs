//! The multiset of words by which two sentences are compared.
//!
//! A word counts by the normal form of what it was probably meant to be; signs do not count; where
//! a script has no spaces, a pair of neighbouring characters counts as a word. Features are numbered by how often the corpus has
//! them, 0 the most frequent, so frequent ones take one byte and "rarer" is "greater".

use crate::language::TokenKind;

use super::corpus::Corpus;
use super::index::{NOTE_BITS, mix};
use super::meant::Meant;
use super::slots::Slots;
use super::varint;

/// A sentence of more features is compared with nothing.
const MOST_FEATURES: usize = (1 << LENGTH_BITS) - 1;

const LENGTH_BITS: u32 = 24;

/// The features of some classes, as sorted lists.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Which class each list is of. Shorter lists come first; equal lengths by class number.
    pub(super) classes: Vec<u32>,
    records: Vec<Record>,
    /// Lists of ranks, rarest first, a rank as often as the sentence has the feature.
    ranks: Vec<u8>,
    /// Features from this rank on stand in the corpus once.
    first_unique: u32,
}

/// What is looked at before a list is read, side by side in memory.
#[derive(Clone, Copy, Debug)]
struct Record {
    /// A bit for each feature, flipped as often as the sentence has it: features that only one
    /// of two sentences has show up as differing bits (Sandes et al. 2017).
    parity: u64,
    /// Where the list ends in `ranks`, and below that the number of features.
    end_and_length: u64,
}

impl Features {
    /// The features of the classes in `chosen`, which is sorted.
    pub(super) fn new(corpus: &Corpus, meant: &Meant, chosen: &[u32]) -> Self {
        let mut extractor =
            Extractor { corpus, meant, pairs: Pairs::default(), counts: vec![0; corpus.words.folded_len()] };
        let mut list = Vec::new();
        let mut order: Vec<(u32, u32)> = Vec::with_capacity(chosen.len());
        for &class in chosen {
            extractor.list(class, &mut list);
            extractor.count(&list);
            if list.len() <= MOST_FEATURES {
                order.push((list.len() as u32, class));
            }
        }
        order.sort_unstable();
        let ranks_of = ranks(&extractor.counts);
        let mut features = Features::with_capacity(order.len());
        features.first_unique = extractor.counts.iter().filter(|&&count| count > 1).count() as u32;
        for (_, class) in order {
            extractor.list(class, &mut list);
            for feature in &mut list {
                *feature = ranks_of[*feature as usize];
            }
            features.push(class, &mut list);
        }
        features.ranks.shrink_to_fit();
        features
    }

    /// Lists made by hand, for tests of what works on lists. Greater numbers must be rarer.
    #[cfg(test)]
    pub(super) fn from_lists(lists: &[Vec<u32>]) -> Self {
        let mut features = Features::with_capacity(lists.len());
        features.first_unique = u32::MAX;
        let mut order: Vec<usize> = (0..lists.len()).collect();
        order.sort_by_key(|&n| lists[n].len());
        for n in order {
            features.push(n as u32, &mut lists[n].clone());
        }
        features
    }

    fn with_capacity(lists: usize) -> Self {
        Features {
            classes: Vec::with_capacity(lists),
            records: Vec::with_capacity(lists),
            ranks: Vec::with_capacity(lists * 28),
            first_unique: 0,
        }
    }

    fn push(&mut self, class: u32, list: &mut [u32]) {
        list.sort_unstable_by(|a, b| b.cmp(a));
        for &rank in list.iter() {
            varint::push(&mut self.ranks, rank);
        }
        let parity = list.iter().fold(0, |bits: u64, &rank| bits ^ 1 << (mix(u64::from(rank)) >> 58));
        let end_and_length = (self.ranks.len() as u64) << LENGTH_BITS | list.len() as u64;
        self.classes.push(class);
        self.records.push(Record { parity, end_and_length });
    }

    /// Number of lists.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// Number of features in list `n`.
    #[inline]
    pub(super) fn length(&self, n: usize) -> usize {
        self.records[n].end_and_length as usize & MOST_FEATURES
    }

    /// At least so many features are in one of two lists only.
    #[inline]
    pub(super) fn least_differing(&self, a: usize, b: usize) -> usize {
        (self.records[a].parity ^ self.records[b].parity).count_ones() as usize
    }

    /// A shorter form of what [`Features::least_differing`] looks at, to be had before the list is.
    pub(super) fn sketch(&self, n: usize) -> u32 {
        let parity = self.records[n].parity;
        let folded = parity ^ parity >> NOTE_BITS ^ parity >> (2 * NOTE_BITS) ^ parity >> (3 * NOTE_BITS);
        folded as u32 & ((1 << NOTE_BITS) - 1)
    }

    /// The ranks of list `n`, rarest first.
    #[inline]
    pub(super) fn ranks(&self, n: usize) -> varint::Numbers<'_> {
        let end = |n: usize| (self.records[n].end_and_length >> LENGTH_BITS) as usize;
        let start = if n == 0 { 0 } else { end(n - 1) };
        varint::read(&self.ranks[start..end(n)])
    }

    /// The number of the first list of at least `length` features.
    pub(super) fn first_of_length(&self, length: usize) -> usize {
        self.records.partition_point(|record| (record.end_and_length as usize & MOST_FEATURES) < length)
    }

    /// True if no two sentences can share this feature.
    #[inline]
    pub(super) fn is_unique(&self, rank: u32) -> bool {
        rank >= self.first_unique
    }
}

/// The rank of each feature by falling count; features as frequent as each other in the order
/// of their numbers, which is that of the corpus.
fn ranks(counts: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..counts.len() as u32).collect();
    order.sort_by_key(|&feature| std::cmp::Reverse(counts[feature as usize]));
    let mut ranks = vec![0; counts.len()];
    for (rank, feature) in (0u32..).zip(order) {
        ranks[feature as usize] = rank;
    }
    ranks
}

struct Extractor<'a> {
    corpus: &'a Corpus,
    meant: &'a Meant,
    pairs: Pairs,
    counts: Vec<u32>,
}

impl Extractor<'_> {
    /// The features of a class, unsorted: numbers of folded words, and from there on of pairs.
    fn list(&mut self, class: u32, list: &mut Vec<u32>) {
        list.clear();
        let words = &self.corpus.words;
        let base = words.folded_len() as u32;
        let mut previous = None;
        let mut alone = false;
        for word in self.corpus.words_of(self.corpus.first_forms[class as usize]) {
            let folded = words.folded(word);
            match words.kind(word) {
                TokenKind::Character => {
                    match previous {
                        Some(before) => {
                            list.push(base + self.pairs.number(before, folded));
                            alone = false;
                        }
                        None => alone = true,
                    }
                    previous = Some(folded);
                    continue;
                }
                TokenKind::Word | TokenKind::Number => list.push(self.meant.of(folded)),
                TokenKind::Symbol => {}
            }
            // A character with no neighbour of its kind counts by itself.
            if alone && let Some(single) = previous {
                list.push(single);
            }
            (previous, alone) = (None, false);
        }
        if alone && let Some(single) = previous {
            list.push(single);
        }
    }

    fn count(&mut self, list: &[u32]) {
        self.counts.resize(self.corpus.words.folded_len() + self.pairs.pairs.len(), 0);
        for &feature in list {
            self.counts[feature as usize] += 1;
        }
    }
}

/// Pairs of neighbouring characters, numbered as they come.
#[derive(Default)]
struct Pairs {
    pairs: Vec<u64>,
    slots: Slots,
}

impl Pairs {
    fn number(&mut self, first: u32, second: u32) -> u32 {
        let pair = u64::from(first) << 32 | u64::from(second);
        let hash = |pair: u64| (pair ^ pair >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        if let Some(n) = self.slots.find(hash(pair), |n| self.pairs[n as usize] == pair) {
            return n;
        }
        let n = self.pairs.len() as u32;
        self.pairs.push(pair);
        self.slots.insert(hash(pair), n, |n| hash(self.pairs[n as usize]));
        n
    }
}
