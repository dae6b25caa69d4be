//! The ordered half of the second walk: what the workers hand over goes to the disk, in corpus
//! order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

use xxhash_rust::xxh3::Xxh3;

use super::RunError;
use super::memory::{RewrittenEntry, Sums, Weighed};
use super::piece::{Change, Copy, Made, Piece};
use super::plan::Plan;
use super::remember::Remembering;
use super::resolve::Resolution;
use super::reuse::{RememberedPiece, Told};
use super::rewrite::{Distrust, Keepers, Rewritten, Tally};
use super::spool::Spool;
use super::tell::DraftRow;
use crate::model::{Compression, DocId, Problem, Source};
use crate::output::{
    self, Checksums, Committer, Durability, LedgerWriter, OutputError, RunFolder, SealedText, SourceRecord,
    TextFile,
};
use crate::state::{Block, Stamp, StateError};

/// Takes pieces in corpus order.
pub(super) struct Writer<'a> {
    resolution: &'a Resolution<'a>,
    /// Where cleaned text goes, if it is written.
    text: Option<(&'a RunFolder, Committer)>,
    ledger: Option<LedgerWriter>,
    spool: Spool,
    keepers: Keepers,
    /// The sources of which a copy stands in `text/`.
    written: Vec<usize>,
    problems: Vec<Problem>,
    tally: Tally,
    verified: Vec<bool>,
    broken: BTreeMap<usize, Problem>,
    lines: Option<OpenLines>,
    remembering: Option<&'a mut Remembering>,
    /// What is to be remembered of the source at hand.
    pieces: Pieces,
}

/// What is to be remembered of a source, so far.
#[derive(Default)]
struct Pieces {
    blocks: Vec<Block>,
    told: Told,
    weighed: BTreeSet<u32>,
    /// Something was wrong with it: it is to be read again.
    is_doubtful: bool,
}

/// A JSONL file that is being written.
struct OpenLines {
    source: usize,
    compression: Compression,
    /// `None` when no text is written.
    copy: Option<TextFile>,
    before: (Xxh3, u64),
    after: (Xxh3, u64),
    changed: bool,
}

impl<'a> Writer<'a> {
    /// Makes the folders and opens the ledger.
    pub(super) fn new(
        plan: &Plan,
        folder: Option<&'a RunFolder>,
        resolution: &'a Resolution<'a>,
        mut remembering: Option<&'a mut Remembering>,
    ) -> Result<Self, RunError> {
        if let Some(remembering) = &mut remembering {
            remembering.forget_rewritten();
        }
        let text = match folder.filter(|_| plan.writes_text()) {
            Some(folder) => {
                folder.prepare_text(resolution.sources.iter().map(|source| source.relative.as_path()))?;
                Some((folder, Committer::new(folder.root())?))
            }
            None => None,
        };
        let ledger = folder.map(|folder| LedgerWriter::create(&folder.ledger(), &plan.settings()));
        Ok(Writer {
            resolution,
            text,
            ledger: ledger.transpose()?,
            spool: Spool::create(folder.map(RunFolder::root)).map_err(RunError::Spool)?,
            keepers: Keepers::default(),
            written: Vec::new(),
            problems: Vec::new(),
            tally: Tally::default(),
            verified: vec![false; resolution.hashes.len()],
            broken: BTreeMap::new(),
            lines: None,
            remembering,
            pieces: Pieces::default(),
        })
    }

    /// How copies are to be sealed, when text is written.
    pub(super) fn durability(&self) -> Option<(&'a RunFolder, Durability)> {
        self.text.as_ref().map(|(folder, committer)| (*folder, committer.durability()))
    }

