//! The reference shelf: what is known of languages. Imports `model` and nothing else of the crate.

mod identify;
mod lexicon;

pub use identify::{Language, identify, is_function_word};
pub use lexicon::{Entry, Lexicon, Misspelling, VocabularyId, WordHash, rarity_of};
