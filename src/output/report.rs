//! `report.csv`: a row per finding, for people and for scripts.
//!
//! Every field is quoted, rows end with CR LF, and the file begins with a BOM unless it is for a
//! pipe: spreadsheets otherwise tear sentences at semicolons and read UTF-8 as something else.
//! Cells are for reading; what is exact is in the ledger:
//!
//! - CR LF and LF are written as `⏎`, as rows must stay lines for `grep`.
//! - Other control characters of ASCII but the tab are written as their pictures (NUL as `␀`, ESC
//!   as `␛`, a lone CR as `␍`): raw, they break readers and steer terminals.
//! - A cell that a spreadsheet could take for a formula is guarded with `'`, see [`guard`].

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::{AtomicFile, Committer, Durability, OutputError, SealedFile};
use crate::model::{Pieces, ReportRow, shown};

/// The columns, in order.
pub const REPORT_COLUMNS: [&str; 22] = [
    "decision",
    "replacement",
    "note",
    "action",
    "kind",
    "text",
    "suggestion",
    "kept_text",
    "similarity",
    "confidence",
    "document",
    "line",
    "column",
    "kept_document",
    "kept_line",
    "reason",
    "context",
    "cluster",
    "cluster_size",
    "byte_start",
    "byte_end",
    "row_id",
];

/// Rows in one file. Spreadsheets drop in silence what goes past 1,048,576.
pub const ROWS_PER_FILE: u64 = 1_000_000;

/// How the names of reports begin.
const REPORT: &str = "report";
/// How the names of the files begin that hold the rows the run before did not have.
pub const NEW_ROWS: &str = "report-new";

const BOM: &[u8] = "\u{feff}".as_bytes();

/// Writes `report.csv`, and `report-2.csv` and so on when there are very many rows.
pub struct ReportWriter {
    folder: PathBuf,
    /// [`REPORT`] or [`NEW_ROWS`].
    name: &'static str,
    bom: bool,
    rows_per_file: u64,
    /// The file being written, and the whole ones before it. All are put in their places at the
    /// end, so that a report is never half of one run and half of another.
    file: AtomicFile,
    rows: u64,
    sealed: Vec<SealedFile>,
}

/// Rows as they stand in a report. They are made ready by many hands and written by one.
pub struct ReportLines {
    rows: Pieces<Vec<u8>>,
}

impl ReportLines {
    /// Makes rows ready.
    ///
    /// # Errors
    /// Never, as far as anybody knows: there is nothing in a row that has no place in a report.
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r ReportRow>) -> io::Result<ReportLines> {
        let mut csv = csv_writer(Vec::new());
        let mut number = String::new();
        let mut ends = Vec::new();
        for row in rows {
            write_row(&mut csv, row, &mut number)?;
            csv.flush()?;
            ends.push(csv.get_ref().len());
        }
        let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(ReportLines { rows: Pieces::cut(bytes, ends) })
    }

    /// The rows, as bytes.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.rows.iter()
    }
}

impl ReportWriter {
    /// A report that will stand in `folder`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Path, bom: bool) -> Result<ReportWriter, OutputError> {
        ReportWriter::with_rows_per_file(folder, REPORT, bom, ROWS_PER_FILE)
    }

    fn with_rows_per_file(
        folder: &Path,
        name: &'static str,
        bom: bool,
        rows_per_file: u64,
    ) -> Result<ReportWriter, OutputError> {
        Ok(ReportWriter {
            folder: folder.to_path_buf(),
            name,
            bom,
            rows_per_file,
            file: begin_file(&part_path(folder, name, 1), bom)?,
            rows: 0,
            sealed: Vec::new(),
        })
    }

    /// A report of the rows that the run before did not have: `report-new.csv`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_new_rows(folder: &Path, bom: bool) -> Result<ReportWriter, OutputError> {
        ReportWriter::with_rows_per_file(folder, NEW_ROWS, bom, ROWS_PER_FILE)
    }

    /// Removes the report of an earlier run.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(folder: &Path) -> Result<(), OutputError> {
        remove_parts_after(folder, REPORT, 0)
    }

    /// Removes the report of new rows of an earlier run.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_new_rows(folder: &Path) -> Result<(), OutputError> {
        remove_parts_after(folder, NEW_ROWS, 0)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: &ReportRow) -> Result<(), OutputError> {
        let line = ReportLines::of([row]).map_err(|error| self.failed(error))?;
        line.iter().try_for_each(|line| self.line(line))
    }

    /// Writes a row that was made ready before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &[u8]) -> Result<(), OutputError> {
        if self.rows == self.rows_per_file {
            self.next_file()?;
        }
        self.rows += 1;
        self.file.write_all(line).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> OutputError {
        OutputError::at("write", &part_path(&self.folder, self.name, self.sealed.len() + 1))(error)
    }

    /// Puts the report in its place, and removes the further files of an earlier, longer one.
    /// Returns the paths of the report.
    ///
    /// # Errors
    /// When it cannot be brought to the disk.
    pub fn finish(self) -> Result<Vec<PathBuf>, OutputError> {
        let ReportWriter { folder, name, file, mut sealed, .. } = self;
        sealed.push(file.seal(Durability::EachFile)?);
        let parts = sealed.len();
        let mut committer = Committer::new(&folder)?;
        sealed.into_iter().try_for_each(|file| committer.add(file))?;
        committer.finish()?;
        remove_parts_after(&folder, name, parts)?;
        Ok((1..=parts).map(|part| part_path(&folder, name, part)).collect())
    }

    fn next_file(&mut self) -> Result<(), OutputError> {
        let part = self.sealed.len() + 1;
        let next = begin_file(&part_path(&self.folder, self.name, part + 1), self.bom)?;
        let full = std::mem::replace(&mut self.file, next);
        self.sealed.push(full.seal(Durability::EachFile)?);
        self.rows = 0;
        Ok(())
    }
}

