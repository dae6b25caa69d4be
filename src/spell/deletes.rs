//! Words by what is left of them when letters are deleted: a faster way to those two slips away.
//!
//! Two words within *k* edits of each other leave the same string when up to *k* letters are
//! deleted from each (Mor and Fraenkel 1982; FastSS, Bocek et al. 2007), and it is enough to
//! delete from their first letters (SymSpell). The index takes a moment to build, so it is worth
//! its while only where many words are asked for; the answers are those of the tree.

/// The most edits that are found.
pub(super) const MOST_EDITS: u8 = 2;

/// Letters of a word that are deleted from where two are deleted. One letter is deleted from the
/// whole word: few strings are left of it, and those say much.
const PREFIX: usize = 7;

/// Places in a list of words, by hashes of what is left of each word.
pub(super) struct Deletes {
    edits: u8,
    mask: u64,
    /// Where each bucket starts in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<u32>,
    /// The [`letters`] of each word.
    letters: Vec<u32>,
}

impl Deletes {
    /// An index of `words` for finding those within `edits`, one or two.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str> + Clone, edits: u8) -> Self {
        let count = words.clone().count();
        // A word has some nine strings left of it with one letter less, 29 with up to two of seven less.
        let buckets = (count * if edits == 1 { 8 } else { 32 }).next_power_of_two();
        let mask = buckets as u64 - 1;
        let mut starts = vec![0u32; buckets + 1];
        for word in words.clone() {
            each_rest(word.as_bytes(), edits, |hash| starts[(hash & mask) as usize + 1] += 1);
        }
        for bucket in 0..buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut entries = vec![0u32; starts[buckets] as usize];
        for (place, word) in words.clone().enumerate() {
            each_rest(word.as_bytes(), edits, |hash| {
                let next = &mut starts[(hash & mask) as usize];
                entries[*next as usize] = place as u32;
                *next += 1;
            });
        }
        // Each start has moved to the end of its bucket, which is where the next one starts.
        starts.copy_within(..buckets, 1);
        starts[0] = 0;
        let letters = words.map(|word| letters(word.as_bytes())).collect();
        Deletes { edits, mask, starts, entries, letters }
    }

    /// The places of all words within the edits of `word`, and of others, in rising order.
    pub(super) fn near(&self, word: &[u8], places: &mut Vec<u32>) {
        places.clear();
        let own = letters(word);
        // An edit changes one letter for another at most; a swap changes none.
        let may_be_near =
            |&place: &u32| (own ^ self.letters[place as usize]).count_ones() <= 2 * u32::from(self.edits);
        each_rest(word, self.edits, |hash| {
            let bucket = (hash & self.mask) as usize;
            let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            places.extend(self.entries[range].iter().copied().filter(may_be_near));
        });
        places.sort_unstable();
        places.dedup();
    }
}

/// Which letters a word has, a bit each.
fn letters(word: &[u8]) -> u32 {
    word.iter().fold(0, |letters, letter| letters | 1 << (letter & 31))
}

/// Calls `each` with a hash of every string that is left when up to `edits` letters are deleted.
fn each_rest(word: &[u8], edits: u8, mut each: impl FnMut(u64)) {
    let letters = if edits == 1 { word } else { &word[..word.len().min(PREFIX)] };
    const ALL: usize = usize::MAX;
    let without = |first: usize, second: usize| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for (at, &letter) in letters.iter().enumerate() {
            if at != first && at != second {
                hash = (hash ^ u64::from(letter)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        // The low bits choose the bucket: bring the high ones down to them.
        hash ^ hash >> 29
    };
    each(without(ALL, ALL));
    for first in 0..letters.len() {
        each(without(first, ALL));
        if edits > 1 {
            for second in first + 1..letters.len() {
                each(without(first, second));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::edits::tests::plain_distance;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn every_word_within_the_edits_is_among_those_found(
            words in prop::collection::vec("[a-e]{1,12}", 1..40), asked in "[a-e]{1,12}", edits in 1..=MOST_EDITS
        ) {
            let index = Deletes::new(words.iter().map(String::as_str), edits);
            let mut places = Vec::new();
            index.near(asked.as_bytes(), &mut places);
            for (place, word) in words.iter().enumerate() {
                let near = plain_distance(word.as_bytes(), asked.as_bytes()) <= usize::from(edits);
                prop_assert!(!near || places.contains(&(place as u32)), "{} for {}", word, asked);
            }
        }
    }
}
