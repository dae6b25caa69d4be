//! The corpus on disk, in the shape that was asked for.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use scrubjay::language::Lexicon;
use xxhash_rust::xxh3::xxh3_64;

use super::document::{Author, Document, Layout};
use super::plant::{Planter, Shares};
use super::random::Random;
use super::sentence::{Grammar, push_number};
use super::truth::{Place, Truth};
use super::words::Vocabulary;
use super::{Settings, Shape};

/// Shares of real news: about one sentence in twenty stands elsewhere too.
const NEWS: Shares = Shares { exact: 50, folded: 5, near: 10, trap: 5, typo: 15 };
/// Every sentence different, some nearly alike: food for the similarity join.
const DISTINCT: Shares = Shares { exact: 0, folded: 0, near: 10, trap: 5, typo: 0 };

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Summary {
    documents: usize,
    /// Of text, before it was compressed or escaped.
    pub(crate) bytes: usize,
    planted: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { documents, bytes, planted } = self;
        write!(f, "{documents} documents, {bytes} bytes of text, {planted} things planted")
    }
}

/// Makes the whole corpus and its truth.
pub(crate) fn corpus(settings: &Settings) -> io::Result<Summary> {
    // An older corpus must not be mixed with this one.
    if let Some(parent) = settings.out.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::create_dir(&settings.out)?;
    let mut truth_path = settings.out.clone().into_os_string();
    truth_path.push(".truth.csv");
    let mut truth = Truth::new(BufWriter::new(File::create(truth_path)?))?;
    let lexicon = Lexicon::load()?;
    let summary = match settings.shape {
        Shape::Files => files(&lexicon, settings, &mut truth),
        Shape::Jsonl => jsonl(&lexicon, settings, &mut truth),
        Shape::Lines => lines(&lexicon, settings, &mut truth),
        Shape::Sentences => sentences(&lexicon, settings, &mut truth),
        Shape::Flood => flood(settings),
    }?;
    truth.finish()?;
    Ok(summary)
}

fn author(lexicon: &Lexicon, seed: u64, vocabulary: Vocabulary, shares: Shares) -> Author<'_> {
    Author {
        grammar: Grammar::new(vocabulary),
        planter: Planter::new(lexicon, shares),
        random: Random::new(seed),
    }
}

/// Writes what reads like news, as far as counting words can tell.
pub(crate) fn news_author(lexicon: &Lexicon, seed: u64) -> Author<'_> {
    author(lexicon, seed, Vocabulary::new(lexicon, 400_000, 12), NEWS)
}

fn files<W: Write>(lexicon: &Lexicon, settings: &Settings, truth: &mut Truth<W>) -> io::Result<Summary> {
    let mut author = news_author(lexicon, settings.seed);
    let mut document = Document::default();
    let mut summary = Summary::default();
    let name = |number| file_name(number, settings.gz);
    while summary.bytes < settings.bytes {
        let number = summary.documents;
        let at = Place { document: number, byte: 0 };
        author.write(at, layout_of(number), &mut document);
        let path = settings.out.join(name(number));
        if number.is_multiple_of(FILES_IN_FOLDER)
            && let Some(folder) = path.parent()
        {
            fs::create_dir_all(folder)?;
        }
        let mut file = Packer::create(&path, settings.gz)?;
        file.write_all(&document.text)?;
        file.finish()?;
        truth.write(at, &document.text, &document.planted, name)?;
        summary.add(&document);
    }
    Ok(summary)
}

const FILES_IN_FOLDER: usize = 100;

/// One file in ten is Markdown, three in twenty are hard-wrapped.
fn layout_of(number: usize) -> Layout {
    match number % 20 {
        3 | 13 => Layout::Markdown,
        5 | 11 | 18 => Layout::HardWrapped,
        _ => Layout::Paragraphs,
    }
}

fn file_name(number: usize, gz: bool) -> String {
    let folder = number / FILES_IN_FOLDER;
    let extension = if layout_of(number) == Layout::Markdown { "md" } else { "txt" };
    let packed = if gz { ".gz" } else { "" };
    format!("{:03}/{:02}/{number:07}.{extension}{packed}", folder / 100, folder % 100)
}

fn jsonl<W: Write>(lexicon: &Lexicon, settings: &Settings, truth: &mut Truth<W>) -> io::Result<Summary> {
    let mut author = news_author(lexicon, settings.seed);
    let mut document = Document::default();
    let mut summary = Summary::default();
    let file_name = if settings.gz { "corpus.jsonl.gz" } else { "corpus.jsonl" };
    let name = |number: usize| format!("{file_name}#{}", number + 1);
    let mut file = Packer::create(&settings.out.join(file_name), settings.gz)?;
    let mut line = Vec::new();
    while summary.bytes < settings.bytes {
        let number = summary.documents;
        let at = Place { document: number, byte: 0 };
        author.write(at, Layout::Paragraphs, &mut document);
        line.clear();
        line.extend_from_slice(format!("{{\"id\": \"d-{number:07}\", \"title\": \"").as_bytes());
        // Some senders escape all that is not ASCII.
        let ascii = number.is_multiple_of(8);
        push_escaped(&document.title, ascii, &mut line);
        line.extend_from_slice(b"\", \"text\": \"");
        push_escaped(&document.text, ascii, &mut line);
        line.extend_from_slice(b"\"}\n");
        file.write_all(&line)?;
        truth.write(at, &document.text, &document.planted, name)?;
        summary.add(&document);
    }
    file.finish()?;
    Ok(summary)
}

