//! What came of a run, for people and scripts.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::RunError;
use super::plan::Plan;
use super::resolve::Resolution;
use super::rewrite::Tally;
use crate::decide::{Decisions, Entry, Verdict};
use crate::model::{Action, Kind, Problem, ReportRow, Severity};

/// Problems that are listed one by one in `summary.json`; a corpus with millions of broken lines
/// must not need millions of entries.
const PROBLEMS_LISTED: usize = 10_000;

/// What came of a run. This is `summary.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Version of this file's form.
    pub format: u32,
    /// The program and its version.
    pub program: &'static str,
    /// What this run is called in its log.
    pub run_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not finish, if it did not.
    pub error: Option<String>,
    /// The settings that shape the result.
    pub settings: BTreeMap<&'static str, serde_json::Value>,
    /// Why what an earlier run remembered was of no use, if there was something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forgotten: Option<String>,
    /// Files that were worked on.
    pub files: u64,
    /// Those of them that were as the run before left them, and not surveyed again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_known: Option<u64>,
    /// Documents that were worked on.
    pub documents: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// Stretches the text was cut into.
    pub sentences: u64,
    /// Documents in which something was changed.
    pub documents_changed: u64,
    /// Documents that were left out because another one holds them.
    pub documents_left_out: u64,
    /// Bytes of text that were removed, with the documents left out.
    pub bytes_removed: u64,
    /// The share of the text they are, 0 to 1.
    pub share_removed: f64,
    /// Distinct words of the corpus, as far as typos were looked for.
    pub distinct_words: u64,
    /// Occurrences of words that were not judged, as there were too many different ones before them.
    pub words_passed_by: u64,
    /// Findings, by kind and by what was done.
    pub findings: BTreeMap<&'static str, KindCounts>,
    /// What people decided, as far as it is in force.
    pub decisions: DecisionCounts,
    /// What the corpus repeats most, largest cluster first.
    pub clusters: Vec<TopCluster>,
    /// How many inputs were passed by on purpose, worth a note, or damaged.
    pub inputs: InputCounts,
    /// The inputs that something was wrong with, in corpus order; the first 10,000.
    pub problems: Vec<Problem>,
    /// Seconds each step took.
    pub seconds: BTreeMap<&'static str, f64>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything was done.
    Finished,
    /// Not yet: a run is at work, or was killed. Files are whole, but some are of the run before.
    Unfinished,
    /// The run was asked to end early. Files are whole, but some may be of the run before.
    Interrupted,
    /// More would have been removed than was allowed: the other files are of the run before.
    Stopped,
    /// The run failed. Files are whole, but some may be of the run before.
    Failed,
}

/// Findings of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCounts {
    /// Removed.
    pub remove: u64,
    /// Replaced.
    pub replace: u64,
    /// Left for a person.
    pub review: u64,
}

/// Decisions in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionCounts {
    /// Proposals to be carried out.
    pub accepted: u64,
    /// Proposals not to be made again.
    pub rejected: u64,
    /// Texts that a person wrote.
    pub edited: u64,
    /// Accepted, and not carried out: the last copy of a sentence would have been lost.
    pub not_applied: u64,
}

/// Inputs that something was wrong with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputCounts {
    /// Passed by on purpose.
    pub skipped: u64,
    /// Worked on, and worth a note.
    pub noted: u64,
    /// Unreadable or damaged.
    pub damaged: u64,
}

/// Sentences that repeat one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopCluster {
    /// Its name in the report.
    pub cluster: String,
    /// Sentences in it.
    pub size: u32,
    /// Documents they stand in.
    pub documents: u32,
    /// Where the kept sentence stands.
    pub document: String,
    /// The kept sentence.
    pub example: String,
}

/// What a summary tells of a corpus, not of a run; to be read from its JSON.
#[derive(Debug, Deserialize)]
pub(super) struct Figures {
    files: u64,
    documents: u64,
    bytes: u64,
    sentences: u64,
    documents_changed: u64,
    documents_left_out: u64,
    bytes_removed: u64,
    share_removed: f64,
    distinct_words: u64,
    words_passed_by: u64,
    findings: FxHashMap<Kind, KindCounts>,
    decisions: DecisionCounts,
    clusters: Vec<TopCluster>,
    inputs: InputCounts,
    problems: Vec<Problem>,
}

