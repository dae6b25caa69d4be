use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::model::{Action, Kind, ReportRow, Span};
use scrubjay::output::{ReportWriter, WorkbookWriter, row_id};
use scrubjay::sheet;

use crate::fixture::{Fixture, Row, tree};
use crate::programs::Office;

/// What spreadsheets like to take for something else, or cannot hold.
fn nasty() -> Vec<String> {
    let mut texts: Vec<String> = [
        "=1+1",
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1+1",
        "-1",
        "@SUM(1,1)",
        "\t=1",
        " =1+1",
        "＝1+1",
        "'=1",
        "%x|y",
        "00123",
        "12345678901234567890",
        "1e10",
        "123E45678",
        "3-11",
        "1/2",
        "SEPT2",
        "1:30",
        "TRUE",
        "1,234",
        "a;b\tc,d",
        "He said \"no\"; twice.",
        "two\nlines",
        "two\r\nlines",
        "a\u{202e}b\u{200b}c\u{feff}",
        "e\u{301} é 😀 日本",
        "</script><script>alert(1)</script>",
        "\u{1}\u{1f}\u{7f}",
        "_x0041_",
        "sep=;",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("word ".repeat(8_000));
    texts
}

fn rows() -> Vec<ReportRow> {
    let row = |text: String| ReportRow {
        row_id: row_id(&text, Kind::Misspelling, &text, "x", 0),
        action: Action::Replace,
        kind: Kind::Misspelling,
        suggestion: text.clone(),
        kept_text: String::new(),
        similarity: None,
        confidence: 0.5,
        document: text.chars().take(40).collect(),
        line: 1,
        column: 1,
        kept_document: String::new(),
        kept_line: None,
        reason: text.clone(),
        context: text.clone(),
        context_place: Some(0),
        cluster: String::new(),
        cluster_size: None,
        span: Span::new(0, 1),
        text,
    };
    nasty().into_iter().map(row).collect()
}

/// What a reviewer types into the n-th row.
fn typed(n: usize) -> (&'static str, &'static str) {
    [("accept", ""), ("Reject ", ""), ("edit", "naïve “x”; y, z"), ("", ""), ("N", "")][n % 5]
}

/// Decisions by id, as they are read back.
fn read(path: &Path) -> BTreeMap<String, (String, String)> {
    let rows = sheet::read(path).unwrap_or_else(|error| panic!("{error}")).rows;
    rows.into_iter().map(|row| (row.row_id, (row.decision.trim().to_lowercase(), row.replacement))).collect()
}

fn expected(rows: &[ReportRow]) -> BTreeMap<String, (String, String)> {
    let cells = |(n, row): (usize, &ReportRow)| {
        let (decision, replacement) = typed(n);
        (row.row_id.clone(), (decision.trim().to_lowercase(), replacement.to_owned()))
    };
    rows.iter().enumerate().map(cells).collect()
}

/// A sheet with the decisions typed in: sorted by another column, and without one of them.
fn decided(from: &Path, to: &Path) {
    let bytes = fs::read(from).unwrap();
    let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut table: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    for (n, row) in table.iter_mut().enumerate() {
        (row[place("decision")], row[place("replacement")]) = (typed(n).0.into(), typed(n).1.into());
    }
    table.sort_by(|a, b| b[place("row_id")].cmp(&a[place("row_id")]));
    let without = place("reason");
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_path(to).unwrap();
    for row in std::iter::once(header.clone()).chain(table) {
        writer
            .write_record(row.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, cell)| cell))
            .unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn decisions_come_back_from_everything_libreoffice_saves() {
    let folder = tempfile::tempdir().unwrap();
    let Some(office) = Office::find(folder.path()) else { return };
    let rows = rows();
    let mut report = ReportWriter::create(folder.path(), true).unwrap();
    rows.iter().for_each(|row| report.row(row).unwrap());
    report.finish().unwrap();
    let sheet = folder.path().join("decided.csv");
    decided(&folder.path().join("report.csv"), &sheet);
    let semicolons = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false";
    let commas = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
    for (form, name) in
        [(commas, "c.csv"), (semicolons, "s.csv"), ("xlsx", "x.xlsx"), ("ods", "o.ods"), ("xls", "y.xls")]
    {
        let saved = office.save_as(&sheet, form, name);
        assert_eq!(read(&saved), expected(&rows), "{name}");
        no_formulas(&saved);
    }
    // And on from what it made itself.
    let again = office.save_as(&folder.path().join("x.xlsx"), "ods", "z.ods");
    assert_eq!(read(&again), expected(&rows));
}

#[test]
fn the_workbook_keeps_every_text_in_libreoffice() {
    let folder = tempfile::tempdir().unwrap();
    let Some(office) = Office::find(folder.path()) else { return };
    let rows = rows();
    let mut workbook = WorkbookWriter::create(folder.path()).unwrap();
    rows.iter().for_each(|row| workbook.row(row).unwrap());
    let path = workbook.finish(&[]).unwrap();
    for (form, name) in [("ods", "o.ods"), ("xls", "y.xls"), ("xlsx", "x.xlsx")] {
        let saved = office.save_as(&path, form, name);
        no_formulas(&saved);
        let back = sheet::read(&saved).unwrap().rows;
        assert_eq!(back.len(), rows.len(), "{name}");
        for (row, back) in rows.iter().zip(back) {
            assert_eq!(back.row_id, row.row_id, "{name}");
            // Some forms drop what cannot be seen or hold less in a cell; the rest is as it was.
            if row.text.len() < 1_000 && !row.text.contains(|c: char| c.is_control()) {
                assert_eq!(back.text, row.text, "{name}");
            }
        }
    }
}

#[track_caller]
fn no_formulas(path: &Path) {
    use calamine::Reader;
    if path.extension().is_some_and(|extension| extension == "csv") {
        return;
    }
    let mut workbook = calamine::open_workbook_auto(path).unwrap();
    for name in workbook.sheet_names() {
        let Ok(formulas) = workbook.worksheet_formula(&name) else { continue };
        let found: Vec<&String> =
            formulas.used_cells().map(|(_, _, formula)| formula).filter(|f| !f.is_empty()).collect();
        assert!(found.is_empty(), "{} holds formulas: {found:?}", path.display());
    }
}

fn sample() -> Fixture {
    let fixture = Fixture::empty();
    for (name, bytes) in tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_corpus")) {
        fixture.write(&name, &bytes);
    }
    fixture
}

