//! Which language a text is in, told by its script, its letters and its function words.
//!
//! The answer steers tables (abbreviations, typo rules), so an honest `None` beats a wrong
//! guess. A text is sampled, so that the cost is the same for a page and for a library.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A language, by its ISO 639-1 code (639-3 where there is none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(pub &'static str);

impl Language {
    /// English, of any dialect.
    pub const ENGLISH: Language = Language("en");
}

/// The language most of `text` is in, or `None` when it cannot be told.
///
/// Looks at up to [`SAMPLES`] stretches of [`SAMPLE_BYTES`], spread evenly over the text.
pub fn identify(text: &str) -> Option<Language> {
    let mut evidence = Evidence::new();
    for sample in samples(text) {
        evidence.add(sample);
    }
    evidence.verdict()
}

/// True when `word`, in lower case, is one of the commonest function words of `language`.
pub fn is_function_word(language: Language, word: &str) -> bool {
    let words = &*FUNCTION_WORDS;
    words.languages.get(word).is_some_and(|mask| {
        words.codes.iter().position(|&code| code == language.0).is_some_and(|bit| mask & (1 << bit) != 0)
    })
}

const SAMPLES: usize = 5;
const SAMPLE_BYTES: usize = 400;

/// The whole of a short text, or stretches spread evenly over a long one.
fn samples(text: &str) -> impl Iterator<Item = &str> {
    let (count, bytes) =
        if text.len() <= SAMPLES * SAMPLE_BYTES { (1, text.len()) } else { (SAMPLES, SAMPLE_BYTES) };
    (0..count).map(move |sample| {
        let start =
            text.floor_char_boundary((text.len() - bytes) / SAMPLES.max(2).saturating_sub(1) * sample);
        &text[start..text.ceil_char_boundary(start + bytes)]
    })
}

/// Scripts that more than one language writes come first; the others name their language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Han,
    Kana,
    Of(&'static str),
}

/// Scripts that write one language almost always, as ranges of code points, sorted. Facts of the Unicode
/// Standard (blocks).
const SCRIPTS: &[(u32, u32, Script)] = &[
    (0x0370, 0x03FF, Script::Of("el")),
    (0x0400, 0x052F, Script::Cyrillic),
    (0x0530, 0x058F, Script::Of("hy")),
    (0x0590, 0x05FF, Script::Of("he")),
    (0x0600, 0x06FF, Script::Arabic),
    (0x0750, 0x077F, Script::Arabic),
    (0x0900, 0x097F, Script::Devanagari),
    (0x0980, 0x09FF, Script::Of("bn")),
    (0x0A00, 0x0A7F, Script::Of("pa")),
    (0x0A80, 0x0AFF, Script::Of("gu")),
    (0x0B00, 0x0B7F, Script::Of("or")),
    (0x0B80, 0x0BFF, Script::Of("ta")),
    (0x0C00, 0x0C7F, Script::Of("te")),
    (0x0C80, 0x0CFF, Script::Of("kn")),
    (0x0D00, 0x0D7F, Script::Of("ml")),
    (0x0D80, 0x0DFF, Script::Of("si")),
    (0x0E00, 0x0E7F, Script::Of("th")),
    (0x0E80, 0x0EFF, Script::Of("lo")),
    (0x0F00, 0x0FFF, Script::Of("bo")),
    (0x1000, 0x109F, Script::Of("my")),
    (0x10A0, 0x10FF, Script::Of("ka")),
    (0x1100, 0x11FF, Script::Of("ko")),
    (0x1200, 0x139F, Script::Of("am")),
    (0x13A0, 0x13FF, Script::Of("chr")),
    (0x1400, 0x167F, Script::Of("iu")),
    (0x1780, 0x17FF, Script::Of("km")),
    (0x1F00, 0x1FFF, Script::Of("el")),
    (0x3040, 0x30FF, Script::Kana),
    (0x3400, 0x4DBF, Script::Han),
    (0x4E00, 0x9FFF, Script::Han),
    (0xAC00, 0xD7A3, Script::Of("ko")),
    (0xF900, 0xFAFF, Script::Han),
    (0xFB50, 0xFDFF, Script::Arabic),
    (0xFE70, 0xFEFC, Script::Arabic),
    (0x20000, 0x2FFFF, Script::Han),
];

fn script(letter: char) -> Option<Script> {
    let code = letter as u32;
    if code < 0x250 || (0x1E00..=0x1EFF).contains(&code) {
        return Some(Script::Latin);
    }
    let at = SCRIPTS.partition_point(|&(_, last, _)| last < code);
    SCRIPTS.get(at).filter(|&&(first, ..)| first <= code).map(|&(.., script)| script)
}

/// What speaks for which language.
struct Evidence {
    /// Letters of each script that was met; a text rarely has more than three.
    scripts: Vec<(Script, u32)>,
    words: u32,
    /// By index into `FUNCTION_WORDS.codes`.
    tallies: [Tally; LANGUAGES],
}

/// What speaks for and against one language.
#[derive(Clone, Copy, Default)]
struct Tally {
    score: f32,
    words: u32,
    alien_letters: f32,
}

