//! `review.xlsx`: the rows of the report as a workbook, for people.
//!
//! Every text is a text cell, so nothing is taken for a number, a date or a formula, and cells
//! need no guard. Rows are written as they come and never held: the workbook of a million rows
//! takes a few megabytes of memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    Color, ConditionalFormatText, ConditionalFormatTextRule, DataValidation, DataValidationErrorStyle,
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Note, Workbook,
    Worksheet, XlsxError,
};

use super::diff::{Stretch, word_diff};
use super::{AtomicFile, OutputError};
use crate::model::{Action, Kind, ReportRow, shown};

/// Rows on one sheet. More are tiresome to scroll, and slow in every spreadsheet.
const ROWS_A_SHEET: u32 = 200_000;

/// UTF-16 units in one cell; a spreadsheet refuses more than 32,767.
const CELL: usize = 30_000;

/// Longer texts have no marked words: a cell with thousands of stretches is slow to draw.
const MARKED: usize = 4_000;

/// Name, width in characters, and whether it is a number.
const COLUMNS: [(&str, f64); 23] = [
    ("decision", 11.0),
    ("replacement", 20.0),
    ("note", 12.0),
    ("action", 9.0),
    ("kind", 17.0),
    ("change", 70.0),
    ("kept_text", 60.0),
    ("reason", 34.0),
    ("similarity", 9.0),
    ("confidence", 10.0),
    ("document", 28.0),
    ("line", 7.0),
    ("column", 7.0),
    ("kept_document", 28.0),
    ("kept_line", 8.0),
    ("text", 40.0),
    ("suggestion", 24.0),
    ("context", 40.0),
    ("cluster", 10.0),
    ("cluster_size", 8.0),
    ("byte_start", 10.0),
    ("byte_end", 10.0),
    ("row_id", 15.0),
];

/// Columns that are printed, on the width of a page: those that tell a reader what is proposed, why and where.
const PRINTED: u16 = 12;

/// Columns that stay in view when the sheet is scrolled to the right.
const FROZEN: u16 = TYPED;

/// Height of a line of text, in points.
const LINE: f64 = 15.0;

/// Width of the text on the sheet `about`, in characters.
const ABOUT: usize = 90;

/// Where people type.
const TYPED: u16 = 3;

const HOW_TO: &str = "accept: do what the row proposes. reject: leave the text as it is, tonight and every \
    night after. edit: write the column replacement there instead. Empty: nothing is decided; rows with \
    the action remove or replace stay as they were done.";

/// Writes `review.xlsx`.
pub struct WorkbookWriter {
    path: PathBuf,
    workbook: Workbook,
    formats: Formats,
    /// Sheets that hold rows, and the rows on the last of them.
    sheets: usize,
    rows: u32,
    counts: BTreeMap<(Kind, Action), u64>,
}

