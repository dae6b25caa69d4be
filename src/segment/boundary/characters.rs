//! What the characters around the end of a sentence are: marks that open and close, bullets, scripts.

pub(super) fn closing_of(opening: char) -> Option<char> {
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

pub(super) fn is_quote(opening: char) -> bool {
    matches!(opening, '“' | '„')
}

pub(super) fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '”' | '’' | '›' | '）' | '」' | '』' | '》' | '】' | '〉' | '〕')
}

/// Marks that open a quotation in one language or place and close it in another.
pub(super) fn is_either_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '»' | '‹' | '*' | '_' | '`' | '″')
}

pub(super) fn is_opening(c: char) -> bool {
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
pub(super) fn is_quote_opening(opening: &str) -> bool {
    matches!(opening, "\"" | "“" | "''" | "``")
}

pub(super) fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '⁃' | '◦' | '▪' | '‣' | '●')
}

/// Characters of scripts that are written without spaces, and their punctuation.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x2E80..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x20000..=0x2FFFF)
}

/// Combining vowels and signs, which belong to the letter before.
pub(super) fn is_vowel_sign(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x64B..=0x65F | 0x93A..=0x94F | 0x900..=0x903 | 0xD3E..=0xD4D)
}

/// After a closing quote these particles say that the quotation is part of a sentence.
pub(super) fn continues_japanese(c: char) -> bool {
    matches!(c, 'と' | 'っ' | 'は' | 'が' | 'を' | 'の' | 'に' | 'で' | 'も' | 'や' | 'な')
}
