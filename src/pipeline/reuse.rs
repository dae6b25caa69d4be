//! Rows and copies of the run before that still hold.
//!
//! What is made of a source depends on its bytes, on what was found by looking at the corpus as a
//! whole, on what the corpus says of its words, and on what people decided. When none of that has
//! changed, and the copy that was written still stands, the source is not read again: its rows are
//! taken from what the run before left. What a row tells of the other copies, where they stand, how many
//! there are and how sure it is that they are copies, is told anew.

use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::RunError;
use super::memory::{self, Memory, RewrittenEntry, Weighed, rewrite_key, stamp};
use super::piece::{Change, Made, Piece};
use super::resolve::Resolution;
use super::rewrite::Tally;
use super::tell::{DraftRow, cluster_name};
use super::worker::Worker;
use crate::language::WordHash;
use crate::model::{Action, DocId, Finding, Format, Kind, ReportRow, Source, Span};
use crate::output::RunFolder;
use crate::spell::{Testimony, WordCounts};
use crate::state::{STATE_FILE, Stamp, StateError, Unpacker};

/// A piece as it is written down: what does not depend on other sources, and cannot be known without
/// reading the text again.
#[derive(Serialize, Deserialize)]
pub(super) struct RememberedPiece {
    documents: u32,
    rows: Vec<RememberedRow>,
    changes: Vec<Change>,
    /// The how-manieth document of the piece, start, text.
    keepers: Vec<(u32, u64, String)>,
    tally: Tally,
}

#[derive(Serialize, Deserialize)]
struct RememberedRow {
    /// The how-manieth document of the piece.
    document: u32,
    row_id: String,
    action: Action,
    kind: Kind,
    text: String,
    suggestion: String,
    confidence: f64,
    line: u64,
    column: u64,
    reason: String,
    context: String,
    context_place: Option<u64>,
    span: Span,
    /// It quotes a kept copy.
    quotes: bool,
}

impl RememberedPiece {
    /// A piece to be written down. Its documents are counted from its first one.
    pub(super) fn of(piece: &Piece) -> RememberedPiece {
        let first = piece.verified.first().map_or(0, |id| id.0);
        let mut keepers: Vec<_> = piece
            .keepers
            .iter()
            .map(|(id, start, text)| (id.0 - first, *start as u64, text.clone()))
            .collect();
        keepers.sort_unstable();
        RememberedPiece {
            documents: piece.verified.len() as u32,
            rows: piece.rows.iter().map(|draft| RememberedRow::of(draft, first)).collect(),
            changes: piece.changes.clone(),
            keepers,
            tally: piece.tally,
        }
    }
}

impl RememberedPiece {
    /// The bytes that are written down.
    ///
    /// # Errors
    /// Never, as far as anybody knows: there is nothing in a piece that cannot be written.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_stdvec(self).map_err(unreadable)
    }
}

/// What is remembered makes no sense, although it was whole.
fn unreadable(error: postcard::Error) -> StateError {
    let cause = std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string());
    StateError::at("read", STATE_FILE.as_ref())(cause)
}

impl RememberedRow {
    fn of(draft: &DraftRow, first: u32) -> RememberedRow {
        let row = &draft.row;
        RememberedRow {
            document: draft.document.0 - first,
            row_id: row.row_id.clone(),
            action: row.action,
            kind: row.kind,
            text: row.text.clone(),
            suggestion: row.suggestion.clone(),
            confidence: row.confidence,
            line: row.line,
            column: row.column,
            reason: row.reason.clone(),
            context: row.context.clone(),
            context_place: row.context_place.map(|place| place as u64),
            span: row.span,
            quotes: draft.kept.is_some(),
        }
    }
}

/// Which words the corpus speaks of otherwise than before.
struct ChangedWords {
    /// Those of which it is another thing to see them: by hash, and by their numbers in what is remembered.
    hashes: FxHashSet<WordHash>,
    numbers: Vec<bool>,
    /// Those of which it is another thing to weigh them, by [`Weighed::name`].
    weighed: FxHashSet<u32>,
}

