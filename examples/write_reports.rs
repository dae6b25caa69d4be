//! Writes the reports of so many made-up rows, and says what each form cost.
//!
//! `cargo run --release --example write_reports -- 200000 FOLDER`

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use scrubjay::model::{Action, Kind, ReportRow, Span};
use scrubjay::output::{PageFacts, PageWriter, ReportWriter, WorkbookWriter, row_id};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().ok_or("how many rows?")?.parse()?;
    let folder = PathBuf::from(arguments.next().ok_or("into which folder?")?);
    fs::create_dir_all(&folder)?;
    let mut out = std::io::stdout().lock();
    let mut csv = ReportWriter::create(&folder, true)?;
    let mut xlsx = WorkbookWriter::create(&folder)?;
    let mut html = PageWriter::new(&folder);
    let mut seconds = [0.0; 3];
    for row in (0..count).map(row) {
        let start = Instant::now();
        csv.row(&row)?;
        let after_csv = Instant::now();
        xlsx.row(&row)?;
        let after_xlsx = Instant::now();
        html.row(&row);
        seconds[0] += (after_csv - start).as_secs_f64();
        seconds[1] += (after_xlsx - after_csv).as_secs_f64();
        seconds[2] += after_xlsx.elapsed().as_secs_f64();
    }
    let facts =
        PageFacts { program: "scrubjay".into(), documents: 1, threshold: Some(0.8), ..PageFacts::default() };
    let start = Instant::now();
    csv.finish()?;
    let after_csv = Instant::now();
    xlsx.finish(&[])?;
    let after_xlsx = Instant::now();
    html.finish(&facts)?;
    seconds[0] += (after_csv - start).as_secs_f64();
    seconds[1] += (after_xlsx - after_csv).as_secs_f64();
    seconds[2] += after_xlsx.elapsed().as_secs_f64();
    for (name, seconds) in ["report.csv", "review.xlsx", "report.html"].iter().zip(seconds) {
        let bytes = fs::metadata(folder.join(name))?.len();
        writeln!(out, "{name:>12}  {seconds:6.2} s  {:6.1} MB", bytes as f64 / 1e6)?;
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        let kilobytes: f64 = peak.split_whitespace().nth(1).unwrap_or("0").parse()?;
        writeln!(
            out,
            "{:>12}  {:6.2} s  {:6.1} MB of memory",
            "together",
            seconds.iter().sum::<f64>(),
            kilobytes / 1e3
        )?;
    }
    Ok(())
}

/// A row as corpora give them: mostly copies, some of them not quite, and typos.
fn row(n: usize) -> ReportRow {
    let document = format!("news/{:03}/article-{n}.txt", n % 100);
    let is_typo = n.is_multiple_of(4);
    let sentence = format!(
        "The harbour committee met on day {n} of the year and agreed that vessel w{} may leave the pier.",
        n % 977
    );
    let (kind, text, suggestion) = match is_typo {
        true => (Kind::Misspelling, format!("recieved{}", n % 50), "received".to_owned()),
        false => (Kind::NearDuplicate, sentence.clone(), String::new()),
    };
    ReportRow {
        row_id: row_id(&document, kind, &text, &suggestion, 0),
        action: if n.is_multiple_of(10) {
            Action::Review
        } else if is_typo {
            Action::Replace
        } else {
            Action::Remove
        },
        kind,
        kept_text: if is_typo { String::new() } else { sentence.replace("agreed", "decided") },
        similarity: (!is_typo).then_some(0.8 + (n % 200) as f64 / 1000.0),
        confidence: 0.5 + (n % 499) as f64 / 1000.0,
        line: 1 + n as u64 % 40,
        column: 1,
        kept_document: if is_typo { String::new() } else { "news/000/article-0.txt".into() },
        kept_line: (!is_typo).then_some(3),
        reason: if is_typo { "known word".into() } else { "spelling: agreed / decided".into() },
        context_place: is_typo.then_some(3),
        context: if is_typo {
            format!("We {text} the letter of the committee in the spring.")
        } else {
            String::new()
        },
        cluster: if is_typo { String::new() } else { format!("c{}", n / 7) },
        cluster_size: (!is_typo).then_some(2 + n as u32 % 9),
        span: Span::new(n, n + text.len()),
        text,
        suggestion,
        document,
    }
}
