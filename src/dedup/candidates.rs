//! Every pair of sentences whose words overlap enough.
//!
//! A set-similarity join with full recall (Bayardo et al. WWW'07; Xiao et al. TODS'11; keys of
//! several tokens as in AdaptJoin, Wang, Li and Feng SIGMOD'12). Two sentences with Jaccard
//! similarity at least *t* share at least `need = t/(1+t) (|x|+|y|)` features. If each is sorted
//! rarest first, the first *l* shared features lie within the first `|x| - need + l` of either.
//! So sentences are filed under every *pair* (l = 2) of features from that prefix, and only
//! sentences that share such a pair are looked at. A pair of rare words is nearly always shared
//! by true matches only.
//!
//! The sentences are walked by rising length, each looking among the shorter ones, so what is
//! filed needs only the prefix for longer partners, which is shorter. A match is reported under
//! its first shared pair and no other, so it comes up once.

use crate::model::Workers;

use super::features::Features;
use super::index::{Filed, Index, mix};

/// Sentences with more features are filed under single features: pairs from a prefix of
/// hundreds would be tens of thousands, and so long a sentence has rare words enough.
const LONGEST_PAIRED: usize = 48;

/// Entries of the index held at a time. More are worked off in rounds, each on a share of the
/// keys: a round takes about 50 MB.
const ENTRIES_A_ROUND: usize = 4 << 20;

/// Guards `ceil` against the rounding of the product before it.
const EPSILON: f64 = 1e-9;

/// Bounds that keep a flood of look-alikes linear. A million sentences that differ in one word
/// are 10^12 similar pairs: then a sentence meets the first of its look-alikes only. Sentences
/// that could be one another's copies share the rare words in which they differ from the flood,
/// and the pairs of those words are walked first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Sentences that one sentence is compared with, in one round.
    pub(super) comparisons: usize,
}

impl Limits {
    /// No bound that a corpus of a hundred thousand sentences would feel.
    pub(super) fn for_sentences(count: usize) -> Self {
        Limits { comparisons: (256_000_000 / count.max(1)).max(384) }
    }
}

/// What becomes of the pairs.
pub(super) trait Sink {
    /// Whether the pair `(a, b)` would be of use. Asked before two lists are compared.
    fn wants(&self, a: usize, b: usize) -> bool;

    /// Two lists are similar; `b < a`. All pairs with the same `a` and the same round come one
    /// after the other, those under rare keys first.
    fn found(&mut self, a: usize, b: usize, jaccard: f64);
}

/// Finds the pairs of lists whose Jaccard similarity is at least `threshold`. `salts` separates
/// what must never meet: only lists with equal salt do.
///
/// `sink` makes what takes the pairs of one round; all of them are given back, in a fixed order.
pub(super) fn join<S: Sink + Send>(
    features: &Features,
    salts: impl Fn(usize) -> u32 + Sync,
    threshold: f64,
    limits: Limits,
    workers: &dyn Workers,
    sink: impl Fn() -> S + Sync,
) -> Vec<S> {
    let join = Join { features, threshold };
    let mut entries = 0usize;
    Keys { join: &join, salts: &salts, round: 0, rounds: 1 }.filed(&mut |_, _| entries += 1);
    let rounds = entries.div_ceil(ENTRIES_A_ROUND).max(1);
    workers.map_ranges(rounds, 1, |round| {
        let keys = Keys { join: &join, salts: &salts, round: round.start as u64, rounds: rounds as u64 };
        let index = Index::new(entries / rounds, |entry| keys.filed(entry));
        let (mut scratch, mut sink) = (Scratch::default(), sink());
        for a in 0..features.len() {
            join.probe(a, &keys, &index, limits, &mut scratch, &mut sink);
        }
        sink
    })
}

/// Buffers that are used over and over.
#[derive(Default)]
struct Scratch {
    /// The length of the lists that are being looked at, and the first list they may meet.
    length: usize,
    shortest: usize,
    list: Vec<u32>,
    items: Vec<(Item, u64)>,
}

