//! Numbers that meet under common keys.
//!
//! Some sentences are filed under keys, others ask for them. Looking each key up in one large
//! table costs a miss of every cache and of the address translation. Here all tickets are first
//! dealt into piles by their key, writing in order, and then each pile is small enough for all its
//! lookups to stay near the processor.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::Workers;

/// Tickets held at a time for each party, six bytes each; more are dealt in rounds.
const TICKETS_A_PARTY: usize = 10;

/// Few parties make no rounds.
const LEAST_TICKETS: usize = 4 << 20;

/// About how many tickets go on a pile.
const PILE: usize = 1 << 15;

/// The tickets are made in so many shares, but for few or very many.
const SHARES: usize = 16;

/// Whose tickets are made in one go, at least.
const LEAST_SHARE: usize = 1 << 14;

/// And at most: a ticket says in two bytes which of them it is of.
const MOST_SHARE: usize = 1 << 16;

/// What meets. Each has its place.
pub(super) trait Parties: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// About how many tickets those at the places `share` have, for space.
    fn tickets(&self, share: Range<usize>) -> Tickets;

    /// Calls `each` for every ticket of this round that those at the places `share` have: the place, the key,
    /// and what the ticket is for.
    fn deal(&self, share: Range<usize>, round: Round, each: &mut impl FnMut(usize, u64, Purpose));

    /// As whom those that it meets see the one at a place.
    fn party(&self, place: usize) -> Party;
}

/// A party as others see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub(super) number: u32,
    /// Helps to tell at once that two of them are of no use to each other.
    pub(super) note: u32,
}

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its party is filed.
    File,
    /// Its party asks who is filed.
    Ask,
    /// Both: so one need not be dealt twice.
    Both,
}

/// How many tickets there are of each purpose.
pub(super) type Tickets = [usize; 3];

/// A share of the tickets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    round: u64,
    rounds: u64,
}

impl Round {
    /// All tickets at once.
    pub(super) const ONLY: Round = Round { round: 0, rounds: 1 };

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
    pub(super) party: Party,
}

/// Calls `met` for every party that asks for a key under which another is filed, with (the low half of) the key
/// and all that are filed there by rising numbers. What the calls have to say they leave in their first argument,
/// one for each pile; all of these are given back, in a fixed order. One that is alone under a key may be
/// told of itself.
pub(super) fn meet<P: Parties, T: Default + Send>(
    parties: &P,
    workers: &dyn Workers,
    met: impl Fn(&mut T, Party, u32, &[Filed]) + Sync,
) -> Vec<T> {
    let share = parties.len().div_ceil(SHARES).clamp(LEAST_SHARE, MOST_SHARE);
    let tickets = workers.map_ranges(parties.len(), share, |share| parties.tickets(share));
    let budget = LEAST_TICKETS.max(TICKETS_A_PARTY * parties.len());
    let all: usize = tickets.iter().flatten().sum();
    let rounds = all.div_ceil(budget).max(1);
    let piles = (all / rounds / PILE).clamp(1, 1 << 12).next_power_of_two();
    let mut told = Vec::with_capacity(rounds * piles);
    // The piles of one round are the buffers of the next.
    let hand = |(n, tickets)| Mutex::new(Hand::new(n * share, piles, tickets, rounds));
    let hands: Vec<Mutex<Hand>> = tickets.into_iter().enumerate().map(hand).collect();
    let tables: Mutex<Vec<Table>> = Mutex::default();
    for round in (0..rounds as u64).map(|round| Round { round, rounds: rounds as u64 }) {
        let dealt = workers.map_ranges(parties.len(), share, |places| {
            let own = &hands[places.start / share];
            let mut hand = std::mem::take(&mut *lock(own));
            hand.clear();
            parties.deal(places, round, &mut |place, key, purpose| hand.take(place, key, purpose));
            hand
        });
        told.extend(workers.map_ranges(piles, 1, |pile| {
            let pile = pile.start;
            let dealt = &dealt;
            let tickets = |purpose| dealt.iter().flat_map(move |hand| hand.pile(purpose, pile));
            let mut told = T::default();
            let mut table = lock(&tables).pop().unwrap_or_default();
            let filed = tickets(Purpose::File).chain(tickets(Purpose::Both));
            table.fill(filed, tickets(Purpose::Ask), parties);
            let asks = tickets(Purpose::Ask).filter(|&(_, key)| table.sieve.has_one(key));
            let both = tickets(Purpose::Both).filter(|&(_, key)| table.sieve.has_two(key));
            for (place, key) in asks.chain(both) {
                let under = table.under(key);
                if !under.is_empty() {
                    met(&mut told, parties.party(place), key, under);
                }
            }
            lock(&tables).push(table);
            told
        }));
        for (hand, buffers) in hands.iter().zip(dealt) {
            *lock(hand) = buffers;
        }
    }
    told
}

