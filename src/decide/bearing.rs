//! Sentences that carry what stands beside them.
//!
//! A list item gives its sub-items their place: without it they would be those of the item before. A
//! footnote's mark in the text points to it. Whoever removes such a sentence changes what others say, so
//! that is for a person.

use crate::model::Span;

/// Why the sentence at `span` is not to be removed without a person, if there is a reason.
pub(super) fn reason_to_stay(text: &str, span: Span) -> Option<&'static str> {
    let line = text[..span.start].rfind('\n').map_or(0, |feed| feed + 1);
    let mark = &text[line..span.start];
    let (rest, below) = text[span.end..].split_once('\n').unwrap_or((&text[span.end..], ""));
    // Something else of the item or the note stays.
    if !rest.trim().is_empty() {
        return None;
    }
    if is_note(mark) {
        return Some("a footnote that the text points to");
    }
    let depth = item_depth(mark).filter(|_| item_text(mark).is_empty())?;
    let below = below.lines().find(|line| !line.trim().is_empty())?;
    (item_depth(below)? > depth).then_some("its list items hang on it")
}

/// True for `[^name]:`, which begins a footnote.
fn is_note(mark: &str) -> bool {
    let name = mark.trim().strip_prefix("[^").and_then(|name| name.strip_suffix("]:"));
    name.is_some_and(|name| !name.is_empty() && !name.contains([' ', ']']))
}

/// How far in the list item begins that a line begins; `None` for another line. Tabs count as four.
fn item_depth(line: &str) -> Option<usize> {
    let start = line.find(|c| c != ' ' && c != '\t')?;
    let depth = line[..start].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    (item_text(line).len() < line[start..].len()).then_some(depth)
}

/// What follows the marker of a list item; the whole line, without its indentation, if there is none.
fn item_text(line: &str) -> &str {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = match number.len() < line.len() {
        true => number.strip_prefix(['.', ')']),
        false => line.strip_prefix(['-', '*', '+']),
    };
    match marked {
        Some(text) if text.is_empty() || text.starts_with([' ', '\t']) => text.trim_start(),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> Option<&'static str> {
        let start = text.find("Gone.").unwrap();
        reason_to_stay(text, Span::new(start, start + "Gone.".len()))
    }

    #[test]
    fn an_item_with_items_below_it_stays() {
        let hang = Some("its list items hang on it");
        assert_eq!(reason("- A.\n- Gone.\n  - B.\n- C.\n"), hang);
        assert_eq!(reason("1. Gone.\n\n\t* B.\n"), hang);
        assert_eq!(reason("- A.\n- Gone.\n- C.\n"), None);
        assert_eq!(reason("- A.\n  - Gone.\n- C.\n"), None);
        assert_eq!(reason("- Gone. More.\n  - B.\n"), None, "the item stays");
        assert_eq!(reason("Gone.\n  - B.\n"), None);
        assert_eq!(reason("- Gone.\n  more\n"), None);
        assert_eq!(reason("- Gone."), None);
    }

    #[test]
    fn a_footnote_stays_unless_more_is_in_it() {
        assert_eq!(reason("A.[^1]\n\n[^1]: Gone.\n"), Some("a footnote that the text points to"));
        assert_eq!(reason("[^1]: Gone. B.\n"), None);
        assert_eq!(reason("[1]: Gone.\n"), None);
    }
}
