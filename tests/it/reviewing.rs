use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::thread;

use crate::fixture::{Fixture, Row};

const CORPUS: &str = "//- a.txt\nThe ferry leaves the northern pier at dawn. Of the 19 people on board, 15 were from the village.\n\
    //- b.txt\nSnow fell. The ferry leaves the northern pier at dawn. The goverment closed the road to the harbour.\n\
    //- c.txt\nThe ferry leaves the northern pier at dawn. Of the 19 people on board, 17 were from the village. It rained.\n";

fn cleaned() -> Fixture {
    let fixture = Fixture::new(CORPUS);
    fixture.clean(&[], 0);
    fixture
}

fn is_repetition_in(row: &Row, document: &str, action: &str) -> bool {
    row["document"] == document && row["action"] == action && row["kind"].contains("duplicate")
}

fn ids(rows: &[Row]) -> BTreeMap<String, String> {
    rows.iter().map(|row| (row["text"].clone(), row["row_id"].clone())).collect()
}

#[test]
fn a_rejected_removal_stays_tonight_and_every_night_after() {
    let fixture = cleaned();
    let before = fixture.texts();
    assert_eq!(before["b.txt"], "Snow fell. The government closed the road to the harbour.\n");
    fixture.decide("sheet.csv", |row| {
        if is_repetition_in(row, "b.txt", "remove") { ("reject", "") } else { ("", "") }
    });
    let run = fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    run.says("   rejected  1");
    run.says("  undecided  3");
    let after = fixture.texts();
    assert_eq!(
        after["b.txt"],
        "Snow fell. The ferry leaves the northern pier at dawn. The government closed the road to the harbour.\n"
    );
    assert_eq!((&after["a.txt"], &after["c.txt"]), (&before["a.txt"], &before["c.txt"]));
    fixture.clean(&[], 0);
    assert_eq!(fixture.texts(), after);
    fixture.run(&["undo", "out", "--output", "back"]).exits(0);
    assert_eq!(crate::fixture::tree(&fixture.path().join("back")), crate::fixture::tree(&fixture.corpus()));
}

#[test]
fn when_the_kept_copy_vanishes_the_one_that_was_to_stay_leads() {
    let fixture = cleaned();
    fixture.decide(
        "sheet.csv",
        |row| if is_repetition_in(row, "c.txt", "remove") { ("n", "") } else { ("", "") },
    );
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    fixture.write("a.txt", b"Nothing of it is left here.\n");
    fixture.clean(&[], 0);
    let rows = fixture.rows();
    let row = rows.iter().find(|row| row["document"] == "c.txt");
    assert!(row.is_none(), "{row:?}");
    assert!(
        fixture.texts().values().any(|text| text.contains("The ferry leaves the northern pier at dawn."))
    );
}

#[test]
fn what_is_accepted_is_done_and_the_undecided_keeps_its_id() {
    let fixture = cleaned();
    let before = ids(&fixture.rows());
    fixture.decide("sheet.csv", |row| if row["action"] == "review" { (" Yes ", "") } else { ("", "") });
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0).says("   accepted  1");
    assert_eq!(fixture.texts()["c.txt"], "It rained.\n");
    let rows = fixture.rows();
    assert_eq!(ids(&rows), before);
    let row = rows.iter().find(|row| row["text"].contains("17")).unwrap();
    assert_eq!(row["action"], "remove");
    assert_eq!(row["reason"], "accepted by a reviewer; numbers differ: 17 / 15");
    assert_eq!((row["kept_document"].as_str(), row["kept_text"].contains("15 were")), ("a.txt", true));
}

