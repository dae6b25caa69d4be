//! Texts as `report.html` shows them.

use std::fmt::Write as _;

use crate::model::is_hidden;

/// Characters of a text on the page; the sheets have more.
const TEXT: usize = 1_500;

/// Text for HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Characters that hide or reorder text, by name; long texts cut.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut count = 0;
    while let Some(c) = characters.next() {
        if count == TEXT {
            let _ = write!(out, "… [cut, {} more]", characters.count() + 1);
            break;
        }
        count += 1;
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => out.push('⏎'),
            '\t' => out.push('\t'),
            c if c.is_control() || is_hidden(c) => {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown_by_name_and_long_texts_cut() {
        assert_eq!(visible("a\u{202e}b\r\nc\u{200b}\u{1b}"), "a⟨U+202E⟩b⏎c⟨U+200B⟩⟨U+001B⟩");
        assert!(visible(&"é".repeat(TEXT + 7)).ends_with("é… [cut, 7 more]"));
    }
}
