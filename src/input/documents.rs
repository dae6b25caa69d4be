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
    /// documents by their line whose id stands twice: a batch cannot know the others.
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
    settings: &'a Settings,
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
            settings,
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
            let message = without_text(line, &self.settings.text_field, self.wanted[0].found());
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

    /// `path#ID`; or a name by the line, where nobody asked for ids or the line has none of use.
    fn name(&mut self, line: &str, number: u64) -> String {
        let by_line = || self.settings.name_by_line(&self.source.name, number);
        let id = match self.wanted.get(1).map(Field::found) {
            None => return by_line(),
            Some(Some(Value::String(span))) => json::unescape(span.of(line), &mut OffsetMap::starting_at(0)),
            Some(Some(Value::Number(span))) => span.of(line).to_owned(),
            Some(Some(Value::Other) | None) => String::new(),
        };
        let why = match id.len() {
            0 => "no id",
            1..=LONGEST_ID if Settings::is_name(&id) => {
                let mut name = format!("{}#", self.source.name);
                name::escape(id.as_bytes(), &mut name);
                return name;
            }
            1..=LONGEST_ID => "an id that reads like a line number",
            _ => "an id that is too long",
        };
        let name = by_line();
        self.problem(number, Severity::Noted, format!("{why}; it is named by its line number"));
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
        name::escape(&key.as_bytes()[..key.floor_char_boundary(40)], &mut has);
    }
    if has.is_empty() { format!("no field '{field}'") } else { format!("no field '{field}', but {has}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;
    use crate::model::Compression;

    fn parse_with(name: &str, raw: &[u8], settings: &Settings) -> Parsed {
        let (format, _) = format::by_name(Path::new(name));
        let source = Source {
            path: name.into(),
            relative: name.into(),
            name: name.into(),
            format: format.unwrap_or(Format::Text),
            compression: Compression::None,
            size: raw.len() as u64,
        };
        let batch = Batch { raw: raw.to_vec(), first_line: 0, start: 0, last: true, packed_hash: None };
        documents(&source, &batch, settings)
    }

    fn parse(name: &str, raw: &str) -> Parsed {
        parse_with(name, raw.as_bytes(), &Settings::default())
    }

    fn named(parsed: &Parsed) -> Vec<(&str, &str)> {
        parsed.documents.iter().map(|document| (&document.name[..], &document.text[..])).collect()
    }

    fn told(parsed: &Parsed) -> Vec<(Option<u64>, Severity, &str)> {
        parsed.problems.iter().map(|p| (p.line, p.severity, &p.message[..])).collect()
    }

    #[test]
    fn a_text_file_is_one_document() {
        let parsed = parse("a/b.md", "\u{FEFF}# Title\r\n");
        let [document] = &parsed.documents[..] else { panic!("{parsed:?}") };
        assert_eq!((&document.name[..], &document.text[..]), ("a/b.md", "# Title\r\n"));
        assert_eq!((document.markup, document.encoding), (Markup::Markdown, Encoding::Utf8));
        assert_eq!(document.extent, Span::new(0, 12));
        assert_eq!(document.map.raw_span(Span::new(0, 7)), Span::new(3, 10));
        assert_eq!(document.content_hash, xxh3_128("\u{FEFF}# Title\r\n".as_bytes()));
        assert_eq!((parsed.records, &parsed.lines[..], parsed.problems.len()), (1, &[1][..], 0));
    }

    #[test]
    fn empty_files_are_documents_too() {
        for raw in ["", "\u{FEFF}", "\n\n"] {
            assert_eq!(parse("a.txt", raw).documents.len(), 1, "{raw:?}");
            assert_eq!(parse("a.jsonl", raw).documents.len(), 0, "{raw:?}");
            assert_eq!(parse("a.jsonl", raw).problems, [], "{raw:?}");
        }
    }

    #[test]
    fn a_damaged_text_is_worked_on_and_one_of_unknown_kind_is_not() {
        let raw = [&b"plain words "[..].repeat(20)[..], b"caf\xe9"].concat();
        let parsed = parse_with("a.txt", &raw, &Settings::default());
        assert_eq!((parsed.documents.len(), parsed.problems[0].severity), (1, Severity::Damaged));
        let parsed = parse_with("a.dat", &raw, &Settings::default());
        assert_eq!((parsed.documents.len(), parsed.problems[0].severity), (0, Severity::Skipped));
        assert_eq!(parse("README", "plain").documents.len(), 1);
    }

    #[test]
    fn lines_are_documents_named_by_their_number() {
        let raw = "\u{FEFF}{\"text\":\"one\"}\r\n\n  \r\n{\"text\":\"\"}\n{\"text\":\"last \\u00e9\\n\"}";
        let parsed = parse("a.jsonl", raw);
        assert_eq!(named(&parsed), [("a.jsonl#1", "one"), ("a.jsonl#4", ""), ("a.jsonl#5", "last é\n")]);
        assert_eq!((&parsed.lines[..], parsed.records, parsed.problems.len()), (&[1, 4, 5][..], 3, 0));
        let extents: Vec<&str> = parsed.documents.iter().map(|document| document.extent.of(raw)).collect();
        let lines = ["{\"text\":\"one\"}\r\n", "{\"text\":\"\"}\n", "{\"text\":\"last \\u00e9\\n\"}"];
        assert_eq!(extents, lines);
        assert_eq!(parsed.documents[2].content_hash, xxh3_128(lines[2].as_bytes()));
    }

    #[test]
    fn line_numbers_go_on_from_batch_to_batch() {
        let source = Source {
            path: "a.jsonl".into(),
            relative: "a.jsonl".into(),
            name: "a.jsonl".into(),
            format: Format::JsonLines,
            compression: Compression::None,
            size: 0,
        };
        let batch = Batch {
            raw: b"{\"text\":\"x\"}\nno\n".to_vec(),
            first_line: 41,
            start: 999,
            last: false,
            packed_hash: None,
        };
        let parsed = documents(&source, &batch, &Settings::default());
        assert_eq!((&parsed.documents[0].name[..], parsed.problems[0].line), ("a.jsonl#42", Some(43)));
    }

    #[test]
    fn lines_without_text_are_listed_and_spoil_nothing() {
        let raw = [
            &b"{\"text\":\"good\"}\n{\"text\":\"cut off\n{\"body\":\"x\",\"id\":1}\n{\"text\":7}\n"[..],
            b"{\"text\":\"caf\xe9\"}\n[1]\n{\"text\":\"good\"}\n",
        ]
        .concat();
        let parsed = parse_with("a.jsonl", &raw, &Settings::default());
        assert_eq!(named(&parsed), [("a.jsonl#1", "good"), ("a.jsonl#7", "good")]);
        assert_eq!(
            told(&parsed),
            [
                (
                    Some(2),
                    Severity::Damaged,
                    "broken JSON at byte 9 of the line, expected a string without control characters; it stays as it is"
                ),
                (Some(3), Severity::Noted, "no field 'text', but body, id"),
                (Some(4), Severity::Noted, "the field 'text' holds no string"),
                (Some(5), Severity::Damaged, "not UTF-8 at byte 12 of the line; the line stays as it is"),
                (Some(6), Severity::Noted, "no field 'text'"),
            ]
        );
        assert_eq!((parsed.records, parsed.without_text), (7, 3));
    }

    #[test]
    fn ids_are_names_and_nothing_more() {
        let settings =
            Settings { text_field: "a.t".into(), id_field: Some("a.id".into()), ..Settings::default() };
        let long = "x".repeat(LONGEST_ID + 1);
        let raw = [
            r#"{"a":{"t":"x","id":"../../etc/passwd"}}"#,
            r#"{"a":{"id":"a\nb\u001b","t":"x"}}"#,
            r#"{"a":{"t":"x","id":12e3}}"#,
            r#"{"a":{"t":"x"},"id":"not here"}"#,
            r#"{"a":{"t":"x","id":true}}"#,
            r#"{"a":{"t":"x","id":""}}"#,
            &format!(r#"{{"a":{{"t":"x","id":"{long}"}}}}"#),
            r#"{"a":{"t":"x","id":"line 4"}}"#,
            r#"{"a":{"t":"x","id":"line x"}}"#,
            r#"{"a":{"t":"x","id":"8"}}"#,
        ]
        .join("\n");
        let parsed = parse_with("a.jsonl", raw.as_bytes(), &settings);
        let names: Vec<&str> = parsed.documents.iter().map(|document| &document.name[8..]).collect();
        assert_eq!(
            names,
            [
                "../../etc/passwd",
                "a\\nb\\x1b",
                "12e3",
                "line 4",
                "line 5",
                "line 6",
                "line 7",
                "line 8",
                "line x",
                "8"
            ]
        );
        let noted = |line, message| (Some(line), Severity::Noted, message);
        let no_id = "no id; it is named by its line number";
        let too_long = "an id that is too long; it is named by its line number";
        let like_a_line = "an id that reads like a line number; it is named by its line number";
        assert_eq!(
            told(&parsed),
            [noted(4, no_id), noted(5, no_id), noted(6, no_id), noted(7, too_long), noted(8, like_a_line)]
        );
    }

    #[test]
    fn a_key_from_a_hostile_line_is_escaped_and_cut() {
        let parsed = parse("a.jsonl", &format!("{{\"\\u001b[31m\":1,\"{}\":2}}", "ké".repeat(9999)));
        let message = format!("no field 'text', but \\x1b[31m, {}k", "ké".repeat(13));
        assert_eq!(parsed.problems[0].message, message);
    }

    proptest! {
        #[test]
        fn a_replacement_in_the_line_is_a_replacement_in_the_text(
            before in json_text(), text in json_text(), after in json_text(),
            replacement: String, from: prop::sample::Index, to: prop::sample::Index,
        ) {
            let line = format!(
                "{{ \"n\":1.50, \"text\":\"decoy\", \"{before}\":[\"{after}\"],\"text\" :\t\"{text}\",\"z\":{{\"text\":\"{after}\"}}}}\n"
            );
            prop_assume!(!["text", "n", "z"].contains(&&*json_string(&before)));
            let raw = format!("{{}}\n{line}{{\"text\":\"next\"}}\n");
            let parsed = parse("a.jsonl", &raw);
            let document = &parsed.documents[0];
            prop_assert_eq!(&document.text, &json_string(&text));

            let boundaries: Vec<usize> = document.text.char_indices().map(|(at, _)| at).chain([document.text.len()]).collect();
            let (one, other) = (from.index(boundaries.len()), to.index(boundaries.len()));
            let span = Span::new(boundaries[one.min(other)], boundaries[one.max(other)]);
            let raw_span = document.map.raw_span(span);
            let mut spliced = raw.clone().into_bytes();
            spliced.splice(raw_span.start..raw_span.end, document.encoding.encode(&replacement));
            let edited = format!("{}{replacement}{}", &document.text[..span.start], &document.text[span.end..]);

            let spliced = String::from_utf8(spliced).unwrap();
            let was: Vec<Json> = raw.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let is: Vec<Json> = spliced.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(is[1]["text"].as_str(), Some(&edited[..]));
            let mut expected = was.clone();
            expected[1]["text"] = edited.into();
            prop_assert_eq!(is, expected);
        }
    }

    fn json_string(escaped: &str) -> String {
        serde_json::from_str(&format!("\"{escaped}\"")).unwrap()
    }

    /// What may stand between quotation marks, escaped at random.
    fn json_text() -> impl Strategy<Value = String> {
        let character = prop_oneof![any::<char>(), prop::char::range(' ', '~'), Just('"'), Just('\\')];
        prop::collection::vec((character, any::<bool>()), 0..20).prop_map(|characters| {
            characters
                .into_iter()
                .map(|(character, escape)| match character {
                    _ if escape || character < ' ' => character
                        .encode_utf16(&mut [0; 2])
                        .iter()
                        .map(|unit| format!("\\u{unit:04x}"))
                        .collect(),
                    '"' | '\\' => format!("\\{character}"),
                    _ => character.to_string(),
                })
                .collect()
        })
    }
}
