//! Sentences of another language in an English text: titles, quotations, names of things.

use crate::language::Lexicon;

use super::words::{Marks, Word, lower};

/// Shorter sentences do not tell.
const LEAST_WORDS: usize = 8;

/// True when so many words of a sentence are in no list, and so few are the ones that hold an English
/// sentence together, that what looks mistyped is most likely another language. Careless English still
/// has its `the`, `of` and `is`.
pub(super) fn is_foreign(
    lexicon: &Lexicon,
    text: &str,
    words: &[Word],
    is_function_word: impl Fn(&Word) -> bool,
    scratch: &mut String,
) -> bool {
    let judged = || words.iter().filter(|word| !word.marks.any(Marks::TECHNICAL));
    // Most sentences are English, and these words alone tell so: they are counted before anything is
    // looked up.
    let (mut all, mut function) = (0, 0);
    for word in judged() {
        all += 1;
        function += usize::from(!word.marks.any(Marks::FOREIGN) && is_function_word(word));
    }
    if all < LEAST_WORDS || function * 4 >= all {
        return false;
    }
    let mut is_stranger = |word: &Word| {
        word.marks.any(Marks::FOREIGN)
            || !is_function_word(word) && {
                let word = lower(word.span.of(text), scratch);
                let is_slip = || lexicon.misspelling(word).is_some();
                !lexicon.contains(word) && !word.contains('\'') && !is_slip()
            }
    };
    // Numbers, addresses and names are in no list, either; one word in small letters that is in none may
    // be the slip itself.
    let (mut strangers, mut small) = (0, 0);
    for word in judged().filter(|word| is_stranger(word)) {
        strangers += 1;
        small += usize::from(!word.marks.any(Marks::CAPITALISED.with(Marks::UPPER)));
    }
    strangers * 10 > all * 3 && small != 1
}
