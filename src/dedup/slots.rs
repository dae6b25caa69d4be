//! An index from hashes to numbers, for keys that live elsewhere.

/// Open-addressing table of numbers; the owner of the keys says what equals what. Eight bytes a
/// key, nothing copied.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// Number + 1, or 0. A power of two, at most 7/8 full.
    slots: Vec<u32>,
    len: usize,
}

impl Slots {
    /// The number filed under `hash` for which `is_it` holds.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return None,
                taken if is_it(taken - 1) => return Some(taken - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// Files `id` under `hash`; `hash_of` gives the hashes of what is filed already.
    pub(super) fn insert(&mut self, hash: u64, id: u32, hash_of: impl Fn(u32) -> u64) {
        if self.slots.len() * 7 <= (self.len + 1) * 8 {
            let size = (self.slots.len() * 2).max(1 << 10);
            let old = std::mem::replace(&mut self.slots, vec![0; size]);
            for taken in old.into_iter().filter(|&taken| taken != 0) {
                self.put(hash_of(taken - 1), taken - 1);
            }
        }
        self.put(hash, id);
        self.len += 1;
    }

    fn put(&mut self, hash: u64, id: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = id + 1;
    }
}
