//! Edits of a text become splices of the bytes it was read from. Bytes outside a splice are
//! copied as they stand, whatever they are.

use std::io::{self, Write};

use crate::model::{Document, EditSet, Span};

/// One change of the raw bytes. A whole document goes by a splice over [`Document::extent`] with
/// nothing in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What goes, in bytes of the batch.
    pub raw: Span,
    /// What comes, in the encoding of the file.
    pub replacement: Vec<u8>,
}

/// The splices that make `edits` in the bytes `document` was read from, one for each edit and in
/// the order of [`EditSet::iter`].
pub fn splices(document: &Document, edits: &EditSet) -> Vec<Splice> {
    edits
        .iter()
        .map(|edit| Splice {
            raw: document.map.raw_span(edit.span),
            replacement: document.encoding.encode(&edit.replacement),
        })
        .collect()
}

/// Writes `raw` with all splices made, in one pass.
///
/// # Panics
/// When splices are unsorted, overlap or reach past the end: an [`EditSet`] cannot hold such
/// edits, and to go on would corrupt the text.
///
/// # Errors
/// Those of `out`.
pub fn apply_splices(raw: &[u8], splices: &[Splice], out: &mut impl Write) -> io::Result<()> {
    let mut copied = 0;
    for splice in splices {
        assert!(
            copied <= splice.raw.start,
            "splices overlap or are out of order at byte {}",
            splice.raw.start
        );
        out.write_all(&raw[copied..splice.raw.start])?;
        out.write_all(&splice.replacement)?;
        copied = splice.raw.end;
    }
    out.write_all(&raw[copied..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Edit, Encoding, Markup, OffsetMap};

    fn document(text: &str, encoding: Encoding, map: OffsetMap, raw_len: usize) -> Document {
        Document {
            name: "a".into(),
            text: text.into(),
            markup: Markup::Plain,
            encoding,
            map,
            extent: Span::new(0, raw_len),
            content_hash: 0,
        }
    }

    fn cleaned(raw: &[u8], document: &Document, edits: Vec<Edit>) -> Vec<u8> {
        let mut out = Vec::new();
        apply_splices(raw, &splices(document, &EditSet::new(edits).unwrap()), &mut out).unwrap();
        out
    }

    #[test]
    fn an_edit_in_utf_16_leaves_the_bom_and_everything_else() {
        let text = "a teh 😀\r\n";
        let raw: Vec<u8> = [0xFF, 0xFE].into_iter().chain(Encoding::Utf16Le.encode(text)).collect();
        let mut map = OffsetMap::starting_at(2);
        text.chars().for_each(|c| map.push_char(c.len_utf8(), c.len_utf16() * 2));
        let document = document(text, Encoding::Utf16Le, map, raw.len());
        let edit = Edit { span: Span::new(2, 5), replacement: "thé".into() };
        let wanted: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(Encoding::Utf16Le.encode("a thé 😀\r\n")).collect();
        assert_eq!(cleaned(&raw, &document, vec![edit]), wanted);
    }

    #[test]
    fn an_edit_in_a_json_line_touches_only_the_string() {
        let raw = "{\"n\": 1.0, \"text\":\"\\u00e9 teh\\nend\" ,\"x\":[ ]}\n".as_bytes();
        let text = "é teh\nend";
        let mut map = OffsetMap::starting_at(19);
        map.push_char(2, 6);
        map.push_same(4);
        map.push_char(1, 2);
        map.push_same(3);
        let document = document(text, Encoding::JsonString, map, raw.len());
        let edit = Edit { span: Span::new(3, 6), replacement: "\"the\"".into() };
        assert_eq!(
            String::from_utf8(cleaned(raw, &document, vec![edit])).unwrap(),
            "{\"n\": 1.0, \"text\":\"\\u00e9 \\\"the\\\"\\nend\" ,\"x\":[ ]}\n"
        );
    }

    #[test]
    fn a_whole_document_goes_by_its_extent() {
        let splice = Splice { raw: Span::new(2, 5), replacement: Vec::new() };
        let mut out = Vec::new();
        apply_splices(b"a\nbb\nc", &[splice], &mut out).unwrap();
        assert_eq!(out, b"a\nc");
    }

    #[test]
    #[should_panic(expected = "out of order")]
    fn overlapping_splices_are_a_bug_and_not_a_corrupted_file() {
        let splice = |start, end| Splice { raw: Span::new(start, end), replacement: Vec::new() };
        let _ = apply_splices(b"abcdef", &[splice(0, 3), splice(2, 4)], &mut Vec::new());
    }

    proptest! {
        #[test]
        fn cleaning_the_bytes_is_cleaning_the_text(
            text in "[a-c é\u{4e2d}😀\r\n]{0,60}",
            cuts in prop::collection::vec((0usize..61, "[x ü]{0,3}"), 0..8),
        ) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut points: Vec<_> = cuts.iter().map(|(at, new)| (places[at % places.len()], new)).collect();
            points.sort();
            points.dedup_by_key(|point| point.0);
            let edits: Vec<Edit> = points
                .chunks_exact(2)
                .map(|pair| Edit { span: Span::new(pair[0].0, pair[1].0), replacement: pair[0].1.clone() })
                .collect();
            let mut map = OffsetMap::starting_at(0);
            map.push_same(text.len());
            let document = document(&text, Encoding::Utf8, map, text.len());
            let set = EditSet::new(edits.clone()).unwrap();
            prop_assert_eq!(cleaned(text.as_bytes(), &document, edits), set.apply(&text).into_bytes());
        }
    }
}