/// A cell as it is written: with `'` in front if its first character, after blanks, is one that
/// makes spreadsheets see a formula (`= + - @ | %`, also full-width), or a `'`, or if it begins
/// with a tab. [`unguard`] takes it off again.
pub fn guard(cell: &str) -> Cow<'_, str> {
    if needs_guard(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// What was written as `cell`: `unguard(&guard(x)) == x` for every `x`.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => cell,
    }
}

fn needs_guard(cell: &str) -> bool {
    match cell.as_bytes().first() {
        // Nearly every cell; the rest of the alphabet is looked at as characters.
        Some(first) if first.is_ascii_alphanumeric() => false,
        Some(b'\t' | b'\r' | b'\n') => true,
        _ => cell.chars().find(|&c| !is_blank(c)).is_some_and(|c| {
            matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '\'' | '＝' | '＋' | '－' | '＠')
        }),
    }
}

/// What a spreadsheet may pass over before it looks for a formula.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

fn write_row(csv: &mut Writer<Vec<u8>>, row: &ReportRow, number: &mut String) -> csv::Result<()> {
    // decision, replacement and note are the reviewer's.
    csv.write_field("")?;
    csv.write_field("")?;
    csv.write_field("")?;
    csv.write_field(row.action.as_str())?;
    csv.write_field(row.kind.as_str())?;
    write_text(csv, &row.text)?;
    write_text(csv, &row.suggestion)?;
    write_text(csv, &row.kept_text)?;
    write_number(csv, number, row.similarity.map(|value| Fixed { value, digits: 3 }))?;
    write_number(csv, number, Some(Fixed { value: row.confidence, digits: 2 }))?;
    write_text(csv, &row.document)?;
    write_number(csv, number, Some(row.line))?;
    write_number(csv, number, Some(row.column))?;
    write_text(csv, &row.kept_document)?;
    write_number(csv, number, row.kept_line)?;
    write_text(csv, &row.reason)?;
    write_text(csv, &row.context)?;
    write_text(csv, &row.cluster)?;
    write_number(csv, number, row.cluster_size)?;
    write_number(csv, number, Some(row.span.start))?;
    write_number(csv, number, Some(row.span.end))?;
    csv.write_field(&row.row_id)?;
    csv.write_record(None::<&[u8]>)
}

/// A number with a fixed count of digits behind the point.
struct Fixed {
    value: f64,
    digits: usize,
}

impl std::fmt::Display for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.*}", self.digits, self.value)
    }
}

fn write_number(
    csv: &mut Writer<Vec<u8>>,
    scratch: &mut String,
    number: Option<impl std::fmt::Display>,
) -> csv::Result<()> {
    scratch.clear();
    if let Some(number) = number {
        // Writing to a String cannot fail.
        let _ = write!(scratch, "{number}");
    }
    csv.write_field(scratch.as_str())
}

/// A cell of free text. Costs nothing but two looks at it unless something must be written
/// differently.
fn write_text(csv: &mut Writer<Vec<u8>>, text: &str) -> csv::Result<()> {
    csv.write_field(cell(text).as_bytes())
}

/// A text as it stands in a cell: control characters as pictures, and guarded.
pub fn cell(text: &str) -> Cow<'_, str> {
    match shown(text) {
        Cow::Borrowed(text) => guard(text),
        Cow::Owned(text) => Cow::Owned(guard(&text).into_owned()),
    }
}

