//! Writing a ledger, while the run goes on.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::edit_line::EditLine;
use super::record::{
    Checksums, EndRecord, HeaderRecord, LEDGER_FORMAT, Record, SourceEndRecord, SourceRecord,
};
use crate::model::{ReportRow, Span};
use crate::output::{AtomicFile, Durability, OutputError, SealedFile};

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
