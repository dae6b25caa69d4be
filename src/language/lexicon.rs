//! The English lexicon: which words there are, how common they are, which stand side by side, and
//! how some are commonly misspelled.
//!
//! Everything is embedded; `data/NOTICE` names the sources, `scripts/build_lexicon` makes the
//! files. Words are kept in lower case and looked up in lower case: whether a word was seen as a
//! name is told by its tier, not by its spelling here.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use super::bigrams::{Bigrams, Company, VocabularyId};
use super::classes::Classes;
use super::columns::{Columns, search};
use super::words::Words;

static WORDS: &[u8] = include_bytes!("../../data/words.zst");
static BIGRAMS: &[u8] = include_bytes!("../../data/bigrams.zst");
static CLASSES: &[u8] = include_bytes!("../../data/classes.zst");
static MISSPELLINGS: &[u8] = include_bytes!("../../data/misspellings.zst");

/// What is known of English words.
///
/// Loading takes some tens of milliseconds, so one is made and lent to whoever needs it.
pub struct Lexicon {
    words: Words,
    bigrams: Bigrams,
    classes: Classes,
    misspellings: Misspellings,
}

/// What the lexicon holds of one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub(super) tiers: u8,
    pub(super) rarity: u8,
}

impl Entry {
    const CORE: u8 = 1;
    const RARE: u8 = 2;
    const OBSCURE: u8 = 4;
    const CORE_NAME: u8 = 8;
    const NAME: u8 = 16;

    /// A word that most educated readers know, in American or British spelling (SCOWL 60).
    pub fn is_core(self) -> bool {
        self.tiers & Self::CORE != 0
    }

    /// A word of larger dictionaries only (SCOWL 70 and above).
    pub fn is_rare(self) -> bool {
        self.tiers & (Self::RARE | Self::OBSCURE) != 0 && !self.is_core()
    }

    /// A word of the largest dictionaries only (SCOWL 80).
    pub fn is_obscure(self) -> bool {
        self.tiers & Self::OBSCURE != 0
    }

    /// A word with a capital: a name, a place, an acronym.
    pub fn is_name(self) -> bool {
        self.tiers & (Self::CORE_NAME | Self::NAME) != 0
    }

    /// A name that most educated readers know.
    pub fn is_core_name(self) -> bool {
        self.tiers & Self::CORE_NAME != 0
    }

    /// In any word list, as a word or as a name.
    pub fn is_listed(self) -> bool {
        self.tiers != 0
    }

    /// The place of the word in a list sorted by falling frequency, about; `None` when it is not
    /// among the 400,000 most frequent. Misspellings and names have a place, too.
    pub fn rank(self) -> Option<f32> {
        (self.rarity > 0).then(|| (f32::from(self.rarity) / 8.0).exp2())
    }
}

/// The base ten logarithm of how rare a word at `rank` is: about 1 for `the`, 6 for what no list has.
pub fn rarity_of(rank: Option<f32>) -> f32 {
    (rank.unwrap_or(900_000.0) + 10.0).log10()
}

/// A word's identity whatever its case: a hash of its lower-case letters.
///
/// Sixty-four bits are taken as identity: among ten million distinct words two collide once in
/// 400,000 corpora, and the worst that follows is one wrong row in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WordHash(pub u64);

impl WordHash {
    /// Hash of a word of ASCII letters and `'`, in any case.
    pub fn of(word: &[u8]) -> WordHash {
        let mut hasher = WordHasher::default();
        for &byte in word {
            hasher.push(byte);
        }
        hasher.finish()
    }
}

/// Hashes a word eight letters at a time: folded products, as in wyhash (Wang Yi).
#[derive(Clone, Copy, Debug)]
pub struct WordHasher {
    hash: u64,
    /// Letters that make no eight yet, in small letters, the first in the lowest byte.
    letters: u64,
    bits: u32,
}

impl Default for WordHasher {
    fn default() -> WordHasher {
        WordHasher { hash: 0x9e37_79b9_7f4a_7c15, letters: 0, bits: 0 }
    }
}

impl WordHasher {
    /// One more letter (or `'`), in any case. Setting the bit 0x20 turns capitals into small
    /// letters and leaves `'` alone.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.letters |= u64::from(byte | 0x20) << self.bits;
        self.bits += u8::BITS;
        if self.bits == u64::BITS {
            self.absorb(self.letters);
            (self.letters, self.bits) = (0, 0);
        }
    }

    /// Eight more letters, in small letters, the first in the lowest byte; or the last ones, if they are less
    /// than eight, with zeros above them. Nothing but such eights may have come before.
    #[inline(always)]
    pub fn absorb(&mut self, letters: u64) {
        let product = u128::from(self.hash ^ letters) * 0xe703_7ed1_a0b4_28db;
        self.hash = product as u64 ^ (product >> 64) as u64;
    }

    /// The hash of all that came.
    #[inline]
    pub fn finish(mut self) -> WordHash {
        if self.bits > 0 {
            self.absorb(self.letters);
        }
        WordHash(self.hash)
    }
}

