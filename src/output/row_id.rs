//! Ids of rows: stable from night to night, safe in a spreadsheet, and quick to tell when a hand
//! or a drag-fill has changed one. Clusters are called alike.
//!
//! An id is `r`, ten characters of Crockford base32 in lower case, and a check character. The `r`
//! in front keeps spreadsheets from reading it as a number, a date or a boolean.

use xxhash_rust::xxh3::Xxh3;

use crate::model::Kind;

/// Digits and letters without i, l, o and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters that carry the hash: 50 bits. Among a million rows the chance that any two share an
/// id is 1 in 2,000.
const DIGITS: usize = 10;

/// The id of a row.
///
/// `occurrence` says the how-manieth finding of this kind, text and suggestion it is in the
/// document, counted from 0. The kept copy is no part of it, so that a decision outlives a change
/// of the copy that stays.
pub fn row_id(document: &str, kind: Kind, text: &str, suggestion: &str, occurrence: u32) -> String {
    let mut hash = Xxh3::new();
    for part in [document, kind.as_str(), text, suggestion] {
        // The length before each part: ("ab", "c") and ("a", "bc") are different rows.
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(&occurrence.to_le_bytes());
    let bits = hash.digest();

    let digits: [u8; DIGITS] = digits(bits);
    written('r', digits.into_iter().chain([check_digit(&digits)]))
}

/// Characters by which clusters are told apart: 40 bits.
const CLUSTER_DIGITS: usize = 8;

/// What the cluster with this number is called: a letter and eight characters, which no
/// spreadsheet reads as a number or a date. The lowest 40 bits count.
pub fn cluster_id(letter: char, cluster: u64) -> String {
    let digits: [u8; CLUSTER_DIGITS] = digits(cluster);
    written(letter, digits)
}

/// The lowest bits of a number, five in a digit.
fn digits<const COUNT: usize>(bits: u64) -> [u8; COUNT] {
    std::array::from_fn(|at| (bits >> (5 * at)) as u8 & 31)
}

fn written(letter: char, digits: impl IntoIterator<Item = u8>) -> String {
    let characters = digits.into_iter().map(|digit| char::from(ALPHABET[usize::from(digit)]));
    [letter].into_iter().chain(characters).collect()
}

/// True when `id` could have come from [`row_id`]: the right shape, and the check character
/// agrees. Any one wrong character is noticed, and so is any exchange of two characters behind
/// the `r`; other damage is noticed 31 times in 32.
pub fn is_well_formed(id: &str) -> bool {
    let Some(rest) = id.as_bytes().strip_prefix(b"r") else { return false };
    let Ok(characters) = <&[u8; DIGITS + 1]>::try_from(rest) else { return false };
    let mut digits = [0; DIGITS + 1];
    for (digit, character) in digits.iter_mut().zip(characters) {
        match ALPHABET.iter().position(|letter| letter == character) {
            Some(value) => *digit = value as u8,
            None => return false,
        }
    }
    check_digit(&digits[..DIGITS]) == digits[DIGITS]
}

/// The check digit: the digits as elements of the field of 32, each times its own power of the
/// generator, summed. The check digit itself has the weight 1. As all eleven weights differ and
/// none is zero, neither one changed digit nor two exchanged ones can leave the sum as it was;
/// a sum modulo 32 could not promise that, as half of its weights have no inverse.
fn check_digit(digits: &[u8]) -> u8 {
    // Horner's rule from the far end: each step multiplies everything so far by the generator.
    digits.iter().rev().fold(0, |sum, digit| times_generator(sum ^ digit))
}

/// Times x in the field of 32, as polynomials over the field of 2 modulo x^5 + x^2 + 1, which is
/// primitive: the first 31 powers of x are all different.
fn times_generator(element: u8) -> u8 {
    let shifted = element << 1;
    if shifted & 32 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> impl Iterator<Item = String> {
        (0..200).map(|n| row_id("a.txt", Kind::Misspelling, "teh", "the", n))
    }

    #[test]
    fn an_id_is_the_same_every_night() {
        assert_eq!(row_id("a.txt", Kind::Misspelling, "teh", "the", 0), "rqqdsd17wyhp");
    }

    #[test]
    fn a_cluster_is_called_by_its_lowest_forty_bits() {
        assert_eq!(cluster_id('c', 0), "c00000000");
        assert_eq!(cluster_id('p', 1 << 35 | 31), "pz0000001");
        assert_eq!(cluster_id('c', 1 << 40), cluster_id('c', 0));
    }

    #[test]
    fn every_part_of_a_row_is_part_of_its_id() {
        let rows = [
            row_id("a.txt", Kind::Misspelling, "teh", "the", 0),
            row_id("b.txt", Kind::Misspelling, "teh", "the", 0),
            row_id("a.txt", Kind::RealWord, "teh", "the", 0),
            row_id("a.txt", Kind::Misspelling, "the", "the", 0),
            row_id("a.txt", Kind::Misspelling, "teh", "ten", 0),
            row_id("a.txt", Kind::Misspelling, "teh", "the", 1),
            row_id("a.txt", Kind::Misspelling, "teht", "he", 0),
        ];
        let distinct: std::collections::BTreeSet<_> = rows.iter().collect();
        assert_eq!(distinct.len(), rows.len());
    }

    #[test]
    fn any_single_wrong_character_is_noticed() {
        for id in ids() {
            assert!(is_well_formed(&id), "{id}");
            for at in 0..id.len() {
                for wrong in (0..=127).map(char::from).filter(|&wrong| wrong != char::from(id.as_bytes()[at]))
                {
                    let mutated = format!("{}{wrong}{}", &id[..at], &id[at + 1..]);
                    assert!(!is_well_formed(&mutated), "{id} became {mutated:?}");
                }
            }
        }
    }

    #[test]
    fn any_two_exchanged_characters_are_noticed() {
        for id in ids() {
            for first in 0..id.len() {
                for second in first + 1..id.len() {
                    let mut bytes = id.clone().into_bytes();
                    bytes.swap(first, second);
                    let swapped = String::from_utf8(bytes).unwrap();
                    assert!(swapped == id || !is_well_formed(&swapped), "{id} became {swapped}");
                }
            }
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_in_capitals_is_no_id() {
        let id = row_id("a.txt", Kind::Misspelling, "teh", "the", 0);
        for wrong in
            ["", "r", &id[..11], &format!("{id}0"), &id.to_uppercase(), &format!(" {id}"), "r00000é0000"]
        {
            assert!(!is_well_formed(wrong), "{wrong:?}");
        }
    }
}
