//! Words on the terminal.

use std::io::{self, Write};

/// An error, for the person who must act: one line, each cause once.
pub(super) fn complain(error: &anyhow::Error) {
    if tracing::dispatcher::has_been_set() {
        tracing::error!("{error:#}");
    } else {
        say(format_args!("scrubjay: {error:#}"));
    }
}

/// A line for people, on stderr.
pub(super) fn say(line: impl std::fmt::Display) {
    // Whoever does not listen any more need not be told; `eprintln!` would panic.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A line of the result, on stdout.
pub(super) fn print(line: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}
