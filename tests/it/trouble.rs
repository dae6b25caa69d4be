use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::fixture::Fixture;

#[test]
fn a_run_over_mixed_bad_input_lists_each_and_cleans_the_rest() {
    let fixture = Fixture::new("//- good.txt\nIt doesnt say no.\n");
    fixture.write("broken.txt.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken");
    fixture.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    fixture
        .write("latin1.txt", &[b"caf\xe9 \xfcber na\xefve fa\xe7ade \xe0 la carte ".as_slice(); 20].concat());
    fixture.write(
        "lines.jsonl",
        b"{\"text\":\"It doesnt say yes.\"}\n{\"text\": oops}\n{\"other\":1}\n{\"text\":\"It doesnt sleep.\"}\n",
    );
    let odd = std::ffi::OsString::from_vec(b"odd\xff\x1b[31m\n.txt".to_vec());
    fs::write(fixture.corpus().join(&odd), "It doesnt weep.\n").unwrap();
    symlink("good.txt", fixture.corpus().join("link.txt")).unwrap();
    symlink("/nowhere", fixture.corpus().join("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(fixture.corpus().join("pipe.txt")).status().unwrap().success());

    let run = fixture.clean(&["-v"], 3);

    let cleaned = fixture.cleaned();
    assert_eq!(cleaned["good.txt"], b"It doesn't say no.\n");
    assert_eq!(
        cleaned["lines.jsonl"],
        b"{\"text\":\"It doesn't say yes.\"}\n{\"text\": oops}\n{\"other\":1}\n{\"text\":\"It doesn't sleep.\"}\n"
    );
    assert_eq!(fs::read(fixture.output().join("text").join(&odd)).unwrap(), b"It doesn't weep.\n");
    assert_eq!(cleaned.len(), 3, "{:?}", cleaned.keys());

    let stderr = run.stderr();
    for name in [
        "broken.txt.gz",
        "picture.png",
        "latin1.txt",
        "lines.jsonl:2",
        "lines.jsonl:3",
        "link.txt",
        "dangling",
        "pipe.txt",
    ] {
        assert!(stderr.contains(name), "{name} is not listed:\n{stderr}");
    }
    assert!(!stderr.contains('\x1b'), "a file name steers the terminal:\n{stderr}");
    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(fixture.output().join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["outcome"], "finished");
    assert!(summary["problems"].as_array().unwrap().iter().any(|problem| problem["name"] == "broken.txt.gz"));
    let report = fs::read(fixture.output().join("report.csv")).unwrap();
    assert!(!report.contains(&0x1b), "an escape stands raw in the report");
}

#[test]
fn damaged_utf_8_is_worked_on_in_its_valid_stretches() {
    let fixture = Fixture::empty();
    let text = b"The goverment said no. The gover\xffment said yes, and the caf\xe9 closed. Nobody knows why the goverment did it.\n";
    let filler = "Plain words fill the page so that one bad byte is rare among many good ones. Nothing else is wrong. "
        .replace("Plain", "Other")
        .repeat(3);
    fixture.write("a.txt", &[text.as_slice(), b"\n", filler.as_bytes()].concat());
    fixture.clean(&["--find", "typos"], 3);
    let wanted = [
        b"The government said no. The gover\xffment said yes, and the caf\xe9 closed. Nobody knows why the government did it.\n"
            .as_slice(),
        b"\n",
        filler.as_bytes(),
    ]
    .concat();
    assert_eq!(fixture.cleaned()["a.txt"], wanted);
}

#[test]
fn a_file_that_may_not_be_read_is_listed_and_the_rest_goes_on() {
    let fixture =
        Fixture::new("//- good.txt\nThe goverment said no.\n//- secret.txt\nThe goverment said yes.\n");
    let secret = fixture.corpus().join("secret.txt");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&secret).is_ok() {
        // Root reads everything: become somebody who may not.
        fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let run = Command::new("runuser")
            .args(["-u", "nobody", "--", env!("CARGO_BIN_EXE_scrubjay"), "clean"])
            .args([fixture.corpus().as_os_str(), "--output".as_ref(), fixture.output().as_os_str()])
            .output();
        match run {
            Ok(run) if run.status.code() != Some(126) => {
                let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
                assert_eq!(run.status.code(), Some(3), "{stderr}");
                assert!(stderr.contains("secret.txt"), "{stderr}");
            }
            _ => return,
        }
    } else {
        fixture.clean(&[], 3).says("secret.txt");
    }
    assert_eq!(fixture.cleaned()["good.txt"], b"The government said no.\n");
}

#[test]
fn a_jsonl_file_cut_off_in_its_packing_is_left_out_whole() {
    let fixture = Fixture::new("//- z.txt\nThe ferry leaves the northern pier at dawn.\n");
    let lines: String =
        (0..5000).map(|n| format!("{{\"text\":\"The ferry number {n} leaves the pier.\"}}\n")).collect();
    let copy = "{\"text\":\"The ferry leaves the northern pier at dawn.\"}\n";
    let whole = zstd::encode_all(format!("{copy}{lines}").as_bytes(), 3).unwrap();
    fixture.write("a.jsonl.zst", &whole[..whole.len() - 10]);
    fixture.clean(&[], 3).says("a.jsonl.zst");
    assert_eq!(fixture.cleaned().keys().collect::<Vec<_>>(), ["z.txt"]);
    assert_eq!(
        fixture.cleaned()["z.txt"],
        b"The ferry leaves the northern pier at dawn.\n",
        "nothing goes because of a file that is left out"
    );
}

#[test]
fn settings_that_cannot_be_meant_stop_the_run_before_it_begins() {
    let fixture = Fixture::new("//- a.txt\nA.\n");
    for (arguments, word) in [
        (vec!["clean", "nowhere", "--output", "out"], "nowhere"),
        (vec!["clean", "corpus"], "--output"),
        (vec!["clean", "corpus", "--output", "out", "--threshold", "80"], "0.8"),
        (vec!["clean", "corpus", "--output", "out", "--include", "[z"], "[z"),
        (vec!["clean", "corpus", "--output", "out", "--prefer", "[z"], "[z"),
        (vec!["clean", "--files-from", "missing", "--output", "out"], "missing"),
        (vec!["clean", "corpus", "--output", "out", "--find", "rhymes"], "rhymes"),
        (vec!["clean", "corpus", "--output", "out", "--threads", "99999"], "a number up to 1024"),
        (vec!["clean", "corpus", "--output", "out", "--min-words", "1000"], "a number up to 255"),
        (vec!["scrub"], "scrub"),
    ] {
        fixture.run(&arguments).exits(2).says(word);
        assert!(!fixture.output().exists(), "{arguments:?} wrote something");
    }
}

#[test]
fn whoever_stops_listening_hears_no_complaint() {
    let fixture = Fixture::empty();
    fixture.write("a.txt", "One sentence is here. ".repeat(20_000).as_bytes());
    let shell = format!("{} sentences corpus | head -n 1", env!("CARGO_BIN_EXE_scrubjay"));
    let run = Command::new("sh").args(["-c", &shell]).current_dir(fixture.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert!(
        String::from_utf8_lossy(&run.stdout).starts_with("{\"document\":\"a.txt\",\"line\":1,\"column\":1,")
    );
}
