//! `report.html`: one page that needs nothing but a browser.
//!
//! Summary, charts and the first rows are plain HTML and read without JavaScript; with it, all rows
//! of the page can be filtered, searched and decided about. The page loads nothing, and its policy
//! forbids to: texts of the corpus stand in it as data, and can do nothing.

mod parts;

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use super::charts::Charts;
use super::html::{escaped, visible};
use super::workbook::around;
use super::{AtomicFile, OutputError};
use crate::model::{Action, Problem, ReportRow};

use parts::{cards, note, problems, static_rows, told};

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Rows of a page. Browsers take more, but not gladly, and nobody reads them there.
pub const ROWS_A_PAGE: usize = 20_000;

/// Bytes of all rows together.
const BYTES: usize = 48 << 20;

/// What the page says of the run.
#[derive(Clone, Debug, Default)]
pub struct PageFacts {
    /// The program and its version.
    pub program: String,
    /// Documents that were worked on.
    pub documents: u64,
    /// Documents in which something was changed.
    pub documents_changed: u64,
    /// Documents that were left out.
    pub documents_left_out: u64,
    /// Bytes of their text.
    pub bytes: u64,
    /// Bytes that were removed.
    pub bytes_removed: u64,
    /// From which similarity a sentence may go, if copies were looked for.
    pub threshold: Option<f64>,
    /// Inputs that something was wrong with.
    pub problems: Vec<Problem>,
    /// How many those are in all.
    pub problems_in_all: u64,
}

/// Gathers the rows of the page, and writes it.
pub struct PageWriter {
    path: PathBuf,
    limit: usize,
    chosen: BinaryHeap<Chosen>,
    seen: usize,
    charts: Charts,
}

/// A row that is on the page so far. The greatest is the first to make room.
struct Chosen {
    rank: (bool, u32, u32),
    place: usize,
    row: ReportRow,
}

impl Chosen {
    /// What waits for a person comes first, then what is least sure, then large clusters.
    fn new(row: ReportRow, place: usize) -> Chosen {
        let confidence = (row.confidence.clamp(0.0, 1.0) * 1e6) as u32;
        let rank = (row.action != Action::Review, confidence, u32::MAX - row.cluster_size.unwrap_or(0));
        Chosen { rank, place, row }
    }

    fn key(&self) -> ((bool, u32, u32), usize) {
        (self.rank, self.place)
    }
}

impl Ord for Chosen {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Chosen {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Chosen {}

impl PageWriter {
    /// A page that will stand in `folder`.
    pub fn new(folder: &Path) -> PageWriter {
        PageWriter::with_limit(folder, ROWS_A_PAGE)
    }

    fn with_limit(folder: &Path, limit: usize) -> PageWriter {
        let path = folder.join("report.html");
        PageWriter { path, limit, chosen: BinaryHeap::new(), seen: 0, charts: Charts::default() }
    }

    /// Takes a row.
    pub fn row(&mut self, row: &ReportRow) {
        self.charts.row(row);
        let place = self.seen;
        self.seen += 1;
        let is_full = self.chosen.len() == self.limit;
        if is_full {
            // A glance without copying the texts: most rows of a long report end here.
            let own = (row.action != Action::Review, (row.confidence.clamp(0.0, 1.0) * 1e6) as u32);
            if self.chosen.peek().is_some_and(|last| own > (last.rank.0, last.rank.1)) {
                return;
            }
        }
        self.chosen.push(Chosen::new(abridged(row), place));
        if is_full {
            self.chosen.pop();
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, facts: &PageFacts) -> Result<PathBuf, OutputError> {
        let PageWriter { path, chosen, seen, charts, .. } = self;
        let mut rows: Vec<Chosen> = chosen.into_vec();
        rows.sort_unstable_by_key(|chosen| chosen.place);
        let rows: Vec<ReportRow> = rows.into_iter().map(|chosen| chosen.row).collect();
        let mut bytes = 0;
        let mut json = String::new();
        let mut shown = 0;
        for row in &rows {
            let line = embedded(&PageRow::of(row));
            bytes += line.len();
            if bytes > BYTES {
                break;
            }
            if shown > 0 {
                json.push_str(",\n");
            }
            json.push_str(&line);
            shown += 1;
        }
        let rows = &rows[..shown];
        let mut hash = Xxh3::new();
        hash.update(json.as_bytes());
        hash.update(facts.program.as_bytes());
        // Whoever writes a text for the corpus cannot know what else the page will hold.
        let nonce = format!("{:032x}", hash.digest128());
        let part = |name: &str| -> String {
            match name {
                "nonce" => nonce.clone(),
                "css" => STYLE.to_owned(),
                "js" => SCRIPT.to_owned(),
                "facts" => told(facts),
                "problems" => problems(facts),
                "cards" => cards(facts, &charts),
                "charts" => charts.svg(facts.threshold),
                "note" => note(shown, seen),
                "rows" => static_rows(rows),
                "data" => format!("{{\"key\":\"{nonce}\",\"rows\":[\n{json}\n]}}"),
                "program" => escaped(&format!("Made by {}.", facts.program)),
                other => panic!("the page has no part {other}"),
            }
        };
        let mut file = AtomicFile::create(&path)?;
        let mut write = |text: &str| file.write_all(text.as_bytes()).map_err(OutputError::at("write", &path));
        let mut pieces = PAGE.split("{{");
        write(pieces.next().unwrap_or_default())?;
        for piece in pieces {
            let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
            write(&part(name))?;
            write(rest)?;
        }
        file.commit()?;
        Ok(path)
    }
}

/// A row as the page needs it, with names of one letter, as there are twenty thousand of them.
#[derive(Serialize)]
struct PageRow<'a> {
    i: &'a str,
    a: &'a str,
    k: &'a str,
    t: &'a str,
    s: &'a str,
    p: &'a str,
    m: Option<f64>,
    c: f64,
    d: &'a str,
    l: u64,
    e: &'a str,
    f: Option<u64>,
    r: &'a str,
    /// The context before the text, and behind it.
    x: &'a str,
    z: &'a str,
    g: &'a str,
    n: Option<u32>,
}

impl<'a> PageRow<'a> {
    fn of(row: &'a ReportRow) -> PageRow<'a> {
        let (x, z) = around(row);
        PageRow {
            i: &row.row_id,
            a: row.action.as_str(),
            k: row.kind.as_str(),
            t: &row.text,
            s: &row.suggestion,
            p: &row.kept_text,
            m: row.similarity.map(|similarity| (similarity * 1e4).round() / 1e4),
            c: (row.confidence * 1e4).round() / 1e4,
            d: &row.document,
            l: row.line,
            e: &row.kept_document,
            f: row.kept_line,
            r: &row.reason,
            x,
            z,
            g: &row.cluster,
            n: row.cluster_size,
        }
    }
}

/// The row with its texts as the page shows them.
fn abridged(row: &ReportRow) -> ReportRow {
    let (before, after) = around(row);
    let (before, text, after) = (visible(before), visible(&row.text), visible(after));
    ReportRow {
        context: format!("{before}{text}{after}"),
        context_place: row.context_place.map(|_| before.len()),
        text,
        suggestion: visible(&row.suggestion),
        kept_text: visible(&row.kept_text),
        document: visible(&row.document),
        kept_document: visible(&row.kept_document),
        reason: visible(&row.reason),
        ..row.clone()
    }
}

/// JSON that cannot end the element it stands in, nor be anything but JSON there.
fn embedded(value: &impl Serialize) -> String {
    // A row is strings and numbers; those can always be written.
    let json = serde_json::to_string(value).unwrap_or_else(|error| panic!("a row is no JSON: {error}"));
    if !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return json;
    }
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Span};
    use std::fs;

