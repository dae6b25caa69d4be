//! `scrubjay review`: one finding at a time, at the terminal. Every answer is kept at once.

use std::io::{self, BufRead, IsTerminal, Write};

use super::args::{Review, Talk};
use super::exit::Exit;
use super::marked::{self, Marks};
use super::story::printable;
use super::terminal::{print, say};
use crate::decide::{Decisions, Entry, Reach, Verdict};
use crate::model::figures::counted;
use crate::model::{Action, ReportRow};
use crate::output::word_diff;
use crate::pipeline::{self, Looked, PlanError};

const KEYS: &str = "y  yes: accept what is proposed
n  no: reject it, and do not propose it again
e  edit: write something else instead
s  skip: decide later
a  all: the same answer for every row of this cluster, or of this word
u  undo the last answer
q  quit; everything answered is kept
?  this list";

/// A row that waits for an answer is asked about before one that was carried out.
fn rank(row: &ReportRow) -> u8 {
    u8::from(row.action != Action::Review)
}

/// Asks about every row that nobody has decided about.
pub(super) fn review(command: &Review, talk: &Talk) -> anyhow::Result<Exit> {
    let plan = pipeline::recorded_plan(&command.run)?;
    let path = plan.decisions_kept_in(&command.run);
    let decisions = plan.kept_decisions()?;
    let mut rows = pipeline::look(&command.run, &plan, |row| decisions.row(&row.row_id).is_none())?;
    rows.sort_by_key(|looked| rank(&looked.row));
    let mut session = Session {
        rows,
        decisions,
        answered: Vec::new(),
        marks: Marks::new(io::stdout().is_terminal()),
        input: io::stdin().lock(),
    };
    let answers = session.ask_all(&mut |change| {
        let changed = plan.change_decisions(&command.run, |decisions| {
            change(decisions);
            Ok::<(), PlanError>(())
        })?;
        Ok(changed)
    })?;
    if !talk.quiet {
        let kept = counted(answers as u64, "new decision", "new decisions");
        let (run, path) =
            (printable(&command.run.display().to_string()), printable(&path.display().to_string()));
        say(format_args!(
            "{kept} in {path}; scrubjay apply {run} {path} carries them out, and so does the next clean"
        ));
    }
    Ok(Exit::Finished)
}

/// Changes the decisions that are kept, and gives them all: somebody else may have decided something, too.
type Keep<'a> = &'a mut dyn FnMut(&dyn Fn(&mut Decisions)) -> anyhow::Result<Decisions>;

struct Session<R> {
    rows: Vec<Looked>,
    decisions: Decisions,
    /// What each answer decided, and at which row it was given.
    answered: Vec<(usize, Vec<String>)>,
    marks: Marks,
    input: R,
}

impl<R: BufRead> Session<R> {
    fn ask_all(&mut self, keep: Keep) -> anyhow::Result<usize> {
        let mut at = 0;
        while at < self.rows.len() {
            if self.decisions.row(&self.rows[at].row.row_id).is_some() {
                at += 1;
                continue;
            }
            self.show(at)?;
            let Some(answer) = self.line("decide [y,n,e,s,a,u,q,?]")? else { break };
            match answer.trim().to_lowercase().as_str() {
                "y" | "yes" => self.answer(at, &[at], &Verdict::Accept, keep)?,
                "n" | "no" => self.answer(at, &[at], &Verdict::Reject, keep)?,
                "e" | "edit" => {
                    let Some(text) = self.line("write instead (empty: back)")? else { break };
                    if !text.trim().is_empty() {
                        self.answer(at, &[at], &Verdict::Edit(text), keep)?;
                    }
                }
                "a" | "all" => self.answer_all(at, keep)?,
                "s" | "skip" | "" => at += 1,
                "u" | "undo" => at = self.undo(at, keep)?,
                "q" | "quit" => break,
                _ => print(KEYS)?,
            }
        }
        Ok(self.answered.iter().map(|(_, ids)| ids.len()).sum())
    }

