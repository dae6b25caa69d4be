//! The last step: rows get the text of their kept copies, and are told.

use super::observer::Observer;
use super::plan::Plan;
use super::rewrite::Rewritten;
use super::summary::Summary;
use super::tell::DraftRow;
use super::{RunError, rewrite::Keepers};
use crate::model::ReportRow;
use crate::output::{self, ReportWriter, RunFolder};

/// Writes the report and the ledger, makes `text/` an exact mirror, and counts.
pub(super) fn report(
    plan: &Plan,
    folder: Option<&RunFolder>,
    rewritten: Rewritten,
    summary: &mut Summary,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let Rewritten { spool, keepers, mut ledger, written, problems, tally } = rewritten;
    summary.rewritten(tally, &problems);
    let mut report = folder.map(|folder| ReportWriter::create(folder, plan.csv_bom)).transpose()?;
    for draft in spool.into_rows().map_err(RunError::Spool)? {
        let row = quoting(draft.map_err(RunError::Spool)?, &keepers);
        if let Some(report) = &mut report {
            report.row(&row)?;
        }
        if let Some(ledger) = &mut ledger {
            ledger.finding(&row)?;
        }
        summary.row(&row);
        observer.row(&row);
    }
    for cluster in &mut summary.clusters {
        cluster.example = String::new();
    }
    let Some(folder) = folder else { return Ok(()) };
    if let Some(report) = report {
        report.finish()?;
    }
    if let Some(ledger) = ledger {
        ledger.finish()?;
    }
    if plan.writes_text() {
        folder.prune_text(&written)?;
    }
    output::write_json_atomically(&folder.summary(), summary)?;
    Ok(())
}

fn quoting(draft: DraftRow, keepers: &Keepers) -> ReportRow {
    let DraftRow { mut row, kept } = draft;
    if let Some((name, text)) = kept.and_then(|(document, span)| keepers.get(document, span)) {
        name.clone_into(&mut row.kept_document);
        text.clone_into(&mut row.kept_text);
    }
    row
}
