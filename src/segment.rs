//! Room 2: text → sentence spans that tile the text.
//!
//! A text is cut three times, each time in one pass: into lines (or Markdown's stretches of inline
//! text), the lines joined to paragraphs, the paragraphs cut into sentences. Nothing looks further
//! back or ahead than a constant, so a line of 100 MB costs what its bytes cost.

mod abbreviations;
mod boundary;
mod layout;
mod markdown;
mod plain;
mod tiles;

use crate::language::{self, Language};
use crate::model::{Markup, Role, Sentence, Span};

use boundary::Rules;
use layout::Layout;
use tiles::Tiles;

/// A text cut into sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segmentation {
    /// Tile the text: every byte is in exactly one `span`.
    pub sentences: Vec<Sentence>,
    /// Stretches inside prose that no edit may touch: inline code, link targets, autolinks, inline HTML,
    /// images, footnote references, escapes, and the `>` that quotes a line in the middle of a sentence.
    /// Sorted and disjoint. A whole sentence may still be removed with what is protected in it.
    pub protected: Vec<Span>,
    /// The language the text is in, where it can be told.
    pub language: Option<Language>,
}

/// Cuts a text into sentences.
///
/// List markers and quote marks at the beginning of a line are stretches of their own in Markdown
/// (quote marks also in plain text), so removing a sentence never takes them along. Where a quoted
/// sentence runs over several lines, the quote marks in its middle lie within it and are protected.
pub fn segment(text: &str, markup: Markup) -> Segmentation {
    segment_in(text, markup, language::identify(text))
}

/// The same for a text of which [`language::identify`] was asked before.
pub fn segment_in(text: &str, markup: Markup, language: Option<Language>) -> Segmentation {
    let layout = Layout::of(text);
    let outline = match markup {
        Markup::Plain => plain::outline(text, &layout),
        Markup::Markdown => markdown::outline(text, &layout),
    };
    let mut rules = Rules::new(language);
    let mut tiles = Tiles::new(text);
    for (number, paragraph) in outline.paragraphs.iter().enumerate() {
        tiles.begin_paragraph(number);
        match (paragraph.role, markup) {
            (Role::Prose, _) => {
                rules.cut(text, paragraph.span, &outline.held, |sentence| tiles.push(sentence, Role::Prose))
            }
            (Role::Heading, Markup::Plain) => {
                // Two sentences on a line announce nothing, whatever they stand above.
                let mut parts = Vec::new();
                rules.cut(text, paragraph.span, &outline.held, |sentence| parts.push(sentence));
                let role = if parts.len() > 1 { Role::Prose } else { Role::Heading };
                parts.into_iter().for_each(|part| tiles.push(part, role));
            }
            (role, _) => tiles.push(paragraph.span, role),
        }
    }
    Segmentation { sentences: tiles.finish(), protected: outline.protected, language }
}

/// A text before its paragraphs are cut.
#[derive(Default)]
struct Outline {
    paragraphs: Vec<Paragraph>,
    /// See [`Segmentation::protected`].
    protected: Vec<Span>,
    /// Stretches in which no sentence ends, so that none is removed with half of a link or of a bold
    /// stretch. Sorted and disjoint.
    held: Vec<Span>,
}

