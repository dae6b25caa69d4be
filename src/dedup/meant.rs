//! What unknown words were probably meant to be.
//!
//! A sentence with a slip in every third word shares few words with its source, and no similarity
//! of words finds the two. So words that nobody knows are compared as the known word one slip
//! away, or as the longer of the two known words that were run together. This only makes pairs
//! more alike, and so finds more of them; whether they say the same is for the guard, which looks
//! at the words as they are.

use xxhash_rust::xxh3::xxh3_64;

use super::corpus::Words;

/// Shorter words are too near to each other.
const SHORTEST: usize = 4;

/// A word outside the dictionary is a slip for one that is so many times as frequent.
const TIMES_AS_FREQUENT: u32 = 10;

/// A word outside the dictionary that is as frequent as this may be what another was meant to be.
const FREQUENT: u32 = 2;

/// For each folded word the one it is compared as, mostly itself.
#[derive(Debug)]
pub(super) struct Meant {
    words: Vec<u32>,
}

impl Meant {
    /// Looks at every word outside the dictionary. `counts` says in how many distinct sentences
    /// each word stands.
    pub(super) fn new(words: &Words, counts: &[u32], in_dictionary: &[bool]) -> Self {
        let corpus = Known { words, counts, in_dictionary };
        let targets =
            Deletions::of((0..words.folded_len() as u32).filter(|&word| corpus.is_sound(word)), words);
        let meant = |word: u32| {
            if in_dictionary[word as usize] || !is_word(words.normal(word)) {
                return word;
            }
            corpus.one_slip_away(word, &targets).or_else(|| corpus.longer_part(word)).unwrap_or(word)
        };
        Meant { words: (0..words.folded_len() as u32).map(meant).collect() }
    }

    /// The word that `folded` is compared as.
    #[inline]
    pub(super) fn of(&self, folded: u32) -> u32 {
        self.words[folded as usize]
    }
}

fn is_word(normal: &str) -> bool {
    normal.chars().nth(SHORTEST - 1).is_some() && normal.chars().all(|c| c.is_alphabetic() || c == '\'')
}

struct Known<'a> {
    words: &'a Words,
    counts: &'a [u32],
    in_dictionary: &'a [bool],
}

impl Known<'_> {
    fn is_sound(&self, word: u32) -> bool {
        (self.in_dictionary[word as usize] || self.counts[word as usize] >= FREQUENT)
            && is_word(self.words.normal(word))
    }

    /// The most frequent sound word that is one slip away.
    fn one_slip_away(&self, word: u32, targets: &Deletions) -> Option<u32> {
        let own = self.words.normal(word);
        let count = self.counts[word as usize];
        let enough = if count < FREQUENT { 1 } else { count.saturating_mul(TIMES_AS_FREQUENT) };
        let mut best: Option<u32> = None;
        targets.near(own, |other| {
            let frequency = self.counts[other as usize];
            let better = best.is_none_or(|best| (frequency, best) > (self.counts[best as usize], other));
            if other != word
                && frequency >= enough
                && better
                && strsim::osa_distance(own, self.words.normal(other)) == 1
            {
                best = Some(other);
            }
        });
        best
    }

    /// The longer of two sound words that make up this one.
    fn longer_part(&self, word: u32) -> Option<u32> {
        let own = self.words.normal(word);
        let part = |part: &str| {
            self.words.find_normal(part).filter(|&id| {
                self.in_dictionary[id as usize]
                    || self.counts[id as usize] > self.counts[word as usize].max(FREQUENT)
            })
        };
        own.char_indices()
            .skip(1)
            .filter_map(|(at, _)| {
                let (left, right) = own.split_at(at);
                let (left, right) = (part(left)?, part(right)?);
                let rarer = self.counts[left as usize].min(self.counts[right as usize]);
                let longer = if at * 2 > own.len() { left } else { right };
                Some((rarer, longer))
            })
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, longer)| longer)
    }
}

/// Words by themselves with a letter left out, and by themselves: two words one slip apart meet
/// in one of these (Mor and Fraenkel 1982; SymSpell).
struct Deletions {
    /// Hash of the letters left, and the word; sorted.
    entries: Vec<(u64, u32)>,
}

impl Deletions {
    fn of(targets: impl Iterator<Item = u32>, words: &Words) -> Self {
        let mut entries = Vec::new();
        for word in targets {
            each_deletion(words.normal(word), |hash| entries.push((hash, word)));
        }
        entries.sort_unstable();
        entries.dedup();
        Deletions { entries }
    }

    fn near(&self, word: &str, mut found: impl FnMut(u32)) {
        each_deletion(word, |hash| {
            let from = self.entries.partition_point(|entry| entry.0 < hash);
            self.entries[from..].iter().take_while(|entry| entry.0 == hash).for_each(|entry| found(entry.1));
        });
    }
}

fn each_deletion(word: &str, mut each: impl FnMut(u64)) {
    each(xxh3_64(word.as_bytes()));
    let mut rest = String::with_capacity(word.len());
    for (at, c) in word.char_indices() {
        rest.clear();
        rest.push_str(&word[..at]);
        rest.push_str(&word[at + c.len_utf8()..]);
        each(xxh3_64(rest.as_bytes()));
    }
}