/// A common misspelling and what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misspelling<'a> {
    corrections: &'a str,
}

impl<'a> Misspelling<'a> {
    /// What may have been meant, likeliest first.
    pub fn corrections(self) -> impl Iterator<Item = &'a str> {
        self.corrections.split(',')
    }
}

impl Lexicon {
    /// The lexicon in the program.
    ///
    /// # Errors
    /// When there is not enough memory to unpack it.
    pub fn load() -> io::Result<Lexicon> {
        let bigrams = Bigrams::read(&unpack(BIGRAMS)?)?;
        Ok(Lexicon {
            words: Words::read(unpack(WORDS)?)?,
            classes: Classes::read(unpack(CLASSES)?, bigrams.unigram_costs.len()),
            bigrams,
            misspellings: Misspellings::read(unpack(MISSPELLINGS)?)?,
        })
    }

    /// Makes [`Lexicon::entry`] many times faster, and takes some milliseconds and megabytes: whoever will ask
    /// for some ten thousand words does well to call this.
    pub fn index(&self) {
        self.words.index();
    }

    /// What is known of a word in lower case; nothing known is an entry of no tier and no rank.
    pub fn entry(&self, word: &str) -> Entry {
        self.words.entry(word)
    }

    /// True for a word in lower case that any word list holds, also as a name.
    pub fn contains(&self, word: &str) -> bool {
        self.entry(word).is_listed()
    }

    /// Every word with its entry, sorted by bytes.
    pub fn words(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.words.iter()
    }

    /// The words that begin with `beginning`, and are longer, sorted by bytes.
    pub fn starting_with<'l>(&'l self, beginning: &'l str) -> impl Iterator<Item = (&'l str, Entry)> {
        self.words.starting_with(beginning)
    }

    /// The corrections of a common misspelling in lower case.
    pub fn misspelling(&self, word: &str) -> Option<Misspelling<'_>> {
        self.misspellings.get(word)
    }

    /// The word's id in the bigram model.
    pub fn vocabulary(&self, word: WordHash) -> Option<VocabularyId> {
        self.bigrams.id(word)
    }

    /// All words of the bigram model, in no order.
    pub fn vocabularies(&self) -> impl Iterator<Item = (WordHash, VocabularyId)> {
        self.bigrams.ids()
    }

    /// The words that are much likelier after `word` than elsewhere; by chance also one in two hundred of
    /// which it is not true. To ask of one costs a fraction of [`Lexicon::follows`].
    #[inline]
    pub fn rights_of(&self, word: Option<VocabularyId>) -> Company<'_> {
        self.bigrams.rights_of(word)
    }

    /// The words after which `word` is much likelier than elsewhere; as [`Lexicon::rights_of`].
    #[inline]
    pub fn lefts_of(&self, word: Option<VocabularyId>) -> Company<'_> {
        self.bigrams.lefts_of(word)
    }

    /// The beginning of a sentence, as a left neighbour.
    pub const SENTENCE_START: VocabularyId = VocabularyId::of(1);
    /// The end of a sentence, as a right neighbour.
    pub const SENTENCE_END: VocabularyId = VocabularyId::of(0);

    /// Base ten logarithm of how likely `right` is after `left`, and whether the pair was seen.
    ///
    /// A pair that was not seen backs off to the frequency of `right` (Katz); a word that the
    /// model does not know is given the probability of its rank (Zipf), `right_rarity`.
    pub fn follows(
        &self,
        left: Option<VocabularyId>,
        right: Option<VocabularyId>,
        right_rarity: f32,
    ) -> (f32, bool) {
        self.bigrams.follows(left, right, right_rarity)
    }

    /// An upper bound of [`Lexicon::follows`] for `right` after a word that does not have it in its company.
    pub fn follows_at_most(&self, right: Option<VocabularyId>, right_rarity: f32) -> f32 {
        self.bigrams.follows_at_most(right, right_rarity)
    }

    /// Base ten logarithm of how likely a word of the kind of the last one is after words of the kinds
    /// of the first two.
    pub fn kinds_follow(&self, words: [VocabularyId; 3]) -> f32 {
        self.classes.follow(words.map(VocabularyId::index))
    }
}

/// Decompresses one of the embedded files. They are sound; memory may be wanting.
pub(super) fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    /// No file unpacks to more times its size; what is not needed is not touched.
    const RATIO: usize = 6;
    let mut unpacked = Vec::with_capacity(RATIO * packed.len());
    zstd::Decoder::with_buffer(packed)?.read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

struct Misspellings {
    /// Lines `wrong right,right`, sorted.
    text: String,
    starts: Vec<u32>,
}

