//! What each step of the walk costs: a bench for every beginning of it, over the same text.
//!
//! Each bench does what the one before it does and one thing more, so a slow-down has an address. One thread,
//! so that figures are those of a core; bytes a second are bytes of text. `cargo bench` runs them all.
//! Judging words costs by the distinct word, of which a small corpus has many: `scripts/bench` shows the
//! price of large ones.

#[path = "../examples/make_corpus/maker/mod.rs"]
mod maker;

use std::path::{Path, PathBuf};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rayon::{ThreadPool, ThreadPoolBuilder};
use scrubjay::decide::Decisions;
use scrubjay::language::Lexicon;
use scrubjay::model::Document;
use scrubjay::pipeline::{self, NewDecisions, Plan, Product, Reports, Silent, Survey};
use scrubjay::{dedup, input, segment, spell};
use tempfile::TempDir;

/// How much text, in million bytes.
const SIZE: &str = "4";

fn main() {
    divan::main();
}

/// The beginning of the corpus that `scripts/bench` measures with. It has just been written, so it is read
/// from memory.
struct Corpus {
    folder: TempDir,
    bytes: usize,
}

impl Corpus {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("benches need a temporary folder");
        let out = root(&folder).display().to_string();
        let made = maker::make(&["--out", &out, "--mb", SIZE].map(str::to_owned))
            .expect("the temporary folder has room for a few megabytes");
        Corpus { folder, bytes: made.bytes }
    }

    fn count(&self) -> BytesCount {
        BytesCount::new(self.bytes)
    }

    fn plan(&self) -> Plan {
        Plan {
            selection: input::Selection { roots: vec![root(&self.folder)], ..Default::default() },
            input: input::Settings::default(),
            duplicates: Some(dedup::Settings::default()),
            typos: Some(spell::Settings::default()),
            prefer: Vec::new(),
            product: Product::Findings,
            csv_bom: false,
            reports: Reports::default(),
            decisions_file: None,
            new_decisions: NewDecisions::default(),
            decisions: Decisions::default(),
            state: None,
            threads: 1,
            conduct: pipeline::Conduct::default(),
        }
    }

    fn each_document(&self, mut each: impl FnMut(&Document)) {
        let plan = self.plan();
        pipeline::for_each_document(&plan.selection, &plan.input, |document| {
            each(&document.expect("what the maker writes can be read"));
            Ok::<(), input::SelectionError>(())
        })
        .expect("the folder is there");
    }
}

/// Where the documents are; the truth about them stands beside.
fn root(folder: &TempDir) -> PathBuf {
    folder.path().join("corpus")
}

fn one_thread() -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(1).build().expect("there is a thread to be had")
}

fn survey(plan: &Plan, pool: &ThreadPool) -> Survey {
    let discovery = input::discover(&plan.selection).expect("the folder is there");
    pipeline::survey(plan, discovery, pool, &Silent).expect("nobody cancels")
}

fn survey_and_resolve(bencher: Bencher, corpus: &Corpus, plan: &Plan) {
    let (pool, lexicon) = (one_thread(), Lexicon::load().expect("there is memory for the word lists"));
    bencher.counter(corpus.count()).bench_local(|| {
        let survey = survey(plan, &pool);
        pool.install(|| pipeline::resolve(plan, survey, &lexicon).map(drop).expect("the plan has no globs"))
    });
}

/// Files to documents.
#[divan::bench(sample_count = 20)]
fn a_read(bencher: Bencher) {
    let corpus = Corpus::new();
    bencher.counter(corpus.count()).bench_local(|| {
        corpus.each_document(|document| {
            black_box(document.content_hash);
        });
    });
}

/// And documents to sentences.
#[divan::bench(sample_count = 20)]
fn b_read_segment(bencher: Bencher) {
    let corpus = Corpus::new();
    bencher.counter(corpus.count()).bench_local(|| {
        corpus.each_document(|document| {
            black_box(segment::segment(document.text.as_str(), document.markup));
        });
    });
}

/// And what is remembered of each sentence.
#[divan::bench(sample_count = 20)]
fn c_read_segment_fingerprint(bencher: Bencher) {
    let corpus = Corpus::new();
    let plan = Plan { typos: None, ..corpus.plan() };
    let pool = one_thread();
    bencher.counter(corpus.count()).bench_local(|| survey(&plan, &pool));
}

/// And what repeats.
#[divan::bench(sample_count = 20)]
fn d_resolve(bencher: Bencher) {
    let corpus = Corpus::new();
    survey_and_resolve(bencher, &corpus, &Plan { typos: None, ..corpus.plan() });
}

/// And which words are mistyped.
#[divan::bench(sample_count = 5)]
fn e_resolve_spell(bencher: Bencher) {
    let corpus = Corpus::new();
    survey_and_resolve(bencher, &corpus, &corpus.plan());
}

/// The whole job, cleaned text and reports on the disk.
#[divan::bench(sample_count = 5)]
fn f_all(bencher: Bencher) {
    let corpus = Corpus::new();
    bencher
        .with_inputs(|| tempfile::tempdir().expect("benches need a temporary folder"))
        .counter(corpus.count())
        .bench_local_refs(|folder| {
            let product = Product::Text(Path::join(folder.path(), "cleaned"));
            let plan = Plan { product, ..corpus.plan() };
            pipeline::run(&plan, &Silent).expect("a run over a sound corpus ends well")
        });
}

/// Typos alone, from files to findings: what a word costs in both walks.
#[divan::bench(sample_count = 5)]
fn g_typos_alone(bencher: Bencher) {
    let corpus = Corpus::new();
    let plan = Plan { duplicates: None, ..corpus.plan() };
    bencher
        .counter(corpus.count())
        .bench_local(|| pipeline::run(&plan, &Silent).expect("a run over a sound corpus ends well"));
}
