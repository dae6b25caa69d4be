//! Reads words off a text, and how they are written: the one place that looks at each byte.

use crate::language::{Eight, WordHash, WordHasher};
use crate::model::Span;

use super::words::{Marks, Word};

/// Longer runs of letters are no words.
const LONGEST: usize = 32;

/// What a byte can be.
mod class {
    pub(super) const LETTER: u8 = 1;
    pub(super) const DIGIT: u8 = 2;
    pub(super) const SPACE: u8 = 4;
    /// Signs of addresses, paths, code and formulas: nothing in the same run of characters is prose.
    pub(super) const TECHNICAL: u8 = 8;
    /// Not ASCII.
    pub(super) const HIGH: u8 = 16;
    /// `.` and `:`, which may stand inside addresses and abbreviations.
    pub(super) const INNER: u8 = 32;
    /// Apostrophe.
    pub(super) const APOSTROPHE: u8 = 64;
    pub(super) const OTHER: u8 = 128;
}

static CLASS: [u8; 256] = {
    let mut table = [class::OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => class::LETTER,
            b'0'..=b'9' => class::DIGIT,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => class::SPACE,
            b'@'
            | b'/'
            | b'\\'
            | b'_'
            | b'#'
            | b'='
            | b'<'
            | b'>'
            | b'{'
            | b'}'
            | b'|'
            | b'~'
            | b'^'
            | b'$'
            | b'%'
            | b'&'
            | b'+'
            | b'`'
            | 0..=8
            | 14..=31
            | 127 => class::TECHNICAL,
            b'.' | b':' => class::INNER,
            b'\'' => class::APOSTROPHE,
            0x80.. => class::HIGH,
            _ => class::OTHER,
        };
        byte += 1;
    }
    table
};