#[test]
fn an_edit_writes_what_the_reviewer_wrote_and_shows_it_first() {
    let fixture = cleaned();
    fixture.decide("sheet.csv", |row| match row["kind"].as_str() {
        "misspelling" => ("edit", "county’s government"),
        "near-duplicate" => ("EDIT", "Seventeen villagers were on board."),
        _ => ("", ""),
    });
    let run = fixture.run(&["apply", "out", "sheet.csv", "--dry-run"]).exits(0);
    run.says("[-goverment-]{+county’s government+}");
    run.says("’ (U+2019), which a spreadsheet may have put in by itself");
    run.says("this was a dry run");
    assert!(fixture.texts()["b.txt"].contains("The government"), "a dry run writes nothing");
    assert!(!fixture.output().join("decisions.csv").exists());
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0).says("edited  2");
    let texts = fixture.texts();
    assert_eq!(texts["b.txt"], "Snow fell. The county’s government closed the road to the harbour.\n");
    assert_eq!(texts["c.txt"], "Seventeen villagers were on board. It rained.\n");
    fixture.clean(&[], 0);
    assert_eq!(fixture.texts(), texts);
    // Now the rows propose what was written, and that is what is accepted.
    fixture.decide("again.csv", |row| if row["action"] == "replace" { ("accept", "") } else { ("", "") });
    fixture.run(&["apply", "out", "again.csv"]).exits(0).says("edited  2");
    assert_eq!(fixture.texts(), texts);
    fixture.run(&["undo", "out", "--output", "back"]).exits(0);
    assert_eq!(crate::fixture::tree(&fixture.path().join("back")), crate::fixture::tree(&fixture.corpus()));
}

#[test]
fn a_rejected_correction_of_a_word_is_not_proposed_for_it_in_that_document_again() {
    let fixture = Fixture::new(
        "//- a.txt\nThe goverment closed the road to the harbour again in the winter of that year.\n\
         //- b.txt\nIt doesnt matter to the people of the town that the road was closed.\n",
    );
    fixture.clean(&["--find", "typos"], 0);
    fixture.decide("sheet.csv", |row| if row["document"] == "a.txt" { ("reject", "") } else { ("", "") });
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    fixture.write("a.txt", b"The goverment closed the road to the harbour. Nobody told the goverment why the people should walk.\n");
    fixture.clean(&["--find", "typos"], 0);
    let documents: Vec<String> = fixture.rows().iter().map(|row| row["document"].clone()).collect();
    assert_eq!(documents, ["b.txt"]);
    fs::remove_file(fixture.output().join("decisions.csv")).unwrap();
    fixture.clean(&["--find", "typos"], 0);
    assert_eq!(fixture.rows().len(), 3, "without the decision both are proposed");
}

#[test]
fn a_bulk_decision_holds_for_every_row_it_describes() {
    let fixture = cleaned();
    let bulk = "row_id,decision,scope,kind,text\n,reject,corpus,misspelling,goverment\n\
        ,reject,corpus,,The ferry leaves the northern pier at dawn.\n";
    fs::write(fixture.path().join("bulk.csv"), bulk).unwrap();
    fixture.run(&["apply", "out", "bulk.csv"]).exits(0).says("in bulk  2 decisions");
    let texts = fixture.texts();
    assert!(
        texts["b.txt"].contains("The ferry leaves the northern pier at dawn. The goverment"),
        "{texts:#?}"
    );
    assert!(texts["c.txt"].starts_with("The ferry leaves"), "{texts:#?}");
    fixture.run(&["check", "corpus", "--decisions", "out/decisions.csv"]).exits(0);
}

#[test]
fn of_two_bulk_decisions_that_contradict_each_other_neither_holds() {
    let fixture = cleaned();
    let bulk = "row_id,decision,scope,kind,text\n,reject,corpus,misspelling,goverment\n\
        ,reject,corpus,,The ferry leaves the northern pier at dawn.\n,accept,corpus,misspelling,goverment\n";
    fs::write(fixture.path().join("bulk.csv"), bulk).unwrap();
    let run = fixture.run(&["apply", "out", "bulk.csv"]).exits(1);
    run.says("bulk.csv row 2: decided otherwise in bulk.csv row 4");
    run.says("bulk.csv row 4: decided otherwise in bulk.csv row 2");
    let text = fixture.texts()["b.txt"].clone();
    assert!(text.contains("The ferry leaves the northern pier at dawn. The government"), "{text}");
    let run = fixture.run(&["clean", "corpus", "--output", "out", "--decisions", "bulk.csv"]).exits(2);
    run.says("row 4: decided otherwise in row 2");
}

