//! Sentences that stand, whole or nearly, inside a longer one: a lost full stop, a sentence cut
//! short, two sentences made one.
//!
//! Each sentence leaves a few of its runs of words as marks, chosen so that any stretch of a few
//! words more holds one (`marks.rs`). What stands whole
//! in a longer sentence has all its marks in common with it, but for the shortest: those of fewer
//! runs than are chosen from are asked for by every run. What shares enough of its marks is then
//! laid over the longer sentence.

use std::ops::Range;

use crate::language::{Table, Tables, TokenKind, WordClass, WordClasses};
use crate::model::Workers;

use super::cluster::Clusters;
use super::corpus::{Case, Corpus};
use super::edges::Edges;
use super::guard::{Guard, Lore, Tokens};
use super::marks::{MARK_WORDS, MarkFilter, MarkedWords, Marker, WINDOW};
use super::meant::Meant;
use super::meet::{Parties, Party, Purpose, Round, Tickets, meet, mix};
use super::token::Gap;

/// The shorter sentence may differ from the stretch it is laid over in this share of its words.
const MOST_DIFFERENT: f64 = 0.25;

/// Shorter sentences looked at for one mark, the shortest first. What is in more of them is a
/// turn of phrase.
const MOST_SHARERS: usize = 12;

/// A shorter sentence must share this share of its marks with the longer one, at least one.
const LEAST_MARKS: f64 = 0.34;

/// No sentence of more tokens has fewer than [`WINDOW`] runs, unless most of them are signs.
const SHORTEST_TOKENS: u16 = 16;

/// Longer sentences that one worker looks into in one go.
const LONGER_A_SHARE: usize = 1 << 13;

/// Sentences that one worker outlines in one go.
const FORMS_A_SHARE: usize = 1 << 15;

/// Longer sentences are not laid over each other.
const MOST_CELLS: usize = 1 << 20;

/// Fewer tokens make no sentence that could lack its full stop before or after a name.
const LEAST_TOKENS: usize = 6;

/// Shorter words, and those with a capital that are not longer, may be short for another.
const SHORTEST_IN_FULL: usize = 4;

/// A verb that shows a name to be the subject of a sentence comes within so many words.
const SUBJECT_TOKENS: usize = 6;

/// Words that open sentences, and that no sentence ends with.
const GRAMMATICAL: &[WordClass] = &[
    WordClass::Article,
    WordClass::Optional,
    WordClass::Conjunction,
    WordClass::Preposition,
    WordClass::Pronoun,
    WordClass::Auxiliary,
    WordClass::Modal,
    WordClass::Negation,
    WordClass::Quantifier,
];

/// A sentence within another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Partial {
    /// The form of the longer sentence.
    pub(super) within: u32,
    /// Words in which the two differ where they overlap.
    pub(super) differing: u32,
    /// It might as well be a sentence of its own there: the longer one lacks a full stop, or was
    /// not divided where it has one.
    pub(super) is_whole: bool,
}

/// Finds for each kept form the kept longer one that holds the most of it.
pub(super) struct Finder<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) lore: &'a Lore,
    pub(super) tables: &'a Tables,
    pub(super) meant: &'a Meant,
    pub(super) edges: &'a Edges,
    pub(super) clusters: &'a Clusters,
}

