//! Dictionaries of other languages, in the format of Hunspell.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use crate::language::{Language, Lexicon, TokenKind, tokens};
use crate::model::{Applicability, Finding, Kind, Sentence, Span};

use super::closed::Closed;
use super::mechanical::each_stretch;

/// A language and the words it has. It is written down with its files' contents: what was decided with
/// a dictionary must not depend on what stands in those files later.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "Files", try_from = "Files")]
pub struct Dictionary {
    language: Language,
    closed: &'static Closed,
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
    /// The list of words ends too soon.
    #[error("the .dic file announces {announced} words and has {has}: the rest of it is missing")]
    Short {
        /// What its first line says.
        announced: usize,
        /// How many lines follow.
        has: usize,
    },
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
/// Where words are made of others as they are needed, no dictionary tells about longer ones.
const LONGEST_MADE: usize = 12;

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
        let announced = dic.lines().next().and_then(|line| line.trim().parse::<usize>().ok());
        let has = dic.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        // The number is a hint to most programs, and often a little off.
        if let Some(announced) = announced.filter(|&announced| has * 10 < announced * 9) {
            return Err(DictionaryError::Short { announced, has });
        }
        let words = spellbook::Dictionary::new_with_hasher(aff, dic, FxBuildHasher)
            .map_err(|error| DictionaryError::Malformed(error.to_string()))?;
        let files = Files { code: code.to_owned(), aff: aff.to_owned(), dic: dic.to_owned() };
        Ok(Dictionary {
            language,
            closed: Closed::of(language),
            words: Arc::new(words),
            files: Arc::new(files),
        })
    }

    /// The language it is of.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Adds what is wrong with the words of a document in this language: words that the dictionary does not
    /// have and that are near one that it has, words run together or taken apart, doubled words. Words of
    /// `lexicon` are English, and left alone.
    pub(super) fn find(
        &self,
        lexicon: &Lexicon,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        out: &mut Vec<Finding>,
    ) {
        let places = self.places(text, sentences, protected);
        let mut known: FxHashMap<&str, bool> = FxHashMap::default();
        let mut unknown: FxHashMap<&str, usize> = FxHashMap::default();
        for word in places.iter().filter(|place| place.asked).map(|place| place.span.of(text)) {
            if !*known.entry(word).or_insert_with(|| self.has(word)) {
                *unknown.entry(word).or_default() += 1;
            }
        }
        let is_odd = |word: &str| unknown.get(word).is_some_and(|&times| times < REPEATS);
        let mut meant: FxHashMap<&str, Option<Meant>> = FxHashMap::default();
        let mut done = 0;
        for (at, place) in places.iter().enumerate() {
            let word = place.span.of(text);
            let next = places.get(at + 1).filter(|next| next.follows);
            if let Some(next) = next
                && next.span.of(text) == word
                && self.closed.is_never_doubled(word)
            {
                out.push(doubled(word, place.span.start..next.span.end));
            }
            if at < done {
                continue;
            }
            if let Some(next) = next.filter(|_| text.as_bytes()[place.span.end] == b' ')
                && let Some(finding) = self.split(text, [place, next], is_odd)
            {
                out.push(finding);
                done = at + 2;
                continue;
            }
            if !place.asked || !is_odd(word) || lexicon.contains(word) {
                continue;
            }
            let room = meant.len() < ASKED;
            let meant =
                meant.entry(word).or_insert_with(|| if room { self.meant(word, is_odd) } else { None });
            out.extend(meant.as_ref().map(|meant| self.finding(word, place.span, meant)));
        }
    }

    /// The words of a document, in order.
    fn places(&self, text: &str, sentences: &[Sentence], protected: &[Span]) -> Vec<Place> {
        let starts: rustc_hash::FxHashSet<usize> =
            sentences.iter().map(|sentence| sentence.text.start).collect();
        let mut places: Vec<Place> = Vec::new();
        each_stretch(sentences, protected, |stretch, _| {
            for token in tokens(stretch.of(text)).filter(|token| token.kind == TokenKind::Word) {
                let span = Span::new(stretch.start + token.span.start, stretch.start + token.span.end);
                let begins = starts.contains(&span.start);
                let gap = places.last().map(|last| &text[last.span.end..span.start]);
                let follows = !begins && gap.is_some_and(|gap| matches!(gap, " " | "\n" | "\r\n"));
                let noun = follows
                    && places.last().is_some_and(|last| self.closed.stands_before_nouns(last.span.of(text)));
                places.push(Place { span, follows, asked: self.is_asked(text, span, noun) });
            }
        });
        places
    }

    /// One word with a space inside: neither part of it is a word.
    fn split(
        &self,
        text: &str,
        [first, second]: [&Place; 2],
        is_odd: impl Fn(&str) -> bool,
    ) -> Option<Finding> {
        let (left, right) = (first.span.of(text), second.span.of(text));
        let small = |word: &str| word.chars().all(char::is_lowercase);
        // A short part is not asked for by itself, so it is asked here.
        let odd = |word: &str| is_odd(word) || word.chars().count() < SHORTEST && !self.has(word);
        let are_odd = small(left) && small(right) && odd(left) && odd(right);
        if !are_odd || !(first.asked || second.asked) {
            return None;
        }
        let whole = format!("{left}{right}");
        self.has(&whole).then(|| Finding {
            kind: Kind::SplitWord,
            span: Span::new(first.span.start, second.span.end),
            reason: format!(
                "the {} dictionary has '{whole}', and neither '{left}' nor '{right}'",
                self.language.0
            ),
            suggestion: Some(whole),
            confidence: 0.9,
            applicability: Applicability::Review,
            repetition: None,
        })
    }

    /// False for names, numbers, addresses, parts of compounds, acronyms.
    fn is_asked(&self, text: &str, span: Span, noun: bool) -> bool {
        let word = span.of(text);
        let length = word.chars().count();
        let mut characters = word.chars();
        let capital = characters.next().is_some_and(char::is_uppercase);
        let plain =
            characters.all(|c| c.is_lowercase() || !c.is_uppercase() && c.is_alphabetic() || c == '\'');
        // Names have a capital, and no dictionary has them all; in German so have nouns.
        let name = capital && !noun;
        // `Rückerstattungsgarantie` is made as it is needed.
        let made = self.closed.has_compounds() && length > LONGEST_MADE;
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
        (SHORTEST..=LONGEST).contains(&length)
            && plain
            && !name
            && !made
            && !joins(before)
            && !joins(next)
            && !inside
    }

    fn has(&self, word: &str) -> bool {
        self.words.check(word) || self.words.check(&word.replace('’', "'")) || {
            let lower = word.to_lowercase();
            lower != word && self.words.check(&lower)
        }
    }

    /// What may have been meant: two words run together, or one that is a slip away.
    fn meant(&self, word: &str, is_odd: impl Fn(&str) -> bool) -> Option<Meant> {
        if let Some(apart) = self.apart(word) {
            return Some(Meant { first: apart, second: None, is_pair: true });
        }
        let mut suggestions = Vec::new();
        self.words.suggest(word, &mut suggestions);
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let slips = if word.chars().count() > 7 && !capital { 2 } else { 1 };
        let mut near = suggestions.into_iter().filter(|meant| {
            let mut letters = meant.chars();
            strsim::osa_distance(word, meant) <= slips
                && letters.next().is_some_and(|first| first.is_uppercase() == capital)
                && letters.all(|letter| letter.is_lowercase() || letter == '\'')
                && !is_odd(meant)
        });
        let first = near.next()?;
        Some(Meant { first, second: near.next(), is_pair: false })
    }

    /// Two words without the space between, one of which only holds others together.
    fn apart(&self, word: &str) -> Option<String> {
        let cuts = word.char_indices().map(|(at, _)| at).skip(2);
        let pairs = cuts.map(|at| word.split_at(at));
        let mut apart = pairs.filter(|(left, right)| {
            right.chars().count() > 1
                && (self.closed.stands_apart(left) && self.has(right)
                    || self.closed.stands_apart(right) && self.has(left))
        });
        let (left, right) = apart.next()?;
        // More than one place to cut at: no guess.
        apart.next().is_none().then(|| format!("{left} {right}"))
    }

    fn finding(&self, word: &str, span: Span, meant: &Meant) -> Finding {
        let or = meant.second.as_ref().map(|second| format!("; or: {second}")).unwrap_or_default();
        Finding {
            kind: if meant.is_pair { Kind::JoinedWords } else { Kind::Misspelling },
            span,
            suggestion: Some(meant.first.clone()),
            confidence: if meant.second.is_none() { 0.8 } else { 0.6 },
            applicability: Applicability::Review,
            reason: format!(
                "the {} dictionary does not have '{word}', and has '{}'{or}",
                self.language.0, meant.first
            ),
            repetition: None,
        }
    }
}

