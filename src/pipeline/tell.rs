//! Decisions as rows of the report.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::names::Names;
use crate::model::{Decision, DocId, Document, Finding, Kind, PlaceCursor, ReportRow, Sentence, Span};
use crate::output::{cluster_id, row_id};

/// Characters of the first sentence that stand for a whole document.
const DOCUMENT_TEXT: usize = 200;

/// Characters of context on either side of a typo in a long sentence.
const CONTEXT: usize = 100;

/// A row that waits for the text of the kept copy, which stands in a document that may not have
/// been read yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DraftRow {
    pub(super) row: ReportRow,
    /// The document it is about.
    pub(super) document: DocId,
    /// Where the kept copy stands.
    pub(super) kept: Option<(DocId, Span)>,
}

/// Numbers findings of a document that propose the same for the same text, so that each has an
/// id of its own. Counted over all findings, so that ids do not depend on what was decided.
pub(super) struct Occurrences {
    by_place: FxHashMap<(Kind, Span), u32>,
}

impl Occurrences {
    /// Counts typos among the findings, and repeated sentences among all sentences of the text:
    /// which copy is kept may change from night to night, and the others keep their ids.
    pub(super) fn count(text: &str, sentences: &[Sentence], findings: &[Finding]) -> Self {
        let mut by_place = FxHashMap::default();
        let mut of_sentence: FxHashMap<&str, u32> = FxHashMap::default();
        let mut number_at: FxHashMap<usize, u32> = FxHashMap::default();
        if findings.iter().any(|finding| finding.kind.is_repetition()) {
            for sentence in sentences {
                let count = of_sentence.entry(sentence.text.of(text)).or_default();
                number_at.insert(sentence.text.start, *count);
                *count += 1;
            }
        }
        let mut typos: Vec<&Finding> =
            findings.iter().filter(|finding| !finding.kind.is_repetition()).collect();
        typos.sort_by_key(|finding| finding.span);
        let mut of_typo: FxHashMap<(Kind, &str, Option<&str>), u32> = FxHashMap::default();
        for finding in typos {
            let count = of_typo
                .entry((finding.kind, finding.span.of(text), finding.suggestion.as_deref()))
                .or_default();
            by_place.insert((finding.kind, finding.span), *count);
            *count += 1;
        }
        for finding in findings.iter().filter(|finding| finding.kind.is_repetition()) {
            let number = number_at.get(&finding.span.start).copied().unwrap_or_default();
            by_place.insert((finding.kind, finding.span), number);
        }
        Occurrences { by_place }
    }

    fn of(&self, finding: &Finding) -> u32 {
        self.by_place.get(&(finding.kind, finding.span)).copied().unwrap_or_default()
    }

    /// The id of a finding's row.
    pub(super) fn row_id(&self, document: &Document, finding: &Finding) -> String {
        let text = shown_text(finding.kind, finding.span.of(&document.text));
        let suggestion = finding.suggestion.as_deref().unwrap_or_default();
        row_id(&document.name, finding.kind, &text, suggestion, self.of(finding))
    }
}

/// What the report shows of the text that a finding is about.
pub(super) fn shown_text(kind: Kind, text: &str) -> Cow<'_, str> {
    match kind {
        Kind::DuplicateDocument => shortened(text),
        _ => Cow::Borrowed(text),
    }
}

/// What a cluster is called in the report: never a bare number, which a spreadsheet would treat
/// as one.
pub(super) fn cluster_name(kind: Kind, cluster: u64) -> String {
    cluster_id(if kind == Kind::Restated { 'p' } else { 'c' }, cluster)
}

/// The rows of one document's decisions, in the order of the decisions.
pub(super) fn rows(
    id: DocId,
    document: &Document,
    sentences: &[Sentence],
    decisions: &[Decision],
    occurrences: &Occurrences,
    names: &Names,
) -> Vec<DraftRow> {
    let mut places = PlaceCursor::new(&document.text);
    let quoted = |decision: &Decision| {
        decision.finding.repetition.map(|repetition| (repetition.kept_document, repetition.kept_span))
    };
    let mut row = |decision| row(document, sentences, decision, occurrences, names, &mut places);
    decisions
        .iter()
        .map(|decision| DraftRow { row: row(decision), document: id, kept: quoted(decision) })
        .collect()
}

fn row(
    document: &Document,
    sentences: &[Sentence],
    decision: &Decision,
    occurrences: &Occurrences,
    names: &Names,
    places: &mut PlaceCursor,
) -> ReportRow {
    let Decision { finding, action, .. } = decision;
    let text = shown_text(finding.kind, finding.span.of(&document.text)).into_owned();
    let place = places.place(finding.span.start);
    let repetition = finding.repetition;
    let (context, context_place) = if finding.kind.is_repetition() {
        (String::new(), None)
    } else {
        let (context, place) = context(&document.text, sentences, finding.span);
        (context, Some(place))
    };
    let suggestion = decision.new_text().unwrap_or_default().to_owned();
    ReportRow {
        row_id: occurrences.row_id(document, finding),
        action: *action,
        kind: finding.kind,
        text,
        suggestion,
        kept_text: String::new(),
        similarity: repetition.map(|repetition| repetition.similarity),
        confidence: finding.confidence,
        document: document.name.clone(),
        line: place.line,
        column: place.column,
        kept_document: repetition.map(|repetition| names.name(repetition.kept_document)).unwrap_or_default(),
        kept_line: repetition.map(|repetition| repetition.kept_line),
        reason: finding.reason.clone(),
        context,
        context_place,
        cluster: repetition
            .map(|repetition| cluster_name(finding.kind, repetition.cluster))
            .unwrap_or_default(),
        cluster_size: repetition.map(|repetition| repetition.cluster_size),
        span: finding.span,
    }
}

/// The beginning of a text, with a sign that there is more.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(DOCUMENT_TEXT) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The sentence around `span`, or the neighbourhood in a sentence that is very long; and where in
/// it the text of `span` begins.
fn context(text: &str, sentences: &[Sentence], span: Span) -> (String, usize) {
    let after = sentences.partition_point(|sentence| sentence.span.start <= span.start);
    let whole = after.checked_sub(1).map_or(span, |index| sentences[index].text);
    let start = text[whole.start.min(span.start)..span.start]
        .char_indices()
        .rev()
        .nth(CONTEXT - 1)
        .map_or(whole.start.min(span.start), |(at, _)| whole.start.min(span.start) + at);
    let rest = &text[span.end..whole.end.max(span.end)];
    let end = rest.char_indices().nth(CONTEXT).map_or(whole.end.max(span.end), |(at, _)| span.end + at);
    let mut context = String::with_capacity(end - start + 6);
    if start > whole.start {
        context.push('…');
    }
    let place = context.len() + span.start - start;
    context.push_str(&text[start..end]);
    if end < whole.end {
        context.push('…');
    }
    (context, place)
}
