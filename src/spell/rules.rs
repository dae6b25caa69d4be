//! Closed lists: facts about English words that no statistics need to tell.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Articles, pronouns, prepositions, auxiliaries, conjunctions: the words that glue a sentence.
pub(super) const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "after", "against", "all", "also", "am", "among", "an", "and", "any", "are", "as", "at",
    "be", "because", "been", "before", "being", "between", "both", "but", "by", "can", "could", "did", "do",
    "does", "down", "during", "each", "for", "from", "had", "has", "have", "he", "her", "here", "him", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "just", "may", "me", "more", "most", "much", "must",
    "my", "near", "no", "not", "now", "of", "off", "on", "only", "onto", "or", "our", "out", "over", "per",
    "said", "she", "should", "since", "so", "some", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "upon", "us",
    "via", "was", "we", "were", "what", "when", "where", "which", "while", "who", "will", "with", "within",
    "without", "would", "you", "your",
];

/// True for one of [`FUNCTION_WORDS`].
pub(super) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// Function words whose doubling is never meant.
pub(super) fn is_never_doubled(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "a", "also", "among", "an", "and", "as", "because", "but", "during", "each", "every", "if", "into",
        "its", "my", "only", "or", "our", "than", "the", "their", "they", "upon", "we", "whether", "whose",
        "your",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Function words that stand twice only where one clause or phrase ends with them and the next begins with them:
/// `what they are are songs`, `the man I talked to to this day`.
pub(super) fn is_doubled_at_seams(word: &str) -> bool {
    const VERBS: &[&str] = &[
        "are", "be", "been", "could", "has", "might", "must", "said", "says", "should", "was", "were",
        "would",
    ];
    is_stranded(word) || VERBS.contains(&word)
}

/// Prepositions that often stand without the noun they belong to.
pub(super) fn is_stranded(word: &str) -> bool {
    matches!(word, "at" | "by" | "for" | "from" | "of" | "to" | "with")
}

/// Words that begin a clause in which a preposition or a verb may come last: `what it is for`, `all he was`.
pub(super) fn opens_a_gap(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "all",
        "anything",
        "everything",
        "how",
        "nothing",
        "one",
        "ones",
        "something",
        "thing",
        "things",
        "those",
        "what",
        "whatever",
        "when",
        "where",
        "wherever",
        "which",
        "who",
        "whoever",
        "whom",
        "whose",
        "why",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Verbs that a preposition is left standing behind, as far as their ending does not tell: `come from`, `put up
/// with`, `spoke to`.
pub(super) fn may_strand(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "about", "agree", "aim", "along", "answer", "apply", "arrive", "ask", "away", "be", "begun",
        "believe", "belong", "built", "call", "came", "care", "come", "cope", "deal", "dealt", "depend",
        "die", "done", "down", "dream", "drive", "driven", "eat", "fed", "fell", "fight", "fly", "forward",
        "fought", "gave", "get", "give", "given", "go", "gone", "got", "grown", "had", "hear", "heard",
        "held", "help", "hope", "is", "keep", "kept", "knew", "known", "laid", "laugh", "lead", "led",
        "left", "lie", "listen", "live", "long", "look", "lost", "made", "meet", "met", "move", "object",
        "out", "paid", "pay", "play", "point", "pray", "put", "ran", "read", "refer", "relate", "rely",
        "respond", "run", "said", "sat", "saw", "search", "see", "seen", "sell", "send", "sent", "set",
        "shoot", "shot", "shout", "show", "shown", "sit", "sleep", "slept", "sold", "speak", "spoke",
        "spoken", "stand", "stare", "stay", "stood", "stop", "struck", "suffer", "taken", "talk", "taught",
        "tend", "think", "thought", "throw", "thrown", "told", "up", "vote", "wait", "walk", "was", "went",
        "were", "wish", "work", "write", "written", "wrote",
    ];
    word.ends_with("ed") || word.ends_with("ing") || WORDS.binary_search(&word).is_ok()
}

/// Words that stand twice in good English: `had had`, `that that`, `what it is is`, `very very`,
/// `bye bye`.
pub(super) fn may_be_doubled(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "again", "ah", "aye", "bang", "beep", "blah", "boo", "bye", "cha", "chop", "chug", "clap", "click",
        "come", "cuckoo", "did", "do", "ever", "far", "go", "goody", "ha", "had", "hee", "her", "hey", "hip",
        "ho", "hot", "hush", "is", "it", "jar", "knock", "la", "liar", "like", "long", "many", "more",
        "much", "never", "night", "no", "now", "oh", "ok", "okay", "please", "pretty", "quick", "quite",
        "rah", "really", "right", "row", "run", "same", "shh", "sing", "so", "sorry", "stop", "sure", "tap",
        "that", "there", "tick", "tut", "twinkle", "very", "wait", "way", "well", "what", "who", "will",
        "woof", "work", "wow", "yeah", "yes", "you", "yum",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// Words that text cut into tokens has in two: `gon na`, `can not`.
pub(super) fn is_two_tokens(word: &str) -> bool {
    matches!(word, "cannot" | "gimme" | "gonna" | "gotta" | "lemme" | "wanna")
}

/// Months and days of the week that are nothing else (`may` and `sat` are left out).
pub(super) fn is_month_or_weekday(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "april",
        "august",
        "december",
        "february",
        "friday",
        "january",
        "july",
        "june",
        "march",
        "monday",
        "november",
        "october",
        "saturday",
        "september",
        "sunday",
        "thursday",
        "tuesday",
        "wednesday",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// The contraction a word stands for when its apostrophe was lost, for words that are nothing
/// else: not `were`, `well`, `shell`, `its`, `wont`, `cant`, `lets`, `ill`, `id`, `hell`.
pub(super) fn lost_apostrophe(word: &str) -> Option<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("arent", "aren't"),
        ("couldnt", "couldn't"),
        ("couldve", "could've"),
        ("didnt", "didn't"),
        ("doesnt", "doesn't"),
        ("dont", "don't"),
        ("hadnt", "hadn't"),
        ("hasnt", "hasn't"),
        ("havent", "haven't"),
        ("hes", "he's"),
        ("isnt", "isn't"),
        ("itll", "it'll"),
        ("mightve", "might've"),
        ("mustnt", "mustn't"),
        ("mustve", "must've"),
        ("neednt", "needn't"),
        ("shes", "she's"),
        ("shouldnt", "shouldn't"),
        ("shouldve", "should've"),
        ("thatll", "that'll"),
        ("thats", "that's"),
        ("theres", "there's"),
        ("theyd", "they'd"),
        ("theyll", "they'll"),
        ("theyre", "they're"),
        ("theyve", "they've"),
        ("wasnt", "wasn't"),
        ("werent", "weren't"),
        ("weve", "we've"),
        ("whats", "what's"),
        ("wheres", "where's"),
        ("whos", "who's"),
        ("wouldnt", "wouldn't"),
        ("wouldve", "would've"),
        ("youd", "you'd"),
        ("youll", "you'll"),
        ("youre", "you're"),
        ("youve", "you've"),
    ];
    WORDS.binary_search_by_key(&word, |(lost, _)| lost).ok().map(|at| WORDS[at].1)
}

/// What a word sounds like that is another word, too: the words beside it tell which was meant.
pub(super) fn sounds_like(word: &str) -> Option<&'static str> {
    match word {
        "cant" => Some("can't"),
        "im" => Some("I'm"),
        "its" => Some("it's"),
        "ive" => Some("I've"),
        "lets" => Some("let's"),
        "their" => Some("there"),
        "wont" => Some("won't"),
        "your" => Some("you're"),
        _ => None,
    }
}

