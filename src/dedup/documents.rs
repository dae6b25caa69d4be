//! Documents that say nothing another document does not say.

use std::cell::LazyCell;

use rustc_hash::FxHashMap;

use crate::model::{DocId, Workers};

use super::cluster::Clusters;
use super::corpus::Corpus;
use super::{DocumentFacts, Keep, Settings};

/// A document from this share on is shown for review; all of it makes it a copy.
const CONTAINED_FOR_REVIEW: f64 = 0.8;

/// Documents of fewer sentences do not go because a later one holds them: that one says a sentence
/// again, and it is the sentence that goes there.
const LEAST_TO_LOOK_AHEAD: u32 = 3;

/// Documents looked at for one sentence: what stands in more of them is boilerplate, and the
/// first of them, which are to be kept, are in.
const MOST_HOLDERS: usize = 256;

/// Documents that one worker looks at in one go.
const DOCUMENTS_A_SHARE: usize = 1 << 10;

/// Documents compared in full with one document.
const MOST_COMPARED: usize = 64;

/// A document of which another holds all or most sentences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contained {
    /// The kept document that holds them.
    pub(super) within: DocId,
    /// The share of sentences it holds, of those that can be compared.
    pub(super) share: f64,
    /// Why it is not for the program to let the document go, whatever that share is.
    pub(super) doubt: Option<Doubt>,
}

/// Why a document that another holds is no copy of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Doubt {
    /// Part of it cannot be read, or a person wants part of it to stay or to change.
    Part,
    /// What holds it has some of it in other words, and comes later.
    Wording,
}

impl Contained {
    /// True if the other document holds every sentence.
    pub(super) fn is_copy(self) -> bool {
        self.holds_all() && self.doubt.is_none()
    }

    /// True if the other document holds every sentence that can be compared.
    pub(super) fn holds_all(self) -> bool {
        self.share >= 1.0
    }
}

/// For each document, the kept one that holds the most of it, if that is enough to tell.
///
/// Of two that hold each other the first in the order of keeping stays. What only part of a later
/// document says is held by that one all the same: nothing is lost with it.
pub(super) fn contained(
    corpus: &Corpus,
    clusters: &Clusters,
    facts: &[DocumentFacts],
    settings: &Settings,
    workers: &dyn Workers,
) -> Vec<Option<Contained>> {
    let contents = Contents::new(corpus, |form| clusters.kept(form), workers);
    let order = order(corpus, facts, settings);
    let mut search = Search {
        corpus,
        contents: &contents,
        facts,
        may_go: (0u32..)
            .zip(&corpus.documents)
            .zip(contents.are_elsewhere(workers))
            .map(|((number, document), is_elsewhere)| {
                let is_refused = corpus.refused.contains(&number);
                is_elsewhere && !is_refused && document.tokens as usize >= settings.min_words
            })
            .collect(),
        holders: FxHashMap::default(),
        result: vec![None; corpus.documents.len()],
    };
    for &document in &order {
        search.result[document as usize] = search.best(document, |_| true);
        search.keep(document);
    }
    let readings = LazyCell::new(|| Contents::new(corpus, |form| clusters.leader[form as usize], workers));
    for &document in &order {
        search.look_ahead(document, &readings);
    }
    search.follow();
    search.result
}

/// What is known while documents are looked at in the order of keeping.
struct Search<'a> {
    corpus: &'a Corpus,
    contents: &'a Contents,
    facts: &'a [DocumentFacts],
    /// Documents with words enough to be taken for a copy, that nobody wants to stay, and of which enough
    /// stands elsewhere: few.
    may_go: Vec<bool>,
    /// For each kept form that several documents hold, those of them that stay.
    holders: FxHashMap<u32, Vec<u32>>,
    result: Vec<Option<Contained>>,
}

