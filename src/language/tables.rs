//! Closed word classes of a language: what changes the sense of a sentence with one word.
//!
//! One data file a language, under `tables/`. A language without a file has no table, and then
//! nothing is known of its words.

use rustc_hash::FxHashMap;

use super::Language;

macro_rules! word_classes {
    ($($(#[$doc:meta])* $class:ident = $name:literal,)*) => {
        /// What kinds of words a table knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum WordClass {
            $($(#[$doc])* $class,)*
        }

        impl WordClass {
            const NAMES: &'static [(&'static str, WordClass)] = &[$(($name, WordClass::$class),)*];
        }
    };
}

word_classes! {
    /// May come and go without a change of sense: `a`, `the`.
    Article = "article",
    /// A particle that may be left out: the `that` of `he said that`.
    Optional = "optional",
    /// After these an article counts: `a few` is not `few`.
    BindsArticle = "binds-article",
    /// Turns a sentence into its opposite, or nearly.
    Negation = "negation",
    /// Turns a word into its opposite when put before it.
    NegativePrefix = "negative-prefix",
    /// Turns a word into its opposite when put behind it.
    NegativeSuffix = "negative-suffix",
    /// An ending that makes another form of a word: `-s`, `-ed`.
    Ending = "ending",
    /// A number in letters.
    Number = "number",
    /// The months.
    Month = "month",
    /// The days of the week.
    Weekday = "weekday",
    /// Other words that say when.
    Time = "time",
    /// Measures and money.
    Unit = "unit",
    /// How many, how often.
    Quantifier = "quantifier",
    /// Can, must, may.
    Modal = "modal",
    /// Forms of be, have and do.
    Auxiliary = "auxiliary",
    /// He, she, this, which.
    Pronoun = "pronoun",
    /// To, from, by.
    Preposition = "preposition",
    /// And, or, but.
    Conjunction = "conjunction",
    /// Words that mean something else with a capital.
    Capital = "capital",
}

/// The classes of one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordClasses(u32);

impl WordClasses {
    /// True if the word is of this class.
    pub fn has(self, class: WordClass) -> bool {
        self.0 & 1 << class as u32 != 0
    }

    /// True if the table knows the word at all.
    pub fn any(self) -> bool {
        self.0 != 0
    }
}

/// The word classes of one language.
#[derive(Debug)]
pub struct Table {
    words: FxHashMap<&'static str, WordClasses>,
}

impl Table {
    /// The classes of a word in lower case.
    pub fn classes(&self, word: &str) -> WordClasses {
        self.words.get(word).copied().unwrap_or_default()
    }

    fn parse(data: &'static str) -> Self {
        let mut words: FxHashMap<&'static str, WordClasses> = FxHashMap::default();
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, list)) = line.split_once(':') else { continue };
            let class = WordClass::NAMES.iter().find(|(other, _)| *other == name);
            debug_assert!(class.is_some(), "{name} is no word class");
            let bit = class.map_or(0, |(_, class)| 1 << *class as u32);
            for word in list.split_whitespace() {
                words.entry(word).or_default().0 |= bit;
            }
        }
        Table { words }
    }
}

/// The tables of all languages that have one.
#[derive(Debug)]
pub struct Tables {
    tables: Vec<(Language, Table)>,
}

const DATA: &[(Language, &str)] = &[(Language("en"), include_str!("tables/en.txt"))];

impl Tables {
    /// Reads the tables; a millisecond's work.
    pub fn new() -> Self {
        Tables { tables: DATA.iter().map(|&(language, data)| (language, Table::parse(data))).collect() }
    }

    /// The table of a language, if there is one.
    pub fn get(&self, language: Language) -> Option<&Table> {
        self.tables.iter().find(|(other, _)| *other == language).map(|(_, table)| table)
    }
}

impl Default for Tables {
    fn default() -> Self {
        Tables::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_table_names_a_class_and_holds_lower_case_words() {
        for (language, data) in DATA {
            for line in data.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let (name, words) = line.split_once(':').unwrap_or_else(|| panic!("{language:?}: {line}"));
                assert!(WordClass::NAMES.iter().any(|(other, _)| *other == name), "{language:?}: {name}");
                assert!(
                    words.split_whitespace().all(|word| word == word.to_lowercase()),
                    "{language:?}: {words}"
                );
            }
        }
    }

    #[test]
    fn a_word_may_be_of_several_classes() {
        let tables = Tables::new();
        let may = tables.get(Language::ENGLISH).unwrap().classes("may");
        assert!(may.has(WordClass::Month) && may.has(WordClass::Modal) && !may.has(WordClass::Negation));
    }
}
