//! Any bytes as a file of decisions: it is read or refused, and what was read is written so that
//! it is read the same.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrubjay::decide::{Decisions, Verdict};
use scrubjay::model::Kind;
use scrubjay::output::row_id;
use scrubjay::pipeline::{read_decisions, write_decisions};

/// Files of this process, in memory where TMPDIR says so.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("scrubjay-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporaries");
    folder
});

const HEADER: &[u8] = b"row_id,decision,replacement,note,scope,kind,document,text,suggestion\n";

/// Chance finds no id with the right check character: `@` and a letter stand for one.
fn with_ids(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        match (byte, rest.as_slice().first()) {
            (b'@', Some(letter @ b'a'..=b'f')) => {
                let name = char::from(*letter).to_string();
                text.extend(row_id(&name, Kind::Misspelling, "teh", "the", 0).into_bytes());
                rest.next();
            }
            _ => text.push(byte),
        }
    }
    text
}

fn verdicts(decisions: &Decisions) -> Vec<(String, Verdict)> {
    decisions.entries().into_iter().map(|entry| (entry.row_id.clone(), entry.verdict.clone())).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let [form, text @ ..] = bytes else { return };
    let mut sheet = if form & 1 == 0 { HEADER.to_vec() } else { Vec::new() };
    sheet.extend(with_ids(text));
    // Workbooks are read by a library that may panic, and is caught: there is nothing to learn here.
    if sheet.starts_with(b"PK\x03\x04") || sheet.starts_with(b"\xD0\xCF\x11\xE0") {
        return;
    }
    let [typed, kept, again] = ["typed.csv", "kept.csv", "again.csv"].map(|name| FOLDER.join(name));
    fs::write(&typed, &sheet).expect("a temporary can be written");
    let Ok(decisions) = read_decisions(&typed) else { return };
    write_decisions(&kept, &decisions).expect("a temporary can be written");
    let read = read_decisions(&kept).unwrap_or_else(|error| panic!("what was written cannot be read: {error}"));
    assert_eq!(verdicts(&read), verdicts(&decisions));
    write_decisions(&again, &read).expect("a temporary can be written");
    assert_eq!(fs::read(&again).expect("it is there"), fs::read(&kept).expect("it is there"));
});