    fn row(text: &str, action: Action, confidence: f64) -> ReportRow {
        ReportRow {
            row_id: "rqqdsd17wyhp".into(),
            action,
            kind: Kind::Misspelling,
            text: text.into(),
            suggestion: "the".into(),
            kept_text: String::new(),
            similarity: None,
            confidence,
            document: "a.txt".into(),
            line: 1,
            column: 1,
            kept_document: String::new(),
            kept_line: None,
            reason: "known".into(),
            context: format!("He saw {text} cat."),
            context_place: Some(7),
            cluster: String::new(),
            cluster_size: None,
            span: Span::new(7, 7 + text.len()),
        }
    }

    fn page(rows: &[ReportRow], limit: usize) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut page = PageWriter::with_limit(folder.path(), limit);
        rows.iter().for_each(|row| page.row(row));
        let facts = PageFacts { program: "scrubjay 0".into(), documents: 1, ..PageFacts::default() };
        fs::read_to_string(page.finish(&facts).unwrap()).unwrap()
    }

    #[test]
    fn what_a_corpus_says_is_never_markup() {
        let nasty = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \u{2028}&lt;";
        let page = page(&[row(nasty, Action::Review, 0.5)], 10);
        assert_eq!(page.matches("<script").count(), 2, "the data and the program");
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("<img"));
        assert!(page.contains("\\u003c/script\\u003e"));
        assert!(page.contains("&lt;/script&gt;"));
        assert!(!page.contains('\u{2028}'));
    }

    #[test]
    fn the_page_loads_nothing_and_holds_no_unfilled_part() {
        let page = page(&[row("teh", Action::Replace, 0.99)], 10);
        assert!(!page.contains("{{") && !page.contains("http:") && !page.contains("https:"));
        assert!(page.contains("default-src 'none'"));
        assert!(page.contains("He saw <del>teh</del><ins>the</ins> cat."));
    }

    #[test]
    fn a_point_in_other_words_stands_beside_the_first_one_with_nothing_struck() {
        let restated = ReportRow {
            kind: Kind::Restated,
            suggestion: String::new(),
            kept_text: "A lorry caught fire.".into(),
            kept_document: "a.txt".into(),
            similarity: Some(0.4),
            ..row("The blaze began in a lorry.", Action::Review, 0.5)
        };
        let page = page(&[restated], 10);
        let article = page.split("<article").nth(1).unwrap();
        assert!(
            article.contains(">A lorry caught fire.</p>")
                && article.contains(">The blaze began in a lorry.</p>")
        );
        assert!(article.contains("earlier: a.txt") && article.contains("40.0 % shared"));
        assert!(!page.contains("How alike the copies are"));
    }

    #[test]
    fn a_full_page_keeps_what_a_person_should_see_in_the_order_of_the_corpus() {
        let mut rows: Vec<ReportRow> =
            (0..50).map(|n| row(&format!("sure{n}"), Action::Replace, 0.99)).collect();
        rows.insert(20, row("doubtful", Action::Replace, 0.6));
        rows.push(row("asked", Action::Review, 0.9));
        let page = page(&rows, 3);
        let data = &page[page.find("application/json").unwrap()..];
        let place = |word: &str| data.find(&format!("\"t\":\"{word}\""));
        assert!(place("sure0") < place("doubtful") && place("doubtful") < place("asked"));
        assert!(place("sure0").is_some() && place("sure1").is_none());
        assert!(page.contains("The page shows 3 of 52 findings"));
    }
}
