//! Words that are no core words: slips, names, new words, or rare ones?

mod place;

use crate::language::{Entry, Lexicon, VocabularyId, WordHash, rarity_of};
use crate::model::{Applicability, Finding, Kind};

use super::candidates::{Candidate, Slip, Tree, evidence_of};
use super::context::Context;
use super::counter::{CorpusWords, Count, in_round_numbers};
use super::features::{Model, UnknownFeatures, flag, probability, score};
use super::real::times;
use super::rules;
use super::words::{Marks, in_case};

use place::{Place, add_joined};

/// A distinct word that is no core word, judged without its neighbours.
pub(super) struct Unknown {
    candidates: Vec<Candidate>,
    /// The features of the word itself.
    own: UnknownFeatures,
    rarity: f32,
    id: Option<VocabularyId>,
    /// How often it stands in the corpus.
    total: u32,
    entry: Entry,
    /// How many corrections the list of misspellings has for it.
    corrections: usize,
}

/// A candidate and everything that speaks for or against it here.
pub(super) struct Weighed<'u> {
    pub(super) candidate: &'u Candidate,
    pub(super) features: UnknownFeatures,
}

/// The candidate that ranks first at a place.
struct Best<'u> {
    rank: f32,
    weighed: Weighed<'u>,
    /// The one behind it, and its rank.
    second: Option<(f32, &'u Candidate)>,
}

/// What a finding must reach to be reported: the logits of being a slip, and of its suggestion being
/// right.
#[derive(Clone, Copy)]
struct Bar {
    slip: f32,
    right: f32,
}

impl Bar {
    /// The misspelling stands in a list with this correction.
    const LISTED: Bar = Bar { slip: -1.0, right: -2.0 };
    /// The same in small letters, and no dictionary has the word: whatever its neighbours are.
    const COMMON: Bar = Bar { slip: -3.0, right: -4.0 };
    /// The same at the beginning of a sentence.
    const COMMON_FIRST: Bar = Bar { slip: -2.0, right: -3.0 };
    const SMALL: Bar = Bar { slip: -0.5, right: -2.0 };
    /// Names are many, and slips in them few.
    const CAPITAL: Bar = Bar { slip: -1.0, right: 0.5 };
    const JOINED: Bar = Bar { slip: -1.0, right: -0.4 };
    const OWNER: Bar = Bar { slip: 2.0, right: 0.0 };
    /// Two nouns that are common as one: `harddrives`, `livestreams`.
    const COMPOUND: Bar = Bar { slip: -1.0, right: 3.5 };
    /// `costal`: a word, but a rare one.
    const RARE: Bar = Bar { slip: -1.6, right: -1.25 };
    /// Abbreviations and scraps of other languages.
    const SHORT: Bar = Bar { slip: -1.0, right: -0.4 };
}

/// What stands in a compound, a quotation or before `'s` may be meant, or need more than one fix.
const UNSAFE: Marks = Marks::HYPHENATED.with(Marks::QUOTED).with(Marks::APOSTROPHE).with(Marks::POSSESSIVE);

/// Logits of the candidate being right above which a fix is safe.
const SAFE_WORD: f32 = 2.0;
/// The same of a short word, which may be a slip of many.
const SAFE_SHORT: f32 = 3.5;
/// If the misspelling stands in a list with this correction alone. Between 0 and 1.2 lie some forty fixes of the
/// development texts; of those that people mistyped one is not what was meant.
const SAFE_LISTED: f32 = 0.0;
const SAFE_SHORT_LISTED: f32 = 2.7;
const SAFE_PAIR: f32 = 1.5;
const SAFE_FUNCTION: f32 = 4.0;
/// A candidate that ranks no further behind the best may have been meant as well.
const GAP_THAT_TELLS: f32 = 3.0;
/// How many candidates a word keeps for its neighbours to choose from.
const KEPT: usize = 10;
/// Names are many, and seldom slips.
const KEPT_FOR_NAMES: usize = 3;
/// A word that repeats more often than this, and is in no list of misspellings, is a word.
const REPEATS: u32 = 60;

