//! The summary a person likes to read.

use super::args::Talk;
use super::terminal::say;
use crate::model::figures::{counted, grouped, size};
use crate::model::{Kind, Severity, is_hidden};
use crate::pipeline::{DecisionCounts, Plan, Product, Reports, Summary};

/// Inputs of one sort that are named one by one.
const NAMED: usize = 3;

/// Says what was read, removed, fixed, left for review and passed by, and where the files are.
pub(super) fn tell(summary: &Summary, plan: &Plan, talk: &Talk) {
    if talk.quiet {
        return;
    }
    let seconds: f64 = summary.seconds.values().sum();
    let rate = if seconds > 0.5 {
        format!(" ({}/s)", size((summary.bytes as f64 / seconds) as u64))
    } else {
        String::new()
    };
    let read = counted(summary.documents, "document", "documents");
    line("read", format_args!("{read}, {} in {seconds:.1} s{rate}", size(summary.bytes)));
    if let Some(known) = summary.files_known {
        let files = counted(summary.files, "file", "files");
        line("known", format_args!("{} of {files} as the run before left them", grouped(known)));
    }
    let changes = matches!(plan.product, Product::Text(_));
    tell_findings(summary, changes);
    tell_decisions(summary);
    tell_clusters(summary);
    tell_words(summary);
    tell_inputs(summary);
    if let Some(output) = plan.output() {
        let folder = printable(&output.display().to_string());
        if changes {
            line("text", format_args!("{folder}/text"));
        }
        let Reports { csv, xlsx, html } = plan.reports;
        let news = csv && summary.files_known.is_some();
        let names =
            [(html, "report.html"), (xlsx, "review.xlsx"), (csv, "report.csv"), (news, "report-new.csv")];
        for (_, name) in names.into_iter().filter(|(is_written, _)| *is_written) {
            line("report", format_args!("{folder}/{name}"));
        }
    }
}

fn tell_findings(summary: &Summary, changes: bool) {
    let sum = |wanted: fn(&str) -> bool, action: fn(&crate::pipeline::KindCounts) -> u64| -> u64 {
        summary.findings.iter().filter(|(kind, _)| wanted(kind)).map(|(_, counts)| action(counts)).sum()
    };
    let removed = sum(|kind| kind != Kind::DuplicateDocument.as_str(), |counts| counts.remove);
    let documents = sum(|kind| kind == Kind::DuplicateDocument.as_str(), |counts| counts.remove);
    let fixed = sum(|_| true, |counts| counts.replace);
    let review = sum(|_| true, |counts| counts.review);
    let mut gone = counted(removed, "repeated sentence", "repeated sentences");
    if documents > 0 {
        gone += &format!(" and {}", counted(documents, "whole document", "whole documents"));
    }
    if summary.bytes_removed > 0 && summary.bytes > 0 {
        let share = 100.0 * summary.bytes_removed as f64 / summary.bytes as f64;
        gone += &format!(" ({}, {share:.1} % of the text)", size(summary.bytes_removed));
    }
    line(if changes { "removed" } else { "to remove" }, gone);
    line(if changes { "fixed" } else { "to fix" }, counted(fixed, "typo", "typos"));
    let kinds: Vec<String> = summary
        .findings
        .iter()
        .filter(|(_, counts)| counts.review > 0)
        .map(|(kind, counts)| format!("{} {kind}", grouped(counts.review)))
        .collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    line("for review", format_args!("{}{kinds}", counted(review, "finding", "findings")));
}

fn tell_decisions(summary: &Summary) {
    let DecisionCounts { accepted, rejected, edited, not_applied } = summary.decisions;
    if accepted + rejected + edited > 0 {
        let counts = [(accepted, "accepted"), (rejected, "rejected"), (edited, "edited")];
        let told: Vec<String> = counts
            .into_iter()
            .filter(|&(count, _)| count > 0)
            .map(|(count, word)| format!("{} {word}", grouped(count)))
            .collect();
        line("decided", told.join(", "));
    }
    if not_applied > 0 {
        let sentences = counted(not_applied, "accepted removal", "accepted removals");
        line("", format_args!("{sentences} not done: nothing else would say what the sentence says"));
    }
}

fn tell_clusters(summary: &Summary) {
    for cluster in summary.clusters.iter().take(NAMED).filter(|cluster| cluster.documents >= 10) {
        let example: String = cluster.example.chars().take(60).collect();
        let times = counted(cluster.size.into(), "time", "times");
        line("repeated", format_args!("{times}: {}", printable(&example)));
    }
}

/// Says that not all words were judged.
fn tell_words(summary: &Summary) {
    if summary.words_passed_by > 0 {
        let kept = grouped(summary.distinct_words);
        let others = counted(summary.words_passed_by, "occurrence", "occurrences");
        line(
            "noted",
            format_args!("the first {kept} different words were judged; {others} of others were not"),
        );
    }
}

fn tell_inputs(summary: &Summary) {
    for (severity, name, count) in [
        (Severity::Skipped, "passed by", summary.inputs.skipped),
        (Severity::Noted, "noted", summary.inputs.noted),
        (Severity::Damaged, "damaged", summary.inputs.damaged),
    ] {
        if count == 0 {
            continue;
        }
        for problem in summary.problems.iter().filter(|problem| problem.severity == severity).take(NAMED) {
            line(name, problem);
        }
        if count > NAMED as u64 {
            let more = grouped(count - NAMED as u64);
            line("", format_args!("and {more} more; summary.json lists them, -v says them all"));
        }
    }
}

fn line(label: &str, what: impl std::fmt::Display) {
    say(format_args!("{label:>10}  {what}"));
}

/// Text that cannot steer a terminal: control characters are escaped, line feeds shown as `⏎`.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            c if c.is_control() || is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_corpus_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb\u{202e}c"), "a\\u{1b}[2J⏎b\\u{202e}c");
        assert_eq!(printable("a\u{e0041}b"), "a\\u{e0041}b", "what hides is shown");
    }
}
