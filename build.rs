//! Gives the program a name for what it was built from, so that what one build remembered of a corpus
//! is never taken up by another that might see it otherwise.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    for root in ["src", "data", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={root}");
        gather(Path::new(root), &mut files);
    }
    files.sort();
    // The default hasher has fixed keys, and a new compiler that hashes otherwise is another build.
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo:rustc-env=BUILT_FROM={:016x}", hasher.finish());
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| gather(&entry.path(), files)),
        Err(_) => files.push(path.to_path_buf()),
    }
}
