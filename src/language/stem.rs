//! Light stems of English words: enough that `attack`, `attacks`, `attacked` and `attacker` are one.

/// Endings that are taken off, the first that fits, and the letters that must be left.
///
/// Most make one word of another's forms. Those that make new words (`-ion`, `-ive`, `-or`) need
/// more letters before them: `station` is no form of `state`.
const ENDINGS: &[(&str, usize)] = &[
    ("ingly", 4),
    ("edly", 4),
    ("ings", 4),
    ("ing", 3),
    ("ers", 4),
    ("ed", 3),
    ("er", 4),
    ("ors", 5),
    ("or", 5),
    ("ions", 5),
    ("ion", 5),
    ("ive", 5),
    ("ly", 4),
];

/// The stem of an English word in lower case. Not a word: only good for comparing.
///
/// Much lighter than Porter's: it takes off one plural and one ending, so that it rarely makes one
/// of two words that have nothing to do with each other.
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").or(word.strip_suffix('\'')).unwrap_or(word);
    let mut stem = without_plural(word);
    let letters = |part: &str| part.chars().count();
    let ending = ENDINGS.iter().find_map(|&(ending, least)| {
        let rest = stem.strip_suffix(ending)?;
        (letters(rest) >= least && rest.contains(['a', 'e', 'i', 'o', 'u', 'y']))
            .then_some((rest.len(), ending))
    });
    if let Some((rest, ending)) = ending {
        stem.truncate(rest);
        if matches!(ending, "ed" | "ing" | "ings") && is_doubled(&stem) {
            stem.pop();
        }
    }
    if letters(&stem) > 3 {
        if stem.ends_with('e') {
            stem.pop();
        } else if stem.ends_with('y') {
            stem.pop();
            stem.push('i');
        }
    }
    stem
}

fn without_plural(word: &str) -> String {
    if word.len() > 4
        && let Some(rest) = word.strip_suffix("ies")
    {
        return format!("{rest}y");
    }
    let rest = match word {
        _ if word.len() <= 3 => word,
        _ if ["sses", "shes", "ches", "xes", "zes"].iter().any(|ending| word.ends_with(ending)) => {
            &word[..word.len() - 2]
        }
        _ if ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) => word,
        _ => word.strip_suffix('s').unwrap_or(word),
    };
    rest.to_owned()
}

/// True for `runn` and `stopp`; `fall` and `miss` end so by themselves.
fn is_doubled(stem: &str) -> bool {
    let mut last = stem.bytes().rev();
    let (a, b) = (last.next(), last.next());
    a == b && matches!(a, Some(b'b' | b'd' | b'g' | b'm' | b'n' | b'p' | b'r' | b't'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            &["attack", "attacks", "attacked", "attacking", "attacker", "attackers", "attack's"][..],
            &["find", "findings", "finding", "finds"],
            &["city", "cities"],
            &["run", "running", "runs"],
            &["stop", "stopped"],
            &["carry", "carried", "carries"],
            &["claim", "claimed"],
            &["investigate", "investigation", "investigators", "investigative", "investigated"],
            &["church", "churches"],
            &["bomb", "bombing", "bombings", "bomber"],
            &["kill", "killed", "killing"],
            &["use", "uses"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|other| *other == stems[0]), "{forms:?}: {stems:?}");
        }
    }

    #[test]
    fn other_words_keep_stems_of_their_own() {
        for (a, b) in [
            ("state", "station"),
            ("letter", "let"),
            ("summer", "sum"),
            ("red", "re"),
            ("news", "newer"),
            ("business", "busy"),
            ("string", "strong"),
            ("this", "thi"),
            ("nation", "nature"),
        ] {
            assert_ne!(stem(a), stem(b), "{a} / {b}");
        }
    }

    #[test]
    fn words_of_other_alphabets_pass_through() {
        assert_eq!(stem("москва"), "москва");
        assert_eq!(stem("é"), "é");
        assert_eq!(stem(""), "");
    }
}
