use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use crate::fixture::{Fixture, tree};

/// Paragraphs that repeat each other in every way there is, and words that the corpus must tell.
const POOL: &[&str] = &[
    "The ferry leaves the northern pier at dawn every day.",
    "the ferry leaves the northern pier at dawn, every day!",
    "The ferry leaves the nothern pier at dawn every day.",
    "The ferry leaves the northern pier at dusk every day.",
    "Of the 19 people on board, 15 were from the village by the lake.",
    "Of the 19 people on board, 17 were from the village by the lake.",
    "The ferry leaves the northern pier at dawn every day and comes back before the village wakes.",
    "The harbour master Orlan Veshti closed the northern pier after the fire.",
    "It was Veshti who decided to keep the pier closed once the fire was out.",
    "It doesnt matter to the the town what becomes of the goverment.",
    "Grinvald met Veshtiyan in the costal town, and Grinvald left.",
    "Veshtiyan wrote to the town that the teh boats would come.",
    "Nobody in the village had seen the boats come back that evening.",
    "Die Fähre verlässt den nördlichen Anleger jeden Tag bei Sonnenaufgang.",
    "A word with a zero\u{200b}width space, and donâ€™t.",
];

#[derive(Clone, Debug)]
enum Change {
    Write {
        file: usize,
        paragraphs: Vec<usize>,
    },
    Remove {
        file: usize,
    },
    Rename {
        from: usize,
        to: usize,
    },
    Touch {
        file: usize,
    },
    /// A line more in the JSONL file.
    Append {
        paragraphs: Vec<usize>,
    },
    /// What a person decides about the how-manieth row.
    Decide {
        row: usize,
        decision: usize,
    },
    /// Somebody writes into a cleaned copy, or removes it.
    Meddle {
        file: usize,
        remove: bool,
    },
    /// A byte of the state is another.
    Damage {
        at: usize,
    },
}

fn paragraphs() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..POOL.len(), 1..6)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0..FILES.len(), paragraphs()).prop_map(|(file, paragraphs)| Change::Write { file, paragraphs }),
        2 => (0..FILES.len()).prop_map(|file| Change::Remove { file }),
        1 => (0..FILES.len(), 0..FILES.len()).prop_map(|(from, to)| Change::Rename { from, to }),
        1 => (0..FILES.len()).prop_map(|file| Change::Touch { file }),
        2 => paragraphs().prop_map(|paragraphs| Change::Append { paragraphs }),
        2 => (0..20_usize, 0..3_usize).prop_map(|(row, decision)| Change::Decide { row, decision }),
        1 => (0..FILES.len(), any::<bool>()).prop_map(|(file, remove)| Change::Meddle { file, remove }),
        1 => (0..100_000_usize).prop_map(|at| Change::Damage { at }),
    ]
}

const FILES: &[&str] = &["a.txt", "b.txt", "c.txt", "d.md", "deep/e.txt", "deep/f.txt", "g.txt", "z.txt.gz"];

const LINES: &str = "lines.jsonl";

impl Fixture {
    fn source(&self, file: usize) -> PathBuf {
        self.corpus().join(FILES[file])
    }

    fn change(&self, change: &Change) {
        match change {
            Change::Write { file, paragraphs } => {
                let text = text_of(paragraphs);
                let bytes = if FILES[*file].ends_with(".gz") { gzip(&text) } else { text.into_bytes() };
                self.write(FILES[*file], &bytes);
            }
            Change::Remove { file } => drop(fs::remove_file(self.source(*file))),
            Change::Rename { from, to } => {
                let (from, to) = (self.source(*from), self.source(*to));
                if from.exists() && from.extension() == to.extension() {
                    fs::create_dir_all(to.parent().unwrap()).unwrap();
                    fs::rename(from, to).unwrap();
                }
            }
            Change::Touch { file } => {
                if let Ok(file) = File::options().append(true).open(self.source(*file)) {
                    file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
                }
            }
            Change::Append { paragraphs } => {
                let path = self.corpus().join(LINES);
                let before = fs::read_to_string(&path).unwrap_or_default();
                let line = serde_json::json!({"id": before.len(), "text": text_of(paragraphs)});
                fs::write(path, format!("{before}{line}\n")).unwrap();
            }
            Change::Decide { row, decision } => self.decide_row(*row, *decision),
            Change::Meddle { file, remove } => {
                let path = self.output().join("text").join(FILES[*file]);
                if *remove {
                    let _ = fs::remove_file(path);
                } else if path.exists() {
                    fs::write(path, "Somebody wrote this.\n").unwrap();
                }
            }
            Change::Damage { at } => {
                let path = self.path().join("state").join("survey.state");
                if let Ok(mut bytes) = fs::read(&path) {
                    let at = at % bytes.len();
                    bytes[at] ^= 0x10;
                    fs::write(path, bytes).unwrap();
                }
            }
        }
    }

