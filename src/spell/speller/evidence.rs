//! What is known about suspicious words, for explaining a row and for fitting the weights.

use crate::model::{Sentence, Span};

use crate::spell::context::Context;
use crate::spell::features::{RealFeatures, UnknownFeatures};
use crate::spell::judge::Oddity;
use crate::spell::real::Doubt;
use crate::spell::words::Word;

use super::{Speller, is_doubtful, is_tied_to_next};

/// What is known about one suspicious occurrence: for explaining a row, and for fitting the weights.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The word.
    pub span: Span,
    /// Whether some list has the word.
    pub known: bool,
    /// What may have been meant, and the features that speak for or against it.
    pub candidates: Vec<(String, Vec<(&'static str, f32)>)>,
}

impl Speller<'_> {
    /// What is known about every suspicious word of an English document.
    pub fn evidence(&self, text: &str, sentences: &[Sentence], protected: &[Span]) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        let mut look = |words: &[Word], manner| {
            for at in 0..words.len() {
                let context = Context { lexicon: self.lexicon, text, words, at, manner };
                evidence.extend(self.word_evidence(&context));
            }
        };
        let opening = self.open(text, sentences, protected, true, &mut look);
        if let Some(manner) = opening.manner {
            self.each_sentence(text, opening.rest, protected, |words| look(words, manner));
        }
        evidence
    }

    fn word_evidence(&self, context: &Context) -> Option<Evidence> {
        let word = context.word();
        let named = |names: &[&'static str], values: &[f32]| {
            names.iter().copied().zip(values.iter().copied()).collect::<Vec<_>>()
        };
        if let Some(unknown) = self.oddity(word).and_then(Oddity::unknown)
            && !self.is_passed_by(context)
            && !unknown.is_name_here(context)
        {
            let candidates = unknown
                .weigh(context, self.strangers(context))
                .map(|w| (w.candidate.text.clone(), named(UnknownFeatures::NAMES, &w.features.values())))
                .collect();
            return Some(Evidence { span: word.span, known: false, candidates });
        }
        let is_tied = |at: usize| is_tied_to_next(self.lexicon, context.words, at);
        let tied_before = context.at.checked_sub(1).is_some_and(is_tied);
        let tied_after = is_tied(context.at);
        let doubt = Doubt { tied_before, tied_after, confusions: true };
        let known = self.suspect(word.suspect)?.known.as_ref().filter(|_| is_doubtful(word, doubt))?;
        let candidates: Vec<_> = known
            .weigh(context, doubt, || self.strangers(context))
            .iter()
            .map(|w| (w.other.text.clone(), named(RealFeatures::NAMES, &w.features.values())))
            .collect();
        (!candidates.is_empty()).then_some(Evidence { span: word.span, known: true, candidates })
    }
}
