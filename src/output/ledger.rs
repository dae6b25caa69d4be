//! `ledger.jsonl`: the exact record of a run. With the cleaned text it gives the originals back.
//!
//! One JSON object a line, told apart by `type`:
//!
//! | type | what |
//! | --- | --- |
//! | `header` | first line: format, program version, settings as given |
//! | `source` | a file of the corpus; the edits and findings up to its `source_end` are its own |
//! | `edit` | bytes `old` at `start` of the unpacked original became `new` |
//! | `finding` | a row of the report, exact and unguarded, and where the kept copy stands |
//! | `source_end` | hashes and lengths of the unpacked original and of the cleaned copy |
//! | `end` | last line: how many records there are, so that a ledger that was cut is noticed |
//!
//! A source has its hashes at its end because a huge file is worked on as a stream: neither its
//! edits nor its bytes are ever held whole. A document left out of `text/` has one edit over all
//! of it and `left_out`; its original is in the ledger alone.
//!
//! Bytes that are not UTF-8 stand in Base64 under the same name with `_b64` behind. Readers skip
//! types and fields that they do not know, so both may be added without a new format.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::path::{Component, Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::{AtomicFile, Durability, OutputError, SealedFile};
use crate::model::{Compression, ReportRow, Source, Span, path_from_base64, path_to_base64};

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

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A line is no record.
    #[error("line {line} of the ledger is damaged: {cause}")]
    Damaged {
        /// 1-based.
        line: u64,
        /// What is wrong.
        cause: String,
    },
    /// The last line is missing, or lines are.
    #[error("the ledger is cut short or lacks lines; it cannot be used")]
    Incomplete,
    /// A later version wrote it.
    #[error("the ledger has format {0}, this scrubjay knows formats up to {LEDGER_FORMAT}; use a newer one")]
    NewerFormat(u32),
    /// The cleaned copy is not the one that the ledger tells of.
    #[error(
        "the cleaned copy was changed after the run (at or before byte {at}); its original cannot be given back"
    )]
    Changed {
        /// Where in the cleaned copy it was noticed.
        at: u64,
    },
    /// The result is not the original.
    #[error("the ledger does not give the original back: its hash differs")]
    WrongOriginal,
    /// The ledger or the cleaned copy could not be read.
    #[error("cannot read: {0}")]
    Read(io::Error),
    /// The original could not be written.
    #[error("cannot write: {0}")]
    Write(io::Error),
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

/// Writes a ledger, line by line.
///
/// Sources are opened and closed one after the other; edits and findings go to the open one.
#[derive(Debug)]
pub struct LedgerWriter {
    file: AtomicFile,
    written: EndRecord,
    source: Option<String>,
}

