use std::fs;
use std::os::unix::fs::symlink;

use crate::fixture::{Fixture, tree};

#[test]
fn an_output_that_is_or_holds_or_lies_in_the_input_is_refused() {
    for output in ["corpus", "corpus/out", ".", "corpus/../corpus/deep/out"] {
        let fixture = Fixture::new("//- a.txt\nA.\n//- deep/b.txt\nB.\n");
        let before = tree(fixture.path());
        fixture.run(&["clean", "corpus", "--output", output]).exits(2).says("corpus");
        assert_eq!(tree(fixture.path()), before, "--output {output} changed something");
    }
}

#[test]
fn a_log_or_metrics_that_would_be_a_document_are_refused_before_anything_is_touched() {
    let fixture = Fixture::new("//- a.txt\nThe goverment said no.\n//- deep/b.txt\nB.\n");
    symlink("corpus/a.txt", fixture.path().join("a.log")).unwrap();
    fs::write(fixture.path().join("list"), "corpus/a.txt\n").unwrap();
    let before = tree(fixture.path());
    let clean = ["clean", "corpus", "--output", "out"];
    let listed = ["clean", "--files-from", "list", "--output", "out"];
    for flag in ["--log-file", "--metrics-file"] {
        for file in ["corpus/a.txt", "corpus/new.log", "corpus/deep/../../corpus/new.log", "a.log"] {
            fixture
                .run(&[&clean[..], &[flag, file]].concat())
                .exits(2)
                .says(&format!("{flag} {file} lies inside the corpus"));
        }
        for file in ["corpus/a.txt", "a.log"] {
            fixture.run(&[&listed[..], &[flag, file]].concat()).exits(2).says("is a text of the corpus");
        }
        assert_eq!(tree(fixture.path()), before, "{flag}");
    }
    fixture.run(&["sentences", "corpus", "--log-file", "corpus/a.txt"]).exits(2).says("outside the corpus");
    assert_eq!(tree(fixture.path()), before);
    fixture.run(&clean).exits(0);
    let before = tree(&fixture.corpus());
    let sheet = fixture.output().join("report.csv").display().to_string();
    fixture
        .run(&["apply", "out", &sheet, "--metrics-file", "corpus/a.txt"])
        .exits(2)
        .says("outside the corpus");
    fixture
        .run(&["apply", "out", &sheet, "--log-file", "corpus/new.log"])
        .exits(2)
        .says("outside the corpus");
    assert_eq!(tree(&fixture.corpus()), before);
}

#[test]
fn a_state_among_the_cleaned_texts_is_refused() {
    let fixture = Fixture::new("//- a.txt\nA.\n");
    for state in ["out/text", "out/text/state"] {
        fixture.clean(&["--state", state], 2).says("lies in the cleaned text");
        assert!(!fixture.output().exists());
    }
    fixture.clean(&["--state", "out-state"], 0);
}

#[test]
fn an_output_that_reaches_the_input_through_a_link_is_refused() {
    let fixture = Fixture::new("//- a.txt\nA.\n");
    symlink("corpus", fixture.path().join("elsewhere")).unwrap();
    let before = tree(&fixture.corpus());
    fixture.run(&["clean", "corpus", "--output", "elsewhere"]).exits(2);
    fixture.run(&["clean", "corpus", "--output", "elsewhere/out"]).exits(2);
    fixture.run(&["clean", "elsewhere", "--output", "corpus/out"]).exits(2);
    assert_eq!(tree(&fixture.corpus()), before);
}

#[test]
fn a_folder_with_other_things_in_it_is_refused() {
    let fixture = Fixture::new("//- a.txt\nA.\n");
    fs::create_dir(fixture.output()).unwrap();
    fs::write(fixture.output().join("thesis.txt"), "Years of work.").unwrap();
    fixture.clean(&[], 2).says("out");
    assert_eq!(tree(&fixture.output()).len(), 1);
}

#[test]
fn the_folder_of_an_earlier_run_becomes_an_exact_mirror() {
    let fixture = Fixture::new("//- a.txt\nThe goverment said no.\n//- old/b.txt\nStale words.\n");
    fixture.clean(&[], 0);
    fs::remove_dir_all(fixture.corpus().join("old")).unwrap();
    fixture.write("c.txt", b"Fresh words.\n");
    fixture.clean(&[], 0);
    assert_eq!(fixture.cleaned().keys().collect::<Vec<_>>(), ["a.txt", "c.txt"]);
    assert!(!fixture.output().join("text/old").exists());
}

#[test]
fn an_output_inside_nothing_is_made_with_its_parents() {
    let fixture = Fixture::new("//- a.txt\nA.\n");
    fixture.run(&["clean", "corpus", "--output", "deep/er/out"]).exits(0);
    assert!(fixture.path().join("deep/er/out/text/a.txt").is_file());
}

#[test]
fn nothing_is_left_over_beside_the_results() {
    let fixture =
        Fixture::new("//- a.txt\nThe goverment said no.\n//- b.jsonl\n{\"text\":\"Hello there.\"}\n");
    fixture.clean(&[], 0);
    let names: Vec<String> =
        tree(&fixture.output()).into_keys().filter(|name| !name.starts_with('.')).collect();
    let reports = ["report.csv", "report.html", "review.xlsx", "run.json", "summary.json"];
    assert_eq!(names, [&["ledger.jsonl"], &reports[..], &["text/a.txt", "text/b.jsonl"]].concat());
    fixture.clean(&["--reports", "csv"], 0);
    assert!(!fixture.output().join("report.html").exists() && !fixture.output().join("review.xlsx").exists());
}

#[test]
fn a_check_does_not_put_its_report_beside_the_text_of_another_run() {
    let fixture = Fixture::new("//- a.txt\nA quiet day.\n");
    fixture.clean(&[], 0);
    let before = tree(&fixture.output());
    fixture.run(&["check", "corpus", "--output", "out"]).exits(2).says("earlier run");
    assert_eq!(tree(&fixture.output()), before);
    fixture.run(&["check", "corpus", "--output", "checked"]).exits(0);
    fixture.run(&["check", "corpus", "--output", "checked"]).exits(0);
}

#[test]
fn undo_lists_what_was_changed_after_the_run_and_restores_the_rest() {
    let fixture =
        Fixture::new("//- a.txt\nIt doesnt rain.\n//- b/c.txt\nIt doesnt snow.\n//- d.txt\nA calm day.\n");
    fixture.clean(&[], 0);
    fs::write(fixture.output().join("text/a.txt"), "Somebody wrote here.\n").unwrap();
    fixture.run(&["undo", "out", "--output", "back"]).exits(3).says("a.txt: the cleaned copy was changed");
    let back = tree(&fixture.path().join("back"));
    assert_eq!(back.keys().collect::<Vec<_>>(), ["b/c.txt", "d.txt"]);
    assert_eq!(back["b/c.txt"], b"It doesnt snow.\n");
    fixture.run(&["undo", "out", "--output", "back"]).exits(2).says("not empty");
    for inside in ["out/back", "out/text/back"] {
        fixture.run(&["undo", "out", "--output", inside]).exits(2).says("lies in the folder of the run");
    }
    fixture.run(&["undo", "corpus", "--output", "other"]).exits(2).says("ledger.jsonl");
    fixture.run(&["check", "corpus", "--output", "checked"]).exits(1);
    fixture.run(&["undo", "checked", "--output", "other"]).exits(2).says("nothing to undo");
}
