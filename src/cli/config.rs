//! `scrubjay config show`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::{Arg, ArgAction, ArgMatches, CommandFactory};

use super::args::{Arguments, Show};
use super::exit::Exit;
use super::settings::{CONFIGURED, Layers, NO_SETTINGS};

/// Prints the settings that would be in force, as a settings file, and where each came from.
pub(super) fn show(command: &Show, variables: &[(OsString, OsString)]) -> anyhow::Result<Exit> {
    let mut shown: BTreeSet<String> = NO_SETTINGS.iter().copied().map(str::to_owned).collect();
    let mut out = io::stdout().lock();
    settings_of("clean", &command.line, variables, &mut shown, &mut out)?;
    // What only the others heed comes last.
    for name in CONFIGURED.iter().filter(|name| **name != "clean") {
        settings_of(name, &command.line, variables, &mut shown, &mut out)?;
    }
    Ok(Exit::Finished)
}

/// Prints the settings of a command that were not shown yet.
fn settings_of(
    name: &str,
    typed: &[OsString],
    variables: &[(OsString, OsString)],
    shown: &mut BTreeSet<String>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let line: Vec<OsString> =
        ["scrubjay", name].into_iter().map(OsString::from).chain(typed.iter().cloned()).collect();
    let layers = Layers::read(&line, variables)?;
    let root = layers.under(Arguments::command());
    let optional = |command: clap::Command| command.mut_args(|arg| arg.required(false));
    // The line is of `clean`, which says what is wrong with it.
    let parser = root.clone().mut_subcommand(name, optional).ignore_errors(name != "clean");
    let matches = parser.get_matches_from(&line);
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let command = root.find_subcommand(name).into_iter();
    for arg in command.flat_map(clap::Command::get_arguments).chain(root.get_arguments()) {
        let Some(key) = arg.get_long().filter(|key| shown.insert((*key).to_owned())) else { continue };
        let id = arg.get_id().as_str();
        match value(arg, matches, id) {
            Some(value) => {
                let origin = layers.origin(key, matches.value_source(id));
                writeln!(out, "{:<40} # {origin}", format!("{key} = {value}"))?;
            }
            None => writeln!(out, "{:<40} # not set", format!("# {key} ="))?,
        }
    }
    Ok(())
}

/// The value as it stands in a settings file.
fn value(arg: &Arg, matches: &ArgMatches, id: &str) -> Option<String> {
    if matches!(arg.get_action(), ArgAction::Count) {
        return Some(matches.get_count(id).to_string());
    }
    let values: Vec<String> = matches.get_raw(id)?.map(|value| literal(arg, value)).collect();
    match arg.get_action() {
        ArgAction::Append => Some(format!("[{}]", values.join(", "))),
        _ => values.into_iter().next(),
    }
}

fn literal(arg: &Arg, value: &OsStr) -> String {
    let text = value.to_string_lossy();
    let is_bare = matches!(arg.get_action(), ArgAction::SetTrue)
        || (arg.get_possible_values().is_empty() && text.parse::<f64>().is_ok());
    // JSON's string is a TOML basic string, too.
    if is_bare { text.into_owned() } else { serde_json::Value::from(text).to_string() }
}
