use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The path of a program that a test needs, by any of its names. Where it is missing the test is
/// passed over and says so, unless TEST_WITH_PROGRAMS=required asks for all of them.
#[expect(clippy::print_stdout, reason = "a test that is passed over says so")]
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        let required = std::env::var("TEST_WITH_PROGRAMS").is_ok_and(|value| value == "required");
        assert!(!required, "none of {names:?} is installed, and TEST_WITH_PROGRAMS=required");
        println!("passed over: none of {names:?} is installed");
    }
    found
}

/// LibreOffice without a window, with a profile of its own in `folder`.
pub(crate) struct Office {
    program: PathBuf,
    folder: PathBuf,
}

impl Office {
    pub(crate) fn find(folder: &Path) -> Option<Office> {
        Some(Office { program: program(&["soffice", "libreoffice"])?, folder: folder.to_owned() })
    }

    /// Opens `from` and saves it in `form`, as `name`. A csv file is opened as the import dialog
    /// proposes it: tab, comma and semicolon separate, nothing else is ticked.
    #[track_caller]
    pub(crate) fn save_as(&self, from: &Path, form: &str, name: &str) -> PathBuf {
        let folder = self.folder.join(format!("as-{name}"));
        let mut command = Command::new(&self.program);
        command
            .arg(format!("-env:UserInstallation=file://{}/profile", self.folder.display()))
            .args(["--headless", "--norestore"]);
        if from.extension().is_some_and(|extension| extension == "csv") {
            command.arg("--infilter=CSV:44/59/9,34,76,1,,0,false,false,false,false,false,0,false");
        }
        let output =
            command.args(["--convert-to", form, "--outdir"]).arg(&folder).arg(from).output().unwrap();
        let saved = std::fs::read_dir(&folder).ok().and_then(|mut files| files.next());
        let saved = saved.unwrap_or_else(|| {
            panic!("{form} was not made: {}", String::from_utf8_lossy(&output.stderr));
        });
        let target = self.folder.join(name);
        std::fs::rename(saved.unwrap().path(), &target).unwrap();
        target
    }
}

/// The page as it stands after its scripts have run, in Chromium without a window.
pub(crate) fn dump_dom(page: &Path, profile: &Path) -> Option<String> {
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"])?;
    let output = Command::new(chromium)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .stderr(Stdio::null())
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}
