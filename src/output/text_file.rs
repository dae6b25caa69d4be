//! A cleaned copy: packed as its original was, and hashed as it is written.

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use xxhash_rust::xxh3::Xxh3;

use super::{AtomicFile, Durability, OutputError, SealedFile};
use crate::model::Compression;

/// A cleaned copy being written. What is written to it is text; it packs it.
pub struct TextFile {
    packer: Packer,
    hash: Xxh3,
    bytes: u64,
}

/// A cleaned copy that waits for its committer.
#[derive(Debug)]
pub struct SealedText {
    /// The file.
    pub file: SealedFile,
    /// XXH3-128 of the bytes that were written, before packing.
    pub hash: u128,
    /// How many.
    pub bytes: u64,
}

impl TextFile {
    /// A copy that will stand at `target`, with the packing and permissions of its original.
    ///
    /// The same text always packs to the same bytes: no file name and no time goes into a gzip
    /// header. Zstandard frames carry a checksum, as without it a flipped bit goes unnoticed.
    ///
    /// # Errors
    /// When the temporary cannot be made.
    pub fn create(
        target: &Path,
        compression: Compression,
        permissions: Permissions,
    ) -> Result<TextFile, OutputError> {
        let file = AtomicFile::create_like(target, permissions)?;
        let packer = match compression {
            Compression::None => Packer::None(file),
            Compression::Gzip => Packer::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            Compression::Zstd => Packer::Zstd(zstd_encoder(file).map_err(OutputError::at("write", target))?),
        };
        Ok(TextFile { packer, hash: Xxh3::new(), bytes: 0 })
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn seal(self, durability: Durability) -> Result<SealedText, OutputError> {
        let TextFile { packer, hash, bytes } = self;
        let target = packer.file().target().to_path_buf();
        let file = packer.finish().map_err(OutputError::at("write", &target))?.seal(durability)?;
        Ok(SealedText { file, hash: hash.digest128(), bytes })
    }
}

impl Write for TextFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.packer.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A flush inside a packed stream would cost room and change its bytes.
        Ok(())
    }
}

/// Copies a file as it stands on disk, packed or not, with its permissions. Gives `None` when it
/// cannot be read, or its bytes do not have the `hash` (XXH3, 128 bits) they must have, if any:
/// what stands there now is not what was read before.
///
/// # Errors
/// When the copy cannot be written.
pub fn copy_verbatim(
    original: &Path,
    target: &Path,
    hash: Option<u128>,
    durability: Durability,
) -> Result<Option<SealedText>, OutputError> {
    let Ok((mut source, permissions)) = open_with_permissions(original) else { return Ok(None) };
    let mut copy = TextFile::create(target, Compression::None, permissions)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => copy.write_all(&buffer[..read]).map_err(OutputError::at("write", target))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(None),
        }
    }
    if hash.is_some_and(|hash| hash != copy.hash.digest128()) {
        return Ok(None);
    }
    copy.seal(durability).map(Some)
}

/// Copies a file, with its permissions, and puts the whole copy in its place.
///
/// # Errors
/// When it cannot be read, or the copy not be written.
pub fn copy_atomically(original: &Path, target: &Path) -> Result<(), OutputError> {
    let (mut source, permissions) =
        open_with_permissions(original).map_err(OutputError::at("read", original))?;
    let mut copy = AtomicFile::create_like(target, permissions)?;
    io::copy(&mut source, &mut copy).map_err(OutputError::at("write", target))?;
    copy.commit()
}

fn open_with_permissions(path: &Path) -> io::Result<(File, Permissions)> {
    let file = File::open(path)?;
    let permissions = file.metadata()?.permissions();
    Ok((file, permissions))
}

enum Packer {
    None(AtomicFile),
    Gzip(GzEncoder<AtomicFile>),
    Zstd(zstd::Encoder<'static, AtomicFile>),
}

impl Packer {
    fn file(&self) -> &AtomicFile {
        match self {
            Packer::None(file) => file,
            Packer::Gzip(encoder) => encoder.get_ref(),
            Packer::Zstd(encoder) => encoder.get_ref(),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packer::None(file) => file.write(bytes),
            Packer::Gzip(encoder) => encoder.write(bytes),
            Packer::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn finish(self) -> io::Result<AtomicFile> {
        match self {
            Packer::None(file) => Ok(file),
            Packer::Gzip(encoder) => encoder.finish(),
            Packer::Zstd(encoder) => encoder.finish(),
        }
    }
}

fn zstd_encoder(file: AtomicFile) -> io::Result<zstd::Encoder<'static, AtomicFile>> {
    let mut encoder = zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?;
    encoder.include_checksum(true)?;
    Ok(encoder)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::output::Committer;

    fn write(target: &Path, compression: Compression, text: &[u8]) -> u128 {
        let permissions = fs::metadata(target.parent().unwrap()).unwrap().permissions();
        let mut file = TextFile::create(target, compression, permissions).unwrap();
        text.chunks(1000).for_each(|chunk| file.write_all(chunk).unwrap());
        let mut committer = Committer::new(target.parent().unwrap()).unwrap();
        let sealed = file.seal(committer.durability()).unwrap();
        assert_eq!(sealed.bytes, text.len() as u64);
        committer.add(sealed.file).unwrap();
        committer.finish().unwrap();
        sealed.hash
    }

    #[test]
    fn a_copy_is_packed_as_its_original_and_hashed_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let text = "Ein Satz. Noch ein Satz.\n".repeat(1000).into_bytes();
        let hash = xxhash_rust::xxh3::xxh3_128(&text);

        let plain = folder.path().join("a.txt");
        assert_eq!(write(&plain, Compression::None, &text), hash);
        assert_eq!(fs::read(&plain).unwrap(), text);

        let gzip = folder.path().join("a.txt.gz");
        assert_eq!(write(&gzip, Compression::Gzip, &text), hash);
        let packed = fs::read(&gzip).unwrap();
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        assert_eq!(packed[4..8], [0; 4], "a time in the header makes every night's file differ");

        let zstd = folder.path().join("a.txt.zst");
        assert_eq!(write(&zstd, Compression::Zstd, &text), hash);
        let packed = fs::read(&zstd).unwrap();
        assert_eq!(zstd::decode_all(&packed[..]).unwrap(), text);
        assert_ne!(packed[4] & 0b100, 0, "no checksum in the frame");
    }

    #[test]
    fn a_verbatim_copy_is_every_byte_that_was_read_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        fs::write(&from, &bytes).unwrap();
        let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
        let sealed = copy_verbatim(&from, &to, Some(hash), Durability::EachFile).unwrap().unwrap();
        assert_eq!(sealed.hash, hash);
        let mut committer = Committer::new(folder.path()).unwrap();
        committer.add(sealed.file).unwrap();
        committer.finish().unwrap();
        assert_eq!(fs::read(&to).unwrap(), bytes);

        let copy = |from: &str, to: &str, hash| {
            let (from, to) = (folder.path().join(from), folder.path().join(to));
            copy_verbatim(&from, &to, hash, Durability::EachFile)
        };
        assert!(copy("gone", "to", None).unwrap().is_none());
        assert!(copy("from", "to", Some(hash ^ 1)).unwrap().is_none(), "another file than was read");
        assert!(copy("from", "no/such", None).is_err());
    }
}
