//! The fact guard: whether what differs between two sentences changes what they say.
//!
//! No score can tell: "should" and "should not" are more alike than "received" and "recieved".
//! So the two token lists are aligned, and each difference must be one that is known to be
//! harmless: case where a sentence or a whole line begins, an article, words glued or split, a
//! word said twice, a misspelling. Everything else is for a person, with the reason in words.

mod forms;

use rustc_hash::FxHashMap;

use crate::language::{Table, TokenKind, WordClass, common_subsequence};

use super::Repute;
use super::corpus::{Case, Corpus, Words};
use super::token::Gap;
use super::verify::trim;
use forms::{
    begins_otherwise, has_accent_alone, has_another_letter, is_contrasted, is_inflected, is_negated,
};

/// Wider differences are not aligned word by word.
const MOST_CELLS: usize = 250_000;

/// Letters that must not differ by more than a slip.
const SHORTEST_MISSPELLED: usize = 4;

/// A word of this many letters may hold two slips.
const TWO_SLIPS: usize = 7;

/// A word of three letters may be one of a word that is among the ten thousand most frequent.
const SHORTEST_OF_FREQUENT: usize = 3;

/// The [`Lore::rarity`] of a word that is about so frequent.
const FREQUENT: u8 = 160;

/// The [`Lore::rarity`] of a word of a trade.
const RARE: u8 = 190;

/// An obscure word is thirty times as rare as what it was meant to be.
const FAR: u8 = 60;

/// One misspelling is forgiven, and one more for each so many words.
const WORDS_A_MISSPELLING: usize = 8;

/// Words of a difference that a reason quotes.
const WORDS_QUOTED: usize = 6;

/// What is known of the corpus's words beside their spelling, by folded number.
#[derive(Debug, Default)]
pub(super) struct Lore {
    /// In a dictionary, or frequent enough here to be no slip.
    pub(super) known: Vec<bool>,
    /// Seen without a capital, so not a name alone.
    pub(super) lower: Vec<bool>,
    /// What dictionaries say.
    pub(super) reputes: Vec<Repute>,
    /// How rarely English has the word; see [`Lore::rarity`].
    pub(super) rarities: Vec<u8>,
    /// What common misspellings stand for.
    pub(super) meanings: FxHashMap<u32, Vec<u32>>,
}

impl Lore {
    /// A rarity in a byte: steps of a fortieth of a power of ten.
    pub(super) fn rarity(rarity: f32) -> u8 {
        (rarity * 40.0).clamp(0.0, 255.0) as u8
    }

    /// A word that most readers know, and no name.
    pub(super) fn is_common(&self, folded: usize) -> bool {
        self.reputes[folded] == Repute::Common
    }

    /// True if `wrong` is a common misspelling of `right`.
    fn means(&self, wrong: u32, right: u32) -> bool {
        self.meanings.get(&wrong).is_some_and(|meanings| meanings.contains(&right))
    }

    /// True if hardly anybody writes `wrong`, and many write `right`.
    fn is_far_rarer(&self, wrong: u32, right: u32) -> bool {
        let (wrong, right) = (wrong as usize, right as usize);
        self.reputes[wrong] == Repute::Obscure
            && self.reputes[right] >= Repute::Known
            && self.rarities[right] <= FREQUENT
            && self.rarities[wrong] >= self.rarities[right].saturating_add(FAR)
    }
}

/// Compares sentences of one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<'a> {
    pub(super) words: &'a Words,
    pub(super) lore: &'a Lore,
    /// `None` for a language without a table: then nothing but form may differ.
    pub(super) table: Option<&'a Table>,
}

/// What the guard says of two sentences.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// They say the same; how they differ, in words, empty if in form only.
    Same(String),
    /// They may not say the same; why, in words.
    Differs(String),
}

/// A stretch of the one sentence against a stretch of the other.
#[derive(Clone, Debug, PartialEq)]
struct Hunk {
    a: std::ops::Range<usize>,
    b: std::ops::Range<usize>,
}

