//! Documents: sentences in paragraphs, in one of a few layouts.

use super::plant::Planter;
use super::random::Random;
use super::sentence::Grammar;
use super::truth::{Place, Planted};

/// How a document stands on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A paragraph is one line, with a blank line after it.
    Paragraphs,
    /// Lines broken near 72 characters, as in mail.
    HardWrapped,
    /// CommonMark with headings, lists, links and code.
    Markdown,
    /// A sentence a line, and no blank lines.
    Lines,
}

/// A document's text and what was planted in it; the buffers are used again for the next.
#[derive(Default)]
pub(crate) struct Document {
    pub(crate) title: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) planted: Vec<Planted>,
}

/// Writes document after document.
pub(crate) struct Author<'a> {
    pub(crate) grammar: Grammar,
    pub(crate) planter: Planter<'a>,
    pub(crate) random: Random,
}

impl Author<'_> {
    /// Writes the next document, which begins at `at`.
    pub(crate) fn write(&mut self, at: Place, layout: Layout, document: &mut Document) {
        let Document { title, text, planted } = document;
        title.clear();
        text.clear();
        planted.clear();
        let cast = self.grammar.cast(&mut self.random);
        let length = self.random.length(2_200).clamp(200, 80_000);
        self.grammar.title(&cast, &mut self.random, title);
        match layout {
            Layout::Paragraphs | Layout::HardWrapped => {
                text.extend_from_slice(title);
                text.extend_from_slice(b"\n\n");
            }
            Layout::Markdown => {
                text.extend_from_slice(b"# ");
                text.extend_from_slice(title);
                text.extend_from_slice(b"\n\n");
            }
            Layout::Lines => {}
        }
        while text.len() < length {
            let dice = self.random.below(8);
            let list = layout == Layout::Markdown && dice == 0;
            let sentences = 2 + self.random.below(6);
            for i in 0..sentences {
                if list {
                    text.extend_from_slice(b"- ");
                }
                self.planter.sentence((&self.grammar, &cast), &mut self.random, at, text, planted);
                let last = i + 1 == sentences;
                text.push(if last || list || layout == Layout::Lines { b'\n' } else { b' ' });
            }
            if layout != Layout::Lines {
                text.push(b'\n');
            }
            if layout == Layout::Markdown && dice == 1 {
                text.extend_from_slice(b"```sh\ntide --seperator ';' recieve < gague.csv\n```\n\n");
                text.extend_from_slice(b"See [the page](https://example.org/teh/page) as well.\n\n");
            }
        }
        if self.random.per_mille(300) {
            self.planter.boilerplate(&mut self.random, at, text, planted);
            text.push(b'\n');
        } else if layout != Layout::Lines {
            text.pop();
        }
        if layout == Layout::HardWrapped {
            wrap(text, 72);
        }
    }
}

/// Turns spaces into line ends so that lines have at most `width` characters where words allow.
/// No byte moves, so what is known about places stays true.
fn wrap(text: &mut [u8], width: usize) {
    let (mut column, mut space) = (0, None);
    for i in 0..text.len() {
        match text[i] {
            b'\n' => (column, space) = (0, None),
            // The inside of a character has no width.
            0x80..=0xbf => {}
            byte => {
                if byte == b' ' {
                    space = Some((i, column));
                }
                column += 1;
                if column > width
                    && let Some((at, before)) = space.take()
                {
                    text[at] = b'\n';
                    column -= before + 1;
                }
            }
        }
    }
}

#[test]
fn wrapping_keeps_lines_within_the_width_and_every_other_byte() {
    let mut text =
        "Über den Dächern stand ein schmaler Mond, und niemand sah hin.\n\nEnde".as_bytes().to_vec();
    let before = text.clone();
    wrap(&mut text, 20);
    let wrapped = String::from_utf8(text.clone()).unwrap();
    assert!(wrapped.lines().all(|line| line.chars().count() <= 20), "{wrapped}");
    assert_eq!(wrapped.lines().count(), 6);
    for (a, b) in before.iter().zip(&text) {
        assert!(a == b || (*a == b' ' && *b == b'\n'));
    }
}
