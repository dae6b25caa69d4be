//! All batches together: one vocabulary, and equal sentences under one number.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::language::{Language, TokenKind};
use crate::model::{DocId, Pieces, Slots, Span, varint};

use super::cluster::NONE;
use super::fingerprint::{BatchWords, Fingerprints};
use super::normalize::fold;
use super::records::{NO_LANGUAGE, Record, SentenceRecord, Standing};
use super::remembered::SharedWords;
use super::token::Token;
use super::vocabulary::Vocabulary;
use super::wishes::{Wish, Wishes};
use super::{Scope, Settings};

/// The sentences of the whole corpus.
///
/// A *form* is a distinct sequence of words as they stand in the text. A *class* holds the forms
/// with one normal form. Both are numbered in the order in which they first appear, so numbers
/// depend on the corpus alone and not on where a batch ended.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    pub(super) words: Words,
    pub(super) documents: Vec<Document>,
    pub(super) languages: Vec<Language>,
    // Columns, one entry a sentence.
    pub(super) forms: Vec<u32>,
    starts: Vec<u32>,
    lengths: Vec<u32>,
    lines: Vec<u32>,
    pub(super) parts: Vec<Part>,
    // Columns, one entry a form.
    pub(super) classes: Vec<u32>,
    /// The words of each, see [`Token`].
    tokens: Pieces<Vec<u8>>,
    /// Sentences that a person rewrites.
    pub(super) changed: FxHashSet<u32>,
    /// Documents that a person wants to stay.
    pub(super) refused: FxHashSet<u32>,
    /// The first form of each class.
    pub(super) first_forms: Vec<u32>,
}

/// What part a sentence has in the search for copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// May be kept or removed.
    Free,
    /// A line that looks like a heading, but elsewhere the same words are a sentence with a stop:
    /// may go, and is kept only if none of those is.
    Line,
    /// A heading: stays in any case, so the others may go as its copies.
    Fixed,
    /// Too short, or no prose: counts only when whole documents are compared.
    Aside,
    /// As free as others to be kept, but never removed: a person said so.
    Pinned,
    /// The last to be kept, and removed even where only a person can tell that it repeats.
    Leaving,
}

/// One document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document {
    /// One past its last sentence.
    pub(super) end: u32,
    /// How many tokens its sentences have.
    pub(super) tokens: u32,
    pub(super) language: u8,
    pub(super) damaged: bool,
}

impl Corpus {
    /// Puts the batches together and collapses exact copies. Each batch is dropped when it has
    /// been taken in.
    pub(super) fn new(batches: Vec<Fingerprints>, settings: &Settings) -> Self {
        let sentences = batches.iter().map(Fingerprints::sentences).sum();
        let mut corpus = Corpus::default();
        for column in [&mut corpus.forms, &mut corpus.starts, &mut corpus.lengths, &mut corpus.lines] {
            column.reserve_exact(sentences);
        }
        corpus.parts.reserve_exact(sentences);
        // Room for as many forms as there are sentences: what is not filled is not touched, and to grow would
        // be to hold twice.
        let mut collapse = Collapse::default();
        corpus.classes.reserve_exact(sentences);
        corpus.first_forms.reserve_exact(sentences);
        collapse.class_hashes.reserve_exact(sentences);
        corpus.tokens.reserve_exact(sentences, batches.iter().map(|batch| batch.records.bytes()).sum());
        let mut shared = Renumbered::default();
        for batch in batches {
            corpus.batch(&batch, &mut shared, &mut collapse, settings);
        }
        corpus.settle_lines(&collapse.sentences);
        corpus.words.freeze();
        corpus
    }

    /// Takes in a batch. `shared` are the words that batches before had in common.
    fn batch(
        &mut self,
        batch: &Fingerprints,
        shared: &mut Renumbered,
        collapse: &mut Collapse,
        settings: &Settings,
    ) {
        let mut own = Renumbered::default();
        let words = match &batch.words {
            BatchWords::Own(lines) => {
                own.numbers.extend(lines.split_terminator('\n').map(|word| self.words.intern(word)));
                &mut own
            }
            BatchWords::Shared(table) => {
                shared.begin(table);
                shared
            }
        };
        let mut salt = self.salt(settings);
        let mut tokens = 0u32;
        for record in batch.records.iter() {
            match record {
                Record::Sentence(sentence) => {
                    let own = self.sentence(&sentence, words, salt, collapse, settings);
                    tokens = tokens.saturating_add(own);
                }
                Record::DocumentEnd { language, damaged } => {
                    let language = language.map_or(NO_LANGUAGE, |language| self.language(language));
                    let (end, tokens) = (self.forms.len() as u32, std::mem::take(&mut tokens));
                    self.documents.push(Document { end, tokens, language, damaged });
                    salt = self.salt(settings);
                }
            }
        }
    }

