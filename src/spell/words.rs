//! Text to words: where they stand, how they are written, and which of them are no words of prose.

use std::ops::ControlFlow;

use crate::language::{VocabularyId, WordHash};
use crate::model::{Role, Sentence, Span};

use super::scanner::Scanner;

/// One word of running text, or something like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The letters, without a possessive `'s`.
    pub(super) span: Span,
    /// Identity in any case, possessive taken off.
    pub(super) hash: WordHash,
    /// How it is written and what touches it.
    pub(super) marks: Marks,
    /// Its number among the words that deserve a look, once it has been looked up; 0 for none.
    pub(super) suspect: u32,
    /// The word in the bigram model, once it has been looked up.
    pub(super) vocabulary: Option<VocabularyId>,
}

/// How a word is written and what touches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    /// The first letter is a capital, and only that one.
    pub(super) const CAPITALISED: Marks = Marks(1);
    /// Two letters or more, all of them capitals.
    pub(super) const UPPER: Marks = Marks(2);
    /// Not to be judged: a number, an address, a path, an identifier, or touched by one of those or
    /// by a damaged character.
    pub(super) const TECHNICAL: Marks = Marks(4);
    /// Has letters other than `a` to `z`.
    pub(super) const FOREIGN: Marks = Marks(8);
    /// Touches a hyphen, an en dash or the like.
    pub(super) const HYPHENATED: Marks = Marks(16);
    /// A quotation mark opens before it or closes behind it.
    pub(super) const QUOTED: Marks = Marks(32);
    /// `'s` follows.
    pub(super) const POSSESSIVE: Marks = Marks(64);
    /// Has an apostrophe inside, or touches one.
    pub(super) const APOSTROPHE: Marks = Marks(128);
    /// The first word of a sentence, a quotation or a clause after a colon.
    pub(super) const INITIAL: Marks = Marks(256);
    /// Only white space stands between this word and the one before.
    pub(super) const AFTER_SPACE: Marks = Marks(512);
    /// A number stands before it: `22 nd`, `12 btu`.
    pub(super) const AFTER_NUMBER: Marks = Marks(1024);

    pub(super) const fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// True when any of the marks of `other` is set.
    pub(super) const fn any(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        self.0 |= other.0;
    }
}

/// Sentences longer than this are looked at in pieces, so that memory does not grow with a text
/// that has no sentence ends.
const PIECE: usize = 4096;

/// Calls `look` with the words of each sentence that is prose, in order, leaving out protected
/// spans (sorted). `words` is scratch memory. Ends behind the first sentence of which `look` wants to be the
/// last, and returns the sentences that follow.
pub(super) fn each_sentence<'s>(
    text: &str,
    sentences: &'s [Sentence],
    protected: &[Span],
    words: &mut Vec<Word>,
    mut look: impl FnMut(&mut [Word]) -> ControlFlow<()>,
) -> &'s [Sentence] {
    let start = sentences.first().map_or(0, |sentence| sentence.text.start);
    let mut guard = protected.partition_point(|span| span.end <= start);
    for (place, sentence) in sentences.iter().enumerate() {
        if sentence.role == Role::Opaque {
            continue;
        }
        let mut go_on = ControlFlow::Continue(());
        words.clear();
        let mut scanner = Scanner::new(text);
        let mut at = sentence.text.start;
        while at < sentence.text.end {
            while guard < protected.len() && protected[guard].end <= at {
                guard += 1;
            }
            let next = protected.get(guard).copied().unwrap_or(Span::new(text.len(), text.len()));
            if next.start <= at {
                at = next.end;
                scanner.space = false;
                scanner.initial = false;
                continue;
            }
            let end = next.start.min(sentence.text.end);
            while at < end {
                at = scanner.chunk(at, end, words);
                if words.len() >= PIECE {
                    go_on = look(words);
                    words.clear();
                }
            }
        }
        if !words.is_empty() {
            go_on = look(words);
        }
        if go_on.is_break() {
            return &sentences[place + 1..];
        }
        // A sentence may end inside a protected span that reaches into the next one.
        guard = guard.saturating_sub(1);
    }
    &[]
}

/// Writes the word in lower case, with straight apostrophes, into `scratch`.
///
/// Only for words without [`Marks::FOREIGN`].
pub(super) fn lower<'s>(word: &str, scratch: &'s mut String) -> &'s str {
    scratch.clear();
    scratch.extend(word.chars().map(|c| if c == '’' { '\'' } else { c.to_ascii_lowercase() }));
    scratch
}