#[test]
fn a_bulk_decision_may_be_copied_from_the_report_which_shows_two_lines_as_one() {
    let fixture = Fixture::new(
        "//- a.txt\nThe ministry gave no infor-\nmation about the attack on the coastal town.\n\
         //- b.txt\nNobody had any infor-\nmation about the road that leads to the harbour.\n",
    );
    fixture.clean(&["--find", "typos"], 0);
    let shown = fixture.rows()[0]["text"].clone();
    assert!(shown.contains('⏎'), "{shown}");
    let kept = fixture.texts();
    let bulk = format!("row_id,decision,scope,kind,text\n,reject,corpus,hyphenation,{shown}\n");
    fs::write(fixture.path().join("bulk.csv"), bulk).unwrap();
    fixture.run(&["apply", "out", "bulk.csv"]).exits(0).says("in bulk  1 decision");
    assert_ne!(fixture.texts(), kept);
    assert!(fixture.texts().values().all(|text| text.contains("infor-\nmation")), "{:#?}", fixture.texts());
    fixture.clean(&["--find", "typos"], 0);
    assert!(fixture.rows().is_empty(), "the next night proposes none of them");
}

#[test]
fn what_cannot_be_meant_is_refused_and_listed_and_the_rest_is_done() {
    let fixture = cleaned();
    let rows = fixture.rows();
    let id = |wanted: &str| rows.iter().find(|row| row["text"].contains(wanted)).unwrap()["row_id"].clone();
    let (typo, numbers) = (id("goverment"), id("17 were"));
    let ferry = rows.iter().find(|row| is_repetition_in(row, "b.txt", "remove")).unwrap()["row_id"].clone();
    let miscopied = format!("{}{}", &typo[..11], if typo.ends_with('0') { '1' } else { '0' });
    let other = scrubjay::output::row_id("other.txt", scrubjay::model::Kind::Misspelling, "teh", "the", 0);
    let sheet = format!(
        "row_id,decision,replacement\n{typo},accept,\n{typo},reject,\n{numbers},perhaps,\n{miscopied},accept,\n\
         {other},accept,\n{ferry},Reject ,\n{ferry},reject,\n,accept,\n"
    );
    fs::write(fixture.path().join("sheet.csv"), sheet).unwrap();
    let run = fixture.run(&["apply", "out", "sheet.csv"]).exits(1);
    for said in [
        "sheet.csv row 2 (",
        "decided otherwise in sheet.csv row 3",
        "decided otherwise in sheet.csv row 2",
        "sheet.csv row 4 (",
        "'perhaps' is no decision; type accept, reject or edit",
        "the row_id is miscopied",
        "no row of this run has this row_id",
        "sheet.csv row 9: there is a decision and no row_id",
        "   rejected  1",
        "conflicting  2",
        "    unknown  2",
        "  not clear  2",
    ] {
        run.says(said);
    }
    assert!(fixture.texts()["b.txt"].contains("The ferry leaves"), "the rest is done");
}

#[test]
fn rows_of_a_document_that_changed_are_refused_and_the_rest_is_done() {
    let fixture = cleaned();
    fixture.decide("sheet.csv", |_| ("accept", ""));
    fixture.write("c.txt", format!("{} Now.\n", CORPUS.lines().last().unwrap()).as_bytes());
    let run = fixture.run(&["apply", "out", "sheet.csv"]).exits(1);
    run.says("      stale  2");
    run.says("c.txt changed since the run");
    assert!(fixture.texts()["c.txt"].contains("17 were from the village"));
    assert_eq!(fixture.texts()["b.txt"], "Snow fell. The government closed the road to the harbour.\n");
}

#[test]
fn lines_added_to_a_jsonl_file_make_no_row_stale() {
    let line = |text: &str| format!("{{\"text\":\"{text}\"}}\n");
    let fixture = Fixture::empty();
    let first = line("The goverment closed the road to the harbour in the winter.");
    let lines = first.clone() + &line("It doesnt matter to the people of the town.");
    fixture.write("a.jsonl", lines.as_bytes());
    fixture.clean(&["--find", "typos"], 0);
    fixture.decide("sheet.csv", |_| ("reject", ""));
    let changed = first + &line("So it doesnt matter to the people of the town.") + &line("More.");
    fixture.write("a.jsonl", changed.as_bytes());
    let run = fixture.run(&["apply", "out", "sheet.csv"]).exits(1);
    run.says("   rejected  1");
    run.says("      stale  1");
}