/// Contractions that are safe to restore without a look. `hes` and `shes` may be plurals.
pub(super) fn is_surely_contraction(word: &str) -> bool {
    !matches!(word, "he's" | "she's")
}

/// True when two words are one in American and British spelling: `counselling` and `counseling`,
/// `organise` and `organize`, `colour` and `color`.
pub(super) fn is_dialect(a: &str, b: &str) -> bool {
    /// British and American spellings of the same sound.
    const SPELLINGS: [(&str, &str); 21] = [
        ("our", "or"),
        ("ise", "ize"),
        ("isa", "iza"),
        ("isi", "izi"),
        ("yse", "yze"),
        ("ysi", "yzi"),
        ("ae", "e"),
        ("oe", "e"),
        ("ogue", "og"),
        ("ence", "ense"),
        ("mme", "m"),
        ("grey", "gray"),
        ("ll", "l"),
        ("pp", "p"),
        ("ss", "s"),
        ("tt", "t"),
        ("tre", "ter"),
        ("bre", "ber"),
        ("eing", "ing"),
        ("gement", "gment"),
        ("wards", "ward"),
    ];
    /// The letters that may follow a letter at the beginning of a British spelling, as bits: a word without
    /// such a pair need not be searched for each of them.
    static BEGINNINGS: [u32; 256] = {
        let mut letters = [0; 256];
        let mut at = 0;
        while at < SPELLINGS.len() {
            let british = SPELLINGS[at].0.as_bytes();
            letters[british[0] as usize] |= 1 << (british[1] - b'a');
            at += 1;
        }
        letters
    };
    fn is_neutral(word: &str) -> bool {
        let begins = |pair: &[u8]| {
            pair[1].is_ascii_lowercase() && BEGINNINGS[usize::from(pair[0])] >> (pair[1] - b'a') & 1 == 1
        };
        !word.as_bytes().windows(2).any(begins)
    }
    /// The spelling that both dialects could agree on; it need not be a word.
    fn neutral(word: &str) -> Cow<'_, str> {
        if is_neutral(word) {
            return Cow::Borrowed(word);
        }
        let mut neutral = word.to_owned();
        for (british, american) in SPELLINGS {
            if neutral.contains(british) {
                neutral = neutral.replace(british, american);
            }
        }
        Cow::Owned(neutral)
    }
    let inflected = |word: &str| word.len() > 4;
    inflected(a) && inflected(b) && neutral(a) == neutral(b)
}

