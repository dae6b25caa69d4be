//! Characters that cannot be seen and do not belong where they stand: `light⟨U+200B⟩house`.

use crate::language::Lexicon;
use crate::model::{Applicability, Finding, Kind, Span};

use super::mojibake::word_around;

/// Adds the invisible characters of a stretch that has characters beyond ASCII.
///
/// Joiners and non-joiners spell words in Arabic and Indic scripts and join pictures; marks of direction
/// order text that runs both ways; a zero-width space parts words in scripts that have no other. None of
/// these is touched.
pub(super) fn find(lexicon: &Lexicon, text: &str, stretch: Span, out: &mut Vec<Finding>) {
    let mut both_ways = None;
    let mut done = stretch.start;
    for start in candidates(text.as_bytes(), stretch) {
        let Some(character) = text[start..].chars().next() else { continue };
        if start < done || !is_invisible(character) {
            continue;
        }
        let span = Span::new(start, start + character.len_utf8());
        let before = text[stretch.start..start].chars().next_back();
        let after = text[span.end..stretch.end].chars().next();
        let spelt = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && is_spaced_script(c));
        let verdict = match character {
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' if spelt(before) && spelt(after) => Verdict::Word,
            '\u{200c}' | '\u{200d}' if spelt(before) && spelt(after) => Verdict::Doubtful,
            '\u{feff}' => Verdict::Alone,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let both_ways =
                    *both_ways.get_or_insert_with(|| stretch.of(text).chars().any(is_right_to_left));
                let override_ = matches!(character, '\u{202d}' | '\u{202e}');
                match (both_ways, spelt(before) && spelt(after)) {
                    (true, _) => continue,
                    (false, true) if !override_ => Verdict::Word,
                    (false, _) => Verdict::Doubtful,
                }
            }
            _ => continue,
        };
        let name = format!("U+{:04X} ({}) cannot be seen", u32::from(character), name(character));
        if verdict == Verdict::Alone {
            out.push(finding(span, String::new(), Applicability::Safe, name));
            continue;
        }
        let word = word_around_invisible(text, stretch, span);
        let seen: String = word.of(text).chars().filter(|&c| !is_invisible(c)).collect();
        done = word.end;
        let known = seen.is_ascii() && lexicon.contains(&seen.to_ascii_lowercase());
        // A zero-width space may also stand where a space was lost: `of⟨U+200B⟩the`.
        let parts =
            word.of(text).split(character).all(|part| lexicon.entry(&part.to_ascii_lowercase()).is_core());
        // A soft hyphen is typesetting, and legal, where no list can tell that the word is whole.
        if character == '\u{ad}' && !known {
            continue;
        }
        let safe = verdict == Verdict::Word && (known || !(parts && character == '\u{200b}'));
        let applicability = if safe { Applicability::Safe } else { Applicability::Review };
        out.push(finding(word, seen, applicability, name));
    }
}

/// Adds control characters of ASCII; `stretch` is known to have some.
pub(super) fn find_controls(text: &str, stretch: Span, out: &mut Vec<Finding>) {
    if stretch.of(text).contains('\u{1b}') {
        // A terminal's colours: whoever keeps them knows them.
        return;
    }
    for (at, byte) in stretch.of(text).bytes().enumerate().filter(|&(_, byte)| is_control(byte)) {
        let start = stretch.start + at;
        let span = Span::new(start, start + 1);
        let reason = format!("the control character U+{byte:04X} cannot be seen");
        out.push(finding(span, String::new(), Applicability::Review, reason));
    }
}

/// True for control characters that lay out no text.
#[inline]
pub(super) fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, 9..=13) || byte == 0x7f
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Inside a word.
    Word,
    /// Inside a word, where it may do something.
    Doubtful,
    /// Goes wherever it stands.
    Alone,
}

fn finding(span: Span, suggestion: String, applicability: Applicability, reason: String) -> Finding {
    Finding {
        kind: Kind::InvisibleCharacter,
        span,
        suggestion: Some(suggestion),
        confidence: if applicability == Applicability::Safe { 0.99 } else { 0.8 },
        applicability,
        reason,
        repetition: None,
    }
}

/// Where bytes stand that begin an invisible character: C2 AD, E2 80 or E2 81, EF BB.
fn candidates(text: &[u8], stretch: Span) -> impl Iterator<Item = usize> {
    memchr::memchr3_iter(0xc2, 0xe2, 0xef, &text[stretch.start..stretch.end])
        .map(move |at| stretch.start + at)
        .filter(move |&at| {
            let next = text.get(at + 1).copied().unwrap_or_default();
            let third = text.get(at + 2).copied().unwrap_or_default();
            match text[at] {
                0xc2 => next == 0xad,
                // Dashes, quotation marks and what parts lines and paragraphs begin with E2 80, too: 90 to A9.
                0xe2 => next == 0x80 && !matches!(third, 0x90..=0xa9) || next == 0x81,
                _ => next == 0xbb,
            }
        })
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Latin, Greek, Cyrillic, Armenian and Georgian letters: words stand between spaces, and nothing
/// unseen is needed to spell them.
fn is_spaced_script(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1e00}'..='\u{1fff}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn name(c: char) -> &'static str {
    match c {
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        _ => "mark of direction",
    }
}

/// The word with all the invisible characters in it.
fn word_around_invisible(text: &str, stretch: Span, span: Span) -> Span {
    let mut word = word_around(text, stretch, span);
    while let Some(next) = text[word.end..stretch.end].chars().next()
        && is_invisible(next)
        && text[word.end + next.len_utf8()..stretch.end].starts_with(char::is_alphabetic)
    {
        word = Span::new(
            word.start,
            word_around(text, stretch, Span::new(word.end, word.end + next.len_utf8())).end,
        );
    }
    word
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::proposals;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let lexicon = Lexicon::load().unwrap();
        find(&lexicon, text, Span::new(0, text.len()), &mut findings);
        proposals(&findings)
    }

    #[test]
    fn what_cannot_be_seen_goes_from_words() {
        assert_eq!(told("the light\u{200b}house is"), ["!lighthouse"]);
        assert_eq!(told("in\u{ad}for\u{ad}ma\u{ad}tion"), ["!information"]);
        assert_eq!(told("naï\u{feff}ve \u{feff}it"), ["!naïve", "!"]);
        assert_eq!(told("of\u{200b}the"), ["ofthe"]);
        assert_eq!(told("left\u{200e}right or \u{202e}no"), ["!leftright", "no"]);
    }

    #[test]
    fn what_spells_words_and_pictures_stays() {
        for text in [
            "می\u{200c}روم",
            "क्\u{200d}ष",
            "👩\u{200d}🚀",
            "\u{200f}שלום\u{200f} abc",
            "ភាសា\u{200b}ខ្មែរ",
            "a “b” – c",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn control_characters_are_shown() {
        let mut findings = Vec::new();
        find_controls("a\u{1}b\tc\n", Span::new(0, 6), &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].span, findings[0].applicability), (Span::new(1, 2), Applicability::Review));
    }
}
