//! One file: blocks of bytes, then an index of them, then what it takes to know that it is whole.
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | `scrubjay state ` and the number of the format |
//! | any | blocks, one after the other |
//! | any | the index, in postcard's wire format |
//! | 8 | where the index begins, little endian |
//! | 16 | XXH3-128 of all before, little endian |

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

const MAGIC: &[u8; 15] = b"scrubjay state ";

/// Raised when an old reader would misread a new file.
const FORMAT: u8 = 1;

const HEADER: u64 = 16;
const TRAILER: u64 = 8 + 16;

/// Bytes that are read at a time while the whole is checked.
const CHUNK: usize = 1 << 18;

/// Some bytes in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    start: u64,
    length: u64,
}

/// Why there is nothing to go by.
#[derive(Debug, thiserror::Error)]
pub enum Forgotten {
    /// There is no file yet.
    #[error("there is none yet")]
    Missing,
    /// It is no such file, or one of another version.
    #[error("it was made by another version")]
    OtherVersion,
    /// It is not what was written.
    #[error("it is damaged")]
    Damaged,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// Writes the file from its beginning to its end.
pub struct StoreWriter<W> {
    out: W,
    hash: Xxh3,
    written: u64,
}

impl<W: Write> StoreWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> io::Result<StoreWriter<W>> {
        let mut writer = StoreWriter { out, hash: Xxh3::new(), written: 0 };
        writer.put(MAGIC)?;
        writer.put(&[FORMAT])?;
        Ok(writer)
    }

    /// Adds a block.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn block(&mut self, bytes: &[u8]) -> io::Result<Block> {
        let block = Block { start: self.written, length: bytes.len() as u64 };
        self.put(bytes)?;
        Ok(block)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, index: &impl Serialize) -> io::Result<W> {
        let start = self.written;
        let index = postcard::to_stdvec(index).map_err(io::Error::other)?;
        self.put(&index)?;
        self.put(&start.to_le_bytes())?;
        let sum = self.hash.digest128();
        self.out.write_all(&sum.to_le_bytes())?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.written += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// A file that was found whole.
#[derive(Debug)]
pub struct Store {
    file: File,
    length: u64,
}

impl Store {
    /// Opens the file at `path`, makes sure that every byte of it is as it was written, and reads its
    /// index.
    ///
    /// # Errors
    /// When there is nothing to go by.
    pub fn open<I: DeserializeOwned>(path: &Path) -> Result<(Store, I), Forgotten> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Forgotten::Missing),
            Err(error) => return Err(error.into()),
        };
        let length = file.metadata()?.len();
        if length < HEADER + TRAILER {
            return Err(Forgotten::Damaged);
        }
        let mut header = [0; HEADER as usize];
        file.read_exact(&mut header)?;
        match header.split_last() {
            Some((&FORMAT, magic)) if magic == MAGIC => {}
            Some((_, magic)) if magic == MAGIC => return Err(Forgotten::OtherVersion),
            _ => return Err(Forgotten::Damaged),
        }
        let start = check(&mut file, &header, length)?;
        let store = Store { file, length };
        let index = Block {
            start,
            length: (length - TRAILER)
                .checked_sub(start)
                .filter(|_| start >= HEADER)
                .ok_or(Forgotten::Damaged)?,
        };
        let index = postcard::from_bytes(&store.read(index)?).map_err(|_| Forgotten::OtherVersion)?;
        Ok((store, index))
    }

    /// The bytes of a block. May be called from any thread.
    ///
    /// # Errors
    /// When they cannot be read: the file was whole when it was opened.
    pub fn read(&self, block: Block) -> io::Result<Vec<u8>> {
        let end = block.start.checked_add(block.length).filter(|&end| end <= self.length);
        let Some(length) = end.and_then(|_| usize::try_from(block.length).ok()) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut bytes = vec![0; length];
        read_at(&self.file, &mut bytes, block.start)?;
        Ok(bytes)
    }
}

/// Compares the checksum, and returns where the index begins. `header` was read already.
fn check(file: &mut File, header: &[u8], length: u64) -> Result<u64, Forgotten> {
    let mut hash = Xxh3::new();
    hash.update(header);
    let mut left = length - HEADER - 16;
    let mut chunk = vec![0; CHUNK];
    let mut tail = [0u8; 8];
    while left > 0 {
        let size = CHUNK.min(usize::try_from(left).unwrap_or(CHUNK));
        let bytes = &mut chunk[..size];
        file.read_exact(bytes)?;
        hash.update(bytes);
        let kept = size.min(tail.len());
        tail.rotate_left(kept);
        tail[8 - kept..].copy_from_slice(&bytes[size - kept..]);
        left -= size as u64;
    }
    let mut sum = [0; 16];
    file.read_exact(&mut sum)?;
    if hash.digest128() == u128::from_le_bytes(sum) {
        Ok(u64::from_le_bytes(tail))
    } else {
        Err(Forgotten::Damaged)
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(not(unix))]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    // Another handle, as the place in a file belongs to the handle.
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Index {
        blocks: Vec<Block>,
        name: String,
    }

    fn write(path: &Path, blocks: &[&[u8]]) -> Index {
        let mut writer = StoreWriter::new(Vec::new()).unwrap();
        let blocks = blocks.iter().map(|bytes| writer.block(bytes).unwrap()).collect();
        let index = Index { blocks, name: "a".into() };
        std::fs::write(path, writer.finish(&index).unwrap()).unwrap();
        index
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let long = vec![7u8; 3 * CHUNK + 5];
        let written = write(&path, &[b"one", b"", &long]);
        let (store, index) = Store::open::<Index>(&path).unwrap();
        assert_eq!(index, written);
        let blocks: Vec<_> = index.blocks.iter().map(|&block| store.read(block).unwrap()).collect();
        assert_eq!(blocks, [b"one".to_vec(), Vec::new(), long]);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        write(&path, &[b"some bytes", b"and more of them"]);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            std::fs::write(&path, &flipped).unwrap();
            assert!(Store::open::<Index>(&path).is_err(), "byte {at}");
            std::fs::write(&path, &whole[..at]).unwrap();
            assert!(Store::open::<Index>(&path).is_err(), "cut at {at}");
        }
        std::fs::write(&path, &whole).unwrap();
        assert!(Store::open::<Index>(&path).is_ok());
    }

    #[test]
    fn a_file_of_a_later_format_is_told_from_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        write(&path, &[]);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[15] = FORMAT + 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(Store::open::<Index>(&path), Err(Forgotten::OtherVersion)));
        std::fs::write(&path, "no state at all, but somebody's letter to a friend").unwrap();
        assert!(matches!(Store::open::<Index>(&path), Err(Forgotten::Damaged)));
        assert!(matches!(Store::open::<Index>(&folder.path().join("none")), Err(Forgotten::Missing)));
    }
}
