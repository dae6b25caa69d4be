//! Sentences that stand, whole or nearly, inside a longer one: a lost full stop, a sentence cut
//! short, two sentences made one.
//!
//! Each sentence leaves a few of its runs of words as marks, chosen so that any stretch of a few
//! words more holds one (winnowing: Schleimer, Wilkerson and Aiken, SIGMOD'03). Every run of a
//! longer sentence is looked up among the marks of shorter ones, so whatever stands in it whole is
//! met. What shares enough of its marks is then laid over the longer sentence.

use std::ops::Range;

use crate::language::{Table, Tables, TokenKind, WordClass};
use crate::model::Workers;

use super::cluster::Clusters;
use super::corpus::{Case, Corpus};
use super::edges::Edges;
use super::fingerprint::Gap;
use super::guard::{Lore, Tokens};
use super::index::{Filed, Index, mix};
use super::meant::Meant;

/// Words in a mark. A character of a script without spaces is half a word.
const MARK_WORDS: usize = 4;

/// Of so many marks in a row the least is kept.
const WINDOW: usize = 4;

/// The shorter sentence may differ from the stretch it is laid over in this share of its words.
const MOST_DIFFERENT: f64 = 0.25;

/// Shorter sentences looked at for one mark, the shortest first. What is in more of them is a
/// turn of phrase.
const MOST_SHARERS: usize = 12;

/// A shorter sentence must share this share of its marks with the longer one, at least one.
const LEAST_MARKS: f64 = 0.34;

/// Longer sentences are not laid over each other.
const MOST_CELLS: usize = 1 << 20;

/// Sentences that one worker looks at in one go.
const SENTENCES_A_SHARE: usize = 16 * 1024;

/// Fewer tokens make no sentence that could lack its full stop before or after a name.
const LEAST_TOKENS: usize = 6;

/// Words that open sentences, and that no sentence ends with.
const GRAMMATICAL: &[WordClass] = &[
    WordClass::Article,
    WordClass::Optional,
    WordClass::Conjunction,
    WordClass::Preposition,
    WordClass::Pronoun,
    WordClass::Auxiliary,
    WordClass::Modal,
    WordClass::Negation,
    WordClass::Quantifier,
];

/// A sentence within another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Partial {
    /// The form of the longer sentence.
    pub(super) within: u32,
    /// Words in which the two differ where they overlap.
    pub(super) differing: u32,
    /// It might as well be a sentence of its own there: the longer one lacks a full stop, or was
    /// not divided where it has one.
    pub(super) is_whole: bool,
}

/// Finds for each kept form the kept longer one that holds the most of it.
pub(super) struct Finder<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) lore: &'a Lore,
    pub(super) tables: &'a Tables,
    pub(super) meant: &'a Meant,
    pub(super) edges: &'a Edges,
    pub(super) clusters: &'a Clusters,
}