impl Unknown {
    /// Looks at one distinct word; `None` if it is beyond suspicion, or nothing like it is known.
    pub(super) fn judge(
        lexicon: &Lexicon,
        tree: &Tree,
        corpus: &CorpusWords,
        word: &str,
        entry: Entry,
        count: &Count,
    ) -> Option<Unknown> {
        let corrections = corrections(lexicon, word);
        let is_frequent = count.tally.total() > REPEATS;
        if word.len() < 2 || corrections.is_empty() && (is_frequent || rules::is_jargon(word)) {
            return None;
        }
        // A name in its own right may still be a slip in small letters: `und`, `ver`.
        if entry.is_listed() && count.tally.lower == 0 {
            return None;
        }
        // A word seen with a capital only is a name, or the slip of one.
        let name = count.tally.lower + count.tally.initial + count.tally.upper == 0;
        let mut candidates = candidates(tree, corpus, word, entry, name);
        add_corrections(&mut candidates, &corrections, tree, word);
        candidates.sort_by(|a, b| b.prior.total_cmp(&a.prior).then_with(|| a.text.cmp(&b.text)));
        candidates.truncate(if name { KEPT_FOR_NAMES } else { KEPT });
        if candidates.is_empty() {
            return None;
        }
        for candidate in &mut candidates {
            candidate.in_corpus = in_corpus(candidate, corpus);
        }
        Some(Unknown {
            candidates,
            own: own_features(lexicon, word, entry, count),
            rarity: rarity_of(entry.rank()),
            id: lexicon.vocabulary(count.hash),
            total: in_round_numbers(count.tally.total()),
            entry,
            corrections: corrections.len(),
        })
    }

    /// A number for what the corpus says of the word and its candidates.
    pub(super) fn evidence(&self) -> u64 {
        let mut said = self.own.values().map(f32::to_bits).to_vec();
        said.push(self.total);
        evidence_of(&self.candidates, &said)
    }

