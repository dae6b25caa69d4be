//! The last step: rows get the text of their kept copies, and are told.

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
    Committer, OutputError, PageFacts, PageWriter, ReportWriter, RunFolder, WorkbookWriter, remove_report,
};

/// Clusters that are named in the summary.
const CLUSTERS_TOLD: usize = 20;

/// Writes the report and the ledger, makes `text/` an exact mirror, and counts.
pub(super) fn report(
    plan: &Plan,
    folder: Option<&RunFolder>,
    resolution: &Resolution,
    rewritten: Rewritten,
    summary: &mut Summary,
    rows: RowSink,
) -> Result<(), RunError> {
    let Rewritten { spool, keepers, ledger, written, problems, tally } = rewritten;
    summary.rewritten(tally, &problems);
    let clusters = top_clusters(resolution, &keepers);
    let csv = folder.filter(|_| plan.reports.csv);
    let mut report = csv.map(|folder| ReportWriter::create(folder.root(), plan.csv_bom)).transpose()?;
    let xlsx = folder.filter(|_| plan.reports.xlsx);
    let mut workbook = xlsx.map(|folder| WorkbookWriter::create(folder.root())).transpose()?;
    let html = folder.filter(|_| plan.reports.html);
    let mut page = html.map(|folder| PageWriter::new(folder.root()));
    let mut files = Vec::new();
    for draft in spool.into_rows().map_err(RunError::Spool)? {
        plan.conduct.cancel.check()?;
        let row = quoting(draft.map_err(RunError::Spool)?, &keepers);
        if let Some(report) = &mut report {
            report.row(&row)?;
        }
        if let Some(workbook) = &mut workbook {
            workbook.row(&row)?;
        }
        if let Some(page) = &mut page {
            page.row(&row);
        }
        summary.row(&row);
        summary.decided(&row, &plan.decisions);
        rows(&row).map_err(RunError::Rows)?;
    }
    summary.clusters = clusters;
    let Some(folder) = folder else { return Ok(()) };
    if let Some(report) = report {
        files.extend(report.finish()?);
    }
    match workbook {
        Some(workbook) => files.push(workbook.finish(&about(summary))?),
        None => remove_report(folder.root(), "review.xlsx")?,
    }
    match page {
        Some(page) => drop(page.finish(&facts(plan, summary))?),
        None => remove_report(folder.root(), "report.html")?,
    }
    if plan.writes_text() {
        folder.prune_text(&written)?;
    }
    if let Some(ledger) = ledger {
        let mut committer = Committer::new(folder.root())?;
        committer.add(ledger)?;
        committer.finish()?;
    }
    let root = folder.root();
    let record = RunRecord::new(plan, &files);
    record.map_err(|cause| OutputError { verb: "read", path: root.to_owned(), cause })?.write(root)?;
    Ok(())
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
    let DraftRow { mut row, kept } = draft;
    if row.kind == Kind::DuplicateDocument {
        row.kept_text.clone_from(&row.kept_document);
    } else if let Some(text) = kept.and_then(|(document, span)| keepers.get(document, span)) {
        text.clone_into(&mut row.kept_text);
    }
    row
}