    /// Adds a sentence to the document at hand. Returns how many tokens it has.
    fn sentence(
        &mut self,
        sentence: &SentenceRecord,
        words: &mut Renumbered,
        salt: u64,
        collapse: &mut Collapse,
        settings: &Settings,
    ) -> u32 {
        let least_words = settings.min_words.clamp(1, usize::from(u8::MAX)) as u8;
        let part = match sentence.standing {
            _ if sentence.words < least_words => Part::Aside,
            Standing::Heading if settings.min_words > 1 => Part::Fixed,
            Standing::Line if settings.min_words > 1 => Part::Line,
            Standing::Opaque => Part::Aside,
            _ => Part::Free,
        };
        collapse.form.clear();
        let mut tokens = 0;
        for local in varint::read(sentence.tokens).map(Token::unpack) {
            let token = Token { word: words.number(local.word, &mut self.words), ..local };
            varint::push(&mut collapse.form, token.pack());
            tokens += 1;
        }
        let form = self.form(sentence.hash ^ u128::from(salt), collapse);
        if part == Part::Free && sentence.standing == Standing::Sentence {
            collapse.mark_sentence(form);
        }
        self.forms.push(form);
        self.starts.push(sentence.start);
        self.lengths.push(sentence.length);
        self.lines.push(sentence.line);
        self.parts.push(part);
        tokens
    }

    /// Sets the sentences of the next document apart, if they are to be compared with each other
    /// only.
    fn salt(&self, settings: &Settings) -> u64 {
        match settings.scope {
            Scope::Corpus => 0,
            Scope::Document => salt(DocId(self.documents.len() as u32)),
        }
    }

    /// A line is a heading after all if its words are nowhere a sentence with a stop.
    fn settle_lines(&mut self, is_sentence: &[bool]) {
        for (part, &form) in self.parts.iter_mut().zip(&self.forms) {
            if *part == Part::Line && !is_sentence.get(form as usize).is_some_and(|&is| is) {
                *part = Part::Fixed;
            }
        }
    }

    /// Takes note of what people decided. A heading stays a heading, and what counts only in whole
    /// documents goes on to do so.
    pub(super) fn heed(&mut self, wishes: &Wishes) {
        for &(document, start, wish) in &wishes.sentences {
            let sentences = self.sentences_of(document);
            let starts = &self.starts[sentences.clone()];
            let Ok(place) = starts.binary_search_by_key(&start, |&other| other as usize) else { continue };
            let sentence = sentences.start + place;
            let marked = &mut self.documents[document.0 as usize];
            match wish {
                Wish::Stay => {
                    // What was rejected in part must not go as part of the whole.
                    marked.damaged = true;
                    self.pin(sentence);
                }
                Wish::Go if matches!(self.parts[sentence], Part::Free | Part::Line) => {
                    self.parts[sentence] = Part::Leaving;
                }
                Wish::Go => {}
                Wish::Change => {
                    marked.damaged = true;
                    self.parts[sentence] = Part::Aside;
                    self.changed.insert(sentence as u32);
                }
            }
        }
        for &document in &wishes.documents {
            self.refused.insert(document.0);
            self.sentences_of(document).for_each(|sentence| self.pin(sentence));
        }
    }

    fn pin(&mut self, sentence: usize) {
        if matches!(self.parts[sentence], Part::Free | Part::Line | Part::Leaving) {
            self.parts[sentence] = Part::Pinned;
        }
    }

