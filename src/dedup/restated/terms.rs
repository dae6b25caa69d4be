//! What sentences speak of: stems, and how rarely they are said.

use rustc_hash::FxHashMap;

use crate::dedup::Background;
use crate::dedup::corpus::Words;
use crate::language::{Table, TokenKind, WordClass, stem};

/// A corpus of this many sentences is believed as much as the background is.
const SENTENCES_OF_BACKGROUND: f64 = 1_000_000.0;

/// Words as common as this say nothing of what a sentence is about.
const COMMON: f32 = 1.5;

/// Numbers are as telling as a word of middling rarity, long ones more.
const NUMBER: f32 = 3.0;
const LONG_NUMBER: f32 = 4.0;
const LONG_NUMBER_DIGITS: usize = 3;

/// Words of these classes hold sentences together, whatever they are about.
const NO_TERMS: &[WordClass] = &[
    WordClass::Article,
    WordClass::Optional,
    WordClass::Negation,
    WordClass::Quantifier,
    WordClass::Modal,
    WordClass::Auxiliary,
    WordClass::Pronoun,
    WordClass::Preposition,
    WordClass::Conjunction,
];

/// The terms of a corpus in one language.
#[derive(Debug, Default)]
pub(in crate::dedup) struct Terms {
    /// What each word, as written, is said for: one look at a word gives all.
    words: Vec<Said>,
    /// By stem.
    rarities: Vec<f32>,
}

/// What a word is said for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said(u32);

impl Said {
    const OPENS_ADDRESS: u32 = 1 << 31;
    const SYMBOL: u32 = 1 << 30;
    const STEM: u32 = Said::SYMBOL - 1;

    /// True for a word with which an address begins.
    pub(super) fn opens_address(self) -> bool {
        self.0 & Said::OPENS_ADDRESS != 0
    }

    /// True for a sign.
    pub(super) fn is_symbol(self) -> bool {
        self.0 & Said::SYMBOL != 0
    }

    /// The stem, if it is a term.
    pub(super) fn stem(self) -> Option<u32> {
        (self.0 & Said::STEM).checked_sub(1)
    }
}

/// How addresses begin.
const OPENINGS: &[&str] = &["http", "https", "www"];

impl Terms {
    /// The terms among the words of a corpus. `counts` says in how many of its `sentences` each
    /// folded word stands.
    pub(in crate::dedup) fn new(
        words: &Words,
        counts: &[u32],
        sentences: usize,
        table: &Table,
        background: &Background,
    ) -> Self {
        let mut stems = vec![0; words.folded_len()];
        let mut rarities: Vec<f32> = Vec::new();
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let mut in_sentences: Vec<f64> = Vec::new();
        for (folded, word) in words.normal_forms().enumerate() {
            let Some((stem, rarity)) = term(word, table, background) else { continue };
            let number = *numbers.entry(stem).or_insert(rarities.len() as u32);
            if number as usize == rarities.len() {
                rarities.push(rarity);
                in_sentences.push(0.0);
            }
            // A stem is as common as the commonest of its forms.
            let own = &mut rarities[number as usize];
            *own = own.min(rarity);
            in_sentences[number as usize] += f64::from(counts[folded]);
            stems[folded] = number + 1;
        }
        for (rarity, own) in rarities.iter_mut().zip(in_sentences) {
            *rarity = (blended(*rarity, own, sentences as f64) - COMMON).max(0.0);
        }
        let said = |(word, written)| {
            let mark = |is_so: bool, mark: u32| if is_so { mark } else { 0 };
            let opens_address = mark(OPENINGS.contains(&written), Said::OPENS_ADDRESS);
            let symbol = mark(words.kind(word) == TokenKind::Symbol, Said::SYMBOL);
            Said(opens_address | symbol | stems[words.folded(word) as usize] & Said::STEM)
        };
        Terms { words: words.iter().map(said).collect(), rarities }
    }

    /// What a word, as written, is said for.
    #[inline]
    pub(super) fn said(&self, word: u32) -> Said {
        self.words[word as usize]
    }

    /// How rare a stem is; 0 for the commonest words.
    pub(super) fn rarity(&self, stem: u32) -> f32 {
        self.rarities[stem as usize]
    }
}

/// The stem of a word in its normal form, and how rare it is in general.
fn term(word: &str, table: &Table, background: &Background) -> Option<(String, f32)> {
    let first = word.chars().next()?;
    if first.is_numeric() {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        return Some((word.to_owned(), if digits >= LONG_NUMBER_DIGITS { LONG_NUMBER } else { NUMBER }));
    }
    let classes = table.classes(word);
    let is_term = first.is_alphabetic() && !NO_TERMS.iter().any(|&class| classes.has(class));
    let base = word.strip_suffix("'s").unwrap_or(word);
    (is_term && base.chars().nth(1).is_some()).then(|| (stem(base), (background.rarity)(base)))
}

/// How rare a word is, by general use and by this corpus, in which it is in `own` of `sentences`.
///
/// Rarity is about `0.3 - log10` of the share of sentences that have the word.
fn blended(rarity: f32, own: f64, sentences: f64) -> f32 {
    let general = 10f64.powf(0.3 - f64::from(rarity)).min(1.0);
    let share = (own + SENTENCES_OF_BACKGROUND * general) / (sentences + SENTENCES_OF_BACKGROUND);
    (0.3 - share.log10()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_corpus_says_little_of_how_rare_a_word_is_and_a_large_one_all() {
        assert!((blended(4.0, 3.0, 40.0) - 4.0).abs() < 0.1);
        let everyday = blended(5.0, 4_000_000.0, 40_000_000.0);
        assert!((everyday - 1.3).abs() < 0.1, "{everyday}");
        assert!(blended(2.0, 0.0, 40_000_000.0) > 3.5, "a common word that this corpus hardly has");
    }
}
