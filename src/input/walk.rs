//! Roots → sources: the files of the corpus, in the one order everything else counts in.

use std::collections::HashSet;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::globs::Globs;
use super::{Selection, SelectionError, display_name, format};
use crate::model::{Format, Problem, Severity, Source};

/// A file of this name in a folder that is a corpus holds settings, and is no part of the corpus.
pub const SETTINGS_FILE: &str = "scrubjay.toml";

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The files, each once, in corpus order: by the parts of their relative paths, compared as
    /// bytes. A folder's files thus stand together, whatever order the roots were given in.
    pub sources: Vec<Source>,
    /// What was passed over or could not be listed, sorted.
    pub problems: Vec<Problem>,
}

/// Lists the files of a corpus. Reads folders, opens no file.
///
/// Links are not followed, except a root or a listed file that is one: somebody asked for it.
///
/// # Errors
/// When a root is missing or the selection contradicts itself. What is wrong below the roots is a
/// [`Problem`].
pub fn discover(selection: &Selection) -> Result<Discovery, SelectionError> {
    let globs = Globs::new(&selection.include, &selection.exclude)?;
    let roots = roots(selection)?;
    let mut discovery = Discovery::default();
    let starts = match &selection.files {
        Some(files) => listed(files, &roots, &mut discovery.problems)?,
        None => roots,
    };
    let mut walk = Walk {
        globs,
        // An output folder that is not there yet holds nothing to walk into.
        avoid: selection.avoid.as_deref().and_then(|folder| fs::canonicalize(folder).ok()),
        seen: (starts.len() > 1).then(HashSet::new),
        discovery,
    };
    for start in &starts {
        walk.walk(start);
    }
    let Discovery { mut sources, mut problems } = walk.discovery;
    // One root comes sorted already, which makes this a single pass.
    sources.sort_by(|a, b| a.relative.cmp(&b.relative));
    problems.sort();
    all_apart(&sources)?;
    Ok(Discovery { sources, problems })
}

/// Listed files can come from two places that are called alike: one would overwrite the other.
fn all_apart(sorted: &[Source]) -> Result<(), SelectionError> {
    match sorted.windows(2).find(|pair| pair[0].relative == pair[1].relative) {
        None => Ok(()),
        Some(pair) => Err(SelectionError::SameName {
            first: display_name(&pair[0].path),
            second: display_name(&pair[1].path),
            name: pair[0].name.clone(),
        }),
    }
}

/// Where a walk starts.
struct Start {
    /// Canonical, so that a link that is turned elsewhere during the run changes nothing, and a
    /// file reached in two ways is known to be one.
    path: PathBuf,
    /// Where it stands in the corpus; empty for the folder that is the corpus.
    relative: PathBuf,
    /// What to call it.
    name: String,
}

fn roots(selection: &Selection) -> Result<Vec<Start>, SelectionError> {
    let mut starts: Vec<Start> = Vec::with_capacity(selection.roots.len());
    for root in &selection.roots {
        let name = display_name(root);
        let path = match fs::canonicalize(root) {
            Ok(path) => path,
            Err(cause) => return Err(SelectionError::Root { root: name, cause }),
        };
        if let Some(avoid) = &selection.avoid
            && fs::canonicalize(avoid).is_ok_and(|avoid| path.starts_with(avoid))
        {
            return Err(SelectionError::InOutput { root: name, output: display_name(avoid) });
        }
        // `.` and `..` have no name of their own; `/` has none at all.
        let relative = root.file_name().or(path.file_name()).unwrap_or("root".as_ref()).into();
        if starts.iter().all(|start| start.path != path) {
            starts.push(Start { path, relative, name });
        }
    }
    for (at, second) in starts.iter().enumerate() {
        if let Some(first) = starts[..at].iter().find(|first| first.relative == second.relative) {
            return Err(SelectionError::SameName {
                first: first.name.clone(),
                second: second.name.clone(),
                name: display_name(&second.relative),
            });
        }
    }
    if let [only] = &mut starts[..]
        && only.path.is_dir()
    {
        only.relative = PathBuf::new();
    }
    Ok(starts)
}

