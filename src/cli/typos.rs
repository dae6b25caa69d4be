//! Settings of the typo engine, and the files they name.

use std::fs;
use std::path::Path;

use anyhow::anyhow;

use super::args::{self, Find};
use crate::output::QuotedPath;
use crate::spell::{Dialect, Dictionary, Settings, UserWords};

/// What was typed, with the files read.
pub(super) fn settings(find: &Find) -> anyhow::Result<Settings> {
    let mut lists = String::new();
    for path in &find.words {
        let list =
            fs::read(path).map_err(|error| anyhow!("cannot read --words {}: {error}", QuotedPath(path)))?;
        let list =
            String::from_utf8(list).map_err(|_| anyhow!("--words {} is not UTF-8", QuotedPath(path)))?;
        // One list at a time, so that a bad line is named by its number.
        UserWords::parse(&list).map_err(|error| anyhow!("--words {}: {error}", QuotedPath(path)))?;
        lists.push_str(list.trim_start_matches('\u{feff}'));
        lists.push('\n');
    }
    Ok(Settings {
        confusions: find.confusions,
        words: UserWords::parse(&lists)?,
        dialect: match find.dialect {
            args::Dialect::Any => Dialect::Any,
            args::Dialect::Us => Dialect::American,
            args::Dialect::Gb => Dialect::British,
        },
        dictionaries: find.dictionary.iter().map(|typed| dictionary(typed)).collect::<Result<_, _>>()?,
    })
}

/// `de=path/de_DE.dic`, with `path/de_DE.aff` beside it.
fn dictionary(typed: &str) -> anyhow::Result<Dictionary> {
    let (code, path) = typed.split_once('=').ok_or_else(|| {
        anyhow!("--dictionary {typed} names no language; write it as LANG=FILE, such as de=de_DE.dic")
    })?;
    let dic = Path::new(path);
    let aff = dic.with_extension("aff");
    let (words, rules) = (read_dictionary(code, dic)?, read_dictionary(code, &aff)?);
    let encoding = encoding(&rules);
    let decoded = |path: &Path, bytes: Vec<u8>| {
        decode(bytes, &encoding).map_err(|error| anyhow!("--dictionary {code}={}: {error}", QuotedPath(path)))
    };
    let (rules, words) = (decoded(&aff, rules)?, decoded(dic, words)?);
    Dictionary::new(code, &rules, &words).map_err(|error| anyhow!("--dictionary {typed}: {error}"))
}

fn read_dictionary(code: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| anyhow!("cannot read --dictionary {code}={}: {error}", QuotedPath(path)))
}

/// What the `.aff` file says its encoding is.
fn encoding(aff: &[u8]) -> String {
    let lines = aff.split(|&byte| byte == b'\n').map(|line| String::from_utf8_lossy(line));
    lines
        .filter_map(|line| line.trim().strip_prefix("SET ").map(|name| name.trim().to_owned()))
        .next()
        .unwrap_or_else(|| "UTF-8".to_owned())
}

/// UTF-8, and the Latin-1 of older dictionaries.
fn decode(bytes: Vec<u8>, encoding: &str) -> anyhow::Result<String> {
    match encoding {
        "UTF-8" => {
            String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8, as SET in the .aff file says"))
        }
        "ISO8859-1" => Ok(bytes.into_iter().map(char::from).collect()),
        other => Err(anyhow!("it is in {other}; convert both files to UTF-8 and SET to UTF-8")),
    }
}
