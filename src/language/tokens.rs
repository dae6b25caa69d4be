//! Word tokens: the pieces of a sentence that carry sense.
//!
//! White space, quotation marks, brackets, commas and other plain punctuation are no tokens.
//! Signs that change what is said (`?`, `%`, a minus, a currency) are tokens of their own, and so are
//! marks that stand where no punctuation does: the feet and inches of `6'`, `x^2`, `a/b`, `!ready`. An
//! address, of a page, of mail or of a file, is one token with all its marks. Scripts that are written
//! without spaces give a token a character.

use unicode_normalization::char::is_combining_mark;

use super::address;
use super::characters::{is_currency, is_dash, is_invisible, is_telling_symbol, is_unspaced, opens_after};
use super::eight::Eight;
use crate::model::Span;

/// A longer run of letters is cut here, so that a megabyte without a space stays cheap.
const LONGEST_TOKEN: usize = 256;

/// The marks of ASCII that may stand inside a word or number.
const MAY_JOIN: &[u8] = b"'_.,:/";

/// Bytes of a currency and a point between a minus and its number.
const LONGEST_CURRENCY: usize = 4;

/// Marks between a dash and the word or number before it.
const LONGEST_BESIDE: usize = 6;

/// Initials longer than this are no abbreviation, and would be read again from every letter.
const LONGEST_INITIALS: usize = 16;

/// One token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its bytes.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with apostrophes inside: `don't`; also `U.S.`.
    Word,
    /// Anything with a digit or another numeric character: `2,302`, `10:30`, `19th`, `½`, `B2`.
    Number,
    /// A character of a script that is written without spaces.
    Character,
    /// A sign that changes the sense: `?`, `%`, `$`, the minus of `-5`, an emoji.
    Symbol,
    /// An address: `www.example.org/a-b`, `ann@example.org`, `~/notes`. Every mark of it counts.
    Address,
}

impl TokenKind {
    /// Of a token by itself, as it stood in a text. A sign needs its neighbours to be one, and is what is left.
    pub fn of(token: &str) -> TokenKind {
        tokens(token).next().map_or(TokenKind::Symbol, |token| token.kind)
    }

    /// How much of a word it is, in halves: a character of a script without spaces is half a word.
    pub fn half_words(self) -> u8 {
        match self {
            TokenKind::Word | TokenKind::Number | TokenKind::Address => 2,
            TokenKind::Character => 1,
            TokenKind::Symbol => 0,
        }
    }
}

/// The tokens of `text`, from left to right, in one pass.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, in_double: false, in_single: false }
}

/// Iterator over the tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// A quotation is open: then a mark after a digit closes it, and else it means inches or feet.
    in_double: bool,
    in_single: bool,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            let first = *bytes.get(start)?;
            let kind = match ASCII[usize::from(first)] {
                Class::Letter | Class::Digit => Some(self.word()),
                Class::Plain => {
                    self.at += 1;
                    None
                }
                Class::Mark => self.mark(first),
                Class::Sign => self.sign(char::from(first)),
                Class::Wide => self.wide(),
            };
            if let Some(kind) = kind {
                return Some(Token { span: Span::new(start, self.at), kind });
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Class {
    Letter,
    Digit,
    /// Plain punctuation, white space, controls.
    Plain,
    /// Plain punctuation in most places.
    Mark,
    /// May be a token, depending on its neighbours.
    Sign,
    /// The first byte of a character outside ASCII.
    Wide,
}

const ASCII: [Class; 256] = {
    let mut table = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'.' | b'/' | b'\'' | b'"' | b'!' | b'*' | b'^' | b'(' | b'|' => Class::Mark,
            b'?' | b'-' | b'+' | b'%' | b'$' | b'<' | b'>' | b'=' | b'&' | b'@' | b'#' | b'~' => Class::Sign,
            0x80.. => Class::Wide,
            _ => Class::Plain,
        };
        byte += 1;
    }
    table
};