impl LedgerWriter {
    /// A ledger that will stand at `path`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, settings: &impl Serialize) -> Result<LedgerWriter, OutputError> {
        let settings = serde_json::to_value(settings)
            .map_err(|error| OutputError::at("write", path)(io::Error::from(error)))?;
        let file = AtomicFile::create(path)?;
        let mut ledger = LedgerWriter { file, written: EndRecord::default(), source: None };
        let program = env!("CARGO_PKG_VERSION").to_owned();
        ledger.line(&Record::Header(HeaderRecord { format: LEDGER_FORMAT, program, settings }))?;
        Ok(ledger)
    }

    /// Begins a source.
    ///
    /// # Panics
    /// When the one before has not ended.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_source(&mut self, source: SourceRecord) -> Result<(), OutputError> {
        assert!(self.source.is_none(), "{:?} has not ended", self.source);
        self.source = Some(source.source.clone());
        self.written.sources += 1;
        self.line(&Record::Source(source))
    }

    /// Records that `old`, at byte `start` of the unpacked original, became `new`.
    ///
    /// # Panics
    /// When no source is open.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn edit(
        &mut self,
        start: u64,
        old: &[u8],
        new: &[u8],
        row_id: Option<&str>,
    ) -> Result<(), OutputError> {
        /// An edit with its `type`, made without copying the text.
        #[derive(Serialize)]
        #[serde(tag = "type", rename = "edit")]
        struct Tagged<'a> {
            #[serde(flatten)]
            edit: EditLine<'a>,
        }
        let source = self.source.take();
        let name = source.as_deref().unwrap_or_else(|| panic!("an edit at {start} has no source"));
        let written = self.line(&Tagged { edit: EditLine::new(name, start, old, new, row_id) });
        self.source = source;
        self.written.edits += 1;
        written
    }

    /// Records a row of the report. `kept` is the place of the kept copy in its document's text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finding(&mut self, row: &ReportRow, kept: Option<Span>) -> Result<(), OutputError> {
        #[derive(Serialize)]
        #[serde(tag = "type", rename = "finding")]
        struct Tagged<'a> {
            #[serde(flatten)]
            row: &'a ReportRow,
            #[serde(skip_serializing_if = "Option::is_none")]
            kept_start: Option<usize>,
            #[serde(skip_serializing_if = "Option::is_none")]
            kept_end: Option<usize>,
        }
        self.written.findings += 1;
        self.line(&Tagged {
            row,
            kept_start: kept.map(|kept| kept.start),
            kept_end: kept.map(|kept| kept.end),
        })
    }

    /// Ends the open source.
    ///
    /// # Panics
    /// When no source is open.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_source(&mut self, sums: Checksums, left_out: bool) -> Result<(), OutputError> {
        let source = self.source.take().unwrap_or_else(|| panic!("no source is open"));
        self.line(&Record::SourceEnd(SourceEndRecord { source, sums, left_out }))
    }

    /// Writes the last line. The ledger is whole and waits to be put in its place: after the
    /// texts that it tells of.
    ///
    /// # Errors
    /// When it cannot be brought to the disk.
    pub fn finish(mut self) -> Result<SealedFile, OutputError> {
        let end = Record::End(self.written.clone());
        self.line(&end)?;
        self.file.seal(Durability::EachFile)
    }

    fn line(&mut self, record: &impl Serialize) -> Result<(), OutputError> {
        serde_json::to_writer(&mut self.file, record)
            .map_err(io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(|error| OutputError::at("write", self.file.target())(error))
    }
}

/// Reads a ledger, record by record; holds one line at a time. Records of unknown type are passed
/// by. Ends with an error unless the last line is there and counts what was read.
pub struct LedgerReader<R> {
    lines: R,
    line: Vec<u8>,
    number: u64,
    header: HeaderRecord,
    read: EndRecord,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The last line has been read, or an error was told.
    Done,
}

