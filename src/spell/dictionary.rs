//! Dictionaries of other languages, in the format of Hunspell.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use crate::language::{Language, TokenKind, tokens};
use crate::model::{Applicability, Finding, Kind, Sentence, Span};

use super::mechanical::each_stretch;

/// A language and the words it has. It is written down with its files' contents: what was decided with
/// a dictionary must not depend on what stands in those files later.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "Files", try_from = "Files")]
pub struct Dictionary {
    language: Language,
    words: Arc<spellbook::Dictionary<FxBuildHasher>>,
    files: Arc<Files>,
}

/// What a dictionary was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Files {
    code: String,
    aff: String,
    dic: String,
}

impl From<Dictionary> for Files {
    fn from(dictionary: Dictionary) -> Files {
        Arc::unwrap_or_clone(dictionary.files)
    }
}

impl TryFrom<Files> for Dictionary {
    type Error = DictionaryError;

    fn try_from(files: Files) -> Result<Dictionary, DictionaryError> {
        Dictionary::new(&files.code, &files.aff, &files.dic)
    }
}

/// What is wrong with a dictionary.
#[derive(Debug, thiserror::Error)]
pub enum DictionaryError {
    /// No document will ever be found to be in this language.
    #[error("no text is told to be in the language '{0}'; its code is one such as de, fr or pl")]
    UnknownLanguage(String),
    /// English has a lexicon.
    #[error("English is built in; give words of your own with --words")]
    English,
    /// The files are no dictionary.
    #[error("{0}")]
    Malformed(String),
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "Dictionary({})", self.language.0)
    }
}

/// Words that stand so often in one document are its words.
const REPEATS: usize = 3;
/// So many unknown words of one document are asked what may have been meant: each takes milliseconds.
const ASKED: usize = 500;
const SHORTEST: usize = 4;
const LONGEST: usize = 32;

impl Dictionary {
    /// A dictionary for texts in the language with this code, from the contents of its `.aff` and `.dic` file.
    ///
    /// # Errors
    /// When the language is not one that is told, or the files are malformed.
    pub fn new(code: &str, aff: &str, dic: &str) -> Result<Dictionary, DictionaryError> {
        let unknown = || DictionaryError::UnknownLanguage(code.to_owned());
        let language = Language::of_code(code).ok_or_else(unknown)?;
        if language == Language::ENGLISH {
            return Err(DictionaryError::English);
        }
        let words = spellbook::Dictionary::new_with_hasher(aff, dic, FxBuildHasher)
            .map_err(|error| DictionaryError::Malformed(error.to_string()))?;
        let files = Files { code: code.to_owned(), aff: aff.to_owned(), dic: dic.to_owned() };
        Ok(Dictionary { language, words: Arc::new(words), files: Arc::new(files) })
    }

    /// The language it is of.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Adds the words of a document in this language that the dictionary does not have and that are near
    /// one that it has.
    pub(super) fn find(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        out: &mut Vec<Finding>,
    ) {
        let starts: rustc_hash::FxHashSet<usize> =
            sentences.iter().map(|sentence| sentence.text.start).collect();
        let mut unknown: FxHashMap<&str, Vec<Span>> = FxHashMap::default();
        let mut known: FxHashMap<&str, bool> = FxHashMap::default();
        let mut order = Vec::new();
        each_stretch(sentences, protected, |stretch, _| {
            for token in tokens(stretch.of(text)).filter(|token| token.kind == TokenKind::Word) {
                let span = Span::new(stretch.start + token.span.start, stretch.start + token.span.end);
                let word = span.of(text);
                if !self.is_asked(text, span, starts.contains(&span.start))
                    || *known.entry(word).or_insert_with(|| self.has(word))
                {
                    continue;
                }
                let places = unknown.entry(word).or_default();
                if places.is_empty() {
                    order.push(word);
                }
                places.push(span);
            }
        });
        order.retain(|word| unknown[word].len() < REPEATS);
        for word in order.into_iter().take(ASKED) {
            if let Some((meant, second)) = self.meant(word) {
                out.extend(
                    unknown[word].iter().map(|&span| self.finding(word, span, &meant, second.as_deref())),
                );
            }
        }
    }

