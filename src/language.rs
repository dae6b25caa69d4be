//! The reference shelf: what is known of languages. Imports `model` and nothing else of the crate.

mod address;
mod bigrams;
mod characters;
mod classes;
mod columns;
mod dialects;
mod eight;
mod identify;
mod lexicon;
mod stem;
mod subsequence;
mod tables;
mod tokens;
mod words;

pub use bigrams::{Companion, Company, VocabularyId};
pub use characters::{is_invisible, is_unspaced};
pub use dialects::{Dialect, Dialects};
pub use eight::Eight;
pub use identify::{FunctionWords, Language, identify};
pub use lexicon::{Entry, Lexicon, Misspelling, WordHash, WordHasher, rarity_of};
pub use stem::stem;
pub use subsequence::common_subsequence;
pub use tables::{Table, Tables, WordClass, WordClasses};
pub use tokens::{Token, TokenKind, Tokens, tokens};