/// Two sentences side by side.
struct Alignment {
    hunks: Vec<Hunk>,
    /// Places of words that are equal but written otherwise.
    pairs: Vec<(usize, usize)>,
}

/// A sentence as the guard looks at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    /// Words as they stand in the text, by number.
    pub(super) written: Vec<u32>,
    /// Their normal forms, by number.
    pub(super) folded: Vec<u32>,
    /// What stands before each.
    pub(super) gaps: Vec<Gap>,
}

impl Tokens {
    /// Reads a sentence into buffers that are used again.
    pub(super) fn read(&mut self, corpus: &Corpus, form: u32) {
        self.written.clear();
        self.folded.clear();
        self.gaps.clear();
        for token in corpus.tokens(form) {
            self.written.push(token.word);
            self.folded.push(corpus.words.folded(token.word));
            self.gaps.push(token.gap);
        }
    }
}

impl Tokens {
    /// A stretch of the sentence.
    pub(super) fn part(&self, stretch: std::ops::Range<usize>) -> Tokens {
        Tokens {
            written: self.written[stretch.clone()].to_vec(),
            folded: self.folded[stretch.clone()].to_vec(),
            gaps: self.gaps[stretch].to_vec(),
        }
    }
}

impl Guard<'_> {
    /// Whether two sentences say the same.
    pub(super) fn is_same(&self, a: &Tokens, b: &Tokens) -> bool {
        let mut slips = Vec::new();
        self.align(a, b).is_some_and(|Alignment { hunks, pairs }| {
            hunks.iter().all(|hunk| self.explain(a, b, hunk, &mut slips))
                && slips.len() <= forgiven(a, b)
                && self.telling_case(&a.written, &b.written, &pairs).is_none()
        })
    }

    /// Whether two sentences say the same, and how they differ in words.
    pub(super) fn judge(&self, a: &Tokens, b: &Tokens) -> Verdict {
        let Some(Alignment { hunks, pairs }) = self.align(a, b) else {
            return Verdict::Differs("too long and too different to compare word by word".into());
        };
        if let Some((x, y)) = self.telling_case(&a.written, &b.written, &pairs) {
            return Verdict::Differs(format!(
                "case differs: {} / {}",
                self.words.written(x),
                self.words.written(y)
            ));
        }
        let mut slips = Vec::new();
        let mut blocked = Vec::new();
        for hunk in &hunks {
            let before = slips.len();
            if !self.explain(a, b, hunk, &mut slips) {
                slips.truncate(before);
                blocked.push(hunk.clone());
            }
        }
        match () {
            () if !blocked.is_empty() => Verdict::Differs(self.reason(&a.written, &b.written, &blocked)),
            () if slips.len() > forgiven(a, b) => {
                Verdict::Differs(format!("{} words are spelt otherwise", slips.len()))
            }
            () if slips.is_empty() => Verdict::Same(String::new()),
            () => {
                let pair =
                    |&(x, y): &(u32, u32)| format!("{} / {}", self.words.written(x), self.words.written(y));
                let pairs: Vec<String> = slips.iter().map(pair).collect();
                Verdict::Same(format!("spelling: {}", pairs.join(", ")))
            }
        }
    }

    fn folded(&self, words: &[u32]) -> Vec<u32> {
        words.iter().map(|&word| self.words.folded(word)).collect()
    }

    /// Lays two sentences side by side. `None` if that would take too long.
    fn align(&self, a: &Tokens, b: &Tokens) -> Option<Alignment> {
        let (start, mid_a, mid_b) = trim(&a.folded, &b.folded);
        if mid_a.len().saturating_mul(mid_b.len()) > MOST_CELLS {
            return None;
        }
        let mut hunks = Vec::new();
        let (mut at_a, mut at_b) = (start, start);
        let mut equal = Vec::new();
        for (x, y) in common_subsequence(mid_a, mid_b) {
            let (x, y) = (x + start, y + start);
            if (at_a, at_b) != (x, y) {
                hunks.push(Hunk { a: at_a..x, b: at_b..y });
            }
            equal.push((x, y));
            (at_a, at_b) = (x + 1, y + 1);
        }
        let (end_a, end_b) = (start + mid_a.len(), start + mid_b.len());
        if (at_a, at_b) != (end_a, end_b) {
            hunks.push(Hunk { a: at_a..end_a, b: at_b..end_b });
        }
        let ends = (end_a..a.folded.len()).zip(end_b..b.folded.len());
        let pairs = (0..start).map(|n| (n, n)).chain(equal).chain(ends);
        Some(Alignment { hunks, pairs: pairs.filter(|&(x, y)| a.written[x] != b.written[y]).collect() })
    }

    /// A word whose capitals changed in a way that may change its sense: not at the start of the
    /// sentence, and not because the whole line is in capitals, in small letters or in title case.
    fn telling_case(&self, a: &[u32], b: &[u32], pairs: &[(usize, usize)]) -> Option<(u32, u32)> {
        let (first_a, first_b) = (self.first_word(a), self.first_word(b));
        let differs = pairs.iter().find(|&&(x, y)| {
            let cases = (self.words.case(a[x]), self.words.case(b[y]));
            let at_start = x == first_a || y == first_b;
            match cases {
                (case, other) if case == other => false,
                (Case::Title, Case::Lower) | (Case::Lower, Case::Title) => !at_start,
                _ => true,
            }
        });
        let &(x, y) = differs?;
        (!self.whole_line(a, b) && !self.whole_line(b, a)).then_some((a[x], b[y]))
    }

    fn first_word(&self, words: &[u32]) -> usize {
        words.iter().position(|&word| self.words.kind(word) == TokenKind::Word).unwrap_or(usize::MAX)
    }

    /// True if `a` is in one case throughout, where `b` is not. A single letter has no case to
    /// speak of.
    fn whole_line(&self, a: &[u32], b: &[u32]) -> bool {
        let count = |words: &[u32]| {
            let mut count = [0usize; 5];
            let is_long =
                |word: u32| self.words.written(word).chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
            let long = words.iter().filter(|&&word| is_long(word));
            long.for_each(|&word| count[self.words.case(word) as usize] += 1);
            count
        };
        let [_, lower, title, upper, mixed] = count(a);
        let [_, other_lower, other_title, other_upper, other_mixed] = count(b);
        let all_upper = upper > 1 && lower + title + mixed == 0 && other_lower + other_title > 0;
        // What is written `O'Gara` or `BBC` anywhere is so in a title, too.
        let special = mixed <= other_mixed && upper <= other_upper;
        let all_title = title > 1 && lower == 0 && special && other_lower + other_upper > upper;
        // Nothing is left of b's capitals, that of its first word among them.
        let starts_small = |words: &[u32]| {
            words.get(self.first_word(words)).is_some_and(|&word| self.words.case(word) == Case::Lower)
        };
        let all_lower = lower > 0
            && title + upper + mixed == 0
            && other_title + other_upper + other_mixed > 0
            && !starts_small(b);
        all_upper || all_title || all_lower
    }

    /// True if every difference in the hunk is harmless; misspellings are added to `slips`.
    fn explain(&self, a: &Tokens, b: &Tokens, hunk: &Hunk, slips: &mut Vec<(u32, u32)>) -> bool {
        let Some(table) = self.table else { return self.is_broken_otherwise(a, b, hunk) };
        let (a, b) = (a.written.as_slice(), b.written.as_slice());
        let (mut i, mut j) = (hunk.a.start, hunk.b.start);
        while i < hunk.a.end || j < hunk.b.end {
            let (left, right) = (&a[i..hunk.a.end], &b[j..hunk.b.end]);
            if let Some((x, y)) = self.same_letters(left, right, table) {
                i += x;
                j += y;
            } else if let (Some(&x), Some(&y)) = (left.first(), right.first())
                && self.is_misspelling(a, i, b, j, table)
            {
                slips.push((x, y));
                i += 1;
                j += 1;
            } else if !left.is_empty() && self.is_idle(a, i, table) {
                i += 1;
            } else if !right.is_empty() && self.is_idle(b, j, table) {
                j += 1;
            } else {
                return false;
            }
        }
        true
    }

    /// True if the words of a hunk are the same but for a mark within some of them, as a hyphen at the end of a
    /// line is.
    fn is_broken_otherwise(&self, a: &Tokens, b: &Tokens, hunk: &Hunk) -> bool {
        let is_word = |word: &u32| self.words.kind(*word) == TokenKind::Word;
        let parts = |tokens: &Tokens, at: usize, end: usize| {
            let is_broken = at + 1 < end && tokens.gaps[at + 1] == Gap::Mark;
            let parts = tokens.written.get(at..at + 2).filter(|parts| is_broken && parts.iter().all(is_word));
            parts.map(|parts| [parts[0], parts[1]].map(|word| self.words.written(word)))
        };
        let is_whole = |[first, second]: [&str; 2], whole: u32| {
            is_word(&whole) && self.words.written(whole).strip_prefix(first) == Some(second)
        };
        let (mut i, mut j) = (hunk.a.start, hunk.b.start);
        while i < hunk.a.end && j < hunk.b.end {
            if parts(a, i, hunk.a.end).is_some_and(|parts| is_whole(parts, b.written[j])) {
                (i, j) = (i + 2, j + 1);
            } else if parts(b, j, hunk.b.end).is_some_and(|parts| is_whole(parts, a.written[i])) {
                (i, j) = (i + 1, j + 2);
            } else {
                return false;
            }
        }
        i == hunk.a.end && j == hunk.b.end
    }

    /// How many words at the start of each list are the same letters: equal, glued or split.
    fn same_letters(&self, a: &[u32], b: &[u32], table: &Table) -> Option<(usize, usize)> {
        [(1, 1), (1, 2), (2, 1), (1, 3), (3, 1)]
            .into_iter()
            .find(|&(x, y)| x <= a.len() && y <= b.len() && self.are_glued(&a[..x], &b[..y], table))
    }

    fn are_glued(&self, a: &[u32], b: &[u32], table: &Table) -> bool {
        let normal = |word: &u32| self.words.normal(self.words.folded(*word));
        if a.iter()
            .chain(b)
            .any(|&word| matches!(self.words.kind(word), TokenKind::Symbol | TokenKind::Address))
        {
            return a.len() == 1
                && b.len() == 1
                && matches!((normal(&a[0]), normal(&b[0])), ("&", "and") | ("and", "&"));
        }
        let letters = |words: &[u32]| -> String {
            words.iter().flat_map(|word| normal(word).chars()).filter(|&c| c != '\'').collect()
        };
        let digits = |words: &[u32]| -> Vec<String> {
            words
                .iter()
                .flat_map(|word| {
                    normal(word).split(|c: char| !c.is_numeric() && !matches!(c, '.' | ',' | ':' | '/'))
                })
                .filter(|run| !run.is_empty())
                .map(str::to_owned)
                .collect()
        };
        if letters(a) != letters(b) || digits(a) != digits(b) {
            return false;
        }
        let known =
            |words: &[u32]| words.iter().all(|&word| self.lore.known[self.words.folded(word) as usize]);
        let closed =
            |words: &[u32]| words.len() > 1 && words.iter().any(|word| table.classes(normal(word)).any());
        let negates = |words: &[u32]| {
            words.len() > 1 && words.iter().any(|word| table.classes(normal(word)).has(WordClass::Negation))
        };
        // `its` and `it's`, `maybe` and `may be`, `notable` and `not able` are words of their own.
        let both_are_words = known(a) && known(b);
        !(both_are_words && (a.len() == b.len() || closed(a) || closed(b)) || negates(a) || negates(b))
    }

    /// A word that may come and go: an article, the optional `that`, a word said twice in a row.
    fn is_idle(&self, words: &[u32], at: usize, table: &Table) -> bool {
        let folded = |at: usize| words.get(at).map(|&word| self.words.folded(word));
        let here = folded(at);
        let is_word = self.words.kind(words[at]) == TokenKind::Word;
        if is_word && (folded(at + 1) == here || at > 0 && folded(at - 1) == here) {
            return true;
        }
        let classes =
            |at: usize| folded(at).map(|word| table.classes(self.words.normal(word))).unwrap_or_default();
        let own = classes(at);
        // Vitamin A, Hepatitis A, plan A
        let is_letter =
            at > 0 && self.words.case(words[at]) != Case::Lower && self.words.written(words[at]).len() == 1;
        (own.has(WordClass::Article) && !is_letter || own.has(WordClass::Optional))
            && !classes(at + 1).has(WordClass::BindsArticle)
    }

    /// One of two words is what the other was meant to be, with a slip or two.
    fn is_misspelling(&self, a: &[u32], i: usize, b: &[u32], j: usize, table: &Table) -> bool {
        let (x, y) = (a[i], b[j]);
        if self.words.kind(x) != TokenKind::Word || self.words.kind(y) != TokenKind::Word {
            return false;
        }
        let Some((right, wrong)) = self.right_and_wrong(self.words.folded(x), self.words.folded(y)) else {
            return false;
        };
        let lore = self.lore;
        let at_start = i == self.first_word(a) || j == self.first_word(b);
        let small = |word: u32| self.words.case(word) == Case::Lower;
        let is_written_small = lore.lower[right as usize] || lore.is_common(right as usize);
        let is_common_slip = lore.means(wrong, right);
        let is_in_no_list = lore.reputes[wrong as usize] == Repute::Unknown;
        // A word with a capital that nobody knows, or as a name only, is a name.
        let may_start = at_start && is_written_small && (is_in_no_list || is_common_slip);
        if !(small(x) && small(y) || may_start) {
            return false;
        }
        let is_frequent = lore.rarities[right as usize] <= FREQUENT;
        let is_rare = lore.rarities[right as usize] > RARE;
        let (right, wrong) = (self.words.normal(right), self.words.normal(wrong));
        let letters = right.chars().count().min(wrong.chars().count());
        let slips = strsim::osa_distance(right, wrong);
        // After or before a number it is a unit, or some other short form.
        let is_no_unit = || !self.is_beside_number(a, i) && !self.is_beside_number(b, j);
        let near = match letters {
            // `user_name` is a name that programs know.
            _ if wrong.contains('_') || right.contains('_') => false,
            SHORTEST_MISSPELLED.. => slips <= 1 || slips == 2 && letters >= TWO_SLIPS,
            SHORTEST_OF_FREQUENT => slips <= 1 && (is_common_slip || is_frequent && is_no_unit()),
            _ => false,
        };
        let is_another_word = || {
            is_inflected(right, wrong, |stem| self.is_known(stem), table)
                || begins_otherwise(right, wrong)
                || has_accent_alone(right, wrong)
                || is_contrasted(right, wrong)
                || is_rare && has_another_letter(right, wrong)
        };
        near && (is_common_slip || !is_another_word()) && !is_negated(right, wrong, table)
    }

    /// Which of two words, by folded number, may be a misspelling of the other.
    fn right_and_wrong(&self, x: u32, y: u32) -> Option<(u32, u32)> {
        let lore = self.lore;
        match (lore.known[x as usize], lore.known[y as usize]) {
            (true, false) => Some((x, y)),
            (false, true) => Some((y, x)),
            _ => [(x, y), (y, x)]
                .into_iter()
                .find(|&(right, wrong)| lore.means(wrong, right) || lore.is_far_rarer(wrong, right)),
        }
    }

    fn is_beside_number(&self, words: &[u32], at: usize) -> bool {
        let is_number =
            |at: usize| words.get(at).is_some_and(|&word| self.words.kind(word) == TokenKind::Number);
        at > 0 && is_number(at - 1) || is_number(at + 1)
    }

    fn is_known(&self, normal: &str) -> bool {
        self.words.find_normal(normal).is_some_and(|folded| self.lore.known[folded as usize])
    }

    /// Says in words what differs, the weightiest difference first.
    fn reason(&self, a: &[u32], b: &[u32], hunks: &[Hunk]) -> String {
        let left: Vec<u32> = hunks.iter().flat_map(|hunk| &a[hunk.a.clone()]).copied().collect();
        let right: Vec<u32> = hunks.iter().flat_map(|hunk| &b[hunk.b.clone()]).copied().collect();
        let (mut sorted_left, mut sorted_right) = (self.folded(&left), self.folded(&right));
        sorted_left.sort_unstable();
        sorted_right.sort_unstable();
        if sorted_left == sorted_right {
            return format!("order differs: {}", self.quote(&left));
        }
        let capital_start = [a.first(), b.first()];
        for (label, test) in WEIGHTS {
            let pick = |words: &[u32]| -> Vec<u32> {
                words
                    .iter()
                    .copied()
                    .filter(|&word| {
                        test(self, word) && (*label != "names" || !capital_start.contains(&Some(&word)))
                    })
                    .collect()
            };
            let (picked_left, picked_right) = (pick(&left), pick(&right));
            let (fold_left, fold_right) = (self.folded(&picked_left), self.folded(&picked_right));
            if fold_left != fold_right {
                return self.told(label, &picked_left, &picked_right);
            }
        }
        self.told("words", &left, &right)
    }

    fn told(&self, label: &str, left: &[u32], right: &[u32]) -> String {
        match (left.is_empty(), right.is_empty()) {
            (false, false) => format!("{label} differ: {} / {}", self.quote(left), self.quote(right)),
            (false, true) => format!("{label} differ: {} only here", self.quote(left)),
            _ => format!("{label} differ: {} only in the kept sentence", self.quote(right)),
        }
    }

    fn quote(&self, words: &[u32]) -> String {
        let mut quoted: Vec<&str> =
            words.iter().take(WORDS_QUOTED).map(|&word| self.words.written(word)).collect();
        if words.len() > WORDS_QUOTED {
            quoted.push("…");
        }
        quoted.join(" ")
    }

    fn class(&self, word: u32, class: WordClass) -> bool {
        self.table.is_some_and(|table| table.classes(self.words.normal(self.words.folded(word))).has(class))
    }
}