/// Lines that belong together, without white space at either end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Paragraph {
    span: Span,
    role: Role,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_tiles(text: &str, markup: Markup) {
        let segmentation = segment(text, markup);
        let mut end = 0;
        for sentence in &segmentation.sentences {
            assert_eq!(sentence.span.start, end, "a tile begins where the last one ended: {text:?}");
            assert!(!sentence.span.is_empty(), "no tile is empty: {text:?}");
            assert!(sentence.span.contains(sentence.text), "{text:?}");
            let inner = sentence.text.of(text);
            assert_eq!(inner.trim(), inner, "{text:?}");
            assert!(!inner.is_empty() || sentence.span.of(text).trim().is_empty(), "{text:?}");
            let hull = sentence.span.of(text);
            assert_eq!(hull.trim(), inner, "what is around the sentence is white space: {text:?}");
            end = sentence.span.end;
        }
        assert_eq!(end, text.len(), "{text:?}");
        assert!(segmentation.sentences.is_sorted_by_key(|sentence| sentence.paragraph));
        for pair in segmentation.protected.windows(2) {
            assert!(pair[0].end <= pair[1].start, "{pair:?} in {text:?}");
        }
        for span in &segmentation.protected {
            assert!(!span.of(text).is_empty());
        }
        for sentence in segmentation.sentences.iter().filter(|sentence| sentence.role == Role::Prose) {
            for span in segmentation.protected.iter().filter(|span| span.overlaps(sentence.text)) {
                assert!(sentence.text.contains(*span), "{span:?} is cut in {text:?}");
            }
        }
    }

    /// Pieces that rules look at, in any order.
    fn prose() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "The",
            "cat",
            "Mr",
            "U.S",
            "e.g",
            "3",
            "1995",
            "a",
            "I",
            "é",
            "Да",
            "猫",
            "है",
            "ﷺ",
            ".",
            "!",
            "?",
            "…",
            "。",
            "।",
            "؟",
            "(",
            ")",
            "[",
            "]",
            "[1]",
            "“",
            "”",
            "\"",
            "'",
            "''",
            "«",
            "»",
            "「",
            "」",
            " ",
            " ",
            " ",
            "\n",
            "\n",
            "\r\n",
            "\n\n",
            "\t",
            "\u{a0}",
            ">",
            "> ",
            "- ",
            "1. ",
            "2. ",
            "1) ",
            "• ",
            "#",
            "`",
            "**",
            "*",
            "_",
            "|",
            "---\n",
            "```\n",
            "[a](b.c)",
            "![a](b)",
            "<b>",
            "<http://a.b>",
            "&amp;",
            "\\",
            "    ",
            ";",
            ":",
            "—",
            "[^1]",
            "[^1]: ",
            "+++\n",
            "==\n",
        ]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn sentences_tile_any_text(text in any::<String>()) {
            assert_tiles(&text, Markup::Plain);
            assert_tiles(&text, Markup::Markdown);
        }

        #[test]
        fn sentences_tile_any_prose(text in prose()) {
            assert_tiles(&text, Markup::Plain);
            assert_tiles(&text, Markup::Markdown);
        }
    }

    /// The stretches of a text, as `P|text` for prose, `H|` for headings, `-|` for the others.
    fn stretches(text: &str, markup: Markup) -> Vec<String> {
        assert_tiles(text, markup);
        let letter = |role| match role {
            Role::Prose => "P",
            Role::Heading => "H",
            Role::Opaque => "-",
        };
        let sentences = segment(text, markup).sentences;
        sentences
            .iter()
            .map(|sentence| format!("{}|{}", letter(sentence.role), sentence.text.of(text)))
            .collect()
    }

    #[test]
    fn protected_stretches_are_disjoint_whatever_stands_in_each_other() {
        // Found by fuzzing.
        let text = include_str!("../tests/found/segment/nested_images.md");
        let protected = segment(text, Markup::Markdown).protected;
        assert!(protected.windows(2).all(|pair| pair[0].end <= pair[1].start), "{protected:?}");
        assert!(!protected.is_empty());
    }

    #[test]
    fn a_text_of_nothing_has_no_sentences_and_white_space_is_opaque() {
        assert_eq!(segment("", Markup::Plain).sentences, []);
        assert_eq!(stretches(" \n\n", Markup::Plain), ["-|"]);
    }

    #[test]
    fn white_space_belongs_to_the_sentence_before_it() {
        let text = "\n The one.  The two.\n\n";
        let spans: Vec<&str> =
            segment(text, Markup::Plain).sentences.iter().map(|s| s.span.of(text)).collect();
        assert_eq!(spans, ["\n ", "The one.  ", "The two.\n\n"]);
    }

    #[test]
    fn one_sentence_a_line_is_never_joined() {
        let text = "The first of them is here and has no stop\nAnother one is shorter\nThe third of these lines is the \
                    longest of all of them\nIt is\nthe end of it";
        let lines: Vec<String> = text.lines().map(|line| format!("P|{line}")).collect();
        assert_eq!(stretches(text, Markup::Plain), lines);
    }

    const WRAPPED: &str = "It was the best of times, it was the worst of times, it was the age of\n\
        wisdom, it was the age of foolishness. It was the epoch of belief, it was\n\
        the epoch of incredulity.\n\n\
        Short line\nAnd another\n\n\
        It was the season of Light, it was the season of Darkness, and it was the\n\
        spring of hope.\n";

    #[test]
    fn hard_wrapped_lines_are_joined_and_short_ones_are_not() {
        let expected = [
            "P|It was the best of times, it was the worst of times, it was the age of\nwisdom, it was the age of foolishness.",
            "P|It was the epoch of belief, it was\nthe epoch of incredulity.",
            "P|Short line",
            "P|And another",
            "P|It was the season of Light, it was the season of Darkness, and it was the\nspring of hope.",
        ];
        assert_eq!(stretches(WRAPPED, Markup::Plain), expected);
        let crlf = WRAPPED.replace('\n', "\r\n");
        let expected = expected.map(|stretch| stretch.replace('\n', "\r\n"));
        assert_eq!(stretches(&crlf, Markup::Plain), expected);
    }

    #[test]
    fn a_quoted_line_keeps_its_mark_when_its_sentence_goes() {
        let text = "> It was the best of times, it was the worst of times, and the age of\n\
                    > wisdom. It was the age of foolishness, it was the epoch of belief, it\n\
                    > was so.\n> The end of all of it came soon.\n";
        let expected = [
            "-|>",
            "P|It was the best of times, it was the worst of times, and the age of\n> wisdom.",
            "P|It was the age of foolishness, it was the epoch of belief, it\n> was so.",
            "-|>",
            "P|The end of all of it came soon.",
        ];
        assert_eq!(stretches(text, Markup::Plain), expected);
        assert_eq!(stretches(text, Markup::Markdown), expected);
        let protected = segment(text, Markup::Plain).protected;
        assert_eq!(protected.iter().map(|span| span.of(text)).collect::<Vec<_>>(), ["> ", "> "]);
    }

    #[test]
    fn a_line_of_a_few_words_before_text_is_a_heading() {
        let text = "The end of the line\n\nThe train stopped there for the last time in May.\n\nThe train again\nIt came back.";
        assert_eq!(
            stretches(text, Markup::Plain),
            [
                "H|The end of the line",
                "P|The train stopped there for the last time in May.",
                "P|The train again",
                "P|It came back."
            ]
        );
    }

    #[test]
    fn a_line_of_two_sentences_is_no_heading() {
        let text = "See you. A line without a stop\nThe ferry leaves the northern pier at dawn.";
        let expected =
            ["P|See you.", "P|A line without a stop", "P|The ferry leaves the northern pier at dawn."];
        assert_eq!(stretches(text, Markup::Plain), expected);
    }

    #[test]
    fn a_paragraph_folded_narrower_than_the_others_is_joined_too() {
        let narrow = "It was the spring of hope, it was the\nwinter of despair, we had everything\nbefore us, we had nothing before us.\n\n";
        let text = format!("{narrow}{WRAPPED}");
        assert_eq!(
            stretches(&text, Markup::Plain)[0],
            "P|It was the spring of hope, it was the\nwinter of despair, we had everything\nbefore us, we had nothing before us."
        );
        assert_eq!(stretches(&text, Markup::Plain).len(), 6);
    }

    #[test]
    fn markdown_shows_its_prose_only() {
        let text = "---\ntitle: No. This is not prose.\n---\n\n# The *title* here\n\nThe prose with `a.  B` in it. And more of it.\n\n\
                    - one item. It has two.\n1. numbered\n\n> quoted. And more.\n\n| a | b |\n|---|---|\n| c | d |\n\n\
                    ```\ncode. Here.\n```\n\n<div>html. Block.</div>\n\n[a]: http://b.c \"D\"\n\nThe last [one. Of](http://x.y) all.\n";
        assert_eq!(
            stretches(text, Markup::Markdown),
            [
                "-|---\ntitle: No. This is not prose.\n---\n\n#",
                "H|The *title* here",
                "P|The prose with `a.  B` in it.",
                "P|And more of it.",
                "-|-",
                "P|one item.",
                "P|It has two.",
                "-|1.",
                "P|numbered",
                "-|>",
                "P|quoted.",
                "P|And more.",
                "-|| a | b |\n|---|---|\n| c | d |\n\n```\ncode. Here.\n```\n\n<div>html. Block.</div>\n\n[a]: http://b.c \"D\"",
                "P|The last [one. Of](http://x.y) all.",
            ]
        );
    }

    #[test]
    fn code_targets_html_and_entities_are_protected() {
        let text = "Use `code` or [this text](http://a.b \"T\") or <http://c.d>, <b>not</b> ![alt](e.png) &amp; so[^1].\n\n[^1]: It.\n";
        let protected = segment(text, Markup::Markdown).protected;
        assert_eq!(
            protected.iter().map(|span| span.of(text)).collect::<Vec<_>>(),
            [
                "`code`",
                "[",
                "](http://a.b \"T\")",
                "<http://c.d>",
                "<b>",
                "</b>",
                "![alt](e.png)",
                "&amp;",
                "[^1]"
            ]
        );
    }

    #[test]
    fn a_bold_stretch_is_never_cut_in_two() {
        let text = "Go now. **It is late. It is dark.** The end.\n";
        assert_eq!(
            stretches(text, Markup::Markdown),
            ["P|Go now.", "P|**It is late. It is dark.**", "P|The end."]
        );
    }
}
