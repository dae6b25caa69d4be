//! Makes a corpus to measure with: as much text as is asked for, in which it is known what is repeated and
//! what is mistyped.
//!
//! The same seed and size give the same bytes on every machine, and a smaller corpus is the beginning of a
//! larger one. `scripts/make_corpus --help` tells how to call it.

pub(crate) mod document;
mod english;
mod plant;
mod random;
mod sentence;
pub(crate) mod truth;
mod words;
pub(crate) mod write;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Makes a corpus in which it is known what is repeated and what is mistyped

Usage: scripts/make_corpus --out DIR [--shape SHAPE] [--mb N | --sentences N] [--seed N] [--gz]

  --out DIR        where the corpus goes; must not exist yet. DIR.truth.csv tells what was planted where
  --shape SHAPE    files      documents of about 3 KB in nested folders: text, some hard-wrapped, some Markdown
                   jsonl      the same documents in one file, a JSON object a line (id, title, text)
                   lines      one text file, a sentence a line
                   sentences  one text file of different sentences with a vocabulary of 400,000 words
                   flood      one text file of sentences alike but for a number
                   [default: files]
  --mb N           how many million bytes of text (files, jsonl, lines) [default: 10]
  --sentences N    how many sentences (sentences, flood) [default: 100000]
  --seed N         another seed, another corpus [default: 1]
  --gz             compress every file
";

/// How the corpus is laid out on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Files,
    Jsonl,
    Lines,
    Sentences,
    Flood,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    out: PathBuf,
    shape: Shape,
    bytes: usize,
    sentences: usize,
    seed: u64,
    gz: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return say(std::io::stdout(), HELP, ExitCode::SUCCESS);
    }
    let made = parse(&arguments).and_then(|settings| {
        write::corpus(&settings).map_err(|error| format!("{}: {error}", settings.out.display()))
    });
    match made {
        Ok(summary) => say(std::io::stderr(), &format!("{summary}\n"), ExitCode::SUCCESS),
        Err(error) => say(std::io::stderr(), &format!("make_corpus: {error}\n"), ExitCode::FAILURE),
    }
}

/// Nothing is left to do when the last message cannot be written.
fn say(mut stream: impl std::io::Write, message: &str, code: ExitCode) -> ExitCode {
    if stream.write_all(message.as_bytes()).is_ok() { code } else { ExitCode::FAILURE }
}

fn parse(arguments: &[String]) -> Result<Settings, String> {
    let mut settings = Settings {
        out: PathBuf::new(),
        shape: Shape::Files,
        bytes: 10_000_000,
        sentences: 100_000,
        seed: 1,
        gz: false,
    };
    let mut arguments = arguments.iter();
    while let Some(flag) = arguments.next() {
        if flag == "--gz" {
            settings.gz = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value, or is unknown"))?;
        let number =
            || value.parse::<u64>().map_err(|_| format!("{flag} takes a whole number, not {value:?}"));
        match flag.as_str() {
            "--out" => settings.out = PathBuf::from(value),
            "--mb" => settings.bytes = number()? as usize * 1_000_000,
            "--sentences" => settings.sentences = number()? as usize,
            "--seed" => settings.seed = number()?,
            "--shape" => {
                settings.shape = match value.as_str() {
                    "files" => Shape::Files,
                    "jsonl" => Shape::Jsonl,
                    "lines" => Shape::Lines,
                    "sentences" => Shape::Sentences,
                    "flood" => Shape::Flood,
                    _ => {
                        return Err(format!(
                            "--shape is files, jsonl, lines, sentences or flood, not {value:?}"
                        ));
                    }
                }
            }
            _ => return Err(format!("unknown option {flag}; see --help")),
        }
    }
    if settings.out.as_os_str().is_empty() {
        return Err("--out DIR is needed; see --help".to_owned());
    }
    Ok(settings)
}
