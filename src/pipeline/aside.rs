//! The workbook in a thread of its own: it takes longer than all other reports together.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::RunError;
use super::ordered::NoThread;
use crate::model::ReportRow;
use crate::output::{OutputError, WorkbookWriter};

/// Rows handed over at a time, so that handing over does not show.
const BATCH: usize = 256;

/// Batches that may wait: a bound on memory.
const WAITING: usize = 4;

/// What is wanted of the workbook next.
enum Wish {
    Rows(Vec<ReportRow>),
    /// Those were all: it is to be put in its place.
    Finish,
}

/// A workbook that is written elsewhere. Dropped before [`finish`](WorkbookAside::finish), it leaves nothing.
pub(super) struct WorkbookAside<'scope> {
    batch: Vec<ReportRow>,
    sender: SyncSender<Wish>,
    thread: ScopedJoinHandle<'scope, Result<Option<PathBuf>, OutputError>>,
}

impl<'scope> WorkbookAside<'scope> {
    /// A thread for `workbook`, which will be finished with what it is to say `about` the run.
    ///
    /// # Errors
    /// When there is no thread.
    pub(super) fn new<'env>(
        scope: &'scope Scope<'scope, 'env>,
        workbook: WorkbookWriter,
        about: Vec<(&'static str, String)>,
    ) -> Result<Self, NoThread> {
        let (sender, receiver) = sync_channel(WAITING);
        let write = move || write(workbook, &receiver, &about);
        let thread = Builder::new().spawn_scoped(scope, write).map_err(NoThread)?;
        Ok(WorkbookAside { batch: Vec::with_capacity(BATCH), sender, thread })
    }

    /// Takes a row.
    pub(super) fn row(&mut self, row: ReportRow) {
        self.batch.push(row);
        if self.batch.len() >= BATCH {
            let rows = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
            // Nobody takes them after an error, which finishing will tell.
            let _ = self.sender.send(Wish::Rows(rows));
        }
    }

    /// Waits until the workbook is in its place.
    ///
    /// # Errors
    /// When it could not be written.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, RunError> {
        let WorkbookAside { batch, sender, thread } = self;
        for wish in [Wish::Rows(batch), Wish::Finish] {
            // Nobody takes it after an error, which the thread brings back.
            let _ = sender.send(wish);
        }
        let written = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok(written?)
    }
}

/// What the thread does; `None` when it was left before the end.
fn write(
    mut workbook: WorkbookWriter,
    wishes: &Receiver<Wish>,
    about: &[(&str, String)],
) -> Result<Option<PathBuf>, OutputError> {
    for wish in wishes {
        match wish {
            Wish::Rows(rows) => rows.iter().try_for_each(|row| workbook.row(row))?,
            Wish::Finish => return workbook.finish(about).map(Some),
        }
    }
    Ok(None)
}