#[test]
fn a_sheet_of_something_else_is_an_error_and_nothing_is_written() {
    let fixture = cleaned();
    let before = crate::fixture::tree(&fixture.output());
    fs::write(fixture.path().join("x.csv"), "a,b\n1,2\n").unwrap();
    fs::write(fixture.path().join("y.csv"), "row_id,decision\nr0000000000x,accept\n").unwrap();
    fixture.run(&["apply", "out", "x.csv"]).exits(2).says("no columns row_id and decision");
    fixture.run(&["apply", "out", "y.csv"]).exits(2).says("no row_id of 'y.csv' is known to the run in out");
    fixture.run(&["apply", "out", "none.csv"]).exits(2);
    fixture.run(&["apply", "corpus", "x.csv"]).exits(2).says("run clean into this folder");
    assert_eq!(crate::fixture::tree(&fixture.output()), before);
}

#[test]
fn decisions_typed_into_the_report_itself_outlive_the_next_run() {
    let fixture = cleaned();
    let report = fixture.output().join("report.csv");
    let typed = fixture.decide("typed.csv", |row| match row["kind"].as_str() {
        "misspelling" => ("reject", ""),
        "near-duplicate" => ("perhaps", ""),
        _ => ("", ""),
    });
    fs::rename(typed, &report).unwrap();
    let run = fixture.clean(&[], 0);
    run.says("1 decision typed into the reports of the last run taken up");
    run.says("refused-report.csv");
    assert!(fixture.texts()["b.txt"].contains("The goverment"));
    assert!(fs::read_to_string(fixture.output().join("refused-report.csv")).unwrap().contains("perhaps"));
    let quiet = fixture.clean(&[], 0);
    assert!(!quiet.stderr().contains("taken up"), "{}", quiet.stderr());
    assert!(fixture.texts()["b.txt"].contains("The goverment"));
    // What is refused another night has a copy of its own.
    let typed = fixture.decide("typed.csv", |row| match row["kind"].as_str() {
        "near-duplicate" => ("maybe", ""),
        _ => ("", ""),
    });
    fs::rename(typed, &report).unwrap();
    fixture.clean(&[], 0).says("kept as refused-2-report.csv");
    for (copy, typed) in [("refused-report.csv", "perhaps"), ("refused-2-report.csv", "maybe")] {
        assert!(fs::read_to_string(fixture.output().join(copy)).unwrap().contains(typed), "{copy}");
    }
}

#[test]
fn a_report_that_is_named_as_the_decisions_stays_as_its_people_made_it() {
    let fixture = cleaned();
    fixture.decide("team.csv", |row| if row["kind"] == "misspelling" { ("reject", "") } else { ("", "") });
    let team = || fs::read(fixture.path().join("team.csv")).unwrap();
    let before = team();
    fixture.clean(&["--decisions", "team.csv"], 0);
    fixture.decide("new.csv", |row| if row["action"] == "remove" { ("reject", "") } else { ("", "") });
    fixture.run(&["apply", "out", "new.csv"]).exits(0);
    assert_eq!(team(), before);
    let both_hold = || {
        let rows = fixture.rows();
        fixture.texts()["b.txt"].contains("The goverment") && rows.iter().all(|row| row["action"] != "remove")
    };
    assert!(both_hold());
    fixture.clean(&["--decisions", "team.csv"], 0);
    assert!(both_hold());
    assert_eq!(team(), before);
    // What its people take back is gone, and what was decided beside it stays.
    fs::write(fixture.path().join("team.csv"), "row_id,decision,remark\n").unwrap();
    fixture.clean(&["--decisions", "team.csv"], 0);
    assert!(!fixture.texts()["b.txt"].contains("The goverment"));
    assert!(fixture.rows().iter().all(|row| row["action"] != "remove"));
}

#[test]
fn a_sheet_with_two_columns_for_decisions_is_refused() {
    let fixture = cleaned();
    let id = &fixture.rows()[0]["row_id"];
    let sheet = format!("row_id,decision,Decision\n{id},,reject\n");
    fs::write(fixture.path().join("sheet.csv"), sheet).unwrap();
    fixture.run(&["apply", "out", "sheet.csv"]).exits(2).says("two columns decision");
}

