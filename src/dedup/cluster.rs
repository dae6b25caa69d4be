//! Leader clustering: which sentences stay, and which of them each other one repeats.
//!
//! Sentences are walked in the order in which they are to be kept. Each is compared with kept
//! ones only, so whatever is removed is like something that stays: no chains, no collapse.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::language::Tables;
use crate::model::DocId;

use super::corpus::{Corpus, Part};
use super::edges::Edges;
use super::guard::{Guard, Lore, Tokens};
use super::partial::Partial;
use super::verify::token_edits;
use super::{DocumentFacts, Keep, Settings};

pub(super) const NONE: u32 = u32::MAX;

/// Ways to write one sentence that are compared with each other. Each is guarded against the
/// leading ones only, and a sentence with more versions that differ in sense is a rare thing.
const MOST_READINGS: usize = 16;

/// Sentences of this many tokens may differ in two of them, shorter ones in one, whatever their
/// similarity comes to.
const TOKENS_FOR_TWO_EDITS: usize = 12;

/// What clustering looks at.
pub(super) struct Clusterer<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) edges: &'a Edges,
    pub(super) lore: &'a Lore,
    pub(super) tables: &'a Tables,
    pub(super) documents: &'a [DocumentFacts],
    pub(super) settings: &'a Settings,
}

/// Which sentences stay. Columns, one entry a form.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    /// The sentence that stays of all that are written so, or of all in the same reading.
    pub(super) best: Vec<u32>,
    /// The form whose reading this form shares: same normal form, and the guard is clear.
    pub(super) leader: Vec<u32>,
    /// For leaders: the leader that stays in its place, itself if it stays.
    pub(super) keeper: Vec<u32>,
    /// For leaders that stay: the kept leader it is like without being its copy.
    pub(super) resembles: Vec<u32>,
    /// Kept forms that stand within another kept one, by rising form.
    pub(super) partials: Vec<(u32, Partial)>,
    /// Forms that must stay, whatever a person wants: others went because of them.
    pub(super) denied: FxHashSet<u32>,
    /// Forms that would stay, were they not part of a longer one that stays.
    pub(super) absorbed: FxHashMap<u32, u32>,
}

impl Clusters {
    /// What a sentence resembles may have been removed since: then its keeper is the one.
    fn settle_resemblances(&mut self) {
        for form in 0..self.resembles.len() {
            let other = self.resembles[form];
            if other != NONE {
                self.resembles[form] = self.keeper[other as usize];
            }
        }
    }

    /// The longer kept form that holds most of `form`.
    pub(super) fn partial(&self, form: u32) -> Option<Partial> {
        let place = self.partials.binary_search_by_key(&form, |&(form, _)| form).ok()?;
        Some(self.partials[place].1)
    }

    /// The forms that stay.
    pub(super) fn staying(&self) -> impl Iterator<Item = u32> {
        (0..self.keeper.len() as u32).filter(|&form| {
            let at = form as usize;
            self.best[at] != NONE && self.leader[at] == form && self.keeper[at] == form
        })
    }

    /// The kept form that says what `form` says.
    pub(super) fn kept(&self, form: u32) -> u32 {
        self.keeper[self.leader[form as usize] as usize]
    }
}