    /// False for names, numbers, addresses, parts of compounds, acronyms.
    fn is_asked(&self, text: &str, span: Span, begins: bool) -> bool {
        let word = span.of(text);
        let length = word.chars().count();
        let mut characters = word.chars();
        let capital = characters.next().is_some_and(char::is_uppercase);
        let plain =
            characters.all(|c| c.is_lowercase() || !c.is_uppercase() && c.is_alphabetic() || c == '\'');
        // In German every noun has a capital, in other languages names have one.
        let name = capital && !begins && self.language.0 != "de";
        let joins = |c: Option<char>| {
            c.is_some_and(|c| {
                c.is_alphanumeric()
                    || matches!(c, '-' | '‐' | '‑' | '_' | '@' | '/' | '\\' | '#' | '’' | '\'')
            })
        };
        let before = text[..span.start].chars().next_back();
        let mut after = text[span.end..].chars();
        let next = after.next();
        let inside = matches!(next, Some('.' | ':')) && after.next().is_some_and(char::is_alphanumeric);
        (SHORTEST..=LONGEST).contains(&length) && plain && !name && !joins(before) && !joins(next) && !inside
    }

    fn has(&self, word: &str) -> bool {
        self.words.check(word) || self.words.check(&word.replace('’', "'")) || {
            let lower = word.to_lowercase();
            lower != word && self.words.check(&lower)
        }
    }

    /// What may have been meant: one slip away, or two in a long word.
    fn meant(&self, word: &str) -> Option<(String, Option<String>)> {
        let mut suggestions = Vec::new();
        self.words.suggest(word, &mut suggestions);
        let slips = if word.chars().count() > 7 { 2 } else { 1 };
        let mut near = suggestions.into_iter().filter(|meant| {
            strsim::osa_distance(&word.to_lowercase(), &meant.to_lowercase()) <= slips && !meant.contains('-')
        });
        let first = near.next()?;
        Some((first, near.next()))
    }

    fn finding(&self, word: &str, span: Span, meant: &str, second: Option<&str>) -> Finding {
        let or = second.map(|second| format!("; or: {second}")).unwrap_or_default();
        Finding {
            kind: if meant.contains(' ') { Kind::JoinedWords } else { Kind::Misspelling },
            span,
            suggestion: Some(meant.to_owned()),
            confidence: if second.is_none() { 0.8 } else { 0.6 },
            applicability: Applicability::Review,
            reason: format!(
                "the {} dictionary does not have '{word}', and has '{meant}'{or}",
                self.language.0
            ),
            repetition: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::sentences_of;
    use super::*;

    const AFF: &str = "SET UTF-8\nTRY esianrtolcdugmphbyfvkwäöü\n";
    const DIC: &str = "6\nHaus\nGarten\nschön\nund\nalt\nwohnt\n";

    fn told(text: &str) -> Vec<String> {
        let dictionary = Dictionary::new("de", AFF, DIC).unwrap();
        let mut out = Vec::new();
        dictionary.find(text, &sentences_of(text), &[], &mut out);
        out.iter().map(|f| format!("{} -> {}", f.span.of(text), f.suggestion.as_deref().unwrap())).collect()
    }

    #[test]
    fn words_near_a_word_of_the_dictionary_are_shown() {
        assert_eq!(told("Haus und Garetn schön"), ["Garetn -> Garten"]);
        assert_eq!(told("Schön wohnnt"), ["wohnnt -> wohnt"]);
    }

    #[test]
    fn what_is_like_nothing_or_repeats_is_left_alone() {
        for text in ["Xylophonzzz und Haus", "wohnnt wohnnt wohnnt", "wohnnt-Haus wohnnt.de WOHNNT"] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_no_dictionary_is_said() {
        assert!(Dictionary::new("xx", AFF, DIC).is_err());
        assert!(Dictionary::new("en", AFF, DIC).is_err());
        assert!(Dictionary::new("de", "SFX A Y 2\nbroken", DIC).is_err());
    }
}
