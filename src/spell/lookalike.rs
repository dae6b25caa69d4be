//! Letters that look like others: a Cyrillic `а` in a Latin word, and ligatures that came out of a PDF.

use crate::language::Lexicon;
use crate::model::{Applicability, Finding, Kind, Span};

/// Adds the words of a stretch in which one alphabet stands in for another.
pub(super) fn find(lexicon: &Lexicon, text: &str, stretch: Span, out: &mut Vec<Finding>) {
    let mut at = stretch.start;
    while let Some(skipped) = text.as_bytes()[at..stretch.end].iter().position(|&byte| may_look_alike(byte)) {
        at += skipped;
        let start = start_of_word(text, stretch, at);
        let (end, letters) = read_word(text, start, stretch.end);
        if end <= at {
            // Not a letter after all.
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        at = end;
        let span = Span::new(start, end);
        if letters.is_mixed() {
            out.extend(mixed(lexicon, span, span.of(text), letters));
        } else if letters.ligatures > 0 {
            out.push(spelt_out(lexicon, span, span.of(text)));
        }
    }
}

/// First bytes of Greek and Cyrillic letters, of `ŉ` and `ǆ`, and of ligatures.
fn may_look_alike(byte: u8) -> bool {
    matches!(byte, 0xc5 | 0xc7 | 0xcd..=0xd3 | 0xef)
}

/// How many letters of each alphabet a word has.
#[derive(Clone, Copy, Default)]
struct Letters {
    latin: usize,
    greek: usize,
    cyrillic: usize,
    ligatures: usize,
    other: usize,
}

impl Letters {
    fn count(&mut self, c: char) {
        match c {
            '\u{fb00}'..='\u{fb06}' | 'ŉ' | 'Ǆ'..='ǌ' => self.ligatures += 1,
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => self.latin += 1,
            '\u{370}'..='\u{3ff}' => self.greek += 1,
            '\u{400}'..='\u{52f}' => self.cyrillic += 1,
            _ => self.other += 1,
        }
    }

    fn is_mixed(self) -> bool {
        self.latin > 0 && (self.greek > 0) != (self.cyrillic > 0) && self.other == 0 && self.ligatures == 0
    }
}

/// Longer runs of letters are no words.
const LONGEST: usize = 64;

fn start_of_word(text: &str, stretch: Span, at: usize) -> usize {
    text[stretch.start..at]
        .char_indices()
        .rev()
        .take(LONGEST)
        .take_while(|(_, c)| c.is_alphanumeric())
        .last()
        .map_or(at, |(start, _)| stretch.start + start)
}

fn read_word(text: &str, start: usize, end: usize) -> (usize, Letters) {
    let mut letters = Letters::default();
    for (at, c) in text[start..end].char_indices() {
        if !c.is_alphanumeric() {
            return (start + at, letters);
        }
        letters.count(c);
    }
    (end, letters)
}

/// Letters that look alike: Cyrillic, Greek, and the Latin one.
const ALIKE: &[(&str, char)] = &[
    ("А Α", 'A'),
    ("а α", 'a'),
    ("В Β", 'B'),
    ("Е Ε", 'E'),
    ("е", 'e'),
    ("К Κ", 'K'),
    ("М Μ", 'M'),
    ("Н Η", 'H'),
    ("О Ο", 'O'),
    ("о ο", 'o'),
    ("Р Ρ", 'P'),
    ("р ρ", 'p'),
    ("С", 'C'),
    ("с", 'c'),
    ("Т Τ", 'T'),
    ("Х Χ", 'X'),
    ("х", 'x'),
    ("У Υ", 'Y'),
    ("у", 'y'),
    ("І Ι", 'I'),
    ("і ι", 'i'),
    ("Ј", 'J'),
    ("ј", 'j'),
    ("Ѕ", 'S'),
    ("ѕ", 's'),
    ("Ζ", 'Z'),
    ("Ν", 'N'),
    ("ν", 'v'),
    ("ԛ", 'q'),
    ("ԝ", 'w'),
    ("һ", 'h'),
    ("ԁ", 'd'),
];

fn latin(c: char) -> Option<char> {
    if c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) {
        return Some(c);
    }
    ALIKE.iter().find(|(others, _)| others.contains(c)).map(|&(_, latin)| latin)
}

fn cyrillic(c: char) -> Option<char> {
    if ('\u{400}'..='\u{52f}').contains(&c) {
        return Some(c);
    }
    // Who writes Yakut or Bashkir often types a Latin `h` on purpose, for want of the key.
    let (others, _) = ALIKE.iter().find(|&&(_, latin)| latin == c && c != 'h')?;
    others.chars().next().filter(|other| ('\u{400}'..='\u{52f}').contains(other))
}

