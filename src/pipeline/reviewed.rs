//! What reviewers said: sheets are understood, checked against the rows of the run, and kept in
//! `decisions.csv`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::plan::Plan;
use super::record::RecordError;
use super::{again, tell};
use crate::decide::{Decisions, Entry, Reach, Subject, UnclearVerdict, Verdict};
use crate::input;
use crate::model::{Action, Document, Format, Kind, ReportRow, Source};
use crate::output::{self, FindingRecord, LedgerError, LedgerReader, OutputError, QuotedPath, Record};
use crate::sheet::{self, SheetError, SheetRow};

/// The name of the file in the run's folder.
pub const DECISIONS_FILE: &str = "decisions.csv";

/// The columns of `decisions.csv`.
const COLUMNS: [&str; 9] =
    ["row_id", "decision", "replacement", "note", "scope", "kind", "document", "text", "suggestion"];

/// Decisions that cannot be read at all: nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The sheet itself.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// Rows of the file of decisions.
    #[error("{}: {}{}", QuotedPath(path), first, more(*.rows))]
    Unclear {
        /// The file.
        path: PathBuf,
        /// What is wrong with the first row.
        first: String,
        /// With how many rows something is.
        rows: usize,
    },
    /// It is about another run.
    #[error("no row_id of '{}' is known to the run in {}; name the sheet of this run", .sheet.display(), QuotedPath(run))]
    OtherRun {
        /// The sheet.
        sheet: PathBuf,
        /// The folder of the run.
        run: PathBuf,
    },
    /// The folder holds no whole run.
    #[error("cannot use the run in {}: {cause}", QuotedPath(run))]
    Ledger {
        /// The folder.
        run: PathBuf,
        /// Why not.
        cause: LedgerError,
    },
    /// The folder holds no run.
    #[error("{} holds no run: {cause}; name the folder that clean or check wrote", QuotedPath(run))]
    NoRun {
        /// The folder.
        run: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// How it was made is not known.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The corpus.
    #[error(transparent)]
    Selection(#[from] input::SelectionError),
}

fn more(rows: usize) -> String {
    if rows > 1 { format!(" (and {} rows more)", rows - 1) } else { String::new() }
}

/// What the sheets say, checked.
#[derive(Clone, Debug, Default)]
pub struct Understanding {
    /// Decisions that can be carried out, in the order of the sheets.
    pub decided: Vec<Understood>,
    /// Rows without a decision.
    pub undecided: u64,
    /// Rows that are not carried out, and why.
    pub refused: Vec<Refused>,
    /// What a person should know about how a sheet was read.
    pub notes: Vec<String>,
}

/// A decision that can be carried out.
#[derive(Clone, Debug)]
pub struct Understood {
    /// Where it was typed.
    pub place: String,
    /// What is kept of it.
    pub entry: Entry,
    /// What was proposed; `None` for a bulk decision or one of an earlier run.
    pub row: Option<ReportRow>,
}

/// A row that is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it was typed.
    pub place: String,
    /// Its id, as typed.
    pub row_id: String,
    /// Why.
    pub why: Why,
}

/// Why a row is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The decision is not understood.
    #[error("{0}")]
    Unclear(UnclearVerdict),
    /// The check character does not agree.
    #[error("the row_id is miscopied; copy it from the report")]
    Miscopied,
    /// No such row.
    #[error("no row of this run has this row_id")]
    Unknown,
    /// The same row was decided otherwise in another place.
    #[error("decided otherwise in {0}")]
    Conflict(String),
    /// The document changed since the run.
    #[error("{0} changed since the run; run clean again and decide anew")]
    Stale(String),
    /// It cannot be done.
    #[error("{0}")]
    Impossible(&'static str),
}