/// Words that are often written for `word` because they sound like it, in the order of the list.
pub(super) fn confused_with(word: &str) -> impl Iterator<Item = &'static str> {
    CONFUSED.get(word).into_iter().flatten().copied()
}

/// The words of the text file, each with those it is confused with; read once, and never changed after.
static CONFUSED: LazyLock<FxHashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut confused = FxHashMap::<_, Vec<_>>::default();
    for set in entries(include_str!("data/confused.txt")) {
        for word in set.split(' ') {
            confused.entry(word).or_default().extend(set.split(' ').filter(|&other| other != word));
        }
    }
    confused
});

/// What is meant by a word that is two words, which many write as one: `alot`.
pub(super) fn written_together(word: &str) -> Option<&'static str> {
    TOGETHER.get(word).copied()
}

/// The lines of the text file; read once, and never changed after.
static TOGETHER: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    entries(include_str!("data/together.txt")).filter_map(|line| line.split_once(' ')).collect()
});

/// The lines of a text file of ours that are no comments.
fn entries(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.starts_with('#'))
}

/// True when two words can be taken apart without a look: one of them is a word that ends or
/// begins no other word of its kind (`over`, `out`, `some` do: `overbank`, `werewolf`).
pub(super) fn is_safe_split(left: &str, right: &str) -> bool {
    const LEFT: &[&str] = &[
        "after", "also", "and", "are", "because", "been", "but", "could", "during", "from", "had", "has",
        "have", "his", "into", "its", "of", "our", "should", "than", "that", "the", "their", "then", "these",
        "they", "this", "those", "to", "was", "when", "which", "while", "with", "would",
    ];
    const RIGHT: &[&str] = &[
        "a", "and", "are", "as", "at", "been", "by", "for", "from", "had", "has", "have", "it", "its", "of",
        "that", "the", "their", "they", "this", "to", "was", "were", "which", "will", "with", "would",
    ];
    LEFT.binary_search(&left).is_ok() || RIGHT.binary_search(&right).is_ok()
}

