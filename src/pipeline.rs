//! The corridor: survey, resolve, rewrite, report. The only threads of the house are here.
//!
//! A document walks through twice, because whether a sentence repeats, or whether a rare word is
//! a typo or a name, is known only when every document has been seen. Between the walks stands
//! one barrier, and nothing flows back.

mod again;
mod aside;
mod brake;
mod cancel;
mod guarded;
mod hands;
mod look;
mod memory;
mod names;
mod observer;
mod ordered;
mod piece;
mod plan;
mod record;
mod remember;
mod report;
mod resolve;
mod reuse;
mod reviewed;
mod rewrite;
mod spool;
mod standstill;
mod summary;
mod survey;
mod take_up;
mod tell;
mod units;
mod wishes;
mod worker;
mod writer;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use brake::{Brake, Heavy};
pub use cancel::{Cancel, Interrupted};
pub use look::{Looked, evidence, look};
pub use observer::{Observer, Silent, Step};
pub use ordered::NoThread;
pub use plan::{Conduct, Plan, PlanError, Product, Reports};
pub use record::{RecordError, recorded_plan};
pub use resolve::{Resolution, resolve};
pub use reviewed::{
    DECISIONS_FILE, Refused, ReviewError, Understanding, Understood, Why, possible, read_decisions,
    understand, write_decisions,
};
pub use summary::{DecisionCounts, InputCounts, KindCounts, Outcome, Summary, TopCluster};
pub use survey::{Survey, SurveyedUnit, survey};
pub use take_up::NewDecisions;

use memory::{Memory, Seen};
use remember::Remembering;
use report::{NewRows, Report};
use rewrite::Past;
use standstill::{Finished, Look};
use survey::survey_remembering;

use crate::input;
use crate::language::Lexicon;
use crate::model::{Document, Problem, ReportRow};
use crate::output::{OutputError, QuotedPath, RunFolder};
use crate::state::{Forgotten, StateError, StateFolder};

