//! Sentences that carry what stands beside them.
//!
//! A list item gives what is below it its place: without it that would belong to the item before. A footnote's
//! mark in the text points to it. A task is another one than its copy that is done, and an answer is missed below
//! its question, and a speaker's name says nothing without what is said. Whoever removes the last sentence of such
//! a one changes what others say, so that is for a person.

use rustc_hash::FxHashMap;

use crate::model::Span;

/// Longer than any marker of an item or note, with its indentation.
const LONGEST_MARKER: usize = 128;

/// Words of a speaker's name: `THE DUKE OF YORK`. What is longer in capitals is a sentence.
const LONGEST_NAME: usize = 4;

/// Of the sentences that would be removed (`removed`: text spans, sorted), those that are not to go without a
/// person, and why. One of each item or note stays: the last.
pub(super) fn bearing(text: &str, removed: &[Span]) -> FxHashMap<Span, &'static str> {
    let mut bearing = FxHashMap::default();
    let mut begin = 0;
    for (at, span) in removed.iter().enumerate() {
        // Sentences of one paragraph that all go are looked at as one.
        let goes_on = removed.get(at + 1).is_some_and(|next| {
            let between = text.get(span.end..next.start).unwrap_or_default();
            between.trim().is_empty() && between.bytes().filter(|&byte| byte == b'\n').count() < 2
        });
        if goes_on {
            continue;
        }
        let all = Span::new(removed[begin].start, span.end);
        let why =
            reason_to_stay(text, all).or_else(|| is_task(text, all.start)).or_else(|| is_said(text, all));
        let why = why.or_else(|| is_half_marked(text, all));
        if let Some(why) = why {
            bearing.insert(*span, why);
        }
        begin = at + 1;
    }
    bearing
}

/// Why what stands at `span` is not to be removed as a whole, if there is a reason.
fn reason_to_stay(text: &str, span: Span) -> Option<&'static str> {
    let mark = marker_before(text, span.start)?;
    let behind = &text[span.end..];
    let below = behind.trim_start_matches([' ', '\t', '\r']);
    // Something else of the item or the note stays.
    if !below.is_empty() && !below.starts_with('\n') {
        return None;
    }
    let (depth, mark) = depth_of(mark);
    if is_note(mark) {
        return Some("a footnote that the text points to");
    }
    if item_text(mark) != Some("") {
        return None;
    }
    let mut lines = below.split('\n').skip(1);
    let mut is_apart = false;
    let (depth_below, below) = loop {
        let (depth, line) = depth_of(lines.next()?);
        if !line.trim().is_empty() {
            break (depth, line);
        }
        is_apart = true;
    };
    let hangs = depth_below > depth && (is_apart || item_text(below).is_some());
    hangs.then_some("what is below it hangs on it")
}

/// What stands at `start` in an item with a box: `- [ ] `.
fn is_task(text: &str, start: usize) -> Option<&'static str> {
    let (_, mark) = depth_of(marker_before(text, start)?);
    let has_box = mark.trim_end().ends_with(']') && item_text(mark) == Some("");
    has_box.then_some("a task of a list, done or not")
}

/// Emphasis or a strike that begins or ends at `span`, and goes on beside it.
fn is_half_marked(text: &str, span: Span) -> Option<&'static str> {
    let is_half = |mark: &str| text[span.start..span.end].matches(mark).count() % 2 == 1;
    ["**", "~~"].into_iter().any(is_half).then_some("its emphasis goes on beside it")
}

/// What stands at `span` is all that a line has behind the name of who says it: `HAMLET. `, `Q. `.
fn is_said(text: &str, span: Span) -> Option<&'static str> {
    let (_, mark) = depth_of(marker_before(text, span.start)?);
    let name = mark.trim_end().strip_suffix('.')?;
    let is_name = |c: char| c.is_uppercase() || c.is_whitespace() || matches!(c, '.' | '\'' | '’' | '-');
    let is_short = name.split_whitespace().count() <= LONGEST_NAME;
    let is_speaker = is_short && name.starts_with(char::is_uppercase) && name.chars().all(is_name);
    let behind = text[span.end..].trim_start_matches([' ', '\t', '\r']);
    let is_all = behind.is_empty() || behind.starts_with('\n');
    (is_speaker && is_all).then_some("the name before it would say nothing")
}

