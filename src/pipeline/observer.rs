//! Who wants to know how far the work is.

use crate::model::Problem;

/// The parts of a run that take time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Every document is read for the first time.
    Survey,
    /// The corpus is looked at as a whole.
    Resolve,
    /// Every document is read again and written.
    Rewrite,
}

impl Step {
    /// A verb for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Survey => "reading",
            Step::Resolve => "comparing",
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
}

/// Wants to know nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
