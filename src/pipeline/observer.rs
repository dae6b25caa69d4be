//! Who wants to know how far the work is.

use std::path::Path;

use crate::model::Problem;

/// The parts of a run that take time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Every document is read for the first time.
    Survey,
    /// The corpus is looked at as a whole.
    Resolve,
    /// What would be removed is measured, to see whether it is more than was allowed.
    Measure,
    /// Every document is read again and written.
    Rewrite,
}

impl Step {
    /// A verb for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Survey => "reading",
            Step::Resolve => "comparing",
            Step::Measure => "measuring",
            Step::Rewrite => "cleaning",
        }
    }
}

/// Is told what happens during a run. All methods do nothing unless overridden, and may be called
/// from any thread.
pub trait Observer: Sync {
    /// A step begins that will walk over `bytes` bytes on disk (0: not known).
    fn begin(&self, step: Step, bytes: u64) {
        let _ = (step, bytes);
    }

    /// The step has walked over this much more.
    fn advance(&self, bytes: u64, documents: u64) {
        let _ = (bytes, documents);
    }

    /// The step is over.
    fn end(&self, step: Step) {
        let _ = step;
    }

    /// Something about an input that a person should know. In corpus order.
    fn problem(&self, problem: &Problem) {
        let _ = problem;
    }

    /// Another run holds the output folder, and this one waits for it.
    fn waiting(&self, folder: &Path) {
        let _ = folder;
    }

    /// What the run before left cannot be gone by, and why: everything is read anew.
    fn forgotten(&self, state: &Path, why: &str) {
        let _ = (state, why);
    }

    /// The run was cancelled and something in it does not end. What is on the disk is whole, the
    /// summary is written: whoever owns the process may end it.
    fn overdue(&self) {}
}

/// Wants to know nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
