//! Which words stand side by side: a pruned back-off bigram model.

use std::io;
use std::num::NonZeroU16;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::columns::Columns;
use super::lexicon::WordHash;

/// A word of the bigram model: one more than its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VocabularyId(NonZeroU16);

impl VocabularyId {
    /// The word at a place.
    pub(super) const fn of(place: u16) -> VocabularyId {
        VocabularyId(NonZeroU16::MIN.saturating_add(place))
    }

    /// Its place.
    pub(super) const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A pruned back-off bigram model. Probabilities are costs: 24 times the negated base ten logarithm.
pub(super) struct Bigrams {
    ids: FxHashMap<u64, VocabularyId>,
    pub(super) unigram_costs: Vec<u8>,
    backoff_costs: Vec<u8>,
    rows: Rows,
    /// The words that are much likelier after each word than elsewhere.
    rights: Companions,
    /// The words after which each word is much likelier than elsewhere.
    lefts: Companions,
}

/// What was seen after each word, as one small hash table a word: a look is mostly one step, where
/// halving the row of a common word would be a dozen.
struct Rows {
    /// Where the row of each left word starts in `slots`; one more at the end.
    starts: Vec<u32>,
    /// A right word and, above it, its cost, so that both are there with one look; or [`Rows::EMPTY`].
    slots: Vec<u32>,
}

impl Rows {
    /// No right word: there are fewer words than that.
    const EMPTY: u16 = u16::MAX;

    /// Empty rows with room for so many right words each, and a quarter more: one slot of each stays empty.
    fn new(lengths: impl Iterator<Item = u32>) -> Rows {
        let mut end = 0;
        let ends = lengths.map(|length| {
            end += length + length / 4 + 1;
            end
        });
        let starts: Vec<u32> = std::iter::once(0).chain(ends).collect();
        let slots = starts[starts.len() - 1] as usize;
        Rows { starts, slots: vec![u32::from(Rows::EMPTY); slots] }
    }

    /// Where `right` stands in the row of `left`, or the place where it would stand; and what is there.
    #[inline]
    fn place(&self, left: usize, right: u16) -> (usize, u32) {
        let (start, end) = (self.starts[left] as usize, self.starts[left + 1] as usize);
        let row = &self.slots[start..end];
        // Spreads the words over the row, whatever its length (Lemire, TOMACS'19).
        let spread = u64::from(u32::from(right).wrapping_mul(0x9E37_79B9));
        let mut at = ((spread * row.len() as u64) >> 32) as usize;
        loop {
            let slot = row[at];
            if slot as u16 == right || slot as u16 == Rows::EMPTY {
                return (start + at, slot);
            }
            at += 1;
            if at == row.len() {
                at = 0;
            }
        }
    }

    fn insert(&mut self, left: usize, right: u16, cost: u8) {
        let (at, _) = self.place(left, right);
        self.slots[at] = u32::from(cost) << u16::BITS | u32::from(right);
    }

    #[inline]
    fn get(&self, left: usize, right: u16) -> Option<u8> {
        let (_, slot) = self.place(left, right);
        (slot as u16 == right).then_some((slot >> u16::BITS) as u8)
    }
}

/// For each word, which others keep it company on one side: Bloom filters in blocks of one machine word
/// (Putze, Sanders and Singler, JEA'09), a stretch of blocks for each word. A look costs one load, and looks
/// for the company of one word are near each other: mostly it is a common one, whose stretch is at hand.
struct Companions {
    /// Where the stretch of each word starts in `blocks`; one more at the end.
    starts: Vec<u32>,
    blocks: Vec<u64>,
}

/// The words that keep one word company on one side.
#[derive(Clone, Copy)]
pub struct Company<'l> {
    /// Never empty.
    blocks: &'l [u64],
}

impl Companions {
    /// Bits for each pair: with four of them set, one pair in two hundred that is not there seems to be.
    const BITS: u32 = 19;

    /// Filters with room for so many companions of each word.
    fn new(companions: &[u32]) -> Companions {
        let mut end = 0;
        let ends = companions.iter().map(|companions| {
            end += (companions * Self::BITS).div_ceil(u64::BITS);
            end
        });
        let starts: Vec<u32> = std::iter::once(0).chain(ends).collect();
        let blocks = vec![0; starts[companions.len()] as usize];
        Companions { starts, blocks }
    }

    #[inline]
    fn stretch(&self, word: VocabularyId) -> Range<usize> {
        self.starts[word.index()] as usize..self.starts[word.index() + 1] as usize
    }

    fn insert(&mut self, word: VocabularyId, companion: VocabularyId) {
        let stretch = self.stretch(word);
        let companion = Companion::of(companion);
        self.blocks[stretch.start + companion.block(stretch.len())] |= companion.bits;
    }

    #[inline]
    fn of(&self, word: Option<VocabularyId>) -> Company<'_> {
        let blocks = word.map_or(&[][..], |word| &self.blocks[self.stretch(word)]);
        Company { blocks: if blocks.is_empty() { &[0] } else { blocks } }
    }
}

/// A word that is asked for among the company of others.
#[derive(Clone, Copy, Debug)]
pub struct Companion {
    /// Chooses the block, whatever the number of blocks (Lemire, TOMACS'19).
    spread: u32,
    /// Its bits there.
    bits: u64,
}

