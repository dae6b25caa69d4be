//! UTF-8 that was read as another encoding: `donâ€™t`, `cafÃ©`, and the same twice over.
//!
//! Characters are turned back into the bytes they were shown for; where these are UTF-8, they may be
//! what was meant. By chance that is so for a pair of characters in sixteen, so what stands there must
//! also look wrong: a mark inside a word, a capital after a small letter, or a sequence that nobody
//! writes. What looks wrong once lends its evidence to what looks less so in the same paragraph.

use crate::model::{Applicability, Finding, Kind, Span};

use super::codepages::{Codepages, Page, windows_reading};

/// Characters in a row that are UTF-8 read as another encoding.
struct Chain {
    span: Span,
    page: Page,
    meant: String,
    trust: Trust,
    sequences: usize,
}

/// How wrong it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    /// It may be meant.
    Weak,
    /// Nobody writes so.
    Strong,
    /// Strong, and what was meant is a mark or a picture that no letters are spelt with.
    Sure,
}

/// How often text was read wrong, at most.
const TIMES: usize = 4;

/// Adds what is wrong in a stretch of prose.
pub(super) fn find(pages: &Codepages, text: &str, stretch: Span, out: &mut Vec<Finding>) {
    let mut chains = chains(pages, stretch.of(text));
    for chain in &mut chains {
        chain.span = Span::new(chain.span.start + stretch.start, chain.span.end + stretch.start);
    }
    let strong = |chain: &Chain, page: Page| chain.page == page && chain.trust >= Trust::Strong;
    let evidence = Page::ALL.map(|page| chains.iter().filter(|chain| strong(chain, page)).count());
    chains.retain(|chain| evidence[chain.page as usize] > 0);
    lost_spaces(text, stretch, evidence[Page::Western as usize] > 0, &mut chains);
    let bystanders = bystanders(pages, text, stretch, &chains);
    let mut chains = chains.into_iter().peekable();
    while let Some(chain) = chains.next() {
        let word = word_around(text, stretch, chain.span);
        let mut meant = text[word.start..chain.span.start].to_owned();
        meant.push_str(&chain.meant);
        let mut end = chain.span.end;
        let mut sure = chain.trust == Trust::Sure;
        let mut all_strong = chain.trust >= Trust::Strong;
        let mut sequences = chain.sequences;
        let mut word = word;
        while let Some(next) = chains.next_if(|next| next.span.start <= word.end) {
            meant.push_str(&text[end..next.span.start]);
            meant.push_str(&next.meant);
            end = next.span.end;
            word.end = word.end.max(word_around(text, stretch, next.span).end);
            sure |= next.trust == Trust::Sure;
            all_strong &= next.trust >= Trust::Strong;
            sequences += next.sequences;
        }
        meant.push_str(&text[end..word.end]);
        let alone = evidence[chain.page as usize] < 2;
        // What else is in the paragraph came through, so the paragraph was not read wrong as a whole.
        let doubtful = alone && !sure && (bystanders || chain.page != Page::Western && sequences < 2);
        let damaged = meant.contains(|c: char| c == char::REPLACEMENT_CHARACTER || c.is_control());
        let safe = !doubtful && !damaged && all_strong;
        out.push(Finding {
            kind: Kind::Mojibake,
            span: word,
            suggestion: Some(meant),
            confidence: if safe { 0.99 } else { 0.85 },
            applicability: if safe { Applicability::Safe } else { Applicability::Review },
            reason: format!("UTF-8 that was read as {}", chain.page.name()),
            repetition: None,
        });
    }
    controls(text, stretch, out);
}

/// All chains of a text, in its order.
fn chains(pages: &Codepages, text: &str) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut at = 0;
    while let Some(skipped) = text.as_bytes()[at..].iter().position(|byte| !byte.is_ascii()) {
        at += skipped;
        let Some(first) = text[at..].chars().next() else { break };
        let best = pages
            .bytes(first)
            .into_iter()
            .zip(Page::ALL)
            .filter(|(byte, _)| matches!(byte, 0xc2..=0xf4))
            .filter_map(|(_, page)| chain(pages, page, text, at))
            .max_by_key(|chain| (chain.trust, chain.span.len(), std::cmp::Reverse(chain.page as usize)));
        match best {
            Some(chain) => {
                at = chain.span.end;
                chains.push(chain);
            }
            None => at += first.len_utf8(),
        }
    }
    chains
}

