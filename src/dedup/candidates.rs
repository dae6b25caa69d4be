//! Every pair of sentences whose words overlap enough.
//!
//! A set-similarity join with full recall (Bayardo et al. WWW'07; Xiao et al. TODS'11; keys of
//! several tokens as in AdaptJoin, Wang, Li and Feng SIGMOD'12). Two sentences with Jaccard
//! similarity at least *t* share at least `need = t/(1+t) (|x|+|y|)` features. If each is sorted
//! rarest first, the first *l* shared features lie within the first `|x| - need + l` of either.
//! If the first shared feature is a rare one, few sentences have it, and it makes a key by itself
//! (l = 1). If not, all that is shared is frequent, and so sentences are filed under every *pair*
//! (l = 2) of frequent features from that prefix. Only sentences that share a key are looked at.
//!
//! In a sentence of four or five words, one word changed is a similarity of 0.6 or 0.67, and in
//! the rest of it there is a sentence all the same. For these the threshold is what one change
//! leaves, so that whatever is one word away is found, as by a deletion neighbourhood.
//!
//! Each sentence looks among shorter or equal ones, so what is filed needs only the prefix for
//! longer partners, which is shorter. A match is reported under its first shared pair and no
//! other, so it comes up once.

use std::ops::Range;

use crate::model::Workers;

use super::features::{Features, Note};
use super::meet::{Filed, Parties, Party, Purpose, Round, Tickets, meet, mix};

/// Sentences with more features are filed under single features: pairs from a prefix of
/// hundreds would be tens of thousands, and so long a sentence has rare words enough.
const LONGEST_PAIRED: usize = 48;

/// Lists so long may differ in one feature, whatever the threshold.
const ONE_AWAY: Range<usize> = 4..6;

/// Comparisons of one list under a crowded key: with lists that have the same numbers, whose
/// sentences may be its copies, and with others.
const LEFT_IN_CROWD: [usize; 2] = [2, 1];

/// Of so many lists one is looked at to see how much space will be needed.
const SAMPLE: usize = 16;

/// Guards `ceil` and `floor` against the rounding of the product before.
const EPSILON: f64 = 1e-9;

/// Two similar lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The longer list.
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) jaccard: f32,
}

/// Finds the pairs of lists whose Jaccard similarity is at least `threshold`, in a fixed order.
/// `salts` separates what must never meet: only lists with equal salt do.
///
/// Under a key that more than `crowd` sentences share, each meets a few of them only. A million
/// sentences that differ in one word are 10^12 similar pairs, all under the same few keys. Those
/// of them that could be each other's copies share the word in which they differ from the rest,
/// and so a key that is not crowded.
pub(super) fn join(
    features: &Features,
    salts: impl Fn(usize) -> u32 + Sync,
    threshold: f64,
    crowd: usize,
    workers: &dyn Workers,
) -> Vec<Vec<Pair>> {
    let mut join = Join { features, salts, threshold, bounds: Vec::new() };
    join.bounds = features.ranges().map(|(length, _)| join.bounds(length)).collect();
    meet(&join, workers, |pairs, asker, key, filed| join.compare_all(asker, key, filed, crowd, pairs))
}

struct Join<'a, S> {
    features: &'a Features,
    salts: S,
    threshold: f64,
    /// For each length there is.
    bounds: Vec<Bounds>,
}

/// What a list of some length may be similar to.
#[derive(Clone, Copy)]
struct Bounds {
    /// The first list that is long enough.
    shortest: u32,
    /// What the two may not share, as neither is longer.
    most_differing: u32,
}

/// The least whole number that is no less than `x`, which is none below -1. Processors of the common baseline
/// have no instruction for it, and this is asked for every comparison.
#[inline]
fn ceil(x: f64) -> usize {
    let whole = x as usize;
    whole + usize::from((whole as f64) < x)
}

/// The similarity from which a list of `length` features matches one that is not longer.
fn threshold_at(length: usize, threshold: f64) -> f64 {
    let one_away = (length as f64 - 1.0) / (length as f64 + 1.0);
    if ONE_AWAY.contains(&length) { threshold.min(one_away) } else { threshold }
}

