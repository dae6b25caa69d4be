//! What a worker of the second walk hands over.

use super::memory::RewrittenEntry;
use super::reuse::Told;
use super::rewrite::Tally;
use super::tell::DraftRow;
use crate::language::WordHash;
use crate::model::{Compression, DocId, Problem};
use crate::output::{Checksums, SealedText};
use crate::state::Stamp;
use serde::{Deserialize, Serialize};

/// The part of one source that one worker saw.
pub(super) struct Piece {
    /// Index of the source.
    pub(super) source: usize,
    /// What became of the bytes.
    pub(super) made: Made,
    /// The rows, in the order of the text.
    pub(super) rows: Vec<DraftRow>,
    /// The changes, in the order of the text.
    pub(super) changes: Vec<Change>,
    /// Kept copies that rows quote: document, start, text.
    pub(super) keepers: Vec<(DocId, usize, String)>,
    /// Documents that are as they were when surveyed.
    pub(super) verified: Vec<DocId>,
    /// What was noticed.
    pub(super) problems: Vec<Problem>,
    /// What was counted.
    pub(super) tally: Tally,
    /// What was found by looking at the corpus as a whole.
    pub(super) told: Told,
    /// Words for which it was weighed what the corpus says of them.
    pub(super) weighed: Vec<WordHash>,
    /// Bytes on disk that were walked over.
    pub(super) walked: u64,
    /// Documents that were worked on.
    pub(super) documents: u64,
}

/// What became of the bytes of a piece.
pub(super) enum Made {
    /// A whole file.
    File {
        /// How it is packed.
        compression: Compression,
        /// Its hashes, unpacked.
        sums: Checksums,
        /// The copy.
        copy: Copy,
        /// It is left out because another document holds it.
        left_out: bool,
    },
    /// Lines of a JSONL file.
    Lines {
        /// How the file is packed.
        compression: Compression,
        /// As they were read.
        before: Vec<u8>,
        /// As they are to be written; `None` when nothing changed.
        after: Option<Vec<u8>>,
        /// These are the last.
        last: bool,
        /// With the last of a packed file: its hash as it lies on disk.
        packed_hash: Option<u128>,
    },
    /// What the run before made of a source, or a part of it, still holds.
    Known {
        /// How the source is packed.
        compression: Compression,
        /// It is the first piece of its source.
        is_first: bool,
        /// It is the last, and this is what is remembered of the source.
        last: Option<Box<RewrittenEntry>>,
        /// The piece as it was written down.
        bytes: Vec<u8>,
    },
    /// Nothing: the file is not text after all, or can no longer be read.
    Nothing,
    /// A JSONL file broke off in the middle.
    BrokenLines,
}

/// What became of a copy.
#[derive(Debug)]
pub(super) enum Copy {
    /// There is none: it is left out, or no text is written.
    None,
    /// It waits beside its place.
    Sealed(SealedText),
    /// It stands there already.
    Standing(Stamp),
}

/// A change of the unpacked original.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Change {
    /// Byte offset in the unpacked original.
    pub(super) start: u64,
    /// What stood there.
    pub(super) old: Vec<u8>,
    /// What stands there now.
    pub(super) new: Vec<u8>,
    /// The row that tells of it.
    pub(super) row_id: String,
}

impl Piece {
    /// A piece that says nothing.
    pub(super) fn nothing(source: usize) -> Self {
        Piece {
            source,
            made: Made::Nothing,
            rows: Vec::new(),
            changes: Vec::new(),
            keepers: Vec::new(),
            verified: Vec::new(),
            problems: Vec::new(),
            tally: Tally::default(),
            told: Told::default(),
            weighed: Vec::new(),
            walked: 0,
            documents: 0,
        }
    }

    /// A JSONL file that broke off.
    pub(super) fn broken_lines(source: usize, problem: Problem) -> Self {
        Piece { made: Made::BrokenLines, problems: vec![problem], ..Piece::nothing(source) }
    }
}
