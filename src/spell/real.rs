//! Core words in the place of others: `he aid`, `consumer rices`.

use crate::language::{Companion, Company, Entry, Lexicon, VocabularyId, WordHash, rarity_of};
use crate::model::figures::grouped;
use crate::model::{Applicability, Finding, Kind};

use super::candidates::{Candidate, Slip, Tree, evidence_of};
use super::context::{Context, Fit, Neighbours, UNKNOWN_NEIGHBOUR, vocabulary};
use super::counter::{CorpusWords, Count, in_round_numbers};
use super::features::{Model, RealFeatures, flag, probability, score};
use super::rules;
use super::unknown::MOST_GAP;
use super::words::{Marks, Word};

/// A distinct core word and the words a slip away.
pub(super) struct Known {
    others: Box<[Candidate]>,
    /// Those a slip away in the bigram model. They are asked for at nearly every word, so they stand here,
    /// not somewhere else in memory.
    ids: [VocabularyId; KEPT],
    /// How many of the others are a slip away; the rest only sound alike.
    slips: u8,
    /// In letters.
    length: u8,
    id: Option<VocabularyId>,
    rarity: f32,
    elsewhere: f32,
}

/// In how far a word is doubted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubt {
    /// It belongs to the word before, so that one has no say.
    pub(super) tied_before: bool,
    /// It belongs to the word after.
    pub(super) tied_after: bool,
    /// Words that sound alike are asked, too, and weaker evidence will do.
    pub(super) confusions: bool,
}

/// Which of the other words neighbours call for.
struct Called {
    /// The neighbours that were asked, if the bigram model has them.
    left: Option<VocabularyId>,
    right: Option<VocabularyId>,
    /// A bit for each of the others by its place.
    by_left: u64,
    by_right: u64,
}

/// Another word that may have been meant and everything that speaks for or against it here.
pub(super) struct Weighed<'k> {
    pub(super) other: &'k Candidate,
    pub(super) features: RealFeatures,
    fit: Fit,
    gain: f32,
}

/// Logit above which a word is reported.
const REPORT: f32 = 0.1;
/// When the two differ by an ending of grammar.
const REPORT_INFLECTED: f32 = 0.55;
/// When the word is one of the commonest: these stand between unlikely neighbours too often.
const REPORT_COMMON: f32 = 2.0;
/// Base ten logarithm of how rare a word is that is no longer among the commonest.
const COMMONEST: f32 = 1.6;
/// With `confusions`.
const REPORT_CONFUSION: f32 = -1.0;
/// Base ten logarithm of how much likelier the other must be to be looked at further.
const LEAST_GAIN: f32 = 1.0;
/// How many others a word keeps.
const KEPT: usize = 12;
/// How many others can be told apart by a bit: more than are kept and confused with any word.
const MOST_OTHERS: usize = 64;
/// Words rarer than this are not guessed at.
const RAREST_OTHER: f32 = 4.8;

impl Known {
    /// The words that `word` may stand in the place of; `None` if there are none.
    pub(super) fn judge(
        lexicon: &Lexicon,
        tree: &Tree,
        corpus: &CorpusWords,
        word: &str,
        entry: Entry,
        count: &Count,
    ) -> Option<Known> {
        if word.len() < 2 || count.tally.lower == 0 {
            return None;
        }
        let rarity = rarity_of(entry.rank());
        let mut others = tree.near(word, 1);
        others.retain(|other| {
            !other.name
                && other.rarity < RAREST_OTHER
                && other.ends[0].is_some()
                && !rules::is_dialect(word, &other.text)
        });
        others.truncate(KEPT);
        let slips = others.len();
        for confused in rules::confused_with(word) {
            if !others.iter().any(|other| other.text == confused) {
                others.extend(tree.listed(word, confused).filter(|other| other.ends[0].is_some()));
            }
        }
        for other in &mut others {
            let total = corpus.total(WordHash::of(other.text.as_bytes()));
            other.in_corpus = (1.0 + in_round_numbers(total) as f32).log10();
        }
        let mut ids = [Lexicon::SENTENCE_END; KEPT];
        for (id, slip) in ids.iter_mut().zip(others[..slips].iter().filter_map(|slip| slip.ends[0])) {
            *id = slip;
        }
        (!others.is_empty()).then(|| Known {
            others: others.into_boxed_slice(),
            ids,
            slips: slips as u8,
            length: u8::try_from(word.len()).unwrap_or(u8::MAX),
            id: vocabulary(lexicon, word),
            rarity,
            elsewhere: (in_round_numbers(count.tally.total().max(1)) as f32).log10(),
        })
    }

    /// A number for what the corpus says of the word and of those it may stand for.
    pub(super) fn evidence(&self) -> u64 {
        evidence_of(&self.others, &[self.elsewhere.to_bits()])
    }

    /// False when this is no place to doubt a word: it is written in an uncommon way.
    pub(super) fn is_plain(word: &Word) -> bool {
        const OTHERWISE: Marks = Marks::CAPITALISED
            .with(Marks::UPPER)
            .with(Marks::HYPHENATED)
            .with(Marks::QUOTED)
            .with(Marks::APOSTROPHE)
            .with(Marks::POSSESSIVE)
            .with(Marks::TECHNICAL)
            .with(Marks::FOREIGN);
        !word.marks.any(OTHERWISE)
    }

