//! Taking the edits of a file back: cleaned bytes become the original ones.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::Xxh3;

use super::LedgerError;
use super::record::{Checksums, EditRecord};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