impl<R: BufRead> LedgerReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it is damaged or of a later format.
    pub fn new(lines: R) -> Result<LedgerReader<R>, LedgerError> {
        let header = HeaderRecord { format: 0, program: String::new(), settings: serde_json::Value::Null };
        let mut reader = LedgerReader {
            lines,
            line: Vec::new(),
            number: 0,
            header,
            read: EndRecord::default(),
            state: State::Reading,
        };
        match reader.next_line()? {
            Some(Record::Header(header)) if header.format > LEDGER_FORMAT => {
                Err(LedgerError::NewerFormat(header.format))
            }
            Some(Record::Header(header)) => {
                reader.header = header;
                Ok(reader)
            }
            _ => Err(reader.damaged("it is no header")),
        }
    }

    /// What the run was.
    pub fn header(&self) -> &HeaderRecord {
        &self.header
    }

    /// Writes the original of a source whose [`Record::Source`] was just read, from its unpacked
    /// cleaned copy (empty if it was left out). Reads up to its `source_end`; findings are passed
    /// by.
    ///
    /// # Errors
    /// When the cleaned copy is not the one of the run, or the result not the original: what was
    /// written to `out` is then worthless.
    pub fn restore_source(
        &mut self,
        cleaned: impl Read,
        out: impl Write,
    ) -> Result<SourceEndRecord, LedgerError> {
        let mut end = None;
        let edits = std::iter::from_fn(|| {
            loop {
                match self.next() {
                    Some(Ok(Record::Edit(edit))) => return Some(Ok(edit)),
                    Some(Ok(Record::Finding(_))) => continue,
                    Some(Ok(Record::SourceEnd(record))) => {
                        end = Some(record);
                        return None;
                    }
                    Some(Ok(_)) => return Some(Err(self.damaged("a source has not ended before it"))),
                    Some(Err(error)) => return Some(Err(error)),
                    None => return Some(Err(LedgerError::Incomplete)),
                }
            }
        });
        let sums = restore(cleaned, edits, out)?;
        let end = end.ok_or(LedgerError::Incomplete)?;
        if (sums.hash_after, sums.bytes_after) != (end.sums.hash_after, end.sums.bytes_after) {
            return Err(LedgerError::Changed { at: sums.bytes_after });
        }
        if sums != end.sums {
            return Err(LedgerError::WrongOriginal);
        }
        Ok(end)
    }

    /// The record of the next line; `None` at the end of the file.
    fn next_line(&mut self) -> Result<Option<Record>, LedgerError> {
        self.line.clear();
        self.number += 1;
        if self.lines.read_until(b'\n', &mut self.line).map_err(LedgerError::Read)? == 0 {
            return Ok(None);
        }
        serde_json::from_slice(&self.line).map(Some).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, cause: impl fmt::Display) -> LedgerError {
        LedgerError::Damaged { line: self.number, cause: cause.to_string() }
    }

    fn count(&mut self, record: &Record) -> Result<(), LedgerError> {
        match record {
            Record::Source(_) => self.read.sources += 1,
            Record::Edit(_) => self.read.edits += 1,
            Record::Finding(_) => self.read.findings += 1,
            Record::End(end) if *end != self.read => return Err(LedgerError::Incomplete),
            _ => {}
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Record, LedgerError> {
        loop {
            match self.next_line()? {
                Some(Record::Unknown) => continue,
                Some(record) => {
                    self.count(&record)?;
                    return Ok(record);
                }
                None => return Err(LedgerError::Incomplete),
            }
        }
    }
}

impl<R: BufRead> Iterator for LedgerReader<R> {
    type Item = Result<Record, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Done {
            return None;
        }
        let record = self.next_record();
        match &record {
            Ok(Record::End(_)) => {
                self.state = State::Done;
                None
            }
            Ok(_) => Some(record),
            Err(_) => {
                self.state = State::Done;
                Some(record)
            }
        }
    }
}

/// Writes the original bytes of a file to `out`: those of `cleaned`, with every edit taken back.
/// Everything streams. Returns hashes and lengths of both, to be compared with those of the run.
///
/// # Errors
/// As soon as `cleaned` does not hold what an edit left there.
pub fn restore(
    cleaned: impl Read,
    edits: impl IntoIterator<Item = Result<EditRecord, LedgerError>>,
    out: impl Write,
) -> Result<Checksums, LedgerError> {
    let mut cleaned = Hashed::new(cleaned);
    let mut out = Hashed::new(out);
    let mut new = Vec::new();
    for edit in edits {
        let edit = edit?;
        let changed = |at| LedgerError::Changed { at };
        let unchanged = edit.start.checked_sub(out.bytes).ok_or_else(|| LedgerError::Damaged {
            line: 0,
            cause: format!("edits of {} overlap at byte {}", edit.source, edit.start),
        })?;
        if copy(&mut cleaned, &mut out, unchanged)? < unchanged {
            return Err(changed(cleaned.bytes));
        }
        new.clear();
        cleaned.by_ref().take(edit.new.len() as u64).read_to_end(&mut new).map_err(LedgerError::Read)?;
        if new != edit.new {
            return Err(changed(cleaned.bytes));
        }
        out.write_all(&edit.old).map_err(LedgerError::Write)?;
    }
    copy(&mut cleaned, &mut out, u64::MAX)?;
    out.flush().map_err(LedgerError::Write)?;
    Ok(Checksums {
        hash_before: out.hash.digest128(),
        hash_after: cleaned.hash.digest128(),
        bytes_before: out.bytes,
        bytes_after: cleaned.bytes,
    })
}