impl Companion {
    /// The same as a companion of others.
    #[inline]
    pub fn of(word: VocabularyId) -> Companion {
        let mixed = u64::from(word.0.get()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The upper bits of a product are the best mixed. Of those that choose the block the lowest say the
        // least, so they may choose bits, too. Two pairs of bits, each turned by six bits of the product: as
        // good as four bits by themselves, for half the work.
        let bits = 0x81_u64.rotate_left((mixed >> 32) as u32) | 0x8001_u64.rotate_left((mixed >> 26) as u32);
        Companion { spread: (mixed >> 32) as u32, bits }
    }

    #[inline]
    fn block(self, blocks: usize) -> usize {
        ((u64::from(self.spread) * blocks as u64) >> 32) as usize
    }
}

impl Company<'_> {
    /// True for a word that keeps it company.
    #[inline]
    pub fn has(self, word: Companion) -> bool {
        self.blocks[word.block(self.blocks.len())] & word.bits == word.bits
    }
}

const COST: f32 = 24.0;

/// Cost by which a word is likelier after its left neighbour than elsewhere, to belong together: a factor of
/// three. From less hardly a slip was found, and from more (a factor of five) some fewer.
const STRONG: u8 = 12;

/// A word that the model does not know. Zipf: its probability is about a tenth of one in its rank.
fn unknown(rarity: f32) -> f32 {
    -1.0 - rarity
}

impl Bigrams {
    pub(super) fn read(blob: &[u8]) -> io::Result<Bigrams> {
        let mut columns = Columns { rest: blob };
        let vocabulary = columns.number();
        let count = columns.number();
        let (text, _) = columns.lines(vocabulary)?;
        let mut ids = FxHashMap::with_capacity_and_hasher(vocabulary, Default::default());
        let hashes = text.split_terminator('\n').map(|word| WordHash::of(word.as_bytes()).0);
        ids.extend(hashes.zip((0..).map(VocabularyId::of)));
        let unigram_costs = columns.bytes(vocabulary).to_vec();
        let backoff_costs = columns.bytes(vocabulary).to_vec();
        assert!(vocabulary <= usize::from(Rows::EMPTY), "words have numbers of two bytes");
        let lengths: Vec<u32> = (0..vocabulary).map(|_| columns.varint()).collect();
        let mut pairs = Vec::with_capacity(count);
        for (left, &length) in (0u16..).zip(&lengths) {
            let mut right = 0;
            for _ in 0..length {
                right += columns.varint() as u16;
                pairs.push((left, right));
            }
        }
        let mut rows = Rows::new(lengths.iter().copied());
        let (mut rights, mut lefts) = (vec![0; vocabulary], vec![0; vocabulary]);
        let mut strong = Vec::with_capacity(count);
        for (&(left, right), &cost) in pairs.iter().zip(columns.bytes(count)) {
            let (left_at, right_at) = (usize::from(left), usize::from(right));
            rows.insert(left_at, right, cost);
            if unigram_costs[right_at].saturating_sub(cost) >= STRONG {
                rights[left_at] += 1;
                lefts[right_at] += 1;
                strong.push((left, right));
            }
        }
        let (mut rights, mut lefts) = (Companions::new(&rights), Companions::new(&lefts));
        for (left, right) in strong {
            rights.insert(VocabularyId::of(left), VocabularyId::of(right));
            lefts.insert(VocabularyId::of(right), VocabularyId::of(left));
        }
        Ok(Bigrams { ids, unigram_costs, backoff_costs, rows, rights, lefts })
    }

    pub(super) fn follows(
        &self,
        left: Option<VocabularyId>,
        right: Option<VocabularyId>,
        right_rarity: f32,
    ) -> (f32, bool) {
        let Some(right) = right else { return (unknown(right_rarity), false) };
        let unigram = f32::from(self.unigram_costs[right.index()]);
        let Some(left) = left else { return (-unigram / COST, false) };
        match self.rows.get(left.index(), right.index() as u16) {
            Some(cost) => (-f32::from(cost) / COST, true),
            None => (-(unigram + f32::from(self.backoff_costs[left.index()])) / COST, false),
        }
    }

    /// No less than what `right` comes to after any word that does not keep company with it: one with which
    /// it was never seen, or not much more often than elsewhere.
    pub(super) fn follows_at_most(&self, right: Option<VocabularyId>, right_rarity: f32) -> f32 {
        let Some(right) = right else { return unknown(right_rarity) };
        let least = self.unigram_costs[right.index()].saturating_sub(STRONG - 1);
        -f32::from(least) / COST
    }

    /// All words, in no order.
    pub(super) fn ids(&self) -> impl Iterator<Item = (WordHash, VocabularyId)> {
        self.ids.iter().map(|(&word, &id)| (WordHash(word), id))
    }

    /// The number of a word.
    pub(super) fn id(&self, word: WordHash) -> Option<VocabularyId> {
        self.ids.get(&word.0).copied()
    }

    /// The words that are much likelier after `word` than elsewhere.
    #[inline]
    pub(super) fn rights_of(&self, word: Option<VocabularyId>) -> Company<'_> {
        self.rights.of(word)
    }

    /// The words after which `word` is much likelier than elsewhere.
    #[inline]
    pub(super) fn lefts_of(&self, word: Option<VocabularyId>) -> Company<'_> {
        self.lefts.of(word)
    }
}
