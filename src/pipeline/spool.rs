//! Rows on disk between the second walk and the report.
//!
//! A row quotes its kept copy, which may stand in a document that is read later; and there may
//! be more rows than memory. So they wait here, in a file without a name that vanishes with the
//! process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

use super::tell::DraftRow;
use crate::output::unnamed_file;

/// Rows that were written and will be read once, in order.
#[derive(Debug)]
pub(super) struct Spool {
    file: BufWriter<File>,
}

impl Spool {
    /// An empty spool on the disk of `folder`, or where the system keeps temporary files.
    pub(super) fn create(folder: Option<&Path>) -> io::Result<Self> {
        let file = match folder {
            Some(folder) => unnamed_file(folder)?,
            None => tempfile::tempfile()?,
        };
        Ok(Spool { file: BufWriter::with_capacity(1 << 18, file) })
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: &DraftRow) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, row)?;
        self.file.write_all(b"\n")
    }

    /// The rows, in the order they were pushed.
    pub(super) fn into_rows(self) -> io::Result<impl Iterator<Item = io::Result<DraftRow>>> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut lines = BufReader::with_capacity(1 << 18, file);
        let mut line = Vec::new();
        Ok(std::iter::from_fn(move || {
            line.clear();
            match lines.read_until(b'\n', &mut line) {
                Ok(0) => None,
                Ok(_) => Some(serde_json::from_slice(&line).map_err(io::Error::from)),
                Err(error) => Some(Err(error)),
            }
        }))
    }
}
