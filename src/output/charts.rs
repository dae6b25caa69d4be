//! The charts of `report.html`, as SVG that stands in the page and takes its colours from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rustc_hash::{FxHashMap, FxHashSet};

use super::html::escaped;
use crate::model::figures::grouped;
use crate::model::{Action, Kind, ReportRow};

/// Documents in the chart.
const DOCUMENTS: usize = 12;

/// Bins of the histogram of similarities, from [`LEAST_SIMILARITY`] to 1.
const BINS: usize = 20;
const LEAST_SIMILARITY: f64 = 0.5;

/// Cluster sizes that share a bar: from this one to the one before the next.
const SIZES: [u32; 8] = [2, 3, 4, 5, 10, 20, 50, 100];

/// What the charts show, counted row by row.
#[derive(Debug, Default)]
pub(super) struct Charts {
    kinds: BTreeMap<Kind, [u64; 3]>,
    documents: FxHashMap<String, u64>,
    similarities: [u64; BINS],
    clusters: FxHashSet<String>,
    sizes: [u64; SIZES.len()],
}

/// A bar among others side by side.
struct Column {
    name: String,
    /// What stands below it.
    label: String,
    count: u64,
}

/// What the places below bars mean.
#[derive(Clone, Copy)]
enum Scale {
    /// Each bar has a value of its own.
    Each,
    /// Bars are stretches of a line that ends at 1, perhaps with a limit at this share of it.
    Line(Option<f64>),
}

/// A bar that is told by its name, and how many of each action it has.
struct Bar {
    name: String,
    parts: Vec<(&'static str, u64)>,
}

impl Charts {
    /// Counts a row.
    pub(super) fn row(&mut self, row: &ReportRow) {
        self.kinds.entry(row.kind).or_default()[row.action as usize] += 1;
        if !row.kind.is_repetition() {
            return;
        }
        if row.action == Action::Remove {
            // A document with a line each would make a bar of every line.
            let file = row.document.split_once('#').map_or(row.document.as_str(), |(file, _)| file);
            match self.documents.get_mut(file) {
                Some(count) => *count += 1,
                None => drop(self.documents.insert(file.to_owned(), 1)),
            }
        }
        // Points in other words are not alike, and stand apart from the threshold.
        if !row.kind.is_copy() {
            return;
        }
        if let Some(similarity) = row.similarity {
            let share = (similarity - LEAST_SIMILARITY) / (1.0 - LEAST_SIMILARITY);
            let bin = (share.clamp(0.0, 1.0) * BINS as f64) as usize;
            self.similarities[bin.min(BINS - 1)] += 1;
        }
        if let Some(size) = row.cluster_size.filter(|&size| size > 1)
            && !self.clusters.contains(&row.cluster)
        {
            self.clusters.insert(row.cluster.clone());
            self.sizes[SIZES.partition_point(|&from| from <= size).saturating_sub(1)] += 1;
        }
    }

    /// How many removals, replacements and reviews there are.
    pub(super) fn actions(&self) -> (u64, u64, u64) {
        let sum = |place: usize| self.kinds.values().map(|counts| counts[place]).sum();
        (sum(Action::Remove as usize), sum(Action::Replace as usize), sum(Action::Review as usize))
    }

    /// All charts that have something to show.
    pub(super) fn svg(&self, threshold: Option<f64>) -> String {
        let mut out = String::new();
        self.kinds(&mut out);
        self.documents(&mut out);
        self.similarities(&mut out, threshold);
        self.sizes(&mut out);
        out
    }

    fn kinds(&self, out: &mut String) {
        let mut bars: Vec<Bar> = self
            .kinds
            .iter()
            .map(|(kind, &[remove, replace, review])| Bar {
                name: kind.as_str().to_owned(),
                parts: vec![("remove", remove), ("replace", replace), ("review", review)],
            })
            .collect();
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.total()));
        let legend = "<ul class=\"legend\"><li><i class=\"remove\"></i>removed</li><li><i class=\"replace\"></i>\
            replaced</li><li><i class=\"review\"></i>for review</li></ul>";
        horizontal(out, "What was found", "Findings by kind and action", &bars, legend);
    }

    fn documents(&self, out: &mut String) {
        let mut counts: Vec<(&str, u64)> =
            self.documents.iter().map(|(name, &count)| (name.as_str(), count)).collect();
        counts.sort_unstable_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        let bars: Vec<Bar> = counts
            .iter()
            .take(DOCUMENTS)
            .map(|&(name, count)| Bar { name: name.to_owned(), parts: vec![("remove", count)] })
            .collect();
        let more = match counts.len() {
            len if len > DOCUMENTS => format!(
                "<p class=\"facts\">and {} documents with fewer</p>",
                grouped((len - DOCUMENTS) as u64)
            ),
            _ => String::new(),
        };
        horizontal(out, "Where sentences repeat", "Removed repetitions by document", &bars, &more);
    }

    fn similarities(&self, out: &mut String, threshold: Option<f64>) {
        let from = |bin: usize| LEAST_SIMILARITY + (1.0 - LEAST_SIMILARITY) * bin as f64 / BINS as f64;
        let bars: Vec<Column> = self
            .similarities
            .iter()
            .enumerate()
            .map(|(bin, &count)| Column {
                name: format!("{:.3} to {:.3}", from(bin), from(bin + 1)),
                label: if bin % 4 == 0 { format!("{:.1}", from(bin)) } else { String::new() },
                count,
            })
            .collect();
        let limit = threshold
            .filter(|&threshold| threshold >= LEAST_SIMILARITY)
            .map(|threshold| (threshold - LEAST_SIMILARITY) / (1.0 - LEAST_SIMILARITY));
        let title = "How alike the copies are";
        let about = "Repetitions by similarity, from 0.5 to 1";
        let more = match (limit, threshold) {
            (Some(_), Some(threshold)) => format!(
                "<p class=\"facts\">Dashed: the threshold, {threshold:.2} of the words shared. The bars count words that \
                 differ, so a few copies stand left of it.</p>"
            ),
            _ => String::new(),
        };
        vertical(out, title, about, &bars, Scale::Line(limit), &more);
    }

    fn sizes(&self, out: &mut String) {
        let label = |place: usize| match SIZES.get(place + 1) {
            Some(&next) if next == SIZES[place] + 1 => SIZES[place].to_string(),
            Some(&next) => format!("{}–{}", SIZES[place], next - 1),
            None => format!("{}+", SIZES[place]),
        };
        let bars: Vec<Column> = self
            .sizes
            .iter()
            .enumerate()
            .map(|(place, &count)| Column {
                name: format!("{} sentences", label(place)),
                label: label(place),
                count,
            })
            .collect();
        let (title, about) = ("How often sentences repeat", "Clusters by the number of their sentences");
        vertical(out, title, about, &bars, Scale::Each, "");
    }
}

