//! Any bytes as JSONL: what is taken for a line with text is one for serde_json, too, and an edit
//! of its text changes nothing else.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrubjay::input::{self, Batch};
use scrubjay::model::{Compression, Edit, EditSet, Format, Source, Span};
use scrubjay::output::{apply_splices, splices};

fuzz_target!(|bytes: &[u8]| {
    let [places, raw @ ..] = bytes else { return };
    let source = Source {
        path: "a.jsonl".into(),
        relative: "a.jsonl".into(),
        name: "a.jsonl".into(),
        format: Format::JsonLines,
        compression: Compression::None,
        size: raw.len() as u64,
    };
    let id_field = (places & 1 == 0).then(|| "id".to_owned());
    let settings = input::Settings { id_field, ..input::Settings::default() };
    let batch = Batch { raw: raw.to_vec(), first_line: 0, start: 0, last: true };
    let parsed = input::documents(&source, &batch, &settings);
    assert_eq!(parsed.documents.len(), parsed.lines.len());
    for document in parsed.documents {
        let line = &raw[document.extent.start..document.extent.end];
        let text = &document.text;
        let start = text.floor_char_boundary(usize::from(*places) * text.len() / 255);
        let end = text.ceil_char_boundary((start + 1).min(text.len()));
        let edits = vec![Edit { span: Span::new(start, end), replacement: "é\"\\\n".into() }];
        let edits = EditSet::new(edits).expect("one edit does not overlap");
        let splices = splices(&document, &edits);
        let mut after = Vec::new();
        apply_splices(raw, &splices, &mut after).expect("memory does not fail");
        let span = splices[0].raw;
        assert!(document.extent.start <= span.start && span.end <= document.extent.end);
        assert_eq!(after[..span.start], raw[..span.start]);
        assert_eq!(after[after.len() - (raw.len() - span.end)..], raw[span.end..]);

        // serde_json knows no limit but depth, and half surrogate pairs are no text to it.
        let Ok(serde_json::Value::Object(before)) = serde_json::from_slice(line) else { continue };
        let edited = &after[document.extent.start..document.extent.end - span.len() + splices[0].replacement.len()];
        let now: serde_json::Value = serde_json::from_slice(edited).expect("an edited line is JSON");
        let want = format!("{}é\"\\\n{}", &text[..start], &text[end..]);
        for (key, value) in &before {
            if key == "text" {
                assert_eq!(value, text);
                assert_eq!(now[key], want);
            } else {
                assert_eq!(now[key], *value);
            }
        }
    }
});
