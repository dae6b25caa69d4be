//! The files of a corpus, and what can be wrong with them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One file of the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where the file is.
    pub path: PathBuf,
    /// Its path from the corpus root, as it will stand in the output tree.
    pub relative: PathBuf,
    /// The same for people: `/` between parts, and what is not printable or not UTF-8 escaped.
    pub name: String,
    /// What its name says it holds.
    pub format: Format,
    /// What its name says it is packed with. Magic bytes win over it when it is read.
    pub compression: Compression,
    /// Bytes on disk when it was listed.
    pub size: u64,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One document of plain text.
    Text,
    /// One document of CommonMark.
    Markdown,
    /// A document a line, each a JSON object.
    JsonLines,
}

/// What a file is packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compression {
    /// Nothing.
    None,
    /// gzip, all members.
    Gzip,
    /// Zstandard, all frames.
    Zstd,
}

/// Something about an input that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The name of the source or document, escaped for people.
    pub name: String,
    /// 1-based line of a JSONL file, where it applies.
    pub line: Option<u64>,
    /// How bad it is.
    pub severity: Severity,
    /// What it is and what to do, as a sentence without a final full stop.
    pub message: String,
}

/// How bad a problem with an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Passed by on purpose: a link, a binary file. Listed, no exit code.
    Skipped,
    /// Worth a line, and the document was still worked on.
    Noted,
    /// Unreadable or damaged: listed, and the run exits 3.
    Damaged,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.name, self.message),
            None => write!(f, "{}: {}", self.name, self.message),
        }
    }
}
