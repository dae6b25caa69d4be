//! One source → its bytes, in batches that can be worked on by different threads.

use std::fs::{self, File};
use std::io::{self, Read};
use std::mem;

use super::compression::{Packed, Unpacked};
use super::{Settings, decode, format};
use crate::model::{Compression, Format, Problem, Severity, Source};

/// A stretch of a source, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// A whole text file, or whole lines of a JSONL file.
    pub raw: Vec<u8>,
    /// How many line feeds stand before it in the source.
    pub first_line: u64,
    /// How many bytes stand before it in the source, after unpacking.
    pub start: u64,
    /// True for the last batch. When it is given out, the whole source was read and its check
    /// sums were right.
    pub last: bool,
}

/// Reads one source from front to back.
///
/// Every source has at least one batch. A text file is one batch; a JSONL file is cut at line
/// ends, depending on nothing but its content and `batch_bytes`, and is never held whole.
///
/// A [`Problem`] from here means that the source as a whole is given up: what earlier batches of
/// it said must be dropped. It may be severe, or only say that the file is not for us.
pub struct Reader {
    name: String,
    format: Format,
    compression: Compression,
    mismatch: Option<Problem>,
    unpacked: Unpacked,
    batch_bytes: usize,
    max_document_bytes: u64,
    max_ratio: u64,
    /// Read, but not given out yet.
    pending: Vec<u8>,
    at_end: bool,
    start: u64,
    first_line: u64,
    finished: bool,
}

impl Reader {
    /// Opens a source and looks at its first bytes.
    ///
    /// # Errors
    /// When it cannot be opened, or is no regular file any more.
    pub fn open(source: &Source, settings: &Settings) -> Result<Reader, Problem> {
        let (head, file) = open(source).map_err(|problem| problem.of(&source.name))?;
        let compression = format::by_magic(&head);
        if head.is_empty() && source.compression != Compression::None {
            let message = format!("empty, but its name says {}", format::packing(source.compression));
            return Err(problem(&source.name, Severity::Damaged, message));
        }
        let mismatch = (compression != source.compression).then(|| {
            let [is, says] = [compression, source.compression].map(format::packing);
            problem(&source.name, Severity::Noted, format!("{is}, but its name says {says}; read as it is"))
        });
        let unpacked = Unpacked::new(Packed::new(head, file), compression)
            .map_err(|error| problem(&source.name, Severity::Damaged, cause(&error, compression)))?;
        let mut pending = Vec::new();
        if compression == Compression::None {
            // One more than there is, so that the end is found without growing.
            let all = source.size.min(settings.max_document_bytes) as usize + 1;
            pending.reserve_exact(match source.format {
                Format::JsonLines => all.min(settings.batch_bytes),
                Format::Text | Format::Markdown => all,
            });
        }
        Ok(Reader {
            name: source.name.clone(),
            format: source.format,
            compression,
            mismatch,
            unpacked,
            batch_bytes: settings.batch_bytes.max(1),
            max_document_bytes: settings.max_document_bytes,
            max_ratio: settings.max_ratio,
            pending,
            at_end: false,
            start: 0,
            first_line: 0,
            finished: false,
        })
    }

    /// What the source is packed with, whatever its name says. The output is packed the same way.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// A note when the name and the content tell different stories.
    pub fn mismatch(&self) -> Option<&Problem> {
        self.mismatch.as_ref()
    }

