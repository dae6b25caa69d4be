use crate::fixture::{Fixture, Row, check, check_with};

#[test]
fn the_second_of_two_exact_copies_goes() {
    check(
        "//- a.txt\nThe cat sat on the mat today. Dogs bark at night.\n\
         //- b.txt\nA quiet morning by the river came. The cat sat on the mat today. Fish swim.\n",
        "//- a.txt\nThe cat sat on the mat today. Dogs bark at night.\n\
         //- b.txt\nA quiet morning by the river came. Fish swim.\n",
    );
}

#[test]
fn case_punctuation_quotes_and_spacing_do_not_make_a_sentence_new() {
    check(
        "//- a.txt\nThe harbour was \"closed\" for repairs, again. It rained.\n\
         //- b.txt\nTHE HARBOUR WAS CLOSED FOR REPAIRS AGAIN. The   harbour was “closed” for repairs again! It snowed.\n",
        "//- a.txt\nThe harbour was \"closed\" for repairs, again. It rained.\n\
         //- b.txt\nIt snowed.\n",
    );
}

#[test]
fn the_second_of_two_near_duplicates_goes_when_only_a_typo_differs() {
    check_with(
        &["--find", "duplicates"],
        "//- a.txt\nThe committee agreed that the harbour wall needed repair. It rained.\n\
         //- b.txt\nThe comittee agreed that the harbour wall needed repair. Fish swim.\n",
        "//- a.txt\nThe committee agreed that the harbour wall needed repair. It rained.\n\
         //- b.txt\nFish swim.\n",
    );
}

/// Two sentences in two documents, with another one behind each; cleaned.
fn side_by_side(first: &str, second: &str) -> Fixture {
    let fixture = Fixture::empty();
    fixture.write("a.txt", format!("{first} It rained.\n").as_bytes());
    fixture.write("b.txt", format!("{second} It snowed.\n").as_bytes());
    fixture.clean(&[], 0);
    fixture
}

#[test]
fn what_differs_in_a_fact_stays_and_the_reason_is_told() {
    let facts = [
        (
            "The five attackers were caught near 15 houses.",
            "The five attackers were caught near 19 houses.",
            "numbers",
        ),
        (
            "You should take these tablets before going to bed.",
            "You should not take these tablets before going to bed.",
            "not",
        ),
        (
            "The prize was given to Anna Smith on Sunday night.",
            "The prize was given to Maria Smith on Sunday night.",
            "Anna",
        ),
        (
            "The shop will open its doors on Monday at noon.",
            "The shop will open its doors on Tuesday at noon.",
            "Monday",
        ),
    ];
    for (first, second, reason) in facts {
        let fixture = side_by_side(first, second);
        assert_eq!(fixture.cleaned()["b.txt"], format!("{second} It snowed.\n").as_bytes());
        let rows = fixture.rows();
        let row =
            rows.iter().find(|row| row["text"] == second).unwrap_or_else(|| panic!("no row for {second}"));
        assert_eq!((row["action"].as_str(), row["kept_text"].as_str()), ("review", first));
        assert!(row["reason"].contains(reason), "{}", row["reason"]);
    }
}

