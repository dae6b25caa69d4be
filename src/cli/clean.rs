//! `scrubjay clean` and `scrubjay check`.

use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::args::{self, Check, Clean, CsvBom, FailOn, Find, Format, Input, Report, ReportForm, Talk, What};
use super::exit::Exit;
use super::journal::Journal;
use super::session::Session;
use super::{story, typos};
use crate::decide::Decisions;
use crate::model::{Action, ReportRow};
use crate::pipeline::{self, Conduct, NewDecisions, Plan, Product, Reports, RunError, Summary};
use crate::{dedup, input};

/// Does the whole job.
pub(super) fn clean(
    command: &Clean,
    talk: &Talk,
    journal: &Journal,
    files: Option<Vec<PathBuf>>,
) -> anyhow::Result<Exit> {
    let session = Session::begin(talk, journal, &command.running)?;
    let product = Product::Text(command.output.clone());
    let plan = plan(&command.input, &command.find, &command.report, product, files);
    let mut plan = session.begun(plan)?;
    plan.state.clone_from(&command.remember.state);
    plan.conduct = Conduct { max_removed: command.max_removed, ..session.conduct() };
    let outcome = pipeline::run(&plan, &session.progress());
    session.end(outcome, &plan, |summary| exit(summary, FailOn::None))
}

/// Finds the same and changes nothing.
pub(super) fn check(
    command: &Check,
    talk: &Talk,
    journal: &Journal,
    files: Option<Vec<PathBuf>>,
) -> anyhow::Result<Exit> {
    let session = Session::begin(talk, journal, &command.running)?;
    let product = command.output.clone().map_or(Product::Findings, Product::Reports);
    let plan = plan(&command.input, &command.find, &command.report, product, files);
    let mut plan = session.begun(plan)?;
    plan.state.clone_from(&command.remember.state);
    plan.conduct = session.conduct();
    let progress = session.progress();
    let outcome = match &plan.product {
        Product::Findings => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            let outcome = pipeline::run_with_rows(&plan, &progress, &mut |row| match command.format {
                Format::Text => write_finding(&mut out, row),
                Format::Json => write_json(&mut out, row),
                Format::Github => write_github(&mut out, &command.input.corpus, row),
            });
            let flushed = out.flush();
            outcome.and_then(|summary| flushed.map(|()| summary).map_err(RunError::Rows))
        }
        _ => pipeline::run(&plan, &progress),
    };
    session.end(outcome, &plan, |summary| exit(summary, command.fail_on))
}

/// What was typed, checked.
fn plan(
    typed: &Input,
    find: &Find,
    report: &Report,
    product: Product,
    files: Option<Vec<PathBuf>>,
) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        selection: selection(typed, files)?,
        input: input_settings(typed),
        duplicates: find.find.contains(&What::Duplicates).then(|| duplicates(find)),
        typos: find.find.contains(&What::Typos).then(|| typos::settings(find)).transpose()?,
        prefer: find.prefer.clone(),
        product,
        csv_bom: report.csv_bom == CsvBom::Always,
        reports: Reports {
            csv: report.reports.contains(&ReportForm::Csv),
            xlsx: report.reports.contains(&ReportForm::Xlsx),
            html: report.reports.contains(&ReportForm::Html),
        },
        decisions_file: report.decisions.clone(),
        new_decisions: NewDecisions::default(),
        decisions: Decisions::default(),
        state: None,
        threads: typed.threads,
        conduct: Conduct::default(),
    };
    plan.selection.avoid = plan.output().cloned();
    Ok(plan)
}

/// Which files were meant, among them those of a list.
pub(super) fn selection(typed: &Input, files: Option<Vec<PathBuf>>) -> anyhow::Result<input::Selection> {
    if typed.corpus.is_empty() && typed.files_from.is_none() {
        anyhow::bail!("name a corpus, or a list of files with --files-from");
    }
    Ok(input::Selection {
        roots: typed.corpus.clone(),
        files,
        include: typed.include.clone(),
        exclude: typed.exclude.clone(),
        avoid: None::<PathBuf>,
    })
}