/// Why a sentence is not to be removed as a copy of another of its text: both answer a question, and its own stays.
/// That what says the same stands below a question once is chance.
pub(super) fn answers(text: &str, copy: Span, kept: Span, removed: &[Span]) -> Option<&'static str> {
    let is_here = text.get(kept.start..kept.end) == text.get(copy.start..copy.end);
    let stays = |question: usize| {
        let at = removed.partition_point(|other| other.end < question);
        removed.get(at).is_none_or(|other| other.end != question)
    };
    let both =
        is_here && question_above(text, copy).is_some_and(stays) && question_above(text, kept).is_some();
    both.then_some("the question before it would have no answer")
}

/// Where the question ends in the line below which a sentence stands that is none.
fn question_above(text: &str, span: Span) -> Option<usize> {
    const QUESTION: [char; 3] = ['?', '？', '؟'];
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '>' | '-');
    let before = text[..span.start].trim_end_matches(is_mark);
    let is_below = text[before.len()..span.start].contains('\n');
    let asks = before.ends_with(QUESTION) && !text[span.start..span.end].ends_with(QUESTION);
    (is_below && asks).then_some(before.len())
}

/// What stands before a place on its line, if that is short enough to be a marker.
fn marker_before(text: &str, place: usize) -> Option<&str> {
    let near = text.as_bytes()[place.saturating_sub(LONGEST_MARKER)..place].iter().rev();
    let length = near.clone().position(|&byte| byte == b'\n').unwrap_or(near.len());
    let is_whole = length < LONGEST_MARKER || place == LONGEST_MARKER;
    text.get(place - length..place).filter(|_| is_whole)
}

/// True for `[^name]:`, which begins a footnote.
fn is_note(mark: &str) -> bool {
    let name = mark.trim().strip_prefix("[^").and_then(|name| name.strip_suffix("]:"));
    name.is_some_and(|name| !name.is_empty() && !name.contains([' ', ']']))
}

/// How far in a line begins, and the line from there on. What is quoted is looked at as if it were not. Tabs
/// count as four.
fn depth_of(line: &str) -> (usize, &str) {
    let quoted = line.trim_start_matches([' ', '\t', '>']);
    let marks = line.len() - quoted.len();
    let depth = line[..marks].bytes().map(|byte| if byte == b'\t' { 4 } else { 1 }).sum();
    (depth, quoted)
}