impl WorkbookWriter {
    /// A workbook that will stand in `folder`.
    ///
    /// # Errors
    /// When temporaries cannot be made there.
    pub fn create(folder: &Path) -> Result<WorkbookWriter, OutputError> {
        let path = folder.join("review.xlsx");
        let mut workbook = Workbook::new();
        // The same rows make the same bytes: the time of the run is not part of the answer.
        let never = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|error| failed(&path, error))?;
        let properties = DocProperties::new().set_title("Scrubjay review").set_creation_datetime(&never);
        workbook.set_properties(&properties);
        workbook.set_tempdir(folder).map_err(|error| failed(&path, error))?;
        let mut writer = WorkbookWriter {
            path,
            workbook,
            formats: Formats::new(),
            sheets: 0,
            rows: 0,
            counts: BTreeMap::new(),
        };
        writer.guarded(Self::begin_sheet)?;
        Ok(writer)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, row: &ReportRow) -> Result<(), OutputError> {
        *self.counts.entry((row.kind, row.action)).or_default() += 1;
        self.guarded(|writer| {
            if writer.rows == ROWS_A_SHEET {
                writer.end_sheet()?;
                writer.begin_sheet()?;
            }
            writer.rows += 1;
            let at = writer.rows;
            let WorkbookWriter { workbook, formats, sheets, .. } = writer;
            write_row(workbook.worksheet_from_index(*sheets - 1)?, formats, at, row)
        })
    }

    /// Puts the workbook in its place. `about` are lines that tell of the run.
    ///
    /// # Errors
    /// When it cannot be brought to the disk.
    pub fn finish(mut self, about: &[(&str, String)]) -> Result<PathBuf, OutputError> {
        self.guarded(|writer| {
            writer.end_sheet()?;
            writer.about(about)
        })?;
        let mut file = AtomicFile::create(&self.path)?;
        self.guarded(|writer| writer.workbook.save_to_writer(&mut file))?;
        file.commit()?;
        Ok(self.path)
    }

    /// Runs `work`. The library panics when its temporaries cannot be written.
    fn guarded(&mut self, work: impl FnOnce(&mut Self) -> Result<(), XlsxError>) -> Result<(), OutputError> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => done.map_err(|error| failed(&self.path, error)),
            Err(_) => {
                let cause =
                    io::Error::other("a temporary of the workbook cannot be written; is the disk full?");
                Err(OutputError::at("write", &self.path)(cause))
            }
        }
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        self.rows = 0;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        let name = if self.sheets == 1 { "review".to_owned() } else { format!("review {}", self.sheets) };
        sheet.set_name(name)?;
        for (place, (name, width)) in (0u16..).zip(COLUMNS) {
            sheet.set_column_width(place, width)?;
            sheet.set_column_format(place, self.formats.column(place))?;
            sheet.write_string_with_format(0, place, name, &self.formats.header)?;
        }
        sheet.insert_note(
            0,
            0,
            &Note::new(HOW_TO).add_author_prefix(false).set_width(320).set_height(170),
        )?;
        sheet.set_freeze_panes(1, FROZEN)?;
        sheet.set_repeat_rows(0, 0)?;
        print_wide(sheet);
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let last = self.rows.max(1);
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        // The library writes a last row that has a height twice. This one has none, and nothing in it.
        sheet.write_blank(last + 1, 0, &self.formats.text)?;
        sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
        sheet.set_print_area(0, 0, last, PRINTED - 1)?;
        let validation = DataValidation::new()
            .allow_list_strings(&["accept", "reject", "edit"])?
            .set_input_title("Decision")?
            .set_input_message("accept, reject or edit; empty leaves it open")?
            .set_error_style(DataValidationErrorStyle::Information)
            .set_error_title("Decision")?
            .set_error_message("accept, reject and edit are understood, and y and n.")?;
        sheet.add_data_validation(1, 0, last, 0, &validation)?;
        for (word, format) in
            [("accept", &self.formats.accept), ("reject", &self.formats.reject), ("edit", &self.formats.edit)]
        {
            let rule = ConditionalFormatText::new()
                .set_rule(ConditionalFormatTextRule::BeginsWith(word.to_owned()))
                .set_format(format);
            sheet.add_conditional_format(1, 0, last, 0, &rule)?;
        }
        Ok(())
    }

    fn about(&mut self, about: &[(&str, String)]) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet();
        sheet.set_name("about")?;
        sheet.set_column_width(0, 26)?;
        sheet.set_column_width(1, ABOUT as f64)?;
        print_wide(sheet);
        let Formats { header, bold, text, .. } = &self.formats;
        let left = Format::new().set_align(FormatAlign::Left);
        sheet.write_string_with_format(0, 0, "Scrubjay review", header)?;
        sheet.write_string_with_format(0, 1, "", header)?;
        let mut at = 1;
        for (name, value) in about {
            sheet.write_string_with_format(at, 0, *name, bold)?;
            sheet.write_string_with_format(at, 1, clean(value), text)?;
            at += 1;
        }
        at += 1;
        for ((kind, action), count) in &self.counts {
            sheet.write_string_with_format(at, 0, format!("{}, {}", kind.as_str(), action.as_str()), bold)?;
            sheet.write_number_with_format(at, 1, *count as f64, &left)?;
            at += 1;
        }
        at += 1;
        for line in [
            "In the column decision of each row, choose accept, reject or edit; HOW",
            "Sorting, filtering, hiding and deleting rows or columns does no harm, except to the columns row_id and decision.",
            "Save the workbook (xlsx, ods, xls or csv) and give it to: scrubjay apply DIR SHEET",
            "scrubjay apply DIR SHEET --dry-run says what it understands and writes nothing.",
            "A row of your own without row_id, with columns scope (corpus or document), kind and text, decides for all rows like it.",
        ] {
            let line = line.replace("HOW", HOW_TO);
            sheet.set_row_height(at, LINE * line.len().div_ceil(ABOUT) as f64)?;
            sheet.write_string_with_format(at, 1, line, text)?;
            at += 1;
        }
        Ok(())
    }
}