impl Search<'_> {
    /// Of the documents that stay, and that `may_hold`, the one that holds the most of `document`.
    fn best(&self, document: u32, may_hold: impl Fn(u32) -> bool) -> Option<Contained> {
        if !self.may_go[document as usize] {
            return None;
        }
        let cells = self.contents.of(document);
        let total: u32 = cells.iter().map(|cell| cell.count).sum();
        let best = candidates(self.contents, cells, &self.holders)
            .into_iter()
            .filter(|&other| other != document && may_hold(other))
            .map(|other| {
                let share = self.contents.share(cells, other, total);
                Contained { within: DocId(other), share, doubt: None }
            })
            .filter(|contained| contained.share >= CONTAINED_FOR_REVIEW)
            .reduce(|best, next| if next.share > best.share { next } else { best })?;
        let doubt = self.corpus.documents[document as usize].damaged.then_some(Doubt::Part);
        Some(Contained { doubt, ..best })
    }

    /// Lets a document that stays hold others.
    fn keep(&mut self, document: u32) {
        if self.is_copy(document) {
            return;
        }
        for cell in self.contents.of(document).iter().filter(|cell| self.contents.spread(cell.id) > 1) {
            let held_by = self.holders.entry(cell.id).or_default();
            if held_by.len() < MOST_HOLDERS {
                held_by.push(document);
            }
        }
    }

    /// Looks for a later document that holds more of this one than any before it. One that is
    /// itself held, even in part, is no place to point to, and one that is to be kept after this
    /// one is none to go for. Nor is one with a slip in what it holds: `readings` are what
    /// documents say in the very same words.
    fn look_ahead(&mut self, document: u32, readings: &LazyCell<Contents, impl FnOnce() -> Contents>) {
        let so_far = self.result[document as usize].map_or(0.0, |contained| contained.share);
        let sentences: u32 = self.contents.of(document).iter().map(|cell| cell.count).sum();
        if so_far >= 1.0 || sentences < LEAST_TO_LOOK_AHEAD {
            return;
        }
        let preference = |document: u32| self.facts[document as usize].preference;
        let may_hold =
            |other: u32| self.result[other as usize].is_none() && preference(other) <= preference(document);
        let Some(mut best) = self.best(document, may_hold).filter(|best| best.share > so_far) else { return };
        if best.is_copy() {
            let cells = readings.of(document);
            let total = cells.iter().map(|cell| cell.count).sum();
            if readings.share(cells, best.within.0, total) < 1.0 {
                best.doubt = Some(Doubt::Wording);
            }
        }
        self.result[document as usize] = Some(best);
    }

    /// What is held by a document that goes is held by the one that holds that.
    fn follow(&mut self) {
        for document in 0..self.result.len() {
            while let Some(contained) = self.result[document]
                && let Some(outer) = self.result[contained.within.0 as usize].filter(|outer| outer.is_copy())
            {
                self.result[document] = Some(Contained { within: outer.within, ..contained });
            }
        }
    }

    fn is_copy(&self, document: u32) -> bool {
        self.result[document as usize].is_some_and(Contained::is_copy)
    }
}

/// Documents in the order in which they are to be kept.
fn order(corpus: &Corpus, facts: &[DocumentFacts], settings: &Settings) -> Vec<u32> {
    let mut order: Vec<u32> = (0..corpus.documents.len() as u32).collect();
    order.sort_by_key(|&document| {
        let rank = match settings.keep {
            Keep::First => 0,
            Keep::Last => u32::MAX - document,
            Keep::Longest => u32::MAX - corpus.documents[document as usize].tokens,
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
    /// `id` tells what a form is taken for.
    fn new(corpus: &Corpus, id: impl Fn(u32) -> u32 + Sync, workers: &dyn Workers) -> Self {
        let shares = workers.map_ranges(corpus.documents.len(), DOCUMENTS_A_SHARE, |share| {
            let (mut ends, mut cells) = (Vec::with_capacity(share.len()), Vec::new());
            let mut ids: Vec<u32> = Vec::new();
            for document in share {
                let sentences = corpus.sentences_of(DocId(document as u32));
                let unchanged = sentences.filter(|&sentence| !corpus.changed.contains(&(sentence as u32)));
                ids.clear();
                ids.extend(unchanged.map(|sentence| id(corpus.forms[sentence])));
                ids.sort_unstable();
                cells.extend(
                    ids.chunk_by(|a, b| a == b).map(|run| Cell { id: run[0], count: run.len() as u32 }),
                );
                ends.push(cells.len());
            }
            (ends, cells)
        });
        let mut contents = Contents {
            ends: Vec::with_capacity(corpus.documents.len()),
            cells: Vec::with_capacity(corpus.forms.len()),
            spread: vec![0; corpus.classes.len()],
        };
        for (ends, cells) in shares {
            let before = contents.cells.len();
            contents.ends.extend(ends.into_iter().map(|end| before + end));
            cells.iter().for_each(|cell| contents.spread[cell.id as usize] += 1);
            contents.cells.extend(cells);
        }
        contents
    }

    /// For each document, whether enough of it stands in others that one of them may hold it.
    fn are_elsewhere(&self, workers: &dyn Workers) -> Vec<bool> {
        let is_elsewhere = |document: usize| {
            let cells = self.of(document as u32);
            let count =
                |cells: &mut dyn Iterator<Item = &Cell>| -> u32 { cells.map(|cell| cell.count).sum() };
            let total = count(&mut cells.iter());
            let elsewhere = count(&mut cells.iter().filter(|cell| self.spread(cell.id) > 1));
            total > 0 && f64::from(elsewhere) / f64::from(total) >= CONTAINED_FOR_REVIEW
        };
        workers.map_each(self.ends.len(), DOCUMENTS_A_SHARE, is_elsewhere)
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
        // By bisection: one large document may hold many small ones.
        let held = self.of(other);
        let is_held = |cell: &&Cell| held.binary_search_by_key(&cell.id, |other| other.id).is_ok();
        let shared: u32 = cells.iter().filter(is_held).map(|cell| cell.count).sum();
        f64::from(shared) / f64::from(total)
    }
}
