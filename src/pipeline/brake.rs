//! The brakes: a run that would remove more than was allowed, or everything, stops before it writes anything.

use rayon::ThreadPool;
use rustc_hash::FxHashMap;

use super::RunError;
use super::observer::{Observer, Step};
use super::ordered::for_each_in_order;
use super::piece::Piece;
use super::plan::Plan;
use super::resolve::Resolution;
use super::reuse::Reuse;
use super::rewrite::{Distrust, Past, Tally};
use super::units::Units;
use super::worker::Worker;
use crate::input::Discovery;
use crate::model::{Action, OneByOne, ReportRow};
use crate::output::RunFolder;

/// Clusters that a brake names.
const NAMED: usize = 5;

/// Characters of each cluster's text that are shown.
const SHOWN: usize = 60;

/// A run that would remove too much.
#[derive(Clone, Debug, PartialEq)]
pub struct Brake {
    /// The share of the text that would go, 0 to 1.
    pub share: f64,
    /// The share that was allowed.
    pub allowed: f64,
    /// What accounts for most of it, largest first.
    pub heaviest: Vec<Heavy>,
}

/// A cluster of repetitions, by what removing its copies takes away.
#[derive(Clone, Debug, PartialEq)]
pub struct Heavy {
    /// Its name in the report.
    pub cluster: String,
    /// Copies that would go.
    pub copies: u64,
    /// The share of the text they are, 0 to 1.
    pub share: f64,
    /// The beginning of one of them, fit for a terminal.
    pub example: String,
}

impl std::fmt::Display for Brake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Brake { share, allowed, heaviest } = self;
        write!(
            f,
            "stopped before anything was written: {:.1} % of the text would be removed, and --max-removed \
             allows {:.1} %; most of it is",
            share * 100.0,
            allowed * 100.0
        )?;
        for (index, heavy) in heaviest.iter().enumerate() {
            let Heavy { copies, share, example, .. } = heavy;
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma} {copies} × {example} ({:.1} %)", share * 100.0)?;
        }
        write!(f, "; `scrubjay check` lists all of it")
    }
}

/// A disk that is not mounted at three in the morning is no reason to remove every file.
pub(super) fn see_that_the_corpus_is_there(
    plan: &Plan,
    folder: Option<&RunFolder>,
    discovery: &Discovery,
) -> Result<(), RunError> {
    match folder {
        Some(folder) if discovery.sources.is_empty() && plan.writes_text() && folder.has_text() => {
            Err(RunError::CorpusGone(folder.text()))
        }
        _ => Ok(()),
    }
}

/// Measures what would be removed, by walking as the second walk will, without looking for typos
/// and without writing.
pub(super) fn hold(
    plan: &Plan,
    allowed: f64,
    resolution: &Resolution,
    pool: &ThreadPool,
    observer: &dyn Observer,
    past: &Past,
) -> Result<(), RunError> {
    let distrust = Distrust::default();
    let worker = Worker {
        plan,
        text: None,
        resolution,
        speller: None,
        distrust: &distrust,
        memory: past.memory,
        seen: past.seen,
        hands: &OneByOne,
    };
    let reuse = Reuse::new(&worker, pool)?;
    let wanted = |index: usize| !resolution.contents[index].failed;
    let known = |index: usize| reuse.may_hold(index);
    let units = Units::new(&resolution.sources, &wanted, &known, &plan.input);
    let mut tally = Tally::default();
    let mut weights = Weights::default();
    observer.begin(Step::Measure, resolution.sources.iter().map(|source| source.size).sum());
    let consume = |pieces: Result<Vec<Piece>, RunError>| {
        for piece in pieces? {
            observer.advance(piece.walked, piece.documents);
            tally.add(piece.tally);
            piece.rows.iter().for_each(|draft| weights.row(&draft.row));
        }
        Ok::<(), RunError>(())
    };
    for_each_in_order(pool, &plan.conduct.cancel, units, |unit| worker.unit(unit, &reuse), consume)?;
    observer.end(Step::Measure);
    let share = tally.bytes_removed as f64 / resolution.bytes.max(1) as f64;
    if share <= allowed {
        return Ok(());
    }
    Err(RunError::Brake(Brake { share, allowed, heaviest: weights.heaviest(resolution.bytes) }))
}

/// What each cluster's copies come to.
#[derive(Default)]
struct Weights {
    clusters: FxHashMap<String, Weight>,
}

struct Weight {
    copies: u64,
    bytes: u64,
    example: String,
}

impl Weights {
    fn row(&mut self, row: &ReportRow) {
        if row.action != Action::Remove {
            return;
        }
        if let Some(weight) = self.clusters.get_mut(&row.cluster) {
            weight.copies += 1;
            weight.bytes += row.span.len() as u64;
            return;
        }
        let shown: String = row.text.chars().take(SHOWN).collect();
        let more = if shown.len() < row.text.len() { "…" } else { "" };
        // Debug form: control characters are escaped.
        let weight =
            Weight { copies: 1, bytes: row.span.len() as u64, example: format!("{:?}{more}", shown.trim()) };
        self.clusters.insert(row.cluster.clone(), weight);
    }

    fn heaviest(self, bytes: u64) -> Vec<Heavy> {
        let mut weights: Vec<_> = self.clusters.into_iter().collect();
        weights.sort_by(|(a_name, a), (b_name, b)| (b.bytes, a_name).cmp(&(a.bytes, b_name)));
        weights.truncate(NAMED);
        let heavy = |(cluster, weight): (String, Weight)| Heavy {
            cluster,
            copies: weight.copies,
            share: weight.bytes as f64 / bytes.max(1) as f64,
            example: weight.example,
        };
        weights.into_iter().map(heavy).collect()
    }
}
