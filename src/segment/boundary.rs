//! Where a sentence ends inside a paragraph.
//!
//! One pass finds the characters that could end a sentence; the words on either side decide. Nearly all
//! rules come down to one question: can the next word only begin a sentence?

mod characters;
mod lists;
mod scope;
mod stops;
mod tokens;

use std::ops::Range;

use crate::language::{FunctionWords, Language};
use crate::model::Span;

use super::abbreviations::{Abbreviation, Abbreviations};

use characters::{continues_japanese, is_bullet, is_opening, is_quote_opening, is_wide};
use lists::{leads, next_item};
use scope::Scope;
use stops::{Run, Stop, run, stop_of};
use tokens::{
    follows_number, is_acronym, is_calendar_word, is_fronted, is_initial, is_roman, is_shouted_name,
    letters_at_least, lower_into, token_before, word_at,
};

/// The rules of one language, with scratch memory for the words it looks up.
pub(super) struct Rules {
    language: Option<Language>,
    abbreviations: Abbreviations,
    /// Words that only the beginning of a sentence writes large.
    starters: FunctionWords,
    /// In these languages `3.` is `3rd`.
    dotted_ordinals: bool,
    /// Bytes that may begin a character of interest.
    interesting: [bool; 256],
    word: String,
}

/// English words with which sentences begin. After a shortened word, as in `dept. of`, `temp. is` and
/// `misc. and`, they are rare.
const BEGINNERS: &[&str] = &[
    "a", "after", "all", "although", "an", "another", "because", "before", "both", "but", "each", "even",
    "every", "he", "her", "here", "his", "how", "however", "if", "it", "its", "just", "many", "most", "my",
    "no", "now", "once", "one", "only", "our", "perhaps", "please", "she", "since", "so", "some", "still",
    "thanks", "that", "the", "their", "then", "there", "these", "they", "this", "those", "though", "two",
    "until", "we", "what", "when", "where", "while", "why", "yes", "you", "your",
];

/// What the first visible character after a stop looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Lower,
    Upper,
    Digit,
    /// A letter of a script without case.
    Caseless,
    /// A comma and the like: the sentence goes on.
    Comma,
    Symbol,
}

impl Rules {
    pub(super) fn new(language: Option<Language>) -> Self {
        let mut interesting = [false; 256];
        // Openers, stops, and the first bytes of the others.
        for &byte in b".!?([{\xC2\xCD\xD6\xD8\xDB\xE0\xE1\xE2\xE3\xEF" {
            interesting[usize::from(byte)] = true;
        }
        let code = language.map_or("", |language| language.0);
        // Typed for ։ and ; on many keyboards.
        interesting[usize::from(b':')] = code == "hy";
        interesting[usize::from(b';')] = code == "el";
        let dotted_ordinals = matches!(
            code,
            "de" | "da"
                | "nb"
                | "fi"
                | "et"
                | "cs"
                | "sk"
                | "sl"
                | "hr"
                | "sr"
                | "hu"
                | "tr"
                | "lv"
                | "is"
                | "eu"
        );
        let abbreviations = Abbreviations::of(language);
        let starters = FunctionWords::of(language.unwrap_or(Language::ENGLISH));
        Rules { language, abbreviations, starters, dotted_ordinals, interesting, word: String::new() }
    }

    /// Calls `emit` for each sentence of the paragraph, in order, white space between them left out. No
    /// sentence ends inside the stretches of `held`, which are sorted and disjoint.
    pub(super) fn cut(&mut self, text: &str, paragraph: Span, held: &[Span], mut emit: impl FnMut(Span)) {
        let text = &text[..paragraph.end];
        let mut start = paragraph.start;
        let mut at = start;
        let mut scope = Scope::default();
        let mut item = next_item(text, start);
        while let Some(found) = self.next_interesting(text, at) {
            if let Some(next) = item.filter(|&next| next <= found && !is_held(held, next)) {
                emit_trimmed(text, start, next, &mut emit);
                (start, at, item) = (next, next, next_item(text, next));
                continue;
            }
            let Some(c) = text[found..].chars().next() else { break };
            at = found + c.len_utf8();
            if is_bullet(c) && found > start && ends_with_space(&text[..found]) && !is_held(held, found) {
                emit_trimmed(text, start, found, &mut emit);
                start = found;
                continue;
            }
            let Some(stop) = self.stop(text, found, c) else {
                scope.open(text, found, c);
                continue;
            };
            if scope.is_only_stops(text, found) {
                // [...] and (!) are remarks inside a sentence; what follows them may end it.
                at = scope.close;
                continue;
            }
            let run = run(text, start, at, c, stop);
            at = run.end;
            if scope.holds(start, run.end) || is_held(held, run.end) || !self.may_end(text, found, &run) {
                continue;
            }
            let next = skip_space(text, run.end);
            if next == text.len() {
                break;
            }
            if self.ends(text, start, found, &run, next) {
                emit(Span::new(start, run.end));
                (start, at) = (next, next);
                // Only an item that was announced by the one before is looked for inside a paragraph.
                if item == Some(next) {
                    item = next_item(text, next);
                }
            }
        }
        if let Some(next) = item.filter(|&next| next > start && !is_held(held, next)) {
            emit_trimmed(text, start, next, &mut emit);
            start = next;
        }
        emit_trimmed(text, start, text.len(), &mut emit);
    }