impl Finder<'_> {
    /// By form, in rising order: each form of `kept`, which is sorted, that stands within another of them. Forms
    /// meet only if `salts` gives them the same number.
    pub(super) fn find(
        &self,
        kept: &[u32],
        salts: impl Fn(u32) -> u32 + Sync,
        workers: &dyn Workers,
    ) -> Vec<(u32, Partial)> {
        let (by_length, sharers) = self.sharers(kept, salts, workers);
        let found = workers
            .map_ranges(by_length.len(), LONGER_A_SHARE, |share| self.find_in(&by_length, &sharers, share));
        let mut found: Vec<(u32, Partial)> = found.into_iter().flatten().collect();
        found.sort_by_key(|(form, partial)| {
            (*form, partial.differing, !partial.is_whole, self.clusters.best[partial.within as usize])
        });
        found.dedup_by_key(|(form, _)| *form);
        found
    }

    /// What stands within the longer sentences at the places `share`.
    fn find_in(&self, by_length: &[Outline], sharers: &Sharers, share: Range<usize>) -> Vec<(u32, Partial)> {
        let mut found: Vec<(u32, Partial)> = Vec::new();
        let (mut long, mut short) = (Tokens::default(), Tokens::default());
        let mut laid: Vec<Laid> = Vec::new();
        let mut places: Vec<u32> = Vec::new();
        for place in share {
            let within = by_length[place].form;
            places.clear();
            places.extend_from_slice(sharers.of(place));
            places.sort_unstable();
            let shares_enough = |same: &&[u32]| {
                same.len() as f64 >= LEAST_MARKS * about_marks(by_length[same[0] as usize].tokens)
            };
            let mut is_read = false;
            laid.clear();
            for same in places.chunk_by(|a, b| a == b).filter(shares_enough) {
                if !is_read {
                    self.read(within, &mut long);
                    is_read = true;
                }
                let form = by_length[same[0] as usize].form;
                self.read(form, &mut short);
                // Two that are similar as a whole meet there.
                let links = self.edges.of(self.corpus.classes[form as usize]);
                let are_linked = links.iter().any(|link| link.class == self.corpus.classes[within as usize]);
                if let Some((partial, stretch)) = self.lay_over(&short, &long, within) {
                    laid.push(Laid { form, partial, start: stretch.start, end: stretch.end, are_linked });
                }
            }
            if laid.is_empty() {
                continue;
            }
            self.join_up(&long, &mut laid);
            let shown = laid.iter().filter(|laid| laid.partial.is_whole || !laid.are_linked);
            found.extend(shown.map(|laid| (laid.form, laid.partial)));
        }
        found
    }

    /// Two sentences that make up the longer one without a word between them: it is those two,
    /// whatever was lost where they meet.
    fn join_up(&self, long: &Tokens, laid: &mut [Laid]) {
        let length = long.folded.len();
        let is_candidate = |laid: &Laid| laid.partial.differing == 0 && laid.end - laid.start >= LEAST_TOKENS;
        let firsts: Vec<usize> = laid
            .iter()
            .filter(|laid| is_candidate(laid) && laid.start == 0 && laid.end < length)
            .map(|laid| laid.end)
            .collect();
        let words = &self.corpus.words;
        let begins = |at: usize| {
            words.case(long.written[at]) != Case::Lower && matches!(long.gaps[at], Gap::Space | Gap::Stop)
        };
        let meets: Vec<usize> = laid
            .iter()
            .filter(|laid| is_candidate(laid) && laid.end == length && firsts.contains(&laid.start))
            .map(|laid| laid.start)
            .filter(|&at| begins(at) && !self.is_title(long))
            .collect();
        for laid in laid.iter_mut().filter(|laid| is_candidate(laid)) {
            let is_first = laid.start == 0 && meets.contains(&laid.end);
            laid.partial.is_whole |= is_first || laid.end == length && meets.contains(&laid.start);
        }
    }

    /// The forms of `kept` by length, and which share marks.
    fn sharers(
        &self,
        kept: &[u32],
        salts: impl Fn(u32) -> u32 + Sync,
        workers: &dyn Workers,
    ) -> (Vec<Outline>, Sharers) {
        let words = &MarkedWords::new(&self.corpus.words, self.meant);
        let outline = |place: usize| self.outline(words, kept[place]);
        let (by_length, parties) = by_length(&workers.map_each(kept.len(), FORMS_A_SHARE, outline));
        let shortest = self.shortest_marks(words, &by_length, &salts, workers);
        let corpus = self.corpus;
        // A tenth of the tokens are signs, which stand in no run.
        let marks = 0.9 * by_length.iter().map(|outline| about_marks(outline.tokens)).sum::<f64>();
        let marked = Marked {
            corpus,
            words,
            kept,
            parties: &parties,
            shortest: &shortest,
            marks: marks as usize,
            salts,
        };
        let pairs = meet(&marked, workers, |pairs: &mut Vec<(u32, u32)>, asker, _, filed| {
            // Numbers are places by length, and notes lengths. Mostly a sentence meets itself alone.
            let filed = filed.iter().map(|filed| filed.party).take(MOST_SHARERS);
            let mut shorter = filed.filter(|party| party.note < asker.note).peekable();
            if shorter.peek().is_none() {
                return;
            }
            let long = by_length[asker.number as usize];
            let shorter = shorter.filter(|party| by_length[party.number as usize].may_lie_in(long));
            pairs.extend(shorter.map(|party| (asker.number, party.number)));
        });
        let sharers = Sharers::new(&pairs, by_length.len());
        (by_length, sharers)
    }

    /// The marks of sentences that have too few runs to share one for certain with what holds
    /// them.
    fn shortest_marks(
        &self,
        words: &MarkedWords,
        by_length: &[Outline],
        salts: impl Fn(u32) -> u32 + Sync,
        workers: &dyn Workers,
    ) -> MarkFilter {
        let short = by_length.partition_point(|outline| outline.tokens <= SHORTEST_TOKENS);
        let marks = workers.map_ranges(short, FORMS_A_SHARE, |share| {
            let mut marker = Marker::default();
            let mut marks = Vec::new();
            for outline in &by_length[share] {
                marker.read(self.corpus, words, outline.form, salts(outline.form));
                if marker.runs.len() < WINDOW {
                    marker.winnow();
                    marks.extend_from_slice(&marker.marks);
                }
            }
            marks
        });
        MarkFilter::new(&marks)
    }

    fn outline(&self, words: &MarkedWords, form: u32) -> Outline {
        let mut outline = Outline { form, tokens: 0, length: 0, words: 0 };
        for word in self.corpus.words_of(form) {
            outline.tokens = outline.tokens.saturating_add(1);
            outline.length = outline.length.saturating_add(u16::from(!words.is_sign(word)));
            outline.words |= 1 << (mix(u64::from(words.hash(word))) >> 58);
        }
        outline
    }

    fn read(&self, form: u32, tokens: &mut Tokens) {
        tokens.read(self.corpus, form);
    }

    /// Lays `short` over the stretch of `long` that is most like it. Gives also where that lies.
    fn lay_over(&self, short: &Tokens, long: &Tokens, within: u32) -> Option<(Partial, Range<usize>)> {
        let table = self
            .corpus
            .language_of(self.clusters.best[within as usize])
            .and_then(|language| self.tables.get(language));
        let is_whole = |stretch: &Range<usize>| {
            table.is_some_and(|table| self.is_sentence_of_its_own(stretch.clone(), long, table))
        };
        if let Some(start) =
            long.folded.windows(short.folded.len()).position(|stretch| stretch == short.folded)
        {
            let stretch = start..start + short.folded.len();
            let is_whole = is_whole(&stretch);
            return Some((Partial { within, differing: 0, is_whole }, stretch));
        }
        if short.folded.len().saturating_mul(long.folded.len()) > MOST_CELLS {
            return None;
        }
        let meant =
            |tokens: &Tokens| -> Vec<u32> { tokens.folded.iter().map(|&word| self.meant.of(word)).collect() };
        let (differing, stretch) = least_edits(&meant(short), &meant(long));
        if f64::from(differing) > MOST_DIFFERENT * short.folded.len() as f64 {
            return None;
        }
        // A slip does not make it another sentence, but what stays must not be the one that has it.
        let guard = Guard { words: &self.corpus.words, lore: self.lore, table };
        let unknown = |words: &[u32]| words.iter().filter(|&&word| !self.lore.known[word as usize]).count();
        let said_twice = short.folded.windows(2).filter(|pair| pair[0] == pair[1]).count();
        let is_no_better = (stretch.len()..=stretch.len() + said_twice).contains(&short.folded.len())
            && unknown(&short.folded) >= unknown(&long.folded[stretch.clone()]);
        let is_whole =
            is_no_better && is_whole(&stretch) && guard.is_same(short, &long.part(stretch.clone()));
        Some((Partial { within, differing: differing.max(1), is_whole }, stretch))
    }

    /// True if a sentence might as well begin and end where the stretch of `long` does that
    /// equals `short`: at an end of `long`, or where a stop is missing or was not taken for one.
    ///
    /// A stop is missing where nothing but a space, or a quotation that closes, stands before a
    /// common word with a capital (`edge lower It is known`), unless the word before it leads on
    /// (`but He`). A capital that is not a grammatical word's may go on with a name (`bought Apple
    /// Records`): then enough must stand on either side for a sentence. A name may follow a full
    /// sentence, where a verb soon shows that another begins with it; and the stop of an acronym,
    /// where nothing before it takes back what is said after it.
    fn is_sentence_of_its_own(&self, stretch: Range<usize>, long: &Tokens, table: &Table) -> bool {
        let Range { start, end } = stretch;
        let rest = long.folded.len() - end;
        let is_long = |tokens: usize| tokens >= LEAST_TOKENS;
        let seam = Seam { finder: self, long, table, is_title: self.is_title(long) };
        let is_long_itself = is_long(stretch.len());
        let may_be_two = (start == 0 || seam.may_be_a_sentence(0..start))
            && (rest == 0 || seam.may_be_a_sentence(end..long.folded.len()));
        let begins = start == 0
            || seam.lacks_stop(start, is_long_itself)
            || rest == 0 && is_long_itself && seam.follows_acronym(start);
        let ends = rest == 0
            || seam.lacks_stop(end, is_long_itself && is_long(rest))
            || start == 0 && is_long_itself && is_long(rest) && seam.is_clause(end);
        !stretch.is_empty() && may_be_two && begins && ends
    }

    /// True if so many words have capitals that none of them tells where a sentence starts.
    fn is_title(&self, tokens: &Tokens) -> bool {
        let words = &self.corpus.words;
        let is_capital = |word: u32| words.kind(word) == TokenKind::Word && words.case(word) != Case::Lower;
        let capitals = tokens.written.iter().filter(|&&word| is_capital(word)).count();
        capitals * 2 > tokens.written.len()
    }
}

