//! Settings in layers: what is built in, `scrubjay.toml`, `SCRUBJAY_…` variables, and flags, each
//! over the one before.
//!
//! A setting is declared once, as a flag in `args.rs`. Its name in the file is the flag's name,
//! its variable is the same in capitals. File and variables become the defaults of the flags, so
//! that one parser reads, checks and layers all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches, ValueHint};

use super::args::Arguments;
use crate::input::SETTINGS_FILE;
use crate::output::QuotedPath;

/// Commands that heed settings; the others do small things, with what was typed.
pub(super) const CONFIGURED: &[&str] = &["clean", "check", "sentences"];

/// What is not a setting.
pub(super) const NO_SETTINGS: &[&str] = &["help", "version", "config", "no-config"];

/// Settings that name a place to write to. A corpus may come from anywhere: the file in it must
/// not choose what is written over.
const PLACES: &[&str] = &["output", "decisions", "log-file", "metrics-file", "state"];

/// In a variable, values of a setting that can be given several times are told apart as in PATH.
const SEPARATOR: char = ':';

const PREFIX: &str = "SCRUBJAY_";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", QuotedPath(path)),
            Origin::Variable(name) => f.write_str(name),
            Origin::Flag => f.write_str("command line"),
        }
    }
}

/// A value from a file or a variable, by the name of its flag.
type Values = BTreeMap<String, (Vec<OsString>, Origin)>;

/// Settings from file and variables, for a command line.
#[derive(Debug, Default)]
pub(super) struct Layers {
    values: Values,
    /// The command they are for, and its path from the top.
    command: String,
}

/// What was typed, over variables, over the file. Ends the process when the command line cannot
/// be read, or asks for help.
pub(super) fn parse(line: &[OsString], variables: &[(OsString, OsString)]) -> anyhow::Result<Arguments> {
    let layers = Layers::read(line, variables)?;
    let matches = layers.under(Arguments::command()).get_matches_from(line);
    Ok(Arguments::from_arg_matches(&matches)?)
}

impl Layers {
    /// Reads the settings that a command line calls for. None for a line that is wrong or asks
    /// for help: whoever reads it next says so.
    pub(super) fn read(line: &[OsString], variables: &[(OsString, OsString)]) -> anyhow::Result<Layers> {
        let command = Arguments::command();
        // A look at the line, to know the corpus; mistakes in it are told by the real reading.
        let Ok(glance) = command.clone().ignore_errors(true).try_get_matches_from(line) else {
            return Ok(Layers::default());
        };
        let Some((name, typed)) = glance.subcommand().filter(|(name, _)| CONFIGURED.contains(name)) else {
            return Ok(Layers::default());
        };
        let known = Known::of(&command);
        let mut values = Values::new();
        if let Some((path, is_named)) = settings_file(typed, variables)? {
            read_file(&path, is_named, &known, &mut values)?;
        }
        read_variables(variables, &known, &mut values)?;
        let mut layers = Layers { values, command: name.to_owned() };
        layers.values.retain(|key, _| known.has(name, key));
        Ok(layers)
    }

    /// The command with these settings as its defaults.
    pub(super) fn under(&self, command: Command) -> Command {
        if self.values.is_empty() {
            return command;
        }
        let with = |arg: Arg| match arg.get_long().and_then(|key| self.values.get(key)) {
            Some((values, _)) => arg.required(false).default_values(values.clone()),
            None => arg,
        };
        command.mut_args(with).mut_subcommand(&self.command, |command| command.mut_args(with))
    }

    /// Where the value of a flag came from.
    pub(super) fn origin(&self, key: &str, source: Option<ValueSource>) -> Origin {
        match (source, self.values.get(key)) {
            (Some(ValueSource::CommandLine), _) => Origin::Flag,
            (_, Some((_, origin))) => origin.clone(),
            _ => Origin::Default,
        }
    }
}

