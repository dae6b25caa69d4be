//! What the run before left of each source, as far as it still holds.
//!
//! A source is *fresh* when the file system says that nobody wrote to it, or when it was written and
//! has the same bytes as before. What the survey learned of a fresh source is recalled instead of
//! learned again. Whether its rows and its copy still hold as well is known only after resolve: see
//! `reuse.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::plan::Plan;
use super::survey::{LinesRead, Part, Share, SurveyedUnit};
use super::wishes::Decided;
use crate::decide::Reach;
use crate::dedup::{Fingerprints, SharedWords};
use crate::input::Reader;
use crate::language::WordHash;
use crate::model::{Compression, Format, Problem, Severity, Source};
use crate::output::Checksums;
use crate::spell::{SharedSpellings, Testimony, WordCounts};
use crate::state::{Block, Forgotten, Stamp, StateError, StateFolder, Store, Unpacker};

/// What a run leaves behind, but for the bytes in blocks.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Index {
    /// What a survey depends on besides the source.
    pub(super) survey_key: u128,
    /// What rows and copies depend on besides the survey.
    pub(super) rewrite_key: u128,
    /// How many words were numbered when that was begun anew.
    pub(super) numbered: u64,
    /// When the survey began, in seconds of the file system's clock.
    pub(super) clock: i64,
    /// The words that fingerprints number, each followed by a line feed.
    pub(super) words: Block,
    /// The words that counts number: their hashes, and their spellings like those.
    pub(super) hashes: Block,
    pub(super) spellings: Block,
    /// What the corpus said of each suspicious word: its hash and two numbers, see [`Testimony`].
    pub(super) evidence: Block,
    /// Hashes of the ids of all rows, sorted.
    pub(super) rows: Block,
    /// In corpus order.
    pub(super) sources: Vec<Entry>,
}

/// What is remembered of a source.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its path from the corpus root, in the bytes of the system.
    pub(super) path: Vec<u8>,
    pub(super) stamp: Stamp,
    /// XXH3-128 of its bytes after unpacking, for a source that is one document.
    pub(super) hash: Option<u128>,
    /// What people had decided that may be about it.
    pub(super) decisions: u64,
    pub(super) parts: Vec<PartEntry>,
    pub(super) rewritten: Option<RewrittenEntry>,
}

/// What the survey learned of a batch.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct PartEntry {
    pub(super) facts: Block,
    pub(super) fingerprints: Block,
    pub(super) words: Block,
}

/// What the second walk made of a source.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RewrittenEntry {
    pub(super) pieces: Vec<Block>,
    /// What was found by looking at the corpus as a whole: see `reuse.rs`.
    pub(super) told: u64,
    pub(super) weighed: Weighed,
    pub(super) compression: Compression,
    pub(super) sums: Sums,
    pub(super) left_out: bool,
    /// The copy, if one was written.
    pub(super) copy: Option<Stamp>,
}

/// The words for which it was weighed what the corpus says of them: from each name to the next, in their order.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Weighed(Vec<u32>);

impl Weighed {
    /// What a word is called here, in 24 bits. Should two words be called the same, more is read again than
    /// need be.
    pub(super) fn name(WordHash(hash): WordHash) -> u32 {
        (hash >> 40) as u32
    }

    /// Words by their names.
    pub(super) fn of(names: BTreeSet<u32>) -> Weighed {
        let mut last = 0;
        Weighed(names.into_iter().map(|name| name - std::mem::replace(&mut last, name)).collect())
    }

    /// The names of the words.
    pub(super) fn names(&self) -> impl Iterator<Item = u32> {
        self.0.iter().scan(0u32, |name, &step| {
            *name = name.wrapping_add(step);
            Some(*name)
        })
    }
}

/// [`Checksums`] in fewer bytes: there they are for people.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sums {
    hashes: [u128; 2],
    bytes: [u64; 2],
}

impl Sums {
    pub(super) fn of(sums: &Checksums) -> Sums {
        let Checksums { hash_before, hash_after, bytes_before, bytes_after } = *sums;
        Sums { hashes: [hash_before, hash_after], bytes: [bytes_before, bytes_after] }
    }

