//! Brackets and quotations, inside which a sentence seldom ends.

use super::characters::{closing_of, continues_japanese, is_quote};

/// A bracket or quotation that closes again soon: no sentence ends inside it, unless it is a sentence
/// itself.
#[derive(Default)]
pub(super) struct Scope {
    open: usize,
    pub(super) close: usize,
    /// The sentence goes on after the closing mark: `“Wait. Stop,” he said`.
    embedded: bool,
    /// Up to here it is known that what opens does not close.
    barren: usize,
}

/// How far away a closing mark is looked for: what is longer has sentences of its own.
const SCOPE_BYTES: usize = 300;

impl Scope {
    pub(super) fn open(&mut self, text: &str, at: usize, opening: char) {
        let Some(closing) = closing_of(opening) else { return };
        if at < self.close || at < self.barren {
            return;
        }
        let mut depth = 0_usize;
        let end = text.floor_char_boundary(at + SCOPE_BYTES);
        for (offset, c) in text[at..end].char_indices() {
            if c == closing {
                depth -= 1;
                if depth == 0 {
                    let close = at + offset;
                    let embedded = goes_on_after_quote(&text[close + closing.len_utf8()..]);
                    if embedded || !is_quote(opening) {
                        (self.open, self.close, self.embedded) = (at, close, embedded);
                    }
                    return;
                }
            } else if c == opening {
                depth += 1;
            }
        }
        self.barren = end;
    }

    /// True when a stop that ends at `end` lies inside a bracket or quotation which is not a sentence, or
    /// several, of its own.
    pub(super) fn holds(&self, start: usize, end: usize) -> bool {
        end <= self.close && (self.embedded || self.open > start)
    }

    /// True when a stop stands first in the bracket and only stops follow it there.
    pub(super) fn is_only_stops(&self, text: &str, at: usize) -> bool {
        let before = text[..at].chars().next_back();
        before.is_some_and(|c| matches!(c, '(' | '['))
            && at <= self.close
            && self.close - at <= 8
            && !text[at..self.close].chars().any(char::is_alphanumeric)
    }
}

/// True when what follows a closing quote goes on with the sentence.
fn goes_on_after_quote(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '-', '–', '—']);
    rest.chars().next().is_some_and(|c| c.is_lowercase() || c == ',' || continues_japanese(c))
}
