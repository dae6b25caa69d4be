//! What people decided, and what follows from it.
//!
//! A decision is about one row. Two things reach further, and only these: a rejected correction of
//! a word is not proposed for that word in that document again, and a bulk decision, which names
//! no row, holds for every row that it describes.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::model::{Kind, shown};

/// What a person decided about a proposal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// It is to be done.
    Accept,
    /// It is not to be done, nor to be proposed again.
    Reject,
    /// The text is to become this instead.
    Edit(String),
}

/// A decision that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnclearVerdict {
    /// No word that is known.
    #[error("'{0}' is no decision; type accept, reject or edit")]
    UnknownWord(String),
    /// Nothing to write.
    #[error("edit needs a text in the column replacement")]
    NothingToWrite,
    /// It would be lost.
    #[error("there is a replacement, which only the decision edit uses")]
    UnusedReplacement,
}

impl Verdict {
    /// Reads what a reviewer typed; `None` when nothing was decided. Case and blanks do not count.
    ///
    /// # Errors
    /// When it cannot be meant: it is better to ask than to guess.
    pub fn read(decision: &str, replacement: &str) -> Result<Option<Verdict>, UnclearVerdict> {
        let typed = trim(decision);
        let has_replacement = !trim(replacement).is_empty();
        let verdict = match typed.to_lowercase().as_str() {
            "" | "skip" | "s" | "?" | "undecided" => None,
            "accept" | "accepted" | "a" | "yes" | "y" => Some(Verdict::Accept),
            "reject" | "rejected" | "r" | "no" | "n" => Some(Verdict::Reject),
            "edit" | "edited" | "e" if !has_replacement => return Err(UnclearVerdict::NothingToWrite),
            "edit" | "edited" | "e" => return Ok(Some(Verdict::Edit(replacement.to_owned()))),
            _ => return Err(UnclearVerdict::UnknownWord(typed.to_owned())),
        };
        match verdict {
            Some(Verdict::Reject) => Ok(verdict),
            _ if has_replacement => Err(UnclearVerdict::UnusedReplacement),
            _ => Ok(verdict),
        }
    }

    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Reject => "reject",
            Verdict::Edit(_) => "edit",
        }
    }

    /// The text to write, if the reviewer wrote one.
    pub fn replacement(&self) -> &str {
        match self {
            Verdict::Edit(replacement) => replacement,
            _ => "",
        }
    }
}

/// Blanks, and characters that nobody sees.
fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}'))
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The one row with its id.
    #[default]
    Row,
    /// Every row like it in its document.
    Document,
    /// Every row like it.
    Corpus,
}

impl Reach {
    /// The word in the column `scope`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Row => "",
            Reach::Document => "document",
            Reach::Corpus => "corpus",
        }
    }
}

/// One decision, and what it was about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The document's name. Empty where it does not matter.
    pub document: String,
    /// The kind of finding; `None` where it is not known or does not matter.
    pub kind: Option<Kind>,
    /// What stands in the document.
    pub text: String,
    /// What was proposed.
    pub suggestion: String,
    /// The row; empty for a bulk decision.
    pub row_id: String,
    /// How far it reaches.
    pub reach: Reach,
    /// What was decided.
    pub verdict: Verdict,
    /// What the reviewer noted.
    pub note: String,
}

/// What an entry is about: its reach; the row, or document, kind, text and suggestion.
pub type Subject<'a> = (Reach, &'a str, Option<Kind>, &'a str, &'a str);

impl Entry {
    /// What this is about. Two entries with the same subject and different verdicts contradict each other.
    pub fn subject(&self) -> Subject<'_> {
        match self.reach {
            Reach::Row => (self.reach, &self.row_id, None, "", ""),
            _ => (self.reach, &self.document, self.kind, &self.text, &self.suggestion),
        }
    }
}

/// A proposal, as far as decisions look at it.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Its row.
    pub row_id: &'a str,
    /// The document's name.
    pub document: &'a str,
    /// The kind of finding.
    pub kind: Kind,
    /// What stands in the document.
    pub text: &'a str,
    /// What is proposed.
    pub suggestion: &'a str,
}