#[test]
fn a_mark_that_changes_the_sense_stays_with_its_sentence() {
    let facts = [
        (
            "Write to j.d@my-site.example for all of the new rules.",
            "Write to j.d@mysite.example for all of the new rules.",
        ),
        (
            "The film is at youtu.be/dQw4 for all who want to see it.",
            "The film is at youtu.be/DqW4 for all who want to see it.",
        ),
        (
            "All of the rules are on my-site.com for every member.",
            "All of the rules are on mysite.com for every member.",
        ),
        (
            "The '90s board was cut to 6' before it was sanded.",
            "The '90s board was cut to 6 before it was sanded.",
        ),
        (
            "The net result for the third quarter was -$4.2 million.",
            "The net result for the third quarter was $4.2 million.",
        ),
        ("Add .5 ml of the reagent to each of the tubes.", "Add 5 ml of the reagent to each of the tubes."),
        (
            "Cut the board to a length of 6' before you sand it.",
            "Cut the board to a length of 6\" before you sand it.",
        ),
        (
            "Cut the board to a length of 5′ before you sand it.",
            "Cut the board to a length of 5″ before you sand it.",
        ),
        (
            "Dilute the stock to 10^-6 before you count the cells.",
            "Dilute the stock to 10^6 before you count the cells.",
        ),
        (
            "They rate the bonds of the county A- with a stable outlook.",
            "They rate the bonds of the county A with a stable outlook.",
        ),
        (
            "The test passes if the first value != the second value.",
            "The test passes if the first value = the second value.",
        ),
        (
            "The speed is given by the quotient a/b of the two.",
            "The speed is given by the quotient a*b of the two.",
        ),
        ("Remove *.txt from the list before you go on.", "Remove .txt from the list before you go on."),
        (
            "Redirect it with sort names > list before you go on.",
            "Redirect it with sort names < list before you go on.",
        ),
        (
            "For questions contact Anna Berg at anna.berg@acme.example or by phone.",
            "For questions contact Anna Berg at annaberg@acme.example or by phone.",
        ),
        (
            "All of the rules are at www.my-site.example for members.",
            "All of the rules are at www.mysite.example for members.",
        ),
        (
            "The tool is kept in /usr/local/bin/a-b on that machine.",
            "The tool is kept in /usr/local/bin/ab on that machine.",
        ),
        (
            "The defendant's lawyers asked the judge for more time.",
            "The defendants' lawyers asked the judge for more time.",
        ),
        (
            "The company's profits were high in the last year.",
            "The companies' profits were high in the last year.",
        ),
        (
            "The hotel got ★★★ in the guide of the last year.",
            "The hotel got ★★★★ in the guide of the last year.",
        ),
        (
            "The Cl⁻ level was read by the lab in the morning.",
            "The Cl level was read by the lab in the morning.",
        ),
        (
            "The value of -x is printed in the first line of it.",
            "The value of x is printed in the first line of it.",
        ),
        (
            "The value of n! is printed in the first line of it.",
            "The value of n is printed in the first line of it.",
        ),
        (
            "The value of |x| is printed in the first line of it.",
            "The value of x is printed in the first line of it.",
        ),
        (
            "Use -v to print the log of the run on the screen.",
            "Use --v to print the log of the run on the screen.",
        ),
        (
            "The line a=b is read by the shell before the rest.",
            "The line a==b is read by the shell before the rest.",
        ),
        (
            "The .NET team will ship the new release in the spring.",
            "The NET team will ship the new release in the spring.",
        ),
        (
            "The user_name column is read by the job in the night.",
            "The username column is read by the job in the night.",
        ),
        (
            "The patient was given preoperative fluids in the ward.",
            "The patient was given perioperative fluids in the ward.",
        ),
        (
            "The level of thyroxine was high in all of the samples.",
            "The level of thyronine was high in all of the samples.",
        ),
    ];
    for (first, second) in facts {
        let fixture = side_by_side(first, second);
        assert_eq!(fixture.cleaned()["b.txt"], format!("{second} It snowed.\n").as_bytes());
    }
}

#[test]
fn copies_that_differ_only_in_dress_are_copies() {
    let dresses = [
        (
            "The shop is open from 9 a.m.-5 p.m. on most days.",
            "The shop is open from 9 a.m.–5 p.m. on most days.",
        ),
        (
            "The share rose by 10%-15% in the last year alone.",
            "The share rose by 10%–15% in the last year alone.",
        ),
        (
            "Cut the board to a length of 6' before you sand it.",
            "Cut the board to a length of 6’ before you sand it.",
        ),
        (
            "It was \"the best year since 1990\" for the whole firm.",
            "It was “the best year since 1990” for the whole firm.",
        ),
        (
            "It was ``the best year since 1990'' for the whole firm.",
            "It was \"the best year since 1990\" for the whole firm.",
        ),
        (
            "He said *10 people* died in the fire at the mill.",
            "He said 10 people died in the fire at the mill.",
        ),
        (
            "A child needs his/her own desk in every classroom here.",
            "A child needs his /   her own desk in every classroom here.",
        ),
        (
            "He told Tom- who was late- to wait in the old hall.",
            "He told Tom - who was late - to wait in the old hall.",
        ),
        (
            "See _https://example.org/a-b_ for all of the new rules.",
            "See https://example.org/a-b for all of the new rules.",
        ),
        (
            "He came late -- and nobody knew why he came at all.",
            "He came late — and nobody knew why he came at all.",
        ),
        (
            "See https://example.org/ for all of the new rules here.",
            "See https://example.org for all of the new rules here.",
        ),
    ];
    for (first, second) in dresses {
        let fixture = side_by_side(first, second);
        assert_eq!(fixture.texts()["b.txt"], "It snowed.\n", "{first}");
    }
}

/// A document that is cleaned, and of which all stays.
fn left_alone(name: &str, text: &str, find: &str) -> Fixture {
    let fixture = Fixture::empty();
    fixture.write(name, text.as_bytes());
    fixture.clean(&["--find", find], 0);
    assert_eq!(fixture.texts()[name], text);
    fixture
}