/// The chain that starts at `start`, if there is one.
fn chain(pages: &Codepages, page: Page, text: &str, start: usize) -> Option<Chain> {
    let mut meant = String::new();
    let mut end = start;
    let mut sequences = 0;
    let mut trust = Trust::Weak;
    // How many sequences in a row stand for letters of one alphabet.
    let (mut script, mut in_script) = (0, 0);
    let mut previous = text[..start].chars().next_back();
    while let Some(sequence) = sequence(pages, page, &text[end..]) {
        let next = text[end + sequence.len..].chars().next();
        trust = trust.max(sequence.trust(page, previous, next));
        let block = sequence.alphabet();
        in_script = if block == script { in_script + 1 } else { 1 };
        script = block;
        let enough = match (block, page) {
            (0, _) => usize::MAX,
            // Capital Р and С before Ukrainian letters and quotation marks.
            (_, Page::Cyrillic) => 3,
            (4, Page::Mac) => 3,
            _ => 2,
        };
        if in_script >= enough {
            trust = trust.max(Trust::Strong);
        }
        meant.push(sequence.meant);
        previous = Some(sequence.last);
        end += sequence.len;
        sequences += 1;
    }
    if sequences == 0 {
        return None;
    }
    if trust >= Trust::Strong {
        let around = [text[..start].chars().next_back(), text[end..].chars().next()];
        meant = once_more(pages, &meant, around.map(|c| c.filter(char::is_ascii_alphabetic)));
    }
    Some(Chain { span: Span::new(start, end), page, meant, trust, sequences })
}

/// Reads again what was read wrong more than once. The letters on both sides tell what looks wrong.
fn once_more(pages: &Codepages, meant: &str, [before, after]: [Option<char>; 2]) -> String {
    let mut text: String = before.into_iter().chain(meant.chars()).chain(after).collect();
    for _ in 1..TIMES {
        let chains: Vec<_> =
            chains(pages, &text).into_iter().filter(|chain| chain.trust >= Trust::Strong).collect();
        if chains.is_empty() {
            break;
        }
        let mut next = String::with_capacity(text.len());
        let mut end = 0;
        for chain in chains {
            next.push_str(&text[end..chain.span.start]);
            next.push_str(&chain.meant);
            end = chain.span.end;
        }
        next.push_str(&text[end..]);
        text = next;
    }
    let width = |c: Option<char>| c.map_or(0, char::len_utf8);
    text.truncate(text.len() - width(after));
    text.split_off(width(before))
}

/// Characters that stand for the bytes of one other.
struct Sequence {
    /// Bytes of the text it takes up.
    len: usize,
    first: char,
    last: char,
    count: usize,
    meant: char,
}

fn sequence(pages: &Codepages, page: Page, text: &str) -> Option<Sequence> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let lead = pages.bytes(first)[page as usize];
    let count = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    let mut len = first.len_utf8();
    let mut last = first;
    for byte in &mut bytes[1..count] {
        last = characters.next()?;
        *byte = pages.bytes(last)[page as usize];
        if !matches!(*byte, 0x80..=0xbf) {
            return None;
        }
        len += last.len_utf8();
    }
    let meant = std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
    Some(Sequence { len, first, last, count, meant })
}

impl Sequence {
    /// How wrong it looks between its neighbours.
    fn trust(&self, page: Page, previous: Option<char>, next: Option<char>) -> Trust {
        if self.count > 2 {
            return if is_mark_or_picture(self.meant) { Trust::Sure } else { Trust::Weak };
        }
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let symbol = !self.last.is_alphabetic() || matches!(self.last, 'ª' | 'º' | 'µ');
        let inside = symbol && letter(next) && !joins_or_ends(self.last);
        let switched = small(previous) && self.first.is_uppercase()
            || self.last.is_lowercase() && self.first.is_uppercase() && next.is_some_and(char::is_uppercase);
        let strong = match page {
            Page::Western => {
                let plain = matches!(self.meant, '\u{a0}'..='\u{17f}' | 'Ș'..='ț');
                let alphabet = self.alphabet() > 0;
                // `Â£5`, `20Â°C`: no word ends in a circumflex before a digit, or begins so before a mark.
                let lone = self.first == 'Â' && symbol && !letter(previous)
                    || self.first == 'Ã' && symbol && !joins_or_ends(self.last);
                (plain && (switched || inside || lone)) || alphabet && inside && letter(previous)
            }
            Page::CentralEuropean | Page::Baltic => {
                matches!(self.meant, '\u{c0}'..='\u{17f}') && (switched && symbol || inside)
            }
            Page::Cyrillic => {
                matches!(self.meant, '\u{a0}'..='\u{ff}')
                    && (latin(previous) || latin(next) || symbol && letter(next))
                    && !joins_or_ends(self.last)
            }
            Page::Mac => match self.first {
                // Roots are of letters, numbers and signs of mathematics.
                '√' => {
                    let root =
                        matches!(self.last, '±' | '≤' | '≥' | '∞' | 'µ' | '∂' | 'π' | 'Ω' | '∑' | '∏' | '∫');
                    self.meant.is_alphabetic() && (small(previous) || latin(next) && !root)
                }
                _ => false,
            },
        };
        if strong { Trust::Strong } else { Trust::Weak }
    }

