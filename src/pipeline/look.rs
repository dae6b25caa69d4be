//! Looking at rows of a finished run: with the text around them, the copies they quote, and for
//! words what spoke for and against them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rustc_hash::FxHashMap;

use super::observer::Observer;
use super::plan::{Plan, Product};
use super::reviewed::ReviewError;
use super::{RunError, for_each_document, resolve, survey};
use crate::input;
use crate::language::Lexicon;
use crate::model::{Document, ReportRow, Span};
use crate::output::{LedgerReader, Record};
use crate::segment;
use crate::spell::Evidence;

/// Characters of context on either side.
const CONTEXT: usize = 100;

/// A row and what stands around it now.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The row, with the text of the kept copy. That is empty when its document changed since.
    pub row: ReportRow,
    /// The end of what stands before it.
    pub before: String,
    /// The beginning of what stands behind it.
    pub after: String,
}

/// The rows of the run in `run` that are `wanted`, in the order of the report, with the text around
/// them. The corpus is read once.
///
/// # Errors
/// When the run or the corpus cannot be read.
pub fn look(
    run: &Path,
    plan: &Plan,
    mut wanted: impl FnMut(&ReportRow) -> bool,
) -> Result<Vec<Looked>, ReviewError> {
    let no_run = |cause| ReviewError::NoRun { run: run.to_owned(), cause };
    let damaged = |cause| ReviewError::Ledger { run: run.to_owned(), cause };
    let file = File::open(run.join("ledger.jsonl")).map_err(no_run)?;
    let mut looked: Vec<Looked> = Vec::new();
    // By document: the rows in it, and the rows that quote it with what they quote.
    let mut own: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    let mut quoted: FxHashMap<String, Vec<(usize, Span)>> = FxHashMap::default();
    for record in LedgerReader::new(BufReader::with_capacity(1 << 18, file)).map_err(damaged)? {
        let Record::Finding(finding) = record.map_err(damaged)? else { continue };
        if !wanted(&finding.row) {
            continue;
        }
        let place = looked.len();
        own.entry(finding.row.document.clone()).or_default().push(place);
        if let (Some(start), Some(end)) = (finding.kept_start, finding.kept_end) {
            let quote = (place, Span::new(start, end.max(start)));
            quoted.entry(finding.row.kept_document.clone()).or_default().push(quote);
        }
        looked.push(Looked { row: finding.row, before: String::new(), after: String::new() });
    }
    if looked.is_empty() {
        return Ok(looked);
    }
    for_each_document(&plan.selection, &plan.input, |document| {
        let Ok(document) = document else { return Ok(()) };
        for &place in own.get(&document.name).into_iter().flatten() {
            let Looked { row, before, after } = &mut looked[place];
            (*before, *after) = around(&document, row.span).unwrap_or_default();
        }
        for &(place, span) in quoted.get(&document.name).into_iter().flatten() {
            if let Some(text) = document.text.get(span.start..span.end) {
                text.clone_into(&mut looked[place].row.kept_text);
            }
        }
        Ok::<(), ReviewError>(())
    })?;
    Ok(looked)
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
    let looked = for_each_document(&plan.selection, &plan.input, |document| {
        if let Ok(document) = document
            && document.name == row.document
        {
            let segmented = segment::segment(&document.text, document.markup);
            let evidence = speller.evidence(&document.text, &segmented.sentences, &segmented.protected);
            found = evidence.into_iter().find(|evidence| evidence.span.overlaps(row.span));
        }
        Ok::<(), input::SelectionError>(())
    });
    looked.map_err(super::PlanError::from)?;
    Ok(found)
}