    fn decide_row(&self, row: usize, decision: usize) {
        let report = self.output().join("report.csv");
        if !report.exists() || self.rows().is_empty() {
            return;
        }
        let rows = self.rows();
        let row = &rows[row % rows.len()];
        let (decision, replacement) =
            [("accept", ""), ("reject", ""), ("edit", "Somebody wrote this instead.")][decision];
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["row_id", "decision", "replacement", "document"]).unwrap();
        csv.write_record([row["row_id"].as_str(), decision, replacement, row["document"].as_str()]).unwrap();
        let sheet = self.path().join("sheet.csv");
        fs::write(&sheet, csv.into_inner().unwrap()).unwrap();
        // A document that changed since makes the row stale: then nothing is decided.
        self.run(&["apply", "out", "sheet.csv"]);
    }

    /// One night: a run that remembers, and one from the beginning. Returns what the summary of the
    /// first says.
    fn night(&self, threads: &str) -> serde_json::Value {
        let options = ["--decisions", "decisions.csv", "--reports", "csv", "--threads", threads];
        if !self.path().join("decisions.csv").exists() {
            fs::write(self.path().join("decisions.csv"), "row_id,decision\n").unwrap();
        }
        let remembering =
            [&["clean", "corpus", "--output", "out", "--state", "state"], &options[..]].concat();
        let text = self.output().join("text");
        if tree(&self.corpus()).is_empty() && text.is_dir() && !tree(&text).is_empty() {
            // A person says that they are to go.
            self.run(&remembering).exits(6);
            fs::remove_dir_all(text).unwrap();
        }
        self.run(&remembering).exits(0);
        let _ = fs::remove_dir_all(self.path().join("anew"));
        self.run(&[&["clean", "corpus", "--output", "anew"], &options[..]].concat()).exits(0);
        let (have, want) = (result(&tree(&self.output())), result(&tree(&self.path().join("anew"))));
        for (name, bytes) in &want {
            let have = have.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(have.as_deref(), Some(&*String::from_utf8_lossy(bytes)), "{name}");
        }
        assert_eq!(have.len(), want.len(), "{:?}", have.keys());
        let summary = fs::read(self.output().join("summary.json")).unwrap();
        serde_json::from_slice(&summary).unwrap()
    }
}

/// What must be the same whether or not a run remembers.
fn result(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let is_result = |name: &str| name.starts_with("text/") || name == "report.csv" || name == "ledger.jsonl";
    files
        .iter()
        .filter(|(name, _)| is_result(name))
        .map(|(name, bytes)| (name.clone(), bytes.clone()))
        .collect()
}

fn text_of(paragraphs: &[usize]) -> String {
    paragraphs.iter().map(|&paragraph| format!("{}\n\n", POOL[paragraph])).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(10) })]

    #[test]
    fn after_any_nights_the_result_is_that_of_a_run_from_the_beginning(
        nights in proptest::collection::vec((proptest::collection::vec(change(), 0..5), 0..3_usize), 1..7),
    ) {
        let fixture = Fixture::new("//- a.txt\nThe ferry leaves the northern pier at dawn every day.\n");
        for (changes, threads) in nights {
            changes.iter().for_each(|change| fixture.change(change));
            fixture.night(["1", "2", "8"][threads]);
        }
    }
}

/// Until files that were just written are old enough to be known by their times.
fn wait() {
    std::thread::sleep(Duration::from_millis(3200));
}

