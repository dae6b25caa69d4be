//! temporary
#![allow(missing_docs)]
use crate::language::Language;
use crate::model::*;
#[derive(Clone, Debug)]
pub struct Settings {
    pub threshold: f64,
    pub review_threshold: f64,
    pub min_words: usize,
    pub scope: Scope,
    pub keep: Keep,
}
impl Default for Settings {
    fn default() -> Self {
        Settings {
            threshold: 0.8,
            review_threshold: 0.7,
            min_words: 5,
            scope: Scope::Corpus,
            keep: Keep::First,
        }
    }
}
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    Corpus,
    Document,
}
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    First,
    Last,
    Longest,
}
#[derive(Debug)]
pub struct Fingerprinter;
#[derive(Debug)]
pub struct Fingerprints;
impl Fingerprinter {
    pub fn new(_: &Settings) -> Self {
        Fingerprinter
    }
    pub fn document(&mut self, _: &str, _: &[Sentence], _: Option<Language>) {}
    pub fn finish(self) -> Fingerprints {
        Fingerprints
    }
}
pub struct DocumentFacts {
    pub preference: u32,
}
#[derive(Debug)]
pub struct Repetitions;
pub fn resolve(
    _: Vec<Fingerprints>,
    _: &[DocumentFacts],
    _: &Settings,
    _: &(dyn Fn(&str) -> bool + Sync),
) -> Repetitions {
    Repetitions
}
impl Repetitions {
    pub fn findings(&self, _: DocId) -> Vec<Finding> {
        vec![]
    }
    pub fn keeper_spans(&self, _: DocId) -> impl Iterator<Item = Span> {
        std::iter::empty()
    }
    pub fn is_keeper(&self, _: DocId) -> bool {
        false
    }
}
