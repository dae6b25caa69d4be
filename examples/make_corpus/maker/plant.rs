//! Copies, traps and typos among the fresh sentences, each noted in the truth.
//!
//! Two near copies or traps made from one sentence can come out alike (about one sentence in 1,200); the
//! truth names the common source of both.

use std::ops::Range;

use scrubjay::language::Lexicon;

use super::random::Random;
use super::sentence::{Cast, Grammar};
use super::truth::{Kind, Place, Planted};

/// How many of 1000 sentences are what. The rest are fresh and clean.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    pub(crate) exact: usize,
    pub(crate) folded: usize,
    pub(crate) near: usize,
    pub(crate) trap: usize,
    pub(crate) typo: usize,
}

/// Lines that publishers put below everything.
const BOILERPLATE: [&str; 8] = [
    "This page was set in type by the night shift and read once by somebody who was awake.",
    "Readers who find a mistake are asked to write to the desk and to name the page.",
    "Nothing on this page may be printed elsewhere unless the publisher has agreed to it in writing.",
    "The views given here are those of the writer and not of the paper or its owners.",
    "To have the evening edition brought to your door, call at the counter on any working day.",
    "Some of the names in this account have been changed at the wish of the people concerned.",
    "Photographs may be ordered from the archive for as long as the plates hold together.",
    "The editors thank the town library for the use of its reading room and its patience.",
];

/// Mistakes that people make; the left one is meant.
const MISSPELLINGS: [(&str, &str); 36] = [
    ("government", "goverment"),
    ("committee", "commitee"),
    ("separate", "seperate"),
    ("different", "diffrent"),
    ("receive", "recieve"),
    ("received", "recieved"),
    ("necessary", "neccessary"),
    ("restaurant", "restaraunt"),
    ("library", "libary"),
    ("beautiful", "beatiful"),
    ("independent", "independant"),
    ("successful", "succesful"),
    ("official", "offical"),
    ("political", "politcal"),
    ("question", "qestion"),
    ("experiment", "expirement"),
    ("campaign", "campain"),
    ("temporary", "temporay"),
    ("usually", "usualy"),
    ("finally", "finaly"),
    ("remember", "remeber"),
    ("describe", "discribe"),
    ("because", "becuase"),
    ("which", "wich"),
    ("before", "befroe"),
    ("would", "woudl"),
    ("should", "shoudl"),
    ("neighbour", "nieghbour"),
    ("science", "sceince"),
    ("language", "langauge"),
    ("medicine", "medecine"),
    ("company", "compnay"),
    ("people", "poeple"),
    ("although", "altough"),
    ("again", "agian"),
    ("properly", "propperly"),
];

const KEPT: usize = 16_384;

/// Appends a copy of a sentence, altered in its own way, if the sentence has what is to be altered.
type Copyist = fn(&Lexicon, &mut Random, &[u8], &mut Vec<u8>) -> Option<Kind>;

/// A clean sentence that later ones may copy.
struct Kept {
    text: Vec<u8>,
    place: Place,
}

/// Remembers a sample of what was written, and plants.
pub(crate) struct Planter<'a> {
    lexicon: &'a Lexicon,
    shares: Shares,
    kept: Vec<Kept>,
    boilerplate: [Option<Place>; BOILERPLATE.len()],
}

impl<'a> Planter<'a> {
    pub(crate) fn new(lexicon: &'a Lexicon, shares: Shares) -> Self {
        Planter { lexicon, shares, kept: Vec::new(), boilerplate: [None; BOILERPLATE.len()] }
    }

