//! The corpus, once: from fingerprints to repetitions.

use crate::language::{Language, Tables, TokenKind};
use crate::model::{DocId, Workers};

use super::cluster::{Clusterer, Clusters, NONE};
use super::corpus::{Case, Corpus, Part, Words};
use super::documents::{Contained, contained};
use super::edges::Edges;
use super::fingerprint::Fingerprints;
use super::guard::Lore;
use super::meant::Meant;
use super::partial::Finder;
use super::repetitions::Repetitions;
use super::restated::Terms;
use super::{Background, DocumentFacts, Repute, Scope, Settings, Wishes};

/// A word in this many distinct sentences is no slip, whatever the dictionary says.
const SENTENCES_TO_BE_KNOWN: u32 = 5;

/// Words are counted in so many shares, each with counts of its own.
const COUNTS_AT_ONCE: usize = 4;

/// Words that one worker looks at in one go.
const WORDS_A_SHARE: usize = 1 << 13;

/// Finds the repetitions of a corpus.
///
/// `batches` hold its documents in corpus order, and `documents` has an entry for each.
/// `workers` lend a hand. The result depends on nothing but the corpus and the settings: not on how documents were batched, nor on how many
/// hands there are.
pub fn resolve(
    batches: Vec<Fingerprints>,
    documents: &[DocumentFacts],
    settings: &Settings,
    background: &Background,
    workers: &dyn Workers,
) -> Repetitions {
    resolve_heeding(batches, documents, &Wishes::default(), settings, background, workers)
}

/// The same, heeding what people decided. No combination of wishes removes the last copy of a
/// sentence: whatever goes is like something that stays.
pub fn resolve_heeding(
    batches: Vec<Fingerprints>,
    documents: &[DocumentFacts],
    wishes: &Wishes,
    settings: &Settings,
    background: &Background,
    workers: &dyn Workers,
) -> Repetitions {
    let mut corpus = Corpus::new(batches, settings);
    corpus.heed(wishes);
    let corpus = corpus;
    assert_eq!(documents.len(), corpus.documents.len(), "each document has its facts");
    let tables = Tables::new();
    let (counts, reputes, meant) = meanings(&corpus, background, workers);
    let lore = lore(&corpus, &counts, reputes, &meant, background, workers);
    let compared = compared_classes(&corpus);
    let salts = salts(&corpus, settings);
    let review_threshold = settings.review_threshold.min(settings.threshold);
    let edges = Edges::new(
        &corpus,
        &meant,
        &counts,
        &compared,
        |class| salts.get(class as usize).copied().unwrap_or(0),
        review_threshold,
        workers,
    );
    let clusterer =
        Clusterer { corpus: &corpus, edges: &edges, lore: &lore, tables: &tables, documents, settings };
    // Who stays is found sentence by sentence, by one worker; another has time for what comes last.
    let (mut clusters, mut copies, mut terms) = Default::default();
    workers.both(
        || (clusters, copies) = staying(&clusterer, workers),
        || terms = self::terms(&corpus, &counts, &tables, background),
    );
    let kept: Vec<u32> = clusters.staying().collect();
    let salt = |form: u32| salts.get(corpus.classes[form as usize] as usize).copied().unwrap_or(0);
    let partials = Finder {
        corpus: &corpus,
        lore: &lore,
        tables: &tables,
        meant: &meant,
        edges: &edges,
        clusters: &clusters,
    }
    .find(&kept, salt, workers);
    clusterer.absorb(partials, &mut clusters);
    drop(edges);
    let mut repetitions = Repetitions::new(corpus, lore, tables, clusters, copies, workers);
    repetitions.restate(terms, workers);
    repetitions.give_names(workers);
    repetitions
}

/// Which sentences stay, and which documents are held by others.
fn staying(clusterer: &Clusterer, workers: &dyn Workers) -> (Clusters, Vec<Option<Contained>>) {
    let Clusterer { corpus, documents, settings, .. } = *clusterer;
    let clusters = clusterer.cluster(&vec![false; documents.len()], &[]);
    if settings.scope != Scope::Corpus {
        return (clusters, vec![None; documents.len()]);
    }
    let copies = contained(corpus, &clusters, documents, settings, workers);
    let gone: Vec<bool> = copies.iter().map(|copy| copy.is_some_and(Contained::is_copy)).collect();
    if !gone.contains(&true) {
        return (clusters, copies);
    }
    let relied_on = relied_on(corpus, &clusters, &gone);
    (clusterer.cluster(&gone, &relied_on), copies)
}