#[test]
fn a_file_of_decisions_is_strict_and_may_stand_anywhere() {
    let fixture = cleaned();
    fixture.decide("sheet.csv", |row| if row["kind"] == "misspelling" { ("reject", "") } else { ("", "") });
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    fs::rename(fixture.output().join("decisions.csv"), fixture.path().join("team.csv")).unwrap();
    fixture.clean(&["--decisions", "team.csv"], 0);
    assert!(fixture.texts()["b.txt"].contains("The goverment"));
    assert!(!fixture.output().join("decisions.csv").exists());
    fixture.clean(&["--decisions", "missing.csv"], 2).says("missing.csv");
    fs::write(fixture.path().join("wrong.csv"), "row_id,decision\nrqqdsd17wyhp,perhaps\n").unwrap();
    fixture.clean(&["--decisions", "wrong.csv"], 2).says("wrong.csv: row 2: 'perhaps' is no decision");
    let merged = "row_id,decision\nrqqdsd17wyhp,accept\nrqqdsd17wyhp,reject\n";
    fs::write(fixture.path().join("merged.csv"), merged).unwrap();
    fixture.clean(&["--decisions", "merged.csv"], 2).says("row 3: decided otherwise in row 2");
}

#[test]
fn a_document_that_is_not_to_be_left_out_keeps_every_sentence() {
    let fixture = Fixture::new(
        "//- a.txt\nThe ferry leaves the northern pier at dawn. It carries mail, bread and two bicycles. Nobody waves.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn. It carries mail, bread and two bicycles.\n",
    );
    fixture.clean(&[], 0);
    assert_eq!(fixture.cleaned().len(), 1);
    fixture.decide("sheet.csv", |_| ("reject", ""));
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    assert_eq!(fixture.cleaned(), crate::fixture::tree(&fixture.corpus()));
    assert_eq!(fixture.rows().len(), 0);
}

#[test]
fn a_review_at_the_terminal_keeps_every_answer_at_once_and_goes_on_where_it_stopped() {
    let fixture = cleaned();
    let run = fixture.run_with_input(&["review", "out"], "y\n?\nn\nu\ns\nq\n").exits(0);
    run.says("[-15-]{+17+} were from the village");
    run.says("why  numbers differ: 17 / 15");
    run.says("u  undo the last answer");
    let decisions = || fs::read_to_string(fixture.output().join("decisions.csv")).unwrap_or_default();
    assert_eq!(decisions().lines().count(), 2, "the header and one answer:\n{}", decisions());
    assert!(decisions().contains(",accept,"));
    // The one that was answered is not asked about again; an edit, and all of a cluster.
    let run = fixture.run_with_input(&["review", "out"], "a\nn\ne\ncouncil\n").exits(0);
    assert!(!run.stdout().contains("numbers differ"), "{}", run.stdout());
    let kept = decisions();
    assert_eq!((kept.matches(",reject,").count(), kept.matches(",edit,council,").count()), (2, 1), "{kept}");
    fixture.run(&["apply", "out", "out/decisions.csv"]).exits(0);
    let texts = fixture.texts();
    assert!(
        texts["b.txt"].contains("The ferry leaves the northern pier at dawn. The council closed"),
        "{texts:#?}"
    );
    fixture.run_with_input(&["review", "out"], "").exits(0);
}

#[test]
fn two_people_who_review_at_the_same_time_lose_no_answer() {
    let fixture = cleaned();
    let decisions = || fs::read_to_string(fixture.output().join("decisions.csv")).unwrap_or_default();
    let mut first = fixture.begin(&["review", "out"]);
    let mut keyboard = first.stdin.take().unwrap();
    keyboard.write_all(b"y\n").unwrap();
    while !decisions().contains(",accept,") {
        thread::yield_now();
    }
    fixture.run_with_input(&["review", "out"], "n\nq\n").exits(0);
    keyboard.write_all(b"s\nn\nq\n").unwrap();
    drop(keyboard);
    assert!(first.wait_with_output().unwrap().status.success());
    let kept = decisions();
    assert_eq!((kept.matches(",accept,").count(), kept.matches(",reject,").count()), (1, 2), "{kept}");
}

#[test]
fn explain_tells_what_differs_why_that_copy_stayed_and_what_spoke_for_a_word() {
    let fixture = cleaned();
    let rows = fixture.rows();
    let id = |wanted: &str| rows.iter().find(|row| row["text"].contains(wanted)).unwrap()["row_id"].clone();
    let numbers = fixture.run(&["explain", "out", &id("17 were")]).exits(0);
    for said in [
        "review: nothing is done",
        "numbers differ: 17 / 15",
        "[-15-]{+17+}",
        "a.txt:1: Of the 19",
        "then the first",
    ] {
        numbers.says(said);
    }
    let typo = fixture.run(&["explain", "out", &id("goverment")]).exits(0);
    typo.says("The [-goverment-]{+government+} closed the road");
    typo.says("  candidate  government");
    fixture.run(&["explain", "out", "r123"]).exits(2).says("no row_id, or is miscopied");
}

