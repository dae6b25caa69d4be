//! Which paths `--include` and `--exclude` mean.

use std::path::{Component, Path};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::SelectionError;

/// The patterns of a selection, ready to be asked.
///
/// A pattern without `/` matches a file or folder of that name at any depth, one with `/` matches
/// from the corpus root. Naming a folder means everything in it. `*` and `?` stay within a part
/// of the path, `**` crosses parts.
pub(super) struct Globs {
    include: Option<GlobSet>,
    exclude: GlobSet,
    /// The include patterns that name something hidden, as `.github/**` does.
    hidden: Option<GlobSet>,
}

impl Globs {
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Self, SelectionError> {
        let hidden: Vec<&String> = include.iter().filter(|pattern| names_hidden(pattern)).collect();
        Ok(Globs {
            include: if include.is_empty() { None } else { Some(set(include)?) },
            exclude: set(exclude)?,
            hidden: if hidden.is_empty() { None } else { Some(set(hidden)?) },
        })
    }

    /// True when nothing in this folder is wanted, so that it need not be walked. `below` is its
    /// path from where the walk started.
    pub(super) fn prunes(&self, folder: &Path, below: &Path) -> bool {
        (self.hidden.is_none() && is_hidden(below)) || self.exclude.is_match(folder)
    }

    /// True when the file is wanted. `below` is its path from where the walk started: what a
    /// person named is not hidden, whatever its name.
    pub(super) fn selects(&self, file: &Path, below: &Path) -> bool {
        let include = if is_hidden(below) { self.hidden.as_ref() } else { self.include.as_ref() };
        let wanted = match include {
            Some(include) => include.is_match(file),
            None => !is_hidden(below),
        };
        wanted && !self.exclude.is_match(file)
    }
}

/// Patterns in order of preference, in the same form as those of a selection.
#[derive(Debug)]
pub struct Preferences {
    patterns: Vec<GlobSet>,
}

impl Preferences {
    /// Reads the patterns; what matches an earlier one is preferred.
    ///
    /// # Errors
    /// When one is no glob.
    pub fn new(patterns: &[String]) -> Result<Self, SelectionError> {
        let patterns = patterns.iter().map(|pattern| set([pattern])).collect::<Result<_, _>>()?;
        Ok(Preferences { patterns })
    }

    /// How far back a path of the corpus stands: 0 is preferred to 1.
    pub fn rank(&self, relative: &Path) -> usize {
        let first = self.patterns.iter().position(|pattern| pattern.is_match(relative));
        first.unwrap_or(self.patterns.len())
    }
}

fn set<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<GlobSet, SelectionError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.as_ref();
        let named = anchored(pattern);
        if named.trim_start_matches("**/").is_empty() {
            return Err(SelectionError::Glob { pattern: pattern.into(), reason: "it names nothing".into() });
        }
        for glob in [format!("{named}/**"), named] {
            let glob = GlobBuilder::new(&glob).literal_separator(true).build();
            set.add(glob.map_err(|error| SelectionError::glob(pattern, &error))?);
        }
    }
    set.build().map_err(|error| SelectionError::glob("", &error))
}

/// The pattern as it is matched against a whole relative path.
fn anchored(pattern: &str) -> String {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let named = pattern.trim_end_matches('/');
    match named.strip_prefix('/') {
        Some(from_root) => from_root.into(),
        None if named.contains('/') => named.into(),
        None => format!("**/{named}"),
    }
}

fn names_hidden(pattern: &str) -> bool {
    pattern.split('/').any(|part| part.starts_with('.') && part != "." && part != "..")
}

fn is_hidden(below: &Path) -> bool {
    below
        .components()
        .any(|part| matches!(part, Component::Normal(name) if name.as_encoded_bytes().starts_with(b".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected<'a>(include: &[&str], exclude: &[&str], paths: &[&'a str]) -> Vec<&'a str> {
        let owned = |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.into()).collect::<Vec<_>>();
        let globs = Globs::new(&owned(include), &owned(exclude)).unwrap();
        paths.iter().filter(|path| globs.selects(Path::new(path), Path::new(path))).copied().collect()
    }

    const PATHS: &[&str] =
        &["a.txt", "b.md", "drafts/c.txt", "sub/d.txt", "sub/drafts/e.md", ".hid/f.txt", "sub/.g.txt"];

    #[test]
    fn everything_but_hidden_files_is_wanted_by_default() {
        assert_eq!(
            selected(&[], &[], PATHS),
            ["a.txt", "b.md", "drafts/c.txt", "sub/d.txt", "sub/drafts/e.md"]
        );
    }

    #[test]
    fn a_name_matches_at_any_depth_and_a_path_from_the_root() {
        assert_eq!(selected(&["*.txt"], &[], PATHS), ["a.txt", "drafts/c.txt", "sub/d.txt"]);
        assert_eq!(selected(&["sub/*.txt"], &[], PATHS), ["sub/d.txt"]);
        assert_eq!(selected(&["/*.txt"], &[], PATHS), ["a.txt"]);
        assert_eq!(selected(&["**/*.md"], &[], PATHS), ["b.md", "sub/drafts/e.md"]);
        assert_eq!(selected(&["**"], &[], PATHS).len(), 5);
    }

    #[test]
    fn a_folder_means_everything_in_it() {
        assert_eq!(selected(&[], &["drafts"], PATHS), ["a.txt", "b.md", "sub/d.txt"]);
        assert_eq!(selected(&[], &["./drafts/"], PATHS), ["a.txt", "b.md", "sub/d.txt"]);
        assert_eq!(selected(&[], &["/drafts"], PATHS), ["a.txt", "b.md", "sub/d.txt", "sub/drafts/e.md"]);
        assert_eq!(selected(&["sub"], &["*.md"], PATHS), ["sub/d.txt"]);
    }

    #[test]
    fn hidden_files_are_wanted_only_where_a_pattern_names_them() {
        assert_eq!(selected(&[".hid"], &[], PATHS), [".hid/f.txt"]);
        assert_eq!(selected(&["*.md", ".*.txt"], &[], PATHS), ["b.md", "sub/drafts/e.md", "sub/.g.txt"]);
    }

    #[test]
    fn a_broken_pattern_is_named() {
        let error = Globs::new(&["a[".into()], &[]).err().unwrap().to_string();
        assert!(error.starts_with("cannot read the pattern 'a['"), "{error}");
        assert!(Globs::new(&[], &["/".into()]).is_err());
    }
}
