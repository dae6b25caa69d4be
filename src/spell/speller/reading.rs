//! How the words of a document are read: first its beginning, which tells how all of it is written.

use std::ops::ControlFlow;

use crate::model::{Sentence, Span};
use crate::spell::context::Manner;
use crate::spell::foreign;
use crate::spell::judge::Oddity;
use crate::spell::words::{Marks, Word, each_sentence};

use super::Speller;

/// So many words tell what kind of text a document is.
const OPENING: usize = 4096;

/// So many sentences tell whether a document is in one language.
const SENTENCES_THAT_TELL: usize = 50;

/// The beginning of a document.
pub(super) struct Opening<'s> {
    /// Its words: all, or those of so many sentences that they are [`OPENING`] at least.
    pub(super) words: Vec<Word>,
    /// How the document is written; `None` if it is not English.
    pub(super) manner: Option<Manner>,
    /// The sentences that follow.
    pub(super) rest: &'s [Sentence],
}

impl Speller<'_> {
    /// Reads the beginning of a document, by which it is told whether it is English and what its manner is; if it
    /// is, calls `look` with the words of each sentence there, and the manner.
    pub(super) fn open<'s>(
        &self,
        text: &str,
        sentences: &'s [Sentence],
        protected: &[Span],
        is_english: bool,
        mut look: impl FnMut(&[Word], Manner),
    ) -> Opening<'s> {
        // A word takes some six bytes of text.
        let likely = (text.len() / 5).min(OPENING + OPENING / 4);
        let mut opening: Vec<Word> = Vec::with_capacity(likely);
        let mut ends = Vec::with_capacity(sentences.len().min(likely));
        let mut manner = None;
        let tell = |opening: &[Word], ends: &[usize], look: &mut dyn FnMut(&[Word], Manner)| {
            if !is_english && !self.looks_english(opening) {
                return None;
            }
            let starts = || std::iter::once(0).chain(ends.iter().copied());
            let first_words = starts().filter_map(|start| opening.get(start));
            let manner = Manner { careless: self.carelessness(opening), uncased: is_uncased(first_words) };
            starts().zip(ends).for_each(|(start, &end)| look(&opening[start..end], manner));
            Some(manner)
        };
        let mut is_told = false;
        let rest = each_sentence(text, sentences, protected, &mut Vec::new(), |words| {
            words.iter_mut().for_each(|word| self.note(word));
            if is_told {
                // What is left of a sentence that is longer than the beginning.
                if let Some(manner) = manner {
                    look(words, manner);
                }
                return ControlFlow::Break(());
            }
            opening.extend_from_slice(words);
            ends.push(opening.len());
            if opening.len() < OPENING {
                return ControlFlow::Continue(());
            }
            manner = tell(&opening, &ends, &mut look);
            is_told = true;
            ControlFlow::Break(())
        });
        if !is_told {
            manner = tell(&opening, &ends, &mut look);
        }
        Opening { words: opening, manner, rest }
    }

    /// Calls `look` with the words of each of some sentences.
    pub(super) fn each_sentence(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        mut look: impl FnMut(&[Word]),
    ) {
        each_sentence(text, sentences, protected, &mut Vec::new(), |words| {
            words.iter_mut().for_each(|word| self.note(word));
            look(words);
            ControlFlow::Continue(())
        });
    }

    /// True for a document in which so much is in other languages that no sentence is judged. Asked only
    /// where something was found. `opening` are its first words.
    pub(super) fn is_mixed(
        &self,
        text: &str,
        sentences: &[Sentence],
        opening: &[Word],
        scratch: &mut String,
    ) -> bool {
        let Some(last) = sentences[..sentences.len().min(SENTENCES_THAT_TELL)].last() else { return false };
        let opening = &opening[..opening.len().min(OPENING)];
        let told = opening.partition_point(|word| word.span.start < last.text.end);
        foreign::is_foreign(self.lexicon, text, &opening[..told], |word| self.is_function_word(word), scratch)
    }

    /// A guess for a text whose language is not known: English has a function word in three.
    fn looks_english(&self, words: &[Word]) -> bool {
        let foreign = words.iter().filter(|word| word.marks.any(Marks::FOREIGN)).count();
        let function = words.iter().filter(|word| self.is_function_word(word)).count();
        function * 5 >= words.len() && foreign * 10 <= words.len() && function > 0
    }

    /// How careless a document is: where many words look mistyped, one more is likelier to be.
    fn carelessness(&self, words: &[Word]) -> f32 {
        const NAME: Marks = Marks::CAPITALISED.with(Marks::UPPER).with(Marks::TECHNICAL);
        let is_mistyped = |word: &&Word| {
            self.oddity(word).is_some_and(|oddity| match oddity.unknown() {
                Some(unknown) => !word.marks.any(NAME) && unknown.looks_mistyped(),
                None => matches!(oddity, Oddity::Contraction(_) | Oddity::Chat),
            })
        };
        let mistyped = words.iter().filter(is_mistyped).count();
        (20.0 * mistyped as f32 / words.len().max(100) as f32).min(2.0)
    }
}

/// True when sentences begin with small letters.
fn is_uncased<'w>(first_words: impl Iterator<Item = &'w Word>) -> bool {
    let (mut small, mut all) = (0, 0);
    for word in first_words.filter(|word| !word.marks.any(Marks::TECHNICAL.with(Marks::FOREIGN))) {
        all += 1;
        small += usize::from(!word.marks.any(Marks::CAPITALISED.with(Marks::UPPER)));
    }
    all >= 4 && small * 4 >= all * 3
}
