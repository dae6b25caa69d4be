//! Judges each occurrence of a suspicious word between its neighbours.

mod evidence;

use std::io;
use std::ops::ControlFlow;

use rustc_hash::FxHashSet;

use crate::language::{Companion, Dialect, Language, Lexicon, WordHash};
use crate::model::{Applicability, Finding, Kind, Sentence, Span, Workers};

use super::context::{Context, Manner, is_followed_by};
use super::counter::CorpusWords;
use super::dictionary::Dictionary;
use super::features::Model;
use super::foreign;
use super::judge::{Judge, Judgements, Oddity, Suspect, Testimony};
use super::mechanical::Mechanics;
use super::notes::{Note, Notes};
use super::pairs;
use super::phrases;
use super::real::{Doubt, Known};
use super::rules;
use super::settings::Settings;
use super::words::{Marks, Word, each_sentence, in_case};

pub use evidence::Evidence;

/// Knows which words of the corpus are suspicious, and finds them in documents.
pub struct Speller<'a> {
    lexicon: &'a Lexicon,
    mechanics: Mechanics<'a>,
    model: Model,
    settings: Settings,
    notes: Notes,
    /// Words that deserve a look, and what for.
    suspects: Vec<Suspect>,
    /// Their hashes.
    function_words: FxHashSet<u64>,
    /// The word `of`.
    of: WordHash,
}

/// What was found in documents, and on what it rests.
#[derive(Default)]
pub struct Found {
    /// The typos.
    pub findings: Vec<Finding>,
    /// Each word for which it was weighed what the corpus says of it. Of all other words only what the
    /// corpus says of them at sight was asked: see [`Speller::evidence_by_word`].
    pub weighed: Vec<WordHash>,
}

/// So many words tell what kind of text a document is.
const OPENING: usize = 4096;

/// So many sentences tell whether a document is in one language.
const SENTENCES_THAT_TELL: usize = 50;

/// Sentences of a large document that are one piece of work, of some hundreds of kilobytes: enough that handing
/// out does not show.
const SENTENCES_A_SHARE: usize = 4096;

/// The beginning of a document.
struct Opening<'s> {
    /// Its words: all, or those of so many sentences that they are [`OPENING`] at least.
    words: Vec<Word>,
    /// How the document is written; `None` if it is not English.
    manner: Option<Manner>,
    /// The sentences that follow.
    rest: &'s [Sentence],
}

impl Found {
    fn append(&mut self, mut next: Found) {
        self.findings.append(&mut next.findings);
        self.weighed.append(&mut next.weighed);
    }
}

impl<'a> Speller<'a> {
    /// Judges every distinct word of the corpus.
    ///
    /// # Errors
    /// When there is not enough memory to unpack the spellings of a dialect.
    pub fn new(lexicon: &'a Lexicon, corpus: &CorpusWords, settings: &Settings) -> io::Result<Speller<'a>> {
        let judge = Judge::new(lexicon, corpus, settings)?;
        Ok(Speller::of(lexicon, [judge.judge(0..judge.len())], settings))
    }

    /// A speller of what was judged, in the order of the corpus.
    pub fn of(
        lexicon: &'a Lexicon,
        judgements: impl IntoIterator<Item = Judgements>,
        settings: &Settings,
    ) -> Speller<'a> {
        let function_words =
            rules::FUNCTION_WORDS.iter().map(|word| WordHash::of(word.as_bytes()).0).collect();
        let mut speller = Speller {
            lexicon,
            mechanics: Mechanics::new(lexicon),
            model: Model::embedded(),
            settings: settings.clone(),
            notes: Notes::default(),
            suspects: Vec::new(),
            function_words,
            of: WordHash::of(b"of"),
        };
        for (word, id) in lexicon.vocabularies() {
            speller.notes.note(word).vocabulary = Some(id);
        }
        for (word, suspect) in judgements.into_iter().flat_map(|judgements| judgements.suspects) {
            speller.suspects.push(suspect);
            speller.notes.note(word).suspect = speller.suspects.len() as u32;
        }
        speller
    }

    /// What the corpus says of each suspicious word: all by which findings in a text depend on other texts.
    /// Sorted by word.
    pub fn evidence_by_word(&self) -> Vec<(WordHash, Testimony)> {
        let said = |(word, note): (WordHash, Note)| Some((word, self.suspect(note.suspect)?.testimony()));
        let mut evidence: Vec<(WordHash, Testimony)> = self.notes.iter().filter_map(said).collect();
        evidence.sort_unstable_by_key(|&(word, _)| word.0);
        evidence
    }

