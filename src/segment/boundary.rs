//! Where a sentence ends inside a paragraph.
//!
//! One pass finds the characters that could end a sentence; the words on either side decide. Nearly all
//! rules come down to one question: can the next word only begin a sentence?

use crate::language::{FunctionWords, Language};
use crate::model::Span;

use super::abbreviations::{Abbreviation, Abbreviations};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// One full stop, which may belong to an abbreviation.
    Dot,
    /// Two or more, or `…`.
    Ellipsis,
    /// A question or exclamation mark, or the full stop of a script that has its own.
    Strong,
}

/// A stop with all that closes after it.
struct Run {
    stop: Stop,
    end: usize,
    /// A quote or bracket closes after the stop.
    closed: bool,
    /// One of the stops is of a script that puts no space after it.
    unspaced: bool,
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
                !run.closed && self.begins_small(text, token_before(text, start, found), next, word_start)
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
    /// with a word that often begins one, or with a quotation.
    fn begins_small(&mut self, text: &str, token: Span, next: usize, word_start: usize) -> bool {
        /// Shorter words before a stop may be abbreviations that no list has.
        const WRITTEN_OUT: usize = 4;
        let token = token.of(text);
        let is_vowel = |byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        self.is_language("en")
            && token.len() >= WRITTEN_OUT
            && token.bytes().all(|byte| byte.is_ascii_lowercase())
            && token.bytes().any(is_vowel)
            && (is_quote_opening(&text[next..word_start]) || self.is_starter(text, word_start))
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

/// A bracket or quotation that closes again soon: no sentence ends inside it, unless it is a sentence
/// itself.
#[derive(Default)]
struct Scope {
    open: usize,
    close: usize,
    /// The sentence goes on after the closing mark: `“Wait. Stop,” he said`.
    embedded: bool,
    /// Up to here it is known that what opens does not close.
    barren: usize,
}

/// How far away a closing mark is looked for: what is longer has sentences of its own.
const SCOPE_BYTES: usize = 300;

impl Scope {
    fn open(&mut self, text: &str, at: usize, opening: char) {
        let Some(closing) = closing_of(opening) else { return };
        if at < self.close || at < self.barren {
            return;
        }
        let mut depth = 0_usize;
        let end = text.floor_char_boundary(at + SCOPE_BYTES);
        for (offset, c) in text[at..end].char_indices() {
            if c == closing {
                depth -= 1;
                if depth == 0 {
                    let close = at + offset;
                    let embedded = goes_on_after_quote(&text[close + closing.len_utf8()..]);
                    if embedded || !is_quote(opening) {
                        (self.open, self.close, self.embedded) = (at, close, embedded);
                    }
                    return;
                }
            } else if c == opening {
                depth += 1;
            }
        }
        self.barren = end;
    }

    /// True when a stop that ends at `end` lies inside a bracket or quotation which is not a sentence, or
    /// several, of its own.
    fn holds(&self, start: usize, end: usize) -> bool {
        end <= self.close && (self.embedded || self.open > start)
    }

    /// True when a stop stands first in the bracket and only stops follow it there.
    fn is_only_stops(&self, text: &str, at: usize) -> bool {
        let before = text[..at].chars().next_back();
        before.is_some_and(|c| matches!(c, '(' | '['))
            && at <= self.close
            && self.close - at <= 8
            && !text[at..self.close].chars().any(char::is_alphanumeric)
    }
}

fn is_quote(opening: char) -> bool {
    matches!(opening, '“' | '„')
}

/// True when what follows a closing quote goes on with the sentence.
fn goes_on_after_quote(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '-', '–', '—']);
    rest.chars().next().is_some_and(|c| c.is_lowercase() || c == ',' || continues_japanese(c))
}

fn is_held(held: &[Span], at: usize) -> bool {
    let next = held.partition_point(|span| span.end <= at);
    held.get(next).is_some_and(|span| span.start < at)
}

