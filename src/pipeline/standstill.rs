//! A night on which nothing changed.
//!
//! When every source, setting and decision is as it was, and all that the run before wrote stands as it wrote
//! it, a run would write the same once more, byte for byte. Then nothing is surveyed, resolved or written but
//! what tells of the run itself: the summary, the report of new rows, which has none, and the record of the
//! run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::RunError;
use super::memory::{Entry, Memory, RewrittenEntry, Seen, key, path_bytes, rewrite_key};
use super::plan::{Conduct, Plan};
use super::record::RunRecord;
use super::reuse;
use super::summary::{Figures, Summary};
use crate::input::Discovery;
use crate::model::{Problem, Severity, Source};
use crate::output::{AtomicFile, NEW_ROWS, ReportWriter, RunFolder};
use crate::state::{Stamp, StateError, StateFolder, Store, StoreWriter};

/// In the folder of the state.
const FILE: &str = "standing.state";

/// What each run writes anew in the output folder.
const OF_EACH_RUN: [&str; 2] = ["summary.json", "run.json"];

/// How things stood when a run had finished.
#[derive(Serialize, Deserialize)]
struct Standing {
    /// See [`key_of`].
    key: u128,
    /// The state that the run left.
    state: Stamp,
    /// What it wrote into the output folder, beside the text and what each run writes.
    files: Vec<(String, Stamp)>,
    /// Sources of which nothing was made, as they were passed by on purpose: by path, sorted.
    passed_by: Vec<(Vec<u8>, Stamp)>,
    /// The summary as JSON, for the [`Figures`] in it.
    summary: Vec<u8>,
}

/// All that a result depends on besides the sources, and what would stop a run.
fn key_of(plan: &Plan, listing: &[Problem]) -> u128 {
    let Conduct { max_removed, .. } = plan.conduct;
    let decisions = format!("{:?}", plan.decisions.entries());
    let plan = Plan { threads: 0, ..plan.clone() };
    key(&(rewrite_key(&plan).to_string(), &plan, decisions, max_removed, listing))
}

fn path_of(state: &StateFolder) -> PathBuf {
    state.root().join(FILE)
}

/// What is needed to see whether anything changed.
pub(super) struct Look<'a> {
    pub(super) plan: &'a Plan,
    pub(super) folder: &'a RunFolder,
    pub(super) state: &'a StateFolder,
    pub(super) memory: &'a Memory,
    pub(super) discovery: &'a Discovery,
    pub(super) seen: &'a [Seen],
}

impl Look<'_> {
    /// What the run before told, if it would be told again of all that is here. Whatever cannot be known is
    /// taken for a change.
    pub(super) fn figures(&self, pool: &ThreadPool) -> Option<Figures> {
        let Look { plan, folder, state, discovery, .. } = *self;
        let (_, standing) = Store::open::<Standing>(&path_of(state)).ok()?;
        let is_same = standing.key == key_of(plan, &discovery.problems)
            && Stamp::at(&state.file()) == Some(standing.state)
            && files(folder.root()).ok()? == standing.files
            && self.are_as_they_were(&standing, pool)
            && are_sheets_untouched(folder.root());
        if !is_same {
            return None;
        }
        serde_json::from_slice(&standing.summary).ok()
    }

    /// True if nobody wrote to a source or to a copy, no source is new, and none is gone.
    fn are_as_they_were(&self, standing: &Standing, pool: &ThreadPool) -> bool {
        let Look { memory, discovery, seen, .. } = *self;
        let sources = &discovery.sources;
        let is_settled = |stamp: &Stamp| !stamp.is_racy(memory.index.clock);
        let is_known = |source: &Source, entry: &Entry, rewritten: &RewrittenEntry, seen: &Seen| {
            let stamp = seen.stamp.filter(|stamp| *stamp == entry.stamp && is_settled(stamp));
            let stands = || !self.plan.writes_text() || reuse::stands(self.folder, source, rewritten, stamp);
            seen.is_fresh && stamp.is_some() && stands()
        };
        let was_passed_by = |source: &Source, seen: &Seen| {
            let place = standing.passed_by.binary_search_by(|(path, _)| path[..].cmp(path_bytes(source)));
            let before = place.ok().map(|place| standing.passed_by[place].1);
            before.is_some() && seen.stamp == before && seen.stamp.is_some_and(|stamp| is_settled(&stamp))
        };
        let is_same = |(source, seen): (&Source, &Seen)| {
            let entry = memory.entry(source);
            match entry.and_then(|entry| Some((entry, entry.rewritten.as_ref()?))) {
                Some((entry, rewritten)) => is_known(source, entry, rewritten, seen),
                None => was_passed_by(source, seen),
            }
        };
        let made = memory.index.sources.iter().filter(|entry| entry.rewritten.is_some()).count();
        sources.len() == made + standing.passed_by.len()
            && pool.install(|| sources.par_iter().zip(seen).all(is_same))
    }

    /// Writes what tells of this run, and removes what does not belong to the text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self) -> Result<(), RunError> {
        let Look { plan, folder, memory, discovery, .. } = *self;
        let root = folder.root();
        if plan.writes_text() {
            let is_written = |source: &&Source| {
                let entry = memory.entry(source).and_then(|entry| entry.rewritten.as_ref());
                entry.is_some_and(|rewritten| !rewritten.left_out)
            };
            let written = discovery.sources.iter().filter(is_written);
            folder.prune_text(written.map(|source| source.relative.as_path()))?;
        }
        let news = match plan.reports.csv {
            true => ReportWriter::create_new_rows(root, plan.csv_bom)?.finish()?,
            false => Vec::new(),
        };
        let mut record = RunRecord::new(plan, root, &news)?;
        if let Ok(earlier) = RunRecord::read(root) {
            record.take_over(earlier, |name| !is_of_new_rows(name));
        }
        Ok(record.write(root)?)
    }
}

