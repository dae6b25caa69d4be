//! Room 4: text to typo findings.
//!
//! A survey counts the words of every document ([`WordCounter`], [`merge`]). Then each distinct
//! suspicious word is judged once ([`Speller::new`]): what may have been meant, and how sure one
//! can be without its neighbours. Last, each occurrence is judged between its neighbours
//! ([`Speller::findings`]), so the scan of a document is hash look-ups only.

mod candidates;
mod closed;
mod codepages;
mod context;
mod counter;
mod deletes;
mod dictionary;
mod edits;
mod features;
mod foreign;
mod hyphenation;
mod invisible;
mod judge;
mod lookalike;
mod mechanical;
mod mojibake;
mod notes;
mod pairs;
mod phrases;
mod quotes;
mod real;
mod remembered;
mod rules;
mod scanner;
mod settings;
mod spacing;
mod speller;
mod unknown;
mod words;

pub use crate::language::Dialect;
pub use counter::{CorpusWords, WordCounter, WordCounts, merge};
pub use dictionary::{Dictionary, DictionaryError};
pub use judge::{Judge, Judgements, Testimony};
pub use remembered::{RecalledCounts, SharedSpellings};
pub use settings::{BadPattern, Settings, UserWords};
pub use speller::{Evidence, Found, Speller};