fn corpus() -> Fixture {
    let fixture = Fixture::empty();
    for (file, name) in FILES.iter().enumerate() {
        let text = text_of(&[file, (file + 3) % POOL.len(), (file * 5) % POOL.len()]);
        fixture.write(name, &if name.ends_with(".gz") { gzip(&text) } else { text.into_bytes() });
    }
    fixture.change(&Change::Append { paragraphs: vec![0, 9, 4] });
    fixture.change(&Change::Append { paragraphs: vec![7, 8] });
    fixture
}

/// The files of the corpus that a night opens, one line for each time. `None` without strace.
fn opened(fixture: &Fixture) -> Option<Vec<String>> {
    let trace = fixture.path().join("trace");
    let status = std::process::Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=openat", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_scrubjay"))
        .args(["--quiet", "clean", "corpus", "--output", "out", "--state", "state", "--decisions"])
        .args(["decisions.csv", "--reports", "csv"])
        .current_dir(fixture.path())
        .status();
    let Ok(status) = status else {
        assert!(std::env::var_os("TEST_WITH_PROGRAMS").is_none(), "strace is needed");
        return None;
    };
    assert!(status.success());
    let trace = fs::read_to_string(&trace).unwrap();
    let of_corpus = |line: &&str| line.contains("corpus/") && !line.contains("O_DIRECTORY");
    Some(trace.lines().filter(of_corpus).map(str::to_owned).collect())
}

#[test]
fn what_did_not_change_is_not_opened_again() {
    let fixture = corpus();
    wait();
    assert_eq!(fixture.night("2")["files_known"], 0);
    let all = FILES.len() + 1;
    let Some(opened) = opened(&fixture) else { return };
    assert!(opened.is_empty(), "{opened:#?}");
    // What changes is read, and nothing else but what must be told anew because of it.
    fixture.change(&Change::Write { file: 6, paragraphs: vec![12] });
    let opened = self::opened(&fixture).unwrap();
    assert!(opened.iter().any(|line| line.contains("g.txt")), "{opened:#?}");
    assert_eq!(fixture.night("2")["files_known"], all, "it was written, and is the same");
}

#[test]
fn a_document_is_read_again_only_if_a_word_was_weighed_in_it_of_which_the_corpus_says_another_thing() {
    let fixture = Fixture::new(
        "//- seen.txt\nThe application form of the ferry is on the table.\n\
         //- weighed.txt\nThe letter came form the harbour office.\n",
    );
    wait();
    fixture.night("1");
    assert_eq!(fixture.rows().len(), 1, "{:?}", fixture.rows());
    fixture.write("more.txt", "They came from a town, and from a lake, and from a hill.\n".as_bytes());
    let Some(opened) = opened(&fixture) else { return };
    let is_opened = |name: &str| opened.iter().any(|line| line.contains(name));
    assert!(is_opened("weighed.txt") && !is_opened("seen.txt"), "{opened:#?}");
}

#[test]
fn words_of_documents_that_are_gone_are_forgotten_in_time() {
    let fixture = corpus();
    fixture.night("2");
    let many: String = (0..4000).map(|n| format!("Word{n} stands in line {n}.\n\n")).collect();
    fixture.write("many.txt", many.as_bytes());
    fixture.night("2");
    let size = || fs::metadata(fixture.path().join("state/survey.state")).unwrap().len();
    let before = size();
    fs::remove_file(fixture.corpus().join("many.txt")).unwrap();
    fixture.night("2");
    assert!(size() * 2 < before, "{} after {before}", size());
    fixture.night("2");
}

#[test]
fn what_other_documents_say_of_a_word_is_heard_in_documents_that_did_not_change() {
    let fixture = Fixture::new("//- a.txt\nThe boats left the harbur at night and came back.\n");
    fixture.night("1");
    assert_eq!(fixture.rows().len(), 1);
    let many: String = (1..40)
        .map(|n| format!("Boat number {n} of town {} lies in the harbur of its owner.\n\n", n * 7))
        .collect();
    fixture.write("b.txt", many.as_bytes());
    fixture.night("1");
    assert!(fixture.rows().iter().all(|row| row["document"] != "a.txt"), "so it is a word");
    fs::remove_file(fixture.corpus().join("b.txt")).unwrap();
    fixture.night("1");
    assert_eq!(fixture.rows().len(), 1);
}

