//! The log: events of the run as lines, on stderr and in `--log-file`, never torn by the bar.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use indicatif::{MultiProgress, ProgressDrawTarget};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

use super::args::{LogFormat, Talk};
use super::clock::rfc3339;
use super::story::printable;
use crate::output::QuotedPath;

/// Events that are shown on stderr even to those who asked for no more than usual.
pub(super) const PROGRESS: &str = "scrubjay::progress";

/// Problems with inputs; after the first ones stderr says that there are more.
pub(super) const PROBLEM: &str = "scrubjay::problem";

/// Problems that are told on stderr as they come; the summary has the rest.
const PROBLEMS_TOLD: usize = 20;

/// The log of this process.
#[derive(Debug)]
pub(super) struct Journal {
    /// What this run is called.
    pub(super) run_id: String,
    /// Owns the terminal: bars are drawn by it, lines are written around them.
    pub(super) bars: MultiProgress,
    /// Whether people read stderr, or a program does.
    pub(super) is_for_people: bool,
}

impl Journal {
    /// Opens the log. The subscriber belongs to the process, as stderr does.
    pub(super) fn open(talk: &Talk) -> anyhow::Result<Journal> {
        let run_id = format!("{:012x}", RandomState::new().build_hasher().finish() & 0xFFFF_FFFF_FFFF);
        // A log in a file leaves the terminal to people, whatever its form.
        let is_for_people = talk.log_format == LogFormat::Text || talk.log_file.is_some();
        let draw = if is_for_people && !talk.quiet {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bars = MultiProgress::with_draw_target(draw);
        let file = match &talk.log_file {
            None => None,
            Some(path) => {
                let open = OpenOptions::new().append(true).create(true).open(path);
                let open = open.map_err(|error| {
                    anyhow::anyhow!("cannot open --log-file {}: {error}", QuotedPath(path))
                })?;
                Some(open)
            }
        };
        let journal = Journal { run_id, bars, is_for_people };
        let lines = Lines {
            run_id: journal.run_id.clone(),
            talk: talk.clone(),
            bars: journal.bars.clone(),
            is_for_people,
            file,
            problems: AtomicUsize::new(0),
        };
        // A second journal in one process, as in a test, leaves the first in place.
        let _ = tracing::subscriber::set_global_default(Registry::default().with(lines));
        Ok(journal)
    }
}

/// Writes events as lines.
struct Lines {
    run_id: String,
    talk: Talk,
    bars: MultiProgress,
    is_for_people: bool,
    file: Option<File>,
    problems: AtomicUsize,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let mut fields = Fields::default();
        event.record(&mut fields);
        if let Some(mut file) = self.file.as_ref()
            && level <= self.deepest_in_file()
        {
            // One call a line, so that lines of two runs do not mix. A full disk must not end a
            // run because of its log.
            let _ = file.write_all(self.line(level, &fields).as_bytes());
        }
        if !self.is_shown(level, target) {
            return;
        }
        if self.is_for_people {
            // Whatever people need stands in the message.
            self.print(&format!("scrubjay: {}\n", fields.message));
        } else {
            self.print(&self.line(level, &fields));
        }
        if target == PROBLEM
            && self.talk.verbose == 0
            && self.problems.fetch_add(1, Ordering::Relaxed) + 1 == PROBLEMS_TOLD
            && self.is_for_people
        {
            self.print("scrubjay: more inputs may be damaged; summary.json lists them, -v says them all\n");
        }
    }
}

impl Lines {
    fn deepest_in_file(&self) -> Level {
        if self.talk.verbose >= 2 { Level::DEBUG } else { Level::INFO }
    }

    fn is_shown(&self, level: Level, target: &str) -> bool {
        let deepest = match self.talk.verbose {
            _ if self.talk.quiet => Level::WARN,
            // A program that reads the log has no other summary; people see the steps on the bar.
            0 if self.is_for_people => Level::WARN,
            1 if self.is_for_people && target != PROBLEM => Level::WARN,
            0 | 1 => Level::INFO,
            _ => Level::DEBUG,
        };
        let is_too_much = target == PROBLEM
            && self.talk.verbose == 0
            && self.problems.load(Ordering::Relaxed) >= PROBLEMS_TOLD;
        (level <= deepest || (target == PROGRESS && !self.talk.quiet)) && !is_too_much
    }

    fn print(&self, line: &str) {
        // Whoever does not listen any more need not be told.
        self.bars.suspend(|| drop(io::stderr().lock().write_all(line.as_bytes())));
    }

    /// A line of a log.
    fn line(&self, level: Level, fields: &Fields) -> String {
        let time = rfc3339(SystemTime::now());
        match self.talk.log_format {
            LogFormat::Text => {
                let mut line =
                    format!("{time} {level:<5} run={} {}", self.run_id, printable(&fields.message));
                for (name, value) in &fields.others {
                    line.push_str(&format!(" {name}={value}"));
                }
                line.push('\n');
                line
            }
            LogFormat::Json => {
                let mut object = serde_json::Map::new();
                object.insert("time".into(), time.into());
                object.insert("level".into(), level.as_str().to_lowercase().into());
                object.insert("run_id".into(), self.run_id.clone().into());
                object.insert("message".into(), fields.message.clone().into());
                object.extend(fields.others.iter().cloned());
                format!("{}\n", serde_json::Value::Object(object))
            }
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(String, serde_json::Value)>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: serde_json::Value) {
        self.others.push((field.name().to_owned(), value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.put(field, format!("{value:?}").into()),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message = value.to_owned(),
            _ => self.put(field, value.into()),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
}
