//! Packed files as streams of plain bytes: every gzip member, every Zstandard frame.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::mem;

use flate2::bufread::GzDecoder;
use xxhash_rust::xxh3::Xxh3;
use zstd::stream::read::Decoder as ZstdDecoder;

use crate::model::Compression;

/// The bytes of a file, unpacked.
#[expect(clippy::large_enum_variant, reason = "there is one for each open file")]
pub(super) enum Unpacked {
    Plain(Packed),
    Gzip(GzipMembers<BufReader<Packed>>),
    Zstd(ZstdDecoder<'static, BufReader<Packed>>),
}

impl Unpacked {
    pub(super) fn new(mut packed: Packed, compression: Compression) -> io::Result<Self> {
        packed.hash = (compression != Compression::None).then(Box::default);
        Ok(match compression {
            Compression::None => Unpacked::Plain(packed),
            Compression::Gzip => Unpacked::Gzip(GzipMembers::new(BufReader::with_capacity(BUFFER, packed))),
            Compression::Zstd => {
                Unpacked::Zstd(ZstdDecoder::with_buffer(BufReader::with_capacity(BUFFER, packed))?)
            }
        })
    }

    /// How many bytes were read from the file so far.
    pub(super) fn packed_bytes(&self) -> u64 {
        self.packed().map_or(0, |packed| packed.read)
    }

    /// The hash of the bytes that were read from the file so far, if it is packed.
    pub(super) fn packed_hash(&self) -> Option<u128> {
        self.packed()?.hash.as_ref().map(|hash| hash.digest128())
    }

    fn packed(&self) -> Option<&Packed> {
        match self {
            Unpacked::Plain(packed) => Some(packed),
            Unpacked::Gzip(members) => members.packed().map(BufReader::get_ref),
            Unpacked::Zstd(decoder) => Some(decoder.get_ref().get_ref()),
        }
    }
}

/// More than a small file holds, so that it costs one call.
const BUFFER: usize = 64 << 10;

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Unpacked::Plain(packed) => packed.read(into),
            Unpacked::Gzip(members) => members.read(into),
            Unpacked::Zstd(decoder) => decoder.read(into),
        }
    }
}

/// The bytes of a file as they lie on disk, those that were read to look at them first.
pub(super) struct Packed {
    head: io::Cursor<Vec<u8>>,
    /// What comes after them; none if they are all.
    file: Option<File>,
    read: u64,
    /// Of what was read, where that is packed.
    hash: Option<Box<Xxh3>>,
}

impl Packed {
    pub(super) fn new(head: Vec<u8>, file: File, is_whole: bool) -> Self {
        Packed { head: io::Cursor::new(head), file: (!is_whole).then_some(file), read: 0, hash: None }
    }
}

impl Read for Packed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut read = self.head.read(into)?;
        if read == 0
            && let Some(file) = &mut self.file
        {
            read = file.read(into)?;
        }
        self.read += read as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(&into[..read]);
        }
        Ok(read)
    }
}

/// All members of a gzip file, one after the other, as RFC 1952 (2.2) wants them read.
///
/// Zeros after the last member are padding, as tapes and some downloads leave it; flate2's own
/// multi-member decoder takes them for a broken header. Anything else there is an error.
pub(super) struct GzipMembers<R> {
    state: Member<R>,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each open file")]
enum Member<R> {
    Open(GzDecoder<R>),
    /// After the last one; the reader stays for what it counted.
    Ended(R),
    /// Between two members, and after an error there.
    Gone,
}

impl<R: BufRead> GzipMembers<R> {
    fn new(packed: R) -> Self {
        GzipMembers { state: Member::Open(GzDecoder::new(packed)) }
    }

    fn packed(&self) -> Option<&R> {
        match &self.state {
            Member::Open(member) => Some(member.get_ref()),
            Member::Ended(packed) => Some(packed),
            Member::Gone => None,
        }
    }
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Member::Open(member) = &mut self.state {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            if let Member::Open(member) = mem::replace(&mut self.state, Member::Gone) {
                self.state = next_member(member.into_inner())?;
            }
        }
        Ok(0)
    }
}

fn next_member<R: BufRead>(mut packed: R) -> io::Result<Member<R>> {
    match packed.fill_buf()?.first() {
        None => Ok(Member::Ended(packed)),
        Some(0) => skip_padding(&mut packed).map(|()| Member::Ended(packed)),
        Some(0x1F) => Ok(Member::Open(GzDecoder::new(packed))),
        Some(_) => Err(not_gzip()),
    }
}

fn not_gzip() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what follows the last gzip member is not gzip")
}

fn skip_padding(packed: &mut impl BufRead) -> io::Result<()> {
    loop {
        let padding = packed.fill_buf()?;
        if padding.iter().any(|&byte| byte != 0) {
            return Err(not_gzip());
        }
        match padding.len() {
            0 => return Ok(()),
            len => packed.consume(len),
        }
    }
}
