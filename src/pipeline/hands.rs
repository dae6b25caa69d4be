//! Hands beyond those of the pool, for a document so large that whoever has it should not be alone.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rayon::ThreadPool;

use crate::model::Workers;

/// Threads that are started for one piece of work, and as many at once as the pool has others.
///
/// The threads of the pool cannot lend a hand: one that waits for the shares of its document would take up
/// another unit meanwhile, and that one may wait for the document's turn.
pub(super) struct Hands {
    spare: AtomicUsize,
}

/// Some of the hands, until this is dropped.
struct Taken<'h> {
    hands: &'h Hands,
    number: usize,
}

impl Hands {
    /// As many as there are threads in `pool`, counting the one that asks.
    pub(super) fn beside(pool: &ThreadPool) -> Hands {
        Hands { spare: AtomicUsize::new(pool.current_num_threads().saturating_sub(1)) }
    }

    /// Takes as many as there are, and no more than `most`.
    fn take(&self, most: usize) -> Taken<'_> {
        let less = |spare: usize| Some(spare - spare.min(most));
        let spare = self.spare.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        Taken { hands: self, number: spare.unwrap_or(0).min(most) }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.hands.spare.fetch_add(self.number, Ordering::Relaxed);
    }
}

impl Workers for Hands {
    fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
        let taken = self.take(shares.saturating_sub(1));
        let next = AtomicUsize::new(0);
        let labour = || {
            loop {
                match next.fetch_add(1, Ordering::Relaxed) {
                    share if share < shares => work(share),
                    _ => return,
                }
            }
        };
        thread::scope(|scope| {
            // Where there is no thread to be had, the others do its share.
            let start = |_| thread::Builder::new().spawn_scoped(scope, labour).ok();
            let helpers: Vec<_> = (0..taken.number).map_while(start).collect();
            labour();
            for helper in helpers {
                if let Err(panic) = helper.join() {
                    resume_unwind(panic);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;

    use super::*;

    fn hands(threads: usize) -> Hands {
        Hands::beside(&rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap())
    }

    #[test]
    fn every_share_is_done_once_by_however_many_there_are() {
        for threads in [1, 2, 5] {
            let hands = hands(threads);
            let done: Vec<AtomicUsize> = (0..100).map(|_| AtomicUsize::new(0)).collect();
            hands.run(100, &|share| {
                done[share].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{threads}");
            assert_eq!(hands.spare.load(Ordering::Relaxed), threads - 1);
        }
    }

    #[test]
    fn two_shares_are_done_at_the_same_time() {
        let both_are_here = Barrier::new(2);
        hands(2).run(2, &|_| {
            both_are_here.wait();
        });
    }

    #[test]
    fn work_within_work_is_done_though_all_hands_are_taken() {
        let hands = hands(3);
        let done = AtomicUsize::new(0);
        hands.run(3, &|_| {
            hands.run(3, &|_| {
                done.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(done.load(Ordering::Relaxed), 9);
    }

    #[test]
    fn a_fault_of_a_helper_is_told_and_its_hand_is_free_again() {
        let hands = hands(2);
        let fault = catch_unwind(AssertUnwindSafe(|| {
            hands.run(8, &|share| assert!(share != 5, "share {share} is bad"));
        }));
        let said = fault.unwrap_err();
        assert_eq!(said.downcast_ref::<String>().map(String::as_str), Some("share 5 is bad"));
        assert_eq!(hands.spare.load(Ordering::Relaxed), 1);
    }
}
