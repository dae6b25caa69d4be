//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Finds sentences that say again what was already said and words that were mistyped, writes a
/// cleaned copy, and reports every single change. Originals are never touched.
#[derive(Debug, Parser)]
#[command(name = "scrubjay", version, max_term_width = 100, propagate_version = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) talk: Talk,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Do the whole job: cleaned copies in DIR/text, and the report beside them
    Clean(Clean),
    /// Find the same things and change nothing: exit 1 if there are findings
    Check(Check),
    /// Read a reviewed sheet, and write the cleaned text anew as it says
    Apply(Apply),
    /// Decide at the terminal, one finding at a time
    Review(Review),
    /// Tell everything that is known about one row
    Explain(Explain),
    /// Write the original bytes anew, from cleaned text and ledger
    Undo(Undo),
    /// Print the sentences as JSON lines, to see where the text is cut
    Sentences(Sentences),
    /// The settings in force
    #[command(subcommand)]
    Config(Config),
    /// Print a script that lets your shell complete what you type
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// How much is said, and where.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Messages")]
pub(super) struct Talk {
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more: every input that was passed by, and why; -vv for details
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// Append a log to FILE, whatever is shown on the terminal
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) log_file: Option<PathBuf>,
    /// Write the log for people, or as JSON lines
    #[arg(long, value_enum, value_name = "FORM", default_value_t = LogFormat::Text, global = true)]
    pub(super) log_format: LogFormat,
}

#[derive(Debug, Args)]
pub(super) struct Clean {
    #[command(flatten)]
    pub(super) input: Input,
    /// Folder for the cleaned text and the reports: new, empty, or of an earlier run
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(super) output: PathBuf,
    #[command(flatten)]
    pub(super) find: Find,
    #[command(flatten)]
    pub(super) report: Report,
    /// Stop before anything is written if more than this share of the text would be removed, such as
    /// 0.3 [default: no limit]
    #[arg(long, value_name = "SHARE", value_parser = fraction, help_heading = "Running")]
    pub(super) max_removed: Option<f64>,
    #[command(flatten)]
    pub(super) remember: Remember,
    #[command(flatten)]
    pub(super) running: Running,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) input: Input,
    /// Folder for the reports; without it the findings are printed
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Which findings make the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Safe, value_name = "WHICH", help_heading = "Output")]
    pub(super) fail_on: FailOn,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORM", help_heading = "Output", conflicts_with = "output")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) find: Find,
    #[command(flatten)]
    pub(super) report: Report,
    #[command(flatten)]
    pub(super) remember: Remember,
    #[command(flatten)]
    pub(super) running: Running,
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    /// The folder of a run
    #[arg(value_name = "DIR")]
    pub(super) run: PathBuf,
    /// Reviewed sheets of this run: report.csv, review.xlsx, or copies of them (csv, xlsx, ods, xls)
    #[arg(value_name = "SHEET", required = true)]
    pub(super) sheets: Vec<PathBuf>,
    /// Say what the sheets are understood to mean, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) running: Running,
}

#[derive(Debug, Args)]
pub(super) struct Review {
    /// The folder of a run
    #[arg(value_name = "DIR")]
    pub(super) run: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The folder of a run
    #[arg(value_name = "DIR")]
    pub(super) run: PathBuf,
    /// The row, as its last column calls it
    #[arg(value_name = "ROW_ID")]
    pub(super) row_id: String,
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The folder of a run
    #[arg(value_name = "DIR")]
    pub(super) run: PathBuf,
    /// Folder for the originals: new or empty
    #[arg(short, long, value_name = "BACK")]
    pub(super) output: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Sentences {
    #[command(flatten)]
    pub(super) input: Input,
}

/// What is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(super) struct Input {
    /// Files and folders: .txt, .md, .jsonl, .ndjson, each also .gz or .zst, and any other UTF-8 text
    #[arg(value_name = "CORPUS", help_heading = "Arguments")]
    pub(super) corpus: Vec<PathBuf>,
    /// Read settings from FILE; without it, from scrubjay.toml in the corpus folder if there is one
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub(super) config: Option<PathBuf>,
    /// Read no settings file
    #[arg(long, conflicts_with = "config", help_heading = "Settings")]
    pub(super) no_config: bool,
    /// Read only files that match (`*.txt`, `news/**`); repeatable
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// Pass by files and folders that match; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Read the files listed in FILE, one a line (or NUL-separated); `-` reads the list from stdin
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// The field of a JSONL line that holds the text; dots lead into nested objects, or are part of its name
    #[arg(long, value_name = "FIELD", default_value = "text")]
    pub(super) text_field: String,
    /// The field of a JSONL line that names the document, instead of its line number
    #[arg(long, value_name = "FIELD")]
    pub(super) id_field: Option<String>,
    /// Leave out text files and JSONL lines that are longer than this, unpacked: `500MB`, `2GB`
    #[arg(long, value_name = "SIZE", default_value = "1GB", value_parser = size)]
    pub(super) max_document_size: u64,
    /// Worker threads [default: one a core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = threads)]
    pub(super) threads: usize,
}

