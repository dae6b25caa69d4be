//! Words as a tree of letters, in which those a few edits away are found without looking at the others.

use super::LONGEST;

/// The words of a sorted list, by their letters.
pub(super) struct Letters {
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Node {
    child: u32,
    sibling: u32,
    word: u32,
    letter: u8,
}

const NONE: u32 = u32::MAX;

impl Letters {
    /// The tree of `words`, which come sorted and in ASCII.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Letters {
        let mut nodes = vec![Node { child: NONE, sibling: NONE, word: NONE, letter: 0 }];
        // The nodes from the root to the end of the last word, and the last child of each.
        let mut path: Vec<u32> = vec![0];
        let mut last = "";
        for (place, word) in words.enumerate() {
            let shared = last.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            let mut previous = path.get(shared + 1).copied().unwrap_or(NONE);
            path.truncate(shared + 1);
            for letter in word.bytes().skip(shared) {
                let id = nodes.len() as u32;
                nodes.push(Node { child: NONE, sibling: NONE, word: NONE, letter });
                let parent = path[path.len() - 1];
                if previous == NONE {
                    nodes[parent as usize].child = id;
                } else {
                    // Words come sorted, so the branch that ended last is the last child.
                    nodes[previous as usize].sibling = id;
                }
                previous = NONE;
                path.push(id);
            }
            let end = path[path.len() - 1];
            nodes[end as usize].word = place as u32;
            last = word;
        }
        Letters { nodes }
    }

    /// The places of words within `limit` edits of `word`, and how far they are.
    pub(super) fn near(&self, word: &[u8], limit: u8) -> Vec<(u32, u8)> {
        let mut rows = [[0u8; LONGEST + 1]; LONGEST + 4];
        for (column, cell) in rows[0].iter_mut().enumerate() {
            *cell = column as u8;
        }
        let mut descent =
            Descent { nodes: &self.nodes, word, limit, rows, letters: [0; LONGEST + 4], found: Vec::new() };
        descent.descend(0, 0);
        descent.found
    }
}

/// A walk through the tree, from the root down every branch that could still end near the word.
struct Descent<'a> {
    nodes: &'a [Node],
    word: &'a [u8],
    limit: u8,
    /// Optimal string alignment distances, one row a letter of the branch.
    rows: [[u8; LONGEST + 1]; LONGEST + 4],
    /// The letters of the branch.
    letters: [u8; LONGEST + 4],
    found: Vec<(u32, u8)>,
}

impl Descent<'_> {
    fn descend(&mut self, node: u32, depth: usize) {
        if depth + 1 >= self.rows.len() {
            return;
        }
        let mut child = self.nodes[node as usize].child;
        while child != NONE {
            let next = self.nodes[child as usize];
            self.letters[depth] = next.letter;
            let least = fill_row(self.word, depth + 1, self.limit, &mut self.rows, &self.letters);
            if next.word != NONE {
                let distance = self.rows[depth + 1][self.word.len()];
                if distance > 0 && distance <= self.limit {
                    self.found.push((next.word, distance));
                }
            }
            if least <= self.limit {
                self.descend(child, depth + 1);
            }
            child = next.sibling;
        }
    }
}

/// Fills row `depth` from the rows above; returns its least cell.
fn fill_row(word: &[u8], depth: usize, limit: u8, rows: &mut [[u8; LONGEST + 1]], letters: &[u8]) -> u8 {
    let letter = letters[depth - 1];
    // Cells further from the diagonal than the limit cannot come back under it.
    let first = depth.saturating_sub(usize::from(limit) + 1);
    let last = (depth + usize::from(limit) + 1).min(word.len());
    if first > word.len() {
        return u8::MAX;
    }
    let (above, current) = rows.split_at_mut(depth);
    let row = &mut current[0];
    let up = &above[depth - 1];
    let far = u8::MAX - 2;
    let mut least = far;
    for column in first..=last {
        let mut cell = if column == 0 {
            depth as u8
        } else {
            let left = if column > first { row[column - 1] } else { far };
            let over = if column <= depth + usize::from(limit) { up[column] } else { far };
            let diagonal = up[column - 1] + u8::from(word[column - 1] != letter);
            diagonal.min(left + 1).min(over.saturating_add(1))
        };
        if depth > 1
            && column > 1
            && word[column - 1] == letters[depth - 2]
            && word[column - 2] == letter
            && word[column - 1] != letter
        {
            cell = cell.min(above[depth - 2][column - 2] + 1);
        }
        row[column] = cell;
        least = least.min(cell);
    }
    if last < word.len() {
        row[last + 1] = far;
    }
    least
}
