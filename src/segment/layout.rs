//! Whether a text is hard-wrapped, and which of its line breaks only fold a paragraph.

use crate::model::Span;

/// How the lines of a text came to their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The width, in characters, at which lines were folded; `None` when each line break means
    /// something.
    wrap: Option<usize>,
}

/// A line, as far as folding is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    start: usize,
    /// From its first to its last visible character, without quote marks.
    pub(super) content: Span,
}

impl Line {
    /// Characters from the beginning of the line to the end of its content. A line so long that it was
    /// never folded is not counted out.
    fn width(self, text: &str) -> usize {
        let bytes = self.content.end - self.start;
        if bytes > 4 * *WIDTHS.end() { bytes } else { characters(&text[self.start..self.content.end]) }
    }

    /// Characters before the content.
    fn indent(self, text: &str) -> usize {
        characters(&text[self.start..self.content.start])
    }
}

/// Nobody folds lines narrower or wider than this. A wider line is a paragraph.
const WIDTHS: std::ops::RangeInclusive<usize> = 34..=160;
/// Scripts of wide characters fold at half the width.
const NARROWEST_WIDE: usize = 16;
/// Where nearly all breaks stand before a small letter, narrow columns are believed too.
const NARROWEST_SMALL: usize = 12;
/// A line break fills the width up to this share of it: words differ, and so do editors.
const SLACK: usize = 8;

/// The breaks between two lines of one block, by what they look like.
#[derive(Default)]
struct Breaks {
    all: usize,
    /// After lines too short to have been folded; these are in no other count.
    short: usize,
    /// The next line's first word had no room.
    necessary: usize,
    /// In the middle of a sentence.
    inside: usize,
    /// The same, and the next line begins with a small letter.
    small: usize,
    /// Between letters that have no case, which would tell more.
    caseless: usize,
}

impl Layout {
    /// Finds out by the line breaks that have a line on either side: in a folded text most of them were
    /// necessary and fall inside a sentence, in others the lines have any length.
    pub(super) fn of(text: &str) -> Self {
        let mut widths = [0_usize; *WIDTHS.end() + 1];
        let (mut wide, mut folded) = (0_usize, 0_usize);
        for_each_break(text, |line, _| match widths.get_mut(line.width(text)) {
            Some(count) => {
                *count += 1;
                folded += 1;
            }
            None => wide += 1,
        });
        if folded == 0 || wide > folded / 2 {
            return Layout { wrap: None };
        }
        let wrap = percentile(&widths, folded - folded / 20);
        let mut breaks = Breaks::default();
        for_each_break(text, |line, next| {
            if line.width(text) <= *WIDTHS.end() {
                breaks.count(text, wrap, line, next);
            }
        });
        let narrowest = if breaks.small * 10 >= breaks.all * 8 {
            NARROWEST_SMALL
        } else if breaks.caseless * 2 > breaks.all {
            NARROWEST_WIDE
        } else {
            *WIDTHS.start()
        };
        let are_folds = breaks.are_folds() || breaks.are_inside() && are_folded_apart(text);
        Layout { wrap: (wrap >= narrowest && are_folds).then_some(wrap) }
    }

    /// The layout of one block of a folded text: editors fold each paragraph by itself, and some
    /// texts are put together from several. `lines` have no blank line between them.
    pub(super) fn of_block(self, text: &str, lines: &[Line]) -> Self {
        let Some(wrap) = self.wrap else { return self };
        let Some((_, broken)) = lines.split_last() else { return self };
        let widest = broken.iter().map(|line| line.width(text)).max().unwrap_or(0);
        if !WIDTHS.contains(&widest) || widest.abs_diff(wrap) <= SLACK {
            return self;
        }
        let mut breaks = Breaks::default();
        for pair in lines.windows(2) {
            breaks.count(text, widest, pair[0], pair[1]);
        }
        // One break proves too little: the widest line is as wide as itself.
        if breaks.all > 1 && breaks.are_folds() { Layout { wrap: Some(widest) } } else { self }
    }