    /// Takes the next piece.
    pub(super) fn piece(&mut self, mut piece: Piece) -> Result<(), RunError> {
        self.remember(&piece)?;
        for id in &piece.verified {
            self.verified[id.0 as usize] = true;
        }
        let mut problems = piece.problems;
        self.tally.add(piece.tally);
        for (document, start, text) in piece.keepers {
            self.keepers.insert(document, start, text);
        }
        for row in &mut piece.rows {
            self.spool.push(row).map_err(RunError::Spool)?;
        }
        match piece.made {
            Made::Nothing => {}
            Made::BrokenLines => {
                self.broken.extend(problems.pop().map(|problem| (piece.source, problem)));
                // The walk will be repeated without this file; what this one writes from here on
                // is not kept.
                if self.lines.take().is_some() {
                    self.ledger = None;
                }
            }
            Made::File { compression, sums, copy, left_out } => {
                self.begin_source(piece.source, compression)?;
                self.record(&piece.changes, &piece.rows)?;
                self.end_source(sums.clone(), left_out)?;
                let copy = match copy {
                    Copy::None => None,
                    Copy::Sealed(copy) => self.commit(piece.source, copy)?,
                    Copy::Standing(stamp) => {
                        self.written.push(piece.source);
                        Some(stamp)
                    }
                };
                self.remember_source(piece.source, compression, sums, left_out, copy);
            }
            Made::Known { compression, is_first, last, bytes: _ } => {
                if is_first {
                    self.begin_source(piece.source, compression)?;
                }
                self.record(&piece.changes, &piece.rows)?;
                if let Some(entry) = last {
                    self.end_source(entry.sums.checksums(), entry.left_out)?;
                    if self.text.is_some() && !entry.left_out {
                        self.written.push(piece.source);
                    }
                    self.remember_again(piece.source, *entry);
                }
            }
            Made::Lines { compression, before, after, last, packed_hash } => {
                if self.lines.is_none() {
                    self.lines = Some(self.open_lines(piece.source, compression)?);
                    self.begin_source(piece.source, compression)?;
                }
                self.record(&piece.changes, &piece.rows)?;
                self.write_lines(&before, after.as_deref())?;
                if last {
                    self.close_lines(packed_hash)?;
                }
            }
        }
        self.problems.extend(problems);
        Ok(())
    }

    /// Everything was taken.
    pub(super) fn finish(self) -> Result<(Rewritten, Distrust), RunError> {
        if let Some((_, committer)) = self.text {
            committer.finish()?;
        }
        let unverified = self.verified.iter().enumerate().filter(|&(_, &verified)| !verified);
        let distrust = Distrust {
            documents: unverified.map(|(index, _)| DocId(index as u32)).collect(),
            sources: self.broken,
        };
        let rewritten = Rewritten {
            spool: self.spool,
            keepers: self.keepers,
            ledger: self.ledger.map(LedgerWriter::finish).transpose()?,
            written: self.written,
            problems: self.problems,
            tally: self.tally,
        };
        Ok((rewritten, distrust))
    }

    /// Writes down what the next run may want of a piece.
    fn remember(&mut self, piece: &Piece) -> Result<(), StateError> {
        let Some(remembering) = &mut self.remembering else { return Ok(()) };
        let block = match &piece.made {
            Made::Nothing | Made::BrokenLines => return Ok(()),
            Made::Known { bytes, .. } => remembering.block(bytes)?,
            Made::File { .. } | Made::Lines { .. } => {
                remembering.packed(&RememberedPiece::of(piece).to_bytes()?)?
            }
        };
        self.pieces.blocks.push(block);
        self.pieces.told.append(piece.told.clone());
        self.pieces.weighed.extend(piece.weighed.iter().map(|&word| Weighed::name(word)));
        self.pieces.is_doubtful |= !piece.problems.is_empty();
        Ok(())
    }

    /// Takes note of a source of which all pieces were taken.
    fn remember_source(
        &mut self,
        source: usize,
        compression: Compression,
        sums: Checksums,
        left_out: bool,
        copy: Option<Stamp>,
    ) {
        let Pieces { blocks, told, weighed, is_doubtful } = std::mem::take(&mut self.pieces);
        let Some(remembering) = self.remembering.as_mut().filter(|_| !is_doubtful) else { return };
        let entry = RewrittenEntry {
            pieces: blocks,
            told: told.number(),
            weighed: Weighed::of(weighed),
            compression,
            sums: Sums::of(&sums),
            left_out,
            copy,
        };
        remembering.rewritten(source, entry);
    }

    /// Takes note of a source that is as the run before left it, in blocks of this run.
    fn remember_again(&mut self, source: usize, entry: RewrittenEntry) {
        let Pieces { blocks, .. } = std::mem::take(&mut self.pieces);
        if let Some(remembering) = &mut self.remembering {
            remembering.rewritten(source, RewrittenEntry { pieces: blocks, ..entry });
        }
    }

