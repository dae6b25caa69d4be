//! Room 7: what a nightly run remembers.
//!
//! A folder that one run at a time holds, and in it one file that is either the old one or the new
//! one. What stands in the file is the pipeline's business; this room knows where it stands, whether
//! it is whole, and whether a file of the corpus is still the one that was seen.

mod folder;
mod pack;
mod stamp;
mod store;

pub use folder::{STATE_FILE, StateError, StateFolder};
pub use pack::{Packer, Unpacker};
pub use stamp::Stamp;
pub use store::{Block, Forgotten, Store, StoreWriter};
