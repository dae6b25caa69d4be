//! Where a run of stops ends: with all further stops, closing marks and footnotes that belong to it.

use super::characters::{is_closing, is_either_quote, is_wide};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// One full stop, which may belong to an abbreviation.
    Dot,
    /// Two or more, or `…`.
    Ellipsis,
    /// A question or exclamation mark, or the full stop of a script that has its own.
    Strong,
}

/// A stop with all that closes after it.
pub(super) struct Run {
    pub(super) stop: Stop,
    pub(super) end: usize,
    /// A quote or bracket closes after the stop.
    pub(super) closed: bool,
    /// One of the stops is of a script that puts no space after it.
    pub(super) unspaced: bool,
}

/// The stop that a character is in any language.
pub(super) fn stop_of(c: char) -> Option<Stop> {
    Some(match c {
        '.' | '．' => Stop::Dot,
        '…' => Stop::Ellipsis,
        '!' | '?' | '！' | '？' | '。' | '｡' | '।' | '॥' | '؟' | '۔' | '։' | '\u{37E}' | '‼' | '⁇' | '⁈'
        | '⁉' | '‽' | '።' | '፧' | '፨' | '။' | '។' | '៕' => Stop::Strong,
        _ => return None,
    })
}

/// Takes in further stops, closing quotes and brackets, and footnote numbers. `at` is after the first stop
/// of a sentence that began at `start`.
pub(super) fn run(text: &str, start: usize, at: usize, first: char, stop: Stop) -> Run {
    let mut run = Run { stop, end: at, closed: false, unspaced: is_unspaced(first) };
    loop {
        let rest = &text[run.end..];
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return run };
        let after = chars.next();
        let len = if let Some(more) = stop_of(c) {
            run.stop = match (run.stop, more) {
                (Stop::Strong, _) | (_, Stop::Strong) => Stop::Strong,
                (stop, _) if run.closed => stop,
                _ => Stop::Ellipsis,
            };
            run.unspaced |= is_unspaced(c);
            c.len_utf8()
        } else if is_closing(c) || is_either_quote(c) && closes(text, start, run.end, c, after) {
            run.closed = true;
            c.len_utf8()
        } else if let Some(len) =
            footnote(rest).or_else(|| footnote(rest.strip_prefix(' ')?).map(|len| 1 + len))
        {
            len
        } else if let Some(len) = spaced_stop(rest, run.stop) {
            if run.stop == Stop::Dot {
                run.stop = Stop::Ellipsis;
            }
            len
        } else if let Some(len) = spaced_quote(text, start, run.end) {
            run.closed = true;
            len
        } else {
            return run;
        };
        run.end += len;
    }
}

/// True when a mark that can open or close a quotation, standing right after a stop, closes one.
fn closes(text: &str, start: usize, at: usize, quote: char, after: Option<char>) -> bool {
    match after {
        Some(after) if is_wide(after) && after.is_alphanumeric() => {
            quote == '"' && is_open(text, start, at, "\"")
        }
        Some(after) => !after.is_alphanumeric(),
        None => true,
    }
}

/// Length of ` .` or ` ...` where it goes on an ellipsis, and of ` !` after an exclamation.
fn spaced_stop(rest: &str, stop: Stop) -> Option<usize> {
    let rest = rest.strip_prefix(' ')?;
    let more = |byte: &u8| *byte == b'.' || stop == Stop::Strong && matches!(byte, b'!' | b'?');
    let stops = rest.bytes().take_while(more).count();
    // `.5` and `.net` begin with their dot.
    let after = rest[stops..].chars().next();
    (stops > 0 && after.is_none_or(|c| !c.is_alphanumeric())).then_some(1 + stops)
}

/// Length of a closing quote that a space parts from the stop: always French in ` »`, and any mark that
/// stands alone when one is open.
fn spaced_quote(text: &str, start: usize, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let space = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}'))?.len_utf8();
    let quote = ["\"", "''", "'", "»", "”"].into_iter().find(|quote| rest[space..].starts_with(quote))?;
    let len = space + quote.len();
    let alone = rest[len..].chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ','));
    let closes = match quote {
        "»" => space > 1 || is_open(text, start, at, "«"),
        "”" => true,
        _ => is_open(text, start, at, quote),
    };
    (alone && closes).then_some(len)
}

/// True when an odd number of `quote` stands between `start` and `at`. Apostrophes inside words do not
/// count.
fn is_open(text: &str, start: usize, at: usize, quote: &str) -> bool {
    /// Further back no quotation is looked for.
    const REACH: usize = 500;
    let from = text.ceil_char_boundary(start.max(at.saturating_sub(REACH)));
    let before = &text.as_bytes()[from..at];
    let quotes = memchr::memmem::find_iter(before, quote).filter(|&found| {
        let left = found == 0 || before[found - 1].is_ascii_whitespace();
        let right = before.get(found + quote.len()).is_none_or(u8::is_ascii_whitespace);
        quote != "'" || left || right
    });
    quotes.count() % 2 == 1
}

/// Length of `[1]` or `[12]`.
fn footnote(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let digits = bytes.iter().skip(1).take(4).take_while(|byte| byte.is_ascii_digit()).count();
    (bytes.first() == Some(&b'[') && digits > 0 && bytes.get(1 + digits) == Some(&b']')).then_some(digits + 2)
}

fn is_unspaced(c: char) -> bool {
    stop_of(c) == Some(Stop::Strong) && !c.is_ascii()
}
