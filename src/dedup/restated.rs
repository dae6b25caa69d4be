//! Sentences of one document that make the same point in other words.
//!
//! No common wording gives them away, only what they speak of. So each sentence is taken for its
//! terms: names, numbers and words that carry sense, by their stems, each with a weight by how
//! rarely it is said, in this corpus and in general. Two sentences that share much of that weight
//! make one point. What half of the document speaks of is its topic, and weighs next to nothing.
//!
//! The best rows of a document are shown and no more than [`MOST_ROWS`] in a thousand words:
//! nobody reads a hundred guesses.

mod points;
mod terms;

use rustc_hash::FxHashMap;

use crate::model::{DocId, Workers};

use super::corpus::{Case, Corpus};
use super::token::Gap;
use super::verify::similarity;

use points::{Candidate, choose};
use terms::Said;
pub(super) use terms::Terms;

/// Rows in a thousand words, at most.
const MOST_ROWS: usize = 8;

/// What is in more sentences of a document is its topic: two of them do not meet by it.
const MOST_SHARERS: u32 = 24;

/// Earlier sentences remembered for each later one, the likest first.
const MOST_PARTNERS: usize = 3;

/// Terms that two sentences must share. A point has a subject, and something is said of it.
const LEAST_TERMS: usize = 3;

/// Each further term of a stretch that both sentences have in the same order counts so much less
/// than the one before: names and titles are said alike by all who speak of their bearers.
const FURTHER_IN_A_STRETCH: f32 = 0.9;

/// If all that is shared is one such stretch, it may be the subject alone, or who said it.
const ONE_STRETCH: f32 = 0.6;

/// Two sentences of which more than this share is the same words in the same order say it in the
/// same words. Then what differs is the point, and whether they are copies is asked elsewhere.
const SAME_WORDS: f64 = 0.6;

/// Longer sentences are not laid side by side.
const MOST_CELLS: usize = 1 << 16;

/// The least score that is shown. In documents of two sentences, where nothing tells what is the
/// topic and what is the point, it takes two or three rare names and a verb.
const LEAST_SCORE: f32 = 2.0;

/// Beyond about so many sentences a document tells no more of what is its topic.
const SENTENCES_THAT_TELL: f32 = 40.0;

/// About how many terms a sentence has that those before it do not have; longer documents say the same again.
const TERMS_A_SENTENCE: usize = 6;
const SENTENCES_EXPECTED: usize = 100;

/// Terms that a reason names.
const TERMS_QUOTED: usize = 5;

/// Documents that one worker looks at in one go.
const DOCUMENTS_A_SHARE: usize = 64;

/// A sentence that says again what an earlier one of its document said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Restatement {
    pub(super) later: u32,
    pub(super) earlier: u32,
    /// The weight of the terms they share, as a share of the weight of all, 0 to 1.
    pub(super) overlap: f32,
    /// Probability that they make one point.
    pub(super) confidence: f32,
    /// The first sentence that makes this point, and how many do.
    pub(super) point: u32,
    pub(super) sentences: u32,
}

/// What part a sentence may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// None: it goes, it is no sentence, or another row tells of it already.
    None,
    /// Others may restate it: a heading.
    Earlier,
    /// Any.
    Any,
}

/// Looks for restated points.
pub(super) struct Seeker<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) terms: &'a Terms,
}

/// The terms of one document's sentences.
#[derive(Default)]
struct Outline {
    sentences: Vec<u32>,
    may_be_later: Vec<bool>,
    ends: Vec<usize>,
    /// The terms of each sentence in their order, without repetitions.
    stems: Vec<u32>,
    weights: Vec<f32>,
    /// The number of each of them among the distinct terms of the document.
    numbers: Vec<u32>,
    /// In how many sentences each distinct term is.
    spread: Vec<u32>,
    /// The weight of each sentence's terms.
    totals: Vec<f32>,
    words: usize,
}

