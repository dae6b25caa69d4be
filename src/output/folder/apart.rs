//! Whether output and corpus keep apart, by whatever names and links they are given.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::FolderError;
use crate::output::OutputError;

/// Refuses an output that is an input, lies in one, or holds one.
pub(super) fn check_apart(output: &Path, inputs: &[&Path]) -> Result<(), FolderError> {
    let real_output = resolve(output).map_err(OutputError::at("create", output))?;
    let output_id = FileId::of(&real_output);
    let around_output: Vec<FileId> = real_output.ancestors().skip(1).filter_map(FileId::of).collect();
    // A list of a million files has few folders; each chain of folders is walked once.
    let mut checked = BTreeSet::new();
    for &input in inputs {
        let real_input = fs::canonicalize(input)
            .map_err(|cause| FolderError::Input(OutputError::at("read", input)(cause)))?;
        let input_id = FileId::of(&real_input);
        let both = || (output.to_path_buf(), input.to_path_buf());
        if real_input == real_output || (input_id.is_some() && input_id == output_id) {
            let (output, input) = both();
            return Err(FolderError::IsInput { output, input });
        }
        if real_output.starts_with(&real_input) || input_id.is_some_and(|id| around_output.contains(&id)) {
            let (output, input) = both();
            return Err(FolderError::InsideInput { output, input });
        }
        let holds = |folder: &Path| output_id.is_some() && FileId::of(folder) == output_id;
        let new_folders =
            real_input.ancestors().skip(1).take_while(|folder| checked.insert(folder.to_path_buf()));
        if real_input.starts_with(&real_output) || new_folders.collect::<Vec<_>>().into_iter().any(holds) {
            let (output, input) = both();
            return Err(FolderError::HoldsInput { output, input });
        }
    }
    Ok(())
}

/// The input that a file is, or lies in, whether it is there yet or not. What cannot be resolved
/// lies nowhere.
pub fn input_around<'a>(file: &Path, inputs: &[&'a Path]) -> Option<&'a Path> {
    let real = resolve(file).ok()?;
    let ids: Vec<FileId> = real.ancestors().filter_map(FileId::of).collect();
    inputs.iter().copied().find(|input| {
        resolve(input).is_ok_and(|input| real.starts_with(input))
            || FileId::of(input).is_some_and(|id| ids.contains(&id))
    })
}

/// The real path of something that need not exist yet: links are followed as far as it does.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(name) = path.file_name() else {
                // `new/..` cannot be resolved before `new` exists.
                return Err(error);
            };
            let parent = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            Ok(resolve(parent)?.join(name))
        }
        found => found,
    }
}

