//! The corpus cut into pieces of work of about the same size.

use std::ops::Range;

use crate::input::{Batch, Reader, Settings};
use crate::model::{Compression, Format, Problem, Source};

/// Small files are handed out together until they hold this many bytes on disk, so that the cost
/// of handing out does not show.
const FILES_BYTES: u64 = 512 * 1024;

/// The same for sources of which everything is known, which takes a tenth of the time.
const KNOWN_BYTES: u64 = 8 * FILES_BYTES;

/// A piece of work.
pub(super) enum Unit {
    /// Neighbouring files that hold one document each, by their indices; not yet opened.
    Files(Range<usize>),
    /// Neighbouring sources of any kind of which everything is known.
    Known(Range<usize>),
    /// Some lines of a JSONL file.
    Lines {
        /// Index of the source.
        source: usize,
        /// What the file is packed with.
        compression: Compression,
        /// A note when its name says otherwise; with the first batch only.
        mismatch: Option<Problem>,
        /// Bytes on disk that were read for it.
        walked: u64,
        /// The lines.
        batch: Batch,
    },
    /// A JSONL file that could not be read to its end.
    Broken {
        /// Index of the source.
        source: usize,
        /// Why.
        problem: Problem,
    },
}

/// Cuts sources into units, in corpus order. JSONL files are read here, a batch at a time; all
/// others are opened by whoever works on the unit.
pub(super) struct Units<'a> {
    sources: &'a [Source],
    wanted: &'a (dyn Fn(usize) -> bool + Sync),
    known: &'a (dyn Fn(usize) -> bool + Sync),
    settings: &'a Settings,
    next: usize,
    open: Option<Reader>,
    /// Bytes on disk that were read of the open file.
    walked: u64,
}

impl<'a> Units<'a> {
    /// All units of the sources for whose index `wanted` says yes. Those for which `known` says so, too,
    /// are not opened.
    pub(super) fn new(
        sources: &'a [Source],
        wanted: &'a (dyn Fn(usize) -> bool + Sync),
        known: &'a (dyn Fn(usize) -> bool + Sync),
        settings: &'a Settings,
    ) -> Self {
        Units { sources, wanted, known, settings, next: 0, open: None, walked: 0 }
    }

    fn is_file(&self, index: usize) -> bool {
        self.sources[index].format != Format::JsonLines
    }

    /// The sources that follow and are like the next one, as far as `is_alike` says, up to about
    /// `most_bytes` of them.
    fn next_run(&mut self, most_bytes: u64, is_alike: impl Fn(&Self, usize) -> bool) -> Range<usize> {
        let start = self.next;
        let mut bytes = 0;
        while self.next < self.sources.len()
            && bytes < most_bytes
            && (self.wanted)(self.next)
            && is_alike(self, self.next)
        {
            bytes += self.sources[self.next].size;
            self.next += 1;
        }
        start..self.next
    }

    /// The next batch of the JSONL file at hand; `None` at its end.
    fn next_lines(&mut self) -> Option<Unit> {
        let source = self.next;
        if self.open.is_none() {
            match Reader::open(&self.sources[source], self.settings) {
                Ok(reader) => (self.open, self.walked) = (Some(reader), 0),
                Err(problem) => {
                    self.next += 1;
                    return Some(Unit::Broken { source, problem });
                }
            }
        }
        let reader = self.open.as_mut()?;
        match reader.next_batch() {
            Ok(Some(batch)) => {
                let mismatch = reader.mismatch().filter(|_| batch.start == 0).cloned();
                let walked =
                    reader.packed_bytes() - std::mem::replace(&mut self.walked, reader.packed_bytes());
                Some(Unit::Lines { source, compression: reader.compression(), mismatch, walked, batch })
            }
            Ok(None) => {
                self.open = None;
                self.next += 1;
                None
            }
            Err(problem) => {
                self.open = None;
                self.next += 1;
                Some(Unit::Broken { source, problem })
            }
        }
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        while self.next < self.sources.len() {
            if !(self.wanted)(self.next) {
                self.next += 1;
            } else if self.open.is_none() && (self.known)(self.next) {
                return Some(Unit::Known(self.next_run(KNOWN_BYTES, |units, index| (units.known)(index))));
            } else if self.is_file(self.next) {
                let is_alike = |units: &Self, index| units.is_file(index) && !(units.known)(index);
                return Some(Unit::Files(self.next_run(FILES_BYTES, is_alike)));
            } else if let Some(unit) = self.next_lines() {
                return Some(unit);
            }
        }
        None
    }
}
