//! Words that were broken at the end of a line: `infor-⏎mation`.

use crate::language::{Lexicon, rarity_of};
use crate::model::{Applicability, Finding, Kind, Span};

/// Adds the broken words of a stretch.
pub(super) fn find(lexicon: &Lexicon, text: &str, stretch: Span, out: &mut Vec<Finding>) {
    let bytes = text.as_bytes();
    for feed in memchr::memchr_iter(b'\n', stretch.of(text).as_bytes()) {
        let feed = stretch.start + feed;
        let line_end = if feed > stretch.start && bytes[feed - 1] == b'\r' { feed - 1 } else { feed };
        let Some(hyphen) = line_end.checked_sub(1).filter(|&at| at > stretch.start && bytes[at] == b'-')
        else {
            continue;
        };
        out.extend(broken(lexicon, text, stretch, hyphen, feed + 1));
    }
}

/// Longer words are none.
const LONGEST: usize = 24;

/// The word around the hyphen at `hyphen`, if it goes on after the line end.
fn broken(lexicon: &Lexicon, text: &str, stretch: Span, hyphen: usize, next_line: usize) -> Option<Finding> {
    let bytes = text.as_bytes();
    let letters =
        |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|byte| byte.is_ascii_alphabetic()).count();
    let left = letters(&mut bytes[stretch.start..hyphen].iter().rev().take(LONGEST));
    let indent = bytes[next_line..stretch.end].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let rest = next_line + indent;
    let right = letters(&mut bytes[rest..stretch.end].iter().take(LONGEST));
    let span = Span::new(hyphen - left, rest + right);
    let touches = |byte: Option<&u8>| {
        byte.is_some_and(|&byte| byte >= 0x80 || matches!(byte, b'-' | b'_' | b'/' | b'@'))
    };
    if left < 2
        || right < 2
        || touches(span.start.checked_sub(1).and_then(|at| bytes.get(at)))
        || touches(bytes.get(span.end))
    {
        return None;
    }
    let (first, second) = (&text[span.start..hyphen], &text[rest..span.end]);
    // `Anglo-⏎Saxon` keeps its hyphen.
    if second.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let (head, tail) = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
    let entry = lexicon.entry(&format!("{head}{tail}"));
    let is_word = |word: &str| word.len() > 2 && lexicon.entry(word).is_core();
    if !entry.is_core() {
        return None;
    }
    // `re-⏎cover` may be either, `news-⏎paper` hardly.
    let compound = is_word(&head) && is_word(&tail) || is_prefix(&head) && is_word(&tail);
    let common = rarity_of(entry.rank()) < 4.3;
    let safe = (!compound || common && !is_word(&head)) && !is_another_word(&head, &tail);
    Some(Finding {
        kind: Kind::Hyphenation,
        span,
        suggestion: Some(format!("{first}{second}")),
        confidence: if safe { 0.99 } else { 0.85 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: format!("the known word '{head}{tail}' was broken at the end of a line"),
        repetition: None,
    })
}

/// Beginnings that are also written with a hyphen.
fn is_prefix(word: &str) -> bool {
    matches!(
        word,
        "anti"
            | "co"
            | "counter"
            | "de"
            | "ex"
            | "extra"
            | "inter"
            | "micro"
            | "mid"
            | "mini"
            | "multi"
            | "non"
            | "over"
            | "post"
            | "pre"
            | "pro"
            | "re"
            | "semi"
            | "sub"
            | "super"
            | "trans"
            | "ultra"
            | "un"
            | "under"
    )
}

/// True for what means something else with its hyphen than without: to `re-sign` is not to `resign`, nor a `co-op` a
/// `coop`.
fn is_another_word(head: &str, tail: &str) -> bool {
    const AGAIN: &[&str] = &[
        "bound", "collect", "count", "cover", "creat", "dress", "form", "fus", "lay", "leas", "mark",
        "petition", "pos", "present", "press", "sent", "serv", "sign", "solv", "sort", "sound", "stor",
        "strain", "treat",
    ];
    match head {
        "re" => AGAIN.iter().any(|stem| tail.starts_with(stem)),
        "co" => tail.starts_with("op"),
        "un" => tail.starts_with("ion"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::proposals;
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        find(&Lexicon::load().unwrap(), text, Span::new(0, text.len()), &mut findings);
        proposals(&findings)
    }

    #[test]
    fn broken_words_are_joined() {
        assert_eq!(told("the infor-\nmation of an In-\r\n  spection"), ["!information", "!Inspection"]);
        assert_eq!(told("it was re-\nported"), ["!reported"]);
    }

    #[test]
    fn a_compound_keeps_its_hyphen() {
        for text in [
            "a well-\nknown man",
            "Anglo-\nSaxon",
            "the -\nmation",
            "x-\nray",
            "two-\nand three-fold",
            "a-\n-b",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(told("the news-\npaper"), ["newspaper"], "for review");
        assert_eq!(
            told("the club will re-\nsign him, and re-\ncover it"),
            ["resign", "recover"],
            "for review"
        );
        assert_eq!(told("bought in the co-\nop"), ["coop"], "for review");
    }
}
