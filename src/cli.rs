//! The porch: what was typed becomes a plan, what happened becomes words and an exit code.
//!
//! The only room that prints. stdout carries the result that was asked for and nothing else; the
//! bar, messages and the summary go to stderr.

mod apply;
mod args;
mod clean;
mod clock;
mod config;
mod exit;
mod explain;
mod journal;
mod marked;
mod metrics;
mod own_files;
mod progress;
mod review;
mod sentences;
mod session;
mod settings;
mod shell;
mod signals;
mod story;
mod terminal;
mod typos;
mod undo;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Arguments, Command, Config};
pub use exit::Exit;
use journal::Journal;
use own_files::OwnFiles;

/// Reads the command line, does the work, and says how it went.
pub fn main() -> ExitCode {
    match run() {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            Exit::of(&error).into()
        }
    }
}

fn run() -> anyhow::Result<Exit> {
    let line: Vec<OsString> = std::env::args_os().collect();
    let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let arguments: Arguments = settings::parse(&line, &variables)?;
    let talk = &arguments.talk;
    let own = OwnFiles::of(&arguments);
    let files = own_files::listed(&arguments.command)?;
    own.keep_apart(own_files::inputs(&arguments.command).iter().chain(files.iter().flatten()))?;
    let journal = Journal::open(talk)?;
    match &arguments.command {
        Command::Clean(command) => clean::clean(command, talk, &journal, files),
        Command::Check(command) => clean::check(command, talk, &journal, files),
        Command::Apply(command) => apply::apply(command, talk, &journal),
        Command::Review(command) => review::review(command, talk),
        Command::Explain(command) => explain::explain(command, talk, &journal),
        Command::Undo(command) => undo::undo(command, talk),
        Command::Sentences(command) => sentences::sentences(command, talk, &journal, files),
        Command::Config(Config::Show(command)) => config::show(command, &variables),
        Command::Completions(command) => shell::completions(command),
        Command::Man => shell::manual(),
    }
}
