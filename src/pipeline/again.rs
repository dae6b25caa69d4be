//! Sources that are read again after the run, for the rows that name their documents.

use xxhash_rust::xxh3::Xxh3;

use super::names;
use crate::input::{self, Reader};
use crate::model::{Document, Problem, Source};

/// Reads a source again, hands over each document with all that the run may have called it, and gives the hash
/// of the whole source unpacked, as the ledger has it.
///
/// # Errors
/// When the source cannot be read to its end. Documents may have been handed over.
pub(super) fn read(
    source: &Source,
    settings: &input::Settings,
    mut each: impl FnMut(&[String], &Document),
) -> Result<u128, Problem> {
    let mut hash = Xxh3::new();
    let mut reader = Reader::open(source, settings)?;
    while let Some(batch) = reader.next_batch()? {
        hash.update(&batch.raw);
        let parsed = input::documents(source, &batch, settings);
        for (document, &line) in parsed.documents.iter().zip(&parsed.lines) {
            each(&names::possible(settings, source, document, line), document);
        }
    }
    Ok(hash.digest128())
}
