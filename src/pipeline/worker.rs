//! The parallel half of the second walk: a document's findings, decisions, rows and changes.

use std::io::Write;

use xxhash_rust::xxh3::xxh3_128;

use super::RunError;
use super::guarded::guarded;
use super::memory::{self, Memory, Seen};
use super::piece::{Change, Copy, Made, Piece};
use super::plan::Plan;
use super::resolve::Resolution;
use super::reuse::{self, Reuse};
use super::rewrite::{Distrust, Tally};
use super::tell::{self, DraftRow, Occurrences};
use super::units::Unit;
use crate::decide;
use crate::input::{self, Batch, Reader};
use crate::model::{
    Action, Compression, Decision, DocId, Document, Finding, Kind, Problem, Severity, Source, Span, Workers,
};
use crate::output::{self, Checksums, Durability, OutputError, RunFolder, SealedText, Splice, TextFile};
use crate::segment::{self, Segmentation};
use crate::spell::{Found, Speller};
use crate::state::Stamp;

/// Works on units of the second walk. Shared by all threads.
pub(super) struct Worker<'a> {
    pub(super) plan: &'a Plan,
    /// Where cleaned text goes, if it is written, and how it gets to the disk.
    pub(super) text: Option<(&'a RunFolder, Durability)>,
    pub(super) resolution: &'a Resolution<'a>,
    /// Who knows the words, if typos are looked for.
    pub(super) speller: Option<&'a Speller<'a>>,
    pub(super) distrust: &'a Distrust,
    /// What the run before left, and what was seen of each source before it was read.
    pub(super) memory: &'a Memory,
    pub(super) seen: &'a [Seen],
    /// Who helps with a large document.
    pub(super) hands: &'a dyn Workers,
}