/// For each sentence, by its place by length, the shorter ones with which it shares marks.
struct Sharers {
    /// Where those of each sentence start in `places`; one more at the end.
    starts: Vec<usize>,
    /// Once for each mark that is shared.
    places: Vec<u32>,
}

impl Sharers {
    /// Those of `pairs` of places, the longer one first, of so many `sentences`.
    fn new(pairs: &[Vec<(u32, u32)>], sentences: usize) -> Self {
        let pairs = || pairs.iter().flatten();
        let mut starts = vec![0; sentences + 1];
        pairs().for_each(|&(long, _)| starts[long as usize + 1] += 1);
        for place in 0..sentences {
            starts[place + 1] += starts[place];
        }
        let mut places = vec![0; starts[sentences]];
        for &(long, short) in pairs() {
            let next = &mut starts[long as usize];
            places[*next] = short;
            *next += 1;
        }
        // Each start has moved to the end of its sentence's, which is where the next one's start.
        starts.copy_within(..sentences, 1);
        starts[0] = 0;
        Sharers { starts, places }
    }

    fn of(&self, place: usize) -> &[u32] {
        &self.places[self.starts[place]..self.starts[place + 1]]
    }
}

/// A shorter sentence as it lies in a longer one.
struct Laid {
    form: u32,
    partial: Partial,
    /// The words of the longer one that it lies over.
    start: usize,
    end: usize,
    /// The two are similar as a whole, too.
    are_linked: bool,
}

