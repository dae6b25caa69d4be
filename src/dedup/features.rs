//! The multiset of words by which two sentences are compared.
//!
//! A word counts by the normal form of what it was probably meant to be; signs do not count; where
//! a script has no spaces, a pair of neighbouring characters counts as a word. Features are numbered by how often the corpus has
//! them, 0 the most frequent, so frequent ones take one byte and "rarer" is "greater".

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::language::TokenKind;
use crate::model::{Slots, Workers, varint};

use super::corpus::Corpus;
use super::meant::Meant;
use super::meet::mix;

/// A sentence of more features is compared with nothing.
const MOST_FEATURES: usize = (1 << LENGTH_BITS) - 1;

const LENGTH_BITS: u32 = 24;

/// How often a rare feature stands in the corpus at most.
const RARE: u32 = 32;

/// About how many bytes a list takes, and some more.
const BYTES_A_LIST: usize = 32;

/// Sentences are read in so many shares, but for few.
const SHARES: usize = 64;

/// Classes that one worker reads in one go, at least.
const LEAST_SHARE: usize = 1 << 12;

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
    /// The features of the classes in `chosen`, which is sorted. `counts` says how often each folded word
    /// stands in the distinct sentences of the corpus.
    pub(super) fn new(
        corpus: &Corpus,
        meant: &Meant,
        counts: &[u32],
        chosen: &[u32],
        workers: &dyn Workers,
    ) -> Self {
        let (extractor, counts) = Extractor::new(corpus, meant, counts, chosen, workers);
        let shares = workers.map_ranges(chosen.len(), share(chosen.len()), |share| {
            let mut lists = Lists::with_capacity(share.len());
            let mut list = Vec::new();
            for &class in &chosen[share] {
                let numbers = extractor.list(class, &mut list);
                lists.push(class, &mut list, numbers);
            }
            lists
        });
        let above = |least: u32| counts.iter().filter(|&&count| count > least).count() as u32;
        Features { first_rare: above(RARE), first_unique: above(1), ..Features::of(shares) }
    }

    /// Lists made by hand, for tests of what works on lists. Greater numbers must be rarer.
    #[cfg(test)]
    pub(super) fn from_lists(lists: &[Vec<u32>]) -> Self {
        let mut share = Lists::default();
        for (class, list) in (0u32..).zip(lists) {
            share.push(class, &mut list.clone(), 0);
        }
        Features { first_rare: FIRST_RARE_BY_HAND, first_unique: u32::MAX, ..Features::of(vec![share]) }
    }

    /// The same, taking features from `rank` on for such as only one list has: a fault on purpose.
    #[cfg(test)]
    pub(super) fn with_unique_from(self, rank: u32) -> Self {
        Features { first_unique: rank, ..self }
    }

    /// Numbers the lists of all shares by length, and lays them out in that order, in which they are read.
    fn of(shares: Vec<Lists>) -> Self {
        let records = || shares.iter().flat_map(|share| &share.records);
        let longest = records().map(|record| record.length).max().map_or(0, |longest| longest as usize);
        // How many lists of each length there are, and their bytes; then where the next of them goes.
        let mut places = vec![(0u32, 0usize); longest + 1];
        for record in records() {
            let (lists, bytes) = &mut places[record.length as usize];
            *lists += 1;
            *bytes += record.bytes as usize;
        }
        let mut lengths = Vec::new();
        let (mut lists, mut bytes) = (0, 0);
        for (length, place) in (0u32..).zip(&mut places).filter(|(_, (lists, _))| *lists > 0) {
            lengths.push((length, lists));
            let own = std::mem::replace(place, (lists, bytes));
            (lists, bytes) = (lists + own.0, bytes + own.1);
        }
        let count = lists as usize;
        let mut features = Features {
            classes: vec![0; count],
            records: vec![Record::default(); count],
            notes: vec![Note::default(); count],
            lengths,
            ranks: vec![0; bytes],
            first_rare: 0,
            first_unique: 0,
        };
        for share in shares {
            let mut rest = &share.ranks[..];
            for record in share.records {
                let (place, start) = &mut places[record.length as usize];
                let (n, end) = (*place as usize, *start + record.bytes as usize);
                let (own, others) = rest.split_at(record.bytes as usize);
                features.ranks[*start..end].copy_from_slice(own);
                features.classes[n] = record.class;
                let start_and_length = (*start as u64) << LENGTH_BITS | u64::from(record.length);
                features.records[n] = Record { parity: record.parity, start_and_length };
                features.notes[n] = Note::new(record.parity, record.numbers);
                (*place, *start, rest) = (*place + 1, end, others);
            }
        }
        features
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

/// The lists of some classes, in the order of the classes.
#[derive(Default)]
struct Lists {
    records: Vec<ListRecord>,
    /// Lists of ranks, as [`Features::ranks`] has them.
    ranks: Vec<u8>,
}

struct ListRecord {
    class: u32,
    length: u32,
    bytes: u32,
    numbers: u32,
    parity: u64,
}

impl Lists {
    /// Room for so many lists: to grow would be to hold twice.
    fn with_capacity(lists: usize) -> Self {
        Lists { records: Vec::with_capacity(lists), ranks: Vec::with_capacity(BYTES_A_LIST * lists) }
    }

    /// Adds a list, which is sorted for it. One of too many features is left out.
    fn push(&mut self, class: u32, list: &mut [u32], numbers: u32) {
        if list.len() > MOST_FEATURES {
            return;
        }
        list.sort_unstable_by(|a, b| b.cmp(a));
        let start = self.ranks.len();
        let mut parity = 0;
        for &rank in list.iter() {
            varint::push(&mut self.ranks, rank);
            parity ^= 1 << (mix(u64::from(rank)) >> 58);
        }
        let bytes = (self.ranks.len() - start) as u32;
        self.records.push(ListRecord { class, length: list.len() as u32, bytes, numbers, parity });
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

/// So many classes that each of a dozen workers has a few shares, and none is small.
fn share(classes: usize) -> usize {
    classes.div_ceil(SHARES).max(LEAST_SHARE)
}

/// Gives the features of sentences.
struct Extractor<'a> {
    corpus: &'a Corpus,
    /// By word the rank of its feature, and in the lowest bits its kind: one look at a word gives all, as in a
    /// large vocabulary each comes from far away.
    packed: Vec<u32>,
    /// By folded word a hash of its digits.
    digits: Vec<u32>,
    /// Pairs of characters, and the ranks of folded words and then of pairs.
    pairs: Pairs,
    ranks: Vec<u32>,
}

/// Bits of [`Extractor::packed`] that tell the kind.
const KIND_BITS: u32 = 2;

const SYMBOL: u32 = 0;
const CHARACTER: u32 = 1;
const WORD: u32 = 2;
const NUMBER: u32 = 3;

impl<'a> Extractor<'a> {
    /// What knows the features of all classes, and how often each feature stands in the corpus.
    ///
    /// Counts are of all sentences, compared or not: what is counted once is shared by no two of them.
    fn new(
        corpus: &'a Corpus,
        meant: &Meant,
        word_counts: &[u32],
        chosen: &[u32],
        workers: &dyn Workers,
    ) -> (Self, Vec<u32>) {
        let words = &corpus.words;
        let pairs = Pairs::of(corpus, chosen, workers);
        let mut counts = vec![0; words.folded_len() + pairs.pairs.len()];
        for (folded, &count) in (0u32..).zip(word_counts) {
            counts[meant.of(folded) as usize] += count;
        }
        counts[words.folded_len()..].copy_from_slice(&pairs.counts);
        let ranks = ranks(&counts);
        let mut digits = vec![0; words.folded_len()];
        let pack = |(word, _)| {
            let folded = words.folded(word);
            let kind = match words.kind(word) {
                TokenKind::Symbol => SYMBOL,
                TokenKind::Character => CHARACTER,
                TokenKind::Word | TokenKind::Address => WORD,
                TokenKind::Number => {
                    digits[folded as usize] = digits_hash(words.normal(folded));
                    NUMBER
                }
            };
            ranks[meant.of(folded) as usize] << KIND_BITS | kind
        };
        let packed = words.iter().map(pack).collect();
        (Extractor { corpus, packed, digits, pairs, ranks }, counts)
    }

    /// Reads the ranks of a class's features, unsorted, and gives a hash of the numbers in it: the sum of those
    /// of their digits, so equal numbers, equal sums.
    fn list(&self, class: u32, list: &mut Vec<u32>) -> u32 {
        list.clear();
        let words = &self.corpus.words;
        let mut numbers = 0u32;
        let mut characters = Characters::default();
        for word in self.corpus.words_of(self.corpus.first_forms[class as usize]) {
            let packed = self.packed[word as usize];
            let kind = packed & ((1 << KIND_BITS) - 1);
            if kind == CHARACTER {
                let folded = words.folded(word);
                list.extend(characters.next(folded).map(|pair| self.rank_of(pair)));
                continue;
            }
            list.extend(characters.end().map(|single| self.ranks[single as usize]));
            if kind == NUMBER {
                numbers = numbers.wrapping_add(self.digits[words.folded(word) as usize]);
            }
            if kind != SYMBOL {
                list.push(packed >> KIND_BITS);
            }
        }
        list.extend(characters.end().map(|single| self.ranks[single as usize]));
        numbers
    }

    fn rank_of(&self, pair: u64) -> u32 {
        let number = self.pairs.find(pair).unwrap_or_default();
        self.ranks[self.corpus.words.folded_len() + number as usize]
    }
}

/// Reads a run of characters of a script without spaces.
#[derive(Default)]
struct Characters {
    previous: Option<u32>,
    /// The previous one has no neighbour of its kind so far.
    alone: bool,
}

impl Characters {
    /// The pair that a character makes with the one before it.
    fn next(&mut self, folded: u32) -> Option<u64> {
        let pair = self.previous.map(|before| u64::from(before) << 32 | u64::from(folded));
        self.alone = pair.is_none();
        self.previous = Some(folded);
        pair
    }

    /// Ends the run. A character with no neighbour of its kind counts by itself.
    #[inline]
    fn end(&mut self) -> Option<u32> {
        let previous = self.previous.take();
        previous.filter(|_| std::mem::take(&mut self.alone))
    }
}

/// Pairs of neighbouring characters, numbered as they come, and how often each does.
#[derive(Default)]
struct Pairs {
    pairs: Vec<u64>,
    counts: Vec<u32>,
    slots: Slots,
}

impl Pairs {
    /// The pairs in the classes of `chosen`.
    fn of(corpus: &Corpus, chosen: &[u32], workers: &dyn Workers) -> Self {
        let words = &corpus.words;
        if !words.iter().any(|(word, _)| words.kind(word) == TokenKind::Character) {
            return Pairs::default();
        }
        let shares = workers.map_ranges(chosen.len(), share(chosen.len()), |share| {
            let mut pairs = Pairs::default();
            for &class in &chosen[share] {
                let mut characters = Characters::default();
                for word in corpus.words_of(corpus.first_forms[class as usize]) {
                    if words.kind(word) != TokenKind::Character {
                        characters.end();
                    } else if let Some(pair) = characters.next(words.folded(word)) {
                        pairs.count(pair, 1);
                    }
                }
            }
            pairs
        });
        // Those of a share are numbered as they come in it: so together as they come in the corpus.
        let mut all = Pairs::default();
        for share in shares {
            share.pairs.iter().zip(share.counts).for_each(|(&pair, count)| all.count(pair, count));
        }
        all
    }

    fn hash(pair: u64) -> u64 {
        (pair ^ pair >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn find(&self, pair: u64) -> Option<u32> {
        self.slots.find(Pairs::hash(pair), |n| self.pairs[n as usize] == pair)
    }

    fn count(&mut self, pair: u64, times: u32) {
        if let Some(n) = self.find(pair) {
            self.counts[n as usize] += times;
            return;
        }
        let n = self.pairs.len() as u32;
        self.pairs.push(pair);
        self.counts.push(times);
        self.slots.insert(Pairs::hash(pair), n);
    }
}

/// `10km` counts like `10`, so that `10 km` may be its copy.
fn digits_hash(number: &str) -> u32 {
    number
        .split(|c: char| !c.is_numeric() && !matches!(c, '.' | ',' | ':' | '/'))
        .filter(|run| !run.is_empty())
        .fold(0, |sum: u32, run| sum.wrapping_add(xxh3_64(run.as_bytes()) as u32))
}
