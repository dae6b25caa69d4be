//! The bar, or a plain line every 30 seconds where there is no terminal.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use super::args::Talk;
use super::journal::{Journal, PROBLEM, PROGRESS};
use super::metrics::Metrics;
use super::signals::Signals;
use super::terminal;
use crate::model::figures;
use crate::model::{Problem, Severity};
use crate::output::QuotedPath;
use crate::pipeline::{Interrupted, Observer, Step};

/// How often a plain line says how far the work is.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Listens to a run and shows it.
pub(super) struct Progress {
    is_shown: bool,
    bars: MultiProgress,
    /// What to do when a run that was asked to end does not.
    last_resort: Option<(Signals, Metrics)>,
    state: Mutex<State>,
}

struct State {
    bar: ProgressBar,
    step: Step,
    begun: Instant,
    total: u64,
    bytes: u64,
    documents: u64,
    last_line: Instant,
}

impl Progress {
    /// Listens to a run that heeds signals.
    pub(super) fn of_run(talk: &Talk, journal: &Journal, signals: Signals, metrics: Metrics) -> Self {
        Progress { last_resort: Some((signals, metrics)), ..Progress::without_run(talk, journal) }
    }

    /// Listens to a command that a signal ends at once.
    pub(super) fn without_run(talk: &Talk, journal: &Journal) -> Self {
        Progress {
            is_shown: !talk.quiet,
            bars: journal.bars.clone(),
            last_resort: None,
            state: Mutex::new(State {
                bar: ProgressBar::hidden(),
                step: Step::Survey,
                begun: Instant::now(),
                total: 0,
                bytes: 0,
                documents: 0,
                last_line: Instant::now(),
            }),
        }
    }
}

/// A bar among the journal's, which hide by themselves when stderr is no terminal.
fn bar(bars: &MultiProgress, step: Step, total: u64) -> ProgressBar {
    let bar = bars.add(ProgressBar::new(total));
    let template = match (step, total) {
        (_, 0) => "{step:>10} {spinner} {elapsed}",
        _ => "{step:>10} {wide_bar} {percent:>3}%  {decimal_bytes_per_sec}  {msg}  {eta} left",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.with_key("step", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = out.write_str(step.as_str());
    }));
    bar
}

impl Observer for Progress {
    fn begin(&self, step: Step, bytes: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.step = step;
        state.total = bytes;
        state.bytes = 0;
        state.documents = 0;
        state.begun = Instant::now();
        tracing::info!(step = step.as_str(), bytes, "{} begins", step.as_str());
        if self.is_shown {
            state.bar = bar(&self.bars, step, bytes);
            if bytes == 0 {
                state.bar.enable_steady_tick(Duration::from_millis(100));
            }
        }
    }

    fn advance(&self, bytes: u64, documents: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes += bytes;
        state.documents += documents;
        // A packed file may hold more than its size on disk said.
        let shown = state.bytes.min(state.total);
        state.bar.set_position(shown);
        if !self.bars.is_hidden() {
            let message = figures::counted(state.documents, "document", "documents");
            state.bar.set_message(message);
        } else if state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            tracing::info!(
                target: PROGRESS,
                "{}, {} of {}, {}",
                state.step.as_str(),
                figures::size(shown),
                figures::size(state.total),
                figures::counted(state.documents, "document", "documents"),
            );
        }
    }

    fn end(&self, step: Step) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bar.finish_and_clear();
        self.bars.remove(&state.bar);
        tracing::info!(
            step = step.as_str(),
            documents = state.documents,
            seconds = state.begun.elapsed().as_secs_f64(),
            "{} is done",
            step.as_str()
        );
    }

    fn forgotten(&self, state: &Path, why: &str) {
        tracing::warn!(state = %QuotedPath(state), why, "what the run before remembered is of no use; everything is read anew");
    }

    fn waiting(&self, folder: &Path) {
        let folder = QuotedPath(folder);
        tracing::warn!("another run is using {folder}; waiting for it");
    }

    fn overdue(&self) {
        if let Some((signals, metrics)) = &self.last_resort {
            terminal::complain(&Interrupted.into());
            // The process ends whether or not this can be written.
            let _ = metrics.write(signals.exit(), None);
            std::process::exit(signals.exit() as i32);
        }
    }

    fn problem(&self, problem: &Problem) {
        match problem.severity {
            Severity::Damaged => tracing::warn!(target: PROBLEM, "{problem}"),
            Severity::Noted | Severity::Skipped => tracing::info!(target: PROBLEM, "{problem}"),
        }
    }
}
