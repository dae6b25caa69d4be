use std::fs;
use std::io::Write;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use crate::fixture::{Fixture, tree};

/// Runs a shell line with the program as `$PROGRAM`, in the fixture's folder.
fn shell(fixture: &Fixture, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(fixture.path())
        .env("PROGRAM", env!("CARGO_BIN_EXE_scrubjay"))
        .output()
        .unwrap()
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_document_over_the_limit_is_left_out_and_listed() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    fixture.write("long.txt", "A long story has no end. ".repeat(100).as_bytes());
    let lines = format!("{{\"text\":\"It doesnt snow.\"}}\n{{\"text\":\"{}\"}}\n", "x".repeat(900_000));
    fixture.write("lines.jsonl", lines.as_bytes());
    fixture
        .clean(&["--max-document-size", "1KB"], 3)
        .says("long.txt: holds a document of more than 1000 bytes");
    assert_eq!(fixture.cleaned()["a.txt"], b"It doesn't rain.\n");
    assert!(!fixture.cleaned().contains_key("long.txt"));
}

#[test]
fn an_archive_that_is_a_trap_is_left_out_and_listed() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let spaces = vec![b' '; 1 << 20];
    (0..200).for_each(|_| encoder.write_all(&spaces).unwrap());
    fixture.write("trap.txt.zst", &encoder.finish().unwrap());
    fixture.clean(&[], 3).says("trap.txt.zst: unpacks to more than 1000 times its size");
    assert_eq!(fixture.cleaned().keys().collect::<Vec<_>>(), ["a.txt"]);
}

#[test]
fn folders_deeper_than_a_path_can_be_are_listed_and_the_rest_is_cleaned() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    // Built from within, as no path is long enough.
    let deep = "cd corpus; for i in $(seq 60); do mkdir $(printf 'd%.0s' $(seq 100)); \
                cd $(printf 'd%.0s' $(seq 100)); done; echo 'It doesnt snow.' > end.txt";
    exits(&shell(&fixture, deep), 0);
    let run = fixture.clean(&[], 3);
    run.says("cannot be read: File name too long");
    assert_eq!(fixture.cleaned()["a.txt"], b"It doesn't rain.\n");
    // Removed from within, as well.
    exits(&shell(&fixture, "find corpus -depth -delete"), 0);
}

#[test]
fn thirty_open_files_are_enough_for_any_number_of_documents() {
    let fixture = Fixture::empty();
    for n in 0..300 {
        fixture
            .write(&format!("{}/{n}.txt", n % 7), format!("It doesnt matter to visitor {n}.\n").as_bytes());
    }
    let run = shell(&fixture, "ulimit -n 30; $PROGRAM clean corpus --output out --threads 4");
    exits(&run, 0);
    assert_eq!(fixture.cleaned().len(), 300);
}

#[test]
fn too_few_open_files_are_told_and_nothing_is_half_written() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n//- b.txt\nIt doesnt snow.\n");
    fixture.clean(&["--find", "duplicates"], 0);
    let old = tree(&fixture.output());
    for limit in 4..14 {
        let run =
            shell(&fixture, &format!("ulimit -n {limit}; $PROGRAM clean corpus --output out --threads 1"));
        // 127: not even the program could be loaded.
        let code = run.status.code().unwrap();
        assert!(
            [0, 2, 3, 4, 127].contains(&code),
            "limit {limit}: {code}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        if code != 0 {
            assert!(!run.stderr.is_empty(), "limit {limit} is not told");
        }
        for (name, bytes) in fixture.cleaned() {
            let after = String::from_utf8_lossy(&bytes).replace("doesnt", "doesn't").into_bytes();
            assert!(old[&format!("text/{name}")] == bytes || after == bytes, "{name} at limit {limit}");
        }
    }
    fixture.clean(&[], 0);
    assert_eq!(fixture.cleaned()["b.txt"], b"It doesn't snow.\n");
}

#[test]
fn a_text_field_that_most_lines_lack_stops_the_run_and_the_keys_are_told() {
    let fixture = Fixture::empty();
    let lines = |key: &str, count| format!("{{\"{key}\":\"It doesnt rain.\",\"id\":7}}\n").repeat(count);
    fixture.write("a.jsonl", lines("body", 5).as_bytes());
    fixture.clean(&[], 2).says(
        "5 of 5 JSONL lines have no text in the field 'text' (a.jsonl:1: no field 'text', but body, id)",
    );
    fixture.clean(&["--text-field", "body"], 0);
    // A long file is judged by its beginning.
    fixture.write("a.jsonl", (lines("body", 700) + &lines("text", 100_000)).as_bytes());
    let run = fixture.clean(&[], 0);
    assert!(!run.stderr().contains("have no text"), "read by the megabyte, most lines have text");
    fixture.write("a.jsonl", (lines("body", 60_000) + &lines("text", 100_000)).as_bytes());
    fixture.clean(&[], 2).says("--text-field");
    // Some lines of another kind beside texts are no reason to stop.
    fixture.write("a.jsonl", lines("body", 5).as_bytes());
    fixture.write("b.txt", b"It doesnt rain.\n");
    fixture.clean(&[], 0);
}

