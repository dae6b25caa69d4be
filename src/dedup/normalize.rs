//! The normal form of a token: what two copies of a sentence share.
//!
//! Case, quotes, dashes, Unicode composition, full and half width, digit group separators,
//! invisible characters and letters borrowed from a look-alike alphabet are folded. What changes
//! the sense is not: superscripts, fractions, decimal points, digits of another script.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, decompose_compatible};

use crate::language::{TokenKind, is_invisible};

/// The normal form of a token.
pub(super) fn fold(raw: &str, kind: TokenKind) -> String {
    match kind {
        TokenKind::Symbol => fold_symbol(raw),
        TokenKind::Number if raw.starts_with('.') => fold_number(&format!("0{raw}")),
        TokenKind::Number => fold_number(raw),
        TokenKind::Word | TokenKind::Character => fold_letters(raw),
        TokenKind::Address => fold_address(raw),
    }
}

/// The names of hosts and people are the same in capitals; what stands behind them is not.
fn fold_address(raw: &str) -> String {
    let visible: String = raw.chars().filter(|&c| !is_invisible(c)).nfc().collect();
    let host = visible.find("://").map_or(0, |scheme| scheme + "://".len());
    let path = visible[host..].find('/').map_or(visible.len(), |path| host + path);
    let (host, path) = visible.split_at(if visible.contains('\\') { 0 } else { path });
    // With the last slash or without it, it is the same place.
    host.to_lowercase() + path.strip_suffix('/').unwrap_or(path)
}

fn fold_number(raw: &str) -> String {
    ungroup(fold_letters(raw))
}

fn fold_symbol(raw: &str) -> String {
    match raw.chars().next() {
        // Feet and inches, before the two strokes become two.
        Some('′' | '’') => return "'".into(),
        Some('″' | '”') => return "\"".into(),
        _ => {}
    }
    let first: Option<char> = raw.nfkc().next();
    match first {
        Some('−' | '–' | '‑' | '‐' | '—' | '-') => "-".repeat(raw.chars().count()),
        // The Arabic question mark and any run of marks ask the same; three stars are not four.
        Some('؟' | '?') => "?".into(),
        Some(c) if raw.starts_with(char::is_alphanumeric) => c.into(),
        Some(_) => raw.chars().filter(|&c| !is_invisible(c)).nfkc().collect(),
        None => raw.into(),
    }
}

fn fold_letters(raw: &str) -> String {
    if raw.is_ascii() {
        let mut folded = raw.to_ascii_lowercase();
        drop_abbreviation_points(&mut folded);
        return folded;
    }
    let visible: String = raw.chars().filter(|&c| !is_invisible(c)).collect();
    let one_alphabet = unify_alphabet(&visible);
    let mut decomposed = String::with_capacity(one_alphabet.len());
    for c in one_alphabet.chars() {
        let push = |c| decomposed.push(c);
        if keeps_its_form(c) { decompose_canonical(c, push) } else { decompose_compatible(c, push) }
    }
    let mut folded = String::with_capacity(decomposed.len());
    for c in decomposed.nfc() {
        match c {
            '’' | 'ʼ' | '‘' => folded.push('\''),
            // Not `ss`: `Maße` are no `Masse`.
            'ẞ' => folded.push('ß'),
            'ς' => folded.push('σ'),
            c if keeps_its_form(c) => folded.push(c),
            c => folded.extend(c.to_lowercase()),
        }
    }
    drop_abbreviation_points(&mut folded);
    folded
}

/// `u.s.` is `us`: the case guard tells it from the pronoun. A number keeps its points.
fn drop_abbreviation_points(folded: &mut String) {
    if folded.contains('.') && !folded.contains(char::is_numeric) {
        folded.retain(|c| c != '.');
    }
}

/// Superscripts, subscripts, fractions, circled and other enclosed numbers: `10²` is not `102`.
fn keeps_its_form(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '¼'..='¾' | 'ª' | 'º' | '\u{2070}'..='\u{209C}' | '\u{2150}'..='\u{2189}'
        | '\u{2460}'..='\u{24FF}' | '\u{2776}'..='\u{2793}' | '\u{3200}'..='\u{33FF}' | '\u{1F100}'..='\u{1F1FF}' | '™' | '℠')
}