/// The listed files as starts. One that is gone is news, not a mistake: lists are written earlier.
fn listed(
    files: &[PathBuf],
    roots: &[Start],
    problems: &mut Vec<Problem>,
) -> Result<Vec<Start>, SelectionError> {
    let current = fs::canonicalize(".").unwrap_or_default();
    let mut starts = Vec::with_capacity(files.len());
    for file in files {
        let name = display_name(file);
        let path = match fs::canonicalize(file) {
            Ok(path) => path,
            Err(cause) => {
                let message = format!("cannot be read: {cause}");
                problems.push(Problem { name, line: None, severity: Severity::Damaged, message });
                continue;
            }
        };
        let relative = if !roots.is_empty() {
            match roots
                .iter()
                .find_map(|root| Some(join(&root.relative, path.strip_prefix(&root.path).ok()?)))
            {
                Some(relative) => relative,
                None => return Err(SelectionError::OutsideRoots { file: name }),
            }
        } else if file.is_relative()
            && let Ok(relative) = path.strip_prefix(&current)
        {
            relative.into()
        } else {
            path.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect()
        };
        starts.push(Start { path, relative, name });
    }
    Ok(starts)
}

/// `base/below`, without the slash that `Path::join` leaves behind an empty `below`.
fn join(base: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { base.into() } else { base.join(below) }
}

struct Walk {
    globs: Globs,
    avoid: Option<PathBuf>,
    /// Canonical paths of what was met, where starts can overlap.
    seen: Option<HashSet<PathBuf>>,
    discovery: Discovery,
}

impl Walk {
    fn walk(&mut self, start: &Start) {
        if self.avoid.as_ref().is_some_and(|avoid| start.path.starts_with(avoid)) {
            return;
        }
        let mut entries = WalkDir::new(&start.path).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    if entry.depth() > 0 && self.passes_by(start, &entry) {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) => self.file(start, &entry),
                Err(error) => self.unreadable(start, error),
            }
        }
    }

    fn passes_by(&self, start: &Start, folder: &DirEntry) -> bool {
        let below = below(start, folder.path());
        self.avoid.as_deref() == Some(folder.path())
            || self.globs.prunes(&join(&start.relative, below), below)
    }

    fn file(&mut self, start: &Start, entry: &DirEntry) {
        if entry.depth() == 1 && entry.file_name() == SETTINGS_FILE {
            return;
        }
        let below = below(start, entry.path());
        let relative = join(&start.relative, below);
        if !self.globs.selects(&relative, below) || !self.is_new(entry.path()) {
            return;
        }
        let name = display_name(&relative);
        if let Some(kind) = special(entry.file_type()) {
            self.problem(name, Severity::Skipped, format!("{kind}, not read"));
            return;
        }
        match entry.metadata() {
            Ok(metadata) => {
                let (format, compression) = format::by_name(&relative);
                self.discovery.sources.push(Source {
                    path: entry.path().into(),
                    relative,
                    name,
                    format: format.unwrap_or(Format::Text),
                    compression,
                    size: metadata.len(),
                });
            }
            Err(error) => self.unreadable(start, error),
        }
    }

    fn unreadable(&mut self, start: &Start, error: walkdir::Error) {
        let path = error.path().unwrap_or(&start.path).to_path_buf();
        if !self.is_new(&path) {
            return;
        }
        let relative = join(&start.relative, below(start, &path));
        let name = if relative.as_os_str().is_empty() { start.name.clone() } else { display_name(&relative) };
        // walkdir's own message repeats the path and the cause.
        let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("the folders go in a circle"));
        self.problem(name, Severity::Damaged, format!("cannot be read: {cause}"));
    }

    /// True the first time a path is met. Where roots overlap, the one given first names a file.
    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.as_mut().is_none_or(|seen| seen.insert(path.into()))
    }

    fn problem(&mut self, name: String, severity: Severity, message: String) {
        self.discovery.problems.push(Problem { name, line: None, severity, message });
    }
}

fn below<'a>(start: &Start, path: &'a Path) -> &'a Path {
    path.strip_prefix(&start.path).unwrap_or(path)
}