fn closing_of(opening: char) -> Option<char> {
    Some(match opening {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '“' => '”',
        '„' => '“',
        '（' => '）',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '【' => '】',
        _ => return None,
    })
}

fn stop_of(c: char) -> Option<Stop> {
    Some(match c {
        '.' | '．' => Stop::Dot,
        '…' => Stop::Ellipsis,
        '!' | '?' | '！' | '？' | '。' | '｡' | '।' | '॥' | '؟' | '۔' | '։' | '\u{37E}' | '‼' | '⁇' | '⁈'
        | '⁉' | '‽' | '።' | '፧' | '፨' | '။' | '។' | '៕' => Stop::Strong,
        _ => return None,
    })
}

/// Takes in further stops, closing quotes and brackets, and footnote numbers. `at` is after the first stop
/// of a sentence that began at `start`.
fn run(text: &str, start: usize, at: usize, first: char, stop: Stop) -> Run {
    let mut run = Run { stop, end: at, closed: false, unspaced: is_unspaced(first) };
    loop {
        let rest = &text[run.end..];
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return run };
        let after = chars.next();
        let len = if let Some(more) = stop_of(c) {
            run.stop = match (run.stop, more) {
                (Stop::Strong, _) | (_, Stop::Strong) => Stop::Strong,
                (stop, _) if run.closed => stop,
                _ => Stop::Ellipsis,
            };
            run.unspaced |= is_unspaced(c);
            c.len_utf8()
        } else if is_closing(c) || is_either_quote(c) && closes(text, start, run.end, c, after) {
            run.closed = true;
            c.len_utf8()
        } else if let Some(len) =
            footnote(rest).or_else(|| footnote(rest.strip_prefix(' ')?).map(|len| 1 + len))
        {
            len
        } else if let Some(len) = spaced_stop(rest, run.stop) {
            if run.stop == Stop::Dot {
                run.stop = Stop::Ellipsis;
            }
            len
        } else if let Some(len) = spaced_quote(text, start, run.end) {
            run.closed = true;
            len
        } else {
            return run;
        };
        run.end += len;
    }
}

/// True when a mark that can open or close a quotation, standing right after a stop, closes one.
fn closes(text: &str, start: usize, at: usize, quote: char, after: Option<char>) -> bool {
    match after {
        Some(after) if is_wide(after) && after.is_alphanumeric() => {
            quote == '"' && is_open(text, start, at, "\"")
        }
        Some(after) => !after.is_alphanumeric(),
        None => true,
    }
}

/// Length of ` .` or ` ...` where it goes on an ellipsis, and of ` !` after an exclamation.
fn spaced_stop(rest: &str, stop: Stop) -> Option<usize> {
    let rest = rest.strip_prefix(' ')?;
    let more = |byte: &u8| *byte == b'.' || stop == Stop::Strong && matches!(byte, b'!' | b'?');
    let stops = rest.bytes().take_while(more).count();
    // `.5` and `.net` begin with their dot.
    let after = rest[stops..].chars().next();
    (stops > 0 && after.is_none_or(|c| !c.is_alphanumeric())).then_some(1 + stops)
}

/// Length of a closing quote that a space parts from the stop: always French in ` »`, and any mark that
/// stands alone when one is open.
fn spaced_quote(text: &str, start: usize, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let space = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}'))?.len_utf8();
    let quote = ["\"", "''", "'", "»", "”"].into_iter().find(|quote| rest[space..].starts_with(quote))?;
    let len = space + quote.len();
    let alone = rest[len..].chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ','));
    let closes = match quote {
        "»" => space > 1 || is_open(text, start, at, "«"),
        "”" => true,
        _ => is_open(text, start, at, quote),
    };
    (alone && closes).then_some(len)
}

