//! The join by itself, for benches: in [`super::resolve`] it is one step of many.

use crate::model::Workers;

use super::corpus::Corpus;
use super::edges::crowd;
use super::features::Features;
use super::resolve::{compared_classes, meanings};
use super::{Background, Fingerprints, Settings, candidates};

/// The distinct sentences of a corpus, ready to be joined.
#[derive(Debug)]
pub struct Joinable {
    features: Features,
}

impl Joinable {
    /// Does all that [`super::resolve`] does before it joins.
    pub fn new(
        batches: Vec<Fingerprints>,
        settings: &Settings,
        background: &Background,
        workers: &dyn Workers,
    ) -> Self {
        let corpus = Corpus::new(batches, settings);
        let (counts, _, meant) = meanings(&corpus, background, workers);
        let compared = compared_classes(&corpus);
        Joinable { features: Features::new(&corpus, &meant, &counts, &compared, workers) }
    }

    /// Number of distinct sentences.
    pub fn sentences(&self) -> usize {
        self.features.len()
    }

    /// The number of pairs with a similarity of at least `threshold`, 0 to 1.
    pub fn join(&self, threshold: f64, workers: &dyn Workers) -> usize {
        let pairs = candidates::join(&self.features, |_| 0, threshold, crowd(self.features.len()), workers);
        pairs.iter().map(Vec::len).sum()
    }
}
