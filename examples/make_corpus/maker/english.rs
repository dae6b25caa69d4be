//! Real words by class, drawn as often as English uses them.
//!
//! The lexicon knows how common a word is and not what part of speech it is. A word's forms give that away:
//! what has a plural but no past is a noun, what has both and an -ing form as well is a verb. The commonest
//! words are of many classes at once, so below a certain rank only words listed by hand are taken.

use scrubjay::language::{Entry, Lexicon};

use super::random::Random;
use super::words::Words;

/// The commonest rank at which a word's forms are trusted to tell its class.
const HEAD: u64 = 2_000;

/// Frequencies fall as 1 / rank at first and as 1 / rank² far beyond this rank, as they do in English
/// (R. Ferrer i Cancho and R. V. Solé, "Two Regimes in the Frequency of Words", 2001).
const BEND: u64 = 16_000;

/// Mandelbrot's shift: keeps the commonest noun from being every tenth one.
const SHIFT: u64 = 200;

/// Words and how often each is drawn.
pub(crate) struct Class {
    words: Words,
    /// Walker's alias table: each word shares its slot with another, and has this much of it, of 2^32.
    slots: Vec<(u32, u32)>,
}

impl Class {
    pub(crate) fn draw(&self, random: &mut Random) -> &str {
        let (slot, part) = random.slot(self.slots.len());
        let (own, alias) = self.slots[slot];
        self.words.get(if part < own { slot } else { alias as usize })
    }

    /// Words with the weight of their rank.
    fn new(lexicon: &Lexicon, list: impl Iterator<Item = String>) -> Self {
        let mut words: Vec<String> = list.collect();
        words.sort_unstable();
        words.dedup();
        let weights: Vec<u64> = words.iter().map(|word| weight(rank(lexicon.entry(word)))).collect();
        let mut kept = Words::default();
        words.iter().for_each(|word| kept.push(word));
        Class { words: kept, slots: alias_table(weights) }
    }
}

/// Gives every slot the same total, by filling those that have too little from those that have too much
/// (Walker 1977, Vose 1991). Whole numbers only, so the table is the same on every machine.
fn alias_table(mut weights: Vec<u64>) -> Vec<(u32, u32)> {
    // Every weight times the number of slots, against the total: a slot is full at `total`.
    let count = weights.len() as u64;
    let total: u64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight *= count);
    let part = |weight: u64| ((u128::from(weight) << 32) / u128::from(total)) as u32;
    let mut slots: Vec<(u32, u32)> = (0..weights.len() as u32).map(|slot| (u32::MAX, slot)).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) =
        (0..weights.len()).partition(|&slot| weights[slot] < total);
    while let (Some(&giver), Some(taker)) = (large.last(), small.pop()) {
        slots[taker] = (part(weights[taker]), giver as u32);
        weights[giver] -= total - weights[taker];
        if weights[giver] < total {
            large.pop();
            small.push(giver);
        }
    }
    slots
}

fn weight(rank: u64) -> u64 {
    (1 << 40) / (rank + SHIFT) * BEND / (rank + BEND)
}

/// The rank as a whole number.
///
/// The lexicon keeps ranks in eighths of an octave and gives them back as a power. Powers may differ in the
/// last bit between machines, so the eighths are found again and raised in whole numbers.
fn rank(entry: Entry) -> u64 {
    /// 2^(i/8), of 2^16.
    const EIGHTHS: [u64; 8] = [65_536, 71_468, 77_936, 84_990, 92_682, 101_070, 110_218, 120_194];
    let Some(rank) = entry.rank() else { return 400_000 };
    let eighths = (rank.log2() * 8.0).round() as usize;
    (EIGHTHS[eighths % 8] << (eighths / 8)) >> 16
}

/// Nouns, verbs, adjectives and adverbs, in their forms.
pub(crate) struct English {
    pub(crate) noun: Class,
    pub(crate) nouns: Class,
    pub(crate) verb: Class,
    pub(crate) verbs: Class,
    pub(crate) verbed: Class,
    pub(crate) verbing: Class,
    pub(crate) adjective: Class,
    pub(crate) adverb: Class,
}