impl Seeker<'_> {
    /// The restatements of all documents that `is_wanted`, by later sentence.
    pub(super) fn find(
        &self,
        is_wanted: impl Fn(DocId) -> bool + Sync,
        part: impl Fn(usize) -> Part + Sync,
        workers: &dyn Workers,
    ) -> Vec<Restatement> {
        let found = workers.map_ranges(self.corpus.documents.len(), DOCUMENTS_A_SHARE, |share| {
            let documents = share.map(|document| DocId(document as u32));
            documents
                .filter(|&document| is_wanted(document))
                .flat_map(|document| self.of_document(document, &part))
                .collect::<Vec<_>>()
        });
        found.concat()
    }

    fn of_document(&self, document: DocId, part: impl Fn(usize) -> Part) -> Vec<Restatement> {
        let outline = self.outline(document, part);
        if outline.sentences.len() < 2 {
            return Vec::new();
        }
        let most = (outline.words * MOST_ROWS).div_ceil(1000);
        let mut candidates = outline.candidates();
        candidates.retain(|pair| {
            let enough = pair.score >= LEAST_SCORE;
            let sentence = |place: u32| outline.sentences[place as usize];
            enough && !self.are_same_words(sentence(pair.earlier), sentence(pair.later))
        });
        let mut rows = choose(candidates, LEAST_SCORE, most);
        for row in &mut rows {
            for place in [&mut row.later, &mut row.earlier, &mut row.point] {
                *place = outline.sentences[*place as usize];
            }
        }
        rows
    }

    fn outline(&self, document: DocId, part: impl Fn(usize) -> Part) -> Outline {
        let mut outline = Outline::default();
        let sentences = self.corpus.sentences_of(document);
        let mut numbers =
            TermNumbers::with_capacity(TERMS_A_SENTENCE * sentences.len().min(SENTENCES_EXPECTED));
        for sentence in sentences {
            let part = part(sentence);
            let has_terms = part != Part::None;
            for (_, said) in self.prose(self.corpus.forms[sentence]) {
                outline.words += usize::from(!said.is_symbol());
                if let Some(stem) = said.stem().filter(|_| has_terms) {
                    outline.push_term(stem, &mut numbers);
                }
            }
            if has_terms {
                outline.ends.push(outline.stems.len());
                outline.sentences.push(sentence as u32);
                outline.may_be_later.push(part == Part::Any);
            }
        }
        outline.weigh(self.terms);
        outline
    }

    /// The words of a sentence, and what they are said for, without addresses, whose parts nobody says.
    fn prose(&self, form: u32) -> impl Iterator<Item = (u32, Said)> {
        let mut in_address = false;
        self.corpus.tokens(form).filter_map(move |token| {
            let said = self.terms.said(token.word);
            in_address = said.opens_address() || in_address && token.gap != Gap::Space;
            (!in_address).then_some((token.word, said))
        })
    }

    /// True if so many words are the same in the same order that it is not said in other words.
    fn are_same_words(&self, a: u32, b: u32) -> bool {
        let folded = |sentence: u32| -> Vec<u32> {
            let words = self.corpus.words_of(self.corpus.forms[sentence as usize]);
            words.map(|word| self.corpus.words.folded(word)).collect()
        };
        let (a, b) = (folded(a), folded(b));
        a.len().saturating_mul(b.len()) <= MOST_CELLS && similarity(&a, &b) > SAME_WORDS
    }

    /// What two sentences both speak of, in words of the later one.
    pub(super) fn reason(&self, restatement: &Restatement) -> String {
        let form = |sentence: u32| self.corpus.forms[sentence as usize];
        let words = &self.corpus.words;
        let mut shared: Vec<u32> =
            self.prose(form(restatement.earlier)).filter_map(|(_, said)| said.stem()).collect();
        shared.sort_unstable();
        shared.dedup();
        let mut phrases: Vec<(f32, String)> = Vec::new();
        let mut said: Vec<u32> = Vec::new();
        let mut before_is_name = false;
        for (word, said_for) in self.prose(form(restatement.later)) {
            let stem = said_for.stem().filter(|stem| shared.binary_search(stem).is_ok());
            let Some(stem) = stem.filter(|stem| !said.contains(stem)) else {
                before_is_name = false;
                continue;
            };
            said.push(stem);
            let is_name = matches!(words.case(word), Case::Title | Case::Upper | Case::Mixed);
            let rarity = self.terms.rarity(stem);
            match phrases.last_mut() {
                Some((weight, phrase)) if before_is_name && is_name => {
                    *weight += rarity;
                    phrase.push(' ');
                    phrase.push_str(words.written(word));
                }
                _ => phrases.push((rarity, words.written(word).to_owned())),
            }
            before_is_name = is_name;
        }
        phrases.sort_by(|a, b| b.0.total_cmp(&a.0));
        phrases.truncate(TERMS_QUOTED);
        let phrases: Vec<String> = phrases.into_iter().map(|(_, phrase)| phrase).collect();
        format!("both speak of: {}", phrases.join(", "))
    }
}

/// The numbers of a document's terms, while it is read.
struct TermNumbers {
    /// By stem.
    of: FxHashMap<u32, u32>,
    /// For each of them the last sentence that has it.
    last_in: Vec<u32>,
}

impl TermNumbers {
    fn with_capacity(terms: usize) -> Self {
        TermNumbers {
            of: FxHashMap::with_capacity_and_hasher(terms, Default::default()),
            last_in: Vec::with_capacity(terms),
        }
    }
}

/// For each term of a document the sentences that have it, as far as they have been walked.
struct EarlierWith {
    /// Where the room of each term starts in `sentences`; one more at the end.
    starts: Vec<u32>,
    /// Where the next sentence of each term goes.
    ends: Vec<u32>,
    sentences: Vec<u32>,
}

impl EarlierWith {
    /// Room for terms in so many sentences each. Most are in one only, where nobody meets.
    fn new(spread: &[u32]) -> Self {
        let mut end = 0;
        let ends = spread.iter().map(|&sentences| {
            end += if sentences < 2 { 0 } else { sentences };
            end
        });
        let starts: Vec<u32> = std::iter::once(0).chain(ends).collect();
        EarlierWith { ends: starts.clone(), sentences: vec![0; end as usize], starts }
    }

