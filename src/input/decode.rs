//! Bytes → text, and the way back. Nothing is transcoded by guess: what is neither UTF-8 nor
//! UTF-16 with a byte order mark is left alone, with a hint.

use crate::model::{Encoding, OffsetMap};

use super::format;

/// Bytes that were text.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) map: OffsetMap,
    pub(super) encoding: Encoding,
    /// What could not be decoded, in words.
    pub(super) damage: Option<String>,
}

/// The byte order mark of UTF-8.
pub(super) const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// Decodes a whole file.
///
/// # Errors
/// When it is not text, with the reason. With `strict`, text with stray bytes is not text: a file
/// that never promised to be text gets no benefit of the doubt.
pub(super) fn decode(raw: &[u8], strict: bool) -> Result<Decoded, String> {
    match raw {
        [0xFF, 0xFE, 0, 0, ..] => Err(to_convert("UTF-32", "UTF-32")),
        [0xFF, 0xFE, units @ ..] => utf16(raw, units, Encoding::Utf16Le, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => utf16(raw, units, Encoding::Utf16Be, u16::from_be_bytes),
        _ => utf8(raw, strict),
    }
}

/// Why the beginning of a file cannot be that of JSON Lines, if so. Lines are judged one by one
/// later; this is for files of which no line would be read.
pub(super) fn not_json_lines(head: &[u8]) -> Option<String> {
    let head = &head[..head.len().min(8 << 10)];
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some(to_convert("UTF-16, but JSON Lines are UTF-8", "UTF-16"));
    }
    memchr::memchr(0, head)?;
    let first = head.strip_prefix(UTF8_BOM).unwrap_or(head).trim_ascii_start().first();
    (first != Some(&b'{') || zeros_of_utf16(head).is_some()).then(|| binary(head))
}

fn utf8(raw: &[u8], strict: bool) -> Result<Decoded, String> {
    if memchr::memchr(0, raw).is_some() {
        return Err(binary(raw));
    }
    let bom = if raw.starts_with(UTF8_BOM) { UTF8_BOM.len() } else { 0 };
    let bytes = &raw[bom..];
    let mut map = OffsetMap::starting_at(bom);
    let (text, damage) = match str::from_utf8(bytes) {
        Ok(text) => {
            map.push_same(text.len());
            (text.to_owned(), None)
        }
        Err(_) => {
            let damage = Damage::of(bytes);
            if let Some(reason) = damage.not_utf8(raw, strict) {
                return Err(reason);
            }
            (with_holes(bytes, &mut map), Some(damage.message(raw, bom)))
        }
    };
    Ok(Decoded { text, map, encoding: Encoding::Utf8, damage })
}

/// The text with one U+FFFD for each maximal sequence that is not UTF-8 (Unicode 3.9, as in WHATWG).
fn with_holes(bytes: &[u8], map: &mut OffsetMap) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        map.push_same(chunk.valid().len());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            map.push_char(char::REPLACEMENT_CHARACTER.len_utf8(), chunk.invalid().len());
        }
    }
    text
}

/// What in a file is not UTF-8.
struct Damage {
    len: usize,
    bad_bytes: usize,
    first: usize,
    /// Characters of more than one byte that are fine: hardly ever there by accident.
    wide: usize,
    controls: usize,
}