/// The terms of the corpus, if any of it is in English: of other languages neither endings nor
/// common words are known.
fn terms(corpus: &Corpus, counts: &[u32], tables: &Tables, background: &Background) -> Option<Terms> {
    let table = tables.get(Language::ENGLISH)?;
    let is_there = corpus.languages.contains(&Language::ENGLISH);
    is_there.then(|| Terms::new(&corpus.words, counts, corpus.first_forms.len(), table, background))
}

/// Classes with a sentence that stands for one in a document that goes whole.
fn relied_on(corpus: &Corpus, clusters: &Clusters, gone: &[bool]) -> Vec<bool> {
    let mut kept = vec![false; corpus.classes.len()];
    for document in (0..gone.len()).filter(|&document| gone[document]) {
        for sentence in corpus.sentences_of(DocId(document as u32)) {
            kept[clusters.kept(corpus.forms[sentence]) as usize] = true;
        }
    }
    let mut relied_on = vec![false; corpus.first_forms.len()];
    for (form, &class) in (0u32..).zip(&corpus.classes) {
        relied_on[class as usize] |= kept[clusters.kept(form) as usize];
    }
    relied_on
}

/// How often each folded word stands in the corpus, what dictionaries say of it, and what it was
/// meant to be.
pub(super) fn meanings(
    corpus: &Corpus,
    background: &Background,
    workers: &dyn Workers,
) -> (Vec<u32>, Vec<Repute>, Meant) {
    let counts = word_counts(corpus, workers);
    let reputes = each_normal(&corpus.words, workers, |_, normal| (background.repute)(normal));
    let in_dictionary: Vec<bool> = reputes.iter().map(|&repute| repute > Repute::Unknown).collect();
    let meant = Meant::new(&corpus.words, &counts, &in_dictionary, workers);
    (counts, reputes, meant)
}

/// How often each folded word stands in the distinct sentences.
fn word_counts(corpus: &Corpus, workers: &dyn Workers) -> Vec<u32> {
    let forms = &corpus.first_forms;
    let shares = workers.map_ranges(forms.len(), forms.len().div_ceil(COUNTS_AT_ONCE).max(1), |share| {
        let mut counts = vec![0u32; corpus.words.len()];
        for word in forms[share].iter().flat_map(|&form| corpus.words_of(form)) {
            counts[word as usize] += 1;
        }
        counts
    });
    let mut counts = vec![0; corpus.words.folded_len()];
    for share in shares {
        for (word, count) in (0u32..).zip(share) {
            counts[corpus.words.folded(word) as usize] += count;
        }
    }
    counts
}

/// What `work` makes of each normal form and its number, by number.
fn each_normal<T: Send>(
    words: &Words,
    workers: &dyn Workers,
    work: impl Fn(u32, &str) -> T + Sync,
) -> Vec<T> {
    workers.map_each(words.folded_len(), WORDS_A_SHARE, |word| work(word as u32, words.normal(word as u32)))
}

fn lore(
    corpus: &Corpus,
    counts: &[u32],
    reputes: Vec<Repute>,
    meant: &Meant,
    background: &Background,
    workers: &dyn Workers,
) -> Lore {
    let words = &corpus.words;
    let known = |folded: u32| {
        let frequent = counts[folded as usize] >= SENTENCES_TO_BE_KNOWN && meant.of(folded) == folded;
        frequent || reputes[folded as usize] > Repute::Unknown
    };
    let meanings_of = |wrong: u32, normal: &str| {
        let mut meanings = Vec::new();
        if reputes[wrong as usize] != Repute::Common {
            (background.meanings)(normal, &mut |right| meanings.extend(words.find_normal(right)));
        }
        meanings
    };
    let meanings = (0..).zip(each_normal(words, workers, meanings_of));
    let mut lore = Lore {
        known: (0..words.folded_len() as u32).map(known).collect(),
        lower: vec![false; words.folded_len()],
        rarities: each_normal(words, workers, |_, normal| Lore::rarity((background.rarity)(normal))),
        meanings: meanings.filter(|(_, meanings)| !meanings.is_empty()).collect(),
        reputes,
    };
    for (word, _) in words.iter() {
        if words.kind(word) == TokenKind::Word && words.case(word) == Case::Lower {
            lore.lower[words.folded(word) as usize] = true;
        }
    }
    lore
}