/// Nothing is left half done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A key of one pile, and whose ticket it is: how far its place is from the first of the share.
#[derive(Clone, Copy)]
#[repr(C, packed(2))]
struct Ticket {
    key: u32,
    place: u16,
}

/// The tickets of one share of the parties, by purpose and pile.
#[derive(Default)]
struct Hand {
    /// The place of the first party.
    start: usize,
    piles: [Vec<Vec<Ticket>>; 3],
}

impl Hand {
    /// Room for what is dealt of `tickets` in each of so many rounds.
    fn new(start: usize, piles: usize, tickets: Tickets, rounds: usize) -> Self {
        let room = |tickets: usize| tickets / (rounds * piles) * 9 / 8;
        let piles = tickets.map(|tickets| (0..piles).map(|_| Vec::with_capacity(room(tickets))).collect());
        Hand { start, piles }
    }

    fn clear(&mut self) {
        self.piles.iter_mut().flatten().for_each(Vec::clear);
    }

    /// Some bits of the key choose the pile, others will choose the place in it.
    #[inline]
    fn take(&mut self, place: usize, key: u64, purpose: Purpose) {
        let piles = &mut self.piles[purpose as usize];
        let pile = (key >> 32) as usize & (piles.len() - 1);
        piles[pile].push(Ticket { key: key as u32, place: (place - self.start) as u16 });
    }

    /// Places and keys.
    fn pile(&self, purpose: Purpose, pile: usize) -> impl Iterator<Item = (usize, u32)> + Clone {
        self.piles[purpose as usize][pile]
            .iter()
            .map(|&Ticket { key, place }| (self.start + usize::from(place), key))
    }
}

/// What is filed of one pile, by key, but for those that nobody else can ask for.
#[derive(Default)]
struct Table {
    sieve: Sieve,
    wanted: Vec<Filed>,
    /// Where each bucket starts in `entries`; one more at the end.
    starts: Vec<u32>,
    entries: Vec<Filed>,
}

impl Table {
    /// Puts other tickets, places and keys, in the place of those that were there.
    fn fill(
        &mut self,
        filed: impl Iterator<Item = (usize, u32)> + Clone,
        asking: impl Iterator<Item = (usize, u32)> + Clone,
        parties: &impl Parties,
    ) {
        let Table { sieve, wanted, starts, entries } = self;
        sieve.fill(filed.clone().map(|(_, key)| key), asking.map(|(_, key)| key));
        wanted.clear();
        let is_wanted = |&(_, key): &(usize, u32)| sieve.is_wanted(key);
        wanted.extend(filed.filter(is_wanted).map(|(place, key)| Filed { key, party: parties.party(place) }));
        let buckets = wanted.len().max(1).next_power_of_two();
        starts.clear();
        starts.resize(buckets + 1, 0);
        for filed in wanted.iter() {
            starts[bucket(filed.key, buckets) + 1] += 1;
        }
        for bucket in 0..buckets {
            starts[bucket + 1] += starts[bucket];
        }
        entries.resize(wanted.len(), Filed::default());
        for &filed in wanted.iter() {
            let place = &mut starts[bucket(filed.key, buckets)];
            entries[*place as usize] = filed;
            *place += 1;
        }
        // Each start has moved to the end of its bucket, which is where the next one starts.
        starts.copy_within(..buckets, 1);
        starts[0] = 0;
        let order = |filed: &Filed| (filed.key, filed.party.number);
        for bucket in 0..buckets {
            let bucket = &mut entries[starts[bucket] as usize..starts[bucket + 1] as usize];
            if !bucket.is_sorted_by_key(order) {
                bucket.sort_unstable_by_key(order);
            }
        }
    }

    fn under(&self, key: u32) -> &[Filed] {
        let bucket = bucket(key, self.starts.len() - 1);
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let entries = &entries[entries.partition_point(|filed| filed.key < key)..];
        &entries[..entries.partition_point(|filed| filed.key == key)]
    }
}