/// Prints a sheet across, on the width of a page, with its numbers.
fn print_wide(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&C&P / &N");
}

/// Removes the workbook of an earlier run.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove_report(folder: &Path, name: &str) -> Result<(), OutputError> {
    let path = folder.join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OutputError::at("remove", &path)(error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: XlsxError) -> OutputError {
    let cause = match error {
        XlsxError::IoError(cause) => cause,
        other => io::Error::other(other),
    };
    OutputError::at("write", path)(cause)
}

struct Formats {
    header: Format,
    bold: Format,
    typed: Format,
    text: Format,
    share: Format,
    similarity: Format,
    actions: [Format; 3],
    kinds: [Format; 3],
    accept: Format,
    reject: Format,
    edit: Format,
    same: Format,
    gone: Format,
    come: Format,
}

impl Formats {
    fn new() -> Formats {
        let text = Format::new().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap();
        let tinted = |colour: u32| text.clone().set_background_color(Color::RGB(colour));
        let line = |format: Format| {
            format.set_border_bottom(FormatBorder::Thin).set_border_color(Color::RGB(0xD0D4DA))
        };
        Formats {
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x24476B))
                .set_align(FormatAlign::VerticalCenter),
            bold: Format::new().set_bold().set_align(FormatAlign::Top),
            typed: line(tinted(0xFFFBE6)),
            text: line(text.clone()),
            share: line(Format::new().set_num_format("0.00").set_align(FormatAlign::Top)),
            similarity: line(Format::new().set_num_format("0.000").set_align(FormatAlign::Top)),
            actions: [0xF9D6D5, 0xD7ECD9, 0xFCE8C5].map(tinted).map(line),
            kinds: [0xDCE6F4, 0xE8DFF2, 0xE4EEE8].map(tinted).map(line),
            accept: Format::new().set_background_color(Color::RGB(0xBFE3C4)).set_bold(),
            reject: Format::new().set_background_color(Color::RGB(0xF4B9B6)).set_bold(),
            edit: Format::new().set_background_color(Color::RGB(0xBBD6F2)).set_bold(),
            same: Format::new(),
            gone: Format::new().set_font_color(Color::RGB(0xB3261E)).set_font_strikethrough(),
            come: Format::new().set_font_color(Color::RGB(0x1B6B2F)).set_underline(FormatUnderline::Single),
        }
    }

    /// Of the cells of a column that are given none. To find the number of one that is given takes the library
    /// longer than to write most cells.
    fn column(&self, place: u16) -> &Format {
        match COLUMNS[usize::from(place)].0 {
            _ if place < TYPED => &self.typed,
            "similarity" => &self.similarity,
            "confidence" => &self.share,
            _ => &self.text,
        }
    }

    fn action(&self, action: Action) -> &Format {
        &self.actions[action as usize]
    }

    fn kind(&self, kind: Kind) -> &Format {
        match kind {
            kind if kind.is_repetition() => &self.kinds[0],
            Kind::Mojibake | Kind::InvisibleCharacter | Kind::LookAlike | Kind::Hyphenation => &self.kinds[2],
            Kind::UnbalancedQuote | Kind::Spacing => &self.kinds[2],
            _ => &self.kinds[1],
        }
    }
}

