use std::io::{Read, Write};

use crate::fixture::{Fixture, check, check_with};

const TWICE: &str =
    "The ferry leaves the northern pier at dawn. Snow fell. The ferry leaves the northern pier at dawn.\n";
const ONCE: &str = "The ferry leaves the northern pier at dawn. Snow fell.\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text).unwrap();
    text
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn packed_files_are_cleaned_and_packed_again() {
    let fixture = Fixture::empty();
    fixture.write("a.txt.gz", &gzip(TWICE.as_bytes()));
    fixture.write("b.txt.zst", &zstd::encode_all(TWICE.replace("dawn", "dusk").as_bytes(), 3).unwrap());
    fixture.clean(&[], 0);
    let cleaned = fixture.cleaned();
    assert_eq!(gunzip(&cleaned["a.txt.gz"]), ONCE.as_bytes());
    assert_eq!(zstd::decode_all(&cleaned["b.txt.zst"][..]).unwrap(), ONCE.replace("dawn", "dusk").as_bytes());
}

#[test]
fn a_packed_file_in_which_nothing_changed_is_copied_as_it_stands() {
    let fixture = Fixture::empty();
    let members = [gzip(b"The first member is here. "), gzip(b"The second member follows it.\n")].concat();
    fixture.write("a.txt.gz", &members);
    fixture.write(
        "b.jsonl.gz",
        &[gzip(b"{\"text\":\"One line.\"}\n"), gzip(b"{\"text\":\"Another.\"}\n")].concat(),
    );
    fixture.clean(&[], 0);
    assert_eq!(fixture.cleaned()["a.txt.gz"], members);
    assert_eq!(
        gunzip(&fixture.cleaned()["b.jsonl.gz"]),
        b"{\"text\":\"One line.\"}\n{\"text\":\"Another.\"}\n"
    );
}

#[test]
fn every_member_of_a_packed_file_is_read() {
    let fixture = Fixture::empty();
    let (first, second) = TWICE.split_at(60);
    fixture.write("a.txt.gz", &[gzip(first.as_bytes()), gzip(second.as_bytes())].concat());
    fixture.clean(&[], 0);
    assert_eq!(gunzip(&fixture.cleaned()["a.txt.gz"]), ONCE.as_bytes());
}

#[test]
fn content_wins_over_the_name_and_the_mismatch_is_listed() {
    let fixture = Fixture::empty();
    fixture.write("a.txt", &gzip(TWICE.as_bytes()));
    fixture.clean(&["-v"], 0).says("a.txt: ");
    assert_eq!(gunzip(&fixture.cleaned()["a.txt"]), ONCE.as_bytes());
}

#[test]
fn utf_16_with_a_bom_stays_utf_16() {
    for big in [false, true] {
        let fixture = Fixture::empty();
        fixture.write("a.txt", &utf16(&TWICE.replace("Snow", "Schnee 😀"), big));
        fixture.clean(&[], 0);
        assert_eq!(fixture.cleaned()["a.txt"], utf16(&ONCE.replace("Snow", "Schnee 😀"), big));
    }
}

#[test]
fn bom_line_endings_and_a_missing_last_newline_stay() {
    let crlf = "\u{FEFF}The ferry leaves the northern pier at dawn.\r\n\r\nSnow fell.\r\n\r\nThe ferry leaves the northern pier at dawn.\r\n\r\nThe end is near now";
    let fixture = Fixture::new("");
    fixture.write("a.txt", crlf.as_bytes());
    fixture.clean(&[], 0);
    assert_eq!(
        String::from_utf8(fixture.cleaned()["a.txt"].clone()).unwrap(),
        "\u{FEFF}The ferry leaves the northern pier at dawn.\r\n\r\nSnow fell.\r\n\r\nThe end is near now"
    );
}

#[test]
fn in_jsonl_only_the_text_changes() {
    let line = r#"{"id": 1.0, "text" :"Caf\u00e9 \ud83d\ude00 talk. The goverment said \"no\".\nEnd of it." , "n":[1, 2.50,  null],"text2":"goverment"}"#;
    let fixture = Fixture::empty();
    fixture.write("a.jsonl", format!("{line}\r\n\n{{\"text\": \"Nothing here.\"}}").as_bytes());
    fixture.clean(&["--find", "typos"], 0);
    let wanted = line.replacen("goverment", "government", 1);
    assert_eq!(
        String::from_utf8(fixture.cleaned()["a.jsonl"].clone()).unwrap(),
        format!("{wanted}\r\n\n{{\"text\": \"Nothing here.\"}}")
    );
    let rows = fixture.rows();
    assert_eq!((rows[0]["document"].as_str(), rows[0]["line"].as_str()), ("a.jsonl#1", "1"));
}