    pub(super) fn checksums(&self) -> Checksums {
        let Sums { hashes: [hash_before, hash_after], bytes: [bytes_before, bytes_after] } = *self;
        Checksums { hash_before, hash_after, bytes_before, bytes_after }
    }

    /// True if the text after cleaning is the same.
    pub(super) fn ends_as(&self, other: &Checksums) -> bool {
        (self.hashes[1], self.bytes[1]) == (other.hash_after, other.bytes_after)
    }
}

/// What the survey learned of a batch, but for its sentences and words.
#[derive(Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) first_line: u64,
    pub(super) hashes: Vec<u128>,
    pub(super) lines: Vec<u64>,
    pub(super) ids: Vec<String>,
    pub(super) bytes: u64,
    pub(super) sentences: u64,
    pub(super) lines_read: LinesRead,
    pub(super) problems: Vec<(Option<u64>, Severity, String)>,
    pub(super) decided: Vec<Decided>,
}

/// What the run before left.
#[derive(Default)]
pub(super) struct Memory {
    store: Option<Store>,
    pub(super) index: Index,
    places: FxHashMap<Vec<u8>, usize>,
    /// The words that fingerprints number, and those that counts number.
    words: Arc<SharedWords>,
    spellings: SharedSpellings,
    /// What people decided, by what it may be about.
    decisions: DecisionKeys,
}

/// Fewer words that are of no use any more are no reason to number all anew.
const WORDS_TO_SPARE: u64 = 1_000;

/// What the file system said of a source before anything of it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// `None` when it cannot be known again.
    pub(super) stamp: Option<Stamp>,
    /// What is remembered of it still holds.
    pub(super) is_fresh: bool,
}

impl Memory {
    /// What the run before left in `folder` for a run like this one.
    ///
    /// # Errors
    /// Why there is nothing to go by.
    pub(super) fn open(folder: &StateFolder, plan: &Plan) -> Result<Memory, Forgotten> {
        let (store, index) = Store::open::<Index>(&folder.file())?;
        if index.survey_key != survey_key(plan) {
            return Err(Forgotten::OtherVersion);
        }
        let mut unpacker = Unpacker::new()?;
        let mut lines =
            |block| String::from_utf8(unpacker.unpack(&store.read(block)?)?).map_err(|_| Forgotten::Damaged);
        let words = Arc::new(lines(index.words)?.split_terminator('\n').collect());
        let spellings = lines(index.spellings)?.split_terminator('\n').collect();
        let hashes = words_of(&store.read(index.hashes)?).map(WordHash).collect();
        let spellings = SharedSpellings::new(hashes, spellings).ok_or(Forgotten::Damaged)?;
        let places = index.sources.iter().enumerate().map(|(at, entry)| (entry.path.clone(), at)).collect();
        let decisions = DecisionKeys::new(plan);
        Ok(Memory { store: Some(store), index, places, words, spellings, decisions })
    }

    /// Nothing, for a run that begins to remember.
    pub(super) fn blank(plan: &Plan) -> Memory {
        Memory { decisions: DecisionKeys::new(plan), ..Memory::default() }
    }

    /// What is remembered of a source.
    pub(super) fn entry(&self, source: &Source) -> Option<&Entry> {
        self.places.get(path_bytes(source)).map(|&place| &self.index.sources[place])
    }

    /// A number for what people decided that may be about a source.
    pub(super) fn decisions_about(&self, source: &Source) -> u64 {
        self.decisions.about(source)
    }

    /// Looks at all sources. Reads those that were written to since the run before.
    pub(super) fn look(&self, sources: &[Source], plan: &Plan, pool: &ThreadPool) -> Vec<Seen> {
        let look = |source: &Source| {
            let stamp = stamp(source);
            let is_fresh = stamp.is_some_and(|stamp| self.is_fresh(source, &stamp, plan));
            Seen { stamp, is_fresh }
        };
        pool.install(|| sources.par_iter().map(look).collect())
    }

    fn is_fresh(&self, source: &Source, now: &Stamp, plan: &Plan) -> bool {
        let Some(entry) = self.entry(source) else { return false };
        if entry.decisions != self.decisions_about(source) {
            return false;
        }
        if *now == entry.stamp && !now.is_racy(self.index.clock) {
            return true;
        }
        // Only what is one document is read whole before anything is known of it.
        let batch = || Reader::open(source, &plan.input).ok()?.next_batch().ok()?;
        entry.hash.is_some_and(|hash| batch().is_some_and(|batch| xxh3_128(&batch.raw) == hash))
    }