/// Reads a file of decisions.
///
/// # Errors
/// When it is not one, or any row of it is not understood: a decision that is passed over in
/// silence is as bad as a wrong one.
pub fn read_decisions(path: &Path) -> Result<Decisions, ReviewError> {
    let mut decisions = Decisions::default();
    let mut entries = Vec::new();
    let mut wrong = Vec::new();
    for row in sheet::read(path)?.rows {
        match entry(&row, None, None) {
            Ok(Some(entry)) => entries.push((row.number, entry)),
            Ok(None) => {}
            Err(why) => wrong.push(format!("row {}: {why}", row.number)),
        }
    }
    let mut first_of: FxHashMap<Subject, usize> = FxHashMap::default();
    for (place, (number, entry)) in entries.iter().enumerate() {
        // Two files were merged, and their people do not agree.
        let (first, other) = &entries[*first_of.entry(entry.subject()).or_insert(place)];
        if other.verdict != entry.verdict {
            wrong.push(format!("row {number}: decided otherwise in row {first}"));
        }
    }
    if let Some(first) = wrong.first() {
        return Err(ReviewError::Unclear { path: path.to_owned(), first: first.clone(), rows: wrong.len() });
    }
    decisions.extend(entries.into_iter().map(|(_, entry)| entry));
    Ok(decisions)
}

/// True for a file of which nothing is lost when [`write_decisions`] writes there: not for a workbook or a report
/// with columns of its own.
pub(super) fn is_list_of_decisions(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut first = String::new();
    // What is no text has no header, either.
    let read = BufReader::new(file.take(LONGEST_HEADER)).read_line(&mut first);
    let mut columns = first.trim_start_matches('\u{feff}').trim_end().split(',');
    read.is_ok() && columns.all(|column| COLUMNS.contains(&column.trim_matches('"')))
}

/// Bytes in which the header of a list of decisions ends.
const LONGEST_HEADER: u64 = 1024;

/// Writes a file of decisions: sorted, a line each, so that the files of two people merge.
///
/// # Errors
/// When it cannot be written.
pub fn write_decisions(path: &Path, decisions: &Decisions) -> Result<(), OutputError> {
    let rows = decisions.entries().into_iter().map(|entry| {
        [
            entry.row_id.clone(),
            entry.verdict.as_str().to_owned(),
            // Exact: this is written into documents.
            output::guard(entry.verdict.replacement()).into_owned(),
            output::cell(&entry.note).into_owned(),
            entry.reach.as_str().to_owned(),
            entry.kind.map(Kind::as_str).unwrap_or_default().to_owned(),
            output::cell(&entry.document).into_owned(),
            output::cell(&entry.text).into_owned(),
            output::cell(&entry.suggestion).into_owned(),
        ]
    });
    output::write_table(path, &COLUMNS, rows)
}

/// The decision of a row, with what is known of the row it names and what was decided about it before.
fn entry(row: &SheetRow, known: Option<&ReportRow>, earlier: Option<&Entry>) -> Result<Option<Entry>, Why> {
    let replacement = output::unguard(&row.replacement);
    let verdict = match Verdict::read(&row.decision, replacement).map_err(Why::Unclear)? {
        Some(verdict) => as_proposed(verdict, known, earlier),
        None => return Ok(None),
    };
    let reach = match row.scope.trim().to_lowercase().as_str() {
        _ if !row.row_id.is_empty() => Reach::Row,
        "document" => Reach::Document,
        "corpus" => Reach::Corpus,
        "" => {
            return Err(Why::Impossible("there is a decision and no row_id; a bulk decision needs a scope"));
        }
        _ => return Err(Why::Impossible("the scope of a bulk decision is document or corpus")),
    };
    let kind = Kind::ALL.iter().copied().find(|kind| kind.as_str() == row.kind.trim());
    if reach != Reach::Row {
        if kind.is_none() && !row.kind.trim().is_empty() {
            return Err(Why::Impossible("no such kind"));
        }
        if row.text.is_empty() && kind.is_none_or(Kind::is_repetition) {
            return Err(Why::Impossible("a bulk decision needs a text, or a kind that is about words"));
        }
        if reach == Reach::Document && row.document.trim().is_empty() {
            return Err(Why::Impossible("a bulk decision about a document needs its name"));
        }
    } else if !output::is_well_formed(&row.row_id.to_lowercase()) {
        return Err(Why::Miscopied);
    }
    let unguarded = |cell: &str| output::unguard(cell).to_owned();
    let mut entry = Entry {
        document: unguarded(&row.document),
        kind,
        text: unguarded(&row.text),
        suggestion: unguarded(&row.suggestion),
        row_id: row.row_id.to_lowercase(),
        reach,
        verdict,
        note: unguarded(&row.note),
    };
    if let Some(known) = known {
        possible(&entry.verdict, known)?;
        entry.document.clone_from(&known.document);
        entry.kind = Some(known.kind);
        entry.text.clone_from(&known.text);
        entry.suggestion.clone_from(&known.suggestion);
        if let Verdict::Edit(replacement) = &mut entry.verdict {
            *replacement = as_meant(replacement, &known.text);
        }
    }
    Ok(Some(entry))
}

