//! What single characters are to words.

/// True for letters of scripts that are written without spaces between words.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E01}'..='\u{0E2E}' | '\u{0E2F}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}' // Thai
        | '\u{0E81}'..='\u{0ECD}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{108F}' // Myanmar
        | '\u{1780}'..='\u{17D3}' // Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFD}')
}

/// True for characters that leave no mark on the page: zero-width spaces and joiners, soft
/// hyphens, direction marks, variation selectors, and the Arabic stroke that only widens a word.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{061C}' | '\u{0640}')
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '\u{20A0}'..='\u{20CF}' | '\u{0E3F}' | '＄' | '￠' | '￡' | '￥' | '￦')
}

/// Signs outside ASCII that say something: degrees, arithmetic, charges, arrows, pictures.
pub(super) fn is_telling_symbol(c: char) -> bool {
    matches!(c, '°' | '±' | '×' | '÷' | '§' | '¬' | '‰' | '‱' | '٪' | '⁺' | '⁻' | '₊' | '₋'
        | '\u{2190}'..='\u{22FF}' | '\u{2600}'..='\u{275A}' | '\u{2761}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// True for what stands before a word that begins.
pub(super) fn opens_after(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | '[' | '{' | '"' | '“' | '„' | '«' | '\'' | '‘')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '−' | '–' | '‑' | '‐' | '—' | '－')
}