#[test]
fn explain_does_not_mix_the_text_of_the_run_with_what_stands_there_now() {
    let fixture = Fixture::new(
        "//- a.txt\nThe ferry leaves the northern pier at dawn with mail.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn with mails. The goverment closed it.\n\
         //- c.jsonl\n{\"text\":\"It rains on the old harbour when the goverment comes.\",\"id\":\"same\"}\n\
         {\"text\":\"Nothing is here.\",\"id\":\"same\"}\n",
    );
    fixture.clean(&["--id-field", "id"], 0);
    let rows = fixture.rows();
    let explain = |document: &str, kind: &str| {
        let is_it = |row: &&Row| row["document"] == document && row["kind"] == kind;
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("{rows:#?}"));
        fixture.run(&["explain", "out", &row["row_id"]]).exits(0).stdout()
    };
    let changed = "the document is gone or changed since the run";
    let line = explain("c.jsonl#line 1", "misspelling");
    assert!(line.contains("the old harbour when the [-goverment-]{+government+} comes."), "{line}");
    assert!(line.contains("candidate  government") && !line.contains(changed), "{line}");
    let kept = "kept  a.txt:1: The ferry leaves";
    assert!(explain("b.txt", "near-duplicate").contains(kept));

    fixture.write("a.txt", b"Another text stands here now, and it is no shorter than that was.\n");
    fixture.write(
        "b.txt",
        b"XThe ferry leaves the northern pier at dawn with mails. The goverment closed it.\n",
    );
    let lines = "{\"text\":\"It rains on the old harbour when the goverment comes.\",\"id\":\"same\"}\n";
    fixture.write("c.jsonl", format!("{lines}{lines}").as_bytes());
    let near = explain("b.txt", "near-duplicate");
    assert!(
        near.contains(changed)
            && near.contains("text  The ferry leaves the northern pier at dawn with mails.")
    );
    assert!(near.contains("kept  a.txt:1\n"), "{near}");
    let typo = explain("b.txt", "misspelling");
    assert!(typo.contains(changed) && typo.contains("text  [-goverment-]{+government+}\n"), "{typo}");
    // The line of a file with more lines is what it was.
    let line = explain("c.jsonl#line 1", "misspelling");
    assert!(line.contains("the old harbour when the [-goverment-]{+government+} comes."), "{line}");
}

#[test]
fn findings_are_printed_for_scripts_and_for_workflows() {
    let fixture = Fixture::new(CORPUS);
    let json = fixture.run(&["check", "corpus", "--format", "json", "-q"]).exits(1);
    let rows: Vec<serde_json::Value> =
        json.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().any(|row| row["kind"] == "misspelling" && row["suggestion"] == "government"));
    let github = fixture.run(&["check", "corpus", "--format", "github", "-q"]).exits(1);
    github.says("::warning file=corpus/b.txt,line=1,col=60,title=misspelling::b.txt:1:60: misspelling: \"goverment\" -> \"government\"");
    github.says("::notice file=corpus/c.txt,line=1,col=45,title=near-duplicate::");
    let github = fixture.run(&["check", "corpus/b.txt", "--format", "github", "-q"]).exits(1);
    github.says("::warning file=corpus/b.txt,line=1");
    fixture.write("lines.jsonl", b"{\"text\":\"Fine.\"}\n{\"text\":\"The goverment has paid.\"}\n");
    let github = fixture.run(&["check", "corpus", "corpus/lines.jsonl", "--format", "github", "-q"]).exits(1);
    github.says("file=corpus/lines.jsonl,line=2,title=misspelling::");
}

