//! How alike two sentences are, as rows report it.

/// Above this many cells the edit distance is not worked out: a sentence of thousands of words
/// would take longer than the rest of the corpus.
const MOST_CELLS: usize = 4_000_000;

/// Token-edit similarity: 1 minus the token edits from `a` to `b` over the longer length.
pub(super) fn similarity(a: &[u32], b: &[u32]) -> f64 {
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    1.0 - token_edits(a, b) as f64 / longest as f64
}

/// Tokens to insert, delete or replace to come from `a` to `b`. For very long sentences an upper
/// bound: the length of what is left without the common start and end.
pub(super) fn token_edits(a: &[u32], b: &[u32]) -> usize {
    let (_, a, b) = trim(a, b);
    if a.is_empty() || b.is_empty() || a.len() * b.len() > MOST_CELLS {
        return a.len().max(b.len());
    }
    strsim::generic_levenshtein(&Tokens(a), &Tokens(b))
}

/// The length of the common start, and what is left of two lists without common start and end.
pub(super) fn trim<'a>(a: &'a [u32], b: &'a [u32]) -> (usize, &'a [u32], &'a [u32]) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (start, &a[..a.len() - end], &b[..b.len() - end])
}

/// `strsim` measures whatever can be iterated by reference.
struct Tokens<'a>(&'a [u32]);

impl<'a, 'b> IntoIterator for &'b Tokens<'a> {
    type Item = u32;
    type IntoIter = std::iter::Copied<std::slice::Iter<'b, u32>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_counts_token_edits() {
        assert_eq!(similarity(&[1, 2, 3, 4], &[1, 2, 3, 4]), 1.0);
        assert_eq!(similarity(&[1, 2, 3, 4], &[1, 9, 3, 4]), 0.75);
        assert_eq!(similarity(&[1, 2, 3, 4], &[1, 2, 3, 4, 5]), 0.8);
        assert_eq!(similarity(&[1, 2], &[3, 4, 5, 6]), 0.0);
        assert_eq!(similarity(&[], &[]), 1.0);
    }

    #[test]
    fn two_endless_sentences_are_measured_by_what_they_do_not_share_at_the_ends() {
        let a: Vec<u32> = (0..10_000).collect();
        let b: Vec<u32> =
            (0..10_000).map(|n| if (100..9_900).contains(&n) { n + 50_000 } else { n }).collect();
        assert_eq!(token_edits(&a, &b), 9_800);
    }
}