impl Finder<'_> {
    /// By form, in rising order: each form of `kept` that stands within another of them. Forms
    /// meet only if `salts` gives them the same number.
    pub(super) fn find(
        &self,
        kept: &[u32],
        salts: impl Fn(u32) -> u32 + Sync,
        workers: &dyn Workers,
    ) -> Vec<(u32, Partial)> {
        let order = self.by_length(kept);
        let expected = order.len() * 8;
        let index = Index::new(expected, |entry| {
            let mut marker = Marker::default();
            for (n, &(_, form)) in (0u32..).zip(&order) {
                for &mark in marker.marks(self, form, salts(form)) {
                    entry(mark, Filed { number: n, note: 0 });
                }
            }
        });
        let found = workers
            .map_ranges(order.len(), SENTENCES_A_SHARE, |share| self.find_in(&order, share, &index, &salts));
        let mut found: Vec<(u32, Partial)> = found.into_iter().flatten().collect();
        found.sort_by_key(|(form, partial)| {
            (*form, partial.differing, !partial.is_whole, self.clusters.best[partial.within as usize])
        });
        found.dedup_by_key(|(form, _)| *form);
        found
    }

    /// What stands within the sentences at the places `share` of `order`.
    fn find_in(
        &self,
        order: &[(u32, u32)],
        share: Range<usize>,
        index: &Index,
        salts: &impl Fn(u32) -> u32,
    ) -> Vec<(u32, Partial)> {
        let mut found: Vec<(u32, Partial)> = Vec::new();
        let mut marker = Marker::default();
        let (mut own, mut other) = (Tokens::default(), Tokens::default());
        let mut sharers: Vec<u32> = Vec::new();
        for n in share {
            let (length, form) = order[n];
            let n = n as u32;
            sharers.clear();
            for &run in marker.runs(self, form, salts(form)) {
                sharers.extend(
                    index
                        .under(run, 0)
                        .map(|filed| filed.number)
                        .take_while(|&shorter| shorter < n)
                        .take(MOST_SHARERS),
                );
            }
            if sharers.is_empty() {
                continue;
            }
            sharers.sort_unstable();
            let mut is_read = false;
            for run in sharers.chunk_by(|a, b| a == b) {
                let (short_length, shorter) = order[run[0] as usize];
                let marks = about_marks(short_length as usize);
                if (run.len() as f64) < LEAST_MARKS * marks || short_length >= length {
                    continue;
                }
                if !is_read {
                    self.read(form, &mut own);
                    is_read = true;
                }
                self.read(shorter, &mut other);
                // Two that are similar as a whole meet there.
                let links = self.edges.of(self.corpus.classes[shorter as usize]);
                let are_linked = links.iter().any(|link| link.class == self.corpus.classes[form as usize]);
                let partial = self.lay_over(&other, &own, form);
                found.extend(
                    partial
                        .filter(|partial| partial.is_whole || !are_linked)
                        .map(|partial| (shorter, partial)),
                );
            }
        }
        found
    }

    /// How many tokens each form has, and the form; the shortest first.
    fn by_length(&self, kept: &[u32]) -> Vec<(u32, u32)> {
        let mut order: Vec<(u32, u32)> =
            kept.iter().map(|&form| (self.corpus.words_of(form).count() as u32, form)).collect();
        order.sort_unstable();
        order
    }

    fn read(&self, form: u32, tokens: &mut Tokens) {
        tokens.read(self.corpus, form);
    }

    /// Lays `short` over the stretch of `long` that is most like it.
    fn lay_over(&self, short: &Tokens, long: &Tokens, within: u32) -> Option<Partial> {
        if let Some(start) =
            long.folded.windows(short.folded.len()).position(|stretch| stretch == short.folded)
        {
            let table = self
                .corpus
                .language_of(self.clusters.best[within as usize])
                .and_then(|language| self.tables.get(language));
            let is_whole = table.is_some_and(|table| self.is_sentence_of_its_own(short, long, start, table));
            return Some(Partial { within, differing: 0, is_whole });
        }
        if short.folded.len().saturating_mul(long.folded.len()) > MOST_CELLS {
            return None;
        }
        let meant =
            |tokens: &Tokens| -> Vec<u32> { tokens.folded.iter().map(|&word| self.meant.of(word)).collect() };
        let differing = least_edits(&meant(short), &meant(long));
        let is_near = f64::from(differing) <= MOST_DIFFERENT * short.folded.len() as f64;
        let differing = differing.max(1);
        is_near.then_some(Partial { within, differing, is_whole: false })
    }

    /// True if a sentence might as well begin and end where the stretch of `long` does that
    /// equals `short`: at an end of `long`, at a full stop, or where one is missing.
    ///
    /// A stop is missing where nothing but a space stands before a common word with a capital
    /// (`edge lower It is known`), unless the word before it leads on (`but He`). A capital that
    /// is not a grammatical word's may go on with a name (`bought Apple Records`): then enough
    /// must stand on either side for a sentence.
    fn is_sentence_of_its_own(&self, short: &Tokens, long: &Tokens, start: usize, table: &Table) -> bool {
        let words = &self.corpus.words;
        let end = start + short.folded.len();
        let is_grammatical = |at: usize| {
            let classes = table.classes(words.normal(long.folded[at]));
            GRAMMATICAL.iter().any(|&class| classes.has(class))
        };
        let is_long = |tokens: usize| tokens >= LEAST_TOKENS;
        let lost_before = |at: usize, is_long: bool| {
            words.case(long.written[at]) == Case::Title
                && !is_grammatical(at - 1)
                && (is_grammatical(at) || is_long && self.lore.lower[long.folded[at] as usize])
        };
        let begins = |at: usize, is_long: bool| match long.gaps[at] {
            Gap::Stop => true,
            Gap::Space => !self.is_title(long) && lost_before(at, is_long),
            Gap::Mark => false,
        };
        let rest = long.folded.len() - end;
        (start == 0 || begins(start, is_long(short.folded.len())))
            && (rest == 0 || begins(end, is_long(short.folded.len()) && is_long(rest)))
    }

    /// True if so many words have capitals that none of them tells where a sentence starts.
    fn is_title(&self, tokens: &Tokens) -> bool {
        let words = &self.corpus.words;
        let is_capital = |word: u32| words.kind(word) == TokenKind::Word && words.case(word) != Case::Lower;
        let capitals = tokens.written.iter().filter(|&&word| is_capital(word)).count();
        capitals * 2 > tokens.written.len()
    }
}

