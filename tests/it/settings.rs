use std::fs;
use std::process::Command;

use crate::fixture::Fixture;

const CORPUS: &str = "//- a.txt\nThe ferry leaves the northern pier at dawn. Old news.\n\
                      //- b.txt\nThe ferry leaves the northern pier at dawn. It doesnt rain.\n";

#[test]
fn a_file_in_the_corpus_is_heeded_and_is_no_part_of_it() {
    let fixture = Fixture::new(CORPUS);
    fixture.write("scrubjay.toml", b"find = \"typos\"\n");
    fixture.write("deep/scrubjay.toml", b"This is just a document.\n");
    fixture.clean(&[], 0);
    let cleaned = fixture.cleaned();
    assert_eq!(cleaned.keys().collect::<Vec<_>>(), ["a.txt", "b.txt", "deep/scrubjay.toml"]);
    assert_eq!(cleaned["b.txt"], b"The ferry leaves the northern pier at dawn. It doesn't rain.\n");
    fixture.clean(&["--no-config"], 0);
    assert_eq!(fixture.cleaned()["b.txt"], b"It doesn't rain.\n");
}

#[test]
fn a_flag_is_over_a_variable_is_over_the_file() {
    let fixture = Fixture::new(CORPUS);
    fixture.write("scrubjay.toml", b"find = ['typos']\n");
    let b = |fixture: &Fixture| String::from_utf8(fixture.cleaned()["b.txt"].clone()).unwrap();
    let variables = [("SCRUBJAY_FIND", "duplicates"), ("SCRUBJAY_OUTPUT", "out")];
    fixture.run_with(&variables, &["clean", "corpus"]).exits(0);
    assert_eq!(b(&fixture), "It doesnt rain.\n");
    fixture.run_with(&variables, &["clean", "corpus", "--find", "duplicates,typos"]).exits(0);
    assert_eq!(b(&fixture), "It doesn't rain.\n");
}

#[test]
fn a_settings_file_can_be_named_and_its_paths_are_meant_from_where_it_is() {
    let fixture = Fixture::new(CORPUS);
    fs::create_dir(fixture.path().join("etc")).unwrap();
    fs::write(fixture.path().join("etc/nightly.toml"), "output = '../out'\nquiet = true\nlock_wait = '1s'\n")
        .unwrap();
    let run = fixture.run(&["clean", "corpus", "--config", "etc/nightly.toml"]).exits(0);
    assert_eq!(run.stderr(), "");
    assert_eq!(fixture.cleaned().len(), 2);
}

#[test]
fn mistakes_in_settings_are_named_with_their_place_and_nothing_is_written() {
    let fixture = Fixture::new(CORPUS);
    for (settings, told) in [
        ("treshold = 0.9", "s.toml: no setting 'treshold'; did you mean 'threshold'?"),
        ("threshold = 80", "s.toml: invalid value '80' for '--threshold <SHARE>': a share from 0.5 to 1"),
        ("threshold = [0.8, 0.9]", "'threshold' takes one value"),
        ("[find]\nwhat = 1", "s.toml: 'find' is no plain value or list"),
        ("quiet = 'yes'", "'quiet' is either true or false"),
        ("verbose = 'much'", "'verbose' is a number"),
        ("a = 1\nb = [\n", "s.toml:2: "),
        ("config = 'x'", "no setting 'config'"),
        ("zzz = 1", "`scrubjay config show` lists all"),
        (&format!("find = {}{}", "[".repeat(100_000), "]".repeat(100_000)), "s.toml:1: "),
    ] {
        fs::write(fixture.path().join("s.toml"), settings).unwrap();
        fixture.clean(&["--config", "s.toml"], 2).says(told);
        assert!(!fixture.output().exists());
    }
    fixture.clean(&["--config", "missing.toml"], 2).says("cannot read missing.toml");
    fixture
        .run_with(&[("SCRUBJAY_TRESHOLD", "1")], &["clean", "corpus", "--output", "out"])
        .exits(2)
        .says("no setting has the variable SCRUBJAY_TRESHOLD; did you mean 'SCRUBJAY_THRESHOLD'?");
    fixture
        .run_with(&[("SCRUBJAY_THRESHOLD", "high")], &["clean", "corpus", "--output", "out"])
        .exits(2)
        .says("SCRUBJAY_THRESHOLD: invalid value 'high'");
}

#[test]
fn a_corpus_may_not_choose_where_is_written() {
    let fixture = Fixture::new(CORPUS);
    for key in ["output", "log-file", "metrics_file"] {
        fixture.write("scrubjay.toml", format!("{key} = '/tmp/elsewhere'\n").as_bytes());
        fixture.clean(&[], 2).says("a corpus may not choose");
    }
}

#[test]
fn what_config_show_prints_is_a_settings_file() {
    let fixture = Fixture::new(CORPUS);
    fixture.write("scrubjay.toml", b"min-words = 3\nexclude = ['*.bak', 'tmp/**']\nfail-on = 'any'\n");
    let run = fixture
        .run_with(&[("SCRUBJAY_KEEP", "last")], &["config", "show", "corpus", "--scope", "document"])
        .exits(0);
    let shown = run.stdout();
    let origin = |key: &str| {
        let line = shown.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap();
        let (value, origin) = line.split_once(" # ").unwrap();
        (value.trim().to_owned(), origin.to_owned())
    };
    assert_eq!(origin("min-words"), ("min-words = 3".into(), "corpus/scrubjay.toml".into()));
    assert_eq!(
        origin("exclude"),
        ("exclude = [\"*.bak\", \"tmp/**\"]".into(), "corpus/scrubjay.toml".into())
    );
    assert_eq!(origin("keep"), ("keep = \"last\"".into(), "SCRUBJAY_KEEP".into()));
    assert_eq!(origin("scope"), ("scope = \"document\"".into(), "command line".into()));
    let of_check = ("fail-on = \"any\"".into(), "corpus/scrubjay.toml".into());
    assert_eq!(origin("fail-on"), of_check, "which another command heeds");
    assert_eq!(origin("threshold"), ("threshold = 0.8".into(), "default".into()));
    fs::write(fixture.path().join("shown.toml"), &shown).unwrap();
    fixture.clean(&["--config", "shown.toml"], 0);
}

#[test]
fn completions_and_the_manual_are_made_for_every_command() {
    let fixture = Fixture::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = fixture.run(&["completions", shell]).exits(0).stdout();
        for word in ["clean", "sentences", "max-removed"] {
            assert!(script.contains(word), "{shell} cannot complete {word}");
        }
        if shell == "bash" {
            fs::write(fixture.path().join("script"), script).unwrap();
            let parsed = Command::new("bash").arg("-n").arg(fixture.path().join("script")).status().unwrap();
            assert!(parsed.success());
        }
    }
    let page = fixture.run(&["man"]).exits(0).stdout();
    for word in [".TH scrubjay 1", "SCRUBJAY CLEAN", "SCRUBJAY UNDO", "max\\-removed", "lock\\-wait"] {
        assert!(page.contains(word), "the manual lacks {word:?}");
    }
}
