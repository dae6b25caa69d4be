//! What changes between two texts, word by word, for people.

use crate::language::common_subsequence;

/// A stretch of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch<'a> {
    /// Stands in both; as the new text has it.
    Same(&'a str),
    /// Only in the old text.
    Gone(&'a str),
    /// Only in the new text.
    Come(&'a str),
}

/// Longer differences are told as one: the table would have more cells than this.
const MOST_CELLS: usize = 1 << 20;

/// Compares two texts by their words. The stretches that are not `Come` give the old text, those
/// that are not `Gone` the new one.
pub fn word_diff<'a>(old: &'a str, new: &'a str) -> Vec<Stretch<'a>> {
    let (a, b) = (words(old), words(new));
    let (a_ends, b_ends) = (ends(&a), ends(&b));
    let same_before = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - same_before;
    let same_after = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (a_middle, b_middle) = (&a[same_before..a.len() - same_after], &b[same_before..b.len() - same_after]);

    let mut stretches = Vec::new();
    let (mut at_a, mut at_b) = (0, 0);
    let mut push_until = |a: usize, b: usize, same: usize| {
        let (gone, come) = (&old[at(&a_ends, at_a)..at(&a_ends, a)], &new[at(&b_ends, at_b)..at(&b_ends, b)]);
        let shared = &new[at(&b_ends, b)..at(&b_ends, b + same)];
        let parts = [Stretch::Gone(gone), Stretch::Come(come), Stretch::Same(shared)];
        stretches.extend(parts.into_iter().filter(|part| !part.text().is_empty()));
        (at_a, at_b) = (a + same, b + same);
    };
    push_until(0, 0, same_before);
    for (a, b, same) in common_runs(a_middle, b_middle) {
        push_until(same_before + a, same_before + b, same);
    }
    push_until(a.len() - same_after, b.len() - same_after, same_after);
    stretches
}

impl<'a> Stretch<'a> {
    /// The text of the stretch.
    pub fn text(self) -> &'a str {
        match self {
            Stretch::Same(text) | Stretch::Gone(text) | Stretch::Come(text) => text,
        }
    }
}

/// Words, stretches of white space, and single other characters.
fn words(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '\'' || c == '’' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (place, c) in text.char_indices() {
        let own = class(c);
        if last.is_some_and(|last| last != own || own == 2) {
            words.push(&text[start..place]);
            start = place;
        }
        last = Some(own);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

fn ends(words: &[&str]) -> Vec<usize> {
    words
        .iter()
        .scan(0, |end, word| {
            *end += word.len();
            Some(*end)
        })
        .collect()
}

fn at(ends: &[usize], words: usize) -> usize {
    if words == 0 { 0 } else { ends[words - 1] }
}

/// Runs that both have, by a longest common subsequence: place in each and length.
fn common_runs(a: &[&str], b: &[&str]) -> Vec<(usize, usize, usize)> {
    if a.len() * b.len() > MOST_CELLS {
        return Vec::new();
    }
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (i, j) in common_subsequence(a, b) {
        match runs.last_mut() {
            Some((x, y, same)) if (*x + *same, *y + *same) == (i, j) => *same += 1,
            _ => runs.push((i, j, 1)),
        }
    }
    // A lone space between two changes only makes them harder to read.
    runs.retain(|&(place, _, same)| a[place..place + same].iter().any(|word| !word.trim().is_empty()));
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        word_diff(old, new)
            .into_iter()
            .map(|stretch| match stretch {
                Stretch::Same(text) => text.to_owned(),
                Stretch::Gone(text) => format!("[-{text}-]"),
                Stretch::Come(text) => format!("{{+{text}+}}"),
            })
            .collect()
    }

    #[test]
    fn words_that_differ_are_marked_and_the_rest_is_not() {
        assert_eq!(shown("The five men left.", "The six men left."), "The [-five-]{+six+} men left.");
        assert_eq!(shown("tointimidate", "to intimidate"), "[-tointimidate-]{+to intimidate+}");
        assert_eq!(shown("a b c d", "a x y d"), "a [-b c-]{+x y+} d");
        assert_eq!(shown("same", "same"), "same");
        assert_eq!(shown("", "new"), "{+new+}");
        assert_eq!(shown("old", ""), "[-old-]");
    }

    #[test]
    fn a_very_long_difference_is_told_as_one() {
        let (old, new) = ("a b ".repeat(2000), "c d ".repeat(2000));
        assert_eq!(word_diff(&old, &new).len(), 3);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off(old in "[ab ,é]{0,30}", new in "[ab ,é]{0,30}") {
            let stretches = word_diff(&old, &new);
            let without = |unwanted: fn(&Stretch) -> bool| -> String {
                stretches.iter().filter(|s| !unwanted(s)).map(|s| s.text()).collect()
            };
            prop_assert_eq!(without(|s| matches!(s, Stretch::Come(_))), old.as_str());
            prop_assert_eq!(without(|s| matches!(s, Stretch::Gone(_))), new.as_str());
        }
    }
}
