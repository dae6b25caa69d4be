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
    /// In the last batch of a packed source: the hash of its bytes as they lie on disk
    /// (XXH3, 128 bits).
    pub packed_hash: Option<u128>,
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
    permissions: fs::Permissions,
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
        let Opened { permissions, file, head, is_whole } =
            open(source).map_err(|problem| problem.of(&source.name))?;
        let compression = format::by_magic(&head);
        if head.is_empty() && source.compression != Compression::None {
            let message = format!("empty, but its name says {}", format::packing(source.compression));
            return Err(problem(&source.name, Severity::Damaged, message));
        }
        let mismatch = (compression != source.compression).then(|| {
            let [is, says] = [compression, source.compression].map(format::packing);
            problem(&source.name, Severity::Noted, format!("{is}, but its name says {says}; read as it is"))
        });
        let unpacked = Unpacked::new(Packed::new(head, file, is_whole), compression)
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
            permissions,
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

    /// Who may read and write the source.
    pub fn permissions(&self) -> &fs::Permissions {
        &self.permissions
    }

    /// How many bytes were read from the disk so far.
    pub fn packed_bytes(&self) -> u64 {
        self.unpacked.packed_bytes()
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
        let packed_hash = self.unpacked.packed_hash();
        Ok(Batch { raw: mem::take(&mut self.pending), first_line: 0, start: 0, last: true, packed_hash })
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
        let packed_hash = self.unpacked.packed_hash().filter(|_| last);
        let batch = Batch { first_line: self.first_line, start: self.start, last, raw, packed_hash };
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
        // Most files are at their end by now: a buffer is not even made for what does not come.
        let mut more = (&mut self.unpacked).take(len as u64);
        let read = more
            .read_to_end(&mut self.pending)
            .map_err(|error| problem(&self.name, Severity::Damaged, cause(&error, self.compression)))?;
        self.at_end = read < len;
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

/// A file and its first bytes.
struct Opened {
    permissions: fs::Permissions,
    file: File,
    head: Vec<u8>,
    /// The first bytes are all.
    is_whole: bool,
}

/// Opens a file and reads its first bytes. All of a small file, in one call.
fn open(source: &Source) -> Result<Opened, Unopened> {
    // Opening a FIFO that took the place of a file would wait for ever.
    let metadata = fs::metadata(&source.path)?;
    if !metadata.is_file() {
        return Err(Unopened::NotAFile);
    }
    let mut file = File::open(&source.path)?;
    // One byte more than there is: then the end is known without a further call.
    let mut head = vec![0; source.size.clamp(8, 64 << 10) as usize + 1];
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
    // A call may give less than there is on some file systems, but not just what there was.
    let is_whole = filled < head.len() && filled as u64 == source.size;
    head.truncate(filled);
    Ok(Opened { permissions: metadata.permissions(), file, head, is_whole })
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    struct Fixture {
        source: Source,
        _dir: TempDir,
    }

    fn file(name: &str, bytes: &[u8]) -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (format, compression) = format::by_name(Path::new(name));
        let source = Source {
            path,
            relative: name.into(),
            name: name.into(),
            format: format.unwrap_or(Format::Text),
            compression,
            size: bytes.len() as u64,
        };
        Fixture { source, _dir: dir }
    }

    fn batches(fixture: &Fixture, settings: &Settings) -> Result<Vec<Batch>, Problem> {
        let mut reader = Reader::open(&fixture.source, settings)?;
        let mut batches = Vec::new();
        while let Some(batch) = reader.next_batch()? {
            batches.push(batch);
        }
        Ok(batches)
    }

    /// The one batch of a text file.
    fn text(name: &str, bytes: &[u8]) -> Result<Vec<u8>, (Severity, String)> {
        let batches = batches(&file(name, bytes), &Settings::default())
            .map_err(|problem| (problem.severity, problem.message))?;
        let [batch] = &batches[..] else { panic!("{batches:?}") };
        assert!(batch.last && batch.start == 0 && batch.first_line == 0);
        Ok(batch.raw.clone())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Bytes that do not pack well, so that damage hits data and not only headers.
    fn words(len: usize) -> Vec<u8> {
        (0..len as u32).map(|n| b"abcdefgh \n"[(n.wrapping_mul(2_654_435_761) >> 16) as usize % 10]).collect()
    }

    #[test]
    fn a_text_file_is_one_batch_whatever_its_size() {
        for len in [0, 1, 7, 8, 9, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 3 << 20] {
            assert_eq!(text("a.txt", &words(len)).unwrap(), words(len), "{len} bytes");
        }
    }

    #[test]
    fn a_file_that_grew_since_it_was_listed_is_read_to_its_end() {
        let mut fixture = file("a.txt", &words(1 << 20));
        fixture.source.size = 3;
        assert_eq!(batches(&fixture, &Settings::default()).unwrap()[0].raw, words(1 << 20));
    }

    #[test]
    fn all_members_and_all_frames_are_read() {
        let (one, two) = (words(200_000), words(70_000));
        let both = [&one[..], &two].concat();
        assert_eq!(text("a.txt.gz", &[gzip(&one), gzip(b""), gzip(&two)].concat()).unwrap(), both);
        let skippable = b"\x50\x2A\x4D\x18\x03\0\0\0abc";
        assert_eq!(text("a.md.zst", &[skippable, &zstd(&one)[..], &zstd(&two)].concat()).unwrap(), both);
        assert_eq!(text("a.txt.gz", &gzip(b"")).unwrap(), b"");
    }

    #[test]
    fn zeros_after_the_last_gzip_member_are_padding_and_anything_else_is_damage() {
        let packed = gzip(&words(1000));
        assert_eq!(text("a.txt.gz", &[&packed[..], &[0; 200_000]].concat()).unwrap(), words(1000));
        for tail in [&b"\0\0x"[..], b"tail", b"a tail longer than a header would be"] {
            assert_eq!(
                text("a.txt.gz", &[&packed, tail].concat()).unwrap_err(),
                (
                    Severity::Damaged,
                    "damaged gzip data: what follows the last gzip member is not gzip".into()
                )
            );
        }
    }

    #[test]
    fn truncated_files_give_no_text_wherever_they_are_cut() {
        for (name, what, packed) in
            [("a.txt.gz", "gzip", gzip(&words(2000))), ("a.txt.zst", "zstd", zstd(&words(2000)))]
        {
            for cut in [5, 9, 12, 100, packed.len() - 9, packed.len() - 4, packed.len() - 1] {
                let message = format!("damaged: the {what} data ends too early");
                let told = text(name, &packed[..cut]).unwrap_err();
                assert_eq!(told, (Severity::Damaged, message), "cut at {cut}");
            }
            let empty = text(name, b"").unwrap_err();
            assert_eq!(empty.1, format!("empty, but its name says packed with {what}"));
        }
    }

    #[test]
    fn a_wrong_check_sum_gives_no_text() {
        for (name, packed) in [("a.txt.gz", gzip(&words(2000))), ("a.txt.zst", zstd(&words(2000)))] {
            let mut broken = packed.clone();
            // gzip ends with the check sum and four bytes of length, zstd with the check sum.
            let at = broken.len() - if name.ends_with("gz") { 5 } else { 1 };
            broken[at] ^= 0x10;
            let (severity, message) = text(name, &broken).unwrap_err();
            assert_eq!(severity, Severity::Damaged);
            assert!(message.contains("checksum"), "{message}");
        }
    }

    #[test]
    fn content_wins_over_the_name_and_the_mismatch_is_noted() {
        let cases: [(&str, Vec<u8>, Compression, &str); 4] = [
            ("a.txt", gzip(b"words"), Compression::Gzip, "packed with gzip, but its name says not packed"),
            (
                "a.txt.gz",
                b"words".to_vec(),
                Compression::None,
                "not packed, but its name says packed with gzip",
            ),
            (
                "a.txt.gz",
                zstd(b"words"),
                Compression::Zstd,
                "packed with zstd, but its name says packed with gzip",
            ),
            (
                "a.txt.zst",
                b"words".to_vec(),
                Compression::None,
                "not packed, but its name says packed with zstd",
            ),
        ];
        for (name, bytes, compression, message) in cases {
            let fixture = file(name, &bytes);
            let mut reader = Reader::open(&fixture.source, &Settings::default()).unwrap();
            assert_eq!(reader.next_batch().unwrap().unwrap().raw, b"words");
            assert_eq!(reader.compression(), compression);
            let mismatch = reader.mismatch().unwrap();
            assert_eq!(mismatch.message, format!("{message}; read as it is"));
            assert_eq!(mismatch.severity, Severity::Noted);
        }
        let fixture = file("a.txt.gz", &gzip(b"words"));
        assert_eq!(Reader::open(&fixture.source, &Settings::default()).unwrap().mismatch(), None);
    }

    #[test]
    fn a_source_that_went_away_is_listed() {
        let fixture = file("a.txt", b"x");
        fs::remove_file(&fixture.source.path).unwrap();
        let problem = batches(&fixture, &Settings::default()).unwrap_err();
        assert_eq!((problem.name.as_str(), problem.severity), ("a.txt", Severity::Damaged));
        assert_eq!(problem.message, "vanished after it was listed");
        fs::create_dir(&fixture.source.path).unwrap();
        let problem = batches(&fixture, &Settings::default()).unwrap_err();
        assert_eq!(problem.message, "was a file when it was listed, and is none any more");
    }

    #[test]
    fn what_unpacks_to_far_more_than_its_size_is_a_trap() {
        let zeros = vec![b'0'; 80 << 20];
        let bomb = file("a.txt.zst", &zstd::encode_all(&zeros[..], 1).unwrap());
        let problem = batches(&bomb, &Settings::default()).unwrap_err();
        assert_eq!(problem.severity, Severity::Damaged);
        assert_eq!(problem.message, "unpacks to more than 1000 times its size, as only a trap does");
        let generous = Settings { max_ratio: 100_000, ..Settings::default() };
        assert_eq!(batches(&bomb, &generous).unwrap()[0].raw.len(), zeros.len());
    }

    #[test]
    fn a_document_over_the_limit_is_not_read() {
        let limit = Settings { max_document_bytes: 1000, ..Settings::default() };
        for (name, bytes) in [("a.txt", words(1001)), ("a.txt.gz", gzip(&words(1001)))] {
            let problem = batches(&file(name, &bytes), &limit).unwrap_err();
            assert_eq!(problem.message, "holds a document of more than 1000 bytes, which is the limit");
        }
        assert!(batches(&file("a.txt", &words(1000)), &limit).is_ok());
        let lines = Settings { batch_bytes: 100, ..limit };
        let short = "x\n".repeat(300_000);
        assert!(batches(&file("a.jsonl", short.as_bytes()), &lines).is_ok(), "the limit is for a line");
        let long = "x".repeat(300_000);
        assert!(batches(&file("a.jsonl", long.as_bytes()), &lines).is_err());
    }

    #[test]
    fn lines_stay_whole_and_every_source_ends_with_a_last_batch() {
        let settings = Settings { batch_bytes: 8, ..Settings::default() };
        let cut = |content: &str| {
            let batches = batches(&file("a.jsonl", content.as_bytes()), &settings).unwrap();
            assert!(batches.iter().rev().map(|batch| batch.last).eq((0..batches.len()).map(|at| at == 0)));
            let place = |batch: &Batch| (batch.start, batch.first_line);
            let batches =
                batches.iter().map(|batch| (place(batch), String::from_utf8(batch.raw.clone()).unwrap()));
            batches.collect::<Vec<_>>()
        };
        let batch = |start, line, raw: &str| ((start, line), raw.to_owned());
        assert_eq!(cut(""), [batch(0, 0, "")]);
        assert_eq!(cut("{}\n{}\n"), [batch(0, 0, "{}\n{}\n")]);
        assert_eq!(cut("1234567\n"), [batch(0, 0, "1234567\n")]);
        assert_eq!(cut("1234567\n8"), [batch(0, 0, "1234567\n"), batch(8, 1, "8")]);
        assert_eq!(
            cut("1\n\n2\na longer line than a batch\n3\n4"),
            [batch(0, 0, "1\n\n2\n"), batch(5, 3, "a longer line than a batch\n"), batch(32, 4, "3\n4")]
        );
    }

    #[test]
    fn lines_that_cannot_be_json_are_not_for_us() {
        let utf16: Vec<u8> = "\u{FEFF}{}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let problem = batches(&file("a.jsonl", &utf16), &Settings::default()).unwrap_err();
        assert_eq!(problem.severity, Severity::Skipped);
        assert!(problem.message.contains("iconv -f UTF-16"), "{}", problem.message);
    }

    #[test]
    fn damage_late_in_a_stream_of_lines_is_told_before_the_last_batch() {
        let lines = words(500_000);
        let mut packed = gzip(&lines);
        packed.truncate(packed.len() - 3);
        let settings = Settings { batch_bytes: 100_000, ..Settings::default() };
        let fixture = file("a.jsonl.gz", &packed);
        let mut reader = Reader::open(&fixture.source, &settings).unwrap();
        let mut seen = 0;
        let problem = loop {
            match reader.next_batch() {
                Ok(Some(batch)) => {
                    assert!(!batch.last);
                    seen += 1;
                }
                Ok(None) => panic!("the damage was not told"),
                Err(problem) => break problem,
            }
        };
        assert!(seen >= 3, "{seen} batches");
        assert_eq!(problem.severity, Severity::Damaged);
        assert_eq!(reader.next_batch(), Ok(None));
    }

    #[test]
    fn a_reader_may_move_to_another_thread() {
        fn moves<T: Send>() {}
        moves::<Reader>();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn batches_depend_on_content_alone(lines in "[a-f\n]{0,200}", batch_bytes in 1..40_usize) {
            let settings = Settings { batch_bytes, ..Settings::default() };
            let bytes = lines.as_bytes();
            let plain = batches(&file("a.jsonl", bytes), &settings).unwrap();
            // A member for each byte makes every read short.
            let members: Vec<u8> = bytes.iter().flat_map(|&byte| gzip(&[byte])).collect();
            let members = if members.is_empty() { gzip(b"") } else { members };
            let mut unpacked = batches(&file("a.jsonl.gz", &members), &settings).unwrap();
            let last = unpacked.last_mut().unwrap();
            prop_assert_eq!(last.packed_hash.take(), Some(xxhash_rust::xxh3::xxh3_128(&members)));
            prop_assert_eq!(&unpacked, &plain);
            let joined: Vec<u8> = plain.iter().flat_map(|batch| batch.raw.clone()).collect();
            prop_assert_eq!(&joined[..], bytes);
            for batch in &plain {
                let before = &bytes[..batch.start as usize];
                prop_assert_eq!(batch.first_line, before.iter().filter(|&&byte| byte == b'\n').count() as u64);
                prop_assert!(batch.last || batch.raw.ends_with(b"\n"));
                let one_line = memchr::memchr(b'\n', &batch.raw).is_none_or(|feed| feed + 1 == batch.raw.len());
                prop_assert!(batch.raw.len() <= batch_bytes || one_line);
            }
        }
    }
}