fn write_row(sheet: &mut Worksheet, formats: &Formats, at: u32, row: &ReportRow) -> Result<(), XlsxError> {
    sheet.set_row_height(at, height(row))?;
    let coloured = [
        (3, row.action.as_str(), formats.action(row.action)),
        (4, row.kind.as_str(), formats.kind(row.kind)),
    ];
    for (column, word, format) in coloured {
        sheet.write_string_with_format(at, column, word, format)?;
    }
    write_change(sheet, formats, at, 5, row)?;
    for (column, text) in [
        (6, &row.kept_text),
        (7, &row.reason),
        (10, &row.document),
        (13, &row.kept_document),
        (15, &row.text),
        (16, &row.suggestion),
        (17, &row.context),
        (18, &row.cluster),
        (22, &row.row_id),
    ] {
        if !text.is_empty() {
            sheet.write_string(at, column, clean(text))?;
        }
    }
    for (column, number) in [
        (8, row.similarity),
        (9, Some(row.confidence)),
        (11, Some(row.line as f64)),
        (12, Some(row.column as f64)),
        (14, row.kept_line.map(|line| line as f64)),
        (19, row.cluster_size.map(f64::from)),
        (20, Some(row.span.start as f64)),
        (21, Some(row.span.end as f64)),
    ] {
        if let Some(number) = number {
            sheet.write_number(at, column, number)?;
        }
    }
    Ok(())
}

/// Enough for the longest of the texts that are read together. Not every spreadsheet finds the
/// height of a row by itself.
fn height(row: &ReportRow) -> f64 {
    const MOST_LINES: f64 = 14.0;
    let change =
        if row.context.is_empty() { row.text.len() } else { row.context.len() + row.suggestion.len() };
    let texts =
        [(change, 70.0), (row.kept_text.len(), 60.0), (row.reason.len(), 34.0), (row.document.len(), 28.0)];
    let lines = texts.into_iter().map(|(bytes, width)| (bytes as f64 / (width * 0.9)).ceil());
    LINE * lines.fold(1.0, f64::max).min(MOST_LINES)
}

/// What changes, with the words that matter marked: a typo in its context, a sentence beside the
/// one that is kept.
fn write_change(
    sheet: &mut Worksheet,
    formats: &Formats,
    at: u32,
    column: u16,
    row: &ReportRow,
) -> Result<(), XlsxError> {
    let is_long = row.text.len() + row.kept_text.len() + row.context.len() > MARKED;
    let is_shown_only = row.kind.is_repetition() && !row.kind.is_copy() && row.suggestion.is_empty();
    let marked: Vec<(&Format, Cow<str>)> = if is_long || is_shown_only || row.text == row.kept_text {
        Vec::new()
    } else if row.kind.is_copy() && row.suggestion.is_empty() {
        // What the kept copy lacks is what would be lost.
        word_diff(&row.kept_text, &row.text)
            .into_iter()
            .filter_map(|stretch| match stretch {
                Stretch::Same(same) => Some((&formats.same, clean(same))),
                Stretch::Come(own) => Some((&formats.gone, clean(own))),
                Stretch::Gone(_) => None,
            })
            .collect()
    } else {
        let (before, after) = around(row);
        vec![
            (&formats.same, clean(before)),
            (&formats.gone, clean(&row.text)),
            (&formats.come, clean(&row.suggestion)),
            (&formats.same, clean(after)),
        ]
    };
    let segments: Vec<(&Format, &str)> = marked
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(format, text)| (*format, text.as_ref()))
        .collect();
    if segments.len() < 2 {
        return sheet.write_string(at, column, clean(&row.text)).map(|_| ());
    }
    sheet.write_rich_string_with_format(at, column, &segments, &formats.text).map(|_| ())
}

/// The context of a typo, before and behind it.
pub(super) fn around(row: &ReportRow) -> (&str, &str) {
    match row.context_place {
        Some(place) if row.context[place..].starts_with(&row.text) => {
            (&row.context[..place], &row.context[place + row.text.len()..])
        }
        _ => ("", ""),
    }
}

