//! Documents that say nothing another document does not say.

use rustc_hash::FxHashMap;

use crate::model::DocId;

use super::cluster::Clusters;
use super::corpus::Corpus;
use super::{DocumentFacts, Keep, Settings};

/// A document from this share on is shown for review; all of it makes it a copy.
const CONTAINED_FOR_REVIEW: f64 = 0.8;

/// Documents looked at for one sentence: what stands in more of them is boilerplate, and the
/// first of them, which are to be kept, are in.
const MOST_HOLDERS: usize = 256;

/// Documents compared in full with one document.
const MOST_COMPARED: usize = 64;

/// A document of which another holds all or most sentences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contained {
    /// The kept document that holds them.
    pub(super) within: DocId,
    /// The share of sentences it holds.
    pub(super) share: f64,
}

impl Contained {
    /// True if the other document holds every sentence.
    pub(super) fn is_copy(self) -> bool {
        self.share >= 1.0
    }
}

/// For each document, the earlier kept one that holds the most of it, if that is enough to tell.
pub(super) fn contained(
    corpus: &Corpus,
    clusters: &Clusters,
    facts: &[DocumentFacts],
    settings: &Settings,
    words: &[u32],
) -> Vec<Option<Contained>> {
    let contents = Contents::new(corpus, clusters);
    let mut result = vec![None; corpus.documents.len()];
    let mut holders: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for document in order(corpus, facts, settings, words) {
        let cells = contents.of(document);
        if cells.is_empty() || corpus.refused.contains(&document) {
            continue;
        }
        let total: u32 = cells.iter().map(|cell| cell.count).sum();
        let best = candidates(&contents, cells, &holders)
            .into_iter()
            .map(|other| Contained { within: DocId(other), share: contents.share(cells, other, total) })
            .filter(|contained| contained.share >= CONTAINED_FOR_REVIEW)
            .reduce(|best, next| if next.share > best.share { next } else { best });
        let enough_words = words[document as usize] as usize >= settings.min_words;
        let is_copy = best.is_some_and(Contained::is_copy) && !corpus.documents[document as usize].damaged;
        if enough_words {
            result[document as usize] =
                best.map(
                    |best| if best.is_copy() && !is_copy { Contained { share: 0.999, ..best } } else { best },
                );
        }
        if !(is_copy && enough_words) {
            for cell in cells.iter().filter(|cell| contents.spread(cell.id) > 1) {
                let held_by = holders.entry(cell.id).or_default();
                if held_by.len() < MOST_HOLDERS {
                    held_by.push(document);
                }
            }
        }
    }
    result
}

/// Documents in the order in which they are to be kept.
fn order(corpus: &Corpus, facts: &[DocumentFacts], settings: &Settings, words: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..corpus.documents.len() as u32).collect();
    order.sort_by_key(|&document| {
        let rank = match settings.keep {
            Keep::First => 0,
            Keep::Last => u32::MAX - document,
            Keep::Longest => u32::MAX - words[document as usize],
        };
        (facts[document as usize].preference, rank)
    });
    order
}

/// Documents to compare with: those that hold one of the rarest sentences. If a document holds
/// a share *s* of *m* sentences, it holds one of any `m - ⌈s·m⌉ + 1` of them.
fn candidates(contents: &Contents, cells: &[Cell], holders: &FxHashMap<u32, Vec<u32>>) -> Vec<u32> {
    let mut rarest: Vec<&Cell> = cells.iter().collect();
    rarest.sort_by_key(|cell| (contents.spread(cell.id), cell.id));
    let total: u32 = cells.iter().map(|cell| cell.count).sum();
    let may_lack = total - (f64::from(total) * CONTAINED_FOR_REVIEW - 1e-9).ceil() as u32;
    let mut passed = 0;
    let mut hits: Vec<u32> = Vec::new();
    for cell in rarest {
        hits.extend(holders.get(&cell.id).into_iter().flatten());
        passed += cell.count;
        if passed > may_lack {
            break;
        }
    }
    hits.sort_unstable();
    let mut counted: Vec<(usize, u32)> =
        hits.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
    counted.sort_by_key(|&(count, document)| (std::cmp::Reverse(count), document));
    counted.into_iter().take(MOST_COMPARED).map(|(_, document)| document).collect()
}

/// What each document says: its kept forms, sorted, and how often it says each.
struct Contents {
    ends: Vec<usize>,
    cells: Vec<Cell>,
    /// In how many documents each form is.
    spread: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Cell {
    id: u32,
    count: u32,
}

impl Contents {
    fn new(corpus: &Corpus, clusters: &Clusters) -> Self {
        let mut contents = Contents {
            ends: Vec::with_capacity(corpus.documents.len()),
            cells: Vec::with_capacity(corpus.forms.len()),
            spread: vec![0; corpus.classes.len()],
        };
        let mut ids: Vec<u32> = Vec::new();
        for document in 0..corpus.documents.len() as u32 {
            ids.clear();
            ids.extend(
                corpus
                    .sentences_of(DocId(document))
                    .filter(|&sentence| !corpus.changed.contains(&(sentence as u32)))
                    .map(|sentence| clusters.kept(corpus.forms[sentence])),
            );
            ids.sort_unstable();
            for run in ids.chunk_by(|a, b| a == b) {
                contents.cells.push(Cell { id: run[0], count: run.len() as u32 });
                contents.spread[run[0] as usize] += 1;
            }
            contents.ends.push(contents.cells.len());
        }
        contents
    }

    fn of(&self, document: u32) -> &[Cell] {
        let document = document as usize;
        let start = if document == 0 { 0 } else { self.ends[document - 1] };
        &self.cells[start..self.ends[document]]
    }

    fn spread(&self, id: u32) -> u32 {
        self.spread[id as usize]
    }

    /// The share of `cells` that `other` holds.
    fn share(&self, cells: &[Cell], other: u32, total: u32) -> f64 {
        let mut held = self.of(other).iter().peekable();
        let shared: u32 = cells
            .iter()
            .filter(|cell| {
                while held.next_if(|other| other.id < cell.id).is_some() {}
                held.peek().is_some_and(|other| other.id == cell.id)
            })
            .map(|cell| cell.count)
            .sum();
        f64::from(shared) / f64::from(total)
    }
}
