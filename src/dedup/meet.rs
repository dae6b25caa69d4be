//! Numbers that meet under common keys.
//!
//! Some sentences are filed under keys, others ask for them. Looking each key up in one large
//! table costs a miss of every cache and of the address translation. Here all tickets are first
//! dealt into piles by their key, writing in order, and then each pile is small enough for all its
//! lookups to stay near the processor.

/// Tickets held at a time for each number, a dozen bytes each; more are dealt in rounds.
const TICKETS_A_NUMBER: usize = 6;

/// Few numbers make no rounds.
const LEAST_TICKETS: usize = 2 << 20;

/// About how many tickets go on a pile.
const PILE: usize = 1 << 15;

/// A number, a key it is filed under or asks for, and a note that helps to tell at once that two
/// of them are of no use to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) key: u64,
    pub(super) number: u32,
    pub(super) note: u32,
}

/// What meets.
pub(super) trait Parties {
    /// About how many tickets there are, for space.
    fn expected(&self) -> usize;

    /// Calls `file` for every ticket of this round to be filed.
    fn filed(&self, round: Round, file: &mut impl FnMut(Ticket));

    /// Calls `ask` for every ticket of this round that asks.
    fn asked(&self, round: Round, ask: &mut impl FnMut(Ticket));
}

/// A share of the tickets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    round: u64,
    rounds: u64,
}

impl Round {
    /// True if tickets with this hash are of this round. Any hash will do that is the same for all
    /// tickets with one key.
    #[inline]
    pub(super) fn has(self, hash: u64) -> bool {
        ((hash >> 48) * self.rounds) >> 16 == self.round
    }
}

/// One that is filed under the key that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filed {
    key: u32,
    pub(super) number: u32,
    pub(super) note: u32,
}

/// Calls `met` for every ticket that asks for a key under which something is filed, with all that
/// is filed there in rising order. `numbers` is how many different numbers there are.
pub(super) fn meet(parties: &impl Parties, numbers: usize, mut met: impl FnMut(Ticket, &[Filed])) {
    let expected = parties.expected();
    let budget = LEAST_TICKETS.max(TICKETS_A_NUMBER * numbers);
    let rounds = expected.div_ceil(budget).max(1);
    let piles = (expected / rounds / PILE).clamp(1, 1 << 12).next_power_of_two();
    let mut table = Table::default();
    for round in 0..rounds as u64 {
        let round = Round { round, rounds: rounds as u64 };
        let mut filed: Vec<Vec<Filed>> = vec![Vec::new(); piles];
        let mut asked: Vec<Vec<Filed>> = vec![Vec::new(); piles];
        parties.filed(round, &mut |ticket| deal(&mut filed, ticket));
        parties.asked(round, &mut |ticket| deal(&mut asked, ticket));
        for (filed, asked) in filed.into_iter().zip(asked) {
            table.fill(&filed);
            for ask in asked {
                let under = table.under(ask.key);
                if !under.is_empty() {
                    met(Ticket { key: u64::from(ask.key), number: ask.number, note: ask.note }, under);
                }
            }
        }
    }
}

/// Some bits of the key choose the pile, others will choose the place in it.
#[inline]
fn deal(piles: &mut [Vec<Filed>], ticket: Ticket) {
    let pile = (ticket.key >> 32) as usize & (piles.len() - 1);
    piles[pile].push(Filed { key: ticket.key as u32, number: ticket.number, note: ticket.note });
}

/// The filed tickets of one pile, by key.
#[derive(Default)]
struct Table {
    /// Where each bucket starts in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<Filed>,
}

impl Table {
    fn fill(&mut self, filed: &[Filed]) {
        let buckets = filed.len().max(1).next_power_of_two();
        self.starts.clear();
        self.starts.resize(buckets + 1, 0);
        self.entries.clear();
        self.entries.resize(filed.len(), Filed::default());
        for ticket in filed {
            self.starts[bucket(ticket.key, buckets) + 1] += 1;
        }
        for bucket in 0..buckets {
            self.starts[bucket + 1] += self.starts[bucket];
        }
        for &ticket in filed {
            let place = &mut self.starts[bucket(ticket.key, buckets)];
            self.entries[*place as usize] = ticket;
            *place += 1;
        }
        // Each start has moved to the end of its bucket, which is where the next one starts.
        self.starts.copy_within(..buckets, 1);
        self.starts[0] = 0;
        for bucket in 0..buckets {
            let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            let bucket = &mut self.entries[range];
            if !bucket.is_sorted_by_key(|ticket| (ticket.key, ticket.number)) {
                bucket.sort_unstable_by_key(|ticket| (ticket.key, ticket.number));
            }
        }
    }

    fn under(&self, key: u32) -> &[Filed] {
        let bucket = bucket(key, self.starts.len() - 1);
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let entries = &entries[entries.partition_point(|ticket| ticket.key < key)..];
        &entries[..entries.partition_point(|ticket| ticket.key == key)]
    }
}

fn bucket(key: u32, buckets: usize) -> usize {
    key as usize & (buckets - 1)
}

/// A cheap, good mixer of 64 bits (Stafford's variant 13).
#[inline]
pub(super) fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number n is filed under n % 7 and asks for n % 5.
    struct Remainders {
        expected: usize,
    }

    impl Parties for Remainders {
        fn expected(&self) -> usize {
            self.expected
        }

        fn filed(&self, round: Round, file: &mut impl FnMut(Ticket)) {
            for n in 0..500 {
                let key = mix(u64::from(n % 7));
                if round.has(key) {
                    file(Ticket { key, number: n, note: n + 1 });
                }
            }
        }

        fn asked(&self, round: Round, ask: &mut impl FnMut(Ticket)) {
            for n in 0..500 {
                let key = mix(u64::from(n % 5));
                if round.has(key) {
                    ask(Ticket { key, number: n, note: n });
                }
            }
        }
    }

    #[test]
    fn whoever_asks_meets_all_that_is_filed_in_order_however_it_is_dealt() {
        for expected in [1, 1_000, 3 * LEAST_TICKETS] {
            let mut askers = 0;
            meet(&Remainders { expected }, 1, |ticket, filed| {
                let found: Vec<u32> = filed.iter().map(|filed| filed.number).collect();
                let expected: Vec<u32> = (0..500).filter(|n| n % 7 == ticket.number % 5).collect();
                assert_eq!(found, expected);
                assert!(filed.iter().all(|filed| filed.note == filed.number + 1));
                askers += 1;
            });
            assert_eq!(askers, 500);
        }
    }
}
