//! The way back: cleaned text and ledger give the original bytes.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::ledger::{LedgerReader, Record, SourceEndRecord, SourceRecord};
use super::{Committer, LedgerError, OutputError, QuotedPath, TextFile, copy_verbatim, input_around};
use crate::model::Compression;

/// What was given back.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Files that are byte for byte the originals (packed ones: after unpacking).
    pub restored: u64,
    /// Files that are not, by name, and why.
    pub failed: Vec<(String, String)>,
}

/// Why nothing can be given back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// The folder has no ledger.
    #[error("cannot read {}: {cause}; name the folder of a run", QuotedPath(path))]
    NoLedger {
        /// Where it was looked for.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The ledger cannot be used.
    #[error("{}: {cause}", QuotedPath(path))]
    Ledger {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        cause: LedgerError,
    },
    /// The run left no text.
    #[error(
        "{} has no folder text, so there is nothing to undo: 'check' changes nothing, and if this was a run of \
         'clean', its text was moved away",
        QuotedPath(.0)
    )]
    NoText(PathBuf),
    /// Originals are never written over anything.
    #[error("--output {} is not empty; name a new or an empty folder", QuotedPath(.0))]
    NotEmpty(PathBuf),
    /// The next run would delete them.
    #[error("--output {} lies in the folder of the run; name a folder outside it", QuotedPath(.0))]
    InsideRun(PathBuf),
    /// The originals cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Writes the originals of the run in folder `run` to `back`, a new or empty folder. A cleaned
/// file that somebody changed after the run is listed, and the rest goes on.
///
/// # Errors
/// When the ledger cannot be read to its end, or `back` cannot be written.
pub fn undo(run: &Path, back: &Path) -> Result<Undone, UndoError> {
    let path = run.join("ledger.jsonl");
    let ledger = File::open(&path).map_err(|cause| UndoError::NoLedger { path: path.clone(), cause })?;
    if !run.join("text").is_dir() {
        return Err(UndoError::NoText(run.to_owned()));
    }
    if input_around(back, &[run]).is_some() {
        return Err(UndoError::InsideRun(back.to_owned()));
    }
    let damaged = |cause| UndoError::Ledger { path: path.clone(), cause };
    let mut ledger = LedgerReader::new(BufReader::with_capacity(1 << 16, ledger)).map_err(damaged)?;
    prepare_empty(back)?;
    let mut committer = Committer::new(back)?;
    let mut undone = Undone::default();
    while let Some(record) = ledger.next() {
        let Record::Source(source) = record.map_err(damaged)? else { continue };
        match give_back(run, back, &source, &mut ledger, &mut committer)? {
            Ok(()) => undone.restored += 1,
            Err(reason) => undone.failed.push((source.source, reason)),
        }
    }
    committer.finish()?;
    Ok(undone)
}

/// Makes sure that `back` is there and holds nothing.
fn prepare_empty(back: &Path) -> Result<(), UndoError> {
    fs::create_dir_all(back).map_err(OutputError::at("create", back))?;
    let mut entries = fs::read_dir(back).map_err(OutputError::at("read", back))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(UndoError::NotEmpty(back.to_owned())),
    }
}

/// Restores one source. The inner error is about that source alone.
fn give_back(
    run: &Path,
    back: &Path,
    source: &SourceRecord,
    ledger: &mut LedgerReader<impl io::BufRead>,
    committer: &mut Committer,
) -> Result<Result<(), String>, UndoError> {
    let (Some(relative), Some(compression)) = (source.relative(), source.compression()) else {
        return Ok(Err("the ledger names it in a way that this scrubjay does not know".into()));
    };
    let (cleaned, target) = (run.join("text").join(&relative), back.join(&relative));
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(OutputError::at("create", folder))?;
    }
    let permissions = match fs::metadata(&cleaned).or_else(|_| fs::metadata(run.join("ledger.jsonl"))) {
        Ok(metadata) => metadata.permissions(),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut original = TextFile::create(&target, compression, permissions)?;
    let text = match unpacked(&cleaned, compression) {
        Ok(text) => text,
        // A document that was left out has no cleaned copy; the ledger holds all of it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Box::new(io::empty()),
        Err(error) => return Ok(Err(format!("the cleaned copy cannot be read: {error}"))),
    };
    let end = match ledger.restore_source(text, &mut original) {
        Ok(end) => end,
        Err(LedgerError::Write(cause)) => return Err(OutputError::at("write", &target)(cause).into()),
        Err(reason) => return Ok(Err(reason.to_string())),
    };
    let durability = committer.durability();
    let sealed = if compression != Compression::None && is_unchanged(&end) {
        // Its own bytes, not another packing of the same text.
        drop(original);
        match copy_verbatim(&cleaned, &target, None, durability)? {
            Some(sealed) => sealed,
            None => return Ok(Err("the cleaned copy can no longer be read".into())),
        }
    } else {
        original.seal(durability)?
    };
    committer.add(sealed.file)?;
    Ok(Ok(()))
}

fn is_unchanged(end: &SourceEndRecord) -> bool {
    (end.sums.hash_before, end.sums.bytes_before) == (end.sums.hash_after, end.sums.bytes_after)
}

fn unpacked(path: &Path, compression: Compression) -> io::Result<Box<dyn Read>> {
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    Ok(match compression {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(file)?),
    })
}