impl Tokens<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// A token that starts with a character outside ASCII, if it does start one.
    fn wide(&mut self) -> Option<TokenKind> {
        let c = self.rest().chars().next()?;
        if is_unspaced(c) {
            self.at += c.len_utf8();
            self.skip_marks();
            Some(TokenKind::Character)
        } else if c.is_alphanumeric() {
            Some(self.word())
        } else {
            self.sign(c)
        }
    }

    fn skip_marks(&mut self) {
        while let Some(c) = self.rest().chars().next()
            && (is_combining_mark(c) || is_invisible(c))
        {
            self.at += c.len_utf8();
        }
    }

    /// Reads a word, a number or an address from its first character on.
    fn word(&mut self) -> TokenKind {
        let start = self.at;
        let kind = match initials(self.rest()) {
            Some(len) => {
                self.at += len;
                TokenKind::Word
            }
            None => self.word_since(start),
        };
        // Most words end before a space, and no more is to be asked of them.
        let bytes = self.text.as_bytes();
        let goes_on = bytes.get(self.at).is_some_and(|next| address::JOINTS.contains(next))
            && bytes.get(self.at + 1).is_some_and(|after| !after.is_ascii_whitespace());
        if goes_on { self.address(start).unwrap_or(kind) } else { kind }
    }

    /// Reads the address that begins at `start`, if one does.
    fn address(&mut self, start: usize) -> Option<TokenKind> {
        self.at = start + address::at(self.text, start)?;
        Some(TokenKind::Address)
    }

    /// Reads on in a word or number that began at `start`.
    fn word_since(&mut self, start: usize) -> TokenKind {
        let bytes = self.text.as_bytes();
        let mut numeric = false;
        while self.at < bytes.len() && self.at - start < LONGEST_TOKEN {
            match ASCII[usize::from(bytes[self.at])] {
                Class::Letter => {
                    let room = LONGEST_TOKEN - (self.at - start);
                    self.at += Eight::at(bytes, self.at).letters().min(room);
                }
                Class::Digit => {
                    numeric = true;
                    self.at += 1;
                }
                Class::Plain | Class::Mark if MAY_JOIN.contains(&bytes[self.at]) => match self.joint(start) {
                    Some(len) => self.at += len,
                    None => break,
                },
                Class::Plain | Class::Mark | Class::Sign => break,
                Class::Wide => {
                    let Some(c) = self.rest().chars().next() else { break };
                    if is_unspaced(c) {
                        break;
                    }
                    if c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c) {
                        numeric |= c.is_numeric();
                        self.at += c.len_utf8();
                    } else if let Some(len) = self.joint(start) {
                        self.at += len;
                    } else {
                        break;
                    }
                }
            }
        }
        if numeric { TokenKind::Number } else { TokenKind::Word }
    }

    /// The length of a mark, in ASCII one of [`MAY_JOIN`], that joins what stands on its two sides: an apostrophe
    /// between letters, a separator between digits, an underscore.
    fn joint(&self, start: usize) -> Option<usize> {
        let mark = self.rest().chars().next()?;
        let after = &self.rest()[mark.len_utf8()..];
        let next = after.chars().next()?;
        let last = self.text[start..self.at].chars().next_back()?;
        let joins = match mark {
            '\'' | '’' | 'ʼ' | '＇' | '‘' if last.is_alphabetic() => {
                next.is_alphabetic() && !is_unspaced(next)
            }
            '_' => next.is_alphanumeric(),
            '.' | ',' | ':' | '/' | '٫' | '٬' | '．' | '，' => last.is_numeric() && next.is_numeric(),
            // Narrow and no-break spaces group digits: 1 500 000.
            '\u{A0}' | '\u{2009}' | '\u{202F}' | '\'' | '’' => {
                last.is_ascii_digit() && starts_with_three_digits(after)
            }
            _ => false,
        };
        joins.then_some(mark.len_utf8())
    }

    /// A mark of ASCII that is punctuation in most places, if it is something else here. Moves on in any case.
    fn mark(&mut self, mark: u8) -> Option<TokenKind> {
        let start = self.at;
        let before = self.before();
        self.at += 1;
        let next = self.rest().chars().next();
        let opens = before.is_none_or(opens_after);
        let between = before.is_some_and(|c| c.is_ascii_alphanumeric())
            && next.is_some_and(|c| c.is_ascii_alphanumeric());
        let tells = match mark {
            b'.' if next.is_some_and(|c| c.is_ascii_digit())
                && before.is_none_or(|b| !b.is_alphanumeric() && b != '.') =>
            {
                return Some(self.word_since(start));
            }
            b'.' | b'/' if opens && next.is_some_and(|c| !c.is_whitespace()) => {
                let tells = || if mark == b'/' { self.is_slash(start) } else { self.is_before_capitals() };
                let is_sign = tells();
                return self.address(start).or_else(|| is_sign.then_some(TokenKind::Symbol));
            }
            b'.' => false,
            b'/' => self.is_slash(start),
            // Not the mark of a footnote.
            b'^' => before != Some('[') && next.is_some_and(|c| c.is_alphanumeric() || c == '-'),
            // Not the star of a list, nor those around words that stand out.
            b'*' => {
                let spaced = opens && next.is_some_and(char::is_whitespace);
                between || spaced && self.is_inside_a_line(start) || opens && self.is_lone_star(next)
            }
            b'!' => {
                next == Some('=')
                    || opens && next.is_some_and(char::is_alphanumeric)
                    || self.is_factorial(start)
            }
            // Not the edge of a cell.
            b'|' => {
                let next = next.is_some_and(char::is_alphanumeric);
                opens && next || before.is_some_and(char::is_alphanumeric)
            }
            b'(' => before.is_some_and(is_currency) && next.is_some_and(char::is_numeric),
            b'\'' => self.is_feet(before, next),
            b'"' => self.is_inches(before),
            _ => false,
        };
        tells.then_some(TokenKind::Symbol)
    }

    /// `.NET`
    fn is_before_capitals(&self) -> bool {
        self.rest().bytes().take_while(u8::is_ascii_uppercase).nth(1).is_some()
    }

    /// True for a mark behind a single small letter that ends no sentence: `n! is`.
    fn is_factorial(&self, mark: usize) -> bool {
        let before = &self.text.as_bytes()[..mark];
        let letters = before.iter().rev().take(2).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let goes_on = self.rest().trim_start_matches([' ', ')']).starts_with(|c: char| {
            c.is_lowercase() || matches!(c, '+' | '-' | '*' | '/' | '=' | '<' | '>' | '(' | ',')
        });
        letters == 1 && before.last().is_some_and(u8::is_ascii_lowercase) && goes_on
    }

    /// Whether a single quotation mark between these is that of feet, or of the derivative `f'(x)`. Notes whether
    /// a quotation is open.
    fn is_feet(&mut self, before: Option<char>, next: Option<char>) -> bool {
        let is_quote = |c| matches!(c, '\'' | '`');
        if before.is_some_and(is_quote) || next.is_some_and(is_quote) {
            return false; // two of them are a double one
        }
        if before.is_none_or(opens_after) && next.is_some_and(char::is_alphanumeric) {
            // Not in `the '90s`.
            self.in_single |= !starts_with_decade(self.rest());
            return false;
        }
        if next.is_some_and(char::is_alphabetic) {
            return false;
        }
        let closes = std::mem::take(&mut self.in_single);
        let is_derivative = || before.is_some_and(char::is_alphabetic) && next == Some('(');
        !closes && (before.is_some_and(char::is_numeric) || is_derivative())
    }

    /// The same for a double quotation mark and inches.
    fn is_inches(&mut self, before: Option<char>) -> bool {
        let is_inches = before.is_some_and(char::is_numeric) && !self.in_double;
        self.in_double = !self.in_double && !is_inches;
        is_inches
    }

    /// True for a slash between two words or numbers, with or without white space beside it.
    fn is_slash(&self, slash: usize) -> bool {
        let near = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (before, after) = (self.text[..slash].trim_end(), self.rest().trim_start());
        near(before.chars().next_back()) && near(after.chars().next())
    }

    /// True if something but white space stands before this place on its line.
    fn is_inside_a_line(&self, at: usize) -> bool {
        self.text[..at].trim_end_matches([' ', '\t']).chars().next_back().is_some_and(|c| c != '\n')
    }

    /// True for a star before a digit or point that no other closes on its line: `*100`, `*.txt`.
    fn is_lone_star(&self, next: Option<char>) -> bool {
        let is_closed = || {
            let rest = self.text.as_bytes()[self.at..].iter().take(LONGEST_TOKEN);
            rest.take_while(|&&byte| byte != b'\n').any(|&byte| byte == b'*')
        };
        next.is_some_and(|c| c.is_ascii_digit() || c == '.') && !is_closed()
    }

    /// True for a dash before a number that is a minus or the "to" of a range, and does not join a word. Every
    /// dash is looked at in the same way.
    fn is_minus(&self, dash: usize) -> bool {
        let number = self.rest().trim_start_matches(is_currency);
        let number = number.strip_prefix('.').unwrap_or(number);
        if self.rest().len() - number.len() > LONGEST_CURRENCY || !number.starts_with(char::is_numeric) {
            return false;
        }
        // `9 a.m.-5 p.m.`, `**COVID**-19`, but `5.-10.` and `10 %-15 %`
        let is_beside =
            |c: &char| matches!(c, '*' | '_' | '.' | ')' | ']' | '%' | '°' | '"' | '”' | '\'' | '’');
        let before = self.text[..dash].chars().rev().take(LONGEST_BESIDE).find(|c| !is_beside(c));
        before.is_none_or(|b| !b.is_alphabetic() && !is_dash(b))
    }

    /// True for the minus of a grade, a blood group or an ion: `A-`, `BBB-`, `Cl-`.
    fn is_after_grade(&self, dash: usize) -> bool {
        let before = &self.text[..dash];
        let letters = before.bytes().rev().take(4).take_while(u8::is_ascii_alphabetic).count();
        let word = &before[before.len() - letters..];
        let ends = self.rest().chars().next().is_none_or(|c| matches!(c, ' ' | '.' | ',' | ';' | ':' | ')'));
        let is_grade =
            matches!(letters, 1..=3) && word != "I" && word.bytes().all(|b| b.is_ascii_uppercase());
        ends && (is_grade || matches!(word, "Cl" | "Br"))
    }

    /// True for the minus of `-x` and the dashes of the option `-v` or `--v`.
    fn is_before_letter(&self, before: Option<char>) -> bool {
        let name = self.rest().trim_start_matches('-').as_bytes();
        let single = matches!(name, [first, rest @ ..] if first.is_ascii_alphabetic()
            && !rest.first().is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'-' | b'.' | b'\'')));
        single
            && before.is_some_and(opens_after)
            && name.first() != Some(&b'a')
            && name.first() != Some(&b'I')
    }

    /// A sign at this place, if it changes the sense here. Moves on in any case.
    fn sign(&mut self, c: char) -> Option<TokenKind> {
        let before = self.before();
        let start = self.at;
        self.at += c.len_utf8();
        let next = self.rest().chars().next();
        let digit_next = next.is_some_and(char::is_numeric);
        let after_digit = before.is_some_and(char::is_numeric);
        let tells = match c {
            '?' | '؟' | '？' => {
                if c == '?' && next.is_some_and(char::is_alphanumeric) {
                    return None; // the query of a web address
                }
                self.skip_while(|c| matches!(c, '?' | '!' | '؟' | '？' | '！'));
                return Some(TokenKind::Symbol);
            }
            c if is_dash(c) => {
                let minus = matches!(c, '-' | '−');
                self.is_minus(start) || minus && (self.is_after_grade(start) || self.is_before_letter(before))
            }
            '~' if next == Some('/') => return self.address(start),
            // What is struck out is said no longer.
            '~' => digit_next || next == Some('~'),
            '／' => self.is_slash(start),
            '“' => {
                self.in_double = true;
                false
            }
            // In Finnish it opens, too.
            '”' if before.is_none_or(opens_after) && next.is_some_and(char::is_alphanumeric) => {
                self.in_double = true;
                false
            }
            '”' => !std::mem::take(&mut self.in_double) && after_digit,
            '‘' => {
                self.in_single = true;
                false
            }
            '’' => self.is_feet(before, next),
            '′' | '″' => after_digit,
            '#' => {
                digit_next
                    || next.is_some_and(char::is_alphanumeric)
                    || before.is_some_and(char::is_alphabetic)
            }
            '<' | '>' => {
                digit_next
                    || next == Some('=')
                    || self.rest().trim_start_matches(' ').starts_with(|c: char| c.is_numeric())
                    // Not the mark of a quotation in mail, at the start of a line.
                    || next == Some(' ') && before == Some(' ') && self.is_inside_a_line(start)
            }
            '+' | '%' | '$' | '=' | '&' | '@' | '％' | '＄' | '＆' | '＠' | '＋' | '＝' | '＃' => true,
            c => is_currency(c) || is_telling_symbol(c),
        };
        if tells {
            self.skip_while(|other| other == c);
            self.skip_marks();
        }
        tells.then_some(TokenKind::Symbol)
    }

    fn skip_while(&mut self, test: impl Fn(char) -> bool) {
        while let Some(c) = self.rest().chars().next()
            && test(c)
        {
            self.at += c.len_utf8();
        }
    }
}