    /// Every candidate with its features at this place.
    pub(super) fn weigh<'u>(
        &'u self,
        context: &'u Context,
        strangers: f32,
    ) -> impl Iterator<Item = Weighed<'u>> + use<'u> {
        let place = Place::of(self, context, strangers);
        self.candidates.iter().filter(move |candidate| place.admits(candidate)).map(move |candidate| {
            let mut features = self.features(candidate, &place);
            if let Some(parts) = candidate.parts() {
                add_joined(&mut features, candidate, parts, &place);
            }
            Weighed { candidate, features }
        })
    }

    /// The candidate's features at a place, but for those of a pair.
    fn features(&self, candidate: &Candidate, place: &Place) -> UnknownFeatures {
        let Place { context, marks, own, .. } = *place;
        let fit = place.neighbours.fit(context.lexicon, candidate.ends, candidate.rarity);
        let first = |word: &str| word.as_bytes()[0];
        let slip = |slip: Slip| flag(candidate.slip == slip);
        // People repeat their slips. That a corpus does, too, is no sign of a word if it is one that a list of
        // misspellings has and no dictionary.
        let is_small = !marks.any(Marks::CAPITALISED.with(Marks::UPPER));
        let (elsewhere, documents) = match is_small && self.is_common_misspelling(candidate) {
            true => (0.0, 0.0),
            false => (self.own.elsewhere, self.own.documents),
        };
        UnknownFeatures {
            elsewhere,
            documents,
            inner_capital: flag(marks.any(Marks::CAPITALISED) && !marks.any(Marks::INITIAL)),
            initial_capital: flag(marks.any(Marks::CAPITALISED) && marks.any(Marks::INITIAL)),
            at_home: flag(own.seen_before) + flag(own.seen_after),
            listed: flag(candidate.listed),
            listed_only: flag(candidate.listed && self.corrections == 1),
            listed_otherwise: flag((self.corrections > 0) && !candidate.listed),
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
            two: slip(Slip::Two),
            far: slip(Slip::Far),
            joined: slip(Slip::Space),
            lost_apostrophe: slip(Slip::Apostrophe),
            sounds_alike: flag(candidate.sounds_alike),
            first_letter: flag(!first(context.written()).eq_ignore_ascii_case(&first(&candidate.text))),
            candidate_frequency: 5.0 - candidate.rarity,
            ratio: self.rarity - candidate.rarity,
            candidate_in_corpus: candidate.in_corpus,
            fit: fit.total() / 2.0 + 4.0,
            affinity: (fit.before - candidate.frequency).clamp(-1.0, 3.0)
                + (fit.after - place.right_alone).clamp(-1.0, 3.0),
            seen: flag(fit.seen_before) + flag(fit.seen_after),
            seen_twice: flag(fit.seen_before && fit.seen_after),
            gain: (fit.total() - own.total()).clamp(-2.0, 6.0),
            weaker_gain: (fit.before - own.before).min(fit.after - own.after).clamp(-2.0, 2.0),
            hyphen: flag(marks.any(Marks::HYPHENATED)),
            apostrophe: flag(marks.any(Marks::APOSTROPHE)),
            quoted: flag(marks.any(Marks::QUOTED)),
            strangers: place.strangers,
            careless: context.manner.careless,
            between_names: place.between_names,
            after_stranger: place.after_stranger,
            name: flag(candidate.name),
            ..self.own
        }
    }

    /// A finding for this occurrence, if it looks like a slip. `strangers` is asked when what the corpus says
    /// of the word is weighed.
    pub(super) fn finding(
        &self,
        model: &Model,
        context: &Context,
        strangers: impl FnOnce() -> f32,
    ) -> Option<Finding> {
        if self.is_meant(context) {
            return None;
        }
        let Best { rank, weighed: Weighed { candidate, mut features }, second } =
            self.best(model, context, strangers())?;
        features.gap = second.map_or(MOST_GAP, |(next, _)| (rank - next).min(MOST_GAP));
        let verdict = match candidate.slip {
            _ if self.entry.is_listed() => &model.listed,
            Slip::Space => &model.joined,
            _ => &model.unlisted,
        };
        let slip = score(&verdict.slip, &features.values());
        let marks = context.word().marks;
        if self.is_word_of_the_corpus(candidate, context) {
            return None;
        }
        let mut bar = self.bar(candidate, context);
        if features.between_names == 1.0 && context.manner.careless < 0.3 {
            // `Rychnov nad Kněžnou`.
            bar.slip += 4.0;
            bar.right += 4.0;
        }
        let right = score(&verdict.right, &features.values());
        if slip <= bar.slip || right <= bar.right {
            return None;
        }
        let confidence = probability(right);
        // How careless the rest of the text is makes a slip likelier, but no fix safer.
        features.careless = 0.0;
        let right = score(&verdict.right, &features.values());
        // Where a list has two corrections that stand here equally well, it is a guess which was meant.
        let is_guess = second
            .is_some_and(|(next, second)| candidate.listed && second.listed && rank - next < GAP_THAT_TELLS);
        let safe = !is_guess
            && !is_spoken_of(context, candidate)
            && self.is_safe(context, candidate, &features, right);
        let mut reason = self.reason(context, candidate, &features);
        if let Some((next, second)) = second
            && rank - next < GAP_THAT_TELLS
        {
            reason += &format!("; or: {}", in_case(&second.text, marks));
        }
        Some(Finding {
            kind: match candidate.slip {
                Slip::Space => Kind::JoinedWords,
                Slip::Apostrophe => Kind::Apostrophe,
                _ if self.is_rare_word() => Kind::RealWord,
                _ => Kind::Misspelling,
            },
            span: context.word().span,
            suggestion: Some(suggestion(candidate, marks)),
            confidence,
            applicability: if safe { Applicability::Safe } else { Applicability::Review },
            reason,
            repetition: None,
        })
    }

    /// True where the word is no slip, whatever it is like.
    fn is_meant(&self, context: &Context) -> bool {
        // `Yusuf ibn Amrus`: what is known, and stands in a name, is part of it.
        let particle = context.is_between_names()
            && (self.entry.is_listed() && context.manner.careless < 0.3
                || rules::is_name_particle(context.written()));
        // A sentence that begins with a rare word in small letters is the rest of something: `ZDNet.⏎com`.
        let scrap = context.at == 0
            && self.is_rare_word()
            && !context.manner.uncased
            && !context.word().marks.any(Marks::CAPITALISED.with(Marks::UPPER));
        particle || scrap || self.is_name_here(context) || is_dropped_g(context) || is_quoted_so(context)
    }

    /// The candidate that was most likely meant, if one was.
    fn best<'u>(&'u self, model: &Model, context: &'u Context, strangers: f32) -> Option<Best<'u>> {
        // `Betrusted`: inside a sentence a capital begins a name, and no name begins with `be`.
        let marks = context.word().marks;
        let named = marks.any(Marks::CAPITALISED) && !marks.any(Marks::INITIAL);
        let mut best: Option<(f32, Weighed)> = None;
        let mut second: Option<(f32, &Candidate)> = None;
        for weighed in self.weigh(context, strangers) {
            let begins = |(left, _)| rules::is_function_word(left);
            if named && weighed.candidate.parts().is_some_and(begins) {
                continue;
            }
            let rank = score(&model.rank, &weighed.features.values());
            match &best {
                Some((top, _)) if rank <= *top => {
                    if second.is_none_or(|(top, _)| rank > top) {
                        second = Some((rank, weighed.candidate));
                    }
                }
                _ => {
                    second = best.map(|(rank, weighed)| (rank, weighed.candidate)).or(second);
                    best = Some((rank, weighed));
                }
            }
        }
        best.map(|(rank, weighed)| Best { rank, weighed, second })
    }

    /// True where a listed word has a capital: it is a name, or begins a sentence.
    pub(super) fn is_name_here(&self, context: &Context) -> bool {
        self.entry.is_listed() && context.word().marks.any(Marks::CAPITALISED)
    }

    /// True for what looks like a slip even without its neighbours.
    pub(super) fn looks_mistyped(&self) -> bool {
        let few = self.own.elsewhere < 0.7;
        let near = self.candidates.iter().any(|candidate| candidate.listed || candidate.slip.is_single());
        !self.entry.is_listed() && few && near && self.own.derived == 0.0
    }

    /// True for a word that no list has.
    pub(super) fn is_stranger(&self) -> bool {
        !self.entry.is_listed()
    }

    /// True for a word that the corpus uses so often, beside the candidate, that it is meant. People
    /// do repeat their slips, so careless texts and common misspellings are another matter.
    fn is_word_of_the_corpus(&self, candidate: &Candidate, context: &Context) -> bool {
        let short = self.own.short == 1.0;
        let common = candidate.listed && !short || candidate.slip == Slip::Apostrophe;
        let times = match (short, self.corrections) {
            (_, 1..) => 5.0,
            (true, 0) => 60.0,
            (false, 0) => 20.0,
        };
        !common && context.manner.careless < 0.5 && self.total > 3 && self.beside(candidate) < times
    }

    /// True if a list of misspellings has the word with this correction and no other, and no dictionary has it.
    fn is_common_misspelling(&self, candidate: &Candidate) -> bool {
        candidate.listed && self.corrections == 1 && !self.entry.is_listed()
    }

    /// How many times more often than the word the corpus has the candidate.
    fn beside(&self, candidate: &Candidate) -> f32 {
        (10f32.powf(candidate.in_corpus) - 1.0) / self.total.max(1) as f32
    }

    /// True when a fix needs no person to look at it. `right` is the logit of the candidate.
    fn is_safe(
        &self,
        context: &Context,
        candidate: &Candidate,
        features: &UnknownFeatures,
        right: f32,
    ) -> bool {
        let marks = context.word().marks;
        let begins = marks.any(Marks::INITIAL);
        let capital = marks.any(Marks::CAPITALISED);
        let next_is_name = context.next().is_some_and(|next| next.marks.any(Marks::CAPITALISED));
        // A sentence that begins small has another fault, which the fix would leave; and a capital
        // elsewhere, or before another one, makes a name.
        let small = !capital && !marks.any(Marks::UPPER);
        let odd_case = if begins { small && context.at == 0 } else { capital };
        let name = candidate.name || capital && (next_is_name || context.at > 0) || context.manner.uncased;
        // `tryin`, `anythin`.
        let spoken = candidate.text.ends_with("ing") && context.written().ends_with("in");
        let times = if features.listed_only == 1.0 { 2.0 } else { 10.0 };
        let repeated = self.total > 2 && self.beside(candidate) < times;
        // `teh tarik`: short words are words of many languages.
        let foreign = self.own.short == 1.0 && context.is_beside_stranger();
        if marks.any(UNSAFE) || odd_case || name || spoken || repeated || foreign || self.is_rare_word() {
            return false;
        }
        match candidate.parts() {
            Some((left, last)) => {
                let listed = right > SAFE_PAIR && !capital && rules::is_safe_split(left, last);
                // What is written so again and again is a name, as `thiserror` is, but for `ofthe`.
                let both = rules::is_function_word(left) && rules::is_function_word(last);
                let is_name = self.total > 2 && !both;
                let sure = right > SAFE_FUNCTION
                    && features.joined_seen == 1.0
                    && rules::is_sure_split(left, last)
                    && (!capital || context.written().len() > 5);
                left != "i" && !is_name && (listed || sure)
            }
            None => {
                let bar = match (features.listed_only == 1.0, self.own.short == 1.0) {
                    (true, false) => SAFE_LISTED,
                    (true, true) => SAFE_SHORT_LISTED,
                    (false, false) => SAFE_WORD,
                    (false, true) => SAFE_SHORT,
                };
                // `thangs` and `ssso` are written so on purpose.
                let drawled = match candidate.slip {
                    Slip::Vowel if !candidate.listed => 1.0,
                    Slip::ExtraDouble if starts_doubled(context.written()) => return false,
                    _ => 0.0,
                };
                right > bar + drawled && candidate.slip != Slip::Apostrophe
            }
        }
    }

    /// What must be reached to report that `candidate` was meant.
    fn bar(&self, candidate: &Candidate, context: &Context) -> Bar {
        let capital = context.word().marks.any(Marks::CAPITALISED) || context.manner.uncased;
        match candidate.slip {
            _ if !capital && self.is_common_misspelling(candidate) => Bar::COMMON,
            _ if context.word().marks.any(Marks::INITIAL) && self.is_common_misspelling(candidate) => {
                Bar::COMMON_FIRST
            }
            _ if candidate.listed => Bar::LISTED,
            Slip::Apostrophe => Bar::OWNER,
            Slip::Space if self.is_compound(candidate) => Bar::COMPOUND,
            Slip::Space => Bar::JOINED,
            _ if capital => Bar::CAPITAL,
            _ if self.entry.is_listed() && self.own.short == 1.0 => Bar::SHORT,
            _ if self.is_rare_word() => Bar::RARE,
            _ => Bar::SMALL,
        }
    }

    /// True for two words without a space that many write so, neither of which only holds others together.
    fn is_compound(&self, candidate: &Candidate) -> bool {
        let Some((left, right)) = candidate.parts() else { return false };
        let holds = rules::is_function_word(left) || rules::is_function_word(right);
        !holds && (self.entry.rank().is_some() || rules::ends_compounds(right))
    }

    /// True for a word that large dictionaries have and no list of misspellings.
    fn is_rare_word(&self) -> bool {
        self.entry.is_rare() && self.corrections == 0
    }

    fn reason(&self, context: &Context, candidate: &Candidate, features: &UnknownFeatures) -> String {
        let written = context.written();
        match candidate.slip {
            _ if candidate.listed => format!("the list of common misspellings has '{written}'"),
            _ if self.entry.is_rare() => {
                let times = times(features.gain);
                let place = match (context.next_after_space(), context.previous_after_space()) {
                    (Some(next), _) => format!("before '{}'", next.span.of(context.text)),
                    (_, Some(previous)) => format!("after '{}'", previous.span.of(context.text)),
                    _ => "here".to_owned(),
                };
                format!("known word '{}' is {times} times likelier {place}", candidate.text)
            }
            Slip::Space => {
                let (left, right) = candidate.parts().unwrap_or((&candidate.text, ""));
                format!("no dictionary has '{written}'; it is '{left}' and '{right}' without the space")
            }
            Slip::Apostrophe => {
                format!("no dictionary has '{written}'; it is '{}' without the apostrophe", candidate.text)
            }
            slip => format!("no dictionary has '{written}'; '{}' is {} away", candidate.text, distance(slip)),
        }
    }
}