#[test]
fn a_task_that_is_open_and_a_sentence_that_is_not_struck_out_stay() {
    let tasks = "# Week 1\n\n- [x] Send the invoice to the new customer.\n\n# Week 2\n\n- [ ] Send the invoice to the new customer.\n- [ ] Buy new paint for the garden fence.\n";
    let struck = "~~The office opens at the old mill every morning.~~\n\nThe office opens at the old mill every morning.\n";
    for text in [tasks, struck] {
        let fixture = left_alone("a.md", text, "duplicates");
        assert!(fixture.rows().iter().any(|row| row["action"] == "review"), "a person is asked");
    }
}

#[test]
fn an_answer_stays_with_its_question() {
    let text = "Did Mr. Hale see the fire that night?\nNo, he did not see anything at all.\nDid Mr. Cole see the fire that night?\nNo, he did not see anything at all.\n";
    left_alone("a.txt", text, "duplicates");
}

#[test]
fn a_misspelling_that_is_spoken_of_is_left() {
    let text = "You should write \"receive\", not recieve. Some wrote goverment (sic) in the letter.\n";
    left_alone("a.txt", text, "typos");
}

#[test]
fn a_sentence_with_many_common_misspellings_is_english() {
    let text =
        "We went there yesterday. Some people definately like seperate rooms, untill they dont. It was nice.";
    let fixture = Fixture::new(&format!("//- a.txt\n{text}\n"));
    fixture.clean(&["--find", "typos"], 0);
    assert_eq!(fixture.rows().len(), 4);
}

#[test]
fn a_number_is_not_torn_from_the_abbreviation_before_it() {
    let signed = |number: u32| format!("Anna Kowalska\nHead of Estates, Tower Block, ext. {number}\n");
    let fixture = Fixture::empty();
    fixture.write(
        "a.txt",
        format!("The load limit of the old goods lift is max. 500 kg.\n\n{}", signed(4410)).as_bytes(),
    );
    fixture.write(
        "b.txt",
        format!("The load limit of the old goods lift is max. 900 kg.\n\n{}", signed(4411)).as_bytes(),
    );
    fixture.clean(&[], 0);
    assert!(
        fixture.cleaned()["b.txt"].starts_with(b"The load limit of the old goods lift is max. 900 kg.\n")
    );
    assert!(fixture.texts()["b.txt"].contains("Head of Estates, Tower Block, ext. 4411"));
}

#[test]
fn what_others_hang_on_is_not_removed_from_markdown() {
    let fixture = Fixture::new(
        "//- a.md\nThe pump must be bled after each change of the filter.\n\n\
         - Check the oil in the lower tank.\n\
         - The pump must be bled after each change of the filter.\n  - Use the blue key for the valve.\n\n\
         The filter has a life of one year.[^1]\n\n\
         [^1]: The pump must be bled after each change of the filter.\n\n\
         Close the valve by hand first.\\\nThe pump must be bled after each change of the filter.\\\n\
         Open the valve by hand last.\n",
    );
    fixture.clean(&[], 0);
    let text = &fixture.texts()["a.md"];
    assert!(text.contains("- The pump must be bled after each change of the filter.\n  - Use"), "{text}");
    assert!(text.contains("[^1]: The pump must be bled"), "{text}");
    assert!(text.ends_with("Close the valve by hand first.\\\nOpen the valve by hand last.\n"), "{text}");
    let reasons: Vec<String> = fixture.rows().iter().map(|row| row["reason"].clone()).collect();
    assert!(reasons.iter().any(|reason| reason.ends_with("what is below it hangs on it")), "{reasons:?}");
    assert!(
        reasons.iter().any(|reason| reason.ends_with("a footnote that the text points to")),
        "{reasons:?}"
    );
    // A person may say otherwise.
    fixture.decide("sheet.csv", |row| {
        if row["reason"].contains("hangs on it") { ("accept", "") } else { ("", "") }
    });
    fixture.run(&["apply", "out", "sheet.csv"]).exits(0);
    assert!(fixture.texts()["a.md"].contains("tank.\n  - Use the blue key"), "{}", fixture.texts()["a.md"]);
}