/// A word that never stands twice in a row, and does.
fn doubled(word: &str, span: std::ops::Range<usize>) -> Finding {
    Finding {
        kind: Kind::DoubledWord,
        span: Span::new(span.start, span.end),
        suggestion: Some(word.to_owned()),
        confidence: 0.99,
        applicability: Applicability::Safe,
        reason: format!("the word '{word}' is never doubled"),
        repetition: None,
    }
}

/// A word of a document.
struct Place {
    span: Span,
    /// One space or line end stands between it and the word before.
    follows: bool,
    /// It is a word in small letters, and no part of anything.
    asked: bool,
}

/// What may have been meant.
struct Meant {
    first: String,
    second: Option<String>,
    /// It is two words.
    is_pair: bool,
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{corrections, sentences_of};
    use super::*;

    const AFF: &str = "SET UTF-8\nTRY esianrtolcdugmphbyfvkwäöü\n";
    const DIC: &str = "10\nHaus\nGarten\nschön\nund\nalt\nwohnt\nder\ngroß\nsehr\nwieder\n";

    fn told(text: &str) -> Vec<String> {
        let dictionary = Dictionary::new("de", AFF, DIC).unwrap();
        let mut out = Vec::new();
        dictionary.find(&Lexicon::load().unwrap(), text, &sentences_of(text), &[], &mut out);
        corrections(text, &out)
    }

