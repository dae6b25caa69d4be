//! `scrubjay completions` and `scrubjay man`.

use std::io::{self, Write};

use clap::CommandFactory;

use super::args::{Arguments, Completions};
use super::exit::Exit;

/// Prints the completions of a shell.
pub(super) fn completions(command: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::command(), "scrubjay", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Finished)
}

/// Prints the manual page: the program, and each of its commands.
pub(super) fn manual() -> anyhow::Result<Exit> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    let manual = clap_mangen::Man::new(command.clone());
    manual.render(&mut page)?;
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        writeln!(page, ".SH \"{}\"", format!("scrubjay {}", command.get_name()).to_uppercase())?;
        let manual = clap_mangen::Man::new(command.clone());
        manual.render_description_section(&mut page)?;
        manual.render_synopsis_section(&mut page)?;
        manual.render_options_section(&mut page)?;
    }
    io::stdout().lock().write_all(&page)?;
    Ok(Exit::Finished)
}
