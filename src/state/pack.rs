//! Blocks in fewer bytes.
//!
//! A block is packed with Zstandard's fastest level. What costs most with blocks of some kilobytes is
//! making ready for each, so one packer is used for many.

use std::io;

use crate::model::varint;

/// Zstandard's fastest level: what is remembered is read more often than it is sent anywhere.
const LEVEL: i32 = 1;

/// Packs blocks.
pub struct Packer {
    inner: zstd::bulk::Compressor<'static>,
}

impl Packer {
    /// A packer for many blocks.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new() -> io::Result<Packer> {
        Ok(Packer { inner: zstd::bulk::Compressor::new(LEVEL)? })
    }

    /// The block in fewer bytes: its length, and a frame. An empty block stays empty.
    ///
    /// # Errors
    /// When it is longer than four gigabytes.
    pub fn pack(&mut self, block: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::new();
        if !block.is_empty() {
            varint::push(&mut packed, u32::try_from(block.len()).map_err(io::Error::other)?);
            packed.extend(self.inner.compress(block)?);
        }
        Ok(packed)
    }
}

/// Unpacks blocks.
pub struct Unpacker {
    inner: zstd::bulk::Decompressor<'static>,
}

impl Unpacker {
    /// An unpacker for many blocks.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new() -> io::Result<Unpacker> {
        Ok(Unpacker { inner: zstd::bulk::Decompressor::new()? })
    }

    /// The block that was packed.
    ///
    /// # Errors
    /// When the bytes are no packed block.
    pub fn unpack(&mut self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let Some(length) = varint::read(packed).next() else { return Ok(Vec::new()) };
        self.inner.decompress(&packed[varint::bytes(packed, 1)..], length as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_anything_else_refused() {
        let (mut packer, mut unpacker) = (Packer::new().unwrap(), Unpacker::new().unwrap());
        for block in [&b""[..], b"a", &[7; 10_000]] {
            let packed = packer.pack(block).unwrap();
            assert_eq!(unpacker.unpack(&packed).unwrap(), block);
        }
        assert!(packer.pack(&[7; 10_000]).unwrap().len() < 100);
        assert!(unpacker.unpack(b"\x05hello").is_err());
    }
}
