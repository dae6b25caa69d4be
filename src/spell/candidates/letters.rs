//! Words as a tree of letters, in which those a few edits away are found without looking at the others.

use super::LONGEST;
use crate::spell::edits::{Asked, LONGEST_ASKED, Reached};

/// The words of a sorted list, by their letters.
pub(super) struct Letters {
    /// The nodes below the root, each before those below it: a walk goes through memory once, forwards.
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Node {
    /// The first node that is not below this one.
    after: u32,
    /// The place of the word that ends here, or [`NONE`].
    word: u32,
    letter: u8,
    /// How many letters lead here, from one.
    depth: u8,
}

const NONE: u32 = u32::MAX;

const _: () = assert!(LONGEST <= LONGEST_ASKED);

impl Letters {
    /// The tree of `words`, which come sorted and in ASCII, and have at most 255 letters.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Letters {
        let mut nodes: Vec<Node> = Vec::new();
        // The nodes that lead to the end of the last word.
        let mut path: Vec<usize> = Vec::new();
        let mut last = "";
        for (place, word) in words.enumerate() {
            let shared = last.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            end_branches(&mut nodes, path.drain(shared..));
            for letter in word.bytes().skip(shared) {
                path.push(nodes.len());
                nodes.push(Node { after: NONE, word: NONE, letter, depth: path.len() as u8 });
            }
            if let Some(&end) = path.last() {
                nodes[end].word = place as u32;
            }
            last = word;
        }
        end_branches(&mut nodes, path.drain(..));
        Letters { nodes }
    }

    /// The places of words within `limit` edits of `word`, one or two, and how far they are.
    pub(super) fn near(&self, word: &[u8], limit: u8) -> Vec<(u32, u8)> {
        match limit {
            1 => self.within::<2>(word),
            _ => self.within::<3>(word),
        }
    }

    fn within<const LEVELS: usize>(&self, word: &[u8]) -> Vec<(u32, u8)> {
        let mut found = Vec::new();
        let asked = Asked::new(word);
        // What each of the letters that lead to a node left near, from no letter on. No branch that is
        // deeper than the word and the edits is still near.
        let mut branch = [Reached::<LEVELS>::START; LONGEST + 4];
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            let depth = usize::from(node.depth);
            let (now, before) = (&branch[depth - 1], &branch[depth.saturating_sub(2)]);
            let Some(reached) = asked.after(node.letter, now, before) else {
                at = node.after as usize;
                continue;
            };
            if node.word != NONE
                && let Some(distance) = asked.level(&reached)
                && distance > 0
            {
                found.push((node.word, distance));
            }
            branch[depth] = reached;
            at += 1;
        }
        found
    }
}

/// Says of the nodes of a path that nothing more comes below them.
fn end_branches(nodes: &mut [Node], path: impl Iterator<Item = usize>) {
    let after = nodes.len() as u32;
    path.for_each(|node| nodes[node].after = after);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exactly_the_words_within_the_edits_are_found(
            mut words in prop::collection::vec("[abc]{0,8}", 0..60),
            asked in "[abcd]{0,8}",
            limit in 1u8..=2,
        ) {
            words.sort_unstable();
            words.dedup();
            let letters = Letters::of(words.iter().map(String::as_str));
            let mut found = letters.near(asked.as_bytes(), limit);
            found.sort_unstable();
            let expected: Vec<(u32, u8)> = (0..)
                .zip(&words)
                .map(|(place, word)| (place, strsim::osa_distance(&asked, word) as u8))
                .filter(|&(place, distance)| {
                    // The empty word stands at the root, which is no node.
                    (1..=limit).contains(&distance) && !words[place as usize].is_empty()
                })
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_word_as_long_as_words_may_be_is_told_from_longer_ones() {
        let long = "a".repeat(LONGEST);
        let words: Vec<String> = (LONGEST - 3..LONGEST + 5).map(|length| "a".repeat(length)).collect();
        let letters = Letters::of(words.iter().map(String::as_str));
        let mut found = letters.near(long.as_bytes(), 2);
        found.sort_unstable();
        assert_eq!(found, [(1, 2), (2, 1), (4, 1), (5, 2)]);
    }
}