    /// The number of the form in `collapse.form`, whose normal form has this hash.
    fn form(&mut self, hash: u128, collapse: &mut Collapse) -> u32 {
        let key = hash as u64;
        let class = collapse.classes.find(key, |class| {
            collapse.class_hashes[class as usize] == hash
                && self.same_normal_form(self.tokens_of(self.first_forms[class as usize]), &collapse.form)
        });
        let Some(class) = class else {
            let class = self.first_forms.len() as u32;
            collapse.class_hashes.push(hash);
            collapse.classes.insert(key, class);
            let form = self.push_form(class, &collapse.form);
            self.first_forms.push(form);
            return form;
        };
        let first = self.first_forms[class as usize];
        if self.tokens_of(first) == collapse.form {
            return first;
        }
        // Same normal form, written otherwise.
        let key = xxh3_64(&collapse.form) ^ u64::from(class);
        let known = |n: u32| {
            let form = collapse.variants[n as usize];
            self.classes[form as usize] == class && self.tokens_of(form) == collapse.form
        };
        if let Some(n) = collapse.variant_slots.find(key, known) {
            return collapse.variants[n as usize];
        }
        let form = self.push_form(class, &collapse.form);
        let n = collapse.variants.len() as u32;
        collapse.variants.push(form);
        collapse.variant_slots.insert(key, n);
        form
    }

    fn push_form(&mut self, class: u32, tokens: &[u8]) -> u32 {
        let form = self.classes.len() as u32;
        self.tokens.push(tokens);
        self.classes.push(class);
        form
    }

    fn same_normal_form(&self, a: &[u8], b: &[u8]) -> bool {
        a == b || self.folded_words(a).eq(self.folded_words(b))
    }

    fn folded_words(&self, tokens: &[u8]) -> impl Iterator<Item = u32> {
        varint::read(tokens).map(|packed| self.words.folded(Token::unpack(packed).word))
    }

    fn language(&mut self, language: Language) -> u8 {
        let place = self.languages.iter().position(|&other| other == language).unwrap_or_else(|| {
            self.languages.push(language);
            self.languages.len() - 1
        });
        u8::try_from(place).unwrap_or(NO_LANGUAGE)
    }

    /// The words of a form.
    #[inline]
    pub(super) fn words_of(&self, form: u32) -> impl Iterator<Item = u32> {
        self.tokens(form).map(|token| token.word)
    }

    /// The words of a form, and what stands before each.
    #[inline]
    pub(super) fn tokens(&self, form: u32) -> impl Iterator<Item = Token> {
        varint::read(self.tokens_of(form)).map(Token::unpack)
    }

    #[inline]
    fn tokens_of(&self, form: u32) -> &[u8] {
        &self.tokens[form as usize]
    }

    /// The sentences of a document.
    pub(super) fn sentences_of(&self, document: DocId) -> std::ops::Range<usize> {
        let document = document.0 as usize;
        let start = if document == 0 { 0 } else { self.documents[document - 1].end };
        start as usize..self.documents[document].end as usize
    }

    /// The document that holds a sentence.
    pub(super) fn document_of(&self, sentence: u32) -> DocId {
        DocId(self.documents.partition_point(|document| document.end <= sentence) as u32)
    }

    /// The language a sentence is in.
    pub(super) fn language_of(&self, sentence: u32) -> Option<Language> {
        let document = self.documents[self.document_of(sentence).0 as usize];
        self.languages.get(usize::from(document.language)).copied()
    }

    /// Where a sentence stands in its document's text.
    pub(super) fn span(&self, sentence: u32) -> Span {
        let start = self.starts[sentence as usize] as usize;
        Span::new(start, start + self.lengths[sentence as usize] as usize)
    }

    /// The 1-based line a sentence starts on.
    pub(super) fn line(&self, sentence: u32) -> u64 {
        u64::from(self.lines[sentence as usize])
    }
}

fn salt(document: DocId) -> u64 {
    xxh3_64(&document.0.to_le_bytes()) | 1
}

/// The words of batches, by the numbers they have there: their numbers in the corpus.
#[derive(Default)]
struct Renumbered {
    /// `NONE` for a word of the table that has not been met.
    numbers: Vec<u32>,
    table: Option<Arc<SharedWords>>,
}

impl Renumbered {
    /// A batch of words of this table comes next. Words are met in the order in which they first stand in the
    /// corpus, so their numbers there are as if they were the batch's own.
    fn begin(&mut self, table: &Arc<SharedWords>) {
        if self.table.as_ref().is_none_or(|known| !Arc::ptr_eq(known, table)) {
            self.numbers = vec![NONE; table.len()];
            self.table = Some(Arc::clone(table));
        }
    }

