//! Addresses: of pages, of mail and of files.
//!
//! What stands at the other end changes with every mark of them, so `a-b` and `ab` are two.

use super::characters::is_unspaced;

/// A longer run is cut here, so that no place of a text is looked at many times.
const LONGEST: usize = 256;

/// The marks after the first word of an address that may show it to be one.
pub(super) const JOINTS: &[u8] = b"@/:.-_+\\";

/// Ends of names of hosts that are no words: a host in them is one without a path.
const DOMAINS: &[&str] = &["com", "org", "net", "edu", "gov", "io"];

/// The length of the address that begins at a place of `text`, if one does: `https://example.org`,
/// `www.example.org`, `example.org/page`, `example.com`, `ann@example.org`, `10.1000/182`, `/usr/lib`, `./a`,
/// `../a`, `~/a`, `C:\a`.
pub(super) fn at(text: &str, start: usize) -> Option<usize> {
    let is_inside = |c: char| {
        c.is_alphanumeric() && !is_unspaced(c) || matches!(c, '/' | '.' | '-' | '@' | '+' | '~' | '\\')
    };
    if text[..start].chars().next_back().is_some_and(is_inside) {
        return None;
    }
    let run = run(&text[start..]);
    is_address(run).then_some(run.len())
}

/// What stands together at the start of `text`, without the punctuation behind it.
fn run(text: &str) -> &str {
    let ends = |c: char| match c {
        '"' | '<' | '>' | '|' | '`' => true,
        _ if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
        _ => !c.is_alphanumeric() || is_unspaced(c),
    };
    let end = text.char_indices().find(|&(at, c)| at >= LONGEST || ends(c)).map_or(text.len(), |(at, _)| at);
    let run = &text[..end];
    let open = run.contains('(');
    let is_behind = |c: char| {
        matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ']' | '}' | '*' | '_') || c == ')' && !open
    };
    run.trim_end_matches(is_behind)
}

fn is_address(run: &str) -> bool {
    let (place, path) = run.split_once('/').map_or((run, None), |(place, path)| (place, Some(path)));
    let is_start = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    let has_path = path.is_some_and(|path| path.starts_with(is_start));
    match place {
        "" => has_path && path.is_some_and(|path| path.contains(['/', '.'])),
        "." | ".." | "~" => has_path,
        _ if run.split_once("://").is_some_and(|(scheme, rest)| is_name(scheme) && !rest.is_empty()) => true,
        _ if place.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www.")) => is_host(&place[4..]),
        _ if matches!(run.as_bytes(), [drive, b':', b'\\', _, ..] if drive.is_ascii_alphabetic()) => true,
        // A document, by its DOI.
        _ if place
            .strip_prefix("10.")
            .is_some_and(|registrant| registrant.len() >= 4 && is_number(registrant)) =>
        {
            has_path
        }
        _ => match place.split_once('@') {
            Some((who, host)) => {
                !who.is_empty() && who.chars().all(is_of_mail) && is_host(host) && host.contains('.')
            }
            None => {
                let is_place = has_path || place.rsplit('.').next().is_some_and(|end| DOMAINS.contains(&end));
                is_place && place.contains('.') && is_host(place)
            }
        },
    }
}

fn is_of_mail(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%')
}

/// Names with points between them, the last of letters; a port may follow.
fn is_host(host: &str) -> bool {
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    host.split('.').all(is_label) && host.rsplit('.').next().is_some_and(is_name)
}

/// Two letters or more.
fn is_name(name: &str) -> bool {
    name.chars().nth(1).is_some() && name.chars().all(char::is_alphabetic)
}

fn is_number(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_to_their_end_and_punctuation_is_left() {
        for (text, expected) in [
            ("https://example.org/a_(b)?c=d#e, it", Some("https://example.org/a_(b)?c=d#e")),
            ("www.my-site.example.", Some("www.my-site.example")),
            ("github.com/foo/bar).", Some("github.com/foo/bar")),
            ("anna.berg@acme.example or", Some("anna.berg@acme.example")),
            ("/usr/local/bin", Some("/usr/local/bin")),
            ("../lib", Some("../lib")),
            ("~/lib is", Some("~/lib")),
            ("my-site.com,", Some("my-site.com")),
            ("10.1000/ab-cd.", Some("10.1000/ab-cd")),
            ("C:\\data\\my-set", Some("C:\\data\\my-set")),
            ("j.d@my-site.example", Some("j.d@my-site.example")),
            ("https://example.org/，了解", Some("https://example.org/")),
            ("https://example.org/a—it", Some("https://example.org/a")),
            ("and/or", None),
            ("U.S./Canada", None),
            ("10.5/20", None),
            ("end.Next", None),
            ("@home", None),
            ("/ or", None),
            ("/her", None),
            ("end.In", None),
        ] {
            assert_eq!(at(text, 0).map(|len| &text[..len]), expected, "{text}");
        }
    }

    #[test]
    fn an_address_begins_where_its_run_does() {
        let text = "x.example.org/a";
        assert_eq!(at(text, 2), None);
        assert_eq!(at(text, 0), Some(text.len()));
    }
}
