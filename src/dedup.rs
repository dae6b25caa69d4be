//! Room 3: sentences → repetition findings.
//!
//! [`Fingerprinter`] notes what survey must remember of each sentence; [`resolve`] looks at the
//! whole corpus once and says which sentences repeat which.
//!
//! Equal sentences collapse by their normal form (`normalize`, `fingerprint`, `corpus`); a join
//! finds every similar pair of the distinct ones (`features`, `candidates`, `edges`); the guard
//! says whether what differs changes the sense (`guard`); and leaders are chosen so that whatever
//! is removed is like something that stays (`cluster`). Sentences inside longer ones are found by
//! the runs of words they share (`partial`), points made again in other words by the terms
//! they share (`restated`). Documents that say nothing new are found
//! from the clusters (`documents`).

use serde::{Deserialize, Serialize};

mod candidates;
mod cluster;
mod corpus;
mod documents;
mod edges;
mod features;
mod fingerprint;
mod guard;
mod index;
mod marks;
mod meant;
#[doc(hidden)]
pub mod measure;
mod meet;
mod names;
mod normalize;
mod partial;
mod records;
mod remembered;
mod repetitions;
mod resolve;
mod restated;
mod token;
mod verify;
mod vocabulary;
mod wishes;

pub use fingerprint::{Fingerprinter, Fingerprints};
pub use remembered::{Encoder, SharedWords};
pub use repetitions::{ClusterSummary, Repetitions, Stats};
pub use resolve::{resolve, resolve_heeding};
pub use wishes::{Wish, Wishes};

/// What is known of words beyond the corpus. Words are in lower case.
#[derive(Clone, Copy)]
pub struct Background<'a> {
    /// What dictionaries say of a word.
    pub repute: &'a (dyn Fn(&str) -> Repute + Sync),
    /// What common misspellings stand for.
    pub meanings: &'a Meanings<'a>,
    /// The base ten logarithm of an English word's place by falling frequency: about 1 for `the`,
    /// 6 for what no list has.
    pub rarity: &'a (dyn Fn(&str) -> f32 + Sync),
}

/// Calls its second argument with each word that the first is a common misspelling of.
pub type Meanings<'a> = dyn Fn(&str, &mut dyn FnMut(&str)) + Sync + 'a;

/// What dictionaries say of a word, by rising repute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repute {
    /// In none.
    #[default]
    Unknown,
    /// A name that is no word, or in the largest dictionaries only.
    Obscure,
    /// In larger dictionaries, or a word and a name.
    Known,
    /// A word that most readers know, and no name.
    Common,
}

/// What counts as a repetition, and which copy stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Word-multiset Jaccard similarity from which a sentence may be removed, 0 to 1.
    pub threshold: f64,
    /// Similarity from which a sentence is shown for review.
    pub review_threshold: f64,
    /// Sentences of fewer words are never removed on their own. At 1, headings count like any
    /// sentence.
    pub min_words: usize,
    /// What is compared with what.
    pub scope: Scope,
    /// Which of equally preferred copies stays.
    pub keep: Keep,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            threshold: 0.8,
            review_threshold: 0.7,
            min_words: 5,
            scope: Scope::Corpus,
            keep: Keep::First,
        }
    }
}

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Every sentence with every other.
    Corpus,
    /// Sentences of one document with each other.
    Document,
}

/// Which of equally preferred copies stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// The first in corpus order.
    First,
    /// The last in corpus order.
    Last,
    /// The longest, in bytes; then the first.
    Longest,
}

/// What the caller knows of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Copies in documents with a lower number are kept first.
    pub preference: u32,
}
