//! Sentences: patterns with places for words, filled by chance.

use crate::random::Random;
use crate::words::{Vocabulary, Words};

// In a pattern, `{n}` is a noun, `{ns}` its plural, `{v}` a verb, `{vs}` its third person, `{vd}` its past,
// `{vg}` its -ing form, `{a}` an adjective, `{d}` an adverb, `{N}` a person, `{F}` a family name, `{P}` a
// place, `{#}` a number, `{Y}` a year, and `{an}` the article that suits the next word.

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
    "after the {a} {n}, ",
    "before the {n} of {P} was {vd}, ",
    "according to {N}, ",
    "in the {n} near {P}, ",
    "when the {n} was {vd}, ",
    "on the {a} {n}, ",
    "for the {ns} of {P}, ",
    "{d}, ",
    "as {F} had {vd}, ",
    "with {an}{a} {n} and {#} {ns}, ",
    "at the end of the {n}, ",
    "since the {a} {n} in {P}, ",
];

const MIDDLES: &[&str] = &[
    "the {n} of {P} {vd} the {a} {ns}",
    "{F} {d} {vd} {an}{a} {n} and {#} {ns}",
    "the {ns} were {a}, and so was the {n} of {F}",
    "{N} was the first to {v} {an}{n} with {a} {ns}",
    "it took {#} {ns} to {v} the {a} {n} of {P}",
    "the {a} {n} of {P} {vd} the {ns} that {F} had {vd} for the {n}",
    "{N} {vd} the {n} and {d} {vd} {an}{a} {n} for the {ns}",
    "most of the {ns} in the {n} were {a}, but the {n} was {a} and {a}",
    "{an}{n} with {#} {ns} will {v} the {a} {n} before the {ns} can {v} it",
    "nobody in {P} {vd} why the {n} was {a} or who had {vd} the {ns}",
    "the {ns} {vd} {F} to {v} the {n}, which the {n} had {vd} {d}",
    "it was the {n}, not the {a} {n}, that {vd} the {ns} of the {n}",
    "{F} and the {a} {n} were {vd} by {#} {ns} from {P}",
    "the {n} is {a} and the {ns} are {a}, although the {n} {vs} them {d}",
    "they {vd} {an}{a} {n} that would {v} the {ns} and {v} the {n}",
    "there were {#} {ns} in the {n} and {an}{a} {n} on every {n}",
    "the {n} had {vd} so many {ns} that {N} {vd} the {a} {n} {d}",
    "people who {v} {a} {ns} should {v} the {n} and {v} the {ns} {d}",
    "the {n} of the {n} was {vd} in {Y}, and the {ns} were {d} {vd}",
    "every {n} in {P} has {an}{a} {n} where the {ns} are {vd} and {vd}",
    "{N} was {vg} the {ns} when the {n} {vd} the {a} {n}",
    "she {vd} that the {n} could {v} {#} {ns}, {a} and {a} ones among them",
    "we {v} the {a} {ns} first, then the {n} {vs} the {n} of the {n}",
    "his {n} {vd} {an}{a} {n}, her {ns} {vd} the {n}, and {F} was {vg} the {ns}",
    "the {ns} cost {#} crowns, which the {n} of {P} {vd} without {an}{a} {n}",
    "“the {n} is {a},” said {F}, “and the {ns} will {v} the {a} {n}”",
    "“we {vd} {#} {ns},” {N} {vd}, “before the {n} was {a} again”",
    "{vg} the {n} was {a}, but {vg} the {ns} of the {n} would be {a}",
    "neither the {a} {n} nor the {ns} of {P} have {d} {vd} the {n}",
    "{an}{n}’s {n} is {d} as {a} as the {n} that {vs} it for {#} {ns}",
];

const QUESTIONS: &[&str] = &[
    "does {an}{a} {n} {v} the {ns}, or will the {n} {v} {F} {d}?",
    "who {vd} the {ns} of {P}, and why did {N} {v} the {a} {n} in {Y}?",
    "how can the {n} {v} {#} {ns} when the {n} is {a} and {a}?",
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
    " with the {n} of the {a} {n}",
    " for {#} {ns}",
    ", as the {n} of {P} {vs} each {n}",
    " because the {n} was {a}",
    ", and {F} {vd} it {d}",
    " without {vg} the {ns}",
    " while the {ns} {vd} the {n}",
    " near the {a} {n} of {P}",
    "; the {ns} were {a}",
    " – {an}{a} {n} by any {n}",
];

const TITLES: &[&str] =
    &["{a} {ns} for the {n} of {P}", "how {F} {vd} the {n}", "the {a} {n} and the {ns}", "{P}: {ns} {v} {n}"];

enum Part {
    Text(&'static str),
    Article,
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
            self.write(random.pick(&self.openings), cast, random, text);
            self.write(random.pick(&self.middles), cast, random, text);
            self.write(random.pick(&self.endings), cast, random, text);
            text.push(b'.');
        }
        capitalise(&mut text[start..]);
    }

    /// Appends a heading, without a stop.
    pub(crate) fn title(&self, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let start = text.len();
        self.write(random.pick(&self.titles), cast, random, text);
        capitalise(&mut text[start..]);
    }

    fn write(&self, pattern: &Pattern, cast: &Cast, random: &mut Random, text: &mut Vec<u8>) {
        let words = &self.vocabulary;
        let mut article = false;
        for part in pattern {
            let word = match part {
                Part::Text(literal) => literal,
                Part::Article => {
                    article = true;
                    continue;
                }
                Part::Noun => self.content(&words.noun, random),
                Part::Nouns => self.content(&words.nouns, random),
                Part::Verb => self.content(&words.verb, random),
                Part::Verbs => self.content(&words.verbs, random),
                Part::Verbed => self.content(&words.verbed, random),
                Part::Verbing => self.content(&words.verbing, random),
                Part::Adjective => self.content(&words.adjective, random),
                Part::Adverb => words.adverb.draw(random),
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

    fn content<'a>(&'a self, class: &'a Words, random: &mut Random) -> &'a str {
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
