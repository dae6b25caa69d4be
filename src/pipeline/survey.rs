//! Step 1: every document, once, in parallel. What resolve needs is noted; the text is let go.

use std::ops::Range;

use rayon::ThreadPool;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::guarded::guarded;
use super::hands::Hands;
use super::memory::{Memory, Seen, is_one_document};
use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::plan::Plan;
use super::remember::Remembering;
use super::units::{Unit, Units};
use super::wishes::{self, Decided};
use super::{RunError, names};
use crate::dedup::{Fingerprinter, Fingerprints};
use crate::input::{self, Batch, Discovery, Reader};
use crate::language::Language;
use crate::model::{Document, Format, OneByOne, Problem, Severity, Source, Workers};
use crate::segment::{self, Segmentation};
use crate::spell::{CorpusWords, RecalledCounts, WordCounter, WordCounts};
use crate::state::{Stamp, StateError};

/// What the first walk learned of the corpus.
pub struct Survey {
    /// The files, in corpus order.
    pub sources: Vec<Source>,
    /// What each piece of the corpus gave. The order does not matter: [`SurveyedUnit::place`] does.
    pub units: Vec<SurveyedUnit>,
    /// The words of all of it.
    pub words: CorpusWords,
    /// What was wrong with inputs, in corpus order after those of the listing.
    pub problems: Vec<Problem>,
}

/// What one piece of the corpus gave.
pub struct SurveyedUnit {
    /// The how-manieth piece this is.
    pub place: usize,
    /// How many documents each of its sources gave, in order.
    pub(super) parts: Vec<Part>,
    /// The content hash of each document, in order.
    pub(super) hashes: Vec<u128>,
    /// The line of its file each document begins on.
    pub(super) lines: Vec<u64>,
    /// The language of each document, as far as it is known, for runs without fingerprints, which tell it.
    pub(super) languages: Vec<Option<Language>>,
    /// What an id field calls each document; empty without one.
    pub(super) ids: Vec<String>,
    pub(super) fingerprints: Vec<Fingerprints>,
    pub(super) words: Vec<WordCounts>,
    /// The words of what was recalled; a unit has either these or others.
    pub(super) recalled: RecalledCounts,
    /// Bytes of text.
    pub(super) bytes: u64,
    pub(super) sentences: u64,
    /// Repetitions that somebody may have decided about.
    pub(super) decided: Vec<Decided>,
    pub(super) problems: Vec<Problem>,
    /// Bytes on disk that were walked over.
    pub(super) walked: u64,
    pub(super) lines_read: LinesRead,
    /// Which of all this each source gave, if it is to be remembered.
    pub(super) shares: Vec<Share>,
}

/// Lines of JSONL files, and how many of them had no text.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct LinesRead {
    all: u64,
    without_text: u64,
}

impl LinesRead {
    pub(super) fn add(&mut self, more: LinesRead) {
        self.all += more.all;
        self.without_text += more.without_text;
    }

    fn since(self, before: LinesRead) -> LinesRead {
        LinesRead { all: self.all - before.all, without_text: self.without_text - before.without_text }
    }
}

/// What one source, or one batch of a source, gave to its unit.
pub(super) struct Share {
    pub(super) source: usize,
    pub(super) stamp: Option<Stamp>,
    /// XXH3-128 of its bytes after unpacking, for a source that is one document.
    pub(super) hash: Option<u128>,
    pub(super) documents: Range<usize>,
    pub(super) decided: Range<usize>,
    pub(super) problems: Range<usize>,
    pub(super) bytes: u64,
    pub(super) sentences: u64,
    pub(super) lines_read: LinesRead,
    pub(super) words: Option<WordCounts>,
    /// All of it as it was written down, when it still can be read so: facts, fingerprints and words.
    pub(super) blocks: Option<[Vec<u8>; 3]>,
}