/// True when one of two words only holds others together, and makes no compounds as `over`, `out`, `in`
/// and `like` do.
pub(super) fn is_sure_split(left: &str, right: &str) -> bool {
    const LEFT: &[&str] = &[
        "a", "among", "an", "as", "at", "be", "between", "can", "did", "does", "for", "he", "is", "may",
        "me", "more", "most", "must", "my", "said", "she", "so", "some", "such", "we", "were", "what", "who",
        "will", "you", "your",
    ];
    const RIGHT: &[&str] = &[
        "against", "also", "among", "an", "because", "before", "being", "between", "but", "can", "could",
        "did", "does", "each", "he", "her", "his", "how", "if", "into", "is", "may", "must", "my", "not",
        "or", "our", "said", "she", "should", "since", "than", "their", "them", "then", "there", "these",
        "those", "through", "until", "we", "what", "when", "where", "who", "you", "your",
    ];
    let safe = is_safe_split(left, right) && (left.len() > 1 || right.len() > 1);
    safe || LEFT.binary_search(&left).is_ok() || RIGHT.binary_search(&right).is_ok()
}

/// True for the last part of many compounds, in the singular or plural: `bathroom`, `snowballs`.
pub(super) fn ends_compounds(word: &str) -> bool {
    const TAILS: &[&str] = &[
        "back", "ball", "band", "bird", "board", "boat", "body", "book", "bound", "box", "break", "breaker",
        "bug", "burst", "cake", "card", "cast", "craft", "cut", "day", "door", "drive", "dust", "eye",
        "fall", "field", "fire", "fish", "flower", "folk", "foot", "fuck", "game", "girl", "ground", "guard",
        "gun", "hand", "head", "hold", "holder", "hole", "house", "keeper", "land", "law", "leaf", "light",
        "line", "list", "lock", "log", "maker", "man", "mark", "master", "mate", "men", "nail", "name",
        "night", "note", "paper", "part", "path", "people", "person", "piece", "place", "plate", "play",
        "player", "point", "pool", "port", "pot", "power", "print", "product", "proof", "rock", "room",
        "runner", "school", "screen", "sheet", "shell", "ship", "shirt", "shop", "shot", "side", "site",
        "skin", "space", "step", "stone", "store", "storm", "stream", "string", "suit", "table", "tail",
        "time", "tone", "tree", "wall", "ware", "watch", "water", "wave", "way", "weed", "weight", "wheel",
        "wind", "wire", "woman", "women", "wood", "word", "work", "worker", "worm", "writer", "yard",
    ];
    let found = |word: &str| TAILS.binary_search(&word).is_ok();
    found(word) || word.strip_suffix('s').is_some_and(found)
}

/// True for what is written so on purpose in messages, and is no slip of another word: `lol`, `brb`; and
/// for vowels drawn out as they are spoken: `waaay`, `hmmm`.
pub(super) fn is_chat(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "afaik", "afk", "asap", "brb", "btw", "fml", "ftw", "fwiw", "fyi", "gg", "gonna", "gotta", "haha",
        "hahaha", "hehe", "idc", "idk", "iirc", "imho", "imo", "irl", "jk", "kinda", "lemme", "lmao", "lmk",
        "lol", "msg", "ngl", "nsfw", "nvm", "omfg", "omg", "pls", "plz", "ppl", "rofl", "rtfm", "smh", "tbh",
        "thx", "tldr", "tmrw", "ttyl", "wanna", "wbu", "wtf", "ymmv", "yolo",
    ];
    let drawn = |letters: &[u8]| {
        const DRAWN: &[u8] = b"aehimouy";
        letters[0] == letters[1] && letters[1] == letters[2] && DRAWN.contains(&letters[0])
    };
    WORDS.binary_search(&word).is_ok() || word.as_bytes().windows(3).any(drawn)
}

