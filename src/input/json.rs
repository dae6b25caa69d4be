//! One line of JSON → where in it the wanted strings stand.
//!
//! Only bytes are looked at and nothing is built, so whatever else is in the line (the order of
//! keys, the form of numbers, blanks) stays as it was when a string is replaced in place.

use memchr::{memchr, memchr2};

use crate::model::{OffsetMap, Span};

/// A field of an object, reached by names from the outside in, or by all of them as one name with dots.
pub(super) struct Field<'a> {
    path: &'a str,
    names: Vec<&'a str>,
    /// How many names led to the place the scan is at.
    entered: usize,
    found: Option<Value>,
    /// What stands under all the names as one.
    found_flat: Option<Value>,
}

/// A value in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// What stands between the quotation marks.
    String(Span),
    Number(Span),
    /// An object, an array, `true`, `false` or `null`.
    Other,
}

/// Where a line stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Byte in the line, from 0.
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

impl<'a> Field<'a> {
    /// The field of a path like `article.body`: `{"article":{"body":…}}`, or `{"article.body":…}` as flattened
    /// tables have it, which counts where a line has both.
    pub(super) fn new(path: &'a str) -> Self {
        Field { path, names: path.split('.').collect(), entered: 0, found: None, found_flat: None }
    }

    /// What the last scanned line has there.
    pub(super) fn found(&self) -> Option<Value> {
        self.found_flat.or(self.found)
    }
}

/// Scans a line and notes what the wanted fields hold. Of a key that stands twice, the last counts.
///
/// # Errors
/// When the line is not JSON. Two liberties are taken, as Python's `json` takes them too: `NaN`
/// and `Infinity` are numbers, and half of a surrogate pair may be escaped.
pub(super) fn scan(line: &str, wanted: &mut [Field<'_>]) -> Result<(), Broken> {
    for field in wanted.iter_mut() {
        (field.entered, field.found, field.found_flat) = (0, None, None);
    }
    let mut scanner = Scanner { line, at: 0 };
    scanner.blanks();
    if scanner.peek() == Some(b'{') {
        scanner.object(wanted, 0)?;
    } else {
        scanner.skip_value()?;
    }
    scanner.blanks();
    if scanner.at < line.len() { Err(scanner.broken("the end of the line")) } else { Ok(()) }
}

/// The names of the outermost fields of a line that is JSON, for messages.
pub(super) fn keys(line: &str, at_most: usize) -> Vec<String> {
    let mut scanner = Scanner { line, at: 0 };
    let mut keys = Vec::new();
    scanner.blanks();
    if scanner.peek() != Some(b'{') {
        return keys;
    }
    scanner.at += 1;
    while keys.len() < at_most && scanner.next_is(b'"') {
        let (Ok(key), Ok(_)) = (scanner.key(), scanner.skip_value()) else { break };
        keys.push(unescape(key.of(line), &mut OffsetMap::starting_at(0)));
        scanner.at += usize::from(scanner.next_is(b','));
    }
    keys
}

/// The text of a string in JSON, given what stands between its quotation marks, which must have
/// been scanned. Half of a surrogate pair becomes U+FFFD.
pub(super) fn unescape(string: &str, map: &mut OffsetMap) -> String {
    let mut text = String::with_capacity(string.len());
    let mut rest = string;
    while let Some(len) = memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..len]);
        map.push_same(len);
        let (character, raw_len) = escape(&rest.as_bytes()[len..]);
        text.push(character);
        map.push_char(character.len_utf8(), raw_len);
        rest = &rest[len + raw_len..];
    }
    text.push_str(rest);
    map.push_same(rest.len());
    text
}

/// The character that an escape at the beginning of `bytes` stands for, and its length.
fn escape(bytes: &[u8]) -> (char, usize) {
    let character = match bytes[1] {
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(bytes),
        other => char::from(other),
    };
    (character, 2)
}