impl Clusterer<'_> {
    /// Clusters the sentences of all documents that are not `gone`. What is `relied_on`, by class,
    /// does not leave because a person says so: documents went because it stays.
    pub(super) fn cluster(&self, gone: &[bool], relied_on: &[bool]) -> Clusters {
        let forms = self.corpus.classes.len();
        let mut clusters = Clusters {
            best: vec![NONE; forms],
            leader: (0..forms as u32).collect(),
            keeper: (0..forms as u32).collect(),
            resembles: vec![NONE; forms],
            ..Clusters::default()
        };
        let order = self.order(gone, &mut clusters);
        let readings = self.readings(&order, &mut clusters);
        self.lead(&order, &readings, &mut clusters);
        self.let_go(&order, &readings, relied_on, &mut clusters);
        clusters.settle_resemblances();
        clusters
    }

    /// Notes which kept sentences stand within longer ones. One that could as well be a sentence
    /// of its own there is a copy of that part.
    pub(super) fn absorb(&self, partials: Vec<(u32, Partial)>, clusters: &mut Clusters) {
        let preference = |form: u32| {
            let document = self.corpus.document_of(clusters.best[form as usize]);
            self.documents[document.0 as usize].preference
        };
        let copies: FxHashMap<u32, u32> = partials
            .iter()
            .filter(|(form, partial)| {
                let may_go =
                    !self.is_fixed(*form, clusters) && preference(partial.within) <= preference(*form);
                let is_wanted = self.is_leaving(*form, clusters) && !clusters.denied.contains(form);
                partial.is_whole && may_go || is_wanted
            })
            .map(|&(form, partial)| (form, partial.within))
            .collect();
        // What holds a sentence may stand within a third; each is longer than the one before.
        let outermost = |mut form: u32| {
            while let Some(&within) = copies.get(&form) {
                form = within;
            }
            form
        };
        clusters.partials = partials;
        for (form, partial) in &mut clusters.partials {
            partial.within = outermost(partial.within);
            if copies.contains_key(form) {
                clusters.absorbed.insert(*form, partial.within);
            }
        }
        for (form, other) in (0..).zip(&mut clusters.resembles).filter(|(_, other)| **other != NONE) {
            // What is like a part of itself is like nothing else.
            *other = Some(outermost(*other)).filter(|&outermost| outermost != form).unwrap_or(NONE);
        }
    }

    /// Finds the best sentence of each form, and the order in which forms are to be kept: of those whose class is
    /// in company, or that a person wants to go.
    fn order(&self, gone: &[bool], clusters: &mut Clusters) -> Vec<u32> {
        let mut ranks = vec![(u32::MAX, true, u64::MAX); self.corpus.classes.len()];
        for document in (0..self.corpus.documents.len()).filter(|&document| !gone[document]) {
            let preference = self.documents[document].preference;
            for sentence in self.corpus.sentences_of(DocId(document as u32)) {
                let form = self.corpus.forms[sentence] as usize;
                let rank = match self.corpus.parts[sentence] {
                    Part::Aside => continue,
                    Part::Fixed => (0, false, sentence as u64),
                    Part::Leaving => (u32::MAX - 1, false, self.keep_rank(sentence as u32)),
                    part @ (Part::Free | Part::Line | Part::Pinned) => {
                        let preference = preference.saturating_add(1).min(u32::MAX - 2);
                        (preference, part == Part::Line, self.keep_rank(sentence as u32))
                    }
                };
                if rank < ranks[form] {
                    ranks[form] = rank;
                    clusters.best[form] = sentence as u32;
                }
            }
        }
        let in_company = self.in_company();
        let matters = |form: u32| {
            let is_there = clusters.best[form as usize] != NONE;
            is_there
                && (in_company[self.corpus.classes[form as usize] as usize]
                    || self.is_leaving(form, clusters))
        };
        let mut order: Vec<(u32, bool, u16, u64, u32)> = (0..)
            .zip(ranks)
            .filter(|&(form, _)| matters(form))
            .map(|(form, (preference, is_line, rank))| {
                // A copy with a misspelt word is kept after one without.
                (preference, is_line, self.unknown_words(form), rank, form)
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(.., form)| form).collect()
    }

    /// By class, true if it is like another, or is written in several ways. The rest, which is most, just stays.
    fn in_company(&self) -> Vec<bool> {
        let Corpus { classes, first_forms, .. } = self.corpus;
        let mut in_company: Vec<bool> =
            (0..first_forms.len() as u32).map(|class| !self.edges.of(class).is_empty()).collect();
        for (form, &class) in (0u32..).zip(classes) {
            in_company[class as usize] |= first_forms[class as usize] != form;
        }
        in_company
    }

    /// How many words of a form nobody knows.
    fn unknown_words(&self, form: u32) -> u16 {
        let Clusterer { corpus, lore, .. } = *self;
        let is_unknown = |&word: &u32| !lore.known[corpus.words.folded(word) as usize];
        u16::try_from(corpus.words_of(form).filter(is_unknown).count()).unwrap_or(u16::MAX)
    }

    fn keep_rank(&self, sentence: u32) -> u64 {
        match self.settings.keep {
            Keep::First => u64::from(sentence),
            Keep::Last => u64::from(u32::MAX - sentence),
            Keep::Longest => {
                let shortness = u32::MAX - self.corpus.span(sentence).len() as u32;
                u64::from(shortness) << 32 | u64::from(sentence)
            }
        }
    }

    /// Gathers the forms of each class into readings: groups that say the same.
    fn readings(&self, order: &[u32], clusters: &mut Clusters) -> Readings {
        let mut readings = Readings {
            first: vec![NONE; self.corpus.first_forms.len()],
            next: vec![NONE; self.corpus.classes.len()],
        };
        let (mut own, mut other) = (Tokens::default(), Tokens::default());
        let mut same = |form: u32, kept: u32, clusters: &Clusters| {
            self.read(form, &mut own);
            self.read(kept, &mut other);
            self.guard(form, clusters).is_same(&own, &other)
        };
        for &form in order {
            let class = self.corpus.classes[form as usize];
            let earlier: Vec<u32> = readings.of(class).collect();
            match earlier.iter().find(|&&leader| same(form, leader, clusters)) {
                Some(&leader) => clusters.leader[form as usize] = leader,
                None => {
                    readings.add(class, &earlier, form);
                    clusters.resembles[form as usize] = earlier.first().copied().unwrap_or(NONE);
                }
            }
        }
        // What is never removed by itself has a reading all the same, for whole documents.
        for form in 0..self.corpus.classes.len() as u32 {
            if clusters.best[form as usize] == NONE {
                let first = self.corpus.first_forms[self.corpus.classes[form as usize] as usize];
                if first != form && same(form, first, clusters) {
                    clusters.leader[form as usize] = clusters.leader[first as usize];
                }
            }
        }
        readings
    }

    /// Walks the leaders of readings in order and finds who stays.
    fn lead(&self, order: &[u32], readings: &Readings, clusters: &mut Clusters) {
        let mut decided = vec![false; self.corpus.classes.len()];
        let pinned = self.pinned(clusters);
        let (mut own, mut kept) = (Tokens::default(), Tokens::default());
        'forms: for &form in order {
            if clusters.leader[form as usize] != form {
                continue;
            }
            decided[form as usize] = true;
            let mut resembles = NONE;
            let links = self.edges.of(self.corpus.classes[form as usize]);
            if links.is_empty() || self.is_fixed(form, clusters) {
                continue;
            }
            let guard = self.guard(form, clusters);
            self.read(form, &mut own);
            for link in links {
                for other in readings.of(link.class) {
                    if !decided[other as usize] || clusters.keeper[other as usize] != other {
                        continue;
                    }
                    self.read(other, &mut kept);
                    if self.is_member(&own, &kept, link.jaccard) && guard.is_same(&own, &kept) {
                        match pinned.get(&form) {
                            // It would go, but a person wants that sentence to stay: it leads.
                            Some(&sentence) => clusters.best[form as usize] = sentence,
                            None => clusters.keeper[form as usize] = other,
                        }
                        clusters.resembles[form as usize] = NONE;
                        continue 'forms;
                    }
                    // What was found only because it is short and one word away is no likeness yet.
                    let least = self.settings.review_threshold.min(self.settings.threshold);
                    let is_alike = f64::from(link.jaccard) + 1e-6 >= least;
                    if resembles == NONE && is_alike {
                        resembles = other;
                    }
                }
            }
            if clusters.resembles[form as usize] == NONE {
                clusters.resembles[form as usize] = resembles;
            }
        }
    }

    /// The first sentence of each reading that a person wants to stay, by leader.
    fn pinned(&self, clusters: &Clusters) -> FxHashMap<u32, u32> {
        let mut pinned = FxHashMap::default();
        for (sentence, _) in (0u32..).zip(&self.corpus.parts).filter(|(_, part)| **part == Part::Pinned) {
            let form = self.corpus.forms[sentence as usize];
            // A form without a best sentence stands only in documents that are gone.
            if clusters.best[form as usize] != NONE {
                pinned.entry(clusters.leader[form as usize]).or_insert(sentence);
            }
        }
        pinned
    }

    /// Removes kept sentences that a person wants to go, where another stays that they are like.
    ///
    /// They are the last in `order`, and each leaves only for one that stays for good: one that
    /// nobody wants to go, or that was looked at before and had to stay. So none can be lost.
    fn let_go(&self, order: &[u32], readings: &Readings, relied_on: &[bool], clusters: &mut Clusters) {
        let mut looked_at: FxHashSet<u32> = FxHashSet::default();
        for &form in order {
            let at = form as usize;
            if !self.is_leaving(form, clusters) || clusters.leader[at] != form || clusters.keeper[at] != form
            {
                continue;
            }
            let class = self.corpus.classes[at];
            let own = clusters.resembles.get(at).copied().filter(|&other| other != NONE);
            let others = self.edges.of(class).iter().flat_map(|link| readings.of(link.class));
            let stays = |other: &u32| {
                *other != form
                    && clusters.keeper[*other as usize] == *other
                    && (!self.is_leaving(*other, clusters) || looked_at.contains(other))
            };
            let target =
                own.map(|other| clusters.keeper[other as usize]).into_iter().chain(others).find(stays);
            let is_relied_on = relied_on.get(class as usize).copied().unwrap_or(false);
            match target {
                Some(target) if !is_relied_on => {
                    clusters.keeper[at] = target;
                    clusters.resembles[at] = NONE;
                    clusters.denied.insert(target);
                }
                _ => {
                    looked_at.insert(form);
                    if is_relied_on {
                        clusters.denied.insert(form);
                    }
                }
            }
        }
        for form in 0..clusters.keeper.len() {
            clusters.keeper[form] = clusters.keeper[clusters.keeper[form] as usize];
        }
    }

    /// True when a person wants the last sentence of its sort to go.
    fn is_leaving(&self, form: u32, clusters: &Clusters) -> bool {
        self.corpus.parts[clusters.best[form as usize] as usize] == Part::Leaving
    }

    /// Alike enough to be a copy: by the share of common words, or but for a token or two.
    fn is_member(&self, a: &Tokens, b: &Tokens, jaccard: f32) -> bool {
        let edits = if a.folded.len().min(b.folded.len()) >= TOKENS_FOR_TWO_EDITS { 2 } else { 1 };
        f64::from(jaccard) + 1e-6 >= self.settings.threshold || token_edits(&a.folded, &b.folded) <= edits
    }

    fn is_fixed(&self, form: u32, clusters: &Clusters) -> bool {
        self.corpus.parts[clusters.best[form as usize] as usize] == Part::Fixed
    }

    fn read(&self, form: u32, tokens: &mut Tokens) {
        tokens.read(self.corpus, form);
    }

    /// The guard for a form and its likes.
    fn guard(&self, form: u32, clusters: &Clusters) -> Guard<'_> {
        let sentence = clusters.best[form as usize];
        let language = (sentence != NONE).then(|| self.corpus.language_of(sentence)).flatten();
        let table = language.and_then(|language| self.tables.get(language));
        Guard { words: &self.corpus.words, lore: self.lore, table }
    }
}

/// The leaders of each class, as linked lists in the order in which they are to be kept.
struct Readings {
    first: Vec<u32>,
    /// The reading after each form.
    next: Vec<u32>,
}

impl Readings {
    /// Adds `form` after the `earlier` readings of its class.
    fn add(&mut self, class: u32, earlier: &[u32], form: u32) {
        match earlier.last() {
            None => self.first[class as usize] = form,
            Some(&last) if earlier.len() < MOST_READINGS => self.next[last as usize] = form,
            Some(_) => {}
        }
    }

    fn of(&self, class: u32) -> impl Iterator<Item = u32> {
        let some = |form: u32| Some(form).filter(|&form| form != NONE);
        std::iter::successors(some(self.first[class as usize]), move |&form| some(self.next[form as usize]))
    }
}