    /// Adds the typo findings of one document to `found`: those of every language, then those of English.
    /// `workers` help with a document that is large.
    pub fn findings(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        language: Option<Language>,
        workers: &dyn Workers,
        found: &mut Found,
    ) {
        let first = found.findings.len();
        self.mechanics.find(text, sentences, protected, language, &mut found.findings);
        self.words(text, sentences, protected, language, workers, found);
        if !self.settings.words.is_empty() {
            let fresh = found.findings.split_off(first);
            found.findings.extend(
                fresh.into_iter().filter(|finding| !self.settings.words.allow(finding.span.of(text))),
            );
        }
    }

    /// Adds what is wrong with words, in the order of the text.
    fn words(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        language: Option<Language>,
        workers: &dyn Workers,
        found: &mut Found,
    ) {
        let of_language = |dictionary: &&Dictionary| Some(dictionary.language()) == language;
        if let Some(dictionary) = self.settings.dictionaries.iter().find(of_language) {
            return dictionary.find(self.lexicon, text, sentences, protected, &mut found.findings);
        }
        if language.is_some_and(|language| language != Language::ENGLISH) {
            return;
        }
        let mut scratch = String::new();
        let first = found.findings.len();
        let is_english = language.is_some();
        let opening = self.open(text, sentences, protected, is_english, |words, manner| {
            self.sentence(text, words, manner, &mut scratch, found);
        });
        if let Some(manner) = opening.manner {
            let each = |sentences: &[Sentence], scratch: &mut String, found: &mut Found| {
                self.each_sentence(text, sentences, protected, |words| {
                    self.sentence(text, words, manner, scratch, found);
                });
            };
            if opening.rest.len() <= SENTENCES_A_SHARE {
                each(opening.rest, &mut scratch, found);
            } else {
                let shares = workers.map_ranges(opening.rest.len(), SENTENCES_A_SHARE, |share| {
                    let mut found = Found::default();
                    each(&opening.rest[share], &mut String::new(), &mut found);
                    found
                });
                shares.into_iter().for_each(|share| found.append(share));
            }
        }
        if found.findings.len() > first && self.is_mixed(text, sentences, &opening.words, &mut scratch) {
            found.findings.truncate(first);
        }
    }

    /// True for a document in which so much is in other languages that no sentence is judged. Asked only
    /// where something was found. `opening` are its first words.
    fn is_mixed(&self, text: &str, sentences: &[Sentence], opening: &[Word], scratch: &mut String) -> bool {
        let Some(last) = sentences[..sentences.len().min(SENTENCES_THAT_TELL)].last() else { return false };
        let opening = &opening[..opening.len().min(OPENING)];
        let told = opening.partition_point(|word| word.span.start < last.text.end);
        foreign::is_foreign(self.lexicon, text, &opening[..told], |word| self.is_function_word(word), scratch)
    }

