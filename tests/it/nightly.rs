use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::fixture::{Fixture, tree};

/// Starts the program and lets it run. Signals that whoever runs the tests ignores, as shells do for
/// what they start in the background, are not ignored by it.
fn start(fixture: &Fixture, arguments: &[&str]) -> Child {
    Command::new("env")
        .args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_scrubjay")])
        .current_dir(fixture.path())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
}

fn summary(fixture: &Fixture) -> serde_json::Value {
    serde_json::from_slice(&fs::read(fixture.output().join("summary.json")).unwrap()).unwrap()
}

/// Waits until something is so.
fn wait_for(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing happens");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Documents enough for a run of some seconds.
fn many_documents() -> Fixture {
    let fixture = Fixture::empty();
    for number in 0..400 {
        let lines: String = (0..400)
            .map(|line| {
                format!(
                    "The ferry number {} of pier {line} doesnt leave the harbour of town {}.\n",
                    number * 400 + line,
                    line * 31 + number
                )
            })
            .collect();
        fixture.write(&format!("{number}.txt"), lines.as_bytes());
    }
    fixture
}

#[test]
fn a_run_that_is_asked_to_end_ends_soon_and_says_so() {
    let fixture = many_documents();
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 143)] {
        let run = start(&fixture, &["clean", "corpus", "--output", "out"]);
        wait_for(|| fixture.output().join(".scrubjay-run").exists());
        std::thread::sleep(Duration::from_millis(300));
        let asked = Instant::now();
        signal(&run, name);
        let output = run.wait_with_output().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(2), "SIG{name} took {:?}", asked.elapsed());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "SIG{name}: {stderr}");
        assert!(stderr.contains("interrupted"), "{stderr}");
        assert_eq!(summary(&fixture)["outcome"], "interrupted");
        let temps = tree(&fixture.output()).into_keys().filter(|name| name.contains(".scrubjay-tmp-"));
        assert_eq!(temps.count(), 0, "temporaries were left");
    }
}

#[test]
fn a_signal_that_is_to_be_ignored_is_ignored() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    let run = format!(
        "trap '' HUP; {} clean corpus --output out & kill -s HUP $!; wait $!",
        env!("CARGO_BIN_EXE_scrubjay")
    );
    let status = Command::new("sh").args(["-c", &run]).current_dir(fixture.path()).output().unwrap().status;
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_run_that_would_remove_too_much_stops_and_names_what_it_would_remove() {
    let page = |n: u32| {
        format!(
            "Subscribe to our newsletter for daily offers and news.\nVisitor {n} came to the harbour by train.\n"
        )
    };
    let fixture = Fixture::empty();
    (0..20).for_each(|n| fixture.write(&format!("{n}.txt"), page(n).as_bytes()));
    fixture.clean(&["--max-removed", "0.9"], 0);
    assert!(summary(&fixture)["share_removed"].as_f64().unwrap() > 0.5);
    let before = tree(&fixture.output());

    fixture.write("20.txt", page(20).as_bytes());
    let run = fixture.clean(&["--max-removed", "0.3"], 6);
    run.says("Subscribe to our newsletter for daily offers and news.");
    run.says("--max-removed allows 30.0 %");
    let after = tree(&fixture.output());
    for (name, content) in &before {
        assert!(name == "summary.json" || after[name] == *content, "{name} changed");
    }
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert_eq!(summary(&fixture)["outcome"], "stopped");

    Fixture::new("//- a.txt\nA quiet day.\n").clean(&["--max-removed", "0"], 0);
}

#[test]
fn a_corpus_that_is_gone_empties_nothing() {
    let fixture = Fixture::new("//- a.txt\nA quiet day.\n//- b.txt\nA quiet night.\n");
    fixture.clean(&["--state", "state"], 0);
    let before = fixture.cleaned();
    for name in ["a.txt", "b.txt"] {
        fs::remove_file(fixture.corpus().join(name)).unwrap();
    }
    fixture.clean(&["--state", "state"], 6).says("the corpus has no files, and");
    assert_eq!(fixture.cleaned(), before);
    assert_eq!(summary(&fixture)["outcome"], "stopped");
    fs::remove_dir_all(fixture.output().join("text")).unwrap();
    fixture.clean(&["--state", "state"], 0);
}