impl Summary {
    /// Nothing has changed since these figures were told.
    pub(super) fn stands_as(&mut self, figures: Figures) {
        self.files = figures.files;
        self.documents = figures.documents;
        self.bytes = figures.bytes;
        self.sentences = figures.sentences;
        self.documents_changed = figures.documents_changed;
        self.documents_left_out = figures.documents_left_out;
        self.bytes_removed = figures.bytes_removed;
        self.share_removed = figures.share_removed;
        self.distinct_words = figures.distinct_words;
        self.words_passed_by = figures.words_passed_by;
        self.findings = figures.findings.into_iter().map(|(kind, counts)| (kind.as_str(), counts)).collect();
        self.decisions = figures.decisions;
        self.clusters = figures.clusters;
        self.inputs = figures.inputs;
        self.problems = figures.problems;
    }

    /// Nothing has happened yet.
    pub(super) fn new(plan: &Plan) -> Self {
        Summary {
            format: 1,
            program: concat!("scrubjay ", env!("CARGO_PKG_VERSION")),
            run_id: plan.conduct.run_id.clone(),
            outcome: Outcome::Unfinished,
            error: None,
            settings: plan.settings(),
            forgotten: None,
            files: 0,
            files_known: None,
            documents: 0,
            bytes: 0,
            sentences: 0,
            documents_changed: 0,
            documents_left_out: 0,
            bytes_removed: 0,
            share_removed: 0.0,
            distinct_words: 0,
            words_passed_by: 0,
            findings: BTreeMap::new(),
            decisions: DecisionCounts::default(),
            clusters: Vec::new(),
            inputs: InputCounts::default(),
            problems: Vec::new(),
            seconds: BTreeMap::new(),
        }
    }

    /// The run did not finish.
    pub(super) fn failed(&mut self, error: &RunError) {
        self.outcome = match error {
            RunError::Interrupted(_) => Outcome::Interrupted,
            RunError::Brake(_) | RunError::CorpusGone(_) => Outcome::Stopped,
            _ => Outcome::Failed,
        };
        self.error = Some(error.to_string());
    }

    pub(super) fn resolved(&mut self, resolution: &Resolution) {
        self.files = resolution.contents.iter().filter(|contents| contents.documents > 0).count() as u64;
        self.documents = resolution.hashes.len() as u64;
        self.bytes = resolution.bytes;
        self.sentences = resolution.sentences;
        self.distinct_words = resolution.distinct_words;
        self.words_passed_by = resolution.words_passed_by;
        self.problems(&resolution.problems);
    }

    pub(super) fn rewritten(&mut self, tally: Tally, problems: &[Problem]) {
        self.documents_changed = tally.documents_changed;
        self.documents_left_out = tally.documents_left_out;
        self.bytes_removed = tally.bytes_removed;
        let share = tally.bytes_removed as f64 / self.bytes.max(1) as f64;
        self.share_removed = (share * 1e6).round() / 1e6;
        self.problems(problems);
    }

    /// A step took so many seconds.
    pub(super) fn took(&mut self, step: &'static str, seconds: f64) {
        self.seconds.insert(step, (seconds * 1e3).round() / 1e3);
    }

    pub(super) fn row(&mut self, row: &ReportRow) {
        let counts = self.findings.entry(row.kind.as_str()).or_default();
        match row.action {
            Action::Remove => counts.remove += 1,
            Action::Replace => counts.replace += 1,
            Action::Review => counts.review += 1,
        }
    }

    /// Counts what is in force.
    pub(super) fn in_force(&mut self, decisions: &Decisions) {
        for entry in decisions.entries() {
            match entry.verdict {
                Verdict::Accept => self.decisions.accepted += 1,
                Verdict::Reject => self.decisions.rejected += 1,
                Verdict::Edit(_) => self.decisions.edited += 1,
            }
        }
    }

    /// Notes whether the decision about a row could be carried out.
    pub(super) fn decided(&mut self, row: &ReportRow, decisions: &Decisions) {
        let is_accepted = |entry: &Entry| entry.verdict == Verdict::Accept;
        if row.action == Action::Review && decisions.row(&row.row_id).is_some_and(is_accepted) {
            self.decisions.not_applied += 1;
        }
    }

    fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            match problem.severity {
                Severity::Skipped => self.inputs.skipped += 1,
                Severity::Noted => self.inputs.noted += 1,
                Severity::Damaged => self.inputs.damaged += 1,
            }
        }
        let room = PROBLEMS_LISTED.saturating_sub(self.problems.len());
        self.problems.extend(problems.iter().take(room).cloned());
    }

    /// Findings of all kinds together.
    pub fn total(&self) -> KindCounts {
        self.findings.values().fold(KindCounts::default(), |sum, counts| KindCounts {
            remove: sum.remove + counts.remove,
            replace: sum.replace + counts.replace,
            review: sum.review + counts.review,
        })
    }
}