impl Share {
    /// A share that begins at the end of `unit`.
    pub(super) fn new(source: usize, stamp: Option<Stamp>, hash: Option<u128>, unit: &SurveyedUnit) -> Share {
        let (documents, decided) = (unit.hashes.len(), unit.decided.len());
        Share {
            source,
            stamp,
            hash,
            documents: documents..documents,
            decided: decided..decided,
            problems: unit.problems.len()..unit.problems.len(),
            bytes: unit.bytes,
            sentences: unit.sentences,
            lines_read: unit.lines_read,
            words: None,
            blocks: None,
        }
    }

    /// Ends the share where `unit` ends now.
    pub(super) fn close(&mut self, unit: &SurveyedUnit) {
        self.documents.end = unit.hashes.len();
        self.decided.end = unit.decided.len();
        self.problems.end = unit.problems.len();
        self.bytes = unit.bytes - self.bytes;
        self.sentences = unit.sentences - self.sentences;
        self.lines_read = unit.lines_read.since(self.lines_read);
    }

    /// The same in a unit that holds `before` already.
    fn after(mut self, before: &SurveyedUnit) -> Share {
        let shift = |range: &mut Range<usize>, by: usize| *range = range.start + by..range.end + by;
        shift(&mut self.documents, before.hashes.len());
        shift(&mut self.decided, before.decided.len());
        shift(&mut self.problems, before.problems.len());
        self
    }
}

/// After so many lines it must be clear whether the text field is named rightly.
const TRIAL_LINES: u64 = 1000;

/// One source's share of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) source: usize,
    /// Line feeds before it in the source: tells batches of one source apart.
    pub(super) first_line: u64,
    pub(super) documents: u32,
    /// The source could not be read to its end: nothing of it counts.
    pub(super) failed: bool,
}

/// Walks over every source that was discovered.
///
/// # Errors
/// When the run is cancelled, or most lines of JSONL files have no text where it was looked for.
pub fn survey(
    plan: &Plan,
    discovery: Discovery,
    pool: &ThreadPool,
    observer: &dyn Observer,
) -> Result<Survey, RunError> {
    survey_remembering(plan, discovery, pool, observer, &Memory::default(), &[], None)
}

/// The same, recalling what is known, and writing down what was learned if there is a place for it.
pub(super) fn survey_remembering(
    plan: &Plan,
    discovery: Discovery,
    pool: &ThreadPool,
    observer: &dyn Observer,
    memory: &Memory,
    seen: &[Seen],
    mut remembering: Option<&mut Remembering>,
) -> Result<Survey, RunError> {
    let Discovery { sources, problems } = discovery;
    observer.begin(Step::Survey, sources.iter().map(|source| source.size).sum());
    for problem in &problems {
        observer.problem(problem);
    }
    let mut survey =
        Survey { sources: Vec::new(), units: Vec::new(), words: CorpusWords::default(), problems };
    let mut words = Words::default();
    let everything = |_| true;
    let is_known = |index: usize| seen.get(index).is_some_and(|seen: &Seen| seen.is_fresh);
    let units = Units::new(&sources, &everything, &is_known, &plan.input).enumerate();
    let hands = Hands::beside(pool);
    let walk = Walk { plan, sources: &sources, memory, seen, hands: &hands };
    let work = |(place, unit)| walk.unit(place, unit);
    let mut trial = Trial::default();
    let consume = |unit: Result<SurveyedUnit, StateError>| {
        let mut unit = unit?;
        trial.unit(plan, &unit)?;
        for problem in &unit.problems {
            observer.problem(problem);
        }
        if let Some(remembering) = remembering.as_deref_mut() {
            remembering.surveyed(&sources, &unit)?;
            unit.shares = Vec::new();
        }
        survey.problems.append(&mut unit.problems);
        words.unit(&mut unit, memory);
        observer.advance(unit.walked, unit.hashes.len() as u64);
        survey.units.push(unit);
        Ok::<(), RunError>(())
    };
    for_each_in_order(pool, &plan.conduct.cancel, units, work, consume)?;
    trial.end(plan)?;
    survey.sources = sources;
    survey.words = words.finish();
    observer.end(Step::Survey);
    Ok(survey)
}

