//! The corridor: survey, resolve, rewrite, report. The only threads of the house are here.
//!
//! A document walks through twice, because whether a sentence repeats, or whether a rare word is
//! a typo or a name, is known only when every document has been seen. Between the walks stands
//! one barrier, and nothing flows back.

mod names;
mod observer;
mod ordered;
mod piece;
mod plan;
mod report;
mod resolve;
mod rewrite;
mod spool;
mod summary;
mod survey;
mod tell;
mod units;
mod worker;
mod writer;

use std::io;
use std::time::Instant;

pub use observer::{Observer, Silent, Step};
pub use plan::{Plan, PlanError, Product};
pub use resolve::{Resolution, resolve};
pub use summary::{InputCounts, KindCounts, Outcome, Summary, TopCluster};
pub use survey::{Survey, SurveyedUnit, survey};

use crate::input;
use crate::language::Lexicon;
use crate::model::{Document, Problem, ReportRow};
use crate::output::{OutputError, RunFolder};

/// What can end a run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// What was asked for cannot be done: nothing was written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Rows could not be laid aside.
    #[error("cannot keep rows in a temporary file: {0}; make room, or set TMPDIR to another disk")]
    Spool(io::Error),
    /// Whoever takes the rows could not.
    #[error("cannot print the findings: {0}")]
    Rows(#[source] io::Error),
    /// The machine gave no threads.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Documents change faster than they can be read.
    #[error("the corpus changes faster than it can be read; run again when nothing writes to it")]
    Restless,
}

/// Takes the rows of the report, in its order.
pub type RowSink<'a> = &'a mut dyn FnMut(&ReportRow) -> io::Result<()>;

/// Does the whole job and tells what came of it.
///
/// # Errors
/// When the plan cannot be carried out, or the output cannot be written. Trouble with single
/// inputs is no error: it is listed in the summary, and the rest goes on.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Result<Summary, RunError> {
    run_with_rows(plan, observer, &mut |_| Ok(()))
}

/// The same, and hands every row of the report to `rows`.
///
/// # Errors
/// As [`run`], and when `rows` fails.
pub fn run_with_rows(plan: &Plan, observer: &dyn Observer, rows: RowSink) -> Result<Summary, RunError> {
    plan.preferences()?;
    let discovery = input::discover(&plan.selection).map_err(PlanError::from)?;
    let folder = plan.prepare_folder()?;
    if let Some(folder) = &folder {
        folder.sweep()?;
    }
    let outcome = walk_through(plan, discovery, folder.as_ref(), observer, rows);
    if let (Some(folder), Err(error)) = (&folder, &outcome) {
        // The run has failed already; that its summary cannot be written either adds nothing.
        let _ = crate::output::write_json_atomically(&folder.summary(), &Summary::failed(plan, error));
    }
    outcome
}

fn walk_through(
    plan: &Plan,
    discovery: input::Discovery,
    folder: Option<&RunFolder>,
    observer: &dyn Observer,
    rows: RowSink,
) -> Result<Summary, RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build()?;
    let mut summary = Summary::new(plan);
    let mut clock = Clock::start();

    let lexicon = plan.typos.as_ref().map(|_| Lexicon::embedded());
    let survey = survey(plan, discovery, &pool, observer);
    summary.took("survey", clock.lap());

    observer.begin(Step::Resolve, 0);
    let resolution = pool.install(|| resolve(plan, survey, lexicon.as_ref()))?;
    observer.end(Step::Resolve);
    summary.resolved(&resolution);
    summary.took("resolve", clock.lap());

    let rewritten = rewrite::rewrite(plan, folder, &resolution, &pool, observer)?;
    summary.took("rewrite", clock.lap());

    report::report(plan, folder, &resolution, rewritten, &mut summary, rows)?;
    summary.took("report", clock.lap());
    if let Some(folder) = folder {
        crate::output::write_json_atomically(&folder.summary(), &summary)?;
    }
    Ok(summary)
}

/// Reads every document in corpus order, on the calling thread, and hands it over, or what is
/// wrong with it.
///
/// # Errors
/// When the selection cannot be followed, or `each` fails.
pub fn for_each_document<E: From<input::SelectionError>>(
    selection: &input::Selection,
    settings: &input::Settings,
    mut each: impl FnMut(Result<Document, Problem>) -> Result<(), E>,
) -> Result<(), E> {
    let input::Discovery { sources, problems } = input::discover(selection)?;
    problems.into_iter().try_for_each(|problem| each(Err(problem)))?;
    for source in &sources {
        let mut reader = match input::Reader::open(source, settings) {
            Ok(reader) => reader,
            Err(problem) => {
                each(Err(problem))?;
                continue;
            }
        };
        loop {
            match reader.next_batch() {
                Ok(Some(batch)) => {
                    let parsed = input::documents(source, &batch, settings);
                    parsed.problems.into_iter().try_for_each(|problem| each(Err(problem)))?;
                    parsed.documents.into_iter().try_for_each(|document| each(Ok(document)))?;
                }
                Ok(None) => break,
                Err(problem) => {
                    each(Err(problem))?;
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Seconds since the last lap.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Clock(Instant::now())
    }

    fn lap(&mut self) -> f64 {
        std::mem::replace(&mut self.0, Instant::now()).elapsed().as_secs_f64()
    }
}