impl Bar {
    fn total(&self) -> u64 {
        self.parts.iter().map(|(_, count)| count).sum()
    }
}

fn begin(out: &mut String, title: &str, about: &str, height: f64) {
    let _ = write!(
        out,
        "<figure class=\"chart\"><h3>{title}</h3><svg viewBox=\"0 0 460 {height:.0}\" role=\"img\" aria-label=\"{about}\">"
    );
}

/// Bars one below the other, each with its name and its number.
fn horizontal(out: &mut String, title: &str, about: &str, bars: &[Bar], more: &str) {
    const ROW: f64 = 22.0;
    const NAMES: f64 = 170.0;
    const WIDTH: f64 = 230.0;
    let most = bars.iter().map(Bar::total).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    begin(out, title, about, bars.len() as f64 * ROW + 4.0);
    for (place, bar) in bars.iter().enumerate() {
        let y = place as f64 * ROW + 2.0;
        let _ = write!(
            out,
            "<g><title>{}: {}</title><text x=\"{}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            escaped(&bar.name),
            grouped(bar.total()),
            NAMES - 8.0,
            y + 14.0,
            escaped(&shortened(&bar.name))
        );
        let mut x = NAMES;
        for &(class, count) in &bar.parts {
            let width = WIDTH * count as f64 / most as f64;
            if count > 0 {
                let _ = write!(
                    out,
                    "<rect class=\"bar-{class}\" x=\"{x:.1}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"16\" rx=\"2\"/>",
                    width.max(1.0)
                );
            }
            x += width;
        }
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"{:.1}\" y=\"{:.0}\">{}</text></g>",
            x + 6.0,
            y + 14.0,
            grouped(bar.total())
        );
    }
    let _ = write!(out, "</svg>{more}</figure>");
}

/// Height and width of a chart of bars side by side.
const HEIGHT: f64 = 150.0;
const WIDTH: f64 = 440.0;

/// Bars side by side.
fn vertical(out: &mut String, title: &str, about: &str, bars: &[Column], scale: Scale, more: &str) {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    begin(out, title, about, HEIGHT + 44.0);
    let step = WIDTH / bars.len() as f64;
    for (place, bar) in bars.iter().enumerate() {
        column(out, bar, 10.0 + place as f64 * step, step, most, scale);
    }
    let base = 18.0 + HEIGHT;
    let _ =
        write!(out, "<line class=\"axis\" x1=\"10\" x2=\"450\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>", base + 0.5);
    if let Scale::Line(limit) = scale {
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"450\" y=\"{:.0}\" text-anchor=\"middle\">1</text>\
             <text class=\"soft\" x=\"450\" y=\"12\" text-anchor=\"end\">most in one bar: {}</text>",
            base + 18.0,
            grouped(most)
        );
        if let Some(limit) = limit {
            let x = 10.0 + WIDTH * limit;
            let _ =
                write!(out, "<line class=\"limit\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"16\" y2=\"{base:.1}\"/>");
        }
    }
    let _ = write!(out, "</svg>{more}</figure>");
}

fn column(out: &mut String, bar: &Column, x: f64, step: f64, most: u64, scale: Scale) {
    let height = if bar.count > 0 { ((HEIGHT - 4.0) * bar.count as f64 / most as f64).max(1.5) } else { 0.0 };
    let (y, middle) = (18.0 + HEIGHT - height, x + step / 2.0);
    let _ = write!(out, "<g><title>{}: {}</title>", escaped(&bar.name), grouped(bar.count));
    if bar.count > 0 {
        let _ = write!(
            out,
            "<rect class=\"bar-blue\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\" rx=\"2\"/>",
            x + 1.0,
            step - 2.0
        );
        if matches!(scale, Scale::Each) {
            let _ = write!(
                out,
                "<text class=\"soft\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                y - 5.0,
                grouped(bar.count)
            );
        }
    }
    if !bar.label.is_empty() {
        let at = if matches!(scale, Scale::Each) { middle } else { x };
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            HEIGHT + 36.0,
            escaped(&bar.label)
        );
    }
    out.push_str("</g>");
}

/// The end of a name: what tells files apart stands there.
fn shortened(name: &str) -> String {
    const SHOWN: usize = 23;
    let count = name.chars().count();
    if count <= SHOWN {
        return name.to_owned();
    }
    format!("…{}", name.chars().skip(count - SHOWN + 1).collect::<String>())
}