/// True when an odd number of `quote` stands between `start` and `at`. Apostrophes inside words do not
/// count.
fn is_open(text: &str, start: usize, at: usize, quote: &str) -> bool {
    /// Further back no quotation is looked for.
    const REACH: usize = 500;
    let from = text.ceil_char_boundary(start.max(at.saturating_sub(REACH)));
    let before = &text.as_bytes()[from..at];
    let quotes = memchr::memmem::find_iter(before, quote).filter(|&found| {
        let left = found == 0 || before[found - 1].is_ascii_whitespace();
        let right = before.get(found + quote.len()).is_none_or(u8::is_ascii_whitespace);
        quote != "'" || left || right
    });
    quotes.count() % 2 == 1
}

/// Length of `[1]` or `[12]`.
fn footnote(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let digits = bytes.iter().skip(1).take(4).take_while(|byte| byte.is_ascii_digit()).count();
    (bytes.first() == Some(&b'[') && digits > 0 && bytes.get(1 + digits) == Some(&b']')).then_some(digits + 2)
}

fn is_unspaced(c: char) -> bool {
    stop_of(c) == Some(Stop::Strong) && !c.is_ascii()
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '”' | '’' | '›' | '）' | '」' | '』' | '》' | '】' | '〉' | '〕')
}

/// Marks that open a quotation in one language or place and close it in another.
fn is_either_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '»' | '‹' | '*' | '_' | '`' | '″')
}

fn is_opening(c: char) -> bool {
    is_either_quote(c)
        || matches!(
            c,
            '(' | '['
                | '{'
                | '”'
                | '’'
                | '„'
                | '‚'
                | '¿'
                | '¡'
                | '-'
                | '–'
                | '—'
                | '―'
                | '•'
                | '.'
                | '…'
                | '<'
                | '>'
                | '「'
                | '『'
                | '《'
                | '（'
                | '\u{200e}'
                | '\u{200f}'
        )
}

/// True for an opening quotation mark and nothing else.
fn is_quote_opening(opening: &str) -> bool {
    matches!(opening, "\"" | "“" | "''" | "``")
}

fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '⁃' | '◦' | '▪' | '‣' | '●')
}

/// Characters of scripts that are written without spaces, and their punctuation.
fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x2E80..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x20000..=0x2FFFF)
}

/// Combining vowels and signs, which belong to the letter before.
fn is_vowel_sign(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x64B..=0x65F | 0x93A..=0x94F | 0x900..=0x903 | 0xD3E..=0xD4D)
}

/// After a closing quote these particles say that the quotation is part of a sentence.
fn continues_japanese(c: char) -> bool {
    matches!(c, 'と' | 'っ' | 'は' | 'が' | 'を' | 'の' | 'に' | 'で' | 'も' | 'や' | 'な')
}

/// The word, or abbreviation with stops in it, that ends at `end`; also when a space stands between.
fn token_before(text: &str, start: usize, end: usize) -> Span {
    /// No abbreviation is longer.
    const LONGEST: usize = 24;
    let end = if text[start..end].ends_with(' ') { end - 1 } else { end };
    let mut token_start = end;
    for c in text[start..end].chars().rev().take(LONGEST) {
        if !(c.is_alphanumeric()
            || is_vowel_sign(c)
            || matches!(c, '.' | '-' | '\'' | '’' | '°' | '№' | '§' | '&' | '/' | '\u{202a}' | '\u{202c}'))
        {
            break;
        }
        token_start -= c.len_utf8();
    }
    Span::new(token_start, end)
}

/// The letters from `at` on.
fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let len = rest.chars().take(24).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    &rest[..len]
}

