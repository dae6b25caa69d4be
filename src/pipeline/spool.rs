//! Rows on disk between the second walk and the report.
//!
//! A row quotes its kept copy, which may stand in a document that is read later; and there may
//! be more rows than memory. So they wait here, in a file without a name that vanishes with the
//! process.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use super::tell::DraftRow;
use crate::model::Pieces;
use crate::output::unnamed_file;

/// Rows that one worker tells in one go.
const ROWS_A_CHUNK: u64 = 256;

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

    /// The rows in the order they were pushed, some at a time.
    pub(super) fn into_chunks(self) -> io::Result<impl Iterator<Item = io::Result<Chunk>> + Send> {
        let Spool { file, rows, .. } = self;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        let mut left = rows;
        Ok(std::iter::from_fn(move || {
            let rows = left.min(ROWS_A_CHUNK);
            left -= rows;
            (rows > 0).then(|| Chunk::read(&mut file, rows))
        }))
    }
}

/// Some rows as they were written.
#[derive(Default)]
pub(super) struct Chunk {
    rows: Pieces<Vec<u8>>,
}

impl Chunk {
    fn read(file: &mut impl Read, rows: u64) -> io::Result<Chunk> {
        let mut chunk = Chunk::default();
        for _ in 0..rows {
            let mut length = [0; 4];
            file.read_exact(&mut length)?;
            chunk.rows.push_with(|rows| {
                let start = rows.len();
                rows.resize(start + u32::from_le_bytes(length) as usize, 0);
                file.read_exact(&mut rows[start..])
            })?;
        }
        Ok(chunk)
    }

    /// The rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = io::Result<DraftRow>> {
        self.rows.iter().map(|row| {
            let (has_place, mut draft): (bool, DraftRow) =
                postcard::from_bytes(row).map_err(io::Error::other)?;
            draft.row.context_place.take_if(|_| !has_place);
            Ok(draft)
        })
    }
}