type Test = fn(&Guard<'_>, u32) -> bool;

/// What a reason speaks of, the weightiest first.
const WEIGHTS: &[(&str, Test)] = &[
    ("numbers", |guard, word| {
        guard.words.kind(word) == TokenKind::Number || guard.class(word, WordClass::Number)
    }),
    ("addresses", |guard, word| guard.words.kind(word) == TokenKind::Address),
    ("negations", |guard, word| guard.class(word, WordClass::Negation)),
    ("dates", |guard, word| {
        let capital = guard.words.case(word) != Case::Lower;
        guard.class(word, WordClass::Weekday) || guard.class(word, WordClass::Month) && capital
    }),
    ("names", |guard, word| matches!(guard.words.case(word), Case::Title | Case::Upper | Case::Mixed)),
    ("signs", |guard, word| guard.words.kind(word) == TokenKind::Symbol),
    ("units", |guard, word| guard.class(word, WordClass::Unit)),
    ("times", |guard, word| guard.class(word, WordClass::Time)),
    ("quantities", |guard, word| guard.class(word, WordClass::Quantifier)),
    ("modal verbs", |guard, word| guard.class(word, WordClass::Modal)),
];

/// Misspellings forgiven in a sentence.
fn forgiven(a: &Tokens, b: &Tokens) -> usize {
    1 + a.written.len().min(b.written.len()) / WORDS_A_MISSPELLING
}
