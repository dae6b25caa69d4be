//! The maker of corpora: what the command line asks for becomes files and a table of the truth about them.
//!
//! The same seed and size give the same bytes on every machine, and a smaller corpus is the beginning of a
//! larger one.
//!
//! The benches borrow this module. So it is a `mod.rs`, whose parts are found from wherever it is borrowed,
//! and its tests stand alone or outside: benches are compiled as tests are, but without the tests, and what
//! only tests use would be left over.

mod document;
mod english;
mod plant;
mod random;
mod sentence;
mod truth;
mod words;
pub(crate) mod write;

use std::path::PathBuf;

use write::Summary;

/// Makes the corpus that the arguments of a command line ask for.
pub(crate) fn make(arguments: &[String]) -> Result<Summary, String> {
    let settings = parse(arguments)?;
    write::corpus(&settings).map_err(|error| format!("{}: {error}", settings.out.display()))
}

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
    pub(crate) out: PathBuf,
    pub(crate) shape: Shape,
    pub(crate) bytes: usize,
    pub(crate) sentences: usize,
    pub(crate) seed: u64,
    pub(crate) gz: bool,
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
