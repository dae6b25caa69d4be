//! Room 5: findings become decisions. All policy is here.
//!
//! A detector says what it saw and how safe acting on it would be; this room says what is done,
//! settles findings that want the same bytes, and works out which white space goes with a
//! removed sentence.

mod bearing;
mod decisions;
mod removal;
mod settle;

use std::collections::BTreeMap;

use crate::model::{
    Action, Applicability, Decision, DocId, Edit, EditSet, Finding, Kind, OverlappingEdits, Sentence, Span,
};

pub use decisions::{Decisions, Entry, Proposal, Reach, Subject, UnclearVerdict, Verdict};

/// Decides about everything found in one document. `verdict` tells what a person decided about a
/// finding, if anybody did.
///
/// `findings` may come in any order and may overlap. The result is in the order of the text, and
/// the edits it stands for are disjoint. A finding inside text that goes is superseded: it has no
/// decision. Where two typo findings want the same bytes, the surer one is kept.
pub fn decide<'a>(
    document: DocId,
    text: &str,
    sentences: &[Sentence],
    findings: Vec<Finding>,
    verdict: &dyn Fn(&Finding) -> Option<&'a Verdict>,
) -> Vec<Decision> {
    let mut edited = Vec::new();
    let verdicts = findings.iter().map(verdict).collect();
    let findings = with_bearing(document, text, findings, verdicts);
    let findings = findings.filter_map(|(finding, verdict)| heed(finding, verdict, &mut edited)).collect();
    let mut decisions = decide_findings(text, sentences, findings, edited);
    // Findings of one place come in a fixed order: what is done first, then by kind.
    decisions.sort_by_key(|decision| (decision.finding.span, decision.action, decision.finding.kind));
    decisions
}

/// What would be removed, and others hang on it, is for a person, unless one has decided: the findings, each with
/// what a person decided about it.
fn with_bearing<'a>(
    document: DocId,
    text: &str,
    findings: Vec<Finding>,
    verdicts: Vec<Option<&'a Verdict>>,
) -> impl Iterator<Item = (Finding, Option<&'a Verdict>)> {
    let mut removed: Vec<Span> = findings
        .iter()
        .zip(&verdicts)
        .filter(|(finding, verdict)| goes(finding) && matches!(verdict, None | Some(Verdict::Accept)))
        .map(|(finding, _)| finding.span)
        .collect();
    removed.sort_unstable();
    removed.dedup();
    let bearing = bearing::bearing(text, &removed);
    let reason_to_stay = move |finding: &Finding| {
        let kept = finding.repetition.as_ref().filter(|repetition| repetition.kept_document == document);
        let answers = || bearing::answers(text, finding.span, kept?.kept_span, &removed);
        bearing.get(&finding.span).copied().or_else(answers)
    };
    findings.into_iter().zip(verdicts).map(move |(finding, verdict)| {
        let is_open = verdict.is_none() && goes(&finding);
        match is_open.then(|| reason_to_stay(&finding)).flatten() {
            Some(why) => {
                let reason = format!("{}; {why}", finding.reason);
                (Finding { applicability: Applicability::Review, reason, ..finding }, verdict)
            }
            None => (finding, verdict),
        }
    })
}

/// What is left of a finding when a person has decided about it. What goes in the way the person
/// wrote it, goes to `edited`.
fn heed(finding: Finding, verdict: Option<&Verdict>, edited: &mut Vec<Decision>) -> Option<Finding> {
    match verdict {
        None => Some(finding),
        Some(Verdict::Reject) => None,
        Some(Verdict::Edit(_)) if finding.kind == Kind::DuplicateDocument => Some(finding),
        Some(Verdict::Edit(replacement)) => {
            edited.push(Decision {
                edit_span: finding.span,
                action: Action::Replace,
                replacement: Some(replacement.clone()),
                finding: Finding { reason: "written by a reviewer".into(), ..finding },
            });
            None
        }
        Some(Verdict::Accept) => {
            // Whether a repetition may go was settled with all sentences in view: here it would be
            // unknown whether what it repeats still stays.
            let applicability =
                if finding.kind.is_repetition() { finding.applicability } else { Applicability::Safe };
            let reason = match applicability {
                Applicability::Safe => format!("accepted by a reviewer; {}", finding.reason),
                Applicability::Review => finding.reason,
            };
            Some(Finding { applicability, reason, ..finding })
        }
    }
}