#[test]
fn a_jsonl_line_that_another_one_holds_is_dropped() {
    check(
        "//- a.jsonl\n{\"text\":\"The ferry leaves the northern pier at dawn. It carries mail and bread daily.\"}\n\
         {\"id\":2,\"text\":\"The ferry leaves the northern pier at dawn. It carries mail and bread daily.\"}\n\
         {\"text\":\"Snow fell in the night.\"}\n",
        "//- a.jsonl\n{\"text\":\"The ferry leaves the northern pier at dawn. It carries mail and bread daily.\"}\n\
         {\"text\":\"Snow fell in the night.\"}\n",
    );
}

#[test]
fn the_text_field_may_be_nested_and_named() {
    check_with(
        &["--text-field", "body.plain", "--find", "typos"],
        "//- a.ndjson\n{\"text\":\"goverment\",\"body\":{\"plain\":\"The goverment said no.\"}}\n",
        "//- a.ndjson\n{\"text\":\"goverment\",\"body\":{\"plain\":\"The government said no.\"}}\n",
    );
    check_with(
        &["--text-field", "body.plain", "--find", "typos"],
        "//- a.ndjson\n{\"text\":\"goverment\",\"body.plain\":\"The goverment said no.\"}\n",
        "//- a.ndjson\n{\"text\":\"goverment\",\"body.plain\":\"The government said no.\"}\n",
    );
}

#[test]
fn documents_of_a_jsonl_file_can_be_named_by_a_field() {
    let fixture = Fixture::new("//- a.jsonl\n{\"id\":\"../../x\",\"text\":\"The goverment said no.\"}\n");
    fixture.clean(&["--id-field", "id"], 0);
    assert_eq!(fixture.rows()[0]["document"], "a.jsonl#../../x");
    assert_eq!(fixture.cleaned().len(), 1);
}

#[test]
fn in_markdown_only_prose_is_touched() {
    check_with(
        &["--find", "typos"],
        "//- a.md\n---\ntitle: doesnt\n---\n\n# It doesnt matter\n\nIt doesnt say `doesnt` in [what doesnt link](http://doesnt.example/doesnt).\n\n```\ndoesnt\n```\n\n    doesnt\n\n<div>doesnt</div>\n\n| a |\n| --- |\n| doesnt |\n",
        "//- a.md\n---\ntitle: doesnt\n---\n\n# It doesn't matter\n\nIt doesn't say `doesnt` in [what doesn't link](http://doesnt.example/doesnt).\n\n```\ndoesnt\n```\n\n    doesnt\n\n<div>doesnt</div>\n\n| a |\n| --- |\n| doesnt |\n",
    );
}

#[test]
fn files_without_a_known_extension_are_text_if_they_are_utf_8() {
    check(
        "//- NOTES\nIt doesnt say no.\n//- log.out\nIt doesnt say yes.\n",
        "//- NOTES\nIt doesn't say no.\n//- log.out\nIt doesn't say yes.\n",
    );
}

#[test]
fn include_exclude_and_a_list_of_files_choose_what_is_read() {
    let files = "//- a.txt\nA.\n//- b.md\nB.\n//- deep/c.txt\nC.\n//- deep/d.txt\nD.\n";
    let names = |options: &[&str]| {
        let fixture = Fixture::new(files);
        std::fs::write(fixture.path().join("list"), "corpus/b.md\ncorpus/deep/d.txt\n").unwrap();
        fixture.clean(options, 0);
        fixture.cleaned().into_keys().collect::<Vec<_>>()
    };
    assert_eq!(names(&["--include", "*.txt"]), ["a.txt", "deep/c.txt", "deep/d.txt"]);
    assert_eq!(names(&["--exclude", "deep/**"]), ["a.txt", "b.md"]);
    assert_eq!(names(&["--include", "*.txt", "--exclude", "d.*"]), ["a.txt", "deep/c.txt"]);
    assert_eq!(names(&["--files-from", "list"]), ["b.md", "deep/d.txt"]);
}
