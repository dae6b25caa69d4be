//! What was seen, and what is done about it.

use serde::{Deserialize, Serialize};

use super::{DocId, Span};

/// What a detector saw, and how sure it is. Says nothing about what will be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The bytes of the text it is about: for a typo exactly what would be replaced, for a
    /// repetition the sentence without white space around it.
    pub span: Span,
    /// What would stand there instead; `None` for a removal or a pointer.
    pub suggestion: Option<String>,
    /// Probability that the proposal is right, 0 to 1.
    pub confidence: f64,
    /// Whether it may be applied without a person.
    pub applicability: Applicability,
    /// Why, in plain words.
    pub reason: String,
    /// The copy it repeats, for repetitions.
    pub repetition: Option<Repetition>,
}

/// The other half of a repetition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repetition {
    /// The document that holds the kept copy.
    pub kept_document: DocId,
    /// The kept sentence in that document's text, without white space around it.
    pub kept_span: Span,
    /// The line the kept sentence starts on, 1-based.
    pub kept_line: u64,
    /// How alike the two are, 0 to 1.
    pub similarity: f64,
    /// Which repetitions belong together: a number made of what the cluster says, so that it is the
    /// same every night. No two clusters of a run share one.
    pub cluster: u64,
    /// How many sentences the cluster holds.
    pub cluster_size: u32,
}

/// Whether a proposal may be applied without a person. Belongs to the finding, as how safe a fix
/// is depends on what was seen, not on who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Right often enough (99 in 100) to be applied by default.
    Safe,
    /// Reported only.
    Review,
}

/// What is done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The text goes.
    Remove,
    /// The text is replaced by the suggestion.
    Replace,
    /// Nothing; a person is asked.
    Review,
}

impl Action {
    /// The word in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Remove => "remove",
            Action::Replace => "replace",
            Action::Review => "review",
        }
    }
}

/// A finding and what is done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What was seen.
    pub finding: Finding,
    /// What is done.
    pub action: Action,
    /// The bytes that change. For a removed sentence this is more than the finding's span: the
    /// white space that belongs to it goes too.
    pub edit_span: Span,
    /// What a person wrote, in place of the suggestion.
    pub replacement: Option<String>,
}

impl Decision {
    /// What will stand there, for a replacement.
    pub fn new_text(&self) -> Option<&str> {
        self.replacement.as_deref().or(self.finding.suggestion.as_deref())
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The kinds of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// The word in the report.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Kind::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// Equal after normalisation.
    ExactDuplicate = "exact-duplicate",
    /// Alike at or above the threshold.
    NearDuplicate = "near-duplicate",
    /// The same point in other words.
    Restated = "restated",
    /// A document that another one holds.
    DuplicateDocument = "duplicate-document",
    /// A word that no dictionary has, near one that it has.
    Misspelling = "misspelling",
    /// A dictionary word in the wrong place.
    RealWord = "real-word",
    /// Two words without the space between.
    JoinedWords = "joined-words",
    /// One word with a space inside.
    SplitWord = "split-word",
    /// The same word twice in a row.
    DoubledWord = "doubled-word",
    /// A lost or misplaced apostrophe.
    Apostrophe = "apostrophe",
    /// Text that was decoded with the wrong encoding.
    Mojibake = "mojibake",
    /// A character that cannot be seen, inside a word.
    InvisibleCharacter = "invisible-character",
    /// A letter of another alphabet that looks like the right one.
    LookAlike = "look-alike",
    /// A word broken at the end of a line.
    Hyphenation = "hyphenation",
    /// A closing quotation mark that nothing opened.
    UnbalancedQuote = "unbalanced-quote",
    /// A missing, doubled or stray space or punctuation mark.
    Spacing = "spacing",
}

impl Kind {
    /// True for the kinds that point to another copy.
    pub fn is_repetition(self) -> bool {
        matches!(self, Kind::ExactDuplicate | Kind::NearDuplicate | Kind::Restated | Kind::DuplicateDocument)
    }

    /// True for kinds that lay two wordings of one sentence side by side: there the words that differ are
    /// worth marking.
    pub fn is_copy(self) -> bool {
        matches!(self, Kind::ExactDuplicate | Kind::NearDuplicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_the_same_name_in_the_report_and_in_the_ledger() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