/// What can end a run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// What was asked for cannot be done: nothing was written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The word lists in the program could not be unpacked.
    #[error("cannot unpack the word lists: {0}; give the program more memory")]
    Lexicon(io::Error),
    /// Rows could not be laid aside.
    #[error("cannot keep rows in a temporary file: {0}; make room, or set TMPDIR to another disk")]
    Spool(io::Error),
    /// Whoever takes the rows could not.
    #[error("cannot print the findings: {0}")]
    Rows(#[source] io::Error),
    /// The machine gave no threads.
    #[error("cannot start the worker threads: {0}")]
    Threads(String),
    /// The text of JSONL files was looked for in the wrong field.
    #[error(
        "{without} of {lines} JSONL lines have no text in the field '{field}' ({example}); name the right \
         field with --text-field"
    )]
    TextField {
        /// Where it was looked for.
        field: String,
        /// Lines that have no text there.
        without: u64,
        /// Lines that were read.
        lines: u64,
        /// What one of them has instead.
        example: String,
    },
    /// More would be removed than was allowed: nothing was written.
    #[error("{0}")]
    Brake(Brake),
    /// Nothing is left of a corpus that was there before: nothing was written.
    #[error(
        "stopped before anything was written: the corpus has no files, and {} has those of the run before; see that \
         its disk is mounted and the patterns are right, or remove that folder if they are to go",
        QuotedPath(.0)
    )]
    CorpusGone(PathBuf),
    /// What is remembered from run to run cannot be kept.
    #[error(transparent)]
    State(#[from] StateError),
    /// The run was asked to end early.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The machine gave no threads.
    #[error(transparent)]
    Thread(#[from] NoThread),
    /// Documents change faster than they can be read.
    #[error("the corpus changes faster than it can be read; run again when nothing writes to it")]
    Restless,
}

impl From<rayon::ThreadPoolBuildError> for RunError {
    /// What the system said is the message of the error and of its causes: it is said once.
    fn from(error: rayon::ThreadPoolBuildError) -> RunError {
        RunError::Threads(error.to_string())
    }
}

/// Takes the rows of the report, in its order.
pub type RowSink<'a> = &'a mut dyn FnMut(&ReportRow) -> io::Result<()>;

/// Does the whole job and tells what came of it.
///
/// # Errors
/// When the plan cannot be carried out, or the output cannot be written. Trouble with single
/// inputs is no error: it is listed in the summary, and the rest goes on.
pub fn run(plan: &Plan, observer: &dyn Observer) -> Result<Summary, RunError> {
    run_telling(plan, observer, None)
}

/// The same, and hands every row of the report to `rows`.
///
/// # Errors
/// As [`run`], and when `rows` fails.
pub fn run_with_rows(plan: &Plan, observer: &dyn Observer, rows: RowSink) -> Result<Summary, RunError> {
    run_telling(plan, observer, Some(rows))
}

fn run_telling(plan: &Plan, observer: &dyn Observer, rows: Option<RowSink>) -> Result<Summary, RunError> {
    plan.preferences()?;
    plan.keep_state_apart()?;
    // Looked at before anything is made: a corpus that is not there is a mistake, and so is a file
    // of decisions that cannot be read.
    let discover = || input::discover(&plan.selection).map_err(PlanError::from);
    let mut discovery = discover()?;
    let mut decisions = plan.kept_decisions().map_err(PlanError::from)?;
    let begun = Instant::now();
    let folder = plan.prepare_folder(observer)?;
    let state = plan.hold_state(observer)?;
    if begun.elapsed() >= STALE {
        discovery = discover()?;
    }
    if let Some(folder) = &folder {
        folder.sweep()?;
        let problems;
        // People may have decided something since they were read.
        (decisions, problems) = take_up::take_up(plan, folder)?;
        discovery.problems.extend(problems);
    }
    let plan = &Plan { decisions, ..plan.clone() };
    let run = Run { plan, folder: folder.as_ref(), observer };
    let mut summary = Summary::new(plan);
    summary.in_force(&plan.decisions);
    let outcome = cancel::with_grace(
        &plan.conduct.cancel,
        || run.overdue(),
        || run.walk_through(discovery, state, &mut summary, rows),
    );
    match outcome {
        Ok(()) => {
            summary.outcome = Outcome::Finished;
            run.write_summary(&summary)?;
            Ok(summary)
        }
        Err(error) => {
            summary.failed(&error);
            // The run has failed already; that its summary cannot be written either adds nothing.
            let _ = run.write_summary(&summary);
            Err(error)
        }
    }
}

/// How many sources need not be surveyed again.
fn known(seen: &[Seen]) -> u64 {
    seen.iter().filter(|seen| seen.is_fresh).count() as u64
}

/// A listing that is older than this is made anew before it is used.
const STALE: Duration = Duration::from_secs(1);

/// What all steps of a run share.
struct Run<'a> {
    plan: &'a Plan,
    folder: Option<&'a RunFolder>,
    observer: &'a dyn Observer,
}

