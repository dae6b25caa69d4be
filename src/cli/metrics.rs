//! `--metrics-file`: how the last run went, in the text format that Prometheus' node exporter
//! picks up.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use super::clock::unix_seconds;
use super::exit::Exit;
use crate::output::{AtomicFile, OutputError};
use crate::pipeline::Summary;

/// Where the metrics go, and since when the run runs.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    file: Option<PathBuf>,
    begun: Instant,
}

const LAST_SUCCESS: &str = "scrubjay_last_success_timestamp_seconds";

impl Metrics {
    /// The run begins.
    pub(super) fn begin(file: Option<PathBuf>) -> Self {
        Metrics { file, begun: Instant::now() }
    }

    /// The run has ended. Without a summary it did not come to an end of its own.
    pub(super) fn write(&self, exit: Exit, summary: Option<&Summary>) -> Result<(), OutputError> {
        let Some(path) = &self.file else { return Ok(()) };
        let now = unix_seconds(SystemTime::now());
        let text = text(exit, summary, now, self.begun.elapsed().as_secs_f64(), self.last_success());
        let failed = |cause| OutputError { verb: "write", path: path.clone(), cause };
        let mut file = AtomicFile::create(path)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.commit()
    }

    /// A run that fails does not make its forerunner's success forgotten.
    fn last_success(&self) -> Option<u64> {
        let before = fs::read_to_string(self.file.as_ref()?).ok()?;
        let value = before.lines().find_map(|line| line.strip_prefix(LAST_SUCCESS)?.strip_prefix(' '))?;
        value.parse().ok()
    }
}

fn text(exit: Exit, summary: Option<&Summary>, now: u64, seconds: f64, last_success: Option<u64>) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, f64)]| {
        if values.is_empty() {
            return;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let one = |value: f64| [(String::new(), value)];
    let label = |name: &str, value: &str| format!("{{{name}=\"{value}\"}}");
    gauge("scrubjay_last_run_timestamp_seconds", "When the last run ended.", &one(now as f64));
    // A run with damaged inputs has brought its output up to date, too; its exit code is 3.
    let last_success = if exit.is_finished() { Some(now) } else { last_success };
    if let Some(time) = last_success {
        gauge(LAST_SUCCESS, "When a run last finished.", &one(time as f64));
    }
    gauge("scrubjay_last_run_exit_code", "Exit code of the last run.", &one(f64::from(exit as u8)));
    gauge(
        "scrubjay_last_run_duration_seconds",
        "How long the last run took.",
        &one((seconds * 1e3).round() / 1e3),
    );
    let Some(summary) = summary else { return text };
    let states = [
        ("unchanged", summary.documents - summary.documents_changed),
        ("changed", summary.documents_changed - summary.documents_left_out),
        ("left_out", summary.documents_left_out),
    ];
    let states = states.map(|(state, count)| (label("state", state), count as f64));
    gauge("scrubjay_documents", "Documents of the last run by what became of them.", &states);
    let inputs = [
        ("skipped", summary.inputs.skipped),
        ("noted", summary.inputs.noted),
        ("damaged", summary.inputs.damaged),
    ];
    let inputs = inputs.map(|(state, count)| (label("state", state), count as f64));
    gauge("scrubjay_inputs", "Inputs of the last run that something was to be said about.", &inputs);
    let mut findings = Vec::new();
    for (kind, counts) in &summary.findings {
        for (action, count) in
            [("remove", counts.remove), ("replace", counts.replace), ("review", counts.review)]
        {
            findings.push((format!("{{kind=\"{kind}\",action=\"{action}\"}}"), count as f64));
        }
    }
    gauge("scrubjay_findings", "Findings of the last run by kind and by what was done.", &findings);
    if let Some(known) = summary.files_known {
        gauge("scrubjay_files_known", "Files that the last run did not survey again.", &one(known as f64));
    }
    gauge("scrubjay_text_bytes", "Text of the last run.", &one(summary.bytes as f64));
    gauge(
        "scrubjay_removed_ratio",
        "Share of the text that the last run removed.",
        &one(summary.share_removed),
    );
    text
}
