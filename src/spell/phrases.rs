//! Slips that only the words beside them tell: `would of been`, `I cant`.

use crate::model::{Applicability, Finding, Kind, Span};

use super::context::Context;
use super::words::{Marks, Word, in_case, lower};

const NOT_MEANT: Marks = Marks::TECHNICAL
    .with(Marks::FOREIGN)
    .with(Marks::HYPHENATED)
    .with(Marks::QUOTED)
    .with(Marks::POSSESSIVE)
    .with(Marks::UPPER);

/// `would of` for `would have`, as it sounds; the word at `context` is `of`.
pub(super) fn of_for_have(context: &Context, scratch: &mut String) -> Option<Finding> {
    let (modal, of, next) = (context.previous_after_space()?, context.word(), context.next_after_space()?);
    let small = |word: &Word| !word.marks.any(Marks::CAPITALISED);
    if [modal, of, next].iter().any(|word| word.marks.any(NOT_MEANT)) || !small(of) || !small(next) {
        return None;
    }
    let written = modal.span.of(context.text);
    let is_noun_too = match lower(written, scratch) {
        "would" | "could" | "should" | "wouldn't" | "couldn't" | "shouldn't" => false,
        // `the might of an army`, `must of necessity`
        "might" | "must" => true,
        _ => return None,
    };
    let sure = is_participle(context, next, scratch) || {
        let adverb = matches!(
            lower(next.span.of(context.text), scratch),
            "also" | "always" | "ever" | "just" | "never" | "only" | "probably" | "really"
        );
        let after = Context { at: context.at + 1, ..*context };
        adverb && after.next_after_space().is_some_and(|word| is_participle(context, word, scratch))
    };
    if !sure && (is_noun_too || stands_after_of(lower(next.span.of(context.text), scratch))) {
        return None;
    }
    Some(Finding {
        kind: Kind::RealWord,
        span: Span::new(modal.span.start, of.span.end),
        suggestion: Some(format!("{written} have")),
        confidence: if sure { 0.99 } else { 0.8 },
        applicability: if sure { Applicability::Safe } else { Applicability::Review },
        reason: format!("sounds like '{written}'ve'"),
        repetition: None,
    })
}

/// `did all he could of course`, `as much as I could of it`
fn stands_after_of(word: &str) -> bool {
    matches!(
        word,
        "a" | "all"
            | "an"
            | "any"
            | "course"
            | "each"
            | "every"
            | "her"
            | "him"
            | "his"
            | "it"
            | "its"
            | "late"
            | "me"
            | "my"
            | "necessity"
            | "our"
            | "some"
            | "such"
            | "that"
            | "the"
            | "their"
            | "them"
            | "these"
            | "this"
            | "those"
            | "us"
            | "what"
            | "which"
            | "you"
            | "your"
    )
}

/// A word that stands after `have`: `been`, `gone`, `wanted`.
fn is_participle(context: &Context, word: &Word, scratch: &mut String) -> bool {
    const IRREGULAR: &[&str] = &[
        "become",
        "been",
        "begun",
        "bought",
        "broken",
        "brought",
        "built",
        "caught",
        "chosen",
        "come",
        "done",
        "drawn",
        "driven",
        "eaten",
        "fallen",
        "felt",
        "forgotten",
        "fought",
        "found",
        "given",
        "gone",
        "got",
        "gotten",
        "grown",
        "had",
        "heard",
        "held",
        "kept",
        "known",
        "left",
        "liked",
        "lost",
        "made",
        "meant",
        "met",
        "paid",
        "run",
        "said",
        "seen",
        "sent",
        "shown",
        "sold",
        "spent",
        "stood",
        "taken",
        "taught",
        "thought",
        "told",
        "understood",
        "won",
        "worn",
        "written",
    ];
    let word = lower(word.span.of(context.text), scratch);
    IRREGULAR.binary_search(&word).is_ok()
        || word.len() > 4 && word.ends_with("ed") && context.lexicon.entry(word).is_core()
}

