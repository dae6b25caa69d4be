//! Looking at rows of a finished run: with the text around them, the copies they quote, and for
//! words what spoke for and against them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::observer::Observer;
use super::plan::{Plan, Product};
use super::reviewed::{self, ReviewError};
use super::{RunError, again, resolve, survey};
use crate::input;
use crate::language::Lexicon;
use crate::model::{Document, Format, ReportRow, Source, Span};
use crate::output::{FindingRecord, LedgerReader, Record};
use crate::segment;
use crate::spell::Evidence;

/// Characters of context on either side.
const CONTEXT: usize = 100;

/// A row and what stands around it.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The row, with the text of the kept copy. That is empty when its source changed since.
    pub row: ReportRow,
    /// The end of what stands before it; empty when its document changed since.
    pub before: String,
    /// The beginning of what stands behind it; empty when its document changed since.
    pub after: String,
    /// The document is gone or changed since the run, so that the row may not stand there any more.
    pub changed: bool,
}

/// Rows that are looked for in the documents that they name.
#[derive(Default)]
struct Sought {
    rows: Vec<Looked>,
    /// By document: the rows in it, and the rows that quote it with what they quote.
    own: FxHashMap<String, Vec<usize>>,
    quoted: FxHashMap<String, Vec<(usize, Span)>>,
    /// What sources may be called that hold these documents.
    sources: FxHashSet<String>,
    /// By source: its hash at the time of the run.
    hashes: FxHashMap<String, u128>,
}

/// The rows of the run in `run` that are `wanted`, in the order of the report, with the text around
/// them. The files that they name are read once.
///
/// # Errors
/// When the run or the corpus cannot be read.
pub fn look(
    run: &Path,
    plan: &Plan,
    wanted: impl FnMut(&ReportRow) -> bool,
) -> Result<Vec<Looked>, ReviewError> {
    let mut sought = Sought::read(run, wanted)?;
    if !sought.rows.is_empty() {
        for source in input::discover(&plan.selection)?.sources {
            if sought.sources.contains(&source.name) {
                sought.look_in(&source, &plan.input);
            }
        }
    }
    Ok(sought.rows)
}

impl Sought {
    fn read(run: &Path, mut wanted: impl FnMut(&ReportRow) -> bool) -> Result<Sought, ReviewError> {
        let no_run = |cause| ReviewError::NoRun { run: run.to_owned(), cause };
        let damaged = |cause| ReviewError::Ledger { run: run.to_owned(), cause };
        let file = File::open(run.join("ledger.jsonl")).map_err(no_run)?;
        let mut sought = Sought::default();
        for record in LedgerReader::new(BufReader::with_capacity(1 << 18, file)).map_err(damaged)? {
            match record.map_err(damaged)? {
                Record::Finding(finding) if wanted(&finding.row) => sought.add(*finding),
                Record::SourceEnd(end) => {
                    sought.hashes.insert(end.source, end.sums.hash_before);
                }
                _ => {}
            }
        }
        Ok(sought)
    }

    fn add(&mut self, finding: FindingRecord) {
        let FindingRecord { row, kept_start, kept_end } = finding;
        let place = self.rows.len();
        self.name(&row.document);
        self.own.entry(row.document.clone()).or_default().push(place);
        if let Some((start, end)) = kept_start.zip(kept_end) {
            let quote = (place, Span::new(start, end.max(start)));
            self.name(&row.kept_document);
            self.quoted.entry(row.kept_document.clone()).or_default().push(quote);
        }
        self.rows.push(Looked { row, before: String::new(), after: String::new(), changed: true });
    }

    /// A document may be all of a source of its name, or a line of one: what stands before any `#`.
    fn name(&mut self, document: &str) {
        let ends = document.match_indices('#').map(|(at, _)| at).chain([document.len()]);
        self.sources.extend(ends.map(|end| document[..end].to_owned()));
    }

    /// Fills in what the documents of a source say. Of a source that is not what it was, only rows that stand
    /// where they stood in a line of their own are known to be what they were.
    fn look_in(&mut self, source: &Source, settings: &input::Settings) {
        let mut own = Vec::new();
        let mut quotes = Vec::new();
        let now = again::read(source, settings, |names, document| {
            for &place in names.iter().filter_map(|name| self.own.get(name)).flatten() {
                let row = &self.rows[place].row;
                let around = around(document, row.span);
                own.extend(around.map(|around| (place, around, reviewed::stands_in(row, document))));
            }
            for &(place, span) in names.iter().filter_map(|name| self.quoted.get(name)).flatten() {
                let text = document.text.get(span.start..span.end);
                quotes.extend(text.map(|text| (place, text.to_owned())));
            }
        });
        let is_same = now.is_ok_and(|now| self.hashes.get(&source.name) == Some(&now));
        for (place, (before, after), stands) in own {
            if is_same || stands && source.format == Format::JsonLines {
                let looked = &mut self.rows[place];
                (looked.before, looked.after, looked.changed) = (before, after, false);
            }
        }
        for (place, text) in quotes.into_iter().filter(|_| is_same) {
            self.rows[place].row.kept_text = text;
        }
    }
}

/// What stands on either side of a span, if it is in the text.
fn around(document: &Document, span: Span) -> Option<(String, String)> {
    let (before, after) = (document.text.get(..span.start)?, document.text.get(span.end..)?);
    let start = before.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
    let end = after.char_indices().nth(CONTEXT).map_or(after.len(), |(at, _)| at);
    Some((before[start..].to_owned(), after[..end].to_owned()))
}

/// What speaks for and against the candidates of a word, with the corpus as witness. The corpus is
/// surveyed for it. `None` when nothing is known of the place, as for what rules found.
///
/// # Errors
/// When the corpus cannot be read.
pub fn evidence(plan: &Plan, row: &ReportRow, observer: &dyn Observer) -> Result<Option<Evidence>, RunError> {
    let plan = Plan { duplicates: None, product: Product::Findings, ..plan.clone() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build()?;
    let discovery = input::discover(&plan.selection).map_err(super::PlanError::from)?;
    let lexicon = Lexicon::load().map_err(RunError::Lexicon)?;
    let survey = survey(&plan, discovery, &pool, observer)?;
    let resolution = pool.install(|| resolve(&plan, survey, &lexicon))?;
    let Some(speller) = &resolution.speller else { return Ok(None) };
    let mut found = None;
    for source in resolution.sources.iter().filter(|source| row.document.starts_with(&source.name)) {
        // What cannot be read any more, nothing is known of.
        let _ = again::read(source, &plan.input, |names, document| {
            if names.contains(&row.document) {
                let segmented = segment::segment(&document.text, document.markup);
                let evidence = speller.evidence(&document.text, &segmented.sentences, &segmented.protected);
                found = evidence.into_iter().find(|evidence| evidence.span.overlaps(row.span));
            }
        });
    }
    Ok(found)
}
