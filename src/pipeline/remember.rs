//! What this run leaves for the next one.
//!
//! It is written as the run goes on, into a file beside the old one, and takes its place when the run
//! has finished: a run that fails leaves what the one before left, and that still holds, as every
//! source and every copy is looked at before anything is believed.

use std::io;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::memory::{
    Entry, Facts, Index, Memory, PartEntry, RewrittenEntry, path_bytes, rewrite_key, survey_key,
};
use super::plan::Plan;
use super::survey::{Share, SurveyedUnit};
use crate::dedup::{Encoder, Fingerprints};
use crate::language::WordHash;
use crate::model::Source;
use crate::output::{AtomicFile, OutputError, sweep_folder};
use crate::spell::Testimony;
use crate::state::{Block, Packer, StateError, StateFolder, StoreWriter};

/// Writes down what the run learns.
pub(super) struct Remembering {
    file: StoreWriter<AtomicFile>,
    packer: Packer,
    folder: StateFolder,
    index: Index,
    words: Numbers<Box<str>>,
    spelled: Numbers<u64>,
    /// By place in the corpus; `None` for what is not to be relied on.
    sources: Vec<Option<Entry>>,
    decisions: Vec<u64>,
}

/// The fingerprints of a unit, some documents at a time. There are several when its sources were surveyed
/// one by one, and none when no repetitions are looked for.
struct Prints<'a> {
    later: std::slice::Iter<'a, Fingerprints>,
    encoder: Option<Encoder<'a>>,
    /// Documents that the encoder still has.
    left: usize,
}

impl<'a> Prints<'a> {
    fn new(prints: &'a [Fingerprints]) -> Self {
        Prints { later: prints.iter(), encoder: None, left: 0 }
    }

    /// The next `documents`, as bytes; none when there are no fingerprints.
    fn documents(&mut self, documents: usize, number: &mut dyn FnMut(&str) -> u32) -> Vec<u8> {
        while self.left < documents || self.encoder.is_none() {
            let Some(prints) = self.later.next() else { break };
            (self.encoder, self.left) = (Some(prints.encoder()), prints.documents());
        }
        self.left = self.left.saturating_sub(documents);
        self.encoder.as_mut().map(|encoder| encoder.documents(documents, number)).unwrap_or_default()
    }
}

/// Numbers things in the order in which they come.
struct Numbers<K> {
    places: FxHashMap<K, u32>,
    /// What is numbered, each followed by a line feed.
    lines: String,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Numbers { places: FxHashMap::default(), lines: String::new() }
    }
}

impl<K: std::hash::Hash + Eq> Numbers<K> {
    fn add(&mut self, key: K, line: &str) -> u32 {
        let number = self.places.len() as u32;
        self.places.insert(key, number);
        self.lines.push_str(line);
        self.lines.push('\n');
        number
    }
}

