//! The last step: rows get the text of their kept copies, and are told.

use std::io;
use std::path::PathBuf;
use std::thread::Scope;

use rayon::ThreadPool;
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::aside::WorkbookAside;
use super::ordered::for_each_in_order;
use super::plan::Plan;
use super::record::RunRecord;
use super::resolve::Resolution;
use super::rewrite::{Keepers, Rewritten};
use super::spool::Chunk;
use super::summary::{InputCounts, Summary, TopCluster};
use super::tell::{DraftRow, cluster_name};
use super::{RowSink, RunError};
use crate::dedup::ClusterSummary;
use crate::model::{Kind, ReportRow};
use crate::output::{
    Committer, PageFacts, PageWriter, ReportLines, ReportWriter, RunFolder, WorkbookWriter, remove_report,
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

/// The last step of a run.
pub(super) struct Report<'a> {
    pub(super) plan: &'a Plan,
    pub(super) folder: Option<&'a RunFolder>,
    pub(super) resolution: &'a Resolution<'a>,
    pub(super) pool: &'a ThreadPool,
}

impl Report<'_> {
    /// Writes the report and the ledger, makes `text/` an exact mirror, and counts. Rows that `new_rows` does
    /// not know stand in a report of their own, too.
    pub(super) fn write(
        &self,
        rewritten: Rewritten,
        mut new_rows: Option<&mut NewRows>,
        summary: &mut Summary,
        rows: RowSink,
    ) -> Result<(), RunError> {
        let Report { plan, folder, resolution, pool } = *self;
        let Rewritten { spool, keepers, ledger, written, problems, tally } = rewritten;
        summary.rewritten(tally, &problems);
        summary.clusters = top_clusters(resolution, &keepers);
        let files = std::thread::scope(|scope| {
            let mut writers = Writers::new(plan, folder, new_rows.is_some(), about(summary), scope)?;
            let has_csv = writers.csv.is_some();
            let made_ready = |chunk: io::Result<Chunk>| {
                let chunk = chunk?;
                let rows = chunk.rows().map(|draft| Ok(quoting(draft?, &keepers)));
                let rows = rows.collect::<io::Result<Vec<ReportRow>>>()?;
                let lines = if has_csv { Some(ReportLines::of(&rows)?) } else { None };
                Ok((rows, lines))
            };
            let tell = |ready: io::Result<(Vec<ReportRow>, Option<ReportLines>)>| {
                let (told, lines) = ready.map_err(RunError::Spool)?;
                let mut lines = lines.iter().flat_map(ReportLines::iter);
                for row in told {
                    summary.row(&row);
                    summary.decided(&row, &plan.decisions);
                    rows(&row).map_err(RunError::Rows)?;
                    let is_new = new_rows.as_deref_mut().is_some_and(|new_rows| new_rows.is_new(&row));
                    writers.row(row, lines.next(), is_new)?;
                }
                Ok::<(), RunError>(())
            };
            let chunks = spool.into_chunks().map_err(RunError::Spool)?;
            for_each_in_order(pool, &plan.conduct.cancel, chunks, made_ready, tell)?;
            writers.finish(folder, || facts(plan, summary))
        })?;
        let Some(folder) = folder else { return Ok(()) };
        if plan.writes_text() {
            folder.prune_text(written.iter().map(|&source| resolution.sources[source].relative.as_path()))?;
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

    /// Takes a row, and the line that tells of it.
    fn row(&mut self, row: ReportRow, line: Option<&[u8]>, is_new: bool) -> Result<(), RunError> {
        if let Some(line) = line {
            let news = self.news.as_mut().filter(|_| is_new);
            self.csv.iter_mut().chain(news).try_for_each(|report| report.line(line))?;
        }
        if let Some(page) = &mut self.page {
            page.row(&row);
        }
        if let Some(workbook) = &mut self.workbook {
            workbook.row(row);
        }
        Ok(())
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
        let mut files = match csv {
            Some(csv) => csv.finish()?,
            None => ReportWriter::remove(folder.root()).map(|()| Vec::new())?,
        };
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