fn decide_findings(
    text: &str,
    sentences: &[Sentence],
    findings: Vec<Finding>,
    mut edited: Vec<Decision>,
) -> Vec<Decision> {
    let (repetitions, typos): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| finding.kind.is_repetition());
    let mut decisions = decide_repetitions(text, sentences, repetitions);
    let mut gone: BTreeMap<usize, usize> = decisions
        .iter()
        .filter(|decision| decision.action == Action::Remove)
        .map(|decision| (decision.edit_span.start, decision.edit_span.end))
        .collect();
    // What a person wrote wins over what is proposed for the same bytes, but not over a removal.
    edited.sort_by_key(|decision| (!decision.finding.kind.is_repetition(), decision.edit_span));
    for decision in edited {
        let Span { start, end } = decision.edit_span;
        if gone.range(..end).next_back().is_none_or(|(_, &taken)| taken <= start) {
            gone.insert(start, end);
            decisions.push(decision);
        }
    }
    let gone: Vec<Span> = gone.into_iter().map(|(start, end)| Span::new(start, end)).collect();
    decisions.extend(settle::settle(typos, &gone).into_iter().map(|finding| {
        let action = match (finding.applicability, &finding.suggestion) {
            (Applicability::Safe, Some(_)) => Action::Replace,
            _ => Action::Review,
        };
        Decision { edit_span: finding.span, action, finding, replacement: None }
    }));
    decisions
}

/// The edits that carry out `decisions`.
///
/// # Errors
/// When two decisions want the same bytes, which would be a fault of [`decide`].
pub fn edits(decisions: &[Decision]) -> Result<EditSet, OverlappingEdits> {
    EditSet::new(
        decisions
            .iter()
            .filter(|decision| decision.action != Action::Review)
            .map(|decision| Edit {
                span: decision.edit_span,
                replacement: match decision.action {
                    Action::Replace => decision.new_text().unwrap_or_default().to_owned(),
                    Action::Remove | Action::Review => String::new(),
                },
            })
            .collect(),
    )
}

/// A document that goes whole has that one decision; otherwise each sentence goes at most once,
/// and a sentence that goes has no other row.
fn decide_repetitions(text: &str, sentences: &[Sentence], mut findings: Vec<Finding>) -> Vec<Decision> {
    findings.sort_by(|a, b| {
        (a.span, a.applicability == Applicability::Review, a.kind)
            .cmp(&(b.span, b.applicability == Applicability::Review, b.kind))
            .then(b.confidence.total_cmp(&a.confidence))
    });
    let whole = findings.iter().position(|finding| {
        finding.kind == Kind::DuplicateDocument && finding.applicability == Applicability::Safe
    });
    if let Some(whole) = whole {
        let finding = findings.swap_remove(whole);
        let edit_span = Span::new(0, text.len());
        return vec![Decision { finding, action: Action::Remove, edit_span, replacement: None }];
    }
    let removed: Vec<_> =
        findings.iter().filter(|finding| goes(finding)).map(|finding| finding.span).collect();
    let extents = removal::extents(text, sentences, &removed);
    let mut last_removed = None;
    let mut decisions = Vec::with_capacity(findings.len());
    for finding in findings {
        // What is said of a whole document stands at its first sentence, and is not about that.
        if last_removed == Some(finding.span) && finding.kind != Kind::DuplicateDocument {
            continue;
        }
        let extent = if goes(&finding) { extents.get(&finding.span.start).copied() } else { None };
        let (action, edit_span) = match extent {
            Some(extent) => (Action::Remove, extent),
            None => (Action::Review, finding.span),
        };
        if action == Action::Remove {
            last_removed = Some(finding.span);
        }
        decisions.push(Decision { finding, action, edit_span, replacement: None });
    }
    decisions
}

fn goes(finding: &Finding) -> bool {
    finding.applicability == Applicability::Safe
        && matches!(finding.kind, Kind::ExactDuplicate | Kind::NearDuplicate)
}
