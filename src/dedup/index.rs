//! Numbers filed under 64-bit keys.

/// A longer run of entries is sorted, so that one key's share is found by bisection.
const LONG_BUCKET: usize = 32;

/// Buckets for so many entries.
const ENTRIES_A_BUCKET: usize = 2;

/// Bits of the filter for each entry.
const FILTER_BITS: usize = 8;

/// Numbers by key, in rising order: about twelve bytes an entry, built by counting.
///
/// Most keys that are asked for are not there. A filter of a byte an entry, which is small enough
/// to stay near the processor, answers most of those.
pub(super) struct Index {
    /// A bit for each key, chosen by the low bits of the key.
    filter: Vec<u64>,
    mask: u64,
    /// Where each bucket starts in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// Bits of the note that an entry carries.
pub(super) const NOTE_BITS: u32 = 20;

#[derive(Clone, Copy, Default)]
struct Entry {
    /// Bits of the key that did not choose the bucket, and below them the note.
    tag_and_note: u32,
    number: u32,
}

impl Entry {
    fn tag(self) -> u32 {
        self.tag_and_note >> NOTE_BITS
    }
}

/// What is filed under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filed {
    pub(super) number: u32,
    /// Whatever helps to tell at once that the number is of no use; [`NOTE_BITS`] bits.
    pub(super) note: u32,
}

impl Index {
    /// Files what `walk` calls its argument with: a key and what goes under it, in rising order.
    /// It is called twice and must say the same both times. `expected` is about how many entries
    /// there will be.
    pub(super) fn new(expected: usize, walk: impl Fn(&mut dyn FnMut(u64, Filed))) -> Self {
        let buckets = (expected / ENTRIES_A_BUCKET).max(16).next_power_of_two();
        let mask = buckets as u64 - 1;
        let mut starts = vec![0u32; buckets + 1];
        let mut filter = vec![0; (expected * FILTER_BITS / 64).max(16).next_power_of_two()];
        walk(&mut |key, _| {
            starts[bucket(key, mask) + 1] += 1;
            let (word, bit) = filter_place(key, &filter);
            filter[word] |= bit;
        });
        for bucket in 0..buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut entries = vec![Entry::default(); starts[buckets] as usize];
        walk(&mut |key, Filed { number, note }| {
            let place = &mut starts[bucket(key, mask)];
            let tag_and_note = tag(key) << NOTE_BITS | note & ((1 << NOTE_BITS) - 1);
            entries[*place as usize] = Entry { tag_and_note, number };
            *place += 1;
        });
        // Each start has moved to the end of its bucket, which is where the next one starts.
        starts.copy_within(..buckets, 1);
        starts[0] = 0;
        for bucket in 0..buckets {
            let range = starts[bucket] as usize..starts[bucket + 1] as usize;
            if range.len() > LONG_BUCKET {
                entries[range].sort_unstable_by_key(|entry| (entry.tag(), entry.number));
            }
        }
        Index { filter, mask, starts, entries }
    }

    /// What is filed under `key`, from number `from` on, in rising order.
    #[inline]
    pub(super) fn under(&self, key: u64, from: u32) -> impl Iterator<Item = Filed> {
        let (word, bit) = filter_place(key, &self.filter);
        let range = if self.filter[word] & bit == 0 {
            0..0
        } else {
            let bucket = bucket(key, self.mask);
            self.starts[bucket] as usize..self.starts[bucket + 1] as usize
        };
        let mut entries = &self.entries[range];
        let tag = tag(key);
        if entries.len() > LONG_BUCKET {
            entries = &entries[entries.partition_point(|entry| (entry.tag(), entry.number) < (tag, from))..];
            entries = &entries[..entries.partition_point(|entry| entry.tag() == tag)];
        }
        entries
            .iter()
            .filter(move |entry| entry.tag() == tag && entry.number >= from)
            .map(|entry| Filed { number: entry.number, note: entry.tag_and_note & ((1 << NOTE_BITS) - 1) })
    }
}

fn filter_place(key: u64, filter: &[u64]) -> (usize, u64) {
    ((key >> 6) as usize & (filter.len() - 1), 1 << (key & 63))
}

fn bucket(key: u64, mask: u64) -> usize {
    (key >> 8 & mask) as usize
}

fn tag(key: u64) -> u32 {
    (key >> 32) as u32 >> NOTE_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::meet::mix;

    #[test]
    fn each_key_gives_its_own_numbers_in_order_however_many_share_a_bucket() {
        let key = |number: u32| mix(u64::from(number % 7));
        let index = Index::new(4, |entry| {
            (0..1_000).for_each(|number| entry(key(number), Filed { number, note: number }))
        });
        for start in 0..7 {
            let expected: Vec<u32> =
                (0..1_000).filter(|number| number % 7 == start && *number >= 500).collect();
            let found: Vec<u32> = index.under(key(start), 500).map(|filed| filed.number).collect();
            assert_eq!(found, expected);
            assert!(index.under(key(start), 0).all(|filed| filed.number == filed.note));
        }
        assert_eq!(index.under(mix(99), 0).count(), 0);
    }
}
