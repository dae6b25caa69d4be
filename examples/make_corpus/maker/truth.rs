//! What was planted where, so that a run over the corpus can be marked.

use std::io::{self, Write};

/// What was planted. The name is the first column of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The same bytes as the sentence it copies.
    ExactCopy,
    /// The same but for case, quotes or closing punctuation.
    FoldedCopy,
    /// One letter of one word differs.
    NearTypo,
    /// One word more.
    NearWord,
    /// A digit differs: must not be removed.
    TrapNumber,
    /// A "not" more: must not be removed.
    TrapNegation,
    /// A standing line that closes many documents.
    Boilerplate,
    /// A word spelled wrong.
    Misspelling,
    /// A word said twice.
    DoubledWord,
    /// Two words without the space between them.
    JoinedWords,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::ExactCopy => "exact-copy",
            Kind::FoldedCopy => "folded-copy",
            Kind::NearTypo => "near-copy-typo",
            Kind::NearWord => "near-copy-word",
            Kind::TrapNumber => "trap-number",
            Kind::TrapNegation => "trap-negation",
            Kind::Boilerplate => "boilerplate",
            Kind::Misspelling => "misspelling",
            Kind::DoubledWord => "doubled-word",
            Kind::JoinedWords => "joined-words",
        }
    }
}

/// A place in the corpus: a document's number and a byte in its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) document: usize,
    pub(crate) byte: usize,
}

/// One thing that was planted.
#[derive(Clone, Debug)]
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The sentence that was copied, for copies and traps.
    pub(crate) source: Option<Place>,
    /// What would have stood there, for typos.
    pub(crate) right: String,
}

/// `truth.csv`.
pub(crate) struct Truth<W> {
    out: W,
}

impl<W: Write> Truth<W> {
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        writeln!(out, "kind,document,byte_start,byte_end,source_document,source_byte_start,wrong,right")?;
        Ok(Truth { out })
    }

    /// Writes what stands in `text`, which is from byte `at.byte` on of document number `at.document`;
    /// `name` tells what a document is called.
    pub(crate) fn write(
        &mut self,
        at: Place,
        text: &[u8],
        planted: &[Planted],
        name: impl Fn(usize) -> String,
    ) -> io::Result<()> {
        let own = name(at.document);
        for Planted { kind, start, end, source, right } in planted {
            write!(self.out, "{},{own},{},{},", kind.name(), at.byte + start, at.byte + end)?;
            match source {
                Some(place) => write!(self.out, "{},{},", name(place.document), place.byte)?,
                None => write!(self.out, ",,")?,
            }
            if right.is_empty() {
                writeln!(self.out, ",")?;
            } else {
                // Where lines are broken, a line end may stand between two words; a cell has none.
                let wrong = String::from_utf8_lossy(&text[*start..*end]).replace('\n', " ");
                writeln!(self.out, "{wrong},{right}")?;
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