/// `2,302` to `2302`. Only groups that can be nothing else: three digits at the end, two (as in
/// India) or three before. A point is left alone: it may be decimal.
fn ungroup(number: String) -> String {
    let separator = |c: char| matches!(c, ',' | '\'' | '\u{2009}' | '\u{202F}' | ' ' | '\u{A0}' | '٬');
    if !number.contains(separator) {
        return number;
    }
    let (whole, fraction) = number.split_once('.').map_or((number.as_str(), None), |(w, f)| (w, Some(f)));
    let mut groups = whole.split(separator);
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let lead_fits = groups.next().is_some_and(|lead| matches!(lead.len(), 1..=3) && digits(lead));
    let rest: Vec<&str> = groups.collect();
    let groups_fit = rest
        .iter()
        .enumerate()
        .all(|(n, group)| digits(group) && (group.len() == 3 || group.len() == 2 && n + 1 < rest.len()));
    if !(lead_fits && groups_fit && fraction.is_none_or(digits)) {
        return number;
    }
    number.chars().filter(|&c| !separator(c)).collect()
}

/// A word in two alphabets is read in the one that most of its letters are of.
fn unify_alphabet(word: &str) -> String {
    let latin = word.chars().filter(char::is_ascii_alphabetic).count();
    let other = word.chars().filter(|c| matches!(c, '\u{370}'..='\u{52F}')).count();
    if latin == 0 || other == 0 {
        return word.into();
    }
    let to_latin = latin >= other;
    word.chars().map(|c| if to_latin { latin_look_alike(c) } else { cyrillic_look_alike(c) }).collect()
}

const LOOK_ALIKES: &[(char, char)] = &[
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('Ѕ', 'S'),
    ('ο', 'o'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

fn latin_look_alike(c: char) -> char {
    LOOK_ALIKES.iter().find(|(other, _)| *other == c).map_or(c, |&(_, latin)| latin)
}

fn cyrillic_look_alike(c: char) -> char {
    LOOK_ALIKES
        .iter()
        .find(|&&(other, latin)| latin == c && ('\u{400}'..='\u{4FF}').contains(&other))
        .map_or(c, |&(other, _)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(raw: &str) -> String {
        fold(raw, TokenKind::Word)
    }

    fn number(raw: &str) -> String {
        fold(raw, TokenKind::Number)
    }

    #[test]
    fn case_width_composition_and_invisible_characters_fold() {
        assert_eq!(word("CAFE\u{301}"), word("café"));
        assert_eq!(word("Ｇold\u{AD}ﬁne"), "goldfine");
        assert_eq!(word("STRAẞE"), word("Straße"));
        assert_ne!(word("Masse"), word("Maße"));
        assert_eq!(word("don’t"), "don't");
        assert_eq!(word("U.S."), "us");
    }

    #[test]
    fn a_letter_of_a_look_alike_alphabet_folds_into_the_word_around_it() {
        assert_eq!(word("pаypal"), "paypal");
        assert_eq!(word("Mосква"), word("Москва"));
        assert_eq!(word("Москва"), "москва");
    }

    #[test]
    fn digit_groups_fold_and_decimals_do_not() {
        assert_eq!(number("2,302"), "2302");
        assert_eq!(number("1\u{202F}500\u{A0}000"), "1500000");
        assert_eq!(number("1,00,000.50"), "100000.50");
        assert_eq!(number("1,5"), "1,5");
        assert_eq!(number("2.302"), "2.302");
        assert_eq!(number("19,20,21"), "19,20,21");
        assert_eq!(number(".5"), "0.5");
    }

    #[test]
    fn the_path_of_an_address_keeps_its_case() {
        let address = |raw| fold(raw, TokenKind::Address);
        assert_eq!(address("https://Example.org/Ab"), "https://example.org/Ab");
        assert_eq!(address("Ann@Example.org"), "ann@example.org");
        assert_eq!(address("~/Ab/"), "~/Ab");
    }

    #[test]
    fn superscripts_fractions_and_foreign_digits_are_not_folded() {
        assert_eq!(number("10²"), "10²");
        assert_eq!(number("½"), "½");
        assert_ne!(number("١٩"), number("19"));
        assert_eq!(number("１９"), "19");
    }

    #[test]
    fn signs_fold_to_one_of_each() {
        assert_eq!(fold("−", TokenKind::Symbol), fold("-", TokenKind::Symbol));
        assert_eq!(fold("؟", TokenKind::Symbol), fold("?!", TokenKind::Symbol));
        assert_ne!(fold("$", TokenKind::Symbol), fold("€", TokenKind::Symbol));
    }
}
