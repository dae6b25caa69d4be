//! Ctrl-C and its relatives: the first asks the run to end, the second ends the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::Exit;
use crate::pipeline::Cancel;

#[cfg(unix)]
const HEEDED: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::signal::SIGHUP];
#[cfg(not(unix))]
const HEEDED: &[i32] = &[SIGINT, SIGTERM];

/// What signals have arrived.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    asked: Arc<AtomicBool>,
    /// The latest signal; 0: none.
    latest: Arc<AtomicUsize>,
}

impl Signals {
    /// Heeds signals from here on. For commands that look at [`cancel`](Signals::cancel): for the
    /// others a signal is better left to end the process.
    pub(super) fn heed() -> io::Result<Self> {
        let (asked, latest) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let ignored = ignored();
        for &signal in HEEDED.iter().filter(|&&signal| ignored & (1 << (signal - 1)) == 0) {
            // In this order: the first signal finds the flag not set yet.
            flag::register_conditional_shutdown(signal, code(signal) as i32, Arc::clone(&asked))?;
            flag::register_usize(signal, Arc::clone(&latest), signal as usize)?;
            flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Signals { asked, latest })
    }

    /// The request to end, for the run.
    pub(super) fn cancel(&self) -> Cancel {
        Cancel::by(Arc::clone(&self.asked))
    }

    /// How a run ends that was asked to.
    pub(super) fn exit(&self) -> Exit {
        code(self.latest.load(Ordering::Relaxed) as i32)
    }
}

/// A lost terminal counts as a request to terminate.
fn code(signal: i32) -> Exit {
    if signal == SIGINT { Exit::Interrupted } else { Exit::Terminated }
}

/// The signals that whoever started us wants ignored, as a bit mask: `nohup` does so with the
/// loss of the terminal, a shell with Ctrl-C for what it runs in the background.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