    /// The other words that a neighbour calls for to which the word does not belong. Mostly none, and this is
    /// asked for nearly every word: no branch depends on an answer, so that many looks are under way at once.
    fn called_for(&self, context: &Context, doubt: Doubt) -> Called {
        let lexicon = context.lexicon;
        let left = context.previous_after_space().filter(|_| !doubt.tied_before);
        let right = context.next_after_space().filter(|_| !doubt.tied_after);
        let (left, right) = (left.and_then(|left| left.vocabulary), right.and_then(|right| right.vocabulary));
        let (mut by_left, mut by_right) = (0, 0);
        match (left.is_some(), right.is_some()) {
            (false, false) => {}
            (true, false) => [by_left] = self.in_company([lexicon.rights_of(left)], doubt),
            (false, true) => [by_right] = self.in_company([lexicon.lefts_of(right)], doubt),
            (true, true) => {
                let companies = [lexicon.rights_of(left), lexicon.lefts_of(right)];
                [by_left, by_right] = self.in_company(companies, doubt);
            }
        }
        Called { left, right, by_left, by_right }
    }

    /// For each company, a bit for each of the others that keeps it.
    #[inline]
    fn in_company<const N: usize>(&self, companies: [Company; N], doubt: Doubt) -> [u64; N] {
        let slips = usize::from(self.slips);
        let mut kept = in_company(self.ids[..slips].iter().copied(), &companies);
        if doubt.confusions {
            let confused = self.others.iter().take(MOST_OTHERS).skip(slips);
            let more = in_company(confused.filter_map(|other| other.ends[0]), &companies);
            kept.iter_mut().zip(more).for_each(|(kept, more)| *kept |= more << slips);
        }
        kept
    }

    /// How well another word stands here that is called for, if so much better than the word itself. A
    /// neighbour that was asked and does not call for it bounds how well it stands beside that one, which
    /// mostly is enough to tell.
    fn better_fit(
        &self,
        lexicon: &Lexicon,
        at: usize,
        called: &Called,
        neighbours: Neighbours,
        own: Fit,
    ) -> Option<Fit> {
        let other = &self.others[at];
        let may_be_better = |most: f32| most - own.total() >= LEAST_GAIN;
        let is_silent = |asked, by: u64, neighbour| asked == neighbour && by >> at & 1 == 0;
        if is_silent(called.right, called.by_right, neighbours.right) {
            let (before, _) = lexicon.follows(neighbours.left, other.ends[0], other.rarity);
            if !may_be_better(before + lexicon.follows_at_most(neighbours.right, UNKNOWN_NEIGHBOUR)) {
                return None;
            }
        } else if is_silent(called.left, called.by_left, neighbours.left) {
            let (after, _) = lexicon.follows(other.ends[1], neighbours.right, UNKNOWN_NEIGHBOUR);
            if !may_be_better(lexicon.follows_at_most(other.ends[0], other.rarity) + after) {
                return None;
            }
        }
        let fit = neighbours.fit(lexicon, other.ends, other.rarity);
        may_be_better(fit.total()).then_some(fit)
    }