impl ChangedWords {
    fn new(memory: &Memory, resolution: &Resolution) -> Result<ChangedWords, StateError> {
        let mut before: FxHashMap<WordHash, Testimony> = memory.evidence()?.into_iter().collect();
        let (mut hashes, mut weighed) = (FxHashSet::default(), FxHashSet::default());
        for (word, now) in evidence(resolution) {
            let before = before.remove(&word);
            if before != Some(now) {
                weighed.insert(Weighed::name(word));
            }
            if before.is_none_or(|before| before.at_sight != now.at_sight) {
                hashes.insert(word);
            }
        }
        weighed.extend(before.keys().map(|&word| Weighed::name(word)));
        hashes.extend(before.into_keys());
        let numbers = memory.numbers_of(&hashes);
        Ok(ChangedWords { hashes, numbers, weighed })
    }

    fn are_in(&self, block: &[u8]) -> bool {
        let is_number_changed = |number: u32| self.numbers.get(number as usize).copied().unwrap_or(true);
        let is_hash_changed = |word| self.hashes.contains(&word);
        WordCounts::is_any_changed(block, is_number_changed, is_hash_changed)
    }
}

/// What the corpus says of suspicious words.
pub(super) fn evidence(resolution: &Resolution) -> Vec<(WordHash, Testimony)> {
    resolution.speller.as_ref().map(|speller| speller.evidence_by_word()).unwrap_or_default()
}

/// What the second walk may take from the run before.
#[derive(Default)]
pub(super) struct Reuse {
    words: Option<ChangedWords>,
    /// By place in the corpus, the sources that may hold; empty when none may.
    may_hold: Vec<bool>,
}

impl Reuse {
    /// Looks at what must be known before sources are handed out. Whether a file holds is seen when it is its
    /// turn; JSONL files are read where they are handed out, so it is seen here.
    ///
    /// # Errors
    /// When what is remembered cannot be read.
    pub(super) fn new(worker: &Worker, pool: &ThreadPool) -> Result<Reuse, RunError> {
        let Worker { plan, memory, seen, resolution, .. } = *worker;
        if seen.is_empty() || memory.index.rewrite_key != rewrite_key(plan) {
            return Ok(Reuse::default());
        }
        let words = worker.speller.map(|_| ChangedWords::new(memory, resolution)).transpose()?;
        let may_hold = seen.iter().map(|seen| seen.is_fresh).collect();
        let mut reuse = Reuse { words, may_hold };
        let is_lines = |index: &usize| resolution.sources[*index].format == Format::JsonLines;
        let lines: Vec<usize> =
            (0..seen.len()).filter(is_lines).filter(|&index| reuse.may_hold(index)).collect();
        let holds = |&index: &usize| {
            let (_, told) = found(worker, index);
            Ok(reuse.entry(worker, index, told, &mut memory::unpacker()?)?.is_some())
        };
        let hold = pool.install(|| lines.par_iter().map(holds).collect::<Result<Vec<bool>, StateError>>())?;
        for (index, holds) in lines.into_iter().zip(hold) {
            reuse.may_hold[index] = holds;
        }
        Ok(reuse)
    }

    /// True for a file that perhaps need not be read, and for JSONL that need not.
    pub(super) fn may_hold(&self, index: usize) -> bool {
        self.may_hold.get(index).copied().unwrap_or(false)
    }

