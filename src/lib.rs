//! Scrubjay cleans text corpora: it finds sentences that say again what was already said and
//! words that were mistyped, writes cleaned copies, and reports every single change.
//!
//! The modules stand in the order in which a document walks through them; ARCHITECTURE.md has
//! the drawing.

pub mod model;

pub mod language;

pub mod decide;
pub mod dedup;
pub mod input;
pub mod output;
pub mod segment;
pub mod sheet;
pub mod spell;
pub mod state;

pub mod pipeline;

#[cfg(feature = "cli")]
pub mod cli;
