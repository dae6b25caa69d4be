//! What resolve found, and how it is told.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::language::{Language, Tables};
use crate::model::{Applicability, DocId, Finding, Kind, Repetition, Span, Workers};

use super::cluster::{Clusters, NONE};
use super::corpus::{Corpus, Part};
use super::documents::{Contained, Doubt};
use super::guard::{Guard, Lore, Tokens, Verdict};
use super::names::{Named, names};
use super::partial::Partial;
use super::restated::{self, Restatement, Seeker, Terms};
use super::verify::similarity;

/// Documents that one worker counts in one go.
const DOCUMENTS_A_SHARE: usize = 1 << 10;

/// The repetitions of a corpus. Findings are made when they are asked for, a document at a time.
#[derive(Debug)]
pub struct Repetitions {
    corpus: Corpus,
    lore: Lore,
    tables: Tables,
    clusters: Clusters,
    copies: Vec<Option<Contained>>,
    /// How many documents each of those holds that hold others.
    holders: FxHashMap<DocId, u32>,
    terms: Terms,
    /// By later sentence.
    restated: Vec<Restatement>,
    /// By kept form.
    sizes: FxHashMap<u32, Size>,
    /// What clusters, points and documents that hold others are called.
    names: FxHashMap<Named, u64>,
    /// Sentences that findings quote, in corpus order.
    quoted: Vec<u32>,
    stats: Stats,
}

/// How much a cluster holds, the kept sentence with the others.
#[derive(Clone, Copy, Debug)]
struct Size {
    sentences: u32,
    /// Documents it is spread over.
    documents: u32,
}

/// What was found, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Sentences that were looked at.
    pub sentences: u64,
    /// Distinct ones among them, after normalisation.
    pub distinct: u64,
    /// Copies that are equal after normalisation.
    pub exact_duplicates: u64,
    /// Copies that are not quite equal.
    pub near_duplicates: u64,
    /// Sentences shown for review: like others, or within them.
    pub reviews: u64,
    /// Sentences that make an earlier sentence's point in other words, shown for review.
    pub restated: u64,
    /// Documents that another one holds.
    pub duplicate_documents: u64,
    /// Documents that another one holds for the most part, shown for review.
    pub contained_documents: u64,
}

impl Stats {
    fn add(&mut self, other: Stats) {
        self.sentences += other.sentences;
        self.distinct += other.distinct;
        self.exact_duplicates += other.exact_duplicates;
        self.near_duplicates += other.near_duplicates;
        self.reviews += other.reviews;
        self.restated += other.restated;
        self.duplicate_documents += other.duplicate_documents;
        self.contained_documents += other.contained_documents;
    }
}

/// A cluster of repetitions, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterSummary {
    /// Sentences in it, the kept one too.
    pub sentences: u32,
    /// Documents they stand in.
    pub documents: u32,
    /// What it is called; see [`Repetition::cluster`].
    pub number: u64,
    /// The document it stands in.
    pub document: DocId,
    /// Where it stands there.
    pub span: Span,
}

/// What becomes of a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Stays,
    /// Equal to a kept sentence after normalisation.
    Equal(u32),
    /// Like a kept sentence, and says the same.
    Near(u32),
    /// A part of a kept sentence that is two in one.
    Part(u32),
    /// Like a kept sentence, but a person must look.
    Resembles(u32),
    /// Most of it stands within a kept sentence, but a person must look.
    Within(Partial),
}

impl Repetitions {
    pub(super) fn new(
        corpus: Corpus,
        lore: Lore,
        tables: Tables,
        clusters: Clusters,
        copies: Vec<Option<Contained>>,
        workers: &dyn Workers,
    ) -> Self {
        let mut holders = FxHashMap::default();
        copies.iter().flatten().for_each(|copy| *holders.entry(copy.within).or_default() += 1);
        let mut repetitions = Repetitions {
            corpus,
            lore,
            tables,
            clusters,
            copies,
            holders,
            terms: Terms::default(),
            restated: Vec::new(),
            sizes: FxHashMap::default(),
            names: FxHashMap::default(),
            quoted: Vec::new(),
            stats: Stats::default(),
        };
        repetitions.count(workers);
        repetitions
    }

    fn count(&mut self, workers: &dyn Workers) {
        let shares =
            workers.map_ranges(self.corpus.documents.len(), DOCUMENTS_A_SHARE, |share| self.counted(share));
        let mut stats = Stats { distinct: self.corpus.first_forms.len() as u64, ..Stats::default() };
        let mut kept = Vec::new();
        for (own, mut own_kept) in shares {
            stats.add(own);
            kept.append(&mut own_kept);
        }
        kept.sort_unstable();
        let runs = kept.chunk_by(|(a, _), (b, _)| a == b);
        self.sizes = runs.map(|run| (run[0].0, self.size(run))).collect();
        self.quoted = self.sizes.keys().map(|&kept| self.clusters.best[kept as usize]).collect();
        self.quoted.sort_unstable();
        self.stats = stats;
    }

