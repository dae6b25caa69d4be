//! What a file holds, by its name and by its first bytes.

use std::path::Path;

use crate::model::{Compression, Format};

/// The format and packing a file name promises. No format for a name without a known extension:
/// such a file is text if its bytes say so.
pub(super) fn by_name(path: &Path) -> (Option<Format>, Compression) {
    let name = path.file_name().map(|name| name.as_encoded_bytes().to_ascii_lowercase()).unwrap_or_default();
    let (stem, compression) = if let Some(stem) = name.strip_suffix(b".gz") {
        (stem, Compression::Gzip)
    } else if let Some(stem) = name.strip_suffix(b".zst") {
        (stem, Compression::Zstd)
    } else {
        (&name[..], Compression::None)
    };
    let extension = memchr::memrchr(b'.', stem).map_or(&b""[..], |dot| &stem[dot + 1..]);
    let format = match extension {
        b"txt" => Some(Format::Text),
        b"md" | b"markdown" => Some(Format::Markdown),
        b"jsonl" | b"ndjson" => Some(Format::JsonLines),
        _ => None,
    };
    (format, compression)
}

/// What the first bytes of a file say it is packed with.
pub(super) fn by_magic(head: &[u8]) -> Compression {
    match head {
        [0x1F, 0x8B, ..] => Compression::Gzip,
        // A frame, or one of the sixteen skippable frames that may come before it (RFC 8878, 3.1).
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Compression::Zstd,
        _ => Compression::None,
    }
}

/// The word for a packing in messages.
pub(super) fn packing(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "not packed",
        Compression::Gzip => "packed with gzip",
        Compression::Zstd => "packed with zstd",
    }
}

/// Kinds of files that people mistake for text, to say more than "binary".
pub(super) fn well_known_binary(head: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 8] = [
        (b"PK\x03\x04", "a zip archive or an office document; unpack it or save it as text"),
        (b"%PDF-", "a PDF; extract its text first"),
        (b"\xD0\xCF\x11\xE0", "an old office document; save it as text"),
        (b"BZh", "packed with bzip2, which is not read; unpack it first"),
        (b"\xFD7zXZ\0", "packed with xz, which is not read; unpack it first"),
        (b"\x1F\x8B", "packed twice; unpack it once"),
        (b"\x89PNG", "an image"),
        (b"\xFF\xD8\xFF", "an image"),
    ];
    kinds.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_a_format_and_a_packing() {
        let table = [
            ("a.txt", Some(Format::Text), Compression::None),
            ("a.b/c.MD", Some(Format::Markdown), Compression::None),
            ("a.markdown.zst", Some(Format::Markdown), Compression::Zstd),
            ("a.JSONL.GZ", Some(Format::JsonLines), Compression::Gzip),
            ("a.ndjson", Some(Format::JsonLines), Compression::None),
            ("a.gz", None, Compression::Gzip),
            ("README", None, Compression::None),
            ("a.csv", None, Compression::None),
        ];
        for (name, format, compression) in table {
            assert_eq!(by_name(Path::new(name)), (format, compression), "{name}");
        }
    }

    #[test]
    fn the_first_bytes_know_every_packing_we_read() {
        assert_eq!(by_magic(&zstd::encode_all(&b"x"[..], 1).unwrap()), Compression::Zstd);
        assert_eq!(by_magic(b"\x5A\x2A\x4D\x18\x00\x00\x00\x00"), Compression::Zstd);
        assert_eq!(by_magic(b"\x1F\x8B\x08\x00"), Compression::Gzip);
        assert_eq!(by_magic(b"Plain text."), Compression::None);
        assert_eq!(by_magic(b""), Compression::None);
    }
}