fn by_id(rows: Vec<Row>) -> BTreeMap<String, Row> {
    rows.into_iter().map(|row| (row["row_id"].clone(), row)).collect()
}

/// One evening of a reviewer, and the night after.
#[test]
fn what_a_reviewer_decides_in_the_workbook_holds_tonight_and_the_next_night() {
    let fixture = sample();
    let Some(office) = Office::find(fixture.path()) else { return };
    fixture.clean(&[], 0);
    let first = by_id(fixture.rows());
    let untouched = tree(&fixture.output().join("text"));

    // In the workbook: the first three removals are rejected, what waits for review is accepted,
    // and a typo is written in another way.
    let as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1";
    let opened = office.save_as(&fixture.output().join("review.xlsx"), as_csv, "opened.csv");
    let mut table = csv::Reader::from_path(&opened).unwrap();
    let header = table.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (mut rejected, mut accepted, mut edited) = (vec![], vec![], vec![]);
    let decided: PathBuf = fixture.path().join("decided.csv");
    let mut writer =
        csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_path(&decided).unwrap();
    writer.write_record(&header).unwrap();
    for row in table.records() {
        let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        let id = row[place("row_id")].clone();
        let known = &first[&id];
        if known["action"] == "remove" && known["kind"] != "duplicate-document" && rejected.len() < 3 {
            row[place("decision")] = "reject".into();
            rejected.push(id);
        } else if known["action"] == "review" && known["kind"] == "near-duplicate" && accepted.len() < 2 {
            row[place("decision")] = "accept".into();
            accepted.push(id);
        } else if known["action"] == "replace" && edited.is_empty() {
            (row[place("decision")], row[place("replacement")]) = ("edit".into(), "now and then".into());
            edited.push(id);
        }
        writer.write_record(&row).unwrap();
    }
    writer.flush().unwrap();
    assert_eq!((rejected.len(), accepted.len(), edited.len()), (3, 2, 1));
    let workbook = office.save_as(&decided, "xlsx", "review.xlsx");

    fixture.run(&["apply", "out", workbook.to_str().unwrap()]).exits(0);
    let check = |night: &str| {
        let rows = by_id(fixture.rows());
        for id in &rejected {
            assert!(!rows.contains_key(id), "{night}: {id} was rejected and is proposed again");
            let (text, document) = (&first[id]["text"], &first[id]["document"]);
            if let Some(cleaned) = tree(&fixture.output().join("text")).get(document) {
                let is_there = String::from_utf8_lossy(cleaned).contains(text.as_str());
                // Texts in other encodings do not show their words as UTF-8.
                assert!(is_there || document.contains("utf16"), "{night}: {document} lost {text:?}");
            }
        }
        for id in &accepted {
            assert_eq!(rows[id]["action"], "remove", "{night}");
        }
        assert_eq!(
            (rows[&edited[0]]["action"].as_str(), rows[&edited[0]]["suggestion"].as_str()),
            ("replace", "now and then")
        );
        for (id, row) in &first {
            if ![&rejected, &accepted, &edited].iter().any(|ids| ids.contains(id)) {
                assert!(rows.contains_key(id), "{night}: undecided {id} is gone: {row:?}");
            }
        }
        tree(&fixture.output().join("text"))
    };
    let tonight = check("tonight");
    assert_ne!(tonight, untouched);
    fixture.clean(&[], 0);
    assert_eq!(check("the next night"), tonight);
    fixture.run(&["undo", "out", "--output", "back"]).exits(0);
    // A packed file is given back unpacked byte for byte, and packed anew.
    let plain = |folder: &Path| -> BTreeMap<String, Vec<u8>> {
        tree(folder).into_iter().filter(|(name, _)| !name.ends_with(".gz")).collect()
    };
    assert!(plain(&fixture.path().join("back")) == plain(&fixture.corpus()));
}