/// What may have been meant by a word, seen by itself. `name` says that it has a capital everywhere.
fn candidates(tree: &Tree, corpus: &CorpusWords, word: &str, entry: Entry, name: bool) -> Vec<Candidate> {
    let mut candidates = tree.near(word, 1);
    if entry.is_listed() {
        candidates.retain(|candidate| !candidate.name);
    } else {
        if !name
            && word.len() > 4
            && candidates.iter().all(|candidate| candidate.rarity > 4.7 || candidate.name)
        {
            candidates = tree.near(word, 2);
        }
        candidates.extend(tree.splits(word, |part| corpus.is_name(WordHash::of(part.as_bytes()))));
        candidates.extend(tree.possessive(word));
    }
    candidates
}

/// What lists have as meant by a word, likeliest first.
fn corrections<'l>(lexicon: &'l Lexicon, word: &str) -> Vec<&'l str> {
    match lexicon.misspelling(word) {
        Some(misspelling) => misspelling.corrections().collect(),
        None => rules::written_together(word).into_iter().collect(),
    }
}

/// Adds the corrections that a list of misspellings has for the word, likeliest first, to what may have been
/// meant by it.
fn add_corrections(candidates: &mut Vec<Candidate>, corrections: &[&str], tree: &Tree, word: &str) {
    for (place, correction) in corrections.iter().enumerate() {
        let text = correction.replace('_', " ");
        let at = candidates.iter().position(|candidate| candidate.text == text).or_else(|| {
            candidates.push(tree.listed(word, &text)?);
            Some(candidates.len() - 1)
        });
        if let Some(at) = at {
            candidates[at].listed = true;
            candidates[at].prior += 2.0 - 0.3 * place as f32;
        }
    }
}

