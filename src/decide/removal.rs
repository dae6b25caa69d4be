//! Which white space goes with a removed sentence.
//!
//! Between two sentences that stay, with removed ones between them, exactly one of the gaps must
//! stay too: the first one within a paragraph (`A. [B.] C.` keeps the space after `A.`), the one
//! that enters the next paragraph across paragraphs (a paragraph that becomes empty goes with its
//! blank line, and a list item with its marker). Removed sentences before the gap that stays take
//! the gap in front of them, those after it the gap behind them.
//!
//! A quotation mark whose mate stays, stays with it: `"[A.] B."` is `"B."`, and `"A. [B.]"` is `"A."`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::model::{Role, Sentence, Span};

/// For each removed sentence (`removed`: text spans, sorted), by the start of its text span, the
/// bytes that go. The extents are disjoint and hold no byte of a sentence that stays.
pub(super) fn extents(text: &str, sentences: &[Sentence], removed: &[Span]) -> FxHashMap<usize, Span> {
    if removed.is_empty() {
        return FxHashMap::default();
    }
    // White space that stands as a stretch of its own is part of a gap, and so are markers.
    let standing: Vec<&Sentence> = (0..sentences.len())
        .filter(|&at| {
            let is_gap = sentences[at].text.is_empty() || is_break(text, &sentences[at]);
            !is_gap && !Sentence::is_marker(text, sentences, at)
        })
        .map(|at| &sentences[at])
        .collect();
    let goes: Vec<bool> = standing
        .iter()
        .map(|sentence| {
            sentence.role != Role::Opaque
                && removed.binary_search_by_key(&sentence.text.start, |span| span.start).is_ok()
        })
        .collect();
    let mut extents = FxHashMap::default();
    let mut at = 0;
    while at < standing.len() {
        if !goes[at] {
            at += 1;
            continue;
        }
        let end = (at..standing.len()).find(|&i| !goes[i]).unwrap_or(standing.len());
        for (index, extent) in (at..end).zip(run_extents(text, &standing, at..end)) {
            extents.insert(standing[index].text.start, extent);
        }
        at = end;
    }
    extents
}

/// True for the backslash at the end of a line of Markdown, which says that the line ends there.
fn is_break(text: &str, stretch: &Sentence) -> bool {
    stretch.role == Role::Opaque
        && stretch.text.of(text) == "\\"
        && text[stretch.text.end..].starts_with('\n')
}

/// The extents of a run of neighbours that all go.
fn run_extents(text: &str, standing: &[&Sentence], run: Range<usize>) -> Vec<Span> {
    let before = run.start.checked_sub(1).map(|i| standing[i]);
    let after = standing.get(run.end).copied();
    let (opening, closing) = marks_that_stay(text, standing, run.clone());
    let joins_after = |i: usize| after.is_some_and(|after| standing[i].paragraph == after.paragraph);
    // The sentence in front of which the gap stays.
    let kept_gap = match (before, after) {
        (None, _) => run.start,
        (Some(_), None) => run.end,
        (Some(before), Some(after)) if before.paragraph == after.paragraph && closing > 0 => run.end,
        (Some(before), Some(after)) if before.paragraph == after.paragraph => run.start,
        (Some(_), Some(_)) => run.clone().find(|&i| joins_after(i)).unwrap_or(run.end),
    };
    // Where nothing stays in front, paragraphs that become empty go with all that is before them.
    let whole = match before {
        None => run.start..run.clone().find(|&i| joins_after(i)).unwrap_or(run.end),
        Some(_) => run.start..run.start,
    };
    let (first, last) = (run.start, run.end - 1);
    if let (Some(before), Some(after)) = (before, after)
        && before.paragraph != after.paragraph
        && kept_gap == run.end
        && let Some(list) = run
            .clone()
            .find(|&i| lines(text, standing[i - 1], standing[i]) > lines(text, standing[last], after))
    {
        // The first item of a list goes: the blank line in front of the list stays.
        let above = |i: usize| Span::new(standing[i - 1].text.end, standing[i].text.end);
        let mut extents: Vec<Span> = (first..list).map(above).collect();
        extents.extend(whole_line_extents(text, standing, list..run.end));
        return extents;
    }
    let mut extents = whole_line_extents(text, standing, whole.clone());
    extents.extend((whole.end..run.end).map(|i| {
        let own = standing[i].text;
        let start = own.start + if i == first { opening } else { 0 };
        let end = own.end - if i == last { closing } else { 0 };
        if i < kept_gap {
            Span::new(standing[i - 1].text.end, end)
        } else {
            Span::new(start, standing[i + 1].text.start)
        }
    }));
    extents
}

/// Quotation marks that open and close.
const QUOTES: [(char, char); 5] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」')];