fn mixed(lexicon: &Lexicon, span: Span, word: &str, letters: Letters) -> Option<Finding> {
    let foreign = letters.greek + letters.cyrillic;
    let (meant, what) = if letters.latin > foreign {
        (
            word.chars().map(latin).collect::<Option<String>>()?,
            if letters.greek > 0 { "Greek" } else { "Cyrillic" },
        )
    } else if letters.cyrillic > letters.latin {
        (word.chars().map(cyrillic).collect::<Option<String>>()?, "Latin")
    } else {
        return None;
    };
    let lower = meant.to_lowercase();
    let known = lexicon.contains(&lower);
    let core = lexicon.entry(&lower).is_core() && lower.len() > 2;
    let long = word.chars().count() > 3;
    // Formulas have Greek letters, and words that no list has may be names of things.
    if letters.greek > 0 && !core || what == "Cyrillic" && !known && !long || what == "Latin" && !long {
        return None;
    }
    let safe = core || what == "Latin" && letters.cyrillic > 3 * letters.latin && !has_capital_inside(word);
    Some(Finding {
        kind: Kind::LookAlike,
        span,
        suggestion: Some(meant),
        confidence: if safe { 0.99 } else { 0.8 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: format!("has {} that only {} like the others", counted(letters, what), looks(letters, what)),
        repetition: None,
    })
}

fn has_capital_inside(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase)
}

fn strangers(letters: Letters, what: &str) -> usize {
    if what == "Latin" { letters.latin } else { letters.greek + letters.cyrillic }
}

fn counted(letters: Letters, what: &str) -> String {
    match strangers(letters, what) {
        1 => format!("one {what} letter"),
        count => format!("{count} {what} letters"),
    }
}

fn looks(letters: Letters, what: &str) -> &'static str {
    if strangers(letters, what) == 1 { "looks" } else { "look" }
}

/// A word with its ligatures and letters of two as they are typed.
fn spelt_out(lexicon: &Lexicon, span: Span, word: &str) -> Finding {
    let mut meant = String::with_capacity(word.len() + 4);
    for c in word.chars() {
        match c {
            '\u{fb00}' => meant.push_str("ff"),
            '\u{fb01}' => meant.push_str("fi"),
            '\u{fb02}' => meant.push_str("fl"),
            '\u{fb03}' => meant.push_str("ffi"),
            '\u{fb04}' => meant.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => meant.push_str("st"),
            'ŉ' => meant.push_str("'n"),
            'Ǆ' => meant.push_str("DŽ"),
            'ǅ' => meant.push_str("Dž"),
            'ǆ' => meant.push_str("dž"),
            'Ǉ' => meant.push_str("LJ"),
            'ǈ' => meant.push_str("Lj"),
            'ǉ' => meant.push_str("lj"),
            'Ǌ' => meant.push_str("NJ"),
            'ǋ' => meant.push_str("Nj"),
            'ǌ' => meant.push_str("nj"),
            other => meant.push(other),
        }
    }
    let safe = lexicon.contains(&meant.to_lowercase());
    Finding {
        kind: Kind::LookAlike,
        span,
        suggestion: Some(meant),
        confidence: if safe { 0.99 } else { 0.85 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: "has one character for several letters".to_owned(),
        repetition: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::corrections;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        find(&Lexicon::load().unwrap(), text, Span::new(0, text.len()), &mut findings);
        corrections(text, &findings)
    }

    #[test]
    fn letters_of_another_alphabet_are_replaced() {
        assert_eq!(told("the p\u{430}yment"), ["!p\u{430}yment -> payment"]);
        assert_eq!(told("a Zhel\u{435}zkov"), ["Zhel\u{435}zkov -> Zhelezkov"]);
        assert_eq!(told("п\u{63}иветствие"), ["!п\u{63}иветствие -> псиветствие"]);
    }

    #[test]
    fn ligatures_are_spelt_out() {
        assert_eq!(told("an o\u{fb03}ce, \u{fb01}rst"), ["!o\u{fb03}ce -> office", "!\u{fb01}rst -> first"]);
    }

    #[test]
    fn what_is_meant_to_be_mixed_stays() {
        for text in
            ["μm and Δx, α-helix", "IT-компания", "kΩ Tα", "Привет world", "таhынан", "café Łódź", "XIXв"]
        {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }
}
