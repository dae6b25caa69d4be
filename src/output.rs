//! Room 6: decisions become bytes. Cleaned text, the report, the ledger, and the folder they
//! stand in.
//!
//! Nothing here is ever half-written: every file is written beside its place, brought to the disk
//! and renamed, so a killed run or a power cut leaves the old file or the new one.

mod atomic;
mod charts;
mod diff;
mod error;
mod folder;
mod html;
mod ledger;
mod page;
mod render;
mod report;
mod row_id;
mod summary;
mod text_file;
mod undo;
mod workbook;

pub use atomic::{AtomicFile, Committer, Durability, SealedFile, SyncFolders, unnamed_file};
pub use diff::{Stretch, word_diff};
pub use error::{OutputError, QuotedPath};
pub use folder::{FolderError, RunFolder, TEXT_FOLDER, input_around, sweep_folder};
pub use ledger::{
    Checksums, EditRecord, EndRecord, FindingRecord, HeaderRecord, LEDGER_FORMAT, LedgerError, LedgerReader,
    LedgerWriter, Record, SourceEndRecord, SourceRecord, restore,
};
pub use page::{PageFacts, PageWriter, ROWS_A_PAGE};
pub use render::{Splice, apply_splices, splices};
pub use report::{
    NEW_ROWS, REPORT_COLUMNS, ROWS_PER_FILE, ReportLines, ReportWriter, cell, guard, unguard, write_table,
};
pub use row_id::{cluster_id, is_well_formed, row_id};
pub use summary::write_json_atomically;
pub use text_file::{SealedText, TextFile, copy_atomically, copy_verbatim};
pub use undo::{UndoError, Undone, undo};
pub use workbook::{WorkbookWriter, remove_report};