#[test]
fn a_row_shows_which_copy_stayed_and_where() {
    let fixture = Fixture::new(
        "//- a/one.txt\nNothing here.\n\nThe ferry leaves the northern pier at dawn. It is cold.\n\
         //- b.txt\nSnow fell. The ferry leaves the northern pier at dawn!\n",
    );
    fixture.clean(&[], 0);
    let rows = fixture.rows();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let cell = |name: &str| rows[0][name].as_str();
    assert_eq!(cell("action"), "remove");
    assert_eq!(cell("kind"), "exact-duplicate");
    assert_eq!(cell("text"), "The ferry leaves the northern pier at dawn!");
    assert_eq!(cell("kept_text"), "The ferry leaves the northern pier at dawn.");
    assert_eq!((cell("document"), cell("line"), cell("column")), ("b.txt", "1", "12"));
    assert_eq!((cell("kept_document"), cell("kept_line")), ("a/one.txt", "3"));
    assert_eq!((cell("byte_start"), cell("byte_end")), ("11", "54"));
    assert_eq!(cell("similarity"), "1.000");
    assert_eq!((cell("decision"), cell("replacement"), cell("note")), ("", "", ""));
}

#[test]
fn a_kept_copy_may_stand_in_a_later_document() {
    let corpus = "//- a.txt\nThe ferry leaves the northern pier at dawn. Snow fell.\n\
                  //- z.txt\nThe ferry leaves the northern pier at dawn. It rained.\n";
    let kept = "//- a.txt\nSnow fell.\n//- z.txt\nThe ferry leaves the northern pier at dawn. It rained.\n";
    check_with(&["--keep", "last"], corpus, kept);
    check_with(&["--prefer", "z.*"], corpus, kept);
    let fixture = Fixture::new(corpus);
    fixture.clean(&["--keep", "last"], 0);
    let rows = fixture.rows();
    assert_eq!(rows[0]["kept_document"], "z.txt");
    assert_eq!(rows[0]["kept_text"], "The ferry leaves the northern pier at dawn.");
}

#[test]
fn scope_document_leaves_copies_in_other_documents_alone() {
    check_with(
        &["--scope", "document"],
        "//- a.txt\nThe ferry leaves the northern pier at dawn. Snow fell. The ferry leaves the northern pier at dawn.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn. It rained.\n",
        "//- a.txt\nThe ferry leaves the northern pier at dawn. Snow fell.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn. It rained.\n",
    );
}

#[test]
fn short_sentences_and_headings_stay_unless_asked_for() {
    let corpus = "//- a.txt\nSee you soon. The river rose by night and fell by day.\n\
                  //- b.txt\nSee you soon. Another thing happened in the valley below.\n";
    check(corpus, corpus);
    check_with(
        &["--min-words", "1"],
        corpus,
        "//- a.txt\nSee you soon. The river rose by night and fell by day.\n\
         //- b.txt\nAnother thing happened in the valley below.\n",
    );
}

#[test]
fn a_paragraph_that_becomes_empty_goes_with_its_blank_line() {
    check(
        "//- a.txt\nThe ferry leaves the northern pier at dawn. It is cold.\n\
         //- b.txt\nThe first paragraph has its own words here.\n\nThe ferry leaves the northern pier at dawn.\n\nThe last paragraph ends it all quietly.\n",
        "//- a.txt\nThe ferry leaves the northern pier at dawn. It is cold.\n\
         //- b.txt\nThe first paragraph has its own words here.\n\nThe last paragraph ends it all quietly.\n",
    );
}

#[test]
fn a_document_that_another_one_holds_is_left_out() {
    let fixture = Fixture::new(
        "//- a.txt\nThe ferry leaves the northern pier at dawn. It carries mail, bread and two bicycles. Nobody waves.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn. It carries mail, bread and two bicycles.\n",
    );
    fixture.clean(&[], 0);
    assert_eq!(fixture.cleaned().keys().collect::<Vec<_>>(), ["a.txt"]);
    let rows = fixture.rows();
    assert_eq!(rows.len(), 1, "sentences of a removed document have no rows of their own: {rows:#?}");
    assert_eq!((rows[0]["kind"].as_str(), rows[0]["action"].as_str()), ("duplicate-document", "remove"));
    assert_eq!((rows[0]["kept_document"].as_str(), rows[0]["kept_text"].as_str()), ("a.txt", "a.txt"));
}

#[test]
fn typos_are_fixed_where_they_are_certain_and_names_are_left_alone() {
    check_with(
        &["--find", "typos"],
        "//- a.txt\nThe goverment said that it doesnt know Abdulkhakim Gadzhiev of the the Duma.\n",
        "//- a.txt\nThe government said that it doesn't know Abdulkhakim Gadzhiev of the Duma.\n",
    );
}