    /// Which alphabet other than Latin the character meant belongs to; 0 for none.
    fn alphabet(&self) -> u32 {
        match self.meant {
            '\u{370}'..='\u{3ff}' => 3,
            '\u{400}'..='\u{4ff}' => 4,
            '\u{590}'..='\u{5ff}' => 5,
            '\u{600}'..='\u{6ff}' => 6,
            '\u{900}'..='\u{dff}' => 9,
            '\u{e00}'..='\u{eff}' => 10,
            '\u{10a0}'..='\u{10ff}' => 11,
            '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' => 12,
            '\u{ac00}'..='\u{d7a3}' => 13,
            _ => 0,
        }
    }
}

/// Marks that stand between or behind words in their own right: `É’s`, `«PÂ»`, `Å–Ø`.
fn joins_or_ends(mark: char) -> bool {
    matches!(
        mark,
        '’' | '”'
            | '»'
            | '›'
            | '…'
            | '–'
            | '—'
            | '™'
            | '®'
            | '´'
            | '·'
            | '•'
            | '°'
            | 'ª'
            | 'º'
            | '\u{a0}'
    )
}

/// Quotation marks, dashes, signs, arrows, pictures, Vietnamese letters: what needs three bytes or more
/// and stands in the bytes of no two or three characters that somebody writes in a row.
fn is_mark_or_picture(c: char) -> bool {
    matches!(c,
        '\u{1e00}'..='\u{1eff}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2044}' | '\u{20a0}'..='\u{20bf}'
        | '\u{2100}'..='\u{214f}' | '\u{2190}'..='\u{22ff}' | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}'
        | '\u{fb00}'..='\u{fb06}' | '\u{fe0f}' | '\u{feff}' | '\u{fffd}' | '\u{1f000}'..='\u{1faff}')
}

/// `voilÃ le travail`: the second byte of `à` was shown as a no-break space, and that became a space.
fn lost_spaces(text: &str, stretch: Span, evidence: bool, chains: &mut Vec<Chain>) {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(stretch.of(text).as_bytes(), "Ã ") {
        let start = stretch.start + at;
        let small = text[stretch.start..start].chars().next_back().is_some_and(char::is_lowercase);
        if small || evidence {
            let span = Span::new(start, start + 'Ã'.len_utf8());
            let meant = "à".to_owned();
            found.push(Chain { span, page: Page::Western, meant, trust: Trust::Weak, sequences: 1 });
        }
    }
    if !found.is_empty() {
        chains.append(&mut found);
        chains.sort_by_key(|chain| chain.span);
    }
}

/// True when the stretch has other characters that would not have come through.
fn bystanders(pages: &Codepages, text: &str, stretch: Span, chains: &[Chain]) -> bool {
    let Some(page) = chains.first().map(|chain| chain.page) else { return false };
    let inside = |at: usize| {
        let next = chains.partition_point(|chain| chain.span.end <= at);
        chains.get(next).is_some_and(|chain| chain.span.start <= at)
    };
    stretch
        .of(text)
        .char_indices()
        .filter(|(_, c)| !c.is_ascii())
        .any(|(at, c)| pages.bytes(c)[page as usize] != 0 && !inside(stretch.start + at))
}

/// Longer words are shown only in part.
const LONGEST_WORD: usize = 64;

/// The letters and digits on both sides of `span`, within `stretch`.
pub(super) fn word_around(text: &str, stretch: Span, span: Span) -> Span {
    let before = text[stretch.start..span.start]
        .char_indices()
        .rev()
        .take(LONGEST_WORD)
        .take_while(|(_, c)| c.is_alphanumeric())
        .last();
    let after = text[span.end..stretch.end]
        .char_indices()
        .take(LONGEST_WORD)
        .take_while(|(_, c)| c.is_alphanumeric())
        .last();
    Span::new(
        before.map_or(span.start, |(at, _)| stretch.start + at),
        after.map_or(span.end, |(at, c)| span.end + at + c.len_utf8()),
    )
}

