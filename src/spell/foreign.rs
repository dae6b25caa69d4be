//! Sentences of another language in an English text: titles, quotations, names of things.

use crate::language::Lexicon;

use super::rules;
use super::words::{Marks, Word, lower};

/// Shorter sentences do not tell.
const LEAST_WORDS: usize = 8;

/// True when so many words of a sentence are in no list, and so few are the ones that hold an English
/// sentence together, that what looks mistyped is most likely another language. Careless English still
/// has its `the`, `of` and `is`.
pub(super) fn is_foreign(lexicon: &Lexicon, text: &str, words: &[Word], scratch: &mut String) -> bool {
    let (mut all, mut strangers, mut function) = (0, 0, 0);
    for word in words.iter().filter(|word| !word.marks.any(Marks::TECHNICAL)) {
        all += 1;
        if word.marks.any(Marks::FOREIGN) {
            strangers += 1;
            continue;
        }
        let word = lower(word.span.of(text), scratch);
        if rules::is_function_word(word) {
            function += 1;
        } else if !lexicon.contains(word) && !word.contains('\'') {
            strangers += 1;
        }
    }
    // Numbers, addresses and names are in no list, either.
    all >= LEAST_WORDS && strangers * 10 > all * 3 && function * 4 < all
}
