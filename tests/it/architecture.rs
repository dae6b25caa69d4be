use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which module may import which. ARCHITECTURE.md draws it.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("language", &["model"]),
    ("input", &["model", "language"]),
    ("segment", &["model", "language"]),
    ("dedup", &["model", "language"]),
    ("spell", &["model", "language"]),
    ("decide", &["model", "language"]),
    ("output", &["model", "language"]),
    ("sheet", &["model", "language"]),
    ("state", &["model", "language"]),
    (
        "pipeline",
        &["model", "language", "input", "sheet", "segment", "dedup", "spell", "decide", "output", "state"],
    ),
    (
        "cli",
        &["model", "language", "pipeline", "input", "segment", "dedup", "spell", "decide", "output", "state"],
    ),
];

/// Rooms that touch files, and the only one that has threads.
const MAY_DO_IO: &[&str] = &["input", "sheet", "output", "state", "pipeline", "cli"];
const MAY_HAVE_THREADS: &[&str] = &["pipeline"];

#[test]
fn rooms_import_only_what_the_table_allows() {
    for (room, source, text) in sources() {
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("room {room:?} is not in the table of {}", file!()));
        for import in imports(&text) {
            assert!(
                import == room || allowed.contains(&import.as_str()),
                "{} imports crate::{import}, but {room} may import only {allowed:?}.\n\
                 Mend: if two rooms want the same type, it is a word of the language: move it to model. \
                 If one room needs another's result, let pipeline hand it over as a value.",
                source.display(),
            );
        }
    }
}

#[test]
fn only_the_rooms_at_the_doors_touch_files() {
    for (room, source, text) in sources() {
        if MAY_DO_IO.contains(&room.as_str()) {
            continue;
        }
        for forbidden in ["std::fs", "File::open", "std::net", "std::env", "stdout()", "stderr()"] {
            assert!(
                !text.contains(forbidden),
                "{} uses {forbidden}, but {room} takes values and gives values.\n\
                 Mend: read in input, write in output, and let pipeline hand the bytes over.",
                source.display(),
            );
        }
    }
}

#[test]
fn only_the_corridor_has_threads() {
    for (room, source, text) in sources() {
        if MAY_HAVE_THREADS.contains(&room.as_str()) {
            continue;
        }
        for forbidden in ["rayon", "std::thread", "thread::spawn", "par_iter"] {
            assert!(
                !text.contains(forbidden),
                "{} uses {forbidden}, but only pipeline has threads.\n\
                 Mend: make it a function of values, and let pipeline call it in parallel.",
                source.display(),
            );
        }
    }
}

#[test]
fn no_answer_depends_on_the_time_of_day() {
    for (room, source, text) in sources() {
        assert!(
            room == "cli" || !text.contains("SystemTime"),
            "{} looks at the clock.\nMend: times belong to logs and metrics, which the porch writes.",
            source.display(),
        );
    }
}

#[test]
fn the_table_would_notice_a_forbidden_import() {
    let text =
        "use crate::output::Splice;\nfn f() { crate::model::Span::new(0, 0); }\n// crate::cli in words\n";
    assert_eq!(imports(text), BTreeSet::from(["output".to_owned(), "model".to_owned()]));
}

/// Every source file below `src`, with the room it belongs to. Test modules are left out: they
/// may use whatever they need.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let inner = path.strip_prefix(&src).unwrap();
        let room = inner.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if room == "lib" || room == "main" {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
        found.push((room, path.to_owned(), code));
    }
    assert!(found.len() > 20, "the walk over src found almost nothing");
    found
}

/// The modules named in `crate::…` paths of code, not of comments.
fn imports(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| line.split("crate::").skip(1))
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => group.split(',').map(|part| part.trim().to_owned()).collect(),
            None => vec![rest.to_owned()],
        })
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
        .filter(|name| !name.is_empty())
        .collect()
}
