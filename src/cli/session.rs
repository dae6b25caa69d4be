//! What a run at the porch has around it: signals, the bar, the log, metrics, and the word at the
//! end.

use super::args::{Running, Talk};
use super::exit::Exit;
use super::journal::Journal;
use super::metrics::Metrics;
use super::progress::Progress;
use super::signals::Signals;
use super::{story, terminal};
use crate::pipeline::{Conduct, Plan, RunError, Summary};

/// A run at the porch.
pub(super) struct Session<'a> {
    talk: &'a Talk,
    journal: &'a Journal,
    signals: Signals,
    metrics: Metrics,
    running: &'a Running,
}

impl<'a> Session<'a> {
    /// From here on signals are heeded.
    pub(super) fn begin(talk: &'a Talk, journal: &'a Journal, running: &'a Running) -> anyhow::Result<Self> {
        let metrics = Metrics::begin(running.metrics_file.clone());
        Ok(Session { talk, journal, signals: Signals::heed()?, metrics, running })
    }

    /// How the run is conducted.
    pub(super) fn conduct(&self) -> Conduct {
        Conduct {
            run_id: self.journal.run_id.clone(),
            cancel: self.signals.cancel(),
            lock_wait: self.running.lock_wait,
            ..Conduct::default()
        }
    }

    /// Who watches the run.
    pub(super) fn progress(&self) -> Progress {
        Progress::of_run(self.talk, self.journal, self.signals.clone(), self.metrics.clone())
    }

    /// A run that could not even begin has failed for whoever watches the metrics.
    pub(super) fn begun<T>(&self, prepared: anyhow::Result<T>) -> anyhow::Result<T> {
        prepared.inspect_err(|error| {
            if let Err(second) = self.metrics.write(Exit::of(error), None) {
                terminal::complain(&second.into());
            }
        })
    }

    /// Tells what came of the run, to all who asked; `exit` is the code for one that finished.
    pub(super) fn end(
        self,
        outcome: Result<Summary, RunError>,
        plan: &Plan,
        exit: impl FnOnce(&Summary) -> Exit,
    ) -> anyhow::Result<Exit> {
        match outcome {
            Ok(summary) => {
                let exit = exit(&summary);
                self.finished(&summary, plan, exit);
                match self.metrics.write(exit, Some(&summary)) {
                    Ok(()) => Ok(exit),
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => {
                let interrupted = matches!(error, RunError::Interrupted(_));
                let error = error.into();
                let exit = if interrupted { self.signals.exit() } else { Exit::of(&error) };
                if let Err(second) = self.metrics.write(exit, None) {
                    terminal::complain(&second.into());
                }
                if !interrupted {
                    return Err(error);
                }
                terminal::complain(&error);
                Ok(exit)
            }
        }
    }

    fn finished(&self, summary: &Summary, plan: &Plan, exit: Exit) {
        let total = summary.total();
        tracing::info!(
            exit = exit as u64,
            documents = summary.documents,
            bytes = summary.bytes,
            removed = total.remove,
            replaced = total.replace,
            for_review = total.review,
            damaged_inputs = summary.inputs.damaged,
            seconds = summary.seconds.values().sum::<f64>(),
            "finished"
        );
        if self.journal.is_for_people {
            story::tell(summary, plan, self.talk);
        }
    }
}