/// Finds out whether the text field is named rightly, before hours are spent on the wrong one.
#[derive(Default)]
struct Trial {
    lines: LinesRead,
    documents: u64,
    /// What the first line without text has instead.
    example: Option<Problem>,
}

impl Trial {
    fn unit(&mut self, plan: &Plan, unit: &SurveyedUnit) -> Result<(), RunError> {
        let before = self.lines.all;
        self.lines.all += unit.lines_read.all;
        self.lines.without_text += unit.lines_read.without_text;
        self.documents += unit.hashes.len() as u64;
        if self.example.is_none() && unit.lines_read.without_text > 0 {
            self.example = unit.problems.iter().find(|problem| problem.severity == Severity::Noted).cloned();
        }
        let is_due = before < TRIAL_LINES && self.lines.all >= TRIAL_LINES;
        if is_due && self.lines.without_text * 2 > self.lines.all { Err(self.failure(plan)) } else { Ok(()) }
    }

    /// A short corpus is judged at its end: only when there is nothing else in it, as a few lines of
    /// another kind beside a thousand texts are no reason to stop.
    fn end(&self, plan: &Plan) -> Result<(), RunError> {
        let nothing_else = self.documents == 0 && self.lines.all > 0;
        if nothing_else && self.lines.without_text == self.lines.all {
            Err(self.failure(plan))
        } else {
            Ok(())
        }
    }

    fn failure(&self, plan: &Plan) -> RunError {
        RunError::TextField {
            field: plan.input.text_field.clone(),
            without: self.lines.without_text,
            lines: self.lines.all,
            example: self.example.as_ref().map(Problem::to_string).unwrap_or_default(),
        }
    }
}

/// Adds the words up as they come, so that no more than the distinct ones is held. Those of a
/// JSONL file count only when it was read to its end.
#[derive(Default)]
struct Words {
    corpus: CorpusWords,
    /// Where the words that counts of the past number are among those of the corpus.
    recalled: Vec<u32>,
    /// A JSONL file that has not ended, and its words.
    open: Option<(usize, CorpusWords)>,
}

impl Words {
    /// Takes the words of the next unit.
    fn unit(&mut self, unit: &mut SurveyedUnit, memory: &Memory) {
        let mut recalled = std::mem::take(&mut unit.recalled);
        if !recalled.is_empty() {
            self.close();
            if unit.parts.len() == 1 {
                recalled.keep_what_has_room();
            }
            return self.corpus.absorb_recalled(&recalled, memory.spellings(), &mut self.recalled);
        }
        let words = std::mem::take(&mut unit.words);
        let [Part { source, failed, .. }] = unit.parts[..] else {
            self.close();
            return words.into_iter().for_each(|words| self.corpus.absorb(words));
        };
        if self.open.as_ref().is_none_or(|(open, _)| *open != source) {
            self.close();
            self.open = Some((source, CorpusWords::default()));
        }
        match &mut self.open {
            _ if failed => self.open = None,
            Some((_, open)) => words.into_iter().for_each(|words| open.absorb(words)),
            None => {}
        }
    }

    fn close(&mut self) {
        if let Some((_, words)) = self.open.take() {
            self.corpus.absorb(words.into_counts());
        }
    }

    fn finish(mut self) -> CorpusWords {
        self.close();
        self.corpus
    }
}

/// What the threads of the walk share.
#[derive(Clone, Copy)]
struct Walk<'a> {
    plan: &'a Plan,
    sources: &'a [Source],
    memory: &'a Memory,
    /// What was seen of all sources; empty when nothing is to be remembered.
    seen: &'a [Seen],
    /// Who helps with a large document.
    hands: &'a Hands,
}