/// A text that a cell can hold: without what XML cannot, and not too long.
fn clean(text: &str) -> Cow<'_, str> {
    let mut out = shown(text);
    if out.contains(['\u{fffe}', '\u{ffff}']) {
        out = out.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}").into();
    }
    // A character has at least as many bytes as UTF-16 units.
    if out.len() <= CELL {
        return out;
    }
    let mut units = 0;
    let over = out.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    match over {
        Some((cut, _)) => format!("{}… [cut, {} more]", &out[..cut], out[cut..].chars().count()).into(),
        None => out,
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, open_workbook_auto_from_rs};

    use super::*;
    use crate::model::Span;

    #[test]
    fn a_cell_is_as_long_as_a_spreadsheet_counts_it() {
        for text in ["x", "é", "😀"] {
            let long = text.repeat(40_000);
            let cell = clean(&long);
            let units = cell.encode_utf16().count();
            assert!((CELL..32_767).contains(&units), "{text}: {units}");
        }
        assert!(clean(&"😀".repeat(20_000)).ends_with("… [cut, 5000 more]"));
        assert_eq!(clean(&"😀".repeat(15_000)).chars().count(), 15_000);
    }

    fn row(text: &str) -> ReportRow {
        ReportRow {
            row_id: "rqqdsd17wyhp".into(),
            action: Action::Remove,
            kind: Kind::NearDuplicate,
            text: text.into(),
            suggestion: String::new(),
            kept_text: "The five men left.".into(),
            similarity: Some(0.9),
            confidence: 0.98,
            document: "00123".into(),
            line: 3,
            column: 1,
            kept_document: "b.txt".into(),
            kept_line: Some(7),
            reason: "=1+1".into(),
            context: String::new(),
            context_place: None,
            cluster: "c1".into(),
            cluster_size: Some(2),
            span: Span::new(0, 3),
        }
    }

    #[test]
    fn every_row_of_a_sheet_stands_there_once() {
        for rows in [1, 2, 5] {
            let folder = tempfile::tempdir().unwrap();
            let mut workbook = WorkbookWriter::create(folder.path()).unwrap();
            (0..rows).for_each(|_| workbook.row(&row("The five men left the house.")).unwrap());
            let path = workbook.finish(&[]).unwrap();
            let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
            let sheet = io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
            let numbers = sheet.split("<row r=\"").skip(1);
            let numbers: Vec<u32> =
                numbers.map(|rest| rest.split_once('"').unwrap().0.parse().unwrap()).collect();
            assert_eq!(numbers, (1..=rows + 2).collect::<Vec<u32>>());
        }
    }

    fn written(rows: &[ReportRow]) -> Vec<Vec<Data>> {
        let folder = tempfile::tempdir().unwrap();
        let mut workbook = WorkbookWriter::create(folder.path()).unwrap();
        rows.iter().for_each(|row| workbook.row(row).unwrap());
        let path = workbook.finish(&[("program", "scrubjay".into())]).unwrap();
        let bytes = fs::read(path).unwrap();
        let mut read = open_workbook_auto_from_rs(io::Cursor::new(bytes)).unwrap();
        assert_eq!(read.sheet_names(), ["review", "about"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary was left");
        read.worksheet_range("review").unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn texts_come_back_as_texts_whatever_they_look_like() {
        for text in [
            "=1+1",
            "00123",
            "1e10",
            "TRUE",
            "3-11",
            "'x",
            " a ",
            "_x0041_",
            "<b>&amp;",
            "a\u{202e}b 😀",
            "q\u{ffff}",
        ] {
            let rows = written(&[row(text)]);
            let column = COLUMNS.iter().position(|(name, _)| *name == "text").unwrap();
            assert_eq!(rows[1][column], Data::String(clean(text).into_owned()), "{text:?}");
            assert_eq!(rows[1][10], Data::String("00123".into()));
        }
    }

    #[test]
    fn a_very_long_text_is_cut_and_says_so() {
        let rows = written(&[row(&"word ".repeat(10_000))]);
        assert!(rows[1][15].to_string().ends_with("… [cut, 20000 more]"));
    }

    #[test]
    fn the_header_names_every_column_once() {
        let rows = written(&[row("a")]);
        let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        assert_eq!(header, COLUMNS.map(|(name, _)| name));
        for column in crate::output::REPORT_COLUMNS {
            assert!(header.iter().any(|name| name == column), "{column}");
        }
        assert_eq!(rows[1].len(), COLUMNS.len());
        assert_eq!(rows[1][22], Data::String("rqqdsd17wyhp".into()));
    }

    #[test]
    fn the_same_rows_make_the_same_bytes() {
        let bytes = || {
            let folder = tempfile::tempdir().unwrap();
            let mut workbook = WorkbookWriter::create(folder.path()).unwrap();
            workbook.row(&row("The six men left.")).unwrap();
            fs::read(workbook.finish(&[]).unwrap()).unwrap()
        };
        assert!(bytes() == bytes());
    }
}
