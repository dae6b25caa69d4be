//! Sentences: patterns with places for words, filled by chance.

use super::english::Class;
use super::random::Random;
use super::words::Vocabulary;

// In a pattern, `{n}` is a noun, `{ns}` its plural, `{v}` a verb, `{vs}` its third person, `{vd}` its past,
// `{vg}` its -ing form, `{a}` an adjective, `{d}` an adverb, `{N}` a person, `{F}` a family name, `{P}` a
// place, `{#}` a number, `{Y}` a year, and `{an}` the article that suits the next word. `{t}` and `{ts}` are
// what may stand before one thing and before many; each brings the space after it.

const ONE: [&str; 20] = [
    "the ", "the ", "the ", "the ", "the ", "the ", "the ", "the ", "his ", "her ", "their ", "our ", "its ",
    "this ", "that ", "another ", "one ", "each ", "my ", "no ",
];

const MANY: [&str; 20] = [
    "the ", "the ", "the ", "the ", "the ", "", "", "", "", "", "his ", "her ", "their ", "our ", "these ",
    "those ", "some ", "many ", "several ", "all ",
];

// An empty opening or ending is repeated as often as real sentences go without one.
const OPENINGS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "in {Y} ",
    "by {Y}, ",
    "after {t}{a} {n}, ",
    "before {t}{n} of {P} was {vd}, ",
    "according to {N}, ",
    "in {t}{n} near {P}, ",
    "when {t}{n} was {vd}, ",
    "on {t}{a} {n}, ",
    "for {ts}{ns} of {P}, ",
    "{d}, ",
    "as {F} had {vd}, ",
    "with {an}{a} {n} and {#} {ns}, ",
    "at the end of {t}{n}, ",
    "since {t}{a} {n} in {P}, ",
];

const MIDDLES: &[&str] = &[
    "{t}{n} of {P} {vd} {ts}{a} {ns}",
    "{F} {d} {vd} {an}{a} {n} and {#} {ns}",
    "{ts}{ns} were {a}, and so was {t}{n} of {F}",
    "{N} was the first to {v} {an}{n} with {a} {ns}",
    "it took {#} {ns} to {v} {t}{a} {n} of {P}",
    "{t}{a} {n} of {P} {vd} {ts}{ns} that {F} had {vd} for {t}{n}",
    "{N} {vd} {t}{n} and {d} {vd} {an}{a} {n} for {ts}{ns}",
    "most of {ts}{ns} in {t}{n} were {a}, but {t}{n} was {a} and {a}",
    "{an}{n} with {#} {ns} will {v} {t}{a} {n} before {ts}{ns} can {v} it",
    "nobody in {P} {vd} why {t}{n} was {a} or who had {vd} {ts}{ns}",
    "{ts}{ns} {vd} {F} to {v} {t}{n}, which {t}{n} had {vd} {d}",
    "it was {t}{n}, not {t}{a} {n}, that {vd} {ts}{ns} of {t}{n}",
    "{F} and {t}{a} {n} were {vd} by {#} {ns} from {P}",
    "{t}{n} is {a} and {ts}{ns} are {a}, although {t}{n} {vs} them {d}",
    "they {vd} {an}{a} {n} that would {v} {ts}{ns} and {v} {t}{n}",
    "there were {#} {ns} in {t}{n} and {an}{a} {n} on every {n}",
    "{t}{n} had {vd} so many {ns} that {N} {vd} {t}{a} {n} {d}",
    "people who {v} {a} {ns} should {v} {t}{n} and {v} {ts}{ns} {d}",
    "{t}{n} of {t}{n} was {vd} in {Y}, and {ts}{ns} were {d} {vd}",
    "every {n} in {P} has {an}{a} {n} where {ts}{ns} are {vd} and {vd}",
    "{N} was {vg} {ts}{ns} when {t}{n} {vd} {t}{a} {n}",
    "she {vd} that {t}{n} could {v} {#} {ns}, {a} and {a} ones among them",
    "we {v} {ts}{a} {ns} first, then {t}{n} {vs} {t}{n} of {t}{n}",
    "his {n} {vd} {an}{a} {n}, her {ns} {vd} {t}{n}, and {F} was {vg} {ts}{ns}",
    "{ts}{ns} cost {#} crowns, which {t}{n} of {P} {vd} without {an}{a} {n}",
    "“{t}{n} is {a},” said {F}, “and {ts}{ns} will {v} {t}{a} {n}”",
    "“we {vd} {#} {ns},” {N} {vd}, “before {t}{n} was {a} again”",
    "{vg} {t}{n} was {a}, but {vg} {ts}{ns} of {t}{n} would be {a}",
    "neither {t}{a} {n} nor {ts}{ns} of {P} have {d} {vd} {t}{n}",
    "{an}{n}’s {n} is {d} as {a} as {t}{n} that {vs} it for {#} {ns}",
];

