//! What clusters are called: by what they say and not by where it stands, so that a cluster has
//! the same name every night, whatever else has come into the corpus.

use xxhash_rust::xxh3::Xxh3;

use crate::model::{DocId, Workers};

use super::corpus::Corpus;

/// Bits of a name. Among a hundred thousand clusters the chance that any two meet by accident is
/// 1 in 200, and those are told apart by more of what they say.
const NAME_BITS: u32 = 40;

/// Names that one worker makes in one go.
const NAMES_A_SHARE: usize = 1 << 12;

/// What a name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Named {
    /// A cluster, by the sentence that stays.
    Cluster(u32),
    /// A point, by the first sentence that makes it.
    Point(u32),
    /// A document and those that it holds.
    Document(DocId),
}

impl Named {
    /// A number for each sort of thing that is named.
    fn sort(self) -> u64 {
        match self {
            Named::Cluster(_) => 0,
            Named::Point(_) => 1,
            Named::Document(_) => 2,
        }
    }
}

/// What a name is made of, and more of it as long as two names are equal.
#[derive(Clone, Copy, Debug)]
enum Made {
    /// The normal form.
    NormalForm,
    /// The words as they are written: the same words may have two senses, as `US` and `us`.
    Words,
    /// All that the document says: within documents, many may have the same cluster.
    Document,
    /// The place among equals, when all else is equal.
    Place(u32),
}

/// The names of all that is in `named`, which is sorted, in its order: no two alike, and each a
/// function of what it is for alone, unless two would be alike.
pub(super) fn names(corpus: &Corpus, named: &[Named], workers: &dyn Workers) -> Vec<u64> {
    let first = |at: usize| add(corpus, named[at].sort(), named[at], Made::NormalForm);
    let mut names: Vec<u64> = workers.map_each(named.len(), NAMES_A_SHARE, first);
    for step in 0u32.. {
        let mut order: Vec<usize> = (0..named.len()).collect();
        order.sort_unstable_by_key(|&at| (names[at], at));
        let runs = order.chunk_by(|&x, &y| names[x] == names[y]);
        let alike: Vec<&[usize]> = runs.filter(|run| run.len() > 1).collect();
        if alike.is_empty() {
            break;
        }
        for run in alike {
            for (place, &at) in (0u32..).zip(run) {
                let made = match step {
                    0 => Made::Words,
                    1 => Made::Document,
                    _ => Made::Place(place),
                };
                names[at] = add(corpus, names[at], named[at], made);
            }
        }
    }
    names
}

/// A name with something more in it.
fn add(corpus: &Corpus, name: u64, named: Named, made: Made) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&name.to_le_bytes());
    let mut say = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&[0]);
    };
    match (named, made) {
        (_, Made::Place(place)) => hash.update(&place.to_le_bytes()),
        (Named::Document(document), _) => document_words(corpus, document).for_each(say),
        (Named::Cluster(sentence) | Named::Point(sentence), Made::Document) => {
            document_words(corpus, corpus.document_of(sentence)).for_each(say);
        }
        (Named::Cluster(sentence) | Named::Point(sentence), Made::Words) => {
            for token in corpus.tokens(corpus.forms[sentence as usize]) {
                say(corpus.words.written(token.word));
            }
        }
        (Named::Cluster(sentence) | Named::Point(sentence), Made::NormalForm) => {
            for word in corpus.words_of(corpus.forms[sentence as usize]) {
                say(corpus.words.normal(corpus.words.folded(word)));
            }
        }
    }
    hash.digest() & ((1 << NAME_BITS) - 1)
}

fn document_words(corpus: &Corpus, document: DocId) -> impl Iterator<Item = &str> {
    let words = corpus.sentences_of(document).flat_map(|sentence| corpus.words_of(corpus.forms[sentence]));
    words.map(|word| corpus.words.normal(corpus.words.folded(word)))
}
