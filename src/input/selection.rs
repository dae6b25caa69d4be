//! What a person asked for: corpus roots, a list of files, patterns.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::display_name;
use crate::model::exact_path;

/// Which files make up the corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Folders and files. With one root names are relative to it; with several, each name begins
    /// with the last component of its root.
    #[serde(with = "exact_path")]
    pub roots: Vec<PathBuf>,
    /// Only these files (or folders), wherever they came from. They must lie in the roots, if
    /// there are any, and are named as if the root had been walked. Without roots they are named
    /// by their path from the current folder, or from `/` if they were given that way.
    #[serde(with = "exact_path")]
    pub files: Option<Vec<PathBuf>>,
    /// Patterns of the paths to take, matched against the path in the corpus; empty takes all but
    /// hidden files. A pattern without `/` matches a name at any depth, a folder means everything
    /// in it. Files and folders whose name begins with `.` are passed over unless a pattern here
    /// says so with a part that begins with `.`, or they are a root themselves.
    pub include: Vec<String>,
    /// Patterns of the paths to leave out, in the same form. They win over `include`.
    pub exclude: Vec<String>,
    /// A folder that is never walked into: where the output goes.
    #[serde(with = "exact_path")]
    pub avoid: Option<PathBuf>,
}

/// A selection that cannot be meant, or cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// A root is not there, or cannot be reached.
    #[error("cannot open corpus '{root}': {cause}")]
    Root {
        /// The root as it was given, escaped for people.
        root: String,
        /// Why not.
        cause: io::Error,
    },
    /// Two roots would put their files under the same name.
    #[error(
        "'{first}' and '{second}' are both called '{name}': give the folder above them instead, with --include"
    )]
    SameName {
        /// The root given first.
        first: String,
        /// The root given later.
        second: String,
        /// Their last component.
        name: String,
    },
    /// A root lies in the output folder.
    #[error("corpus '{root}' lies in the output folder '{output}': choose another --output")]
    InOutput {
        /// The root as it was given.
        root: String,
        /// The output folder as it was given.
        output: String,
    },
    /// A listed file lies in none of the roots.
    #[error("'{file}' is on the list of files, but in none of the corpus folders")]
    OutsideRoots {
        /// The file as it was listed.
        file: String,
    },
    /// The list of files cannot be read.
    #[error("cannot read the list of files '{list}': {cause}")]
    List {
        /// Where the list is.
        list: String,
        /// Why not.
        cause: io::Error,
    },
    /// A pattern is not a glob.
    #[error("cannot read the pattern '{pattern}': {reason}")]
    Glob {
        /// The pattern as it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl SelectionError {
    pub(super) fn glob(pattern: &str, error: &globset::Error) -> Self {
        SelectionError::Glob { pattern: pattern.into(), reason: error.kind().to_string() }
    }
}

/// Reads a list of files from a file, or from standard input when it is `-`.
///
/// # Errors
/// When the list cannot be read.
pub fn read_file_list(list: &Path) -> Result<Vec<PathBuf>, SelectionError> {
    let mut bytes = Vec::new();
    let read = if list == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        fs::read(list).map(|read| bytes = read)
    };
    match read {
        Ok(()) => Ok(parse_file_list(&bytes)),
        Err(cause) => Err(SelectionError::List { list: display_name(list), cause }),
    }
}

/// The paths of a list, one a line, or with a NUL after each as `find -print0` writes them. No
/// option is needed to tell the two apart, as no path holds a NUL.
pub fn parse_file_list(list: &[u8]) -> Vec<PathBuf> {
    let list = list.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(list);
    let by_nul = memchr::memchr(0, list).is_some();
    list.split(|&byte| byte == if by_nul { 0 } else { b'\n' })
        .map(|line| if by_nul { line } else { line.strip_suffix(b"\r").unwrap_or(line) })
        .filter(|line| !line.is_empty())
        .map(path_from_bytes)
        .collect()
}

#[cfg(unix)]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_separated_by_line_ends_or_by_nul() {
        let paths =
            |list: &[u8]| parse_file_list(list).iter().map(|path| display_name(path)).collect::<Vec<_>>();
        assert_eq!(paths(b"\xEF\xBB\xBFa.txt\r\n\nb c.txt"), ["a.txt", "b c.txt"]);
        assert_eq!(paths(b"a\nb.txt\0c.txt\0"), ["a\\nb.txt", "c.txt"]);
        assert_eq!(paths(b""), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_listed_name_may_hold_any_byte() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(parse_file_list(b"caf\xe9\n")[0].as_os_str().as_bytes(), b"caf\xe9");
    }

    #[test]
    fn a_missing_list_is_named() {
        let error = read_file_list(Path::new("no/such.list")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the list of files 'no/such.list': "), "{error}");
    }
}
