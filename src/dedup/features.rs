//! The multiset of words by which two sentences are compared.
//!
//! A word counts by the normal form of what it was probably meant to be; signs do not count; where
//! a script has no spaces, a pair of neighbouring characters counts as a word. Features are numbered by how often the corpus has
//! them, 0 the most frequent, so frequent ones take one byte and "rarer" is "greater".

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::language::TokenKind;
use crate::model::varint;

use super::corpus::Corpus;
use super::meant::Meant;
use super::meet::mix;
use super::slots::Slots;

/// A sentence of more features is compared with nothing.
const MOST_FEATURES: usize = (1 << LENGTH_BITS) - 1;

const LENGTH_BITS: u32 = 24;

/// How often a rare feature stands in the corpus at most.
const RARE: u32 = 32;

/// Lists made by hand have rare features from this one on.
#[cfg(test)]
const FIRST_RARE_BY_HAND: u32 = 24;

/// The features of some classes, as sorted lists.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// Which class each list is of. Shorter lists come first; equal lengths by class number.
    pub(super) classes: Vec<u32>,
    records: Vec<Record>,
    notes: Vec<Note>,
    /// The lengths there are, each with the number of its first list.
    lengths: Vec<(u32, u32)>,
    /// Lists of ranks, rarest first, a rank as often as the sentence has the feature.
    ranks: Vec<u8>,
    /// Features from this rank on stand in the corpus [`RARE`] times at most.
    first_rare: u32,
    /// Features from this rank on stand in the corpus once.
    first_unique: u32,
}

/// What is looked at before a list is read, side by side in memory.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    /// A bit for each feature, flipped as often as the sentence has it: features that only one
    /// of two sentences has show up as differing bits (Sandes et al. 2017).
    parity: u64,
    /// Where the list starts in `ranks`, and below that the number of features.
    start_and_length: u64,
}

/// What can be told of two lists without looking at either: a shorter parity, and a hash of the
/// numbers in the sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Note(pub(super) u32);

const NUMBER_BITS: u32 = 8;

impl Note {
    fn new(parity: u64, numbers: u32) -> Self {
        let folded = parity ^ parity >> 24 ^ parity >> 48;
        Note((folded as u32) << NUMBER_BITS | numbers & ((1 << NUMBER_BITS) - 1))
    }

    /// At least so many features are in one of two lists only.
    #[inline]
    pub(super) fn least_differing(self, other: Note) -> u32 {
        ((self.0 ^ other.0) >> NUMBER_BITS).count_ones()
    }

    /// False if the two sentences have different numbers.
    #[inline]
    pub(super) fn may_share_numbers(self, other: Note) -> bool {
        (self.0 ^ other.0) & ((1 << NUMBER_BITS) - 1) == 0
    }
}

impl Features {
    /// The features of the classes in `chosen`, which is sorted.
    pub(super) fn new(corpus: &Corpus, meant: &Meant, chosen: &[u32]) -> Self {
        let mut extractor =
            Extractor { corpus, meant, pairs: Pairs::default(), counts: vec![0; corpus.words.folded_len()] };
        let mut list = Vec::new();
        let lengths: Vec<u32> = chosen
            .iter()
            .map(|&class| {
                extractor.list(class, &mut list);
                extractor.count(&list);
                list.len() as u32
            })
            .collect();
        let ranks_of = ranks(&extractor.counts);
        let numbers = Numbers::new(corpus);
        let mut features = Features::of_lengths(&lengths);
        let above = |least: u32| extractor.counts.iter().filter(|&&count| count > least).count() as u32;
        (features.first_rare, features.first_unique) = (above(RARE), above(1));
        let mut places = features.places();
        for (&class, length) in chosen.iter().zip(lengths) {
            if let Some(place) = places.of(length) {
                extractor.list(class, &mut list);
                list.iter_mut().for_each(|feature| *feature = ranks_of[*feature as usize]);
                features.put(place, class, &mut list, numbers.of(corpus, class));
            }
        }
        features.order();
        features
    }

    /// Lays the lists out in the order of their numbers, in which they are read.
    fn order(&mut self) {
        let mut ordered = Vec::with_capacity(self.ranks.len());
        for n in 0..self.len() {
            let record = &mut self.records[n].start_and_length;
            let (start, length) = ((*record >> LENGTH_BITS) as usize, *record as usize & MOST_FEATURES);
            let list = &self.ranks[start..];
            *record = (ordered.len() as u64) << LENGTH_BITS | length as u64;
            ordered.extend_from_slice(&list[..varint::bytes(list, length)]);
        }
        self.ranks = ordered;
    }

    /// Lists made by hand, for tests of what works on lists. Greater numbers must be rarer.
    #[cfg(test)]
    pub(super) fn from_lists(lists: &[Vec<u32>]) -> Self {
        let lengths: Vec<u32> = lists.iter().map(|list| list.len() as u32).collect();
        let mut features = Features::of_lengths(&lengths);
        (features.first_rare, features.first_unique) = (FIRST_RARE_BY_HAND, u32::MAX);
        let mut places = features.places();
        for (class, list) in (0u32..).zip(lists) {
            if let Some(place) = places.of(list.len() as u32) {
                features.put(place, class, &mut list.clone(), 0);
            }
        }
        features
    }

    /// The same, taking features from `rank` on for such as only one list has: a fault on purpose.
    #[cfg(test)]
    pub(super) fn with_unique_from(self, rank: u32) -> Self {
        Features { first_unique: rank, ..self }
    }