/// Appends `text` as the inside of a JSON string.
fn push_escaped(text: &[u8], ascii: bool, line: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\' && (byte < 0x80 || !ascii);
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.iter().position(|&byte| !plain(byte)).unwrap_or(rest.len());
        line.extend_from_slice(&rest[..run]);
        rest = &rest[run..];
        match rest {
            [] => {}
            [b'\n', after @ ..] => {
                line.extend_from_slice(b"\\n");
                rest = after;
            }
            [byte @ (b'"' | b'\\'), after @ ..] => {
                line.extend_from_slice(&[b'\\', *byte]);
                rest = after;
            }
            _ => {
                let chunk = rest.utf8_chunks().next().map_or("", |chunk| chunk.valid());
                // The text is made here, so it is UTF-8 and has no other control character.
                let Some(character) = chunk.chars().next() else { return };
                for unit in character.encode_utf16(&mut [0; 2]) {
                    line.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
                rest = &rest[character.len_utf8()..];
            }
        }
    }
}

fn lines<W: Write>(lexicon: &Lexicon, settings: &Settings, truth: &mut Truth<W>) -> io::Result<Summary> {
    let mut author = news_author(lexicon, settings.seed);
    let mut document = Document::default();
    let mut summary = Summary::default();
    let (name, mut file) = one_file(settings)?;
    while summary.bytes < settings.bytes {
        // The file is one document; what is written at a time is a stretch of it.
        let at = Place { document: 0, byte: summary.bytes };
        author.write(at, Layout::Lines, &mut document);
        file.write_all(&document.text)?;
        truth.write(at, &document.text, &document.planted, |_| name.clone())?;
        summary.add(&document);
    }
    file.finish()?;
    Ok(Summary { documents: 1, ..summary })
}

fn sentences<W: Write>(lexicon: &Lexicon, settings: &Settings, truth: &mut Truth<W>) -> io::Result<Summary> {
    let mut author = author(lexicon, settings.seed, Vocabulary::new(lexicon, 400_000, 350), DISTINCT);
    let mut document = Document::default();
    let mut summary = Summary::default();
    let mut seen = HashSet::new();
    let (name, mut file) = one_file(settings)?;
    let mut cast = author.grammar.cast(&mut author.random);
    while seen.len() < settings.sentences {
        if seen.len().is_multiple_of(16) {
            cast = author.grammar.cast(&mut author.random);
        }
        let Document { text, planted, .. } = &mut document;
        text.clear();
        planted.clear();
        let at = Place { document: 0, byte: summary.bytes };
        let Author { grammar, planter, random } = &mut author;
        planter.sentence((grammar, &cast), random, at, text, planted);
        if seen.insert(xxh3_64(text)) {
            text.push(b'\n');
            file.write_all(text)?;
            truth.write(at, &document.text, &document.planted, |_| name.clone())?;
            summary.add(&document);
        }
    }
    file.finish()?;
    Ok(Summary { documents: 1, ..summary })
}

fn flood(settings: &Settings) -> io::Result<Summary> {
    let (_, mut file) = one_file(settings)?;
    let mut line = Vec::new();
    let mut bytes = 0;
    for number in 0..settings.sentences {
        line.clear();
        line.extend_from_slice(b"The meter in the cellar of the old mill stood at ");
        push_number(number, &mut line);
        line.extend_from_slice(b" units when the inspector read it.\n");
        file.write_all(&line)?;
        bytes += line.len();
    }
    file.finish()?;
    Ok(Summary { documents: 1, bytes, planted: 0 })
}

fn one_file(settings: &Settings) -> io::Result<(String, Packer)> {
    let name = if settings.gz { "corpus.txt.gz" } else { "corpus.txt" }.to_owned();
    let file = Packer::create(&settings.out.join(&name), settings.gz)?;
    Ok((name, file))
}

impl Summary {
    fn add(&mut self, document: &Document) {
        self.documents += 1;
        self.bytes += document.text.len();
        self.planted += document.planted.len();
    }
}

/// A file, compressed or not.
enum Packer {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Packer {
    fn create(path: &Path, gz: bool) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        // The header gets neither name nor time, so the bytes depend on the content alone.
        Ok(if gz {
            Packer::Gzip(Box::new(GzEncoder::new(file, Compression::default())))
        } else {
            Packer::Plain(file)
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Packer::Plain(file) => file.write_all(bytes),
            Packer::Gzip(file) => file.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Packer::Plain(mut file) => file.flush(),
            Packer::Gzip(file) => file.finish()?.flush(),
        }
    }
}