/// The commonest words of each class; only nouns and verbs whose other forms follow the rules.
pub(crate) struct Heads {
    pub(crate) nouns: &'static str,
    pub(crate) verbs: &'static str,
    pub(crate) adjectives: &'static str,
    pub(crate) adverbs: &'static str,
}

impl English {
    /// Sorts the lexicon's words into classes.
    pub(crate) fn new(lexicon: &Lexicon, heads: &Heads) -> Self {
        let is_core = |word: &str| lexicon.entry(word).is_core();
        let tail: Vec<&str> = lexicon
            .words()
            .filter(|&(word, entry)| entry.is_core() && is_plain(lexicon, word) && rank(entry) > HEAD)
            .map(|(word, _)| word)
            .collect();
        let list = |head: &'static str, in_class: &dyn Fn(&str) -> bool| -> Vec<&str> {
            head.split_whitespace().chain(tail.iter().copied().filter(|word| in_class(word))).collect()
        };
        let has_plural = |word: &str| is_core(&with_s(word));
        let is_base = |word: &str| has_plural(word) && !is_form(word, is_core);
        let nouns = list(heads.nouns, &|word| is_base(word) && past(word, is_core).is_none());
        let verbs = list(heads.verbs, &|word| {
            is_base(word) && past(word, is_core).is_some() && present(word, is_core).is_some()
        });
        let adjectives = list(heads.adjectives, &|word| {
            is_adjective(word) && !has_plural(word) && !is_form(word, is_core)
        });
        let adverbs = list(heads.adverbs, &|word| is_adverb(word, is_core));

        let plain = |words: &[&str]| Class::new(lexicon, words.iter().map(|&word| word.to_owned()));
        let with_s = |words: &[&str]| Class::new(lexicon, words.iter().map(|word| with_s(word)));
        English {
            noun: plain(&nouns),
            nouns: with_s(&nouns),
            verb: plain(&verbs),
            verbs: with_s(&verbs),
            verbed: Class::new(lexicon, verbs.iter().filter_map(|verb| past(verb, is_core))),
            verbing: Class::new(lexicon, verbs.iter().filter_map(|verb| present(verb, is_core))),
            adjective: plain(&adjectives),
            adverb: plain(&adverbs),
        }
    }
}

/// Small ASCII letters, and nobody's usual mistake.
fn is_plain(lexicon: &Lexicon, word: &str) -> bool {
    word.len() > 2
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && lexicon.misspelling(word).is_none()
}

/// Made from another word by an ending that says how it is used.
fn is_form(word: &str, is_core: impl Fn(&str) -> bool) -> bool {
    let stems = |ending: &str| {
        word.strip_suffix(ending).is_some_and(|stem| {
            is_core(stem) || is_core(&format!("{stem}e")) || undoubled(stem).is_some_and(&is_core)
        })
    };
    word.ends_with('s') && !word.ends_with("ss") || stems("ed") || stems("ing") || word.ends_with("ied")
}

fn is_adjective(word: &str) -> bool {
    let endings =
        ["able", "ible", "ous", "ful", "less", "ive", "al", "ic", "ish", "ary", "ent", "ant", "some"];
    word.len() > 5 && endings.iter().any(|ending| word.ends_with(ending))
}

fn is_adverb(word: &str, is_core: impl Fn(&str) -> bool) -> bool {
    word.strip_suffix("ly").is_some_and(|stem| {
        is_core(stem) && !stem.ends_with('e') && is_adjective(stem)
            || stem.strip_suffix('i').is_some_and(|stem| is_core(&format!("{stem}y")))
    })
}

