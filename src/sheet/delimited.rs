//! Sheets as text: any of the usual delimiters, and the encodings that spreadsheets write.

use std::borrow::Cow;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Columns, HEADER_WITHIN, Sheet, SheetError};

/// In the order in which they are tried.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads a sheet from its bytes.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Sheet, SheetError> {
    let (text, note) = decode(bytes);
    let mut sheet = Sheet { rows: Vec::new(), notes: note.into_iter().collect() };
    for delimiter in DELIMITERS {
        let mut records = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut columns = None;
        let mut record = StringRecord::new();
        let mut number = 0;
        while records.read_record(&mut record).unwrap_or(false) {
            number += 1;
            match &columns {
                None => columns = Columns::find(record.iter()),
                Some(columns) => sheet.rows.extend(columns.row(number, |place| record.get(place))),
            }
            if columns.is_none() && number as usize >= HEADER_WITHIN {
                break;
            }
        }
        let Some(columns) = columns else { continue };
        columns.are_plain(path)?;
        // The reader takes an open quotation mark to reach to the end of the file, in silence.
        if memchr::memchr_iter(b'"', text.as_bytes()).count() % 2 == 1 {
            return Err(SheetError::OpenQuote(path.to_owned()));
        }
        return Ok(sheet);
    }
    Err(SheetError::NoColumns(path.to_owned()))
}

/// The text, and a word about its encoding where that was guessed.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0, None);
    }
    // The header is ASCII: in UTF-16 every other byte of it is zero.
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).take(16).filter(|&&byte| byte == 0).count();
    for (encoding, from) in [(UTF_16LE, 1), (UTF_16BE, 0)] {
        if bytes.len() >= 32 && zeros(from) >= 14 {
            return (encoding.decode_without_bom_handling(bytes).0, None);
        }
    }
    match str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => {
            let note = "is not UTF-8 and was read as Windows-1252; check replacements with other letters";
            (WINDOWS_1252.decode_without_bom_handling(bytes).0, Some(note.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u64, String, String, String)> {
        let sheet = read(bytes, Path::new("sheet.csv")).unwrap();
        let cells = |row: super::super::SheetRow| (row.number, row.row_id, row.decision, row.replacement);
        sheet.rows.into_iter().map(cells).collect()
    }

    fn expected() -> Vec<(u64, String, String, String)> {
        vec![
            (2, "r1".into(), "edit".into(), "naïve; \"x\",\ty".into()),
            (3, "r2".into(), "no".into(), String::new()),
        ]
    }

    #[test]
    fn every_delimiter_and_encoding_gives_the_same_rows() {
        for delimiter in [",", ";", "\t"] {
            let text = format!(
                "decision{delimiter}replacement{delimiter}row_id\r\nedit{delimiter}\"naïve; \"\"x\"\",\ty\"{delimiter}r1\r\nno{delimiter}{delimiter}r2\r\n"
            );
            assert_eq!(rows(text.as_bytes()), expected(), "UTF-8");
            assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected(), "with BOM");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(rows(&wide), expected(), "UTF-16");
            assert_eq!(rows(&[&[0xFF, 0xFE], &wide[..]].concat()), expected(), "UTF-16 with BOM");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(rows(&wide), expected(), "UTF-16, big end first");
            let (narrow, ..) = WINDOWS_1252.encode(&text);
            assert_eq!(rows(&narrow), expected(), "Windows-1252");
            assert!(read(&narrow, Path::new("x")).unwrap().notes[0].contains("Windows-1252"));
        }
    }

    #[test]
    fn titles_above_the_header_and_short_rows_do_no_harm() {
        let text = "sep=,\nReport of tonight\nRow ID,Decision\nr1,y\nr2\n,,\nr3,n,extra\n";
        let rows = rows(text.as_bytes());
        let seen: Vec<(u64, &str, &str)> =
            rows.iter().map(|(number, id, decision, _)| (*number, id.as_str(), decision.as_str())).collect();
        assert_eq!(seen, [(4, "r1", "y"), (5, "r2", ""), (7, "r3", "n")]);
    }

    #[test]
    fn an_open_quotation_mark_is_noticed() {
        let text = "row_id,decision\nr1,\"y\nr2,n\n";
        assert!(matches!(read(text.as_bytes(), Path::new("x")), Err(SheetError::OpenQuote(_))));
    }
}