    /// What is remembered of a source, if all that it depends on is as it was. `told` is the number for what
    /// was found in it by looking at the corpus as a whole.
    fn entry<'a>(
        &self,
        worker: &Worker<'a>,
        index: usize,
        told: u64,
        unpacker: &mut Unpacker,
    ) -> Result<Option<&'a RewrittenEntry>, StateError> {
        let source = &worker.resolution.sources[index];
        let Some(entry) = worker.memory.entry(source) else { return Ok(None) };
        let Some(rewritten) = &entry.rewritten else { return Ok(None) };
        // It may have been written to since the survey.
        let seen = worker.seen[index].stamp;
        let is_as_it_was = rewritten.told == told && stamp(source) == seen;
        if !is_as_it_was || worker.text.is_some_and(|(folder, _)| !stands(folder, source, rewritten, seen)) {
            return Ok(None);
        }
        let Some(words) = &self.words else { return Ok(Some(rewritten)) };
        if rewritten.weighed.names().any(|name| words.weighed.contains(&name)) {
            return Ok(None);
        }
        for part in &entry.parts {
            if words.are_in(&unpacked(&worker.memory.read(part.words)?, unpacker)?) {
                return Ok(None);
            }
        }
        Ok(Some(rewritten))
    }

    /// What the run before made of a source, if it still holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn pieces(
        &self,
        worker: &Worker,
        index: usize,
        unpacker: &mut Unpacker,
    ) -> Result<Option<Vec<Piece>>, StateError> {
        let Worker { resolution, memory, .. } = *worker;
        let source = &resolution.sources[index];
        let (findings, told) = found(worker, index);
        let entry = match source.format {
            // It was seen before.
            Format::JsonLines => memory.entry(source).and_then(|entry| entry.rewritten.as_ref()),
            _ => self.entry(worker, index, told, unpacker)?,
        };
        let Some(entry) = entry else { return Ok(None) };
        let contents = resolution.contents[index];
        let mut first = 0;
        let mut pieces = Vec::with_capacity(entry.pieces.len());
        for (place, &block) in entry.pieces.iter().enumerate() {
            let bytes = memory.read(block)?;
            let remembered: RememberedPiece =
                postcard::from_bytes(&unpacked(&bytes, unpacker)?).map_err(unreadable)?;
            let documents = remembered.documents;
            let mut piece =
                recalled(resolution, contents.first + first, &findings[first as usize..], remembered);
            piece.source = index;
            if place == 0 {
                piece.walked = source.size;
            }
            piece.made = Made::Known {
                compression: entry.compression,
                is_first: place == 0,
                last: (place + 1 == entry.pieces.len()).then(|| Box::new(entry.clone())),
                bytes,
            };
            first += documents;
            pieces.push(piece);
        }
        Ok(Some(pieces))
    }
}

/// The bytes of a block, unpacked.
fn unpacked(packed: &[u8], unpacker: &mut Unpacker) -> Result<Vec<u8>, StateError> {
    unpacker.unpack(packed).map_err(StateError::at("read", STATE_FILE.as_ref()))
}

/// True if the copy of a source is the one that was written, and has the permissions of the source.
pub(super) fn stands(
    folder: &RunFolder,
    source: &Source,
    rewritten: &RewrittenEntry,
    stamp: Option<Stamp>,
) -> bool {
    match (&rewritten.copy, Stamp::at(&folder.text_file(&source.relative))) {
        (None, _) => rewritten.left_out,
        (Some(copy), Some(now)) => {
            now.is_same_content(copy) && stamp.is_some_and(|source| now.has_mode_of(&source))
        }
        (Some(_), None) => false,
    }
}

/// What was found in some documents of a source by looking at the corpus as a whole: for each of which
/// there is anything to tell, the how-manieth it is, and a number for what shapes its rows and changes,
/// but for what is told anew of other copies.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(Vec<(u32, u64)>);

