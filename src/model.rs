//! The language of the house: values that travel between the rooms, and nothing else.
//!
//! Everything here is plain data. `model` imports nothing of the crate.

mod document;
mod edit;
pub mod exact_path;
pub mod figures;
mod finding;
mod pieces;
mod place;
mod row;
mod sentence;
mod slots;
mod source;
pub mod varint;
mod workers;

pub use document::{Document, Encoding, Markup, OffsetMap};
pub use edit::{Edit, EditSet, OverlappingEdits};
pub use exact_path::{path_from_base64, path_to_base64};
pub use finding::{Action, Applicability, Decision, Finding, Kind, Repetition};
pub use pieces::{Pieces, Stretch};
pub use place::{DocId, Place, PlaceCursor, Span};
pub use row::{ReportRow, is_hidden, shown};
pub use sentence::{Role, Sentence};
pub use slots::Slots;
pub use source::{Compression, Format, Problem, Severity, Source};
pub use workers::{OneByOne, Workers};
