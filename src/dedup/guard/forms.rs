//! Two words that are nearly the same, and neither is the other mistyped.

use crate::language::{Table, WordClass};

/// An unknown word that is another form of a known one: `google`, `googled`; `googles`, `googled`.
/// A last letter doubled is no ending but a slip.
pub(super) fn is_inflected(right: &str, wrong: &str, known: impl Fn(&str) -> bool, table: &Table) -> bool {
    let is_ending = |stem: &str, ending: &str| {
        let after_e = stem.ends_with('e') && table.classes(&format!("e{ending}")).has(WordClass::Ending);
        (after_e || table.classes(ending).has(WordClass::Ending))
            && !(ending.len() == 1 && stem.ends_with(ending))
    };
    let extends =
        |short: &str, long: &str| long.strip_prefix(short).is_some_and(|ending| is_ending(short, ending));
    if extends(right, wrong) || extends(wrong, right) {
        return true;
    }
    let shared: usize =
        right.chars().zip(wrong.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum();
    let stem = &right[..shared];
    is_ending(stem, &right[shared..])
        && is_ending(stem, &wrong[shared..])
        && (known(stem) || known(&format!("{stem}e")))
}

/// True for words with another first letter: `anode`, `inode`; the first is the one that people seldom mistype.
/// That the first two changed places is a slip.
pub(super) fn begins_otherwise(a: &str, b: &str) -> bool {
    let begin = |word: &str| -> [Option<char>; 2] {
        let mut letters = word.chars();
        [letters.next(), letters.next()]
    };
    let ([a, after_a], [b, after_b]) = (begin(a), begin(b));
    a != b && (a, after_a) != (after_b, b)
}

/// True for words as long as each other that are not of the same letters: `thyroxine`, `thyronine`.
pub(super) fn has_another_letter(a: &str, b: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (a, b) = (letters(a), letters(b));
    a.len() == b.len() && a != b
}

/// True for words that only a letter beyond ASCII tells apart: `rose`, `rosé`; `canto`, `cantó`.
pub(super) fn has_accent_alone(a: &str, b: &str) -> bool {
    a.is_ascii() != b.is_ascii()
}

/// Beginnings that tell words apart which say different things, in groups.
const BEGINNINGS: [&[&str]; 11] = [
    &["hyper", "hypo"],
    &["inter", "intra"],
    &["kilo", "kibi"],
    &["mega", "mebi"],
    &["giga", "gibi"],
    &["tera", "tebi"],
    &["peta", "pebi"],
    &["macro", "micro"],
    &["pre", "peri", "post"],
    &["mono", "di", "tri", "tetra"],
    &["ante", "anti"],
];

/// The same of endings.
const ENDINGS: [&[&str]; 8] = [
    &["ite", "ate", "ide"],
    &["ane", "ene", "yne", "ine", "one", "ol", "al", "yl"],
    &["anol", "anal"],
    &["ostomy", "otomy", "ectomy"],
    &["phasia", "phagia"],
    &["ee", "er", "or"],
    &["é", "ée", "e"],
    &["cyte", "cide"],
];

/// True for words that begin or end with two of a group, and are the same beside: `hyperkalemia`, `hypokalemia`;
/// `nitrite`, `nitrate`.
pub(super) fn is_contrasted(a: &str, b: &str) -> bool {
    type Rest = for<'w> fn(&'w str, &str) -> Option<&'w str>;
    let differ = |groups: &[&[&str]], rest: Rest| {
        let pairs =
            groups.iter().flat_map(|group| group.iter().flat_map(|x| group.iter().map(move |y| (x, y))));
        let mut pairs = pairs.filter(|(x, y)| x != y);
        pairs.any(|(x, y)| rest(a, x).is_some_and(|stem| rest(b, y) == Some(stem)))
    };
    let begin: Rest = |word, part| word.strip_prefix(part);
    let end: Rest = |word, part| word.strip_suffix(part);
    differ(&BEGINNINGS, begin) || differ(&ENDINGS, end)
}

/// A word and its opposite: `affordable`, `unaffordable`.
pub(super) fn is_negated(a: &str, b: &str, table: &Table) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let prefix =
        long.strip_suffix(short).is_some_and(|prefix| table.classes(prefix).has(WordClass::NegativePrefix));
    let suffix =
        long.strip_prefix(short).is_some_and(|suffix| table.classes(suffix).has(WordClass::NegativeSuffix));
    prefix || suffix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_is_not_mistyped_but_may_change_places() {
        assert!(begins_otherwise("anode", "inode") && begins_otherwise("reboot", "preboot"));
        assert!(!begins_otherwise("the", "hte") && !begins_otherwise("until", "untill"));
    }

    #[test]
    fn an_accent_and_a_contrast_make_another_word() {
        assert!(has_accent_alone("rose", "rosé") && !has_accent_alone("rosé", "rosée"));
        for (a, b) in [
            ("hyperkalemia", "hypokalemia"),
            ("nitrite", "nitrate"),
            ("heptane", "heptene"),
            ("kilobyte", "kibibyte"),
            ("preoperative", "perioperative"),
            ("macrocytosis", "microcytosis"),
            ("propanal", "propanol"),
            ("nephrostomy", "nephrectomy"),
            ("divorcé", "divorcée"),
        ] {
            assert!(is_contrasted(a, b) && is_contrasted(b, a), "{a} {b}");
        }
        for (a, b) in [("definite", "definit"), ("government", "goverment"), ("hypothesis", "hypotesis")] {
            assert!(!is_contrasted(a, b), "{a} {b}");
        }
    }
}
