//! What the place of a word says of it, whatever was meant.

use super::Unknown;
use crate::spell::candidates::{Candidate, Slip};
use crate::spell::context::{Context, Fit, Neighbours};
use crate::spell::features::{UnknownFeatures, flag};
use crate::spell::rules;
use crate::spell::words::Marks;

/// A place where a word stands, and what it says of the word, whatever was meant.
#[derive(Clone, Copy)]
pub(super) struct Place<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) marks: Marks,
    pub(super) neighbours: Neighbours,
    /// How well the word fits its neighbours.
    pub(super) own: Fit,
    /// What the right neighbour would be without the word.
    pub(super) right_alone: f32,
    /// Unknown words near by.
    pub(super) strangers: f32,
    pub(super) between_names: f32,
    pub(super) after_stranger: f32,
    /// The word begins with a capital, or is in capitals.
    capital: bool,
    /// Two words may have been run together.
    splits: bool,
    /// Something follows that the word may own.
    owner: bool,
}

impl<'c> Place<'c> {
    pub(super) fn of(word: &Unknown, context: &'c Context<'c>, strangers: f32) -> Place<'c> {
        let marks = context.word().marks;
        let neighbours = context.neighbours();
        Place {
            context,
            marks,
            neighbours,
            own: neighbours.fit(context.lexicon, [word.id; 2], word.rarity),
            right_alone: neighbours.right_alone(context.lexicon),
            strangers,
            between_names: flag(context.is_between_names()),
            after_stranger: flag(context.is_after_stranger()),
            capital: marks.any(Marks::CAPITALISED.with(Marks::UPPER)),
            // A name of four letters has a split too easily: `Isa`, `Ato`.
            splits: !marks.any(Marks::CAPITALISED) || word.own.length > 0.45,
            // What lost its apostrophe stands before something.
            owner: !marks.any(Marks::POSSESSIVE) && context.next_after_space().is_some(),
        }
    }

    /// True for a candidate that could stand here.
    pub(super) fn admits(&self, candidate: &Candidate) -> bool {
        match candidate.slip {
            Slip::Space => self.splits,
            slip => {
                // `febuary` lost its capital, too.
                let case = self.capital || !candidate.name || candidate.listed;
                case && (self.owner || slip != Slip::Apostrophe)
            }
        }
    }
}

/// Adds the features of a pair of words that may have been run together.
pub(super) fn add_joined(
    features: &mut UnknownFeatures,
    candidate: &Candidate,
    (left, right): (&str, &str),
    place: &Place,
) {
    let (pair, seen) = candidate.pair;
    features.joined_function_left = flag(rules::is_function_word(left));
    features.joined_function_right = flag(rules::is_function_word(right));
    features.joined_seen = flag(seen);
    features.joined_pair = pair + 4.0;
    features.joined_name = flag(candidate.name);
    // After a name comes `Latinus secundus`, and also `wasborn`.
    if rules::is_safe_split(left, right) {
        features.after_stranger = 0.0;
        // `Veliyathil servedthe Eparchy`; with a capital it may be one of the names.
        features.between_names = if place.capital { place.between_names } else { 0.0 };
    }
}