/// How many bytes at the start and at the end of a run are a quotation mark whose mate stands in a sentence of the
/// paragraph that stays.
fn marks_that_stay(text: &str, standing: &[&Sentence], run: Range<usize>) -> (usize, usize) {
    let (first, last) = (standing[run.start], standing[run.end - 1]);
    if first.paragraph != last.paragraph {
        return (0, 0);
    }
    let goes = &text[first.text.start..last.text.end];
    let is_alone = |mark: char, mate: char| match mark == mate {
        true => goes.matches(mark).count() == 1,
        false => !goes.contains(mate),
    };
    let before = run.start.checked_sub(1).map(|at| standing[at]);
    let goes_on = standing.get(run.end).is_some_and(|after| after.paragraph == last.paragraph);
    let went_on = before.is_some_and(|before| before.paragraph == first.paragraph);
    let opening = QUOTES.iter().find(|(open, close)| goes.starts_with(*open) && is_alone(*open, *close));
    let closing = QUOTES.iter().find(|(open, close)| goes.ends_with(*close) && is_alone(*close, *open));
    let opening = opening.filter(|_| goes_on).map_or(0, |(open, _)| open.len_utf8());
    let closing = closing.filter(|_| went_on).map_or(0, |(_, close)| close.len_utf8());
    (opening, closing)
}

/// How many line feeds stand between two neighbours.
fn lines(text: &str, before: &Sentence, after: &Sentence) -> usize {
    text[before.text.end..after.text.start].bytes().filter(|&byte| byte == b'\n').count()
}

/// A run whose gap in front stays, with a line of its own. Each sentence takes the gap behind it,
/// but not the list or heading marker of the line that follows; its own marker in front of it goes.
fn whole_line_extents(text: &str, standing: &[&Sentence], run: Range<usize>) -> Vec<Span> {
    let nothing_stays = run.len() == standing.len();
    let before = run.start.checked_sub(1).map_or(0, |i| standing[i].text.end);
    let mut start =
        if nothing_stays { 0 } else { marker_start(text, before, standing[run.start].text.start) };
    run.map(|i| {
        let end = match standing.get(i + 1) {
            Some(next) if next.paragraph == standing[i].paragraph => next.text.start,
            Some(next) => marker_start(text, standing[i].text.end, next.text.start),
            None => text.len(),
        };
        let extent = Span::new(start, end);
        start = end;
        extent
    })
    .collect()
}

