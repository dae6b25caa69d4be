//! Rules for two words in a row: doubled words, and one word with a space inside.

use crate::language::{Entry, Lexicon, rarity_of};
use crate::model::{Applicability, Finding, Kind, Span};

use super::context::{Context, vocabulary};
use super::rules;
use super::words::{Marks, Word, in_case, lower};

/// How much likelier (base ten) one word must be than the two parts that stand there.
const SPLIT_GAIN: f32 = 1.5;

/// Rarer words are not put together from parts.
const RAREST_WHOLE: f32 = 4.7;

/// The same word twice in a row, the second at `context`.
pub(super) fn doubled(context: &Context, scratch: &mut String) -> Option<Finding> {
    let (first, second) = (context.previous_after_space()?, context.word());
    const NOT_MEANT: Marks = Marks::TECHNICAL
        .with(Marks::FOREIGN)
        .with(Marks::HYPHENATED)
        .with(Marks::QUOTED)
        .with(Marks::POSSESSIVE);
    let written = first.span.of(context.text);
    if !is_one_gap(&context.text[first.span.end..second.span.start]) {
        return None;
    }
    // A word three times in a row is mostly meant.
    let longer = context.at > 1 && context.words[context.at - 2].hash == first.hash
        || context.next().is_some_and(|next| next.hash == first.hash);
    let begins = first.marks.any(Marks::INITIAL);
    let small = |marks: Marks| !marks.any(Marks::CAPITALISED.with(Marks::UPPER));
    let alike =
        written == context.written() || begins && small(second.marks) && !first.marks.any(Marks::UPPER);
    if !alike || longer || first.marks.any(NOT_MEANT) || second.marks.any(NOT_MEANT.with(Marks::UPPER)) {
        return None;
    }
    let word = lower(written, scratch);
    let core = context.lexicon.entry(word).is_core() && word.len() > 1;
    let (confidence, applicability, reason) = if rules::is_month_or_weekday(word) && !small(second.marks) {
        if number_follows(context.text, second.span.end) {
            (0.995, Applicability::Safe, "a month or day twice before a number".to_owned())
        } else {
            (0.9, Applicability::Review, "a month or day twice".to_owned())
        }
    } else if rules::may_be_doubled(word) {
        return None;
    } else if small(second.marks) && (rules::is_never_doubled(word) || word == "this" && begins) {
        (0.995, Applicability::Safe, format!("the word '{word}' is never doubled"))
    } else if small(second.marks) && rules::is_doubled_at_seams(word) && !may_be_a_seam(context, word) {
        (0.99, Applicability::Safe, format!("the word '{word}' stands twice in one clause"))
    } else if core && (begins || small(second.marks)) {
        (0.85, Applicability::Review, format!("the word '{word}' stands twice in a row"))
    } else if word.len() > 4 && (core || is_common_name(context.lexicon, word)) {
        (0.6, Applicability::Review, format!("the word '{written}' stands twice in a row, and may be a name"))
    } else {
        return None;
    };
    Some(Finding {
        kind: Kind::DoubledWord,
        span: Span::new(first.span.start, second.span.end),
        suggestion: Some(written.to_owned()),
        confidence,
        applicability,
        reason,
        repetition: None,
    })
}

/// Words before a doubled one that are looked at for the beginning of its clause.
const CLAUSE: usize = 8;

/// True where one clause or phrase may end between the two words at `context`, which are `word`.
fn may_be_a_seam(context: &Context, word: &str) -> bool {
    let before = &context.words[..context.at - 1];
    let lower = |word: &Word| word.span.of(context.text).to_ascii_lowercase();
    let opened = before.iter().rev().take(CLAUSE).any(|word| rules::opens_a_gap(&lower(word)));
    let stranded =
        rules::is_stranded(word) && before.last().is_some_and(|word| rules::may_strand(&lower(word)));
    opened || stranded || word == "of" && context.next().is_some_and(|next| lower(next) == "course")
}

/// True for one space, or the end of a line and what the next one is indented by; more spaces stand
/// between the columns of a table.
fn is_one_gap(gap: &str) -> bool {
    gap == " " || gap == "\u{a0}" || gap.contains('\n')
}

/// A name so common that it would be known to be said twice.
fn is_common_name(lexicon: &Lexicon, name: &str) -> bool {
    let entry = lexicon.entry(name);
    entry.is_core_name() && entry.rank().is_some_and(|rank| rank < 15_000.0)
}