impl<S: Fn(usize) -> u32> Join<'_, S> {
    fn threshold(&self, length: usize) -> f64 {
        threshold_at(length, self.threshold)
    }

    /// What a partner of a list of `length` features must at least have, and share.
    fn least_partner(&self, length: usize) -> usize {
        ceil(length as f64 * self.threshold(length) - EPSILON).max(1)
    }

    /// What two lists must share, of which `a` is not the shorter.
    fn need(&self, a: usize, b: usize) -> usize {
        let threshold = self.threshold(a);
        ceil((a + b) as f64 * threshold / (1.0 + threshold) - EPSILON).max(1)
    }

    fn bounds(&self, length: usize) -> Bounds {
        let shortest = self.features.first_of_length(self.least_partner(length)) as u32;
        let threshold = self.threshold(length);
        let most_differing = 2.0 * length as f64 * (1.0 - threshold) / (1.0 + threshold) + EPSILON;
        Bounds { shortest, most_differing: most_differing as u32 }
    }

    /// How many features make a key, unless one is rare, when a list of this length looks for
    /// shorter ones.
    fn key_size(&self, length: usize) -> usize {
        if length > LONGEST_PAIRED || self.least_partner(length) < 2 { 1 } else { 2 }
    }

    /// The prefix in which the first `shared` shared features with a shorter or equal list lie.
    fn asking_prefix(&self, length: usize, shared: usize) -> usize {
        (length - self.least_partner(length) + shared).min(length)
    }

    /// The prefix in which the first `shared` shared features with a longer or equal list lie.
    fn filing_prefix(&self, length: usize, shared: usize) -> usize {
        (length + shared).saturating_sub(self.need(length, length)).min(length)
    }

    /// The key sizes by which longer or equal lists may look for one of this length.
    fn sizes_asked_for(&self, length: usize) -> impl Iterator<Item = usize> + use<S> {
        let longest_alike = (length as f64 / self.threshold + EPSILON) as usize;
        let one_longer = if ONE_AWAY.contains(&(length + 1)) { length + 1 } else { 0 };
        let longest_partner = longest_alike.max(one_longer);
        let ends = [self.key_size(length), self.key_size(longest_partner)];
        let crosses = length <= LONGEST_PAIRED && longest_partner > LONGEST_PAIRED;
        [1, 2].into_iter().filter(move |size| ends.contains(size) || (crosses && *size == 2))
    }

    /// Compares a list with the shorter ones filed under a key it asks for.
    fn compare_all(&self, asker: Party, key: u32, filed: &[Filed], crowd: usize, pairs: &mut Vec<Pair>) {
        let a = asker.number;
        // Mostly a list meets itself alone.
        if filed.first().is_none_or(|filed| filed.party.number >= a) {
            return;
        }
        let bounds = self.bounds[self.features.place_of_length(a as usize)];
        let is_crowded = filed.len() > crowd;
        let mut left = if is_crowded { LEFT_IN_CROWD } else { [usize::MAX; 2] };
        let from =
            if is_crowded { filed.partition_point(|filed| filed.party.number < bounds.shortest) } else { 0 };
        for filed in filed[from..].iter().take(crowd) {
            let b = filed.party.number;
            if b >= a || left == [0, 0] {
                break;
            }
            let (note_a, note_b) = (Note(asker.note), Note(filed.party.note));
            let left = &mut left[usize::from(!note_a.may_share_numbers(note_b))];
            let is_likely = b >= bounds.shortest && note_a.least_differing(note_b) <= bounds.most_differing;
            if !is_likely || *left == 0 {
                continue;
            }
            *left -= 1;
            if let Some(jaccard) = self.compare(a as usize, b as usize, key) {
                pairs.push(Pair { a, b, jaccard: jaccard as f32 });
            }
        }
    }

    /// The similarity of two lists, if it is high enough and `key` is that of the features they
    /// share first.
    fn compare(&self, a: usize, b: usize, key: u32) -> Option<f64> {
        let (len_a, len_b) = (self.features.length(a), self.features.length(b));
        let need = self.need(len_a, len_b);
        if (len_a + len_b).saturating_sub(self.features.least_differing(a, b)) / 2 < need {
            return None;
        }
        let keys = self.keys(a, len_a);
        let (mut ranks_a, mut ranks_b) = (self.features.ranks(a), self.features.ranks(b));
        let (mut rest_a, mut rest_b) = (len_a, len_b);
        let (mut next_a, mut next_b) = (ranks_a.next(), ranks_b.next());
        let mut shared = 0;
        let mut first = 0;
        while let (Some(rank_a), Some(rank_b)) = (next_a, next_b) {
            if shared + rest_a.min(rest_b) < need {
                return None;
            }
            if rank_a == rank_b {
                shared += 1;
                let is_other_key = match shared {
                    1 => {
                        first = rank_a;
                        self.is_key(rank_a, keys.size) && keys.of_one(rank_a) as u32 != key
                    }
                    2 => !self.is_key(first, keys.size) && keys.of_two(first, rank_a) as u32 != key,
                    _ => false,
                };
                if is_other_key {
                    return None;
                }
            }
            if rank_a >= rank_b {
                next_a = ranks_a.next();
                rest_a -= 1;
            }
            if rank_b >= rank_a {
                next_b = ranks_b.next();
                rest_b -= 1;
            }
        }
        (shared >= need).then(|| shared as f64 / (len_a + len_b - shared) as f64)
    }

    /// How list `n` of this length makes its keys when it asks.
    fn keys(&self, n: usize, length: usize) -> Keys {
        Keys { size: self.key_size(length), salt: (self.salts)(n) }
    }

    /// True if a feature makes a key by itself.
    #[inline]
    fn is_key(&self, rank: u32, key_size: usize) -> bool {
        key_size == 1 || self.features.is_rare(rank)
    }

    /// How lists of this length make their keys.
    fn dealings(&self, length: usize) -> Vec<Dealing> {
        let own = self.key_size(length);
        let mut was_filed_by_one = false;
        let mut dealings = Vec::new();
        for size in [1, 2] {
            let is_filed = self.sizes_asked_for(length).any(|asked| asked == size);
            if !is_filed && size != own {
                continue;
            }
            let prefixes = |shared: usize| Prefixes {
                filed: if is_filed { self.filing_prefix(length, shared) } else { 0 },
                asked: if size == own { self.asking_prefix(length, shared) } else { 0 },
            };
            let ones = prefixes(1);
            // What makes a key by itself need not be filed twice.
            let ones = if was_filed_by_one { Prefixes { filed: 0, ..ones } } else { ones };
            was_filed_by_one |= is_filed;
            let twos = if size == 1 { Prefixes::default() } else { prefixes(2) };
            dealings.push(Dealing { size, ones, twos });
        }
        dealings
    }

    /// Calls `each` for the tickets of list `n` that are of this round. `frequent` is a buffer.
    #[inline]
    fn deal_list(
        &self,
        n: usize,
        dealings: &[Dealing],
        round: Round,
        frequent: &mut Vec<(u32, u64)>,
        each: &mut impl FnMut(usize, u64, Purpose),
    ) {
        let salt = (self.salts)(n);
        for &dealing in dealings {
            self.each_key(n, salt, dealing, round, frequent, |key, purpose| each(n, key, purpose));
        }
    }

    /// Calls `each` for every key of list `n` that is of this round, and what it is for.
    #[inline]
    fn each_key(
        &self,
        n: usize,
        salt: u32,
        Dealing { size, ones, twos }: Dealing,
        round: Round,
        frequent: &mut Vec<(u32, u64)>,
        mut each: impl FnMut(u64, Purpose),
    ) {
        let keys = Keys { size, salt };
        frequent.clear();
        let mut last = None;
        let mut repeats = 0;
        for (at, rank) in self.features.ranks(n).take(ones.longest().max(twos.longest())).enumerate() {
            repeats = if last == Some(rank) { repeats + 1 } else { 0 };
            last = Some(rank);
            // What no other sentence has cannot be shared.
            if self.features.is_unique(rank) || repeats > 1 {
                continue;
            }
            // The first feature that two lists share is the first of its kind in each. The second
            // is the first of another kind, or the second of the same. Hashes of both say in which
            // round a key is dealt; the key itself is made only then.
            let hash = mix(u64::from(rank));
            match (self.is_key(rank, keys.size), repeats) {
                (true, 0) if round.has(hash) && at < ones.longest() => {
                    each(keys.of_one(rank), ones.purpose_at(at));
                }
                (false, 0) if at < twos.longest() => {
                    let purpose = twos.purpose_at(at);
                    for &(first, first_hash) in frequent.iter() {
                        if round.has(first_hash ^ hash) {
                            each(keys.of_two(first, rank), purpose);
                        }
                    }
                    frequent.push((rank, hash));
                }
                (false, 1) if round.has(hash) && at < twos.longest() => {
                    each(keys.of_two(rank, rank), twos.purpose_at(at))
                }
                _ => {}
            }
        }
    }
}

