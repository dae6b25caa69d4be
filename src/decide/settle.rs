//! Two findings cannot have the same bytes.

use crate::model::{Applicability, Finding, Span};

/// Keeps of `typos` what is not superseded: nothing inside `gone` (sorted, disjoint), and of
/// findings that overlap only the one to be applied, then the surer, then the earlier one.
pub(super) fn settle(mut typos: Vec<Finding>, gone: &[Span]) -> Vec<Finding> {
    typos.retain(|finding| {
        let next = gone.partition_point(|span| span.end <= finding.span.start);
        gone.get(next).is_none_or(|span| !span.overlaps(finding.span))
    });
    typos.sort_by_key(|finding| (finding.span, finding.kind));
    let mut kept: Vec<Finding> = Vec::with_capacity(typos.len());
    for finding in typos {
        match kept.last() {
            Some(last) if last.span.overlaps(finding.span) || last.span == finding.span => {
                if beats(&finding, last) {
                    kept.pop();
                    // What came before `last` may reach into the winner too.
                    while kept.last().is_some_and(|before| before.span.overlaps(finding.span)) {
                        kept.pop();
                    }
                    kept.push(finding);
                }
            }
            _ => kept.push(finding),
        }
    }
    kept
}

/// True when `later` is kept rather than `earlier`.
fn beats(later: &Finding, earlier: &Finding) -> bool {
    let safe = |finding: &Finding| finding.applicability == Applicability::Safe;
    match (safe(later), safe(earlier)) {
        (true, false) => true,
        (false, true) => false,
        _ => later.confidence > earlier.confidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn typo(start: usize, end: usize, confidence: f64, applicability: Applicability) -> Finding {
        Finding {
            kind: Kind::Misspelling,
            span: Span::new(start, end),
            suggestion: Some("x".into()),
            confidence,
            applicability,
            reason: String::new(),
            repetition: None,
        }
    }

    fn spans(findings: &[Finding]) -> Vec<(usize, usize)> {
        findings.iter().map(|finding| (finding.span.start, finding.span.end)).collect()
    }

    #[test]
    fn a_typo_in_text_that_goes_is_superseded() {
        let typos = [(0, 3), (4, 8), (20, 22)]
            .map(|(start, end)| typo(start, end, 0.9, Applicability::Safe))
            .to_vec();
        assert_eq!(spans(&settle(typos, &[Span::new(4, 20)])), [(0, 3), (20, 22)]);
    }

    #[test]
    fn of_two_findings_that_overlap_the_safe_one_wins_and_then_the_surer() {
        let review_first =
            vec![typo(0, 10, 0.99, Applicability::Review), typo(5, 7, 0.6, Applicability::Safe)];
        assert_eq!(spans(&settle(review_first, &[])), [(5, 7)]);
        let both_review =
            vec![typo(0, 10, 0.5, Applicability::Review), typo(5, 7, 0.4, Applicability::Review)];
        assert_eq!(spans(&settle(both_review, &[])), [(0, 10)]);
    }

    #[test]
    fn what_is_left_is_disjoint() {
        let mut typos = vec![];
        for start in 0..40 {
            for len in 1..5 {
                let confidence = f64::from((start * 7 + len * 13) % 11) / 11.0;
                let at = start as usize;
                typos.push(typo(at, at + len as usize, confidence, Applicability::Review));
            }
        }
        let kept = settle(typos, &[]);
        assert!(kept.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        assert!(!kept.is_empty());
    }
}
