use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use proptest::prelude::*;
use scrubjay::output::{LedgerReader, Record, restore};

use crate::fixture::{Fixture, tree};

/// Sentences that repeat, nearly repeat, hold typos, and must be kept apart.
const SENTENCES: &[&str] = &[
    "The ferry leaves the northern pier at dawn.",
    "The ferry leaves the northern pier at dawn!",
    "THE FERRY LEAVES THE NORTHERN PIER AT DAWN.",
    "The ferry leaves the nothern pier at dawn.",
    "The ferry does not leave the northern pier at dawn.",
    "Of the 19 people on board, 15 were from the village.",
    "Of the 19 people on board, 17 were from the village.",
    "The crew said that it doesnt know.",
    "Dr. Abdulkhakim Gadzhiev met Mr. Melikov in Derbent on Monday.",
    "An attempt to stop the the whole town failed.",
    "See you.",
    "Heading without a stop",
    "Emoji 😀 and e\u{301} and \u{200B}zero width.",
];

const FOREIGN: &[&str] = &["“Es ist kalt,” sagte Jürgen — und ging.", "誰が置いていくのか、誰も知らない。"];

const GAPS: &[&str] = &[" ", "  ", "\n", "\r\n", "\n\n", "\n\n\n", "\r\n\r\n", " \t"];

/// A text of these sentences with any white space between and at both ends.
fn text(sentences: Vec<&'static str>) -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(sentences), prop::sample::select(GAPS));
    (prop::collection::vec(piece, 0..14), prop::option::of(prop::sample::select(GAPS)), any::<bool>())
        .prop_map(|(pieces, start, end)| {
            let mut text = start.unwrap_or_default().to_owned();
            let last = pieces.len();
            for (index, (sentence, gap)) in pieces.into_iter().enumerate() {
                text.push_str(sentence);
                if index + 1 < last || end {
                    text.push_str(gap);
                }
            }
            text
        })
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Text,
    Bom,
    Utf16,
    Markdown,
    JsonLines,
    Gzip,
    Zstd,
    JsonLinesGzip,
    StrayBytes,
}

fn corpus() -> impl Strategy<Value = Vec<(Form, Vec<String>)>> {
    corpus_of([SENTENCES, FOREIGN].concat())
}

fn corpus_of(sentences: Vec<&'static str>) -> impl Strategy<Value = Vec<(Form, Vec<String>)>> {
    let form = prop::sample::select(vec![
        Form::Text,
        Form::Bom,
        Form::Utf16,
        Form::Markdown,
        Form::JsonLines,
        Form::Gzip,
        Form::Zstd,
        Form::JsonLinesGzip,
        Form::StrayBytes,
    ]);
    prop::collection::vec((form, prop::collection::vec(text(sentences), 1..4)), 1..5)
}

fn json_lines(texts: &[String]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let text = serde_json::to_string(text).unwrap().replace('é', "\\u00e9");
        writeln!(bytes, "{{\"n\":{index}.0,  \"text\": {text} ,\"z\":[]}}").unwrap();
    }
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Name and bytes of a file that holds the texts.
fn file(index: usize, form: Form, texts: &[String]) -> (String, Vec<u8>) {
    let joined = texts.join("\n\n");
    let (name, bytes) = match form {
        Form::Text => ("txt", joined.into_bytes()),
        Form::Bom => ("txt", format!("\u{FEFF}{joined}").into_bytes()),
        Form::Utf16 => {
            ("txt", format!("\u{FEFF}{joined}").encode_utf16().flat_map(u16::to_le_bytes).collect())
        }
        Form::Markdown => {
            ("md", format!("# Title\n\n{joined}\n\n- {}\n", texts[0].replace('\n', " ")).into_bytes())
        }
        Form::JsonLines => ("jsonl", json_lines(texts)),
        Form::Gzip => ("txt.gz", gzip(joined.as_bytes())),
        Form::Zstd => ("txt.zst", zstd::encode_all(joined.as_bytes(), 1).unwrap()),
        Form::JsonLinesGzip => ("jsonl.gz", gzip(&json_lines(texts))),
        Form::StrayBytes => {
            // Enough that stays: a text with more stray bytes than so is taken for no text at all.
            let filler: String = (0..12)
                .map(|page| {
                    format!("Plain words fill page {page} of file {index}, and nothing is wrong with them. ")
                })
                .collect();
            ("txt", [joined.as_bytes(), b" stray\xffbyte ", filler.as_bytes()].concat())
        }
    };
    (format!("{index}.{name}"), bytes)
}

fn written(corpus: &[(Form, Vec<String>)]) -> Fixture {
    let fixture = Fixture::empty();
    for (index, (form, texts)) in corpus.iter().enumerate() {
        let (name, bytes) = file(index, *form, texts);
        fixture.write(&name, &bytes);
    }
    fixture
}

fn unpacked(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    use std::io::Read;
    let mut out = Vec::new();
    if name.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
    } else if name.ends_with(".zst") {
        out = zstd::decode_all(&bytes[..]).unwrap();
    } else {
        out = bytes;
    }
    out
}

