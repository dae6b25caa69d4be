//! Step 1: every document, once, in parallel. What resolve needs is noted; the text is let go.

use std::ops::Range;

use rayon::ThreadPool;

use super::RunError;
use super::guarded::guarded;
use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::plan::Plan;
use super::units::{Unit, Units};
use super::wishes::{self, Decided};
use crate::dedup::{Fingerprinter, Fingerprints};
use crate::input::{self, Batch, Discovery, Reader};
use crate::model::{Document, Format, Problem, Severity, Source};
use crate::segment;
use crate::spell::{CorpusWords, WordCounter, WordCounts};

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
    /// What an id field calls each document; empty without one.
    pub(super) ids: Vec<String>,
    pub(super) fingerprints: Vec<Fingerprints>,
    words: Vec<WordCounts>,
    /// Bytes of text.
    pub(super) bytes: u64,
    pub(super) sentences: u64,
    /// Repetitions that somebody may have decided about.
    pub(super) decided: Vec<Decided>,
    problems: Vec<Problem>,
    /// Bytes on disk that were walked over.
    walked: u64,
    lines_read: LinesRead,
}

/// Lines of JSONL files, and how many of them had no text.
#[derive(Clone, Copy, Debug, Default)]
struct LinesRead {
    all: u64,
    without_text: u64,
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
    let Discovery { sources, problems } = discovery;
    observer.begin(Step::Survey, sources.iter().map(|source| source.size).sum());
    for problem in &problems {
        observer.problem(problem);
    }
    let mut survey =
        Survey { sources: Vec::new(), units: Vec::new(), words: CorpusWords::default(), problems };
    let mut words = Words::default();
    let everything = |_| true;
    let units = Units::new(&sources, &everything, &plan.input).enumerate();
    let work = |(place, unit)| survey_unit(plan, &sources, place, unit);
    let mut trial = Trial::default();
    let consume = |mut unit: SurveyedUnit| {
        trial.unit(plan, &unit)?;
        for problem in &unit.problems {
            observer.problem(problem);
        }
        survey.problems.append(&mut unit.problems);
        words.unit(&mut unit);
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
    /// A JSONL file that has not ended, and its words.
    open: Option<(usize, CorpusWords)>,
}

impl Words {
    /// Takes the words of the next unit.
    fn unit(&mut self, unit: &mut SurveyedUnit) {
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

fn survey_unit(plan: &Plan, sources: &[Source], place: usize, unit: Unit) -> SurveyedUnit {
    match unit {
        Unit::Files(range) => survey_files(plan, sources, place, range),
        Unit::Lines { source, batch, mismatch, walked, .. } => {
            let lines = || {
                let mut surveyor = Surveyor::new(plan, place);
                surveyor.unit.problems.extend(mismatch);
                surveyor.unit.walked += walked;
                surveyor.batch(source, &sources[source], &batch);
                surveyor.finish()
            };
            guarded(&sources[source], lines).unwrap_or_else(|fault| broken(place, source, fault))
        }
        Unit::Broken { source, problem } => broken(place, source, problem),
    }
}

/// Files are surveyed together; should one bring the program down, one by one, so that only that
/// one is left out.
fn survey_files(plan: &Plan, sources: &[Source], place: usize, range: Range<usize>) -> SurveyedUnit {
    let together = |range: Range<usize>| {
        let mut surveyor = Surveyor::new(plan, place);
        range.for_each(|index| surveyor.file(index, &sources[index]));
        surveyor.finish()
    };
    guarded(&sources[range.start], || together(range.clone())).unwrap_or_else(|_| {
        let mut unit = SurveyedUnit::new(place);
        for index in range {
            let alone = guarded(&sources[index], || together(index..index + 1));
            unit.append(alone.unwrap_or_else(|fault| broken(place, index, fault)));
        }
        unit
    })
}

/// A source that cannot be read to its end.
fn broken(place: usize, source: usize, problem: Problem) -> SurveyedUnit {
    let mut unit = SurveyedUnit::new(place);
    unit.broken(source, problem);
    unit
}

impl SurveyedUnit {
    fn new(place: usize) -> Self {
        SurveyedUnit {
            place,
            parts: Vec::new(),
            hashes: Vec::new(),
            lines: Vec::new(),
            ids: Vec::new(),
            fingerprints: Vec::new(),
            words: Vec::new(),
            bytes: 0,
            sentences: 0,
            decided: Vec::new(),
            problems: Vec::new(),
            walked: 0,
            lines_read: LinesRead::default(),
        }
    }

    fn broken(&mut self, source: usize, problem: Problem) {
        self.problems.push(problem);
        self.parts.push(Part { source, first_line: 0, documents: 0, failed: true });
    }

    /// Adds what comes next in the corpus.
    fn append(&mut self, mut next: SurveyedUnit) {
        let before = self.hashes.len();
        self.decided.extend(next.decided.into_iter().map(|decided| decided.after(before)));
        self.parts.append(&mut next.parts);
        self.hashes.append(&mut next.hashes);
        self.lines.append(&mut next.lines);
        self.ids.append(&mut next.ids);
        self.fingerprints.append(&mut next.fingerprints);
        self.words.append(&mut next.words);
        self.bytes += next.bytes;
        self.sentences += next.sentences;
        self.problems.append(&mut next.problems);
        self.walked += next.walked;
        self.lines_read.all += next.lines_read.all;
        self.lines_read.without_text += next.lines_read.without_text;
    }
}

struct Surveyor<'a> {
    plan: &'a Plan,
    unit: SurveyedUnit,
    fingerprinter: Option<Fingerprinter>,
    counter: Option<WordCounter>,
}

impl<'a> Surveyor<'a> {
    fn new(plan: &'a Plan, place: usize) -> Self {
        Surveyor {
            plan,
            unit: SurveyedUnit::new(place),
            fingerprinter: plan.duplicates.as_ref().map(Fingerprinter::new),
            counter: plan.typos.as_ref().map(|_| WordCounter::new()),
        }
    }

    fn file(&mut self, index: usize, source: &Source) {
        self.unit.walked += source.size;
        let mut reader = match Reader::open(source, &self.plan.input) {
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
        let parsed = input::documents(source, batch, &self.plan.input);
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
        if self.plan.input.id_field.is_some() {
            self.unit.ids.extend(parsed.documents.into_iter().map(|document| document.name));
        }
        self.unit.parts.push(Part { source: index, first_line: batch.first_line, documents, failed: false });
    }

    fn document(&mut self, source: &Source, document: &Document, line: u64) {
        let text = document.text.as_str();
        let segmentation = segment::segment(text, document.markup);
        let language = segmentation.language;
        if let Some(fingerprinter) = &mut self.fingerprinter {
            fingerprinter.document(text, &segmentation.sentences, document.markup, language);
        }
        if let Some(counter) = &mut self.counter {
            counter.document(text, &segmentation.sentences, &segmentation.protected, language);
        }
        if self.plan.duplicates.is_some() && self.plan.decisions.may_touch_repetitions() {
            let place = self.unit.hashes.len();
            let names = wishes::names(source, document, line);
            wishes::decided(
                &self.plan.decisions,
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
        self.unit.words.extend(self.counter.map(WordCounter::finish));
        self.unit
    }
}