/// A row that was edited proposes what was written: who accepts it wants that, not what the program
/// would have proposed.
fn as_proposed(verdict: Verdict, known: Option<&ReportRow>, earlier: Option<&Entry>) -> Verdict {
    match (&verdict, known, earlier) {
        (Verdict::Accept, Some(row), Some(Entry { verdict: Verdict::Edit(written), .. }))
            if row.suggestion == *written =>
        {
            Verdict::Edit(written.clone())
        }
        _ => verdict,
    }
}

/// The reports show line feeds as `⏎`, and the page shows hidden characters by name: who copied the
/// text from there meant what it shows.
fn as_meant(replacement: &str, text: &str) -> String {
    let mut meant = match (text.contains('⏎'), text.contains("\r\n"), text.contains('\n')) {
        (false, true, _) => replacement.replace('⏎', "\r\n"),
        (false, _, true) => replacement.replace('⏎', "\n"),
        _ => replacement.to_owned(),
    };
    if meant.contains("⟨U+") {
        for hidden in text.chars().filter(|c| !c.is_alphanumeric() && !c.is_ascii_graphic()) {
            meant = meant.replace(&format!("⟨U+{:04X}⟩", u32::from(hidden)), hidden.encode_utf8(&mut [0; 4]));
        }
    }
    meant
}

/// Whether a decision about a row can be carried out.
///
/// # Errors
/// When it cannot, with the reason.
pub fn possible(verdict: &Verdict, row: &ReportRow) -> Result<(), Why> {
    let is_document = row.kind == Kind::DuplicateDocument;
    let why = match verdict {
        Verdict::Edit(_) if is_document => "a whole document cannot be edited; decide about its sentences",
        Verdict::Accept if is_document && row.action == Action::Review => {
            "the document says things that the other one does not; it cannot go whole"
        }
        Verdict::Accept if row.kind == Kind::Restated => {
            "a point in other words is shown for reading; to change the sentence, type edit and a replacement"
        }
        Verdict::Accept
            if !row.kind.is_repetition() && row.action == Action::Review && row.suggestion.is_empty() =>
        {
            "nothing is proposed to accept; type edit and a replacement"
        }
        _ => return Ok(()),
    };
    Err(Why::Impossible(why))
}

/// A row of a sheet, and where it stands.
struct Typed {
    place: String,
    row: SheetRow,
}

/// What is known of a row that a sheet names.
struct Known {
    row: ReportRow,
    source: String,
}

/// What a run says about ids.
#[derive(Default)]
struct Ledger {
    /// Rows somebody decided about.
    rows: BTreeMap<String, Known>,
    /// Ids of the sheets that the run knows.
    seen: FxHashSet<String>,
    /// The hash of each source that such rows are in.
    hashes: BTreeMap<String, u128>,
}