impl Walk<'_> {
    fn unit(&self, place: usize, unit: Unit) -> Result<SurveyedUnit, StateError> {
        Ok(match unit {
            Unit::Known(range) => return self.memory.recall(place, range, self.sources, self.seen),
            Unit::Files(range) => self.files(place, range),
            Unit::Lines { source, batch, mismatch, walked, .. } => {
                let lines = || {
                    let mut surveyor = Surveyor::new(self, place);
                    surveyor.unit.problems.extend(mismatch);
                    surveyor.unit.walked += walked;
                    surveyor.batch(source, &self.sources[source], &batch);
                    surveyor.finish()
                };
                guarded(&self.sources[source], lines).unwrap_or_else(|fault| broken(place, source, fault))
            }
            Unit::Broken { source, problem } => broken(place, source, problem),
        })
    }

    /// Files are surveyed together; should one bring the program down, one by one, so that only that
    /// one is left out.
    fn files(&self, place: usize, range: Range<usize>) -> SurveyedUnit {
        let together = |range: Range<usize>| {
            let mut surveyor = Surveyor::new(self, place);
            range.for_each(|index| surveyor.file(index, &self.sources[index]));
            surveyor.finish()
        };
        guarded(&self.sources[range.start], || together(range.clone())).unwrap_or_else(|_| {
            let mut unit = SurveyedUnit::new(place);
            for index in range {
                let alone = guarded(&self.sources[index], || together(index..index + 1));
                unit.append(alone.unwrap_or_else(|fault| broken(place, index, fault)));
            }
            unit
        })
    }
}

/// A source that cannot be read to its end.
fn broken(place: usize, source: usize, problem: Problem) -> SurveyedUnit {
    let mut unit = SurveyedUnit::new(place);
    unit.broken(source, problem);
    unit
}

impl SurveyedUnit {
    pub(super) fn new(place: usize) -> Self {
        SurveyedUnit {
            place,
            parts: Vec::new(),
            hashes: Vec::new(),
            lines: Vec::new(),
            languages: Vec::new(),
            ids: Vec::new(),
            fingerprints: Vec::new(),
            words: Vec::new(),
            recalled: RecalledCounts::default(),
            bytes: 0,
            sentences: 0,
            decided: Vec::new(),
            problems: Vec::new(),
            walked: 0,
            lines_read: LinesRead::default(),
            shares: Vec::new(),
        }
    }

    fn broken(&mut self, source: usize, problem: Problem) {
        self.problems.push(problem);
        self.parts.push(Part { source, first_line: 0, documents: 0, failed: true });
    }

    /// Adds what comes next in the corpus.
    fn append(&mut self, mut next: SurveyedUnit) {
        let shares = std::mem::take(&mut next.shares);
        let shares: Vec<Share> = shares.into_iter().map(|share| share.after(self)).collect();
        self.shares.extend(shares);
        let before = self.hashes.len();
        self.decided.extend(next.decided.into_iter().map(|decided| decided.after(before)));
        self.parts.append(&mut next.parts);
        self.hashes.append(&mut next.hashes);
        self.lines.append(&mut next.lines);
        self.languages.append(&mut next.languages);
        self.ids.append(&mut next.ids);
        self.fingerprints.append(&mut next.fingerprints);
        self.words.append(&mut next.words);
        self.bytes += next.bytes;
        self.sentences += next.sentences;
        self.problems.append(&mut next.problems);
        self.walked += next.walked;
        self.lines_read.add(next.lines_read);
    }
}

/// Bytes of a document from which on it is no work for one alone.
const LARGE: usize = 1 << 20;

struct Surveyor<'a> {
    walk: &'a Walk<'a>,
    unit: SurveyedUnit,
    fingerprinter: Option<Fingerprinter>,
    counter: Option<WordCounter>,
    /// The words of the sources that were counted by themselves, to be remembered.
    words: CorpusWords,
}

