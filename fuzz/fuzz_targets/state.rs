//! What a run remembers is checked by its sum before it is believed. Should a sum ever be right by
//! accident, the readers behind it still refuse or read, and never fault.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use scrubjay::dedup::{Fingerprints, SharedWords};
use scrubjay::language::WordHash;
use scrubjay::spell::{RecalledCounts, SharedSpellings, WordCounts};
use scrubjay::state::Unpacker;

const WORDS: &[&str] = &["the", "ferry", "Pier", "12", "²", "中", "?", "can't", "e\u{301}"];

fuzz_target!(|bytes: &[u8]| {
    let shared: Arc<SharedWords> = Arc::new(WORDS.iter().copied().collect());
    if let Some(prints) = Fingerprints::decode(&[bytes], &shared) {
        // What was understood is written down and understood in the same way.
        let mut table: Vec<String> = Vec::new();
        let block = prints.encoder().documents(prints.documents(), &mut |word| {
            table.push(word.to_owned());
            table.len() as u32 - 1
        });
        let shared = Arc::new(table.iter().map(String::as_str).collect());
        let again = Fingerprints::decode(&[&block], &shared).expect("what was written is read");
        // What stands behind the last document belongs to none.
        assert_eq!(again.documents(), prints.documents());
        assert!(again.sentences() <= prints.sentences());
    }
    let hashes = WORDS.iter().map(|word| WordHash::of(word.as_bytes())).collect();
    let spellings = SharedSpellings::new(hashes, WORDS.iter().copied().collect()).expect("there are as many");
    let _ = WordCounts::decode(bytes, &spellings);
    let _ = RecalledCounts::default().add(bytes, spellings.len());
    let _ = WordCounts::is_any_changed(bytes, |number| number == 3, |hash| hash.0 == 7);
    if let Ok(mut unpacker) = Unpacker::new()
        // A length of gigabytes is honoured; it takes a right sum to get here.
        && bytes.get(3).is_none_or(|&byte| byte < 0x80)
    {
        let _ = unpacker.unpack(bytes);
    }
});
