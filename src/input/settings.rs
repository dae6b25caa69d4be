//! What a run may choose about reading.

use serde::{Deserialize, Serialize};

/// How sources are read and cut into documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The JSONL field that holds the text; dots lead into nested objects, as in `article.body`.
    pub text_field: String,
    /// The JSONL field that names a document instead of its line number; dots as above.
    pub id_field: Option<String>,
    /// How many bytes of lines one batch of a JSONL file holds, about. Where batches are cut
    /// depends on this and on the content alone.
    pub batch_bytes: usize,
    /// The longest text file or JSONL line that is worked on, in bytes after decompression.
    pub max_document_bytes: u64,
    /// How many times larger than its packed bytes a source may become, once it is past 64 MB.
    pub max_ratio: u64,
}

impl Settings {
    /// The name of the document on a 1-based line of a source: `path#LINE`. Beside names from an id field it is
    /// `path#line LINE`, as an id may well be the number of another line.
    pub fn name_by_line(&self, source: &str, line: u64) -> String {
        match self.id_field {
            None => format!("{source}#{line}"),
            Some(_) => format!("{source}#{NAMED_BY_LINE}{line}"),
        }
    }

    /// False for an id that reads like what [`Settings::name_by_line`] gives.
    pub(super) fn is_name(id: &str) -> bool {
        let line = id.strip_prefix(NAMED_BY_LINE);
        !line.is_some_and(|line| line.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// Stands before the line number of a document that has no id of its own where others have one.
const NAMED_BY_LINE: &str = "line ";

impl Default for Settings {
    fn default() -> Self {
        Settings {
            text_field: "text".into(),
            id_field: None,
            batch_bytes: 2 << 20,
            max_document_bytes: 1 << 30,
            max_ratio: 1000,
        }
    }
}