fn number_follows(text: &str, end: usize) -> bool {
    let rest = &text.as_bytes()[end..];
    let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    spaces > 0 && rest.get(spaces).is_some_and(u8::is_ascii_digit)
}

/// Words more common than this stand alone too often to be asked for what they may begin.
const COMMONEST_HALF: f32 = 3.3;

/// How much likelier the whole must be than two words that both are known.
const WORDS_GAIN: f32 = 3.0;

/// True for a word that some more common word begins with, the rest of which is a word, too.
pub(super) fn is_half(lexicon: &Lexicon, word: &str, entry: Entry) -> bool {
    let rarity = rarity_of(entry.rank());
    word.len() > 2
        && rarity > COMMONEST_HALF
        && lexicon.starting_with(word).any(|(whole, entry)| {
            let rest = &whole[word.len()..];
            entry.is_core()
                && rest.len() > 2
                && rarity_of(entry.rank()) < rarity.min(RAREST_WHOLE)
                && lexicon.entry(rest).is_core()
        })
}

/// One word with a space inside: the word at `context` and the next, one of which is no word.
pub(super) fn split(context: &Context, scratch: &mut String) -> Option<Finding> {
    let (first, second) = (context.word(), context.next_after_space()?);
    const NOT_MEANT: Marks = Marks::TECHNICAL
        .with(Marks::FOREIGN)
        .with(Marks::POSSESSIVE)
        .with(Marks::APOSTROPHE)
        .with(Marks::AFTER_NUMBER)
        .with(Marks::UPPER);
    if first.marks.any(NOT_MEANT) || second.marks.any(NOT_MEANT.with(Marks::CAPITALISED)) {
        return None;
    }
    if first.span.end + 1 != second.span.start || first.hash == second.hash {
        return None;
    }
    let (lexicon, text) = (context.lexicon, context.text);
    scratch.clear();
    for part in [first, second] {
        scratch.extend(part.span.of(text).chars().map(|letter| letter.to_ascii_lowercase()));
    }
    let whole = scratch.as_str();
    let entry = lexicon.entry(whole);
    let rarity = rarity_of(entry.rank());
    if rules::is_two_tokens(whole) || whole.len() < 4 || !entry.is_core() || rarity > RAREST_WHOLE {
        return None;
    }
    let neighbours = context.neighbours_of_pair();
    let part = |word: &Word| (word.vocabulary, part_rarity(lexicon, word.span.of(text)));
    let ((first_id, first_rarity), (second_id, second_rarity)) = (part(first), part(second));
    let apart = neighbours.fit(lexicon, [first_id, second_id], first_rarity).total()
        + lexicon.follows(first_id, second_id, second_rarity).0;
    let together = neighbours.fit(lexicon, [vocabulary(lexicon, whole); 2], rarity).total();
    let gain = together - apart;
    if gain < SPLIT_GAIN {
        return None;
    }
    // `a warded place`: a rare word is a word. `27 th is`, `L and M`: next to a word, a letter or two
    // are an abbreviation.
    let is_scrap = |word: &Word| {
        let part = word.span.of(text).to_ascii_lowercase();
        if part.len() < 3 { is_fragment(lexicon, &part) } else { !lexicon.contains(&part) }
    };
    let is_core = |word: &Word| lexicon.entry(&word.span.of(text).to_ascii_lowercase()).is_core();
    let short = first.span.len().min(second.span.len()) < 3;
    if short && (is_core(first) || is_core(second)) && gain < SPLIT_GAIN + 2.0 {
        return None;
    }
    // `long-runni ng`: a part of a compound, if it is not two words of it.
    let compound = first.marks.with(second.marks).any(Marks::HYPHENATED);
    if is_core(first) && is_core(second) && (gain < WORDS_GAIN || compound) {
        return None;
    }
    let safe = !context.manner.uncased
        && !compound
        && (is_scrap(first) || is_scrap(second))
        && !(short && (is_core(first) || is_core(second)));
    Some(Finding {
        kind: Kind::SplitWord,
        span: Span::new(first.span.start, second.span.end),
        suggestion: Some(in_case(whole, first.marks)),
        confidence: if safe { 0.99 } else { 0.9 },
        applicability: if safe { Applicability::Safe } else { Applicability::Review },
        reason: format!(
            "known word '{whole}' with a space inside: '{}' and '{}'",
            first.span.of(text),
            second.span.of(text)
        ),
        repetition: None,
    })
}