/// Classes with a sentence that counts by itself.
pub(super) fn compared_classes(corpus: &Corpus) -> Vec<u32> {
    let mut compared = vec![false; corpus.first_forms.len()];
    for (&form, &part) in corpus.forms.iter().zip(&corpus.parts) {
        compared[corpus.classes[form as usize] as usize] |= part != Part::Aside;
    }
    (0u32..).zip(compared).filter(|(_, is_compared)| *is_compared).map(|(class, _)| class).collect()
}

/// For comparisons within documents, the document each class is of; else nothing.
fn salts(corpus: &Corpus, settings: &Settings) -> Vec<u32> {
    if settings.scope == Scope::Corpus {
        return Vec::new();
    }
    let mut salts = vec![NONE; corpus.first_forms.len()];
    for document in 0..corpus.documents.len() as u32 {
        for sentence in corpus.sentences_of(DocId(document)) {
            salts[corpus.classes[corpus.forms[sentence] as usize] as usize] = document;
        }
    }
    salts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::{Fingerprinter, Keep};
    use crate::model::{Applicability, Markup, OneByOne, Role, Sentence, Span};

    const DICTIONARY: &[&str] = &[
        "the",
        "cat",
        "sat",
        "on",
        "mat",
        "today",
        "all",
        "day",
        "was",
        "received",
        "with",
        "thanks",
        "by",
        "our",
        "office",
        "yesterday",
        "report",
        "he",
        "said",
        "judge",
        "found",
        "him",
        "guilty",
    ];

    fn background() -> Background<'static> {
        fn repute(word: &str) -> Repute {
            if DICTIONARY.contains(&word) { Repute::Common } else { Repute::Unknown }
        }
        Background { repute: &repute, meanings: &|_, _| (), rarity: &|_| 4.0 }
    }

    /// One sentence a line.
    fn lines(text: &str) -> Vec<Sentence> {
        let mut at = 0;
        text.split_inclusive('\n')
            .map(|line| {
                let span = Span::new(at, at + line.len());
                at = span.end;
                Sentence {
                    span,
                    text: Span::new(span.start, span.start + line.trim_end().len()),
                    role: Role::Prose,
                    paragraph: 0,
                }
            })
            .collect()
    }

    fn resolved(texts: &[&str], batch: usize, facts: &[DocumentFacts], settings: &Settings) -> Repetitions {
        let batches = texts
            .chunks(batch)
            .map(|texts| {
                let mut printer = Fingerprinter::new();
                for text in texts {
                    printer.document(text, &lines(text), Markup::Plain, Some(Language::ENGLISH));
                }
                printer.finish()
            })
            .collect();
        resolve(batches, facts, settings, &background(), &OneByOne)
    }

    /// Findings as `document: text <- kept (mark reason)`; `-` is safe to remove, `?` for review.
    fn told(repetitions: &Repetitions, texts: &[&str]) -> Vec<String> {
        (0..texts.len())
            .flat_map(|document| {
                repetitions.findings(DocId(document as u32)).into_iter().map(move |finding| {
                    let other = finding.repetition.unwrap();
                    let mark = if finding.applicability == Applicability::Safe { '-' } else { '?' };
                    let kept = other.kept_span.of(texts[other.kept_document.0 as usize]);
                    format!(
                        "{document}{mark} {} <- {kept} ({})",
                        finding.span.of(texts[document]),
                        finding.reason
                    )
                })
            })
            .collect()
    }

    fn check(texts: &[&str], settings: &Settings, expected: &[&str]) {
        let facts = vec![DocumentFacts::default(); texts.len()];
        let repetitions = resolved(texts, 1, &facts, settings);
        assert_eq!(told(&repetitions, texts), expected);
        assert_eq!(told(&resolved(texts, texts.len(), &facts, settings), texts), expected, "in one batch");
    }

    #[test]
    fn exact_and_misspelt_copies_go_and_numbers_and_negations_stay() {
        check(
            &[
                "The cat sat on the mat all day.\nThe report was received with thanks by our office yesterday.\n",
                "the cat sat   on the mat all day!\nDogs bark at 5.\n",
                "The report was recieved with thanks by our office yesterday.\nDogs bark all night long.\n",
                "The report was not received with thanks by our office yesterday.\nThe cat sat on 2 mats all day.\n",
            ],
            &Settings::default(),
            &[
                "1- the cat sat   on the mat all day! <- The cat sat on the mat all day. (the same words, written otherwise)",
                "2- The report was recieved with thanks by our office yesterday. <- The report was received with thanks by our office yesterday. (spelling: recieved / received)",
                "3? The report was not received with thanks by our office yesterday. <- The report was received with thanks by our office yesterday. (negations differ: not only here)",
            ],
        );
    }

    #[test]
    fn a_question_is_no_copy_of_a_statement_nor_us_of_the_us() {
        check(
            &[
                "The judge found him guilty today.\nHe said it was good for us all.\n",
                "The judge found him guilty today?\nHe said it was good for US all.\n",
            ],
            &Settings::default(),
            &[
                "1? The judge found him guilty today? <- The judge found him guilty today. (signs differ: ? only here)",
                "1? He said it was good for US all. <- He said it was good for us all. (case differs: US / us)",
            ],
        );
    }

    #[test]
    fn the_copy_without_the_misspelling_stays_even_if_it_comes_later() {
        check(
            &[
                "The report was recieved with thanks by our office.\nOne.\n",
                "The report was received with thanks by our office.\nTwo.\n",
            ],
            &Settings::default(),
            &[
                "0- The report was recieved with thanks by our office. <- The report was received with thanks by our office. (spelling: recieved / received)",
            ],
        );
    }

    #[test]
    fn short_sentences_stay_and_a_document_that_says_nothing_new_goes_whole() {
        check(
            &[
                "Yes, thank you.\nThe cat sat on the mat all day.\nMore of it here.\n",
                "The cat sat on the mat all day.\nYes, thank you.\n",
                "Yes, thank you.\nNo.\n",
            ],
            &Settings::default(),
            &["1- The cat sat on the mat all day. <-  (the kept document has a copy of every sentence)"],
        );
    }

    #[test]
    fn the_preferred_document_keeps_its_copy_and_keep_decides_among_equals() {
        let texts = [
            "The cat sat on the mat all day.\nA.\n",
            "The cat sat on the mat all day.\nB.\n",
            "The cat sat on the mat all day.\nC.\n",
        ];
        let kept = |facts: &[u32], keep: Keep| -> Vec<u32> {
            let facts: Vec<DocumentFacts> =
                facts.iter().map(|&preference| DocumentFacts { preference }).collect();
            let repetitions = resolved(&texts, 2, &facts, &Settings { keep, ..Settings::default() });
            (0..3).filter(|&document| repetitions.findings(DocId(document)).is_empty()).collect()
        };
        assert_eq!(kept(&[0, 0, 0], Keep::First), [0]);
        assert_eq!(kept(&[0, 0, 0], Keep::Last), [2]);
        assert_eq!(kept(&[1, 0, 1], Keep::First), [1]);
        assert_eq!(kept(&[1, 0, 0], Keep::Last), [2]);
    }

    /// What is told of documents of one sentence a line, of which those without a stop are headings.
    fn told_with_headings(texts: &[(&str, Markup)]) -> Vec<String> {
        let mut printer = Fingerprinter::new();
        for (text, markup) in texts {
            let mut sentences = lines(text);
            for sentence in sentences.iter_mut().filter(|sentence| !sentence.text.of(text).ends_with('.')) {
                sentence.role = Role::Heading;
            }
            printer.document(text, &sentences, *markup, Some(Language::ENGLISH));
        }
        let facts = vec![DocumentFacts::default(); texts.len()];
        let settings = Settings::default();
        let repetitions = resolve(vec![printer.finish()], &facts, &settings, &background(), &OneByOne);
        told(&repetitions, &texts.iter().map(|(text, _)| *text).collect::<Vec<_>>())
    }

    #[test]
    fn a_heading_stays_and_a_sentence_that_says_the_same_goes() {
        let expected =
            ["0- The cat sat on the mat all day. <- The cat sat on the mat all day (the same words)"];
        let sentence = ("The cat sat on the mat all day.\nOne more.\n", Markup::Plain);
        let heading = ("Two.\nThe cat sat on the mat all day\nThree.\n", Markup::Markdown);
        assert_eq!(told_with_headings(&[sentence, heading]), expected);
        let title = ("The cat sat on the mat all day\nTwo.\n", Markup::Plain);
        assert_eq!(told_with_headings(&[sentence, title]), expected);
    }

    #[test]
    fn a_line_that_is_a_sentence_elsewhere_lost_its_stop_and_goes() {
        let line = ("Two.\nThe cat sat on the mat all day\nThree.\n", Markup::Plain);
        let sentence = ("The cat sat on the mat all day.\nOne more.\n", Markup::Plain);
        let expected =
            ["0- The cat sat on the mat all day <- The cat sat on the mat all day. (the same words)"];
        assert_eq!(told_with_headings(&[line, sentence]), expected);
        let other = ("Five.\nThe cat sat on the mat all day\nFour.\n", Markup::Plain);
        assert_eq!(told_with_headings(&[line, other]), [""; 0], "headings alone stay");
        let title_case = ("Five.\nThe Cat Sat On The Mat All Day.\nFour.\n", Markup::Plain);
        let expected = [
            "1- The Cat Sat On The Mat All Day. <- The cat sat on the mat all day (the same words, written otherwise)",
        ];
        assert_eq!(told_with_headings(&[line, title_case]), expected, "written otherwise, it is no proof");
    }

    const FERRY: &str = "The harbour master Orlan Veshti closed the northern pier after the fire.\n\
        Nobody was hurt, and the passengers were taken home by bus.\n\
        Tickets cost more in summer than they do in winter here.\n\
        It was Veshti who decided to keep the pier closed once the fire was out.\n";

    #[test]
    fn a_point_that_is_made_again_in_other_words_is_shown_with_what_both_speak_of() {
        let expected = "0? It was Veshti who decided to keep the pier closed once the fire was out. \
            <- The harbour master Orlan Veshti closed the northern pier after the fire. \
            (both speak of: Veshti, pier, closed, fire)";
        check(&[FERRY], &Settings::default(), &[expected]);
        let within = Settings { scope: Scope::Document, ..Settings::default() };
        check(&[FERRY], &within, &[expected]);
    }

    #[test]
    fn points_are_looked_for_within_documents_and_in_english_only() {
        let half: Vec<&str> = FERRY.split_inclusive('\n').collect();
        let (first, second) = (half[..2].concat(), half[2..].concat());
        check(&[&first, &second], &Settings::default(), &[]);
        let mut printer = Fingerprinter::new();
        printer.document(FERRY, &lines(FERRY), Markup::Plain, Some(Language("fr")));
        let facts = [DocumentFacts::default()];
        let repetitions =
            resolve(vec![printer.finish()], &facts, &Settings::default(), &background(), &OneByOne);
        assert_eq!(told(&repetitions, &[FERRY]), [""; 0]);
    }

    #[test]
    fn within_one_document_only_its_own_sentences_are_copies() {
        let settings = Settings { scope: Scope::Document, ..Settings::default() };
        check(
            &[
                "The cat sat on the mat all day.\nThe cat sat on the mat all day.\n",
                "The cat sat on the mat all day.\n",
            ],
            &settings,
            &["0- The cat sat on the mat all day. <- The cat sat on the mat all day. (the same words)"],
        );
    }

    #[test]
    fn what_is_quoted_as_kept_is_known_in_its_document() {
        let texts = [
            "Zero.\nThe cat sat on the mat all day.\nOne.\n",
            "The cat sat on the mat all day.\nDogs bark.\n",
        ];
        let repetitions = resolved(&texts, 1, &[DocumentFacts::default(); 2], &Settings::default());
        let quoted: Vec<&str> = repetitions.keeper_spans(DocId(0)).map(|span| span.of(texts[0])).collect();
        assert_eq!(quoted, ["The cat sat on the mat all day."]);
        assert_eq!(repetitions.keeper_spans(DocId(1)).count(), 0);
        assert_eq!(repetitions.findings(DocId(1))[0].repetition.unwrap().kept_line, 2);
        let top = repetitions.top_clusters(5);
        assert_eq!((top.len(), top[0].sentences, top[0].documents, top[0].document), (1, 2, 2, DocId(0)));
    }
}