#[test]
fn a_typo_in_a_sentence_that_goes_has_no_row() {
    let fixture = Fixture::new(
        "//- a.txt\nThe government closed the northern pier at dawn yesterday. It is cold.\n\
         //- b.txt\nThe goverment closed the northern pier at dawn yesterday. It rained.\n",
    );
    fixture.clean(&[], 0);
    let kinds: Vec<String> = fixture.rows().iter().map(|row| row["kind"].clone()).collect();
    assert_eq!(kinds, ["near-duplicate"]);
}

#[test]
fn check_prints_findings_and_writes_nothing() {
    let fixture = Fixture::new("//- a.txt\nThe goverment said that it would not pay for the bridge.\n");
    let run = fixture.run(&["check", "corpus"]).exits(1);
    assert!(
        run.stdout().starts_with("a.txt:1:5: misspelling: \"goverment\" -> \"government\""),
        "{}",
        run.stdout()
    );
    assert_eq!(std::fs::read_dir(fixture.path()).unwrap().count(), 1, "only the corpus");
    fixture.run(&["check", "corpus", "--fail-on", "none"]).exits(0);
    fixture.run(&["check", "corpus", "--find", "duplicates"]).exits(0);
}

#[test]
fn fail_on_any_counts_what_is_left_for_review() {
    let fixture = Fixture::new(
        "//- a.txt\nThe five attackers were caught near 15 houses.\n//- b.txt\nThe five attackers were caught near 19 houses.\n",
    );
    fixture.run(&["check", "corpus"]).exits(0);
    fixture.run(&["check", "corpus", "--fail-on", "any"]).exits(1);
}

#[test]
fn check_with_an_output_writes_the_reports_and_no_text() {
    let fixture = Fixture::new("//- a.txt\nThe goverment said that it would not pay for the bridge.\n");
    fixture.run(&["check", "corpus", "--output", "out"]).exits(1);
    assert_eq!(fixture.rows().len(), 1);
    assert!(fixture.output().join("summary.json").is_file());
    assert!(!fixture.output().join("text").exists());
}

#[test]
fn what_is_said_of_a_document_in_another_is_true() {
    // Half of it cannot be compared.
    let fixture = Fixture::new(
        "//- a.jsonl\n{\"text\":\"This sentence about the harbour is repeated in several documents.\"}\n\
         {\"text\":\"Pay \\ud83d now. This sentence about the harbour is repeated in several documents.\"}\n",
    );
    fixture.clean(&[], 0);
    let rows = fixture.rows();
    let row = rows.iter().find(|row| row["kind"] == "duplicate-document").expect("it is reported");
    assert_eq!(row["action"], "review");
    assert!(
        row["reason"].starts_with("part of this document cannot be compared; of the rest"),
        "{}",
        row["reason"]
    );
    // The marks of headings and items are no sentences: four of six are not enough.
    let fixture = Fixture::new(
        "//- a.md\n# Oven\n\n1. Preheat the oven to two hundred degrees.\n2. Grease the tin.\n3. Line the tin.\n\
         4. Wash your hands.\n5. Stir it all well.\n\
         //- b.md\n# Freezer\n\n1. Preheat the oven to two hundred degrees.\n2. Defrost the chicken for three days.\n\
         3. Line the tin.\n4. Wash your hands.\n5. Stir it all well.\n",
    );
    fixture.clean(&[], 0);
    assert!(fixture.rows().iter().all(|row| row["kind"] != "duplicate-document"));
}

#[test]
fn what_looks_like_a_marker_in_code_counts() {
    let page =
        |code: &str| format!("Check the oil in the lower tank before you start.\n\n```\n{code}\n```\n");
    let fixture = Fixture::empty();
    fixture.write("a.md", page("10.").as_bytes());
    fixture.write("b.md", page("25.").as_bytes());
    fixture.clean(&[], 0);
    assert!(fixture.texts()["b.md"].contains("25."));
}

#[test]
fn a_misspelling_is_one_however_often_the_corpus_repeats_it() {
    let fixture = Fixture::empty();
    let said = [
        "The accident occured near the old mill",
        "It never occured to me to ask",
        "Nothing of note occured in March",
        "A fault occured in the main pump",
        "The thought occured to him at dinner",
        "The same error occured twice",
    ];
    for (n, sentence) in said.iter().enumerate() {
        fixture
            .write(&format!("{n}.txt"), format!("It was a long day for all of us. {sentence}.\n").as_bytes());
    }
    fixture.clean(&["--find", "typos"], 0);
    assert_eq!(fixture.rows().iter().filter(|row| row["suggestion"] == "occurred").count(), said.len());
}