/// What follows the marker of a list item, and its box; `None` for another line.
fn item_text(line: &str) -> Option<&str> {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = match number.len() < line.len() {
        true => number.strip_prefix(['.', ')']),
        false => line.strip_prefix(['-', '*', '+']),
    };
    let text = marked.filter(|text| text.is_empty() || text.starts_with([' ', '\t', '\r']))?.trim_start();
    let unboxed = ["[ ]", "[x]", "[X]"].iter().find_map(|state| text.strip_prefix(state));
    Some(unboxed.unwrap_or(text).trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANGS: Option<&str> = Some("what is below it hangs on it");

    /// Why the last of the sentences `Gone.` stays.
    fn reason(text: &str) -> Option<&'static str> {
        let removed: Vec<Span> =
            text.match_indices("Gone.").map(|(at, gone)| Span::new(at, at + gone.len())).collect();
        let bearing = bearing(text, &removed);
        assert!(removed[..removed.len() - 1].iter().all(|span| !bearing.contains_key(span)), "{text}");
        bearing.get(removed.last().unwrap()).copied()
    }

    #[test]
    fn an_item_with_something_below_it_stays() {
        for text in [
            "- A.\n- Gone.\n  - B.\n- C.\n",
            "- A.\n- Gone. Gone.\n  - B.\n",
            "- A.\n- Gone.\n  Gone.\n  - B.\n",
            "- [ ] Gone.\n  - B.\n",
            "> - Gone.\n>   - B.\n",
            "1. Gone.\n\n\t* B.\n",
            "- Gone.\n\n  B of the same item.\n",
        ] {
            assert_eq!(reason(text), HANGS, "{text}");
        }
    }

    #[test]
    fn an_item_with_nothing_below_it_goes() {
        for text in [
            "- A.\n- Gone.\n- C.\n",
            "- A.\n  - Gone.\n- C.\n",
            "- Gone. More.\n  - B.\n",
            "Gone.\n  - B.\n",
            "- Gone.\n  more\n",
            "- Gone.\n\nB.\n",
            "- Gone.",
        ] {
            assert_eq!(reason(text), None, "{text}");
        }
    }

    #[test]
    fn a_footnote_stays_unless_more_is_in_it() {
        assert_eq!(reason("A.[^1]\n\n[^1]: Gone. Gone.\n"), Some("a footnote that the text points to"));
        assert_eq!(reason("[^1]: Gone. B.\n"), None);
        assert_eq!(reason("[1]: Gone.\n"), None);
    }

    #[test]
    fn a_long_line_has_no_marker() {
        let long = format!("{} Gone.\n  - B.", "x".repeat(2 * LONGEST_MARKER));
        assert_eq!(reason(&long), None);
        assert_eq!(marker_before("é- Gone.", 4), Some("é- "));
    }

    #[test]
    fn a_task_stays() {
        for text in ["- [ ] Gone.\n- [x] Done.\n", "1. [x] Gone.\n"] {
            assert_eq!(reason(text), Some("a task of a list, done or not"), "{text}");
        }
    }

    #[test]
    fn what_is_marked_with_what_stands_beside_it_stays() {
        for (text, gone) in [
            ("**Gone.\nMore.**\n", "**Gone."),
            ("~~More. Gone.~~\n", "Gone.~~"),
            ("**Gone.** More.\n", "**Gone.**"),
        ] {
            let at = text.find(gone).unwrap();
            let span = Span::new(at, at + gone.len());
            let expected = (!gone.ends_with("**")).then_some("its emphasis goes on beside it");
            assert_eq!(bearing(text, &[span]).get(&span).copied(), expected, "{text}");
        }
    }

    #[test]
    fn what_somebody_says_stays_unless_more_is_said() {
        for text in [
            "HAMLET. Gone.\nOPHELIA. B.\n",
            "  A. Gone. Gone.",
            "> FIRST LORD. Gone.\n",
            "MR. D'ARC. Gone.\r\n",
        ] {
            assert_eq!(reason(text), Some("the name before it would say nothing"), "{text}");
        }
        for text in [
            "HAMLET. Gone. B.\n",
            "Hamlet. Gone.\n",
            "THE 2. Gone.\n",
            "HAMLET Gone.\n",
            ". Gone.",
            "A MAN CAME AND WENT. Gone.\n",
        ] {
            assert_eq!(reason(text), None, "{text}");
        }
    }

    #[test]
    fn of_two_answers_both_stay_if_their_questions_do() {
        let text = "Who came?\nNo one.\n\nWho went?\n> No one.\nNo one.\n";
        let places: Vec<Span> =
            text.match_indices("No one.").map(|(at, said)| Span::new(at, at + said.len())).collect();
        let [first, second, third] = places[..] else { panic!("{places:?}") };
        let question = Span::new(19, 28);
        assert_eq!(
            answers(text, second, first, &[second]),
            Some("the question before it would have no answer")
        );
        assert_eq!(answers(text, second, first, &[question, second]), None);
        assert_eq!(answers(text, third, first, &[third]), None);
        assert_eq!(answers(text, second, third, &[second]), None);
    }
}