/// Reads sheets about the run in `run`, and checks every decision against its rows. With a `plan`
/// the documents are looked at, too: what changed since the run is refused.
///
/// # Errors
/// When a sheet cannot be read, or none of its ids is of this run.
pub fn understand(
    run: &Path,
    sheets: &[PathBuf],
    earlier: &Decisions,
    plan: Option<&Plan>,
) -> Result<Understanding, ReviewError> {
    let mut understanding = Understanding::default();
    let mut typed = Vec::new();
    let mut firsts = Vec::new();
    for path in sheets {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let read = sheet::read(path)?;
        understanding.notes.extend(read.notes.into_iter().map(|note| format!("{name}: {note}")));
        firsts.push((path, typed.len(), typed.len() + read.rows.len()));
        typed.extend(read.rows.into_iter().map(|row| Typed { place: place(&name, &row), row }));
    }
    let ledger = read_ledger(run, &typed)?;
    for (sheet, first, end) in firsts {
        let is_known = |typed: &Typed| {
            let id = typed.row.row_id.to_lowercase();
            ledger.seen.contains(&id)
                || earlier.row(&id).is_some()
                || (id.is_empty() && !typed.row.scope.is_empty())
        };
        if end > first && !typed[first..end].iter().any(is_known) {
            return Err(ReviewError::OtherRun { sheet: sheet.clone(), run: run.to_owned() });
        }
    }
    let stale = plan.map(|plan| stale(plan, &ledger)).transpose()?.unwrap_or_default();
    let mut candidates: Vec<(Typed, Entry)> = Vec::new();
    for typed in typed {
        let row_id = typed.row.row_id.to_lowercase();
        let known = ledger.rows.get(&row_id);
        match entry(&typed.row, known.map(|known| &known.row), earlier.row(&row_id)) {
            Ok(None) => understanding.undecided += 1,
            Err(why) => understanding.refuse(typed, why),
            Ok(Some(entry)) => {
                let is_earlier = earlier.row(&row_id).is_some();
                let why = match known {
                    _ if entry.reach != Reach::Row => None,
                    None if !is_earlier => Some(Why::Unknown),
                    Some(known) if stale.contains(&row_id) => Some(Why::Stale(known.source.clone())),
                    _ => None,
                };
                match why {
                    Some(why) => understanding.refuse(typed, why),
                    None => candidates.push((typed, with_earlier(entry, earlier))),
                }
            }
        }
    }
    // Two that say the same are one; two that do not are none.
    let mut refused: FxHashMap<usize, String> = FxHashMap::default();
    let mut twice = FxHashSet::default();
    let mut first_of: FxHashMap<Subject, usize> = FxHashMap::default();
    for (place, (typed, entry)) in candidates.iter().enumerate() {
        let first = *first_of.entry(entry.subject()).or_insert(place);
        let (other, other_entry) = &candidates[first];
        if other_entry.verdict != entry.verdict {
            refused.insert(place, other.place.clone());
            refused.entry(first).or_insert_with(|| typed.place.clone());
        } else if first != place {
            twice.insert(place);
        }
    }
    for (place, (typed, entry)) in candidates.into_iter().enumerate() {
        if let Some(other) = refused.remove(&place) {
            understanding.refuse(typed, Why::Conflict(other));
        } else if !twice.contains(&place) {
            let row = ledger.rows.get(&entry.row_id).map(|known| known.row.clone());
            understanding.decided.push(Understood { place: typed.place, entry, row });
        }
    }
    Ok(understanding)
}

impl Understanding {
    fn refuse(&mut self, typed: Typed, why: Why) {
        self.refused.push(Refused { place: typed.place, row_id: typed.row.row_id, why });
    }

    /// The decisions, to be kept.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        self.decided.iter().map(|understood| understood.entry.clone())
    }
}

/// What an earlier decision knew of the row, where the run does not.
fn with_earlier(mut entry: Entry, earlier: &Decisions) -> Entry {
    if let Some(before) = earlier.row(&entry.row_id)
        && entry.kind.is_none()
    {
        entry.kind = before.kind;
        entry.document.clone_from(&before.document);
        entry.text.clone_from(&before.text);
        entry.suggestion.clone_from(&before.suggestion);
    }
    entry
}

