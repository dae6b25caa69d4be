//! `summary.json` and whatever else is one JSON value in one file.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::{AtomicFile, OutputError};

/// Writes `value` as indented JSON with a line feed at the end, beside `path` and then in its
/// place.
///
/// # Errors
/// When the file cannot be written; the old one then still stands.
pub fn write_json_atomically(path: &Path, value: &impl Serialize) -> Result<(), OutputError> {
    let mut file = AtomicFile::create(path)?;
    serde_json::to_writer_pretty(&mut file, value)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(OutputError::at("write", path))?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_value_that_cannot_be_written_leaves_the_old_file() {
        struct Unwritable;
        impl Serialize for Unwritable {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("no"))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        write_json_atomically(&path, &[1, 2]).unwrap();
        assert!(write_json_atomically(&path, &Unwritable).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "[\n  1,\n  2\n]\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temp was left");
    }
}
