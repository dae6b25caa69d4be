//! `scrubjay explain`: one row, with everything that is known of it.

use std::io::IsTerminal;

use super::args::{Explain, Talk};
use super::exit::Exit;
use super::journal::Journal;
use super::marked::{self, Marks};
use super::progress::Progress;
use super::story::printable;
use super::terminal::print;
use crate::model::{Action, Kind};
use crate::output::{is_well_formed, word_diff};
use crate::pipeline::{self, Looked, Plan};
use crate::spell::Evidence;

/// Candidates that are listed, the likeliest first.
const CANDIDATES: usize = 5;

/// Tells all there is to tell about a row.
pub(super) fn explain(command: &Explain, talk: &Talk, journal: &Journal) -> anyhow::Result<Exit> {
    let row_id = command.row_id.trim().to_lowercase();
    if !is_well_formed(&row_id) {
        anyhow::bail!("'{}' is no row_id, or is miscopied; copy it from the report", printable(&row_id));
    }
    let plan = pipeline::recorded_plan(&command.run)?;
    let decisions = plan.kept_decisions()?;
    let mut cluster = None;
    let rows = pipeline::look(&command.run, &plan, |row| {
        let is_it = row.row_id == row_id;
        if is_it && !row.cluster.is_empty() {
            cluster = Some(row.cluster.clone());
        }
        is_it
    })?;
    let Some(looked) = rows.into_iter().next() else {
        if let Some(entry) = decisions.row(&row_id) {
            line("row", format_args!("{row_id}, not proposed: {}", entry.verdict.as_str()))?;
            line("document", printable(&entry.document))?;
            line("text", printable(&entry.text))?;
            line("note", printable(&entry.note))?;
            return Ok(Exit::Finished);
        }
        anyhow::bail!("no row of the run in '{}' is called {row_id}", command.run.display());
    };
    tell_row(&looked)?;
    if let Some(entry) = decisions.row(&row_id) {
        line(
            "decision",
            format_args!("{} {}", entry.verdict.as_str(), printable(entry.verdict.replacement())),
        )?;
    }
    if let Some(cluster) = cluster {
        tell_cluster(&command.run, &plan, &looked, &cluster)?;
    } else if !looked.row.kind.is_repetition() && !looked.changed {
        let progress = Progress::without_run(talk, journal);
        if let Some(evidence) = pipeline::evidence(&plan, &looked.row, &progress)? {
            tell_evidence(&evidence)?;
        }
    }
    Ok(Exit::Finished)
}

fn tell_row(looked: &Looked) -> anyhow::Result<()> {
    let Looked { row, before, after, changed } = looked;
    let marks = Marks::new(std::io::stdout().is_terminal());
    line("row", &row.row_id)?;
    let done = match row.action {
        Action::Remove => "remove: it goes",
        Action::Replace => "replace: the suggestion stands there now",
        Action::Review => "review: nothing is done until somebody decides",
    };
    line("kind", row.kind.as_str())?;
    line("action", done)?;
    line("place", format_args!("{}:{}:{}", printable(&row.document), row.line, row.column))?;
    if *changed {
        line("", "the document is gone or changed since the run; run it again")?;
    }
    line("bytes", format_args!("{}..{} of the text", row.span.start, row.span.end))?;
    line("confidence", format_args!("{:.2}", row.confidence))?;
    line("reason", printable(&row.reason))?;
    let (before, after) = (marked::tail(before), marked::head(after));
    if row.kind.is_repetition() {
        line("text", format_args!("{before}{}{after}", printable(&row.text)))?;
        let kept_line = row.kept_line.map(|line| format!(":{line}")).unwrap_or_default();
        let kept = format!("{}{kept_line}: {}", printable(&row.kept_document), printable(&row.kept_text));
        let name = if row.kind == Kind::Restated { "earlier" } else { "kept" };
        line(name, kept.trim_end_matches([':', ' ']))?;
        if !row.kept_text.is_empty() && row.kind.is_copy() {
            line("difference", marks.diff(&word_diff(&row.kept_text, &row.text)))?;
        }
        if let Some(similarity) = row.similarity {
            let by = match row.kind {
                Kind::Restated => "the weight of the terms that both share",
                Kind::DuplicateDocument => "the sentences that stand in the other one",
                _ => "edits of words",
            };
            line("similarity", format_args!("{similarity:.3} of 1, by {by}"))?;
        }
    } else {
        line("text", format_args!("{before}{}{after}", marks.change(&row.text, &row.suggestion)))?;
    }
    Ok(())
}

/// Who else belongs to it, and why that copy stayed.
fn tell_cluster(run: &std::path::Path, plan: &Plan, looked: &Looked, cluster: &str) -> anyhow::Result<()> {
    if looked.row.kind == Kind::Restated {
        line("why kept", "both stay: a point in other words is shown for reading, and nothing goes for it")?;
    } else if let Some(duplicates) = &plan.duplicates {
        let preferred = match plan.prefer.as_slice() {
            [] => String::new(),
            globs => format!("documents that match {} come first, then ", globs.join(", ")),
        };
        let keep = format!("{:?}", duplicates.keep).to_lowercase();
        let order = format!("{preferred}copies without a misspelt word, then the {keep}");
        line("why kept", format_args!("headings and preferred places before others; {order}"))?;
        line(
            "threshold",
            format_args!("{:.2} of the words shared, or a word or two different", duplicates.threshold),
        )?;
    }
    let size = looked.row.cluster_size.unwrap_or(1);
    line("cluster", format_args!("{cluster}, {size} sentences"))?;
    const SHOWN: usize = 10;
    let mut count = 0;
    let others = pipeline::look(run, plan, |row| {
        let is_other = row.cluster == cluster && row.row_id != looked.row.row_id;
        count += usize::from(is_other);
        is_other && count <= SHOWN
    })?;
    for Looked { row, .. } in &others {
        let (id, document) = (&row.row_id, printable(&row.document));
        line(
            "",
            format_args!("{id} {} {document}:{}: {}", row.action.as_str(), row.line, printable(&row.text)),
        )?;
    }
    if count > SHOWN {
        line("", format_args!("and {} more", count - SHOWN))?;
    }
    Ok(())
}

fn tell_evidence(evidence: &Evidence) -> anyhow::Result<()> {
    line("word", if evidence.known { "in a dictionary" } else { "in no core dictionary" })?;
    for (candidate, features) in evidence.candidates.iter().take(CANDIDATES) {
        line("candidate", printable(candidate))?;
        for (name, value) in features.iter().filter(|(_, value)| *value != 0.0) {
            line("", format_args!("{value:>8.2}  {name}"))?;
        }
    }
    Ok(())
}

fn line(name: &str, value: impl std::fmt::Display) -> anyhow::Result<()> {
    Ok(print(format_args!("{name:>11}  {value}"))?)
}