    /// Room for lists of these lengths.
    fn of_lengths(lengths: &[u32]) -> Self {
        let mut sorted: Vec<u32> =
            lengths.iter().copied().filter(|&length| length as usize <= MOST_FEATURES).collect();
        sorted.sort_unstable();
        let mut first = 0;
        let starts = sorted.chunk_by(|a, b| a == b).map(|run| {
            first += run.len() as u32;
            (run[0], first - run.len() as u32)
        });
        let starts = starts.collect();
        Features {
            classes: vec![0; sorted.len()],
            records: vec![Record::default(); sorted.len()],
            notes: vec![Note::default(); sorted.len()],
            lengths: starts,
            ranks: Vec::with_capacity(sorted.len() * 28),
            first_rare: 0,
            first_unique: 0,
        }
    }

    fn places(&self) -> Places {
        Places { next: self.lengths.clone() }
    }

    fn put(&mut self, place: usize, class: u32, list: &mut [u32], numbers: u32) {
        let start_and_length = (self.ranks.len() as u64) << LENGTH_BITS | list.len() as u64;
        list.sort_unstable_by(|a, b| b.cmp(a));
        for &rank in list.iter() {
            varint::push(&mut self.ranks, rank);
        }
        let parity = list.iter().fold(0, |bits: u64, &rank| bits ^ 1 << (mix(u64::from(rank)) >> 58));
        self.classes[place] = class;
        self.records[place] = Record { parity, start_and_length };
        self.notes[place] = Note::new(parity, numbers);
    }

    /// Number of lists.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// Number of features in list `n`.
    #[inline]
    pub(super) fn length(&self, n: usize) -> usize {
        self.records[n].start_and_length as usize & MOST_FEATURES
    }

    /// Which of the lengths that there are list `n` has: a few dozen, nearer than the list.
    #[inline]
    pub(super) fn place_of_length(&self, n: usize) -> usize {
        self.lengths.partition_point(|&(_, first)| first as usize <= n) - 1
    }

    /// The lengths there are, and the lists of each.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let ends = self.lengths.iter().skip(1).map(|&(_, first)| first as usize).chain([self.len()]);
        self.lengths.iter().zip(ends).map(|(&(length, first), end)| (length as usize, first as usize..end))
    }

    /// The same for some of the lists.
    pub(super) fn ranges_in(&self, share: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
        self.ranges()
            .map(move |(length, lists)| (length, lists.start.max(share.start)..lists.end.min(share.end)))
            .filter(|(_, lists)| !lists.is_empty())
    }

    /// The number of the first list of at least `length` features.
    pub(super) fn first_of_length(&self, length: usize) -> usize {
        let place = self.lengths.partition_point(|&(other, _)| (other as usize) < length);
        self.lengths.get(place).map_or(self.len(), |&(_, first)| first as usize)
    }

    /// At least so many features are in one of two lists only.
    #[inline]
    pub(super) fn least_differing(&self, a: usize, b: usize) -> usize {
        (self.records[a].parity ^ self.records[b].parity).count_ones() as usize
    }

    /// What can be told of list `n` at once.
    #[inline]
    pub(super) fn note(&self, n: usize) -> Note {
        self.notes[n]
    }

    /// The ranks of list `n`, rarest first.
    #[inline]
    pub(super) fn ranks(&self, n: usize) -> impl Iterator<Item = u32> {
        let record = self.records[n].start_and_length;
        varint::read(&self.ranks[(record >> LENGTH_BITS) as usize..]).take(record as usize & MOST_FEATURES)
    }

    /// True if few sentences can share this feature.
    #[inline]
    pub(super) fn is_rare(&self, rank: u32) -> bool {
        rank >= self.first_rare
    }

    /// True if no two sentences can share this feature.
    #[inline]
    pub(super) fn is_unique(&self, rank: u32) -> bool {
        rank >= self.first_unique
    }
}

/// Deals out the places of lists by their length.
struct Places {
    /// Each length, and the next place for it.
    next: Vec<(u32, u32)>,
}

impl Places {
    fn of(&mut self, length: u32) -> Option<usize> {
        let known = self.next.binary_search_by_key(&length, |&(other, _)| other).ok()?;
        let next = &mut self.next[known].1;
        *next += 1;
        Some(*next as usize - 1)
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

/// The digits of sentences, as sums of hashes: equal numbers, equal sums.
struct Numbers {
    /// By folded word.
    hashes: Vec<u32>,
}

impl Numbers {
    fn new(corpus: &Corpus) -> Self {
        let words = &corpus.words;
        let mut hashes = vec![0; words.folded_len()];
        for (word, _) in words.iter() {
            if words.kind(word) == TokenKind::Number {
                let folded = words.folded(word);
                hashes[folded as usize] = digits_hash(words.normal(folded));
            }
        }
        Numbers { hashes }
    }

    fn of(&self, corpus: &Corpus, class: u32) -> u32 {
        corpus
            .words_of(corpus.first_forms[class as usize])
            .fold(0, |sum: u32, word| sum.wrapping_add(self.hashes[corpus.words.folded(word) as usize]))
    }
}

/// `10km` counts like `10`, so that `10 km` may be its copy.
fn digits_hash(number: &str) -> u32 {
    number
        .split(|c: char| !c.is_numeric() && !matches!(c, '.' | ',' | ':' | '/'))
        .filter(|run| !run.is_empty())
        .fold(0, |sum: u32, run| sum.wrapping_add(xxh3_64(run.as_bytes()) as u32))
}
