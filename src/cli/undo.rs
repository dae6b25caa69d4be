//! `scrubjay undo`.

use super::args::{Talk, Undo};
use super::exit::Exit;
use super::story::printable;
use super::terminal::say;
use crate::model::figures::counted;
use crate::output::{self, QuotedPath};

/// Gives the originals of a run back.
pub(super) fn undo(command: &Undo, talk: &Talk) -> anyhow::Result<Exit> {
    let ledger = command.run.join("ledger.jsonl");
    if ledger.is_file() && !command.run.join("text").is_dir() {
        anyhow::bail!(
            "{} has no folder text, so there is nothing to undo: 'check' changes nothing, and if this was a run of \
             'clean', its text was moved away",
            QuotedPath(&command.run)
        );
    }
    let undone = output::undo(&command.run, &command.output)?;
    for (name, reason) in &undone.failed {
        say(format_args!("scrubjay: {}: {}", printable(name), printable(reason)));
    }
    if !talk.quiet {
        let restored = counted(undone.restored, "original", "originals");
        say(format_args!("  restored  {restored} in {}", printable(&command.output.display().to_string())));
    }
    Ok(if undone.failed.is_empty() { Exit::Finished } else { Exit::DamagedInputs })
}
