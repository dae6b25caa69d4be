//! Words by their sound: who knows how a word sounds may not know how it is spelt.

use super::LONGEST;
use super::slip::is_vowel;

/// How a word sounds, roughly: equal for `separate` and `seperate`, `receive` and `recieve`.
#[derive(PartialEq, Eq)]
pub(super) struct Sound {
    key: [u8; LONGEST + 1],
}

impl Sound {
    /// Consonants by sound, doubles once, all vowels alike, silent letters dropped.
    pub(super) fn of(word: &[u8]) -> Sound {
        let mut key = [0; LONGEST + 1];
        let mut length = 0;
        let mut at = 0;
        while at < word.len() && length < LONGEST {
            let next = word.get(at + 1).copied().unwrap_or(0);
            let (sound, width) = match (word[at], next) {
                (b'p', b'h') => (b'f', 2),
                (b'c', b'k') | (b'q', b'u') => (b'k', 2),
                (b'g', b'h') => (0, 2),
                (b'k', b'n') if at == 0 => (b'n', 2),
                (b'w', b'r') if at == 0 => (b'r', 2),
                (b'c', b'e' | b'i' | b'y') => (b's', 1),
                (b'c' | b'q', _) => (b'k', 1),
                (b'g', b'e' | b'i' | b'y') => (b'j', 1),
                (b'z', _) => (b's', 1),
                (b'e', 0) | (b'h', _) => (0, 1),
                (letter, _) if is_vowel(letter) => (b'a', 1),
                (letter, _) => (letter, 1),
            };
            if sound != 0 && (length == 0 || key[length - 1] != sound) {
                key[length] = sound;
                length += 1;
            }
            at += width;
        }
        Sound { key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_have_one_key() {
        for (a, b) in [
            ("seperate", "separate"),
            ("recieve", "receive"),
            ("fotograph", "photograph"),
            ("ocured", "occurred"),
        ] {
            assert!(Sound::of(a.as_bytes()) == Sound::of(b.as_bytes()), "{a} {b}");
        }
        assert!(Sound::of(b"costal") != Sound::of(b"postal"));
    }
}