/// Copies up to `limit` bytes and tells apart which side failed. Returns how many there were.
fn copy(from: &mut impl Read, to: &mut impl Write, limit: u64) -> Result<u64, LedgerError> {
    let mut buffer = [0; 16 * 1024];
    let mut copied = 0;
    while copied < limit {
        let wanted = buffer.len().min(usize::try_from(limit - copied).unwrap_or(usize::MAX));
        match from.read(&mut buffer[..wanted]) {
            Ok(0) => break,
            Ok(read) => {
                to.write_all(&buffer[..read]).map_err(LedgerError::Write)?;
                copied += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(LedgerError::Read(error)),
        }
    }
    Ok(copied)
}

/// A reader or writer that hashes and counts what passes.
struct Hashed<T> {
    inner: T,
    hash: Xxh3,
    bytes: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Hashed<T> {
        Hashed { inner, hash: Xxh3::new(), bytes: 0 }
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.passed(&buffer[..read]);
        Ok(read)
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.passed(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// An edit as it stands in the line.
#[derive(Serialize, Deserialize)]
struct EditLine<'a> {
    source: Cow<'a, str>,
    start: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row_id: Option<Cow<'a, str>>,
}

impl<'a> EditLine<'a> {
    fn new(
        source: &'a str,
        start: u64,
        old: &'a [u8],
        new: &'a [u8],
        row_id: Option<&'a str>,
    ) -> EditLine<'a> {
        let (old, old_b64) = text_or_base64(old);
        let (new, new_b64) = text_or_base64(new);
        EditLine { source: source.into(), start, old, old_b64, new, new_b64, row_id: row_id.map(Cow::from) }
    }
}

impl From<EditRecord> for EditLine<'static> {
    fn from(edit: EditRecord) -> Self {
        let EditLine { start, old, old_b64, new, new_b64, .. } =
            EditLine::new("", edit.start, &edit.old, &edit.new, None);
        EditLine {
            source: edit.source.into(),
            start,
            old: old.map(|old| Cow::from(old.into_owned())),
            old_b64,
            new: new.map(|new| Cow::from(new.into_owned())),
            new_b64,
            row_id: edit.row_id.map(Cow::from),
        }
    }
}

impl TryFrom<EditLine<'static>> for EditRecord {
    type Error = String;

    fn try_from(line: EditLine<'static>) -> Result<Self, String> {
        Ok(EditRecord {
            source: line.source.into_owned(),
            start: line.start,
            old: bytes_of("old", line.old, line.old_b64)?,
            new: bytes_of("new", line.new, line.new_b64)?,
            row_id: line.row_id.map(Cow::into_owned),
        })
    }
}

fn text_or_base64(bytes: &[u8]) -> (Option<Cow<'_, str>>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.into()), None),
        Err(_) => (None, Some(BASE64.encode(bytes))),
    }
}

