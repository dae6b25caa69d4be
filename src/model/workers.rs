//! Hands for a room that has none.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Runs shares of a piece of work, perhaps several at a time.
///
/// Rooms have no threads of their own; the corridor lends them its hands as a value. How many
/// there are must never show in a result.
pub trait Workers: Sync {
    /// Calls `work` once with each number below `shares`, in any order, and returns when all of
    /// them are done.
    fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync));
}

/// One pair of hands.
#[derive(Clone, Copy, Debug, Default)]
pub struct OneByOne;

impl Workers for OneByOne {
    fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..shares).for_each(work);
    }
}

impl dyn Workers + '_ {
    /// Does two pieces of work, perhaps at the same time.
    pub fn both(&self, first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
        let (first, second) = (Mutex::new(Some(first)), Mutex::new(Some(second)));
        self.run(2, &|share| {
            if share == 0 {
                take(&first).into_iter().for_each(|work| work());
            } else {
                take(&second).into_iter().for_each(|work| work());
            }
        });
    }

    /// Cuts `0..len` into ranges of `size` and gives what `work` makes of each, in their order.
    pub fn map_ranges<T: Send>(
        &self,
        len: usize,
        size: usize,
        work: impl Fn(Range<usize>) -> T + Sync,
    ) -> Vec<T> {
        let slots: Vec<Mutex<Option<T>>> = (0..len.div_ceil(size)).map(|_| Mutex::new(None)).collect();
        self.run(slots.len(), &|share| {
            let made = work(share * size..len.min((share + 1) * size));
            *slots[share].lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        });
        slots
            .into_iter()
            .filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }

    /// What `work` makes of each number below `len`, in their order; `share` of them are one piece of work.
    pub fn map_each<T: Send>(&self, len: usize, share: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let shares = self.map_ranges(len, share, |range| range.map(&work).collect::<Vec<T>>());
        let mut made = Vec::with_capacity(len);
        shares.into_iter().for_each(|share| made.extend(share));
        made
    }
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pieces_of_work_are_done() {
        let (mut first, mut second) = (0, 0);
        let workers: &dyn Workers = &OneByOne;
        workers.both(|| first = 1, || second = 2);
        assert_eq!((first, second), (1, 2));
    }

    #[test]
    fn every_range_is_worked_on_once_and_results_keep_their_order() {
        struct Backwards;
        impl Workers for Backwards {
            fn run(&self, shares: usize, work: &(dyn Fn(usize) + Sync)) {
                (0..shares).rev().for_each(work);
            }
        }
        let workers: &dyn Workers = &Backwards;
        let ranges = workers.map_ranges(10, 4, |range| range);
        assert_eq!(ranges, [0..4, 4..8, 8..10]);
        assert!(workers.map_ranges(0, 4, |range| range).is_empty());
        assert_eq!(workers.map_each(10, 4, |number| number * number), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
    }
}