    /// Every other word that is called for and would fit much better here, with its features.
    pub(super) fn weigh(
        &self,
        context: &Context,
        doubt: Doubt,
        strangers: impl FnOnce() -> f32,
    ) -> Vec<Weighed<'_>> {
        let called = self.called_for(context, doubt);
        let mut called_for = called.by_left | called.by_right;
        if called_for == 0 {
            return Vec::new();
        }
        let lexicon = context.lexicon;
        let neighbours = context.neighbours();
        let sides = flag(neighbours.left.is_some()) + flag(neighbours.right.is_some());
        let own = neighbours.fit(lexicon, [self.id; 2], self.rarity);
        let mut better = Vec::new();
        while called_for != 0 {
            let at = called_for.trailing_zeros() as usize;
            called_for &= called_for - 1;
            let fit = self.better_fit(lexicon, at, &called, neighbours, own);
            better.extend(fit.map(|fit| (&self.others[at], fit)));
        }
        if better.is_empty() || sides == 0.0 {
            return Vec::new();
        }
        let strangers = strangers();
        let surroundings = context.surroundings();
        let own_kinds = surroundings.kinds(lexicon, self.id);
        let written = context.written().as_bytes();
        let weighed = |(other, fit): (_, Fit)| {
            let other: &Candidate = other;
            let gain = fit.total() - own.total();
            let slip = |slip: Slip| flag(other.slip == slip);
            let kinds = match self.id {
                Some(_) => surroundings.kinds(lexicon, other.ends[0]),
                None => own_kinds,
            };
            let kind = |at: usize| kinds[at] - own_kinds[at];
            let features = RealFeatures {
                bias: 1.0,
                frequency: self.rarity - other.rarity,
                rarity: self.rarity,
                before: fit.before - own.before,
                after: fit.after - own.after,
                seen_before: flag(fit.seen_before),
                seen_after: flag(fit.seen_after),
                own_before: flag(own.seen_before),
                own_after: flag(own.seen_after),
                one_sided: flag(sides < 2.0),
                kind_before: kind(0),
                kind_between: kind(1),
                kind_after: kind(2),
                swapped: slip(Slip::Swapped),
                lost_double: slip(Slip::LostDouble),
                lost: slip(Slip::Lost),
                lost_end: slip(Slip::LostEnd),
                extra_double: slip(Slip::ExtraDouble),
                extra: slip(Slip::Extra),
                extra_end: slip(Slip::ExtraEnd),
                keyboard: slip(Slip::Keyboard),
                vowel: slip(Slip::Vowel),
                other: slip(Slip::Other),
                first_letter: flag(written[0] != other.text.as_bytes()[0]),
                confused: flag(
                    doubt.confusions
                        && rules::confused_with(context.written()).any(|confused| confused == other.text),
                ),
                inflection: flag(is_inflection(written, other.text.as_bytes())),
                length: self.length.min(14) as f32 / 10.0,
                elsewhere: self.elsewhere,
                other_in_corpus: other.in_corpus,
                gap: 0.0,
                strangers,
                careless: context.manner.careless.min(0.5),
            };
            Weighed { other, features, fit, gain }
        };
        better.into_iter().map(weighed).collect()
    }

    /// A finding for this occurrence, if another word is far likelier. `strangers` is asked when what the
    /// corpus says of the word is weighed.
    pub(super) fn finding(
        &self,
        model: &Model,
        context: &Context,
        doubt: Doubt,
        strangers: impl FnOnce() -> f32,
    ) -> Option<Finding> {
        let mut best: Option<(f32, Weighed)> = None;
        let mut second: Option<(f32, &Candidate)> = None;
        for weighed in self.weigh(context, doubt, strangers) {
            let rank = score(&model.real, &weighed.features.values());
            if best.as_ref().is_none_or(|(top, _)| rank > *top) {
                second = best.map(|(rank, best)| (rank, best.other)).or(second);
                best = Some((rank, weighed));
            } else if second.is_none_or(|(top, _)| rank > top) {
                second = Some((rank, weighed.other));
            }
        }
        let (rank, Weighed { other, mut features, fit, gain }) = best?;
        features.gap = second.map_or(MOST_GAP, |(second, _)| (rank - second).min(MOST_GAP));
        let score = score(&model.real, &features.values());
        let report = match doubt.confusions {
            true => REPORT_CONFUSION,
            false if self.rarity < COMMONEST => REPORT_COMMON,
            false if features.inflection == 1.0 => REPORT_INFLECTED,
            false => REPORT,
        };
        if score <= report {
            return None;
        }
        let place = match (fit.seen_after, context.next_after_space(), context.previous_after_space()) {
            (true, Some(next), _) => format!("before '{}'", next.span.of(context.text)),
            (_, _, Some(previous)) => format!("after '{}'", previous.span.of(context.text)),
            _ => "here".to_owned(),
        };
        let or = match second {
            Some((second, other)) if rank - second < 3.0 => format!("; or: {}", other.text),
            _ => String::new(),
        };
        Some(Finding {
            kind: Kind::RealWord,
            span: context.word().span,
            suggestion: Some(other.text.clone()),
            confidence: probability(score),
            applicability: Applicability::Review,
            reason: format!("known word '{}' is {} times likelier {place}{or}", other.text, times(gain)),
            repetition: None,
        })
    }
}

/// For each company, a bit for each of some words that keeps it.
#[inline]
fn in_company<const N: usize>(
    words: impl Iterator<Item = VocabularyId>,
    companies: &[Company; N],
) -> [u64; N] {
    let (mut kept, mut bit) = ([0; N], 1);
    for word in words.map(Companion::of) {
        for (kept, company) in kept.iter_mut().zip(companies) {
            *kept |= if company.has(word) { bit } else { 0 };
        }
        bit <<= 1;
    }
    kept
}

/// True when two words differ by an ending of grammar: slips of grammar are another matter.
fn is_inflection(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    match long.strip_prefix(short) {
        Some(ending) => matches!(ending, b"s" | b"d" | b"n" | b"r" | b"y"),
        None => a.len() == b.len() && a[..a.len() - 1] == b[..b.len() - 1],
    }
}

/// Ten to the power `logarithm`, rounded to two digits, readable: `3,100`.
pub(super) fn times(logarithm: f32) -> String {
    let times = 10f32.powf(logarithm.clamp(0.0, 9.0));
    let unit = 10f32.powf((logarithm.floor() - 1.0).max(0.0));
    grouped(((times / unit).round() * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_readable() {
        assert_eq!(times(3.4972), "3,100");
        assert_eq!(times(6.0), "1,000,000");
        assert_eq!(times(1.62), "42");
    }

    #[test]
    fn endings_of_grammar_are_told() {
        for (a, b) in [("farmer", "farmers"), ("use", "used"), ("than", "that")] {
            assert!(is_inflection(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
        assert!(!is_inflection(b"costal", b"coastal"));
    }
}
