//! The evidence for and against a word being a slip, and how it is weighed.
//!
//! Two questions have a model each: is this word, which is no core word, a slip of one, and does this
//! core word stand in the place of another? Each is a logistic regression over named features, so
//! that a person can read in `data/spell_weights.txt` what speaks for what, and how much.
//! `scripts/train_spell` fits the weights.

/// Defines a struct of features with the names they have in the file of weights.
macro_rules! features {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident = $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct $name {
            $($(#[$field_doc])* pub(super) $field: f32,)*
        }

        impl $name {
            /// The names in the file of weights.
            pub(super) const NAMES: &'static [&'static str] = &[$($label,)*];

            /// The values in the order of the names.
            pub(super) fn values(&self) -> [f32; [$($label,)*].len()] {
                [$(self.$field,)*]
            }
        }
    };
}

features! {
    /// An occurrence of a word that is no core word, and its best candidate.
    UnknownFeatures {
        bias = "bias",
        inner_capital = "capital inside a sentence",
        initial_capital = "capital at the start of a sentence",
        rank = "rank of the word",
        has_rank = "word has a rank",
        rare = "in large dictionaries only",
        obscure = "in the largest dictionaries only",
        known_name = "known with a capital only",
        at_home = "the word was seen beside its neighbours",
        derived = "built from a known word",
        listed = "listed misspelling of the candidate",
        listed_only = "listed misspelling of the candidate alone",
        listed_otherwise = "listed misspelling of something else",
        swapped = "letters swapped",
        lost_double = "one of a double letter lost",
        lost = "letter lost",
        lost_end = "letter lost at an end",
        extra_double = "letter doubled",
        extra = "letter too many",
        extra_end = "letter too many at an end",
        keyboard = "neighbour on the keyboard",
        vowel = "vowel for vowel",
        other = "letter for letter",
        two = "two slips",
        far = "more than two slips",
        sounds_alike = "sounds alike",
        first_letter = "first letter differs",
        lost_apostrophe = "apostrophe lost",
        joined = "two words run together",
        joined_function_left = "first of two is a function word",
        joined_function_right = "second of two is a function word",
        joined_seen = "the two were seen together",
        joined_pair = "how likely the pair is",
        joined_name = "first of two is a name",
        candidate_frequency = "candidate is frequent",
        ratio = "candidate is more frequent than the word",
        gap = "gap to the second candidate",
        elsewhere = "the word elsewhere in the corpus",
        documents = "the word in other documents",
        candidate_in_corpus = "the candidate in the corpus",
        capitalised_in_corpus = "the word with a capital in the corpus",
        fit = "candidate fits its neighbours",
        affinity = "neighbours call for the candidate",
        seen = "candidate was seen beside its neighbours",
        seen_twice = "candidate was seen beside both",
        gain = "candidate is likelier than the word",
        weaker_gain = "candidate is likelier on the weaker side",
        two_letters = "two letters",
        length = "length",
        hyphen = "touches a hyphen",
        apostrophe = "touches an apostrophe",
        quoted = "in quotation marks",
        strangers = "unknown words near by",
        careless = "slips elsewhere in the document",
        short = "two or three letters",
        between_names = "between words with capitals",
        after_stranger = "after an unknown word with a capital",
        name = "candidate is a name",
    }
}

features! {
    /// An occurrence of a known word, and another that may have been meant.
    RealFeatures {
        bias = "bias",
        frequency = "the other is more frequent",
        rarity = "the word is rare",
        before = "the other fits better before",
        after = "the other fits better after",
        seen_before = "the other was seen after its left neighbour",
        seen_after = "the other was seen before its right neighbour",
        own_before = "the word was seen after its left neighbour",
        own_after = "the word was seen before its right neighbour",
        one_sided = "only one neighbour is known",
        kind_before = "words of the other's kind are likelier after two words",
        kind_between = "words of the other's kind are likelier between two words",
        kind_after = "words of the other's kind are likelier before two words",
        swapped = "letters swapped",
        lost_double = "one of a double letter lost",
        lost = "letter lost",
        lost_end = "letter lost at an end",
        extra_double = "letter doubled",
        extra = "letter too many",
        extra_end = "letter too many at an end",
        keyboard = "neighbour on the keyboard",
        vowel = "vowel for vowel",
        other = "letter for letter",
        first_letter = "first letter differs",
        confused = "often confused with the other",
        inflection = "the two are forms of one word",
        length = "length",
        elsewhere = "the word elsewhere in the corpus",
        other_in_corpus = "the other in the corpus",
        gap = "gap to the second candidate",
        strangers = "unknown words near by",
        careless = "slips elsewhere in the document",
    }
}