/// How rare a part is as a word of its own. Single letters and other scraps of two letters have
/// high ranks for what they are in formulas and initials.
fn part_rarity(lexicon: &Lexicon, part: &str) -> f32 {
    if is_fragment(lexicon, &part.to_ascii_lowercase()) {
        6.0
    } else {
        rarity_of(lexicon.entry(&part.to_ascii_lowercase()).rank())
    }
}

/// True for what is no word of running text by itself.
pub(super) fn is_fragment(lexicon: &Lexicon, word: &str) -> bool {
    const TWO_LETTERS: &[&str] = &[
        "am", "an", "as", "at", "be", "by", "do", "dr", "go", "he", "hi", "if", "in", "is", "it", "me", "mr",
        "ms", "my", "no", "of", "oh", "ok", "on", "or", "pm", "so", "to", "tv", "uk", "un", "up", "us", "vs",
        "we",
    ];
    match word.len() {
        0 => false,
        1 => !matches!(word, "a" | "i" | "o"),
        2 => TWO_LETTERS.binary_search(&word).is_err(),
        _ => {
            let entry = lexicon.entry(word);
            !(entry.is_core() || entry.is_rare()) || entry.rank().is_none_or(|rank| rank > 60_000.0)
        }
    }
}

/// A contraction without its apostrophe.
pub(super) fn contraction(context: &Context, full: &str) -> Option<Finding> {
    const NOT_MEANT: Marks =
        Marks::HYPHENATED.with(Marks::QUOTED).with(Marks::APOSTROPHE).with(Marks::POSSESSIVE);
    let word = context.word();
    let name = word.marks.any(Marks::CAPITALISED) && !word.marks.any(Marks::INITIAL);
    if name || word.marks.any(NOT_MEANT) {
        return None;
    }
    // `Dont Look Back` is a film, `Theyre is a hamlet` a place.
    let next = context.next_after_space().filter(|_| word.marks.any(Marks::INITIAL));
    let is_name = next.is_some_and(|next| {
        next.marks.any(Marks::CAPITALISED) || matches!(next.span.of(context.text), "has" | "is" | "was")
    });
    let sure = rules::is_surely_contraction(full) && !is_name && !context.is_beside_stranger();
    Some(Finding {
        kind: Kind::Apostrophe,
        span: word.span,
        suggestion: Some(in_case(full, word.marks)),
        confidence: if sure { 0.995 } else { 0.8 },
        applicability: if sure { Applicability::Safe } else { Applicability::Review },
        reason: format!("the list of contractions that lost their apostrophe has '{}'", context.written()),
        repetition: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::speller::tests::told;

    #[test]
    fn doubled_words_are_told_from_words_that_may_stand_twice() {
        assert_eq!(
            told("It was behind the March March 11 attacks on the the city."),
            ["!March March -> March", "!the the -> the"]
        );
        for text in
            ["He had had enough.", "I know that that is so.", "Jar Jar Binks came.", "It was very very good."]
        {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_word_that_ends_one_clause_and_begins_the_next_is_for_a_person() {
        for (text, doubled) in [
            ("What they are are songs of the sea.", "are"),
            ("The person I talked to to this day is a friend.", "to"),
            ("He was the one they laughed at at the time.", "at"),
            ("It was a joke that they told and thought of of course.", "of"),
            ("All he was was a fool.", "was"),
            ("He did this this week.", "this"),
        ] {
            assert_eq!(told(text), [format!("{doubled} {doubled} -> {doubled}")], "{text}");
        }
        for (text, doubled) in [
            ("The right to to buy shares was sold.", "to"),
            ("The plan was was known to the house.", "was"),
            ("He lived in a small part of of the city.", "of"),
            ("So she could could reject all of it.", "could"),
        ] {
            assert_eq!(told(text), [format!("!{doubled} {doubled} -> {doubled}")], "{text}");
        }
    }

    #[test]
    fn what_may_be_a_title_a_place_or_of_another_language_is_for_a_person() {
        for (text, proposed) in [
            ("Dont Look Back is a film about the tour.", "Dont -> Don't"),
            ("Theyre is a hamlet in the north.", "Theyre -> They're"),
            ("We drank teh tarik at the stall near the harbour.", "teh -> the"),
        ] {
            assert_eq!(told(text), [proposed], "{text}");
        }
        assert_eq!(told("Add the class .seperator to the line."), Vec::<String>::new());
    }

    #[test]
    fn lost_apostrophes_come_back() {
        assert_eq!(
            told("He doesnt know. Thats all. They were well."),
            ["!doesnt -> doesn't", "!Thats -> That's"]
        );
    }
}
