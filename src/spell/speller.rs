//! Judges each distinct word once and each occurrence between its neighbours.

use crate::language::{Entry, Language, Lexicon, VocabularyId, WordHash, rarity_of};
use crate::model::{Applicability, Finding, Kind, Sentence, Span};

use super::candidates::{Candidate, Slip, Tree};
use super::counter::{CorpusWords, Count, Index};
use super::features::{Features, Model, probability};
use super::rules;
use super::words::{Marks, Word, each_sentence, lower};

/// What the user decides about typos.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Also look for common words in the place of others (`form` for `from`): more finds, and
    /// more false ones.
    pub confusions: bool,
}

/// Knows which words of the corpus are suspicious, and finds them in documents.
pub struct Speller<'a> {
    lexicon: &'a Lexicon,
    model: Model,
    suspects: Vec<Suspect>,
    index: Index,
    function_words: Index,
}

/// A distinct word that may be a slip.
struct Suspect {
    nature: Nature,
    /// Likeliest first, neighbours not yet asked.
    candidates: Vec<Candidate>,
    /// What is known without the neighbours.
    features: Features,
    entry: Entry,
    /// How often it stands in the corpus.
    total: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// No list has it.
    Unknown { listed: bool },
    /// Only large dictionaries have it.
    Rare,
    /// A contraction without its apostrophe.
    Contraction(&'static str),
}

/// Logits above which a finding is reported.
const REPORT: f32 = 1.0;
/// Logits of the candidate being right above which a fix is safe.
const SAFE_WORD: f32 = 3.0;
const SAFE_SPLIT: f32 = 2.0;
/// Evidence (base ten) for a core word in the place of a rare one, to be reported.
const RARE_REPORT: f32 = 2.8;
/// How many candidates a word keeps for its neighbours to choose from.
const KEPT: usize = 12;
/// A word that repeats more often than this, and is in no list of misspellings, is a word.
const REPEATS: u32 = 60;

impl<'a> Speller<'a> {
    /// Judges every distinct word of the corpus.
    pub fn new(lexicon: &'a Lexicon, corpus: &CorpusWords, settings: &Settings) -> Speller<'a> {
        let _ = settings.confusions;
        let mut speller = Speller {
            lexicon,
            model: Model::embedded(),
            suspects: Vec::new(),
            index: Index::default(),
            function_words: rules::FUNCTION_WORDS
                .iter()
                .map(|word| (WordHash::of(word.as_bytes()).0, 0))
                .collect(),
        };
        let tree = Tree::new(lexicon);
        for (word, count) in corpus.iter() {
            if let Some(suspect) = suspect(lexicon, &tree, corpus, word, count) {
                speller.index.insert(count.hash.0, speller.suspects.len() as u32);
                speller.suspects.push(suspect);
            }
        }
        speller
    }

    /// Adds the typo findings of one document to `out`, in the order of the text.
    pub fn findings(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        language: Option<Language>,
        out: &mut Vec<Finding>,
    ) {
        let mut words = Vec::new();
        match language {
            Some(language) if language != Language::ENGLISH => return,
            Some(_) => {}
            None => {
                if !self.looks_english(text, sentences, protected, &mut words) {
                    return;
                }
            }
        }
        let mut scratch = String::new();
        each_sentence(text, sentences, protected, &mut words, |words| {
            self.sentence(text, words, &mut scratch, out);
        });
    }

    /// A guess for a text whose language is not known: English has a function word in three.
    fn looks_english(
        &self,
        text: &str,
        sentences: &[Sentence],
        protected: &[Span],
        scratch: &mut Vec<Word>,
    ) -> bool {
        let (mut all, mut function, mut foreign) = (0usize, 0usize, 0usize);
        each_sentence(text, sentences, protected, scratch, |words| {
            for word in words {
                foreign += usize::from(word.marks.any(Marks::FOREIGN));
                all += 1;
                function += usize::from(self.function_words.contains_key(&word.hash.0));
            }
        });
        function * 5 >= all && foreign * 10 <= all && function > 0
    }

    fn sentence(&self, text: &str, words: &[Word], scratch: &mut String, out: &mut Vec<Finding>) {
        let mut shouted = None;
        for (at, word) in words.iter().enumerate() {
            if at > 0 && word.hash == words[at - 1].hash {
                out.extend(self.doubled(text, words, at, scratch));
            }
            let Some(&suspect) = self.index.get(&word.hash.0) else { continue };
            if word.marks.any(Marks::TECHNICAL.with(Marks::FOREIGN)) {
                continue;
            }
            if word.marks.any(Marks::UPPER) && !*shouted.get_or_insert_with(|| is_shouted(words)) {
                continue;
            }
            let suspect = &self.suspects[suspect as usize];
            let found = match suspect.nature {
                Nature::Unknown { listed } => self.unknown(text, words, at, suspect, listed),
                Nature::Rare => self.rare(text, words, at, suspect),
                Nature::Contraction(full) => self.contraction(text, word, full),
            };
            out.extend(found);
        }
    }

    /// The vocabulary ids of the neighbours of the word at `at`.
    fn neighbours(&self, words: &[Word], at: usize) -> [Option<VocabularyId>; 2] {
        let left = if words[at].marks.any(Marks::INITIAL) {
            Some(Lexicon::SENTENCE_START)
        } else if at > 0 && words[at].marks.any(Marks::AFTER_SPACE) {
            self.lexicon.vocabulary(words[at - 1].hash)
        } else {
            None
        };
        let right = match words.get(at + 1) {
            None => Some(Lexicon::SENTENCE_END),
            Some(next) if next.marks.any(Marks::AFTER_SPACE) && !words[at].marks.any(Marks::POSSESSIVE) => {
                self.lexicon.vocabulary(next.hash)
            }
            Some(_) => None,
        };
        [left, right]
    }

    /// How well a word or pair stands between two neighbours: the sum of two logarithms.
    fn fit(
        &self,
        [left, right]: [Option<VocabularyId>; 2],
        ends: [Option<VocabularyId>; 2],
        rarity: f32,
    ) -> f32 {
        self.lexicon.follows(left, ends[0], rarity).0
            + self.lexicon.follows(ends[1], right, UNKNOWN_NEIGHBOUR).0
    }

    fn unknown(
        &self,
        text: &str,
        words: &[Word],
        at: usize,
        suspect: &Suspect,
        listed: bool,
    ) -> Option<Finding> {
        let word = &words[at];
        let neighbours = self.neighbours(words, at);
        let scored = |candidate: &Candidate| {
            let fit = self.fit(neighbours, candidate.ends, candidate.rarity);
            (candidate.prior + 0.75 * fit, fit)
        };
        let mut best: Option<(f32, f32, &Candidate)> = None;
        let mut second: Option<(f32, &Candidate)> = None;
        for candidate in &suspect.candidates {
            let (score, fit) = scored(candidate);
            if best.is_none_or(|(top, _, _)| score > top) {
                second = best.map(|(score, _, candidate)| (score, candidate));
                best = Some((score, fit, candidate));
            } else if second.is_none_or(|(top, _)| score > top) {
                second = Some((score, candidate));
            }
        }
        let (score, fit, best) = best?;
        let mut features = suspect.features;
        self.describe(&mut features, suspect, best, word);
        features.gap = second.map_or(4.0, |(next, _)| (score - next).min(4.0));
        features.fit = fit / 2.0 + 4.0;
        let slip = self.model.slip.score(&features);
        if slip <= REPORT {
            return None;
        }
        let right = self.model.right.score(&features);
        let safe = match best.parts() {
            Some((left, end)) => right > SAFE_SPLIT && rules::is_safe_split(left, end),
            None => right > SAFE_WORD,
        };
        let written = word.span.of(text);
        let reason = match best.parts() {
            Some((left, end)) => {
                format!("no dictionary has '{written}', but it is '{left}' and '{end}' without the space")
            }
            None if listed => format!("'{written}' is in the list of common misspellings"),
            None => {
                format!("no dictionary has '{written}', and '{}' is {} away", best.text, distance(best.slip))
            }
        };
        let reason = match second {
            Some((next, second)) if score - next < 3.0 => {
                format!("{reason}; or: {}", in_case(&second.text, word.marks))
            }
            _ => reason,
        };
        Some(Finding {
            kind: if best.slip == Slip::Space { Kind::JoinedWords } else { Kind::Misspelling },
            span: word.span,
            suggestion: Some(in_case(&best.text, word.marks)),
            confidence: probability(right).max(probability(slip) * 0.5),
            applicability: if safe { Applicability::Safe } else { Applicability::Review },
            reason,
            repetition: None,
        })
    }

    /// The features that depend on the candidate and on how the word is written here.
    fn describe(&self, features: &mut Features, suspect: &Suspect, best: &Candidate, word: &Word) {
        let flag = |yes: bool| f32::from(u8::from(yes));
        let capital = word.marks.any(Marks::CAPITALISED);
        let initial = word.marks.any(Marks::INITIAL);
        features.lower = flag(!capital);
        features.initial_capital = flag(capital && initial);
        features.inner_capital = flag(capital && !initial);
        features.one_slip = flag(!matches!(best.slip, Slip::Two | Slip::Space));
        features.two_slips = flag(best.slip == Slip::Two);
        features.split = flag(best.slip == Slip::Space);
        if let Some((left, right)) = best.parts() {
            features.split_function = flag(rules::is_function_word(left) || rules::is_function_word(right));
            features.split_seen = flag(self.lexicon.follows(best.ends[0], best.ends[1], 0.0).1);
        }
        features.candidate_frequency = 5.0 - best.rarity;
        features.ratio = rarity_of(suspect.entry.rank()) - best.rarity;
        features.candidate_in_corpus = best.in_corpus;
        features.hyphen = flag(word.marks.any(Marks::HYPHENATED.with(Marks::APOSTROPHE)));
        features.quoted = flag(word.marks.any(Marks::QUOTED));
    }

    /// A rare word where a common one, a slip away, fits far better.
    fn rare(&self, text: &str, words: &[Word], at: usize, suspect: &Suspect) -> Option<Finding> {
        let word = &words[at];
        const DOUBTFUL: Marks = Marks::CAPITALISED
            .with(Marks::UPPER)
            .with(Marks::HYPHENATED)
            .with(Marks::QUOTED)
            .with(Marks::APOSTROPHE);
        if word.marks.any(DOUBTFUL) || suspect.total > 3 {
            return None;
        }
        let neighbours = self.neighbours(words, at);
        let own_rarity = rarity_of(suspect.entry.rank());
        let own_id = self.lexicon.vocabulary(word.hash);
        let own = self.fit(neighbours, [own_id; 2], own_rarity);
        let (gain, best) = suspect
            .candidates
            .iter()
            .map(|candidate| {
                (
                    self.fit(neighbours, candidate.ends, candidate.rarity) - own
                        + candidate.slip.weight()
                        + 1.5,
                    candidate,
                )
            })
            .max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        let after = self.lexicon.follows(best.ends[1], neighbours[1], UNKNOWN_NEIGHBOUR);
        let before = self.lexicon.follows(neighbours[0], best.ends[0], best.rarity);
        if gain < RARE_REPORT || !(after.1 || before.1) {
            return None;
        }
        let times = 10f32.powf(gain.min(6.0));
        let place = if after.1 && at + 1 < words.len() {
            format!("before '{}'", words[at + 1].span.of(text))
        } else if at > 0 {
            format!("after '{}'", words[at - 1].span.of(text))
        } else {
            "here".to_owned()
        };
        Some(Finding {
            kind: Kind::RealWord,
            span: word.span,
            suggestion: Some(best.text.clone()),
            confidence: (0.25 + f64::from(gain - RARE_REPORT) * 0.15).min(0.8),
            applicability: Applicability::Review,
            reason: format!("known word '{}' is {} times likelier {place}", best.text, grouped(times)),
            repetition: None,
        })
    }

    fn contraction(&self, text: &str, word: &Word, full: &str) -> Option<Finding> {
        if word
            .marks
            .any(Marks::HYPHENATED.with(Marks::QUOTED).with(Marks::APOSTROPHE).with(Marks::POSSESSIVE))
        {
            return None;
        }
        let written = word.span.of(text);
        let name = word.marks.any(Marks::CAPITALISED) && !word.marks.any(Marks::INITIAL);
        if name {
            return None;
        }
        let sure = rules::is_surely_contraction(full);
        Some(Finding {
            kind: Kind::Apostrophe,
            span: word.span,
            suggestion: Some(in_case(full, word.marks)),
            confidence: if sure { 0.995 } else { 0.8 },
            applicability: if sure { Applicability::Safe } else { Applicability::Review },
            reason: format!("'{written}' is in the list of contractions that lost their apostrophe"),
            repetition: None,
        })
    }

    /// The same word twice in a row, the second at `at`.
    fn doubled(&self, text: &str, words: &[Word], at: usize, scratch: &mut String) -> Option<Finding> {
        let (first, second) = (&words[at - 1], &words[at]);
        const NOT_MEANT: Marks = Marks::TECHNICAL
            .with(Marks::FOREIGN)
            .with(Marks::HYPHENATED)
            .with(Marks::QUOTED)
            .with(Marks::POSSESSIVE);
        let same = first.span.of(text) == second.span.of(text);
        // `the the the` is one finding for the last two and one for the first two: leave longer
        // repeats, which are often meant, alone.
        let longer = at > 1 && words[at - 2].hash == first.hash
            || words.get(at + 1).is_some_and(|next| next.hash == first.hash);
        if !same || longer || !second.marks.any(Marks::AFTER_SPACE) {
            return None;
        }
        if first.marks.any(NOT_MEANT) || second.marks.any(NOT_MEANT.with(Marks::UPPER)) {
            return None;
        }
        let word = lower(first.span.of(text), scratch);
        let (confidence, applicability, reason) =
            if rules::is_month_or_weekday(word) && second.marks.any(Marks::CAPITALISED) {
                if number_follows(text, second.span.end) {
                    (0.995, Applicability::Safe, "a month or day twice before a number".to_owned())
                } else {
                    (0.9, Applicability::Review, "a month or day twice".to_owned())
                }
            } else if second.marks.any(Marks::CAPITALISED) || rules::may_be_doubled(word) {
                return None;
            } else if rules::is_never_doubled(word) {
                (0.995, Applicability::Safe, format!("'{word}' is never doubled"))
            } else if self.lexicon.entry(word).is_core() && word.len() > 1 {
                (0.85, Applicability::Review, format!("'{word}' stands twice in a row"))
            } else {
                return None;
            };
        Some(Finding {
            kind: Kind::DoubledWord,
            span: Span::new(first.span.start, second.span.end),
            suggestion: Some(first.span.of(text).to_owned()),
            confidence,
            applicability,
            reason,
            repetition: None,
        })
    }
}

/// What is assumed of a neighbour that the bigram model does not know.
const UNKNOWN_NEIGHBOUR: f32 = 5.0;

/// Looks at one distinct word; `None` if it is beyond suspicion, or hopeless.
fn suspect(
    lexicon: &Lexicon,
    tree: &Tree,
    corpus: &CorpusWords,
    word: &str,
    count: &Count,
) -> Option<Suspect> {
    if let Some(full) = rules::lost_apostrophe(word) {
        return Some(Suspect {
            nature: Nature::Contraction(full),
            candidates: Vec::new(),
            features: Features::default(),
            entry: Entry::default(),
            total: count.total(),
        });
    }
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let entry = lexicon.entry(word);
    if entry.is_core() || entry.is_name() {
        return None;
    }
    let misspelling = lexicon.misspelling(word);
    // Seen as a name only, never in small letters nor where every word has a capital.
    if misspelling.is_none() && (count.lower + count.initial + count.upper == 0 || count.total() > REPEATS) {
        return None;
    }
    let nature =
        if entry.is_rare() { Nature::Rare } else { Nature::Unknown { listed: misspelling.is_some() } };
    let mut candidates = tree.near(word, 1);
    let corrections: Vec<&str> = misspelling.into_iter().flat_map(|found| found.corrections()).collect();
    if nature == Nature::Rare {
        let own = rarity_of(entry.rank());
        candidates.retain(|candidate| own - candidate.rarity > 0.7);
    } else {
        if word.len() > 4 && candidates.iter().all(|candidate| candidate.rarity > 4.7) {
            candidates = tree.near(word, 2);
        }
        candidates.extend(tree.splits(word));
        for (place, correction) in corrections.iter().enumerate() {
            let boost = 1.5 - 0.3 * place as f32;
            let text = correction.replace('_', " ");
            match candidates.iter_mut().find(|candidate| candidate.text == text) {
                Some(candidate) => candidate.prior += boost,
                None => candidates.extend(tree.listed(&text, boost)),
            }
        }
        candidates.sort_by(|a, b| b.prior.total_cmp(&a.prior).then_with(|| a.text.cmp(&b.text)));
    }
    candidates.truncate(KEPT);
    for candidate in &mut candidates {
        let least = candidate.text.split(' ').map(|part| corpus.total(WordHash::of(part.as_bytes()))).min();
        candidate.in_corpus = (1.0 + least.unwrap_or(0) as f32).log10();
    }
    if candidates.is_empty() {
        return None;
    }
    let flag = |yes: bool| f32::from(u8::from(yes));
    let features = Features {
        bias: 1.0,
        rank: entry.rank().map_or(1.0, |rank| rank.log10() - 5.0),
        has_rank: flag(entry.rank().is_some()),
        derived: flag(rules::is_derived(word, |stem| lexicon.entry(stem).is_core())),
        listed_one: flag(corrections.len() == 1),
        listed_many: flag(corrections.len() > 1),
        elsewhere: (count.total().max(1) as f32).log10(),
        capitalised_in_corpus: (1.0 + count.capitalised as f32).log10(),
        length: word.len().min(14) as f32 / 10.0,
        ..Features::default()
    };
    Some(Suspect { nature, candidates, features, entry, total: count.total() })
}

/// True when most words of a sentence are in capitals, so that capitals say nothing.
fn is_shouted(words: &[Word]) -> bool {
    let upper = words.iter().filter(|word| word.marks.any(Marks::UPPER)).count();
    words.len() >= 4 && upper * 10 >= words.len() * 7
}

/// The suggestion with the capitals of the word it replaces.
fn in_case(suggestion: &str, marks: Marks) -> String {
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

fn number_follows(text: &str, end: usize) -> bool {
    let rest = text.as_bytes()[end..].iter().skip_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
    text.as_bytes().get(end).is_some_and(u8::is_ascii_whitespace) && rest.take(1).any(u8::is_ascii_digit)
}

fn distance(slip: Slip) -> &'static str {
    match slip {
        Slip::Swapped => "a swap of letters",
        Slip::Two => "two letters",
        Slip::Space => "a space",
        _ => "one letter",
    }
}

/// `3100` as `3,100`, rounded to two digits.
fn grouped(times: f32) -> String {
    let digits = times.log10().floor().max(1.0);
    let unit = 10f32.powf(digits - 1.0);
    let number = ((times / unit).round() * unit) as u64;
    let plain = number.to_string();
    let mut out = String::new();
    for (place, digit) in plain.chars().enumerate() {
        if place > 0 && (plain.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::counter::{WordCounter, merge};
    use super::super::words::tests::sentences_of;
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        let lexicon = Lexicon::embedded();
        let sentences = sentences_of(text);
        let mut counter = WordCounter::new();
        counter.document(text, &sentences, &[], Some(Language::ENGLISH));
        let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default());
        let mut out = Vec::new();
        speller.findings(text, &sentences, &[], Some(Language::ENGLISH), &mut out);
        out
    }

    /// `wrong -> right` for each finding, `!` before safe ones.
    fn told(text: &str) -> Vec<String> {
        findings(text)
            .iter()
            .map(|finding| {
                let sure = if finding.applicability == Applicability::Safe { "!" } else { "" };
                format!("{sure}{} -> {}", finding.span.of(text), finding.suggestion.as_deref().unwrap_or(""))
            })
            .collect()
    }

    #[test]
    fn a_misspelling_is_found_and_keeps_its_case() {
        assert_eq!(
            told("The goverment said it would recieve them."),
            ["!goverment -> government", "recieve -> receive"]
        );
        assert_eq!(told("Goverment's plans were known to everybody."), ["Goverment -> Government"]);
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
    fn doubled_words_are_told_from_words_that_may_stand_twice() {
        assert_eq!(
            told("It was behind the March March 11 attacks on the the city."),
            ["!March March -> March", "!the the -> the"]
        );
        for text in
            ["He had had enough.", "I know that that is so.", "Jar Jar Binks came.", "It was very very good."]
        {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn lost_apostrophes_come_back() {
        assert_eq!(
            told("He doesnt know. Thats all. They were well."),
            ["!doesnt -> doesn't", "!Thats -> That's"]
        );
    }

    #[test]
    fn another_language_is_left_alone() {
        let lexicon = Lexicon::embedded();
        let text = "Der Hund recieve goverment und die die Katze";
        let sentences = sentences_of(text);
        let mut counter = WordCounter::new();
        counter.document(text, &sentences, &[], None);
        let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default());
        for language in [Some(Language("de")), None] {
            let mut out = Vec::new();
            speller.findings(text, &sentences, &[], language, &mut out);
            assert_eq!(out, []);
        }
    }

    #[test]
    fn large_numbers_are_readable() {
        assert_eq!(grouped(3141.0), "3,100");
        assert_eq!(grouped(1_000_000.0), "1,000,000");
        assert_eq!(grouped(42.0), "42");
    }
}
