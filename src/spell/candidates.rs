//! What may have been meant: core words a few keystrokes away, and pairs of words that were run
//! together.

mod letters;
mod slip;
mod sound;

use xxhash_rust::xxh3::Xxh3;

use crate::language::{Entry, Lexicon, VocabularyId, WordHash, rarity_of};

use super::deletes::{Deletes, MOST_EDITS};
use super::edits::Asked;
use super::rules;

use letters::Letters;
pub(super) use slip::Slip;
use sound::Sound;

/// A word or a pair of words that may have been meant.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// In lower case; a pair has a space between.
    pub(super) text: String,
    pub(super) slip: Slip,
    /// How rare it is, the rarer of a pair.
    pub(super) rarity: f32,
    /// The first and the last word in the bigram model (the same for a single word).
    pub(super) ends: [Option<VocabularyId>; 2],
    /// How likely before the neighbours are known: base ten logarithm, up to a constant.
    pub(super) prior: f32,
    /// Base ten logarithm of its frequency in the bigram model, of the first of a pair.
    pub(super) frequency: f32,
    /// How likely the second of a pair is after the first (base ten), and whether they were seen so.
    pub(super) pair: (f32, bool),
    /// Base ten logarithm of one more than its count in the corpus, the rarer of a pair.
    pub(super) in_corpus: f32,
    /// A list of misspellings gives it for the word.
    pub(super) listed: bool,
    /// It is known with a capital only.
    pub(super) name: bool,
    /// Spelt as it sounds, the two would be the same.
    pub(super) sounds_alike: bool,
}

/// A number for what the corpus says of some candidates, after what it `said` of the word itself. All else
/// about a candidate follows from the two words.
pub(super) fn evidence_of(candidates: &[Candidate], said: &[u32]) -> u64 {
    let mut hash = Xxh3::new();
    said.iter().for_each(|number| hash.update(&number.to_le_bytes()));
    for candidate in candidates {
        hash.update(candidate.text.as_bytes());
        let Candidate { prior, in_corpus, name, .. } = candidate;
        let numbers = [prior.to_bits(), in_corpus.to_bits(), u32::from(*name)];
        numbers.iter().for_each(|number| hash.update(&number.to_le_bytes()));
    }
    hash.digest()
}

impl Candidate {
    /// Where the second word of a pair starts.
    pub(super) fn parts(&self) -> Option<(&str, &str)> {
        self.text.split_once(' ')
    }
}

/// The core words by their letters, for finding those a few edits away.
pub(super) struct Tree<'a> {
    lexicon: &'a Lexicon,
    letters: Letters,
    words: Vec<Meant<'a>>,
    /// A faster way than by letters to words one and two edits away, where it pays.
    deletes: Option<[Deletes; MOST_EDITS as usize]>,
}

/// A word that may have been meant.
struct Meant<'a> {
    text: &'a str,
    rarity: f32,
    name: bool,
}