/// Writes a small table, a line a row, beside its place and then in it. Cells are written as they
/// are.
///
/// # Errors
/// When it cannot be written.
pub fn write_table<const N: usize>(
    path: &Path,
    header: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), OutputError> {
    let failed = |error: csv::Error| OutputError::at("write", path)(io::Error::from(error));
    let mut csv = WriterBuilder::new().from_writer(AtomicFile::create(path)?);
    csv.write_record(header).map_err(failed)?;
    rows.into_iter().try_for_each(|row| csv.write_record(&row)).map_err(failed)?;
    csv.into_inner().map_err(|error| OutputError::at("write", path)(error.into_error()))?.commit()
}

fn begin_file(path: &Path, bom: bool) -> Result<AtomicFile, OutputError> {
    let mut file = AtomicFile::create(path)?;
    if bom {
        file.write_all(BOM).map_err(OutputError::at("write", path))?;
    }
    let mut csv = csv_writer(&mut file);
    let header = csv.write_record(REPORT_COLUMNS).map_err(io::Error::from).and_then(|()| csv.flush());
    header.map_err(OutputError::at("write", path))?;
    drop(csv);
    Ok(file)
}

/// A writer of cells as reports have them.
fn csv_writer<W: Write>(to: W) -> Writer<W> {
    WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(to)
}

fn part_path(folder: &Path, name: &str, part: usize) -> PathBuf {
    match part {
        1 => folder.join(format!("{name}.csv")),
        _ => folder.join(format!("{name}-{part}.csv")),
    }
}