/// Reads text word by word.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    source: &'a str,
    /// The next word is the first of a sentence, a quotation or a clause.
    pub(super) initial: bool,
    /// Only white space since the last word.
    pub(super) space: bool,
    /// Marks that the next word has from what stands before it, with a space between.
    pending: Marks,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner {
            text: text.as_bytes(),
            source: text,
            initial: true,
            space: false,
            pending: Marks::default(),
        }
    }

    /// A lone sign between spaces, as in text cut into tokens: `wasn ' t`, `me @ example . org`. Both
    /// neighbours are marked.
    fn detached(&mut self, start: usize, end: usize, words: &mut [Word]) {
        let marks = match &self.source[start..end] {
            "'" | "’" => Marks::APOSTROPHE,
            "@" | "/" | "\\" | "=" | "_" | "|" | "#" => Marks::TECHNICAL,
            _ => return,
        };
        self.pending |= marks;
        if let Some(last) = words.last_mut() {
            last.marks |= marks;
        }
    }

    /// Reads the run of characters without white space that starts at or after `at`, and returns
    /// where it ends.
    pub(super) fn chunk(&mut self, mut at: usize, end: usize, words: &mut Vec<Word>) -> usize {
        while at < end && CLASS[usize::from(self.text[at])] == class::SPACE {
            at += 1;
        }
        if let Some(next) = self.usual(at, end, words) {
            return next;
        }
        let start = at;
        let mut seen = 0;
        while at < end {
            let class = CLASS[usize::from(self.text[at])];
            if class == class::SPACE {
                break;
            }
            seen |= class;
            at += 1;
        }
        if at - start <= 3 && seen & (class::LETTER | class::DIGIT) == 0 {
            self.detached(start, at, words);
        }
        if seen & !(class::LETTER | class::APOSTROPHE | class::INNER | class::OTHER) == 0 {
            if seen & class::LETTER != 0 {
                self.plain(start, at, words);
            } else if at > start {
                self.punctuation(start, at);
            }
        } else {
            self.mixed(start, at, seen, words);
        }
        at
    }

    /// Letters between white space, with at most one mark behind them: most words are written so. Returns
    /// where such a run ends; any other is left to the rules that know more.
    #[inline]
    fn usual(&mut self, start: usize, end: usize, words: &mut Vec<Word>) -> Option<usize> {
        let is_space = |byte: u8| CLASS[usize::from(byte)] == class::SPACE;
        if start > 0 && (!is_space(self.text[start - 1]) || self.ends_a_broken_word(start)) {
            return None;
        }
        let (mut hasher, mut letters, mut capitals) = (WordHasher::default(), 0, 0);
        let run = self.text.get(start..end)?;
        loop {
            let eight = Eight::at(self.text, start + letters);
            let own = eight.letters().min(run.len() - letters);
            let eight = eight.first(own);
            if own > 0 {
                hasher.absorb(eight.small());
            }
            capitals += eight.capitals();
            letters += own;
            if own < 8 {
                break;
            }
        }
        let mark = match run[letters..] {
            [] => None,
            [byte, ..] if is_space(byte) => None,
            [mark @ (b',' | b'.' | b';' | b':' | b'!' | b'?')] => Some(mark),
            [mark @ (b',' | b'.' | b';' | b':' | b'!' | b'?'), byte, ..] if is_space(byte) => Some(mark),
            _ => return None,
        };
        if letters == 0 {
            return None;
        }
        let word_end = start + letters;
        let marks = std::mem::take(&mut self.pending);
        let letters = Letters { all: letters, capitals };
        self.push(Span::new(start, word_end), word_end, hasher, marks, letters, words);
        let Some(mark) = mark else { return Some(word_end) };
        self.space = false;
        self.initial |= mark != b',';
        Some(word_end + 1)
    }

    /// A run of ASCII letters and plain punctuation.
    fn plain(&mut self, start: usize, end: usize, words: &mut Vec<Word>) {
        let first = words.len();
        let mut at = start;
        if self.text[start] == b'-' && CLASS[usize::from(self.text[start + 1])] == class::LETTER
            || self.text[start..end].starts_with(b"--") && end - start > 2
        {
            // `-v`, `--verbose`: an option of a command.
            self.technical(start, end, first, words);
            return;
        }
        while at < end {
            if CLASS[usize::from(self.text[at])] != class::LETTER {
                let from = at;
                while at < end && CLASS[usize::from(self.text[at])] != class::LETTER {
                    at += 1;
                }
                if at < end
                    && at > from
                    && from > start
                    && matches!(self.text[from], b'.' | b':')
                    && at - from == 1
                {
                    // `U.S.`, `example.org`: letters on both sides of a lone stop.
                    self.technical(start, end, first, words);
                    return;
                }
                self.punctuation(from, at);
                continue;
            }
            at = self.word(at, end, words);
        }
    }

    /// A run with digits, technical signs or characters beyond ASCII.
    #[cold]
    fn mixed(&mut self, mut start: usize, mut end: usize, seen: u8, words: &mut Vec<Word>) {
        // Emphasis of light markup stands at the edges.
        while start < end && matches!(self.text[start], b'_' | b'*' | b'~') {
            start += 1;
        }
        while end > start && matches!(self.text[end - 1], b'_' | b'*' | b'~') {
            end -= 1;
        }
        let first = words.len();
        if seen & class::TECHNICAL != 0
            && self.text[start..end].iter().any(|&byte| CLASS[usize::from(byte)] == class::TECHNICAL)
        {
            self.technical(start, end, first, words);
            return;
        }
        let mut at = start;
        while at < end {
            match CLASS[usize::from(self.text[at])] {
                class::LETTER => at = self.word(at, end, words),
                class::DIGIT => {
                    while at < end && CLASS[usize::from(self.text[at])] & (class::DIGIT | class::LETTER) != 0
                    {
                        at += 1;
                    }
                    if let Some(last) = words.last_mut()
                        && words_touch(last.span.end, at, self.text)
                    {
                        last.marks |= Marks::TECHNICAL;
                    }
                    self.pending |= Marks::AFTER_NUMBER;
                    self.space = false;
                    self.initial = false;
                }
                class::HIGH => at = self.high(at, end, words),
                _ => {
                    if matches!(self.text[at], b'.' | b':')
                        && at > start
                        && at + 1 < end
                        && self.text[at - 1].is_ascii_alphanumeric()
                        && self.text[at + 1].is_ascii_alphanumeric()
                    {
                        self.technical(start, end, first, words);
                        return;
                    }
                    self.punctuation(at, at + 1);
                    at += 1;
                }
            }
        }
    }

    /// A character beyond ASCII: part of a word, white space, or punctuation.
    fn high(&mut self, at: usize, end: usize, words: &mut Vec<Word>) -> usize {
        let Some(character) = self.source[at..end].chars().next() else { return end };
        let next = at + character.len_utf8();
        if character.is_whitespace() {
            return next;
        }
        if is_letter(character) {
            return self.word(at, end, words);
        }
        match character {
            '“' | '‘' | '„' | '«' | '‹' => {
                self.space = false;
                self.initial = true;
            }
            '”' | '’' | '»' | '›' => {
                self.close_quote(at, words);
                self.space = false;
            }
            '‐' | '‑' | '–' => {
                if let Some(last) = words.last_mut()
                    && last.span.end == at
                {
                    last.marks |= Marks::HYPHENATED;
                }
                self.space = false;
            }
            '…' | '—' => self.space = false,
            _ => {
                if let Some(last) = words.last_mut()
                    && last.span.end == at
                    && character == char::REPLACEMENT_CHARACTER
                {
                    last.marks |= Marks::TECHNICAL;
                }
                self.space = false;
                self.initial = false;
            }
        }
        next
    }

    fn close_quote(&self, at: usize, words: &mut [Word]) {
        if let Some(last) = words.last_mut()
            && at - last.span.end <= 1
        {
            last.marks |= Marks::QUOTED;
        }
    }

    /// Punctuation between words.
    fn punctuation(&mut self, start: usize, end: usize) {
        self.space = false;
        for &byte in &self.text[start..end] {
            if matches!(byte, b'.' | b'!' | b'?' | b':' | b'"' | b'(' | b'[' | b';') {
                self.initial = true;
            }
        }
    }

    /// Reads a word that starts at `start`.
    fn word(&mut self, start: usize, end: usize, words: &mut Vec<Word>) -> usize {
        let mut hasher = WordHasher::default();
        let mut marks = std::mem::take(&mut self.pending);
        let mut capitals = 0;
        let mut letters = 0;
        let mut at = start;
        let mut word_end = start;
        while at < end {
            let byte = self.text[at];
            if CLASS[usize::from(byte)] == class::LETTER {
                hasher.push(byte);
                capitals += usize::from(byte & 0x20 == 0);
                letters += 1;
                at += 1;
                continue;
            }
            if let Some(width) = apostrophe(self.text, at, end) {
                let after = at + width;
                let joined = after < end
                    && (self.text[after].is_ascii_alphabetic()
                        || self.text[after] >= 0xC3 && self.letter_at(after, end));
                if !joined {
                    break;
                }
                let tail = self.text[after] | 0x20;
                let more = after + 1 < end
                    && (self.text[after + 1].is_ascii_alphabetic() || self.text[after + 1] >= 0x80);
                if tail == b's' && (!more || apostrophe(self.text, after + 1, end).is_some()) {
                    marks |= Marks::POSSESSIVE;
                    word_end = at;
                    at = after + 1;
                    break;
                }
                marks |= Marks::APOSTROPHE;
                hasher.push(b'\'');
                at = after;
                continue;
            }
            if byte >= 0x80 && self.letter_at(at, end) {
                marks |= Marks::FOREIGN;
                letters += 1;
                at += self.width_at(at, end);
                continue;
            }
            break;
        }
        if word_end == start {
            word_end = at;
        }
        self.surroundings(start, at, end, &mut marks);
        let letters = Letters { all: letters, capitals };
        self.push(Span::new(start, word_end), at, hasher, marks, letters, words);
        at
    }

    /// Adds a word, which ends at `at` together with its `'s`.
    #[inline]
    fn push(
        &mut self,
        span: Span,
        at: usize,
        hasher: WordHasher,
        mut marks: Marks,
        letters: Letters,
        words: &mut Vec<Word>,
    ) {
        let Letters { all, capitals } = letters;
        if capitals == all && all > 1 {
            marks |= Marks::UPPER;
        } else if capitals == 1 && self.text[span.start].is_ascii_uppercase() {
            marks |= Marks::CAPITALISED;
        } else if capitals > 0 {
            marks |= Marks::TECHNICAL;
        }
        if at - span.start > LONGEST {
            marks |= Marks::TECHNICAL;
        }
        if self.space {
            marks |= Marks::AFTER_SPACE;
        }
        if self.initial {
            marks |= Marks::INITIAL;
        }
        self.initial = false;
        self.space = true;
        words.push(Word { span, hash: hasher.finish(), marks, suspect: 0, vocabulary: None });
    }

    /// `infor-⏎mation`: the two are one word, whether or not the lines are one paragraph.
    fn ends_a_broken_word(&self, start: usize) -> bool {
        let before = &self.text[..start];
        before.last() == Some(&b'\n')
            && matches!(before.trim_ascii_end(), [.., last, b'-'] if last.is_ascii_alphabetic())
    }

    /// `.separator`: what begins small right behind a stop that nothing touches is the name of a class or a file.
    fn is_class_name(&self, start: usize) -> bool {
        let touches = self.text[..start - 1].last().is_some_and(|byte| !byte.is_ascii_whitespace());
        !touches && self.text[start].is_ascii_lowercase()
    }

    /// Marks for what touches a word that is, with its `'s`, `start..at`.
    fn surroundings(&self, start: usize, at: usize, end: usize, marks: &mut Marks) {
        let before = if start > 0 { self.text[start - 1] } else { b' ' };
        let after = if at < end { self.text[at] } else { b' ' };
        if before == b'-' || after == b'-' {
            *marks |= Marks::HYPHENATED;
        }
        if matches!(before, b'"' | b'\'') || matches!(after, b'"') {
            *marks |= Marks::QUOTED;
        }
        if matches!(before, b'\'') || after == b'\'' {
            *marks |= Marks::APOSTROPHE;
        }
        if before.is_ascii_digit()
            || after.is_ascii_digit()
            || matches!(before, b'*')
            || matches!(after, b'*')
            || before == b'.' && self.is_class_name(start)
        {
            *marks |= Marks::TECHNICAL;
        }
        if self.ends_a_broken_word(start)
            || after == b'-' && self.text.get(at + 1).is_some_and(|&byte| matches!(byte, b'\n' | b'\r'))
        {
            *marks |= Marks::TECHNICAL;
        }
        if before >= 0x80 {
            match self.source[..start].chars().next_back() {
                Some('“' | '„' | '«' | '‹' | '‘') => *marks |= Marks::QUOTED,
                Some('’') => *marks |= Marks::APOSTROPHE,
                Some('‐' | '‑' | '–') => *marks |= Marks::HYPHENATED,
                Some('—' | '…' | '”' | '\u{a0}') => {}
                Some(character) if character.is_whitespace() => {}
                _ => *marks |= Marks::TECHNICAL,
            }
        }
        if after >= 0x80 {
            match self.source[at..].chars().next() {
                Some('’') => *marks |= Marks::APOSTROPHE,
                Some('”' | '»' | '›') => *marks |= Marks::QUOTED,
                Some('‐' | '‑' | '–') => *marks |= Marks::HYPHENATED,
                Some('—' | '…' | '“') => {}
                Some(character) if character.is_whitespace() => {}
                _ => *marks |= Marks::TECHNICAL,
            }
        }
    }

    /// The whole run is an address, a path, code: one word that nobody judges.
    fn technical(&mut self, start: usize, end: usize, first: usize, words: &mut Vec<Word>) {
        words.truncate(first);
        let span = Span::new(start, end);
        words.push(Word { span, hash: WordHash(0), marks: Marks::TECHNICAL, suspect: 0, vocabulary: None });
        self.initial = false;
        self.space = false;
    }

    fn letter_at(&self, at: usize, end: usize) -> bool {
        self.source[at..end].chars().next().is_some_and(is_letter)
    }

    fn width_at(&self, at: usize, end: usize) -> usize {
        self.source[at..end].chars().next().map_or(1, char::len_utf8)
    }
}

/// How many letters a word has, and how many of them are capitals.
struct Letters {
    all: usize,
    capitals: usize,
}

fn words_touch(word_end: usize, at: usize, text: &[u8]) -> bool {
    text[word_end..at].iter().all(u8::is_ascii_alphanumeric)
}

/// Letters, and what is written into words without being seen: combining marks, joiners, soft
/// hyphens. All of them make a word one that English lists do not judge.
fn is_letter(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The width of the apostrophe at `at`, straight or curly.
fn apostrophe(text: &[u8], at: usize, end: usize) -> Option<usize> {
    match text[at] {
        b'\'' => Some(1),
        0xE2 if at + 3 <= end && text[at + 1] == 0x80 && text[at + 2] == 0x99 => Some(3),
        _ => None,
    }
}
