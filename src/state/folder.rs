//! The folder of a state, and who holds it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use super::stamp::Stamp;

/// The name of the file that is remembered by.
pub const STATE_FILE: &str = "survey.state";

/// Held by the run that uses the folder.
const LOCK: &str = "lock";
const HELD: &str = "held by the run that has it locked\n";

/// Tells backup programs that this can be made anew: see <https://bford.info/cachedir/>.
const TAG: &str = "CACHEDIR.TAG";
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # What scrubjay remembers of a corpus. It may be removed at any time: the next run then takes longer.\n";

/// The folder of a state.
///
/// Invariant: no other run holds it while this value lives.
#[derive(Debug)]
pub struct StateFolder {
    root: PathBuf,
    /// Locked. The lock ends with the process, however that ends.
    lock: File,
}

/// A folder that cannot be used for a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Somebody's folder.
    #[error("--state {0:?} is not empty and not the folder of a state; name a new or an empty folder")]
    NotOurs(PathBuf),
    /// It would be read as text.
    #[error("--state {state:?} lies inside the corpus {input:?}; name a folder outside the corpus")]
    InsideInput {
        /// The folder.
        state: PathBuf,
        /// The input around it.
        input: PathBuf,
    },
    /// Another run is using it now.
    #[error("another run is using --state {0:?}; wait for it or name another folder")]
    Busy(PathBuf),
    /// The system refused.
    #[error("cannot {verb} {path:?}: {cause}")]
    Io {
        /// What could not be done.
        verb: &'static str,
        /// To what.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl StateError {
    /// For `map_err`.
    pub fn at(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StateError + use<> {
        let path = path.to_path_buf();
        move |cause| StateError::Io { verb, path, cause }
    }
}

impl StateFolder {
    /// Makes sure that `root` can hold the state of a corpus at `inputs`, makes it if need be, and
    /// holds it.
    ///
    /// # Errors
    /// As [`StateError`] says. Nothing is made in a folder of somebody else.
    pub fn hold(root: &Path, inputs: &[&Path]) -> Result<StateFolder, StateError> {
        let is_new = match fs::read_dir(root) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(StateError::at("list", root)(error)),
        };
        if !is_new && !is_ours(root) {
            return Err(StateError::NotOurs(root.to_path_buf()));
        }
        check_apart(root, inputs)?;
        fs::create_dir_all(root).map_err(StateError::at("create", root))?;
        let path = root.join(LOCK);
        let lock = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(StateError::at("write", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::Busy(root.to_path_buf())),
            // Some network file systems know no locks; that is no reason to refuse to work there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(StateError::at("lock", &path)(error)),
        }
        let tag = root.join(TAG);
        if !tag.exists() {
            fs::write(&tag, TAG_TEXT).map_err(StateError::at("write", &tag))?;
        }
        Ok(StateFolder { root: root.to_path_buf(), lock })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where what is remembered stands.
    pub fn file(&self) -> PathBuf {
        self.root.join(STATE_FILE)
    }

    /// What time it is, in seconds, by the clock of the file system that the state is on.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn clock(&self) -> Result<i64, StateError> {
        let path = self.root.join(LOCK);
        let tick = || {
            let mut lock = &self.lock;
            lock.rewind()?;
            lock.write_all(HELD.as_bytes())?;
            self.lock.metadata()
        };
        let metadata = tick().map_err(StateError::at("write", &path))?;
        Ok(Stamp::of(&metadata).map_or(0, |stamp| stamp.modified()))
    }
}

/// True for a folder that a run made for a state, even if it was cut off before it wrote into the
/// files there.
fn is_ours(root: &Path) -> bool {
    let says = |name: &str, text: &str| fs::read(root.join(name)).is_ok_and(|found| found == text.as_bytes());
    let is_empty = |path: &Path| fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0);
    let is_begun = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| {
            (entry.file_name() == LOCK || entry.file_name() == TAG) && is_empty(&entry.path())
        })
    };
    says(LOCK, HELD) || says(TAG, TAG_TEXT) || fs::read_dir(root).is_ok_and(|mut all| all.all(is_begun))
}

fn check_apart(root: &Path, inputs: &[&Path]) -> Result<(), StateError> {
    // What is not there yet lies where the first folder above it lies that is there.
    let Some(real) = root.ancestors().find_map(|path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        fs::canonicalize(path).ok()
    }) else {
        return Ok(());
    };
    for &input in inputs {
        let Ok(real_input) = fs::canonicalize(input) else { continue };
        if real_input.is_dir() && real.starts_with(&real_input) {
            let (state, input) = (root.to_path_buf(), input.to_path_buf());
            return Err(StateError::InsideInput { state, input });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time_holds_a_state() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().join("state");
        let held = StateFolder::hold(&root, &[]).unwrap();
        assert!(matches!(StateFolder::hold(&root, &[]), Err(StateError::Busy(_))));
        assert!(held.clock().unwrap() > 0);
        drop(held);
        StateFolder::hold(&root, &[]).unwrap();
    }

    #[test]
    fn a_folder_with_anything_else_in_it_is_refused_untouched() {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("letter.txt"), "dear").unwrap();
        let refused = StateFolder::hold(scratch.path(), &[]);
        assert!(matches!(refused, Err(StateError::NotOurs(_))));
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_called_lock_makes_no_state_of_a_folder() {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join(LOCK), "").unwrap();
        std::fs::write(scratch.path().join("letter.txt"), "dear").unwrap();
        assert!(matches!(StateFolder::hold(scratch.path(), &[]), Err(StateError::NotOurs(_))));
        // A run that was cut off at once leaves no more than this.
        std::fs::remove_file(scratch.path().join("letter.txt")).unwrap();
        StateFolder::hold(scratch.path(), &[]).unwrap();
    }

    #[test]
    fn a_folder_inside_the_corpus_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let state = scratch.path().join("deep").join("state");
        let refused = StateFolder::hold(&state, &[scratch.path()]);
        assert!(matches!(refused, Err(StateError::InsideInput { .. })));
        assert!(!state.exists());
    }
}