impl Damage {
    fn of(bytes: &[u8]) -> Self {
        let mut damage = Damage { len: bytes.len(), bad_bytes: 0, first: bytes.len(), wide: 0, controls: 0 };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid().as_bytes();
            damage.wide += valid.iter().filter(|&&byte| byte >= 0xC0).count();
            damage.controls += valid.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
            at += valid.len();
            if !chunk.invalid().is_empty() {
                damage.first = damage.first.min(at);
                damage.bad_bytes += chunk.invalid().len();
                at += chunk.invalid().len();
            }
        }
        damage
    }

    /// Why this is not UTF-8 with holes, if so. Holes are rare beside the rest, or beside the
    /// characters that only UTF-8 makes: one bad byte in a short Russian note is a hole, but one
    /// in a short note without any other is what windows-1252 looks like.
    fn not_utf8(&self, raw: &[u8], strict: bool) -> Option<String> {
        if self.controls * 20 > self.len || format::well_known_binary(raw).is_some() {
            return Some(binary(raw));
        }
        if strict {
            return Some("not UTF-8, and its name does not say that it is text".into());
        }
        let holes = self.bad_bytes * 100 < self.len || self.bad_bytes * 10 <= self.wide;
        (!holes).then(|| {
            to_convert("not UTF-8; it looks like another encoding, such as windows-1252", "WINDOWS-1252")
        })
    }

    fn message(&self, raw: &[u8], bom: usize) -> String {
        let first = bom + self.first;
        let line = memchr::memchr_iter(b'\n', &raw[..first]).count() + 1;
        format!("{}, the first at offset {first} in line {line}; {KEPT}", holes("UTF-8", self.bad_bytes))
    }
}

fn utf16(raw: &[u8], units: &[u8], encoding: Encoding, unit: fn([u8; 2]) -> u16) -> Result<Decoded, String> {
    let mut text = String::with_capacity(units.len());
    let mut map = OffsetMap::starting_at(2);
    let mut bad_bytes = 0;
    let (pairs, odd) = units.as_chunks::<2>();
    for character in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        let raw_len = character.as_ref().map_or(2, |character| 2 * character.len_utf16());
        if character.is_err() {
            bad_bytes += raw_len;
        }
        push(character.unwrap_or(char::REPLACEMENT_CHARACTER), raw_len, &mut text, &mut map);
    }
    if !odd.is_empty() {
        bad_bytes += 1;
        push(char::REPLACEMENT_CHARACTER, 1, &mut text, &mut map);
    }
    if memchr::memchr(0, text.as_bytes()).is_some() || bad_bytes > 2 && bad_bytes * 100 >= units.len() {
        return Err(binary(raw));
    }
    let damage = (bad_bytes > 0).then(|| format!("{}; {KEPT}", holes("UTF-16", bad_bytes)));
    Ok(Decoded { text, map, encoding, damage })
}

const KEPT: &str = "such bytes stay as they are";

fn holes(encoding: &str, bad_bytes: usize) -> String {
    format!("not {encoding} in {bad_bytes} byte{}", if bad_bytes == 1 { "" } else { "s" })
}

fn push(character: char, raw_len: usize, text: &mut String, map: &mut OffsetMap) {
    text.push(character);
    map.push_char(character.len_utf8(), raw_len);
}

fn binary(raw: &[u8]) -> String {
    if let Some(kind) = format::well_known_binary(raw) {
        return format!("not text, but {kind}");
    }
    match zeros_of_utf16(raw) {
        Some(encoding) => {
            to_convert(&format!("it looks like {encoding} without a byte order mark"), encoding)
        }
        None => "binary, not text".into(),
    }
}

fn to_convert(what: &str, encoding: &str) -> String {
    format!("{what}; convert it, for example with iconv -f {encoding} -t UTF-8")
}

