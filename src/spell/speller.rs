//! Judges each occurrence of a suspicious word between its neighbours.

mod evidence;
mod reading;

use std::io;

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
use super::words::{Marks, Word, in_case};

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
    /// Hashes of the words that glue a sentence.
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

/// Sentences of a large document that are one piece of work, of some hundreds of kilobytes: enough that handing
/// out does not show.
const SENTENCES_A_SHARE: usize = 4096;

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
            let shares = workers.map_ranges(opening.rest.len(), SENTENCES_A_SHARE, |share| {
                let (mut found, mut scratch) = (Found::default(), String::new());
                self.each_sentence(text, &opening.rest[share], protected, |words| {
                    self.sentence(text, words, manner, &mut scratch, &mut found);
                });
                found
            });
            shares.into_iter().for_each(|share| found.append(share));
        }
        if found.findings.len() > first && self.is_mixed(text, sentences, &opening.words, &mut scratch) {
            found.findings.truncate(first);
        }
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
                && matches!(suspect.oddity.as_deref(), None | Some(Oddity::Half | Oddity::Perhaps(..)))
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
        if let Oddity::Perhaps(meant, otherwise) = oddity {
            let finding = phrases::sounds_like(context, meant, scratch);
            if finding.is_some() || otherwise.is_none() {
                return finding.map(|finding| (finding, context.at + 1));
            }
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
        oddity
            .unknown()?
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
                    && self.oddity(word).is_some_and(|oddity| {
                        matches!(oddity, Oddity::Fragment)
                            || oddity.unknown().is_some_and(|unknown| unknown.is_stranger())
                    })
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

/// True when most words of a sentence are in capitals, so that capitals say nothing.
fn is_shouted(words: &[Word]) -> bool {
    let upper = words.iter().filter(|word| word.marks.any(Marks::UPPER)).count();
    words.len() >= 4 && upper * 10 >= words.len() * 7
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::counter::{WordCounter, merge};
    use super::super::words::tests::{corrections, proposals, sentences_of};
    use super::*;
    use crate::model::OneByOne;

    fn findings(text: &str) -> Vec<Finding> {
        look(text, text).0.findings
    }

    /// Who knows the words of a corpus.
    fn speller<'l>(lexicon: &'l Lexicon, corpus: &str, protected: &[Span]) -> Speller<'l> {
        let mut counter = WordCounter::new();
        counter.document(corpus, &sentences_of(corpus), protected, Some(Language::ENGLISH));
        Speller::new(lexicon, &merge(vec![counter.finish()]), &Settings::default()).unwrap()
    }

    /// What is found in a text that stands in a corpus, and what the corpus says of words.
    fn look(text: &str, corpus: &str) -> (Found, Vec<(WordHash, Testimony)>) {
        let lexicon = Lexicon::load().unwrap();
        let speller = speller(&lexicon, corpus, &[]);
        let mut found = Found::default();
        speller.findings(text, &sentences_of(text), &[], Some(Language::ENGLISH), &OneByOne, &mut found);
        (found, speller.evidence_by_word())
    }

    #[test]
    fn words_that_were_weighed_are_told_and_to_see_one_is_the_same_however_often_others_stand() {
        let [form, sea, recieve] = ["form", "sea", "recieve"].map(|word| WordHash::of(word.as_bytes()));
        let text = "He will recieve the form by the sea.";
        let (found, testimonies) = look(text, text);
        assert!(
            found.weighed.contains(&recieve)
                && !found.weighed.contains(&form)
                && !found.weighed.contains(&sea)
        );
        let (_, with_more) = look(text, &format!("{text} We came from there, from here and from home."));
        let of = |testimonies: &[(WordHash, Testimony)]| {
            testimonies.iter().find_map(|&(word, testimony)| (word == form).then_some(testimony)).unwrap()
        };
        let (few, many) = (of(&testimonies), of(&with_more));
        assert_eq!(few.at_sight, many.at_sight);
        assert_ne!(few.weighed, many.weighed);
    }

    /// `wrong -> right` for each finding, `!` before safe ones.
    pub(in crate::spell) fn told(text: &str) -> Vec<String> {
        corrections(text, &findings(text))
    }

    #[test]
    fn a_misspelling_is_found_and_keeps_its_case() {
        assert_eq!(
            told("The goverment said it would recieve them."),
            ["!goverment -> government", "!recieve -> receive"]
        );
        assert_eq!(told("Recieve them, he said to everybody."), ["!Recieve -> Receive"]);
    }

    #[test]
    fn common_misspellings_beside_each_other_are_put_right_and_short_words_are_not() {
        let text = "It was in the libary, but we beleive that it was seperate, and hte man told teh rest.";
        let told = told(text);
        assert_eq!(told[..2], ["!libary -> library", "!beleive -> believe"]);
        assert_eq!(told[3..], ["hte -> the", "teh -> the"]);
    }

    #[test]
    fn names_and_technical_words_are_left_alone() {
        for text in [
            "The attack in Makhachkala and Derbent was claimed by Vilayat Kavkaz.",
            "Run cargo with --goverment or see goverment.org and x86goverment now.",
            "NATO and the FSB met Mr Gadzhiev.",
            "A rose-colored antiterrorist operation.",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn words_run_together_come_apart() {
        assert_eq!(told("It was an attempt tointimidate our society."), ["!tointimidate -> to intimidate"]);
    }

    #[test]
    fn a_rare_word_next_to_the_neighbour_of_a_common_one_is_shown() {
        assert_eq!(told("They met in the costal city of Derbent."), ["costal -> coastal"]);
        assert_eq!(told("The costal cartilage of the rib was torn."), Vec::<String>::new());
    }

    #[test]
    fn words_of_messages_and_programs_are_no_slips() {
        for text in [
            "Well, lol, that is what ppl say, and tbh it is waaay better.",
            "The struct is passed by value to the async function.",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn two_words_that_are_written_as_one_again_and_again_may_be_a_name() {
        let text = "The crate thiserror is small.";
        let told = |corpus: &str| proposals(&look(text, corpus).0.findings);
        assert_eq!(told(text), ["!this error"]);
        let others = ["So this is an error, and this error is old."; 600];
        let corpus = [&[text; 3][..], &others].concat().join("\n");
        assert_eq!(told(&corpus), ["this error"], "for review");
    }

    #[test]
    fn parts_of_compounds_are_put_together_for_review() {
        assert_eq!(told("It is one of the long-runni ng shows on television."), ["runni ng -> running"]);
    }

    #[test]
    fn a_slip_between_names_is_found() {
        assert_eq!(
            told("Gledden wasborn at Bishopwearmouth, Sunderland, County Durham, Northumbria."),
            ["!wasborn -> was born"]
        );
    }

    #[test]
    fn the_kinds_of_the_words_around_tell_which_word_was_meant() {
        assert_eq!(told("He mad a decision to leave the town."), ["mad -> made"]);
        assert_eq!(told("He was mad after the meeting."), Vec::<String>::new());
    }

    #[test]
    fn of_is_told_from_have() {
        assert_eq!(told("A bus would of been a good idea."), ["!would of -> would have"]);
        assert_eq!(told("You should of never gone there."), ["!should of -> should have"]);
        for text in
            ["We could of course go there.", "He did what he could of it.", "This must of necessity end."]
        {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn halves_of_a_word_are_put_together() {
        assert_eq!(told("He works at some inter national firm."), ["inter national -> international"]);
        assert_eq!(told("They inter the dead in the old churchyard."), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_in_another_language_is_left_alone() {
        let english = "It was a long day and the weather was not what they had hoped for. ";
        let latin =
            "Examinatio et emendatio mathematicae hodiernae qualis explicatur in libris Johannis Wallisii.";
        assert_eq!(told(&format!("{}\n{latin}", english.repeat(6))), Vec::<String>::new());
    }

    #[test]
    fn another_language_is_left_alone() {
        let lexicon = Lexicon::load().unwrap();
        let text = "Der Hund recieve goverment und die die Katze";
        let sentences = sentences_of(text);
        let speller = speller(&lexicon, text, &[]);
        for language in [Some(Language("de")), None] {
            let mut found = Found::default();
            speller.findings(text, &sentences, &[], language, &OneByOne, &mut found);
            assert_eq!(found.findings, []);
        }
    }

    #[test]
    fn a_large_document_is_judged_alike_whoever_helps() {
        struct Backwards(AtomicUsize);
        impl Workers for Backwards {
            fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
                self.0.fetch_add(shares, Ordering::Relaxed);
                (0..shares).rev().for_each(work);
            }
        }
        let line = |number| match number % 100 {
            7 => "They recieve the letters of the goverment every day.\n",
            _ => "They walk to the station every day.\n",
        };
        let text: String = (0..10_000).map(line).collect();
        let sentences = sentences_of(&text);
        // What is wrong in the last of them is code.
        let last = text.rfind("recieve").unwrap();
        let protected = [Span::new(last, last + "recieve".len())];
        let lexicon = Lexicon::load().unwrap();
        let speller = speller(&lexicon, &text, &protected);
        let found = |workers: &dyn Workers| {
            let mut found = Found::default();
            speller.findings(&text, &sentences, &protected, Some(Language::ENGLISH), workers, &mut found);
            found
        };
        let helpers = Backwards(AtomicUsize::new(0));
        let (alone, helped) = (found(&OneByOne), found(&helpers));
        assert!(helpers.0.into_inner() > 1, "the document is large");
        let starts = |part: &str| text.match_indices(part).map(|(start, _)| start).collect::<Vec<_>>();
        let mut expected = [starts("recieve"), starts("goverment")].concat();
        expected.retain(|&start| start != last);
        expected.sort_unstable();
        let told: Vec<usize> = alone.findings.iter().map(|finding| finding.span.start).collect();
        assert_eq!(told, expected);
        assert_eq!((alone.findings, alone.weighed), (helped.findings, helped.weighed));
    }

    #[test]
    fn what_many_write_as_one_word_comes_apart() {
        assert_eq!(told("There were alot of people on the street."), ["alot -> a lot"]);
        assert_eq!(told("It was, ofcourse, a mistake."), ["!ofcourse -> of course"]);
        assert_eq!(told("She likes it aswell."), ["aswell -> as well"]);
    }

    #[test]
    fn of_two_corrections_in_the_list_a_person_chooses() {
        let review = |finding: &Finding| finding.applicability == Applicability::Review;
        let found = findings("He whould have been there if he had known about it.");
        assert!(
            matches!(&found[..], [finding] if review(finding) && finding.reason.contains("; or: ")),
            "{found:?}"
        );
    }
}
