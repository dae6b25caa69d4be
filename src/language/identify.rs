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

    /// The language with this code, if it is one that [`identify`] tells.
    pub fn of_code(code: &str) -> Option<Language> {
        let known = TABLE.languages.iter().map(|language| language.code).filter(|&code| code != "sr-cyrl");
        let scripts = SCRIPTS.iter().filter_map(|&(.., script)| match script {
            Script::Of(code) => Some(code),
            _ => None,
        });
        known.chain(scripts).chain(["ja", "zh"]).find(|&known| known == code).map(Language)
    }
}

/// The language most of `text` is in, or `None` when it cannot be told.
///
/// Looks at a kilobyte: all of a short text, or a few stretches spread evenly over a long one.
pub fn identify(text: &str) -> Option<Language> {
    let mut evidence = Evidence::new();
    for sample in samples(text) {
        evidence.add(sample);
    }
    evidence.verdict()
}

/// The function words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionWords {
    /// The language's bit in the table of words.
    mask: u64,
}

impl FunctionWords {
    /// The commonest function words of `language`; none for one that is not known well.
    pub fn of(language: Language) -> Self {
        let bit = TABLE.languages.iter().position(|known| known.code == language.0);
        FunctionWords { mask: bit.map_or(0, |bit| 1 << bit) }
    }

    /// True when `word`, in lower case, is one of them.
    pub fn contains(self, word: &str) -> bool {
        TABLE.words.get(word).is_some_and(|word| word.mask & self.mask != 0)
    }
}

const SAMPLES: usize = 4;
const SAMPLE_BYTES: usize = 250;

