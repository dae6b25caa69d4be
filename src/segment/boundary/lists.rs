//! Lists inside a line: `1. … 2. …`, `a) … b) …`.

use super::characters::is_bullet;

/// Where the item of a list inside a line begins that follows the one at `at`: `1. … 2. …`, `a) … b) …`.
pub(super) fn next_item(text: &str, at: usize) -> Option<usize> {
    /// Items of a list inside a line are short.
    const LONGEST_ITEM: usize = 1000;
    let rest = &text[at..];
    let (bulleted, body) = match rest.chars().next() {
        Some(c) if is_bullet(c) => (true, rest[c.len_utf8()..].trim_start_matches(' ')),
        _ => (false, rest),
    };
    let digits = body.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let first = *body.as_bytes().first()?;
    let (label_len, label): (usize, u32) = match digits {
        0 if matches!(first, b'a'..=b'y' | b'A'..=b'Y') => (1, u32::from(first)),
        0 => return None,
        _ => (digits, body[..digits].parse().ok()?),
    };
    let mark_len = body
        .as_bytes()
        .get(label_len..)?
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'.' | b')'))
        .count();
    let mark = &body[label_len..label_len + mark_len];
    if bulleted
        || !matches!(mark, "." | ")" | ".)")
        || body.as_bytes().get(label_len + mark_len) != Some(&b' ')
    {
        return None;
    }
    // " 999.) " is the longest.
    let mut next = [b' '; 10];
    let mut len = 1;
    if digits == 0 {
        next[len] = u8::try_from(label + 1).ok()?;
        len += 1;
    } else {
        let number = label + 1;
        for power in [1000, 100, 10, 1] {
            if number >= power {
                next[len] = b'0' + u8::try_from(number / power % 10).ok()?;
                len += 1;
            }
        }
    }
    next[len..len + mark_len].copy_from_slice(mark.as_bytes());
    len += mark_len + 1;
    let window = &rest.as_bytes()[..rest.len().min(LONGEST_ITEM)];
    memchr::memmem::find(window, &next[..len]).map(|found| at + found + 1)
}

/// True when nothing but bullets, brackets and white space stands between the start of the sentence and `at`.
pub(super) fn leads(text: &str, start: usize, at: usize) -> bool {
    at - start <= 8 && !text[start..at].chars().any(char::is_alphanumeric)
}
