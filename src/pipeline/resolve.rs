//! Step 2: the corpus, once. What every document gave is brought together.

use std::io;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::RunError;
use super::cancel::Cancel;
use super::names::Names;
use super::plan::{Plan, PlanError};
use super::survey::{Survey, SurveyedUnit};
use super::wishes::Heeded;
use crate::dedup::{self, Background, DocumentFacts, Repetitions, Repute};
use crate::language::{Language, Lexicon, rarity_of};
use crate::model::{DocId, Problem, Severity, Source, Workers};
use crate::spell::{self, CorpusWords, Judge, Speller};

/// What the second walk needs to know.
pub struct Resolution<'a> {
    /// The files, in corpus order.
    pub(super) sources: Vec<Source>,
    /// What each of them holds.
    pub(super) contents: Vec<Contents>,
    /// The first document of each batch that was surveyed, and how many it had, by source and
    /// first line.
    pub(super) batches: FxHashMap<(usize, u64), (DocId, u32)>,
    /// The content hash of each document when it was surveyed.
    pub(super) hashes: Vec<u128>,
    /// The language of each document, as far as the survey told it, where `repetitions` do not.
    languages: Vec<Option<Language>>,
    /// What each document is called.
    pub(super) names: Names,
    /// Bytes of text.
    pub(super) bytes: u64,
    /// Stretches the text was cut into.
    pub(super) sentences: u64,
    /// What repeats.
    pub(super) repetitions: Option<Repetitions>,
    /// What people decided about repetitions.
    pub(super) decided: Heeded,
    /// Who knows the words.
    pub(super) speller: Option<Speller<'a>>,
    /// What was wrong with inputs.
    pub(super) problems: Vec<Problem>,
    /// How many distinct words were counted, and how many occurrences of others.
    pub(super) distinct_words: u64,
    pub(super) words_passed_by: u64,
}

impl Resolution<'_> {
    /// The language of a document, if the survey told it.
    pub(super) fn language(&self, document: DocId) -> Option<Language> {
        match &self.repetitions {
            Some(repetitions) => repetitions.language(document),
            None => self.languages.get(document.0 as usize).copied().flatten(),
        }
    }
}

/// The documents of one source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Contents {
    pub(super) first: u32,
    pub(super) documents: u32,
    pub(super) failed: bool,
}

/// From so many sentences on, it pays to index the words of the lexicon.
const SENTENCES_THAT_PAY: u64 = 5_000;

/// Brings the survey together.
///
/// # Errors
/// When a `--prefer` pattern cannot be read, word lists cannot be unpacked, or the run is cancelled.
pub fn resolve<'a>(plan: &Plan, survey: Survey, lexicon: &'a Lexicon) -> Result<Resolution<'a>, RunError> {
    let cancel = &plan.conduct.cancel;
    cancel.check()?;
    Cancel::catch(|| resolved(plan, survey, lexicon, &Lent(cancel)))?
}

fn resolved<'a>(
    plan: &Plan,
    survey: Survey,
    lexicon: &'a Lexicon,
    workers: &dyn Workers,
) -> Result<Resolution<'a>, RunError> {
    let Survey { sources, mut units, words, mut problems } = survey;
    units.sort_by_key(|unit| unit.place);
    let failed: FxHashSet<usize> = units
        .iter()
        .flat_map(|unit| &unit.parts)
        .filter(|part| part.failed)
        .map(|part| part.source)
        .collect();
    // A unit with a failed source holds lines of that source alone, or nothing of it.
    units.retain(|unit| unit.parts.len() > 1 || unit.parts.iter().all(|part| !failed.contains(&part.source)));

    let contents = contents(sources.len(), &units, &failed);
    let (facts, idle_preferences) = facts(plan, &sources, &contents)?;
    problems.extend(idle_preferences);
    let batches = batches(&units);
    let hashes = units.iter().flat_map(|unit| unit.hashes.iter().copied()).collect();
    let languages = match plan.duplicates {
        None => units.iter().flat_map(|unit| unit.languages.iter().copied()).collect(),
        Some(_) => Vec::new(),
    };
    let lines = units.iter().flat_map(|unit| unit.lines.iter().copied()).collect();
    let ids = units.iter_mut().flat_map(|unit| std::mem::take(&mut unit.ids)).collect();
    let (names, repeated_ids) = Names::new(&plan.input, &sources, &contents, lines, ids);
    problems.extend(repeated_ids);
    let decided = Heeded::new(&mut units, &names);
    let bytes = units.iter().map(|unit| unit.bytes).sum();
    let sentences = units.iter().map(|unit| unit.sentences).sum();
    let fingerprints = units.into_iter().flat_map(|unit| unit.fingerprints).collect();
    let background = Background {
        repute: &|word| repute(lexicon, word),
        meanings: &|word, each| {
            if let Some(misspelling) = lexicon.misspelling(word) {
                misspelling.corrections().for_each(each);
            }
        },
        rarity: &|word| rarity_of(lexicon.entry(word).rank()),
    };
    let (distinct_words, words_passed_by) = (words.distinct() as u64, words.passed_by());
    if sentences >= SENTENCES_THAT_PAY {
        lexicon.index();
    }
    let (repetitions, speller) = rayon::join(
        || {
            let settings = plan.duplicates.as_ref()?;
            Some(dedup::resolve_heeding(
                fingerprints,
                &facts,
                &decided.wishes,
                settings,
                &background,
                workers,
            ))
        },
        || {
            let settings = plan.typos.as_ref()?;
            Some(speller(lexicon, words, settings, workers))
        },
    );
    let speller = speller.transpose().map_err(RunError::Lexicon)?;
    Ok(Resolution {
        sources,
        contents,
        batches,
        hashes,
        languages,
        names,
        bytes,
        sentences,
        repetitions,
        decided,
        speller,
        problems,
        distinct_words,
        words_passed_by,
    })
}