/// A longer sentence, where two may meet in it.
struct Seam<'a> {
    finder: &'a Finder<'a>,
    long: &'a Tokens,
    table: &'a Table,
    is_title: bool,
}

impl Seam<'_> {
    fn classes(&self, at: usize) -> WordClasses {
        self.table.classes(self.finder.corpus.words.normal(self.long.folded[at]))
    }

    fn is_grammatical(&self, at: usize) -> bool {
        let classes = self.classes(at);
        GRAMMATICAL.iter().any(|&class| classes.has(class))
    }

    fn has_capital(&self, at: usize) -> bool {
        self.finder.corpus.words.case(self.long.written[at]) != Case::Lower
    }

    /// True if a stop may be missing before the word at `at`, or was not taken for one.
    fn lacks_stop(&self, at: usize, is_long: bool) -> bool {
        let lore = self.finder.lore;
        let word = self.long.folded[at] as usize;
        // What is also a name may go on after `Mr.`; elsewhere it may begin a sentence like any word.
        let is_plain = lore.is_common(word) || self.long.gaps[at] != Gap::Stop && lore.lower[word];
        let leads_on = match self.long.gaps[at] {
            Gap::Stop if !self.may_be_short_for(at - 1) || !self.has_capital(at) => return true,
            Gap::Stop | Gap::Close => false,
            Gap::Space => self.is_grammatical(at - 1) && !self.is_acronym(at - 1),
            Gap::Mark => true,
        };
        !leads_on
            && (self.long.gaps[at] == Gap::Stop || !self.is_title)
            && self.finder.corpus.words.case(self.long.written[at]) == Case::Title
            && (self.is_grammatical(at) || is_long && is_plain)
    }

    /// True if what stands beside a seam may be a sentence by itself, and is not what says of the other side whose
    /// words they are, when they hold or whether at all: `FALSE`, `Bob`, `In 1990`, `Not really`, `Nobody believes
    /// it for a moment`. What denies another sentence points to it with a pronoun. A stop between the two is no
    /// help: `(sic)`, `not!` and the number of an item stand behind one, too.
    fn may_be_a_sentence(&self, side: Range<usize>) -> bool {
        let first = self.classes(side.start);
        let any = |class| side.clone().any(|at| self.classes(at).has(class));
        let takes_back = first.has(WordClass::Conjunction)
            || first.has(WordClass::Negation)
            || any(WordClass::Negation) && any(WordClass::Pronoun);
        side.len() >= LEAST_TOKENS && !takes_back
    }

    /// `Mr`, `Gov`, `Prof`: a stop after it may be its own.
    fn may_be_short_for(&self, at: usize) -> bool {
        let words = &self.finder.corpus.words;
        let word = self.long.written[at];
        let letters = words.written(word).chars().count();
        let is_word = words.kind(word) == TokenKind::Word;
        is_word && (letters < SHORTEST_IN_FULL || letters == SHORTEST_IN_FULL && self.has_capital(at))
    }

    /// `U.S.`: its stop may end a sentence, too.
    fn is_acronym(&self, at: usize) -> bool {
        self.finder.corpus.words.written(self.long.written[at]).ends_with('.')
    }

    /// True if what comes before the word at `at` ends with an acronym, and nothing in it denies
    /// or reports.
    fn follows_acronym(&self, at: usize) -> bool {
        let takes_back = |at: usize| {
            let classes = self.classes(at);
            classes.has(WordClass::Negation) || classes.has(WordClass::Optional)
        };
        self.has_capital(at)
            && !self.is_title
            && self.long.gaps[at] == Gap::Space
            && self.is_acronym(at - 1)
            && !(0..at).any(takes_back)
    }

    /// True if a name begins at `at` and soon has a verb, with nothing between that could make
    /// the two a part of what comes before: `in government WEF members are`.
    fn is_clause(&self, at: usize) -> bool {
        let follows_on = self.long.gaps[at] != Gap::Space || self.is_grammatical(at - 1);
        if self.is_title || !self.has_capital(at) || follows_on {
            return false;
        }
        for word in at + 1..self.long.folded.len().min(at + SUBJECT_TOKENS) {
            let classes = self.classes(word);
            if classes.has(WordClass::Auxiliary) || classes.has(WordClass::Modal) {
                return true;
            }
            let joins =
                [WordClass::Conjunction, WordClass::Pronoun, WordClass::Preposition, WordClass::Optional];
            if self.long.gaps[word] != Gap::Space || joins.iter().any(|&class| classes.has(class)) {
                return false;
            }
        }
        false
    }
}

