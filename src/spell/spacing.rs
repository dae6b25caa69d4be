//! Spaces and stops: `out.The`, `walkers ,`, `well,, so`.

use crate::language::{Lexicon, rarity_of};
use crate::model::{Applicability, Finding, Kind, Span};

/// Follows punctuation through a document: where spaces stand before most commas, they are meant.
#[derive(Default)]
pub(super) struct Spacing {
    /// Commas and stops with a space before, and without.
    detached: usize,
    attached: usize,
    strays: Vec<Finding>,
}

impl Spacing {
    /// Adds what is wrong in a stretch of prose.
    pub(super) fn find(
        &mut self,
        lexicon: &Lexicon,
        text: &str,
        stretch: Span,
        is_english: bool,
        out: &mut Vec<Finding>,
    ) {
        let bytes = text.as_bytes();
        let at = |place: usize| if place < stretch.end { bytes[place] } else { b' ' };
        let mut done = stretch.start;
        for place in memchr::memchr2_iter(b',', b'.', stretch.of(text).as_bytes()) {
            let place = stretch.start + place;
            if place < done || place == stretch.start {
                continue;
            }
            let (mark, before, after) = (bytes[place], bytes[place - 1], at(place + 1));
            match before {
                b' ' if is_space(after) => {
                    self.detached += 1;
                    self.stray(text, stretch, place);
                }
                b' ' => {}
                _ if is_space(after) => self.attached += 1,
                _ if after == mark => {
                    let marks = bytes[place..stretch.end].iter().take_while(|&&byte| byte == mark).count();
                    done = place + marks;
                    if marks == 2 {
                        out.extend(repeated(text, stretch, place));
                    }
                }
                b'a'..=b'z' if is_english && mark == b'.' && after.is_ascii_uppercase() => {
                    out.extend(lost_space(lexicon, text, stretch, place));
                }
                _ => {}
            }
        }
    }

    /// A single space before a comma or stop, which a space follows.
    fn stray(&mut self, text: &str, stretch: Span, place: usize) {
        let bytes = text.as_bytes();
        let Some(before) = place.checked_sub(2).filter(|&before| before >= stretch.start) else { return };
        if !(bytes[before].is_ascii_lowercase() || bytes[before] == b')') || self.strays.len() >= MOST {
            return;
        }
        let mark = char::from(bytes[place]);
        let next = text[place + 1..stretch.end].trim_start().chars().next();
        let plausible = match mark {
            ',' => next.is_some_and(char::is_alphabetic),
            _ => next.is_none_or(char::is_uppercase),
        };
        let word =
            bytes[stretch.start..=before].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if !plausible || word < 2 {
            return;
        }
        let start = before + 1 - word;
        self.strays.push(Finding {
            kind: Kind::Spacing,
            span: Span::new(start, place + 1),
            suggestion: Some(format!("{}{mark}", &text[start..=before])),
            confidence: 0.9,
            applicability: Applicability::Review,
            reason: format!("a space before '{mark}'"),
            repetition: None,
        });
    }

    /// Adds the stray spaces of the document, unless all of its punctuation stands apart.
    pub(super) fn finish(self, out: &mut Vec<Finding>) {
        let Spacing { detached, attached, strays } = self;
        if detached * 4 > attached + detached {
            return;
        }
        let safe = detached * 10 <= attached;
        out.extend(strays.into_iter().map(|mut stray| {
            if safe {
                stray.applicability = Applicability::Safe;
                stray.confidence = 0.99;
            }
            stray
        }));
    }
}

/// A document that has more stray spaces than this is laid out so.
const MOST: usize = 10_000;

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r')
}

