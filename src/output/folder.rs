//! The folder of a run: who may use which folder, and what may be deleted in it.
//!
//! A marker file says that a folder is ours. Without it nothing is written into a folder that
//! holds anything, and so nothing of a person's is ever deleted or overwritten.

mod apart;
mod marker;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use rustc_hash::FxHashSet;

use super::atomic::{SyncFolders, TEMP_PREFIX, folder_of};
use super::{OutputError, QuotedPath};

use apart::check_apart;
pub use apart::input_around;
use marker::{MARKER, check_contents, lock_marker};

/// Where the cleaned text stands, in the folder of a run.
pub const TEXT_FOLDER: &str = "text";

/// The folder a run writes to.
///
/// Invariant: it bears the marker, no other run holds it while this value lives, and `text/` in
/// it is a real folder, not a link to one.
#[derive(Debug)]
pub struct RunFolder {
    root: PathBuf,
    /// The marker, locked. The lock ends with the process, however that ends.
    _lock: File,
}

/// A folder that cannot be used for output. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file, or something else that holds no files.
    #[error("--output {} is not a folder", QuotedPath(.0))]
    NotAFolder(PathBuf),
    /// Somebody's folder.
    #[error(
        "--output {} is not empty and not the folder of an earlier run; name a new or an empty folder",
        QuotedPath(.0)
    )]
    NotOurs(PathBuf),
    /// The corpus would be overwritten.
    #[error(
        "--output {} is the corpus {} itself; name a folder outside the corpus",
        QuotedPath(output),
        QuotedPath(input)
    )]
    IsInput {
        /// The output folder.
        output: PathBuf,
        /// The input that is the same.
        input: PathBuf,
    },
    /// The next run would read what this one wrote.
    #[error(
        "--output {} lies inside the corpus {}; name a folder outside the corpus",
        QuotedPath(output),
        QuotedPath(input)
    )]
    InsideInput {
        /// The output folder.
        output: PathBuf,
        /// The input around it.
        input: PathBuf,
    },
    /// The mirror would delete the corpus.
    #[error(
        "the corpus {} lies inside --output {}; name a folder that does not hold the corpus",
        QuotedPath(input),
        QuotedPath(output)
    )]
    HoldsInput {
        /// The output folder.
        output: PathBuf,
        /// The input inside it.
        input: PathBuf,
    },
    /// `text/` is a link: the mirror would delete files somewhere else.
    #[error("{} is a link or no folder; remove it, or name another --output", QuotedPath(.0))]
    TextIsNoFolder(PathBuf),
    /// The marker is from a later version.
    #[error(
        "--output {} was made by a newer scrubjay, or its {MARKER} is damaged; name another folder",
        QuotedPath(.0)
    )]
    UnknownFormat(PathBuf),
    /// There is no such corpus, or it cannot be looked at.
    #[error(transparent)]
    Input(OutputError),
    /// Another run is writing there now.
    #[error("another run is using --output {}; wait for it or name another folder", QuotedPath(.0))]
    Busy(PathBuf),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] OutputError),
}

impl RunFolder {
    /// Makes sure that `output` can be used for a run over `inputs`, and makes what is missing.
    /// Links are followed before anything is compared, and folders are the same when the file
    /// system says so, whatever their names.
    ///
    /// # Errors
    /// As [`FolderError`] says. Nothing is created before every check has passed.
    pub fn prepare(output: &Path, inputs: &[&Path]) -> Result<RunFolder, FolderError> {
        let exists = check_contents(output)?;
        check_apart(output, inputs)?;
        let text = output.join(TEXT_FOLDER);
        if exists && !is_absent_or_folder(&text)? {
            return Err(FolderError::TextIsNoFolder(text));
        }
        fs::create_dir_all(output).map_err(OutputError::at("create", output))?;
        let lock = lock_marker(output)?;
        Ok(RunFolder { root: output.to_path_buf(), _lock: lock })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `text/`: the cleaned documents, the tree mirrored.
    pub fn text(&self) -> PathBuf {
        self.root.join(TEXT_FOLDER)
    }

    /// `summary.json`: counts, settings, problems.
    pub fn summary(&self) -> PathBuf {
        self.root.join("summary.json")
    }

    /// `ledger.jsonl`: the exact record.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.jsonl")
    }

    /// Where the cleaned copy of `relative` stands.
    ///
    /// # Panics
    /// When `relative` leaves `text/`. Paths come from walking the corpus and have been checked
    /// by [`prepare_text`](RunFolder::prepare_text).
    pub fn text_file(&self, relative: &Path) -> PathBuf {
        assert!(stays_inside(relative), "{relative:?} leaves the folder");
        self.text().join(relative)
    }

    /// Removes what a killed run left beside its files. Returns how many.
    ///
    /// # Errors
    /// When the folder cannot be read or a temporary cannot be removed.
    pub fn sweep(&self) -> Result<usize, OutputError> {
        let text = self.text();
        let in_text = if text.is_dir() { sweep(&text, usize::MAX)? } else { 0 };
        Ok(in_text + sweep_folder(&self.root)?)
    }

