//! The similar pairs of the corpus, as a graph over classes.

use xxhash_rust::xxh3::xxh3_64;

use crate::language::TokenKind;

use super::candidates::{Limits, join};
use super::corpus::Corpus;
use super::features::Features;
use super::varint;

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
    pub(super) fn new(corpus: &Corpus, chosen: &[u32], salts: impl Fn(u32) -> u32, threshold: f64) -> Self {
        let features = Features::new(corpus, chosen);
        let numbers = Numbers::new(corpus);
        let facts: Vec<u32> = features.classes.iter().map(|&class| numbers.of(corpus, class)).collect();
        let quotas = (
            LIKELY_LINKS.max(8_000_000 / chosen.len().max(1)),
            UNLIKELY_LINKS.max(1_000_000 / chosen.len().max(1)),
        );
        let mut pairs: Vec<(u32, Link)> = Vec::new();
        let mut of_one = OfOne::default();
        let limits = Limits::for_sentences(chosen.len());
        join(
            &features,
            |n| salts(features.classes[n]),
            threshold,
            limits,
            |a, b, jaccard| {
                if of_one.list != a {
                    of_one.take(&features, quotas, &mut pairs);
                    of_one.list = a;
                }
                let side = if facts[a] == facts[b] { &mut of_one.likely } else { &mut of_one.unlikely };
                side.push((b as u32, jaccard as f32));
            },
        );
        of_one.take(&features, quotas, &mut pairs);
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

/// What was found for one list in one round.
#[derive(Default)]
struct OfOne {
    list: usize,
    likely: Vec<(u32, f32)>,
    unlikely: Vec<(u32, f32)>,
}

impl OfOne {
    fn take(&mut self, features: &Features, quotas: (usize, usize), pairs: &mut Vec<(u32, Link)>) {
        for (side, quota) in [(&mut self.likely, quotas.0), (&mut self.unlikely, quotas.1)] {
            if side.len() > quota {
                // The order in which they were found is rarest key first: it settles equals.
                side.sort_by(|x, y| y.1.total_cmp(&x.1));
            }
            for &(b, jaccard) in side.iter().take(quota) {
                pairs.push((
                    features.classes[self.list],
                    Link { class: features.classes[b as usize], jaccard },
                ));
            }
            side.clear();
        }
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
        varint::read(corpus.tokens_of(corpus.first_forms[class as usize]))
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