fn bytes_of(name: &str, text: Option<Cow<'_, str>>, base64: Option<String>) -> Result<Vec<u8>, String> {
    match (text, base64) {
        (Some(text), None) => Ok(text.into_owned().into_bytes()),
        (None, Some(base64)) => BASE64.decode(base64).map_err(|error| format!("{name}_b64: {error}")),
        _ => Err(format!("one of {name} and {name}_b64 is needed")),
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
    use std::fs;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;
    use crate::model::{Action, Format, Kind};
    use crate::output::{Committer, Splice, apply_splices};

    fn row() -> ReportRow {
        ReportRow {
            row_id: "rqqdsd17wyhp".into(),
            action: Action::Remove,
            kind: Kind::NearDuplicate,
            text: "=1+1 \u{1b}\r\n".into(),
            suggestion: String::new(),
            kept_text: String::new(),
            similarity: Some(0.1 + 0.2),
            confidence: 1.0 / 3.0,
            document: "a.txt".into(),
            line: 1,
            column: 2,
            kept_document: "b.txt".into(),
            kept_line: Some(3),
            reason: "alike".into(),
            context: String::new(),
            context_place: None,
            cluster: "c1".into(),
            cluster_size: Some(2),
            span: Span::new(4, 9),
        }
    }

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

    fn sums(before: &[u8], after: &[u8]) -> Checksums {
        Checksums {
            hash_before: xxh3_128(before),
            hash_after: xxh3_128(after),
            bytes_before: before.len() as u64,
            bytes_after: after.len() as u64,
        }
    }

    /// The ledger of one file.
    fn ledger(original: &[u8], splices: &[Splice]) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut cleaned = Vec::new();
        apply_splices(original, splices, &mut cleaned).unwrap();
        let mut writer = LedgerWriter::create(&path, &serde_json::json!({"threshold": 0.8})).unwrap();
        writer.begin_source(SourceRecord::new(&source("a.txt", "a.txt"), Compression::None)).unwrap();
        for splice in splices {
            let old = &original[splice.raw.start..splice.raw.end];
            writer.edit(splice.raw.start as u64, old, &splice.replacement, Some("rqqdsd17wyhp")).unwrap();
        }
        writer.finding(&row(), Some(Span::new(7, 8))).unwrap();
        writer.end_source(sums(original, &cleaned), false).unwrap();
        let mut committer = Committer::new(folder.path()).unwrap();
        committer.add(writer.finish().unwrap()).unwrap();
        committer.finish().unwrap();
        (fs::read_to_string(path).unwrap(), cleaned)
    }

    fn restored(ledger: &str, cleaned: &[u8]) -> Result<Vec<u8>, LedgerError> {
        let mut reader = LedgerReader::new(ledger.as_bytes())?;
        let mut out = Vec::new();
        match reader.next() {
            Some(Ok(Record::Source(_))) => {}
            other => panic!("{other:?}"),
        }
        reader.restore_source(cleaned, &mut out)?;
        match reader.next() {
            None => Ok(out),
            Some(Err(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    fn splice(start: usize, end: usize, replacement: &[u8]) -> Splice {
        Splice { raw: Span::new(start, end), replacement: replacement.to_vec() }
    }

    #[test]
    fn every_record_comes_back_as_it_was_written() {
        let original = b"a teh \xFF b";
        let splices = [splice(2, 5, b"the"), splice(6, 7, b"")];
        let (ledger, _) = ledger(original, &splices);
        let lines: Vec<&str> = ledger.lines().collect();
        assert_eq!(
            lines[0],
            format!(
                r#"{{"type":"header","format":1,"program":"{}","settings":{{"threshold":0.8}}}}"#,
                env!("CARGO_PKG_VERSION")
            )
        );
        assert_eq!(lines[1], r#"{"type":"source","source":"a.txt","compression":"none"}"#);
        assert_eq!(
            lines[2],
            r#"{"type":"edit","source":"a.txt","start":2,"old":"teh","new":"the","row_id":"rqqdsd17wyhp"}"#
        );
        assert_eq!(
            lines[3],
            r#"{"type":"edit","source":"a.txt","start":6,"old_b64":"/w==","new":"","row_id":"rqqdsd17wyhp"}"#
        );
        let records: Vec<Record> =
            LedgerReader::new(ledger.as_bytes()).unwrap().map(|record| record.unwrap()).collect();
        let finding = FindingRecord { row: row(), kept_start: Some(7), kept_end: Some(8) };
        assert_eq!(records[3], Record::Finding(Box::new(finding)));
        // What is read is written the same way.
        for (line, record) in lines[1..].iter().zip(&records) {
            assert_eq!(&serde_json::to_string(record).unwrap(), line);
        }
    }

    #[test]
    fn a_cleaned_copy_that_was_changed_is_refused() {
        let original = b"one two three four";
        let (ledger, cleaned) = ledger(original, &[splice(4, 7, b"2"), splice(14, 18, b"")]);
        assert_eq!(restored(&ledger, &cleaned).unwrap(), original);
        for at in 0..cleaned.len() {
            let mut changed = cleaned.clone();
            changed[at] ^= 1;
            assert!(matches!(restored(&ledger, &changed), Err(LedgerError::Changed { .. })), "byte {at}");
            assert!(
                matches!(restored(&ledger, &cleaned[..at]), Err(LedgerError::Changed { .. })),
                "cut at {at}"
            );
        }
        let longer = [&cleaned[..], b"!"].concat();
        assert!(matches!(restored(&ledger, &longer), Err(LedgerError::Changed { .. })));
    }

    #[test]
    fn a_change_where_an_edit_was_made_is_noticed_before_anything_else_is_written() {
        let edit = EditRecord {
            source: "a.txt".into(),
            start: 4,
            old: b"two".to_vec(),
            new: b"2".to_vec(),
            row_id: None,
        };
        let mut out = Vec::new();
        let outcome = restore(&b"one 3 three"[..], [Ok(edit)], &mut out);
        assert!(matches!(outcome, Err(LedgerError::Changed { at: 5 })), "{outcome:?}");
        assert_eq!(out, b"one ");
    }

    #[test]
    fn edits_that_overlap_are_refused() {
        let edit = |start| EditRecord {
            source: "a.txt".into(),
            start,
            old: b"two".to_vec(),
            new: b"2".to_vec(),
            row_id: None,
        };
        let outcome = restore(&b"one 22"[..], [Ok(edit(4)), Ok(edit(5))], Vec::new());
        assert!(matches!(outcome, Err(LedgerError::Damaged { .. })), "{outcome:?}");
    }

    #[test]
    fn a_ledger_that_was_changed_is_refused() {
        let (ledger, cleaned) = ledger(b"one two", &[splice(4, 7, b"2")]);
        let forged = ledger.replace(r#""old":"two""#, r#""old":"owt""#);
        assert!(matches!(restored(&forged, &cleaned), Err(LedgerError::WrongOriginal)));
        let lines: Vec<&str> = ledger.split_inclusive('\n').collect();
        for missing in 0..lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(missing);
            let outcome = LedgerReader::new(fewer.concat().as_bytes())
                .and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
            // The end of a source is not counted on its own; restoring needs it.
            let noticed = outcome.is_err() || restored(&fewer.concat(), &cleaned).is_err();
            assert!(noticed, "line {missing} was not missed");
        }
        let torn = &ledger[..ledger.len() - 5];
        assert!(restored(torn, &cleaned).is_err());
    }

    #[test]
    fn types_and_fields_of_later_versions_are_passed_by() {
        let (ledger, cleaned) = ledger(b"one two", &[splice(4, 7, b"2")]);
        let later = ledger
            .replace(r#""start":4"#, r#""start":4,"mood":{"of":["the","day"]}"#)
            .replace(r#"{"type":"edit""#, "{\"type\":\"weather\",\"start\":1}\n{\"type\":\"edit\"");
        assert_ne!(later, ledger);
        assert_eq!(restored(&later, &cleaned).unwrap(), b"one two");
        let newer = ledger.replace(r#""format":1"#, r#""format":2"#);
        assert!(matches!(LedgerReader::new(newer.as_bytes()), Err(LedgerError::NewerFormat(2))));
    }

    #[test]
    fn a_document_left_out_is_in_the_ledger_alone() {
        let (ledger, cleaned) = ledger(b"all of it", &[splice(0, 9, b"")]);
        assert!(cleaned.is_empty());
        assert_eq!(restored(&ledger, b"").unwrap(), b"all of it");
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

    proptest! {
        #[test]
        fn whatever_was_cleaned_away_comes_back(
            original in prop::collection::vec(any::<u8>(), 0..400),
            cuts in prop::collection::vec((0usize..401, prop::collection::vec(any::<u8>(), 0..5)), 0..20),
        ) {
            let mut points: Vec<_> =
                cuts.into_iter().map(|(at, new)| (at.min(original.len()), new)).collect();
            points.sort();
            let splices: Vec<Splice> = points
                .chunks_exact(2)
                .map(|pair| splice(pair[0].0, pair[1].0, &pair[0].1))
                .collect();
            let (ledger, cleaned) = ledger(&original, &splices);
            prop_assert_eq!(restored(&ledger, &cleaned).unwrap(), original);
        }
    }
}
