//! Tests through the user's door: command line, files, report. One binary, so that it links once.

// Which room may know which, and what rooms must not do.
mod architecture;
// Writing a corpus down and running the program over it.
mod fixture;

// What goes, what stays, and what is said about it.
mod cleaning;
// File formats, encodings and packings.
mod formats;
// Bad input: each is listed, the rest is cleaned.
mod trouble;
// Limits of the machine, and inputs that are made to do harm.
mod limits;
// Files, variables and flags.
mod settings;
// Signals, locks, the brake, and what a killed run leaves.
mod nightly;
// Runs that remember the run before.
mod remembering;
// What `--output` may be, and what a run leaves there.
mod folders;
// Programs of other people that reports go through.
mod programs;
// Reports out to LibreOffice, and decisions back.
mod spreadsheets;
// The page in Chromium.
mod browser;
// What reviewers decide, and what becomes of it.
mod reviewing;
// Promises that hold for any corpus.
mod promises;
// The sample corpus and its report.
mod sample;
