//! What a run is to do, checked before it begins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::RunError;
use super::cancel::Cancel;
use super::observer::Observer;
use super::reviewed::ReviewError;
use super::take_up::NewDecisions;
use crate::decide::Decisions;
use crate::model::exact_path;
use crate::output::{FolderError, QuotedPath, RunFolder, TEXT_FOLDER, input_around};
use crate::state::{StateError, StateFolder};
use crate::{dedup, input, spell};

/// Everything a run needs to know. Only this travels; how it was typed stays in the porch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Which files.
    pub selection: input::Selection,
    /// How they are read.
    pub input: input::Settings,
    /// How repetition is looked for; `None`: not at all.
    pub duplicates: Option<dedup::Settings>,
    /// How typos are looked for; `None`: not at all.
    pub typos: Option<spell::Settings>,
    /// Globs over relative paths: copies in documents that match are kept first, an earlier glob
    /// before a later one.
    pub prefer: Vec<String>,
    /// What is made.
    pub product: Product,
    /// Whether `report.csv` begins with a byte order mark.
    pub csv_bom: bool,
    /// Which reports are written.
    pub reports: Reports,
    /// The file of decisions; `None`: the one in the output folder, if any.
    #[serde(with = "exact_path")]
    pub decisions_file: Option<PathBuf>,
    /// Decisions to be added to those of the file.
    #[serde(skip)]
    pub new_decisions: NewDecisions,
    /// All decisions in force. The run fills this in.
    #[serde(skip)]
    pub decisions: Decisions,
    /// The folder in which is kept what the next run need not find out again; `None`: nothing is.
    #[serde(default, with = "exact_path")]
    pub state: Option<PathBuf>,
    /// Worker threads; 0: one a core.
    pub threads: usize,
    /// How the run is conducted.
    #[serde(skip)]
    pub conduct: Conduct,
}

/// Which reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// `report.csv`.
    pub csv: bool,
    /// `review.xlsx`.
    pub xlsx: bool,
    /// `report.html`.
    pub html: bool,
}

impl Default for Reports {
    fn default() -> Self {
        Reports { csv: true, xlsx: true, html: true }
    }
}

/// How a run is conducted. None of it shows in what the run makes.
#[derive(Clone, Debug, Default)]
pub struct Conduct {
    /// What this run is called in logs and in the summary.
    pub run_id: String,
    /// How it is asked to end early.
    pub cancel: Cancel,
    /// The share of the text, 0 to 1, above which nothing is removed and the run stops.
    pub max_removed: Option<f64>,
    /// How long to wait for another run that holds the output folder.
    pub lock_wait: Duration,
}

/// How often a run that waits for another one looks whether that has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What a run makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Product {
    /// Nothing on disk: the observer is told the rows.
    Findings,
    /// The reports, in this folder.
    Reports(#[serde(with = "exact_path")] PathBuf),
    /// Cleaned text and the reports, in this folder.
    Text(#[serde(with = "exact_path")] PathBuf),
}

/// A plan that cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The inputs.
    #[error(transparent)]
    Selection(#[from] input::SelectionError),
    /// The output folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The decisions of reviewers.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The report would not belong to the text beside it.
    #[error(
        "--output {} holds cleaned text of an earlier run, which would not match the new report; \
         name another folder",
        QuotedPath(.0)
    )]
    HoldsText(PathBuf),
    /// What is remembered would be swept out with texts that are gone.
    #[error("--state {} lies in the cleaned text of --output; name a folder outside it", QuotedPath(.0))]
    StateInText(PathBuf),
}

impl Plan {
    /// The folder the run writes to, if any.
    pub fn output(&self) -> Option<&PathBuf> {
        match &self.product {
            Product::Findings => None,
            Product::Reports(folder) | Product::Text(folder) => Some(folder),
        }
    }