    /// Appends a sentence to `text`, the document at `at.document` from byte `at.byte` on.
    pub(crate) fn sentence(
        &mut self,
        (grammar, cast): (&Grammar, &Cast),
        random: &mut Random,
        at: Place,
        text: &mut Vec<u8>,
        planted: &mut Vec<Planted>,
    ) {
        let Shares { exact, folded, near, trap, typo } = self.shares;
        let copyists: [(usize, Copyist); 4] =
            [(exact, copy_exactly), (folded, copy_folded), (near, copy_nearly), (trap, set_trap)];
        let mut dice = random.below(1000);
        let copyist = copyists.into_iter().find_map(|(share, copyist)| {
            if dice < share {
                return Some(copyist);
            }
            dice -= share;
            None
        });
        let start = text.len();
        if let Some(copy) = copyist
            && !self.kept.is_empty()
        {
            // Not every sentence has a number to change; a few tries find one that has.
            for _ in 0..8 {
                let kept = random.pick(&self.kept);
                if let Some(kind) = copy(self.lexicon, random, &kept.text, text) {
                    let source = Some(kept.place);
                    planted.push(Planted { kind, start, end: text.len(), source, right: String::new() });
                    return;
                }
                text.truncate(start);
            }
        }
        grammar.sentence(cast, random, text);
        if copyist.is_none() && dice < typo {
            planted.extend(plant_typo(self.lexicon, random, text, start));
        } else {
            self.keep(random, &text[start..], Place { byte: at.byte + start, ..at });
        }
    }

    /// Appends one of the standing lines.
    pub(crate) fn boilerplate(
        &mut self,
        random: &mut Random,
        at: Place,
        text: &mut Vec<u8>,
        planted: &mut Vec<Planted>,
    ) {
        let which = random.below(BOILERPLATE.len());
        let start = text.len();
        text.extend_from_slice(BOILERPLATE[which].as_bytes());
        let source = self.boilerplate[which];
        self.boilerplate[which] = source.or(Some(Place { byte: at.byte + start, ..at }));
        let (kind, end) = (Kind::Boilerplate, text.len());
        planted.push(Planted { kind, start, end, source, right: String::new() });
    }

    fn keep(&mut self, random: &mut Random, sentence: &[u8], place: Place) {
        if self.kept.len() < KEPT {
            self.kept.push(Kept { text: sentence.to_vec(), place });
        } else if random.per_mille(50) {
            let slot = random.below(KEPT);
            let kept = &mut self.kept[slot];
            kept.text.clear();
            kept.text.extend_from_slice(sentence);
            kept.place = place;
        }
    }
}

fn copy_exactly(_: &Lexicon, _: &mut Random, sentence: &[u8], text: &mut Vec<u8>) -> Option<Kind> {
    text.extend_from_slice(sentence);
    Some(Kind::ExactCopy)
}

/// Straight quotes for curly ones, and a capital where there was none.
fn copy_folded(_: &Lexicon, random: &mut Random, sentence: &[u8], text: &mut Vec<u8>) -> Option<Kind> {
    let capital = pick_word(random, sentence, 4)?.start;
    let mut i = 0;
    while i < sentence.len() {
        let rest = &sentence[i..];
        if rest.starts_with("“".as_bytes()) || rest.starts_with("”".as_bytes()) {
            text.push(b'"');
            i += "“".len();
        } else {
            text.push(if i == capital { sentence[i].to_ascii_uppercase() } else { sentence[i] });
            i += 1;
        }
    }
    Some(Kind::FoldedCopy)
}

fn copy_nearly(lexicon: &Lexicon, random: &mut Random, sentence: &[u8], text: &mut Vec<u8>) -> Option<Kind> {
    let start = text.len();
    text.extend_from_slice(sentence);
    if random.per_mille(500) {
        let word = pick_word(random, sentence, 6)?;
        let word = start + word.start..start + word.end;
        return spoil(lexicon, random, &mut text[word]).then_some(Kind::NearTypo);
    }
    let the = find(sentence, b" the ")?;
    insert(text, start + the + b" the".len(), b" very");
    Some(Kind::NearWord)
}