/// All flags that can be set, with the commands that have them.
struct Known {
    root: Command,
    flags: BTreeMap<String, (Arg, BTreeSet<&'static str>)>,
}

impl Known {
    fn of(command: &Command) -> Known {
        let mut flags: BTreeMap<String, (Arg, BTreeSet<&'static str>)> = BTreeMap::new();
        for &name in CONFIGURED {
            let own = command.find_subcommand(name).into_iter().flat_map(Command::get_arguments);
            for arg in own.chain(command.get_arguments()) {
                let Some(key) = arg.get_long().filter(|key| !NO_SETTINGS.contains(key)) else { continue };
                flags.entry(key.to_owned()).or_insert_with(|| (arg.clone(), BTreeSet::new())).1.insert(name);
            }
        }
        Known { root: command.clone(), flags }
    }

    fn has(&self, command: &str, key: &str) -> bool {
        self.flags.get(key).is_some_and(|(_, commands)| commands.contains(command))
    }

    /// The flag, or what may have been meant.
    fn flag(&self, key: &str) -> Result<&Arg, Option<&str>> {
        if let Some((arg, _)) = self.flags.get(key) {
            return Ok(arg);
        }
        let alike = |name: &str| strsim::jaro_winkler(name, key);
        let nearest = self.flags.keys().max_by(|a, b| alike(a).total_cmp(&alike(b)));
        Err(nearest.map(String::as_str).filter(|name| alike(name) > 0.75))
    }

    /// Lets the parser of the command line judge a value; gives what it says against it.
    fn objection(&self, key: &str, values: &[OsString]) -> Option<String> {
        let (arg, commands) = self.flags.get(key)?;
        let command = commands.first()?;
        if matches!(arg.get_action(), ArgAction::SetTrue) {
            let is_bool = values.len() == 1 && (values[0] == "true" || values[0] == "false");
            return (!is_bool).then(|| format!("'{key}' is either true or false"));
        }
        if matches!(arg.get_action(), ArgAction::Count) {
            let is_count =
                values.len() == 1 && values[0].to_str().is_some_and(|value| value.parse::<u8>().is_ok());
            return (!is_count).then(|| format!("'{key}' is a number"));
        }
        if values.len() > 1 && !takes_many(arg) {
            return Some(format!("'{key}' takes one value"));
        }
        let flags = values.iter().map(|value| {
            let mut flag = OsString::from(format!("--{key}="));
            flag.push(value);
            flag
        });
        let line = ["scrubjay".into(), OsString::from(command)].into_iter().chain(flags);
        match self.root.clone().try_get_matches_from(line) {
            Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
                let told = error.to_string();
                let first = told.lines().next().unwrap_or_default();
                Some(first.trim_start_matches("error: ").to_owned())
            }
            _ => None,
        }
    }
}

fn takes_many(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// The file to read, and whether somebody named it.
fn settings_file(
    typed: &ArgMatches,
    variables: &[(OsString, OsString)],
) -> anyhow::Result<Option<(PathBuf, bool)>> {
    // A glance at a line with mistakes has no defaults.
    if typed.get_one::<bool>("no_config") == Some(&true) {
        return Ok(None);
    }
    if let Some(path) = typed.get_one::<PathBuf>("config") {
        return Ok(Some((path.clone(), true)));
    }
    if let Some((_, path)) = variables.iter().find(|(name, _)| name == "SCRUBJAY_CONFIG") {
        return Ok(Some((path.into(), true)));
    }
    let roots = typed.get_many::<PathBuf>("corpus").into_iter().flatten();
    let mut found = roots.map(|root| root.join(SETTINGS_FILE)).filter(|path| path.is_file());
    match (found.next(), found.next()) {
        (Some(first), Some(second)) => anyhow::bail!(
            "{} and {} both have settings; name one with --config, or use --no-config",
            QuotedPath(&first),
            QuotedPath(&second)
        ),
        (first, _) => Ok(first.map(|path| (path, false))),
    }
}

fn read_file(path: &Path, is_named: bool, known: &Known, values: &mut Values) -> anyhow::Result<()> {
    let shown = QuotedPath(path).to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| anyhow::anyhow!("cannot read {shown}: {error}"))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        anyhow::anyhow!("{shown}:{line}: {}", error.message())
    })?;
    for (typed, value) in table {
        let key = typed.replace('_', "-");
        let arg =
            known.flag(&key).map_err(|meant| unknown(&format!("{shown}: no setting '{typed}'"), meant))?;
        if !is_named && PLACES.contains(&key.as_str()) {
            anyhow::bail!(
                "{shown}: '{typed}' names a place to write to, which a corpus may not choose; give it on \
                 the command line, or name the file with --config"
            );
        }
        let found =
            plain(value).ok_or_else(|| anyhow::anyhow!("{shown}: '{typed}' is no plain value or list"))?;
        let found = match arg.get_value_hint() {
            // Paths in a file are meant from where the file is.
            ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => {
                let folder = path.parent().unwrap_or(Path::new(""));
                let is_named =
                    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.contains('=')));
                found.into_iter().map(|value| from_folder(folder, value, is_named)).collect()
            }
            _ => found,
        };
        if let Some(objection) = known.objection(&key, &found) {
            anyhow::bail!("{shown}: {objection}");
        }
        values.insert(key, (found, Origin::File(path.to_owned())));
    }
    Ok(())
}

