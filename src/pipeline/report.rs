//! The last step: rows get the text of their kept copies, and are told.

use std::path::PathBuf;
use std::thread::Scope;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::ahead::read_ahead;
use super::aside::WorkbookAside;
use super::plan::Plan;
use super::record::RunRecord;
use super::resolve::Resolution;
use super::rewrite::{Keepers, Rewritten};
use super::summary::{InputCounts, Summary, TopCluster};
use super::tell::{DraftRow, cluster_name};
use super::{RowSink, RunError};
use crate::dedup::ClusterSummary;
use crate::model::{Kind, ReportRow};
use crate::output::{
    Committer, PageFacts, PageWriter, ReportWriter, RunFolder, WorkbookWriter, remove_report,
};

/// Clusters that are named in the summary.
const CLUSTERS_TOLD: usize = 20;

/// Tells the rows that the run before did not have.
pub(super) struct NewRows {
    /// Hashes of the ids of the rows it had.
    pub(super) before: FxHashSet<u64>,
    /// Those of this run.
    pub(super) now: Vec<u64>,
}

impl NewRows {
    fn is_new(&mut self, row: &ReportRow) -> bool {
        let id = xxh3_64(row.row_id.as_bytes());
        self.now.push(id);
        !self.before.contains(&id)
    }
}

/// Writes the report and the ledger, makes `text/` an exact mirror, and counts. Rows that `new_rows` does
/// not know stand in a report of their own, too.
pub(super) fn report(
    plan: &Plan,
    folder: Option<&RunFolder>,
    resolution: &Resolution,
    rewritten: Rewritten,
    mut new_rows: Option<&mut NewRows>,
    summary: &mut Summary,
    rows: RowSink,
) -> Result<(), RunError> {
    let Rewritten { spool, keepers, ledger, written, problems, tally } = rewritten;
    summary.rewritten(tally, &problems);
    summary.clusters = top_clusters(resolution, &keepers);
    let files = std::thread::scope(|scope| {
        let mut writers = Writers::new(plan, folder, new_rows.is_some(), about(summary), scope)?;
        for draft in read_ahead(scope, spool.into_rows().map_err(RunError::Spool)?)? {
            plan.conduct.cancel.check()?;
            let row = quoting(draft.map_err(RunError::Spool)?, &keepers);
            summary.row(&row);
            summary.decided(&row, &plan.decisions);
            rows(&row).map_err(RunError::Rows)?;
            let is_new = new_rows.as_deref_mut().is_some_and(|new_rows| new_rows.is_new(&row));
            if !writers.row(row, is_new)? {
                break;
            }
        }
        writers.finish(folder, || facts(plan, summary))
    })?;
    let Some(folder) = folder else { return Ok(()) };
    if plan.writes_text() {
        folder.prune_text(&written)?;
    }
    if let Some(ledger) = ledger {
        let mut committer = Committer::new(folder.root())?;
        committer.add(ledger)?;
        committer.finish()?;
    }
    let root = folder.root();
    RunRecord::new(plan, root, &files)?.write(root)?;
    Ok(())
}

/// Those who write the reports that are wanted.
struct Writers<'scope> {
    csv: Option<ReportWriter>,
    /// Of the rows that the run before did not have.
    news: Option<ReportWriter>,
    workbook: Option<WorkbookAside<'scope>>,
    page: Option<PageWriter>,
}

impl<'scope> Writers<'scope> {
    fn new<'env>(
        plan: &Plan,
        folder: Option<&RunFolder>,
        tells_news: bool,
        about: Vec<(&'static str, String)>,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Result<Self, RunError> {
        let csv = folder.filter(|_| plan.reports.csv);
        let news = csv.filter(|_| tells_news);
        let news =
            news.map(|folder| ReportWriter::create_new_rows(folder.root(), plan.csv_bom)).transpose()?;
        let csv = csv.map(|folder| ReportWriter::create(folder.root(), plan.csv_bom)).transpose()?;
        let xlsx = folder.filter(|_| plan.reports.xlsx);
        let workbook = xlsx.map(|folder| WorkbookWriter::create(folder.root())).transpose()?;
        let workbook = workbook.map(|workbook| WorkbookAside::new(scope, workbook, about)).transpose()?;
        let html = folder.filter(|_| plan.reports.html);
        Ok(Writers { csv, news, workbook, page: html.map(|folder| PageWriter::new(folder.root())) })
    }