/// True for what programmers write in their prose as others write words.
pub(super) fn is_jargon(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "argc",
        "args",
        "argv",
        "async",
        "bool",
        "cfg",
        "cmd",
        "config",
        "cpu",
        "ctrl",
        "enum",
        "enums",
        "env",
        "gpu",
        "impl",
        "jpg",
        "json",
        "malloc",
        "memcpy",
        "mutex",
        "namespace",
        "pdf",
        "png",
        "regex",
        "repo",
        "sql",
        "stderr",
        "stdin",
        "stdlib",
        "stdout",
        "struct",
        "structs",
        "sudo",
        "sync",
        "tmp",
        "tuple",
        "tuples",
        "uint",
        "url",
        "utf",
        "yaml",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// True for a word that stands inside names: `Yusuf ibn Amrus`.
pub(super) fn is_name_particle(word: &str) -> bool {
    matches!(
        word,
        "abu"
            | "af"
            | "al"
            | "bin"
            | "bint"
            | "da"
            | "de"
            | "del"
            | "della"
            | "den"
            | "der"
            | "di"
            | "do"
            | "dos"
            | "du"
            | "el"
            | "ibn"
            | "la"
            | "las"
            | "le"
            | "los"
            | "ter"
            | "und"
            | "van"
            | "von"
            | "zu"
            | "zum"
            | "zur"
    )
}

/// True when a word looks as if it were built from a core word by an ending or a beginning:
/// names of new things are made so, and seldom mistyped.
pub(super) fn is_derived(word: &str, is_core: impl Fn(&str) -> bool) -> bool {
    const BEGINNINGS: &[&str] = &[
        "aero", "agri", "anti", "astro", "auto", "bio", "cardio", "counter", "cross", "crypto", "cyber",
        "down", "eco", "electro", "euro", "ever", "extra", "fore", "gastro", "geo", "grand", "great",
        "hydro", "hyper", "hypo", "immuno", "infra", "inter", "intra", "kilo", "macro", "mega", "meta",
        "micro", "mid", "milli", "mini", "mis", "mono", "multi", "nano", "neo", "neuro", "non", "ortho",
        "out", "over", "para", "petro", "photo", "poly", "post", "pre", "pro", "proto", "pseudo", "psycho",
        "quasi", "radio", "retro", "self", "semi", "socio", "step", "sub", "super", "techno", "tele",
        "thermo", "trans", "ultra", "under", "vice",
    ];
    const ENDINGS: &[&str] = &[
        "able", "al", "an", "ate", "based", "dom", "ed", "er", "ers", "es", "ese", "est", "ette", "free",
        "ful", "hood", "ian", "ians", "ible", "ic", "ical", "ies", "ing", "ings", "isation", "ise", "ised",
        "ish", "ising", "ism", "ist", "ists", "ite", "ity", "ization", "ize", "ized", "izing", "less",
        "like", "ly", "maker", "makers", "man", "men", "ment", "ness", "or", "ors", "proof", "s", "ship",
        "ward", "wards", "wise", "woman", "women", "y",
    ];
    let begins = BEGINNINGS
        .iter()
        .any(|beginning| word.strip_prefix(beginning).is_some_and(|rest| rest.len() >= 4 && is_core(rest)));
    begins
        || ENDINGS.iter().any(|ending| {
            word.strip_suffix(ending).is_some_and(|stem| {
                stem.len() >= 4
                    && (is_core(stem)
                        || is_core(&format!("{stem}e"))
                        || stem.strip_suffix('i').is_some_and(|stem| is_core(&format!("{stem}y")))
                        || has_double_end(stem) && is_core(&stem[..stem.len() - 1]))
            })
        })
}

fn has_double_end(stem: &str) -> bool {
    let letters = stem.as_bytes();
    letters.len() > 4 && letters[letters.len() - 1] == letters[letters.len() - 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_so_that_every_entry_is_found() {
        for word in ["a", "your", "the", "of", "with"] {
            let doubled = is_never_doubled(word) || is_doubled_at_seams(word);
            assert!(is_function_word(word) && doubled, "{word}");
        }
        assert!(opens_a_gap("all") && opens_a_gap("why") && !opens_a_gap("that"));
        for word in ["about", "wrote", "spoke", "is", "resorted", "put"] {
            assert!(may_strand(word), "{word}");
        }
        for word in ["back", "yard", "streams", "ball", "rooms", "hole", "holder"] {
            assert!(ends_compounds(word), "{word}");
        }
        assert!(
            is_sure_split("hers", "your") && is_sure_split("your", "hers") && !is_sure_split("over", "bank")
        );
        for word in ["had", "that", "very", "again", "yum"] {
            assert!(may_be_doubled(word) && !is_never_doubled(word), "{word}");
        }
        assert_eq!(lost_apostrophe("arent"), Some("aren't"));
        assert_eq!(lost_apostrophe("youve"), Some("you've"));
        assert_eq!(lost_apostrophe("were"), None);
        assert!(
            is_month_or_weekday("april") && is_month_or_weekday("wednesday") && !is_month_or_weekday("may")
        );
    }

    #[test]
    fn what_is_written_together_is_the_same_without_the_space() {
        assert_eq!(written_together("alot"), Some("a lot"));
        for (word, meant) in TOGETHER.iter().collect::<std::collections::BTreeMap<_, _>>() {
            assert_eq!(*word, meant.replace(' ', ""));
        }
    }

    #[test]
    fn a_word_is_confused_with_all_others_of_its_sets() {
        let confused = |word: &'static str| confused_with(word).collect::<Vec<_>>();
        assert_eq!(confused("there"), ["their"]);
        assert_eq!(confused("to"), ["too", "two"]);
        assert_eq!(confused("where"), ["ware", "wear", "were"]);
        assert!(confused("cat").is_empty() && confused("").is_empty());
        let is_sound = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(CONFUSED.iter().all(|(word, others)| is_sound(word) && !others.is_empty()));
    }

    #[test]
    fn words_of_messages_and_programs_are_meant() {
        for word in ["afaik", "lol", "tbh", "yolo", "waaay", "hmmm"] {
            assert!(is_chat(word), "{word}");
        }
        assert!(is_jargon("argc") && is_jargon("struct") && is_jargon("yaml"));
        assert!(!is_chat("teh") && !is_chat("misspelllings"));
    }

    #[test]
    fn spellings_of_two_dialects_are_one_word() {
        for (a, b) in [
            ("counselling", "counseling"),
            ("colour", "color"),
            ("theatre", "theater"),
            ("organised", "organized"),
            ("towards", "toward"),
            ("judgement", "judgment"),
            ("focussed", "focused"),
        ] {
            assert!(is_dialect(a, b), "{a} {b}");
        }
        assert!(!is_dialect("form", "from") && !is_dialect("coastal", "costal"));
    }

    #[test]
    fn new_words_of_known_parts_are_told() {
        let core = |word: &str| ["terrorist", "hope", "funny", "travel"].contains(&word);
        for word in ["antiterrorist", "hopeable", "funniness", "travelling"] {
            assert!(is_derived(word, core), "{word}");
        }
        assert!(!is_derived("goverment", core));
    }
}
