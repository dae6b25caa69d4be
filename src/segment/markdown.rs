//! Paragraphs of Markdown: the inline text of CommonMark, and what in it must not be touched.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::model::{Role, Span};

use super::layout::{self, Layout};
use super::{Outline, Paragraph};

/// The paragraphs of `text`, and what in them must not be edited.
///
/// Code blocks, tables, HTML blocks, front matter and link definitions are in no paragraph, nor are the
/// markers of lists, quotes and headings.
pub(super) fn outline(text: &str, layout: &Layout) -> Outline {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader {
        text,
        layout,
        outline: Outline::default(),
        run: None,
        role: Role::Prose,
        opaque: 0,
        links: Vec::new(),
        image_end: 0,
    };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.read(&event, range);
    }
    reader.end_run();
    reader.outline
}

struct Reader<'t> {
    text: &'t str,
    layout: &'t Layout,
    outline: Outline,
    /// The stretch of inline text that is being read, which may become several paragraphs.
    run: Option<Span>,
    role: Role,
    /// How many blocks without prose are open.
    opaque: usize,
    /// Open links: where each begins and ends, and where its text ends so far.
    links: Vec<(Span, usize)>,
    /// Everything before is inside an image.
    image_end: usize,
}

impl Reader<'_> {
    fn read(&mut self, event: &Event<'_>, range: Range<usize>) {
        let span = Span::new(range.start, range.end);
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(*tag, span),
            _ if self.opaque > 0 => {}
            Event::Text(shown) => {
                // An entity reads differently from what stands there.
                self.inline(span, shown.len() != span.len());
            }
            Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_) => self.inline(span, true),
            Event::HardBreak => self.end_run(),
            Event::Rule => self.end_run(),
            // A soft break shows in the gap before the next inline event.
            Event::SoftBreak | Event::Html(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Span) {
        match tag {
            _ if self.opaque > 0 && is_inline(tag.to_end()) => {}
            Tag::Image { .. } => {
                self.inline(span, true);
                self.image_end = self.image_end.max(span.end);
            }
            Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } => {
                self.inline(span, true);
                self.image_end = self.image_end.max(span.end);
            }
            Tag::Link { .. } => {
                self.inline(Span::new(span.start, span.start + 1), true);
                self.links.push((span, span.start + 1));
                self.hold(span);
            }
            _ if is_inline(tag.to_end()) => {
                self.inline(Span::new(span.start, span.start), false);
                self.hold(span);
            }
            _ => {
                self.end_run();
                self.opaque += usize::from(is_opaque(tag.to_end()));
                if matches!(tag, Tag::Heading { .. }) {
                    self.role = Role::Heading;
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            _ if self.opaque > 0 && is_inline(tag) => {}
            TagEnd::Link => {
                if let Some(&(link, text_end)) = self.links.last()
                    && link == span
                {
                    self.links.pop();
                    self.inline(Span::new(text_end, span.end), true);
                }
            }
            _ if is_inline(tag) => self.inline(Span::new(span.end, span.end), false),
            _ => {
                self.end_run();
                self.opaque -= usize::from(is_opaque(tag));
                self.role = Role::Prose;
            }
        }
    }

    /// Takes in a piece of inline text.
    fn inline(&mut self, piece: Span, protect: bool) {
        if piece.start < self.image_end {
            return;
        }
        let run = match self.run {
            Some(run) => {
                if self.goes_on(run, piece) {
                    Span::new(run.start, piece.end.max(run.end))
                } else {
                    self.end_run();
                    piece
                }
            }
            None => piece,
        };
        self.run = Some(run);
        if protect && !piece.is_empty() {
            self.outline.protected.push(piece);
            self.hold(piece);
        }
        for (_, text_end) in &mut self.links {
            *text_end = (*text_end).max(piece.end);
        }
    }

    fn hold(&mut self, span: Span) {
        if self.outline.held.last().is_none_or(|held| held.end <= span.start) {
            self.outline.held.push(span);
        }
    }

    /// True when `piece` stands on the line that `run` ends on, or the break between is a fold. The quote
    /// marks in a fold are protected.
    fn goes_on(&mut self, run: Span, piece: Span) -> bool {
        let text = self.text;
        if piece.start <= run.end {
            return true;
        }
        let gap = &text[run.end..piece.start];
        let Some(feed) = memchr::memchr(b'\n', gap.as_bytes()) else { return true };
        let line_start = text[run.start..run.end].rfind('\n').map_or(run.start, |at| run.start + at + 1);
        let line_end =
            memchr::memchr(b'\n', &text.as_bytes()[piece.start..]).map_or(text.len(), |at| piece.start + at);
        let before = layout::line(text, line_start, Span::new(line_start, run.end));
        let line = layout::line(text, run.end + feed + 1, Span::new(piece.start, line_end));
        // A line of marks alone is none of a sentence: `:::` ends a box.
        let first = line.content.of(text).chars().find(|c| c.is_alphanumeric());
        let fold = first.is_some_and(|first| self.layout.folds(text, before, line) || !first.is_uppercase());
        if fold && let Some(mark) = memchr::memchr(b'>', gap.as_bytes()) {
            self.outline.protected.push(Span::new(run.end + mark, piece.start));
        }
        fold
    }

    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        let content = run.of(self.text);
        let start = run.start + (content.len() - content.trim_start().len());
        let span = Span::new(start, start + content.trim().len());
        // An image or a link that stands alone is no sentence.
        let bare = self.outline.protected.last().is_some_and(|protected| protected.contains(span));
        if !span.is_empty() && !bare {
            self.outline.paragraphs.push(Paragraph { span, role: self.role });
        }
    }
}

fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

fn is_opaque(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Table | TagEnd::MetadataBlock(_))
}
