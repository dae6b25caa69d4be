//! The last step: rows get the text of their kept copies, and are told.

use super::plan::Plan;
use super::resolve::Resolution;
use super::rewrite::{Keepers, Rewritten};
use super::summary::{Summary, TopCluster};
use super::tell::{DraftRow, cluster_name};
use super::{RowSink, RunError};
use crate::dedup::ClusterSummary;
use crate::model::{Kind, ReportRow};
use crate::output::{Committer, ReportWriter, RunFolder};

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
    let mut report = folder.map(|folder| ReportWriter::create(folder.root(), plan.csv_bom)).transpose()?;
    for draft in spool.into_rows().map_err(RunError::Spool)? {
        plan.conduct.cancel.check()?;
        let row = quoting(draft.map_err(RunError::Spool)?, &keepers);
        if let Some(report) = &mut report {
            report.row(&row)?;
        }
        summary.row(&row);
        rows(&row).map_err(RunError::Rows)?;
    }
    summary.clusters = clusters;
    let Some(folder) = folder else { return Ok(()) };
    if let Some(report) = report {
        report.finish()?;
    }
    if plan.writes_text() {
        folder.prune_text(&written)?;
    }
    if let Some(ledger) = ledger {
        let mut committer = Committer::new(folder.root())?;
        committer.add(ledger)?;
        committer.finish()?;
    }
    Ok(())
}

/// What the corpus repeats most.
fn top_clusters(resolution: &Resolution, keepers: &Keepers) -> Vec<TopCluster> {
    let Some(repetitions) = &resolution.repetitions else { return Vec::new() };
    let told = |cluster: ClusterSummary| TopCluster {
        cluster: cluster_name(cluster.example.0),
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