    /// Reads the beginning of a document, by which it is told whether it is English and what its manner is; if it
    /// is, calls `look` with the words of each sentence there, and the manner.
    fn open<'s>(
        &self,
        text: &str,
        sentences: &'s [Sentence],
        protected: &[Span],
        is_english: bool,
        mut look: impl FnMut(&[Word], Manner),
    ) -> Opening<'s> {
        // A word takes some six bytes of text.
        let likely = (text.len() / 5).min(OPENING + OPENING / 4);
        let mut opening: Vec<Word> = Vec::with_capacity(likely);
        let mut ends = Vec::with_capacity(sentences.len().min(likely));
        let mut manner = None;
        let tell = |opening: &[Word], ends: &[usize], look: &mut dyn FnMut(&[Word], Manner)| {
            if !is_english && !self.looks_english(opening) {
                return None;
            }
            let starts = || std::iter::once(0).chain(ends.iter().copied());
            let first_words = starts().filter_map(|start| opening.get(start));
            let manner = Manner { careless: self.carelessness(opening), uncased: is_uncased(first_words) };
            starts().zip(ends).for_each(|(start, &end)| look(&opening[start..end], manner));
            Some(manner)
        };
        let mut is_told = false;
        let rest = each_sentence(text, sentences, protected, &mut Vec::new(), |words| {
            words.iter_mut().for_each(|word| self.note(word));
            if is_told {
                // What is left of a sentence that is longer than the beginning.
                if let Some(manner) = manner {
                    look(words, manner);
                }
                return ControlFlow::Break(());
            }
            opening.extend_from_slice(words);
            ends.push(opening.len());
            if opening.len() < OPENING {
                return ControlFlow::Continue(());
            }
            manner = tell(&opening, &ends, &mut look);
            is_told = true;
            ControlFlow::Break(())
        });
        if !is_told {
            manner = tell(&opening, &ends, &mut look);
        }
        Opening { words: opening, manner, rest }
    }

    /// Calls `look` with the words of each of some sentences.
    fn each_sentence(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        mut look: impl FnMut(&[Word]),
    ) {
        each_sentence(text, sentences, protected, &mut Vec::new(), |words| {
            words.iter_mut().for_each(|word| self.note(word));
            look(words);
            ControlFlow::Continue(())
        });
    }

    /// A guess for a text whose language is not known: English has a function word in three.
    fn looks_english(&self, words: &[Word]) -> bool {
        let foreign = words.iter().filter(|word| word.marks.any(Marks::FOREIGN)).count();
        let function = words.iter().filter(|word| self.is_function_word(word)).count();
        function * 5 >= words.len() && foreign * 10 <= words.len() && function > 0
    }

    /// True for a function word; letters beyond ASCII are not looked at.
    fn is_function_word(&self, word: &Word) -> bool {
        self.function_words.contains(&word.hash.0)
    }

    /// Looks a word up once, as it is asked for several times.
    fn note(&self, word: &mut Word) {
        Note { suspect: word.suspect, vocabulary: word.vocabulary } = self.notes.get(word.hash);
    }

    /// The suspect with this number, counted from one.
    fn suspect(&self, number: u32) -> Option<&Suspect> {
        self.suspects.get((number as usize).checked_sub(1)?)
    }

    fn oddity(&self, word: &Word) -> Option<&Oddity> {
        self.suspect(word.suspect)?.oddity.as_deref()
    }

    /// How careless a document is: where many words look mistyped, one more is likelier to be.
    fn carelessness(&self, words: &[Word]) -> f32 {
        let is_mistyped = |word: &&Word| match self.oddity(word) {
            Some(Oddity::Unknown(unknown)) => {
                const NAME: Marks = Marks::CAPITALISED.with(Marks::UPPER).with(Marks::TECHNICAL);
                !word.marks.any(NAME) && unknown.looks_mistyped()
            }
            Some(Oddity::Contraction(_) | Oddity::Chat) => true,
            _ => false,
        };
        let mistyped = words.iter().filter(is_mistyped).count();
        (20.0 * mistyped as f32 / words.len().max(100) as f32).min(2.0)
    }

    fn sentence(&self, text: &str, words: &[Word], manner: Manner, scratch: &mut String, found: &mut Found) {
        let mut done = 0;
        let Found { findings: out, weighed } = found;
        let first = out.len();
        let context = |at| Context { lexicon: self.lexicon, text, words, at, manner };
        // The last gap that was asked about, and whether the words on both sides belong together.
        let mut last_tied = None;
        for (at, word) in words.iter().enumerate() {
            if at > 0 && word.hash == words[at - 1].hash {
                out.extend(pairs::doubled(&context(at), scratch));
            }
            if at < done {
                continue;
            }
            if word.hash == self.of {
                out.extend(phrases::of_for_have(&context(at), scratch));
            }
            let Some(suspect) = self.suspect(word.suspect) else { continue };
            if let Some(oddity) = suspect.oddity.as_deref()
                && let Some((finding, next)) = self.odd_word(oddity, &context(at), weighed, scratch)
            {
                // Both parts of a split word may have looked odd.
                out.pop_if(|last| !last.kind.is_repetition() && last.span.overlaps(finding.span));
                out.push(finding);
                done = next;
            }
            if at >= done
                && matches!(suspect.oddity.as_deref(), None | Some(Oddity::Half))
                && let Some(known) = &suspect.known
                && Known::is_plain(word)
            {
                let tied_before = match last_tied {
                    Some((gap, tied)) if gap + 1 == at => tied,
                    _ => at > 0 && is_tied_to_next(self.lexicon, words, at - 1),
                };
                let tied_after = is_tied_to_next(self.lexicon, words, at);
                last_tied = Some((at, tied_after));
                let doubt = Doubt { tied_before, tied_after, confusions: self.settings.confusions };
                if is_doubtful(word, doubt) {
                    let context = context(at);
                    let finding =
                        known.finding(&self.model, &context, doubt, || self.weighing(&context, weighed));
                    out.extend(finding);
                }
            }
        }
        let is_function_word = |word: &Word| self.is_function_word(word);
        if out.len() > first && foreign::is_foreign(self.lexicon, text, words, is_function_word, scratch) {
            out.truncate(first);
        }
    }

    /// The finding for an odd word, and the place of the next word to look at.
    fn odd_word(
        &self,
        oddity: &Oddity,
        context: &Context,
        weighed: &mut Vec<WordHash>,
        scratch: &mut String,
    ) -> Option<(Finding, usize)> {
        if self.is_passed_by(context) {
            return None;
        }
        if let Oddity::Contraction(full) = oddity {
            return pairs::contraction(context, full).map(|finding| (finding, context.at + 1));
        }
        if let Oddity::Dialect(other) = oddity {
            return self.other_dialect(context, other).map(|finding| (finding, context.at + 1));
        }
        if let Oddity::Perhaps(full) = oddity {
            return phrases::contraction(context, full, scratch).map(|finding| (finding, context.at + 1));
        }
        if matches!(oddity, Oddity::Chat) {
            return None;
        }
        if context.at > 0 && !matches!(oddity, Oddity::Half) {
            let before = Context { at: context.at - 1, ..*context };
            if let Some(finding) = pairs::split(&before, scratch) {
                return Some((finding, context.at + 1));
            }
        }
        if let Some(finding) = pairs::split(context, scratch) {
            return Some((finding, context.at + 2));
        }
        let Oddity::Unknown(unknown) = oddity else { return None };
        unknown
            .finding(&self.model, context, || self.weighing(context, weighed))
            .map(|finding| (finding, context.at + 1))
    }

    /// A spelling of another dialect than the wanted one, but for names: `the Labour Party`.
    fn other_dialect(&self, context: &Context, other: &str) -> Option<Finding> {
        let marks = context.word().marks;
        if marks.any(Marks::CAPITALISED) && !marks.any(Marks::INITIAL) || marks.any(Marks::QUOTED) {
            return None;
        }
        let (theirs, ours) = match self.settings.dialect {
            Dialect::American => ("British", "American"),
            _ => ("American", "British"),
        };
        Some(Finding {
            kind: Kind::Misspelling,
            span: context.word().span,
            suggestion: Some(in_case(other, marks)),
            confidence: 0.9,
            applicability: Applicability::Review,
            reason: format!("{theirs} spelling; {ours} English has '{other}'"),
            repetition: None,
        })
    }

    /// Words that are never judged, and acronyms: capitals say nothing only where all words have them.
    fn is_passed_by(&self, context: &Context) -> bool {
        let marks = context.word().marks;
        // `bi-monthly`, `thi-s`: short parts of compounds. `12 btu`, `22 nd`: units and ordinals.
        let part = marks.any(Marks::HYPHENATED.with(Marks::AFTER_NUMBER)) && context.word().span.len() < 4;
        part || marks.any(Marks::TECHNICAL.with(Marks::FOREIGN))
            || marks.any(Marks::UPPER) && !is_shouted(context.words)
    }

    /// Takes note that a word is weighed, and gives the share of unknown words around it.
    fn weighing(&self, context: &Context, weighed: &mut Vec<WordHash>) -> f32 {
        weighed.push(context.word().hash);
        self.strangers(context)
    }

    /// The share of unknown words around a word: high in foreign quotations, and in careless text.
    fn strangers(&self, context: &Context) -> f32 {
        context.strangers(|word| {
            word.marks.any(Marks::FOREIGN)
                || !word.marks.any(Marks::CAPITALISED.with(Marks::UPPER).with(Marks::TECHNICAL))
                    && match self.oddity(word) {
                        Some(Oddity::Unknown(unknown)) => unknown.is_stranger(),
                        Some(Oddity::Fragment) => true,
                        _ => false,
                    }
        })
    }
}