struct Join<'a> {
    features: &'a Features,
    threshold: f64,
}

impl Join<'_> {
    /// What a partner of `length` features must at least have, and share.
    fn least_partner(&self, length: usize) -> usize {
        ((length as f64 * self.threshold - EPSILON).ceil() as usize).max(1)
    }

    /// What two lists must share.
    fn need(&self, a: usize, b: usize) -> usize {
        (((a + b) as f64 * self.threshold / (1.0 + self.threshold) - EPSILON).ceil() as usize).max(1)
    }

    /// How many features make a key when a list of this length looks for shorter ones.
    fn key_size(&self, length: usize) -> usize {
        if length > LONGEST_PAIRED || self.least_partner(length) < 2 { 1 } else { 2 }
    }

    /// The prefix in which the first shared features with a shorter or equal list lie.
    fn probe_prefix(&self, length: usize) -> usize {
        (length - self.least_partner(length) + self.key_size(length)).min(length)
    }

    /// The prefix in which the first `key_size` shared features with a longer or equal list lie.
    fn index_prefix(&self, length: usize, key_size: usize) -> usize {
        (length + key_size).saturating_sub(self.need(length, length)).min(length)
    }

    /// The key sizes by which longer or equal lists may look for one of this length.
    fn sizes_asked_for(&self, length: usize) -> impl Iterator<Item = usize> + use<> {
        let longest_partner = (length as f64 / self.threshold + EPSILON).floor() as usize;
        let ends = [self.key_size(length), self.key_size(longest_partner)];
        let crosses = length <= LONGEST_PAIRED && longest_partner > LONGEST_PAIRED;
        [1, 2].into_iter().filter(move |size| ends.contains(size) || (crosses && *size == 2))
    }

    fn probe(
        &self,
        a: usize,
        keys: &Keys<'_, impl Fn(usize) -> u32>,
        index: &Index,
        limits: Limits,
        scratch: &mut Scratch,
        sink: &mut impl Sink,
    ) {
        let length = self.features.length(a);
        if length != scratch.length {
            scratch.length = length;
            scratch.shortest = self.features.first_of_length(self.least_partner(length));
        }
        let shortest = scratch.shortest as u32;
        if scratch.shortest >= a {
            return;
        }
        scratch.list.clear();
        scratch.list.extend(self.features.ranks(a));
        let list = &scratch.list;
        let mut left = limits.comparisons;
        let sketch = self.features.sketch(a);
        // Two lists may differ in `(1-t)/(1+t) (|a|+|b|)` features, and the other is no longer.
        let most_differing =
            (2.0 * length as f64 * (1.0 - self.threshold) / (1.0 + self.threshold) + EPSILON) as u32;
        let (size, prefix) = (self.key_size(length), self.probe_prefix(length));
        keys.each(a, size, prefix, &mut scratch.items, |key, first_shared| {
            for filed in index.under(key, shortest) {
                let b = filed.number as usize;
                if b >= a || left == 0 {
                    break;
                }
                left -= 1;
                if (filed.note ^ sketch).count_ones() <= most_differing
                    && sink.wants(a, b)
                    && let Some(jaccard) = self.compare(a, list, b, first_shared)
                {
                    sink.found(a, b, jaccard);
                }
            }
        });
    }

    /// The similarity of two lists, if it is high enough and `first` are the features they share
    /// first.
    fn compare(&self, a: usize, list: &[u32], b: usize, first: [Item; 2]) -> Option<f64> {
        let (len_a, len_b) = (list.len(), self.features.length(b));
        let need = self.need(len_a, len_b);
        let differing = self.features.least_differing(a, b);
        if (len_a + len_b).saturating_sub(differing) / 2 < need {
            return None;
        }
        let mut shared = 0;
        let (mut at, mut rest_b) = (0, len_b);
        let mut others = self.features.ranks(b);
        let mut other = others.next()?;
        while at < len_a {
            match list[at].cmp(&other) {
                std::cmp::Ordering::Greater => at += 1,
                order => {
                    if order.is_eq() {
                        if shared < first.len() && first[shared] != NO_ITEM && first[shared].rank != other {
                            return None;
                        }
                        shared += 1;
                        at += 1;
                    }
                    rest_b -= 1;
                    if rest_b == 0 {
                        break;
                    }
                    other = others.next()?;
                }
            }
            if shared + (len_a - at).min(rest_b) < need {
                return None;
            }
        }
        (shared >= need).then(|| shared as f64 / (len_a + len_b - shared) as f64)
    }
}

