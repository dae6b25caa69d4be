//! Before a run writes over reports, what people typed into them is kept.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::iter;
use std::path::{Path, PathBuf};

use super::RunError;
use super::plan::{Plan, PlanError};
use super::record::RunRecord;
use super::reviewed::{self, DECISIONS_FILE, Understanding};
use crate::decide::{Decisions, Entry};
use crate::model::figures::counted;
use crate::model::{Problem, Severity};
use crate::output::{self, RunFolder};

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

    /// Changes the decisions that are kept for the run in `output`, and gives all that are in force then. Whoever
    /// else does so waits: of two people, neither writes over what the other one decided.
    ///
    /// # Errors
    /// When they cannot be read any more, or not be written. Nothing was changed then.
    pub fn change_decisions<E: From<PlanError>>(
        &self,
        output: &Path,
        change: impl FnOnce(&mut Decisions) -> Result<(), E>,
    ) -> Result<Decisions, E> {
        let _turn = Turn::wait_for(output);
        let mut decisions = self.kept_decisions().map_err(PlanError::from)?;
        let before: Vec<Entry> = decisions.entries().into_iter().cloned().collect();
        change(&mut decisions)?;
        if decisions.entries().into_iter().ne(&before) {
            self.keep_decisions(output, &decisions)?;
        }
        Ok(decisions)
    }

    /// Keeps decisions, without those that a file tells which is only read: when its people take one back, it is
    /// gone.
    fn keep_decisions(&self, output: &Path, decisions: &Decisions) -> Result<(), PlanError> {
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

/// The right to change the decisions of a run, until it is dropped. It is a lock on the folder, not the one that a
/// run holds until its end: people review while the next run works.
struct Turn {
    _folder: Option<File>,
}

impl Turn {
    /// Waits until nobody else has it. Where a folder cannot be locked, nobody is kept waiting.
    fn wait_for(output: &Path) -> Turn {
        let folder = File::open(output).ok().filter(|folder| folder.lock().is_ok());
        Turn { _folder: folder }
    }
}

/// Keeps what people typed into the reports of the last run, and what they decided just now. Gives
/// all decisions in force, and what is to be told about them.
pub(super) fn take_up(plan: &Plan, folder: &RunFolder) -> Result<(Decisions, Vec<Problem>), RunError> {
    let root = folder.root();
    let mut problems = Vec::new();
    let given: Vec<PathBuf> = plan.new_decisions.sheets.iter().flat_map(fs::canonicalize).collect();
    let is_given = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|real| given.contains(&real));
    let (given, touched): (Vec<PathBuf>, Vec<PathBuf>) = touched(root).into_iter().partition(is_given);
    if plan.new_decisions.some_refused {
        given.iter().try_for_each(|sheet| keep_copy(sheet, &mut problems))?;
    }
    let decisions = plan.change_decisions(root, |decisions| -> Result<(), RunError> {
        if !touched.is_empty() && folder.ledger().exists() {
            match reviewed::understand(root, &touched, decisions, None) {
                Ok(understanding) => {
                    tell(&understanding, &touched, &mut problems)?;
                    decisions.extend(understanding.entries());
                }
                Err(error) => {
                    let message = format!("the reports were changed by hand, and {error}");
                    problems.push(noted(DECISIONS_FILE, message));
                    touched.iter().try_for_each(|sheet| keep_copy(sheet, &mut problems))?;
                }
            }
        }
        decisions.extend(plan.new_decisions.entries.iter().cloned());
        Ok(())
    })?;
    Ok((decisions, problems))
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

/// Decisions that are not taken up are listed one by one up to this many; the copy that is kept has them all.
const LISTED: usize = 20;

fn tell(
    understanding: &Understanding,
    sheets: &[PathBuf],
    problems: &mut Vec<Problem>,
) -> Result<(), PlanError> {
    let taken = understanding.decided.len();
    if taken > 0 {
        let decisions = counted(taken as u64, "decision", "decisions");
        problems.push(noted(
            DECISIONS_FILE,
            format!("{decisions} typed into the reports of the last run taken up"),
        ));
    }
    for refused in understanding.refused.iter().take(LISTED) {
        problems.push(noted(&refused.place, format!("decision not taken up: {}", refused.why)));
    }
    let more = understanding.refused.len().saturating_sub(LISTED) as u64;
    if more > 0 {
        let decisions = counted(more, "decision", "decisions");
        problems.push(noted(DECISIONS_FILE, format!("{decisions} more not taken up")));
    }
    if !understanding.refused.is_empty() {
        sheets.iter().try_for_each(|sheet| keep_copy(sheet, problems))?;
    }
    Ok(())
}

/// What could not be understood is not lost when the report is written over, nor when that happens again.
fn keep_copy(sheet: &Path, problems: &mut Vec<Problem>) -> Result<(), PlanError> {
    let Some(name) = sheet.file_name().and_then(|name| name.to_str()) else { return Ok(()) };
    let later = (2..).map(|nth: u32| format!("refused-{nth}-{name}"));
    let is_free = |kept: &String| !sheet.with_file_name(kept).exists();
    let Some(kept) = iter::once(format!("refused-{name}")).chain(later).find(is_free) else { return Ok(()) };
    let copy = sheet.with_file_name(&kept);
    output::copy_atomically(sheet, &copy).map_err(|error| PlanError::Folder(error.into()))?;
    problems.push(noted(name, format!("kept as {kept}, as some decisions in it were not taken up")));
    Ok(())
}

fn noted(name: &str, message: String) -> Problem {
    Problem { name: name.to_owned(), line: None, severity: Severity::Noted, message }
}
