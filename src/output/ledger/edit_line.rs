//! An edit as its line says it: bytes as text where they are UTF-8, and in Base64 where they are not.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::record::EditRecord;

/// An edit as it stands in the line.
#[derive(Serialize, Deserialize)]
pub(super) struct EditLine<'a> {
    source: Cow<'a, str>,
    start: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_b64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row_id: Option<Cow<'a, str>>,
}

impl<'a> EditLine<'a> {
    pub(super) fn new(
        source: &'a str,
        start: u64,
        old: &'a [u8],
        new: &'a [u8],
        row_id: Option<&'a str>,
    ) -> EditLine<'a> {
        let (old, old_b64) = text_or_base64(old);
        let (new, new_b64) = text_or_base64(new);
        EditLine { source: source.into(), start, old, old_b64, new, new_b64, row_id: row_id.map(Cow::from) }
    }
}

impl From<EditRecord> for EditLine<'static> {
    fn from(edit: EditRecord) -> Self {
        let EditLine { start, old, old_b64, new, new_b64, .. } =
            EditLine::new("", edit.start, &edit.old, &edit.new, None);
        EditLine {
            source: edit.source.into(),
            start,
            old: old.map(|old| Cow::from(old.into_owned())),
            old_b64,
            new: new.map(|new| Cow::from(new.into_owned())),
            new_b64,
            row_id: edit.row_id.map(Cow::from),
        }
    }
}

impl TryFrom<EditLine<'static>> for EditRecord {
    type Error = String;

    fn try_from(line: EditLine<'static>) -> Result<Self, String> {
        Ok(EditRecord {
            source: line.source.into_owned(),
            start: line.start,
            old: bytes_of("old", line.old, line.old_b64)?,
            new: bytes_of("new", line.new, line.new_b64)?,
            row_id: line.row_id.map(Cow::into_owned),
        })
    }
}

fn text_or_base64(bytes: &[u8]) -> (Option<Cow<'_, str>>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.into()), None),
        Err(_) => (None, Some(BASE64.encode(bytes))),
    }
}

fn bytes_of(name: &str, text: Option<Cow<'_, str>>, base64: Option<String>) -> Result<Vec<u8>, String> {
    match (text, base64) {
        (Some(text), None) => Ok(text.into_owned().into_bytes()),
        (None, Some(base64)) => BASE64.decode(base64).map_err(|error| format!("{name}_b64: {error}")),
        _ => Err(format!("one of {name} and {name}_b64 is needed")),
    }
}
