//! What unknown words were probably meant to be.
//!
//! A sentence with a slip in every third word shares few words with its source, and no similarity
//! of words finds the two. So words that nobody knows are compared as the known word one slip
//! away, or as the longer of the two known words that were run together. This only makes pairs
//! more alike, and so finds more of them; whether they say the same is for the guard, which looks
//! at the words as they are.

use crate::model::Workers;

use super::corpus::Words;
use super::index::{Filed, Index};
use super::meet::mix;

/// Shorter words are too near to each other.
const SHORTEST: usize = 4;

/// A word outside the dictionary is a slip for one that is so many times as frequent.
const TIMES_AS_FREQUENT: u32 = 10;

/// A word outside the dictionary that is as frequent as this may be what another was meant to be.
const FREQUENT: u32 = 2;

/// Words that one worker looks at in one go.
const WORDS_A_SHARE: usize = 1 << 13;

/// For each folded word the one it is compared as, mostly itself.
#[derive(Debug)]
pub(super) struct Meant {
    words: Vec<u32>,
}

impl Meant {
    /// Looks at every word outside the dictionary. `counts` says in how many distinct sentences
    /// each word stands.
    pub(super) fn new(words: &Words, counts: &[u32], in_dictionary: &[bool], workers: &dyn Workers) -> Self {
        let corpus = Known { words, counts, in_dictionary };
        let sound: Vec<u32> = (0..words.folded_len() as u32).filter(|&word| corpus.is_sound(word)).collect();
        let targets = Deletions::of(&sound, words);
        let meant = |word: u32| {
            if in_dictionary[word as usize] || !is_word(words.normal(word)) {
                return word;
            }
            corpus.one_slip_away(word, &targets).or_else(|| corpus.longer_part(word)).unwrap_or(word)
        };
        Meant { words: workers.map_each(words.folded_len(), WORDS_A_SHARE, |word| meant(word as u32)) }
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
            if other != word && frequency >= enough && better && is_one_slip(own, self.words.normal(other)) {
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
    index: Index,
}

impl Deletions {
    fn of(targets: &[u32], words: &Words) -> Self {
        let letters: usize = targets.iter().map(|&word| words.normal(word).len() + 1).sum();
        let index = Index::new(letters, |entry| {
            for &word in targets {
                each_deletion(words.normal(word), |hash| entry(hash, Filed { number: word, note: 0 }));
            }
        });
        Deletions { index }
    }

    fn near(&self, word: &str, mut found: impl FnMut(u32)) {
        each_deletion(word, |hash| self.index.under(hash, 0).for_each(|filed| found(filed.number)));
    }
}

/// An odd number, so that it has an inverse modulo 2^64.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// `BASE * INVERSE == 1` modulo 2^64.
const INVERSE: u64 = 0xF1DE_83E1_9937_733D;

/// Calls `each` with a hash of the word, and of the word without each of its letters. The hash is
/// the value of a polynomial, so each takes a few steps however long the word is.
fn each_deletion(word: &str, mut each: impl FnMut(u64)) {
    let terms = || {
        word.chars().scan(1u64, |power, c| {
            let term = (u64::from(c) + 1).wrapping_mul(*power);
            *power = power.wrapping_mul(BASE);
            Some(term)
        })
    };
    let whole = terms().fold(0, u64::wrapping_add);
    each(mix(whole));
    let mut before: u64 = 0;
    for term in terms() {
        let after = whole.wrapping_sub(before).wrapping_sub(term);
        each(mix(before.wrapping_add(after.wrapping_mul(INVERSE))));
        before = before.wrapping_add(term);
    }
}

/// True if one letter inserted, left out, replaced, or swapped with its neighbour makes the one
/// word of the other.
fn is_one_slip(a: &str, b: &str) -> bool {
    let start: usize = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let (a, b) = (&a[start..], &b[start..]);
    let end: usize =
        a.chars().rev().zip(b.chars().rev()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let (mut a, mut b) = (a[..a.len() - end].chars(), b[..b.len() - end].chars());
    match ([a.next(), a.next(), a.next()], [b.next(), b.next(), b.next()]) {
        ([Some(_), None, _], [None, ..] | [_, None, _]) | ([None, ..], [Some(_), None, _]) => true,
        ([Some(a1), Some(a2), None], [Some(b1), Some(b2), None]) => a1 == b2 && a2 == b1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_without_a_letter_hashes_like_the_word_that_never_had_it() {
        let hashes = |word: &str| {
            let mut hashes = Vec::new();
            each_deletion(word, |hash| hashes.push(hash));
            hashes
        };
        assert_eq!(BASE.wrapping_mul(INVERSE), 1);
        let (whole, without) = (
            hashes("recéived"),
            ["ecéived", "rcéived", "reéived", "recived", "recéved", "recéied", "recéivd", "recéive"],
        );
        assert_eq!(whole[1..], without.map(|word| hashes(word)[0]));
    }

    proptest::proptest! {
        #[test]
        fn one_slip_is_a_distance_of_one(a in "[abc]{0,6}", b in "[abcé]{0,6}") {
            proptest::prop_assert_eq!(is_one_slip(&a, &b), strsim::osa_distance(&a, &b) == 1, "{} {}", a, b);
        }
    }
}