    /// True when the break between two lines of one block folds a sentence or paragraph.
    pub(super) fn folds(&self, text: &str, line: Line, next: Line) -> bool {
        let Some(wrap) = self.wrap else { return false };
        if line.width(text) > wrap + SLACK || starts_item(next.content.of(text)) || is_rule(text, line, next)
        {
            return false;
        }
        let goes_on = goes_on(text, line, next);
        // A deeper line begins a paragraph, unless it hangs under the one it goes on with.
        if next.indent(text) > line.indent(text) + 1 && !goes_on && is_terminated(line.content.of(text)) {
            return false;
        }
        is_necessary(text, wrap, line, next) || goes_on && line.width(text) * 2 >= wrap
    }
}

impl Breaks {
    fn count(&mut self, text: &str, wrap: usize, line: Line, next: Line) {
        let next_text = next.content.of(text);
        if starts_item(next_text) || is_rule(text, line, next) {
            return;
        }
        // Headers, verse and signatures among folded paragraphs tell nothing of these.
        if line.width(text) * 5 < wrap * 3 {
            self.short += 1;
            return;
        }
        self.all += 1;
        self.necessary += usize::from(is_necessary(text, wrap, line, next));
        let unterminated = !is_terminated(line.content.of(text));
        let first = next_text.chars().find(|c| c.is_alphanumeric());
        // Such a letter goes on with a sentence only where the line before ends in one.
        let has_no_case = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
        let last = line.content.of(text).chars().rev().find(|c| c.is_alphanumeric());
        let caseless = first.is_some_and(has_no_case) && last.is_some_and(has_no_case);
        self.caseless += usize::from(caseless);
        let small = first.is_some_and(|c| c.is_lowercase());
        self.small += usize::from(unterminated && small);
        self.inside += usize::from(unterminated && (caseless || small));
    }

    fn are_folds(&self) -> bool {
        let certain = if self.caseless * 2 > self.all { 7 } else { 5 };
        // The one long line of a list is as wide as itself, which is no proof.
        let enough = self.all > 1 || self.all == 1 && self.short == 0;
        enough && self.necessary * 10 >= self.all * certain && self.are_inside()
    }

    /// True if enough of them fall inside a sentence.
    fn are_inside(&self) -> bool {
        self.inside * 10 >= self.all * 3
    }
}

/// True for a text put together from blocks that were each folded to a width of their own.
fn are_folded_apart(text: &str) -> bool {
    let mut breaks = Breaks::default();
    let mut block: Vec<(Line, Line)> = Vec::new();
    let mut count = |block: &mut Vec<(Line, Line)>| {
        let widest = block.iter().map(|(line, _)| line.width(text)).max().unwrap_or(0);
        // The widest line of a block is as wide as itself: one break alone is no proof.
        if block.len() > 1 && WIDTHS.contains(&widest) {
            block.iter().for_each(|&(line, next)| breaks.count(text, widest, line, next));
        }
        block.clear();
    };
    for_each_break(text, |line, next| {
        if block.last().is_some_and(|&(_, last)| last != line) {
            count(&mut block);
        }
        block.push((line, next));
    });
    count(&mut block);
    // Nearly every break of a folded block was necessary.
    breaks.are_folds() && breaks.necessary * 10 >= breaks.all * 8
}

/// The smallest width that `rank` of the counted lines do not pass.
fn percentile(widths: &[usize], rank: usize) -> usize {
    let mut seen = 0;
    widths
        .iter()
        .position(|&count| {
            seen += count;
            seen >= rank
        })
        .unwrap_or(widths.len() - 1)
}

/// True when `next` would not have begun with its first word had there been room for it.
fn is_necessary(text: &str, wrap: usize, line: Line, next: Line) -> bool {
    line.width(text) + 1 + first_word_width(next.content.of(text)) + SLACK > wrap
}

