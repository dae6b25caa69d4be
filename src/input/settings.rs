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