#[test]
fn a_report_that_is_not_wanted_any_more_goes() {
    let fixture = Fixture::new("//- a.txt\nThe goverment has paid for the bridge.\n");
    fixture.clean(&[], 0);
    assert!(fixture.output().join("report.csv").is_file());
    fixture.clean(&["--reports", "html"], 0);
    assert!(!fixture.output().join("report.csv").exists() && !fixture.output().join("review.xlsx").exists());
    fixture.clean(&["--reports", "html"], 0);
    assert!(!fixture.output().join("refused-report.csv").exists());
}

#[test]
fn one_run_at_a_time_writes_to_a_folder() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    fixture.clean(&[], 0);
    let held = File::open(fixture.output().join(".scrubjay-run")).unwrap();
    held.lock().unwrap();
    fixture.clean(&[], 5).says("another run is using --output out");
    fixture.clean(&["--lock-wait", "1s"], 5).says("waiting");

    let waiting = start(&fixture, &["clean", "corpus", "--output", "out", "--lock-wait", "10m"]);
    std::thread::sleep(Duration::from_millis(300));
    fixture.write("late.txt", b"It doesnt snow.\n");
    std::thread::sleep(Duration::from_millis(1200));
    held.unlock().unwrap();
    assert_eq!(waiting.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(fixture.cleaned()["late.txt"], b"It doesn't snow.\n", "what came in the meantime counts");
}

#[test]
fn a_marker_whose_writing_was_cut_off_is_a_marker() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    fixture.clean(&[], 0);
    let marker = fixture.output().join(".scrubjay-run");
    let whole = fs::read(&marker).unwrap();
    for cut in [0, 1, whole.len() - 1] {
        fs::write(&marker, &whole[..cut]).unwrap();
        fixture.clean(&[], 0);
        assert_eq!(fs::read(&marker).unwrap(), whole);
    }
    fs::write(&marker, "Something else.").unwrap();
    fixture.clean(&[], 2);
}

#[test]
fn what_a_killed_run_left_is_swept() {
    let fixture = Fixture::new("//- deep/a.txt\nIt doesnt rain.\n");
    fixture.clean(&[], 0);
    for place in ["out/.scrubjay-tmp-1", "out/text/.scrubjay-tmp-2", "out/text/deep/.scrubjay-tmp-3"] {
        fs::write(fixture.path().join(place), "half").unwrap();
    }
    fixture.clean(&[], 0);
    assert!(tree(&fixture.output()).into_keys().all(|name| !name.contains("-tmp-")));
}

#[test]
fn nobody_listening_to_messages_is_no_reason_to_fail() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    let run = format!("{} clean corpus --output out 2>&-; echo $?", env!("CARGO_BIN_EXE_scrubjay"));
    let run = Command::new("sh").args(["-c", &run]).current_dir(fixture.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "0\n");
    let run = format!("{} clean corpus --output out 2>&1 | true", env!("CARGO_BIN_EXE_scrubjay"));
    Command::new("sh").args(["-c", &run]).current_dir(fixture.path()).output().unwrap();
    assert_eq!(fixture.cleaned()["a.txt"], b"It doesn't rain.\n");
}

#[test]
fn a_failed_run_says_so_in_its_summary_and_its_metrics() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    let metrics = ["--metrics-file", "m.prom"];
    fixture.clean(&metrics, 0);
    let samples = samples(&fs::read_to_string(fixture.path().join("m.prom")).unwrap());
    let success = samples["scrubjay_last_success_timestamp_seconds"];
    assert!(success > 1.7e9);
    assert_eq!(samples["scrubjay_last_run_exit_code"], 0.0);
    assert_eq!(samples["scrubjay_documents{state=\"changed\"}"], 1.0);
    assert_eq!(samples["scrubjay_findings{kind=\"apostrophe\",action=\"replace\"}"], 1.0);
    let finished = summary(&fixture);
    assert_eq!(finished["outcome"], "finished");

    fs::remove_file(fixture.output().join("report.csv")).unwrap();
    fs::create_dir(fixture.output().join("report.csv")).unwrap();
    fixture.clean(&metrics, 4).says("cannot write out/report.csv");
    let failed = summary(&fixture);
    assert_eq!(failed["outcome"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("report.csv"));
    assert_eq!(failed["documents"], 1, "what is known is told");
    assert_ne!(failed["run_id"], finished["run_id"]);
    let samples = || self::samples(&fs::read_to_string(fixture.path().join("m.prom")).unwrap());
    assert_eq!(samples()["scrubjay_last_run_exit_code"], 4.0);
    assert_eq!(samples()["scrubjay_last_success_timestamp_seconds"], success);
    // Nor could this one begin.
    fixture.clean(&[&metrics[..], &["--words", "none.txt"]].concat(), 2).says("none.txt");
    assert_eq!(samples()["scrubjay_last_run_exit_code"], 2.0);
}