impl Worker<'_> {
    /// What a unit comes to. What need not be read is taken from `reuse`.
    pub(super) fn unit(&self, unit: Unit, reuse: &Reuse) -> Result<Vec<Piece>, RunError> {
        match unit {
            Unit::Known(range) => {
                let mut pieces = Vec::new();
                let mut unpacker = memory::unpacker()?;
                for index in range {
                    match reuse.pieces(self, index, &mut unpacker)? {
                        Some(known) => pieces.extend(known),
                        None if self.has_documents(index) => pieces.push(self.guarded_file(index)?),
                        None => {}
                    }
                }
                Ok(pieces)
            }
            Unit::Files(range) => range
                .filter(|&index| self.has_documents(index))
                .map(|index| self.guarded_file(index))
                .collect(),
            Unit::Lines { source, compression, batch, walked, .. } => {
                let lines = guarded(&self.resolution.sources[source], || Piece {
                    walked,
                    ..self.lines(source, compression, batch)
                });
                Ok(vec![lines.unwrap_or_else(|fault| Piece::broken_lines(source, fault))])
            }
            Unit::Broken { source, problem } => Ok(vec![Piece::broken_lines(source, problem)]),
        }
    }

    fn has_documents(&self, index: usize) -> bool {
        self.resolution.contents[index].documents > 0
    }

    fn guarded_file(&self, index: usize) -> Result<Piece, RunError> {
        guarded(&self.resolution.sources[index], || self.file(index))
            .unwrap_or_else(|fault| Ok(Piece { problems: vec![fault], ..Piece::nothing(index) }))
    }

    fn file(&self, index: usize) -> Result<Piece, RunError> {
        let source = &self.resolution.sources[index];
        let nothing = Piece { walked: source.size, ..Piece::nothing(index) };
        let read =
            Reader::open(source, &self.plan.input).and_then(|mut reader| Ok((reader.next_batch()?, reader)));
        let (batch, reader) = match read {
            Ok((Some(batch), reader)) => (batch, reader),
            Ok((None, _)) => return Ok(nothing),
            Err(problem) => return Ok(Piece { problems: vec![problem], ..nothing }),
        };
        let compression = reader.compression();
        let mut piece = Piece { walked: source.size, ..self.batch(index, &batch) };
        let left_out = piece.tally.documents_left_out > 0;
        let after = self.text.and_then(|_| spliced(&batch, &piece.changes));
        let cleaned = after.as_deref().unwrap_or(&batch.raw);
        let hash_before = xxh3_128(&batch.raw);
        let sums = Checksums {
            hash_before,
            hash_after: after.as_deref().map_or(hash_before, xxh3_128),
            bytes_before: batch.raw.len() as u64,
            bytes_after: cleaned.len() as u64,
        };
        let mut copy = Copy::None;
        if let (Some((folder, durability)), false) = (self.text, left_out) {
            if let Some(stamp) = self.standing(folder, index, compression, &sums) {
                copy = Copy::Standing(stamp);
            } else {
                // Where the text stays, a packed file's own bytes, not another packing of it.
                let as_it_is = match batch.packed_hash {
                    Some(_) if after.is_none() => {
                        let target = folder.text_file(&source.relative);
                        output::copy_verbatim(&source.path, &target, batch.packed_hash, durability)?
                    }
                    _ => None,
                };
                copy = Copy::Sealed(match as_it_is {
                    Some(copy) => copy,
                    None => self.copy(folder, durability, source, &reader, cleaned)?,
                });
            }
        }
        piece.made = Made::File { compression, sums, copy, left_out };
        Ok(piece)
    }

    /// The stamp of the copy that stands there, if it is what would be written. Packed copies are written
    /// anew: whether they are packings of their own or verbatim cannot be told.
    fn standing(
        &self,
        folder: &RunFolder,
        index: usize,
        compression: Compression,
        sums: &Checksums,
    ) -> Option<Stamp> {
        let seen = self.seen.get(index)?;
        let before = self.memory.entry(&self.resolution.sources[index])?.rewritten.as_ref()?;
        let is_alike = (compression, before.compression) == (Compression::None, Compression::None)
            && before.sums.ends_as(sums);
        let stands = is_alike && reuse::stands(folder, &self.resolution.sources[index], before, seen.stamp);
        before.copy.filter(|_| stands)
    }

    /// Writes a copy beside its place, for the eyes of those who may see the original.
    fn copy(
        &self,
        folder: &RunFolder,
        durability: Durability,
        source: &Source,
        original: &Reader,
        cleaned: &[u8],
    ) -> Result<SealedText, OutputError> {
        let target = folder.text_file(&source.relative);
        let mut copy = TextFile::create(&target, original.compression(), original.permissions().clone())?;
        copy.write_all(cleaned).map_err(OutputError::at("write", &target))?;
        copy.seal(durability)
    }

    fn lines(&self, index: usize, compression: Compression, batch: Batch) -> Piece {
        let mut piece = self.batch(index, &batch);
        let after = spliced(&batch, &piece.changes);
        let Batch { raw, last, packed_hash, .. } = batch;
        piece.made = Made::Lines { compression, last, packed_hash, before: raw, after };
        piece
    }

    /// Works on every document of a batch that is as it was when surveyed.
    fn batch(&self, index: usize, batch: &Batch) -> Piece {
        let source = &self.resolution.sources[index];
        let mut piece = Piece::nothing(index);
        let parsed = input::documents(source, batch, &self.plan.input);
        let known = self.resolution.batches.get(&(index, batch.first_line));
        let (first, count) = known.copied().unwrap_or((DocId(0), 0));
        let mut changed = parsed.documents.len() != count as usize;
        for (ordinal, mut document) in parsed.documents.into_iter().enumerate() {
            let id = DocId(first.0 + ordinal as u32);
            let as_surveyed = (ordinal < count as usize)
                && self.resolution.hashes.get(id.0 as usize) == Some(&document.content_hash);
            if !as_surveyed {
                changed = true;
                continue;
            }
            document.name = self.resolution.names.name(id);
            piece.verified.push(id);
            piece.documents += 1;
            self.document(batch, &document, id, &mut piece);
        }
        if changed {
            piece.problems.push(Problem {
                name: source.name.clone(),
                line: None,
                severity: Severity::Damaged,
                message: "changed while it was being worked on; what changed is left as it is: run again"
                    .into(),
            });
        }
        piece
    }

    fn document(&self, batch: &Batch, document: &Document, id: DocId, piece: &mut Piece) {
        let text = document.text.as_str();
        let mut findings = self.repetitions(id);
        let ordinal = id.0 - self.resolution.contents[piece.source].first;
        piece.told.document(ordinal, &findings, self.quoted(id));
        findings.extend(self.resolution.decided.written(id));
        if let Some(repetitions) = &self.resolution.repetitions {
            let keepers = repetitions.keeper_spans(id);
            piece.keepers.extend(keepers.map(|span| (id, span.start, span.of(text).to_owned())));
        }
        if findings.is_empty() && self.speller.is_none() {
            return;
        }
        let segmentation = match self.resolution.language(id) {
            Some(known) => segment::segment_in(text, document.markup, Some(known)),
            None => segment::segment(text, document.markup),
        };
        if let Some(speller) = self.speller {
            let Segmentation { sentences, protected, language } = &segmentation;
            let mut found = Found::default();
            speller.findings(text, sentences, protected, *language, self.hands, &mut found);
            findings.append(&mut found.findings);
            piece.weighed.append(&mut found.weighed);
        }
        if findings.is_empty() {
            return;
        }
        let occurrences = Occurrences::count(text, &segmentation.sentences, &findings);
        let decisions = if self.plan.decisions.is_empty() {
            decide::decide(id, text, &segmentation.sentences, findings, &|_| None)
        } else {
            let verdict = |finding: &Finding| self.verdict(document, finding, &occurrences);
            decide::decide(id, text, &segmentation.sentences, findings, &verdict)
        };
        let changes = changes(batch, document, &decisions);
        let rows = tell::rows(
            id,
            document,
            &segmentation.sentences,
            &decisions,
            &occurrences,
            &self.resolution.names,
        );
        piece.tally.add(tally(&decisions));
        piece.changes.extend(with_row_ids(changes, &decisions, &rows));
        piece.rows.extend(rows);
    }

    /// What a person decided about a finding.
    fn verdict(
        &self,
        document: &Document,
        finding: &Finding,
        occurrences: &Occurrences,
    ) -> Option<&decide::Verdict> {
        self.plan.decisions.verdict(decide::Proposal {
            row_id: &occurrences.row_id(document, finding),
            document: &document.name,
            kind: finding.kind,
            text: &tell::shown_text(finding.kind, finding.span.of(&document.text)),
            suggestion: finding.suggestion.as_deref().unwrap_or_default(),
        })
    }

    /// What repeats in a document, but for copies of what can no longer be relied on.
    pub(super) fn repetitions(&self, id: DocId) -> Vec<Finding> {
        let Some(repetitions) = &self.resolution.repetitions else { return Vec::new() };
        let mut findings = repetitions.findings(id);
        findings.retain(|finding| {
            finding.repetition.is_none_or(|other| !self.distrust.documents.contains(&other.kept_document))
        });
        findings
    }
}

