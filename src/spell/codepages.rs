//! Single-byte encodings that UTF-8 is read as by mistake.

/// The encodings, the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Windows-1252, and Latin-1 with it: bytes that Windows leaves undefined are control characters.
    Western,
    /// Windows-1251.
    Cyrillic,
    /// Mac Roman.
    Mac,
    /// Windows-1250.
    CentralEuropean,
    /// Windows-1257.
    Baltic,
}

impl Page {
    pub(super) const ALL: [Page; 5] =
        [Page::Western, Page::Cyrillic, Page::Mac, Page::CentralEuropean, Page::Baltic];

    pub(super) fn name(self) -> &'static str {
        match self {
            Page::Western => "Windows-1252",
            Page::Cyrillic => "Windows-1251",
            Page::Mac => "Mac Roman",
            Page::CentralEuropean => "Windows-1250",
            Page::Baltic => "Windows-1257",
        }
    }
}

/// What the bytes 80 to FF are in each encoding, as the Unicode Consortium's mapping tables have it. U+FFFD
/// stands for what is undefined.
const UPPER_HALVES: [&str; 5] = [
    "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffd}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
    "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
    "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰\u{fffd}‹\u{fffd}¨ˇ¸\u{fffd}‘’“”•–—\u{fffd}™\u{fffd}›\u{fffd}¯˛\u{fffd}\u{a0}\u{fffd}¢£¤\u{fffd}¦§Ø©Ŗ«¬\u{ad}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙",
];

/// From characters back to bytes.
pub(super) struct Codepages {
    /// For characters up to [`DENSE`], a byte for each page; 0 where there is none.
    dense: Vec<[u8; 5]>,
    /// The others, sorted.
    sparse: Vec<(char, [u8; 5])>,
}

const DENSE: u32 = 0x460;

impl Codepages {
    pub(super) fn new() -> Codepages {
        let mut dense = vec![[0; 5]; DENSE as usize];
        let mut sparse: Vec<(char, [u8; 5])> = Vec::new();
        for (page, half) in UPPER_HALVES.iter().enumerate() {
            for (byte, character) in (0x80..=0xff_u8).zip(half.chars()) {
                // A byte that is undefined mostly comes through as the control character of its number.
                let character = match character {
                    char::REPLACEMENT_CHARACTER => char::from(byte),
                    other => other,
                };
                match dense.get_mut(character as usize) {
                    Some(bytes) => bytes[page] = byte,
                    None => match sparse.iter_mut().find(|(known, _)| *known == character) {
                        Some((_, bytes)) => bytes[page] = byte,
                        None => {
                            let mut bytes = [0; 5];
                            bytes[page] = byte;
                            sparse.push((character, bytes));
                        }
                    },
                }
            }
        }
        // Latin-1 has control characters where Windows-1252 has quotation marks.
        for byte in 0x80..=0x9f_u8 {
            dense[usize::from(byte)][Page::Western as usize] = byte;
        }
        sparse.sort_unstable();
        Codepages { dense, sparse }
    }

    /// The byte that each encoding shows as `character`; 0 where none does.
    pub(super) fn bytes(&self, character: char) -> [u8; 5] {
        if let Some(&bytes) = self.dense.get(character as usize) {
            return bytes;
        }
        match self.sparse.binary_search_by_key(&character, |&(known, _)| known) {
            Ok(at) => self.sparse[at].1,
            Err(_) => [0; 5],
        }
    }
}

/// What Windows-1252 shows for a control character of Latin-1.
pub(super) fn windows_reading(control: char) -> Option<char> {
    let place = (control as u32).checked_sub(0x80).filter(|&place| place < 0x20)?;
    let shown = UPPER_HALVES[Page::Western as usize].chars().nth(place as usize)?;
    (shown != char::REPLACEMENT_CHARACTER).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_character_for_every_byte() {
        assert!(UPPER_HALVES.iter().all(|half| half.chars().count() == 128));
    }

    #[test]
    fn characters_are_turned_back_into_bytes() {
        let pages = Codepages::new();
        let byte = |character, page: Page| pages.bytes(character)[page as usize];
        assert_eq!(byte('Ã', Page::Western), 0xc3);
        assert_eq!(byte('€', Page::Western), 0x80);
        assert_eq!(byte('\u{80}', Page::Western), 0x80);
        assert_eq!(byte('√', Page::Mac), 0xc3);
        assert_eq!(byte('Р', Page::Cyrillic), 0xd0);
        assert_eq!(byte('猫', Page::Western), 0);
        assert_eq!(windows_reading('\u{93}'), Some('“'));
        assert_eq!(windows_reading('\u{81}'), None);
    }
}
