//! Spellings that are right in American or in British English only.

use std::io;

use super::lexicon::unpack;

static DIALECTS: &[u8] = include_bytes!("../../data/dialects.zst");

/// Which English is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Dialect {
    /// Any: a spelling that is right somewhere is right.
    #[default]
    Any,
    /// American English.
    American,
    /// British English, with `-ise` or `-ize`.
    British,
}

/// The spellings of one dialect that are wrong in the other.
pub struct Dialects {
    /// Lines `word us|gb other`, sorted.
    text: String,
    starts: Vec<u32>,
}

impl Dialects {
    /// The list in the program.
    ///
    /// # Errors
    /// When there is not enough memory to unpack it.
    pub fn load() -> io::Result<Dialects> {
        let text = String::from_utf8(unpack(DIALECTS)?).map_err(io::Error::other)?;
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|feed| feed as u32 + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Ok(Dialects { text, starts })
    }

    /// How `dialect` spells a word in lower case that only the other one spells so.
    pub fn spelling(&self, word: &str, dialect: Dialect) -> Option<&str> {
        let foreign = match dialect {
            Dialect::Any => return None,
            Dialect::American => "gb",
            Dialect::British => "us",
        };
        let at = self.starts.partition_point(|&start| self.word(start as usize) < word);
        let line = self.text[*self.starts.get(at)? as usize..].lines().next()?;
        let mut cells = line.split(' ');
        (cells.next() == Some(word) && cells.next() == Some(foreign)).then(|| cells.next()).flatten()
    }

    fn word(&self, start: usize) -> &str {
        let line = &self.text[start..];
        // The last start is the end of the list, and comes after every word.
        if line.is_empty() { "\u{10ffff}" } else { &line[..line.find(' ').unwrap_or(line.len())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_knows_the_other() {
        let dialects = Dialects::load().unwrap();
        assert_eq!(dialects.spelling("colour", Dialect::American), Some("color"));
        assert_eq!(dialects.spelling("color", Dialect::British), Some("colour"));
        assert_eq!(dialects.spelling("colour", Dialect::British), None);
        assert_eq!(dialects.spelling("colour", Dialect::Any), None);
        for word in ["organize", "meter", "story", "house", "", "a", "zzzz"] {
            assert_eq!(dialects.spelling(word, Dialect::British), None, "{word}");
        }
    }
}