/// See [`Candidate::in_corpus`].
fn in_corpus(candidate: &Candidate, corpus: &CorpusWords) -> f32 {
    let parts = candidate.text.split(' ').map(|part| part.strip_suffix("'s").unwrap_or(part));
    let least = parts.map(|part| corpus.total(WordHash::of(part.as_bytes()))).min();
    (1.0 + in_round_numbers(least.unwrap_or(0)) as f32).log10()
}

/// The features of the word itself, whatever was meant.
fn own_features(lexicon: &Lexicon, word: &str, entry: Entry, count: &Count) -> UnknownFeatures {
    UnknownFeatures {
        bias: 1.0,
        rank: entry.rank().map_or(1.0, |rank| rank.log10() - 5.0),
        has_rank: flag(entry.rank().is_some()),
        rare: flag(entry.is_rare() && !entry.is_obscure()),
        obscure: flag(entry.is_rare() && entry.is_obscure()),
        known_name: flag(entry.is_name() && !entry.is_rare()),
        derived: flag(!entry.is_listed() && rules::is_derived(word, |stem| lexicon.entry(stem).is_core())),
        elsewhere: (in_round_numbers(count.tally.total().max(1)) as f32).log10(),
        documents: (in_round_numbers(count.tally.documents.max(1)) as f32).log10(),
        capitalised_in_corpus: (1.0 + in_round_numbers(count.tally.capitalised) as f32).log10(),
        // What large dictionaries have is long more often than a slip is; that says nothing of this word.
        length: if entry.is_listed() { 0.0 } else { word.len().min(14) as f32 / 10.0 },
        short: flag(word.len() <= 3),
        two_letters: flag(word.len() <= 2),
        ..UnknownFeatures::default()
    }
}