fn goes_on(text: &str, line: Line, next: Line) -> bool {
    !is_terminated(line.content.of(text))
        && next.content.of(text).chars().next().is_some_and(|c| c.is_lowercase())
}

/// Characters of the first word; one in scripts that break lines anywhere.
fn first_word_width(line: &str) -> usize {
    line.chars()
        .take(40)
        .take_while(|c| !c.is_whitespace())
        .take_while(|&c| (c as u32) < 0x2E80)
        .count()
        .max(1)
}

/// True when the line ends a sentence, whatever quotes and brackets close after it.
pub(super) fn is_terminated(line: &str) -> bool {
    let bare = line.trim_end_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '」', '』', '*', '_']);
    bare.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '।', '॥', '؟', '۔', '։', '።', '：', '；'])
}

/// True when the line is an item of a list.
pub(super) fn starts_item(line: &str) -> bool {
    let bytes = line.as_bytes();
    match bytes.first() {
        Some(b'-' | b'*' | b'+') => bytes.get(1) == Some(&b' '),
        Some(b'(') => bytes.get(2) == Some(&b')') || bytes.get(3) == Some(&b')'),
        Some(byte) if byte.is_ascii_alphanumeric() => {
            let digits = bytes.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
            let mark = if digits == 0 { 1 } else { digits };
            matches!(bytes.get(mark), Some(b')')) && bytes.get(mark + 1) == Some(&b' ')
                || digits > 0
                    && digits < 4
                    && bytes.get(mark) == Some(&b'.')
                    && bytes.get(mark + 1) == Some(&b' ')
        }
        _ => line.starts_with(['•', '◦', '▪', '‣', '●', '⁃', '–', '—', '·']),
    }
}

/// True when either line is a drawn rule or another line without words.
fn is_rule(text: &str, line: Line, next: Line) -> bool {
    let wordless = |line: Line| !line.content.of(text).chars().any(char::is_alphanumeric);
    wordless(line) || wordless(next)
}

/// How much of a text is looked at from its beginning, middle and end.
const WINDOW: usize = 64 << 10;

/// Visits the breaks between two lines that are not blank; in a long text, those of three windows.
fn for_each_break(text: &str, mut visit: impl FnMut(Line, Line)) {
    let starts: &[usize] =
        if text.len() <= 3 * WINDOW { &[0] } else { &[0, (text.len() - WINDOW) / 2, text.len() - WINDOW] };
    let len = if starts.len() == 1 { text.len() } else { WINDOW };
    for &start in starts {
        let mut before: Option<Line> = None;
        // A window begins and ends in the middle of a line, and neither part is looked at.
        let from = if start == 0 { 0 } else { next_line(text, start) };
        let to = if start + len == text.len() { text.len() } else { next_line(text, start + len) };
        for line in lines(text, Span::new(from, to.max(from))) {
            if let Some(before) = before
                && !line.content.is_empty()
                && !before.content.is_empty()
            {
                visit(before, line);
            }
            before = Some(line);
        }
    }
}

/// Where the line after the one that holds byte `at` begins.
fn next_line(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |feed| at + feed + 1)
}

/// The lines of a part of a text; a blank one has empty content.
pub(super) fn lines(text: &str, part: Span) -> impl Iterator<Item = Line> {
    let mut start = part.start;
    let feeds = memchr::memchr_iter(b'\n', part.of(text).as_bytes()).map(move |feed| part.start + feed);
    feeds.chain([part.end]).map(move |end| {
        let line = line(text, start, Span::new(start, end));
        start = end + 1;
        line
    })
}

