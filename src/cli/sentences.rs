//! `scrubjay sentences`.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::args::{Sentences, Talk};
use super::clean::{input_settings, selection};
use super::exit::Exit;
use super::journal::Journal;
use super::progress::Progress;
use crate::model::{Document, PlaceCursor, Role, Severity};
use crate::pipeline::{self, Observer};
use crate::segment;

/// One line of the output.
#[derive(Serialize)]
struct SentenceLine<'a> {
    document: &'a str,
    line: u64,
    column: u64,
    byte_start: usize,
    byte_end: usize,
    text: &'a str,
}

/// Prints the sentences of every document as JSON lines.
pub(super) fn sentences(
    command: &Sentences,
    talk: &Talk,
    journal: &Journal,
    files: Option<Vec<PathBuf>>,
) -> anyhow::Result<Exit> {
    let progress = Progress::without_run(talk, journal);
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut damaged = false;
    let selection = selection(&command.input, files)?;
    let settings = input_settings(&command.input);
    pipeline::for_each_document(&selection, &settings, |read| {
        match read {
            Ok(document) => write_sentences(&mut out, &document)?,
            Err(problem) => {
                damaged |= problem.severity == Severity::Damaged;
                progress.problem(&problem);
            }
        }
        Ok::<(), anyhow::Error>(())
    })?;
    out.flush()?;
    Ok(if damaged { Exit::DamagedInputs } else { Exit::Finished })
}

fn write_sentences(out: &mut impl Write, document: &Document) -> io::Result<()> {
    let mut places = PlaceCursor::new(&document.text);
    for sentence in segment::segment(&document.text, document.markup).sentences {
        if sentence.role == Role::Opaque || sentence.text.is_empty() {
            continue;
        }
        let place = places.place(sentence.text.start);
        let line = SentenceLine {
            document: &document.name,
            line: place.line,
            column: place.column,
            byte_start: sentence.text.start,
            byte_end: sentence.text.end,
            text: sentence.text.of(&document.text),
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