    /// The earlier sentences that have a term. From now on `sentence` is one of them.
    fn add(&mut self, term: u32, sentence: u32) -> &[u32] {
        let term = term as usize;
        let (start, end) = (self.starts[term], self.ends[term]);
        if start < self.starts[term + 1] {
            self.sentences[end as usize] = sentence;
            self.ends[term] += 1;
        }
        &self.sentences[start as usize..end as usize]
    }
}

impl Outline {
    /// Adds a term of the sentence that ends next, unless it has it already.
    fn push_term(&mut self, stem: u32, numbers: &mut TermNumbers) {
        let number = *numbers.of.entry(stem).or_insert(self.spread.len() as u32);
        if number as usize == self.spread.len() {
            self.spread.push(0);
            numbers.last_in.push(u32::MAX);
        }
        let sentence = self.sentences.len() as u32;
        let last_in = &mut numbers.last_in[number as usize];
        if *last_in != sentence {
            *last_in = sentence;
            self.spread[number as usize] += 1;
            self.stems.push(stem);
            self.numbers.push(number);
        }
    }

    fn terms_of(&self, sentence: usize) -> std::ops::Range<usize> {
        let start = if sentence == 0 { 0 } else { self.ends[sentence - 1] };
        start..self.ends[sentence]
    }

    /// Gives each term its weight in this document: how rare it is, less for each sentence more
    /// than two that has it.
    fn weigh(&mut self, terms: &Terms) {
        let weight = |(stem, &number): (&u32, &u32)| match self.spread[number as usize] {
            sentences if sentences > MOST_SHARERS => 0.0,
            sentences => terms.rarity(*stem) * 2.0 / sentences.max(2) as f32,
        };
        self.weights = self.stems.iter().zip(&self.numbers).map(weight).collect();
        self.totals = (0..self.sentences.len())
            .map(|sentence| self.weights[self.terms_of(sentence)].iter().sum())
            .collect();
    }

    /// For each sentence the earlier ones with which it shares the most.
    ///
    /// Sentences are walked in order and meet by the terms they share, each of which is in a few
    /// sentences only, so the work grows with the terms.
    fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        let mut earlier_with = EarlierWith::new(&self.spread);
        let mut shared = vec![(0.0f32, 0usize); self.sentences.len()];
        let mut met: Vec<u32> = Vec::new();
        let mut places = vec![0u32; self.spread.len()];
        let sentences = (self.sentences.len() as f32).min(SENTENCES_THAT_TELL);
        let telling = ((sentences + 1.0) / 2.0).ln();
        for later in 0..self.sentences.len() {
            for at in self.terms_of(later) {
                if self.weights[at] <= 0.0 {
                    continue;
                }
                for &earlier in earlier_with.add(self.numbers[at], later as u32) {
                    let (weight, terms) = &mut shared[earlier as usize];
                    if *terms == 0 {
                        met.push(earlier);
                    }
                    *weight += self.weights[at];
                    *terms += 1;
                }
            }
            let mut partners: Vec<Candidate> = Vec::new();
            for earlier in met.drain(..) {
                let (weight, terms) = std::mem::take(&mut shared[earlier as usize]);
                if terms < LEAST_TERMS || !self.may_be_later[later] {
                    continue;
                }
                let both = (self.totals[earlier as usize] * self.totals[later]).sqrt();
                let overlap = (weight / both).min(1.0);
                partners.push(Candidate { later: later as u32, earlier, overlap, score: weight * overlap });
            }
            partners.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.earlier.cmp(&b.earlier)));
            partners.truncate(MOST_PARTNERS);
            for partner in &mut partners {
                let shared = self.shared(partner.earlier as usize, later, &mut places);
                partner.score = shared * partner.overlap * telling;
            }
            candidates.append(&mut partners);
        }
        candidates
    }

    /// The weight of the terms two sentences share, where a stretch that both have counts for
    /// less than the same terms here and there.
    /// `places` has a zero for each term of the document, before and after.
    fn shared(&self, earlier: usize, later: usize, places: &mut [u32]) -> f32 {
        let terms_of_earlier = &self.numbers[self.terms_of(earlier)];
        for (place, &term) in (1u32..).zip(terms_of_earlier) {
            places[term as usize] = place;
        }
        let (mut total, mut stretches) = (0.0, 0);
        let mut factor = 1.0;
        let mut before: Option<u32> = None;
        for at in self.terms_of(later) {
            let place = places[self.numbers[at] as usize];
            if place == 0 {
                before = None;
                continue;
            }
            if before.is_some_and(|before| before.abs_diff(place) == 1) {
                factor *= FURTHER_IN_A_STRETCH;
            } else {
                factor = 1.0;
                stretches += 1;
            }
            total += self.weights[at] * factor;
            before = Some(place);
        }
        terms_of_earlier.iter().for_each(|&term| places[term as usize] = 0);
        if stretches == 1 { total * ONE_STRETCH } else { total }
    }
}