    fn source(&self, index: usize) -> &'a Source {
        &self.resolution.sources[index]
    }

    fn begin_source(&mut self, index: usize, compression: Compression) -> Result<(), OutputError> {
        let record = SourceRecord::new(self.source(index), compression);
        self.ledger.as_mut().map_or(Ok(()), |ledger| ledger.begin_source(record))
    }

    fn end_source(&mut self, sums: Checksums, left_out: bool) -> Result<(), OutputError> {
        self.ledger.as_mut().map_or(Ok(()), |ledger| ledger.end_source(sums, left_out))
    }

    fn record(&mut self, changes: &[Change], rows: &[DraftRow]) -> Result<(), OutputError> {
        let Some(ledger) = &mut self.ledger else { return Ok(()) };
        // Without text nothing was changed; the findings stand all the same.
        for change in changes.iter().filter(|_| self.text.is_some()) {
            ledger.edit(change.start, &change.old, &change.new, Some(&change.row_id))?;
        }
        for draft in rows {
            ledger.finding(&draft.row, draft.kept.map(|(_, span)| span))?;
        }
        Ok(())
    }

    /// Hands a copy over to be put in its place. Returns what it can be known by.
    fn commit(&mut self, index: usize, copy: SealedText) -> Result<Option<Stamp>, OutputError> {
        let Some((_, committer)) = &mut self.text else { return Ok(None) };
        let stamp = match self.remembering {
            Some(_) => Stamp::of(&copy.file.metadata()?),
            None => None,
        };
        committer.add(copy.file)?;
        self.written.push(index);
        Ok(stamp)
    }

    fn open_lines(&self, index: usize, compression: Compression) -> Result<OpenLines, RunError> {
        let source = self.source(index);
        let copy = match &self.text {
            None => None,
            Some((folder, _)) => {
                let target = folder.text_file(&source.relative);
                // A file that was open a moment ago has permissions; a default does no harm.
                let permissions = fs::metadata(&source.path).or_else(|_| fs::metadata(folder.root()));
                let permissions = permissions.map_err(OutputError::at("write", &target))?.permissions();
                Some(TextFile::create(&target, compression, permissions)?)
            }
        };
        let empty = || (Xxh3::new(), 0);
        Ok(OpenLines { source: index, compression, copy, before: empty(), after: empty(), changed: false })
    }

    fn write_lines(&mut self, before: &[u8], after: Option<&[u8]>) -> Result<(), RunError> {
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let cleaned = after.filter(|_| self.text.is_some()).unwrap_or(before);
        for ((hash, count), bytes) in [(&mut lines.before, before), (&mut lines.after, cleaned)] {
            hash.update(bytes);
            *count += bytes.len() as u64;
        }
        lines.changed |= after.is_some();
        if let (Some(copy), Some((folder, _))) = (&mut lines.copy, &self.text) {
            let target = || folder.text_file(&self.resolution.sources[lines.source].relative);
            copy.write_all(cleaned).map_err(|error| OutputError::at("write", &target())(error))?;
        }
        Ok(())
    }

    fn close_lines(&mut self, packed_hash: Option<u128>) -> Result<(), RunError> {
        let Some(lines) = self.lines.take() else { return Ok(()) };
        let sums = Checksums {
            hash_before: lines.before.0.digest128(),
            hash_after: lines.after.0.digest128(),
            bytes_before: lines.before.1,
            bytes_after: lines.after.1,
        };
        self.end_source(sums.clone(), false)?;
        let (source, compression) = (lines.source, lines.compression);
        let copy = self.close_copy(lines, packed_hash)?;
        self.remember_source(source, compression, sums, false, copy);
        Ok(())
    }

    fn close_copy(&mut self, lines: OpenLines, packed_hash: Option<u128>) -> Result<Option<Stamp>, RunError> {
        let (Some(copy), Some((folder, durability))) = (lines.copy, self.durability()) else {
            return Ok(None);
        };
        // Nothing changed in a packed file: its own bytes, not another packing of the same text.
        let target = folder.text_file(&self.source(lines.source).relative);
        let as_it_is = match packed_hash {
            Some(_) if !lines.changed => {
                output::copy_verbatim(&self.source(lines.source).path, &target, packed_hash, durability)?
            }
            _ => None,
        };
        let copy = match as_it_is {
            Some(as_it_is) => as_it_is,
            None => copy.seal(durability)?,
        };
        Ok(self.commit(lines.source, copy)?)
    }
}