/// The clusters of a report by the texts in them.
fn clusters(fixture: &Fixture) -> std::collections::BTreeMap<String, String> {
    let row = |mut row: crate::fixture::Row| {
        let text = format!("{}: {}", row["document"], row["text"]);
        (text, row.remove("cluster").unwrap())
    };
    fixture.rows().into_iter().map(row).collect()
}

const REPEATS: &str = "//- b/one.txt\nThe ferry leaves the northern pier at dawn. Nobody was seen there at all. It is cold.\n\
     //- b/two.txt\nThe ferry leaves the northern pier at dawn! It snowed. Nobody at all was seen there.\n\
     //- c/three.txt\nIt was the end of the week for them. Nothing else was said of it.\n\
     //- c/twin.txt\nIt was the end of the week for them. Nothing else was said of it.\n";

#[test]
fn a_cluster_keeps_its_name_when_an_unrelated_document_comes_before_it() {
    let fixture = Fixture::new(REPEATS);
    fixture.clean(&["--find", "duplicates"], 0);
    let before = clusters(&fixture);
    assert_eq!(before.len(), 3, "{before:#?}");
    let names: std::collections::BTreeSet<&String> = before.values().collect();
    assert_eq!(names.len(), 3, "each cluster has a name of its own");
    fixture.write("a.txt", b"Something else altogether stands first. It rained in the hills, too.\n");
    fixture.write("b/between.txt", b"And this one comes in between the two.\n");
    fixture.clean(&["--find", "duplicates"], 0);
    assert_eq!(clusters(&fixture), before);
}

#[test]
fn equal_clusters_of_two_documents_have_names_of_their_own_and_keep_them() {
    let fixture = Fixture::new(
        "//- b/one.txt\nThe cat sat on the mat today. The cat sat on the mat today. It is cold.\n\
         //- b/two.txt\nThe cat sat on the mat today. It snowed. The cat sat on the mat today.\n",
    );
    let options = ["--find", "duplicates", "--scope", "document"];
    fixture.clean(&options, 0);
    let before = clusters(&fixture);
    let names: std::collections::BTreeSet<&String> = before.values().collect();
    assert_eq!((before.len(), names.len()), (2, 2), "{before:#?}");
    fixture.write("a.txt", b"Something else altogether stands first.\n");
    fixture.clean(&options, 0);
    assert_eq!(clusters(&fixture), before);
}

/// Ten sentences that a document may hold.
const TEN: [&str; 10] = [
    "The ferry leaves the northern pier at dawn.",
    "Nobody was seen there at all that night.",
    "It was the end of the week for them.",
    "Nothing else was said of the matter then.",
    "The harbour master closed the office early.",
    "Two boats were moved to the other side.",
    "The lights along the quay stayed dark.",
    "A dog was heard beyond the old mill.",
    "The bus to the village did not come.",
    "Rain fell on the hills until the morning.",
];

#[test]
fn a_document_of_which_another_holds_nearly_all_is_shown_as_such_though_its_sentences_go() {
    let fixture = Fixture::empty();
    fixture.write("a.txt", format!("{} An end of its own has this one.\n", TEN.join(" ")).as_bytes());
    fixture.write("b.txt", format!("{} But that one ends in another way.\n", TEN.join(" ")).as_bytes());
    fixture.clean(&["--find", "duplicates"], 0);
    let rows = fixture.rows();
    let whole: Vec<_> = rows.iter().filter(|row| row["kind"] == "duplicate-document").collect();
    assert_eq!(whole.len(), 1, "{rows:#?}");
    assert_eq!((whole[0]["action"].as_str(), whole[0]["document"].as_str()), ("review", "b.txt"));
    assert_eq!(rows.iter().filter(|row| row["action"] == "remove").count(), 10);
}

#[test]
fn a_document_that_a_later_one_holds_whole_is_left_out() {
    let fixture = Fixture::empty();
    fixture.write("a.txt", format!("{}\n", TEN[..6].join(" ")).as_bytes());
    fixture.write("b.txt", format!("{}\n", TEN.join(" ")).as_bytes());
    // It goes neither for one that is to be kept after it, nor within documents.
    let within = ["--find", "duplicates", "--scope", "document"];
    for (options, left) in [
        (&["--find", "duplicates"][..], vec!["b.txt"]),
        (&["--find", "duplicates", "--prefer", "a.txt"], vec!["a.txt", "b.txt"]),
        (&within, vec!["a.txt", "b.txt"]),
    ] {
        fixture.clean(options, 0);
        let texts = fixture.texts();
        assert_eq!(texts.keys().collect::<Vec<_>>(), left, "{options:?}");
    }
    fixture.clean(&["--find", "duplicates"], 0);
    assert_eq!(fixture.texts()["b.txt"], format!("{}\n", TEN.join(" ")), "what stays says it all");
    let rows = fixture.rows();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!((rows[0]["document"].as_str(), rows[0]["kept_document"].as_str()), ("a.txt", "b.txt"));
}