/// How lists of one length make keys of one size.
#[derive(Clone, Copy)]
struct Dealing {
    size: usize,
    /// For keys of one feature, and of two.
    ones: Prefixes,
    twos: Prefixes,
}

/// How much of a list makes keys under which it is filed, and with which it asks.
#[derive(Clone, Copy, Debug, Default)]
struct Prefixes {
    filed: usize,
    asked: usize,
}

impl Prefixes {
    fn longest(self) -> usize {
        self.filed.max(self.asked)
    }

    /// What a key is for whose last feature stands at `place`, within the longest prefix.
    #[inline]
    fn purpose_at(self, place: usize) -> Purpose {
        match (place < self.filed, place < self.asked) {
            (true, true) => Purpose::Both,
            (true, false) => Purpose::File,
            (false, _) => Purpose::Ask,
        }
    }
}

/// How keys are made of features.
#[derive(Clone, Copy)]
struct Keys {
    size: usize,
    salt: u32,
}

impl Keys {
    fn of_one(self, rank: u32) -> u64 {
        mix(!u64::from(rank) ^ u64::from(self.salt) << 32)
    }

    fn of_two(self, rarer: u32, other: u32) -> u64 {
        let pair = u64::from(rarer) << 32 | u64::from(other);
        mix(pair.wrapping_add(u64::from(self.salt).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }
}

impl<S: Fn(usize) -> u32 + Sync> Parties for Join<'_, S> {
    fn len(&self) -> usize {
        self.features.len()
    }

    fn tickets(&self, share: Range<usize>) -> Tickets {
        let mut tickets = Tickets::default();
        let mut frequent = Vec::new();
        for (length, lists) in self.features.ranges_in(share) {
            let dealings = self.dealings(length);
            for n in lists.step_by(SAMPLE) {
                self.deal_list(n, &dealings, Round::ONLY, &mut frequent, &mut |_, _, purpose| {
                    tickets[purpose as usize] += SAMPLE;
                });
            }
        }
        tickets
    }

    fn party(&self, n: usize) -> Party {
        Party { number: n as u32, note: self.features.note(n).0 }
    }

    fn deal(&self, share: Range<usize>, round: Round, each: &mut impl FnMut(usize, u64, Purpose)) {
        let mut frequent = Vec::new();
        for (length, lists) in self.features.ranges_in(share) {
            let dealings = self.dealings(length);
            for n in lists {
                self.deal_list(n, &dealings, round, &mut frequent, each);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OneByOne;
    use proptest::prelude::*;

    fn joined(lists: &[Vec<u32>], threshold: f64) -> Vec<(u32, u32)> {
        let features = Features::from_lists(lists);
        let found = join(&features, |_| 0, threshold, usize::MAX, &OneByOne);
        let ordered = |pair: Pair| {
            let (a, b) = (features.classes[pair.a as usize], features.classes[pair.b as usize]);
            (a.min(b), a.max(b))
        };
        let mut pairs: Vec<(u32, u32)> = found.into_iter().flatten().map(ordered).collect();
        pairs.sort_unstable();
        pairs
    }

    /// All pairs, by definition: multiset intersection over multiset union. Of two lists of four
    /// or five, the longer one says how much is enough.
    fn brute_force(lists: &[Vec<u32>], threshold: f64) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (a, x) in lists.iter().enumerate() {
            for (b, y) in lists.iter().enumerate().skip(a + 1) {
                let mut rest = y.clone();
                let is_shared = |word: &&u32| {
                    let place = rest.iter().position(|other| other == *word);
                    place.map(|place| rest.swap_remove(place)).is_some()
                };
                let shared = x.iter().filter(is_shared).count();
                let union = x.len() + y.len() - shared;
                let threshold = threshold_at(x.len().max(y.len()), threshold);
                if union > 0 && shared as f64 / union as f64 >= threshold - 1e-12 {
                    pairs.push((a as u32, b as u32));
                }
            }
        }
        pairs
    }

    /// Sentences of few words, many of them variations of others: similarities of every size.
    fn sentences() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let edit = (any::<prop::sample::Index>(), 0u32..40, 0u8..3);
        let variation = (any::<prop::sample::Index>(), prop::collection::vec(edit, 0..5));
        let sources = prop::collection::vec(prop::collection::vec(0u32..40, 1..26), 1..12);
        (sources, prop::collection::vec(variation, 0..30)).prop_map(|(mut lists, variations)| {
            for (source, edits) in variations {
                let mut list = lists[source.index(lists.len())].clone();
                for (at, word, what) in edits {
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
        fn every_pair_at_or_above_the_threshold_is_found_once(
            lists in sentences(),
            threshold in prop::sample::select(vec![0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]),
        ) {
            prop_assert_eq!(joined(&lists, threshold), brute_force(&lists, threshold));
        }
    }

    /// The words of the sample, each by its place among the words by rising frequency.
    fn sample() -> Vec<Vec<u32>> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus");
        let texts: Vec<String> = walkdir::WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok())
            .collect();
        let sentences = texts.iter().flat_map(|text| text.split(['.', '\n']));
        let words: Vec<Vec<String>> = sentences
            .map(|sentence| sentence.split_whitespace().map(str::to_lowercase).collect())
            .filter(|words: &Vec<String>| !words.is_empty())
            .collect();
        let mut counts = std::collections::BTreeMap::<&str, u32>::new();
        words.iter().flatten().for_each(|word| *counts.entry(word).or_default() += 1);
        let mut order: Vec<&str> = counts.keys().copied().collect();
        order.sort_by_key(|word| (std::cmp::Reverse(counts[word]), *word));
        let ranks: std::collections::BTreeMap<&str, u32> = order.into_iter().zip(0..).collect();
        words.iter().map(|words| words.iter().map(|word| ranks[word.as_str()]).collect()).collect()
    }

    #[test]
    fn every_pair_of_the_sample_is_found_and_the_oracle_knows_a_join_that_loses_some() {
        let mut lists = sample();
        // Each sentence once more, with another word in the place of one of its own.
        let mut copies = lists.clone();
        for (n, copy) in copies.iter_mut().enumerate() {
            let place = n % copy.len();
            copy[place] = (n % 17) as u32;
        }
        lists.extend(copies);
        assert!(lists.len() > 400 && lists.iter().any(|list| ONE_AWAY.contains(&list.len())));
        for threshold in [0.7, 0.8] {
            let expected = brute_force(&lists, threshold);
            assert!(expected.len() > 100, "{}", expected.len());
            assert_eq!(joined(&lists, threshold), expected, "{threshold}");
            // Words that two share are passed by as if only one had them.
            let features = Features::from_lists(&lists).with_unique_from(40);
            let found = join(&features, |_| 0, threshold, usize::MAX, &OneByOne);
            assert!(found.concat().len() < expected.len(), "the fault shows at {threshold}");
        }
    }

    #[test]
    fn one_changed_word_of_four_or_five_is_found_and_one_of_three_is_not() {
        for length in 3..8u32 {
            let lists = [(0..length).collect::<Vec<u32>>(), (1..=length).collect()];
            assert_eq!(joined(&lists, 0.8).len(), usize::from((4..6).contains(&length)), "{length}");
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
    fn in_a_flood_of_look_alikes_each_meets_a_few_and_its_own_copies() {
        // A template of twelve words and a number; numbers 7 and 1,007 stand in two wordings.
        let mut lists: Vec<Vec<u32>> = (0..2_000).map(|n| (0..12).chain([100 + n]).collect()).collect();
        lists.extend([7, 1_007].map(|n| (0..11).chain([50, 100 + n]).collect::<Vec<u32>>()));
        let features = Features::from_lists(&lists);
        let mut met = vec![Vec::new(); lists.len()];
        for pair in join(&features, |_| 0, 0.7, 50, &OneByOne).into_iter().flatten() {
            met[pair.a as usize].push(pair.b);
        }
        assert!(met[1..].iter().all(|others| (1..=60).contains(&others.len())));
        assert!(met[2_000].contains(&7) && met[2_001].contains(&1_007));
    }

    #[test]
    fn lists_with_different_salt_never_meet() {
        let features = Features::from_lists(&[vec![1, 2, 3], vec![1, 2, 3], vec![1, 2, 3]]);
        let pairs = join(&features, |n| n as u32 / 2, 0.8, usize::MAX, &OneByOne);
        assert_eq!(pairs.concat(), [Pair { a: 1, b: 0, jaccard: 1.0 }]);
    }
}