    /// The size of a cluster: `others` are like its kept sentence, in the order of their documents.
    fn size(&self, others: &[(u32, DocId)]) -> Size {
        let best = self.clusters.best[others[0].0 as usize];
        let home = self.corpus.document_of(best);
        let others_by_document = others.chunk_by(|(_, a), (_, b)| a == b);
        let documents = others_by_document.filter(|run| run[0].1 != home).count();
        Size { sentences: others.len() as u32 + 1, documents: documents as u32 + 1 }
    }

    /// What was found in some documents, and for each sentence that is like a kept one, that one and the
    /// document.
    fn counted(&self, documents: Range<usize>) -> (Stats, Vec<(u32, DocId)>) {
        let mut stats = Stats::default();
        let mut all_kept = Vec::new();
        for document in documents {
            let sentences = self.corpus.sentences_of(DocId(document as u32));
            stats.sentences += sentences.len() as u64;
            match self.copies[document] {
                Some(copy) if copy.is_copy() => {
                    stats.duplicate_documents += 1;
                    continue;
                }
                Some(_) => stats.contained_documents += 1,
                None => {}
            }
            for sentence in sentences {
                let (count, kept) = match self.fate(sentence) {
                    Fate::Stays => continue,
                    Fate::Equal(kept) => (&mut stats.exact_duplicates, kept),
                    Fate::Near(kept) | Fate::Part(kept) => (&mut stats.near_duplicates, kept),
                    Fate::Resembles(kept) | Fate::Within(Partial { within: kept, .. }) => {
                        (&mut stats.reviews, kept)
                    }
                };
                *count += 1;
                all_kept.push((kept, DocId(document as u32)));
            }
        }
        (stats, all_kept)
    }

    /// Gives names to all that findings will name.
    pub(super) fn give_names(&mut self, workers: &dyn Workers) {
        let clusters = self.sizes.keys().map(|&kept| Named::Cluster(self.clusters.best[kept as usize]));
        let points = self.restated.iter().map(|restatement| Named::Point(restatement.point));
        let documents = self.copies.iter().flatten().map(|copy| Named::Document(copy.within));
        let mut named: Vec<Named> = clusters.chain(points).chain(documents).collect();
        named.sort_unstable();
        named.dedup();
        self.names = named.iter().copied().zip(names(&self.corpus, &named, workers)).collect();
    }

    fn name(&self, named: Named) -> u64 {
        self.names.get(&named).copied().unwrap_or_default()
    }

    /// Looks for points that documents in English make again in other words.
    pub(super) fn restate(&mut self, terms: Option<Terms>, workers: &dyn Workers) {
        let Some(terms) = terms else { return };
        self.terms = terms;
        let is_wanted = |document: DocId| {
            self.language(document) == Some(Language::ENGLISH)
                && !self.copies[document.0 as usize].is_some_and(Contained::is_copy)
        };
        let part = |sentence: usize| match (self.corpus.parts[sentence], self.fate(sentence)) {
            (Part::Fixed | Part::Pinned, _) => restated::Part::Earlier,
            (Part::Free | Part::Line, Fate::Stays) => restated::Part::Any,
            _ => restated::Part::None,
        };
        let restated = self.seeker().find(is_wanted, part, workers);
        self.stats.restated = restated.len() as u64;
        self.quoted.extend(restated.iter().map(|restatement| restatement.earlier));
        self.quoted.sort_unstable();
        self.quoted.dedup();
        self.restated = restated;
    }