impl<'a> Surveyor<'a> {
    fn new(walk: &'a Walk<'a>, place: usize) -> Self {
        let plan = walk.plan;
        Surveyor {
            walk,
            words: CorpusWords::default(),
            unit: SurveyedUnit::new(place),
            fingerprinter: plan.duplicates.as_ref().map(|_| Fingerprinter::new()),
            counter: plan.typos.as_ref().map(|_| WordCounter::new()),
        }
    }

    fn file(&mut self, index: usize, source: &Source) {
        self.unit.walked += source.size;
        let mut reader = match Reader::open(source, &self.walk.plan.input) {
            Ok(reader) => reader,
            Err(problem) => return self.unit.broken(index, problem),
        };
        self.unit.problems.extend(reader.mismatch().cloned());
        match reader.next_batch() {
            Ok(Some(batch)) => self.batch(index, source, &batch),
            Ok(None) => {}
            Err(problem) => self.unit.broken(index, problem),
        }
    }

    fn batch(&mut self, index: usize, source: &Source, batch: &Batch) {
        let Some(seen) = self.walk.seen.get(index) else { return self.documents(index, source, batch) };
        let hash = is_one_document(source).then(|| xxh3_128(&batch.raw));
        let mut share = Share::new(index, seen.stamp, hash, &self.unit);
        self.counter = self.counter.take().map(|_| WordCounter::noting());
        self.documents(index, source, batch);
        share.close(&self.unit);
        if let Some(counter) = &mut self.counter {
            let counts = std::mem::take(counter).finish();
            self.words.absorb(counts.clone());
            share.words = Some(counts);
        }
        self.unit.shares.push(share);
    }

    fn documents(&mut self, index: usize, source: &Source, batch: &Batch) {
        let parsed = input::documents(source, batch, &self.walk.plan.input);
        self.unit.problems.extend(parsed.problems);
        if source.format == Format::JsonLines {
            self.unit.lines_read.all += parsed.records;
            self.unit.lines_read.without_text += parsed.without_text;
        }
        for (document, &line) in parsed.documents.iter().zip(&parsed.lines) {
            self.document(source, document, line);
        }
        self.unit.lines.extend(parsed.lines);
        let documents = parsed.documents.len() as u32;
        if self.walk.plan.input.id_field.is_some() {
            self.unit.ids.extend(parsed.documents.into_iter().map(|document| document.name));
        }
        self.unit.parts.push(Part { source: index, first_line: batch.first_line, documents, failed: false });
    }

    fn document(&mut self, source: &Source, document: &Document, line: u64) {
        let text = document.text.as_str();
        let segmentation = segment::segment(text, document.markup);
        let Segmentation { ref sentences, ref protected, language } = segmentation;
        let print = || match &mut self.fingerprinter {
            Some(prints) => prints.document(text, sentences, document.markup, language),
            None => self.unit.languages.push(language),
        };
        let count = || {
            if let Some(counter) = &mut self.counter {
                counter.document(text, sentences, protected, language);
            }
        };
        let workers: &dyn Workers = if text.len() < LARGE { &OneByOne } else { self.walk.hands };
        workers.both(print, count);
        if self.walk.plan.duplicates.is_some() && self.walk.plan.decisions.may_touch_repetitions() {
            let place = self.unit.hashes.len();
            let names = names::possible(&self.walk.plan.input, source, document, line);
            wishes::decided(
                &self.walk.plan.decisions,
                &names,
                document,
                place,
                &segmentation,
                &mut self.unit.decided,
            );
        }
        self.unit.hashes.push(document.content_hash);
        self.unit.bytes += text.len() as u64;
        self.unit.sentences += segmentation.sentences.len() as u64;
    }

    fn finish(mut self) -> SurveyedUnit {
        self.unit.fingerprints.extend(self.fingerprinter.map(Fingerprinter::finish));
        let words = match self.walk.seen {
            [] => self.counter.map(WordCounter::finish),
            _ => self.counter.map(|_| self.words.into_counts()),
        };
        self.unit.words.extend(words);
        self.unit
    }
}
