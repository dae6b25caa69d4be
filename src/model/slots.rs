//! An index from hashes to numbers, for keys that live elsewhere.

/// The smallest table.
const SMALLEST: usize = 1 << 10;

/// Open-addressing table of numbers; the owner of the keys says what equals what. Some ten bytes a
/// key, nothing copied.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    /// 0, or a number + 1, and above it half of its hash: most others are told apart without a look at
    /// their keys. A power of two, at most 7/8 full.
    slots: Vec<u64>,
    len: usize,
}

impl Slots {
    /// Room for so many numbers without a larger table.
    pub fn with_room(numbers: usize) -> Slots {
        Slots { slots: vec![0; (numbers * 8).div_ceil(7).next_power_of_two().max(SMALLEST)], len: 0 }
    }

    /// The number filed under `hash` for which `is_it` holds.
    #[inline]
    pub fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = place(hash) & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            let number = slot as u32 - 1;
            if slot >> 32 == hash >> 32 && is_it(number) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Files a number below 2³² - 1 under `hash`.
    pub fn insert(&mut self, hash: u64, number: u32) {
        if self.slots.len() * 7 <= (self.len + 1) * 8 {
            let size = (self.slots.len() * 2).max(SMALLEST);
            let old = std::mem::replace(&mut self.slots, vec![0; size]);
            old.into_iter().filter(|&slot| slot != 0).for_each(|slot| self.put(slot));
        }
        self.put(hash >> 32 << 32 | u64::from(number + 1));
        self.len += 1;
    }

    fn put(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = place(slot) & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

/// Where a hash, or what a slot has of it, belongs: the upper half, so that a larger table can be filled
/// from a smaller one.
fn place(hash: u64) -> usize {
    (hash >> 32) as usize
}