/// What would stand there, with the capitals of what stands there now.
fn suggestion(candidate: &Candidate, marks: Marks) -> String {
    match candidate.parts() {
        Some(("i", last)) => {
            format!("I {}", if marks.any(Marks::UPPER) { in_case(last, marks) } else { last.into() })
        }
        _ if candidate.name && !marks.any(Marks::UPPER) => in_case(&candidate.text, Marks::CAPITALISED),
        _ => in_case(&candidate.text, marks),
    }
}

/// True for `ssome`.
fn starts_doubled(word: &str) -> bool {
    matches!(word.as_bytes(), [first, second, ..] if first.eq_ignore_ascii_case(second))
}

/// True for `lookin'`: spoken language, written down on purpose.
fn is_dropped_g(context: &Context) -> bool {
    context.word().marks.any(Marks::APOSTROPHE) && context.written().ends_with("in")
}

/// True for `goverment (sic)`: whoever wrote it knew.
fn is_quoted_so(context: &Context) -> bool {
    context.next().is_some_and(|next| next.span.of(context.text).eq_ignore_ascii_case("sic"))
}

/// True where the sentence has either spelling in quotation marks: `write "receive", not recieve`.
fn is_spoken_of(context: &Context, candidate: &Candidate) -> bool {
    let spellings = [context.word().hash, WordHash::of(candidate.text.as_bytes())];
    context.words.iter().any(|word| word.marks.any(Marks::QUOTED) && spellings.contains(&word.hash))
}

/// More than this, a gap to the second candidate says no more.
pub(super) const MOST_GAP: f32 = 6.0;

fn distance(slip: Slip) -> &'static str {
    match slip {
        Slip::Swapped => "a swap of letters",
        Slip::Two => "two letters",
        Slip::Far => "some letters",
        _ => "one letter",
    }
}
