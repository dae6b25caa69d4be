//! How a file is known again without reading it.

use std::fs::{self, Metadata};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the file system says of a file.
///
/// Programs that write a file change at least one of these. One that writes twice within a tick of
/// the file system's clock may change none of them the second time: see [`Stamp::is_racy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    mode: u32,
    device: u64,
    inode: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// When the inode changed: also by a rename, or by other permissions.
    changed: (i64, i64),
}

/// Seconds within which two writes may leave the same times: FAT counts time in steps of two seconds,
/// and nothing in use is coarser.
const TICK: i64 = 2;

impl Stamp {
    /// The stamp of a regular file; `None` where the system tells too little to know it again.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        metadata.is_file().then(|| Stamp {
            size: metadata.size(),
            mode: metadata.mode(),
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// The stamp of a regular file; `None` where the system tells too little to know it again.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Stamp> {
        None
    }

    /// The stamp of the regular file at `path`; links are not followed.
    pub fn at(path: &Path) -> Option<Stamp> {
        fs::symlink_metadata(path).ok().as_ref().and_then(Stamp::of)
    }

    /// When its content was last written, in seconds of the file system's clock.
    pub fn modified(&self) -> i64 {
        self.modified.0
    }

    /// True if the file was written so shortly before `seen` (seconds of the file system's clock), or
    /// even after it, that another write may have left the same stamp.
    pub fn is_racy(&self, seen: i64) -> bool {
        self.modified.0 >= seen - TICK || self.changed.0 >= seen - TICK
    }

    /// True if this is the file that `other` was, put in its place by a rename and not written since.
    pub fn is_same_content(&self, other: &Stamp) -> bool {
        Stamp { changed: (0, 0), ..*self } == Stamp { changed: (0, 0), ..*other }
    }

    /// True if both files have the same owner-visible permissions.
    pub fn has_mode_of(&self, other: &Stamp) -> bool {
        self.mode == other.mode
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn stamp(path: &std::path::Path) -> Stamp {
        Stamp::of(&std::fs::metadata(path).unwrap()).unwrap()
    }

    #[test]
    fn a_rename_keeps_the_content_and_a_write_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&a, "text").unwrap();
        let before = stamp(&a);
        std::fs::rename(&a, &b).unwrap();
        assert!(stamp(&b).is_same_content(&before));
        std::fs::write(&b, "text and more").unwrap();
        assert!(!stamp(&b).is_same_content(&before));
    }

    #[test]
    fn a_file_that_was_just_written_is_not_known_by_its_times() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "text").unwrap();
        let stamp = stamp(&path);
        assert!(stamp.is_racy(stamp.modified()));
        assert!(stamp.is_racy(stamp.modified() - 100), "a time to come is no time to trust");
        assert!(!stamp.is_racy(stamp.modified() + 100));
    }

    #[test]
    fn a_folder_has_no_stamp() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Stamp::of(&std::fs::metadata(folder.path()).unwrap()).is_none());
    }
}
