//! The parts of the page that are plain HTML: what the run did, and the first rows.

use std::fmt::Write as _;

use super::PageFacts;
use crate::model::figures::{counted, grouped, size};
use crate::model::{Action, Kind, Problem, ReportRow, Severity};
use crate::output::charts::Charts;
use crate::output::diff::{Stretch, word_diff};
use crate::output::html::{escaped, visible};
use crate::output::workbook::around;

/// Rows that can be read without JavaScript.
const STATIC_ROWS: usize = 200;

/// Inputs that are named in the box at the top.
const PROBLEMS: usize = 20;

pub(super) fn told(facts: &PageFacts) -> String {
    let documents = counted(facts.documents, "document", "documents");
    escaped(&format!("{documents}, {} of text · {}", size(facts.bytes), facts.program))
}

pub(super) fn problems(facts: &PageFacts) -> String {
    let worth: Vec<&Problem> = facts
        .problems
        .iter()
        .filter(|problem| problem.severity != Severity::Skipped)
        .take(PROBLEMS)
        .collect();
    if worth.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<section class=\"needs\" aria-labelledby=\"needs\"><h2 id=\"needs\">Worth a look</h2><ul>",
    );
    for problem in &worth {
        let _ = write!(out, "<li>{}</li>", escaped(&visible(&problem.to_string())));
    }
    if facts.problems_in_all > worth.len() as u64 {
        let _ = write!(
            out,
            "<li>summary.json lists all {}, with the inputs passed by on purpose</li>",
            grouped(facts.problems_in_all)
        );
    }
    out.push_str("</ul></section>");
    out
}

pub(super) fn cards(facts: &PageFacts, charts: &Charts) -> String {
    let (remove, replace, review) = charts.actions();
    let share = if facts.bytes > 0 { 100.0 * facts.bytes_removed as f64 / facts.bytes as f64 } else { 0.0 };
    let left_out = match facts.documents_left_out {
        0 => "repeated elsewhere".to_owned(),
        count => format!("{} left out whole", counted(count, "document", "documents")),
    };
    let cards = [
        ("remove", grouped(remove), "removals", left_out),
        ("replace", grouped(replace), "corrections", "certain enough to be made".to_owned()),
        ("review", grouped(review), "for review", "nothing is done until you decide".to_owned()),
        ("text", format!("{share:.1} %"), "of the text removed", size(facts.bytes_removed)),
        (
            "text",
            grouped(facts.documents_changed),
            "documents changed",
            format!("of {}", grouped(facts.documents)),
        ),
    ];
    cards.into_iter().fold(String::new(), |mut out, (class, number, name, more)| {
        let _ = write!(
            out,
            "<div class=\"card {class}\"><b>{number}</b><span>{name}</span><small>{}</small></div>",
            escaped(&more)
        );
        out
    })
}

pub(super) fn note(shown: usize, seen: usize) -> String {
    match (seen, shown) {
        (0, _) => "Nothing was found: no sentence repeats another, and no word is mistyped.".to_owned(),
        (seen, shown) if seen == shown => format!(
            "{}. Struck words go, underlined ones come; of two sentences, the words that differ are marked.",
            counted(seen as u64, "finding", "findings")
        ),
        (seen, shown) => format!(
            "The page shows {} of {} findings: those for review, then the least sure and the largest clusters. \
             review.xlsx and report.csv hold all of them.",
            grouped(shown as u64),
            grouped(seen as u64)
        ),
    }
}

pub(super) fn static_rows(rows: &[ReportRow]) -> String {
    let mut out = String::new();
    for row in rows.iter().take(STATIC_ROWS) {
        static_row(&mut out, row);
    }
    if rows.len() > STATIC_ROWS {
        let more = grouped((rows.len() - STATIC_ROWS) as u64);
        let _ = write!(out, "<p class=\"note\">and {more} more: with JavaScript, or in the sheets</p>");
    }
    out
}

fn static_row(out: &mut String, row: &ReportRow) {
    let action = row.action.as_str();
    let _ = write!(
        out,
        "<article class=\"row {action}\"><p class=\"head\"><span class=\"tag {action}\">{action}</span>\
         <span>{}</span><bdi class=\"place\">{}:{}</bdi><span>{:.0} % sure</span>",
        row.kind.as_str(),
        escaped(&row.document),
        row.line,
        100.0 * row.confidence
    );
    if let Some(similarity) = row.similarity {
        let of = if row.kind == Kind::Restated { "shared" } else { "alike" };
        let _ = write!(out, "<span>{:.1} % {of}</span>", 100.0 * similarity);
    }
    out.push_str("</p>");
    if row.kind.is_repetition() && row.suggestion.is_empty() {
        let line = row.kept_line.map(|line| format!(":{line}")).unwrap_or_default();
        let (kept, own) = side_by_side(row);
        let (stays, goes) = match (row.kind, row.action) {
            (Kind::Restated, _) => ("earlier", "again"),
            (_, Action::Remove) => ("stays", "goes"),
            _ => ("stays", "like it"),
        };
        let _ = write!(
            out,
            "<div class=\"pair\"><div class=\"side\"><span class=\"where\">{stays}: {}{line}</span>\
             <p class=\"text\" dir=\"auto\">{kept}</p></div><div class=\"side\"><span class=\"where\">{goes}</span>\
             <p class=\"text\" dir=\"auto\">{own}</p></div></div>",
            escaped(&row.kept_document)
        );
    } else {
        let (before, after) = around(row);
        let _ = write!(
            out,
            "<p class=\"text\" dir=\"auto\">{}<del>{}</del><ins>{}</ins>{}</p>",
            escaped(before),
            escaped(&row.text),
            escaped(&row.suggestion),
            escaped(after)
        );
    }
    if !row.reason.is_empty() {
        let _ = write!(out, "<p class=\"why\">{}</p>", escaped(&row.reason));
    }
    out.push_str("</article>\n");
}

/// The kept text and the row's own, each with the words that only it has marked, where they are two
/// wordings of one sentence.
fn side_by_side(row: &ReportRow) -> (String, String) {
    if !row.kind.is_copy() {
        let kept = if row.kind == Kind::DuplicateDocument { String::new() } else { escaped(&row.kept_text) };
        return (kept, escaped(&row.text));
    }
    let (mut kept, mut own) = (String::new(), String::new());
    for stretch in word_diff(&row.kept_text, &row.text) {
        let text = escaped(stretch.text());
        match stretch {
            Stretch::Same(_) => {
                kept.push_str(&text);
                own.push_str(&text);
            }
            Stretch::Gone(_) => drop(write!(kept, "<ins>{text}</ins>")),
            Stretch::Come(_) => drop(write!(own, "<del>{text}</del>")),
        }
    }
    (kept, own)
}