#[test]
fn only_copies_that_change_are_written() {
    let fixture = corpus();
    fixture.night("2");
    let stamps = || {
        use std::os::unix::fs::MetadataExt;
        let files = tree(&fixture.output().join("text")).into_keys();
        files
            .map(|name| {
                let path = fixture.output().join("text").join(&name);
                (name, fs::metadata(path).unwrap().ino())
            })
            .collect::<BTreeMap<_, _>>()
    };
    let before = stamps();
    fixture.change(&Change::Write { file: 0, paragraphs: vec![12, 13] });
    fixture.night("2");
    let after = stamps();
    let written: Vec<_> = after.iter().filter(|(name, inode)| before.get(*name) != Some(inode)).collect();
    assert!(written.iter().any(|(name, _)| *name == "a.txt"), "{written:?}");
    assert!(written.len() < before.len(), "{written:?}");
}

#[test]
fn new_rows_stand_in_a_report_of_their_own() {
    let fixture = Fixture::new("//- a.txt\nThe town has a goverment of its own.\n");
    fixture.night("1");
    let new = || crate::fixture::rows(&fixture.output().join("report-new.csv"));
    assert_eq!(new().len(), fixture.rows().len(), "everything is new to the first run");
    fixture.write("b.txt", b"It doesnt matter.\n");
    fixture.night("1");
    let texts: Vec<String> = new().iter().map(|row| row["text"].clone()).collect();
    assert_eq!(texts, ["doesnt"]);
    fixture.night("1");
    assert!(new().is_empty());
    fixture.clean(&["--reports", "csv"], 0);
    assert!(!fixture.output().join("report-new.csv").exists(), "without a state nothing is new");
}

#[test]
fn a_state_that_is_damaged_or_of_other_settings_is_said_and_made_anew() {
    let fixture = corpus();
    fixture.night("1");
    fixture.change(&Change::Damage { at: 5000 });
    let summary = fixture.night("1");
    assert_eq!(summary["forgotten"], "it is damaged");
    assert_eq!(fixture.night("1")["forgotten"], serde_json::Value::Null);
    let options = ["--state", "state", "--find", "typos", "--decisions", "decisions.csv"];
    fixture.clean(&options, 0).says("read anew");
    fixture.clean(&options, 0);
    fixture.night("1");
}

#[test]
fn a_folder_that_is_no_state_is_refused_and_a_busy_one_waited_for() {
    let fixture = Fixture::new("//- a.txt\nThe town has a government.\n");
    fs::create_dir(fixture.path().join("mine")).unwrap();
    fs::write(fixture.path().join("mine/letter.txt"), "dear").unwrap();
    fixture.clean(&["--state", "mine"], 2).says("not the folder of a state");
    fixture.clean(&["--state", "corpus/state"], 2).says("inside the corpus");
    fixture.clean(&["--state", "state"], 0);
    let left = fixture.path().join("state/.scrubjay-tmp-0123456789abcdef");
    fs::write(&left, "of a run that was killed").unwrap();
    fixture.clean(&["--state", "state"], 0);
    assert!(!left.exists());
    let lock = File::options().write(true).open(fixture.path().join("state/lock")).unwrap();
    lock.lock().unwrap();
    fixture.clean(&["--state", "state"], 5).says("another run is using --state");
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(lock);
    });
    fixture.clean(&["--state", "state", "--lock-wait", "60s"], 0);
    release.join().unwrap();
}

/// One run that remembers. True if it found that nothing had changed: then it leaves the state as it was.
#[cfg(unix)]
fn stood_still(fixture: &Fixture, options: &[&str]) -> bool {
    use std::os::unix::fs::MetadataExt;
    let state = || fs::metadata(fixture.path().join("state/survey.state")).unwrap().ino();
    let before = state();
    let command = [&["clean", "corpus", "--output", "out", "--state", "state", "--threads", "2"], options];
    fixture.run(&command.concat()).exits(0);
    state() == before
}