fn unicode_escape(bytes: &[u8]) -> (char, usize) {
    let first = unit(bytes);
    let second = bytes.get(6..12).filter(|next| next.starts_with(b"\\u")).map(unit);
    let pair = [first, second.unwrap_or_default()];
    match char::decode_utf16(pair).next() {
        Some(Ok(character)) => (character, 6 * character.len_utf16()),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The UTF-16 unit of an escape: `\u` and four hexadecimal digits.
fn unit(escape: &[u8]) -> u16 {
    escape[2..6].iter().fold(0, |unit, &digit| unit << 4 | char::from(digit).to_digit(16).unwrap_or(0) as u16)
}

struct Scanner<'a> {
    line: &'a str,
    at: usize,
}

impl Scanner<'_> {
    /// Scans the object that begins here, `depth` names deep. Calls itself only along wanted
    /// names, so the depth of the JSON does not matter.
    fn object(&mut self, wanted: &mut [Field<'_>], depth: usize) -> Result<(), Broken> {
        self.at += 1;
        if self.next_is(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.key()?;
            let mut leads_on = false;
            for field in entered(wanted, depth) {
                if names(field.names[depth], key.of(self.line)) {
                    field.entered = depth + 1;
                    field.found = None;
                    leads_on |= field.names.len() > depth + 1;
                }
            }
            let value = if leads_on && self.peek() == Some(b'{') {
                self.object(wanted, depth + 1)?;
                Value::Other
            } else {
                self.skip_value()?
            };
            for field in wanted.iter_mut().filter(|field| field.entered == depth + 1) {
                field.entered = depth;
                if field.names.len() == depth + 1 {
                    field.found = Some(value);
                }
            }
            if depth == 0 {
                let is_flat =
                    |field: &&mut Field| field.names.len() > 1 && names(field.path, key.of(self.line));
                wanted.iter_mut().filter(is_flat).for_each(|field| field.found_flat = Some(value));
            }
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.broken("',' or '}'")),
            }
        }
    }

    /// Passes a key and its colon, up to the value.
    fn key(&mut self) -> Result<Span, Broken> {
        if !self.next_is(b'"') {
            return Err(self.broken("a key in quotation marks"));
        }
        let key = self.string()?;
        if !self.next_is(b':') {
            return Err(self.broken("':'"));
        }
        self.at += 1;
        self.blanks();
        Ok(key)
    }

    /// Passes a value, whatever is in it, without calling itself.
    fn skip_value(&mut self) -> Result<Value, Broken> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.blanks();
            let opened = self.peek().filter(|&byte| byte == b'{' || byte == b'[');
            let mut value = Value::Other;
            if let Some(bracket) = opened {
                self.at += 1;
                open.push(bracket);
            } else {
                value = self.scalar()?;
            }
            // What comes next depends on whether something was opened or has ended.
            let mut first = opened.is_some();
            loop {
                let Some(&bracket) = open.last() else { return Ok(value) };
                self.blanks();
                let closing = if bracket == b'{' { b'}' } else { b']' };
                match self.peek() {
                    Some(byte) if byte == closing => {
                        self.at += 1;
                        open.pop();
                        value = Value::Other;
                        first = false;
                        continue;
                    }
                    Some(b',') if !first => self.at += 1,
                    _ if first => {}
                    _ => return Err(self.broken(if bracket == b'{' { "',' or '}'" } else { "',' or ']'" })),
                }
                if bracket == b'{' {
                    self.key()?;
                }
                break;
            }
        }
    }

    fn scalar(&mut self) -> Result<Value, Broken> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => return Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => {
                let rest = &self.line[self.at..];
                let words = ["true", "false", "null", "NaN", "Infinity"];
                let Some(word) = words.iter().find(|word| rest.starts_with(**word)) else {
                    return Err(self.broken("a value"));
                };
                self.at += word.len();
                if !matches!(*word, "NaN" | "Infinity") {
                    return Ok(Value::Other);
                }
            }
        }
        Ok(Value::Number(Span::new(start, self.at)))
    }

    fn number(&mut self) -> Result<(), Broken> {
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.line[self.at..].starts_with("Infinity") {
            self.at += "Infinity".len();
            return Ok(());
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let rest = &self.line.as_bytes()[self.at..];
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 => Err(self.broken("a digit")),
            len => {
                self.at += len;
                Ok(())
            }
        }
    }

    /// Passes the string that begins here; gives what stands between its quotation marks.
    fn string(&mut self) -> Result<Span, Broken> {
        self.at += 1;
        let start = self.at;
        loop {
            let rest = &self.line.as_bytes()[self.at..];
            let stretch = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            // Counted without a way out in between, so that the compiler can take many at once.
            if rest[..stretch].iter().fold(false, |found, &byte| found | (byte < b' ')) {
                return Err(self.broken("a string without control characters"));
            }
            self.at += stretch;
            match self.peek() {
                None => return Err(self.broken("the end of the string")),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Span::new(start, self.at - 1));
                }
                Some(_) => self.escape()?,
            }
        }
    }

    fn escape(&mut self) -> Result<(), Broken> {
        let rest = &self.line.as_bytes()[self.at..];
        let len = match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if rest.get(2..6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => 6,
            _ => return Err(self.broken("an escape that JSON knows")),
        };
        self.at += len;
        Ok(())
    }

    fn blanks(&mut self) {
        let rest = &self.line.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    /// True when this byte comes next, after blanks.
    fn next_is(&mut self, byte: u8) -> bool {
        self.blanks();
        self.peek() == Some(byte)
    }

    fn broken(&self, expected: &'static str) -> Broken {
        Broken { at: self.at, expected }
    }
}

