use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A corpus in a folder of its own, and a place for output beside it.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
}

/// A row of `report.csv` as a reader of the file sees it, by column.
pub(crate) type Row = BTreeMap<String, String>;

impl Fixture {
    /// An empty corpus.
    pub(crate) fn empty() -> Self {
        Fixture::in_folder_called(OsStr::new(".tmp"))
    }

    /// The same, in a folder whose name begins so.
    pub(crate) fn in_folder_called(name: &OsStr) -> Self {
        let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
        fs::create_dir(folder.path().join("corpus")).unwrap();
        Fixture { folder }
    }

    /// A corpus written down: each `//- name` line begins a file.
    pub(crate) fn new(files: &str) -> Self {
        let fixture = Fixture::empty();
        for (name, text) in parse(files) {
            fixture.write(&name, text.as_bytes());
        }
        fixture
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.corpus().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn corpus(&self) -> PathBuf {
        self.path().join("corpus")
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.path().join("out")
    }

    /// Runs the program in the fixture's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(&[], arguments)
    }

    /// The same with variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_scrubjay"))
            .current_dir(self.path())
            .args(arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        Run { command: arguments.join(" "), folder: self.path().to_owned(), output }
    }

    /// The same with something typed.
    pub(crate) fn run_with_input(&self, arguments: &[&str], typed: &str) -> Run {
        let mut child = self.begin(arguments);
        // Whoever quits early does not read the rest.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run { command: arguments.join(" "), folder: self.path().to_owned(), output }
    }

    /// Starts the program; whoever asked for it types, and waits for its end.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_scrubjay"))
            .current_dir(self.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// `clean corpus --output out` with further options; must exit with `code`.
    pub(crate) fn clean(&self, options: &[&str], code: i32) -> Run {
        self.run(&[&["clean", "corpus", "--output", "out"], options].concat()).exits(code)
    }

    /// The cleaned files by name.
    pub(crate) fn cleaned(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.output().join("text"))
    }

    /// `report.csv` with decisions typed into it, as `out/NAME` beside the run's folder.
    pub(crate) fn decide(
        &self,
        name: &str,
        decide: impl Fn(&Row) -> (&'static str, &'static str),
    ) -> PathBuf {
        let mut rows = self.rows();
        let columns = ["decision", "replacement", "action", "kind", "text", "document", "row_id"];
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(columns).unwrap();
        for row in &mut rows {
            let (decision, replacement) = decide(row);
            row.insert("decision".into(), decision.into());
            row.insert("replacement".into(), replacement.into());
            csv.write_record(columns.map(|column| &row[column])).unwrap();
        }
        let path = self.path().join(name);
        fs::write(&path, csv.into_inner().unwrap()).unwrap();
        path
    }

    /// The cleaned files as text.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let text = |(name, bytes): (String, Vec<u8>)| (name, String::from_utf8(bytes).unwrap());
        self.cleaned().into_iter().map(text).collect()
    }

    /// The rows of the report.
    pub(crate) fn rows(&self) -> Vec<Row> {
        rows(&self.output().join("report.csv"))
    }
}

/// What a command did.
pub(crate) struct Run {
    command: String,
    folder: PathBuf,
    pub(crate) output: Output,
}

impl Run {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.output.status.code(),
            Some(code),
            "scrubjay {}\nin {}\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            self.folder.display(),
            self.stdout(),
            self.stderr(),
        );
        self
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        let (stdout, stderr) = (self.stdout(), self.stderr());
        assert!(
            stderr.contains(words) || stdout.contains(words),
            "scrubjay {} does not say {words:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
            self.command
        );
    }
}

/// Cleans `before` and compares the cleaned files with `after`.
#[track_caller]
pub(crate) fn check(before: &str, after: &str) {
    check_with(&[], before, after);
}

/// The same with options.
#[track_caller]
pub(crate) fn check_with(options: &[&str], before: &str, after: &str) {
    let fixture = Fixture::new(before);
    let run = fixture.clean(options, 0);
    let have: BTreeMap<String, String> = fixture
        .cleaned()
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    let want: BTreeMap<String, String> = parse(after).into_iter().collect();
    assert!(
        have == want,
        "scrubjay {}\n--- wanted\n{want:#?}\n--- have\n{have:#?}\n--- rows\n{:#?}\n--- stderr\n{}",
        run.command,
        fixture.rows(),
        run.stderr(),
    );
}

/// Files written down: each `//- name` line begins one.
pub(crate) fn parse(files: &str) -> Vec<(String, String)> {
    let mut parsed: Vec<(String, String)> = Vec::new();
    for line in files.split_inclusive('\n') {
        match line.strip_prefix("//- ") {
            Some(name) => parsed.push((name.trim_end().to_owned(), String::new())),
            None => parsed.last_mut().expect("a fixture begins with //- name").1.push_str(line),
        }
    }
    parsed
}

/// All files below a folder, by their path from it.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// The rows of a report.
pub(crate) fn rows(report: &Path) -> Vec<Row> {
    let bytes = fs::read(report).unwrap();
    let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&bytes);
    csv::Reader::from_reader(text).deserialize().map(Result::unwrap).collect()
}
