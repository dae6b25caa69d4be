//! The corridor: survey, resolve, rewrite, report. The only threads of the house are here.
//!
//! A document walks through twice, because whether a sentence repeats, or whether a rare word is
//! a typo or a name, is known only when every document has been seen. Between the walks stands
//! one barrier, and nothing flows back.

mod observer;
mod ordered;
mod plan;
mod report;
mod resolve;
mod rewrite;
mod summary;
mod survey;
mod tell;
mod units;

use std::time::Instant;

use rayon::ThreadPool;

pub use observer::{Observer, Silent, Step};
pub use plan::{Plan, PlanError, Product};
pub use resolve::{Resolution, resolve};
pub use summary::{KindCounts, Outcome, Summary, TopCluster};
pub use survey::{Survey, SurveyedUnit, survey};

use crate::input;
use crate::language::Lexicon;
use crate::output::RunFolder;

/// What can end a run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// What was asked for cannot be done: nothing was written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] crate::output::OutputError),
    /// The machine gave no threads.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Two rooms disagree, which is a fault of the program.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Does the whole job and tells what came of it.
///
/// # Errors
/// When the plan cannot be carried out, or the output cannot be written. Trouble with single
/// inputs is no error: it is listed in the summary, and the rest goes on.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Result<Summary, RunError> {
    let folder = plan.prepare_folder()?;
    let outcome = run_in(plan, folder.as_ref(), observer);
    if let (Some(folder), Err(error)) = (&folder, &outcome) {
        // The run has failed already; that its summary cannot be written either adds nothing.
        let _ = Summary::failed(plan, error).write(folder);
    }
    outcome
}

fn run_in(plan: &Plan, folder: Option<&RunFolder>, observer: &dyn Observer) -> Result<Summary, RunError> {
    let pool = thread_pool(plan)?;
    let lexicon = plan.typos.as_ref().map(|_| Lexicon::embedded());
    let mut summary = Summary::new(plan);

    let discovery = input::discover(&plan.selection).map_err(PlanError::from)?;
    let survey = timed(&mut summary, "survey", || survey(plan, discovery, &pool, observer));
    summary.surveyed(&survey);

    observer.begin(Step::Resolve, 0);
    let resolution =
        timed(&mut summary, "resolve", || pool.install(|| resolve(plan, survey, lexicon.as_ref())))?;
    summary.resolved(&resolution);
    observer.end(Step::Resolve);

    let rewritten =
        timed(&mut summary, "rewrite", || rewrite::rewrite(plan, folder, &resolution, &pool, observer))?;
    timed(&mut summary, "report", || report::report(plan, folder, rewritten, &mut summary_parts(), observer))?;
    Ok(summary)
}