/// The whole of a short text, or stretches spread evenly over a long one.
fn samples(text: &str) -> impl Iterator<Item = &str> {
    let (count, bytes) =
        if text.len() <= SAMPLES * SAMPLE_BYTES { (1, text.len()) } else { (SAMPLES, SAMPLE_BYTES) };
    (0..count).map(move |sample| {
        let start = text.floor_char_boundary((text.len() - bytes) / (SAMPLES - 1) * sample);
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

/// The scripts as sorted ranges of code points: the blocks of the Unicode Standard.
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
    /// By place in the table of languages.
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

/// A word in lower case. Longer ones than fit are no function words.
#[derive(Default)]
struct Word {
    bytes: [u8; 32],
    /// Also counts what did not fit.
    len: usize,
}

impl Word {
    fn push(&mut self, c: char) {
        let end = self.len + c.len_utf8();
        if end <= self.bytes.len() {
            c.encode_utf8(&mut self.bytes[self.len..end]);
        }
        self.len = end;
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.len)?).ok()
    }
}

impl Evidence {
    fn new() -> Self {
        Evidence { scripts: Vec::new(), words: 0, tallies: [Tally::default(); LANGUAGES] }
    }

    fn add(&mut self, sample: &str) {
        let table = &*TABLE;
        let mut word = Word::default();
        let mut ascii_letters = 0;
        let mut rest = sample;
        while let Some(&byte) = rest.as_bytes().first() {
            if word.len == 0
                && let Some((letters, is_small)) = plain_word(rest)
            {
                ascii_letters += letters as u32;
                self.plain_word(table, &rest[..letters], is_small, &mut word);
                rest = &rest[letters..];
                continue;
            }
            if byte.is_ascii() {
                if byte.is_ascii_alphabetic() {
                    ascii_letters += 1;
                    word.push(char::from(byte.to_ascii_lowercase()));
                } else {
                    self.end_word(table, &mut word, byte == b'\'');
                }
                rest = &rest[1..];
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            rest = &rest[c.len_utf8()..];
            if c.is_alphabetic() || is_mark(c) {
                self.count_letter(table, c);
                c.to_lowercase().for_each(|c| word.push(c));
            } else {
                self.end_word(table, &mut word, c == '’');
            }
        }
        self.end_word(table, &mut word, false);
        self.count_script(Script::Latin, ascii_letters);
    }

    /// Counts a whole word of ASCII letters. `scratch` is empty before and after.
    fn plain_word(&mut self, table: &Table, written: &str, is_small: bool, scratch: &mut Word) {
        self.words += 1;
        if is_small {
            return self.count_word(table, written);
        }
        written.chars().for_each(|letter| scratch.push(letter.to_ascii_lowercase()));
        if let Some(word) = scratch.text() {
            self.count_word(table, word);
        }
        scratch.len = 0;
    }

    /// Counts the word that ends here, unless an apostrophe holds it together with what follows.
    fn end_word(&mut self, table: &Table, word: &mut Word, apostrophe: bool) {
        if word.len == 0 {
            return;
        }
        if apostrophe {
            word.push('\'');
            return;
        }
        self.words += 1;
        if let Some(word) = word.text() {
            self.count_word(table, word);
        }
        word.len = 0;
    }

    fn count_script(&mut self, script: Script, letters: u32) {
        match self.scripts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += letters,
            None => self.scripts.push((script, letters)),
        }
    }

    fn count_letter(&mut self, table: &Table, letter: char) {
        if let Some(script) = script(letter) {
            self.count_script(script, 1);
        }
        if let Some(lower) = letter.to_lowercase().next()
            && let Some(&mask) = table.letters.get(&lower)
        {
            let share = 1.0 / mask.count_ones() as f32;
            for bit in bits(table.all) {
                let tally = &mut self.tallies[bit];
                if mask & (1 << bit) != 0 {
                    tally.score += share;
                } else {
                    tally.alien_letters += 1.0;
                }
            }
        }
    }

    fn count_word(&mut self, table: &Table, word: &str) {
        let word = word.trim_end_matches('\'');
        let known = table.words.get(word).or_else(|| {
            // l'homme, dell'anno, c'est: the elided word tells.
            let (head, _) = word.split_once('\'')?;
            table.elided.get(head)
        });
        if let Some(known) = known {
            for bit in bits(known.mask) {
                self.tallies[bit].score += known.weight;
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
            Script::Latin => self.best(script, MIN_LATIN),
            shared => self.best(shared, 0.0),
        }
    }

    /// The language with the best score among those that write the script.
    fn best(&self, script: Script, least: f32) -> Option<Language> {
        let mut best: Option<(f32, Tally, &'static str)> = None;
        for (&tally, language) in self.tallies.iter().zip(&TABLE.languages) {
            let score = tally.score * language.share - tally.alien_letters;
            if language.script == script && score > best.map_or(0.0, |(most, ..)| most) {
                best = Some((score, tally, language.code));
            }
        }
        let (score, tally, code) = best?;
        let words = self.words as f32;
        if score < least * words {
            return None;
        }
        // Rules for English are applied to what is called English: a stray word is not enough.
        if code == "en" && (tally.words as f32) < (MIN_ENGLISH * words).max(1.0) {
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

/// How many letters `text` begins with when these are a word by themselves, and whether all are small: ASCII
/// letters with neither an apostrophe nor anything beyond ASCII behind them.
fn plain_word(text: &str) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let (mut letters, mut small) = (0, 0x20);
    while let Some(byte) = bytes.get(letters).filter(|byte| byte.is_ascii_alphabetic()) {
        small &= byte;
        letters += 1;
    }
    let ends = bytes.get(letters).is_none_or(|&after| after.is_ascii() && after != b'\'');
    (letters > 0 && ends).then_some((letters, small != 0))
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

/// What is known of shared words and letters, by bits that stand for languages.
struct Table {
    /// In the order of their bits.
    languages: Vec<KnownLanguage>,
    all: u64,
    words: FxHashMap<&'static str, KnownWord>,
    elided: FxHashMap<&'static str, KnownWord>,
    letters: FxHashMap<char, u64>,
}

struct KnownLanguage {
    code: &'static str,
    script: Script,
    /// How much of its score counts.
    share: f32,
}

#[derive(Clone, Copy, Default)]
struct KnownWord {
    /// The languages that have it.
    mask: u64,
    /// How much it speaks for each of them.
    weight: f32,
}

/// Made once from the text file; it never changes after.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        languages: Vec::new(),
        all: 0,
        words: FxHashMap::default(),
        elided: FxHashMap::default(),
        letters: FxHashMap::default(),
    };
    let lines = include_str!("data/function_words.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let Some((code, words)) = line.split_once(' ') else { continue };
        let mask = 1 << table.languages.len();
        let share = if RARE.contains(&code) { RARE_SHARE } else { 1.0 };
        table.languages.push(KnownLanguage { code, script: script_of(code), share });
        table.all |= mask;
        add_words(&mut table.words, words, mask);
        for &(_, letters) in LETTERS.iter().filter(|&&(owner, _)| owner == code) {
            for letter in letters.chars() {
                *table.letters.entry(letter).or_default() |= mask;
            }
        }
        for &(_, heads) in ELIDED.iter().filter(|&&(owner, _)| owner == code) {
            add_words(&mut table.elided, heads, mask);
        }
    }
    table
});

fn add_words(known: &mut FxHashMap<&'static str, KnownWord>, words: &'static str, mask: u64) {
    for word in words.split(' ') {
        let entry = known.entry(word).or_default();
        entry.mask |= mask;
        entry.weight = weight(word) * (1.0 / entry.mask.count_ones() as f32 + 0.25);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_sentences_tell_their_language() {
        for (code, text) in [
            ("en", "The children were playing in the garden when it began to rain."),
            ("de", "Die Kinder spielten im Garten, als es zu regnen begann."),
            ("fr", "Les enfants jouaient dans le jardin quand il a commencé à pleuvoir."),
            ("es", "Los niños jugaban en el jardín cuando empezó a llover."),
            ("it", "I bambini giocavano nel giardino quando ha cominciato a piovere."),
            ("pt", "As crianças estavam no jardim quando começou a chover."),
            ("nl", "De kinderen speelden in de tuin toen het begon te regenen."),
            ("sv", "Barnen lekte i trädgården när det började regna och de gick in."),
            ("da", "Børnene legede i haven, da det begyndte at regne, og de gik ind efter noget tid."),
            ("pl", "Dzieci bawiły się w ogrodzie, gdy zaczął padać deszcz."),
            ("cs", "Děti si hrály na zahradě, když začalo pršet."),
            ("tr", "Çocuklar bahçede oynarken yağmur yağmaya başladı ve eve girdiler."),
            ("fi", "Lapset leikkivät puutarhassa, kun alkoi sataa, mutta he eivät menneet sisään."),
            ("vi", "Trẻ em đang chơi trong vườn thì trời bắt đầu mưa."),
            ("id", "Anak-anak sedang bermain di kebun ketika hujan mulai turun dan mereka pulang."),
            ("ru", "Дети играли в саду, когда начался дождь."),
            ("uk", "Діти гралися в саду, коли почався дощ."),
            ("bg", "Децата играеха в градината, когато започна да вали."),
            ("el", "Τα παιδιά έπαιζαν στον κήπο."),
            ("ar", "كان الأطفال يلعبون في الحديقة عندما بدأ المطر."),
            ("fa", "بچه‌ها در باغ بازی می‌کردند که باران گرفت."),
            ("ur", "بچے باغ میں کھیل رہے تھے کہ بارش ہونے لگی۔"),
            ("hi", "बच्चे बगीचे में खेल रहे थे और बारिश होने लगी।"),
            ("mr", "मुले बागेत खेळत होती आणि पाऊस सुरू झाला."),
            ("ja", "子供たちは庭で遊んでいた。"),
            ("zh", "孩子们在花园里玩的时候下起了雨。"),
            ("ko", "아이들이 정원에서 놀고 있었다."),
            ("th", "เด็กๆ กำลังเล่นอยู่ในสวน"),
        ] {
            assert_eq!(identify(text), Some(Language(code)), "{text}");
        }
    }

    #[test]
    fn what_is_no_english_is_not_called_english() {
        for text in [
            "",
            "12 + 30 = 42",
            "Lorem Zorblat Quuxit Frobnitz",
            "Wannsee Bahnhof Hbf Gleis",
            "Nakala Mtwara Kigoma",
        ] {
            assert_ne!(identify(text), Some(Language::ENGLISH), "{text}");
        }
    }

    #[test]
    fn a_long_text_is_judged_by_all_of_its_parts() {
        let german = "Die Kinder spielten im Garten, als es zu regnen begann. ".repeat(200);
        let english = "The title of it is here. ";
        assert_eq!(identify(&format!("{english}{german}{english}")), Some(Language("de")));
    }

    #[test]
    fn every_language_has_a_bit() {
        assert!(TABLE.languages.len() <= LANGUAGES);
        for table in [LETTERS, ELIDED] {
            assert!(table.iter().all(|(code, _)| TABLE.languages.iter().any(|known| known.code == *code)));
        }
        assert!(FunctionWords::of(Language::ENGLISH).contains("the"));
        assert!(!FunctionWords::of(Language::ENGLISH).contains("und"));
    }
}