/// Control characters of Latin-1 stand where Windows-1252 has quotation marks and dashes.
fn controls(text: &str, stretch: Span, out: &mut Vec<Finding>) {
    // In UTF-8 these are C2 80 to C2 9F.
    for at in memchr::memchr_iter(0xc2, stretch.of(text).as_bytes()) {
        let start = stretch.start + at;
        let Some(control) = text[start..].chars().next() else { continue };
        let Some(shown) = windows_reading(control).filter(|_| control.is_control()) else { continue };
        let span = Span::new(start, start + control.len_utf8());
        // U+0085 also ends lines.
        if control == '\u{85}' || out.iter().rev().take(8).any(|finding| finding.span.overlaps(span)) {
            continue;
        }
        let safe = matches!(shown, '‘' | '’' | '“' | '”' | '–' | '—' | '„');
        out.push(Finding {
            kind: Kind::Mojibake,
            span,
            suggestion: Some(shown.to_string()),
            confidence: if safe { 0.99 } else { 0.85 },
            applicability: if safe { Applicability::Safe } else { Applicability::Review },
            reason: format!("the control character U+{:04X} is '{shown}' in Windows-1252", control as u32),
            repetition: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with everything that is found put right; `?` before what is for review.
    fn mended(text: &str) -> String {
        let mut findings = Vec::new();
        find(&Codepages::new(), text, Span::new(0, text.len()), &mut findings);
        findings.sort_by_key(|finding| finding.span);
        let mut out = String::new();
        let mut end = 0;
        for finding in findings {
            out.push_str(&text[end..finding.span.start]);
            if finding.applicability == Applicability::Review {
                out.push('?');
            }
            out.push_str(&finding.suggestion.unwrap());
            end = finding.span.end;
        }
        out + &text[end..]
    }

    /// Reads UTF-8 as Windows-1252, once.
    fn mangled(text: &str) -> String {
        let pages = Codepages::new();
        let shown = |byte: u8| {
            if byte < 0x80 {
                return char::from(byte);
            }
            (0x80..=0x2200)
                .filter_map(char::from_u32)
                .filter(|c| !c.is_control())
                .find(|&c| pages.bytes(c)[Page::Western as usize] == byte)
                .unwrap_or(char::from(byte))
        };
        text.bytes().map(shown).collect()
    }

    #[test]
    fn text_that_was_read_wrong_is_read_right() {
        for (wrong, right) in [
            ("Guests donâ€™t read", "Guests don’t read"),
            ("the old cafÃ© there", "the old café there"),
            ("SÃ£o Paulo, AÃ‘O", "São Paulo, AÑO"),
            ("It costs Â£5 at 20Â°C", "It costs £5 at 20°C"),
            ("ðŸ˜€ and â†’", "😀 and →"),
            ("nice cafÃƒÂ© and Ã¢â‚¬Å“soÃ¢â‚¬Â\u{9d}", "nice café and “so”"),
            ("pr√©sent√©", "présenté"),
            ("РїСЂРёРІРµС‚", "привет"),
            ("Å½ena, mÅ¯j, kÅ¯Åˆ", "Žena, můj, kůň"),
            ("nÄ›co vĂ\u{ad}c", "něco ?víc"),
        ] {
            assert_eq!(mended(wrong), right, "{wrong}");
        }
    }

    #[test]
    fn what_was_mangled_once_or_twice_comes_back() {
        for text in
            ["“Naïve façade,” she said – 5 €…", "Zürich, Besançon, Łódź, Malmö", "привет мир", "日本語の本"]
        {
            assert_eq!(mended(&mangled(text)), text);
            assert_eq!(mended(&mangled(&mangled(text))), text);
        }
    }

    #[test]
    fn what_is_right_stays() {
        for text in [
            "ZZAJÉ’s list, NESTLÉ® and CAFÉ™, IRMÃ» MAÇÔ",
            "4288×… curves “×” and 5×£35",
            "SELKÄ\u{a0}EDELLÄ\u{a0}NÄIN",
            "c’est désolé”… café’”…",
            "2√π and √±x, 1990–été",
            "Они сказали: «Привет…» — и ушли. Різний ІЄРАРХ РІСТ",
            "ΑΒΓ αβγ, ¨λέξη¨",
            "Ôôô lá´´ Ēø Āø ├┤a┼┐a",
            "日本語、한국어、ไทย",
            "Å\u{a0}være, Â and Ã alone",
        ] {
            assert_eq!(mended(text), text, "{text}");
        }
    }

    #[test]
    fn a_lone_pair_beside_letters_that_came_through_is_for_review() {
        assert_eq!(mended("Größe – DrÃ¥ber"), "Größe – ?Dråber");
        assert_eq!(mended("voilÃ le travail"), "?voilà le travail");
    }

    #[test]
    fn control_characters_are_the_quotes_of_windows() {
        assert_eq!(mended("\u{93}Well,\u{94} he said \u{96} no"), "“Well,” he said – no");
    }
}