/// All decisions in force.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    rows: BTreeMap<String, Entry>,
    bulk: Vec<Entry>,
    /// Words whose correction was rejected, by document. These and the next are kept as reports show them:
    /// most decisions come from there.
    taught: FxHashMap<String, FxHashSet<String>>,
    /// Bulk decisions by text; those for a whole kind under the empty text.
    bulk_by_text: FxHashMap<String, Vec<usize>>,
    /// Documents in which a decision may be about repetition; the empty name stands for all.
    repetitive: FxHashSet<String>,
}

impl Decisions {
    /// Adds a decision; a later one about the same thing takes the place of an earlier one.
    pub fn insert(&mut self, entry: Entry) {
        self.extend([entry]);
    }

    /// Adds many, in this order.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            match entry.reach {
                Reach::Row => {
                    self.rows.insert(entry.row_id.clone(), entry);
                }
                Reach::Document | Reach::Corpus => self.bulk.push(entry),
            }
        }
        // Of those about the same thing the last one comes first, and stays.
        self.bulk.reverse();
        self.bulk.sort_by(|a, b| a.subject().cmp(&b.subject()));
        self.bulk.dedup_by(|a, b| a.subject() == b.subject());
        self.bulk.sort();
        self.index();
    }

    /// Takes decisions about rows back.
    pub fn forget(&mut self, row_ids: &[String]) {
        for row_id in row_ids {
            self.rows.remove(row_id);
        }
        self.index();
    }

    fn index(&mut self) {
        self.taught.clear();
        for entry in self.rows.values().filter(|entry| teaches(entry)) {
            let words = self.taught.entry(shown(&entry.document).into_owned()).or_default();
            words.insert(shown(&entry.text).into_owned());
        }
        let is_repetition = |entry: &&Entry| entry.kind.is_none_or(Kind::is_repetition);
        let all = self.rows.values().chain(&self.bulk).filter(is_repetition);
        self.repetitive = all
            .map(|entry| match entry.reach {
                Reach::Corpus => String::new(),
                Reach::Row | Reach::Document => shown(&entry.document).into_owned(),
            })
            .collect();
        self.bulk_by_text.clear();
        for (place, entry) in self.bulk.iter().enumerate() {
            self.bulk_by_text.entry(shown(&entry.text).into_owned()).or_default().push(place);
        }
    }

    /// True when nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.bulk.is_empty()
    }

    /// How many decisions there are.
    pub fn len(&self) -> usize {
        self.rows.len() + self.bulk.len()
    }

    /// Every decision, sorted so that files of two people merge line by line.
    pub fn entries(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.rows.values().chain(&self.bulk).collect();
        entries.sort();
        entries
    }

    /// The decision about a row.
    pub fn row(&self, row_id: &str) -> Option<&Entry> {
        self.rows.get(row_id)
    }

    /// True when a decision may be about repetition: only then are sentences looked up.
    pub fn may_touch_repetitions(&self) -> bool {
        !self.repetitive.is_empty()
    }

    /// The same for one document.
    pub fn may_touch_repetitions_in(&self, document: &str) -> bool {
        self.repetitive.contains("") || self.repetitive.contains(shown(document).as_ref())
    }

    /// What was decided about a proposal. What names the row wins over what describes it, and
    /// what is about the document over what is about the corpus.
    pub fn verdict(&self, proposal: Proposal) -> Option<&Verdict> {
        // Decisions may have been copied from a report, so a proposal is looked at as reports show it.
        let (document, text) = (shown(proposal.document), shown(proposal.text));
        let suggestion = shown(proposal.suggestion);
        let proposal = Proposal { document: &document, text: &text, suggestion: &suggestion, ..proposal };
        let is_here = |entry: &&Entry| entry.document.is_empty() || is(&entry.document, &document);
        if let Some(entry) = self.rows.get(proposal.row_id).filter(is_here) {
            return Some(&entry.verdict);
        }
        let bulk = |reach: Reach| {
            let places =
                [proposal.text, ""].into_iter().filter_map(|text| self.bulk_by_text.get(text)).flatten();
            places
                .map(|&place| &self.bulk[place])
                .find(|entry| entry.reach == reach && describes(entry, proposal))
        };
        if let Some(entry) = bulk(Reach::Document) {
            return Some(&entry.verdict);
        }
        let is_taught = is_about_words(proposal.kind)
            && self.taught.get(proposal.document).is_some_and(|words| words.contains(proposal.text));
        if is_taught {
            return Some(&Verdict::Reject);
        }
        bulk(Reach::Corpus).map(|entry| &entry.verdict)
    }
}