impl Remembering {
    /// Removes what a killed run left in the folder. Returns what time it is by the clock of its file system.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(super) fn prepare(folder: &StateFolder) -> Result<i64, StateError> {
        sweep_folder(folder.root()).map_err(of_output)?;
        folder.clock()
    }

    /// Begins to write beside what the run before left. `clock` is what time it was, by the clock of the
    /// folder's file system, before anybody looked at a source.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(super) fn begin(folder: StateFolder, clock: i64, plan: &Plan) -> Result<Remembering, StateError> {
        let path = folder.file();
        let file = AtomicFile::create(&path).map_err(of_output)?;
        let file = StoreWriter::new(file).map_err(StateError::at("write", &path))?;
        let (survey_key, rewrite_key) = (survey_key(plan), rewrite_key(plan));
        Ok(Remembering {
            file,
            packer: Packer::new().map_err(StateError::at("write", &path))?,
            folder,
            index: Index { survey_key, rewrite_key, clock, ..Index::default() },
            words: Numbers::default(),
            spelled: Numbers::default(),
            sources: Vec::new(),
            decisions: Vec::new(),
        })
    }

    /// Makes room for the sources of the corpus, and goes on with the numbers of the run before.
    pub(super) fn make_room(&mut self, sources: &[Source], memory: &Memory) {
        if !memory.renumbers() {
            for word in memory.words().iter() {
                self.words.add(word.into(), word);
            }
            for (WordHash(hash), spelling) in memory.spellings().iter() {
                self.spelled.add(hash, spelling);
            }
            self.index.numbered = memory.index.numbered;
        }
        self.sources.resize_with(sources.len(), || None);
        self.decisions = sources.iter().map(|source| memory.decisions_about(source)).collect();
    }

    /// Writes down what a unit gave. Units come in corpus order.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn surveyed(&mut self, sources: &[Source], unit: &SurveyedUnit) -> Result<(), StateError> {
        self.unit(sources, unit).map_err(StateError::at("write", &self.folder.file()))
    }

    fn unit(&mut self, sources: &[Source], unit: &SurveyedUnit) -> io::Result<()> {
        for part in unit.parts.iter().filter(|part| part.failed) {
            self.sources[part.source] = None;
        }
        let mut prints = Prints::new(&unit.fingerprints);
        let first_lines = unit.parts.iter().filter(|part| !part.failed).map(|part| part.first_line);
        for (share, first_line) in unit.shares.iter().zip(first_lines) {
            let part = match &share.blocks {
                Some(blocks) => self.blocks(blocks)?,
                None => self.encoded(unit, share, first_line, &mut prints)?,
            };
            self.part(&sources[share.source], share, first_line, part);
        }
        Ok(())
    }

    /// Writes down what the run before wrote down.
    fn blocks(&mut self, [facts, fingerprints, words]: &[Vec<u8>; 3]) -> io::Result<PartEntry> {
        let Remembering { file, .. } = self;
        Ok(PartEntry {
            facts: file.block(facts)?,
            fingerprints: file.block(fingerprints)?,
            words: file.block(words)?,
        })
    }

    fn encoded(
        &mut self,
        unit: &SurveyedUnit,
        share: &Share,
        first_line: u64,
        prints: &mut Prints,
    ) -> io::Result<PartEntry> {
        let Remembering { packer, words, spelled, .. } = self;
        let facts = postcard::to_stdvec(&facts(unit, share, first_line)).map_err(io::Error::other)?;
        let mut number = |word: &str| match words.places.get(word) {
            Some(&number) => number,
            None => words.add(word.into(), word),
        };
        let fingerprints = prints.documents(share.documents.len(), &mut number);
        let mut number = |WordHash(hash): WordHash, spelling: &str| match spelled.places.get(&hash) {
            Some(&number) => number,
            None => spelled.add(hash, spelling),
        };
        let counts = share.words.as_ref().map(|counts| counts.encode(&mut number)).unwrap_or_default();
        let blocks = [packer.pack(&facts)?, packer.pack(&fingerprints)?, packer.pack(&counts)?];
        self.blocks(&blocks)
    }

    fn part(&mut self, source: &Source, share: &Share, first_line: u64, part: PartEntry) {
        let decisions = self.decisions[share.source];
        let place = &mut self.sources[share.source];
        match (place, share.stamp) {
            (Some(entry), _) => entry.parts.push(part),
            // What comes later of a source that was given up is not its beginning.
            (place @ None, Some(stamp)) if first_line == 0 => {
                let path = path_bytes(source).to_vec();
                let (hash, parts) = (share.hash, vec![part]);
                *place = Some(Entry { path, stamp, hash, decisions, parts, rewritten: None });
            }
            _ => {}
        }
    }

    /// Writes bytes down in fewer bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn packed(&mut self, bytes: &[u8]) -> Result<Block, StateError> {
        let packed = self.packer.pack(bytes).map_err(StateError::at("write", &self.folder.file()))?;
        self.block(&packed)
    }

    /// Writes bytes down that the next run may want.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn block(&mut self, bytes: &[u8]) -> Result<Block, StateError> {
        self.file.block(bytes).map_err(StateError::at("write", &self.folder.file()))
    }

    /// Takes note of what the second walk made of a source.
    pub(super) fn rewritten(&mut self, source: usize, entry: RewrittenEntry) {
        if let Some(Some(remembered)) = self.sources.get_mut(source) {
            remembered.rewritten = Some(entry);
        }
    }

    /// The second walk begins again.
    pub(super) fn forget_rewritten(&mut self) {
        self.sources.iter_mut().flatten().for_each(|entry| entry.rewritten = None);
    }

    /// Puts what was written in its place. Returns the folder, and for each source whether what was made
    /// of it is remembered.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn finish(
        mut self,
        evidence: &[(WordHash, Testimony)],
        rows: &[u64],
    ) -> Result<(StateFolder, Vec<bool>), StateError> {
        let numbers = |numbers: &mut dyn Iterator<Item = u64>| -> Vec<u8> {
            numbers.flat_map(u64::to_le_bytes).collect()
        };
        let evidence = postcard::to_stdvec(evidence).map_err(io::Error::other);
        let evidence = evidence.map_err(StateError::at("write", &self.folder.file()))?;
        self.index.evidence = self.block(&evidence)?;
        self.index.rows = self.block(&numbers(&mut rows.iter().copied()))?;
        if self.index.numbered == 0 {
            self.index.numbered = (self.words.places.len() + self.spelled.places.len()) as u64;
        }
        let mut hashes: Vec<(u32, u64)> = std::mem::take(&mut self.spelled.places)
            .into_iter()
            .map(|(hash, number)| (number, hash))
            .collect();
        hashes.sort_unstable();
        self.index.hashes = self.block(&numbers(&mut hashes.into_iter().map(|(_, hash)| hash)))?;
        let (words, spellings) =
            (std::mem::take(&mut self.words.lines), std::mem::take(&mut self.spelled.lines));
        self.index.words = self.packed(words.as_bytes())?;
        self.index.spellings = self.packed(spellings.as_bytes())?;
        let is_whole = |entry: &Option<Entry>| entry.as_ref().is_some_and(|entry| entry.rewritten.is_some());
        let remembered = self.sources.iter().map(is_whole).collect();
        self.index.sources = self.sources.into_iter().flatten().collect();
        let path = self.folder.file();
        let file = self.file.finish(&self.index).map_err(StateError::at("write", &path))?;
        file.commit().map_err(of_output)?;
        Ok((self.folder, remembered))
    }
}

/// What a share's source gave, but for its sentences and words.
fn facts<'a>(unit: &'a SurveyedUnit, share: &Share, first_line: u64) -> impl Serialize + use<'a> {
    let documents = share.documents.clone();
    Facts {
        first_line,
        hashes: unit.hashes[documents.clone()].to_vec(),
        lines: unit.lines[documents.clone()].to_vec(),
        ids: unit.ids.get(documents.clone()).map(<[String]>::to_vec).unwrap_or_default(),
        bytes: share.bytes,
        sentences: share.sentences,
        lines_read: share.lines_read,
        problems: unit.problems[share.problems.clone()]
            .iter()
            .map(|problem| (problem.line, problem.severity, problem.message.clone()))
            .collect(),
        decided: unit.decided[share.decided.clone()]
            .iter()
            .map(|decided| decided.from(documents.start))
            .collect(),
    }
}

fn of_output(error: OutputError) -> StateError {
    StateError::Io { verb: error.verb, path: error.path, cause: error.cause }
}