/// What sounds like the word at `context` and is meant here by the words beside it; `meant` is what may be.
pub(super) fn sounds_like(context: &Context, meant: &str, scratch: &mut String) -> Option<Finding> {
    let word = context.word();
    if word.marks.any(NOT_MEANT) || word.marks.any(Marks::CAPITALISED) && !word.marks.any(Marks::INITIAL) {
        return None;
    }
    let next_word =
        context.next_after_space().filter(|next| !next.marks.any(NOT_MEANT.with(Marks::CAPITALISED)))?;
    let after = Context { at: context.at + 1, ..*context };
    let before_to = after.next_after_space().is_some_and(|word| word.span.of(context.text) == "to");
    let participle = is_participle(context, next_word, scratch);
    let next = next_word.span.of(context.text);
    let is_meant = match lower(word.span.of(context.text), scratch) {
        "cant" | "wont" => return contraction(context, meant, scratch),
        "im" => {
            let ing = next.len() > 4 && next.ends_with("ing") && context.lexicon.entry(next).is_core();
            ing || stands_after_im(next)
        }
        "ive" => participle || matches!(next, "already" | "always" | "ever" | "just" | "never" | "no"),
        "its" | "your" => {
            matches!(next, "a" | "an" | "not") || next == "been" || next == "going" && before_to
        }
        "lets" => word.marks.any(Marks::INITIAL) && stands_after_lets(next),
        "their" => matches!(next, "are" | "is" | "was" | "were"),
        _ => false,
    };
    is_meant.then(|| Finding {
        kind: if meant.contains('\'') { Kind::Apostrophe } else { Kind::RealWord },
        span: word.span,
        suggestion: Some(in_case(meant, word.marks)),
        confidence: 0.9,
        applicability: Applicability::Review,
        reason: format!("sounds like '{meant}', which stands before '{next}'"),
        repetition: None,
    })
}

fn stands_after_im(word: &str) -> bool {
    matches!(
        word,
        "a" | "afraid"
            | "also"
            | "always"
            | "an"
            | "glad"
            | "gonna"
            | "happy"
            | "here"
            | "just"
            | "not"
            | "really"
            | "so"
            | "sorry"
            | "still"
            | "sure"
            | "tired"
            | "too"
            | "very"
    )
}

fn stands_after_lets(word: &str) -> bool {
    matches!(
        word,
        "be" | "do"
            | "face"
            | "get"
            | "go"
            | "have"
            | "hope"
            | "just"
            | "make"
            | "meet"
            | "not"
            | "say"
            | "see"
            | "start"
            | "take"
            | "talk"
            | "try"
    )
}

/// A contraction that is another word without its apostrophe: `cant`, `wont`.
fn contraction(context: &Context, full: &str, scratch: &mut String) -> Option<Finding> {
    let word = context.word();
    if word.marks.any(NOT_MEANT.with(Marks::CAPITALISED)) {
        return None;
    }
    let next =
        context.next_after_space().filter(|next| !next.marks.any(NOT_MEANT.with(Marks::CAPITALISED)))?;
    let next = lower(next.span.of(context.text), scratch);
    // `as he was wont to do`
    if matches!(next, "to" | "of" | "and" | "or" | "is" | "was") {
        return None;
    }
    let verb = context.lexicon.entry(next).is_core();
    let previous = context.previous_after_space()?;
    let subject = matches!(
        lower(previous.span.of(context.text), scratch),
        "i" | "you" | "he" | "she" | "it" | "we" | "they" | "who" | "that" | "there" | "people"
    );
    if !subject {
        return None;
    }
    Some(Finding {
        kind: Kind::Apostrophe,
        span: word.span,
        suggestion: Some(in_case(full, word.marks)),
        confidence: if verb { 0.99 } else { 0.8 },
        applicability: if verb { Applicability::Safe } else { Applicability::Review },
        reason: format!("lost its apostrophe, after '{}'", previous.span.of(context.text)),
        repetition: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::speller::tests::told;

    #[test]
    fn contractions_that_are_words_are_told_by_their_neighbours() {
        assert_eq!(told("He says that he cant stop there."), ["!cant -> can't"]);
        assert_eq!(told("They wont be happy about it."), ["!wont -> won't"]);
        for text in ["It was late, as was his wont.", "He was wont to say so.", "The cant of thieves is old."]
        {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_sounds_like_another_word_is_told_by_the_next() {
        for (text, proposed) in [
            ("i think im going home tonight.", "im -> I'm"),
            ("Ive been there before.", "Ive -> I've"),
            ("Its a nice day.", "Its -> It's"),
            ("I know its been a long time.", "its -> it's"),
            ("Your going to be late.", "Your -> You're"),
            ("Lets go to the beach.", "Lets -> Let's"),
            ("Their is a house at the end.", "Their -> There"),
        ] {
            assert_eq!(told(text), [proposed], "{text}");
        }
        for text in [
            "Its house is at the end, and your going rate is high.",
            "The firm lets people go, and he lets go of it.",
            "Your house is their house.",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
        let found = "He left in febuary with his wife.";
        assert_eq!(told(found), ["febuary -> February"]);
    }
}