#[test]
fn a_sentence_or_two_do_not_go_as_a_document_because_a_later_one_says_them_again() {
    check_with(
        &["--find", "duplicates"],
        "//- a.txt\nThe ferry leaves the northern pier at dawn. Nobody in the village was awake.\n\
         //- b.txt\nThe ferry leaves the northern pier at dawn. It rained all day. Nobody in the village was awake.\n",
        "//- a.txt\nThe ferry leaves the northern pier at dawn. Nobody in the village was awake.\n\
         //- b.txt\nIt rained all day.\n",
    );
}

#[test]
fn of_three_documents_that_hold_each_other_in_turn_the_largest_stays() {
    let fixture = Fixture::empty();
    for (name, sentences) in [("a.txt", 4), ("b.txt", 7), ("c.txt", 10), ("d.txt", 4)] {
        fixture.write(name, format!("{}\n", TEN[..sentences].join(" ")).as_bytes());
    }
    fixture.clean(&["--find", "duplicates"], 0);
    assert_eq!(fixture.texts().keys().collect::<Vec<_>>(), ["c.txt"]);
    let rows = fixture.rows();
    assert!(rows.iter().all(|row| row["kept_document"] == "c.txt"), "{rows:#?}");
}

#[test]
fn a_stop_lost_before_a_name_does_not_hide_a_copy() {
    let run_together = [
        // A verb soon shows that another sentence begins.
        (
            "The minister spoke of the growth in government",
            "Members of WEF met.",
            "WEF members are asked to help them.",
        ),
        // The stop of an acronym ends a sentence, too.
        (
            "The paper was signed by the whole of the U.S.",
            "It rained.",
            "Andy Roddick will play against him on Sunday.",
        ),
        // A quotation closes.
        (
            "The speaker said that \"nothing was found at all\"",
            "It rained.",
            "It could mean that there was nothing to find.",
        ),
    ];
    for (first, other, second) in run_together {
        let fixture = Fixture::empty();
        let stop = if first.ends_with('.') { "" } else { "." };
        fixture.write("a.txt", format!("{first} {second} {other}\n").as_bytes());
        fixture.write("b.txt", format!("{other} {first}{stop} Snow fell.\n").as_bytes());
        fixture.write("c.txt", format!("Fish swim. {second} Snow fell.\n").as_bytes());
        fixture.clean(&["--find", "duplicates"], 0);
        let rows = fixture.rows();
        let removed = rows.iter().filter(|row| row["action"] == "remove").count();
        assert!(removed >= 1, "{first} | {second}: {rows:#?}");
    }
}

#[test]
fn what_is_denied_or_called_by_another_name_is_no_part_of_the_longer_sentence() {
    for (long, short) in [
        (
            "He denied that Mr. Smith will go to the office in the morning.",
            "Smith will go to the office in the morning.",
        ),
        (
            "He denied that Mr. Brown will go to the office in the brown house.",
            "Brown will go to the office in the brown house.",
        ),
        (
            "Nobody there said that in the U.S. Andy Roddick will play on Sunday.",
            "Andy Roddick will play on Sunday.",
        ),
        (
            "The company she now works for is Apple Records in London.",
            "The company she now works for is Apple.",
        ),
    ] {
        let fixture = Fixture::empty();
        fixture.write("a.txt", format!("{long} It rained.\n").as_bytes());
        fixture.write("b.txt", format!("It snowed. {short}\n").as_bytes());
        fixture.clean(&["--find", "duplicates"], 0);
        assert_eq!(fixture.texts()["b.txt"], format!("It snowed. {short}\n"), "{long}");
    }
}

#[test]
fn what_a_label_or_a_condition_stands_before_or_behind_is_no_sentence_of_its_own() {
    let said = "The moon is made of green cheese and milk.";
    let marked =
        ["FALSE", "Myth", "(Joke)", "Bob", "Nobody believes", "If it rains", "In 1990", "Option B (wrong)"];
    let behind = ["Not really.", "If you are mad."];
    let longer = marked.iter().map(|before| format!("{before} {said}"));
    let longer = longer.chain(behind.iter().map(|after| format!("{} {after}", said.trim_end_matches('.'))));
    for long in longer {
        let rows = left_alone("a.txt", &format!("{long}\n\n{said}\n"), "duplicates").rows();
        let is_its_own = |row: &&Row| row["kept_line"] == row["line"];
        assert_eq!(rows.iter().filter(is_its_own).count(), 0, "{long}: {rows:#?}");
    }
}