/// What can be told of a sentence without reading it.
#[derive(Clone, Copy, Debug, Default)]
struct Outline {
    form: u32,
    tokens: u16,
    /// Tokens that are no signs.
    length: u16,
    /// A bit for each word, by a hash of what was meant.
    words: u64,
}

impl Outline {
    /// False if too many words of this one are not in `long`.
    fn may_lie_in(self, long: Outline) -> bool {
        f64::from((self.words & !long.words).count_ones()) <= MOST_DIFFERENT * f64::from(self.tokens)
    }
}

/// The outlines by tokens, of equal ones in their order; and for each of `outlines` its place there and its
/// length.
fn by_length(outlines: &[Outline]) -> (Vec<Outline>, Vec<Party>) {
    let longest = outlines.iter().map(|outline| outline.tokens).max().unwrap_or_default();
    // Where the next one of each length goes.
    let mut next = vec![0u32; usize::from(longest) + 2];
    for outline in outlines {
        next[usize::from(outline.tokens) + 1] += 1;
    }
    for tokens in 1..next.len() {
        next[tokens] += next[tokens - 1];
    }
    let mut by_length = vec![Outline::default(); outlines.len()];
    let place = |outline: &Outline| {
        let next = &mut next[usize::from(outline.tokens)];
        let number = *next;
        *next += 1;
        by_length[number as usize] = *outline;
        Party { number, note: u32::from(outline.length) }
    };
    let parties = outlines.iter().map(place).collect();
    (by_length, parties)
}