    fn seeker(&self) -> Seeker<'_> {
        Seeker { corpus: &self.corpus, terms: &self.terms }
    }

    fn restatement(&self, sentence: u32) -> Option<&Restatement> {
        let place = self.restated.binary_search_by_key(&sentence, |restatement| restatement.later).ok()?;
        Some(&self.restated[place])
    }

    fn fate(&self, sentence: usize) -> Fate {
        if !matches!(self.corpus.parts[sentence], Part::Free | Part::Line | Part::Leaving) {
            return Fate::Stays;
        }
        let form = self.corpus.forms[sentence];
        let leader = self.clusters.leader[form as usize];
        let kept = self.clusters.keeper[leader as usize];
        if let Some(&within) = self.clusters.absorbed.get(&kept) {
            return Fate::Part(within);
        }
        if kept != leader {
            return Fate::Near(kept);
        }
        if self.clusters.best[kept as usize] != sentence as u32 {
            return Fate::Equal(kept);
        }
        match (self.clusters.resembles[kept as usize], self.clusters.partial(kept)) {
            (_, Some(partial)) if partial.differing == 0 => Fate::Within(partial),
            (NONE, Some(partial)) => Fate::Within(partial),
            (NONE, None) => Fate::Stays,
            (other, _) => Fate::Resembles(other),
        }
    }

    /// The findings of one document, sorted by place. If the document as a whole is a copy, that
    /// is the only one.
    pub fn findings(&self, document: DocId) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(copy) = self.copies[document.0 as usize] {
            findings.extend(self.document_finding(document, copy));
            if copy.is_copy() {
                return findings;
            }
        }
        for sentence in self.corpus.sentences_of(document) {
            let sentence = sentence as u32;
            match self.fate(sentence as usize) {
                Fate::Stays => findings.extend(self.restatement(sentence).map(|row| self.restated(row))),
                Fate::Equal(kept) => findings.push(self.equal(sentence, kept)),
                Fate::Near(kept) => findings.push(self.near(sentence, kept)),
                Fate::Part(kept) => findings.push(self.part(sentence, kept)),
                Fate::Resembles(kept) => findings.push(self.resembling(sentence, kept)),
                Fate::Within(partial) => findings.push(self.within(sentence, partial)),
            }
        }
        findings.sort_by_key(|finding| finding.span);
        findings
    }

    fn equal(&self, sentence: u32, kept: u32) -> Finding {
        let form = self.corpus.forms[sentence as usize];
        let same = self.corpus.forms[self.clusters.best[kept as usize] as usize] == form;
        let reason = if same { "the same words" } else { "the same words, written otherwise" };
        self.finding(sentence, kept, Kind::ExactDuplicate, Applicability::Safe, 0.999, reason.into())
    }

    fn near(&self, sentence: u32, kept: u32) -> Finding {
        let reason = match self.judge(sentence, kept) {
            Verdict::Same(difference) if difference.is_empty() => "differs in form only".into(),
            Verdict::Same(difference) => difference,
            Verdict::Differs(difference) if self.corpus.parts[sentence as usize] == Part::Leaving => {
                // A person said so; how likely it seemed stays as it was.
                let kind = Kind::NearDuplicate;
                return self.finding(sentence, kept, kind, Applicability::Safe, 0.3, difference);
            }
            Verdict::Differs(difference) => difference,
        };
        self.finding(sentence, kept, Kind::NearDuplicate, Applicability::Safe, 0.98, reason)
    }

    fn part(&self, sentence: u32, kept: u32) -> Finding {
        if self.corpus.parts[sentence as usize] == Part::Leaving {
            let (kind, reason) = (Kind::NearDuplicate, "contained in the kept sentence");
            return self.finding(sentence, kept, kind, Applicability::Safe, 0.6, reason.into());
        }
        let within = self.clusters.partial(self.clusters.kept(self.corpus.forms[sentence as usize]));
        let reason = match within {
            Some(Partial { differing: 1.., .. }) => {
                "stands in the kept sentence, which is two in one, but for a slip"
            }
            _ => "stands whole in the kept sentence, which is two in one",
        };
        self.finding(sentence, kept, Kind::NearDuplicate, Applicability::Safe, 0.97, reason.into())
    }

    fn within(&self, sentence: u32, partial: Partial) -> Finding {
        let (reason, confidence) = match partial.differing {
            0 => ("contained in the kept sentence".into(), 0.6),
            1 => ("contained in the kept sentence but for one word".into(), 0.4),
            words => (format!("contained in the kept sentence but for {words} words"), 0.3),
        };
        self.finding(sentence, partial.within, Kind::NearDuplicate, Applicability::Review, confidence, reason)
    }

    fn resembling(&self, sentence: u32, kept: u32) -> Finding {
        let (reason, confidence) = match self.judge(sentence, kept) {
            Verdict::Same(difference) if difference.is_empty() => {
                ("similar, but below the threshold".into(), 0.7)
            }
            Verdict::Same(difference) => (format!("similar, but below the threshold; {difference}"), 0.7),
            Verdict::Differs(difference) => (difference, 0.3),
        };
        self.finding(sentence, kept, Kind::NearDuplicate, Applicability::Review, confidence, reason)
    }

    fn finding(
        &self,
        sentence: u32,
        kept: u32,
        kind: Kind,
        applicability: Applicability,
        confidence: f64,
        reason: String,
    ) -> Finding {
        let best = self.clusters.best[kept as usize];
        Finding {
            kind,
            span: self.corpus.span(sentence),
            suggestion: None,
            confidence,
            applicability,
            reason,
            repetition: Some(Repetition {
                kept_document: self.corpus.document_of(best),
                kept_span: self.corpus.span(best),
                kept_line: self.corpus.line(best),
                similarity: similarity(&self.tokens(sentence).folded, &self.tokens(best).folded),
                cluster: self.name(Named::Cluster(best)),
                cluster_size: self.sizes.get(&kept).map_or(1, |size| size.sentences),
            }),
        }
    }

    fn restated(&self, restatement: &Restatement) -> Finding {
        let earlier = restatement.earlier;
        Finding {
            kind: Kind::Restated,
            span: self.corpus.span(restatement.later),
            suggestion: None,
            confidence: f64::from(restatement.confidence),
            applicability: Applicability::Review,
            reason: self.seeker().reason(restatement),
            repetition: Some(Repetition {
                kept_document: self.corpus.document_of(earlier),
                kept_span: self.corpus.span(earlier),
                kept_line: self.corpus.line(earlier),
                similarity: f64::from(restatement.overlap),
                cluster: self.name(Named::Point(restatement.point)),
                cluster_size: restatement.sentences,
            }),
        }
    }

    fn document_finding(&self, document: DocId, copy: Contained) -> Option<Finding> {
        let first = self.corpus.sentences_of(document).next()?;
        let share = 100.0 * copy.share;
        let (applicability, reason) = match copy.doubt {
            None if copy.holds_all() => {
                (Applicability::Safe, "the kept document has a copy of every sentence".to_owned())
            }
            Some(Doubt::Wording) if copy.holds_all() => (
                Applicability::Review,
                "the kept document has a copy of every sentence, some in other words".to_owned(),
            ),
            Some(Doubt::Part) => {
                let what = "part of this document cannot be compared; of the rest";
                (
                    Applicability::Review,
                    format!("{what} {share:.1} % of the sentences stand in the kept document"),
                )
            }
            _ => (Applicability::Review, format!("{share:.1} % of the sentences stand in the kept document")),
        };
        Some(Finding {
            kind: Kind::DuplicateDocument,
            span: self.corpus.span(first as u32),
            suggestion: None,
            confidence: if copy.is_copy() { 0.99 } else { 0.5 * copy.share },
            applicability,
            reason,
            repetition: Some(Repetition {
                kept_document: copy.within,
                kept_span: Span::new(0, 0),
                kept_line: 1,
                similarity: copy.share,
                cluster: self.name(Named::Document(copy.within)),
                cluster_size: 1 + self.holders.get(&copy.within).copied().unwrap_or_default(),
            }),
        })
    }

    fn tokens(&self, sentence: u32) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.read(&self.corpus, self.corpus.forms[sentence as usize]);
        tokens
    }

    fn judge(&self, sentence: u32, kept: u32) -> Verdict {
        let table = self.corpus.language_of(sentence).and_then(|language| self.tables.get(language));
        let guard = Guard { words: &self.corpus.words, lore: &self.lore, table };
        guard.judge(&self.tokens(sentence), &self.tokens(self.clusters.best[kept as usize]))
    }

    /// The sentences of one document that findings of any document quote as the kept copy.
    pub fn keeper_spans(&self, document: DocId) -> impl Iterator<Item = Span> {
        let sentences = self.corpus.sentences_of(document);
        let from = self.quoted.partition_point(|&sentence| (sentence as usize) < sentences.start);
        let to = self.quoted.partition_point(|&sentence| (sentence as usize) < sentences.end);
        self.quoted[from..to].iter().map(|&sentence| self.corpus.span(sentence))
    }

    /// True when something goes, or is shown, because of what stands in this document.
    pub fn is_keeper(&self, document: DocId) -> bool {
        self.keeper_spans(document).next().is_some() || self.holders.contains_key(&document)
    }

    /// The language that survey told of a document, if it could.
    pub fn language(&self, document: DocId) -> Option<Language> {
        let document = self.corpus.documents[document.0 as usize];
        self.corpus.languages.get(usize::from(document.language)).copied()
    }

    /// What was found, in numbers.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// The `count` largest clusters.
    pub fn top_clusters(&self, count: usize) -> Vec<ClusterSummary> {
        let mut largest: Vec<(u32, Size)> = self.sizes.iter().map(|(&kept, &size)| (kept, size)).collect();
        largest.sort_unstable_by_key(|&(kept, Size { sentences, .. })| {
            (std::cmp::Reverse(sentences), self.clusters.best[kept as usize])
        });
        largest.truncate(count);
        largest
            .into_iter()
            .map(|(kept, Size { sentences, documents })| {
                let example = self.clusters.best[kept as usize];
                ClusterSummary {
                    sentences,
                    documents,
                    number: self.name(Named::Cluster(example)),
                    document: self.corpus.document_of(example),
                    span: self.corpus.span(example),
                }
            })
            .collect()
    }
}
