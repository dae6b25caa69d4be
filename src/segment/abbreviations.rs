//! What a word with a stop after it may be: an abbreviation, and of which kind.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::language::Language;

/// Where an abbreviation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Before a name or inside a phrase: its stop never ends a sentence.
    Before,
    /// Before a number: elsewhere its stop is like any other.
    Number,
    /// Anywhere: its stop ends a sentence when the next word can only begin one.
    Either,
}

/// The abbreviations of one language, or only those that all languages share.
#[derive(Clone, Copy)]
pub(super) struct Abbreviations {
    own: Option<&'static Table>,
    shared: &'static Table,
}

type Table = FxHashMap<&'static str, Abbreviation>;

impl Abbreviations {
    pub(super) fn of(language: Option<Language>) -> Self {
        // A text too short to tell is most often English, and so is most text in other tables' gaps.
        let code = language.map_or("en", |language| language.0);
        Abbreviations { own: TABLES.get(code), shared: &TABLES["*"] }
    }

    /// What `word` (in lower case, without the final stop) is.
    pub(super) fn get(self, word: &str) -> Option<Abbreviation> {
        self.own.and_then(|own| own.get(word)).or_else(|| self.shared.get(word)).copied()
    }
}

/// The text file by language, read once; it never changes after.
static TABLES: LazyLock<FxHashMap<&'static str, Table>> = LazyLock::new(|| {
    let mut tables = FxHashMap::<_, Table>::default();
    tables.insert("*", Table::default());
    let mut section: Vec<&str> = Vec::new();
    for line in include_str!("data/abbreviations.txt").lines() {
        if let Some(codes) = line.strip_prefix('[') {
            section = codes.trim_end_matches(']').split(' ').collect();
        }
        let Some((kind, words)) = line.split_once(' ') else { continue };
        let kind = match kind {
            "before" => Abbreviation::Before,
            "number" => Abbreviation::Number,
            "either" => Abbreviation::Either,
            _ => continue,
        };
        for code in &section {
            let table = tables.entry(code).or_default();
            for word in words.split(' ') {
                // A word of two kinds is the one that was written first: a name follows more often.
                table.entry(word.trim_end_matches('.')).or_insert(kind);
            }
        }
    }
    tables
});
