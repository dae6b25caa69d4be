//! Parallel work whose results come back in the order of the input.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use rayon::ThreadPool;
use rayon::iter::{ParallelBridge, ParallelIterator};
use rustc_hash::FxHashMap;

use super::cancel::{Cancel, Interrupted};

/// How many results may wait for an earlier one, per thread: enough that a slow item stalls
/// nobody, and a bound on memory.
const WINDOW_PER_THREAD: usize = 4;

/// The machine gave no further thread, for want of memory or by a limit.
#[derive(Debug, thiserror::Error)]
#[error("cannot start a thread: {0}")]
pub struct NoThread(pub(super) io::Error);

/// Runs `work` over `items` on the pool and hands each result to `consume`, on the calling
/// thread, in the order of the items, whichever finished first.
///
/// Items are drawn one at a time, and no more than a few per thread ahead of the result that
/// `consume` waits for, so memory does not grow with their number.
///
/// # Errors
/// The first error of `consume`, that the run was cancelled, or that there is no thread; no further
/// items are drawn after it.
///
/// # Panics
/// When `work` or `consume` does: nobody waits for what will not come.
pub(super) fn for_each_in_order<T, R, E>(
    pool: &ThreadPool,
    cancel: &Cancel,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    R: Send,
    E: From<Interrupted> + From<NoThread>,
{
    let gate = Gate::new(WINDOW_PER_THREAD * pool.current_num_threads());
    let stop = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let (gate, stop, work) = (&gate, &stop, &work);
        let draw = move || {
            let drawn = items.take_while(|_| !stop.load(Ordering::Relaxed)).enumerate();
            pool.install(|| {
                drawn.par_bridge().for_each_with(sender, |sender, (index, item)| {
                    if !gate.wait_for(index) {
                        return;
                    }
                    if cancel.is_cancelled() {
                        // This result will never come: whoever waits for its turn behind it would wait
                        // for ever, and so would the consumer for them.
                        stop.store(true, Ordering::Relaxed);
                        gate.close();
                        return;
                    }
                    let _ends = EndsWithPanic { gate, stop };
                    // The receiver is gone only after an error, when nobody wants the result.
                    let _ = sender.send((index, work(item)));
                });
            });
        };
        std::thread::Builder::new().spawn_scoped(scope, draw).map_err(NoThread)?;
        let _ends = EndsWithPanic { gate, stop };
        let mut early = FxHashMap::default();
        let mut next = 0;
        for (index, result) in receiver {
            early.insert(index, result);
            while let Some(result) = early.remove(&next) {
                let consumed = cancel.check().map_err(E::from).and_then(|()| consume(result));
                if let Err(error) = consumed {
                    stop.store(true, Ordering::Relaxed);
                    gate.close();
                    return Err(error);
                }
                next += 1;
                gate.advance();
            }
        }
        // Workers that were cancelled handed nothing over.
        cancel.check().map_err(E::from)
    })
}

/// Ends the line when its thread panics while this is held.
struct EndsWithPanic<'l> {
    gate: &'l Gate,
    stop: &'l AtomicBool,
}

impl Drop for EndsWithPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.stop.store(true, Ordering::Relaxed);
            self.gate.close();
        }
    }
}

/// Holds back whoever is too far ahead of the consumer. The item that is next in order always
/// passes, so the line cannot stand still.
struct Gate {
    state: Mutex<GateState>,
    moved: Condvar,
    window: usize,
}

struct GateState {
    next: usize,
    closed: bool,
}

impl Gate {
    fn new(window: usize) -> Self {
        Gate { state: Mutex::new(GateState { next: 0, closed: false }), moved: Condvar::new(), window }
    }

    /// Waits until item `index` is within the window; false when the gate was closed.
    fn wait_for(&self, index: usize) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self
            .moved
            .wait_while(state, |state| !state.closed && index >= state.next + self.window)
            .unwrap_or_else(PoisonError::into_inner);
        !state.closed
    }

    fn advance(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next += 1;
        self.moved.notify_all();
    }

    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Ended {
        Full,
        Cancelled,
    }

    impl From<NoThread> for Ended {
        fn from(error: NoThread) -> Self {
            panic!("{error}")
        }
    }

    impl From<Interrupted> for Ended {
        fn from(_: Interrupted) -> Self {
            Ended::Cancelled
        }
    }

    fn pool() -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_items_even_when_the_first_is_slowest() {
        let mut seen = vec![];
        let slow_first = |item: u64| {
            if item.is_multiple_of(50) {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            item
        };
        for_each_in_order(&pool(), &Cancel::default(), 0..300u64, slow_first, |item| {
            seen.push(item);
            Ok::<(), Ended>(())
        })
        .unwrap();
        assert_eq!(seen, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_ends_the_line_at_once() {
        let mut count = 0;
        let result = for_each_in_order(
            &pool(),
            &Cancel::default(),
            0..1_000_000u64,
            |item| item,
            |item| {
                count += 1;
                if item == 10 { Err(Ended::Full) } else { Ok(()) }
            },
        );
        assert_eq!((result, count), (Err(Ended::Full), 11));
    }

    #[test]
    #[should_panic]
    fn a_line_in_which_a_worker_panics_ends() {
        let work = |item: u64| if item == 100 { panic!("a test panics") } else { item };
        let _ =
            for_each_in_order(&pool(), &Cancel::default(), 0..1_000_000u64, work, |_| Ok::<(), Ended>(()));
    }

    #[test]
    #[should_panic(expected = "no more")]
    fn a_line_whose_consumer_panics_ends() {
        let consume = |item: u64| if item == 100 { panic!("no more") } else { Ok::<(), Ended>(()) };
        let _ = for_each_in_order(&pool(), &Cancel::default(), 0..1_000_000u64, |item| item, consume);
    }

    #[test]
    fn a_line_that_was_cancelled_before_it_began_ends() {
        let cancel = Cancel::default();
        cancel.cancel();
        let none = |item: u64| panic!("{item} is taken");
        let result = for_each_in_order(&pool(), &cancel, 0..1_000_000u64, |item| item, none);
        assert_eq!(result, Err(Ended::Cancelled));
    }

    #[test]
    fn a_cancelled_line_takes_no_further_results() {
        let (cancel, mut count) = (Cancel::default(), 0);
        let result = for_each_in_order(
            &pool(),
            &cancel,
            0..1_000_000u64,
            |item| item,
            |item| {
                count += 1;
                if item == 10 {
                    cancel.cancel();
                }
                Ok(())
            },
        );
        assert_eq!((result, count), (Err(Ended::Cancelled), 11));
    }
}