/// Where the line of `to` begins, with its marker or its indentation, which may be what makes it
/// code: `to` itself if no line begins after `from` and there is no marker.
fn marker_start(text: &str, from: usize, to: usize) -> usize {
    let gap = &text[from..to];
    match gap.rfind('\n') {
        Some(feed) => from + feed + 1,
        None if from > 0 && gap.trim().is_empty() => to,
        None => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Removes the sentences marked with `*` and gives what is left. `|` separates sentences of
    /// a paragraph; a paragraph ends where a gap holds a line feed.
    fn left(parts: &[(&str, &str, bool)]) -> String {
        let (mut text, mut sentences, mut removed, mut paragraph) = (String::new(), vec![], vec![], 0);
        for (gap, sentence, goes) in parts {
            if gap.contains('\n') {
                paragraph += 1;
            }
            text.push_str(gap);
            let span = Span::new(text.len(), text.len() + sentence.len());
            text.push_str(sentence);
            if !sentence.is_empty() {
                sentences.push(Sentence { span, text: span, role: Role::Prose, paragraph });
            }
            if *goes {
                removed.push(span);
            }
        }
        let extents = extents(&text, &sentences, &removed);
        let mut spans: Vec<Span> = removed.iter().map(|span| extents[&span.start]).collect();
        spans.sort();
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?} overlap");
        for span in spans.into_iter().rev() {
            text.replace_range(span.start..span.end, "");
        }
        text
    }

    #[test]
    fn a_sentence_inside_a_paragraph_goes_with_one_space() {
        assert_eq!(left(&[("", "A.", false), (" ", "B.", true), ("  ", "C.", false)]), "A. C.");
        assert_eq!(left(&[("", "A.", true), (" ", "B.", false), ("\n", "", false)]), "B.\n");
        assert_eq!(left(&[("", "A.", false), (" ", "B.", true), ("\n", "", false)]), "A.\n");
    }

    #[test]
    fn a_quotation_mark_stays_with_its_mate() {
        let last = [("", "\"A.", false), (" ", "B.\"", true), ("  ", "C.", false)];
        assert_eq!(left(&last), "\"A.\"  C.");
        let first = [("", "A.", false), (" ", "“B.", true), ("  ", "C.”", false)];
        assert_eq!(left(&first), "A. “C.”");
        let inner = [("", "„A.", false), (" ", "B.", true), (" ", "C.“", true), ("\n\n", "D.", false)];
        assert_eq!(left(&inner), "„A.“\n\nD.");
        let across = [("", "A.", false), (" ", "B.", true), ("\n\n", "C.”", true), (" ", "D.", false)];
        assert_eq!(left(&across), "A.\n\nD.");
        let whole = [("", "A.", false), (" ", "\"B.", true), (" ", "C.\"", true), ("  ", "D.", false)];
        assert_eq!(left(&whole), "A. D.");
        let begins = [("- ", "\"A.", true), (" ", "B.\"", false), ("\n", "", false)];
        assert_eq!(left(&begins), "- \"B.\"\n");
        let apart = [("", "\"A.", true), ("\n\n", "B.\"", false)];
        assert_eq!(left(&apart), "B.\"");
    }

    #[test]
    fn what_stays_of_the_first_item_keeps_its_marker() {
        assert_eq!(left(&[("- ", "A.", true), (" ", "B.", false), ("\n", "", false)]), "- B.\n");
        assert_eq!(left(&[("- ", "A.", false), ("\n- ", "B.", true), (" ", "C.", false)]), "- A.\n- C.");
    }

    #[test]
    fn a_paragraph_that_becomes_empty_goes_with_its_blank_line() {
        let middle = [("", "A.", false), ("\n\n", "B.", true), (" ", "B2.", true), ("\n\n", "C.", false)];
        assert_eq!(left(&middle), "A.\n\nC.");
        let last = [("", "A.", false), ("\n\n", "B.", true), ("\n", "", false)];
        assert_eq!(left(&last), "A.\n");
        let first = [("", "A.", true), ("\n\n", "B.", false), ("\n", "", false)];
        assert_eq!(left(&first), "B.\n");
    }

    #[test]
    fn the_end_of_one_paragraph_and_the_start_of_the_next_can_both_go() {
        let parts = [("", "A.", false), (" ", "B.", true), ("\n\n", "C.", true), (" ", "D.", false)];
        assert_eq!(left(&parts), "A.\n\nD.");
    }

    #[test]
    fn a_list_item_goes_with_its_marker() {
        let middle = [("- ", "A.", false), ("\n- ", "B.", true), ("\n- ", "C.", false), ("\n", "", false)];
        assert_eq!(left(&middle), "- A.\n- C.\n");
        let first = [("- ", "A.", true), ("\n- ", "B.", false), ("\n", "", false)];
        assert_eq!(left(&first), "- B.\n");
        let heading = [("", "A.", true), ("\n\n## ", "Title", false)];
        assert_eq!(left(&heading), "## Title");
    }

    #[test]
    fn a_list_whose_first_item_goes_stays_apart_from_what_stays_above() {
        let list = [("", "A.", false), (" ", "B.", true), ("\n\n1. ", "C.", true), ("\n2. ", "D.", false)];
        assert_eq!(left(&list), "A.\n\n2. D.");
        let whole = [("", "A.", false), ("\n\n", "B.", true), ("\n\n- ", "C.", true), ("\n- ", "D.", false)];
        assert_eq!(left(&whole), "A.\n\n- D.");
        let next_line =
            [("", "A.", false), ("\n", "B.", true), ("\n\n- ", "C.", true), ("\n- ", "D.", false)];
        assert_eq!(left(&next_line), "A.\n\n- D.");
    }

    #[test]
    fn a_marker_that_stands_as_a_stretch_of_its_own_goes_with_its_sentence() {
        let text = "A.\n\n- B.\n1. C.\n\n---\n\nD.\n";
        let tile = |start: usize, end: usize, role, paragraph| Sentence {
            span: Span::new(start, end),
            text: Span::new(start, text[..end].trim_end().len()),
            role,
            paragraph,
        };
        let at = |part: &str| text.find(part).unwrap();
        let sentences = [
            tile(0, 4, Role::Prose, 0),
            tile(at("- B"), at("B."), Role::Opaque, 1),
            tile(at("B."), at("1."), Role::Prose, 1),
            tile(at("1."), at("C."), Role::Opaque, 2),
            tile(at("C."), at("---"), Role::Prose, 2),
            tile(at("---"), at("D."), Role::Opaque, 3),
            tile(at("D."), text.len(), Role::Prose, 4),
        ];
        let left = |gone: &[&str]| {
            let removed: Vec<Span> = gone.iter().map(|part| Span::new(at(part), at(part) + 2)).collect();
            let extents = extents(text, &sentences, &removed);
            let mut left = text.to_owned();
            for span in removed.iter().rev().map(|span| extents[&span.start]) {
                left.replace_range(span.start..span.end, "");
            }
            left
        };
        assert_eq!(left(&["B."]), "A.\n\n1. C.\n\n---\n\nD.\n");
        assert_eq!(left(&["B.", "C."]), "A.\n\n---\n\nD.\n");
        assert_eq!(left(&["D."]), "A.\n\n- B.\n1. C.\n\n---\n", "a rule is no marker");
    }

    #[test]
    fn the_next_line_keeps_its_indentation() {
        let code = [("", "A.", false), ("\n\n\n", "B.", true), ("\n\n \t", "code", false), ("\n", "", false)];
        assert_eq!(left(&code), "A.\n\n\n \tcode\n");
        let first = [("  ", "A.", true), ("\n    ", "B.", false)];
        assert_eq!(left(&first), "    B.");
    }

    #[test]
    fn a_text_that_goes_whole_leaves_nothing() {
        assert_eq!(left(&[("\n", "A.", true), ("\n\n", "B.", true), ("\n", "", false)]), "");
        assert_eq!(left(&[("- ", "A.", true), ("\n", "", false)]), "");
    }
}
