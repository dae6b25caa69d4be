//! The file that says whose a folder is, and that holds the lock on it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::FolderError;
use crate::output::OutputError;
use crate::output::atomic::{folder_of, sync_folder};

pub(super) const MARKER: &str = ".scrubjay-run";
const MARKER_FORMAT: u32 = 1;

/// True when the folder exists, an error when it cannot be ours.
pub(super) fn check_contents(output: &Path) -> Result<bool, FolderError> {
    match fs::metadata(output) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere exists, and create_dir_all would only say "File exists".
            return if fs::symlink_metadata(output).is_ok() {
                Err(FolderError::NotAFolder(output.to_path_buf()))
            } else {
                Ok(false)
            };
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(FolderError::NotAFolder(output.to_path_buf()));
        }
        Err(error) => return Err(OutputError::at("read", output)(error).into()),
        Ok(metadata) if !metadata.is_dir() => return Err(FolderError::NotAFolder(output.to_path_buf())),
        Ok(_) => {}
    }
    let is_empty = fs::read_dir(output).map_err(OutputError::at("list", output))?.next().is_none();
    if is_empty {
        return Ok(true);
    }
    match fs::symlink_metadata(output.join(MARKER)) {
        Ok(marker) if marker.is_file() => {}
        _ => return Err(FolderError::NotOurs(output.to_path_buf())),
    }
    let path = output.join(MARKER);
    let marker = File::open(&path).map_err(OutputError::at("read", &path))?;
    check_marker(&marker, output)?;
    Ok(true)
}

/// Opens the marker, makes it if need be, and locks it. It is written in place, as a lock belongs
/// to the file and not to its name.
pub(super) fn lock_marker(output: &Path) -> Result<File, FolderError> {
    let path = output.join(MARKER);
    let mut marker = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(OutputError::at("write", &path))?;
    match marker.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(output.to_path_buf())),
        // Some network file systems know no locks; that is no reason to refuse to work there.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(OutputError::at("lock", &path)(error).into()),
    }
    check_marker(&marker, output)?;
    let length = marker.metadata().map_err(OutputError::at("read", &path))?.len();
    if length < marker_text().len() as u64 {
        marker
            .rewind()
            .and_then(|()| marker.write_all(marker_text().as_bytes()))
            .and_then(|()| marker.sync_all())
            .map_err(OutputError::at("write", &path))?;
        // Without its name on the disk a marker marks nothing: after a power cut the folder would
        // hold a run's files and not be ours.
        sync_folder(output)?;
        sync_folder(folder_of(output))?;
    }
    Ok(marker)
}

/// A marker that is the beginning of one was cut off by a crash; its name alone says enough.
fn check_marker(marker: &File, output: &Path) -> Result<(), FolderError> {
    let mut content = Vec::new();
    let path = output.join(MARKER);
    marker.take(1000).read_to_end(&mut content).map_err(OutputError::at("read", &path))?;
    if marker_text().as_bytes().starts_with(&content) {
        Ok(())
    } else {
        Err(FolderError::UnknownFormat(output.to_path_buf()))
    }
}

fn marker_text() -> String {
    format!(
        "The folder of a scrubjay run; what is in it is replaced by the next run.\nformat {MARKER_FORMAT}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::RunFolder;
    use crate::output::folder::tests::{scratch, tree, write};

    #[test]
    fn a_folder_with_anything_in_it_and_no_marker_is_refused_untouched() {
        let (_scratch, corpus, output) = scratch();
        write(output.join("thesis.txt"));
        let error = RunFolder::prepare(&output, &[&corpus]).unwrap_err();
        assert!(matches!(error, FolderError::NotOurs(_)));
        assert!(error.to_string().contains("is not empty and not the folder of an earlier run"), "{error}");
        assert_eq!(tree(&output), ["", "thesis.txt"]);
    }

    #[test]
    fn a_file_is_no_folder() {
        let (_scratch, corpus, output) = scratch();
        write(output.clone());
        for output in [output.clone(), output.join("below")] {
            let error = RunFolder::prepare(&output, &[&corpus]).unwrap_err();
            assert!(matches!(error, FolderError::NotAFolder(_)), "{error}");
        }
    }

    #[test]
    fn a_marker_of_a_later_format_is_refused_and_one_cut_off_by_a_crash_is_not() {
        let (_scratch, corpus, output) = scratch();
        fs::create_dir_all(&output).unwrap();
        fs::write(output.join(MARKER), "format 2\n").unwrap();
        let error = RunFolder::prepare(&output, &[&corpus]).unwrap_err();
        assert!(matches!(error, FolderError::UnknownFormat(_)), "{error}");
        fs::write(output.join(MARKER), "").unwrap();
        drop(RunFolder::prepare(&output, &[&corpus]).unwrap());
        assert_eq!(fs::read_to_string(output.join(MARKER)).unwrap(), marker_text());
    }

    #[test]
    fn two_runs_cannot_use_one_folder_at_the_same_time() {
        let (_scratch, corpus, output) = scratch();
        let first = RunFolder::prepare(&output, &[&corpus]).unwrap();
        assert!(matches!(RunFolder::prepare(&output, &[&corpus]), Err(FolderError::Busy(_))));
        drop(first);
        RunFolder::prepare(&output, &[&corpus]).unwrap();
    }
}
