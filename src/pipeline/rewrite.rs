//! Step 3: every document again, in parallel. Findings become decisions, edits and rows, and the
//! cleaned copies are written.

use std::collections::{BTreeMap, BTreeSet};

use rayon::ThreadPool;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::RunError;
use super::hands::Hands;
use super::memory::{Memory, Seen};
use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::piece::Piece;
use super::plan::Plan;
use super::remember::Remembering;
use super::resolve::Resolution;
use super::reuse::Reuse;
use super::spool::Spool;
use super::units::Units;
use super::worker::Worker;
use super::writer::Writer;
use crate::model::{DocId, Problem, Severity, Span};
use crate::output::RunFolder;

/// How often the walk may start again because kept copies changed under it.
const ATTEMPTS: usize = 3;

/// What the second walk made.
pub(super) struct Rewritten {
    /// The rows, in corpus order, on disk.
    pub(super) spool: Spool,
    /// The texts that rows quote as kept copies.
    pub(super) keepers: Keepers,
    /// The ledger, to be put in its place when the texts are in theirs.
    pub(super) ledger: Option<crate::output::SealedFile>,
    /// The sources of which a copy stands in `text/`.
    pub(super) written: Vec<usize>,
    /// What was noticed only now.
    pub(super) problems: Vec<Problem>,
    /// What was counted.
    pub(super) tally: Tally,
}

/// Texts of kept copies, by document and start.
#[derive(Debug, Default)]
pub(super) struct Keepers {
    texts: FxHashMap<(DocId, usize), String>,
}

impl Keepers {
    /// Remembers a text.
    pub(super) fn insert(&mut self, document: DocId, start: usize, text: String) {
        self.texts.insert((document, start), text);
    }

    /// The text of the kept copy.
    pub(super) fn get(&self, document: DocId, span: Span) -> Option<&str> {
        self.texts.get(&(document, span.start)).map(String::as_str)
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    pub(super) bytes_removed: u64,
    pub(super) documents_changed: u64,
    pub(super) documents_left_out: u64,
}

impl Tally {
    /// Adds another count.
    pub(super) fn add(&mut self, other: Tally) {
        self.bytes_removed += other.bytes_removed;
        self.documents_changed += other.documents_changed;
        self.documents_left_out += other.documents_left_out;
    }
}

/// What must not be relied on, because it changed since the survey.
#[derive(Debug, Default)]
pub(super) struct Distrust {
    /// Nothing is removed because of these documents.
    pub(super) documents: FxHashSet<DocId>,
    /// These files broke off, and why: they are left out.
    pub(super) sources: BTreeMap<usize, Problem>,
}

/// What is known from the run before, and where it is written down for the next.
pub(super) struct Past<'a> {
    pub(super) memory: &'a Memory,
    /// What was seen of each source before it was read; empty when nothing is remembered.
    pub(super) seen: &'a [Seen],
    pub(super) remembering: Option<&'a mut Remembering>,
}

/// Walks over every document that was surveyed, and writes.
///
/// A document that changed since the survey is left alone. When one that holds kept copies
/// changed, its copies elsewhere must stay: the walk starts again without it, so that no sentence
/// can be lost.
pub(super) fn rewrite(
    plan: &Plan,
    folder: Option<&RunFolder>,
    resolution: &Resolution,
    pool: &ThreadPool,
    observer: &dyn Observer,
    mut past: Past,
) -> Result<Rewritten, RunError> {
    let mut distrust = Distrust::default();
    // What was noticed in walks that were given up. A file that could not be read for a moment can
    // be read in the next walk, and is still not relied on: that must be told.
    let mut noticed = BTreeSet::new();
    let hands = Hands::beside(pool);
    for _ in 0..ATTEMPTS {
        let writer = Writer::new(plan, folder, resolution, past.remembering.as_deref_mut())?;
        let worker = Worker {
            plan,
            text: writer.durability(),
            resolution,
            speller: resolution.speller.as_ref(),
            distrust: &distrust,
            memory: past.memory,
            seen: past.seen,
            hands: &hands,
        };
        let (mut rewritten, found) = walk(&worker, writer, pool, observer)?;
        let holds_keepers = |id: &DocId| {
            resolution.repetitions.as_ref().is_some_and(|repetitions| repetitions.is_keeper(*id))
        };
        let fresh = found.documents.difference(&distrust.documents).any(holds_keepers);
        if !fresh && found.sources.is_empty() {
            rewritten.problems.extend(distrust.sources.into_values());
            let told: BTreeSet<Problem> = rewritten.problems.iter().cloned().collect();
            rewritten.problems.extend(noticed.into_iter().filter(|problem| !told.contains(problem)));
            rewritten.problems.iter().for_each(|problem| observer.problem(problem));
            return Ok(rewritten);
        }
        let is_damage = |problem: &Problem| problem.severity == Severity::Damaged;
        noticed.extend(rewritten.problems.into_iter().filter(is_damage));
        distrust.documents.extend(found.documents);
        distrust.sources.extend(found.sources);
    }
    Err(RunError::Restless)
}

fn walk(
    worker: &Worker,
    mut writer: Writer,
    pool: &ThreadPool,
    observer: &dyn Observer,
) -> Result<(Rewritten, Distrust), RunError> {
    let Resolution { sources, contents, .. } = worker.resolution;
    observer.begin(Step::Rewrite, sources.iter().map(|source| source.size).sum());
    let reuse = Reuse::new(worker, pool)?;
    let wanted = |index: usize| !contents[index].failed && !worker.distrust.sources.contains_key(&index);
    let known = |index: usize| reuse.may_hold(index);
    let units = Units::new(sources, &wanted, &known, &worker.plan.input);
    let consume = |pieces: Result<Vec<Piece>, RunError>| {
        for piece in pieces? {
            observer.advance(piece.walked, piece.documents);
            writer.piece(piece)?;
        }
        Ok::<(), RunError>(())
    };
    for_each_in_order(pool, &worker.plan.conduct.cancel, units, |unit| worker.unit(unit, &reuse), consume)?;
    observer.end(Step::Rewrite);
    writer.finish()
}