/// Least edits from `short` to any stretch of `long` (Sellers 1980).
fn least_edits(short: &[u32], long: &[u32]) -> u32 {
    let mut row: Vec<u32> = vec![0; long.len() + 1];
    for (i, word) in (1u32..).zip(short) {
        let mut diagonal = row[0];
        row[0] = i;
        for j in 1..=long.len() {
            let replaced = diagonal + u32::from(*word != long[j - 1]);
            diagonal = row[j];
            row[j] = replaced.min(diagonal + 1).min(row[j - 1] + 1);
        }
    }
    row.into_iter().min().unwrap_or(0)
}

/// About how many marks a sentence of so many tokens leaves: two in `WINDOW + 1` runs.
fn about_marks(tokens: usize) -> f64 {
    tokens.saturating_sub(MARK_WORDS - 1) as f64 * 2.0 / (WINDOW + 1) as f64
}

/// Makes the marks of sentences in buffers that are used again.
#[derive(Default)]
struct Marker {
    /// Hash and half words of each word.
    words: Vec<(u64, u8)>,
    runs: Vec<u64>,
    marks: Vec<u64>,
}

impl Marker {
    /// Hashes of all runs of [`MARK_WORDS`] words.
    fn runs(&mut self, finder: &Finder<'_>, form: u32, salt: u32) -> &[u64] {
        let words = &finder.corpus.words;
        self.words.clear();
        for word in finder.corpus.words_of(form) {
            let half_words = match words.kind(word) {
                TokenKind::Symbol => continue,
                TokenKind::Character => 1,
                TokenKind::Word | TokenKind::Number => 2,
            };
            self.words.push((mix(u64::from(finder.meant.of(words.folded(word))) + 1), half_words));
        }
        self.runs.clear();
        for start in 0..self.words.len() {
            let mut weight = 0;
            let mut hash = u64::from(salt);
            for &(word, half_words) in &self.words[start..] {
                hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                weight += usize::from(half_words);
                if weight >= 2 * MARK_WORDS {
                    self.runs.push(mix(hash));
                    break;
                }
            }
        }
        &self.runs
    }

    /// The runs by which a sentence is found.
    fn marks(&mut self, finder: &Finder<'_>, form: u32, salt: u32) -> &[u64] {
        self.runs(finder, form, salt);
        self.marks.clear();
        let window = WINDOW.min(self.runs.len()).max(1);
        for stretch in self.runs.windows(window) {
            if let Some(&least) = stretch.iter().min()
                && self.marks.last() != Some(&least)
            {
                self.marks.push(least);
            }
        }
        &self.marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stretch_is_found_wherever_it_lies() {
        assert_eq!(least_edits(&[1, 2, 3, 4], &[9, 9, 1, 2, 3, 4, 9]), 0);
        assert_eq!(least_edits(&[1, 2, 3, 4], &[9, 1, 2, 8, 4]), 1);
        assert_eq!(least_edits(&[1, 2, 3, 4], &[1, 2, 3]), 1);
        assert_eq!(least_edits(&[1, 2], &[]), 2);
    }
}
