//! How a text changes.

use super::Span;

/// One change: the text in `span` becomes `replacement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes, in bytes of the text.
    pub span: Span,
    /// What comes; empty for a removal.
    pub replacement: String,
}

/// Edits of one text.
///
/// Invariant: sorted by start and disjoint, so applying them is one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditSet {
    edits: Vec<Edit>,
}

/// Two edits wanted the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("edits overlap: bytes {}..{} and {}..{}", first.start, first.end, second.start, second.end)]
pub struct OverlappingEdits {
    /// The edit that starts first.
    pub first: Span,
    /// The edit that starts inside it.
    pub second: Span,
}

impl EditSet {
    /// Sorts the edits.
    ///
    /// # Errors
    /// When two of them overlap, or insert at the same place: a report must never tell of a
    /// change that was dropped.
    pub fn new(mut edits: Vec<Edit>) -> Result<Self, OverlappingEdits> {
        edits.sort_by_key(|edit| edit.span);
        for pair in edits.windows(2) {
            let (first, second) = (pair[0].span, pair[1].span);
            if first.end > second.start || first == second {
                return Err(OverlappingEdits { first, second });
            }
        }
        Ok(EditSet { edits })
    }

    /// The edits in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Edit> {
        self.edits.iter()
    }

    /// True when nothing changes.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The text with all edits made.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut kept_from = 0;
        for edit in &self.edits {
            out.push_str(&text[kept_from..edit.span.start]);
            out.push_str(&edit.replacement);
            kept_from = edit.span.end;
        }
        out.push_str(&text[kept_from..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: Span::new(start, end), replacement: replacement.into() }
    }

    #[test]
    fn edits_are_made_in_one_pass_whatever_their_order() {
        let edits = EditSet::new(vec![edit(6, 11, "there"), edit(0, 1, "J")]).unwrap();
        assert_eq!(edits.apply("hello world"), "Jello there");
    }

    #[test]
    fn edits_that_touch_are_fine_and_edits_that_overlap_are_refused() {
        assert!(EditSet::new(vec![edit(0, 2, ""), edit(2, 4, "")]).is_ok());
        assert!(EditSet::new(vec![edit(0, 3, ""), edit(2, 4, "")]).is_err());
        assert!(EditSet::new(vec![edit(2, 2, "a"), edit(2, 2, "b")]).is_err());
    }
}