/// What the file system calls a file, whatever its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// `None` for what does not exist, or where the system has no such numbers.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<FileId> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(path).ok()?;
        Some(FileId { device: metadata.dev(), inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<FileId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::RunFolder;
    use crate::output::folder::marker::MARKER;
    use crate::output::folder::tests::{scratch, tree};

    #[test]
    fn the_corpus_itself_and_folders_inside_and_around_it_are_refused_untouched() {
        let (scratch, corpus, _) = scratch();
        let before = tree(scratch.path());
        // The corpus bears a marker here: only the comparison can refuse it.
        fs::write(corpus.join(MARKER), "").unwrap();
        fs::write(scratch.path().join(MARKER), "").unwrap();
        let refused = |output: &Path, inputs: &[&Path]| RunFolder::prepare(output, inputs).unwrap_err();
        assert!(matches!(refused(&corpus, &[&corpus]), FolderError::IsInput { .. }));
        assert!(matches!(refused(&corpus.join("sub/../../corpus"), &[&corpus]), FolderError::IsInput { .. }));
        assert!(matches!(refused(&corpus.join("sub/new/er"), &[&corpus]), FolderError::InsideInput { .. }));
        assert!(matches!(refused(scratch.path(), &[&corpus]), FolderError::HoldsInput { .. }));
        assert!(matches!(refused(&corpus, &[&corpus.join("a.txt")]), FolderError::HoldsInput { .. }));
        fs::remove_file(corpus.join(MARKER)).unwrap();
        fs::remove_file(scratch.path().join(MARKER)).unwrap();
        assert_eq!(tree(scratch.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_way_around() {
        use std::os::unix::fs::symlink;
        let (scratch, corpus, output) = scratch();
        let link = scratch.path().join("link");
        symlink(&corpus, &link).unwrap();
        let refused = |output: &Path, input: &Path| RunFolder::prepare(output, &[input]).unwrap_err();
        assert!(matches!(refused(&link.join("new"), &corpus), FolderError::InsideInput { .. }));
        assert!(matches!(refused(&corpus.join("new"), &link), FolderError::InsideInput { .. }));
        fs::write(corpus.join(MARKER), "").unwrap();
        assert!(matches!(refused(&link, &corpus), FolderError::IsInput { .. }));
        assert!(matches!(refused(&corpus, &link.join("sub")), FolderError::HoldsInput { .. }));
        let dangling = scratch.path().join("dangling");
        symlink(scratch.path().join("nowhere"), &dangling).unwrap();
        assert!(matches!(refused(&dangling, &corpus), FolderError::NotAFolder(_)));
        // text/ itself must not lead elsewhere, nor the marker.
        drop(RunFolder::prepare(&output, &[&corpus]).unwrap());
        symlink(&corpus, output.join("text")).unwrap();
        assert!(matches!(refused(&output, &corpus), FolderError::TextIsNoFolder(_)));
        fs::remove_file(output.join("text")).unwrap();
        fs::rename(output.join(MARKER), output.join("elsewhere")).unwrap();
        symlink("elsewhere", output.join(MARKER)).unwrap();
        assert!(matches!(refused(&output, &corpus), FolderError::NotOurs(_)));
    }

    /// Needs root to mount. Paths alone cannot tell that the two folders are one.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_bind_mount_is_no_way_around() {
        use std::os::unix::fs::MetadataExt;
        let (scratch, corpus, _) = scratch();
        let mounted = scratch.path().join("mounted");
        fs::create_dir(&mounted).unwrap();
        let run = |program: &str, args: &[&Path]| {
            std::process::Command::new(program).args(args).output().is_ok_and(|done| done.status.success())
        };
        let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
        if !is_root || !run("mount", &[Path::new("--bind"), &corpus, &mounted]) {
            return;
        }
        let inside = RunFolder::prepare(&mounted.join("new"), &[&corpus]);
        fs::write(corpus.join(MARKER), "").unwrap();
        let same = RunFolder::prepare(&mounted, &[&corpus]);
        let holds = RunFolder::prepare(&corpus, &[&mounted.join("sub")]);
        assert!(run("umount", &[&mounted]));
        assert!(matches!(inside.unwrap_err(), FolderError::InsideInput { .. }));
        assert!(matches!(same.unwrap_err(), FolderError::IsInput { .. }));
        assert!(matches!(holds.unwrap_err(), FolderError::HoldsInput { .. }));
    }

    #[test]
    fn a_corpus_that_is_not_there_is_named_and_nothing_is_made() {
        let (_scratch, corpus, output) = scratch();
        let error = RunFolder::prepare(&output, &[&corpus.join("none")]).unwrap_err();
        assert!(matches!(error, FolderError::Input(_)), "{error}");
        assert!(error.to_string().ends_with("none: No such file or directory (os error 2)"), "{error}");
        assert!(!output.parent().unwrap().exists());
    }

    #[test]
    fn an_output_that_cannot_be_resolved_is_an_error() {
        let (scratch, corpus, _) = scratch();
        let output = scratch.path().join("new/../corpus/out");
        assert!(RunFolder::prepare(&output, &[&corpus]).is_err());
        assert!(!scratch.path().join("new").exists());
    }
}
