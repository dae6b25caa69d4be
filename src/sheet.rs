//! The way in for reviewed sheets: whatever a spreadsheet made of a report, back to rows.
//!
//! Spreadsheets change the order of columns, the delimiter, the encoding and most numbers. What
//! they leave alone are the id of a row and what the reviewer typed, and nothing else is relied
//! on: a sheet is known by its header, wherever it stands in the first rows.

mod delimited;
mod workbook;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What a sheet says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The rows below the header that are not empty.
    pub rows: Vec<SheetRow>,
    /// What a person should know about how it was read.
    pub notes: Vec<String>,
}

/// The cells of one row that matter; empty where the sheet has no such column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// The row's number as a spreadsheet shows it.
    pub number: u64,
    /// The name of the sheet in a workbook with several that hold rows; else empty.
    pub sheet: String,
    /// `row_id`, without blanks around it.
    pub row_id: String,
    /// `decision`.
    pub decision: String,
    /// `replacement`.
    pub replacement: String,
    /// `note`.
    pub note: String,
    /// `scope`, for bulk decisions.
    pub scope: String,
    /// `kind`, for bulk decisions.
    pub kind: String,
    /// `document`, for bulk decisions.
    pub document: String,
    /// `text`, for bulk decisions.
    pub text: String,
    /// `suggestion`, for bulk decisions.
    pub suggestion: String,
}

/// A sheet that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// No such file, or it cannot be read.
    #[error("cannot read the sheet '{}': {cause}", path.display())]
    Io {
        /// The sheet.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Something else, or a report that lost its header.
    #[error(
        "'{}' has no columns row_id and decision; name a report.csv, a review.xlsx or a copy of one",
        .0.display()
    )]
    NoColumns(PathBuf),
    /// It cannot be told in which of two columns somebody decided.
    #[error("'{}' has two columns {column}; delete or rename one of them", path.display())]
    ColumnTwice {
        /// The sheet.
        path: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A quotation mark was opened and never closed: what follows it would be lost.
    #[error("'{}' has a quotation mark that is never closed; save it from the spreadsheet anew", .0.display())]
    OpenQuote(PathBuf),
    /// A damaged workbook.
    #[error("cannot read the workbook '{}': {cause}", path.display())]
    Workbook {
        /// The sheet.
        path: PathBuf,
        /// What is wrong.
        cause: calamine::Error,
    },
}

/// Reads a sheet: csv with any usual delimiter and encoding, xlsx, ods or xls. What it is, is told
/// by its content and not by its name.
///
/// # Errors
/// When it is none, or damaged.
pub fn read(path: &Path) -> Result<Sheet, SheetError> {
    let bytes = fs::read(path).map_err(|cause| SheetError::Io { path: path.to_owned(), cause })?;
    let is_workbook = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0");
    if is_workbook { workbook::read(bytes, path) } else { delimited::read(&bytes, path) }
}

/// The header is looked for in so many rows: people put titles above tables.
const HEADER_WITHIN: usize = 20;

/// Where the columns are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Columns {
    places: [Option<usize>; COLUMNS.len()],
    /// One of those that people type into, if there are two of it.
    twice: Option<&'static str>,
}

const COLUMNS: [&str; 9] =
    ["row_id", "decision", "replacement", "note", "scope", "kind", "document", "text", "suggestion"];

/// Those of which it must be plain where they stand.
const DECIDING: [&str; 3] = ["row_id", "decision", "replacement"];

impl Columns {
    /// The columns, if these cells are the header.
    fn find<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Columns> {
        let mut columns = Columns::default();
        for (place, cell) in cells.enumerate() {
            let name: String = cell
                .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                .chars()
                .map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() })
                .collect();
            if let Some(column) = COLUMNS.iter().position(|&column| column == name) {
                let is_first = *columns.places[column].get_or_insert(place) == place;
                if !is_first && DECIDING.contains(&name.as_str()) {
                    columns.twice = Some(COLUMNS[column]);
                }
            }
        }
        (columns.places[0].is_some() && columns.places[1].is_some()).then_some(columns)
    }

    /// That no column stands there twice.
    fn are_plain(&self, path: &Path) -> Result<(), SheetError> {
        match self.twice {
            Some(column) => Err(SheetError::ColumnTwice { path: path.to_owned(), column }),
            None => Ok(()),
        }
    }

    /// The row that these cells are; `None` when none of the columns holds anything.
    fn row<'a>(&self, number: u64, cell: impl Fn(usize) -> Option<&'a str>) -> Option<SheetRow> {
        let get = |column: usize| self.places[column].and_then(&cell).unwrap_or_default().to_owned();
        let row = SheetRow {
            number,
            sheet: String::new(),
            row_id: get(0).trim().to_owned(),
            decision: get(1),
            replacement: get(2),
            note: get(3),
            scope: get(4),
            kind: get(5),
            document: get(6),
            text: get(7),
            suggestion: get(8),
        };
        let is_empty = row.row_id.is_empty() && row.decision.trim().is_empty() && row.text.is_empty();
        (!is_empty).then_some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_known_however_it_is_written_and_ordered() {
        let header = ["note", " Row ID ", "x", "DECISION", "row-id"];
        let columns = Columns::find(header.into_iter()).unwrap();
        assert_eq!((columns.places[0], columns.places[1], columns.places[3]), (Some(1), Some(3), Some(0)));
        assert_eq!(Columns::find(["row_id", "verdict"].into_iter()), None);
    }

    #[test]
    fn a_file_that_is_no_sheet_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "No table here.\n").unwrap();
        assert!(matches!(read(&path), Err(SheetError::NoColumns(_))));
        fs::write(&path, b"PK\x03\x04 not really").unwrap();
        assert!(matches!(read(&path), Err(SheetError::Workbook { .. })));
        assert!(matches!(read(&folder.path().join("none")), Err(SheetError::Io { .. })));
    }
}