    /// What the survey learned of these sources, which are fresh, as if it learned it now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn recall(
        &self,
        place: usize,
        sources: Range<usize>,
        corpus: &[Source],
        seen: &[Seen],
    ) -> Result<SurveyedUnit, StateError> {
        let mut unit = SurveyedUnit::new(place);
        let mut prints = Vec::new();
        let mut has_prints = false;
        let mut unpacker = unpacker()?;
        let mut unpack = |packed: &[u8]| {
            unpacker.unpack(packed).map_err(|_| broken("what is known of it cannot be unpacked"))
        };
        for index in sources {
            let source = &corpus[index];
            let Some(entry) = self.entry(source) else { return Err(broken("nothing is known of it")) };
            unit.walked += source.size;
            for &PartEntry { facts, fingerprints, words: counts } in &entry.parts {
                let blocks = [self.read(facts)?, self.read(fingerprints)?, self.read(counts)?];
                let [facts, fingerprints, counts] = &blocks;
                let facts: Facts = postcard::from_bytes(&unpack(facts)?)
                    .map_err(|_| broken("what is known of it cannot be read"))?;
                let mut share = Share::new(index, seen[index].stamp, entry.hash, &unit);
                unit.remembered(index, source, facts);
                let block = unpack(fingerprints)?;
                has_prints |= !block.is_empty();
                prints.push(block);
                let block = unpack(counts)?;
                let unread = || broken("its words cannot be read");
                if !block.is_empty() {
                    unit.recalled.add(&block, self.spellings.len()).ok_or_else(unread)?;
                }
                if !self.renumbers() {
                    share.blocks = Some(blocks);
                } else if !block.is_empty() {
                    let words = WordCounts::decode(&block, &self.spellings);
                    share.words = Some(words.ok_or_else(unread)?);
                }
                share.close(&unit);
                unit.shares.push(share);
            }
        }
        if has_prints {
            let blocks: Vec<&[u8]> = prints.iter().map(Vec::as_slice).collect();
            let prints = Fingerprints::decode(&blocks, &self.words);
            unit.fingerprints.push(prints.ok_or_else(|| broken("its sentences cannot be read"))?);
        } else {
            unit.languages.resize(unit.hashes.len(), None);
        }
        Ok(unit)
    }

    /// True when so many of the numbered words are of documents of the past that all is to be numbered
    /// anew.
    pub(super) fn renumbers(&self) -> bool {
        let numbered = self.words.len() + self.spellings.len();
        numbered as u64 > 2 * self.index.numbered + WORDS_TO_SPARE
    }

    /// The words that are numbered, of fingerprints.
    pub(super) fn words(&self) -> &SharedWords {
        &self.words
    }

    /// The words that are numbered, of counts.
    pub(super) fn spellings(&self) -> &SharedSpellings {
        &self.spellings
    }

    /// The bytes of a block.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn read(&self, block: Block) -> Result<Vec<u8>, StateError> {
        let Some(store) = &self.store else { return Ok(Vec::new()) };
        store.read(block).map_err(|cause| broken(&cause.to_string()))
    }

    /// What the corpus said of suspicious words when the run before looked at them.
    pub(super) fn evidence(&self) -> Result<Vec<(WordHash, Testimony)>, StateError> {
        let block = self.read(self.index.evidence)?;
        postcard::from_bytes(&block).map_err(|_| broken("what it says of words cannot be read"))
    }

    /// For each numbered word whether its hash is among these.
    pub(super) fn numbers_of(&self, hashes: &FxHashSet<WordHash>) -> Vec<bool> {
        self.spellings.iter().map(|(hash, _)| hashes.contains(&hash)).collect()
    }

    /// Hashes of the ids of the rows that the run before had.
    pub(super) fn rows(&self) -> Result<FxHashSet<u64>, StateError> {
        Ok(words_of(&self.read(self.index.rows)?).collect())
    }
}