/// Parts are numbered without gaps, so the first that is missing is past the last.
fn remove_parts_after(folder: &Path, name: &str, last: usize) -> Result<(), OutputError> {
    for part in last + 1.. {
        let path = part_path(folder, name, part);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(OutputError::at("remove", &path)(error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Action, Kind, Span};

    fn row() -> ReportRow {
        ReportRow {
            row_id: "rqqdsd17wyhp".into(),
            action: Action::Remove,
            kind: Kind::NearDuplicate,
            text: "He said \"no\"; then left,\ttwice.".into(),
            suggestion: String::new(),
            kept_text: "=HYPERLINK(\"http://x\")".into(),
            similarity: Some(0.98765),
            confidence: 0.999,
            document: "-a.jsonl#7".into(),
            line: 3,
            column: 14,
            kept_document: "b.txt".into(),
            kept_line: None,
            reason: "alike but\r\nfor\na\rword\u{1b}[31m\0\u{7f}\u{85}".into(),
            context: String::new(),
            context_place: None,
            cluster: "c1".into(),
            cluster_size: Some(2),
            span: Span::new(40, 99),
        }
    }

    fn write(folder: &Path, bom: bool, rows: &[ReportRow]) -> Vec<u8> {
        let mut report = ReportWriter::create(folder, bom).unwrap();
        rows.iter().for_each(|row| report.row(row).unwrap());
        assert_eq!(report.finish().unwrap(), [folder.join("report.csv")]);
        fs::read(folder.join("report.csv")).unwrap()
    }

    #[test]
    fn a_report_is_these_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let expected = "\u{feff}\"decision\",\"replacement\",\"note\",\"action\",\"kind\",\"text\",\"suggestion\",\
            \"kept_text\",\"similarity\",\"confidence\",\"document\",\"line\",\"column\",\"kept_document\",\
            \"kept_line\",\"reason\",\"context\",\"cluster\",\"cluster_size\",\"byte_start\",\"byte_end\",\
            \"row_id\"\r\n\
            \"\",\"\",\"\",\"remove\",\"near-duplicate\",\"He said \"\"no\"\"; then left,\ttwice.\",\"\",\
            \"'=HYPERLINK(\"\"http://x\"\")\",\"0.988\",\"1.00\",\"'-a.jsonl#7\",\"3\",\"14\",\"b.txt\",\"\",\
            \"alike but⏎for⏎a␍word␛[31m␀␡\u{85}\",\"\",\"c1\",\"2\",\"40\",\"99\",\"rqqdsd17wyhp\"\r\n";
        assert_eq!(String::from_utf8(write(folder.path(), true, &[row()])).unwrap(), expected);
        let without_bom = write(folder.path(), false, &[row()]);
        assert_eq!(without_bom, expected.trim_start_matches('\u{feff}').as_bytes());
    }

    #[test]
    fn a_report_without_rows_has_its_header() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = write(folder.path(), false, &[]);
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 1);
        assert!(bytes.ends_with(b"\"row_id\"\r\n"));
    }

    #[test]
    fn what_could_be_a_formula_is_guarded_and_nothing_else() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(1)",
            "|calc",
            "%x",
            "\t=1",
            "\tx",
            " =1",
            "\u{a0}\u{3000}=1",
            "'",
            "'tis",
            "  'x",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\u{200b}=1",
            "\u{feff}=1",
            "\u{2028}=1",
        ] {
            assert_eq!(guard(formula), format!("'{formula}"));
            assert_eq!(unguard(&guard(formula)), formula);
        }
        for text in ["", " ", "a=1", "1-1", "The end.", "“quoted”", "é", "–dash", "\"x\"", "(=1)", "#=1"]
        {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn what_a_person_typed_is_not_taken_for_a_guard() {
        assert_eq!(unguard("'tis"), "'tis");
    }

    #[test]
    fn each_control_character_alone_has_its_picture() {
        let folder = tempfile::tempdir().unwrap();
        for control in (0..=0x1Fu8).chain([0x7F]).map(char::from) {
            let bytes = write(folder.path(), false, &[ReportRow { text: format!("a{control}b"), ..row() }]);
            let mut rows = csv::Reader::from_reader(&bytes[..]);
            let cell = rows.records().next().unwrap().unwrap()[5].to_owned();
            let picture = match control {
                '\t' => '\t',
                '\n' => '⏎',
                '\u{7f}' => '␡',
                other => char::from_u32(0x2400 + u32::from(other)).unwrap(),
            };
            assert_eq!(cell, format!("a{picture}b"));
        }
    }

    #[test]
    fn more_rows_than_a_spreadsheet_holds_go_to_further_files() {
        let folder = tempfile::tempdir().unwrap();
        let report = |rows: u64| {
            let mut report = ReportWriter::with_rows_per_file(folder.path(), REPORT, true, 3).unwrap();
            for line in 1..=rows {
                report.row(&ReportRow { line, ..row() }).unwrap();
            }
            let parts = report.finish().unwrap();
            let lines = |part: &PathBuf| {
                let bytes = fs::read(part).unwrap();
                assert!(bytes.starts_with(BOM));
                let mut rows = csv::Reader::from_reader(&bytes[BOM.len()..]);
                rows.records().map(|row| row.unwrap()[11].parse().unwrap()).collect()
            };
            let files = fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(files, parts.len(), "files of an earlier report, or temps, were left");
            parts.iter().map(lines).collect::<Vec<Vec<u64>>>()
        };
        assert_eq!(report(3), [[1, 2, 3]]);
        assert_eq!(report(7), [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
        assert_eq!(report(2), [[1, 2]]);
    }

    #[test]
    fn the_earlier_report_stands_until_this_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let before = write(folder.path(), true, &[row()]);
        let mut report = ReportWriter::with_rows_per_file(folder.path(), REPORT, true, 1).unwrap();
        (0..3).for_each(|_| report.row(&row()).unwrap());
        drop(report);
        assert_eq!(fs::read(folder.path().join("report.csv")).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temp was left");
    }

    /// Python's rule, as scripts that read the report have it: take `'` off where what follows,
    /// after white space, begins with one of these.
    fn unguard_as_scripts_do(cell: &str) -> &str {
        match cell.strip_prefix('\'') {
            Some(rest) if rest.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '\'']) => rest,
            _ => cell,
        }
    }

    proptest! {
        #[test]
        fn a_guard_comes_off_exactly(cell in "['=+@%|\t \u{a0}\u{200b}a＝é-]{0,6}") {
            let written = guard(&cell);
            prop_assert_eq!(unguard(&written), &cell);
        }

        #[test]
        fn scripts_take_the_guard_off_exactly(cell in "['=+@%| \u{a0}aé-][\t'=+@%| \u{a0}aé-]{0,5}") {
            let written = guard(&cell);
            prop_assert_eq!(unguard_as_scripts_do(&written), &cell);
        }

        #[test]
        fn what_a_cell_held_is_read_back(text in "[\"',;\t =a-zé\u{4e2d}-]{0,20}") {
            let folder = tempfile::tempdir().unwrap();
            let bytes = write(folder.path(), false, &[ReportRow { text: text.clone(), ..row() }]);
            let mut rows = csv::Reader::from_reader(&bytes[..]);
            let read = rows.records().next().unwrap().unwrap();
            prop_assert_eq!(unguard(&read[5]), text);
            prop_assert_eq!(read.len(), REPORT_COLUMNS.len());
        }
    }
}
