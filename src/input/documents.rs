//! One batch → its documents. A plain function of values, to be called from many threads.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::json::{self, Field, Value};
use super::{Batch, Settings, decode, format, name};
use crate::model::{Document, Encoding, Format, Markup, OffsetMap, Problem, Severity, Source, Span};

/// What a batch held.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The documents, in the order of the batch.
    pub documents: Vec<Document>,
    /// The 1-based line of the source each document begins on. With an id field, the caller names
    /// documents `path#LINE` again whose id stands twice: a batch cannot know the others.
    pub lines: Vec<u64>,
    /// What was wrong, in the order of the batch.
    pub problems: Vec<Problem>,
    /// Lines of a JSONL batch that were not blank; 1 for a text file.
    pub records: u64,
    /// Those of them that were JSON but had no text. When it is most, the field is misnamed.
    pub without_text: u64,
}

/// Decodes a batch. What makes no document (a broken line, a file that is not text) makes a
/// problem instead; its bytes are in no document's extent, so nothing ever edits them.
pub fn documents(source: &Source, batch: &Batch, settings: &Settings) -> Parsed {
    match source.format {
        Format::Text => text(source, batch, Markup::Plain),
        Format::Markdown => text(source, batch, Markup::Markdown),
        Format::JsonLines => Records::new(source, batch, settings).parse(),
    }
}

fn text(source: &Source, batch: &Batch, markup: Markup) -> Parsed {
    let mut parsed = Parsed { records: 1, ..Parsed::default() };
    let problem = |severity, message| Problem { name: source.name.clone(), line: None, severity, message };
    let promises_text = format::by_name(Path::new(&source.relative)).0.is_some();
    match decode::decode(&batch.raw, !promises_text) {
        Err(reason) => parsed.problems.push(problem(Severity::Skipped, reason)),
        Ok(decoded) => {
            parsed.problems.extend(decoded.damage.map(|damage| problem(Severity::Damaged, damage)));
            parsed.lines.push(1);
            parsed.documents.push(Document {
                name: source.name.clone(),
                text: decoded.text,
                markup,
                encoding: decoded.encoding,
                map: decoded.map,
                extent: Span::new(0, batch.raw.len()),
                content_hash: xxh3_128(&batch.raw),
            });
        }
    }
    parsed
}

/// An id is a name, not a place to hide a book.
const LONGEST_ID: usize = 256;

/// Works through the lines of a batch.
struct Records<'a> {
    source: &'a Source,
    batch: &'a Batch,
    text_field: &'a str,
    /// The text, and the id if there is one.
    wanted: Vec<Field<'a>>,
    parsed: Parsed,
}

impl<'a> Records<'a> {
    fn new(source: &'a Source, batch: &'a Batch, settings: &'a Settings) -> Self {
        let fields = [Some(&settings.text_field), settings.id_field.as_ref()];
        Records {
            source,
            batch,
            text_field: &settings.text_field,
            wanted: fields.into_iter().flatten().map(|path| Field::new(path)).collect(),
            parsed: Parsed::default(),
        }
    }

    fn parse(mut self) -> Parsed {
        let raw = &self.batch.raw;
        // Asked once for all lines; they are asked one by one only where some are not.
        let all_utf8 = str::from_utf8(raw).ok();
        let mut at = 0;
        if self.batch.start == 0 && raw.starts_with(decode::UTF8_BOM) {
            at = decode::UTF8_BOM.len();
        }
        let mut number = self.batch.first_line;
        while at < raw.len() {
            let end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |feed| at + feed + 1);
            number += 1;
            let line = match all_utf8 {
                Some(text) => Ok(&text[at..end]),
                None => str::from_utf8(&raw[at..end]),
            };
            match line {
                Ok(line) => self.line(line, Span::new(at, end), number),
                Err(error) => {
                    self.parsed.records += 1;
                    let offset = error.valid_up_to();
                    let message = format!("not UTF-8 at byte {offset} of the line; the line stays as it is");
                    self.problem(number, Severity::Damaged, message);
                }
            }
            at = end;
        }
        self.parsed
    }

    fn line(&mut self, line: &str, extent: Span, number: u64) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.parsed.records += 1;
        if let Err(broken) = json::scan(line, &mut self.wanted) {
            let (at, expected) = (broken.at, broken.expected);
            let message =
                format!("broken JSON at byte {at} of the line, expected {expected}; it stays as it is");
            return self.problem(number, Severity::Damaged, message);
        }
        let Some(Value::String(span)) = self.wanted[0].found() else {
            self.parsed.without_text += 1;
            let message = without_text(line, self.text_field, self.wanted[0].found());
            return self.problem(number, Severity::Noted, message);
        };
        let name = self.name(line, number);
        let mut map = OffsetMap::starting_at(extent.start + span.start);
        self.parsed.lines.push(number);
        self.parsed.documents.push(Document {
            name,
            text: json::unescape(span.of(line), &mut map),
            markup: Markup::Plain,
            encoding: Encoding::JsonString,
            map,
            extent,
            content_hash: xxh3_128(line.as_bytes()),
        });
    }

    /// `path#ID`, or `path#LINE` where nobody asked for ids or the line has none of use.
    fn name(&mut self, line: &str, number: u64) -> String {
        let mut name = format!("{}#", self.source.name);
        let id = match self.wanted.get(1).map(Field::found) {
            None => None,
            Some(Some(Value::String(span))) => {
                Some(json::unescape(span.of(line), &mut OffsetMap::starting_at(0)))
            }
            Some(Some(Value::Number(span))) => Some(span.of(line).to_owned()),
            Some(Some(Value::Other) | None) => Some(String::new()),
        };
        match id {
            Some(id) if (1..=LONGEST_ID).contains(&id.len()) => name::escape(id.as_bytes(), &mut name),
            Some(id) => {
                let why = if id.is_empty() { "no id" } else { "an id that is too long" };
                let message = format!("{why}; it is named by its line number");
                self.problem(number, Severity::Noted, message);
                name.push_str(&number.to_string());
            }
            None => name.push_str(&number.to_string()),
        }
        name
    }

    fn problem(&mut self, line: u64, severity: Severity, message: String) {
        self.parsed.problems.push(Problem {
            name: self.source.name.clone(),
            line: Some(line),
            severity,
            message,
        });
    }
}

/// Says what the line has instead, so that the right `--text-field` can be read off the message.
fn without_text(line: &str, field: &str, found: Option<Value>) -> String {
    if found.is_some() {
        return format!("the field '{field}' holds no string");
    }
    let mut has = String::new();
    for key in json::keys(line, 8) {
        if !has.is_empty() {
            has.push_str(", ");
        }
        name::escape(key.get(..40).unwrap_or(&key).as_bytes(), &mut has);
    }
    if has.is_empty() { format!("no field '{field}'") } else { format!("no field '{field}', but {has}") }
}