/// True when an entry describes a proposal, which is as reports show it.
fn describes(entry: &Entry, proposal: Proposal) -> bool {
    // A whole kind may be decided about words only: sentences differ too much from each other.
    let by_text = is(&entry.text, proposal.text) || (entry.text.is_empty() && !proposal.kind.is_repetition());
    by_text
        && entry.kind.is_none_or(|kind| kind == proposal.kind)
        && (entry.suggestion.is_empty() || is(&entry.suggestion, proposal.suggestion))
        && (entry.reach == Reach::Corpus || is(&entry.document, proposal.document))
}

/// True when `written` is a text of which `as_shown` is what reports show.
fn is(written: &str, as_shown: &str) -> bool {
    shown(written) == as_shown
}

fn teaches(entry: &Entry) -> bool {
    entry.verdict == Verdict::Reject && !entry.text.is_empty() && entry.kind.is_some_and(is_about_words)
}

/// Kinds whose text is a word that a person may know better than any list.
fn is_about_words(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Misspelling
            | Kind::RealWord
            | Kind::JoinedWords
            | Kind::SplitWord
            | Kind::DoubledWord
            | Kind::Apostrophe
            | Kind::LookAlike
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(row_id: &str, verdict: Verdict) -> Entry {
        Entry {
            document: "a.txt".into(),
            kind: Some(Kind::Misspelling),
            text: "teh".into(),
            suggestion: "the".into(),
            row_id: row_id.into(),
            reach: Reach::Row,
            verdict,
            note: String::new(),
        }
    }

    fn bulk(reach: Reach, document: &str, text: &str, verdict: Verdict) -> Entry {
        let entry = entry("", verdict);
        Entry { reach, document: document.into(), text: text.into(), suggestion: String::new(), ..entry }
    }

    fn proposal<'a>(row_id: &'a str, document: &'a str, text: &'a str) -> Proposal<'a> {
        Proposal { row_id, document, kind: Kind::Misspelling, text, suggestion: "the" }
    }

    #[test]
    fn documents_that_no_decision_about_repetition_names_are_not_looked_through() {
        let near = |document: &str| Entry {
            document: document.into(),
            kind: Some(Kind::NearDuplicate),
            ..entry("r1", Verdict::Reject)
        };
        let mut decisions = Decisions::default();
        decisions.insert(entry("r2", Verdict::Reject));
        assert!(!decisions.may_touch_repetitions() && !decisions.may_touch_repetitions_in("a.txt"));
        decisions.insert(near("a.txt"));
        assert!(decisions.may_touch_repetitions_in("a.txt") && !decisions.may_touch_repetitions_in("b.txt"));
        decisions.insert(near(""));
        assert!(decisions.may_touch_repetitions_in("b.txt"));
        decisions.forget(&["r1".into()]);
        decisions.insert(Entry { kind: None, ..bulk(Reach::Corpus, "", "A line.", Verdict::Accept) });
        assert!(decisions.may_touch_repetitions_in("b.txt"));
    }

    #[test]
    fn what_a_reviewer_types_is_forgiven_its_case_and_blanks_and_nothing_else() {
        let read = |typed| Verdict::read(typed, "");
        for typed in ["accept", " Accept\u{a0}", "ACCEPTED", "y", "Yes ", "a"] {
            assert_eq!(read(typed), Ok(Some(Verdict::Accept)), "{typed:?}");
        }
        for typed in ["reject", "Rejected", "n", "NO", "\tr"] {
            assert_eq!(read(typed), Ok(Some(Verdict::Reject)), "{typed:?}");
        }
        for typed in ["", " ", "\u{feff}", "skip", "?"] {
            assert_eq!(read(typed), Ok(None), "{typed:?}");
        }
        for typed in ["TRUE", "maybe", "accept!", "1", "yes no"] {
            assert!(matches!(read(typed), Err(UnclearVerdict::UnknownWord(_))), "{typed:?}");
        }
        assert_eq!(Verdict::read("Edit", " new "), Ok(Some(Verdict::Edit(" new ".into()))));
        assert_eq!(Verdict::read("edit", " "), Err(UnclearVerdict::NothingToWrite));
        assert_eq!(Verdict::read("", "new"), Err(UnclearVerdict::UnusedReplacement));
        assert_eq!(Verdict::read("accept", "new"), Err(UnclearVerdict::UnusedReplacement));
    }

    #[test]
    fn a_rejected_correction_teaches_the_word_in_its_document_and_nowhere_else() {
        let mut decisions = Decisions::default();
        decisions.insert(entry("r1", Verdict::Reject));
        let verdict = |row, document, text| decisions.verdict(proposal(row, document, text)).cloned();
        assert_eq!(verdict("r1", "a.txt", "teh"), Some(Verdict::Reject));
        assert_eq!(verdict("r2", "a.txt", "teh"), Some(Verdict::Reject));
        assert_eq!(verdict("r2", "b.txt", "teh"), None);
        assert_eq!(verdict("r2", "a.txt", "hte"), None);
        let spacing = Proposal { kind: Kind::Spacing, ..proposal("r2", "a.txt", "teh") };
        assert_eq!(decisions.verdict(spacing), None);
    }

    #[test]
    fn the_row_wins_over_the_document_and_the_document_over_the_corpus() {
        let mut decisions = Decisions::default();
        decisions.extend([
            bulk(Reach::Corpus, "", "teh", Verdict::Accept),
            bulk(Reach::Document, "b.txt", "teh", Verdict::Reject),
            Entry { document: "b.txt".into(), ..entry("r1", Verdict::Edit("tea".into())) },
        ]);
        let verdict = |row, document| decisions.verdict(proposal(row, document, "teh")).cloned();
        assert_eq!(verdict("r1", "b.txt"), Some(Verdict::Edit("tea".into())));
        assert_eq!(verdict("r1", "c.txt"), Some(Verdict::Accept), "a row is a row of its document");
        assert_eq!(verdict("r2", "b.txt"), Some(Verdict::Reject));
        assert_eq!(verdict("r2", "c.txt"), Some(Verdict::Accept));
        assert_eq!(decisions.verdict(proposal("r2", "c.txt", "hte")), None);
    }

    #[test]
    fn a_bulk_decision_about_a_kind_is_not_about_sentences() {
        let mut decisions = Decisions::default();
        decisions.insert(Entry { kind: None, ..bulk(Reach::Corpus, "", "", Verdict::Accept) });
        assert!(decisions.verdict(proposal("r1", "a.txt", "teh")).is_some());
        let sentence = Proposal { kind: Kind::NearDuplicate, ..proposal("r1", "a.txt", "A sentence.") };
        assert_eq!(decisions.verdict(sentence), None);
    }

    #[test]
    fn a_text_of_two_lines_is_known_as_reports_show_it() {
        let mut decisions = Decisions::default();
        decisions.insert(bulk(Reach::Corpus, "", "infor-⏎mation", Verdict::Accept));
        decisions.insert(Entry { text: "can⏎not".into(), ..entry("r1", Verdict::Reject) });
        for text in ["infor-\nmation", "infor-\r\nmation", "infor-⏎mation"] {
            assert_eq!(decisions.verdict(proposal("r2", "b.txt", text)), Some(&Verdict::Accept), "{text:?}");
        }
        assert_eq!(decisions.verdict(proposal("r2", "a.txt", "can\nnot")), Some(&Verdict::Reject));
        assert_eq!(decisions.verdict(proposal("r2", "b.txt", "can\nnot")), None);
    }

    #[test]
    fn a_later_decision_takes_the_place_of_an_earlier_one() {
        let mut decisions = Decisions::default();
        decisions.insert(entry("r1", Verdict::Reject));
        decisions.insert(entry("r1", Verdict::Accept));
        decisions.insert(bulk(Reach::Corpus, "", "teh", Verdict::Reject));
        decisions.insert(bulk(Reach::Corpus, "", "teh", Verdict::Accept));
        assert_eq!(decisions.len(), 2);
        assert!(decisions.entries().iter().all(|entry| entry.verdict == Verdict::Accept));
    }
}
