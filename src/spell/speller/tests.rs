use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::model::OneByOne;
use crate::spell::counter::{WordCounter, merge};
use crate::spell::words::tests::{corrections, sentences_of};

fn findings(text: &str) -> Vec<Finding> {
    look(text, text).0.findings
}

/// What is found in a text that stands in a corpus, and what the corpus says of words.
fn look(text: &str, corpus: &str) -> (Found, Vec<(WordHash, Testimony)>) {
    let lexicon = Lexicon::load().unwrap();
    let mut counter = WordCounter::new();
    counter.document(corpus, &sentences_of(corpus), &[], Some(Language::ENGLISH));
    let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default()).unwrap();
    let mut found = Found::default();
    speller.findings(text, &sentences_of(text), &[], Some(Language::ENGLISH), &OneByOne, &mut found);
    (found, speller.evidence_by_word())
}

#[test]
fn words_that_were_weighed_are_told_and_to_see_one_is_the_same_however_often_others_stand() {
    let [form, sea, recieve] = ["form", "sea", "recieve"].map(|word| WordHash::of(word.as_bytes()));
    let text = "He will recieve the form by the sea.";
    let (found, testimonies) = look(text, text);
    assert!(
        found.weighed.contains(&recieve) && !found.weighed.contains(&form) && !found.weighed.contains(&sea)
    );
    let (_, with_more) = look(text, &format!("{text} We came from there, from here and from home."));
    let of = |testimonies: &[(WordHash, Testimony)]| {
        testimonies.iter().find_map(|&(word, testimony)| (word == form).then_some(testimony)).unwrap()
    };
    let (few, many) = (of(&testimonies), of(&with_more));
    assert_eq!(few.at_sight, many.at_sight);
    assert_ne!(few.weighed, many.weighed);
}

/// `wrong -> right` for each finding, `!` before safe ones.
fn told(text: &str) -> Vec<String> {
    corrections(text, &findings(text))
}

#[test]
fn a_misspelling_is_found_and_keeps_its_case() {
    assert_eq!(
        told("The goverment said it would recieve them."),
        ["!goverment -> government", "!recieve -> receive"]
    );
    assert_eq!(told("Recieve them, he said to everybody."), ["!Recieve -> Receive"]);
}

