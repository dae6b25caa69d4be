//! What the user decides about typos.

use rustc_hash::FxHashSet;

use serde::{Deserialize, Serialize};

use crate::language::Dialect;

use super::dictionary::Dictionary;

/// How typos are looked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Report common words in the place of others (`form` for `from`) on weaker evidence, too: more
    /// finds, and more false ones.
    pub confusions: bool,
    /// Words that are right.
    pub words: UserWords,
    /// Which English is written.
    pub dialect: Dialect,
    /// Dictionaries of other languages.
    pub dictionaries: Vec<Dictionary>,
}

/// Words that the user says are right.
///
/// One a line. An entry without a capital stands for the word in any case; one with a capital only for
/// exactly itself. `/.../` is a regular expression for whole words. Lines that begin with `#` are
/// comments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Vec<String>", try_from = "Vec<String>")]
pub struct UserWords {
    any_case: FxHashSet<String>,
    exact: FxHashSet<String>,
    patterns: regex::RegexSet,
}

impl From<UserWords> for Vec<String> {
    fn from(words: UserWords) -> Vec<String> {
        let mut lines: Vec<String> = words.any_case.into_iter().chain(words.exact).collect();
        lines.sort_unstable();
        let whole = |pattern: &String| {
            let inner = pattern.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")$"));
            format!("/{}/", inner.unwrap_or(pattern))
        };
        lines.extend(words.patterns.patterns().iter().map(whole));
        lines
    }
}

impl TryFrom<Vec<String>> for UserWords {
    type Error = BadPattern;

    fn try_from(lines: Vec<String>) -> Result<UserWords, BadPattern> {
        UserWords::parse(&lines.join("\n"))
    }
}

/// A line of a word list that is no regular expression.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: cannot read the pattern {pattern}: {message}")]
pub struct BadPattern {
    line: usize,
    pattern: String,
    message: String,
}

impl UserWords {
    /// Reads a list.
    ///
    /// # Errors
    /// When a `/.../` line is no regular expression.
    pub fn parse(list: &str) -> Result<UserWords, BadPattern> {
        let mut words = UserWords::default();
        let mut patterns = Vec::new();
        for (number, line) in list.trim_start_matches('\u{feff}').lines().enumerate() {
            let entry = line.trim();
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            let pattern = entry.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
            if let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) {
                let whole = format!("^(?:{pattern})$");
                regex::Regex::new(&whole).map_err(|error| BadPattern {
                    line: number + 1,
                    pattern: entry.to_owned(),
                    message: last_line(&error),
                })?;
                patterns.push(whole);
            } else if entry.chars().any(char::is_uppercase) {
                words.exact.insert(entry.to_owned());
            } else {
                words.any_case.insert(entry.to_owned());
            }
        }
        words.patterns = regex::RegexSet::new(patterns).map_err(|error| BadPattern {
            line: 0,
            pattern: "(all of them together)".to_owned(),
            message: error.to_string(),
        })?;
        Ok(words)
    }

    /// True when nothing was listed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.any_case.len() + self.exact.len() + self.patterns.len()
    }

    /// True for a word, or words, as it stands in the text, that the user says is right.
    pub(super) fn allow(&self, written: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let straight = written.replace('’', "'");
        let listed = |word: &str| {
            self.exact.contains(word)
                || self.any_case.contains(&word.to_lowercase())
                || self.patterns.is_match(word)
        };
        listed(&straight)
            || straight.strip_suffix("'s").is_some_and(listed)
            || straight.split_whitespace().count() > 1
                && straight.split_whitespace().collect::<FxHashSet<_>>().len() > 1
                && straight.split_whitespace().any(listed)
    }
}

/// The last line of an error says what is wrong; those before it show where.
fn last_line(error: &regex::Error) -> String {
    let error = error.to_string();
    let last = error.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_entries_stand_for_any_case_and_others_for_themselves() {
        let words = UserWords::parse("# ours\nfoobar\n Quux \n/x[0-9a-f]+/\n\nrock'n'roll").unwrap();
        for word in ["foobar", "Foobar", "FOOBAR", "Quux", "Quux's", "x1f", "rock’n’roll"] {
            assert!(words.allow(word), "{word}");
        }
        for word in ["quux", "QUUX", "x1g", "ax1", "ours", "#", ""] {
            assert!(!words.allow(word), "{word}");
        }
    }

    #[test]
    fn one_part_of_a_split_word_is_enough_and_a_doubled_word_stays_doubled() {
        let words = UserWords::parse("inter\nfoo").unwrap();
        assert!(words.allow("inter national"));
        assert!(!words.allow("foo foo"));
    }

    #[test]
    fn a_bad_pattern_is_named_with_its_line() {
        let error = UserWords::parse("a\n/[/").unwrap_err().to_string();
        assert!(error.starts_with("line 2: cannot read the pattern /[/: "), "{error}");
    }
}
