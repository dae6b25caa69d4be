//! `scrubjay undo`.

use super::args::{Talk, Undo};
use super::exit::Exit;
use super::story::printable;
use super::terminal::say;
use crate::model::figures::counted;
use crate::output;

/// Gives the originals of a run back.
pub(super) fn undo(command: &Undo, talk: &Talk) -> anyhow::Result<Exit> {
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