    /// The next batch, or `None` after the last.
    ///
    /// # Errors
    /// When the source cannot be read to the end, is damaged, or is too large. There is nothing
    /// more to read then.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, Problem> {
        if self.finished {
            return Ok(None);
        }
        let batch = match self.format {
            Format::Text | Format::Markdown => self.whole(),
            Format::JsonLines => self.lines(),
        };
        self.finished = batch.as_ref().map_or(true, |batch| batch.last);
        batch.map(Some)
    }

    fn whole(&mut self) -> Result<Batch, Problem> {
        while !self.at_end {
            self.read_on(self.pending.capacity().saturating_sub(self.pending.len()).max(LONG_READ))?;
        }
        Ok(Batch { raw: mem::take(&mut self.pending), first_line: 0, start: 0, last: true })
    }

    fn lines(&mut self) -> Result<Batch, Problem> {
        while !self.at_end && self.pending.len() < self.batch_bytes {
            self.read_on(self.batch_bytes - self.pending.len())?;
        }
        if self.start == 0
            && let Some(reason) = decode::not_json_lines(&self.pending)
        {
            return Err(problem(&self.name, Severity::Skipped, reason));
        }
        let cut = self.cut()?;
        let mut raw = self.pending.split_off(cut);
        mem::swap(&mut raw, &mut self.pending);
        if self.pending.is_empty() && !self.at_end {
            self.read_on(self.batch_bytes)?;
        }
        let lines = memchr::memchr_iter(b'\n', &raw).count() as u64;
        let last = self.pending.is_empty() && self.at_end;
        let batch = Batch { first_line: self.first_line, start: self.start, last, raw };
        self.first_line += lines;
        self.start += batch.raw.len() as u64;
        Ok(batch)
    }

    /// Where the pending bytes are cut: behind the last line that ends within `batch_bytes`, or
    /// behind the first line if that is longer.
    fn cut(&mut self) -> Result<usize, Problem> {
        let within = self.pending.len().min(self.batch_bytes);
        if self.at_end && self.pending.len() <= self.batch_bytes {
            return Ok(self.pending.len());
        }
        if let Some(feed) = memchr::memrchr(b'\n', &self.pending[..within]) {
            return Ok(feed + 1);
        }
        let mut searched = within;
        loop {
            if let Some(feed) = memchr::memchr(b'\n', &self.pending[searched..]) {
                return Ok(searched + feed + 1);
            }
            searched = self.pending.len();
            if self.at_end {
                return Ok(searched);
            }
            self.read_on(LONG_READ)?;
        }
    }

    /// Reads up to `len` bytes more: fewer only at the end.
    fn read_on(&mut self, len: usize) -> Result<(), Problem> {
        let (mut filled, end) = (self.pending.len(), self.pending.len() + len);
        self.pending.resize(end, 0);
        while filled < end {
            match self.unpacked.read(&mut self.pending[filled..end]) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(problem(&self.name, Severity::Damaged, cause(&error, self.compression)));
                }
            }
        }
        self.pending.truncate(filled);
        self.check_size()
    }

    fn check_size(&self) -> Result<(), Problem> {
        let too_large = |message| Err(problem(&self.name, Severity::Damaged, message));
        let longest = self.max_document_bytes;
        // Lines are what is limited in JSONL, and the pending bytes hold no more than a line and a batch.
        let slack = if self.format == Format::JsonLines { self.batch_bytes.max(LONG_READ) as u64 } else { 0 };
        if self.pending.len() as u64 > longest.saturating_add(slack) {
            return too_large(format!("holds a document of more than {longest} bytes, which is the limit"));
        }
        let unpacked = self.start + self.pending.len() as u64;
        let packed = self.unpacked.packed_bytes();
        if unpacked > RATIO_GRACE && unpacked / self.max_ratio.max(1) > packed {
            let ratio = self.max_ratio;
            return too_large(format!("unpacks to more than {ratio} times its size, as only a trap does"));
        }
        Ok(())
    }
}

/// How much is read at a time where nobody knows how much will come.
const LONG_READ: usize = 256 << 10;

/// Small files of one repeated character are no bombs.
const RATIO_GRACE: u64 = 64 << 20;

/// Opens a file and reads its first bytes. All of a small file, in one call.
fn open(source: &Source) -> Result<(Vec<u8>, File), Unopened> {
    // Opening a FIFO that took the place of a file would wait for ever.
    if !fs::metadata(&source.path)?.is_file() {
        return Err(Unopened::NotAFile);
    }
    let mut file = File::open(&source.path)?;
    let mut head = vec![0; source.size.clamp(8, 64 << 10) as usize];
    let mut filled = 0;
    // A magic number is never longer than this; more comes with the first call anyway.
    while filled < 8 {
        match file.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    head.truncate(filled);
    Ok((head, file))
}

enum Unopened {
    NotAFile,
    Failed(io::Error),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Unopened::Failed(error)
    }
}

impl Unopened {
    fn of(self, name: &str) -> Problem {
        let message = match self {
            Unopened::NotAFile => "was a file when it was listed, and is none any more".into(),
            Unopened::Failed(error) if error.kind() == io::ErrorKind::NotFound => {
                "vanished after it was listed".into()
            }
            Unopened::Failed(error) => format!("cannot be read: {error}"),
        };
        problem(name, Severity::Damaged, message)
    }
}

fn problem(name: &str, severity: Severity, message: String) -> Problem {
    Problem { name: name.into(), line: None, severity, message }
}

/// Tells a disk that fails from packed data that is broken.
fn cause(error: &io::Error, compression: Compression) -> String {
    let what = match compression {
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
        Compression::None => return format!("cannot be read: {error}"),
    };
    match error.kind() {
        _ if error.raw_os_error().is_some() => format!("cannot be read: {error}"),
        io::ErrorKind::UnexpectedEof => format!("damaged: the {what} data ends too early"),
        _ => format!("damaged {what} data: {error}"),
    }
}
