//! What may have been meant: core words a few keystrokes away, and pairs of words that were run
//! together.

use xxhash_rust::xxh3::Xxh3;

use crate::language::{Lexicon, VocabularyId, WordHash, rarity_of};

use super::deletes::{Deletes, MOST_EDITS, distance};
use super::rules;

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

/// The slip of the keyboard or the mind between what was meant and what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    /// Two neighbouring letters changed places.
    Swapped,
    /// A letter of a double was lost.
    LostDouble,
    /// A letter was lost inside.
    Lost,
    /// A letter was lost at an end.
    LostEnd,
    /// A letter was doubled.
    ExtraDouble,
    /// A letter too many inside.
    Extra,
    /// A letter too many at an end.
    ExtraEnd,
    /// A letter's neighbour on the keyboard.
    Keyboard,
    /// A vowel for another.
    Vowel,
    /// A letter for another.
    Other,
    /// Two slips.
    Two,
    /// More than two, known from a list only.
    Far,
    /// A space was lost.
    Space,
    /// The apostrophe of a possessive was lost.
    Apostrophe,
}

impl Slip {
    /// Base ten logarithm of how often it happens, about.
    pub(super) fn weight(self) -> f32 {
        match self {
            Slip::Swapped => -1.2,
            Slip::LostDouble => -1.1,
            Slip::ExtraDouble => -1.0,
            Slip::Lost => -1.5,
            Slip::Extra => -1.7,
            Slip::Keyboard => -1.6,
            Slip::Vowel => -1.4,
            Slip::Other => -2.3,
            Slip::LostEnd | Slip::ExtraEnd => -2.0,
            Slip::Two => -4.2,
            Slip::Far => -6.0,
            Slip::Space => -1.6,
            Slip::Apostrophe => -1.5,
        }
    }

    /// One letter or one swap away.
    pub(super) fn is_single(self) -> bool {
        !matches!(self, Slip::Two | Slip::Far | Slip::Space | Slip::Apostrophe)
    }