    /// Takes a row. False when there is no use in more: finishing will tell why.
    fn row(&mut self, row: ReportRow, is_new: bool) -> Result<bool, RunError> {
        if let Some(csv) = &mut self.csv {
            csv.row(&row)?;
        }
        if let Some(news) = self.news.as_mut().filter(|_| is_new) {
            news.row(&row)?;
        }
        if let Some(page) = &mut self.page {
            page.row(&row);
        }
        Ok(self.workbook.as_mut().is_none_or(|workbook| workbook.row(row)))
    }

    /// Puts the reports in their places, and removes those of an earlier run that are not wanted any more.
    /// Returns the sheets.
    fn finish(
        self,
        folder: Option<&RunFolder>,
        facts: impl FnOnce() -> PageFacts,
    ) -> Result<Vec<PathBuf>, RunError> {
        let Writers { csv, news, workbook, page } = self;
        let Some(folder) = folder else { return Ok(Vec::new()) };
        // The slowest first: what fails here is told before anything else is put in its place.
        let workbook = workbook.map(WorkbookAside::finish).transpose()?.flatten();
        let mut files = csv.map(ReportWriter::finish).transpose()?.unwrap_or_default();
        match news {
            Some(news) => files.extend(news.finish()?),
            None => ReportWriter::remove_new_rows(folder.root())?,
        }
        match workbook {
            Some(workbook) => files.push(workbook),
            None => remove_report(folder.root(), "review.xlsx")?,
        }
        match page {
            Some(page) => drop(page.finish(&facts())?),
            None => remove_report(folder.root(), "report.html")?,
        }
        Ok(files)
    }
}

/// What the page says of the run.
fn facts(plan: &Plan, summary: &Summary) -> PageFacts {
    let InputCounts { skipped, noted, damaged } = summary.inputs;
    PageFacts {
        program: summary.program.to_owned(),
        documents: summary.documents,
        documents_changed: summary.documents_changed,
        documents_left_out: summary.documents_left_out,
        bytes: summary.bytes,
        bytes_removed: summary.bytes_removed,
        threshold: plan.duplicates.as_ref().map(|duplicates| duplicates.threshold),
        problems: summary.problems.clone(),
        problems_in_all: skipped + noted + damaged,
    }
}

/// What the workbook says of the run.
fn about(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("program", summary.program.to_owned()),
        ("documents", summary.documents.to_string()),
        ("documents changed", summary.documents_changed.to_string()),
        ("bytes of text", summary.bytes.to_string()),
        ("bytes removed", summary.bytes_removed.to_string()),
    ]
}

/// What the corpus repeats most.
fn top_clusters(resolution: &Resolution, keepers: &Keepers) -> Vec<TopCluster> {
    let Some(repetitions) = &resolution.repetitions else { return Vec::new() };
    let told = |cluster: ClusterSummary| TopCluster {
        cluster: cluster_name(Kind::ExactDuplicate, cluster.number),
        size: cluster.sentences,
        documents: cluster.documents,
        document: resolution.names.name(cluster.document),
        example: keepers.get(cluster.document, cluster.span).unwrap_or_default().to_owned(),
    };
    repetitions.top_clusters(CLUSTERS_TOLD).into_iter().map(told).collect()
}

fn quoting(draft: DraftRow, keepers: &Keepers) -> ReportRow {
    let DraftRow { mut row, kept, .. } = draft;
    if row.kind == Kind::DuplicateDocument {
        row.kept_text.clone_from(&row.kept_document);
    } else if let Some(text) = kept.and_then(|(document, span)| keepers.get(document, span)) {
        text.clone_into(&mut row.kept_text);
    }
    row
}