/// Reads metrics as strictly as promtool: every sample has a type and a help before it, and a name
/// of the right form.
fn samples(text: &str) -> std::collections::BTreeMap<String, f64> {
    let mut known = std::collections::BTreeSet::new();
    let mut samples = std::collections::BTreeMap::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (what, name) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE"].contains(&what) && words.next().is_some(), "{line}");
            assert!(known.insert((what.to_owned(), name.to_owned())), "told twice: {line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
        assert!(!name.ends_with("_total"), "a gauge is no counter: {line}");
        for what in ["HELP", "TYPE"] {
            assert!(known.contains(&(what.to_owned(), name.to_owned())), "{line}");
        }
        assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{line}");
    }
    assert!(text.ends_with('\n'));
    samples
}

#[test]
fn a_log_is_lines_with_the_name_of_the_run_and_the_next_run_appends() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    fixture.write("b.txt.gz", b"\x1f\x8bbroken");
    for _ in 0..2 {
        let run = fixture.clean(&["-q", "--log-file", "log", "--log-format", "json"], 3);
        assert!(
            run.stderr().starts_with("scrubjay: b.txt.gz: "),
            "the terminal is for people: {}",
            run.stderr()
        );
    }
    let log = fs::read_to_string(fixture.path().join("log")).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: std::collections::BTreeSet<&str> =
        lines.iter().map(|line| line["run_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(summary(&fixture)["run_id"].as_str().unwrap()));
    let of = |level: &str| lines.iter().filter(|line| line["level"] == level).count();
    assert_eq!(of("warn"), 2, "{log}");
    let last = lines.last().unwrap();
    assert_eq!((&last["message"], &last["exit"]), (&"finished".into(), &3.into()));

    // On stderr every line is JSON, so that a collector can read all of it.
    let run = fixture.clean(&["--log-format", "json"], 3);
    for line in run.stderr().lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap()["time"].is_string(), "{line}");
    }
    fixture.clean(&["--log-file", "no/such/folder/log"], 2).says("cannot open --log-file");
}

#[test]
fn in_its_normal_mood_a_run_without_trouble_is_silent_for_cron() {
    let fixture = Fixture::new("//- a.txt\nIt doesnt rain.\n");
    let run = fixture.clean(&["-q"], 0);
    assert_eq!((run.stdout(), run.stderr()), (String::new(), String::new()));
}

#[test]
fn lines_and_the_bar_do_not_tear_each_other() {
    let fixture = Fixture::empty();
    for n in 0..60 {
        fixture.write(&format!("{n}.txt.gz"), b"\x1f\x8bbroken");
        fixture.write(&format!("{n}.txt"), format!("It doesnt rain on day {n}. ").repeat(2000).as_bytes());
    }
    // A terminal, so that there is a bar.
    let line = format!("{} clean corpus --output out -v", env!("CARGO_BIN_EXE_scrubjay"));
    let run = Command::new("script").args(["-qec", &line, "/dev/null"]).current_dir(fixture.path()).output();
    let Ok(output) = run else { return };
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = shown
        .split(['\r', '\n'])
        .map(|line| line.rsplit('\u{1b}').next().unwrap().trim_start_matches(|c: char| !c.is_alphabetic()))
        .filter(|line| line.contains("scrubjay: ") && line.contains(".txt.gz: "));
    let whole = |line: &str| {
        let rest = line.split_once("scrubjay: ").unwrap().1;
        rest.ends_with("ends too early") || rest.contains("damaged gzip data")
    };
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 60, "{shown:?}");
    assert!(told.iter().all(|line| whole(line)), "{told:#?}");
}
