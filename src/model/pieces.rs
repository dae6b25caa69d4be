//! Many strings or lists in one stretch of memory.

use std::ops::{Index, Range};

/// Strings, or lists of `T`, by number: one stretch that holds all of them, one after the other, and where
/// each ends. To have one more costs its length and eight bytes, and no allocation of its own.
#[derive(Clone, Debug, Default)]
pub struct Pieces<B> {
    all: B,
    ends: Vec<usize>,
}

/// What pieces can stand in: `String` and `Vec<T>`.
pub trait Stretch: Index<Range<usize>> {
    /// How long it is, in what its ranges count.
    fn length(&self) -> usize;

    /// Adds a piece at its end.
    fn append(&mut self, piece: &Self::Output);
}

impl Stretch for String {
    fn length(&self) -> usize {
        self.len()
    }

    fn append(&mut self, piece: &str) {
        self.push_str(piece);
    }
}

impl<T: Clone> Stretch for Vec<T> {
    fn length(&self) -> usize {
        self.len()
    }

    fn append(&mut self, piece: &[T]) {
        self.extend_from_slice(piece);
    }
}

impl<B: Stretch> Pieces<B> {
    /// A stretch that is there already, cut at these ends. They must rise to its length.
    pub fn cut(all: B, ends: Vec<usize>) -> Self {
        debug_assert!(ends.is_sorted() && ends.last().copied().unwrap_or_default() == all.length());
        Pieces { all, ends }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The next number is for this piece.
    pub fn push(&mut self, piece: &B::Output) {
        self.all.append(piece);
        self.ends.push(self.all.length());
    }

    /// The next number is for what `write` adds to the stretch.
    pub fn push_with<R>(&mut self, write: impl FnOnce(&mut B) -> R) -> R {
        let result = write(&mut self.all);
        self.ends.push(self.all.length());
        result
    }

    /// The piece with this number, if there is one.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&B::Output> {
        (number < self.ends.len()).then(|| &self[number])
    }

    /// All pieces, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &B::Output> {
        (0..self.len()).map(|number| &self[number])
    }
}

impl<B: Stretch> Index<usize> for Pieces<B> {
    type Output = B::Output;

    #[inline]
    fn index(&self, number: usize) -> &B::Output {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.all[start..self.ends[number]]
    }
}

impl Pieces<String> {
    /// Gives back the room for more.
    pub fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<T: Clone> Pieces<Vec<T>> {
    /// Makes room for so many more pieces, with so many elements in all of them.
    pub fn reserve_exact(&mut self, pieces: usize, elements: usize) {
        self.all.reserve_exact(elements);
        self.ends.reserve_exact(pieces);
    }
}

impl<'s> FromIterator<&'s str> for Pieces<String> {
    fn from_iter<I: IntoIterator<Item = &'s str>>(strings: I) -> Self {
        let mut pieces = Pieces::default();
        strings.into_iter().for_each(|string| pieces.push(string));
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_by_number_and_empty_ones_are_pieces_too() {
        let mut pieces: Pieces<String> = ["one", "", "three"].into_iter().collect();
        pieces.push_with(|all| all.push_str("four"));
        assert_eq!(pieces.iter().collect::<Vec<_>>(), ["one", "", "three", "four"]);
        assert_eq!((&pieces[1], pieces.get(3), pieces.get(4)), ("", Some("four"), None));
        assert_eq!((pieces.len(), pieces.is_empty()), (4, false));
        let mut lists = Pieces::<Vec<u8>>::default();
        assert!(lists.is_empty() && lists.get(0).is_none());
        lists.push(&[1, 2]);
        lists.push(&[3]);
        assert_eq!(lists.iter().collect::<Vec<_>>(), [&[1, 2][..], &[3]]);
    }
}