const SHORT: &[&str] = &[
    "{N} {vd} {t}{n}",
    "{t}{n} was {a}",
    "it was {an}{a} {n}",
    "{ts}{ns} were {vd} in {P}",
    "{F} {d} {vd} him",
    "she {vd} {ts}{ns}",
    "they will {v} {t}{n}",
    "he could not {v} it",
    "but {t}{n} {vd}",
    "nothing {vd} in {P}",
    "{t}{a} {n} was {vd} by {F}",
    "we have {vd} {#} {ns}",
];

/// What joins two statements to a long one.
const JOINTS: &[&str] =
    &[", and ", ", but ", "; ", ", while ", " because ", ", so ", " after ", ", although "];

const QUESTIONS: &[&str] = &[
    "does {an}{a} {n} {v} {ts}{ns}, or will {t}{n} {v} {F} {d}?",
    "who {vd} {ts}{ns} of {P}, and why did {N} {v} {t}{a} {n} in {Y}?",
    "how can {t}{n} {v} {#} {ns} when {t}{n} is {a} and {a}?",
];

const ENDINGS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    " in {Y}",
    " with {t}{n} of {t}{a} {n}",
    " for {#} {ns}",
    ", as {t}{n} of {P} {vs} each {n}",
    " because {t}{n} was {a}",
    ", and {F} {vd} it {d}",
    " without {vg} {ts}{ns}",
    " while {ts}{ns} {vd} {t}{n}",
    " near {t}{a} {n} of {P}",
    "; {ts}{ns} were {a}",
    " – {an}{a} {n} by any {n}",
];

const TITLES: &[&str] =
    &["{a} {ns} for {t}{n} of {P}", "how {F} {vd} {t}{n}", "{t}{a} {n} and {ts}{ns}", "{P}: {ns} {v} {n}"];

enum Part {
    Text(&'static str),
    Article,
    Determiner(&'static [&'static str]),
    Noun,
    Nouns,
    Verb,
    Verbs,
    Verbed,
    Verbing,
    Adjective,
    Adverb,
    Person,
    Family,
    Place,
    Number,
    Year,
}

type Pattern = Vec<Part>;

/// Who and where one document is about. Names return within a document, as they do in the world.
pub(crate) struct Cast {
    given: [usize; 3],
    family: [usize; 3],
    places: [usize; 2],
}

/// Writes sentences.
pub(crate) struct Grammar {
    vocabulary: Vocabulary,
    openings: Vec<Pattern>,
    middles: Vec<Pattern>,
    short: Vec<Pattern>,
    endings: Vec<Pattern>,
    questions: Vec<Pattern>,
    titles: Vec<Pattern>,
}