fn lower_into(word: &str, lower: &mut String) {
    lower.clear();
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// One letter, with the signs that belong to it: an initial, or the first letter of a word.
fn is_initial(token: &str) -> bool {
    let mut letters = token.chars().filter(|&c| !is_vowel_sign(c));
    letters.next().is_some_and(|c| c.is_alphabetic() && !is_wide(c)) && letters.next().is_none()
}

/// `U.S`, `a.m`, `Ph.D`: short pieces with stops between.
fn is_acronym(token: &str) -> bool {
    token.contains('.')
        && token.split(['.', '-']).all(|piece| {
            let mut chars = piece.chars();
            chars.next().is_some_and(char::is_alphabetic) && chars.count() < 3
        })
}

/// True when a number stands before the token: `5 ft`, `44 B.C`.
fn follows_number(text: &str, start: usize, token: Span) -> bool {
    text[start..token.start].trim_end().chars().next_back().is_some_and(char::is_numeric)
}

/// True for a beginning that the sentence is still to come for: `At 5`, `On Monday at 6`.
fn is_fronted(beginning: &str) -> bool {
    /// Longer beginnings have said something by then.
    const LONGEST: usize = 100;
    if beginning.len() > LONGEST {
        return false;
    }
    let words = beginning.split_whitespace().count();
    let preposition = matches!(
        beginning.split_whitespace().next(),
        Some(
            "At" | "On" | "In" | "By" | "From" | "Since" | "Until" | "Around" | "About" | "Before" | "After"
        )
    );
    words < 3 || preposition && words < 9
}

/// What follows a time of day without beginning a sentence: days, months, time zones.
fn is_calendar_word(word: &str) -> bool {
    const WORDS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May \
        June July August September October November December Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr Jun Jul \
        Aug Sep Sept Oct Nov Dec Eastern Central Mountain Pacific Greenwich";
    word.chars().all(char::is_uppercase) || WORDS.split(' ').any(|known| known == word)
}

/// Names that end in an exclamation mark.
fn is_shouted_name(word: &str) -> bool {
    matches!(word, "Yahoo" | "Jeopardy" | "Yum" | "Wham")
}

fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X' | b'L' | b'C'))
}

fn letters_at_least(token: &str, count: usize) -> bool {
    token.chars().filter(|&c| c.is_alphabetic() && !is_vowel_sign(c)).nth(count - 1).is_some()
}

/// Where the item of a list inside a line begins that follows the one at `at`: `1. … 2. …`, `a) … b) …`.
fn next_item(text: &str, at: usize) -> Option<usize> {
    /// Items of a list inside a line are short.
    const LONGEST_ITEM: usize = 1000;
    let rest = &text[at..];
    let (bulleted, body) = match rest.chars().next() {
        Some(c) if is_bullet(c) => (true, rest[c.len_utf8()..].trim_start_matches(' ')),
        _ => (false, rest),
    };
    let digits = body.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let first = *body.as_bytes().first()?;
    let (label_len, label): (usize, u32) = match digits {
        0 if matches!(first, b'a'..=b'y' | b'A'..=b'Y') => (1, u32::from(first)),
        0 => return None,
        _ => (digits, body[..digits].parse().ok()?),
    };
    let mark_len = body
        .as_bytes()
        .get(label_len..)?
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'.' | b')'))
        .count();
    let mark = &body[label_len..label_len + mark_len];
    if bulleted
        || !matches!(mark, "." | ")" | ".)")
        || body.as_bytes().get(label_len + mark_len) != Some(&b' ')
    {
        return None;
    }
    // " 999.) " is the longest.
    let mut next = [b' '; 10];
    let mut len = 1;
    if digits == 0 {
        next[len] = u8::try_from(label + 1).ok()?;
        len += 1;
    } else {
        let number = label + 1;
        for power in [1000, 100, 10, 1] {
            if number >= power {
                next[len] = b'0' + u8::try_from(number / power % 10).ok()?;
                len += 1;
            }
        }
    }
    next[len..len + mark_len].copy_from_slice(mark.as_bytes());
    len += mark_len + 1;
    let window = &rest.as_bytes()[..rest.len().min(LONGEST_ITEM)];
    memchr::memmem::find(window, &next[..len]).map(|found| at + found + 1)
}

/// True when nothing but bullets, brackets and white space stands between the start of the sentence and `at`.
fn leads(text: &str, start: usize, at: usize) -> bool {
    at - start <= 8 && !text[start..at].chars().any(char::is_alphanumeric)
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
