//! Closed word classes of languages other than English, for a dictionary that is given: a dictionary tells
//! which words there are, not how they behave.

use crate::language::Language;

/// What is known of the short words of a language. All lists are sorted.
pub(super) struct Closed {
    /// Words that never stand twice in a row (`der der` and `nous nous` may).
    never_doubled: &'static [&'static str],
    /// Words that neither begin nor end another word: what they are run together with comes apart.
    apart: &'static [&'static str],
    /// Words after which a word with a capital is a noun, where nouns have capitals.
    before_nouns: &'static [&'static str],
    /// Nouns and adjectives are written in one word, so that no dictionary has all of them.
    compounds: bool,
}

const GERMAN: Closed = Closed {
    never_doubled: &[
        "am", "bei", "beim", "dass", "dem", "des", "ein", "eine", "einem", "einen", "einer", "eines", "für",
        "im", "ist", "mit", "oder", "sind", "und", "vom", "von", "war", "wird", "zum", "zur",
    ],
    apart: &[
        "auch", "das", "dass", "dem", "den", "der", "des", "die", "eine", "einem", "einen", "einer", "eines",
        "für", "ist", "oder", "sich", "sie", "sind", "und", "von", "war", "werden", "wird", "wurde", "zum",
        "zur",
    ],
    before_nouns: &[
        "am", "beim", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen", "einer",
        "eines", "im", "kein", "keine", "vom", "zum", "zur",
    ],
    compounds: true,
};

const FRENCH: Closed = Closed {
    never_doubled: &[
        "au", "aux", "avec", "ce", "ces", "dans", "de", "des", "du", "est", "et", "le", "les", "leur", "ou",
        "par", "pour", "qui", "sa", "ses", "son", "sont", "sur", "un", "une", "à",
    ],
    apart: &[
        "avec", "cette", "dans", "des", "elle", "les", "leur", "mais", "nous", "pour", "que", "qui", "sont",
        "une", "vous",
    ],
    before_nouns: &[],
    compounds: false,
};

const SPANISH: Closed = Closed {
    never_doubled: &[
        "al", "como", "con", "de", "del", "el", "en", "es", "fue", "las", "los", "para", "pero", "por", "se",
        "su", "sus", "un", "una", "y",
    ],
    apart: &["como", "cuando", "del", "desde", "esta", "este", "fue", "pero", "por", "que", "una"],
    before_nouns: &[],
    compounds: false,
};

/// What is not known of a language is empty.
const OTHER: Closed = Closed { never_doubled: &[], apart: &[], before_nouns: &[], compounds: true };

impl Closed {
    /// The short words of a language.
    pub(super) fn of(language: Language) -> &'static Closed {
        match language.0 {
            "de" => &GERMAN,
            "fr" => &FRENCH,
            "es" => &SPANISH,
            _ => &OTHER,
        }
    }

    /// True for a word in small letters that never stands twice in a row.
    pub(super) fn is_never_doubled(&self, word: &str) -> bool {
        self.never_doubled.binary_search(&word).is_ok()
    }

    /// True for a word in small letters that neither begins nor ends another one.
    pub(super) fn stands_apart(&self, word: &str) -> bool {
        self.apart.binary_search(&word).is_ok()
    }

    /// True for a word in small letters after which a word with a capital is a noun.
    pub(super) fn stands_before_nouns(&self, word: &str) -> bool {
        self.before_nouns.binary_search(&word).is_ok()
    }

    /// True where long words are made as they are needed.
    pub(super) fn has_compounds(&self) -> bool {
        self.compounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_so_that_every_word_is_found() {
        for closed in [GERMAN, FRENCH, SPANISH] {
            assert!(closed.never_doubled.is_sorted() && closed.apart.is_sorted());
            assert!(closed.before_nouns.is_sorted());
        }
        assert!(Closed::of(Language("de")).is_never_doubled("und"));
        assert!(!Closed::of(Language("fr")).is_never_doubled("nous"));
        assert!(!Closed::of(Language("fi")).stands_apart("und"));
    }
}