/// A run that has finished, and whose state is in place.
pub(super) struct Finished<'a> {
    pub(super) plan: &'a Plan,
    pub(super) folder: &'a RunFolder,
    pub(super) state: &'a StateFolder,
    /// How many of the problems in `summary` were found when inputs were listed.
    pub(super) listed: usize,
    pub(super) sources: &'a [Source],
    pub(super) seen: &'a [Seen],
    /// For each source, whether the state has what was made of it.
    pub(super) remembered: &'a [bool],
    pub(super) summary: &'a Summary,
}

impl Finished<'_> {
    /// Takes note of how things stand.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn note(&self) -> Result<(), RunError> {
        let path = path_of(self.state);
        // What was noted before is of another state, which is enough for it not to be believed.
        let Some(standing) = self.standing() else { return Ok(()) };
        let file = StoreWriter::new(AtomicFile::create(&path)?).map_err(StateError::at("write", &path))?;
        Ok(file.finish(&standing).map_err(StateError::at("write", &path))?.commit()?)
    }

    /// `None` if it cannot be known again.
    fn standing(&self) -> Option<Standing> {
        let Finished { plan, folder, state, listed, summary, .. } = *self;
        Some(Standing {
            key: key_of(plan, summary.problems.get(..listed)?),
            state: Stamp::at(&state.file())?,
            files: files(folder.root()).ok()?,
            passed_by: self.passed_by()?,
            summary: serde_json::to_vec(summary).ok()?,
        })
    }

    /// The sources of which nothing was made; `None` if something may be made of one of them another time.
    fn passed_by(&self) -> Option<Vec<(Vec<u8>, Stamp)>> {
        let Finished { sources, seen, remembered, summary, .. } = *self;
        let skipped = summary.problems.iter().filter(|problem| problem.severity == Severity::Skipped);
        let skipped: FxHashSet<&str> = skipped.map(|problem| problem.name.as_str()).collect();
        let forgotten =
            sources.iter().zip(seen).zip(remembered).filter(|(_, is_remembered)| !**is_remembered);
        let known_by = |((source, seen), _): ((&Source, &Seen), _)| {
            let stamp = seen.stamp.filter(|_| skipped.contains(source.name.as_str()))?;
            Some((path_bytes(source).to_vec(), stamp))
        };
        let mut passed_by = forgotten.map(known_by).collect::<Option<Vec<_>>>()?;
        passed_by.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Some(passed_by)
    }
}

/// True if every report that the last run recorded, but for that of new rows, is as it was written.
fn are_sheets_untouched(root: &Path) -> bool {
    let is_untouched =
        |record: &RunRecord, name: &str| is_of_new_rows(name) || record.is_untouched(root, name);
    RunRecord::read(root).is_ok_and(|record| record.reports().all(|name| is_untouched(&record, name)))
}

fn is_of_new_rows(name: &str) -> bool {
    name.starts_with(NEW_ROWS)
}

/// The files of a folder by name, but for those that each run writes anew. Folders in it are not looked into.
fn files(root: &Path) -> io::Result<Vec<(String, Stamp)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if OF_EACH_RUN.contains(&name.as_str()) || is_of_new_rows(&name) || name.starts_with('.') {
            continue;
        }
        files.extend(Stamp::of(&entry.metadata()?).map(|stamp| (name, stamp)));
    }
    files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}