/// The weights of both models.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Which candidate was meant, if one was?
    pub(super) rank: Vec<f32>,
    /// For words that no list has.
    pub(super) unlisted: Verdict,
    /// For words that seem to be two run together.
    pub(super) joined: Verdict,
    /// For rare words and names in small letters.
    pub(super) listed: Verdict,
    /// Does the core word stand in the place of the other?
    pub(super) real: Vec<f32>,
}

/// The weights of two questions about a word that is no core word.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// Is it a slip?
    pub(super) slip: Vec<f32>,
    /// Is the best candidate what was meant?
    pub(super) right: Vec<f32>,
}

impl Model {
    /// The model in the program.
    pub(super) fn embedded() -> Model {
        Model::parse(include_str!("../../data/spell_weights.txt"))
    }

    /// Sections `[rank]`, `[unlisted slip]`, `[unlisted right]` and so on, of lines `name<TAB>weight`; `#`
    /// starts a comment. The file is part of the program, so a bad line is a fault of the build and a
    /// panic.
    fn parse(text: &str) -> Model {
        let section = |title: &str, names: &[&str]| -> Vec<f32> {
            let body =
                text.split(&format!("[{title}]\n")).nth(1).unwrap_or_else(|| panic!("no section [{title}]"));
            let mut weights = vec![f32::NAN; names.len()];
            let lines = body.lines().take_while(|line| !line.starts_with('['));
            for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let (name, weight) = line.split_once('\t').unwrap_or((line, ""));
                let at = names.iter().position(|known| *known == name);
                let at = at.unwrap_or_else(|| panic!("no feature of [{title}] is called {name:?}"));
                weights[at] = weight.parse().unwrap_or_else(|_| panic!("bad weight of {name:?}"));
            }
            assert!(
                weights.iter().all(|weight| !weight.is_nan()),
                "[{title}] has a weight for every feature"
            );
            weights
        };
        let verdict = |title: &str| Verdict {
            slip: section(&format!("{title} slip"), UnknownFeatures::NAMES),
            right: section(&format!("{title} right"), UnknownFeatures::NAMES),
        };
        Model {
            rank: section("rank", UnknownFeatures::NAMES),
            unlisted: verdict("unlisted"),
            joined: verdict("joined"),
            listed: verdict("listed"),
            real: section("real", RealFeatures::NAMES),
        }
    }
}

/// The logit: above zero when yes is likelier than no.
pub(super) fn score(weights: &[f32], values: &[f32]) -> f32 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

/// From a logit to a probability.
pub(super) fn probability(score: f32) -> f64 {
    1.0 / (1.0 + f64::from(-score).exp())
}

/// One for yes.
pub(super) fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_program_name_every_feature() {
        let model = Model::embedded();
        for weights in
            [&model.rank, &model.unlisted.slip, &model.joined.right, &model.listed.slip, &model.real]
        {
            assert!(weights.iter().any(|weight| *weight != 0.0));
        }
    }

    #[test]
    #[should_panic(expected = "no feature of [rank] is called")]
    fn an_unknown_feature_is_refused() {
        Model::parse("[rank]\nmoon phase\t1\n");
    }

    #[test]
    fn values_and_names_go_together() {
        let features = RealFeatures { frequency: 2.0, careless: 3.0, ..RealFeatures::default() };
        let values = features.values();
        assert_eq!((values[1], values[values.len() - 1]), (2.0, 3.0));
        assert_eq!(values.len(), RealFeatures::NAMES.len());
    }
}