impl<'a> Meant<'a> {
    /// `None` for what nobody is thought to have meant: rare words and names, and what is not written in
    /// small letters alone.
    fn of(word: &'a str, entry: Entry) -> Option<Meant<'a>> {
        let rank = entry.rank()?;
        let name = !entry.is_core() && entry.is_name() && rank < FREQUENT_NAME && word.len() > 3;
        let fits = word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        (fits && (entry.is_core() || name)).then(|| Meant { text: word, rarity: rarity_of(Some(rank)), name })
    }
}

/// Names rarer than this are not guessed at.
const FREQUENT_NAME: f32 = 60_000.0;

/// Words longer than this have no candidates.
const LONGEST: usize = 24;

impl<'a> Tree<'a> {
    /// The tree of all core words, and of the names among the most frequent words.
    pub(super) fn new(lexicon: &'a Lexicon) -> Tree<'a> {
        let words: Vec<Meant> = lexicon.words().filter_map(|(word, entry)| Meant::of(word, entry)).collect();
        let letters = Letters::of(words.iter().map(|word| word.text));
        Tree { lexicon, letters, words, deletes: None }
    }

    /// Makes ready for very many words to be asked for.
    pub(super) fn index(&mut self) {
        let words = self.words.iter().map(|word| word.text);
        self.deletes = Some([1, 2].map(|edits| Deletes::new(words.clone(), edits)));
    }

    /// Core words within `limit` edits (a swap of neighbours is one), likeliest first.
    pub(super) fn near(&self, word: &str, limit: u8) -> Vec<Candidate> {
        let word = word.as_bytes();
        if word.len() > LONGEST {
            return Vec::new();
        }
        let found = match &self.deletes {
            Some(deletes) => self.find_by_deletes(&deletes[usize::from(limit) - 1], word, limit),
            None => self.letters.near(word, limit),
        };
        let mut candidates: Vec<Candidate> =
            found.into_iter().map(|(at, distance)| self.candidate(word, at, distance)).collect();
        candidates.sort_by(|a, b| b.prior.total_cmp(&a.prior).then_with(|| a.text.cmp(&b.text)));
        candidates
    }

    /// The places of words within `limit` edits of `word`, and how far they are.
    fn find_by_deletes(&self, deletes: &Deletes, word: &[u8], limit: u8) -> Vec<(u32, u8)> {
        let mut places = Vec::new();
        deletes.near(word, &mut places);
        let asked = Asked::new(word);
        let near = |at: u32| asked.distance(self.words[at as usize].text.as_bytes(), limit);
        places.into_iter().filter_map(|at| Some((at, near(at).filter(|&distance| distance > 0)?))).collect()
    }

    fn candidate(&self, written: &[u8], at: u32, distance: u8) -> Candidate {
        let Meant { text, rarity, name } = self.words[at as usize];
        let slip = if distance == 1 { Slip::between(written, text.as_bytes()) } else { Slip::Two };
        self.single(written, text, slip, rarity, name)
    }

    fn single(&self, written: &[u8], text: &str, slip: Slip, rarity: f32, name: bool) -> Candidate {
        let id = self.lexicon.vocabulary(WordHash::of(text.as_bytes()));
        let sounds_alike = Sound::of(written) == Sound::of(text.as_bytes());
        let mut prior = slip.weight() - 0.5 * rarity;
        if text.as_bytes().first() != written.first() {
            // The first letter is seldom wrong.
            prior -= 0.7;
        }
        if sounds_alike {
            prior += 0.7;
        }
        Candidate {
            text: text.to_owned(),
            slip,
            rarity,
            ends: [id, id],
            prior,
            frequency: self.lexicon.follows(None, id, rarity).0,
            pair: (0.0, false),
            in_corpus: 0.0,
            listed: false,
            name,
            sounds_alike,
        }
    }

    /// The word as two words without the space, likeliest first. The first may be a name, also one
    /// that only the corpus knows, as `is_name` says.
    pub(super) fn splits(&self, word: &str, is_name: impl Fn(&str) -> bool) -> Vec<Candidate> {
        let mut candidates: Vec<Candidate> = (1..word.len())
            .filter_map(|at| {
                let (left, right) = word.split_at(at);
                // `i` has a capital, and `us` is a Latin ending.
                if matches!(right, "i" | "us") {
                    return None;
                }
                let right_rarity = self.part(right).filter(|_| self.lexicon.entry(right).is_core())?;
                let known = self.part(left);
                let named =
                    || (left.len() > 3 && rules::is_function_word(right) && is_name(left)).then_some(5.0);
                let left_rarity = known.or_else(named)?;
                let ids = [left, right].map(|part| self.lexicon.vocabulary(WordHash::of(part.as_bytes())));
                let pair = self.lexicon.follows(ids[0], ids[1], right_rarity);
                Some(Candidate {
                    text: format!("{left} {right}"),
                    slip: Slip::Space,
                    rarity: left_rarity.max(right_rarity),
                    ends: ids,
                    prior: Slip::Space.weight() + 0.75 * pair.0 - 0.35 * (left_rarity + right_rarity),
                    frequency: self.lexicon.follows(None, ids[0], left_rarity).0,
                    pair,
                    in_corpus: 0.0,
                    listed: false,
                    name: known.is_none() || !self.lexicon.entry(left).is_core(),
                    sounds_alike: false,
                })
            })
            .collect();
        candidates.sort_by(|a, b| b.prior.total_cmp(&a.prior).then_with(|| a.text.cmp(&b.text)));
        candidates
    }

    /// A correction that a list of misspellings gives, whatever the distance; `None` if it is made
    /// of words that no list has.
    pub(super) fn listed(&self, written: &str, text: &str) -> Option<Candidate> {
        let mut rarity = 0f32;
        for part in text.split([' ', '-']) {
            let entry = self.lexicon.entry(part);
            if !entry.is_listed() {
                return None;
            }
            rarity = rarity.max(rarity_of(entry.rank()));
        }
        let slip = match strsim::osa_distance(written, text) {
            _ if text.contains(' ') => Slip::Space,
            1 => Slip::between(written.as_bytes(), text.as_bytes()),
            2 => Slip::Two,
            _ => Slip::Far,
        };
        let mut candidate = self.single(written.as_bytes(), text, slip, rarity, false);
        let (first, last) = (text.split(' ').next()?, text.rsplit(' ').next()?);
        candidate.ends = [first, last].map(|part| self.lexicon.vocabulary(WordHash::of(part.as_bytes())));
        candidate.frequency = self.lexicon.follows(None, candidate.ends[0], rarity).0;
        candidate.pair = self.lexicon.follows(candidate.ends[0], candidate.ends[1], rarity);
        Some(candidate)
    }

    /// The word as a possessive that lost its apostrophe: `countrys` for `country's`.
    pub(super) fn possessive(&self, word: &str) -> Option<Candidate> {
        let owner = word.strip_suffix('s').filter(|owner| owner.len() > 2)?;
        // Words of these endings own nothing.
        if ["s", "ing", "al", "ed", "ly", "ous", "ive"].iter().any(|ending| owner.ends_with(ending)) {
            return None;
        }
        let entry = self.lexicon.entry(owner);
        let rank = entry.rank().filter(|&rank| rank < 40_000.0)?;
        let name = !entry.is_core() && entry.is_core_name();
        if !entry.is_core() && !name {
            return None;
        }
        let mut candidate =
            self.single(word.as_bytes(), owner, Slip::Apostrophe, rarity_of(Some(rank)), name);
        candidate.text.push_str("'s");
        candidate.ends =
            [candidate.ends[0], self.lexicon.vocabulary(WordHash::of(candidate.text.as_bytes()))];
        Some(candidate)
    }

    /// How rare a part of a run-together pair is; `None` if it is no common word.
    fn part(&self, part: &str) -> Option<f32> {
        if part.len() < 3 && !rules::is_function_word(part) {
            return None;
        }
        let entry = self.lexicon.entry(part);
        let rank = entry.rank().filter(|&rank| rank < 40_000.0)?;
        (entry.is_core() || entry.is_core_name()).then(|| rarity_of(Some(rank)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.text.as_str()).collect()
    }

    #[test]
    fn the_word_that_was_meant_is_near() {
        let lexicon = Lexicon::load().unwrap();
        let tree = Tree::new(&lexicon);
        for (written, meant) in [
            ("goverment", "government"),
            ("taht", "that"),
            ("recieve", "receive"),
            ("costal", "coastal"),
            ("takikng", "taking"),
            ("ocurred", "occurred"),
            ("xthe", "the"),
        ] {
            let near = tree.near(written, 1);
            assert!(texts(&near).contains(&meant), "{written}: {:?}", texts(&near));
        }
        assert!(texts(&tree.near("accomodatoin", 2)).contains(&"accommodation"));
    }

    #[test]
    fn the_search_finds_exactly_what_the_distance_says() {
        let lexicon = Lexicon::load().unwrap();
        let tree = Tree::new(&lexicon);
        for written in ["siter", "ab", "govrnmnt", "quikc"] {
            let mut expected: Vec<&str> = tree
                .words
                .iter()
                .map(|word| word.text)
                .filter(|word| (1..=2).contains(&strsim::osa_distance(written, word)))
                .collect();
            let near = tree.near(written, 2);
            let mut found = texts(&near);
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn words_run_together_come_apart_at_the_likeliest_place() {
        let lexicon = Lexicon::load().unwrap();
        let tree = Tree::new(&lexicon);
        assert_eq!(tree.splits("tointimidate", |_| false)[0].text, "to intimidate");
        assert_eq!(tree.splits("ofthe", |_| false)[0].text, "of the");
        assert!(tree.splits("government", |_| false).is_empty());
        assert_eq!(tree.splits("gadzhievhad", |name| name == "gadzhiev")[0].text, "gadzhiev had");
    }

    #[test]
    fn the_index_finds_what_the_tree_finds() {
        let lexicon = Lexicon::load().unwrap();
        let mut tree = Tree::new(&lexicon);
        let asked =
            ["accomodatoin", "recieved", "goverment", "zzzzz", "thsi", "misspeling", "ab", "extraordinaryly"];
        let near = |tree: &Tree| {
            let near = |(word, edits): (&&str, u8)| tree.near(word, edits);
            asked.iter().flat_map(|word| [(word, 1), (word, 2)]).map(near).collect::<Vec<_>>()
        };
        let by_tree = near(&tree);
        tree.index();
        for (by_index, by_tree) in near(&tree).iter().zip(&by_tree) {
            assert_eq!(texts(by_index), texts(by_tree));
        }
    }
}