/// The suggestion with the capitals of the word it replaces.
pub(super) fn in_case(suggestion: &str, marks: Marks) -> String {
    if marks.any(Marks::UPPER) {
        return suggestion.to_uppercase();
    }
    if marks.any(Marks::CAPITALISED) {
        let mut characters = suggestion.chars();
        return characters
            .next()
            .map(|first| first.to_uppercase().chain(characters).collect())
            .unwrap_or_default();
    }
    suggestion.to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{Applicability, Finding};

    /// A document of one sentence a line.
    pub(in crate::spell) fn sentences_of(text: &str) -> Vec<Sentence> {
        let mut start = 0;
        let mut sentences = Vec::new();
        for (paragraph, line) in (0..).zip(text.split_inclusive('\n')) {
            let end = start + line.len();
            let inner = Span::new(start, start + line.trim_end().len());
            sentences.push(Sentence {
                span: Span::new(start, end),
                text: inner,
                role: Role::Prose,
                paragraph,
            });
            start = end;
        }
        sentences
    }

    /// What findings propose; a `!` before what is safe.
    pub(in crate::spell) fn proposals(findings: &[Finding]) -> Vec<String> {
        let proposal = |finding: &Finding| format!("{}{}", sure(finding), suggestion(finding));
        findings.iter().map(proposal).collect()
    }

    /// The same, with what stands in the text before an arrow.
    pub(in crate::spell) fn corrections(text: &str, findings: &[Finding]) -> Vec<String> {
        let correction = |finding: &Finding| {
            format!("{}{} -> {}", sure(finding), finding.span.of(text), suggestion(finding))
        };
        findings.iter().map(correction).collect()
    }

    fn sure(finding: &Finding) -> &'static str {
        if finding.applicability == Applicability::Safe { "!" } else { "" }
    }

    fn suggestion(finding: &Finding) -> &str {
        finding.suggestion.as_deref().unwrap_or("")
    }

    fn words(text: &str) -> Vec<(String, Marks)> {
        let mut all = Vec::new();
        each_sentence(text, &sentences_of(text), &[], &mut Vec::new(), |words| {
            all.extend(words.iter().map(|word| (word.span.of(text).to_owned(), word.marks)));
            ControlFlow::Continue(())
        });
        all
    }

    fn judged(text: &str) -> Vec<String> {
        words(text)
            .into_iter()
            .filter(|(_, marks)| !marks.any(Marks::TECHNICAL.with(Marks::FOREIGN)))
            .map(|(word, _)| word)
            .collect()
    }

    #[test]
    fn prose_is_cut_into_words_without_punctuation() {
        assert_eq!(
            judged("“Don’t,” said the dog's owner (the well-known one)."),
            ["Don’t", "said", "the", "dog", "owner", "the", "well", "known", "one"]
        );
    }

    #[test]
    fn what_is_no_prose_is_not_judged() {
        for text in [
            "https://example.org/wrogn",
            "me@exmaple.org",
            "src/mian.rs",
            "C:\\mian",
            "#tpyo",
            "@hnadle",
            "camelCase",
            "snake_csae",
            "x86abc",
            "abc9",
            "U.S.",
            "www.exmaple.org",
            "café",
            "wr\u{fffd}gn",
            "\u{fffd}wrogn",
            "wrogn\u{fffd}",
            "f(x)=y",
            "wro\u{200b}ng",
            "привет",
            "日本語",
        ] {
            assert_eq!(judged(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn marks_tell_how_a_word_is_written() {
        let marked = words("The NATO chief came. well-known 'quoted' dogs'");
        let marks = |wanted: &str| marked.iter().find(|(word, _)| word == wanted).unwrap().1;
        assert!(marks("The").any(Marks::CAPITALISED) && marks("The").any(Marks::INITIAL));
        assert!(marks("NATO").any(Marks::UPPER) && !marks("NATO").any(Marks::INITIAL));
        assert!(marks("well").any(Marks::HYPHENATED) && marks("known").any(Marks::HYPHENATED));
        assert!(marks("quoted").any(Marks::QUOTED));
        assert!(marks("chief").any(Marks::AFTER_SPACE) && !marks("well").any(Marks::AFTER_SPACE));
    }

    #[test]
    fn signs_between_spaces_mark_both_neighbours() {
        let marked = words("he wasn ' t at me @ example in 22 nd");
        let marks = |wanted: &str| marked.iter().find(|(word, _)| word == wanted).unwrap().1;
        assert!(marks("wasn").any(Marks::APOSTROPHE) && marks("t").any(Marks::APOSTROPHE));
        assert!(marks("me").any(Marks::TECHNICAL) && marks("example").any(Marks::TECHNICAL));
        assert!(marks("nd").any(Marks::AFTER_NUMBER) && !marks("at").any(Marks::TECHNICAL));
    }

    #[test]
    fn parts_of_a_word_that_was_broken_at_a_line_end_are_not_judged() {
        assert_eq!(judged("He had govern-\nment money."), ["He", "had", "money"]);
        assert_eq!(judged("He had money -\nmuch money."), ["He", "had", "money", "much", "money"]);
    }

    #[test]
    fn protected_spans_are_never_looked_at() {
        let text = "one two three four";
        let mut seen = Vec::new();
        each_sentence(text, &sentences_of(text), &[Span::new(4, 13)], &mut Vec::new(), |words| {
            seen.extend(words.iter().map(|word| word.span.of(text).to_owned()));
            ControlFlow::Continue(())
        });
        assert_eq!(seen, ["one", "four"]);
    }
}
