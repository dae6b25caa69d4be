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
    /// A unit, an era or a time of day after a number: its stop ends a sentence when a capital follows.
    Measure,
}

/// The abbreviations of one language, or only those that all languages share.
#[derive(Clone, Copy)]
pub(super) struct Abbreviations {
    own: Option<&'static Table>,
    shared: &'static Table,
}

const ANY: &str = "any";

type Table = FxHashMap<&'static str, Abbreviation>;

impl Abbreviations {
    pub(super) fn of(language: Option<Language>) -> Self {
        Abbreviations { own: TABLES.get(language.map_or(ANY, |language| language.0)), shared: &TABLES["*"] }
    }

    /// What `word` (in lower case, without the final stop) is.
    pub(super) fn get(self, word: &str) -> Option<Abbreviation> {
        self.own.and_then(|own| own.get(word)).or_else(|| self.shared.get(word)).copied()
    }
}

/// The text file by language, read once; it never changes after.
///
/// The table of [`ANY`] language holds the words of all of them, each as an abbreviation that may also end
/// a sentence: for texts too short to tell their language.
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
            "measure" => Abbreviation::Measure,
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
        if section != ["*"] {
            let any = tables.entry(ANY).or_default();
            for word in words.split(' ').filter(|word| word.chars().nth(1).is_some()) {
                any.entry(word.trim_end_matches('.')).or_insert(Abbreviation::Either);
            }
        }
    }
    tables
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_own_abbreviations_and_the_shared_ones() {
        let german = Abbreviations::of(Some(Language("de")));
        assert_eq!(german.get("bzw"), Some(Abbreviation::Before));
        assert_eq!(german.get("u.s"), Some(Abbreviation::Either));
        assert_eq!(german.get("oktober"), None);
        assert_eq!(Abbreviations::of(Some(Language::ENGLISH)).get("bzw"), None);
        assert_eq!(Abbreviations::of(None).get("bzw"), Some(Abbreviation::Either));
    }
}
