//! Room 1, paths → documents: which files belong to the corpus and in which order, what they are
//! packed with, how their bytes become text, and the way back from each character to its bytes.
//!
//! [`discover`] walks, a [`Reader`] gives the bytes of one source in batches, and [`documents`]
//! turns a batch into documents. The first two do I/O and belong to one thread each; the last is a
//! plain function, so that batches of one huge file can be worked on by all threads.
//!
//! A fault of one input is a [`Problem`](crate::model::Problem), never an error of the run.

mod compression;
mod decode;
mod documents;
mod format;
mod globs;
mod json;
mod name;
mod reader;
mod selection;
mod settings;
mod walk;

pub use documents::{Parsed, documents};
pub use globs::Preferences;
pub use name::display_name;
pub use reader::{Batch, Reader};
pub use selection::{Selection, SelectionError, parse_file_list, read_file_list};
pub use settings::Settings;
pub use walk::{Discovery, SETTINGS_FILE, discover};