#[cfg(unix)]
#[test]
fn a_night_on_which_nothing_changed_leaves_all_as_it_is_and_any_change_is_seen() {
    let fixture = corpus();
    fixture.write("picture.txt", b"\x00\x01 is passed by");
    fs::write(fixture.path().join("decisions.csv"), "row_id,decision\n").unwrap();
    let usual = ["--decisions", "decisions.csv", "--reports", "csv,html"];
    let still = || stood_still(&fixture, &usual);
    let first = [&["clean", "corpus", "--output", "out", "--state", "state"], &usual[..]].concat();
    wait();
    fixture.run(&first).exits(0);
    let out = |name: &str| fixture.output().join(name);
    let told = || {
        let mut summary: serde_json::Value =
            serde_json::from_slice(&fs::read(out("summary.json")).unwrap()).unwrap();
        for of_the_run in ["run_id", "seconds", "files_known"] {
            summary.as_object_mut().unwrap().remove(of_the_run);
        }
        summary
    };
    let (summary, files) = (told(), result(&tree(&fixture.output())));
    let is_as_before = || (told(), result(&tree(&fixture.output()))) == (summary.clone(), files.clone());
    assert!(summary["problems"].to_string().contains("picture.txt"));

    for night in 1..3 {
        assert!(still() && is_as_before(), "night {night}");
        assert_eq!(crate::fixture::rows(&out("report-new.csv")).len(), 0, "no row is new");
        let known: serde_json::Value =
            serde_json::from_slice(&fs::read(out("summary.json")).unwrap()).unwrap();
        assert_eq!(known["files_known"], FILES.len() + 2);
    }
    fs::write(out("text/stray.txt"), "Nobody knows whence.\n").unwrap();
    assert!(still() && is_as_before(), "what does not belong to the text is removed");

    // Whatever somebody does to what was written, it is made again.
    fixture.change(&Change::Meddle { file: 1, remove: false });
    assert!(!still() && is_as_before(), "a copy was written to");
    fixture.change(&Change::Meddle { file: 2, remove: true });
    assert!(!still() && is_as_before(), "a copy was removed");
    for name in ["ledger.jsonl", "report.csv", "report.html"] {
        fs::remove_file(out(name)).unwrap();
        assert!(!still() && is_as_before() && out(name).exists(), "{name} was removed");
    }
    let page = fs::read(out("report.html")).unwrap();
    fs::write(out("report.html"), b"other").unwrap();
    assert!(!still() && fs::read(out("report.html")).unwrap() == page, "a report was written to");
    assert!(still(), "and that is the end of it");

    // Settings, decisions and limits are heard.
    assert!(!stood_still(&fixture, &["--decisions", "decisions.csv", "--reports", "csv"]));
    assert!(!out("report.html").exists());
    assert!(!stood_still(&fixture, &[&usual[..], &["--threshold", "0.9"]].concat()));
    assert!(!stood_still(&fixture, &[&usual[..], &["--prefer", "z*"]].concat()));
    assert!(!still() && is_as_before() && still());
    let limited = [&first[..], &["--max-removed", "0"]].concat();
    fixture.run(&limited).exits(6);
    let row = &fixture.rows()[0]["row_id"];
    fs::write(fixture.path().join("decisions.csv"), format!("row_id,decision\n{row},reject\n")).unwrap();
    assert!(!still() && !is_as_before(), "a row was rejected");
    fs::write(fixture.path().join("decisions.csv"), "row_id,decision\n").unwrap();
    assert!(!still() && is_as_before() && still());

    // So is every change of a source.
    let path = fixture.source(0);
    let (bytes, modified) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    let other: Vec<u8> = bytes.iter().map(|&byte| if byte == b'f' { b'v' } else { byte }).collect();
    fs::write(&path, &other).unwrap();
    File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert!(!still() && fs::read(out("text/a.txt")).unwrap().contains(&b'v'), "its times were set back");
    fs::write(&path, &bytes).unwrap();
    assert!(!still() && is_as_before());
    wait();
    assert!(!still() && still(), "it may have been written to within the tick of a clock; now it is settled");
    fs::write(fixture.corpus().join("picture.txt"), "It doesnt matter.\n").unwrap();
    assert!(!still() && fixture.rows().iter().any(|row| row["document"] == "picture.txt"));
    fs::remove_file(fixture.corpus().join("picture.txt")).unwrap();
    assert!(!still() && fixture.rows().iter().all(|row| row["document"] != "picture.txt"));
}
