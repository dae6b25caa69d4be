//! What can go wrong on the way to the disk, told with the path it happened at.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file or folder of the output could not be written. Stops the run, which can be resumed.
///
/// The cause is part of the message and deliberately not also the `source` of the error: a chain
/// printer would say it twice.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}: {cause}", QuotedPath(path))]
pub struct OutputError {
    /// What was tried: `write`, `create`, `remove`, `sync`, `list`, `read`.
    pub verb: &'static str,
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    pub cause: io::Error,
}

impl OutputError {
    /// For `map_err`: `fs::rename(..).map_err(OutputError::at("write", path))`.
    pub(crate) fn at(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
        move |cause| OutputError { verb, path: path.to_path_buf(), cause }
    }
}

/// A path as messages show it: as it is when it is plain, else quoted with what is not printable
/// or not UTF-8 escaped, so that a file name can neither break a log line nor steer a terminal.
pub struct QuotedPath<'a>(pub &'a Path);

impl fmt::Display for QuotedPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_str() {
            Some(plain) if is_plain(plain) => f.write_str(plain),
            _ => write!(f, "{:?}", self.0),
        }
    }
}

/// True when the debug form would only add quotation marks, and no mark is needed to see where
/// the name begins and ends.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "/._-+,@%#~=".contains(c) || c == std::path::MAIN_SEPARATOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_was_tried_where_and_why_and_says_it_once() {
        let error =
            OutputError::at("write", Path::new("cleaned/text/a.txt"))(io::Error::from_raw_os_error(28));
        assert_eq!(
            error.to_string(),
            "cannot write cleaned/text/a.txt: No space left on device (os error 28)"
        );
        assert!(std::error::Error::source(&error).is_none());
    }

    #[test]
    fn a_file_name_cannot_steer_a_terminal() {
        let shown = QuotedPath(Path::new("a\u{1b}[31m b\n\u{202e}c")).to_string();
        assert_eq!(shown, r#""a\u{1b}[31m b\n\u{202e}c""#);
        assert_eq!(QuotedPath(Path::new("größe/日本.txt")).to_string(), "größe/日本.txt");
    }
}
