//! The lines of the ledger: what is recorded of a run.

use std::path::{Component, PathBuf};

use serde::{Deserialize, Serialize};

use super::edit_line::EditLine;
use crate::model::{Compression, ReportRow, Source, path_from_base64, path_to_base64};

/// The format that is written. Raised when an old reader would misread a new ledger.
pub const LEDGER_FORMAT: u32 = 1;

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// The first line.
    Header(HeaderRecord),
    /// A source begins.
    Source(SourceRecord),
    /// A change in it.
    Edit(EditRecord),
    /// A row about it.
    Finding(Box<FindingRecord>),
    /// The source ends.
    SourceEnd(SourceEndRecord),
    /// The last line.
    End(EndRecord),
    /// Written by a later version.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// What the run was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeaderRecord {
    /// [`LEDGER_FORMAT`] of the writer.
    pub format: u32,
    /// Version of the program.
    pub program: String,
    /// The settings as they were given.
    pub settings: serde_json::Value,
}

/// A file of the corpus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its name in reports.
    pub source: String,
    /// Its path below `text/`, where the name is not that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_b64: Option<String>,
    /// How it is packed: `none`, `gzip` or `zstd`.
    pub compression: String,
}

/// A change. Edits of a source come in the order of the file and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "EditLine<'static>", try_from = "EditLine<'static>")]
pub struct EditRecord {
    /// The name of the source.
    pub source: String,
    /// Byte offset in the unpacked original.
    pub start: u64,
    /// What stood there.
    pub old: Vec<u8>,
    /// What stands there now.
    pub new: Vec<u8>,
    /// The row that tells of it.
    pub row_id: Option<String>,
}

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// The row. Its `kept_text` is empty where another document is quoted.
    #[serde(flatten)]
    pub row: ReportRow,
    /// Where the kept copy begins in the decoded text of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_start: Option<usize>,
    /// Where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_end: Option<usize>,
}

/// How a source came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceEndRecord {
    /// The name of the source.
    pub source: String,
    /// The unpacked original.
    #[serde(flatten)]
    pub sums: Checksums,
    /// True when no cleaned copy was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
}

/// Hashes and lengths of a source, unpacked, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksums {
    /// XXH3-128 of the original.
    #[serde(with = "hex")]
    pub hash_before: u128,
    /// XXH3-128 of the cleaned copy.
    #[serde(with = "hex")]
    pub hash_after: u128,
    /// Bytes of the original.
    pub bytes_before: u64,
    /// Bytes of the cleaned copy.
    pub bytes_after: u64,
}

/// How many records a whole ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndRecord {
    /// Sources.
    pub sources: u64,
    /// Edits.
    pub edits: u64,
    /// Findings.
    pub findings: u64,
}

impl SourceRecord {
    /// The record of a source as it is written out.
    pub fn new(source: &Source, compression: Compression) -> SourceRecord {
        let is_name = source.relative.as_os_str() == source.name.as_str();
        let path_b64 = (!is_name).then(|| path_to_base64(&source.relative));
        let compression = match compression {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        };
        SourceRecord { source: source.name.clone(), path_b64, compression: compression.into() }
    }

    /// Where the copy stands below `text/`. `None` when the path would leave the folder: a ledger
    /// that somebody made must not write anywhere else.
    pub fn relative(&self) -> Option<PathBuf> {
        let path = match &self.path_b64 {
            None => PathBuf::from(&self.source),
            Some(encoded) => path_from_base64(encoded)?,
        };
        let stays = path.components().next().is_some()
            && path.components().all(|part| matches!(part, Component::Normal(_)));
        stays.then_some(path)
    }

    /// How the copy is packed; `None` when a later version knew another way.
    pub fn compression(&self) -> Option<Compression> {
        match self.compression.as_str() {
            "none" => Some(Compression::None),
            "gzip" => Some(Compression::Gzip),
            "zstd" => Some(Compression::Zstd),
            _ => None,
        }
    }
}

/// Hashes as 32 hexadecimal digits: JSON numbers do not hold them.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hash: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{hash:032x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let digits = String::deserialize(deserializer)?;
        u128::from_str_radix(&digits, 16).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD as BASE64;

    use super::*;
    use crate::model::Format;

    fn source(name: &str, relative: &str) -> Source {
        Source {
            path: name.into(),
            relative: relative.into(),
            name: name.into(),
            format: Format::Text,
            compression: Compression::None,
            size: 0,
        }
    }

    #[test]
    fn a_path_is_kept_exactly_and_cannot_leave_the_folder() {
        let record = SourceRecord::new(&source("a/b.txt", "a/b.txt"), Compression::Gzip);
        assert_eq!((record.path_b64.clone(), record.relative()), (None, Some("a/b.txt".into())));
        assert_eq!(record.compression(), Some(Compression::Gzip));
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let odd = PathBuf::from(std::ffi::OsStr::from_bytes(b"a\xFF\x1b.txt"));
            let record = SourceRecord::new(
                &Source { relative: odd.clone(), ..source(r"a\xFF\u{1b}.txt", "") },
                Compression::None,
            );
            assert!(record.path_b64.is_some());
            assert_eq!(record.relative(), Some(odd));
        }
        for hostile in ["../a", "/etc/passwd", "a/../../b", ""] {
            let mut record = SourceRecord::new(&source(hostile, hostile), Compression::None);
            assert_eq!(record.relative(), None, "{hostile:?}");
            record.path_b64 = Some(BASE64.encode(hostile));
            assert_eq!(record.relative(), None, "{hostile:?} in Base64");
        }
    }
}
