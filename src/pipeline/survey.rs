//! Step 1: every document, once, in parallel. What resolve needs is noted; the text is let go.

use rayon::ThreadPool;

use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::plan::Plan;
use super::units::{Unit, Units};
use crate::dedup::{Fingerprinter, Fingerprints};
use crate::input::{self, Batch, Discovery, Reader};
use crate::language;
use crate::model::{Document, Problem, Source};
use crate::segment;
use crate::spell::{WordCounter, WordCounts};

/// What the first walk learned of the corpus.
pub struct Survey {
    /// The files, in corpus order.
    pub sources: Vec<Source>,
    /// What each piece of the corpus gave. The order does not matter: [`SurveyedUnit::place`] does.
    pub units: Vec<SurveyedUnit>,
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
    pub(super) fingerprints: Option<Fingerprints>,
    pub(super) words: Option<WordCounts>,
    /// Bytes of text.
    pub(super) bytes: u64,
    pub(super) sentences: u64,
    problems: Vec<Problem>,
    /// Bytes on disk that were walked over.
    walked: u64,
}

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
pub fn survey(plan: &Plan, discovery: Discovery, pool: &ThreadPool, observer: &dyn Observer) -> Survey {
    let Discovery { sources, problems } = discovery;
    observer.begin(Step::Survey, sources.iter().map(|source| source.size).sum());
    for problem in &problems {
        observer.problem(problem);
    }
    let mut survey = Survey { sources: Vec::new(), units: Vec::new(), problems };
    let everything = |_| true;
    let units = Units::new(&sources, &everything, &plan.input).enumerate();
    let work = |(place, unit)| survey_unit(plan, &sources, place, unit);
    let consume = |mut unit: SurveyedUnit| {
        for problem in &unit.problems {
            observer.problem(problem);
        }
        survey.problems.append(&mut unit.problems);
        observer.advance(unit.walked, unit.hashes.len() as u64);
        survey.units.push(unit);
        Ok::<(), std::convert::Infallible>(())
    };
    match for_each_in_order(pool, units, work, consume) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    survey.sources = sources;
    observer.end(Step::Survey);
    survey
}

fn survey_unit(plan: &Plan, sources: &[Source], place: usize, unit: Unit) -> SurveyedUnit {
    let mut surveyor = Surveyor::new(plan, place);
    match unit {
        Unit::Files(range) => {
            for index in range {
                surveyor.file(index, &sources[index]);
            }
        }
        Unit::Lines { source, batch, mismatch, .. } => {
            surveyor.unit.problems.extend(mismatch);
            surveyor.unit.walked += batch.raw.len() as u64;
            surveyor.batch(source, &sources[source], &batch);
        }
        Unit::Broken { source, problem } => surveyor.broken(source, problem),
    }
    surveyor.finish()
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
            unit: SurveyedUnit {
                place,
                parts: Vec::new(),
                hashes: Vec::new(),
                lines: Vec::new(),
                ids: Vec::new(),
                fingerprints: None,
                words: None,
                bytes: 0,
                sentences: 0,
                problems: Vec::new(),
                walked: 0,
            },
            fingerprinter: plan.duplicates.as_ref().map(Fingerprinter::new),
            counter: plan.typos.as_ref().map(|_| WordCounter::new()),
        }
    }

    fn file(&mut self, index: usize, source: &Source) {
        self.unit.walked += source.size;
        let mut reader = match Reader::open(source, &self.plan.input) {
            Ok(reader) => reader,
            Err(problem) => return self.broken(index, problem),
        };
        self.unit.problems.extend(reader.mismatch().cloned());
        match reader.next_batch() {
            Ok(Some(batch)) => self.batch(index, source, &batch),
            Ok(None) => {}
            Err(problem) => self.broken(index, problem),
        }
    }

    fn broken(&mut self, source: usize, problem: Problem) {
        self.unit.problems.push(problem);
        self.unit.parts.push(Part { source, first_line: 0, documents: 0, failed: true });
    }

    fn batch(&mut self, index: usize, source: &Source, batch: &Batch) {
        let parsed = input::documents(source, batch, &self.plan.input);
        self.unit.problems.extend(parsed.problems);
        for document in &parsed.documents {
            self.document(document);
        }
        self.unit.lines.extend(parsed.lines);
        let documents = parsed.documents.len() as u32;
        if self.plan.input.id_field.is_some() {
            self.unit.ids.extend(parsed.documents.into_iter().map(|document| document.name));
        }
        self.unit.parts.push(Part { source: index, first_line: batch.first_line, documents, failed: false });
    }

    fn document(&mut self, document: &Document) {
        let text = document.text.as_str();
        let language = language::identify(text);
        let segmentation = segment::segment(text, document.markup);
        if let Some(fingerprinter) = &mut self.fingerprinter {
            fingerprinter.document(text, &segmentation.sentences, language);
        }
        if let Some(counter) = &mut self.counter {
            counter.document(text, &segmentation.sentences, &segmentation.protected, language);
        }
        self.unit.hashes.push(document.content_hash);
        self.unit.bytes += text.len() as u64;
        self.unit.sentences += segmentation.sentences.len() as u64;
    }

    fn finish(mut self) -> SurveyedUnit {
        self.unit.fingerprints = self.fingerprinter.map(Fingerprinter::finish);
        self.unit.words = self.counter.map(WordCounter::finish);
        self.unit
    }
}
