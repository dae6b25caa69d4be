//! Exit codes: the contract with cron jobs and CI.

use std::io;
use std::process::ExitCode;

use crate::output::{FolderError, UndoError};
use crate::pipeline::{PlanError, RunError};
use crate::state::StateError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Finished.
    Finished = 0,
    /// `check` found something to change, or `apply` refused some decisions.
    Findings = 1,
    /// Usage or settings error: nothing was written.
    Usage = 2,
    /// Finished, but some inputs were unreadable or damaged; each is listed.
    DamagedInputs = 3,
    /// Writing the output failed; the run can be repeated.
    OutputFailed = 4,
    /// Another run is writing there now.
    Busy = 5,
    /// More would have been removed than was allowed, or nothing is left of the corpus: nothing was written.
    Stopped = 6,
    /// Interrupted by Ctrl-C; what is on the disk is whole, and the run can be repeated.
    Interrupted = 130,
    /// The same by a request to terminate, or the loss of the terminal.
    Terminated = 143,
}

impl Exit {
    /// The code for an error.
    pub(super) fn of(error: &anyhow::Error) -> Exit {
        match error.downcast_ref::<RunError>() {
            Some(RunError::Plan(PlanError::Folder(FolderError::Io(_)))) => Exit::OutputFailed,
            Some(RunError::Plan(PlanError::Folder(FolderError::Busy(_)))) => Exit::Busy,
            Some(RunError::State(StateError::Busy(_))) => Exit::Busy,
            Some(RunError::State(StateError::NotOurs(_) | StateError::InsideInput { .. })) => Exit::Usage,
            Some(RunError::Plan(_) | RunError::TextField { .. }) => Exit::Usage,
            Some(RunError::Brake(_) | RunError::CorpusGone(_)) => Exit::Stopped,
            Some(RunError::Interrupted(_)) => Exit::Interrupted,
            Some(_) => Exit::OutputFailed,
            None if matches!(error.downcast_ref(), Some(UndoError::Output(_))) => Exit::OutputFailed,
            None if error.is::<io::Error>() => Exit::OutputFailed,
            None => Exit::Usage,
        }
    }
}

impl Exit {
    /// Whether everything was done, whatever was found.
    pub(super) fn is_finished(self) -> bool {
        matches!(self, Exit::Finished | Exit::Findings | Exit::DamagedInputs)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// True when whoever read our stdout has left, as `head` does: no reason to complain.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
