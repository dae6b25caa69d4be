//! The vocabulary: English by word class, and invented words and names by syllables.

use scrubjay::language::Lexicon;

use super::english::{English, Heads};
use super::random::Random;

const NOUNS: &str = "year day house street river town council school road bridge harbour market farm garden \
    window door table letter paper book story song picture report plan question answer problem reason idea \
    meeting committee government minister teacher doctor nurse farmer driver sailor writer painter builder \
    neighbour visitor worker owner member leader friend brother sister mother father daughter boy girl \
    family village city country region island valley mountain forest field meadow lake beach cliff storm \
    winter summer spring autumn morning evening night week month century hour minute moment season engine \
    machine wheel boat ship train bus lorry tractor bicycle station platform ticket journey map chart lamp \
    clock bell tower wall roof floor room kitchen cellar attic corner hall church museum library theatre \
    hospital factory mill office shop bakery hotel restaurant garage warehouse quarry mine canal tunnel pipe \
    cable wire battery tool hammer nail screw rope chain basket box barrel bottle glass cup plate spoon \
    kettle stove oven cake cheese apple pear plum cherry potato onion carrot bean seed root branch \
    tree flower hedge fence gate path track trail stone rock sand shell feather horse cow pig goat dog cat \
    bird heron owl crow fish trout eel bee spider picture colour shape size weight number figure sum price \
    cost tax loan debt budget wage pension account bank company firm union contract agreement law rule \
    court judge lawyer witness case claim offer promise threat warning signal message speech word sentence \
    page chapter title poem novel newspaper magazine article editor reader poet singer band concert drum \
    violin piano guitar dance game team player coach match goal prize race crowd festival holiday birthday \
    wedding funeral dinner breakfast lunch picnic coat hat glove boot shirt dress button pocket needle \
    thread curtain carpet blanket pillow mirror camera radio telephone computer screen programme system \
    network project method result experiment measurement sample model theory study student professor \
    university college course lesson exam degree science subject history language culture tradition custom \
    habit opinion view argument debate election vote party campaign policy reform conflict border \
    soldier officer general prisoner guard fire flood drought harvest disease medicine patient treatment \
    operation wound bone muscle heart brain finger shoulder voice dream memory fear hope doubt secret";
const VERBS: &str = "accept admire announce answer approve arrange ask attack avoid borrow carry change check \
    claim clean climb close collect compare complete consider copy count cover create cross decide defend \
    deliver demand describe design destroy discover discuss divide double doubt earn educate employ \
    encourage enjoy enter examine expect explain explore fill finish follow gather greet handle help \
    ignore imagine improve include increase inspect install invite join judge kick lift limit list \
    locate lower manage mark measure mend mention miss move name need notice observe offer open order \
    organise oppose own pack paint pass place plant please point praise prepare present preserve \
    print produce promise protect prove publish pull punish push question raise reach receive recommend \
    record reduce refuse reject remember remove rent repair repeat replace report request rescue resist \
    respect restore return reveal review reward save search select serve settle share signal solve sort \
    spoil start store study suggest support suppose surprise surround test thank threaten touch trace \
    train trust turn use visit vote want warn wash watch welcome";
const ADJECTIVES: &str = "old new good small large long short high low early late young great little own other \
    different important public local national foreign common special certain clear simple difficult easy \
    hard soft strong weak heavy light dark bright warm cold hot dry wet clean dirty quiet loud quick slow \
    rich poor cheap expensive free busy empty full open deep shallow wide narrow thick thin round square \
    straight crooked sharp dull smooth rough sweet bitter sour fresh stale ripe raw green red blue yellow \
    brown white black grey golden silver wooden iron modern ancient recent former present future final \
    main central northern southern eastern western inner outer upper lower nearby distant similar separate \
    whole single double equal exact general particular private personal social political economic legal \
    medical scientific technical natural artificial human rural urban coastal industrial commercial military \
    royal religious famous popular unknown familiar strange curious careful careless brave proud modest \
    honest clever foolish wise gentle cruel kind angry calm nervous cheerful sad lonely tired hungry \
    healthy sick dangerous safe useful useless necessary possible impossible likely doubtful serious \
    terrible wonderful beautiful ugly elegant plain ordinary rare frequent constant sudden gradual \
    temporary permanent patient stubborn generous greedy loyal reliable successful powerful valuable \
    considerable enormous tiny complete entire average minor major senior junior official independent";
