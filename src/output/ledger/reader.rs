//! Reading a ledger back, and noticing when it is not whole.

use std::fmt;
use std::io::{BufRead, Read, Write};

use super::LedgerError;
use super::record::{EndRecord, LEDGER_FORMAT, Record, SourceEndRecord};
use super::restore::restore;

/// Reads a ledger, record by record; holds one line at a time. Records of unknown type are passed
/// by. Ends with an error unless the last line is there and counts what was read.
pub struct LedgerReader<R> {
    lines: R,
    line: Vec<u8>,
    number: u64,
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
        let mut reader = LedgerReader {
            lines,
            line: Vec::new(),
            number: 0,
            read: EndRecord::default(),
            state: State::Reading,
        };
        match reader.next_line()? {
            Some(Record::Header(header)) if header.format > LEDGER_FORMAT => {
                Err(LedgerError::NewerFormat(header.format))
            }
            Some(Record::Header(_)) => Ok(reader),
            _ => Err(reader.damaged("it is no header")),
        }
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
