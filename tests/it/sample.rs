use std::fs;
use std::path::Path;

use crate::fixture::{Fixture, tree};

/// The sample corpus and what the program says of it. The expected report stands beside as a
/// file; `UPDATE_EXPECTED=1 cargo test sample` writes it anew, for a person to read the difference.
#[test]
fn the_sample_corpus_is_cleaned_as_its_readme_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = Fixture::empty();
    for (name, bytes) in tree(&root.join("sample_corpus")) {
        fixture.write(&name, &bytes);
    }
    fixture.clean(&[], 0);
    let have = fs::read_to_string(fixture.output().join("report.csv")).unwrap();
    let expected = root.join("tests/it/sample_report.csv");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&expected, &have).unwrap();
    }
    let want = fs::read_to_string(&expected).unwrap_or_default();
    let differing: Vec<String> = diff(&want, &have);
    assert!(
        differing.is_empty(),
        "the report of sample_corpus changed; if it should, UPDATE_EXPECTED=1 writes it anew:\n{}",
        differing.join("\n")
    );
}

/// Lines that stand in one of the two only.
fn diff(want: &str, have: &str) -> Vec<String> {
    let (want, have): (Vec<&str>, Vec<&str>) = (want.lines().collect(), have.lines().collect());
    let gone = want.iter().filter(|line| !have.contains(line)).map(|line| format!("- {line}"));
    let come = have.iter().filter(|line| !want.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}
