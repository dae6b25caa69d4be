//! The form of the embedded files: columns, one after the other.

use std::cmp::Ordering;
use std::io;

/// The place of `key` in a list that is sorted, or the one where it would stand.
pub(super) fn search<'a>(len: usize, key: &str, at: impl Fn(usize) -> &'a str) -> Result<usize, usize> {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        match at(middle).cmp(key) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(middle),
        }
    }
    Err(low)
}

/// Reads the columns of an embedded file, one after the other.
///
/// The files are part of the program, so a short one is a fault of the build: indexing panics.
pub(super) struct Columns<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Columns<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        bytes
    }

    pub(super) fn number(&mut self) -> usize {
        self.bytes(4).iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
    }

    pub(super) fn varint(&mut self) -> u32 {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let byte = self.rest[0];
            self.rest = &self.rest[1..];
            number |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return number;
            }
            shift += 7;
        }
    }

    /// `count` lines and where each starts.
    ///
    /// # Errors
    /// When they are not UTF-8.
    pub(super) fn lines(&mut self, count: usize) -> io::Result<(&'a str, Vec<u32>)> {
        let mut starts = Vec::with_capacity(count + 1);
        let mut start = 0;
        for feed in memchr::memchr_iter(b'\n', self.rest).take(count) {
            starts.push(start as u32);
            start = feed + 1;
        }
        let text = std::str::from_utf8(self.bytes(start)).map_err(io::Error::other)?;
        Ok((text, starts))
    }
}
