//! Rows on disk between the second walk and the report.
//!
//! A row quotes its kept copy, which may stand in a document that is read later; and there may
//! be more rows than memory. So they wait here, in a file without a name that vanishes with the
//! process.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use super::tell::DraftRow;
use crate::output::unnamed_file;

/// Rows that were written and will be read once, in order.
#[derive(Debug)]
pub(super) struct Spool {
    /// Each row in postcard's wire format, after the number of its bytes: four, little endian. That format has
    /// no names, so nothing is left out of a row: whether it has a `context_place` stands before it.
    file: BufWriter<File>,
    rows: u64,
    /// Scratch for a row.
    bytes: Vec<u8>,
}

impl Spool {
    /// An empty spool on the disk of `folder`, or where the system keeps temporary files.
    pub(super) fn create(folder: Option<&Path>) -> io::Result<Self> {
        let file = match folder {
            Some(folder) => unnamed_file(folder)?,
            None => tempfile::tempfile()?,
        };
        Ok(Spool { file: BufWriter::with_capacity(1 << 18, file), rows: 0, bytes: Vec::new() })
    }

    /// Appends a row.
    pub(super) fn push(&mut self, draft: &mut DraftRow) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let place = draft.row.context_place;
        draft.row.context_place.get_or_insert_default();
        let written = postcard::to_extend(&(place.is_some(), &*draft), bytes);
        draft.row.context_place = place;
        self.bytes = written.map_err(io::Error::other)?;
        let length = u32::try_from(self.bytes.len()).map_err(io::Error::other)?;
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(&self.bytes)?;
        self.rows += 1;
        Ok(())
    }

    /// The rows, in the order they were pushed.
    pub(super) fn into_rows(self) -> io::Result<impl Iterator<Item = io::Result<DraftRow>>> {
        let Spool { file, rows, mut bytes } = self;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        Ok((0..rows).map(move |_| {
            let mut length = [0; 4];
            file.read_exact(&mut length)?;
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            file.read_exact(&mut bytes)?;
            let (has_place, mut draft): (bool, DraftRow) =
                postcard::from_bytes(&bytes).map_err(io::Error::other)?;
            draft.row.context_place.take_if(|_| !has_place);
            Ok(draft)
        }))
    }
}
