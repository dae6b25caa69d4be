//! Eight bytes of a text at a time, in one register: most words are not longer.

/// Eight bytes, the first in the lowest place; zeros where the text ends before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eight(u64);

/// A byte in each of the eight places.
const fn each(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// The bit that small letters have and capitals lack.
const SMALL: u64 = each(0x20);

/// The bit that bytes of ASCII lack.
const HIGH: u64 = each(0x80);

impl Eight {
    /// The bytes of `text` from `at` on.
    #[inline(always)]
    pub fn at(text: &[u8], at: usize) -> Eight {
        match text.get(at..).and_then(<[u8]>::first_chunk) {
            Some(&bytes) => Eight(u64::from_le_bytes(bytes)),
            None => Eight::last(text, at),
        }
    }

    #[cold]
    fn last(text: &[u8], at: usize) -> Eight {
        let mut bytes = [0; 8];
        for (byte, &own) in bytes.iter_mut().zip(text.get(at..).unwrap_or_default()) {
            *byte = own;
        }
        Eight(u64::from_le_bytes(bytes))
    }

    /// How many ASCII letters come first.
    #[inline(always)]
    pub fn letters(self) -> usize {
        // Without their highest bits bytes can be added to without a carry into the next: the highest bit of
        // the sum then says whether it is so much or more.
        let small = self.0 | SMALL;
        let low = small & !HIGH;
        let from_a = low + each(0x80 - b'a');
        let beyond_z = low + each(0x80 - b'z' - 1);
        let letters = from_a & !beyond_z & !small & HIGH;
        ((letters ^ HIGH).trailing_zeros() / u8::BITS) as usize
    }

    /// The first `count` bytes, and zeros.
    #[inline(always)]
    pub fn first(self, count: usize) -> Eight {
        let bits = (8 * count as u32).min(u64::BITS);
        Eight(self.0 & !u64::MAX.checked_shl(bits).unwrap_or(0))
    }

    /// How many of letters and zeros are capitals.
    #[inline(always)]
    pub fn capitals(self) -> usize {
        // Each letter has the bit above that of small ones; zeros have neither.
        ((self.0 >> 1 & SMALL) & !self.0).count_ones() as usize
    }

    /// Letters in small ones; zeros stay.
    #[inline(always)]
    pub fn small(self) -> u64 {
        self.0 | (self.0 >> 1 & SMALL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn letters_are_told_as_one_by_one(bytes in prop::collection::vec(any::<u8>(), 0..20), at in 0usize..24) {
            let rest = bytes.get(at..).unwrap_or_default();
            let letters = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let eight = Eight::at(&bytes, at);
            prop_assert_eq!(eight.letters(), letters);
            let word = &rest[..letters];
            let eight = eight.first(letters);
            prop_assert_eq!(eight.capitals(), word.iter().filter(|byte| byte.is_ascii_uppercase()).count());
            let mut small = [0; 8];
            small[..letters].copy_from_slice(&word.to_ascii_lowercase());
            prop_assert_eq!(eight.small().to_le_bytes(), small);
        }

        #[test]
        fn any_mix_of_letters_and_others_is_told_apart(text in "[@A-Z\\[`a-z{é ']{0,12}") {
            let letters = text.bytes().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
            prop_assert_eq!(Eight::at(text.as_bytes(), 0).letters(), letters);
        }
    }
}
