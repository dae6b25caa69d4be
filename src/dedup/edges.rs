//! The similar pairs of the corpus, as a graph over classes.

use super::candidates::{Meeting, Sink, join};
use super::corpus::Corpus;
use super::features::Features;
use super::meant::Meant;

/// Links that a class may have, by kind: to classes with the same numbers, whose sentences may be
/// its copies; to others, of which a few are enough to show a person; and the same two among those
/// it meets in a crowd.
const QUOTAS: [usize; 4] = [64, 3, 2, 1];

/// Small corpora keep more, as many as make this in all.
const LINKS_AFFORDED: usize = 2_000_000;

/// Sentences are crowded when more than so many share a key; more in small corpora, in which all
/// pairs can be looked at.
const CROWD: usize = 32;

/// Comparisons under one key afforded by all sentences together.
const COMPARISONS_AFFORDED: usize = 32_000_000;

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
        chosen: &[u32],
        salts: impl Fn(u32) -> u32,
        threshold: f64,
    ) -> Self {
        let features = Features::new(corpus, meant, chosen);
        let crowd = CROWD.max(COMPARISONS_AFFORDED / features.len().max(1));
        let mut gatherer = Gatherer::new(&features);
        join(&features, |n| salts(features.classes[n]), threshold, crowd, &mut gatherer);
        let pairs = gatherer.pairs;
        drop(features);
        Edges::from_pairs(&pairs, corpus.first_forms.len())
    }

    fn from_pairs(pairs: &[(u32, Link)], classes: usize) -> Self {
        let mut ends = vec![0u32; classes + 1];
        for (class, link) in pairs {
            ends[*class as usize + 1] += 1;
            ends[link.class as usize + 1] += 1;
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
        for &(class, link) in pairs {
            file(class, link);
            file(link.class, Link { class, ..link });
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

/// Keeps as many of the similar pairs as are of use.
struct Gatherer<'a> {
    features: &'a Features,
    quotas: [u16; 4],
    /// The links of each list so far, by kind.
    links: Vec<[u16; 4]>,
    pairs: Vec<(u32, Link)>,
}

impl<'a> Gatherer<'a> {
    fn new(features: &'a Features) -> Self {
        let afforded = LINKS_AFFORDED / features.len().max(1);
        let quotas = QUOTAS.map(|quota| u16::try_from(quota.max(afforded)).unwrap_or(u16::MAX));
        Gatherer { features, quotas, links: vec![[0; 4]; features.len()], pairs: Vec::new() }
    }
}

impl Sink for Gatherer<'_> {
    fn wants(&self, a: usize, meeting: Meeting) -> bool {
        let kind = kind(meeting);
        self.links[a][kind] < self.quotas[kind]
    }

    fn found(&mut self, a: usize, b: usize, meeting: Meeting, jaccard: f64) {
        let kind = kind(meeting);
        if self.links[a][kind] == self.quotas[kind] {
            return;
        }
        self.links[a][kind] += 1;
        let link = Link { class: self.features.classes[b], jaccard: jaccard as f32 };
        self.pairs.push((self.features.classes[a], link));
    }
}

/// Which of the quotas a link counts for.
fn kind(meeting: Meeting) -> usize {
    2 * usize::from(meeting.is_crowded) + usize::from(!meeting.may_share_numbers)
}