impl SurveyedUnit {
    /// Adds what is known of the next batch of a source.
    fn remembered(&mut self, index: usize, source: &Source, facts: Facts) {
        let documents = facts.hashes.len() as u32;
        let before = self.hashes.len();
        self.parts.push(Part { source: index, first_line: facts.first_line, documents, failed: false });
        self.hashes.extend(facts.hashes);
        self.lines.extend(facts.lines);
        self.ids.extend(facts.ids);
        self.bytes += facts.bytes;
        self.sentences += facts.sentences;
        self.lines_read.add(facts.lines_read);
        let problem =
            |(line, severity, message)| Problem { name: source.name.clone(), line, severity, message };
        self.problems.extend(facts.problems.into_iter().map(problem));
        self.decided.extend(facts.decided.into_iter().map(|decided| decided.after(before)));
    }
}

/// The stamp of a source as it is now.
pub(super) fn stamp(source: &Source) -> Option<Stamp> {
    fs::metadata(&source.path).ok().as_ref().and_then(Stamp::of)
}

/// The path of a source, to know it by.
pub(super) fn path_bytes(source: &Source) -> &[u8] {
    source.relative.as_os_str().as_encoded_bytes()
}

/// Little endian numbers of eight bytes.
fn words_of(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
}

/// An unpacker for many blocks.
///
/// # Errors
/// When there is no memory for it.
pub(super) fn unpacker() -> Result<Unpacker, StateError> {
    Unpacker::new().map_err(|cause| broken(&cause.to_string()))
}

fn broken(why: &str) -> StateError {
    // It was whole a moment ago.
    StateError::Io {
        verb: "read",
        path: crate::state::STATE_FILE.into(),
        cause: io::Error::new(io::ErrorKind::InvalidData, why.to_owned()),
    }
}

/// What a survey depends on besides the source: the program, how files are read, and what is looked
/// for.
pub(super) fn survey_key(plan: &Plan) -> u128 {
    let looked_for = (plan.duplicates.is_some(), plan.typos.is_some());
    key(&(env!("BUILT_FROM"), &plan.input, looked_for))
}

/// What rows and copies depend on besides the survey and the decisions.
pub(super) fn rewrite_key(plan: &Plan) -> u128 {
    key(&(survey_key(plan).to_string(), &plan.duplicates, &plan.typos, plan.writes_text()))
}

/// A number for settings.
pub(super) fn key(settings: &impl Serialize) -> u128 {
    // Settings are numbers, strings and lists, which are always JSON; if one day they are not, nothing
    // is remembered from one night to the next, as no two numbers are the same.
    serde_json::to_vec(settings).map_or_else(|_| u128::from(std::process::id()), |bytes| xxh3_128(&bytes))
}

/// Numbers for what people decided, by the source it is about.
#[derive(Default)]
struct DecisionKeys {
    /// What may be about any source.
    all: u64,
    by_source: FxHashMap<String, u64>,
}

impl DecisionKeys {
    fn new(plan: &Plan) -> DecisionKeys {
        let mut keys = DecisionKeys::default();
        for entry in plan.decisions.entries() {
            let hash = xxh3_64(format!("{entry:?}").as_bytes());
            let add = |key: &mut u64| *key = xxh3_64(&[key.to_le_bytes(), hash.to_le_bytes()].concat());
            // With an id field a document's name does not tell its source.
            if plan.input.id_field.is_some() || entry.document.is_empty() || entry.reach == Reach::Corpus {
                add(&mut keys.all);
                continue;
            }
            // `path#LINE` is a line of a source, or a source with such a name.
            let names =
                [entry.document.as_str(), entry.document.rsplit_once('#').map_or("", |(path, _)| path)];
            names.iter().for_each(|&name| add(keys.by_source.entry(name.to_owned()).or_default()));
        }
        keys
    }

    fn about(&self, source: &Source) -> u64 {
        let own = self.by_source.get(&source.name).copied().unwrap_or_default();
        xxh3_64(&[self.all.to_le_bytes(), own.to_le_bytes()].concat())
    }
}

/// True for a source that is one document, whose bytes are worth a hash.
pub(super) fn is_one_document(source: &Source) -> bool {
    source.format != Format::JsonLines
}