impl Misspellings {
    fn read(blob: Vec<u8>) -> io::Result<Misspellings> {
        let count = memchr::memchr_iter(b'\n', &blob).count();
        let mut columns = Columns { rest: &blob };
        let (text, starts) = columns.lines(count)?;
        Ok(Misspellings { text: text.to_owned(), starts })
    }

    fn get(&self, word: &str) -> Option<Misspelling<'_>> {
        let line = |at: usize| {
            let rest = &self.text[self.starts[at] as usize..];
            let end = self.starts.get(at + 1).map_or(rest.len(), |&next| (next - self.starts[at]) as usize);
            rest[..end - 1].split_once(' ').unwrap_or((rest, ""))
        };
        let place = search(self.starts.len(), word, |at| line(at).0).ok()?;
        Some(Misspelling { corrections: line(place).1 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::bigrams::Companion;
    use super::*;

    #[test]
    fn american_and_british_spellings_are_both_core_words() {
        let lexicon = Lexicon::load().unwrap();
        for word in
            ["color", "colour", "organize", "organise", "theater", "theatre", "traveling", "travelling"]
        {
            assert!(lexicon.entry(word).is_core(), "{word}");
        }
    }

    #[test]
    fn costal_is_rare_and_coastal_is_not() {
        let lexicon = Lexicon::load().unwrap();
        assert!(lexicon.entry("costal").is_rare());
        assert!(lexicon.entry("coastal").is_core());
        assert!(lexicon.entry("coastal").rank() < lexicon.entry("costal").rank());
    }

    #[test]
    fn names_are_told_from_words() {
        let lexicon = Lexicon::load().unwrap();
        assert!(lexicon.entry("paris").is_core_name() && !lexicon.entry("paris").is_core());
        assert!(lexicon.entry("march").is_name() && lexicon.entry("march").is_core());
        assert!(!lexicon.contains("tointimidate"));
    }

    #[test]
    fn a_common_pair_is_likelier_than_an_uncommon_one() {
        let lexicon = Lexicon::load().unwrap();
        let id = |word: &str| lexicon.vocabulary(WordHash::of(word.as_bytes()));
        let (coastal, seen) = lexicon.follows(id("coastal"), id("city"), 3.0);
        assert!(seen && coastal > -2.0, "{coastal}");
        let (unseen, seen) = lexicon.follows(id("monday"), id("city"), 3.0);
        assert!(!seen && unseen < coastal - 1.0, "{unseen}");
        assert!(lexicon.follows(None, None, 6.0).0 < -6.0);
        let together = |left: &str, right: &str| {
            let after = lexicon.rights_of(id(left)).has(Companion::of(id(right).unwrap()));
            assert_eq!(after, lexicon.lefts_of(id(right)).has(Companion::of(id(left).unwrap())));
            after
        };
        assert!(together("coastal", "city") && together("of", "the"));
        assert!(!together("monday", "city") && !together("the", "of"));
    }

    #[test]
    fn what_keeps_no_company_is_no_likelier_than_its_bound() {
        let lexicon = Lexicon::load().unwrap();
        let words: Vec<VocabularyId> = lexicon.vocabularies().map(|(_, word)| word).collect();
        let (mut bounded, mut in_company) = (0, 0);
        for &left in words.iter().step_by(500) {
            let company = lexicon.rights_of(Some(left));
            for &right in &words {
                let likely = lexicon.follows(Some(left), Some(right), 3.0).0;
                if company.has(Companion::of(right)) {
                    in_company += 1;
                } else {
                    assert!(likely <= lexicon.follows_at_most(Some(right), 3.0));
                    bounded += 1;
                }
            }
        }
        assert!(bounded > 100 * in_company && in_company > 1_000, "{bounded} {in_company}");
        assert_eq!(lexicon.follows_at_most(None, 3.0), lexicon.follows(None, None, 3.0).0);
    }

    #[test]
    fn kinds_of_words_have_an_order() {
        let lexicon = Lexicon::load().unwrap();
        let likely = |words: [&str; 3]| {
            lexicon.kinds_follow(words.map(|word| lexicon.vocabulary(WordHash::of(word.as_bytes())).unwrap()))
        };
        assert!(likely(["decision", "was", "made"]) > likely(["decision", "was", "say"]) + 0.5);
        assert!(likely(["as", "the", "carnival"]) > likely(["as", "they", "carnival"]) + 0.5);
    }

    #[test]
    fn misspellings_have_corrections_in_order() {
        let lexicon = Lexicon::load().unwrap();
        let corrections: Vec<_> = lexicon.misspelling("recieve").unwrap().corrections().collect();
        assert_eq!(corrections, ["receive"]);
        assert_eq!(lexicon.misspelling("receive"), None);
    }

    #[test]
    fn case_does_not_change_a_word() {
        assert_eq!(WordHash::of(b"Don'T"), WordHash::of(b"don't"));
        assert_ne!(WordHash::of(b"dont"), WordHash::of(b"don't"));
    }
}