const ADVERBS: &str = "quickly slowly quietly carefully often rarely seldom always usually sometimes finally \
    recently suddenly gradually simply clearly nearly hardly merely mostly partly largely directly openly \
    secretly gladly reluctantly politely eagerly calmly bravely firmly gently badly well again soon later \
    early together apart abroad upstairs outside nearby everywhere twice once still perhaps indeed therefore \
    meanwhile otherwise instead already properly exactly roughly briefly";

const ONSETS: [&str; 24] = [
    "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "dr", "gr", "kr", "pl", "sk",
    "st", "th", "tr", "ch",
];
const VOWELS: [&str; 10] = ["a", "e", "i", "o", "u", "ai", "ea", "ie", "oo", "ou"];
const CODAS: [&str; 10] = ["", "n", "r", "l", "s", "m", "nd", "rt", "lk", "sh"];
const ACCENTED: [&str; 8] = ["é", "ø", "ü", "á", "ö", "í", "å", "ó"];
const FAMILY_ENDINGS: [&str; 10] = ["ov", "sen", "ez", "vili", "enko", "ström", "aga", "wala", "ic", "ade"];
const PLACE_ENDINGS: [&str; 8] = ["grad", "holm", "pura", "ville", "stan", "mouth", "abad", "berg"];

/// A list of words in one piece of memory, commonest first.
#[derive(Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Words {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.text[start..self.ends[i] as usize]
    }

    pub(crate) fn draw(&self, random: &mut Random) -> &str {
        self.get(random.rank(self.len()))
    }

    pub(crate) fn push(&mut self, word: &str) {
        self.text.push_str(word);
        // The largest vocabulary has a few hundred thousand words of some ten letters.
        self.ends.push(self.text.len() as u32);
    }
}

/// Every word that a sentence may use, by class and form.
pub(crate) struct Vocabulary {
    pub(crate) english: English,
    /// Invented words that stand in for trade terms, dialect and the like.
    pub(crate) rare: Words,
    /// How many of 1000 nouns, verbs and adjectives are such words.
    pub(crate) rare_share: usize,
    pub(crate) given: Words,
    pub(crate) family: Words,
    pub(crate) place: Words,
}

impl Vocabulary {
    pub(crate) fn new(lexicon: &Lexicon, rare: usize, rare_share: usize) -> Self {
        Vocabulary {
            english: English::new(
                lexicon,
                &Heads { nouns: NOUNS, verbs: VERBS, adjectives: ADJECTIVES, adverbs: ADVERBS },
            ),
            rare: invent(rare, 1, false, &[""]),
            rare_share,
            given: invent(2_000, 2, true, &["", "a", "o", "e"]),
            family: invent(20_000, 3, true, &FAMILY_ENDINGS),
            place: invent(3_000, 5, true, &PLACE_ENDINGS),
        }
    }
}

/// `count` different words. Each `family` of words is spelled from another part of the number line, so that
/// a rare word and a place seldom share a stem.
fn invent(count: usize, family: usize, name: bool, endings: &[&str]) -> Words {
    let mut words = Words::default();
    let mut word = String::new();
    for i in 0..count {
        word.clear();
        // An odd multiplier permutes the 2^22 numbers, so different words have different numbers and
        // neighbours in rank do not look alike.
        let mut number = ((i + (family << 19)) as u64 * 2_654_435_761 % (1 << 22)) as usize;
        for _ in 0..2 {
            word.push_str(ONSETS[number % ONSETS.len()]);
            number /= ONSETS.len();
            let accented = name && i % 12 == 7;
            word.push_str(if accented { ACCENTED[number % ACCENTED.len()] } else { VOWELS[number % 10] });
            number /= VOWELS.len();
        }
        word.push_str(CODAS[number % CODAS.len()]);
        number /= CODAS.len();
        // What is left of the number is below eight. Spelled out too, so that no two words are alike.
        if number > 0 {
            word.push_str(ONSETS[number]);
            word.push_str(VOWELS[number % 5]);
        }
        word.push_str(endings[i % endings.len()]);
        if name {
            word[..1].make_ascii_uppercase();
        }
        words.push(&word);
    }
    words
}

#[test]
fn invented_words_are_all_different() {
    use std::collections::HashSet;

    let rare = invent(400_000, 1, false, &[""]);
    let distinct: HashSet<&str> = (0..rare.len()).map(|i| rare.get(i)).collect();
    assert!(distinct.len() > 395_000, "{} of 400000", distinct.len());
}