    /// Makes the folders that the cleaned copies of `relatives` will stand in. What stands in
    /// the way is from an earlier run, or a link that somebody put there, and goes: a link could
    /// lead the run out of `text/`, and a folder cannot be replaced by a file.
    ///
    /// # Errors
    /// When a path leaves `text/`, or a folder cannot be made.
    pub fn prepare_text<'a>(&self, relatives: impl IntoIterator<Item = &'a Path>) -> Result<(), OutputError> {
        let text = self.text();
        fs::create_dir_all(&text).map_err(OutputError::at("create", &text))?;
        let mut ready = BTreeMap::new();
        // Most files stand beside the one before them.
        let mut last = (PathBuf::new(), false);
        for relative in relatives {
            if !stays_inside(relative) {
                let cause = io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the folder");
                return Err(OutputError::at("write", &text.join(relative))(cause));
            }
            let parent = relative.parent().unwrap_or(Path::new(""));
            if last.0 != parent {
                last = (parent.to_owned(), prepare_folder(&text, parent, &mut ready)?);
            }
            // What was made just now is empty.
            let (_, is_new) = last;
            let target = text.join(relative);
            if !is_new && is_folder(&target) {
                fs::remove_dir_all(&target).map_err(OutputError::at("remove", &target))?;
            }
        }
        Ok(())
    }

    /// True if there is cleaned text of an earlier run.
    pub fn has_text(&self) -> bool {
        let mut entries = walkdir::WalkDir::new(self.text()).into_iter().filter_map(Result::ok);
        entries.any(|entry| entry.file_type().is_file())
    }

    /// Makes `text/` hold exactly `kept`, paths relative to it: every other file goes, links go
    /// as links and are never followed, and so do the folders that are empty then. Returns how
    /// many files and links went.
    ///
    /// # Errors
    /// When a folder cannot be read or something cannot be removed.
    pub fn prune_text<'p>(&self, kept: impl Iterator<Item = &'p Path>) -> Result<usize, OutputError> {
        let text = self.text();
        let kept: FxHashSet<&Path> = kept.collect();
        let needed: FxHashSet<&Path> = kept.iter().flat_map(|path| path.ancestors().skip(1)).collect();
        let mut removed = 0;
        let mut folders = SyncFolders::default();
        for entry in walkdir::WalkDir::new(&text).min_depth(1).contents_first(true) {
            let entry = entry.map_err(|error| cannot_list(error, &text))?;
            let relative = entry.path().strip_prefix(&text).unwrap_or(entry.path());
            if entry.file_type().is_dir() {
                if !needed.contains(relative) {
                    fs::remove_dir(entry.path()).map_err(OutputError::at("remove", entry.path()))?;
                    folders.remove(entry.path());
                    folders.insert(folder_of(entry.path()).to_path_buf());
                }
            } else if !(entry.file_type().is_file() && kept.contains(relative)) {
                remove_file(entry.path())?;
                folders.insert(folder_of(entry.path()).to_path_buf());
                removed += 1;
            }
        }
        // What went must not come back with a power cut: the ledger would know nothing of it.
        folders.sync()?;
        Ok(removed)
    }
}

/// Removes what a killed run left beside the files of a folder. Returns how many.
///
/// # Errors
/// When the folder cannot be read or a temporary cannot be removed.
pub fn sweep_folder(folder: &Path) -> Result<usize, OutputError> {
    sweep(folder, 1)
}