    /// The settings that shape the result, for the summary and the ledger.
    pub(super) fn settings(&self) -> BTreeMap<&'static str, serde_json::Value> {
        let mut settings: BTreeMap<&'static str, serde_json::Value> = BTreeMap::from([
            ("text_field", self.input.text_field.clone().into()),
            ("id_field", self.input.id_field.clone().into()),
            ("prefer", self.prefer.clone().into()),
            ("find_typos", self.typos.is_some().into()),
            ("find_duplicates", self.duplicates.is_some().into()),
        ]);
        if let Some(typos) = &self.typos {
            let languages: Vec<_> =
                typos.dictionaries.iter().map(|dictionary| dictionary.language().0).collect();
            settings.insert("confusions", typos.confusions.into());
            settings.insert("dialect", format!("{:?}", typos.dialect).to_lowercase().into());
            settings.insert("dictionaries", languages.into());
            settings.insert("words", typos.words.len().into());
        }
        if let Some(duplicates) = &self.duplicates {
            settings.insert("threshold", duplicates.threshold.into());
            settings.insert("min_words", duplicates.min_words.into());
            settings.insert("scope", format!("{:?}", duplicates.scope).to_lowercase().into());
            settings.insert("keep", format!("{:?}", duplicates.keep).to_lowercase().into());
        }
        settings
    }

    /// Whether cleaned text is written.
    pub(super) fn writes_text(&self) -> bool {
        matches!(self.product, Product::Text(_))
    }

    /// Refuses a state that would lie among the cleaned texts.
    pub(super) fn keep_state_apart(&self) -> Result<(), PlanError> {
        let (Some(state), Product::Text(output)) = (&self.state, &self.product) else { return Ok(()) };
        match input_around(state, &[&output.join(TEXT_FOLDER)]) {
            Some(_) => Err(PlanError::StateInText(state.clone())),
            None => Ok(()),
        }
    }

    /// Checks the output folder against the inputs, and makes it. Waits for another run that
    /// holds it, if there is patience for that.
    pub(super) fn prepare_folder(&self, observer: &dyn Observer) -> Result<Option<RunFolder>, RunError> {
        let Some(output) = self.output() else { return Ok(None) };
        let roots: Vec<_> = self.selection.roots.iter().map(PathBuf::as_path).collect();
        let prepare = || match RunFolder::prepare(output, &roots) {
            Err(FolderError::Busy(_)) => None,
            prepared => Some(prepared),
        };
        let prepared = self.wait_for(output, observer, prepare)?;
        let folder =
            prepared.unwrap_or_else(|| Err(FolderError::Busy(output.clone()))).map_err(PlanError::from)?;
        if !self.writes_text() && folder.text().exists() {
            return Err(PlanError::HoldsText(folder.root().to_owned()).into());
        }
        Ok(Some(folder))
    }

    /// Holds the folder of the state, and makes it if need be. Waits for another run that holds it, if
    /// there is patience for that.
    pub(super) fn hold_state(&self, observer: &dyn Observer) -> Result<Option<StateFolder>, RunError> {
        let Some(state) = &self.state else { return Ok(None) };
        let roots: Vec<_> = self.selection.roots.iter().map(PathBuf::as_path).collect();
        let hold = || match StateFolder::hold(state, &roots) {
            Err(StateError::Busy(_)) => None,
            held => Some(held),
        };
        let held = self.wait_for(state, observer, hold)?;
        Ok(Some(held.unwrap_or_else(|| Err(StateError::Busy(state.clone())))?))
    }

    /// Tries until it succeeds or fails for good, as long as there is patience. `None` if it never did.
    fn wait_for<T>(
        &self,
        what: &Path,
        observer: &dyn Observer,
        attempt: impl Fn() -> Option<T>,
    ) -> Result<Option<T>, RunError> {
        let begun = Instant::now();
        let mut told = false;
        loop {
            let done = attempt();
            if done.is_some() || begun.elapsed() >= self.conduct.lock_wait {
                return Ok(done);
            }
            self.conduct.cancel.check()?;
            if !std::mem::replace(&mut told, true) {
                observer.waiting(what);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// The `--prefer` patterns, ready to match.
    pub(super) fn preferences(&self) -> Result<input::Preferences, PlanError> {
        Ok(input::Preferences::new(&self.prefer)?)
    }
}
