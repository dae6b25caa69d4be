//! The files that the porch writes itself, which must be no documents: the log and the metrics.

use std::path::{Path, PathBuf};

use super::args::{Arguments, Check, Clean, Command};
use crate::output::{QuotedPath, input_around};
use crate::{input, pipeline};

/// Where the porch writes, by the flag that says so.
#[derive(Clone, Debug)]
pub(super) struct OwnFiles {
    named: Vec<(&'static str, PathBuf)>,
}

impl OwnFiles {
    /// As typed, or set.
    pub(super) fn of(arguments: &Arguments) -> OwnFiles {
        let metrics = match &arguments.command {
            Command::Clean(Clean { running, .. }) | Command::Check(Check { running, .. }) => {
                running.metrics_file.as_ref()
            }
            Command::Apply(command) => command.running.metrics_file.as_ref(),
            _ => None,
        };
        let files = [("--log-file", arguments.talk.log_file.as_ref()), ("--metrics-file", metrics)];
        OwnFiles { named: files.into_iter().filter_map(|(flag, path)| Some((flag, path?.clone()))).collect() }
    }

    /// Refuses a file that is an input or lies in one: an original would be written over, or the
    /// next run would read a log for a text. To be asked before any of them is opened.
    pub(super) fn keep_apart<'a>(&self, inputs: impl Iterator<Item = &'a PathBuf>) -> anyhow::Result<()> {
        let inputs: Vec<&Path> = inputs.map(PathBuf::as_path).collect();
        for (flag, path) in &self.named {
            match input_around(path, &inputs) {
                None => {}
                Some(input) if input.is_dir() => anyhow::bail!(
                    "{flag} {} lies inside the corpus {}; name a file outside the corpus",
                    QuotedPath(path),
                    QuotedPath(input)
                ),
                Some(_) => {
                    anyhow::bail!("{flag} {} is a text of the corpus; name another file", QuotedPath(path))
                }
            }
        }
        Ok(())
    }
}

/// The files that a command finds in a list. Read once: the list may come from stdin.
pub(super) fn listed(command: &Command) -> anyhow::Result<Option<Vec<PathBuf>>> {
    let input = match command {
        Command::Clean(command) => &command.input,
        Command::Check(command) => &command.input,
        Command::Sentences(command) => &command.input,
        _ => return Ok(None),
    };
    Ok(input.files_from.as_deref().map(input::read_file_list).transpose()?)
}

/// The other inputs of a command.
pub(super) fn inputs(command: &Command) -> Vec<PathBuf> {
    match command {
        Command::Clean(command) => command.input.corpus.clone(),
        Command::Check(command) => command.input.corpus.clone(),
        Command::Sentences(command) => command.input.corpus.clone(),
        Command::Apply(command) => of_run(&command.run),
        Command::Review(command) => of_run(&command.run),
        Command::Explain(command) => of_run(&command.run),
        Command::Undo(command) => of_run(&command.run),
        Command::Config(_) | Command::Completions(_) | Command::Man => Vec::new(),
    }
}

/// What a run read; nothing if it left no record, which the command itself will say.
fn of_run(run: &Path) -> Vec<PathBuf> {
    let Ok(plan) = pipeline::recorded_plan(run) else { return Vec::new() };
    plan.selection.files.into_iter().flatten().chain(plan.selection.roots).collect()
}