/// True when the next word belongs to the one at a place: nothing but white space stands between, and it is
/// much likelier there than elsewhere.
#[inline]
fn is_tied_to_next(lexicon: &Lexicon, words: &[Word], at: usize) -> bool {
    let word = &words[at];
    let Some(next) = words.get(at + 1).filter(|next| is_followed_by(word, next)) else { return false };
    let both = word.vocabulary.zip(next.vocabulary);
    both.is_some_and(|(word, next)| lexicon.rights_of(Some(word)).has(Companion::of(next)))
}

/// True for a core word that not both neighbours vouch for.
fn is_doubtful(word: &Word, doubt: Doubt) -> bool {
    !(doubt.tied_before && doubt.tied_after) && Known::is_plain(word)
}

/// True when sentences begin with small letters.
fn is_uncased<'w>(first_words: impl Iterator<Item = &'w Word>) -> bool {
    let (mut small, mut all) = (0, 0);
    for word in first_words.filter(|word| !word.marks.any(Marks::TECHNICAL.with(Marks::FOREIGN))) {
        all += 1;
        small += usize::from(!word.marks.any(Marks::CAPITALISED.with(Marks::UPPER)));
    }
    all >= 4 && small * 4 >= all * 3
}

/// True when most words of a sentence are in capitals, so that capitals say nothing.
fn is_shouted(words: &[Word]) -> bool {
    let upper = words.iter().filter(|word| word.marks.any(Marks::UPPER)).count();
    words.len() >= 4 && upper * 10 >= words.len() * 7
}

#[cfg(test)]
mod tests;