/// A feature, and the how-manieth of its kind in the sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Item {
    rank: u32,
    repeat: u32,
}

const NO_ITEM: Item = Item { rank: u32::MAX, repeat: u32::MAX };

/// The keys of one round.
struct Keys<'a, S> {
    join: &'a Join<'a>,
    salts: &'a S,
    round: u64,
    rounds: u64,
}

impl<S: Fn(usize) -> u32> Keys<'_, S> {
    /// Calls `each(key, features in it)` for the keys of list `n` that belong to this round,
    /// rarest first.
    #[inline]
    fn each(
        &self,
        n: usize,
        size: usize,
        prefix: usize,
        before: &mut Vec<(Item, u64)>,
        mut each: impl FnMut(u64, [Item; 2]),
    ) {
        let salt = u64::from((self.salts)(n)) << 32 | size as u64;
        before.clear();
        let mut last = NO_ITEM;
        for rank in self.join.features.ranks(n).take(prefix) {
            let repeat = if last.rank == rank { last.repeat + 1 } else { 0 };
            let item = Item { rank, repeat };
            last = item;
            // What no other sentence has cannot be shared.
            if self.join.features.is_unique(rank) {
                continue;
            }
            // The first shared feature is the first of its kind, and the second one either the
            // second of that kind or the first of another.
            if repeat > 1 {
                continue;
            }
            let hash = mix(u64::from(rank) << 1 | u64::from(repeat));
            if size == 1 {
                if repeat == 0 {
                    self.here(mix(hash ^ salt), [item, NO_ITEM], &mut each);
                }
                continue;
            }
            for &(rarer, rarer_hash) in before.iter() {
                if repeat == 0 || rarer.rank == rank {
                    self.here(mix(rarer_hash.rotate_left(23) ^ hash ^ salt), [rarer, item], &mut each);
                }
            }
            if repeat == 0 {
                before.push((item, hash));
            }
        }
    }

    /// Calls `entry` for every key under which a list of this round is to be filed.
    fn filed(&self, entry: &mut dyn FnMut(u64, Filed)) {
        let join = self.join;
        let mut items = Vec::new();
        for n in 0..join.features.len() {
            let length = join.features.length(n);
            let filed = Filed { number: n as u32, note: join.features.sketch(n) };
            for size in join.sizes_asked_for(length) {
                self.each(n, size, join.index_prefix(length, size), &mut items, |key, _| entry(key, filed));
            }
        }
    }

    #[inline]
    fn here(&self, key: u64, items: [Item; 2], each: &mut impl FnMut(u64, [Item; 2])) {
        if ((key >> 48) * self.rounds) >> 16 == self.round {
            each(key, items);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OneByOne;
    use proptest::prelude::*;

    const NO_LIMITS: Limits = Limits { comparisons: usize::MAX };

    /// Takes all pairs.
    #[derive(Default)]
    struct Pairs(Vec<(usize, usize)>);

    impl Sink for Pairs {
        fn wants(&self, _: usize, _: usize) -> bool {
            true
        }

        fn found(&mut self, a: usize, b: usize, _: f64) {
            self.0.push((a, b));
        }
    }

    fn pairs(
        features: &Features,
        salts: impl Fn(usize) -> u32 + Sync,
        threshold: f64,
        limits: Limits,
    ) -> Vec<(usize, usize)> {
        let found = join(features, salts, threshold, limits, &OneByOne, Pairs::default);
        found.into_iter().flat_map(|pairs| pairs.0).collect()
    }

    fn joined(lists: &[Vec<u32>], threshold: f64) -> Vec<(u32, u32)> {
        let features = Features::from_lists(lists);
        let ordered = |(a, b): (usize, usize)| {
            let (a, b) = (features.classes[a], features.classes[b]);
            (a.min(b), a.max(b))
        };
        let mut pairs: Vec<(u32, u32)> =
            pairs(&features, |_| 0, threshold, NO_LIMITS).into_iter().map(ordered).collect();
        pairs.sort_unstable();
        pairs
    }

    /// All pairs, by definition: multiset intersection over multiset union.
    fn brute_force(lists: &[Vec<u32>], threshold: f64) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (a, x) in lists.iter().enumerate() {
            for (b, y) in lists.iter().enumerate().skip(a + 1) {
                let mut rest = y.clone();
                let shared = x
                    .iter()
                    .filter(|word| {
                        let place = rest.iter().position(|other| other == *word);
                        place.map(|place| rest.swap_remove(place)).is_some()
                    })
                    .count();
                let union = x.len() + y.len() - shared;
                if union > 0 && shared as f64 / union as f64 >= threshold - 1e-12 {
                    pairs.push((a as u32, b as u32));
                }
            }
        }
        pairs
    }

    /// Sentences of few words, many of them variations of others: similarities of every size.
    fn sentences() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let sentence = prop::collection::vec(0u32..40, 1..26);
        let edit = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u32..40, 0u8..3);
        (
            prop::collection::vec(sentence, 1..12),
            prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(edit, 0..5)), 0..30),
        )
            .prop_map(|(mut lists, variations)| {
                for (source, edits) in variations {
                    let mut list = lists[source.index(lists.len())].clone();
                    for (at, _, word, what) in edits {
                        let place = at.index(list.len() + 1);
                        match what {
                            0 => list.insert(place, word),
                            1 if list.len() > 1 && place < list.len() => drop(list.remove(place)),
                            _ if place < list.len() => list[place] = word,
                            _ => {}
                        }
                    }
                    lists.push(list);
                }
                lists
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn every_pair_at_or_above_the_threshold_is_found_once(lists in sentences(), threshold in prop::sample::select(vec![0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0])) {
            prop_assert_eq!(joined(&lists, threshold), brute_force(&lists, threshold));
        }
    }

    /// Around the length where keys change from pairs to single features.
    #[test]
    fn pairs_across_the_limit_of_paired_keys_are_found() {
        let base: Vec<u32> = (0..64).collect();
        let lists: Vec<Vec<u32>> = (30..64).map(|len| base[..len].to_vec()).collect();
        for threshold in [0.7, 0.8, 0.95] {
            assert_eq!(joined(&lists, threshold), brute_force(&lists, threshold), "{threshold}");
        }
    }

    #[test]
    fn a_flood_of_look_alikes_is_cut_short_and_each_still_meets_one() {
        let lists: Vec<Vec<u32>> = (0..2_000).map(|n| (0..12).chain([100 + n]).collect()).collect();
        let features = Features::from_lists(&lists);
        let mut met = vec![0; lists.len()];
        pairs(&features, |_| 0, 0.7, Limits { comparisons: 50 }).into_iter().for_each(|(a, _)| met[a] += 1);
        assert!(met[1..].iter().all(|&count| (1..=50).contains(&count)));
    }

    #[test]
    fn lists_with_different_salt_never_meet() {
        let features = Features::from_lists(&[vec![1, 2, 3], vec![1, 2, 3], vec![1, 2, 3]]);
        let pairs = pairs(&features, |n| n as u32 / 2, 0.8, NO_LIMITS);
        assert_eq!(pairs, [(1, 0)]);
    }
}