#[test]
fn what_takes_the_sentence_beside_it_back_is_no_second_sentence() {
    let said = "The moon is made of green cheese and milk.";
    for taking_back in
        ["Nobody in the room believes it.", "Not that we would say so here.", "This is not true at all."]
    {
        for long in [format!("{taking_back} {said}"), format!("{said} {taking_back}")] {
            let long = long.replacen(". ", " ", 1);
            left_alone("a.txt", &format!("{long}\n\n{said}\n"), "duplicates");
        }
    }
}

#[test]
fn a_short_word_with_a_letter_lost_makes_no_new_sentence_and_a_unit_is_none() {
    let cases = [
        (
            "He carried the bags down to the gate of the yard.",
            "He carried the bags dwn to the gate of the yard.",
            true,
        ),
        (
            "Truancy would be lower and new faces would come.",
            "Truanyc would be lower and new faces would come.",
            true,
        ),
        ("They asked for the game in the old shop.", "They asked for the gam in the old shop.", true),
        ("She went down the hill.", "She went dwn the hill.", true),
        ("The tank holds 40 gals of water in summer.", "The tank holds 40 gls of water in summer.", false),
        ("The house of Smith stood on the old hill.", "The house of Smitt stood on the old hill.", false),
    ];
    for (first, second, is_copy) in cases {
        let fixture = Fixture::empty();
        fixture.write("a.txt", format!("{first} It rained.\n").as_bytes());
        fixture.write("b.txt", format!("It snowed. {second}\n").as_bytes());
        fixture.clean(&["--find", "duplicates"], 0);
        let left = if is_copy { "It snowed.\n".to_owned() } else { format!("It snowed. {second}\n") };
        assert_eq!(fixture.texts()["b.txt"], left, "{first} / {second}");
    }
}

#[test]
fn no_document_goes_because_of_a_later_one_with_a_slip() {
    let fixture = Fixture::new(
        "//- a.txt\nThe committee agreed that the harbour wall needed repair.\n\
         //- b.txt\nThe comittee agreed that the harbour wall needed repair. Fish swim in the bay all day.\n",
    );
    fixture.clean(&["--find", "duplicates"], 0);
    assert_eq!(fixture.texts()["a.txt"], "The committee agreed that the harbour wall needed repair.\n");
    assert_eq!(fixture.texts()["b.txt"], "Fish swim in the bay all day.\n");
}

#[test]
fn a_word_broken_at_the_end_of_a_line_is_no_other_word_in_any_language() {
    let wrapped = "Am Dienstag kam der Rat der Stadt zu seiner letzten Sitzung vor dem\n\
                   Sommer zusammen. Der Rat hat nach langer Beratung einstimmig beschlos-\n\
                   sen, die alte Brücke am Hafen zu sperren und die Fähre länger fahren zu\n\
                   lassen. Der Bürgermeister sagte danach vor der Presse, die vielen Arbei-\n\
                   ten an der Brücke dauerten wohl bis weit in den Herbst hinein.\n";
    let flowing = "Im Hafen war es still. Der Rat hat nach langer Beratung einstimmig beschlossen, die alte Brücke \
                   am Hafen zu sperren und die Fähre länger fahren zu lassen. Der Bürgermeister sagte danach vor \
                   der Presse, die vielen Arbeit an der Brücke dauerten wohl bis weit in den Herbst hinein.\n";
    let fixture = Fixture::new(&format!("//- a.txt\n{flowing}//- b.txt\n{wrapped}"));
    fixture.clean(&[], 0);
    let rows = fixture.rows();
    let told: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["action"].as_str(), row["reason"].as_str())).collect();
    assert_eq!(told, [("remove", "differs in form only"), ("review", "names differ: Arbei / Arbeit")]);
    assert!(rows[0]["text"].contains("beschlos-⏎sen"), "{rows:#?}");
}

#[test]
fn a_preference_that_no_file_meets_is_noted() {
    let fixture = Fixture::new("//- a/b.txt\nSnow fell in the night.\n");
    let run = fixture.clean(&["--prefer", "a/*", "--prefer", "b.*", "--prefer", "curated"], 0);
    run.says("--prefer b.*: no file matches this that an earlier one does not match");
    run.says("--prefer curated: no file matches");
    assert!(!run.stderr().contains("--prefer a/*"));
}
