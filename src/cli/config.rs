//! `scrubjay config show`.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::{Arg, ArgAction, ArgMatches, CommandFactory};

use super::args::{Arguments, Show};
use super::exit::Exit;
use super::settings::Layers;

/// Prints the settings that would be in force, as a settings file, and where each came from.
pub(super) fn show(command: &Show, variables: &[(OsString, OsString)]) -> anyhow::Result<Exit> {
    let line: Vec<OsString> =
        ["scrubjay", "clean"].into_iter().map(OsString::from).chain(command.line.iter().cloned()).collect();
    let layers = Layers::read(&line, variables)?;
    let root = layers.under(Arguments::command());
    let parser =
        root.clone().mut_subcommand("clean", |clean| clean.mut_arg("output", |arg| arg.required(false)));
    let matches = parser.get_matches_from(&line);
    let Some((name, matches)) = matches.subcommand() else { return Ok(Exit::Usage) };
    let command = root.find_subcommand(name).into_iter();
    let mut out = io::stdout().lock();
    for arg in command.flat_map(clap::Command::get_arguments).chain(root.get_arguments()) {
        let Some(key) = arg.get_long() else { continue };
        if ["help", "version", "config", "no-config"].contains(&key) {
            continue;
        }
        let id = arg.get_id().as_str();
        match value(arg, matches, id) {
            Some(value) => {
                let origin = layers.origin(key, matches.value_source(id));
                writeln!(out, "{:<40} # {origin}", format!("{key} = {value}"))?;
            }
            None => writeln!(out, "{:<40} # not set", format!("# {key} ="))?,
        }
    }
    Ok(Exit::Finished)
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
