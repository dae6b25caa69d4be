//! How a decision is told.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Action, Kind, Span};

/// One row of the report: one proposal. Text is exact here; guarding it against spreadsheets is
/// the writer's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Stable over runs: derived from document, kind, text, suggestion and `occurrence`.
    pub row_id: String,
    /// What was done.
    pub action: Action,
    /// What was seen.
    pub kind: Kind,
    /// What stands in the document.
    pub text: String,
    /// What would stand there instead; empty for a removal.
    pub suggestion: String,
    /// The copy that stays, for repetitions; empty until the report is written when
    /// `kept_document` names another document.
    pub kept_text: String,
    /// How alike, 0 to 1, for repetitions.
    pub similarity: Option<f64>,
    /// Probability that the proposal is right, 0 to 1.
    pub confidence: f64,
    /// The document's name.
    pub document: String,
    /// 1-based.
    pub line: u64,
    /// 1-based, in characters.
    pub column: u64,
    /// The name of the document with the kept copy.
    pub kept_document: String,
    /// 1-based.
    pub kept_line: Option<u64>,
    /// Why, in plain words.
    pub reason: String,
    /// The sentence or neighbourhood, for typos.
    pub context: String,
    /// Where `text` begins in `context`, in bytes, for typos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_place: Option<usize>,
    /// Which repetitions belong together.
    pub cluster: String,
    /// How many there are.
    pub cluster_size: Option<u32>,
    /// Half-open byte range in the decoded document.
    pub span: Span,
}

/// Characters that reorder or hide text, so that a reader sees something else than stands there.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// A text as reports show it, which is on one line: a line feed, or CR LF, as `⏎`, other control characters
/// but tabs as their pictures. Who decides by a report knows texts only so.
pub fn shown(text: &str) -> Cow<'_, str> {
    // Every byte is looked at, so that the compiler takes many at a time: few texts have any.
    let is_control = |byte: u8| (byte < b' ' && byte != b'\t') | (byte == 0x7F);
    if !text.bytes().fold(false, |any, byte| any | is_control(byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        out.push(match c {
            '\r' if characters.next_if_eq(&'\n').is_some() => '⏎',
            '\n' => '⏎',
            '\t' => '\t',
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
            '\u{7f}' => '␡',
            other => other,
        });
    }
    Cow::Owned(out)
}