/// In UTF-16 most text of the Latin alphabet has a zero in every second byte, and in no other.
fn zeros_of_utf16(raw: &[u8]) -> Option<&'static str> {
    let (pairs, _) = raw[..raw.len().min(4096)].as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    match (zeros(0), zeros(1)) {
        (0, low) if low * 2 > pairs.len() => Some("UTF-16LE"),
        (high, 0) if high * 2 > pairs.len() => Some("UTF-16BE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw_starts(decoded: &Decoded) -> Vec<usize> {
        let boundaries = decoded.text.char_indices().map(|(at, _)| at).chain([decoded.text.len()]);
        boundaries.map(|at| decoded.map.raw(at)).collect()
    }

    #[test]
    fn a_byte_order_mark_is_no_text_but_counts_in_the_way_back() {
        let files: [(&[u8], Encoding, [usize; 3]); 4] = [
            (b"\xEF\xBB\xBF\xC3\xA9x", Encoding::Utf8, [3, 5, 6]),
            (b"\xC3\xA9x", Encoding::Utf8, [0, 2, 3]),
            (b"\xFF\xFE\xE9\0x\0", Encoding::Utf16Le, [2, 4, 6]),
            (b"\xFE\xFF\0\xE9\0x", Encoding::Utf16Be, [2, 4, 6]),
        ];
        for (raw, encoding, starts) in files {
            let decoded = decode(raw, true).unwrap();
            assert_eq!((&decoded.text[..], decoded.encoding), ("éx", encoding));
            assert_eq!(raw_starts(&decoded), starts);
            assert_eq!(decoded.damage, None);
        }
    }

    #[test]
    fn nothing_but_a_byte_order_mark_is_an_empty_text() {
        for raw in [&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"] {
            let decoded = decode(raw, true).unwrap();
            assert_eq!((&decoded.text[..], decoded.map.raw(0)), ("", raw.len()));
        }
        assert_eq!(decode(b"\n\r\n", true).unwrap().text, "\n\r\n");
    }

    #[test]
    fn utf16_with_a_hole_is_worked_on() {
        let words = Encoding::Utf16Le.encode(&"words ".repeat(40));
        let raw = [b"\xFF\xFE", &words[..], b"\x3D\xD8b\0!"].concat();
        let decoded = decode(&raw, false).unwrap();
        assert!(decoded.text.ends_with("words \u{FFFD}b\u{FFFD}"), "{}", decoded.text);
        assert_eq!(raw_starts(&decoded)[240..], [482, 484, 486, 487]);
        assert_eq!(decoded.damage.unwrap(), "not UTF-16 in 3 bytes; such bytes stay as they are");
        let noise: Vec<u8> = [0xDC, 0xDC, b'a', b'b'].repeat(50);
        assert_eq!(decode(&[b"\xFF\xFE", &noise[..]].concat(), false).unwrap_err(), "binary, not text");
    }

    #[test]
    fn a_stray_byte_in_utf8_is_a_hole_and_told() {
        let raw = format!("\u{FEFF}first line\n{}caf", "plain words ".repeat(60));
        let raw = [raw.as_bytes(), b"\xe9 and \xF0\x9F\x98 so on"].concat();
        let decoded = decode(&raw, false).unwrap();
        assert!(decoded.text.ends_with("words caf\u{FFFD} and \u{FFFD} so on"), "{}", decoded.text);
        assert_eq!(
            decoded.damage.as_deref(),
            Some("not UTF-8 in 4 bytes, the first at offset 737 in line 2; such bytes stay as they are")
        );
        let at = decoded.text.find(" so on").unwrap();
        assert_eq!(decoded.map.raw(at), raw.len() - " so on".len());
        assert_eq!(decode(&raw, true).unwrap_err(), "not UTF-8, and its name does not say that it is text");
    }

    #[test]
    fn a_short_text_that_is_surely_utf8_may_have_a_hole() {
        let raw = ["Белая чайка летит над".as_bytes(), b"\xD0"].concat();
        assert_eq!(decode(&raw, false).unwrap().text, "Белая чайка летит над\u{FFFD}");
    }

    #[test]
    fn what_is_not_text_is_told_with_a_hint() {
        let utf16: Vec<u8> = "Plain words.".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let swapped: Vec<u8> = "Plain words.".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let late_zero = [&b"words "[..].repeat(1000)[..], b"\0"].concat();
        let noise: Vec<u8> = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 1).collect();
        let gzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0];
        let files: [(&[u8], &str); 10] = [
            (b"\0", "binary, not text"),
            (&late_zero, "binary, not text"),
            (&noise, "binary, not text"),
            (b"\x89PNG\r\n\x1a\n\0\0", "not text, but an image"),
            (b"%PDF-1.7\n\xB5\xB5\xB5\xB5\n", "not text, but a PDF; extract its text first"),
            (&gzip, "not text, but packed twice; unpack it once"),
            (
                &utf16,
                "it looks like UTF-16LE without a byte order mark; convert it, for example with iconv -f UTF-16LE -t UTF-8",
            ),
            (
                &swapped,
                "it looks like UTF-16BE without a byte order mark; convert it, for example with iconv -f UTF-16BE -t UTF-8",
            ),
            (b"\xFF\xFE\0\0a\0\0\0", "UTF-32; convert it, for example with iconv -f UTF-32 -t UTF-8"),
            (
                b"Der Fu\xDFg\xE4nger \xFCberquert die Stra\xDFe.",
                "not UTF-8; it looks like another encoding, such as windows-1252; convert it, for example with iconv -f WINDOWS-1252 -t UTF-8",
            ),
        ];
        for (raw, reason) in files {
            assert_eq!(decode(raw, false).unwrap_err(), reason);
        }
    }

    #[test]
    fn a_file_that_cannot_be_json_lines_is_known_by_its_beginning() {
        assert_eq!(
            not_json_lines(b"{\"text\":\"a\"}\n\0\0\0"),
            None,
            "a torn tail spoils a line, not the file"
        );
        assert_eq!(not_json_lines(b"broken\n{}"), None);
        assert_eq!(not_json_lines(b""), None);
        assert!(not_json_lines(b"\xFF\xFE{\0}\0").unwrap().starts_with("UTF-16, but JSON Lines are UTF-8"));
        assert!(not_json_lines(b"{\0}\0\n\0").unwrap().starts_with("it looks like UTF-16LE"));
        assert_eq!(not_json_lines(b"\x89PNG\0").unwrap(), "not text, but an image");
    }

    proptest! {
        #[test]
        fn every_character_of_utf16_finds_its_way_back(text: String, big: bool) {
            prop_assume!(!text.contains('\0'));
            let encoding = if big { Encoding::Utf16Be } else { Encoding::Utf16Le };
            let mark = encoding.encode("\u{FEFF}");
            let decoded = decode(&[&mark[..], &encoding.encode(&text)].concat(), true).unwrap();
            prop_assert_eq!(&decoded.text, &text);
            let mut starts = vec![2];
            starts.extend(text.chars().scan(2, |at, character| {
                *at += 2 * character.len_utf16();
                Some(*at)
            }));
            prop_assert_eq!(raw_starts(&decoded), starts);
        }

        #[test]
        fn utf8_with_holes_keeps_every_byte_in_reach(
            pieces in prop::collection::vec(
                prop_oneof![
                    any::<String>().prop_map(String::into_bytes),
                    prop::collection::vec(0x80..=0xFF_u8, 1..4),
                ],
                0..12,
            ),
        ) {
            let raw = pieces.concat();
            let mut map = OffsetMap::starting_at(0);
            let text = with_holes(&raw, &mut map);
            prop_assert_eq!(&text, &String::from_utf8_lossy(&raw));
            let decoded = Decoded { text, map, encoding: Encoding::Utf8, damage: None };
            let starts = raw_starts(&decoded);
            let mut again = Vec::new();
            for (character, raw_span) in decoded.text.chars().zip(starts.windows(2)) {
                let bytes = &raw[raw_span[0]..raw_span[1]];
                if str::from_utf8(bytes).is_ok() {
                    prop_assert_eq!(str::from_utf8(bytes), Ok(&character.to_string()[..]));
                } else {
                    prop_assert_eq!(character, char::REPLACEMENT_CHARACTER);
                }
                again.extend_from_slice(bytes);
            }
            prop_assert_eq!(again, raw);
        }
    }
}