    fn next_interesting(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes().get(from..)?;
        let is_interesting = |&byte: &u8| self.interesting[usize::from(byte)];
        // Eight at a time without a branch: few bytes are of interest.
        const STEP: usize = 8;
        let dull = bytes.chunks_exact(STEP);
        let dull = dull.take_while(|step| !step.iter().fold(false, |any, byte| any | is_interesting(byte)));
        let passed = dull.count() * STEP;
        bytes[passed..].iter().position(is_interesting).map(|offset| from + passed + offset)
    }

    fn stop(&self, text: &str, at: usize, c: char) -> Option<Stop> {
        match c {
            ':' => {
                let armenian =
                    text[..at].chars().next_back().is_some_and(|c| matches!(c, '\u{530}'..='\u{58F}'));
                armenian.then_some(Stop::Strong)
            }
            ';' => {
                let greek = text[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|c| matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}'));
                greek.then_some(Stop::Strong)
            }
            _ => stop_of(c),
        }
    }

    /// True when what directly follows the run lets it be the end of a sentence.
    fn may_end(&mut self, text: &str, found: usize, run: &Run) -> bool {
        let Some(after) = text[run.end..].chars().next() else { return true };
        if after.is_whitespace() {
            return true;
        }
        if matches!(after, ',' | '、' | '，' | ';' | '；' | ':' | '：') {
            return false;
        }
        let before = text[..found].chars().next_back();
        if run.unspaced {
            let numeral = before.is_some_and(char::is_numeric) && after.is_numeric();
            return !(numeral || run.closed && continues_japanese(after));
        }
        let wide_neighbour = before.is_some_and(is_wide) && (is_wide(after) || after.is_alphanumeric());
        if before.is_some_and(|c| c.is_lowercase() || c.is_numeric()) && after.is_uppercase() {
            // The space was forgotten: `done.The`, but not `Node.Js`.
            return run.stop != Stop::Ellipsis && self.is_starter(text, run.end);
        }
        match run.stop {
            Stop::Dot => wide_neighbour && !after.is_numeric(),
            Stop::Strong => wide_neighbour && !(run.closed && continues_japanese(after)),
            Stop::Ellipsis => false,
        }
    }

    /// Decides by the words on either side. `next` is the first visible character after the run.
    fn ends(&mut self, text: &str, start: usize, found: usize, run: &Run, next: usize) -> bool {
        let (word_start, mut shape) = self.next_word(text, next);
        let ellipsis_follows = text[next..].starts_with("..") || text[next..].starts_with('…');
        if shape == Next::Lower && (self.is_capital_in_spirit(text, word_start) || ellipsis_follows) {
            shape = Next::Upper;
        }
        match (shape, run.stop) {
            (Next::Lower, Stop::Dot | Stop::Strong) => {
                let token = token_before(text, start, found);
                // After a question, or in a text that does so all the time, any word may begin one.
                let freely = run.stop == Stop::Strong || text[start..].starts_with(char::is_lowercase);
                !run.closed && self.begins_small(text, token, next..word_start, freely)
            }
            (Next::Comma | Next::Lower, _) => false,
            // A full stop that was typed twice.
            (Next::Digit, Stop::Ellipsis) if &text[found..run.end] == ".." => true,
            (Next::Upper, Stop::Strong) => {
                !is_shouted_name(token_before(text, start, found).of(text))
                    || self.is_starter(text, word_start)
            }
            (_, Stop::Strong) => true,
            (Next::Digit | Next::Symbol, Stop::Ellipsis) => false,
            // A pause before the word that is written large anywhere.
            (_, Stop::Ellipsis) => found > start && word_at(text, word_start) != "I",
            // In Armenian the full stop announces what is said.
            (_, Stop::Dot) if text[next..].starts_with('«') && self.is_language("hy") => false,
            (_, Stop::Dot) => self.dot_ends(text, start, found, word_start, shape),
        }
    }