/// The fields that lie `depth` names deep or deeper in the object the scan is in.
fn entered<'w, 'n>(wanted: &'w mut [Field<'n>], depth: usize) -> impl Iterator<Item = &'w mut Field<'n>> {
    wanted.iter_mut().filter(move |field| field.entered == depth && field.names.len() > depth)
}

/// True when a key, as it stands in the line, is this name.
fn names(name: &str, key: &str) -> bool {
    if memchr(b'\\', key.as_bytes()).is_none() {
        return name == key;
    }
    name == unescape(key, &mut OffsetMap::starting_at(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;

    fn found(line: &str, path: &str) -> Result<Option<String>, Broken> {
        let mut wanted = [Field::new(path)];
        scan(line, &mut wanted)?;
        Ok(wanted[0].found().map(|value| match value {
            Value::String(span) | Value::Number(span) => span.of(line).to_owned(),
            Value::Other => "other".into(),
        }))
    }

    #[test]
    fn a_field_is_found_wherever_it_stands() {
        let cases = [
            (r#"{"text":"a"}"#, "text", Some("a")),
            (" {\t\"id\" : -1.5E+3 , \"text\" : \"a\\\"b\" } \r\n", "text", Some("a\\\"b")),
            (r#"{"n":{"text":"no"},"l":[{"text":"no"},[],{}],"text":"yes"}"#, "text", Some("yes")),
            (r#"{"a":{"b":{"c":"deep"},"c":1}}"#, "a.b.c", Some("deep")),
            (r#"{"a":{"b":"x"}}"#, "a", Some("other")),
            (r#"{"a":"x"}"#, "a.b", None),
            (r#"{"a.b":"flat","a":1}"#, "a.b", Some("flat")),
            (r#"{"a.b":"flat","a":{"b":"deep"}}"#, "a.b", Some("flat")),
            (r#"{"a":{"b":"deep"},"a\u002eb":"flat"}"#, "a.b", Some("flat")),
            (r#"{"a":{"b.c":"half flat"}}"#, "a.b.c", None),
            (r#"{"t\u0065xt":"escaped key"}"#, "text", Some("escaped key")),
            (r#"{"text":"first","text":"last"}"#, "text", Some("last")),
            (r#"{"a":{"b":"first"},"a":{"c":1}}"#, "a.b", None),
            (r#"{"a":{"b":"first"},"a":2}"#, "a.b", None),
            (r#"{"text":null,"score":NaN,"low":-Infinity}"#, "text", Some("other")),
            (r#"{"id":-0.25e-7}"#, "id", Some("-0.25e-7")),
            (r#"["text"]"#, "text", None),
            (r#""text""#, "text", None),
            ("{}", "text", None),
        ];
        for (line, path, value) in cases {
            assert_eq!(found(line, path), Ok(value.map(str::to_owned)), "{path} in {line}");
        }
    }

    #[test]
    fn two_fields_are_found_in_one_scan() {
        let line = r#"{"meta":{"id":"7","lang":"en"},"meta2":{"id":"8"},"body":{"text":"x"},"id":1}"#;
        let mut wanted = [Field::new("body.text"), Field::new("meta.id")];
        scan(line, &mut wanted).unwrap();
        let found = wanted.map(|field| match field.found() {
            Some(Value::String(span)) => span.of(line),
            other => panic!("{other:?}"),
        });
        assert_eq!(found, ["x", "7"]);
    }

    #[test]
    fn a_broken_line_says_where() {
        let broken = |line| found(line, "text").unwrap_err();
        assert_eq!(broken(r#"{"text":"cut of"#), Broken { at: 15, expected: "the end of the string" });
        assert_eq!(broken(r#"{"a":1,}"#), Broken { at: 7, expected: "a key in quotation marks" });
        assert_eq!(broken(r#"{"a":[1,]}"#), Broken { at: 8, expected: "a value" });
        assert_eq!(broken(r#"{"a":1} {"b":2}"#), Broken { at: 8, expected: "the end of the line" });
        assert_eq!(broken(r#"{"a":"\x"}"#), Broken { at: 6, expected: "an escape that JSON knows" });
    }

    #[test]
    fn nesting_costs_no_stack() {
        let line = format!("{{\"a\":{}{},\"text\":\"x\"}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(found(&line, "text"), Ok(Some("x".into())));
    }

    #[test]
    fn half_a_surrogate_pair_is_a_character_that_could_not_be_read() {
        let mut map = OffsetMap::starting_at(0);
        let string = r"\ud83d\ude00\ude00\ud83dx\ud83d\ud83d\ude00";
        assert_eq!(unescape(string, &mut map), "😀\u{FFFD}\u{FFFD}x\u{FFFD}😀");
        assert_eq!([0, 4, 7, 10, 11, 14, 18].map(|at| map.raw(at)), [0, 12, 18, 24, 25, 31, 43]);
    }

    #[test]
    fn the_keys_of_a_line_are_known_for_messages() {
        assert_eq!(keys(r#"{"a":{"x":1}, "b\n" : [2], "c":3}"#, 2), ["a", "b\n"]);
        assert_eq!(keys("[1]", 2), [""; 0]);
    }

    /// A string in JSON with each character written in one of the ways it may be.
    fn written(characters: &[(char, u8)]) -> (String, Vec<usize>) {
        let (mut string, mut starts) = (String::new(), Vec::new());
        for &(character, way) in characters {
            starts.push(string.len());
            let short = "\"\\/\u{8}\u{C}\n\r\t".chars().position(|one| one == character);
            match (way, short) {
                (0, Some(at)) => {
                    string.push_str(["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"][at])
                }
                (0 | 1, None) if character >= ' ' => string.push(character),
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        string.push_str(&if way == 2 {
                            format!("\\u{unit:04X}")
                        } else {
                            format!("\\u{unit:04x}")
                        });
                    }
                }
            }
        }
        starts.push(string.len());
        (string, starts)
    }

    fn characters() -> impl Strategy<Value = Vec<(char, u8)>> {
        let character =
            prop_oneof![any::<char>(), prop::char::range(' ', '~'), Just('"'), Just('\\'), Just('\n')];
        prop::collection::vec((character, 0..4_u8), 0..60)
    }

    proptest! {
        #[test]
        fn every_character_finds_its_way_back_to_its_escape(characters in characters(), start in 0..9_usize) {
            let (string, starts) = written(&characters);
            let mut map = OffsetMap::starting_at(start);
            let text = unescape(&string, &mut map);
            prop_assert_eq!(&text, &characters.iter().map(|(character, _)| character).collect::<String>());
            let json: String = serde_json::from_str(&format!("\"{string}\"")).unwrap();
            prop_assert_eq!(&text, &json);
            let boundaries = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            let raw: Vec<usize> = boundaries.map(|at| map.raw(at) - start).collect();
            prop_assert_eq!(raw, starts);
        }

        #[test]
        fn we_and_serde_agree_on_what_json_is(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"text\"", "{\"text\":", " ", "0", "-1", "1.5", "2e9",
                    "01", "1.", ".5", "-", "true", "null", "nul", "\\u00e9", "\\", "\\n", "\t", "é", "\u{1}",
                ]),
                0..12,
            ),
        ) {
            let line = pieces.concat();
            let serde = serde_json::from_str::<serde::de::IgnoredAny>(&line);
            prop_assert_eq!(found(&line, "text").is_ok(), serde.is_ok(), "{}: {:?}", line, serde);
        }

        #[test]
        fn we_and_serde_find_the_same_text(value in json(), cut in any::<prop::sample::Index>()) {
            let line = value.to_string();
            let ours = |path| found(&line, path).unwrap();
            let text = |value: &Json| match value {
                Json::String(text) => format!("\"{text}\""),
                Json::Number(number) => number.to_string(),
                _ => "other".into(),
            };
            let unquoted = |value: &Json| text(value).trim_matches('"').to_owned();
            prop_assert_eq!(ours("text"), value.get("text").map(unquoted));
            prop_assert_eq!(ours("a.text"), value.pointer("/a/text").filter(|_| value["a"].is_object()).map(unquoted));
            let cut = cut.index(line.len());
            if line.is_char_boundary(cut) {
                let has_an_end = line.starts_with(['{', '[', '"']);
                prop_assert!(!has_an_end || found(&line[..cut], "text").is_err());
            }
        }
    }

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            "[a-z{}:, ]{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let key = prop_oneof![Just("text".to_owned()), Just("a".to_owned()), "[a-z]{0,3}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::vec((key, inner), 0..5)
                    .prop_map(|fields| Json::Object(fields.into_iter().collect())),
            ]
        })
    }
}
