//! A word between its neighbours.

use crate::language::{Lexicon, VocabularyId, WordHash};

use super::words::{Marks, Word};

/// One occurrence of a word, and the words around it.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub(super) lexicon: &'c Lexicon,
    pub(super) text: &'c str,
    /// The words of the sentence.
    pub(super) words: &'c [Word],
    /// Which of them it is.
    pub(super) at: usize,
    pub(super) manner: Manner,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manner {
    /// How many slips the document seems to have: some 20 times their share of its words.
    pub(super) careless: f32,
    /// Sentences begin small, so a small letter does not tell a word from a name.
    pub(super) uncased: bool,
}

/// What stands on both sides, in the words of the bigram model; `None` for a word it does not
/// know, and for punctuation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbours {
    pub(super) left: Option<VocabularyId>,
    pub(super) right: Option<VocabularyId>,
}

/// The same, two on each side, the nearest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    left: [Option<VocabularyId>; 2],
    right: [Option<VocabularyId>; 2],
}

/// How rare a neighbour is taken to be that the bigram model does not know. It is the same for all
/// that may stand beside it, so it weighs little.
pub(super) const UNKNOWN_NEIGHBOUR: f32 = 5.0;

/// Base ten logarithms of how likely a word or a pair of words is between its neighbours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fit {
    /// Of the word after its left neighbour.
    pub(super) before: f32,
    /// Of the right neighbour after the word.
    pub(super) after: f32,
    /// The word was seen after its left neighbour.
    pub(super) seen_before: bool,
    /// The right neighbour was seen after the word.
    pub(super) seen_after: bool,
}

impl<'c> Context<'c> {
    pub(super) fn word(&self) -> &'c Word {
        &self.words[self.at]
    }

    /// The word as it stands in the text.
    pub(super) fn written(&self) -> &'c str {
        self.word().span.of(self.text)
    }

    pub(super) fn previous(&self) -> Option<&'c Word> {
        self.at.checked_sub(1).map(|at| &self.words[at])
    }

    pub(super) fn next(&self) -> Option<&'c Word> {
        self.words.get(self.at + 1)
    }

    /// The next word, if nothing but white space stands between.
    pub(super) fn next_after_space(&self) -> Option<&'c Word> {
        self.next().filter(|next| is_followed_by(self.word(), next))
    }

    /// The word before, if nothing but white space stands between.
    pub(super) fn previous_after_space(&self) -> Option<&'c Word> {
        self.previous().filter(|_| self.word().marks.any(Marks::AFTER_SPACE))
    }

    pub(super) fn neighbours(&self) -> Neighbours {
        self.neighbours_of(self.at)
    }

    /// The neighbours of the pair of words at `self.at` and the next.
    pub(super) fn neighbours_of_pair(&self) -> Neighbours {
        Neighbours { left: self.neighbours().left, right: self.neighbours_of(self.at + 1).right }
    }

    fn neighbours_of(&self, at: usize) -> Neighbours {
        let here = Context { at, ..*self };
        let left = if here.word().marks.any(Marks::INITIAL) {
            Some(Lexicon::SENTENCE_START)
        } else {
            here.previous_after_space().and_then(|word| word.vocabulary)
        };
        let right = match here.next() {
            None => Some(Lexicon::SENTENCE_END),
            Some(_) => here.next_after_space().and_then(|word| word.vocabulary),
        };
        Neighbours { left, right }
    }

    /// The words of the bigram model before and after, two on each side, the nearest first.
    pub(super) fn surroundings(&self) -> Surroundings {
        let Neighbours { left, right } = self.neighbours();
        let before =
            self.at.checked_sub(1).filter(|_| left.is_some_and(|left| left != Lexicon::SENTENCE_START));
        let after = right.filter(|&right| right != Lexicon::SENTENCE_END).map(|_| self.at + 1);
        Surroundings {
            left: [left, before.and_then(|at| self.neighbours_of(at).left)],
            right: [right, after.and_then(|at| self.neighbours_of(at).right)],
        }
    }

    /// True between two words with capitals, as `ibn` and `van der` are in names.
    pub(super) fn is_between_names(&self) -> bool {
        let capital = |word: &Word| word.marks.any(Marks::CAPITALISED) && !word.marks.any(Marks::INITIAL);
        self.next_after_space().is_some_and(capital)
            && self.previous_after_space().is_some_and(|word| word.marks.any(Marks::CAPITALISED))
    }

    /// True beside a word in small letters that neither a dictionary nor a list of misspellings has: where one
    /// word is of another language or trade, so may be the next.
    pub(super) fn is_beside_stranger(&self) -> bool {
        let beside = [self.previous_after_space(), self.next_after_space()];
        beside.into_iter().flatten().any(|word| {
            let written = word.span.of(self.text);
            let small = written.bytes().all(|byte| byte.is_ascii_lowercase());
            small
                && written.len() > 1
                && !self.lexicon.contains(written)
                && self.lexicon.misspelling(written).is_none()
        })
    }

    /// True after an unknown word with a capital, as the second word of `Erigeron compactus` is.
    pub(super) fn is_after_stranger(&self) -> bool {
        self.previous_after_space().is_some_and(|word| {
            let capital = word.marks.any(Marks::CAPITALISED);
            let known = |spelling: &str| self.lexicon.contains(&spelling.to_ascii_lowercase());
            capital && (word.marks.any(Marks::FOREIGN) || !known(word.span.of(self.text)))
        })
    }

    /// How many of the five words on each side `is_stranger` says are unknown, as a share.
    pub(super) fn strangers(&self, is_stranger: impl Fn(&Word) -> bool) -> f32 {
        const REACH: usize = 5;
        let first = self.at.saturating_sub(REACH);
        let last = (self.at + REACH + 1).min(self.words.len());
        let strangers = (first..last).filter(|&at| at != self.at && is_stranger(&self.words[at])).count();
        strangers as f32 / (last - first).max(4) as f32
    }
}

