//! How many edits a word is from another: letters lost, extra, changed or swapped with their neighbours.

/// A bit for each number of letters of the asked word, from none on.
type Prefixes = u32;

/// Longer words cannot be asked for.
pub(super) const LONGEST_ASKED: usize = Prefixes::BITS as usize - 1;

/// A word of which others may be a few edits away.
pub(super) struct Asked {
    /// Where each letter stands in the word: bit `n` for the last of its first `n` letters.
    places: [Prefixes; 256],
    /// The bit of all its letters.
    whole: Prefixes,
}

/// Which beginnings of the asked word are within no edit of some letters, within one and so on: an automaton
/// for the optimal string alignment distance (a swap of neighbours is one edit), all states of a number of
/// edits in one machine word (Wu and Manber, CACM'92; with swaps Hyyrö, NJC'03).
#[derive(Clone, Copy)]
pub(super) struct Reached<const LEVELS: usize> {
    within: [Prefixes; LEVELS],
    /// Where the last letter stands in the word.
    places: Prefixes,
}

impl Asked {
    /// A word of at most [`LONGEST_ASKED`] letters.
    pub(super) fn new(word: &[u8]) -> Asked {
        let mut places = [0; 256];
        for (at, &letter) in word.iter().enumerate() {
            places[usize::from(letter)] |= 2 << at;
        }
        Asked { places, whole: 1 << word.len() }
    }

    /// How many edits `word` is away; `None` if it is more than `limit`, two at most.
    pub(super) fn distance(&self, word: &[u8], limit: u8) -> Option<u8> {
        match limit {
            0 => self.distance_below::<1>(word),
            1 => self.distance_below::<2>(word),
            _ => self.distance_below::<3>(word),
        }
    }

    fn distance_below<const LEVELS: usize>(&self, word: &[u8]) -> Option<u8> {
        let (mut before, mut now) = (Reached::<LEVELS>::NOTHING, Reached::START);
        for &letter in word {
            (before, now) = (now, self.after(letter, &now, &before)?);
        }
        self.level(&now)
    }

    /// What is reached after one more letter; `before` is what was a letter earlier, and anything where there
    /// was no letter. `None` when no beginning of the word is near any more.
    #[inline]
    pub(super) fn after<const LEVELS: usize>(
        &self,
        letter: u8,
        now: &Reached<LEVELS>,
        before: &Reached<LEVELS>,
    ) -> Option<Reached<LEVELS>> {
        let places = self.places[usize::from(letter)];
        // Both letters in the other order: the word has this one where the last one should stand, and
        // that one behind it.
        let swapped = now.places & places << 1;
        let mut next = Reached { within: [now.within[0] << 1 & places; LEVELS], places };
        for level in 1..LEVELS {
            let (old, new) = (now.within[level - 1], next.within[level - 1]);
            let swap = before.within[level - 1] << 2 & swapped;
            next.within[level] = now.within[level] << 1 & places | old | old << 1 | new << 1 | swap;
        }
        // Bits above the whole word mean nothing.
        let is_near = next.within[LEVELS - 1] & (self.whole | (self.whole - 1)) != 0;
        is_near.then_some(next)
    }

    /// Within how many edits the whole word was reached, if it was.
    #[inline]
    pub(super) fn level<const LEVELS: usize>(&self, reached: &Reached<LEVELS>) -> Option<u8> {
        let level = reached.within.iter().position(|within| within & self.whole != 0)?;
        Some(level as u8)
    }
}

impl<const LEVELS: usize> Reached<LEVELS> {
    pub(super) const NOTHING: Self = Reached { within: [0; LEVELS], places: 0 };

    /// Before any letter: as many letters of the word may be left out as there may be edits.
    pub(super) const START: Self = {
        let mut within = [1; LEVELS];
        let mut level = 1;
        while level < LEVELS {
            within[level] = within[level - 1] | within[level - 1] << 1;
            level += 1;
        }
        Reached { within, places: 0 }
    };
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, with a full table.
    pub(in crate::spell) fn plain_distance(a: &[u8], b: &[u8]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (i, 0) => i,
                    (0, j) => j,
                    _ => {
                        let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                        let mut least = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn the_distance_is_the_distance_wherever_it_is_within_the_limit(a in "[ab]{0,9}", b in "[ab]{0,9}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            for limit in 0..=2u8 {
                let wanted = plain_distance(a, b);
                let wanted = (wanted <= usize::from(limit)).then_some(wanted as u8);
                prop_assert_eq!(Asked::new(a).distance(b, limit), wanted, "limit {}", limit);
            }
        }
    }
}