    fn show(&self, at: usize) -> anyhow::Result<()> {
        let Looked { row, before, after, changed } = &self.rows[at];
        let place = format!("{}:{}", printable(&row.document), row.line);
        print(format_args!(
            "\n({} of {}) {} · {} · {place} · {:.0} % sure",
            at + 1,
            self.rows.len(),
            row.action.as_str(),
            row.kind.as_str(),
            100.0 * row.confidence
        ))?;
        let (before, after) = (marked::tail(before), marked::head(after));
        if row.kind.is_repetition() {
            let line = row.kept_line.map(|line| format!(":{line}")).unwrap_or_default();
            print(format_args!(
                "  stays  {}{line}: {}",
                printable(&row.kept_document),
                printable(&row.kept_text)
            ))?;
            let text = match row.kept_text.is_empty() || !row.kind.is_copy() {
                true => printable(&row.text),
                false => self.marks.diff(&word_diff(&row.kept_text, &row.text)),
            };
            print(format_args!("   text  {text}"))?;
            print(format_args!(" around  {before}[…]{after}"))?;
        } else {
            print(format_args!("   text  {before}{}{after}", self.marks.change(&row.text, &row.suggestion)))?;
        }
        if *changed {
            print(format_args!("   note  the document is gone or changed since the run"))?;
        }
        if !row.reason.is_empty() {
            print(format_args!("    why  {}", printable(&row.reason)))?;
        }
        Ok(())
    }

    /// The next line; `None` at the end of the input.
    fn line(&mut self, prompt: &str) -> anyhow::Result<Option<String>> {
        let mut out = io::stdout().lock();
        write!(out, "{prompt} ")?;
        out.flush()?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// Decides about rows, and keeps that before anything else is asked.
    fn answer(&mut self, at: usize, rows: &[usize], verdict: &Verdict, keep: Keep) -> anyhow::Result<()> {
        let mut ids = Vec::new();
        let mut entries = Vec::new();
        for &place in rows {
            let row = &self.rows[place].row;
            if let Err(why) = pipeline::possible(verdict, row) {
                print(format_args!("not possible: {why}"))?;
                continue;
            }
            ids.push(row.row_id.clone());
            entries.push(Entry {
                document: row.document.clone(),
                kind: Some(row.kind),
                text: row.text.clone(),
                suggestion: row.suggestion.clone(),
                row_id: row.row_id.clone(),
                reach: Reach::Row,
                verdict: verdict.clone(),
                note: String::new(),
            });
        }
        self.decisions = keep(&|decisions| decisions.extend(entries.iter().cloned()))?;
        if !ids.is_empty() {
            self.answered.push((at, ids));
        }
        Ok(())
    }

    fn answer_all(&mut self, at: usize, keep: Keep) -> anyhow::Result<()> {
        let own = &self.rows[at].row;
        let is_alike = |row: &ReportRow| match own.cluster.is_empty() {
            false => row.cluster == own.cluster,
            true => (row.kind, &row.text, &row.suggestion) == (own.kind, &own.text, &own.suggestion),
        };
        let open = |looked: &Looked| self.decisions.row(&looked.row.row_id).is_none();
        let alike: Vec<usize> = (0..self.rows.len())
            .filter(|&place| is_alike(&self.rows[place].row) && open(&self.rows[place]))
            .collect();
        let of = if own.cluster.is_empty() { "this word" } else { "this cluster" };
        let prompt =
            format!("all {} of {of}: accept or reject? [y,n]", counted(alike.len() as u64, "row", "rows"));
        match self.line(&prompt)?.as_deref().map(str::trim) {
            Some("y") => self.answer(at, &alike, &Verdict::Accept, keep),
            Some("n") => self.answer(at, &alike, &Verdict::Reject, keep),
            _ => Ok(()),
        }
    }

    fn undo(&mut self, at: usize, keep: Keep) -> anyhow::Result<usize> {
        let Some((place, ids)) = self.answered.pop() else {
            print("nothing to undo")?;
            return Ok(at);
        };
        self.decisions = keep(&|decisions| decisions.forget(&ids))?;
        Ok(place)
    }
}