fn damaged(corpus: &[(Form, Vec<String>)]) -> bool {
    corpus.iter().any(|(form, _)| matches!(form, Form::StrayBytes))
}

/// Everything a run wrote but the times in its summary.
fn product(fixture: &Fixture) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(&fixture.output());
    files.remove("summary.json");
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn ledger_and_cleaned_text_give_the_originals_back(corpus in corpus()) {
        let fixture = written(&corpus);
        fixture.clean(&[], if damaged(&corpus) { 3 } else { 0 });
        let cleaned = fixture.cleaned();
        let ledger = fs::read(fixture.output().join("ledger.jsonl")).unwrap();
        let mut seen = 0;
        let (mut source, mut edits) = (String::new(), Vec::new());
        for record in LedgerReader::new(&ledger[..]).unwrap() {
            match record.unwrap() {
                Record::Source(begun) => {
                    source = begun.source;
                    edits.clear();
                }
                Record::Edit(edit) => edits.push(edit),
                Record::SourceEnd(end) => {
                    seen += 1;
                    let copy = cleaned.get(&source).cloned().map(|bytes| unpacked(&source, bytes));
                    prop_assert_eq!(copy.is_none(), end.left_out);
                    let mut original = Vec::new();
                    let sums = restore(&copy.unwrap_or_default()[..], edits.drain(..).map(Ok), &mut original).unwrap();
                    prop_assert_eq!(sums, end.sums);
                    let wanted = unpacked(&source, fs::read(fixture.corpus().join(&source)).unwrap());
                    prop_assert_eq!(original, wanted, "{}", source);
                }
                _ => {}
            }
        }
        prop_assert_eq!(seen, corpus.len());
    }

    #[test]
    fn undo_gives_the_original_files_back(corpus in corpus()) {
        let fixture = written(&corpus);
        fixture.clean(&[], if damaged(&corpus) { 3 } else { 0 });
        fixture.run(&["undo", "out", "--output", "back"]).exits(0);
        let (back, originals) = (tree(&fixture.path().join("back")), tree(&fixture.corpus()));
        prop_assert_eq!(back.keys().collect::<Vec<_>>(), originals.keys().collect::<Vec<_>>());
        for (name, original) in originals {
            prop_assert_eq!(unpacked(&name, back[&name].clone()), unpacked(&name, original), "{}", name);
        }
    }

    /// Each kind of cleaning by itself: a typo that is mended may make a sentence the copy of
    /// another, which the next run then removes. And in one language: which one a document is in
    /// is told by all of its text, so of two, the other may be left when copies have gone.
    #[test]
    fn cleaning_twice_is_cleaning_once(corpus in corpus_of(SENTENCES.to_vec()), find in prop::sample::select(vec!["typos", "duplicates"])) {
        // With short sentences counted too: when they stay, they may be all that is left of a
        // document, and then another document holds it whole.
        let options = ["--min-words", "1", "--find", find];
        let fixture = written(&corpus);
        fixture.clean(&options, if damaged(&corpus) { 3 } else { 0 });
        let once = fixture.cleaned();
        let again = fixture.run(&[&["clean", "out/text", "--output", "again"], &options[..]].concat());
        prop_assert!(matches!(again.output.status.code(), Some(0 | 3)), "{}", again.stderr());
        let twice: BTreeMap<String, Vec<u8>> = tree(&fixture.path().join("again/text"));
        prop_assert_eq!(once.keys().collect::<Vec<_>>(), twice.keys().collect::<Vec<_>>());
        for (name, bytes) in &once {
            let (once, twice) = (unpacked(name, bytes.clone()), unpacked(name, twice[name].clone()));
            prop_assert_eq!(
                String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice), "{} of {:?}", name, corpus
            );
        }
    }

    #[test]
    fn the_answer_does_not_depend_on_the_number_of_threads(corpus in corpus()) {
        let fixture = written(&corpus);
        let mut answers = ["1", "2", "8"].map(|threads| {
            fixture.run(&["clean", "corpus", "--output", "out", "--threads", threads]);
            product(&fixture)
        }).into_iter();
        let first = answers.next().unwrap();
        for other in answers {
            prop_assert!(first == other);
        }
    }
}

/// A document that is large enough for several threads to share it, in the survey and in what follows.
#[test]
fn one_large_text_is_cleaned_alike_by_one_thread_and_by_many() {
    let line = |number: u32| match number % 50 {
        7 => "The goverment of the town said nothing of it.\n".to_owned(),
        _ => format!(
            "Day {number}{}: on platform {} they waited for train {}.\n",
            "-".repeat(70),
            number % 97,
            number % 89
        ),
    };
    let fixture = Fixture::empty();
    fixture.write("large.txt", (0..9_500).map(line).collect::<String>().as_bytes());
    let answers = ["1", "8"].map(|threads| {
        fixture.run(&["clean", "corpus", "--output", "out", "--threads", threads, "--reports", "csv"]);
        product(&fixture)
    });
    assert!(answers[0] == answers[1]);
    let rows = fixture.rows();
    let of_kind = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((of_kind("misspelling"), of_kind("exact-duplicate")), (1, 189));
}