/// Languages in shared scripts: as many as a mask has bits.
const LANGUAGES: usize = 64;

/// Longer words are no function words.
const WORD_BYTES: usize = 32;

impl Evidence {
    fn new() -> Self {
        Evidence { scripts: Vec::new(), words: 0, tallies: [Tally::default(); LANGUAGES] }
    }

    fn add(&mut self, sample: &str) {
        let mut word = String::with_capacity(WORD_BYTES + 8);
        for c in sample.chars() {
            if c.is_alphabetic() || is_mark(c) {
                self.count_letter(c);
                if word.len() <= WORD_BYTES {
                    word.extend(c.to_lowercase());
                }
            } else if matches!(c, '\'' | '’') && !word.is_empty() {
                word.push('\'');
            } else if !word.is_empty() {
                self.count_word(&word);
                word.clear();
            }
        }
        if !word.is_empty() {
            self.count_word(&word);
        }
    }

    fn count_letter(&mut self, letter: char) {
        if let Some(script) = script(letter) {
            match self.scripts.iter_mut().find(|(known, _)| *known == script) {
                Some((_, count)) => *count += 1,
                None => self.scripts.push((script, 1)),
            }
        }
        if !letter.is_ascii()
            && let Some(lower) = letter.to_lowercase().next()
            && let Some(&mask) = FUNCTION_WORDS.letters.get(&lower)
        {
            let share = 1.0 / mask.count_ones() as f32;
            for bit in bits(mask) {
                self.tallies[bit].score += share;
            }
            for bit in bits(!mask & FUNCTION_WORDS.all) {
                self.tallies[bit].alien_letters += 1.0;
            }
        }
    }

    fn count_word(&mut self, word: &str) {
        let word = word.trim_end_matches('\'');
        self.words += 1;
        let mask = FUNCTION_WORDS.languages.get(word).copied().or_else(|| {
            // l'homme, dell'anno, c'est: the elided word tells.
            let (head, _) = word.split_once('\'')?;
            FUNCTION_WORDS.elided.get(head).copied()
        });
        if let Some(mask) = mask {
            let weight = weight(word) * (1.0 / mask.count_ones() as f32 + 0.25);
            for bit in bits(mask) {
                self.tallies[bit].score += weight;
                self.tallies[bit].words += 1;
            }
        }
    }

    fn verdict(&self) -> Option<Language> {
        let total: u32 = self.scripts.iter().map(|&(_, count)| count).sum();
        let letters = |script: Script| {
            self.scripts.iter().find(|&&(known, _)| known == script).map_or(0, |&(_, count)| count)
        };
        let (kana, han) = (letters(Script::Kana), letters(Script::Han));
        if 2 * (kana + han) > total {
            // Japanese has a kana for every other letter or so, Chinese one in a name.
            return Some(Language(if kana * 10 >= han { "ja" } else { "zh" }));
        }
        let &(script, count) = self.scripts.iter().max_by_key(|&&(_, count)| count)?;
        if 2 * count < total {
            return None;
        }
        match script {
            Script::Of(code) => Some(Language(code)),
            Script::Latin => self.best(|code| script_of(code) == Script::Latin, MIN_LATIN),
            shared => self.best(|code| script_of(code) == shared, 0.0),
        }
    }

    /// The language with the best score among those that write the script.
    fn best(&self, writes: impl Fn(&str) -> bool, least: f32) -> Option<Language> {
        let mut best: Option<(f32, usize)> = None;
        for (bit, &code) in FUNCTION_WORDS.codes.iter().enumerate() {
            let Tally { score, alien_letters, .. } = self.tallies[bit];
            let score = score * if RARE.contains(&code) { RARE_SHARE } else { 1.0 } - alien_letters;
            if writes(code) && score > best.map_or(0.0, |(most, _)| most) {
                best = Some((score, bit));
            }
        }
        let (score, bit) = best?;
        let code = FUNCTION_WORDS.codes[bit];
        let words = self.words as f32;
        if score < least * words {
            return None;
        }
        // Rules for English are applied to what is called English: a stray word is not enough.
        if code == "en" && (self.tallies[bit].words as f32) < (MIN_ENGLISH * words).max(1.0) {
            return None;
        }
        Some(Language(if code == "sr-cyrl" { "sr" } else { code }))
    }
}

/// Score a word below which a text in Latin letters is in none of the languages that are known.
const MIN_LATIN: f32 = 0.06;
/// Languages that a few words are most likely not in.
const RARE: &[&str] = &[
    "af", "is", "et", "sl", "sr", "az", "ms", "tl", "eo", "la", "gl", "eu", "lt", "lv", "ga", "cy", "sq",
    "mt", "ht", "so", "ha", "yo", "liv", "be", "mk", "sr-cyrl", "ky", "tt", "mn", "tg", "ne", "ps",
];
const RARE_SHARE: f32 = 0.8;
/// Running English has 40 to 50 function words in 100; lists and titles still have this share.
const MIN_ENGLISH: f32 = 0.12;

/// One letter is a word in many languages and an initial in all of them.
fn weight(word: &str) -> f32 {
    match word.chars().count() {
        1 => 0.5,
        2 => 0.8,
        _ => 1.0,
    }
}

fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x93C..=0x94D | 0x64B..=0x65F)
}

fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let bit = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            bit
        })
    })
}

fn script_of(code: &str) -> Script {
    match code {
        "ru" | "uk" | "be" | "bg" | "mk" | "sr-cyrl" | "kk" | "ky" | "tt" | "sah" | "mn" | "tg" => {
            Script::Cyrillic
        }
        "ar" | "fa" | "ur" | "ps" => Script::Arabic,
        "hi" | "mr" | "ne" => Script::Devanagari,
        _ => Script::Latin,
    }
}

/// The letters beyond ASCII (Latin), or the letters that not every neighbour has, by language.
const LETTERS: &[(&str, &str)] = &[
    ("de", "äöüß"),
    ("fr", "àâæçéèêëîïôœùûüÿ"),
    ("es", "áéíñóúü"),
    ("it", "àèéìíòóù"),
    ("pt", "áâãàçéêíóôõúü"),
    ("nl", "éëïóöüèêĳ"),
    ("af", "êëîôéï"),
    ("sv", "åäöé"),
    ("da", "æøåé"),
    ("nb", "æøåéòô"),
    ("is", "áðéíóúýþæö"),
    ("fi", "äöåšž"),
    ("et", "äöõüšž"),
    ("hu", "áéíóöőúüű"),
    ("pl", "ąćęłńóśźż"),
    ("cs", "áčďéěíňóřšťúůýž"),
    ("sk", "áäčďéíĺľňóôŕšťúýž"),
    ("sl", "čšž"),
    ("hr", "čćđšž"),
    ("sr", "čćđšž"),
    ("ro", "ăâîșțşţ"),
    ("tr", "çğıöşüâîi̇"),
    ("az", "çəğıöşü"),
    ("vi", "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
    ("eo", "ĉĝĥĵŝŭ"),
    ("ca", "àçéèíïóòúü"),
    ("gl", "áéíñóúü"),
    ("eu", "ñ"),
    ("lt", "ąčęėįšųūž"),
    ("lv", "āčēģīķļņšūž"),
    ("ga", "áéíóú"),
    ("cy", "âêîôûŵŷ"),
    ("sq", "çë"),
    ("mt", "ċġħżà"),
    ("ht", "èòà"),
    ("yo", "áàéèẹíìóòọúùṣ"),
    ("liv", "āäǟḑēīļņōȯȱõȭŗšțūž"),
    ("ru", "ёъыэщ"),
    ("uk", "іїєґщ"),
    ("be", "ўіёыэ"),
    ("bg", "ъщ"),
    ("mk", "ѓќѕјљњџ"),
    ("sr-cyrl", "ђћјљњџ"),
    ("kk", "әғқңөұүһіыщэъ"),
    ("ky", "ңөүыэъ"),
    ("tt", "әөүҗңһыэъ"),
    ("sah", "ҕҥөһүыэ"),
    ("mn", "өүыэъ"),
    ("tg", "ғӣқӯҳҷъэ"),
    ("ar", "ةىأإكيئؤ"),
    ("fa", "پچژگکی"),
    ("ur", "پچژگکیٹڈڑںےہھ"),
    ("ps", "پچژګکیټډړښځڅېۍ"),
    ("mr", "ळऱ"),
    ("hi", "\u{95C}\u{95D}"),
];

/// Words that lose their vowel before the next one: `l'`, `dell'`, `qu'`.
const ELIDED: &[(&str, &str)] = &[
    ("fr", "l d j n s c m t qu jusqu lorsqu puisqu"),
    ("it", "l d un c dell all dall nell sull quest"),
    ("ca", "l d n s m t"),
    (
        "en",
        "i he she it we you they that there what who don didn doesn isn wasn can couldn wouldn aren won let",
    ),
];

struct FunctionWords {
    codes: Vec<&'static str>,
    all: u64,
    languages: FxHashMap<&'static str, u64>,
    elided: FxHashMap<&'static str, u64>,
    letters: FxHashMap<char, u64>,
}

/// The tables by word, made once from the text files; they never change after.
static FUNCTION_WORDS: LazyLock<FunctionWords> = LazyLock::new(|| {
    let mut table = FunctionWords {
        codes: Vec::new(),
        all: 0,
        languages: FxHashMap::default(),
        elided: FxHashMap::default(),
        letters: FxHashMap::default(),
    };
    let lines = include_str!("data/function_words.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let Some((code, words)) = line.split_once(' ') else { continue };
        let mask = 1 << table.codes.len();
        table.codes.push(code);
        table.all |= mask;
        for word in words.split(' ') {
            *table.languages.entry(word).or_default() |= mask;
        }
        for &(_, letters) in LETTERS.iter().filter(|&&(owner, _)| owner == code) {
            for letter in letters.chars() {
                *table.letters.entry(letter).or_default() |= mask;
            }
        }
        for &(_, heads) in ELIDED.iter().filter(|&&(owner, _)| owner == code) {
            for head in heads.split(' ') {
                *table.elided.entry(head).or_default() |= mask;
            }
        }
    }
    table
});
