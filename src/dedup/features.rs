//! The multiset of words by which two sentences are compared.
//!
//! A word counts by the normal form of what it was probably meant to be; signs do not count; where a script has no spaces, a pair of
//! neighbouring characters counts as a word. Features are numbered by how often the corpus has
//! them, 0 the most frequent, so frequent ones take one byte and "rarer" is "greater".

use crate::language::TokenKind;

use super::corpus::Corpus;
use super::meant::Meant;
use super::slots::Slots;
use super::varint;

/// The features of some classes, as sorted lists.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Which class each list is of. Shorter lists come first; equal lengths by class number.
    pub(super) classes: Vec<u32>,
    /// Number of features of each list.
    pub(super) lengths: Vec<u32>,
    ends: Vec<usize>,
    /// Lists of ranks, rarest first, a rank as often as the sentence has the feature.
    ranks: Vec<u8>,
    /// How often the corpus has the feature of each rank.
    counts: Vec<u32>,
}

impl Features {
    /// The features of the classes in `chosen`, which is sorted.
    pub(super) fn new(corpus: &Corpus, meant: &Meant, chosen: &[u32]) -> Self {
        let mut extractor =
            Extractor { corpus, meant, pairs: Pairs::default(), counts: vec![0; corpus.words.folded_len()] };
        let mut list = Vec::new();
        let mut lengths = Vec::with_capacity(chosen.len());
        for &class in chosen {
            extractor.list(class, &mut list);
            extractor.count(&list);
            lengths.push(list.len() as u32);
        }
        let ranks_of = ranks(&extractor.counts);
        let mut order: Vec<u32> = (0..chosen.len() as u32).collect();
        order.sort_by_key(|&n| lengths[n as usize]);
        let mut features = Features {
            classes: order.iter().map(|&n| chosen[n as usize]).collect(),
            lengths: order.iter().map(|&n| lengths[n as usize]).collect(),
            ends: Vec::with_capacity(chosen.len()),
            ranks: Vec::with_capacity(chosen.len() * 28),
            counts: vec![0; ranks_of.len()],
        };
        for (feature, &rank) in ranks_of.iter().enumerate() {
            features.counts[rank as usize] = extractor.counts[feature];
        }
        for n in 0..features.classes.len() {
            extractor.list(features.classes[n], &mut list);
            for feature in &mut list {
                *feature = ranks_of[*feature as usize];
            }
            list.sort_unstable_by(|a, b| b.cmp(a));
            for &rank in &list {
                varint::push(&mut features.ranks, rank);
            }
            features.ends.push(features.ranks.len());
        }
        features.ranks.shrink_to_fit();
        features
    }

    /// Lists made by hand, for tests of what works on lists.
    #[cfg(test)]
    pub(super) fn from_lists(lists: &[Vec<u32>]) -> Self {
        let most = lists.iter().flatten().max().map_or(0, |&rank| rank as usize + 1);
        let mut features = Features { counts: vec![0; most], ..Features::default() };
        let mut order: Vec<usize> = (0..lists.len()).collect();
        order.sort_by_key(|&n| lists[n].len());
        for n in order {
            let mut list = lists[n].clone();
            list.sort_unstable_by(|a, b| b.cmp(a));
            for &rank in &list {
                features.counts[rank as usize] += 1;
                varint::push(&mut features.ranks, rank);
            }
            features.classes.push(n as u32);
            features.lengths.push(list.len() as u32);
            features.ends.push(features.ranks.len());
        }
        features
    }

    /// Number of lists.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// The ranks of list `n`, rarest first.
    #[inline]
    pub(super) fn ranks(&self, n: usize) -> varint::Numbers<'_> {
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        varint::read(&self.ranks[start..self.ends[n]])
    }

    /// True if no two sentences can share this feature.
    #[inline]
    pub(super) fn is_unique(&self, rank: u32) -> bool {
        self.counts[rank as usize] < 2
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