fn set_trap(_: &Lexicon, random: &mut Random, sentence: &[u8], text: &mut Vec<u8>) -> Option<Kind> {
    let start = text.len();
    text.extend_from_slice(sentence);
    if random.per_mille(500) {
        let first = sentence.iter().position(u8::is_ascii_digit)?;
        let digits = sentence[first..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let last = &mut text[start + first + digits - 1];
        *last = if *last == b'9' { b'1' } else { *last + 1 };
        return Some(Kind::TrapNumber);
    }
    let verbs: [&[u8]; 7] = [b" was ", b" were ", b" is ", b" are ", b" will ", b" would ", b" should "];
    let (verb, at) = verbs.iter().find_map(|verb| Some((verb, find(sentence, verb)?)))?;
    insert(text, start + at + verb.len(), b"not ");
    Some(Kind::TrapNegation)
}

/// Spoils a word of the sentence that begins at `start` and ends the text.
fn plant_typo(lexicon: &Lexicon, random: &mut Random, text: &mut Vec<u8>, start: usize) -> Option<Planted> {
    match random.below(4) {
        0 => {
            let at = start + find(&text[start..], b" the ")? + 1;
            insert(text, at, b"the ");
            let range = at..at + b"the the".len();
            Some(typo(Kind::DoubledWord, range, "the".to_owned()))
        }
        1 => {
            let at = start + find(&text[start..], b" the ")? + 1;
            let next = at + b"the ".len();
            let letters = text[next..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
            // After a short word the reading is open, and before an accent the word goes on.
            if letters < 4 || text[next + letters] >= 0x80 {
                return None;
            }
            let right = String::from_utf8_lossy(&text[at..next + letters]).into_owned();
            text.remove(next - 1);
            // "the rein" would be a word of its own.
            if is_word(lexicon, &text[at..next - 1 + letters]) {
                text.insert(next - 1, b' ');
                return None;
            }
            Some(typo(Kind::JoinedWords, at..next - 1 + letters, right))
        }
        _ => {
            let (range, wrong) = match known_misspelling(lexicon, &text[start..]) {
                Some((range, wrong)) => (range.start + start..range.end + start, Some(wrong)),
                None => {
                    let range = pick_word(random, &text[start..], 6)?;
                    (range.start + start..range.end + start, None)
                }
            };
            let right = String::from_utf8_lossy(&text[range.clone()]).into_owned();
            let range = match wrong {
                Some(wrong) => {
                    text.splice(range.clone(), wrong.bytes());
                    range.start..range.start + wrong.len()
                }
                None if spoil(lexicon, random, &mut text[range.clone()]) => range,
                None => return None,
            };
            Some(typo(Kind::Misspelling, range, right))
        }
    }
}

fn typo(kind: Kind, range: Range<usize>, right: String) -> Planted {
    Planted { kind, start: range.start, end: range.end, source: None, right }
}

fn known_misspelling(lexicon: &Lexicon, sentence: &[u8]) -> Option<(Range<usize>, &'static str)> {
    words(sentence).find_map(|range| {
        let word = &sentence[range.clone()];
        let (_, wrong) = MISSPELLINGS.iter().find(|(right, _)| right.as_bytes() == word)?;
        (!lexicon.contains(wrong)).then_some((range, *wrong))
    })
}

/// Swaps two different letters inside a word, so that its length stays; false when every such swap makes
/// another word.
fn spoil(lexicon: &Lexicon, random: &mut Random, letters: &mut [u8]) -> bool {
    let inner = letters.len() - 3;
    let from = random.below(inner);
    // From the chosen letter on, around the word's inside.
    (0..inner).map(|step| 1 + (from + step) % inner).any(|i| {
        letters.swap(i, i + 1);
        let spoiled = letters[i] != letters[i + 1] && !is_word(lexicon, letters);
        if !spoiled {
            letters.swap(i, i + 1);
        }
        spoiled
    })
}

/// True of a word that any list holds: a mistake that makes one is not a mistake that can be seen.
fn is_word(lexicon: &Lexicon, letters: &[u8]) -> bool {
    std::str::from_utf8(letters).is_ok_and(|word| lexicon.contains(word))
}

/// A word of at least `letters` small ASCII letters, by chance.
fn pick_word(random: &mut Random, sentence: &[u8], letters: usize) -> Option<Range<usize>> {
    let long = |word: &Range<usize>| {
        word.len() >= letters && sentence[word.clone()].iter().all(u8::is_ascii_lowercase)
    };
    let count = words(sentence).filter(long).count();
    if count == 0 { None } else { words(sentence).filter(long).nth(random.below(count)) }
}

/// The words of a sentence, byte ranges of letters. What is not ASCII counts as a letter.
fn words(sentence: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + sentence[at..].iter().position(letter)?;
        at = sentence[start..].iter().position(|byte| !letter(byte)).map_or(sentence.len(), |n| start + n);
        Some(start..at)
    })
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn insert(text: &mut Vec<u8>, at: usize, what: &[u8]) {
    text.splice(at..at, what.iter().copied());
}
