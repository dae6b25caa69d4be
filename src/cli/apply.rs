//! `scrubjay apply`: what was understood of the reviewed sheets, and the run done anew with it.

use std::collections::BTreeSet;

use super::args::{Apply, Talk};
use super::exit::Exit;
use super::journal::Journal;
use super::session::Session;
use super::story::printable;
use super::terminal::print;
use crate::decide::{Reach, Verdict};
use crate::model::figures::{counted, grouped};
use crate::output::{Stretch, word_diff};
use crate::pipeline::{self, NewDecisions, Plan, Understanding, Understood, Why};

/// Carries out what reviewers decided.
pub(super) fn apply(command: &Apply, talk: &Talk, journal: &Journal) -> anyhow::Result<Exit> {
    let plan = pipeline::recorded_plan(&command.run)?;
    let earlier = plan.kept_decisions()?;
    let understanding = pipeline::understand(&command.run, &command.sheets, &earlier, Some(&plan))?;
    tell(&understanding, talk)?;
    let refused = !understanding.refused.is_empty();
    if command.dry_run {
        if !talk.quiet {
            print("nothing was written: this was a dry run")?;
        }
        return Ok(if refused { Exit::Findings } else { Exit::Finished });
    }
    let new_decisions = NewDecisions {
        entries: understanding.entries().collect(),
        sheets: command.sheets.clone(),
        some_refused: refused,
    };
    let session = Session::begin(talk, journal, &command.running)?;
    let plan = Plan { new_decisions, conduct: session.conduct(), ..plan };
    let outcome = pipeline::run(&plan, &session.progress());
    session.end(outcome, &plan, |summary| match summary.inputs.damaged {
        0 if refused => Exit::Findings,
        0 => Exit::Finished,
        _ => Exit::DamagedInputs,
    })
}

/// Says what was understood: counts first, then whatever a person should look at.
fn tell(understanding: &Understanding, talk: &Talk) -> anyhow::Result<()> {
    let Understanding { decided, undecided, refused, notes } = understanding;
    if !talk.quiet {
        let count = |wanted: fn(&Verdict) -> bool| {
            decided.iter().filter(|understood| wanted(&understood.entry.verdict)).count() as u64
        };
        let because = |wanted: fn(&Why) -> bool| refused.iter().filter(|row| wanted(&row.why)).count() as u64;
        let unknown = |why: &Why| matches!(why, Why::Unknown | Why::Miscopied);
        let counts = [
            ("accepted", count(|verdict| *verdict == Verdict::Accept)),
            ("rejected", count(|verdict| *verdict == Verdict::Reject)),
            ("edited", count(|verdict| matches!(verdict, Verdict::Edit(_)))),
            ("undecided", *undecided),
            ("stale", because(|why| matches!(why, Why::Stale(_)))),
            ("conflicting", because(|why| matches!(why, Why::Conflict(_)))),
            ("unknown", because(unknown)),
            ("not clear", because(|why| matches!(why, Why::Unclear(_) | Why::Impossible(_)))),
        ];
        for (name, count) in counts {
            print(format_args!("{name:>11}  {}", grouped(count)))?;
        }
        for understood in decided {
            tell_edit(understood)?;
        }
    }
    for note in notes {
        print(format_args!("{:>11}  {}", "note", printable(note)))?;
    }
    for row in refused {
        let id = if row.row_id.is_empty() { String::new() } else { format!(" ({})", printable(&row.row_id)) };
        print(format_args!(
            "{:>11}  {}{id}: {}",
            "refused",
            printable(&row.place),
            printable(&row.why.to_string())
        ))?;
    }
    let bulk = decided.iter().filter(|understood| understood.entry.reach != Reach::Row).count() as u64;
    if bulk > 0 && !talk.quiet {
        print(format_args!("{:>11}  {}", "in bulk", counted(bulk, "decision", "decisions")))?;
    }
    Ok(())
}

/// Shows what an edit changes, and what a spreadsheet may have changed without being asked.
fn tell_edit(understood: &Understood) -> anyhow::Result<()> {
    let Verdict::Edit(replacement) = &understood.entry.verdict else { return Ok(()) };
    let text = &understood.entry.text;
    let place = printable(&understood.place);
    let shown: String = word_diff(text, replacement)
        .into_iter()
        .map(|stretch| match stretch {
            Stretch::Same(same) => abridged(same),
            Stretch::Gone(gone) => format!("[-{}-]", printable(gone)),
            Stretch::Come(come) => format!("{{+{}+}}", printable(come)),
        })
        .collect();
    print(format_args!("{:>11}  {place}: {shown}", "edit"))?;
    let known = understood.row.as_ref().map(|row| format!("{text}{}{}", row.suggestion, row.kept_text));
    let known = known.as_ref().unwrap_or(text);
    let inserted: BTreeSet<char> =
        replacement.chars().filter(|&c| is_spreadsheets(c) && !known.contains(c)).collect();
    if !inserted.is_empty() {
        let named: Vec<String> =
            inserted.into_iter().map(|c| format!("{} (U+{:04X})", visible(c), u32::from(c))).collect();
        print(format_args!(
            "{:>11}  {place}: the replacement has {}, which a spreadsheet may have put in by itself",
            "look",
            named.join(", ")
        ))?;
    }
    Ok(())
}

/// What stays the same, but for its ends when it is long.
fn abridged(text: &str) -> String {
    const ENDS: usize = 24;
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= 2 * ENDS + 3 {
        return printable(text);
    }
    let ends = [&characters[..ENDS], &characters[characters.len() - ENDS..]];
    let [before, after] = ends.map(|end| printable(&end.iter().collect::<String>()));
    format!("{before} … {after}")
}

/// Characters that spreadsheets and word processors put in the place of what was typed.
fn is_spreadsheets(c: char) -> bool {
    const QUOTES_AND_DASHES: &str = "“”„‘’‚«»–—…";
    const SIGNS: &str = "½¼¾©®™→←↔";
    QUOTES_AND_DASHES.contains(c) || SIGNS.contains(c) || matches!(c, '\u{a0}' | '\u{202f}' | '\u{ad}')
}

fn visible(c: char) -> String {
    match c {
        '\u{a0}' | '\u{202f}' => "a no-break space".into(),
        '\u{ad}' => "a soft hyphen".into(),
        c => c.to_string(),
    }
}
