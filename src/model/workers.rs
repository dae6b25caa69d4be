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
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