    /// A full stop, and something that could begin a sentence after it.
    fn dot_ends(&mut self, text: &str, start: usize, found: usize, word_start: usize, shape: Next) -> bool {
        let token = token_before(text, start, found);
        let token_text = token.of(text);
        if token_text.is_empty() {
            return found > start;
        }
        if token_text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
            return self.number_ends(text, start, token, word_start, shape);
        }
        let initial = is_initial(token_text);
        let kind = self.abbreviation(token_text).or_else(|| {
            // The letter of a list item.
            let item = initial && leads(text, start, token.start);
            let short = initial || is_acronym(token_text);
            if item { Some(Abbreviation::Before) } else { short.then_some(Abbreviation::Either) }
        });
        let roman_ordinal = || {
            self.dotted_ordinals
                && token_text.len() > 1
                && token_text.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X' | b'L'))
        };
        match kind {
            None => !roman_ordinal() || self.is_starter(text, word_start),
            Some(Abbreviation::Before) => false,
            // `U.S. and` at the beginning: nothing has been said yet.
            Some(Abbreviation::Either) if is_acronym(token_text) && leads(text, start, token.start) => false,
            Some(Abbreviation::Number) => match shape {
                Next::Digit => false,
                Next::Upper if initial || is_roman(word_at(text, word_start)) => {
                    self.is_starter(text, word_start)
                }
                _ => !initial,
            },
            Some(Abbreviation::Measure) => {
                let name = word_at(text, word_start);
                shape == Next::Upper
                    && (self.is_starter(text, word_start)
                        || follows_number(text, start, token)
                            && !is_fronted(&text[start..token.start])
                            && !is_calendar_word(name))
            }
            Some(Abbreviation::Either) => match shape {
                Next::Upper => self.is_starter(text, word_start),
                Next::Caseless => letters_at_least(token_text, 2),
                _ => false,
            },
        }
    }

    fn number_ends(&mut self, text: &str, start: usize, token: Span, word_start: usize, shape: Next) -> bool {
        let digits = token.of(text).trim_end_matches('.');
        // The number of a list item or section.
        if digits.len() <= 8 && leads(text, start, token.start) {
            return false;
        }
        if self.dotted_ordinals && digits.len() <= 2 {
            return match shape {
                Next::Upper => self.is_starter(text, word_start),
                _ => false,
            };
        }
        true
    }

    fn abbreviation(&mut self, token: &str) -> Option<Abbreviation> {
        // l'av., и/или: the last part counts, if the whole is unknown.
        lower_into(token, &mut self.word);
        self.abbreviations.get(&self.word).or_else(|| {
            let part = self.word.rsplit(['\'', '’', '/', '-']).next()?;
            (part.len() < self.word.len()).then(|| self.abbreviations.get(part)).flatten()
        })
    }

    /// True when the capitalised word at `at` can only begin a sentence: articles, pronouns and the like
    /// are written small anywhere else.
    fn is_starter(&mut self, text: &str, at: usize) -> bool {
        let word = word_at(text, at);
        if word.chars().nth(1).is_none() && text[at + word.len()..].starts_with('.') {
            return false;
        }
        // THE and IT inside capitals tell nothing, but so rarely matter.
        lower_into(word, &mut self.word);
        self.starters.contains(&self.word)
    }

    /// A small letter that begins a sentence all the same: `iPhone`, and `i` in careless English.
    fn is_capital_in_spirit(&self, text: &str, at: usize) -> bool {
        let word = word_at(text, at);
        word.chars().nth(1).is_some_and(char::is_uppercase) || word == "i" && self.is_language("en")
    }

    /// True where careless English begins a sentence with a small letter: after a word written out in full,
    /// with one of [`BEGINNERS`] or a quotation. `opening` is what may open one before the next word.
    fn begins_small(&mut self, text: &str, token: Span, opening: Range<usize>, freely: bool) -> bool {
        /// Shorter words before a stop may be abbreviations that no list has.
        const WRITTEN_OUT: usize = 4;
        let token = token.of(text);
        let is_vowel = |byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        self.is_language("en")
            && token.len() >= WRITTEN_OUT
            && token.bytes().all(|byte| byte.is_ascii_lowercase())
            && token.bytes().any(is_vowel)
            && (is_quote_opening(&text[opening.clone()])
                || BEGINNERS.contains(&word_at(text, opening.end))
                || freely && self.is_starter(text, opening.end))
            && self.abbreviation(token).is_none()
    }

    fn is_language(&self, code: &str) -> bool {
        self.language.is_some_and(|language| language.0 == code)
    }

    /// The first letter or digit after quotes, brackets and dashes, and what it is.
    fn next_word(&self, text: &str, at: usize) -> (usize, Next) {
        let mut word_start = at;
        for c in text[at..].chars().take(8) {
            let shape = if c.is_lowercase() {
                Next::Lower
            } else if c.is_uppercase() {
                Next::Upper
            } else if c.is_numeric() {
                Next::Digit
            } else if c.is_alphabetic() {
                Next::Caseless
            } else if matches!(c, ',' | ';' | ':' | ')' | ']' | '/' | '=' | '，' | '、' | '،' | '№') {
                Next::Comma
            } else if is_opening(c) || c.is_whitespace() {
                word_start += c.len_utf8();
                continue;
            } else {
                Next::Symbol
            };
            return (word_start, shape);
        }
        (word_start, Next::Symbol)
    }
}

