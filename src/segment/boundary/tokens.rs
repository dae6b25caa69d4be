//! The words on either side of a stop, and what their letters tell.

use crate::model::Span;

use super::characters::{is_vowel_sign, is_wide};

/// The word, or abbreviation with stops in it, that ends at `end`; also when a space stands between.
pub(super) fn token_before(text: &str, start: usize, end: usize) -> Span {
    /// No abbreviation is longer.
    const LONGEST: usize = 24;
    let end = if text[start..end].ends_with(' ') { end - 1 } else { end };
    let mut token_start = end;
    for c in text[start..end].chars().rev().take(LONGEST) {
        if !(c.is_alphanumeric()
            || is_vowel_sign(c)
            || matches!(c, '.' | '-' | '\'' | '’' | '°' | '№' | '§' | '&' | '/' | '\u{202a}' | '\u{202c}'))
        {
            break;
        }
        token_start -= c.len_utf8();
    }
    Span::new(token_start, end)
}

/// The letters from `at` on.
pub(super) fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let len = rest.chars().take(24).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    &rest[..len]
}

pub(super) fn lower_into(word: &str, lower: &mut String) {
    lower.clear();
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// One letter, with the signs that belong to it: an initial, or the first letter of a word.
pub(super) fn is_initial(token: &str) -> bool {
    let mut letters = token.chars().filter(|&c| !is_vowel_sign(c));
    letters.next().is_some_and(|c| c.is_alphabetic() && !is_wide(c)) && letters.next().is_none()
}

/// `U.S`, `a.m`, `Ph.D`: short pieces with stops between.
pub(super) fn is_acronym(token: &str) -> bool {
    token.contains('.')
        && token.split(['.', '-']).all(|piece| {
            let mut chars = piece.chars();
            chars.next().is_some_and(char::is_alphabetic) && chars.count() < 3
        })
}

pub(super) fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X' | b'L' | b'C'))
}

pub(super) fn letters_at_least(token: &str, count: usize) -> bool {
    token.chars().filter(|&c| c.is_alphabetic() && !is_vowel_sign(c)).nth(count - 1).is_some()
}

/// True when a number stands before the token: `5 ft`, `44 B.C`.
pub(super) fn follows_number(text: &str, start: usize, token: Span) -> bool {
    text[start..token.start].trim_end().chars().next_back().is_some_and(char::is_numeric)
}

/// True for a beginning that the sentence is still to come for: `At 5`, `On Monday at 6`.
pub(super) fn is_fronted(beginning: &str) -> bool {
    /// Longer beginnings have said something by then.
    const LONGEST: usize = 100;
    if beginning.len() > LONGEST {
        return false;
    }
    let words = beginning.split_whitespace().count();
    let preposition = matches!(
        beginning.split_whitespace().next(),
        Some(
            "At" | "On" | "In" | "By" | "From" | "Since" | "Until" | "Around" | "About" | "Before" | "After"
        )
    );
    words < 3 || preposition && words < 9
}

/// What follows a time of day without beginning a sentence: days, months, time zones.
pub(super) fn is_calendar_word(word: &str) -> bool {
    const WORDS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May \
        June July August September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr Jun Jul \
        Aug Sep Sept Oct Nov Dec Eastern Central Mountain Pacific Greenwich";
    word.chars().all(char::is_uppercase) || WORDS.split(' ').any(|known| known == word)
}

/// Names that end in an exclamation mark.
pub(super) fn is_shouted_name(word: &str) -> bool {
    matches!(word, "Yahoo" | "Jeopardy" | "Yum" | "Wham")
}
