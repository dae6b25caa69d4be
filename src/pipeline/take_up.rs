//! Before a run writes over reports, what people typed into them is kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::RunError;
use super::plan::{Plan, PlanError};
use super::record::RunRecord;
use super::reviewed::{self, DECISIONS_FILE, Understanding};
use crate::decide::{Decisions, Entry};
use crate::model::{Problem, Severity};
use crate::output::{OutputError, RunFolder};

/// Decisions that a person has just made.
#[derive(Clone, Debug, Default)]
pub struct NewDecisions {
    /// What was decided.
    pub entries: Vec<Entry>,
    /// The sheets that this was read from: they are not read again.
    pub sheets: Vec<PathBuf>,
    /// Some rows of the sheets were refused: if a sheet is one of the run's own reports, a copy
    /// is kept.
    pub some_refused: bool,
}

impl Plan {
    /// The decisions that are kept, without those that a person has just made.
    ///
    /// # Errors
    /// When a file is none, or not all of it is understood. That there is none yet is an error
    /// only where somebody named it.
    pub fn kept_decisions(&self) -> Result<Decisions, reviewed::ReviewError> {
        let mut decisions = Decisions::default();
        let added = self.output().map(|output| self.decisions_kept_in(output));
        let named = self.decisions_file.as_ref();
        // The file that was named comes last: what it says holds.
        for path in added.iter().filter(|added| Some(*added) != named && added.exists()).chain(named) {
            decisions.extend(reviewed::read_decisions(path)?.entries().into_iter().cloned());
        }
        Ok(decisions)
    }

    /// Where new decisions are kept: in the file that was named, if it is a list of decisions and nothing else. A
    /// workbook or a report stays as its people made it, and what is new goes beside the run in `output`.
    pub fn decisions_kept_in(&self, output: &Path) -> PathBuf {
        let named = self.decisions_file.as_ref().filter(|path| reviewed::is_list_of_decisions(path));
        named.cloned().unwrap_or_else(|| output.join(DECISIONS_FILE))
    }

    /// Keeps decisions, without those that a file tells which is only read: when its people take one back, it is
    /// gone.
    ///
    /// # Errors
    /// When that file cannot be read any more, or the other one not written.
    pub fn keep_decisions(&self, output: &Path, decisions: &Decisions) -> Result<(), PlanError> {
        let path = self.decisions_kept_in(output);
        let told: BTreeSet<Entry> = match &self.decisions_file {
            Some(named) if *named != path => {
                reviewed::read_decisions(named)?.entries().into_iter().cloned().collect()
            }
            _ => BTreeSet::new(),
        };
        let mut own = Decisions::default();
        own.extend(decisions.entries().into_iter().filter(|entry| !told.contains(entry)).cloned());
        reviewed::write_decisions(&path, &own).map_err(|error| PlanError::Folder(error.into()))
    }
}

/// Adds to `decisions` what people typed into the reports of the last run, and what they decided
/// just now, and keeps it all.
pub(super) fn take_up(
    plan: &Plan,
    folder: &RunFolder,
    decisions: &mut Decisions,
) -> Result<Vec<Problem>, RunError> {
    let root = folder.root();
    let before = decisions.len();
    let kept: Vec<Entry> = decisions.entries().into_iter().cloned().collect();
    let mut problems = Vec::new();
    let given: Vec<PathBuf> = plan.new_decisions.sheets.iter().flat_map(fs::canonicalize).collect();
    let is_given = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|real| given.contains(&real));
    let (given, touched): (Vec<PathBuf>, Vec<PathBuf>) = touched(root).into_iter().partition(is_given);
    if plan.new_decisions.some_refused {
        given.iter().try_for_each(|sheet| keep_copy(sheet, &mut problems))?;
    }
    if !touched.is_empty() && folder.ledger().exists() {
        match reviewed::understand(root, &touched, decisions, None) {
            Ok(understanding) => {
                tell(&understanding, &touched, &mut problems)?;
                decisions.extend(understanding.entries());
            }
            Err(error) => {
                problems
                    .push(noted(DECISIONS_FILE, format!("the reports were changed by hand, and {error}")));
                touched.iter().try_for_each(|sheet| keep_copy(sheet, &mut problems))?;
            }
        }
    }
    decisions.extend(plan.new_decisions.entries.iter().cloned());
    let is_new = decisions.len() != before || decisions.entries().into_iter().ne(&kept);
    if is_new {
        plan.keep_decisions(root, decisions)?;
    }
    Ok(problems)
}

/// The sheets of the last run that are not as it wrote them.
fn touched(root: &Path) -> Vec<PathBuf> {
    let record = RunRecord::read(root).ok();
    let mut names = vec!["report.csv".to_owned(), "review.xlsx".to_owned()];
    names.push("report-new.csv".to_owned());
    for name in ["report", "report-new"] {
        let parts = (2..).map(|part| format!("{name}-{part}.csv"));
        names.extend(parts.take_while(|name| root.join(name).exists()));
    }
    names.retain(|name| {
        root.join(name).is_file() && !record.as_ref().is_some_and(|record| record.is_untouched(root, name))
    });
    names.into_iter().map(|name| root.join(name)).collect()
}

fn tell(
    understanding: &Understanding,
    sheets: &[PathBuf],
    problems: &mut Vec<Problem>,
) -> Result<(), PlanError> {
    let taken = understanding.decided.len();
    if taken > 0 {
        let decisions = if taken == 1 { "1 decision" } else { &format!("{taken} decisions") };
        problems.push(noted(
            DECISIONS_FILE,
            format!("{decisions} typed into the reports of the last run taken up"),
        ));
    }
    for refused in understanding.refused.iter().take(20) {
        problems.push(noted(&refused.place, format!("decision not taken up: {}", refused.why)));
    }
    if !understanding.refused.is_empty() {
        sheets.iter().try_for_each(|sheet| keep_copy(sheet, problems))?;
    }
    Ok(())
}

/// What could not be understood is not lost when the report is written over.
fn keep_copy(sheet: &Path, problems: &mut Vec<Problem>) -> Result<(), PlanError> {
    let Some(name) = sheet.file_name().and_then(|name| name.to_str()) else { return Ok(()) };
    let copy = sheet.with_file_name(format!("refused-{name}"));
    fs::copy(sheet, &copy)
        .map_err(|cause| OutputError { verb: "write", path: copy, cause })
        .map_err(|error| PlanError::Folder(error.into()))?;
    problems.push(noted(name, format!("kept as refused-{name}, as some decisions in it were not taken up")));
    Ok(())
}

fn noted(name: &str, message: String) -> Problem {
    Problem { name: name.to_owned(), line: None, severity: Severity::Noted, message }
}