fn place(name: &str, row: &SheetRow) -> String {
    match row.sheet.as_str() {
        "" => format!("{name} row {}", row.number),
        sheet => format!("{name} sheet '{sheet}' row {}", row.number),
    }
}

fn read_ledger(run: &Path, typed: &[Typed]) -> Result<Ledger, ReviewError> {
    let no_run = |cause| ReviewError::NoRun { run: run.to_owned(), cause };
    let damaged = |cause| ReviewError::Ledger { run: run.to_owned(), cause };
    let file = File::open(run.join("ledger.jsonl")).map_err(no_run)?;
    let mut wanted: FxHashMap<String, bool> = FxHashMap::default();
    for Typed { row, .. } in typed {
        *wanted.entry(row.row_id.to_lowercase()).or_default() |= !row.decision.trim().is_empty();
    }
    let mut ledger = Ledger::default();
    let mut source = String::new();
    let mut has_rows = false;
    for record in LedgerReader::new(BufReader::with_capacity(1 << 18, file)).map_err(damaged)? {
        match record.map_err(damaged)? {
            Record::Source(record) => (source, has_rows) = (record.source, false),
            Record::Finding(finding) => {
                let FindingRecord { row, .. } = *finding;
                let Some(is_decided) = wanted.get(&row.row_id) else { continue };
                ledger.seen.insert(row.row_id.clone());
                if *is_decided {
                    has_rows = true;
                    ledger.rows.insert(row.row_id.clone(), Known { row, source: source.clone() });
                }
            }
            Record::SourceEnd(end) if has_rows => {
                ledger.hashes.insert(end.source, end.sums.hash_before);
            }
            _ => {}
        }
    }
    Ok(ledger)
}

/// The decided rows whose document is not what it was.
fn stale(plan: &Plan, ledger: &Ledger) -> Result<FxHashSet<String>, ReviewError> {
    let mut stale = FxHashSet::default();
    let sources = input::discover(&plan.selection)?.sources;
    let by_name: FxHashMap<&str, &Source> =
        sources.iter().map(|source| (source.name.as_str(), source)).collect();
    let mut rows: BTreeMap<&str, Vec<&ReportRow>> = BTreeMap::new();
    for known in ledger.rows.values() {
        rows.entry(&known.source).or_default().push(&known.row);
    }
    for (name, rows) in rows {
        let fresh = match by_name.get(name) {
            Some(source) => fresh(source, plan, ledger.hashes.get(name).copied(), &rows),
            None => FxHashSet::default(),
        };
        stale.extend(rows.into_iter().map(|row| row.row_id.clone()).filter(|id| !fresh.contains(id)));
    }
    Ok(stale)
}

/// The rows of a source that still stand there. A file is as it was or not; of a file with a
/// document a line, lines may have been added.
fn fresh(source: &Source, plan: &Plan, hash: Option<u128>, rows: &[&ReportRow]) -> FxHashSet<String> {
    let mut by_document: FxHashMap<&str, Vec<&ReportRow>> = FxHashMap::default();
    if source.format == Format::JsonLines {
        rows.iter().for_each(|row| by_document.entry(&row.document).or_default().push(row));
    }
    let mut standing = FxHashSet::default();
    let now = again::read(source, &plan.input, |names, document| {
        let here = names.iter().filter_map(|name| by_document.get(name.as_str())).flatten();
        let here = here.filter(|row| stands_in(row, document));
        standing.extend(here.map(|row| row.row_id.clone()));
    });
    match now {
        Ok(now) if hash == Some(now) => rows.iter().map(|row| row.row_id.clone()).collect(),
        Ok(_) | Err(_) => standing,
    }
}

/// True for a document that has the text of a row at its place.
pub(super) fn stands_in(row: &ReportRow, document: &Document) -> bool {
    let text = document.text.get(row.span.start..row.span.end);
    text.is_some_and(|text| tell::shown_text(row.kind, text) == row.text.as_str())
}