/// Least edits from `short` to any stretch of `long`, and the stretch (Sellers 1980).
fn least_edits(short: &[u32], long: &[u32]) -> (u32, Range<usize>) {
    // Edits so far, and where in `long` the stretch begins.
    let mut row: Vec<(u32, usize)> = (0..=long.len()).map(|start| (0, start)).collect();
    for (i, word) in (1u32..).zip(short) {
        let mut diagonal = row[0];
        row[0] = (i, 0);
        for j in 1..=long.len() {
            let replaced = (diagonal.0 + u32::from(*word != long[j - 1]), diagonal.1);
            diagonal = row[j];
            let (left_out, put_in) = ((diagonal.0 + 1, diagonal.1), (row[j - 1].0 + 1, row[j - 1].1));
            // Of equal ones a replacement; then the stretch that begins later, which is shorter.
            row[j] = [left_out, put_in]
                .into_iter()
                .fold(replaced, |best, next| if next.0 < best.0 { next } else { best });
        }
    }
    let best = row.into_iter().enumerate().min_by_key(|&(_, (edits, _))| edits);
    best.map_or((0, 0..0), |(end, (edits, start))| (edits, start..end))
}

/// About how many marks a sentence of so many tokens leaves: two in `WINDOW + 1` runs.
fn about_marks(tokens: u16) -> f64 {
    f64::from(tokens.saturating_sub(MARK_WORDS as u16 - 1)) * 2.0 / (WINDOW + 1) as f64
}

/// Forms that are filed under their marks, and ask for all their runs.
struct Marked<'a, S> {
    corpus: &'a Corpus,
    words: &'a MarkedWords,
    kept: &'a [u32],
    /// By place in `kept`: the place by length, and the length.
    parties: &'a [Party],
    /// The marks that are asked for by every run.
    shortest: &'a MarkFilter,
    /// About how many marks they have.
    marks: usize,
    salts: S,
}

impl<S: Fn(u32) -> u32 + Sync> Parties for Marked<'_, S> {
    fn len(&self) -> usize {
        self.kept.len()
    }

    fn tickets(&self, share: Range<usize>) -> Tickets {
        // Of the other runs, every second sentence has one that may be a mark of a short sentence.
        [0, share.len() / 2, self.marks * share.len() / self.len()]
    }

    fn deal(&self, share: Range<usize>, round: Round, each: &mut impl FnMut(usize, u64, Purpose)) {
        let mut marker = Marker::default();
        for place in share {
            let form = self.kept[place];
            marker.read(self.corpus, self.words, form, (self.salts)(form));
            marker.winnow();
            for &mark in marker.marks.iter().filter(|&&mark| round.has(mark)) {
                each(place, mark, Purpose::Both);
            }
            for &run in marker.rest.iter().filter(|&&run| round.has(run) && self.shortest.may_have(run)) {
                each(place, run, Purpose::Ask);
            }
        }
    }

    fn party(&self, place: usize) -> Party {
        self.parties[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stretch_is_found_wherever_it_lies() {
        assert_eq!(least_edits(&[1, 2, 3, 4], &[9, 9, 1, 2, 3, 4, 9]), (0, 2..6));
        assert_eq!(least_edits(&[1, 2, 3, 4], &[9, 1, 2, 8, 4]), (1, 1..5));
        assert_eq!(least_edits(&[1, 2, 2, 3, 4], &[9, 9, 1, 2, 3, 4, 9]), (1, 2..6));
        assert_eq!(least_edits(&[1, 2, 3, 4], &[1, 2, 3]), (1, 0..3));
        assert_eq!(least_edits(&[1, 2], &[]), (2, 0..0));
    }
}
