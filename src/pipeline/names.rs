//! What each document is called in reports.

use rustc_hash::FxHashSet;

use super::resolve::Contents;
use crate::input;
use crate::model::{DocId, Document, Format, Problem, Severity, Source};

/// What a document may be called in the end: a name from an id field that stands twice names nothing; then the
/// line does.
pub(super) fn possible(
    settings: &input::Settings,
    source: &Source,
    document: &Document,
    line: u64,
) -> Vec<String> {
    let mut names = vec![document.name.clone()];
    if source.format == Format::JsonLines {
        names.push(settings.name_by_line(&source.name, line));
        names.dedup();
    }
    names
}

/// The names of all documents, by their place in the corpus. Costs a few bytes a document, and a
/// string only where an id field names it.
#[derive(Debug)]
pub(super) struct Names {
    settings: input::Settings,
    /// Where each source's documents begin, in step with the sources.
    firsts: Vec<u32>,
    sources: Vec<(String, Format)>,
    /// The 1-based line of each document in its file.
    lines: Vec<u64>,
    /// The name an id field gives, by document; empty when there is no id field.
    ids: Vec<String>,
}

impl Names {
    /// `lines` and `ids` are in step with the documents; `ids` holds whole names and is empty
    /// without an id field. A name that stands twice names nothing: those documents are called by
    /// their line, and the second return value says so.
    pub(super) fn new(
        settings: &input::Settings,
        sources: &[Source],
        contents: &[Contents],
        lines: Vec<u64>,
        mut ids: Vec<String>,
    ) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        if !ids.is_empty() {
            for (source, contents) in sources.iter().zip(contents) {
                let range = contents.first as usize..(contents.first + contents.documents) as usize;
                problems.extend(drop_repeated(source, &mut ids[range.clone()], &lines[range]));
            }
        }
        let firsts = contents.iter().map(|contents| contents.first).collect();
        let sources = sources.iter().map(|source| (source.name.clone(), source.format)).collect();
        (Names { settings: settings.clone(), firsts, sources, lines, ids }, problems)
    }

    /// The name of a document.
    pub(super) fn name(&self, document: DocId) -> String {
        let index = document.0 as usize;
        if let Some(id) = self.ids.get(index).filter(|id| !id.is_empty()) {
            return id.clone();
        }
        // Sources without documents begin where the next one does: the last is the one.
        let source = self.firsts.partition_point(|&first| first <= document.0) - 1;
        match &self.sources[source] {
            (name, Format::JsonLines) => self.settings.name_by_line(name, self.lines[index]),
            (name, _) => name.clone(),
        }
    }
}

/// Empties every name of a source that stands more than once.
fn drop_repeated(source: &Source, ids: &mut [String], lines: &[u64]) -> Option<Problem> {
    let mut seen = FxHashSet::default();
    let repeated: FxHashSet<String> = ids.iter().filter(|id| !seen.insert(id.as_str())).cloned().collect();
    let line = ids.iter().zip(lines).find(|(id, _)| repeated.contains(*id)).map(|(_, &line)| line)?;
    for id in ids.iter_mut().filter(|id| repeated.contains(*id)) {
        id.clear();
    }
    let many = repeated.len();
    let message = match many {
        1 => "an id stands more than once; its documents are named by their line".to_owned(),
        _ => format!("{many} ids stand more than once; their documents are named by their line"),
    };
    Some(Problem { name: source.name.clone(), line: Some(line), severity: Severity::Noted, message })
}