/// What can be told of a key at once. Most keys have one ticket, which meets nobody: those never get as far as
/// the table.
#[derive(Default)]
struct Sieve {
    marks: Vec<Mark>,
}

/// A bit for each of some keys, which may share it.
#[derive(Clone, Copy, Default)]
struct Mark {
    filed: u32,
    filed_twice: u32,
    asked: u32,
}

/// Bits for each ticket: one key in so many seems to be that of another, too.
const BITS_A_TICKET: usize = 16;

impl Sieve {
    /// Takes note of the keys under which some are filed, and of those that others ask for.
    fn fill(&mut self, filed: impl Iterator<Item = u32> + Clone, asking: impl Iterator<Item = u32> + Clone) {
        let tickets = filed.clone().count() + asking.clone().count();
        self.marks.clear();
        let marks = (tickets * BITS_A_TICKET / u32::BITS as usize).max(1).next_power_of_two();
        self.marks.resize(marks, Mark::default());
        for key in filed {
            let (mark, bit) = self.place(key);
            let mark = &mut self.marks[mark];
            mark.filed_twice |= mark.filed & bit;
            mark.filed |= bit;
        }
        for key in asking {
            let (mark, bit) = self.place(key);
            self.marks[mark].asked |= bit;
        }
    }

    fn place(&self, key: u32) -> (usize, u32) {
        (key as usize >> 5 & (self.marks.len() - 1), 1 << (key & 31))
    }

    /// False if nothing is filed under this key.
    fn has_one(&self, key: u32) -> bool {
        let (mark, bit) = self.place(key);
        self.marks[mark].filed & bit != 0
    }

    /// False if no two are filed under this key.
    fn has_two(&self, key: u32) -> bool {
        let (mark, bit) = self.place(key);
        self.marks[mark].filed_twice & bit != 0
    }

    /// False if what is filed under this key is asked for by nobody but itself.
    fn is_wanted(&self, key: u32) -> bool {
        let (mark, bit) = self.place(key);
        (self.marks[mark].filed_twice | self.marks[mark].asked) & bit != 0
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
    use crate::model::OneByOne;

    /// Number n is filed under n % 7 and asks for n % 5.
    struct Remainders {
        tickets: usize,
    }

    impl Parties for Remainders {
        fn len(&self) -> usize {
            3 * LEAST_SHARE
        }

        fn tickets(&self, share: Range<usize>) -> Tickets {
            [self.tickets / 3, self.tickets, 0].map(|tickets| tickets * share.len() / self.len())
        }

        fn party(&self, place: usize) -> Party {
            Party { number: place as u32, note: place as u32 + 1 }
        }

        fn deal(&self, share: Range<usize>, round: Round, each: &mut impl FnMut(usize, u64, Purpose)) {
            for n in share {
                let (filed, asked) = (mix(n as u64 % 7), mix(n as u64 % 9));
                if n % 100 == 3 && round.has(filed) {
                    // Some ask with the number under which they are filed, too.
                    each(n, filed, if n % 300 == 3 { Purpose::Both } else { Purpose::File });
                }
                if n % 1000 == 5 && round.has(asked) {
                    each(n, asked, Purpose::Ask);
                }
            }
        }
    }

    #[test]
    fn whoever_asks_meets_all_that_is_filed_in_order_however_it_is_dealt() {
        for tickets in [1, 1_000, 3 * LEAST_TICKETS] {
            let told: Vec<Vec<u32>> =
                meet(&Remainders { tickets }, &OneByOne, |askers: &mut Vec<u32>, asker, _, filed| {
                    let found: Vec<u32> = filed.iter().map(|filed| filed.party.number).collect();
                    let all = (0..3 * LEAST_SHARE as u32).filter(|n| n % 100 == 3);
                    let asked = if asker.number % 1000 == 5 { asker.number % 9 } else { asker.number % 7 };
                    assert_eq!(found, all.filter(|n| n % 7 == asked).collect::<Vec<_>>());
                    assert!(filed.iter().all(|filed| filed.party.note == filed.party.number + 1));
                    askers.push(asker.number);
                });
            let mut askers: Vec<u32> = told.into_iter().flatten().collect();
            askers.sort_unstable();
            let all = (0..3 * LEAST_SHARE as u32).filter(|n| n % 1000 == 5 && n % 9 < 7 || n % 300 == 3);
            assert_eq!(askers, all.collect::<Vec<_>>());
        }
    }
}