/// True if nothing but white space stands between a word and the next one, not even `'s`.
#[inline]
pub(super) fn is_followed_by(word: &Word, next: &Word) -> bool {
    next.marks.any(Marks::AFTER_SPACE) && !word.marks.any(Marks::POSSESSIVE)
}

impl Surroundings {
    /// Base ten logarithms of how likely words of a kind are here: after two words, between two, and
    /// before two; nought where a word is not known.
    pub(super) fn kinds(&self, lexicon: &Lexicon, word: Option<VocabularyId>) -> [f32; 3] {
        let [near_left, far_left] = self.left;
        let [near_right, far_right] = self.right;
        let likely = |words: [Option<VocabularyId>; 3]| match words {
            [Some(first), Some(second), Some(third)] => lexicon.kinds_follow([first, second, third]),
            _ => 0.0,
        };
        [
            likely([far_left, near_left, word]),
            likely([near_left, word, near_right]),
            likely([word, near_right, far_right]),
        ]
    }
}

impl Neighbours {
    /// How well something that begins and ends with these words stands here.
    pub(super) fn fit(self, lexicon: &Lexicon, [first, last]: [Option<VocabularyId>; 2], rarity: f32) -> Fit {
        let (before, seen_before) = lexicon.follows(self.left, first, rarity);
        let (after, seen_after) = lexicon.follows(last, self.right, UNKNOWN_NEIGHBOUR);
        Fit { before, after, seen_before, seen_after }
    }

    /// What the neighbours would be without the word: the logarithm of the right one's frequency.
    pub(super) fn right_alone(self, lexicon: &Lexicon) -> f32 {
        lexicon.follows(None, self.right, UNKNOWN_NEIGHBOUR).0
    }
}

impl Fit {
    pub(super) fn total(self) -> f32 {
        self.before + self.after
    }
}

/// The id of a word in the bigram model.
pub(super) fn vocabulary(lexicon: &Lexicon, word: &str) -> Option<VocabularyId> {
    lexicon.vocabulary(WordHash::of(word.as_bytes()))
}
