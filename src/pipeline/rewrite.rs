//! Step 3: every document again, in parallel. Findings become decisions, edits and rows, and the
//! cleaned copies are written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::ThreadPool;
use rustc_hash::FxHashMap;

use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::plan::Plan;
use super::resolve::Resolution;
use super::spool::Spool;
use super::tell::{self, DraftRow, Occurrences};
use super::units::{Unit, Units};
use super::{RunError, mirror};
use crate::input::{self, Batch, Reader};
use crate::model::{Action, DocId, Document, Finding, Problem, Severity, Source, Span};
use crate::output::{LedgerEdit, LedgerWriter, RunFolder, Splice};
use crate::{decide, language, output, segment};

/// How often the walk may start again because kept copies changed under it.
const ATTEMPTS: usize = 3;

/// What the second walk made.
pub(super) struct Rewritten {
    /// The rows, in corpus order, on disk.
    pub(super) spool: Spool,
    /// The texts that rows quote as kept copies, and the names of their documents.
    pub(super) keepers: Keepers,
    pub(super) ledger: Option<LedgerWriter>,
    /// The files that stand in `text/`.
    pub(super) written: BTreeSet<PathBuf>,
    pub(super) problems: Vec<Problem>,
    pub(super) tally: Tally,
}

/// Kept copies, by document and start.
#[derive(Debug, Default)]
pub(super) struct Keepers {
    names: FxHashMap<DocId, String>,
    texts: FxHashMap<(DocId, usize), String>,
}

impl Keepers {
    /// The document's name and the text of the kept copy.
    pub(super) fn get(&self, document: DocId, span: Span) -> Option<(&str, &str)> {
        let name = self.names.get(&document)?;
        let text = self.texts.get(&(document, span.start)).map_or("", String::as_str);
        Some((name, text))
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) bytes_removed: u64,
    pub(super) documents_changed: u64,
    pub(super) documents_left_out: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.bytes_removed += other.bytes_removed;
        self.documents_changed += other.documents_changed;
        self.documents_left_out += other.documents_left_out;
    }
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
) -> Result<Rewritten, RunError> {
    let mut distrusted = BTreeSet::new();
    for _ in 0..ATTEMPTS {
        let walk = Walk { plan, folder, resolution, distrusted: &distrusted };
        let (rewritten, changed) = walk.run(pool, observer)?;
        let mut lost_keepers = changed.difference(&distrusted).filter(|&&id| walk.holds_keepers(id)).peekable();
        if lost_keepers.peek().is_none() {
            return Ok(rewritten);
        }
        distrusted.extend(changed);
    }
    Err(RunError::Restless)
}

struct Walk<'a> {
    plan: &'a Plan,
    folder: Option<&'a RunFolder>,
    resolution: &'a Resolution<'a>,
    /// Documents that changed: nothing is removed because of them.
    distrusted: &'a BTreeSet<DocId>,
}

/// What one unit gave.
#[derive(Default)]
struct RewrittenUnit {
    rows: Vec<DraftRow>,
    edits: Vec<LedgerEdit>,
    keepers: Vec<(DocId, String, Vec<(Span, String)>)>,
    changed: Vec<DocId>,
    problems: Vec<Problem>,
    /// Files that were written whole.
    written: Vec<PathBuf>,
    /// Lines for the JSONL file at hand.
    lines: Option<mirror::Lines>,
    tally: Tally,
    walked: u64,
    documents: u64,
}

impl Walk<'_> {
    fn run(&self, pool: &ThreadPool, observer: &dyn Observer) -> Result<(Rewritten, BTreeSet<DocId>), RunError> {
        let Resolution { sources, contents, .. } = self.resolution;
        observer.begin(Step::Rewrite, sources.iter().map(|source| source.size).sum());
        let mut rewritten = Rewritten {
            spool: Spool::create(self.folder)?,
            keepers: Keepers::default(),
            ledger: self.folder.map(LedgerWriter::create).transpose()?,
            written: BTreeSet::new(),
            problems: Vec::new(),
            tally: Tally::default(),
        };
        let mut changed = BTreeSet::new();
        let mut lines = mirror::LinesWriter::new(self.folder.filter(|_| self.plan.writes_text()));
        let wanted = |index: usize| !contents[index].failed;
        // The how-manieth document of its source a batch begins with is known only in order.
        let mut ordinals: FxHashMap<usize, u32> = FxHashMap::default();
        let _ = &mut ordinals;
        let units = Units::new(sources, &wanted, &self.plan.input);
        for_each_in_order(
            pool,
            units,
            |unit| self.rewrite_unit(unit),
            |unit| {
                let unit = unit?;
                observer.advance(unit.walked, unit.documents);
                let _ = (&mut rewritten, &mut changed, &mut lines, unit);
                Ok::<(), RunError>(())
            },
        )?;
        observer.end(Step::Rewrite);
        Ok((rewritten, changed))
    }
}