/// The past form that the lexicon knows.
fn past(word: &str, is_core: impl Fn(&str) -> bool) -> Option<String> {
    let regular = match ends_in_consonant_and_y(word) {
        Some(stem) => format!("{stem}ied"),
        None if word.ends_with('e') => format!("{word}d"),
        None => format!("{word}ed"),
    };
    [regular, doubled(word, "ed")].into_iter().find(|form| is_core(form))
}

/// The -ing form that the lexicon knows.
fn present(word: &str, is_core: impl Fn(&str) -> bool) -> Option<String> {
    let regular = format!("{}ing", word.strip_suffix('e').unwrap_or(word));
    [regular, doubled(word, "ing")].into_iter().find(|form| is_core(form))
}

/// `stop`, `ed` → `stopped`.
fn doubled(word: &str, ending: &str) -> String {
    format!("{word}{}{ending}", &word[word.len() - 1..])
}

/// `stopp` → `stop`.
fn undoubled(stem: &str) -> Option<&str> {
    let bytes = stem.as_bytes();
    (bytes.len() > 2 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]).then(|| &stem[..stem.len() - 1])
}

fn with_s(word: &str) -> String {
    match ends_in_consonant_and_y(word) {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh", "ato"].iter().any(|end| word.ends_with(end)) => {
            format!("{word}es")
        }
        None => format!("{word}s"),
    }
}

fn ends_in_consonant_and_y(word: &str) -> Option<&str> {
    word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']))
}

#[test]
fn forms_are_spelled_by_the_rules() {
    let any = |_: &str| true;
    let forms = ["carry", "enjoy", "close", "watch", "paint"]
        .map(|verb| format!("{} {} {}", with_s(verb), past(verb, any).unwrap(), present(verb, any).unwrap()));
    let expected = [
        "carries carried carrying",
        "enjoys enjoyed enjoying",
        "closes closed closing",
        "watches watched watching",
        "paints painted painting",
    ];
    assert_eq!(forms, expected);
    assert_eq!(past("stop", |form| form == "stopped").as_deref(), Some("stopped"));
}

#[test]
fn an_alias_table_draws_each_word_as_often_as_its_weight_says() {
    let weights = [5, 1, 0, 2];
    let slots = alias_table(weights.to_vec());
    let mut shares = [0_u64; 4];
    for (slot, &(own, alias)) in slots.iter().enumerate() {
        shares[slot] += u64::from(own);
        shares[alias as usize] += u64::from(u32::MAX - own);
    }
    for (share, weight) in shares.iter().zip(weights) {
        let expected = weight * (u64::from(u32::MAX) / 2);
        assert!(share.abs_diff(expected) < 16, "{shares:?}");
    }
}

#[test]
fn every_word_is_known_and_stands_in_its_class() {
    let lexicon = Lexicon::load().unwrap();
    let heads = Heads { nouns: "house", verbs: "carry", adjectives: "old", adverbs: "soon" };
    let english = English::new(&lexicon, &heads);
    let all = |class: &Class| -> Vec<String> {
        (0..class.words.len()).map(|at| class.words.get(at).to_owned()).collect()
    };
    for class in [&english.noun, &english.nouns, &english.verb, &english.verbed, &english.adjective] {
        let words = all(class);
        assert!(words.len() > 2_000, "{}", words.len());
        assert!(words.iter().all(|word| lexicon.contains(word)));
    }
    let has = |class: &Class, word: &str| all(class).iter().any(|other| other == word);
    assert!(has(&english.noun, "daffodil") && has(&english.nouns, "daffodils"));
    assert!(has(&english.verbed, "scribbled") && has(&english.adverb, "faithfully"));
    assert!(!has(&english.noun, "scribbled") && !has(&english.noun, "daffodils"));
}

#[test]
fn common_words_are_drawn_more_often_than_rare_ones() {
    let lexicon = Lexicon::load().unwrap();
    let rank = |word: &str| rank(lexicon.entry(word));
    assert!(rank("house") < 400 && rank("daffodil") > 20_000);
    assert!(weight(rank("house")) > 100 * weight(rank("daffodil")));
}