impl Told {
    /// Adds what was found in a document, and which of its sentences are quoted elsewhere.
    pub(super) fn document(&mut self, ordinal: u32, found: &[Finding], quoted: impl Iterator<Item = Span>) {
        let mut hash = Xxh3::new();
        let mut is_silent = true;
        let mut number = |number: u64| {
            hash.update(&number.to_le_bytes());
            is_silent = false;
        };
        for finding in found {
            // How sure it is has to do with how rare words are in the whole corpus, and is told anew.
            let Finding { kind, span, suggestion, confidence: _, applicability, reason, repetition } =
                finding;
            let text = |text: &str| xxh3_64(text.as_bytes());
            let shape = [1, *kind as u64, span.start as u64, span.end as u64, *applicability as u64];
            let rest = [
                u64::from(repetition.is_some()),
                text(suggestion.as_deref().unwrap_or_default()),
                text(reason),
            ];
            shape.into_iter().chain(rest).for_each(&mut number);
        }
        quoted.for_each(|span| [2, span.start as u64].into_iter().for_each(&mut number));
        if !is_silent {
            self.0.push((ordinal, hash.digest()));
        }
    }

    /// Adds what was found in later documents.
    pub(super) fn append(&mut self, later: Told) {
        self.0.extend(later.0);
    }

    /// A number for all of it.
    pub(super) fn number(&self) -> u64 {
        let mut hash = Xxh3::new();
        for (ordinal, number) in &self.0 {
            hash.update(&ordinal.to_le_bytes());
            hash.update(&number.to_le_bytes());
        }
        hash.digest()
    }
}

/// What was found in the documents of a source by looking at the corpus as a whole, and a number for it.
fn found(worker: &Worker, index: usize) -> (Vec<Vec<Finding>>, u64) {
    let contents = worker.resolution.contents[index];
    let mut told = Told::default();
    let documents = (0..contents.documents).map(|ordinal| {
        let document = DocId(contents.first + ordinal);
        let found = worker.repetitions(document);
        told.document(ordinal, &found, worker.quoted(document));
        found
    });
    let documents = documents.collect();
    (documents, told.number())
}

/// A piece with what is known of other copies now.
fn recalled(
    resolution: &Resolution,
    first: u32,
    findings: &[Vec<Finding>],
    remembered: RememberedPiece,
) -> Piece {
    let RememberedPiece { documents, rows, changes, keepers, tally } = remembered;
    let rows = rows.into_iter().map(|row| {
        let document = DocId(first + row.document);
        let mut found = findings.get(row.document as usize).into_iter().flatten();
        let found = match row.quotes {
            true => found.find(|finding| (finding.kind, finding.span) == (row.kind, row.span)),
            false => None,
        };
        let repetition = found.and_then(|finding| finding.repetition);
        let draft = ReportRow {
            row_id: row.row_id,
            action: row.action,
            kind: row.kind,
            text: row.text,
            suggestion: row.suggestion,
            kept_text: String::new(),
            similarity: repetition.map(|repetition| repetition.similarity),
            confidence: found.map_or(row.confidence, |finding| finding.confidence),
            document: resolution.names.name(document),
            line: row.line,
            column: row.column,
            kept_document: repetition
                .map(|repetition| resolution.names.name(repetition.kept_document))
                .unwrap_or_default(),
            kept_line: repetition.map(|repetition| repetition.kept_line),
            reason: row.reason,
            context: row.context,
            context_place: row.context_place.map(|place| place as usize),
            cluster: repetition
                .map(|repetition| cluster_name(row.kind, repetition.cluster))
                .unwrap_or_default(),
            cluster_size: repetition.map(|repetition| repetition.cluster_size),
            span: row.span,
        };
        let kept = repetition.map(|repetition| (repetition.kept_document, repetition.kept_span));
        DraftRow { row: draft, document, kept }
    });
    let rows = rows.collect();
    let id = |ordinal: u32| DocId(first + ordinal);
    Piece {
        rows,
        changes,
        keepers: keepers
            .into_iter()
            .map(|(ordinal, start, text)| (id(ordinal), start as usize, text))
            .collect(),
        verified: (0..documents).map(id).collect(),
        tally,
        documents: u64::from(documents),
        ..Piece::nothing(0)
    }
}
