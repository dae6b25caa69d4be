//! The bar, or a plain line every 30 seconds where there is no terminal.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::args::Talk;
use super::signals::Signals;
use super::terminal;
use crate::model::{Problem, Severity};
use crate::output::QuotedPath;
use crate::pipeline::{Interrupted, Observer, Step};

/// How often a plain line says how far the work is.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Problems that are told as they come; the summary has the rest.
const PROBLEMS_TOLD: usize = 20;

/// Listens to a run and shows it.
pub(super) struct Progress {
    loudness: Loudness,
    signals: Option<Signals>,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loudness {
    Quiet,
    Normal,
    Verbose,
}

struct State {
    bar: ProgressBar,
    step: Step,
    total: u64,
    bytes: u64,
    documents: u64,
    last_line: Instant,
    problems_told: usize,
}

impl Progress {
    /// A listener that is as loud as was asked for.
    pub(super) fn new(talk: &Talk, signals: &Signals) -> Self {
        Progress { signals: Some(signals.clone()), ..Progress::without_signals(talk) }
    }

    /// The same for a command that a signal ends at once.
    pub(super) fn without_signals(talk: &Talk) -> Self {
        let loudness = match (talk.quiet, talk.verbose) {
            (true, _) => Loudness::Quiet,
            (_, true) => Loudness::Verbose,
            _ => Loudness::Normal,
        };
        Progress {
            loudness,
            signals: None,
            state: Mutex::new(State {
                bar: ProgressBar::hidden(),
                step: Step::Survey,
                total: 0,
                bytes: 0,
                documents: 0,
                last_line: Instant::now(),
                problems_told: 0,
            }),
        }
    }

    /// Says a line without tearing the bar.
    fn say(&self, state: &State, line: impl std::fmt::Display) {
        state.bar.suspend(|| terminal::say(line));
    }
}

/// A bar on stderr; it hides by itself when stderr is no terminal.
fn bar(step: Step, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
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
        if self.loudness != Loudness::Quiet {
            state.bar = bar(step, bytes);
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
        if !state.bar.is_hidden() {
            let message = terminal::counted(state.documents, "document", "documents");
            state.bar.set_message(message);
        } else if self.loudness != Loudness::Quiet && state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            terminal::say(format_args!(
                "scrubjay: {}, {} of {}, {}",
                state.step.as_str(),
                terminal::size(shown),
                terminal::size(state.total),
                terminal::counted(state.documents, "document", "documents"),
            ));
        }
    }

    fn end(&self, _: Step) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bar.finish_and_clear();
    }

    fn waiting(&self, folder: &Path) {
        if self.loudness != Loudness::Quiet {
            let folder = QuotedPath(folder);
            terminal::say(format_args!("scrubjay: another run is using --output {folder}; waiting for it"));
        }
    }

    fn overdue(&self) {
        if let Some(signals) = &self.signals {
            terminal::complain(&Interrupted.into());
            std::process::exit(signals.exit() as i32);
        }
    }

    fn problem(&self, problem: &Problem) {
        let told = match self.loudness {
            Loudness::Quiet => problem.severity == Severity::Damaged,
            Loudness::Normal => problem.severity == Severity::Damaged,
            Loudness::Verbose => true,
        };
        if !told {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.problems_told += 1;
        if self.loudness == Loudness::Verbose || state.problems_told <= PROBLEMS_TOLD {
            self.say(&state, format_args!("scrubjay: {problem}"));
        } else if state.problems_told == PROBLEMS_TOLD + 1 {
            self.say(&state, "scrubjay: more inputs are damaged; summary.json lists them, -v says them all");
        }
    }
}
