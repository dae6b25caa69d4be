//! Which pairs of a document are shown, and which of them make one point.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::Restatement;

/// A row counts so much less for each row that shows one of its sentences already: the reader has
/// met that point.
const SHOWN_BEFORE: f32 = 0.7;

/// Two sentences that may make one point. Sentences are places in the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) later: u32,
    pub(super) earlier: u32,
    pub(super) overlap: f32,
    pub(super) score: f32,
}

/// A candidate by what it is worth; the earlier one first among equals.
struct Ranked {
    worth: f32,
    candidate: Candidate,
}

impl Ranked {
    fn key(&self) -> (Reverse<u32>, Reverse<u32>) {
        (Reverse(self.candidate.later), Reverse(self.candidate.earlier))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then_with(|| self.key().cmp(&other.key()))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

/// The best of the candidates, at most `most` and none that is worth less than `least`, by later
/// sentence. No sentence is the later one twice.
pub(super) fn choose(candidates: Vec<Candidate>, least: f32, most: usize) -> Vec<Restatement> {
    let sentences = candidates.iter().map(|candidate| candidate.later + 1).max().unwrap_or(0) as usize;
    let mut shown = vec![0i32; sentences];
    // For each sentence that restates another, the one it restates.
    let mut restates: Vec<Option<u32>> = vec![None; sentences];
    let mut heap: BinaryHeap<Ranked> = candidates
        .into_iter()
        .filter(|candidate| candidate.score >= least)
        .map(|candidate| Ranked { worth: candidate.score, candidate })
        .collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < most
        && let Some(Ranked { worth, candidate }) = heap.pop()
    {
        let (later, earlier) = (candidate.later as usize, candidate.earlier as usize);
        let now = candidate.score * SHOWN_BEFORE.powi(shown[later] + shown[earlier]);
        if restates[later].is_some() || now < least {
            continue;
        }
        if now < worth {
            // Others were shown since it was ranked.
            heap.push(Ranked { worth: now, candidate });
            continue;
        }
        restates[later] = Some(candidate.earlier);
        shown[later] += 1;
        shown[earlier] += 1;
        chosen.push(candidate);
    }
    chosen.sort_by_key(|candidate| candidate.later);
    told(&chosen, &restates, least)
}

/// Rows by later sentence, each with its point: the first sentence of those it hangs together with.
fn told(chosen: &[Candidate], restates: &[Option<u32>], least: f32) -> Vec<Restatement> {
    let mut points: Vec<u32> = (0..restates.len() as u32).collect();
    let mut sizes = vec![1u32; restates.len()];
    // The earlier sentence's point is settled before the later one's.
    for (place, earlier) in restates.iter().enumerate() {
        if let Some(earlier) = earlier {
            points[place] = points[*earlier as usize];
            sizes[points[place] as usize] += 1;
        }
    }
    chosen
        .iter()
        .map(|candidate| {
            let point = points[candidate.later as usize];
            Restatement {
                later: candidate.later,
                earlier: candidate.earlier,
                overlap: candidate.overlap,
                // One in three just above the bar, two in three at four times as much.
                confidence: candidate.score / (candidate.score + 2.0 * least),
                point,
                sentences: sizes[point as usize],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(earlier: u32, later: u32, score: f32) -> Candidate {
        Candidate { later, earlier, overlap: 0.5, score }
    }

    fn pairs(candidates: &[Candidate], most: usize) -> Vec<(u32, u32, u32, u32)> {
        let rows = choose(candidates.to_vec(), 1.0, most);
        rows.iter().map(|row| (row.earlier, row.later, row.point, row.sentences)).collect()
    }

    #[test]
    fn a_sentence_is_shown_once_as_the_later_with_its_best_partner() {
        assert_eq!(pairs(&[candidate(0, 2, 3.0), candidate(1, 2, 4.0)], 9), [(1, 2, 1, 2)]);
    }

    #[test]
    fn sentences_that_hang_together_make_one_point() {
        let chain = [candidate(0, 1, 9.0), candidate(1, 2, 9.0), candidate(3, 4, 9.0)];
        assert_eq!(pairs(&chain, 9), [(0, 1, 0, 3), (1, 2, 0, 3), (3, 4, 3, 2)]);
    }

    #[test]
    fn a_new_point_comes_before_more_of_a_point_that_was_shown() {
        let many = [candidate(0, 1, 5.0), candidate(0, 2, 4.0), candidate(3, 4, 3.0)];
        assert_eq!(pairs(&many, 2), [(0, 1, 0, 2), (3, 4, 3, 2)]);
        assert_eq!(pairs(&many, 3).len(), 3);
    }

    #[test]
    fn what_is_worth_too_little_is_not_shown_however_much_room_there_is() {
        assert_eq!(pairs(&[candidate(0, 1, 0.9)], 9), []);
        assert_eq!(pairs(&[candidate(0, 1, 5.0), candidate(0, 2, 1.2)], 9), [(0, 1, 0, 2)]);
    }
}
