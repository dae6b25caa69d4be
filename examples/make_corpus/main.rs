//! Makes a corpus to measure with: as much text as is asked for, in which it is known what is repeated and
//! what is mistyped. `scripts/make_corpus --help` tells how to call it.

mod maker;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

const HELP: &str = "\
Makes a corpus in which it is known what is repeated and what is mistyped

Usage: scripts/make_corpus --out DIR [--shape SHAPE] [--mb N | --sentences N] [--seed N] [--gz]

  --out DIR        where the corpus goes; must not exist yet. DIR.truth.csv tells what was planted where
  --shape SHAPE    files      documents of about 3 KB in nested folders: text, some hard-wrapped, some Markdown
                   jsonl      the same documents in one file, a JSON object a line (id, title, text)
                   lines      one text file, a sentence a line
                   sentences  one text file of different sentences with a vocabulary of 400,000 words
                   flood      one text file of sentences alike but for a number
                   [default: files]
  --mb N           how many million bytes of text (files, jsonl, lines) [default: 10]
  --sentences N    how many sentences (sentences, flood) [default: 100000]
  --seed N         another seed, another corpus [default: 1]
  --gz             compress every file
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return say(std::io::stdout(), HELP, ExitCode::SUCCESS);
    }
    match maker::make(&arguments) {
        Ok(summary) => say(std::io::stderr(), &format!("{summary}\n"), ExitCode::SUCCESS),
        Err(error) => say(std::io::stderr(), &format!("make_corpus: {error}\n"), ExitCode::FAILURE),
    }
}

/// Nothing is left to do when the last message cannot be written.
fn say(mut stream: impl std::io::Write, message: &str, code: ExitCode) -> ExitCode {
    if stream.write_all(message.as_bytes()).is_ok() { code } else { ExitCode::FAILURE }
}