/// The sheet is applied with the words, the dialect and the dictionary of the run, even if the
/// dictionary's files are no longer there.
#[test]
fn a_run_with_words_and_dictionaries_of_its_own_is_done_again_with_them() {
    let fixture = Fixture::new(
        "//- brief.txt\n\
         Wir haben den Brief gestern geschrieben und ihn heute mit der Post geschickt.\n\
         Dann haben wir den Breif noch einmal gelesen, und er war nicht schlecht.\n\
         //- note.txt\n\
         The goverment said that the colour of the frobnicater was not theirs to choose.\n",
    );
    let aside = |name: &str, text: &str| fs::write(fixture.path().join(name), text).unwrap();
    let words = [
        "Wir",
        "haben",
        "den",
        "Brief",
        "gestern",
        "geschrieben",
        "und",
        "ihn",
        "heute",
        "mit",
        "der",
        "Post",
        "geschickt",
        "Dann",
        "wir",
        "noch",
        "einmal",
        "gelesen",
        "er",
        "war",
        "nicht",
        "schlecht",
    ];
    aside("small.aff", "SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\n");
    aside("small.dic", &format!("{}\n{}\n", words.len(), words.join("\n")));
    aside("words.txt", "goverment\n");
    let options = ["--dictionary", "de=small.dic", "--words", "words.txt", "--dialect", "us"];
    fixture.clean(&options, 0);
    let sheet = fixture.decide("sheet.csv", |row| {
        assert_ne!(row["text"], "goverment", "a word of one's own is right");
        ("accept", "")
    });
    for name in ["small.aff", "small.dic", "words.txt"] {
        fs::remove_file(fixture.path().join(name)).unwrap();
    }
    fixture.run(&["apply", "out", sheet.to_str().unwrap()]).exits(0);
    let texts = fixture.texts();
    assert!(texts["brief.txt"].contains("den Brief noch einmal"), "{texts:?}");
    assert!(texts["note.txt"].contains("The goverment said that the color"), "{texts:?}");
}

#[test]
fn a_corpus_in_a_folder_whose_name_is_not_unicode_is_reviewed_like_any_other() {
    let fixture = Fixture::in_folder_called(OsStr::from_bytes(b"caf\xe9-"));
    fixture.write("a.txt", b"The goverment closed the road to the harbour in the winter.\n");
    fixture.clean(&[], 0);
    fixture.decide("sheet.csv", |_| ("reject", ""));
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0).says("   rejected  1");
    assert_eq!(fixture.texts()["a.txt"], "The goverment closed the road to the harbour in the winter.\n");
    fixture.run_with_input(&["review", "out"], "q\n").exits(0);
}

#[test]
fn what_is_written_in_place_of_a_restated_point_stands_there_and_leads_no_copy() {
    let fixture = Fixture::new(
        "//- a.txt\nFire on the night ferry began in a lorry, board says.\n\
         The fishermen mended their nets in the sun on Sunday.\n\
         The blaze that swept the night ferry began in a lorry on the car deck, the board said on Friday.\n\
         Children sold lemonade near the lighthouse, as they do each summer.\n\
         //- b.txt\nNobody reads old papers in the village.\n\
         The blaze that swept the night ferry began in a lorry on the car deck, the board said on Friday.\n",
    );
    fixture.clean(&[], 0);
    assert!(!fixture.texts()["b.txt"].contains("lorry"), "it is a copy as long as nobody decides");
    let restated = fixture.rows().into_iter().find(|row| row["kind"] == "restated").unwrap();
    let explained = fixture.run(&["explain", "out", &restated["row_id"]]).exits(0);
    explained.says("    earlier  a.txt:1: Fire on the night ferry began in a lorry, board says.");
    explained.says("both stay");
    fixture.decide("sheet.csv", |row| match row["kind"].as_str() {
        "restated" => ("edit", "The board will report again."),
        _ => ("", ""),
    });
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0).says("edited  1");
    let texts = fixture.texts();
    assert!(texts["a.txt"].contains("\nThe board will report again.\nChildren"), "{texts:#?}");
    assert!(texts["b.txt"].contains("lorry on the car deck"), "its only copy is gone: {texts:#?}");
    let row = &fixture.rows()[0];
    assert_eq!((row["action"].as_str(), row["kind"].as_str()), ("replace", "restated"));
    // The point is no longer made before it: nothing is restated, and the decision stands.
    let once = fs::read_to_string(fixture.corpus().join("a.txt")).unwrap();
    fixture.write("a.txt", once.split_once('\n').unwrap().1.as_bytes());
    fixture.clean(&[], 0);
    let texts = fixture.texts();
    assert!(texts["a.txt"].contains("\nThe board will report again.\nChildren"), "{texts:#?}");
    assert!(texts["b.txt"].contains("lorry on the car deck"), "{texts:#?}");
}