fn sweep(root: &Path, depth: usize) -> Result<usize, OutputError> {
    let mut removed = 0;
    for entry in walkdir::WalkDir::new(root).max_depth(depth) {
        let entry = entry.map_err(|error| cannot_list(error, root))?;
        let is_temp = entry.file_name().as_encoded_bytes().starts_with(TEMP_PREFIX.as_bytes());
        if is_temp && entry.file_type().is_file() {
            remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Makes `folder` below `text`, one part at a time, and remembers what is ready, and whether it was made just
/// now. True if this one was.
fn prepare_folder(
    text: &Path,
    folder: &Path,
    ready: &mut BTreeMap<PathBuf, bool>,
) -> Result<bool, OutputError> {
    if let Some(&is_new) = ready.get(folder) {
        return Ok(is_new);
    }
    let mut relative = PathBuf::new();
    let mut is_new = false;
    for part in folder.components() {
        relative.push(part);
        if let Some(&known) = ready.get(&relative) {
            is_new = known;
            continue;
        }
        let path = text.join(&relative);
        is_new = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => false,
            Ok(_) => {
                remove_file(&path)?;
                fs::create_dir(&path).map_err(OutputError::at("create", &path))?;
                true
            }
            Err(_) => {
                fs::create_dir(&path).map_err(OutputError::at("create", &path))?;
                true
            }
        };
        ready.insert(relative.clone(), is_new);
    }
    Ok(is_new)
}

fn stays_inside(relative: &Path) -> bool {
    relative.components().next().is_some()
        && relative.components().all(|part| matches!(part, Component::Normal(_)))
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn is_absent_or_folder(path: &Path) -> Result<bool, OutputError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(OutputError::at("read", path)(error)),
    }
}

fn remove_file(path: &Path) -> Result<(), OutputError> {
    fs::remove_file(path).map_err(OutputError::at("remove", path))
}

/// walkdir says the path in its message; what the system said is enough.
fn cannot_list(error: walkdir::Error, root: &Path) -> OutputError {
    let path = error.path().unwrap_or(root).to_path_buf();
    let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders form a loop"));
    OutputError { verb: "list", path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scratch folder with a corpus in it.
    pub(super) fn scratch() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let scratch = tempfile::tempdir().unwrap();
        let corpus = scratch.path().join("corpus");
        fs::create_dir_all(corpus.join("sub")).unwrap();
        fs::write(corpus.join("a.txt"), "a").unwrap();
        let output = scratch.path().join("new/cleaned");
        (scratch, corpus, output)
    }

    pub(super) fn write(path: PathBuf) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }

    pub(super) fn tree(folder: &Path) -> Vec<String> {
        walkdir::WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.unwrap().path().strip_prefix(folder).unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn a_new_an_empty_and_an_earlier_runs_folder_will_do() {
        let (_scratch, corpus, output) = scratch();
        drop(RunFolder::prepare(&output, &[&corpus]).unwrap());
        assert_eq!(tree(&output), ["", ".scrubjay-run"], "a run that writes no text makes no folder for it");
        fs::create_dir(output.join("text")).unwrap();
        write(output.join("text/a.txt"));
        write(output.join("report.csv"));
        drop(RunFolder::prepare(&output, &[&corpus]).unwrap());
        assert!(output.join("text/a.txt").exists(), "prepare deletes nothing");
        let empty = output.parent().unwrap().join("empty");
        fs::create_dir(&empty).unwrap();
        RunFolder::prepare(&empty, &[&corpus]).unwrap();
    }

    #[test]
    fn pruning_leaves_exactly_what_was_kept() {
        let (_scratch, corpus, output) = scratch();
        let folder = RunFolder::prepare(&output, &[&corpus]).unwrap();
        for path in ["text/a.txt", "text/b/c.txt", "text/b/stale.txt", "text/gone/deep/er.txt", "report.csv"]
        {
            write(output.join(path));
        }
        fs::create_dir_all(output.join("text/empty/folders")).unwrap();
        assert_eq!(folder.prune_text(["a.txt", "b/c.txt"].map(Path::new).into_iter()).unwrap(), 2);
        assert_eq!(
            tree(&output),
            ["", ".scrubjay-run", "report.csv", "text", "text/a.txt", "text/b", "text/b/c.txt"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_in_text_go_as_links_and_what_they_lead_to_stays() {
        use std::os::unix::fs::symlink;
        let (_scratch, corpus, output) = scratch();
        let folder = RunFolder::prepare(&output, &[&corpus]).unwrap();
        fs::create_dir(output.join("text")).unwrap();
        symlink(&corpus, output.join("text/folder")).unwrap();
        symlink(corpus.join("a.txt"), output.join("text/a.txt")).unwrap();
        symlink(&corpus, output.join("text/sub")).unwrap();
        // A folder that the run needs, and a link stands in its place.
        folder.prepare_text([Path::new("sub/a.txt")]).unwrap();
        write(folder.text_file(Path::new("sub/a.txt")));
        assert_eq!(folder.prune_text(["a.txt", "sub/a.txt"].map(Path::new).into_iter()).unwrap(), 2);
        assert_eq!(tree(&output.join("text")), ["", "sub", "sub/a.txt"]);
        assert_eq!(tree(&corpus), ["", "a.txt", "sub"]);
        assert_eq!(fs::read_to_string(corpus.join("a.txt")).unwrap(), "a");
    }

    #[test]
    fn a_file_may_become_a_folder_and_a_folder_a_file() {
        let (_scratch, corpus, output) = scratch();
        let folder = RunFolder::prepare(&output, &[&corpus]).unwrap();
        write(output.join("text/a"));
        write(output.join("text/b/c"));
        folder.prepare_text(["a/x", "b"].map(Path::new)).unwrap();
        write(folder.text_file(Path::new("a/x")));
        write(folder.text_file(Path::new("b")));
    }

    #[test]
    fn a_path_cannot_leave_the_folder() {
        let (_scratch, corpus, output) = scratch();
        let folder = RunFolder::prepare(&output, &[&corpus]).unwrap();
        for path in ["../a", "a/../../b", "/etc/passwd", ""] {
            assert!(folder.prepare_text([Path::new(path)]).is_err(), "{path:?}");
        }
    }

    #[test]
    fn what_a_killed_run_left_is_swept_and_nothing_else() {
        let (_scratch, corpus, output) = scratch();
        let folder = RunFolder::prepare(&output, &[&corpus]).unwrap();
        for path in
            [".scrubjay-tmp-1", "text/d/.scrubjay-tmp-2", "text/d/a.txt", "text/.scrubjay", "report.csv"]
        {
            write(output.join(path));
        }
        assert_eq!(folder.sweep().unwrap(), 2);
        assert_eq!(
            tree(&output),
            ["", ".scrubjay-run", "report.csv", "text", "text/.scrubjay", "text/d", "text/d/a.txt"]
        );
    }
}
