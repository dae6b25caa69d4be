//! The porch: what was typed becomes a plan, what happened becomes words and an exit code.
//!
//! The only room that prints. stdout carries the result that was asked for and nothing else; the
//! bar, messages and the summary go to stderr.

mod args;
mod clean;
mod exit;
mod progress;
mod sentences;
mod signals;
mod story;
mod terminal;
mod undo;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
pub use exit::Exit;

/// Reads the command line, does the work, and says how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Clean(command) => clean::clean(command, &arguments.talk),
        Command::Check(command) => clean::check(command, &arguments.talk),
        Command::Undo(command) => undo::undo(command, &arguments.talk),
        Command::Sentences(command) => sentences::sentences(command, &arguments.talk),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            Exit::of(&error).into()
        }
    }
}