/// What is looked for.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to find")]
pub(super) struct Find {
    /// What to look for
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [What::Duplicates, What::Typos], value_name = "WHAT")]
    pub(super) find: Vec<What>,
    /// How alike two sentences must be to count as near copies: shared words, 0.5 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    pub(super) threshold: f64,
    /// Where copies count: anywhere in the corpus, or only within one document
    #[arg(long, value_enum, default_value_t = Scope::Corpus)]
    pub(super) scope: Scope,
    /// Which copy stays
    #[arg(long, value_enum, default_value_t = Keep::First)]
    pub(super) keep: Keep,
    /// Keep copies in documents that match first; repeatable, earlier ones win
    #[arg(long, value_name = "GLOB")]
    pub(super) prefer: Vec<String>,
    /// Sentences with fewer words are never removed on their own
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = min_words)]
    pub(super) min_words: usize,
    /// Words that are right, one a line: an entry in small letters in any case, one with a capital only
    /// exactly so, /.../ is a regular expression, # begins a comment; repeatable
    #[arg(long, value_name = "FILE")]
    pub(super) words: Vec<PathBuf>,
    /// Which English is right; the other's spellings are shown for review
    #[arg(long, value_enum, default_value_t = Dialect::Any)]
    pub(super) dialect: Dialect,
    /// Also show common words that are often confused (their, there), on weaker evidence
    #[arg(long)]
    pub(super) confusions: bool,
    /// Check texts in another language with a Hunspell dictionary, such as `de=de_DE.dic`, whose .aff file
    /// lies beside it; repeatable
    #[arg(long, value_name = "LANG=FILE", value_hint = ValueHint::FilePath)]
    pub(super) dictionary: Vec<String>,
}

/// What the reports look like.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct Report {
    /// Whether report.csv begins with a byte order mark, which Excel needs to read it as UTF-8
    #[arg(long, value_enum, default_value_t = CsvBom::Always, value_name = "WHEN")]
    pub(super) csv_bom: CsvBom,
    /// Which reports are written
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [ReportForm::Csv, ReportForm::Xlsx, ReportForm::Html], value_name = "WHICH")]
    pub(super) reports: Vec<ReportForm>,
    /// Heed the decisions of reviewers in FILE, and keep new ones there [default: DIR/decisions.csv, also when
    /// FILE is a report or a workbook, which stays as it is]
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportForm {
    /// report.csv, for scripts and people
    Csv,
    /// review.xlsx, for people
    Xlsx,
    /// report.html, to read and decide in a browser
    Html,
}

/// What is kept from run to run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub(super) struct Remember {
    /// Keep in DIR what this run learns of each file, so that the next one reads only what changed; the
    /// result is the same. New rows stand in report-new.csv, too
    #[arg(long, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
}

/// How the run is conducted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub(super) struct Running {
    /// How long to wait for another run that is using the output folder: `90s`, `10m`, `2h`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(super) lock_wait: Duration,
    /// Write how the run went to FILE, for Prometheus' node exporter
    #[arg(long, value_name = "FILE")]
    pub(super) metrics_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Print every setting, its value and where it came from
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// What would be typed after `scrubjay clean`
    #[arg(value_name = "CORPUS OR FLAG", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) line: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Your shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// Sentences and documents that stand twice
    Duplicates,
    /// Mistyped words
    Typos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    Corpus,
    Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Keep {
    First,
    Last,
    Longest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Dialect {
    Any,
    Us,
    Gb,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// What `clean` would change by itself
    Safe,
    /// Also what it would leave for review
    Any,
    /// None: only errors
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line a finding, for people
    Text,
    /// A JSON object a line
    Json,
    /// Workflow commands, which GitHub shows beside the text
    Github,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CsvBom {
    Always,
    Never,
}

fn share(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(share) if (0.5..=1.0).contains(&share) => Ok(share),
        _ => Err("a share from 0.5 to 1, such as 0.8".to_owned()),
    }
}

fn fraction(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share from 0 to 1, such as 0.3".to_owned()),
    }
}

fn duration(typed: &str) -> Result<Duration, String> {
    let (number, unit) =
        typed.split_at(typed.len() - typed.trim_start_matches(|c: char| c.is_ascii_digit()).len());
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 0,
    };
    match number.parse::<u32>() {
        Ok(number) if seconds > 0 => Ok(Duration::from_secs(u64::from(number) * seconds)),
        _ => Err("a number of seconds, minutes or hours, such as 90s, 10m or 2h".to_owned()),
    }
}

/// Words of a sentence are counted so far.
const MOST_WORDS: usize = 255;

fn min_words(typed: &str) -> Result<usize, String> {
    let number = typed.parse().ok().filter(|&words| words <= MOST_WORDS);
    number.ok_or_else(|| format!("a number up to {MOST_WORDS}"))
}

/// More cores no machine has on which one would run this; so many threads as somebody may mistype are more than
/// a machine bears.
const MOST_THREADS: usize = 1024;

fn threads(typed: &str) -> Result<usize, String> {
    let number = typed.parse().ok().filter(|&threads| threads <= MOST_THREADS);
    number.ok_or_else(|| format!("a number up to {MOST_THREADS}; 0 is one a core"))
}

fn size(typed: &str) -> Result<u64, String> {
    let digits = typed.len() - typed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = typed.split_at(digits);
    let bytes = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => Some(1),
        "K" | "KB" => Some(1_000),
        "M" | "MB" => Some(1_000_000),
        "G" | "GB" => Some(1_000_000_000),
        _ => None,
    };
    match (number.parse::<u64>(), bytes) {
        (Ok(number @ 1..), Some(bytes)) => number.checked_mul(bytes),
        _ => None,
    }
    .ok_or_else(|| "a number of bytes, such as 500MB or 2GB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        assert_eq!(size("1GB"), Ok(1_000_000_000));
        assert_eq!(size("12k"), Ok(12_000));
        assert_eq!(size("7"), Ok(7));
        for wrong in ["", "0", "MB", "-1", "1.5GB", "1 GB", "99999999999999GB"] {
            assert!(size(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "m", "-1s", "1d", "1.5m", "ten", "10 m", "99999999999s"] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
