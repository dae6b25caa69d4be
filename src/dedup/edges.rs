//! The similar pairs of the corpus, as a graph over classes.

use xxhash_rust::xxh3::xxh3_64;

use crate::language::TokenKind;
use crate::model::Workers;

use super::candidates::{Limits, Sink, join};
use super::corpus::Corpus;
use super::features::Features;
use super::meant::Meant;

/// Similar classes with the same numbers that one class is linked with, at least; small corpora
/// keep more.
const LIKELY_LINKS: usize = 24;

/// Links of a class to classes with other numbers. Their sentences are never each other's copies,
/// so a few to show a person are enough.
const UNLIKELY_LINKS: usize = 4;

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
        salts: impl Fn(u32) -> u32 + Sync,
        threshold: f64,
        workers: &dyn Workers,
    ) -> Self {
        let features = Features::new(corpus, meant, chosen);
        let numbers = Numbers::new(corpus);
        let facts: Vec<u32> = features.classes.iter().map(|&class| numbers.of(corpus, class)).collect();
        let gathered: Vec<Vec<(u32, Link)>> = join(
            &features,
            |n| salts(features.classes[n]),
            threshold,
            Limits::for_sentences(features.len()),
            workers,
            || Gatherer::new(&features, &facts),
        )
        .into_iter()
        .map(|gatherer| gatherer.pairs)
        .collect();
        drop(features);
        Edges::from_pairs(&gathered, corpus.first_forms.len())
    }

    fn from_pairs(gathered: &[Vec<(u32, Link)>], classes: usize) -> Self {
        let pairs = || gathered.iter().flatten();
        let mut ends = vec![0u32; classes + 1];
        for (class, link) in pairs() {
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
        for &(class, link) in pairs() {
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
    /// The numbers in each list.
    facts: &'a [u32],
    quotas: [usize; 2],
    /// The list that is being looked at, and its links with the same and with other numbers.
    list: usize,
    links: [usize; 2],
    pairs: Vec<(u32, Link)>,
}

impl<'a> Gatherer<'a> {
    fn new(features: &'a Features, facts: &'a [u32]) -> Self {
        let quota = |least: usize, of_all: usize| least.max(of_all / features.len().max(1));
        let quotas = [quota(LIKELY_LINKS, 8_000_000), quota(UNLIKELY_LINKS, 2_000_000)];
        Gatherer { features, facts, quotas, list: 0, links: [0; 2], pairs: Vec::new() }
    }

    fn side(&self, a: usize, b: usize) -> usize {
        usize::from(self.facts[a] != self.facts[b])
    }
}

impl Sink for Gatherer<'_> {
    fn wants(&self, a: usize, b: usize) -> bool {
        let side = self.side(a, b);
        self.list != a || self.links[side] < self.quotas[side]
    }

    fn found(&mut self, a: usize, b: usize, jaccard: f64) {
        if self.list != a {
            (self.list, self.links) = (a, [0; 2]);
        }
        self.links[self.side(a, b)] += 1;
        let link = Link { class: self.features.classes[b], jaccard: jaccard as f32 };
        self.pairs.push((self.features.classes[a], link));
    }
}

/// The digits of sentences, as sums of hashes: equal numbers, equal sums.
struct Numbers {
    /// By folded word.
    hashes: Vec<u32>,
}

impl Numbers {
    fn new(corpus: &Corpus) -> Self {
        let words = &corpus.words;
        let mut hashes = vec![0; words.folded_len()];
        for (word, _) in words.iter() {
            if words.kind(word) == TokenKind::Number {
                let folded = words.folded(word);
                hashes[folded as usize] = digits_hash(words.normal(folded));
            }
        }
        Numbers { hashes }
    }

    fn of(&self, corpus: &Corpus, class: u32) -> u32 {
        corpus
            .words_of(corpus.first_forms[class as usize])
            .fold(0, |sum: u32, word| sum.wrapping_add(self.hashes[corpus.words.folded(word) as usize]))
    }
}

/// `10km` counts like `10`, so that `10 km` may be its copy.
fn digits_hash(number: &str) -> u32 {
    number
        .split(|c: char| !c.is_numeric() && !matches!(c, '.' | ',' | ':' | '/'))
        .filter(|run| !run.is_empty())
        .fold(0, |sum: u32, run| sum.wrapping_add(xxh3_64(run.as_bytes()) as u32))
}