impl Worker<'_> {
    /// The sentences of a document that rows elsewhere quote as kept copies.
    pub(super) fn quoted(&self, id: DocId) -> impl Iterator<Item = Span> {
        self.resolution.repetitions.iter().flat_map(move |repetitions| repetitions.keeper_spans(id))
    }
}

/// The splices that carry out the decisions, in the order of the text, each with the decision's
/// place.
fn changes(batch: &Batch, document: &Document, decisions: &[Decision]) -> Vec<(Span, Change)> {
    let mut applied: Vec<&Decision> =
        decisions.iter().filter(|decision| decision.action != Action::Review).collect();
    applied.sort_by_key(|decision| decision.edit_span);
    let splices = match applied[..] {
        [Decision { finding: Finding { kind: Kind::DuplicateDocument, .. }, .. }] => {
            vec![Splice { raw: document.extent, replacement: Vec::new() }]
        }
        _ => {
            let edits = decide::edits(decisions);
            // `decide` gives disjoint edits; its own tests and a property test hold that.
            let edits = edits.unwrap_or_else(|overlap| panic!("{}: {overlap}", document.name));
            output::splices(document, &edits)
        }
    };
    let change = |splice: Splice| Change {
        start: batch.start + splice.raw.start as u64,
        old: batch.raw[splice.raw.start..splice.raw.end].to_vec(),
        new: splice.replacement,
        row_id: String::new(),
    };
    applied.iter().map(|decision| decision.edit_span).zip(splices.into_iter().map(change)).collect()
}

/// Says of each change which row tells of it. Rows are in step with decisions.
fn with_row_ids(
    changes: Vec<(Span, Change)>,
    decisions: &[Decision],
    rows: &[DraftRow],
) -> impl Iterator<Item = Change> {
    let mut ids: Vec<(Span, &str)> = decisions
        .iter()
        .zip(rows)
        .filter(|(decision, _)| decision.action != Action::Review)
        .map(|(decision, row)| (decision.edit_span, row.row.row_id.as_str()))
        .collect();
    ids.sort_unstable();
    let ids: Vec<String> = ids.into_iter().map(|(_, id)| id.to_owned()).collect();
    changes.into_iter().zip(ids).map(|((_, change), row_id)| Change { row_id, ..change })
}

fn tally(decisions: &[Decision]) -> Tally {
    let removed = || decisions.iter().filter(|decision| decision.action == Action::Remove);
    Tally {
        bytes_removed: removed().map(|decision| decision.edit_span.len() as u64).sum(),
        documents_changed: u64::from(decisions.iter().any(|decision| decision.action != Action::Review)),
        documents_left_out: removed()
            .filter(|decision| decision.finding.kind == Kind::DuplicateDocument)
            .count() as u64,
    }
}

/// The batch with all changes made; `None` when there are none.
fn spliced(batch: &Batch, changes: &[Change]) -> Option<Vec<u8>> {
    if changes.is_empty() {
        return None;
    }
    let mut after = Vec::with_capacity(batch.raw.len());
    let mut kept_from = 0;
    for change in changes {
        let start = (change.start - batch.start) as usize;
        after.extend_from_slice(&batch.raw[kept_from..start]);
        after.extend_from_slice(&change.new);
        kept_from = start + change.old.len();
    }
    after.extend_from_slice(&batch.raw[kept_from..]);
    Some(after)
}
