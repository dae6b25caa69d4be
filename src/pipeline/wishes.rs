//! From decisions about rows to wishes about sentences.
//!
//! A decision names a row, and a row comes from a document, a kind, a text, and the how-manieth
//! such text it is. During the survey each sentence is asked which rows it could have, so that the
//! decision is known before anything is compared. A rejected near copy that is an exact copy
//! tonight, because another one is kept, is still the same sentence.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::names::Names;
use super::survey::SurveyedUnit;
use super::tell::shown_text;
use crate::decide::{Decisions, Proposal, Verdict};
use crate::dedup::{Wish, Wishes};
use crate::model::{Applicability, DocId, Document, Finding, Kind, Span};
use crate::output::row_id;
use crate::segment::Segmentation;

/// The kinds a sentence can be told as.
const KINDS: [Kind; 4] = [Kind::ExactDuplicate, Kind::NearDuplicate, Kind::Restated, Kind::DuplicateDocument];

/// A sentence that somebody decided about, if its document is called so in the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Decided {
    /// The how-manieth document of its unit.
    place: usize,
    name: String,
    kind: Kind,
    span: Span,
    verdict: Verdict,
}

impl Decided {
    /// The same when so many documents come before its unit.
    pub(super) fn after(self, documents: usize) -> Self {
        Decided { place: self.place + documents, ..self }
    }

    /// The same in the unit that begins so many documents further on.
    pub(super) fn from(&self, documents: usize) -> Self {
        Decided { place: self.place - documents, ..self.clone() }
    }
}

/// Adds the sentences of a document that somebody decided about.
pub(super) fn decided(
    decisions: &Decisions,
    names: &[String],
    document: &Document,
    place: usize,
    segmentation: &Segmentation,
    found: &mut Vec<Decided>,
) {
    let is_touched = |name: &&String| decisions.may_touch_repetitions_in(name);
    let names: Vec<&String> = names.iter().filter(is_touched).collect();
    if names.is_empty() {
        return;
    }
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    for sentence in &segmentation.sentences {
        let text = sentence.text.of(&document.text);
        let count = seen.entry(text).or_default();
        let occurrence = *count;
        *count += 1;
        if text.is_empty() {
            continue;
        }
        for &name in &names {
            for kind in KINDS {
                let text = shown_text(kind, text);
                let row_id = row_id(name, kind, &text, "", occurrence);
                let proposal =
                    Proposal { row_id: &row_id, document: name, kind, text: &text, suggestion: "" };
                if let Some(verdict) = decisions.verdict(proposal)
                    && is_wish(kind, verdict)
                {
                    let (name, verdict) = (name.clone(), verdict.clone());
                    found.push(Decided { place, name, kind, span: sentence.text, verdict });
                }
            }
        }
    }
}

/// A point in other words is shown for reading and goes never: only what is written in its place says
/// anything about the sentence.
fn is_wish(kind: Kind, verdict: &Verdict) -> bool {
    kind != Kind::Restated || matches!(verdict, Verdict::Edit(_))
}

/// What was decided about repetitions, by place.
#[derive(Debug, Default)]
pub(super) struct Heeded {
    /// For the search for copies.
    pub(super) wishes: Wishes,
    /// Sentences that a person wrote anew.
    written: FxHashMap<DocId, Vec<(Span, Kind)>>,
}

impl Heeded {
    /// Brings together what the units found.
    pub(super) fn new(units: &mut [SurveyedUnit], names: &Names) -> Self {
        let mut heeded = Heeded::default();
        let mut first = 0;
        let mut sentences: FxHashMap<(DocId, usize), Decided> = FxHashMap::default();
        for unit in units {
            for decided in std::mem::take(&mut unit.decided) {
                let document = DocId((first + decided.place) as u32);
                if names.name(document) != decided.name {
                    continue;
                }
                if decided.kind == Kind::DuplicateDocument {
                    if decided.verdict == Verdict::Reject {
                        heeded.wishes.documents.push(document);
                    }
                    continue;
                }
                // The same sentence may have been decided about under two kinds, on two nights.
                let key = (document, decided.span.start);
                match sentences.get(&key) {
                    Some(other) if caution(&other.verdict) >= caution(&decided.verdict) => {}
                    _ => drop(sentences.insert(key, decided)),
                }
            }
            first += unit.hashes.len();
        }
        heeded.wishes.documents.dedup();
        let mut sentences: Vec<_> = sentences.into_iter().collect();
        sentences.sort_unstable_by_key(|&(key, _)| key);
        for ((document, start), decided) in sentences {
            let wish = match decided.verdict {
                Verdict::Accept => Wish::Go,
                Verdict::Reject => Wish::Stay,
                Verdict::Edit(_) => {
                    heeded.written.entry(document).or_default().push((decided.span, decided.kind));
                    Wish::Change
                }
            };
            heeded.wishes.sentences.push((document, start, wish));
        }
        heeded
    }

    /// The sentences of a document that a person wrote anew, as findings to be decided about.
    pub(super) fn written(&self, document: DocId) -> impl Iterator<Item = Finding> {
        self.written.get(&document).into_iter().flatten().map(|&(span, kind)| Finding {
            kind,
            span,
            suggestion: None,
            confidence: 1.0,
            applicability: Applicability::Review,
            reason: String::new(),
            repetition: None,
        })
    }
}

/// Of two decisions about one sentence the one that is kept when both are heeded as far as can be: who
/// rejected a removal wants it not to go, and what was written anew stands in its place.
fn caution(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Accept => 0,
        Verdict::Reject => 1,
        Verdict::Edit(_) => 2,
    }
}
