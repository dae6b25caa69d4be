//! Two lists of words side by side.

/// The places of a longest common subsequence of `a` and `b`, in rising order. Time and memory grow with
/// the product of the lengths: callers set a bound.
pub fn common_subsequence<T: PartialEq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    // The length for what is left from each pair of places on.
    let width = b.len() + 1;
    let mut lengths = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = if a[i] == b[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_common_part_is_found_in_order() {
        let common = |a: &str, b: &str| -> String {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            common_subsequence(&a, &b)
                .into_iter()
                .map(|(i, j)| if a[i] == b[j] { a[i] } else { '!' })
                .collect()
        };
        assert_eq!(common("abcde", "xbyde"), "bde");
        assert_eq!(common("abc", "abc"), "abc");
        assert_eq!(common("abc", "xyz"), "");
        assert_eq!(common("", "abc"), "");
    }
}
