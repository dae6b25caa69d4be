//! What went wrong between the word that was meant and the one that stands there.

/// The slip of the keyboard or the mind between what was meant and what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::spell) enum Slip {
    /// Two neighbouring letters changed places.
    Swapped,
    /// A letter of a double was lost.
    LostDouble,
    /// A letter was lost inside.
    Lost,
    /// A letter was lost at an end.
    LostEnd,
    /// A letter was doubled.
    ExtraDouble,
    /// A letter too many inside.
    Extra,
    /// A letter too many at an end.
    ExtraEnd,
    /// A letter's neighbour on the keyboard.
    Keyboard,
    /// A vowel for another.
    Vowel,
    /// A letter for another.
    Other,
    /// Two slips.
    Two,
    /// More than two, known from a list only.
    Far,
    /// A space was lost.
    Space,
    /// The apostrophe of a possessive was lost.
    Apostrophe,
}

impl Slip {
    /// Base ten logarithm of how often it happens, about.
    pub(super) fn weight(self) -> f32 {
        match self {
            Slip::Swapped => -1.2,
            Slip::LostDouble => -1.1,
            Slip::ExtraDouble => -1.0,
            Slip::Lost => -1.5,
            Slip::Extra => -1.7,
            Slip::Keyboard => -1.6,
            Slip::Vowel => -1.4,
            Slip::Other => -2.3,
            Slip::LostEnd | Slip::ExtraEnd => -2.0,
            Slip::Two => -4.2,
            Slip::Far => -6.0,
            Slip::Space => -1.6,
            Slip::Apostrophe => -1.5,
        }
    }

    /// One letter or one swap away.
    pub(in crate::spell) fn is_single(self) -> bool {
        !matches!(self, Slip::Two | Slip::Far | Slip::Space | Slip::Apostrophe)
    }

    /// Which slip made `written` of `meant`, one edit apart.
    pub(super) fn between(written: &[u8], meant: &[u8]) -> Slip {
        let same = written.iter().zip(meant).take_while(|(a, b)| a == b).count();
        if written.len() == meant.len() {
            let (a, b) = (written[same], meant[same]);
            if written.get(same + 1) == Some(&b) && meant.get(same + 1) == Some(&a) {
                Slip::Swapped
            } else if beside(a, b) {
                Slip::Keyboard
            } else if is_vowel(a) && is_vowel(b) {
                Slip::Vowel
            } else {
                Slip::Other
            }
        } else {
            let (long, lost) = if written.len() < meant.len() { (meant, true) } else { (written, false) };
            let letter = long[same];
            let doubled = same > 0 && long[same - 1] == letter || long.get(same + 1) == Some(&letter);
            let at_end = same == 0 || same + 1 == long.len();
            match (lost, doubled, at_end) {
                (true, true, _) => Slip::LostDouble,
                (true, false, true) => Slip::LostEnd,
                (true, false, false) => Slip::Lost,
                (false, true, _) => Slip::ExtraDouble,
                (false, false, true) => Slip::ExtraEnd,
                (false, false, false) => Slip::Extra,
            }
        }
    }
}

pub(super) fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Neighbours on a keyboard whose rows are `qwertyuiop`, `asdfghjkl`, `zxcvbnm`.
fn beside(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |letter| {
        ROWS.iter()
            .enumerate()
            .find_map(|(row, keys)| keys.iter().position(|&key| key == letter).map(|column| (row, column)))
    };
    let (Some((row_a, column_a)), Some((row_b, column_b))) = (place(a), place(b)) else { return false };
    match row_a.abs_diff(row_b) {
        0 => column_a.abs_diff(column_b) == 1,
        // Each row is shifted by about half a key: `s` lies under `w` and `e`.
        1 => {
            let (upper, lower) = if row_a < row_b { (column_a, column_b) } else { (column_b, column_a) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_named() {
        let slip = |written: &str, meant: &str| Slip::between(written.as_bytes(), meant.as_bytes());
        assert_eq!(slip("taht", "that"), Slip::Swapped);
        assert_eq!(slip("ocur", "occur"), Slip::LostDouble);
        assert_eq!(slip("goverment", "government"), Slip::Lost);
        assert_eq!(slip("wprd", "word"), Slip::Keyboard);
        assert_eq!(slip("seperate", "separate"), Slip::Vowel);
        assert_eq!(slip("wordd", "word"), Slip::ExtraDouble);
        assert_eq!(slip("wor", "word"), Slip::LostEnd);
    }
}
