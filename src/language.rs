//! The reference shelf: what is known of languages. Imports `model` and nothing else of the crate.

mod identify;

pub use identify::{FunctionWords, Language, identify};