/// Distinct words that one thread judges at a time: enough that handing out does not show.
const WORDS_A_SHARE: usize = 1024;

/// Judges the distinct words of the corpus, in parallel.
fn speller<'a>(
    lexicon: &'a Lexicon,
    words: CorpusWords,
    settings: &spell::Settings,
    workers: &dyn Workers,
) -> io::Result<Speller<'a>> {
    let judge = Judge::new(lexicon, &words, settings)?;
    let judgements = workers.map_ranges(judge.len(), WORDS_A_SHARE, |share| judge.judge(share));
    Ok(Speller::of(lexicon, judgements, settings))
}

/// The threads of the pool that this is called in, lent to rooms until the run is cancelled.
struct Lent<'a>(&'a Cancel);

impl Workers for Lent<'_> {
    fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..shares).into_par_iter().for_each(|share| {
            self.0.leave_if_cancelled();
            work(share);
        });
    }
}

/// Numbers the documents: a document's id is its place in the sorted corpus.
fn contents(sources: usize, units: &[SurveyedUnit], failed: &FxHashSet<usize>) -> Vec<Contents> {
    let mut contents = vec![Contents::default(); sources];
    for part in units.iter().flat_map(|unit| &unit.parts) {
        contents[part.source].documents += part.documents;
    }
    let mut first = 0;
    for (index, contents) in contents.iter_mut().enumerate() {
        contents.first = first;
        contents.failed = failed.contains(&index);
        first += contents.documents;
    }
    contents
}

/// Which documents each batch holds.
fn batches(units: &[SurveyedUnit]) -> FxHashMap<(usize, u64), (DocId, u32)> {
    let mut next = 0;
    let mut batches = FxHashMap::default();
    for part in units.iter().flat_map(|unit| &unit.parts) {
        batches.insert((part.source, part.first_line), (DocId(next), part.documents));
        next += part.documents;
    }
    batches
}

/// What the lexicon's lists come to. `the company's` is as well known as `the company`.
fn repute(lexicon: &Lexicon, word: &str) -> Repute {
    let entry = match (lexicon.entry(word), word.strip_suffix("'s")) {
        (entry, Some(owner)) if !entry.is_listed() => lexicon.entry(owner),
        (entry, _) => entry,
    };
    match entry {
        entry if !entry.is_listed() => Repute::Unknown,
        entry if entry.is_core() && !entry.is_name() => Repute::Common,
        entry if entry.is_core() || entry.is_rare() && !entry.is_obscure() => Repute::Known,
        _ => Repute::Obscure,
    }
}

/// What is known of each document besides its text, and the `--prefer` patterns for which none is preferred.
fn facts(
    plan: &Plan,
    sources: &[Source],
    contents: &[Contents],
) -> Result<(Vec<DocumentFacts>, Vec<Problem>), PlanError> {
    let preferences = plan.preferences()?;
    let mut facts = Vec::new();
    let mut prefers_some = vec![false; plan.prefer.len()];
    for (source, contents) in sources.iter().zip(contents) {
        let rank = preferences.rank(&source.relative);
        if let Some(prefers_some) = prefers_some.get_mut(rank) {
            *prefers_some = true;
        }
        facts.extend((0..contents.documents).map(|_| DocumentFacts { preference: rank as u32 }));
    }
    let idle = plan.prefer.iter().zip(prefers_some).filter(|(_, prefers_some)| !prefers_some);
    let noted = |(pattern, _): (&String, _)| Problem {
        name: format!("--prefer {pattern}"),
        line: None,
        severity: Severity::Noted,
        message: "no file matches this that an earlier one does not match".to_owned(),
    };
    Ok((facts, idle.map(noted).collect()))
}