/// The line of which `span` is the part to look at, when the whole of it begins at `line_start`.
pub(super) fn line(text: &str, line_start: usize, span: Span) -> Line {
    let raw = span.of(text);
    let bytes = raw.as_bytes();
    let bare = match bytes.first() {
        Some(b'!'..=b'=' | b'?'..=b'~') => raw,
        // `>_<` and `> 5` are content: quote marks stand at the very beginning of the line.
        Some(b'>' | b' ') => raw.trim_start_matches(|c: char| c == '>' || c.is_whitespace()),
        _ => raw.trim_start(),
    };
    let content_start = span.end - bare.len();
    let visible = match bare.as_bytes().last() {
        Some(b'!'..=b'~') => bare,
        _ => bare.trim_end(),
    };
    Line { start: line_start, content: Span::new(content_start, content_start + visible.len()) }
}

/// Number of code points, as all bytes but continuation bytes.
fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.bytes().filter(|&byte| byte & 0xC0 != 0x80).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(text: &str) -> Option<usize> {
        Layout::of(text).wrap
    }

    #[test]
    fn a_letter_is_folded_whatever_short_lines_stand_around_its_paragraphs() {
        let letter = "From: Ann\nTo: Bob\nDate: today\nSubject: the garden\n\n\
            I went to see the garden yesterday, and I must say that it looked much\n\
            better than it did when we were there in the spring of last year with\n\
            the others.\n\nYours,\nAnn\nThe Old House\nMill Lane\n";
        assert_eq!(wrap(letter), Some(70));
    }

    #[test]
    fn paragraphs_folded_to_widths_of_their_own_are_folded_all_the_same() {
        let text = "The lines of this one are so narrow that\nmore of them than of the others were\nneeded to \
            say that much of nothing, and\nto end it.\n\n\
            The second of them was folded at some other width, as somebody had put both of\nthem into one file \
            without a thought for how they would look there, side by side\nand one below the other.\n\n\
            The third of them lies in the middle between the two,\nand whoever folded that one knew nothing of the \
            two\nthat were there before it came.\n";
        assert!(wrap(text).is_some());
        let verse = "The sun was shining on the sea,\nshining with all his might:\nhe did his very best to make\n\
            the billows smooth and bright\nand this was odd, because it was\nthe middle of the night.\n\n\
            A line of each of them stands by itself, however long.\nthe next is short\nand this one goes on for a while.\n";
        assert_eq!(wrap(verse), None);
    }

    #[test]
    fn lists_verse_and_sentences_a_line_are_not_folded() {
        assert_eq!(wrap("milk\neggs\nbread and butter for the whole week\napples"), None);
        assert_eq!(
            wrap(
                "The sun was shining on the sea,\nShining with all his might:\nHe did his very best to make"
            ),
            None
        );
        assert_eq!(
            wrap("It is a sentence that has its own line here.\nSo has this one.\nAnd so has that one."),
            None
        );
        assert_eq!(wrap("One line only"), None);
    }

    #[test]
    fn folded_text_in_a_script_without_case_is_recognised() {
        let text = "بچه‌ها در باغ بزرگ بازی می‌کردند که ناگهان باران گرفت و همه به خانه رفتند و\n\
                    چای گرم نوشیدند تا باران بند آمد و دوباره به باغ برگشتند و تا شب در باغ\nبازی کردند.";
        assert!(wrap(text).is_some());
        assert_eq!(wrap("यह पहला वाक्य है जो अपनी पंक्ति में अकेला है।\nयह दूसरा है।\nऔर यह तीसरा वाक्य है।"), None);
    }

    #[test]
    fn a_long_text_is_judged_by_its_beginning_middle_and_end() {
        let paragraph = "The lines of this paragraph were folded near to one and the same width, as\n\
                         books and letters do, and each of them goes on with the sentence that was\nbegun before it.\n\n";
        assert!(wrap(&paragraph.repeat(3000)).is_some());
        let lines = "The sentence has a line of its own.\n".repeat(6000);
        assert_eq!(wrap(&format!("{lines}{lines}")), None);
    }
}
