//! Numbers filed under 64-bit keys.

/// A longer run of entries is sorted, so that one key's share is found by bisection.
const LONG_BUCKET: usize = 32;

/// Numbers by key, in rising order: twelve bytes an entry, built by counting.
pub(super) struct Index {
    mask: u64,
    /// Where each bucket starts in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Entry {
    /// Bits of the key that did not choose the bucket.
    tag: u32,
    number: u32,
}

impl Index {
    /// Files what `walk` calls its argument with: a key and a number, numbers in rising order.
    /// It is called twice and must say the same both times. `expected` is about how many entries
    /// there will be.
    pub(super) fn new(expected: usize, walk: impl Fn(&mut dyn FnMut(u64, u32))) -> Self {
        let buckets = expected.max(16).next_power_of_two();
        let mask = buckets as u64 - 1;
        let mut starts = vec![0u32; buckets + 1];
        walk(&mut |key, _| starts[(key & mask) as usize + 1] += 1);
        for bucket in 0..buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut entries = vec![Entry::default(); starts[buckets] as usize];
        walk(&mut |key, number| {
            let place = &mut starts[(key & mask) as usize];
            entries[*place as usize] = Entry { tag: tag(key), number };
            *place += 1;
        });
        // Each start has moved to the end of its bucket, which is where the next one starts.
        starts.copy_within(..buckets, 1);
        starts[0] = 0;
        for bucket in 0..buckets {
            let range = starts[bucket] as usize..starts[bucket + 1] as usize;
            if range.len() > LONG_BUCKET {
                entries[range].sort_unstable();
            }
        }
        Index { mask, starts, entries }
    }

    /// The numbers filed under `key`, from `from` on, in rising order.
    #[inline]
    pub(super) fn under(&self, key: u64, from: u32) -> impl Iterator<Item = u32> {
        let bucket = (key & self.mask) as usize;
        let mut entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let tag = tag(key);
        if entries.len() > LONG_BUCKET {
            let first = Entry { tag, number: from };
            entries = &entries[entries.partition_point(|&entry| entry < first)..];
            entries = &entries[..entries.partition_point(|entry| entry.tag == tag)];
        }
        entries.iter().filter(move |entry| entry.tag == tag && entry.number >= from).map(|entry| entry.number)
    }
}

fn tag(key: u64) -> u32 {
    (key >> 28) as u32
}

/// A cheap, good mixer of 64 bits (Stafford's variant 13 without its last round).
#[inline]
pub(super) fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_gives_its_own_numbers_in_order_however_many_share_a_bucket() {
        let key = |number: u32| mix(u64::from(number % 7)) & !0xFF;
        let index = Index::new(4, |entry| (0..1_000).for_each(|number| entry(key(number), number)));
        for start in 0..7 {
            let expected: Vec<u32> =
                (0..1_000).filter(|number| number % 7 == start && *number >= 500).collect();
            assert_eq!(index.under(key(start), 500).collect::<Vec<_>>(), expected);
        }
        assert_eq!(index.under(mix(99), 0).count(), 0);
    }
}
