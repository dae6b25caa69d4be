//! The evidence for and against a word being a slip, and how it is weighed.

/// Features of one occurrence of an unknown word with its best candidate.
///
/// The names are those of `data/spell_weights.txt`; `scripts/train_spell` fits the weights.
pub(super) const NAMES: [&str; COUNT] = [
    "bias",
    "small letters",
    "capital at the start of a sentence",
    "capital elsewhere",
    "rank of the word",
    "word has a rank",
    "built from a known word",
    "misspelling list has one correction",
    "misspelling list has several",
    "one slip",
    "two slips",
    "two words run together",
    "one of the two is a function word",
    "the two were seen together",
    "candidate is frequent",
    "candidate is more frequent than the word",
    "gap to the second candidate",
    "the word elsewhere in the corpus",
    "the candidate in the corpus",
    "the word with a capital in the corpus",
    "candidate fits its neighbours",
    "length",
    "touches a hyphen",
    "in quotation marks",
];

/// How many features there are.
pub(super) const COUNT: usize = 24;

/// One value per feature, in the order of [`NAMES`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Features {
    pub(super) bias: f32,
    pub(super) lower: f32,
    pub(super) initial_capital: f32,
    pub(super) inner_capital: f32,
    pub(super) rank: f32,
    pub(super) has_rank: f32,
    pub(super) derived: f32,
    pub(super) listed_one: f32,
    pub(super) listed_many: f32,
    pub(super) one_slip: f32,
    pub(super) two_slips: f32,
    pub(super) split: f32,
    pub(super) split_function: f32,
    pub(super) split_seen: f32,
    pub(super) candidate_frequency: f32,
    pub(super) ratio: f32,
    pub(super) gap: f32,
    pub(super) elsewhere: f32,
    pub(super) candidate_in_corpus: f32,
    pub(super) capitalised_in_corpus: f32,
    pub(super) fit: f32,
    pub(super) length: f32,
    pub(super) hyphen: f32,
    pub(super) quoted: f32,
}

impl Features {
    /// The values in the order of [`NAMES`].
    pub(super) fn values(&self) -> [f32; COUNT] {
        [
            self.bias,
            self.lower,
            self.initial_capital,
            self.inner_capital,
            self.rank,
            self.has_rank,
            self.derived,
            self.listed_one,
            self.listed_many,
            self.one_slip,
            self.two_slips,
            self.split,
            self.split_function,
            self.split_seen,
            self.candidate_frequency,
            self.ratio,
            self.gap,
            self.elsewhere,
            self.candidate_in_corpus,
            self.capitalised_in_corpus,
            self.fit,
            self.length,
            self.hyphen,
            self.quoted,
        ]
    }
}

/// Weights of the features for one question.
#[derive(Clone, Debug)]
pub(super) struct Weights([f32; COUNT]);

/// The two questions: is the word a slip, and is the candidate what was meant?
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) slip: Weights,
    pub(super) right: Weights,
}

impl Weights {
    /// The logit: above zero when yes is likelier than no.
    pub(super) fn score(&self, features: &Features) -> f32 {
        self.0.iter().zip(features.values()).map(|(weight, value)| weight * value).sum()
    }
}

impl Model {
    /// The model in the program.
    pub(super) fn embedded() -> Model {
        Model::parse(include_str!("../../data/spell_weights.txt"))
    }

    /// Lines `name<TAB>slip<TAB>right`; `#` starts a comment. The file is part of the program, so a
    /// bad line is a fault of the build and a panic.
    fn parse(text: &str) -> Model {
        let mut model = Model { slip: Weights([0.0; COUNT]), right: Weights([0.0; COUNT]) };
        let mut seen = 0;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default();
            let name = cell();
            let at = NAMES.iter().position(|known| *known == name);
            let at = at.unwrap_or_else(|| panic!("no feature is called {name:?}"));
            for weights in [&mut model.slip, &mut model.right] {
                weights.0[at] = cell().parse().unwrap_or_else(|_| panic!("bad weight of {name:?}"));
            }
            seen += 1;
        }
        assert_eq!(seen, COUNT, "every feature has a line of weights");
        model
    }
}

/// From a logit to a probability.
pub(super) fn probability(score: f32) -> f64 {
    1.0 / (1.0 + f64::from(-score).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_program_name_every_feature_once() {
        let model = Model::embedded();
        assert!(model.slip.0.iter().any(|weight| *weight != 0.0));
        assert!(model.right.0.iter().any(|weight| *weight != 0.0));
    }

    #[test]
    #[should_panic(expected = "no feature is called")]
    fn an_unknown_feature_is_refused() {
        Model::parse("moon phase\t1\t1\n");
    }
}
