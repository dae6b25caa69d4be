//! Lists of small numbers in few bytes.
//!
//! Words are numbered in the order they first appear, so frequent words have small numbers, and
//! a sentence of twenty words takes about 34 bytes instead of 80.

/// Appends `value`: seven bits a byte, lowest first, the top bit set on all but the last.
pub fn push(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// How many bytes the first `count` numbers in `bytes` take.
pub fn bytes(bytes: &[u8], count: usize) -> usize {
    let ends = bytes.iter().enumerate().filter(|&(_, &byte)| byte < 0x80);
    count.checked_sub(1).map_or(0, |last| ends.map(|(at, _)| at + 1).nth(last).unwrap_or(bytes.len()))
}

/// The numbers in `bytes`, which holds whole numbers only.
pub fn read(bytes: &[u8]) -> Numbers<'_> {
    Numbers { bytes: bytes.iter() }
}

/// Iterator over a list of numbers.
#[derive(Clone, Debug)]
pub struct Numbers<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let mut byte = *self.bytes.next()?;
        let mut value = u32::from(byte & 0x7F);
        let mut shift = 7;
        while byte & 0x80 != 0 {
            byte = *self.bytes.next()?;
            value |= u32::from(byte & 0x7F).checked_shl(shift).unwrap_or(0);
            shift += 7;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec(proptest::num::u32::ANY, 0..50)) {
            let mut bytes = Vec::new();
            for &value in &values {
                push(&mut bytes, value);
            }
            proptest::prop_assert_eq!(read(&bytes).collect::<Vec<_>>(), values);
        }
    }
}