/// How they are to be read.
pub(super) fn input_settings(typed: &Input) -> input::Settings {
    input::Settings {
        text_field: typed.text_field.clone(),
        id_field: typed.id_field.clone(),
        max_document_bytes: typed.max_document_size,
        ..input::Settings::default()
    }
}

fn duplicates(find: &Find) -> dedup::Settings {
    dedup::Settings {
        threshold: find.threshold,
        min_words: find.min_words,
        scope: match find.scope {
            args::Scope::Corpus => dedup::Scope::Corpus,
            args::Scope::Document => dedup::Scope::Document,
        },
        keep: match find.keep {
            args::Keep::First => dedup::Keep::First,
            args::Keep::Last => dedup::Keep::Last,
            args::Keep::Longest => dedup::Keep::Longest,
        },
        ..dedup::Settings::default()
    }
}

/// Damaged inputs outrank findings: a script must not take "nothing found" for "all is well".
fn exit(summary: &Summary, fail_on: FailOn) -> Exit {
    let total = summary.total();
    let safe = total.remove + total.replace;
    let counted = match fail_on {
        FailOn::Safe => safe,
        FailOn::Any => safe + total.review,
        FailOn::None => 0,
    };
    match (summary.inputs.damaged, counted) {
        (0, 0) => Exit::Finished,
        (0, _) => Exit::Findings,
        _ => Exit::DamagedInputs,
    }
}

/// The row as a JSON object, on a line.
fn write_json(out: &mut impl Write, row: &ReportRow) -> io::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.write_all(b"\n")
}

/// A workflow command: what is safe is a warning, what a person should look at a notice.
fn write_github(out: &mut impl Write, roots: &[PathBuf], row: &ReportRow) -> io::Result<()> {
    let command = if row.action == Action::Review { "notice" } else { "warning" };
    let mut message = Vec::new();
    write_finding(&mut message, row)?;
    let message = String::from_utf8_lossy(&message);
    // A document in a JSONL file is a line of that file, and its columns are none of the file's.
    let (file, place) = match row.document.rsplit_once('#') {
        Some((file, number)) if number.parse::<u64>().is_ok() => (file, format!("line={number}")),
        _ => (row.document.as_str(), format!("line={},col={}", row.line, row.column)),
    };
    let property = |text: &str| escape_command(text).replace(':', "%3A").replace(',', "%2C");
    writeln!(
        out,
        "::{command} file={},{place},title={}::{}",
        property(&path_from_here(roots, file).display().to_string()),
        row.kind.as_str(),
        escape_command(message.trim_end())
    )
}

/// Where a document is, from the current folder on, by its name in a corpus with these roots.
fn path_from_here(roots: &[PathBuf], name: &str) -> PathBuf {
    let name = Path::new(name);
    let path = match roots {
        [] => name.to_owned(),
        [root] if root.is_file() => root.clone(),
        [root] => root.join(name),
        // Each name begins with the last part of its root.
        _ => {
            let root = roots.iter().find(|root| root.file_name().is_some_and(|last| name.starts_with(last)));
            root.and_then(|root| root.parent()).map_or_else(|| name.to_owned(), |parent| parent.join(name))
        }
    };
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(here).unwrap_or(&path);
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn escape_command(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// One finding, one line: `place: kind: what -> what instead (why)`.
fn write_finding(out: &mut impl Write, row: &ReportRow) -> io::Result<()> {
    let ReportRow { document, line, column, kind, action, .. } = row;
    write!(out, "{document}:{line}:{column}: {}: ", kind.as_str())?;
    if kind.is_repetition() {
        write!(out, "{} ", quoted(&row.text))?;
        match row.kept_line {
            Some(kept_line) => write!(out, "is like {}:{kept_line}", row.kept_document)?,
            None => write!(out, "is like {}", row.kept_document)?,
        }
    } else {
        write!(out, "{} -> {}", quoted(&row.text), quoted(&row.suggestion))?;
    }
    let sign = if *action == Action::Review { " [review]" } else { "" };
    match row.reason.as_str() {
        "" => writeln!(out, "{sign}"),
        reason => writeln!(out, " ({}){sign}", story::printable(reason)),
    }
}

/// A text in quotes on one line, cut where it gets long.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", story::printable(&shown))
}