/// A path that is meant from `folder`, perhaps behind the name of what it is for: `de=de_DE.dic`.
fn from_folder(folder: &Path, value: OsString, is_named: bool) -> OsString {
    match value.to_str().and_then(|value| value.split_once('=')) {
        Some((name, path)) if is_named => format!("{name}={}", folder.join(path).display()).into(),
        _ => folder.join(value).into(),
    }
}

fn read_variables(
    variables: &[(OsString, OsString)],
    known: &Known,
    values: &mut Values,
) -> anyhow::Result<()> {
    for (name, value) in variables {
        let Some(name) = name.to_str() else { continue };
        let Some(key) = name.strip_prefix(PREFIX).filter(|&key| key != "CONFIG") else { continue };
        let key = key.to_lowercase().replace('_', "-");
        let meant = |meant: &str| format!("{PREFIX}{}", meant.to_uppercase().replace('-', "_"));
        let arg = known.flag(&key).map_err(|nearest| {
            unknown(&format!("no setting has the variable {name}"), nearest.map(meant).as_deref())
        })?;
        let found: Vec<OsString> = match value.to_str() {
            Some(value) if takes_many(arg) => {
                let separator = arg.get_value_delimiter().unwrap_or(SEPARATOR);
                value.split(separator).map(OsString::from).collect()
            }
            _ => vec![value.clone()],
        };
        if let Some(objection) = known.objection(&key, &found) {
            anyhow::bail!("{name}: {objection}");
        }
        values.insert(key, (found, Origin::Variable(name.to_owned())));
    }
    Ok(())
}

fn unknown(what: &str, meant: Option<&str>) -> anyhow::Error {
    match meant {
        Some(meant) => anyhow::anyhow!("{what}; did you mean '{meant}'?"),
        None => anyhow::anyhow!("{what}; `scrubjay config show` lists all"),
    }
}

/// The values of a setting, as they would be typed.
fn plain(value: toml::Value) -> Option<Vec<OsString>> {
    Some(match value {
        toml::Value::String(text) => vec![text.into()],
        toml::Value::Integer(number) => vec![number.to_string().into()],
        toml::Value::Float(number) => vec![number.to_string().into()],
        toml::Value::Boolean(is_set) => vec![is_set.to_string().into()],
        toml::Value::Array(values) => {
            let values: Option<Vec<_>> = values.into_iter().map(plain).collect();
            values?.into_iter().flatten().collect()
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(line: &[&str]) -> Vec<OsString> {
        line.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_declaration_of_flags_is_in_order() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_place_to_write_to_is_kept_from_the_corpus() {
        let known = Known::of(&Arguments::command());
        for (key, (arg, _)) in &known.flags {
            let is_path = arg.get_value_hint() == ValueHint::AnyPath;
            let reads = ["files-from", "words"].contains(&key.as_str());
            assert!(!is_path || reads || PLACES.contains(&key.as_str()), "may a corpus choose --{key}?");
        }
    }

    #[test]
    fn a_flag_is_over_a_variable_is_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.toml");
        std::fs::write(&file, "threshold = 0.7\nmin_words = 3\nexclude = ['*.bak', 'x']\n").unwrap();
        let line = os(&["scrubjay", "clean", "c", "-o", "o", "--min-words", "9", "--config"]);
        let line = [line, vec![file.clone().into()]].concat();
        let variables = [("SCRUBJAY_THRESHOLD".into(), "0.9".into()), ("HOME".into(), "/".into())];
        let layers = Layers::read(&line, &variables).unwrap();
        let matches = layers.under(Arguments::command()).try_get_matches_from(&line).unwrap();
        let clean = matches.subcommand_matches("clean").unwrap();
        let has = |id: &str, key: &str| {
            let raw: Vec<_> =
                clean.get_raw(id).unwrap().map(|value| value.to_str().unwrap().to_owned()).collect();
            (raw.join(" "), layers.origin(key, clean.value_source(id)))
        };
        assert_eq!(
            has("threshold", "threshold"),
            ("0.9".into(), Origin::Variable("SCRUBJAY_THRESHOLD".into()))
        );
        assert_eq!(has("min_words", "min-words"), ("9".into(), Origin::Flag));
        assert_eq!(has("exclude", "exclude"), ("*.bak x".into(), Origin::File(file)));
        assert_eq!(has("keep", "keep"), ("first".into(), Origin::Default));
    }
}