/// What a file is that has no bytes of its own. Opening a FIFO would wait for ever.
fn special(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a FIFO");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_block_device() || kind.is_char_device() {
            return Some("a device");
        }
    }
    match kind {
        _ if kind.is_symlink() => Some("a symbolic link"),
        _ if kind.is_file() => None,
        _ => Some("not a regular file"),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn corpus(files: &[&str]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        dir
    }

    fn at(roots: &[PathBuf]) -> Selection {
        Selection { roots: roots.to_vec(), ..Selection::default() }
    }

    fn names(discovery: &Discovery) -> Vec<&str> {
        discovery.sources.iter().map(|source| &source.name[..]).collect()
    }

    fn told(discovery: &Discovery) -> Vec<(&str, Severity, &str)> {
        discovery.problems.iter().map(|p| (&p.name[..], p.severity, &p.message[..])).collect()
    }

    #[test]
    fn the_corpus_has_one_order() {
        let dir =
            corpus(&["b.txt", "a/z.txt", "a.txt", "a/b/c.txt", "a-b/x.txt", "B.txt", "ä.txt", "c/a.txt"]);
        let found = discover(&at(&[dir.path().into()])).unwrap();
        let in_order = ["B.txt", "a/b/c.txt", "a/z.txt", "a-b/x.txt", "a.txt", "b.txt", "c/a.txt", "ä.txt"];
        assert_eq!(names(&found), in_order);
        assert_eq!(found.problems, []);

        let roots = |order: [&str; 3]| order.map(|name| dir.path().join(name));
        let one = discover(&at(&roots(["a", "c", "b.txt"]))).unwrap();
        let other = discover(&at(&roots(["c", "b.txt", "a"]))).unwrap();
        assert_eq!(names(&one), ["a/b/c.txt", "a/z.txt", "b.txt", "c/a.txt"]);
        assert_eq!(one, other);
    }

    #[test]
    fn a_source_tells_what_it_promises() {
        let dir = corpus(&["sub/a.md.gz"]);
        let found = discover(&at(&[dir.path().into()])).unwrap();
        let source = &found.sources[0];
        assert_eq!(source.relative, Path::new("sub/a.md.gz"));
        assert_eq!((source.format, source.size), (Format::Markdown, 11));
        assert_eq!(fs::read_to_string(&source.path).unwrap(), "sub/a.md.gz");
    }

    #[test]
    fn one_file_is_a_corpus() {
        let dir = corpus(&["sub/.hidden.txt"]);
        let found = discover(&at(&[dir.path().join("sub/.hidden.txt")])).unwrap();
        assert_eq!(names(&found), [".hidden.txt"]);
    }

    #[test]
    fn a_missing_root_is_a_mistake_and_named() {
        let dir = corpus(&[]);
        let error = discover(&at(&[dir.path().join("no\nsuch")])).unwrap_err().to_string();
        assert!(error.starts_with("cannot open corpus '/"), "{error}");
        assert!(error.contains("/no\\nsuch': No such file or directory"), "{error}");
    }

    #[test]
    fn roots_of_one_name_are_refused() {
        let dir = corpus(&["x/a/1.txt", "y/a/2.txt"]);
        let error = discover(&at(&[dir.path().join("x/a"), dir.path().join("y/a")])).unwrap_err();
        assert!(matches!(&error, SelectionError::SameName { name, .. } if name == "a"), "{error}");
    }

    #[test]
    fn a_root_without_a_name_gets_that_of_its_folder() {
        let dir = corpus(&["x/a/1.txt", "x/b/2.txt"]);
        let found = discover(&at(&[dir.path().join("x/a/../b/."), dir.path().join("x/b/../a/..")])).unwrap();
        assert_eq!(names(&found), ["b/2.txt", "x/a/1.txt"]);
    }

    #[test]
    fn a_file_reached_twice_is_one_document() {
        let dir = corpus(&["c/1.txt", "c/sub/2.txt"]);
        let both = [dir.path().join("c"), dir.path().join("c/sub")];
        assert_eq!(names(&discover(&at(&both)).unwrap()), ["c/1.txt", "c/sub/2.txt"]);
        let same = [dir.path().join("c"), dir.path().join("c/."), dir.path().join("c/sub/..")];
        assert_eq!(names(&discover(&at(&same)).unwrap()), ["1.txt", "sub/2.txt"]);
    }

    #[test]
    fn hidden_folders_are_not_walked_unless_asked_for() {
        let dir = corpus(&["a.txt", ".git/b.txt", "sub/.c.txt", ".notes/d.txt"]);
        let root = dir.path().to_path_buf();
        let found = discover(&at(std::slice::from_ref(&root))).unwrap();
        assert_eq!((names(&found), &found.problems[..]), (vec!["a.txt"], &[][..]));
        let include = vec!["*.txt".into(), ".notes".into()];
        let found = discover(&Selection { include, ..at(std::slice::from_ref(&root)) }).unwrap();
        assert_eq!(names(&found), [".notes/d.txt", "a.txt"]);
        assert_eq!(names(&discover(&at(&[root.join(".git")])).unwrap()), ["b.txt"]);
    }

    #[test]
    fn excluded_folders_are_not_even_opened() {
        let dir = corpus(&["a.txt", "old/b.txt", "sub/old/c.txt", "sub/d.txt"]);
        let selection = Selection { exclude: vec!["old".into()], ..at(&[dir.path().into()]) };
        assert_eq!(names(&discover(&selection).unwrap()), ["a.txt", "sub/d.txt"]);
    }

    #[test]
    fn the_output_folder_is_not_walked_into() {
        let dir = corpus(&["a.txt", "out/text/a.txt", "outer.txt"]);
        let avoiding = |root: &str, out: &str| {
            let avoid = Some(dir.path().join(out));
            discover(&Selection { avoid, ..at(&[dir.path().join(root)]) })
        };
        assert_eq!(names(&avoiding("", "out").unwrap()), ["a.txt", "outer.txt"]);
        assert_eq!(names(&avoiding("", "not/yet").unwrap()).len(), 3);
        assert!(matches!(avoiding("", ""), Err(SelectionError::InOutput { .. })));
        assert!(matches!(avoiding("out/text", "out"), Err(SelectionError::InOutput { .. })));
    }

    #[test]
    fn listed_files_are_named_like_walked_ones() {
        let dir = corpus(&["c/a.txt", "c/sub/b.txt", "other/c.txt"]);
        let listing = |files: &[&str], roots: &[&str]| {
            let files = Some(files.iter().map(|file| dir.path().join(file)).collect());
            let roots = roots.iter().map(|root| dir.path().join(root)).collect();
            discover(&Selection { roots, files, ..Selection::default() })
        };
        let found = listing(&["c/sub/b.txt", "c/gone.txt", "c/a.txt", "c/sub"], &["c"]).unwrap();
        assert_eq!(names(&found), ["a.txt", "sub/b.txt"]);
        assert_eq!(found.problems[0].severity, Severity::Damaged);
        assert!(found.problems[0].name.ends_with("c/gone.txt"), "{:?}", found.problems);

        let found = listing(&["c/a.txt", "other/c.txt"], &["c", "other"]).unwrap();
        assert_eq!(names(&found), ["c/a.txt", "other/c.txt"]);
        let error = listing(&["other/c.txt"], &["c"]).unwrap_err();
        assert!(matches!(error, SelectionError::OutsideRoots { .. }), "{error}");

        let found = discover(&Selection {
            files: Some(vec!["Cargo.toml".into(), dir.path().join("c/a.txt")]),
            include: vec!["Cargo.toml".into()],
            ..Selection::default()
        });
        assert_eq!(names(&found.unwrap()), ["Cargo.toml"], "from the current folder");

        let found = listing(&["c/a.txt"], &[]).unwrap();
        assert!(!found.sources[0].name.starts_with('/') && found.sources[0].name.ends_with("c/a.txt"));
        assert!(found.sources[0].relative.is_relative());
    }

    #[test]
    fn two_files_never_share_a_place_in_the_corpus() {
        // The current folder's `src/lib.rs`, and what would be called so from `/`.
        let source = |path: &str| Source {
            path: path.into(),
            relative: "src/lib.rs".into(),
            name: "src/lib.rs".into(),
            format: Format::Text,
            compression: crate::model::Compression::None,
            size: 0,
        };
        let error = all_apart(&[source("/home/src/lib.rs"), source("/src/lib.rs")]).unwrap_err().to_string();
        assert!(
            error.starts_with("'/home/src/lib.rs' and '/src/lib.rs' are both called 'src/lib.rs'"),
            "{error}"
        );
    }

    #[cfg(unix)]
    mod on_unix {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;

        use super::*;

        #[test]
        fn what_is_no_regular_file_is_listed_and_not_read() {
            let dir = corpus(&["a.txt", "real/b.txt"]);
            symlink("real", dir.path().join("link")).unwrap();
            symlink("..", dir.path().join("real/loop")).unwrap();
            symlink("nowhere", dir.path().join("dangling.txt")).unwrap();
            let fifo = dir.path().join("fifo.txt");
            assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            let _socket = UnixListener::bind(dir.path().join("socket")).unwrap();
            let found = discover(&at(&[dir.path().into()])).unwrap();
            assert_eq!(names(&found), ["a.txt", "real/b.txt"]);
            let skipped = |name, message| (name, Severity::Skipped, message);
            assert_eq!(
                told(&found),
                [
                    skipped("dangling.txt", "a symbolic link, not read"),
                    skipped("fifo.txt", "a FIFO, not read"),
                    skipped("link", "a symbolic link, not read"),
                    skipped("real/loop", "a symbolic link, not read"),
                    skipped("socket", "a socket, not read"),
                ]
            );
            let selection = Selection { include: vec!["a*".into()], ..at(&[dir.path().into()]) };
            assert_eq!(discover(&selection).unwrap().problems, [], "nobody asked for these");
        }

        #[test]
        fn a_root_that_is_a_link_is_followed() {
            let dir = corpus(&["2026/a.txt", "b/c.txt"]);
            symlink("2026", dir.path().join("latest")).unwrap();
            let found = discover(&at(&[dir.path().join("latest")])).unwrap();
            assert_eq!(names(&found), ["a.txt"]);
            let found = discover(&at(&[dir.path().join("latest"), dir.path().join("b")])).unwrap();
            assert_eq!(names(&found), ["b/c.txt", "latest/a.txt"]);
            assert!(found.sources[1].path.ends_with("2026/a.txt"), "the link may be turned while we work");
        }

        #[test]
        fn the_output_folder_is_known_behind_a_link() {
            let dir = corpus(&["c/a.txt", "c/out/b.txt"]);
            symlink(dir.path().join("c/out"), dir.path().join("elsewhere")).unwrap();
            let avoid = Some(dir.path().join("elsewhere"));
            let found = discover(&Selection { avoid, ..at(&[dir.path().join("c")]) }).unwrap();
            assert_eq!(names(&found), ["a.txt"]);
        }

        #[test]
        fn names_that_are_not_utf8_are_kept_and_shown_escaped() {
            let dir = corpus(&[]);
            let name = OsStr::from_bytes(b"caf\xe9\x1b[1m.txt");
            fs::write(dir.path().join(name), "x").unwrap();
            let found = discover(&at(&[dir.path().into()])).unwrap();
            assert_eq!(names(&found), ["caf\\xE9\\x1b[1m.txt"]);
            assert_eq!(found.sources[0].relative.as_os_str(), name);
        }

        #[test]
        fn a_folder_too_deep_to_open_is_listed_and_the_rest_goes_on() {
            let dir = corpus(&["z.txt"]);
            let nest = |base: PathBuf, depth: usize| {
                let deepest = (0..depth).fold(base, |path, _| path.join("d".repeat(200)));
                fs::create_dir_all(&deepest).unwrap();
                deepest
            };
            // No path may be longer than 4096 bytes, but a folder may be moved below one.
            let elsewhere = corpus(&[]);
            nest(elsewhere.path().join("e"), 15);
            let deepest = nest(dir.path().join("d"), 15);
            fs::rename(elsewhere.path().join("e"), deepest.join("e")).unwrap();
            let found = discover(&at(&[dir.path().into()])).unwrap();
            assert_eq!(names(&found), ["z.txt"]);
            let [problem] = &found.problems[..] else { panic!("{:?}", told(&found)) };
            assert_eq!(problem.severity, Severity::Damaged);
            assert!(problem.name.starts_with("d/ddd"), "{}", problem.name);
            assert!(problem.message.starts_with("cannot be read: File name too long"), "{}", problem.message);
        }
    }
}