impl Grammar {
    pub(crate) fn new(vocabulary: Vocabulary) -> Self {
        let all = |patterns: &[&'static str]| patterns.iter().map(|pattern| parse(pattern)).collect();
        Grammar {
            vocabulary,
            openings: all(OPENINGS),
            middles: all(MIDDLES),
            short: all(SHORT),
            endings: all(ENDINGS),
            questions: all(QUESTIONS),
            titles: all(TITLES),
        }
    }

    pub(crate) fn cast(&self, random: &mut Random) -> Cast {
        Cast {
            given: [(); 3].map(|()| random.rank(self.vocabulary.given.len())),
            family: [(); 3].map(|()| random.rank(self.vocabulary.family.len())),
            places: [(); 2].map(|()| random.rank(self.vocabulary.place.len())),
        }
    }

    /// Appends one sentence with its stop.
    pub(crate) fn sentence(&self, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let start = text.len();
        if random.per_mille(30) {
            self.write(random.pick(&self.questions), cast, random, text);
        } else {
            self.statement(cast, random, text);
            text.push(b'.');
        }
        capitalise(&mut text[start..]);
    }

    /// One in seven is short and one in six is long, so lengths spread as they do in print.
    fn statement(&self, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let dice = random.below(1000);
        if dice < 140 {
            return self.write(random.pick(&self.short), cast, random, text);
        }
        self.write(random.pick(&self.openings), cast, random, text);
        self.write(random.pick(&self.middles), cast, random, text);
        if dice < 310 {
            text.extend_from_slice(random.pick(JOINTS).as_bytes());
            self.write(random.pick(&self.middles), cast, random, text);
        }
        self.write(random.pick(&self.endings), cast, random, text);
    }

    /// Appends a heading, without a stop.
    pub(crate) fn title(&self, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let start = text.len();
        self.write(random.pick(&self.titles), cast, random, text);
        capitalise(&mut text[start..]);
    }

    fn write(&self, pattern: &Pattern, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let words = &self.vocabulary;
        let english = &words.english;
        let mut article = false;
        for part in pattern {
            let word = match part {
                Part::Text(literal) => literal,
                Part::Article => {
                    article = true;
                    continue;
                }
                Part::Determiner(list) => random.pick(list),
                Part::Noun => self.content(&english.noun, random),
                Part::Nouns => self.content(&english.nouns, random),
                Part::Verb => self.content(&english.verb, random),
                Part::Verbs => self.content(&english.verbs, random),
                Part::Verbed => self.content(&english.verbed, random),
                Part::Verbing => self.content(&english.verbing, random),
                Part::Adjective => self.content(&english.adjective, random),
                Part::Adverb => english.adverb.draw(random),
                Part::Person => {
                    let person = random.below(3);
                    text.extend_from_slice(words.given.get(cast.given[person]).as_bytes());
                    text.push(b' ');
                    words.family.get(cast.family[person])
                }
                Part::Family => words.family.get(*random.pick(&cast.family)),
                Part::Place => words.place.get(*random.pick(&cast.places)),
                Part::Number => {
                    // Small numbers are the common ones: first how many digits, then which.
                    let digits = 1 + random.below(4) as u32;
                    push_number(2 + random.below(10_usize.pow(digits)), text);
                    continue;
                }
                Part::Year => {
                    push_number(1850 + random.below(180), text);
                    continue;
                }
            };
            if article {
                let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
                text.extend_from_slice(if vowel { b"an " } else { b"a " });
                article = false;
            }
            text.extend_from_slice(word.as_bytes());
        }
    }

    fn content<'a>(&'a self, class: &'a Class, random: &mut Random) -> &'a str {
        if random.per_mille(self.vocabulary.rare_share) {
            self.vocabulary.rare.draw(random)
        } else {
            class.draw(random)
        }
    }
}

fn parse(pattern: &'static str) -> Pattern {
    let mut parts = Pattern::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let (name, after) = after.split_once('}').unwrap_or_else(|| panic!("no `}}` in pattern {pattern:?}"));
        parts.push(match name {
            "an" => Part::Article,
            "t" => Part::Determiner(&ONE),
            "ts" => Part::Determiner(&MANY),
            "n" => Part::Noun,
            "ns" => Part::Nouns,
            "v" => Part::Verb,
            "vs" => Part::Verbs,
            "vd" => Part::Verbed,
            "vg" => Part::Verbing,
            "a" => Part::Adjective,
            "d" => Part::Adverb,
            "N" => Part::Person,
            "F" => Part::Family,
            "P" => Part::Place,
            "#" => Part::Number,
            "Y" => Part::Year,
            _ => panic!("no word class {name:?} in pattern {pattern:?}"),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// Makes the first letter a capital, past an opening quote.
fn capitalise(sentence: &mut [u8]) {
    if let Some(letter) = sentence.iter_mut().find(|byte| byte.is_ascii_alphanumeric()) {
        letter.make_ascii_uppercase();
    }
}

/// Appends `number` in decimal.
pub(crate) fn push_number(number: usize, text: &mut Vec<u8>) {
    if number >= 10 {
        push_number(number / 10, text);
    }
    text.push(b'0' + (number % 10) as u8);
}
