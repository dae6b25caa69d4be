//! `ledger.jsonl`: the exact record of a run. With the cleaned text it gives the originals back.
//!
//! One JSON object a line, told apart by `type`:
//!
//! | type | what |
//! | --- | --- |
//! | `header` | first line: format, program version, settings as given |
//! | `source` | a file of the corpus; the edits and findings up to its `source_end` are its own |
//! | `edit` | bytes `old` at `start` of the unpacked original became `new` |
//! | `finding` | a row of the report, exact and unguarded, and where the kept copy stands |
//! | `source_end` | hashes and lengths of the unpacked original and of the cleaned copy |
//! | `end` | last line: how many records there are, so that a ledger that was cut is noticed |
//!
//! A source has its hashes at its end because a huge file is worked on as a stream: neither its
//! edits nor its bytes are ever held whole. A document left out of `text/` has one edit over all
//! of it and `left_out`; its original is in the ledger alone.
//!
//! Bytes that are not UTF-8 stand in Base64 under the same name with `_b64` behind. Readers skip
//! types and fields that they do not know, so both may be added without a new format.

mod edit_line;
mod reader;
mod record;
mod restore;
mod writer;

use std::io;

pub use reader::LedgerReader;
pub use record::{
    Checksums, EditRecord, EndRecord, FindingRecord, HeaderRecord, LEDGER_FORMAT, Record, SourceEndRecord,
    SourceRecord,
};
pub use restore::restore;
pub use writer::LedgerWriter;

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A line is no record.
    #[error("line {line} of the ledger is damaged: {cause}")]
    Damaged {
        /// 1-based.
        line: u64,
        /// What is wrong.
        cause: String,
    },
    /// The last line is missing, or lines are.
    #[error("the ledger is cut short or lacks lines; it cannot be used")]
    Incomplete,
    /// A later version wrote it.
    #[error("the ledger has format {0}, this scrubjay knows formats up to {LEDGER_FORMAT}; use a newer one")]
    NewerFormat(u32),
    /// The cleaned copy is not the one that the ledger tells of.
    #[error(
        "the cleaned copy was changed after the run (at or before byte {at}); its original cannot be given back"
    )]
    Changed {
        /// Where in the cleaned copy it was noticed.
        at: u64,
    },
    /// The result is not the original.
    #[error("the ledger does not give the original back: its hash differs")]
    WrongOriginal,
    /// The ledger or the cleaned copy could not be read.
    #[error("cannot read: {0}")]
    Read(io::Error),
    /// The original could not be written.
    #[error("cannot write: {0}")]
    Write(io::Error),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_128;

    use super::*;
    use crate::model::{Action, Kind, ReportRow, Span};
    use crate::output::{Committer, Splice, apply_splices};

    fn row() -> ReportRow {
        ReportRow {
            row_id: "rqqdsd17wyhp".into(),
            action: Action::Remove,
            kind: Kind::NearDuplicate,
            text: "=1+1 \u{1b}\r\n".into(),
            suggestion: String::new(),
            kept_text: String::new(),
            similarity: Some(0.1 + 0.2),
            confidence: 1.0 / 3.0,
            document: "a.txt".into(),
            line: 1,
            column: 2,
            kept_document: "b.txt".into(),
            kept_line: Some(3),
            reason: "alike".into(),
            context: String::new(),
            context_place: None,
            cluster: "c1".into(),
            cluster_size: Some(2),
            span: Span::new(4, 9),
        }
    }

    fn sums(before: &[u8], after: &[u8]) -> Checksums {
        Checksums {
            hash_before: xxh3_128(before),
            hash_after: xxh3_128(after),
            bytes_before: before.len() as u64,
            bytes_after: after.len() as u64,
        }
    }

    /// The ledger of one file.
    fn ledger(original: &[u8], splices: &[Splice]) -> (String, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut cleaned = Vec::new();
        apply_splices(original, splices, &mut cleaned).unwrap();
        let mut writer = LedgerWriter::create(&path, &serde_json::json!({"threshold": 0.8})).unwrap();
        let source = SourceRecord { source: "a.txt".into(), path_b64: None, compression: "none".into() };
        writer.begin_source(source).unwrap();
        for splice in splices {
            let old = &original[splice.raw.start..splice.raw.end];
            writer.edit(splice.raw.start as u64, old, &splice.replacement, Some("rqqdsd17wyhp")).unwrap();
        }
        writer.finding(&row(), Some(Span::new(7, 8))).unwrap();
        writer.end_source(sums(original, &cleaned), false).unwrap();
        let mut committer = Committer::new(folder.path()).unwrap();
        committer.add(writer.finish().unwrap()).unwrap();
        committer.finish().unwrap();
        (fs::read_to_string(path).unwrap(), cleaned)
    }

    fn restored(ledger: &str, cleaned: &[u8]) -> Result<Vec<u8>, LedgerError> {
        let mut reader = LedgerReader::new(ledger.as_bytes())?;
        let mut out = Vec::new();
        match reader.next() {
            Some(Ok(Record::Source(_))) => {}
            other => panic!("{other:?}"),
        }
        reader.restore_source(cleaned, &mut out)?;
        match reader.next() {
            None => Ok(out),
            Some(Err(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    fn splice(start: usize, end: usize, replacement: &[u8]) -> Splice {
        Splice { raw: Span::new(start, end), replacement: replacement.to_vec() }
    }

    #[test]
    fn every_record_comes_back_as_it_was_written() {
        let original = b"a teh \xFF b";
        let splices = [splice(2, 5, b"the"), splice(6, 7, b"")];
        let (ledger, _) = ledger(original, &splices);
        let lines: Vec<&str> = ledger.lines().collect();
        assert_eq!(
            lines[0],
            format!(
                r#"{{"type":"header","format":1,"program":"{}","settings":{{"threshold":0.8}}}}"#,
                env!("CARGO_PKG_VERSION")
            )
        );
        assert_eq!(lines[1], r#"{"type":"source","source":"a.txt","compression":"none"}"#);
        assert_eq!(
            lines[2],
            r#"{"type":"edit","source":"a.txt","start":2,"old":"teh","new":"the","row_id":"rqqdsd17wyhp"}"#
        );
        assert_eq!(
            lines[3],
            r#"{"type":"edit","source":"a.txt","start":6,"old_b64":"/w==","new":"","row_id":"rqqdsd17wyhp"}"#
        );
        let records: Vec<Record> =
            LedgerReader::new(ledger.as_bytes()).unwrap().map(|record| record.unwrap()).collect();
        let finding = FindingRecord { row: row(), kept_start: Some(7), kept_end: Some(8) };
        assert_eq!(records[3], Record::Finding(Box::new(finding)));
        // What is read is written the same way.
        for (line, record) in lines[1..].iter().zip(&records) {
            assert_eq!(&serde_json::to_string(record).unwrap(), line);
        }
    }

    #[test]
    fn a_cleaned_copy_that_was_changed_is_refused() {
        let original = b"one two three four";
        let (ledger, cleaned) = ledger(original, &[splice(4, 7, b"2"), splice(14, 18, b"")]);
        assert_eq!(restored(&ledger, &cleaned).unwrap(), original);
        for at in 0..cleaned.len() {
            let mut changed = cleaned.clone();
            changed[at] ^= 1;
            assert!(matches!(restored(&ledger, &changed), Err(LedgerError::Changed { .. })), "byte {at}");
            assert!(
                matches!(restored(&ledger, &cleaned[..at]), Err(LedgerError::Changed { .. })),
                "cut at {at}"
            );
        }
        let longer = [&cleaned[..], b"!"].concat();
        assert!(matches!(restored(&ledger, &longer), Err(LedgerError::Changed { .. })));
    }

    #[test]
    fn a_ledger_that_was_changed_is_refused() {
        let (ledger, cleaned) = ledger(b"one two", &[splice(4, 7, b"2")]);
        let forged = ledger.replace(r#""old":"two""#, r#""old":"owt""#);
        assert!(matches!(restored(&forged, &cleaned), Err(LedgerError::WrongOriginal)));
        let lines: Vec<&str> = ledger.split_inclusive('\n').collect();
        for missing in 0..lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(missing);
            let outcome = LedgerReader::new(fewer.concat().as_bytes())
                .and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
            // The end of a source is not counted on its own; restoring needs it.
            let noticed = outcome.is_err() || restored(&fewer.concat(), &cleaned).is_err();
            assert!(noticed, "line {missing} was not missed");
        }
        let torn = &ledger[..ledger.len() - 5];
        assert!(restored(torn, &cleaned).is_err());
    }

    #[test]
    fn types_and_fields_of_later_versions_are_passed_by() {
        let (ledger, cleaned) = ledger(b"one two", &[splice(4, 7, b"2")]);
        let later = ledger
            .replace(r#""start":4"#, r#""start":4,"mood":{"of":["the","day"]}"#)
            .replace(r#"{"type":"edit""#, "{\"type\":\"weather\",\"start\":1}\n{\"type\":\"edit\"");
        assert_ne!(later, ledger);
        assert_eq!(restored(&later, &cleaned).unwrap(), b"one two");
        let newer = ledger.replace(r#""format":1"#, r#""format":2"#);
        assert!(matches!(LedgerReader::new(newer.as_bytes()), Err(LedgerError::NewerFormat(2))));
    }

    #[test]
    fn a_document_left_out_is_in_the_ledger_alone() {
        let (ledger, cleaned) = ledger(b"all of it", &[splice(0, 9, b"")]);
        assert!(cleaned.is_empty());
        assert_eq!(restored(&ledger, b"").unwrap(), b"all of it");
    }

    proptest! {
        #[test]
        fn whatever_was_cleaned_away_comes_back(
            original in prop::collection::vec(any::<u8>(), 0..400),
            cuts in prop::collection::vec((0usize..401, prop::collection::vec(any::<u8>(), 0..5)), 0..20),
        ) {
            let mut points: Vec<_> =
                cuts.into_iter().map(|(at, new)| (at.min(original.len()), new)).collect();
            points.sort();
            let splices: Vec<Splice> = points
                .chunks_exact(2)
                .map(|pair| splice(pair[0].0, pair[1].0, &pair[0].1))
                .collect();
            let (ledger, cleaned) = ledger(&original, &splices);
            prop_assert_eq!(restored(&ledger, &cleaned).unwrap(), original);
        }
    }
}