#[test]
fn names_and_technical_words_are_left_alone() {
    for text in [
        "The attack in Makhachkala and Derbent was claimed by Vilayat Kavkaz.",
        "Run cargo with --goverment or see goverment.org and x86goverment now.",
        "NATO and the FSB met Mr Gadzhiev.",
        "A rose-colored antiterrorist operation.",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn words_run_together_come_apart() {
    assert_eq!(told("It was an attempt tointimidate our society."), ["!tointimidate -> to intimidate"]);
}

#[test]
fn a_rare_word_next_to_the_neighbour_of_a_common_one_is_shown() {
    assert_eq!(told("They met in the costal city of Derbent."), ["costal -> coastal"]);
    assert_eq!(told("The costal cartilage of the rib was torn."), Vec::<String>::new());
}

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
fn lost_apostrophes_come_back() {
    assert_eq!(
        told("He doesnt know. Thats all. They were well."),
        ["!doesnt -> doesn't", "!Thats -> That's"]
    );
}

#[test]
fn contractions_that_are_words_are_told_by_their_neighbours() {
    assert_eq!(told("He says that he cant stop there."), ["!cant -> can't"]);
    assert_eq!(told("They wont be happy about it."), ["!wont -> won't"]);
    for text in ["It was late, as was his wont.", "He was wont to say so.", "The cant of thieves is old."] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn words_of_messages_and_programs_are_no_slips() {
    for text in [
        "Well, lol, that is what ppl say, and tbh it is waaay better.",
        "The struct is passed by value to the async function.",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn parts_of_compounds_are_put_together_for_review() {
    assert_eq!(told("It is one of the long-runni ng shows on television."), ["runni ng -> running"]);
}

#[test]
fn a_slip_between_names_is_found() {
    assert_eq!(
        told("Gledden wasborn at Bishopwearmouth, Sunderland, County Durham, Northumbria."),
        ["!wasborn -> was born"]
    );
}

#[test]
fn the_kinds_of_the_words_around_tell_which_word_was_meant() {
    assert_eq!(told("He mad a decision to leave the town."), ["mad -> made"]);
    assert_eq!(told("He was mad after the meeting."), Vec::<String>::new());
}

#[test]
fn of_is_told_from_have() {
    assert_eq!(told("A bus would of been a good idea."), ["!would of -> would have"]);
    assert_eq!(told("You should of never gone there."), ["!should of -> should have"]);
    for text in ["We could of course go there.", "He did what he could of it.", "This must of necessity end."]
    {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn halves_of_a_word_are_put_together() {
    assert_eq!(told("He works at some inter national firm."), ["inter national -> international"]);
    assert_eq!(told("They inter the dead in the old churchyard."), Vec::<String>::new());
}

#[test]
fn a_sentence_in_another_language_is_left_alone() {
    let english = "It was a long day and the weather was not what they had hoped for. ";
    let latin =
        "Examinatio et emendatio mathematicae hodiernae qualis explicatur in libris Johannis Wallisii.";
    assert_eq!(told(&format!("{}\n{latin}", english.repeat(6))), Vec::<String>::new());
}

#[test]
fn another_language_is_left_alone() {
    let lexicon = Lexicon::load().unwrap();
    let text = "Der Hund recieve goverment und die die Katze";
    let sentences = sentences_of(text);
    let mut counter = WordCounter::new();
    counter.document(text, &sentences, &[], None);
    let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default()).unwrap();
    for language in [Some(Language("de")), None] {
        let mut found = Found::default();
        speller.findings(text, &sentences, &[], language, &OneByOne, &mut found);
        assert_eq!(found.findings, []);
    }
}

#[test]
fn a_large_document_is_judged_alike_whoever_helps() {
    struct Backwards(AtomicUsize);
    impl Workers for Backwards {
        fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
            self.0.fetch_add(shares, Ordering::Relaxed);
            (0..shares).rev().for_each(work);
        }
    }
    let line = |number| match number % 100 {
        7 => "They recieve the letters of the goverment every day.\n",
        _ => "They walk to the station every day.\n",
    };
    let text: String = (0..10_000).map(line).collect();
    let sentences = sentences_of(&text);
    // What is wrong in the last of them is code.
    let last = text.rfind("recieve").unwrap();
    let protected = [Span::new(last, last + "recieve".len())];
    let lexicon = Lexicon::load().unwrap();
    let mut counter = WordCounter::new();
    counter.document(&text, &sentences, &protected, Some(Language::ENGLISH));
    let speller = Speller::new(&lexicon, &merge(vec![counter.finish()]), &Settings::default()).unwrap();
    let found = |workers: &dyn Workers| {
        let mut found = Found::default();
        speller.findings(&text, &sentences, &protected, Some(Language::ENGLISH), workers, &mut found);
        found
    };
    let helpers = Backwards(AtomicUsize::new(0));
    let (alone, helped) = (found(&OneByOne), found(&helpers));
    assert!(helpers.0.into_inner() > 1, "the document is large");
    let starts = |part: &str| text.match_indices(part).map(|(start, _)| start).collect::<Vec<_>>();
    let mut expected = [starts("recieve"), starts("goverment")].concat();
    expected.retain(|&start| start != last);
    expected.sort_unstable();
    let told: Vec<usize> = alone.findings.iter().map(|finding| finding.span.start).collect();
    assert_eq!(told, expected);
    assert_eq!((alone.findings, alone.weighed), (helped.findings, helped.weighed));
}

#[test]
fn what_many_write_as_one_word_comes_apart() {
    assert_eq!(told("There were alot of people on the street."), ["alot -> a lot"]);
    assert_eq!(told("It was, ofcourse, a mistake."), ["!ofcourse -> of course"]);
    assert_eq!(told("She likes it aswell."), ["aswell -> as well"]);
}

#[test]
fn of_two_corrections_in_the_list_a_person_chooses() {
    let review = |finding: &Finding| finding.applicability == Applicability::Review;
    let found = findings("He whould have been there if he had known about it.");
    assert!(
        matches!(&found[..], [finding] if review(finding) && finding.reason.contains("; or: ")),
        "{found:?}"
    );
}