/// `,,` or `..` behind a word and before a space.
fn repeated(text: &str, stretch: Span, place: usize) -> Option<Finding> {
    let bytes = text.as_bytes();
    let mark = bytes[place];
    let word = bytes[stretch.start..place].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let after = bytes.get(place + 2).copied().filter(|_| place + 2 < stretch.end);
    let next = text[place + 2..stretch.end].trim_start().chars().next();
    // Before a small letter `..` is a short ellipsis.
    let plausible =
        mark == b',' && next.is_some_and(char::is_alphabetic) || next.is_none_or(char::is_uppercase);
    if word < 2 || !plausible || !after.is_none_or(is_space) {
        return None;
    }
    let safe = mark == b',';
    let start = place - word;
    let mark = char::from(mark);
    Some(Finding {
        kind: Kind::Spacing,
        span: Span::new(start, place + 2),
        suggestion: Some(text[start..=place].to_owned()),
        confidence: if safe { 0.99 } else { 0.7 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: format!("the sign '{mark}' stands twice in a row"),
        repetition: None,
    })
}

/// Words that begin sentences and name nothing.
const BEGINNERS: &[&str] = &[
    "after", "all", "also", "although", "and", "another", "are", "as", "at", "because", "before", "both",
    "but", "by", "can", "did", "do", "does", "during", "each", "even", "every", "for", "from", "had", "has",
    "have", "he", "her", "here", "his", "how", "however", "if", "in", "instead", "is", "it", "its", "many",
    "most", "my", "no", "nobody", "not", "nothing", "now", "on", "once", "one", "only", "or", "other", "our",
    "perhaps", "she", "since", "so", "some", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "those", "though", "through", "to", "today", "under", "until", "was", "we", "were",
    "what", "when", "where", "which", "while", "who", "why", "with", "without", "yet", "you", "your",
];

/// `out.The`: the stop at `place` stands between a small letter and a capital.
fn lost_space(lexicon: &Lexicon, text: &str, stretch: Span, place: usize) -> Option<Finding> {
    let bytes = text.as_bytes();
    let left =
        bytes[stretch.start..place].iter().rev().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic());
    let start = place - left.count();
    let right =
        bytes[place + 1..stretch.end].iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic());
    let end = place + 1 + right.count();
    let (first, second) = (&text[start..place], &text[place + 1..end]);
    // Nothing else in the run: no address, no path, no member of an object.
    let before = text[stretch.start..start].chars().next_back();
    let after = text[end..stretch.end].chars().next();
    let begins =
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '“' | '‘' | '(' | '\'' | '-' | '—'));
    let ends = after.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | '’' | '\'' | '—' | '-'))
        && !text[end..stretch.end].starts_with("()");
    if !begins
        || !ends
        || first.len() < 2
        || second.is_empty()
        || second[1..].bytes().any(|byte| byte.is_ascii_uppercase())
    {
        return None;
    }
    let (left, right) =
        (lexicon.entry(&first.to_ascii_lowercase()), lexicon.entry(&second.to_ascii_lowercase()));
    let common = |rarity: f32| rarity < 4.5;
    if !left.is_core() || !common(rarity_of(left.rank())) || second.len() == 1 && !matches!(second, "I" | "A")
    {
        return None;
    }
    let begins_sentence = BEGINNERS.binary_search(&second.to_ascii_lowercase().as_str()).is_ok();
    if first.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let safe = begins_sentence && first.len() > 2;
    let known = right.is_listed() && common(rarity_of(right.rank()));
    if !safe && !known {
        return None;
    }
    Some(Finding {
        kind: Kind::Spacing,
        span: Span::new(start, end),
        suggestion: Some(format!("{first}. {second}")),
        confidence: if safe { 0.99 } else { 0.75 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: "no space after the full stop".to_owned(),
        repetition: None,
    })
}

/// Longer runs of letters are no words.
const LONGEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::super::words::tests::corrections;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let mut spacing = Spacing::default();
        spacing.find(&Lexicon::load().unwrap(), text, Span::new(0, text.len()), true, &mut findings);
        spacing.finish(&mut findings);
        corrections(text, &findings)
    }

    #[test]
    fn lists_are_sorted() {
        assert!(BEGINNERS.is_sorted());
    }

    #[test]
    fn a_lost_space_comes_back() {
        assert_eq!(told("Ask before you set out.The key hangs there."), ["!out.The -> out. The"]);
        assert_eq!(told("He left yesterday.Police came."), ["yesterday.Police -> yesterday. Police"]);
    }

    #[test]
    fn addresses_and_names_of_members_are_left_alone() {
        for text in [
            "see example.The/path or www.There",
            "call math.The() and Asp.Net or Node.Js",
            "the U.S.The 3.The report.docx e.g.The",
            "file.The.txt",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn stray_spaces_go_unless_all_punctuation_stands_apart() {
        let usual = "One, two, three, four. Five, six. Seven, eight, nine, ten. A, b, c, d. ";
        assert_eq!(told(&format!("{usual}The walkers , who came.")), ["!walkers , -> walkers,"]);
        assert_eq!(told("One , two , three and four . Five ."), Vec::<String>::new());
    }

    #[test]
    fn doubled_marks_are_told_from_ellipses() {
        assert_eq!(told("Well,, so it was.. The end."), ["!Well,, -> Well,", "was.. -> was."]);
        for text in ["Well... yes", "well.. you know", "up to ../../x", "1..5", ",,Ja'', sagte er"] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }
}
