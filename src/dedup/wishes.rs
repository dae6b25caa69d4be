//! What people decided, before anything is compared.
//!
//! A rejected removal must shape the clusters and not only the rows: what stays may lead others,
//! and what was removed because of it must point at something that is still there.

use crate::model::DocId;

/// What people want of sentences and documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Single sentences, by document and start of their text.
    pub sentences: Vec<(DocId, usize, Wish)>,
    /// Documents that are not to be left out: every sentence of theirs stays.
    pub documents: Vec<DocId>,
}

/// What a person wants of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It stays, whatever it is like. Others may go as its copies.
    Stay,
    /// It goes, if something stays that it is like.
    Go,
    /// It is written anew: it stays, and nothing goes because of it.
    Change,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedup::{
        Background, DocumentFacts, Fingerprinter, Keep, Repetitions, Repute, Settings, resolve_heeding,
    };
    use crate::language::Language;
    use crate::model::{Applicability, Kind, Markup, OneByOne, Role, Sentence, Span};

    /// Sentences that are equal, alike, alike but for a fact, or part of each other.
    const POOL: &[&str] = &[
        "The ferry leaves the northern pier at dawn.",
        "the ferry leaves the northern pier at dawn!",
        "The ferry leaves the nothern pier at dawn.",
        "The ferry leaves the northern pier at dusk.",
        "The ferry leaves the northern pier at dusk and dawn.",
        "The ferry does not leave the northern pier at dawn.",
        "The old ferry leaves the northern pier at dawn.",
        "Of the 19 people on board, 15 were from the village.",
        "Of the 19 people on board, 17 were from the village.",
        "Of the 19 people on board, 15 were from the village, the ferry leaves the northern pier at dawn.",
        "Dogs bark all night long in the valley.",
        "Dogs bark.",
    ];

    fn sentences(lines: &[usize]) -> (String, Vec<Sentence>) {
        let mut text = String::new();
        let mut sentences = Vec::new();
        for &line in lines {
            let start = text.len();
            text.push_str(POOL[line]);
            let body = Span::new(start, text.len());
            text.push('\n');
            let span = Span::new(start, text.len());
            sentences.push(Sentence { span, text: body, role: Role::Prose, paragraph: 0 });
        }
        (text, sentences)
    }

    fn resolved(corpus: &[Vec<usize>], wishes: &Wishes, keep: Keep) -> Repetitions {
        let settings = Settings { keep, ..Settings::default() };
        let mut printer = Fingerprinter::new();
        for lines in corpus {
            let (text, sentences) = sentences(lines);
            printer.document(&text, &sentences, Markup::Plain, Some(Language::ENGLISH));
        }
        let facts = vec![DocumentFacts::default(); corpus.len()];
        let repute = |word: &str| if word == "nothern" { Repute::Unknown } else { Repute::Common };
        let background = Background { repute: &repute, meanings: &|_, _| (), rarity: &|_| 4.0 };
        resolve_heeding(vec![printer.finish()], &facts, wishes, &settings, &background, &OneByOne)
    }

    /// Where each sentence of a document begins.
    fn starts(lines: &[usize]) -> Vec<usize> {
        sentences(lines).1.iter().map(|sentence| sentence.text.start).collect()
    }

    /// What became of each sentence: `None` if it stays, else the place of what stays instead.
    fn removed(corpus: &[Vec<usize>], repetitions: &Repetitions) -> Vec<Vec<Option<(usize, usize)>>> {
        (0..corpus.len())
            .map(|document| {
                let findings = repetitions.findings(DocId(document as u32));
                starts(&corpus[document])
                    .into_iter()
                    .map(|start| {
                        let goes = findings.iter().find(|finding| {
                            finding.applicability == Applicability::Safe
                                && (finding.kind == Kind::DuplicateDocument || finding.span.start == start)
                        })?;
                        let kept = goes.repetition?;
                        Some((kept.kept_document.0 as usize, kept.kept_span.start))
                    })
                    .collect()
            })
            .collect()
    }

    fn whole(repetitions: &Repetitions, document: usize) -> Option<usize> {
        let finding = repetitions.findings(DocId(document as u32)).into_iter().next()?;
        let goes = finding.kind == Kind::DuplicateDocument && finding.applicability == Applicability::Safe;
        goes.then(|| finding.repetition.unwrap().kept_document.0 as usize)
    }

    fn wish() -> impl Strategy<Value = Option<Wish>> {
        prop_oneof![
            3 => Just(None),
            2 => Just(Some(Wish::Stay)),
            3 => Just(Some(Wish::Go)),
            1 => Just(Some(Wish::Change)),
        ]
    }

    fn corpus() -> impl Strategy<Value = Vec<Vec<(usize, Option<Wish>)>>> {
        prop::collection::vec(prop::collection::vec((0..POOL.len(), wish()), 1..5), 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

        #[test]
        fn no_combination_of_decisions_loses_the_last_copy_of_a_sentence(
            wished in corpus(),
            refused in prop::collection::vec(prop::bool::weighted(0.1), 6),
            keep in prop::sample::select(vec![Keep::First, Keep::Last, Keep::Longest]),
        ) {
            let corpus: Vec<Vec<usize>> =
                wished.iter().map(|lines| lines.iter().map(|(line, _)| *line).collect()).collect();
            let mut wishes = Wishes::default();
            for (document, lines) in wished.iter().enumerate() {
                for (start, (_, wish)) in starts(&corpus[document]).into_iter().zip(lines) {
                    wishes.sentences.extend(wish.map(|wish| (DocId(document as u32), start, wish)));
                }
            }
            wishes.documents =
                (0..corpus.len()).filter(|&document| refused[document]).map(|d| DocId(d as u32)).collect();
            let repetitions = resolved(&corpus, &wishes, keep);
            let removed = removed(&corpus, &repetitions);
            for (document, lines) in wished.iter().enumerate() {
                let within = whole(&repetitions, document);
                for (at, (line, wish)) in lines.iter().enumerate() {
                    let Some((kept_document, kept_start)) = removed[document][at] else { continue };
                    prop_assert!(
                        !matches!(wish, Some(Wish::Stay | Wish::Change)) && !refused[document],
                        "{} of {document} is to stay: {wished:?}", POOL[*line]
                    );
                    if let Some(within) = within {
                        // Said in the other document, by a sentence that stays or goes for one that does.
                        prop_assert!(whole(&repetitions, within).is_none(), "{wished:?}");
                        let is_said = wished[within].iter().any(|(other, wish)| {
                            *wish != Some(Wish::Change) && strsim::normalized_levenshtein(POOL[*line], POOL[*other]) > 0.7
                        });
                        prop_assert!(is_said, "{} of {document} is nowhere in {within}: {wished:?}", POOL[*line]);
                        continue;
                    }
                    let kept = starts(&corpus[kept_document]).iter().position(|&start| start == kept_start).unwrap();
                    prop_assert!(
                        removed[kept_document][kept].is_none() && wished[kept_document][kept].1 != Some(Wish::Change),
                        "{} of {document} goes for one that goes or changes: {wished:?}", POOL[*line]
                    );
                }
                // What a whole document said stays somewhere as it was said, or in a reading of it.
                if within.is_some() {
                    for (line, _) in lines {
                        let stays = (0..corpus.len()).any(|other| {
                            (0..corpus[other].len()).any(|at| {
                                removed[other][at].is_none()
                                    && wished[other][at].1 != Some(Wish::Change)
                                    && strsim::normalized_levenshtein(POOL[*line], POOL[corpus[other][at]]) > 0.7
                            })
                        });
                        prop_assert!(stays, "{} is lost: {wished:?}", POOL[*line]);
                    }
                }
            }
        }
    }

    fn told(corpus: &[Vec<usize>], wishes: &[(usize, usize, Wish)]) -> Vec<Vec<Option<(usize, usize)>>> {
        let place = |&(document, at, wish): &(usize, usize, Wish)| {
            (DocId(document as u32), starts(&corpus[document])[at], wish)
        };
        let wishes = Wishes { sentences: wishes.iter().map(place).collect(), documents: Vec::new() };
        removed(corpus, &resolved(corpus, &wishes, Keep::First))
    }

    #[test]
    fn a_copy_that_is_to_stay_stays_and_takes_no_other_with_it() {
        let corpus = [vec![0, 7], vec![0, 10], vec![0, 8]];
        assert_eq!(told(&corpus, &[]), [[None, None], [Some((0, 0)), None], [Some((0, 0)), None]]);
        let kept = told(&corpus, &[(1, 0, Wish::Stay)]);
        assert_eq!(kept, [[None, None], [None, None], [Some((0, 0)), None]]);
    }

    #[test]
    fn a_near_copy_that_is_to_stay_leads_what_is_written_like_it() {
        // Two sentences with the slip, one of which is to stay: the other one is its copy now.
        let corpus = [vec![0, 7], vec![2, 10], vec![2, 8]];
        let kept = told(&corpus, &[(2, 0, Wish::Stay)]);
        assert_eq!(kept, [[None, None], [Some((2, 0)), None], [None, None]]);
    }

    #[test]
    fn what_only_a_person_can_tell_goes_when_it_is_accepted() {
        let corpus = [vec![7, 10], vec![8, 0]];
        assert_eq!(told(&corpus, &[]), [[None, None], [None, None]]);
        assert_eq!(told(&corpus, &[(1, 0, Wish::Go)]), [[None, None], [Some((0, 0)), None]]);
    }

    #[test]
    fn of_two_that_are_like_only_each_other_one_stays() {
        let corpus = [vec![7, 10], vec![8, 0]];
        let both = told(&corpus, &[(0, 0, Wish::Go), (1, 0, Wish::Go)]);
        assert_eq!(both.concat().iter().flatten().count(), 1);
    }
}
