//! How a run is asked to end early, and what happens when it cannot hear.
//!
//! The flag is a value that travels in the plan: the library installs no signal handlers and has
//! no state of its own. The walks look at it between pieces of work. The rooms that resolve know
//! nothing of it: they ask for hands, and the hands leave by unwinding, which is caught at the
//! door of the step.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a cancelled run may take to notice. A single document of many megabytes, or a
/// network disk that does not answer, can hold a thread for longer.
const GRACE: Duration = Duration::from_millis(1500);

/// How often somebody looks whether the run is cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Asks a run to end early. Clones share one flag, which may be set from a signal handler.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// The run was asked to end early, and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted; every file in the output folder is whole, and the next run goes on from there")]
pub struct Interrupted;

impl Cancel {
    /// A request that is made by setting `flag`.
    pub fn by(flag: Arc<AtomicBool>) -> Self {
        Cancel(flag)
    }

    /// Makes the request.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was made.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The request as an error.
    pub(super) fn check(&self) -> Result<(), Interrupted> {
        if self.is_cancelled() { Err(Interrupted) } else { Ok(()) }
    }

    /// Leaves the work at hand, up to the next [`catch`](Cancel::catch). No panic message is printed.
    pub(super) fn leave_if_cancelled(&self) {
        if self.is_cancelled() {
            resume_unwind(Box::new(Interrupted));
        }
    }

    /// Runs `work`, which may be left. Whatever it owned is dropped, and nothing else saw it.
    pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Interrupted> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|panic| match panic.downcast::<Interrupted>() {
            Ok(interrupted) => *interrupted,
            Err(panic) => resume_unwind(panic),
        })
    }
}

/// Runs `work` on this thread. When it is cancelled and does not return within the grace, `overdue` is
/// called from another thread, once.
pub(super) fn with_grace<T>(cancel: &Cancel, overdue: impl Fn() + Send, work: impl FnOnce() -> T) -> T {
    let (done, wait) = mpsc::channel::<Infallible>();
    thread::scope(|scope| {
        let watch = move || {
            let mut since = None;
            while let Err(RecvTimeoutError::Timeout) = wait.recv_timeout(LOOK_EVERY) {
                if !cancel.is_cancelled() {
                    continue;
                }
                if since.get_or_insert_with(Instant::now).elapsed() >= GRACE {
                    return overdue();
                }
            }
        };
        // Without a thread to spare nobody watches; the run will notice that it is cancelled.
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let _done = done;
        work()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn work_is_left_at_the_next_look_and_other_panics_go_on() {
        let cancel = Cancel::default();
        assert_eq!(Cancel::catch(|| cancel.leave_if_cancelled()), Ok(()));
        cancel.cancel();
        assert_eq!(Cancel::catch(|| cancel.leave_if_cancelled()), Err(Interrupted));
        let other = catch_unwind(|| Cancel::catch(|| resume_unwind(Box::new("a fault"))));
        assert_eq!(other.unwrap_err().downcast_ref(), Some(&"a fault"));
    }

    #[test]
    fn who_does_not_hear_is_overdue_once_and_who_hears_is_not() {
        let calls = AtomicU32::new(0);
        let cancel = Cancel::default();
        let call = || {
            calls.fetch_add(1, Ordering::Relaxed);
        };
        let deaf = || {
            cancel.cancel();
            let begun = Instant::now();
            while calls.load(Ordering::Relaxed) == 0 && begun.elapsed() < 10 * GRACE {
                thread::sleep(LOOK_EVERY);
            }
            7
        };
        assert_eq!(with_grace(&cancel, call, deaf), 7);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        with_grace(&cancel, call, || ());
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }
}
