//! Prints what the speller knows about every suspicious word, for `scripts/train_spell`.
//!
//! Reads documents from standard input, one JSON string a line. Writes first the names of the
//! features, then a line for each candidate of each suspicious word, tab-separated: document,
//! byte range, `known` or `unknown`, candidate, values.

use std::io::{BufRead, Write};

use scrubjay::language::{Language, Lexicon};
use scrubjay::model::Markup;
use scrubjay::segment::segment;
use scrubjay::spell::{Settings, Speller, WordCounter, merge};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut texts: Vec<String> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        texts.push(serde_json::from_str(&line?)?);
    }
    let segmentations: Vec<_> = texts.iter().map(|text| segment(text, Markup::Plain)).collect();
    let mut counter = WordCounter::new();
    for (text, segmentation) in texts.iter().zip(&segmentations) {
        counter.document(text, &segmentation.sentences, &segmentation.protected, Some(Language::ENGLISH));
    }
    let lexicon = Lexicon::load()?;
    let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default())?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut named = [false; 2];
    for (document, (text, segmentation)) in texts.iter().zip(&segmentations).enumerate() {
        for evidence in speller.evidence(text, &segmentation.sentences, &segmentation.protected) {
            let kind = if evidence.known { "known" } else { "unknown" };
            for (candidate, features) in &evidence.candidates {
                if !std::mem::replace(&mut named[usize::from(evidence.known)], true) {
                    let names: Vec<_> = features.iter().map(|(name, _)| *name).collect();
                    writeln!(out, "names\t{kind}\t{}", names.join("\t"))?;
                }
                write!(
                    out,
                    "{document}\t{}\t{}\t{kind}\t{candidate}\t",
                    evidence.span.start, evidence.span.end
                )?;
                for (_, value) in features {
                    write!(out, "{value} ")?;
                }
                writeln!(out)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
