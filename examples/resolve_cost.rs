//! Says what finding the repetitions of a file costs, a distinct sentence a line: the join by itself, all of
//! it, and the memory it takes. One thread; text and segmentation are no part of it.
//!
//! `cargo run --release --example resolve_cost -- CORPUS.txt`

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

use scrubjay::dedup::measure::Joinable;
use scrubjay::dedup::{Background, DocumentFacts, Fingerprinter, Fingerprints, Repute, Settings, resolve};
use scrubjay::language::{Language, Lexicon, rarity_of};
use scrubjay::model::{Markup, OneByOne, Role, Sentence, Span};

/// Sentences in a document, and documents in a batch.
const SENTENCES: usize = 100;
const DOCUMENTS: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let mut out = std::io::stdout().lock();
    let lexicon = Lexicon::load()?;
    let background = Background {
        repute: &|word| if lexicon.contains(word) { Repute::Common } else { Repute::Unknown },
        meanings: &|_, _| (),
        rarity: &|word| rarity_of(lexicon.entry(word).rank()),
    };
    let settings = Settings::default();
    let before = memory("VmRSS");
    let (batches, documents) = fingerprints(&path)?;
    forget_peak();
    let sentences: usize = batches.iter().map(Fingerprints::sentences).sum();
    let each = |bytes: f64| bytes / sentences as f64;
    writeln!(out, "{sentences} sentences; remembered of each {:.0} bytes", each(memory("VmRSS") - before))?;

    let facts = vec![DocumentFacts::default(); documents];
    let (found, seconds) = timed(|| resolve(batches, &facts, &settings, &background, &OneByOne));
    let stats = found.stats();
    let cost = 1e6 * seconds / sentences as f64;
    writeln!(out, "all of it: {cost:.2} us a sentence, {} for review", stats.reviews)?;
    let (peak, left) = (memory("VmHWM") - before, memory("VmRSS") - before);
    writeln!(out, "memory: {:.0} bytes a sentence at most, {:.0} at the end", each(peak), each(left))?;
    drop(found);

    let (batches, _) = fingerprints(&path)?;
    let joinable = Joinable::new(batches, &settings, &background, &OneByOne);
    for threshold in [settings.threshold, settings.review_threshold] {
        let (pairs, seconds) = timed(|| joinable.join(threshold, &OneByOne));
        let cost = 1e6 * seconds / joinable.sentences() as f64;
        writeln!(out, "join at {threshold}: {cost:.2} us a sentence, {pairs} pairs")?;
    }
    Ok(())
}

/// The lines of a file as sentences, and how many documents they were put into. The text itself is let go.
fn fingerprints(path: &str) -> std::io::Result<(Vec<Fingerprints>, usize)> {
    let mut lines = BufReader::new(File::open(path)?).lines();
    let (mut batches, mut documents) = (Vec::new(), 0);
    loop {
        let mut printer = Fingerprinter::new();
        for _ in 0..DOCUMENTS {
            let (mut text, mut sentences) = (String::new(), Vec::new());
            for line in lines.by_ref().take(SENTENCES) {
                let start = text.len();
                text.push_str(&line?);
                let body = Span::new(start, text.len());
                text.push('\n');
                let span = Span::new(start, text.len());
                sentences.push(Sentence { span, text: body, role: Role::Prose, paragraph: 0 });
            }
            if sentences.is_empty() {
                batches.push(printer.finish());
                return Ok((batches, documents));
            }
            printer.document(&text, &sentences, Markup::Plain, Some(Language::ENGLISH));
            documents += 1;
        }
        batches.push(printer.finish());
    }
}

/// What was made, and the seconds of processor time it took; of wall time where the system does not tell.
fn timed<T>(make: impl FnOnce() -> T) -> (T, f64) {
    let (start, ticks) = (Instant::now(), ticks());
    let made = make();
    let seconds = match (ticks, self::ticks()) {
        (Some(before), Some(after)) => (after - before) as f64 / 100.0,
        _ => start.elapsed().as_secs_f64(),
    };
    (made, seconds)
}

/// Hundredths of a second of processor time that this process took.
fn ticks() -> Option<u64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // What comes before is the program's name, which may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// A figure of this process's memory in bytes, 0 where the system does not tell.
fn memory(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or_default() * 1024.0
}

/// Lets the peak of memory begin anew.
fn forget_peak() {
    // Where that is not possible the peak is of the whole run, which is not less.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
