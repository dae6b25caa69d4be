//! `run.json`: what it takes to do a run again, and what its reports were when they were written.
//!
//! `apply` cleans anew with new decisions, so it must know the inputs and settings; and a run that
//! is about to write over a report must know whether a person wrote into it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::plan::{Plan, Product};
use crate::model::exact_path;
use crate::output::{OutputError, QuotedPath};

/// Raised when an old reader would misread a new record.
const FORMAT: u32 = 1;

/// The record of a finished run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunRecord {
    format: u32,
    /// The folder in which it was run.
    #[serde(with = "exact_path")]
    folder: PathBuf,
    /// Inputs and settings; paths do not depend on the folder.
    plan: Plan,
    /// XXH3-128 of each report file as it was written.
    reports: BTreeMap<String, String>,
}

/// A run that cannot be done again.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is none.
    #[error("{}: {cause}; run clean into this folder once more", QuotedPath(path))]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// It cannot be understood.
    #[error("{} was made by another scrubjay, or is damaged; run clean into this folder once more", QuotedPath(.0))]
    Damaged(PathBuf),
    /// Listed files were named from the folder in which the run began.
    #[error("the run names its files from {}; go there and repeat the command", QuotedPath(.0))]
    Elsewhere(PathBuf),
}

impl RunRecord {
    /// The record of a run in `root` that has written its reports.
    ///
    /// # Errors
    /// When the reports cannot be read.
    pub(super) fn new(plan: &Plan, root: &Path, reports: &[PathBuf]) -> Result<RunRecord, OutputError> {
        RunRecord::of(plan, reports).map_err(OutputError::at("read", root))
    }

    fn of(plan: &Plan, reports: &[PathBuf]) -> io::Result<RunRecord> {
        let folder = std::env::current_dir()?;
        let mut plan = plan.clone();
        let absolute = |path: &mut PathBuf| std::path::absolute(&*path).map(|full| *path = full);
        plan.selection.roots.iter_mut().try_for_each(absolute)?;
        if !plan.selection.roots.is_empty() {
            plan.selection.files.iter_mut().flatten().try_for_each(absolute)?;
        }
        plan.decisions_file.iter_mut().try_for_each(absolute)?;
        plan.state.iter_mut().try_for_each(absolute)?;
        // Known from where the record stands, and no part of the answer.
        plan.threads = 0;
        plan.selection.avoid = None;
        if let Product::Reports(output) | Product::Text(output) = &mut plan.product {
            output.clear();
        }
        let reports = reports
            .iter()
            .filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)))
            .map(|(name, path)| Ok((name, hash(path)?)))
            .collect::<io::Result<_>>()?;
        Ok(RunRecord { format: FORMAT, folder, plan, reports })
    }

    fn path(root: &Path) -> PathBuf {
        root.join("run.json")
    }

    /// Writes it.
    pub(super) fn write(&self, root: &Path) -> Result<(), OutputError> {
        crate::output::write_json_atomically(&RunRecord::path(root), self)
    }

    /// Reads the record of the run in `root`.
    pub(super) fn read(root: &Path) -> Result<RunRecord, RecordError> {
        let path = RunRecord::path(root);
        let bytes = fs::read(&path).map_err(|cause| RecordError::Missing { path: path.clone(), cause })?;
        match serde_json::from_slice::<RunRecord>(&bytes) {
            Ok(record) if record.format == FORMAT => Ok(record),
            _ => Err(RecordError::Damaged(path)),
        }
    }

    /// The plan, to do the run in `root` again. The folder may have been moved since.
    pub(super) fn plan(self, root: &Path) -> Result<Plan, RecordError> {
        let RunRecord { folder, mut plan, .. } = self;
        let is_relative = |files: &Vec<PathBuf>| files.iter().any(|file| file.is_relative());
        if plan.selection.files.as_ref().is_some_and(is_relative)
            && std::env::current_dir().ok().as_ref() != Some(&folder)
        {
            return Err(RecordError::Elsewhere(folder));
        }
        if let Product::Reports(output) | Product::Text(output) = &mut plan.product {
            root.clone_into(output);
        }
        plan.selection.avoid = Some(root.to_owned());
        Ok(plan)
    }

    /// The names of the reports that the run wrote.
    pub(super) fn reports(&self) -> impl Iterator<Item = &str> {
        self.reports.keys().map(String::as_str)
    }

    /// Takes over what an earlier run recorded of the reports that stand as that run wrote them.
    pub(super) fn take_over(&mut self, earlier: RunRecord, stands: impl Fn(&str) -> bool) {
        self.reports.extend(earlier.reports.into_iter().filter(|(name, _)| stands(name)));
    }

    /// True when the report file is as the run wrote it.
    pub(super) fn is_untouched(&self, root: &Path, name: &str) -> bool {
        match (self.reports.get(name), hash(&root.join(name))) {
            (Some(written), Ok(now)) => *written == now,
            _ => false,
        }
    }
}

/// The plan of the run in a folder, to do it again.
///
/// # Errors
/// When the run left no record that can be used.
pub fn recorded_plan(root: &Path) -> Result<Plan, RecordError> {
    RunRecord::read(root)?.plan(root)
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(format!("{:032x}", hash.digest128())),
            read => hash.update(&buffer[..read]),
        }
    }
}
