//! Names for people: a file name may hold any byte, a report or a terminal must not.

use std::path::{Component, Path};

/// A path for people: `/` between parts, bytes that are not UTF-8 as `\xFF`, control characters
/// as in C (`\n`, `\x1b`), and characters that turn or break the line they stand in as `\u202e`.
///
/// Two paths never share a name: a backslash is doubled where it could be read as the start of
/// one of these, and stands as it is elsewhere.
pub fn display_name(path: &Path) -> String {
    let mut name = String::with_capacity(path.as_os_str().len());
    for component in path.components() {
        if component == Component::CurDir {
            continue;
        }
        if !name.is_empty() && !name.ends_with('/') {
            name.push('/');
        }
        match component {
            Component::RootDir => name.push('/'),
            part => escape(part.as_os_str().as_encoded_bytes(), &mut name),
        }
    }
    if name.is_empty() { ".".into() } else { name }
}

/// Appends `bytes` to `name`, escaped as [`display_name`] says.
pub(super) fn escape(bytes: &[u8], name: &mut String) {
    for chunk in bytes.utf8_chunks() {
        let mut characters = chunk.valid().chars().peekable();
        while let Some(character) = characters.next() {
            if character == '\\' {
                let ambiguous = match characters.peek() {
                    Some(&next) => matches!(next, '\\' | 'n' | 'r' | 't' | 'x' | 'u') || is_escaped(next),
                    None => !chunk.invalid().is_empty(),
                };
                name.push_str(if ambiguous { "\\\\" } else { "\\" });
            } else {
                push_character(character, name);
            }
        }
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02X}"));
        }
    }
}

fn push_character(character: char, name: &mut String) {
    match character {
        '\n' => name.push_str("\\n"),
        '\r' => name.push_str("\\r"),
        '\t' => name.push_str("\\t"),
        _ if !is_escaped(character) => name.push(character),
        _ if character.is_ascii() => name.push_str(&format!("\\x{:02x}", character as u32)),
        _ => name.push_str(&format!("\\u{:04x}", character as u32)),
    }
}

/// Control characters, line and paragraph separators, and what sets the direction of writing: all
/// of them can make a line of a log look like something else. Joiners stay, as several scripts
/// need them inside words.
fn is_escaped(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(bytes: &[u8]) -> String {
        let mut name = String::new();
        escape(bytes, &mut name);
        name
    }

    /// Reads an escaped name back; exists to prove that it can be done.
    fn unescaped(name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = name;
        while let Some(character) = rest.chars().next() {
            let hex = |len: usize| u32::from_str_radix(&rest[2..2 + len], 16).unwrap();
            let mut utf8 = [0; 4];
            let (taken, meaning): (usize, &[u8]) = match rest.as_bytes() {
                [b'\\', b'\\', ..] => (2, b"\\"),
                [b'\\', b'n', ..] => (2, b"\n"),
                [b'\\', b'r', ..] => (2, b"\r"),
                [b'\\', b't', ..] => (2, b"\t"),
                [b'\\', b'x', ..] => (4, &[hex(2) as u8]),
                [b'\\', b'u', ..] => (6, char::from_u32(hex(4)).unwrap().encode_utf8(&mut utf8).as_bytes()),
                _ => (character.len_utf8(), character.encode_utf8(&mut utf8).as_bytes()),
            };
            bytes.extend_from_slice(meaning);
            rest = &rest[taken..];
        }
        bytes
    }

    #[test]
    fn what_cannot_be_printed_is_escaped_as_in_c() {
        assert_eq!(escaped("plain né.txt".as_bytes()), "plain né.txt");
        assert_eq!(escaped(b"caf\xe9.txt"), "caf\\xE9.txt");
        assert_eq!(escaped(b"a\nb\x1b[31m\x7f"), "a\\nb\\x1b[31m\\x7f");
        assert_eq!(escaped("exe\u{202E}txt.\u{85}".as_bytes()), "exe\\u202etxt.\\u0085");
    }

    #[test]
    fn a_backslash_is_doubled_only_where_it_could_mislead() {
        assert_eq!(escaped(b"a\\b"), "a\\b");
        assert_eq!(escaped(b"a\\n"), "a\\\\n");
        assert_eq!(escaped(b"a\\\n"), "a\\\\\\n");
        assert_eq!(escaped(b"a\\\xff"), "a\\\\\\xFF");
        assert_eq!(escaped(b"a\\"), "a\\");
    }

    #[test]
    fn paths_are_written_with_slashes_and_without_dots() {
        assert_eq!(display_name(Path::new("./a//b/./c.txt")), "a/b/c.txt");
        assert_eq!(display_name(Path::new("/a/b")), "/a/b");
        assert_eq!(display_name(Path::new("../b")), "../b");
        assert_eq!(display_name(Path::new(".")), ".");
    }

    proptest! {
        #[test]
        fn every_name_can_be_read_back(bytes in prop::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'n'), Just(b'x'), Just(b'F'), Just(b'\n'), any::<u8>()], 0..12,
        )) {
            prop_assert_eq!(unescaped(&escaped(&bytes)), bytes);
        }

        #[test]
        fn an_escaped_name_holds_no_control_character(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(!escaped(&bytes).chars().any(char::is_control));
        }
    }
}