    /// Which slip made `written` of `meant`, one edit apart.
    fn between(written: &[u8], meant: &[u8]) -> Slip {
        let same = written.iter().zip(meant).take_while(|(a, b)| a == b).count();
        if written.len() == meant.len() {
            let (a, b) = (written[same], meant[same]);
            if written.get(same + 1) == Some(&b) && meant.get(same + 1) == Some(&a) {
                Slip::Swapped
            } else if beside(a, b) {
                Slip::Keyboard
            } else if is_vowel(a) && is_vowel(b) {
                Slip::Vowel
            } else {
                Slip::Other
            }
        } else {
            let (long, lost) = if written.len() < meant.len() { (meant, true) } else { (written, false) };
            let letter = long[same];
            let doubled = same > 0 && long[same - 1] == letter || long.get(same + 1) == Some(&letter);
            let at_end = same == 0 || same + 1 == long.len();
            match (lost, doubled, at_end) {
                (true, true, _) => Slip::LostDouble,
                (true, false, true) => Slip::LostEnd,
                (true, false, false) => Slip::Lost,
                (false, true, _) => Slip::ExtraDouble,
                (false, false, true) => Slip::ExtraEnd,
                (false, false, false) => Slip::Extra,
            }
        }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Neighbours on a keyboard whose rows are `qwertyuiop`, `asdfghjkl`, `zxcvbnm`.
fn beside(a: u8, b: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |letter| {
        ROWS.iter()
            .enumerate()
            .find_map(|(row, keys)| keys.iter().position(|&key| key == letter).map(|column| (row, column)))
    };
    let (Some((row_a, column_a)), Some((row_b, column_b))) = (place(a), place(b)) else { return false };
    match row_a.abs_diff(row_b) {
        0 => column_a.abs_diff(column_b) == 1,
        // Each row is shifted by about half a key: `s` lies under `w` and `e`.
        1 => {
            let (upper, lower) = if row_a < row_b { (column_a, column_b) } else { (column_b, column_a) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}

/// The core words as a tree of letters, for finding those a few edits away.
pub(super) struct Tree<'a> {
    lexicon: &'a Lexicon,
    nodes: Vec<Node>,
    words: Vec<Meant<'a>>,
    /// A faster way, where it pays.
    /// For finding words one and two edits away, where it pays.
    deletes: [Option<Deletes>; MOST_EDITS as usize],
}

/// A word that may have been meant.
struct Meant<'a> {
    text: &'a str,
    rarity: f32,
    name: bool,
}

#[derive(Clone, Copy)]
struct Node {
    child: u32,
    sibling: u32,
    word: u32,
    letter: u8,
}

const NONE: u32 = u32::MAX;

/// Names rarer than this are not guessed at.
const FREQUENT_NAME: f32 = 60_000.0;

/// Words longer than this have no candidates.
const LONGEST: usize = 24;

impl<'a> Tree<'a> {
    /// The tree of all core words, and of the names among the most frequent words.
    pub(super) fn new(lexicon: &'a Lexicon) -> Tree<'a> {
        let mut tree = Tree {
            lexicon,
            nodes: vec![Node { child: NONE, sibling: NONE, word: NONE, letter: 0 }],
            words: Vec::new(),
            deletes: [None, None],
        };
        // The nodes from the root to the end of the last word, and the last child of each.
        let mut path: Vec<u32> = vec![0];
        let mut last = "";
        for (word, entry) in lexicon.words() {
            let Some(rank) = entry.rank() else { continue };
            let name = !entry.is_core() && entry.is_name() && rank < FREQUENT_NAME && word.len() > 3;
            if !(entry.is_core() || name)
                || word.len() < 2
                || !word.bytes().all(|byte| byte.is_ascii_lowercase())
            {
                continue;
            }
            let shared = last.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            let mut previous = path.get(shared + 1).copied().unwrap_or(NONE);
            path.truncate(shared + 1);
            for letter in word.bytes().skip(shared) {
                let id = tree.nodes.len() as u32;
                tree.nodes.push(Node { child: NONE, sibling: NONE, word: NONE, letter });
                let parent = path[path.len() - 1];
                if previous == NONE {
                    tree.nodes[parent as usize].child = id;
                } else {
                    // Words come sorted, so the branch that ended last is the last child.
                    tree.nodes[previous as usize].sibling = id;
                }
                previous = NONE;
                path.push(id);
            }
            let end = path[path.len() - 1];
            tree.nodes[end as usize].word = tree.words.len() as u32;
            tree.words.push(Meant { text: word, rarity: rarity_of(Some(rank)), name });
            last = word;
        }
        tree
    }

    /// Makes ready for very many words to be asked for that are within `edits`.
    pub(super) fn index(&mut self, edits: u8) {
        let words = self.words.iter().map(|word| word.text);
        self.deletes[usize::from(edits) - 1] = Some(Deletes::new(words, edits));
    }

    /// Core words within `limit` edits (a swap of neighbours is one), likeliest first.
    pub(super) fn near(&self, word: &str, limit: u8) -> Vec<Candidate> {
        let word = word.as_bytes();
        if word.len() > LONGEST {
            return Vec::new();
        }
        let found = match &self.deletes[usize::from(limit) - 1] {
            Some(deletes) => self.find_by_deletes(deletes, word, limit),
            None => self.find_in_tree(word, limit),
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
        let near = |at: u32| distance(word, self.words[at as usize].text.as_bytes(), limit);
        places.into_iter().filter_map(|at| Some((at, near(at).filter(|&distance| distance > 0)?))).collect()
    }

    fn find_in_tree(&self, word: &[u8], limit: u8) -> Vec<(u32, u8)> {
        let mut found = Vec::new();
        let mut rows = [[0u8; LONGEST + 1]; LONGEST + 4];
        for (column, cell) in rows[0].iter_mut().enumerate() {
            *cell = column as u8;
        }
        let mut letters = [0u8; LONGEST + 4];
        self.descend(0, 0, word, limit, &mut rows, &mut letters, &mut found);
        found
    }

    /// Optimal string alignment distance, one row a letter of the tree.
    #[allow(clippy::too_many_arguments, reason = "the state of a recursion")]
    fn descend(
        &self,
        node: u32,
        depth: usize,
        word: &[u8],
        limit: u8,
        rows: &mut [[u8; LONGEST + 1]],
        letters: &mut [u8],
        found: &mut Vec<(u32, u8)>,
    ) {
        if depth + 1 >= rows.len() {
            return;
        }
        let mut child = self.nodes[node as usize].child;
        while child != NONE {
            let next = self.nodes[child as usize];
            letters[depth] = next.letter;
            let least = fill_row(word, depth + 1, limit, rows, letters);
            if next.word != NONE {
                let distance = rows[depth + 1][word.len()];
                if distance > 0 && distance <= limit {
                    found.push((next.word, distance));
                }
            }
            if least <= limit {
                self.descend(child, depth + 1, word, limit, rows, letters, found);
            }
            child = next.sibling;
        }
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

/// How a word sounds, roughly: equal for `separate` and `seperate`, `receive` and `recieve`.
#[derive(PartialEq, Eq)]
struct Sound {
    key: [u8; LONGEST + 1],
}

impl Sound {
    /// Consonants by sound, doubles once, all vowels alike, silent letters dropped.
    fn of(word: &[u8]) -> Sound {
        let mut key = [0; LONGEST + 1];
        let mut length = 0;
        let mut at = 0;
        while at < word.len() && length < LONGEST {
            let next = word.get(at + 1).copied().unwrap_or(0);
            let (sound, width) = match (word[at], next) {
                (b'p', b'h') => (b'f', 2),
                (b'c', b'k') | (b'q', b'u') => (b'k', 2),
                (b'g', b'h') => (0, 2),
                (b'k', b'n') if at == 0 => (b'n', 2),
                (b'w', b'r') if at == 0 => (b'r', 2),
                (b'c', b'e' | b'i' | b'y') => (b's', 1),
                (b'c' | b'q', _) => (b'k', 1),
                (b'g', b'e' | b'i' | b'y') => (b'j', 1),
                (b'z', _) => (b's', 1),
                (b'e', 0) | (b'h', _) => (0, 1),
                (letter, _) if is_vowel(letter) => (b'a', 1),
                (letter, _) => (letter, 1),
            };
            if sound != 0 && (length == 0 || key[length - 1] != sound) {
                key[length] = sound;
                length += 1;
            }
            at += width;
        }
        Sound { key }
    }
}

/// Fills row `depth` from the rows above; returns its least cell.
fn fill_row(word: &[u8], depth: usize, limit: u8, rows: &mut [[u8; LONGEST + 1]], letters: &[u8]) -> u8 {
    let letter = letters[depth - 1];
    // Cells further from the diagonal than the limit cannot come back under it.
    let first = depth.saturating_sub(usize::from(limit) + 1);
    let last = (depth + usize::from(limit) + 1).min(word.len());
    if first > word.len() {
        return u8::MAX;
    }
    let (above, current) = rows.split_at_mut(depth);
    let row = &mut current[0];
    let up = &above[depth - 1];
    let far = u8::MAX - 2;
    let mut least = far;
    for column in first..=last {
        let mut cell = if column == 0 {
            depth as u8
        } else {
            let left = if column > first { row[column - 1] } else { far };
            let over = if column <= depth + usize::from(limit) { up[column] } else { far };
            let diagonal = up[column - 1] + u8::from(word[column - 1] != letter);
            diagonal.min(left + 1).min(over.saturating_add(1))
        };
        if depth > 1
            && column > 1
            && word[column - 1] == letters[depth - 2]
            && word[column - 2] == letter
            && word[column - 1] != letter
        {
            cell = cell.min(above[depth - 2][column - 2] + 1);
        }
        row[column] = cell;
        least = least.min(cell);
    }
    if last < word.len() {
        row[last + 1] = far;
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.text.as_str()).collect()
    }

    #[test]
    fn the_word_that_was_meant_is_near() {
        let lexicon = Lexicon::embedded();
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
        let lexicon = Lexicon::embedded();
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
        let lexicon = Lexicon::embedded();
        let tree = Tree::new(&lexicon);
        assert_eq!(tree.splits("tointimidate", |_| false)[0].text, "to intimidate");
        assert_eq!(tree.splits("ofthe", |_| false)[0].text, "of the");
        assert!(tree.splits("government", |_| false).is_empty());
        assert_eq!(tree.splits("gadzhievhad", |name| name == "gadzhiev")[0].text, "gadzhiev had");
    }

    #[test]
    fn words_that_sound_alike_have_one_key() {
        for (a, b) in [
            ("seperate", "separate"),
            ("recieve", "receive"),
            ("fotograph", "photograph"),
            ("ocured", "occurred"),
        ] {
            assert!(Sound::of(a.as_bytes()) == Sound::of(b.as_bytes()), "{a} {b}");
        }
        assert!(Sound::of(b"costal") != Sound::of(b"postal"));
    }

    #[test]
    fn slips_are_named() {
        let slip = |written: &str, meant: &str| Slip::between(written.as_bytes(), meant.as_bytes());
        assert_eq!(slip("taht", "that"), Slip::Swapped);
        assert_eq!(slip("ocur", "occur"), Slip::LostDouble);
        assert_eq!(slip("goverment", "government"), Slip::Lost);
        assert_eq!(slip("wprd", "word"), Slip::Keyboard);
        assert_eq!(slip("seperate", "separate"), Slip::Vowel);
        assert_eq!(slip("wordd", "word"), Slip::ExtraDouble);
        assert_eq!(slip("wor", "word"), Slip::LostEnd);
    }

    #[test]
    fn the_index_finds_what_the_tree_finds() {
        let lexicon = Lexicon::embedded();
        let mut tree = Tree::new(&lexicon);
        let asked =
            ["accomodatoin", "recieved", "goverment", "zzzzz", "thsi", "misspeling", "ab", "extraordinaryly"];
        for edits in [1, 2] {
            let by_tree: Vec<_> = asked.iter().map(|word| tree.near(word, edits)).collect();
            tree.index(edits);
            for (word, by_tree) in asked.iter().zip(by_tree) {
                assert_eq!(texts(&tree.near(word, edits)), texts(&by_tree), "{word}");
            }
        }
    }
}