/// The length of initials such as `U.S.`, `p.m` or `e.g.` at the start of `text`.
fn initials(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let dot = |at: usize| bytes.get(at) == Some(&b'.');
    let mut len = 0;
    while len < LONGEST_INITIALS && letter(len) && dot(len + 1) {
        len += 2;
    }
    let letters = len / 2;
    if letters == 0 {
        return None;
    }
    let word_follows = text[len..].starts_with(char::is_alphanumeric);
    match (letters, word_follows) {
        (2.., false) => Some(len),
        // `p.m` without the last point, but not the `end.Next` of a lost space
        (1.., true) if letter(len) && !text[len + 1..].starts_with(char::is_alphanumeric) => Some(len + 1),
        _ => None,
    }
}

/// True for `90s`.
fn starts_with_decade(text: &str) -> bool {
    matches!(text.as_bytes(), [tens, ones, b's', ..] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

fn starts_with_three_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 3
        && bytes[..3].iter().all(u8::is_ascii_digit)
        && !text[3..].starts_with(|c: char| c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).map(|token| token.span.of(text)).collect()
    }

    #[test]
    fn plain_punctuation_and_quotes_are_no_tokens() {
        assert_eq!(
            words("“Well,” he said (twice): don't — ‘never’!"),
            ["Well", "he", "said", "twice", "don't", "never"]
        );
    }

    #[test]
    fn numbers_keep_their_separators_and_lose_no_sign() {
        assert_eq!(
            words("$2,302.50, 10:30, -5 or 10-15 %"),
            ["$", "2,302.50", "10:30", "-", "5", "or", "10", "-", "15", "%"]
        );
        assert_eq!(words("COVID-19 is no minus"), ["COVID", "19", "is", "no", "minus"]);
        assert_eq!(words("1\u{202F}500\u{A0}000 m²"), ["1\u{202F}500\u{A0}000", "m²"]);
    }

    #[test]
    fn a_minus_is_told_from_a_dash() {
        assert_eq!(words("-$4.2 and −.5"), ["-", "$", "4.2", "and", "−", ".5"]);
        assert_eq!(words("=-1, \"-1\", 10^-6"), ["=", "-", "1", "-", "1", "10", "^", "-", "6"]);
        assert_eq!(words("rated A-, Cl- ions"), ["rated", "A", "-", "Cl", "-", "ions"]);
        assert_eq!(
            words("I- I An- und Tom- he COVID-19 **COVID**-19"),
            ["I", "I", "An", "und", "Tom", "he", "COVID", "19", "COVID", "19"]
        );
        assert_eq!(words("pre- and post-war — the 19th"), ["pre", "and", "post", "war", "the", "19th"]);
        assert_eq!(words("the 'ab'(c)"), ["the", "ab", "c"]);
        assert_eq!(words("a loss of $(5)"), ["a", "loss", "of", "$", "(", "5"]);
    }

    #[test]
    fn feet_and_inches_are_told_from_quotations() {
        assert_eq!(
            words("6' by 5'10\" or 5′ 3″"),
            ["6", "'", "by", "5", "'", "10", "\"", "or", "5", "′", "3", "″"]
        );
        assert_eq!(
            words("“In 1990” or \"in 1990\", 'of 6', the 1990s"),
            ["In", "1990", "or", "in", "1990", "of", "6", "the", "1990s"]
        );
    }

    #[test]
    fn marks_that_are_no_punctuation_where_they_stand_tell() {
        assert_eq!(words("x^2 a/b a*b x * y"), ["x", "^", "2", "a", "/", "b", "a", "*", "b", "x", "*", "y"]);
        assert_eq!(words("rm *.txt"), ["rm", "*", "txt"]);
        assert_eq!(words("dial *100"), ["dial", "*", "100"]);
        assert_eq!(
            words("!ready x != y f'(x) sort < in"),
            ["!", "ready", "x", "!", "=", "y", "f", "'", "x", "sort", "<", "in"]
        );
        assert_eq!(
            words("* a\n * b *c* **d** *10 e* 5! (f)\n> g[^1]"),
            ["a", "b", "c", "d", "10", "e", "5", "f", "g", "1"]
        );
    }

    #[test]
    fn an_address_is_one_token() {
        assert_eq!(
            words("(ann.b@example.org, ~/lib or ../a)."),
            ["ann.b@example.org", "~/lib", "or", "../a"]
        );
        assert_eq!(tokens("www.a-b.example").next().unwrap().kind, TokenKind::Address);
        assert_eq!(words("the end.Next, and/or"), ["the", "end", "Next", "and", "/", "or"]);
    }

    #[test]
    fn initials_are_one_word() {
        assert_eq!(words("The U.S. at 5 p.m. e.g"), ["The", "U.S.", "at", "5", "p.m.", "e.g"]);
        assert_eq!(words("Plan B.Next came J. Smith"), ["Plan", "B", "Next", "came", "J", "Smith"]);
    }

    #[test]
    fn a_question_is_told_from_a_statement_and_from_a_web_address() {
        assert_eq!(words("Guilty?!"), ["Guilty", "?!"]);
        assert_eq!(words("see a.com/x?y"), ["see", "a.com/x?y"]);
    }

    #[test]
    fn scripts_without_spaces_give_a_token_a_character() {
        assert_eq!(words("我有2本书。"), ["我", "有", "2", "本", "书"]);
        assert_eq!(words("ที่นี่"), ["ที่", "นี่"]);
        assert_eq!(words("तेजस् वजन"), ["तेजस्", "वजन"]);
    }

    #[test]
    fn a_megabyte_without_a_space_is_cut() {
        let text = "x".repeat(1 << 20);
        assert_eq!(tokens(&text).count(), (1 << 20) / LONGEST_TOKEN);
    }

    proptest::proptest! {
        #[test]
        fn tokens_are_disjoint_ordered_and_on_character_boundaries(text in ".{0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(token.span.start >= end && !token.span.is_empty());
                proptest::prop_assert!(text.get(token.span.start..token.span.end).is_some());
                end = token.span.end;
            }
        }
    }
}