    #[inline]
    fn number(&mut self, word: u32, words: &mut Words) -> u32 {
        let known = &mut self.numbers[word as usize];
        if *known == NONE
            && let Some(table) = &self.table
        {
            *known = words.intern(table.get(word));
        }
        *known
    }
}

/// What is needed only while sentences are put together.
#[derive(Debug, Default)]
struct Collapse {
    classes: Slots,
    class_hashes: Vec<u128>,
    /// Forms after the first of their class.
    variants: Vec<u32>,
    variant_slots: Slots,
    form: Vec<u8>,
    /// Forms that stand somewhere as a sentence with a stop.
    sentences: Vec<bool>,
}

impl Collapse {
    fn mark_sentence(&mut self, form: u32) {
        let form = form as usize;
        if self.sentences.len() <= form {
            self.sentences.resize(form + 1, false);
        }
        self.sentences[form] = true;
    }
}

/// The words of the corpus, as written and folded.
#[derive(Debug, Default)]
pub(super) struct Words {
    written: Vocabulary,
    normal: Vocabulary,
    facts: Vec<WordFacts>,
}

#[derive(Clone, Copy, Debug)]
struct WordFacts {
    folded: u32,
    kind: TokenKind,
    case: Case,
}

/// How a word is capitalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// No letter that has case.
    None,
    Lower,
    /// Only the first letter is a capital.
    Title,
    /// At least two letters, all capitals.
    Upper,
    /// Anything else: `McDonald`, `iPhone`.
    Mixed,
}

impl Words {
    fn intern(&mut self, written: &str) -> u32 {
        let id = self.written.intern(written);
        if id as usize == self.facts.len() {
            let kind = TokenKind::of(written);
            let folded = self.normal.intern(&fold(written, kind));
            self.facts.push(WordFacts { folded, kind, case: case(written) });
        }
        id
    }

    /// Gives back what is only needed to add words.
    fn freeze(&mut self) {
        self.written.freeze();
        self.facts.shrink_to_fit();
    }

    /// Number of distinct words.
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Number of distinct folded words.
    pub(super) fn folded_len(&self) -> usize {
        self.normal.len()
    }

    /// The number of a word's normal form.
    #[inline]
    pub(super) fn folded(&self, word: u32) -> u32 {
        self.facts[word as usize].folded
    }

    #[inline]
    pub(super) fn kind(&self, word: u32) -> TokenKind {
        self.facts[word as usize].kind
    }

    pub(super) fn case(&self, word: u32) -> Case {
        self.facts[word as usize].case
    }

    /// The word as it stands in the text.
    pub(super) fn written(&self, word: u32) -> &str {
        self.written.get(word)
    }

    /// All normal forms, by number.
    pub(super) fn normal_forms(&self) -> impl Iterator<Item = &str> {
        self.normal.iter()
    }

    /// The number of a normal form, if the corpus has it.
    pub(super) fn find_normal(&self, normal: &str) -> Option<u32> {
        self.normal.find(normal)
    }

    /// The normal form with this number.
    pub(super) fn normal(&self, folded: u32) -> &str {
        self.normal.get(folded)
    }

    /// All words as they stand in the text, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0u32..).zip(self.written.iter())
    }
}

fn case(written: &str) -> Case {
    // Programmes that write titles take what follows an apostrophe for a word: `Aren'T`.
    let stem = written.split(['\'', '’']).next().unwrap_or(written);
    let own = if stem.chars().any(char::is_lowercase) { stem } else { written };
    let mut letters = own.chars().filter(|c| c.is_uppercase() || c.is_lowercase());
    let Some(first) = letters.next() else { return Case::None };
    let (mut upper, mut lower) = (0, 0);
    for c in letters {
        if c.is_uppercase() { upper += 1 } else { lower += 1 }
    }
    match (first.is_uppercase(), upper, lower) {
        (false, 0, _) => Case::Lower,
        (true, 0, _) => Case::Title,
        (true, _, 0) => Case::Upper,
        _ => Case::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_told_by_where_they_stand() {
        for (written, expected) in [
            ("cat", Case::Lower),
            ("Cat", Case::Title),
            ("CAT", Case::Upper),
            ("McCat", Case::Mixed),
            ("Ireland'S", Case::Title),
            ("IRELAND'S", Case::Upper),
            ("Aren'T", Case::Title),
            ("25th", Case::Lower),
            ("25", Case::None),
        ] {
            assert_eq!(case(written), expected, "{written}");
        }
    }
}