    #[test]
    fn words_near_a_word_of_the_dictionary_are_shown() {
        assert_eq!(told("Haus und wohnnt schön"), ["wohnnt -> wohnt"]);
        assert_eq!(told("Schön wohnnt"), ["wohnnt -> wohnt"]);
        assert_eq!(told("Haus und der Garetn"), ["Garetn -> Garten"]);
    }

    #[test]
    fn words_run_together_and_taken_apart_are_shown() {
        assert_eq!(told("Haus wohntund alt"), ["wohntund -> wohnt und"]);
        assert_eq!(told("Haus und wiede r sehr schön"), ["wiede r -> wieder"]);
        assert_eq!(told("Haus wiederschön alt"), Vec::<String>::new());
    }

    #[test]
    fn words_that_never_stand_twice_are_told_from_those_that_may() {
        assert_eq!(told("Haus und und Garten"), ["!und und -> und"]);
        assert_eq!(told("der der sehr sehr alt"), Vec::<String>::new());
    }

    #[test]
    fn what_is_a_name_or_like_nothing_or_repeats_is_left_alone() {
        for text in [
            "Haus Garetn und",
            "Xylophonzzz und Haus",
            "wohnnt wohnnt wohnnt",
            "wohnnt-Haus wohnnt.de WOHNNT",
            "Haus und government",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_no_dictionary_is_said() {
        assert!(Dictionary::new("xx", AFF, DIC).is_err());
        assert!(Dictionary::new("en", AFF, DIC).is_err());
        assert!(Dictionary::new("de", "SFX A Y 2\nbroken", DIC).is_err());
        assert!(matches!(
            Dictionary::new("de", AFF, "100\nHaus\nGarten\n"),
            Err(DictionaryError::Short { announced: 100, has: 2 })
        ));
    }
}
