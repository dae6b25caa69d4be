//! Judges each distinct word of the corpus once: which deserve a look where they stand, and what for.

use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::language::{Dialect, Dialects, Lexicon, WordHash};

use super::candidates::Tree;
use super::counter::{CorpusWords, Count};
use super::pairs;
use super::real::Known;
use super::rules;
use super::settings::Settings;
use super::unknown::Unknown;

/// A distinct word that deserves a look. Nearly every word of a text is one, and what is asked of each stands in
/// one line of the cache.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Suspect {
    /// In what way it is odd in itself.
    pub(super) oddity: Option<Box<Oddity>>,
    /// It may stand in the place of another.
    pub(super) known: Option<Known>,
}

const _: () = assert!(size_of::<Suspect>() == 64, "a suspect is one line of the cache");

/// What the corpus says of a suspicious word, in numbers to tell one night from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Testimony {
    /// What is asked wherever the word stands.
    pub at_sight: u8,
    /// All of it, with what is asked only where the word is weighed against others.
    pub weighed: u64,
}

impl Suspect {
    /// What the corpus says of the word.
    pub(super) fn testimony(&self) -> Testimony {
        let (kind, said) = match self.oddity.as_deref() {
            None => (0, 0),
            Some(Oddity::Unknown(unknown)) => (1 + u8::from(unknown.looks_mistyped()), unknown.evidence()),
            Some(Oddity::Contraction(_)) => (3, 0),
            Some(Oddity::Perhaps(_, unknown)) => {
                (4, unknown.as_ref().map(Unknown::evidence).unwrap_or_default())
            }
            Some(Oddity::Half) => (5, 0),
            Some(Oddity::Dialect(_)) => (6, 0),
            Some(Oddity::Fragment) => (7, 0),
            Some(Oddity::Chat) => (8, 0),
        };
        let known = self.known.as_ref().map(Known::evidence);
        let at_sight = kind << 1 | u8::from(known.is_some());
        let all = [u64::from(at_sight), said, known.unwrap_or_default()].map(u64::to_le_bytes);
        Testimony { at_sight, weighed: xxh3_64(all.as_flattened()) }
    }
}

/// A distinct word that is odd in itself.
pub(super) enum Oddity {
    /// It is no core word.
    Unknown(Unknown),
    /// A contraction without its apostrophe.
    Contraction(&'static str),
    /// A word that may stand for this, which sounds like it; or, if it is no core word, for something else.
    Perhaps(&'static str, Option<Unknown>),
    /// A word that may be the first half of a longer one.
    Half,
    /// A word that the wanted dialect spells otherwise: so.
    Dialect(String),
    /// A scrap of a word, or a word that nothing known is like.
    Fragment,
    /// A word that only careless texts have, written so on purpose.
    Chat,
}

impl Oddity {
    /// What is known of a word that is no core word.
    pub(super) fn unknown(&self) -> Option<&Unknown> {
        match self {
            Oddity::Unknown(unknown) | Oddity::Perhaps(_, Some(unknown)) => Some(unknown),
            _ => None,
        }
    }
}

/// Judges the distinct words of a corpus. Each is judged by itself, so shares of them may be
/// handed to several threads.
pub struct Judge<'a> {
    lexicon: &'a Lexicon,
    tree: Tree<'a>,
    corpus: &'a CorpusWords,
    dialect: Option<(Dialects, Dialect)>,
}

/// What came of a share of the words.
#[derive(Default)]
pub struct Judgements {
    pub(super) suspects: Vec<(WordHash, Suspect)>,
}

/// From so many distinct words on, it pays to index what is left of all core words with one letter less, and
/// with two: the first takes as long to make as 2,600 walks through the tree, and nearly every word is looked
/// for within one edit; the second as long as 1,500, and a word in five is looked for within two.
const WORDS_THAT_PAY: usize = 5_000;

impl<'a> Judge<'a> {
    /// A judge of the words of `corpus`.
    ///
    /// # Errors
    /// When there is not enough memory to unpack the spellings of a dialect.
    pub fn new(lexicon: &'a Lexicon, corpus: &'a CorpusWords, settings: &Settings) -> io::Result<Self> {
        let mut tree = Tree::new(lexicon);
        if corpus.len() > WORDS_THAT_PAY {
            tree.index();
        }
        let dialect = match settings.dialect {
            Dialect::Any => None,
            dialect => Some((Dialects::load()?, dialect)),
        };
        Ok(Judge { lexicon, tree, corpus, dialect })
    }

    /// How many distinct words there are.
    pub fn len(&self) -> usize {
        self.corpus.len()
    }

    /// True when there is nothing to judge.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Judges a share of the words, by their places.
    pub fn judge(&self, share: Range<usize>) -> Judgements {
        let mut judgements = Judgements::default();
        for (word, count) in self.corpus.share(share) {
            self.word(word, count, &mut judgements);
        }
        judgements
    }

    fn word(&self, word: &str, count: &Count, judgements: &mut Judgements) {
        let suspect = self.suspect(word, count);
        judgements.suspects.extend(suspect.map(|suspect| (count.hash, suspect)));
    }

    fn suspect(&self, word: &str, count: &Count) -> Option<Suspect> {
        let Judge { lexicon, tree, corpus, dialect } = self;
        if let Some(full) = rules::lost_apostrophe(word) {
            return odd(Oddity::Contraction(full));
        }
        let other = dialect.as_ref().and_then(|(dialects, dialect)| dialects.spelling(word, *dialect));
        if let Some(other) = other {
            return odd(Oddity::Dialect(other.to_owned()));
        }
        if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        if rules::is_chat(word) {
            return odd(Oddity::Chat);
        }
        let entry = lexicon.entry(word);
        let known = || Known::judge(lexicon, tree, corpus, word, entry, count);
        let unknown = || Unknown::judge(lexicon, tree, corpus, word, entry, count);
        let unknown = if entry.is_core() { None } else { unknown() };
        if let Some(meant) = rules::sounds_like(word) {
            let known = entry.is_core().then(known).flatten();
            return Some(Suspect { oddity: Some(Box::new(Oddity::Perhaps(meant, unknown))), known });
        }
        if let Some(unknown) = unknown {
            return odd(Oddity::Unknown(unknown));
        }
        let is_half = entry.is_core() && count.tally.lower > 0 && pairs::is_half(lexicon, word, entry);
        if !is_half && count.tally.lower > 0 && pairs::is_fragment(lexicon, word) {
            return odd(Oddity::Fragment);
        }
        let suspect = Suspect {
            oddity: is_half.then(|| Box::new(Oddity::Half)),
            known: entry.is_core().then(known).flatten(),
        };
        (suspect.oddity.is_some() || suspect.known.is_some()).then_some(suspect)
    }
}

/// A word that is odd in itself, and nothing else.
fn odd(oddity: Oddity) -> Option<Suspect> {
    Some(Suspect { oddity: Some(Box::new(oddity)), known: None })
}