#[test]
fn ids_are_no_paths_and_those_that_stand_twice_name_nothing() {
    let fixture = Fixture::new(
        "//- a.jsonl\n{\"text\":\"It doesnt rain.\",\"id\":\"../../../etc/passwd\"}\n\
         {\"text\":\"It doesnt snow.\",\"id\":\"same\"}\n{\"text\":\"It doesnt hail.\",\"id\":\"same\"}\n\
         {\"text\":\"It doesnt hail.\",\"id\":3}\n",
    );
    let before: Vec<String> = tree(fixture.path()).into_keys().collect();
    fixture.clean(&["--id-field", "id", "-v"], 0).says("an id stands more than once");
    let documents: Vec<String> = fixture.rows().into_iter().map(|row| row["document"].clone()).collect();
    assert_eq!(documents, ["a.jsonl#../../../etc/passwd", "a.jsonl#line 2", "a.jsonl#line 3", "a.jsonl#3"]);
    assert_eq!(fixture.cleaned().keys().collect::<Vec<_>>(), ["a.jsonl"]);
    let new = tree(fixture.path()).into_keys().filter(|name| !before.contains(name));
    assert!(new.into_iter().all(|name| name.starts_with("out/")));
    // A decision about the third line is not about the line that is called 3.
    let sheet = fixture.decide("sheet.csv", |row| match row["document"].as_str() {
        "a.jsonl#line 3" => ("reject", ""),
        _ => ("", ""),
    });
    fixture.clean(&["--id-field", "id", "--decisions", sheet.to_str().unwrap()], 0);
    let cleaned = &fixture.texts()["a.jsonl"];
    assert!(cleaned.contains("{\"text\":\"It doesnt hail.\",\"id\":\"same\"}"));
    assert!(cleaned.contains("{\"text\":\"It doesn't hail.\",\"id\":3}"));
}

#[test]
fn a_bare_environment_and_a_home_that_may_not_be_written_to_are_enough() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    exits(&shell(&fixture, "env -i $PROGRAM clean corpus --output out < /dev/null > /dev/null"), 0);
    let plain = tree(&fixture.output());
    let odd = "env -i LC_ALL=tr_TR.UTF-8 TZ=Pacific/Kiritimati HOME=/proc TERM=dumb \
               $PROGRAM clean corpus --output out2 > /dev/null";
    exits(&shell(&fixture, odd), 0);
    for (name, content) in tree(&fixture.path().join("out2")) {
        assert!(name == "summary.json" || plain[&name] == content, "{name} depends on the environment");
    }
}

#[test]
fn times_of_files_do_not_matter() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n//- b.txt\nIt doesnt rain.\n");
    fixture.clean(&[], 0);
    let before = tree(&fixture.output());
    for (name, years) in [("a.txt", 30), ("b.txt", 0)] {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 365 * (years + 40));
        fs::File::options()
            .append(true)
            .open(fixture.corpus().join(name))
            .unwrap()
            .set_modified(time)
            .unwrap();
    }
    fixture.clean(&[], 0);
    for (name, content) in tree(&fixture.output()) {
        assert!(name == "summary.json" || before[&name] == content, "{name} depends on times");
    }
}

#[test]
fn control_characters_in_names_are_escaped_in_everything_that_is_written_for_people() {
    let fixture = Fixture::empty();
    fixture.write(
        "a\u{1b}[31m\nb\u{202e}.txt",
        b"It doesnt rain. It doesnt rain. The ferry left the pier at dawn.\n",
    );
    fixture.write("c\u{1b}[31m.txt.gz", b"\x1f\x8bbroken");
    let run = fixture.clean(&["-vv", "--log-file", "log"], 3);
    let log = fs::read_to_string(fixture.path().join("log")).unwrap();
    let report = fs::read_to_string(fixture.output().join("report.csv")).unwrap();
    let summary = fs::read_to_string(fixture.output().join("summary.json")).unwrap();
    for (place, text) in [("stderr", run.stderr()), ("log", log), ("report", report), ("summary", summary)] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{place}: {text:?}");
        assert!(!text.contains("[31m\nb"), "{place}: a name breaks the line");
    }
}
