//! Changes on the terminal: in brackets always, in colour where there is one.

use super::story::printable;
use crate::output::Stretch;

/// How changed words are set off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    colour: bool,
}

impl Marks {
    /// Colours only for a terminal, and not where NO_COLOR asks for none (<https://no-color.org>).
    pub(super) fn new(is_terminal: bool) -> Marks {
        Marks { colour: is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    /// A comparison on one line.
    pub(super) fn diff(self, stretches: &[Stretch]) -> String {
        stretches
            .iter()
            .map(|stretch| match stretch {
                Stretch::Same(text) => printable(text),
                Stretch::Gone(text) => self.gone(text),
                Stretch::Come(text) => self.come(text),
            })
            .collect()
    }

    /// One text in the place of another.
    pub(super) fn change(self, old: &str, new: &str) -> String {
        let come = if new.is_empty() { String::new() } else { self.come(new) };
        self.gone(old) + &come
    }

    fn gone(self, text: &str) -> String {
        let text = printable(text);
        if self.colour { format!("\u{1b}[31m[-{text}-]\u{1b}[0m") } else { format!("[-{text}-]") }
    }

    fn come(self, text: &str) -> String {
        let text = printable(text);
        if self.colour { format!("\u{1b}[32m{{+{text}+}}\u{1b}[0m") } else { format!("{{+{text}+}}") }
    }
}

/// The end of what stands before a text: no more than its line.
pub(super) fn tail(before: &str) -> String {
    printable(before.rsplit('\n').next().unwrap_or_default())
}

/// The beginning of what stands behind it: no more than its line.
pub(super) fn head(after: &str) -> String {
    printable(after.split('\n').next().unwrap_or_default().trim_end_matches('\r'))
}
