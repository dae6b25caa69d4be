//! The similar pairs of the corpus, as a graph over classes.

use crate::model::Workers;

use super::candidates::{Pair, join};
use super::corpus::Corpus;
use super::features::Features;
use super::meant::Meant;

/// Links that a class looks for, at most; more in small corpora.
const LINKS: usize = 24;

/// Links that all classes may have together, without being held to [`LINKS`].
const LINKS_AFFORDED: usize = 2_000_000;

/// Sentences are crowded when more than so many share a key; more in small corpora, in which all
/// pairs can be looked at.
const CROWD: usize = 32;

/// Comparisons under one key afforded by all sentences together.
const COMPARISONS_AFFORDED: usize = 32_000_000;

/// How many of so many sentences share a key before they are crowded.
pub(super) fn crowd(sentences: usize) -> usize {
    CROWD.max(COMPARISONS_AFFORDED / sentences.max(1))
}

/// For each class, the classes that are similar.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// Where the links of each class end.
    ends: Vec<u32>,
    links: Vec<Link>,
}

/// A similar class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) class: u32,
    pub(super) jaccard: f32,
}

impl Edges {
    /// Links all pairs of the classes in `chosen` with a similarity of at least `threshold`.
    /// `salts` gives what a class must have in common with another to meet it.
    pub(super) fn new(
        corpus: &Corpus,
        meant: &Meant,
        counts: &[u32],
        chosen: &[u32],
        salts: impl Fn(u32) -> u32 + Sync,
        threshold: f64,
        workers: &dyn Workers,
    ) -> Self {
        let features = Features::new(corpus, meant, counts, chosen, workers);
        let count = features.len().max(1);
        let mut found =
            join(&features, |n| salts(features.classes[n]), threshold, crowd(features.len()), workers);
        let most = u16::try_from(LINKS.max(LINKS_AFFORDED / count)).unwrap_or(u16::MAX);
        let mut links = vec![0u16; features.len()];
        for pairs in &mut found {
            pairs.retain_mut(|Pair { a, b, .. }| {
                let own = &mut links[*a as usize];
                let is_afforded = *own < most;
                *own += u16::from(is_afforded);
                // From now on by class.
                (*a, *b) = (features.classes[*a as usize], features.classes[*b as usize]);
                is_afforded
            });
        }
        drop((features, links));
        Edges::from_pairs(&found, corpus.first_forms.len())
    }

    /// The links of pairs of classes.
    fn from_pairs(pairs: &[Vec<Pair>], classes: usize) -> Self {
        let pairs = || pairs.iter().flatten();
        let mut ends = vec![0u32; classes + 1];
        for pair in pairs() {
            ends[pair.a as usize + 1] += 1;
            ends[pair.b as usize + 1] += 1;
        }
        for class in 0..classes {
            ends[class + 1] += ends[class];
        }
        let mut links = vec![Link { class: 0, jaccard: 0.0 }; ends[classes] as usize];
        let mut file = |class: u32, link: Link| {
            let place = &mut ends[class as usize];
            links[*place as usize] = link;
            *place += 1;
        };
        for &Pair { a, b, jaccard } in pairs() {
            file(a, Link { class: b, jaccard });
            file(b, Link { class: a, jaccard });
        }
        ends.truncate(classes);
        let mut edges = Edges { ends, links };
        for class in 0..classes as u32 {
            let range = edges.range(class);
            edges.links[range].sort_by(|x, y| y.jaccard.total_cmp(&x.jaccard).then(x.class.cmp(&y.class)));
        }
        edges
    }

    fn range(&self, class: u32) -> std::ops::Range<usize> {
        let class = class as usize;
        let start = if class == 0 { 0 } else { self.ends[class - 1] };
        start as usize..self.ends[class] as usize
    }

    /// The classes similar to `class`, the most similar first.
    pub(super) fn of(&self, class: u32) -> &[Link] {
        &self.links[self.range(class)]
    }
}