fn is_held(held: &[Span], at: usize) -> bool {
    let next = held.partition_point(|span| span.end <= at);
    held.get(next).is_some_and(|span| span.start < at)
}

fn ends_with_space(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_whitespace)
}

/// The next visible character; past a line break also past the marks of a quoted line.
fn skip_space(text: &str, from: usize) -> usize {
    let rest = text[from..].trim_start();
    let next = text.len() - rest.len();
    if rest.starts_with('>') && text[from..next].contains('\n') {
        return text.len() - rest.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).len();
    }
    next
}

fn emit_trimmed(text: &str, start: usize, end: usize, emit: &mut impl FnMut(Span)) {
    let len = text[start..end].trim_end().len();
    if len > 0 {
        emit(Span::new(start, start + len));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::identify;

    /// Sentences are written with ` | ` between them.
    fn check(marked: &str) {
        let text = marked.replace(" | ", " ").replace('|', "");
        check_in(identify(&text), marked);
    }

    fn check_in(language: Option<Language>, marked: &str) {
        let text = marked.replace(" | ", " ").replace('|', "");
        let mut sentences = Vec::new();
        Rules::new(language).cut(&text, Span::new(0, text.len()), &[], |span| sentences.push(span.of(&text)));
        let expected: Vec<&str> = marked.split('|').map(str::trim).collect();
        assert_eq!(sentences, expected, "{language:?}");
    }

    #[test]
    fn stops_and_marks_end_sentences() {
        check("The cat sat on the mat. | Did the dog see it? | It did! | And that was all of it");
        check("What was that?! | Nobody knows. | Wait!!! | Who are they??");
    }

    #[test]
    fn titles_initials_and_abbreviations_do_not() {
        check("The letter of Mr. Smith and Dr. A. B. Jones was read by Prof. Lee. | He was pleased.");
        check("They say no. | I do not believe it. | See vol. II and no. IV of it.");
        check("We sell fruit, e.g. Apples and pears, i.e. Food, cf. Section 3. | That is all.");
        check("They live at No. 5, see p. 12 and Fig. 3. | No. | That is not so.");
        check("It went to Smith & Co. at noon. | They sold it to Smith & Co. | The price was high.");
    }

    #[test]
    fn an_acronym_ends_a_sentence_only_before_a_word_that_begins_one() {
        check(
            "He works for the U.S. Government in Virginia. | She lives in the U.S. | They met in the U.K. in May.",
        );
    }

    #[test]
    fn an_acronym_that_begins_a_sentence_does_not_end_it() {
        check("U.S. And other troops were there. | They left soon.");
    }

    #[test]
    fn measures_end_a_sentence_before_a_capital_unless_it_has_hardly_begun() {
        check("The shop was closed at 6 p.m. | Mary went home with the dog.");
        check("At 5 a.m. Mary went home. | The train leaves at 6 p.m. Friday and it is full.");
    }

    #[test]
    fn numbers_versions_and_addresses_hold_together() {
        check(
            "It costs $3.50 or 1.000.000 in the shop. | Use version 2.1.3 of it. | Write to a.b@example.com now.",
        );
        check("In 1995. | The next year was better. | See https://example.com/a.html. | Then go.");
        check("1. The first point is here. | 2. The second point is there.");
        check("1. Milk and bread | 2. The eggs | 3. And the rest");
        check("• 9. The first item | • 10. The second item");
    }

    #[test]
    fn quotes_and_brackets_close_after_the_stop() {
        check("She said, “This is it.” | He was not so sure. | (It was late.) | They went home.");
        check("\"This is great!\" she said to him. | \"Is it?\" | He went.");
        check("He taught (he had been a smith. Or so it was said.) at the school. | Then he left.");
        check("It was odd (!) and it was [...] good. | The end was near.");
        check("It is a gas.[1][2] | It has no smell. [3] | It burns.");
    }

    #[test]
    fn an_ellipsis_ends_a_sentence_before_a_capital() {
        check("I never meant that.... | She left the store.");
        check("I was not really ... well, what I mean. . . is that it was so.");
    }

    #[test]
    fn a_small_letter_goes_on_and_a_trade_name_does_not() {
        check(
            "It was by acme inc. which was good. | iPhones are in the shop now. | They work at Yahoo! in the office.",
        );
    }

    #[test]
    fn careless_english_begins_sentences_with_small_letters() {
        check(
            "they sent it on monday to the office. | the rest is still here. | is that right? | we will see.",
        );
        check("It was an effort to stop the spread of weapons. | \"was it the right balance,\" he said.");
        check(
            "She said to him, \"It is late.\" and then was gone. | It was by the dept. of war and approx. the same.",
        );
        check("The temp. of the oven and the misc. and other costs were high. | so they left.");
        check("i was at work for all of the week. | and then i was not.");
        check_in(Some(Language("de")), "Das Haus ist evtl. das letzte der Straße.");
    }

    #[test]
    fn a_stop_typed_twice_is_one() {
        check("They are with us and will be for the year.. | 42 of them left.");
        check("It was the end ... 42 of them left.");
    }

    #[test]
    fn a_forgotten_space_is_seen_before_a_function_word() {
        check("It was the end of the world.|The others use Node.Js for this.");
    }

    #[test]
    fn german_ordinals_and_abbreviations_hold() {
        check(
            "Die Feier war am 3. Oktober in der Stadt. | Das ist z. B. Wasser, d. h. nicht Wein. | Er kam 1990. | Es war gut.",
        );
        check("Er sagte: „Das ist gut.“ | Dann ging er, vgl. S. 12 und Nr. 5.");
    }

    #[test]
    fn other_alphabets_have_rules_too() {
        check("В 2010 г. он жил на ул. Ленина у А. С. Пушкина. | Это было давно, и т. д. | Он не вернулся.");
        check("Los Sres. García y la Dra. López viven en la calle. | ¿Cómo están? | ¡Muy bien!");
        check("Πού είναι η θάλασσα και το σπίτι; | Δεν το ξέρω.");
        check("यह सच है। | इसे कोई नहीं जानता। | क्या बात है?");
        check("کیا حال ہے؟ | میں ٹھیک ہوں۔ | آپ کا شکریہ۔");
        check("Բարև Ձեզ: | Իմ անունն է Արմինե։ | Այսօր է:");
    }

    #[test]
    fn scripts_without_spaces_need_none_between_sentences() {
        check("これはペンです。|それは何ですか？|「行こう。すぐに。」と言った。");
        check("他在《摔跤吧！爸爸》里。|好吗？|很好！");
    }

    #[test]
    fn no_sentence_ends_inside_what_is_held() {
        let text = "Use `a. B` here. Then go.";
        let mut sentences = Vec::new();
        let held = [Span::new(4, 10)];
        Rules::new(None).cut(text, Span::new(0, text.len()), &held, |span| sentences.push(span.of(text)));
        assert_eq!(sentences, ["Use `a. B` here.", "Then go."]);
    }
}