impl Run<'_> {
    fn walk_through(
        &self,
        discovery: input::Discovery,
        state: Option<StateFolder>,
        summary: &mut Summary,
        rows: Option<RowSink>,
    ) -> Result<(), RunError> {
        let Run { plan, folder, observer } = *self;
        brake::see_that_the_corpus_is_there(plan, folder, &discovery)?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build()?;
        let mut clock = Clock::start();

        // Before any source is looked at: what is written after that must not be taken for old.
        let clock_of_state = state.as_ref().map(Remembering::prepare).transpose()?;
        let (memory, seen) = match &state {
            Some(state) => {
                let memory = self.recollect(state, summary)?;
                let seen = memory.look(&discovery.sources, plan, &pool);
                (memory, seen)
            }
            None => Default::default(),
        };
        if let (Some(state), Some(folder), None) = (&state, folder, &rows) {
            let look = Look { plan, folder, state, memory: &memory, discovery: &discovery, seen: &seen };
            if self.stands_still(&look, &pool, summary)? {
                summary.took("survey", clock.lap());
                return Ok(());
            }
        }
        let begin = |(state, clock)| Remembering::begin(state, clock, plan);
        let mut remembering = state.zip(clock_of_state).map(begin).transpose()?;
        if let Some(remembering) = &mut remembering {
            remembering.make_room(&discovery.sources, &memory);
        }
        let listed = discovery.problems.len();
        // The fact guard asks which words are known, the typo engine which are likely.
        let lexicon = Lexicon::load().map_err(RunError::Lexicon)?;
        let survey =
            survey_remembering(plan, discovery, &pool, observer, &memory, &seen, remembering.as_mut())?;
        summary.took("survey", clock.lap());

        observer.begin(Step::Resolve, 0);
        let resolution = pool.install(|| resolve(plan, survey, &lexicon))?;
        observer.end(Step::Resolve);
        summary.resolved(&resolution);
        summary.took("resolve", clock.lap());

        if let Some(allowed) = plan.conduct.max_removed {
            let past = Past { memory: &memory, seen: &seen, remembering: None };
            brake::hold(plan, allowed, &resolution, &pool, observer, &past)?;
            summary.took("measure", clock.lap());
        }
        // From here on files are replaced. Should the run be killed, the summary says so.
        self.write_summary(summary)?;
        let past = Past { memory: &memory, seen: &seen, remembering: remembering.as_mut() };
        let rewritten = rewrite::rewrite(plan, folder, &resolution, &pool, observer, past)?;
        summary.took("rewrite", clock.lap());

        let mut new_rows = match remembering {
            Some(_) => Some(NewRows { before: memory.rows()?, now: Vec::new() }),
            None => None,
        };
        let mut nobody = |_: &ReportRow| Ok(());
        let rows = rows.unwrap_or(&mut nobody);
        let report = Report { plan, folder, resolution: &resolution, pool: &pool };
        report.write(rewritten, new_rows.as_mut(), summary, rows)?;
        if let (Some(remembering), Some(new_rows)) = (remembering, new_rows) {
            summary.files_known = Some(known(&seen));
            let (state, remembered) = remembering.finish(&reuse::evidence(&resolution), &new_rows.now)?;
            if let Some(folder) = folder {
                let (state, remembered, sources) = (&state, &remembered[..], &resolution.sources[..]);
                let finished =
                    Finished { plan, folder, state, listed, sources, seen: &seen, remembered, summary };
                finished.note()?;
            }
        }
        summary.took("report", clock.lap());
        Ok(())
    }

    /// True on a night on which nothing changed; then all is told that is to be told of it.
    fn stands_still(
        &self,
        look: &Look,
        pool: &rayon::ThreadPool,
        summary: &mut Summary,
    ) -> Result<bool, RunError> {
        let Some(figures) = look.figures(pool) else { return Ok(false) };
        summary.stands_as(figures);
        summary.problems.iter().for_each(|problem| self.observer.problem(problem));
        summary.files_known = Some(known(look.seen));
        look.write()?;
        Ok(true)
    }

    /// What the run before left.
    fn recollect(&self, state: &StateFolder, summary: &mut Summary) -> Result<Memory, RunError> {
        match Memory::open(state, self.plan) {
            Ok(memory) => Ok(memory),
            Err(Forgotten::Unreadable(cause)) => Err(StateError::at("read", &state.file())(cause).into()),
            Err(why) => {
                if !matches!(why, Forgotten::Missing) {
                    summary.forgotten = Some(why.to_string());
                    self.observer.forgotten(&state.file(), &why.to_string());
                }
                Ok(Memory::blank(self.plan))
            }
        }
    }

    fn write_summary(&self, summary: &Summary) -> Result<(), OutputError> {
        match self.folder {
            Some(folder) => crate::output::write_json_atomically(&folder.summary(), summary),
            None => Ok(()),
        }
    }

    /// The run was cancelled and does not end; perhaps nobody will come back to tell of it.
    fn overdue(&self) {
        let mut summary = Summary::new(self.plan);
        summary.failed(&Interrupted.into());
        let _ = self.write_summary(&summary);
        // What the run still has open will not be renamed any more; what it opens after this the next run
        // sweeps.
        let _ = self.folder.map(RunFolder::sweep);
        self.observer.overdue();
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::decide::Decisions;
    use crate::{dedup, spell};

    /// A small corpus of many units: every JSONL file is one.
    fn write_corpus(folder: &Path) {
        for file in 0..8 {
            let text = format!(
                "The ferry leaves the northern pier at dawn.\\n\\nThe ferry leaves the nothern pier at dawn.\\n\\n\
                 Of the 19 people on board, {} were from the village.\\n\\nIt doesnt matter to the the town.\\n\\n\
                 Vessel w{file}x of the fleet met the other vessel near the buoy at night.",
                15 + file % 3
            );
            std::fs::write(folder.join(format!("{file}.jsonl")), format!("{{\"text\":\"{text}\"}}\n"))
                .unwrap();
        }
    }

    fn plan(corpus: &Path, output: &Path) -> Plan {
        Plan {
            selection: input::Selection { roots: vec![corpus.to_owned()], ..Default::default() },
            input: input::Settings::default(),
            duplicates: Some(dedup::Settings::default()),
            typos: Some(spell::Settings::default()),
            prefer: Vec::new(),
            product: Product::Text(output.to_owned()),
            csv_bom: true,
            reports: Reports { csv: true, xlsx: false, html: false },
            decisions_file: None,
            new_decisions: NewDecisions::default(),
            decisions: Decisions::default(),
            threads: 2,
            state: None,
            conduct: Conduct::default(),
        }
    }

    /// Everything a run wrote, and its summary, when `meddle` is let in between the walks.
    fn product(
        corpus: &Path,
        output: &Path,
        meddle: impl Fn(&mut Survey),
    ) -> (BTreeMap<String, Vec<u8>>, Summary) {
        let plan = plan(corpus, output);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let folder = plan.prepare_folder(&Silent).unwrap().unwrap();
        let lexicon = Lexicon::load().unwrap();
        let mut surveyed = survey(&plan, input::discover(&plan.selection).unwrap(), &pool, &Silent).unwrap();
        meddle(&mut surveyed);
        let resolution = resolve(&plan, surveyed, &lexicon).unwrap();
        let past = Past { memory: &Memory::default(), seen: &[], remembering: None };
        let rewritten = rewrite::rewrite(&plan, Some(&folder), &resolution, &pool, &Silent, past).unwrap();
        let mut summary = Summary::new(&plan);
        let report = Report { plan: &plan, folder: Some(&folder), resolution: &resolution, pool: &pool };
        report.write(rewritten, None, &mut summary, &mut |_| Ok(())).unwrap();
        let files = walkdir::WalkDir::new(output)
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let name = entry.path().strip_prefix(output).unwrap().display().to_string();
                (name, std::fs::read(entry.path()).unwrap())
            })
            .collect();
        (files, summary)
    }

    #[test]
    fn the_answer_does_not_depend_on_who_arrived_first() {
        let scratch = tempfile::tempdir().unwrap();
        let corpus = scratch.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        write_corpus(&corpus);
        let (in_order, summary) = product(&corpus, &scratch.path().join("in order"), |survey| {
            assert!(survey.units.len() >= 8, "{} units are too few to stir", survey.units.len());
        });
        assert!(summary.total().remove > 3 && summary.total().replace > 0, "nothing to get wrong");
        let (backwards, _) =
            product(&corpus, &scratch.path().join("backwards"), |survey| survey.units.reverse());
        assert!(in_order == backwards);
        let (stirred, _) = product(&corpus, &scratch.path().join("stirred"), |survey| {
            survey.units.sort_by_key(|unit| unit.place * 5 % 8);
        });
        assert!(in_order == stirred);
    }

    const KEPT: &str = "The ferry leaves the northern pier at dawn. Snow fell in the night.\n";
    const COPY: &str = "The ferry leaves the northern pier at dawn. It rained for a week.\n";

    #[test]
    fn a_document_that_changes_between_the_walks_is_left_alone_and_so_are_copies_of_it() {
        let scratch = tempfile::tempdir().unwrap();
        let corpus = scratch.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        for (name, text) in
            [("a.txt", KEPT), ("b.txt", COPY), ("c.txt", "It doesnt matter to the the town.\n")]
        {
            std::fs::write(corpus.join(name), text).unwrap();
        }
        let changed = "Only snow fell, and nobody doesnt care.\n";
        let (files, summary) = product(&corpus, &scratch.path().join("out"), |_| {
            std::fs::write(corpus.join("a.txt"), changed).unwrap();
        });
        assert_eq!(files["text/a.txt"], changed.as_bytes(), "nothing is done in it");
        assert_eq!(files["text/b.txt"], COPY.as_bytes(), "its copy is the last one now");
        assert_ne!(files["text/c.txt"], b"It doesnt matter to the the town.\n", "the rest goes on");
        assert_eq!(summary.total().remove, 0);
        assert_eq!(summary.inputs.damaged, 1);
        assert_eq!(summary.problems[0].name, "a.txt");
        let report = String::from_utf8_lossy(&files["report.csv"]);
        assert!(!report.contains("ferry"), "no row of what was not done:\n{report}");
    }

    #[test]
    fn a_document_that_cannot_be_read_for_a_moment_is_told_of() {
        let scratch = tempfile::tempdir().unwrap();
        let corpus = scratch.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        std::fs::write(corpus.join("a.txt"), KEPT).unwrap();
        std::fs::write(corpus.join("b.txt"), COPY).unwrap();
        let mut plan = plan(&corpus, &scratch.path().join("out"));
        plan.threads = 1;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let lexicon = Lexicon::load().unwrap();
        let surveyed = survey(&plan, input::discover(&plan.selection).unwrap(), &pool, &Silent).unwrap();
        let resolution = resolve(&plan, surveyed, &lexicon).unwrap();
        /// Takes the file away in the first walk, and puts it back when it begins again.
        struct Flicker(std::sync::Mutex<u32>, std::path::PathBuf);
        impl Observer for Flicker {
            fn begin(&self, _: Step, _: u64) {
                let mut walks = self.0.lock().unwrap();
                *walks += 1;
                match *walks {
                    1 => std::fs::remove_file(&self.1).unwrap(),
                    _ => std::fs::write(&self.1, KEPT).unwrap(),
                }
            }
        }
        let flicker = Flicker(std::sync::Mutex::new(0), corpus.join("a.txt"));
        let past = Past { memory: &Memory::default(), seen: &[], remembering: None };
        let rewritten = rewrite::rewrite(&plan, None, &resolution, &pool, &flicker, past).unwrap();
        assert_eq!(*flicker.0.lock().unwrap(), 2, "the walk began again");
        assert_eq!(rewritten.tally.bytes_removed, 0, "its copy is the last that can be relied on");
        let told: Vec<_> =
            rewritten.problems.iter().map(|problem| (&*problem.name, problem.severity)).collect();
        assert_eq!(told, [("a.txt", crate::model::Severity::Damaged)]);
    }

    #[test]
    fn a_document_that_vanishes_between_the_walks_takes_no_copy_with_it() {
        let scratch = tempfile::tempdir().unwrap();
        let corpus = scratch.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        std::fs::write(corpus.join("a.jsonl"), format!("{{\"text\":{:?}}}\n", KEPT)).unwrap();
        std::fs::write(corpus.join("b.txt"), COPY).unwrap();
        let (files, summary) = product(&corpus, &scratch.path().join("out"), |_| {
            std::fs::remove_file(corpus.join("a.jsonl")).unwrap();
        });
        assert!(!files.contains_key("text/a.jsonl"));
        assert_eq!(files["text/b.txt"], COPY.as_bytes());
        assert_eq!(summary.inputs.damaged, 1);
    }
}
