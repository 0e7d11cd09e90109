//! `kuaichu rules replay`: which recorded accidents other rules would settle otherwise, and by how much.
//!
//! It prints while it reads and keeps sums only, so memory stays the same however many cases there are.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use backend::app::replay::{Outcome, Replay, Replayed};
use backend::store::Db;
use domain::money::Fen;
use domain::rule_pack::RulePacks;
use domain::settlement::{Difference, Method};
use serde::Serialize;
use serde_json::json;
use time::Date;

/// Cells of the progress bar.
const BAR: usize = 30;

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Table,
    /// One JSON object a line: a case each, the summary last.
    Json,
}

/// One sum that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Moved {
    name: String,
    before_fen: Fen,
    after_fen: Fen,
    /// Positive when it is more than before.
    difference_fen: Fen,
}

impl Moved {
    fn of(name: &str, before: Fen, after: Fen) -> Self {
        Self {
            name: name.to_owned(),
            before_fen: before,
            after_fen: after,
            // Amounts of plans are far below any overflow.
            difference_fen: Fen(after.0.saturating_sub(before.0)),
        }
    }
}

/// What each insurer pays in all.
fn insurers(difference: &Difference) -> Vec<Moved> {
    let all = difference.insurers.iter();
    all.map(|change| Moved::of(&change.insurer, change.before, change.after))
        .collect()
}

/// What each party or owner is paid in all; what they bear themselves is not counted.
fn payees(difference: &Difference) -> Vec<Moved> {
    let all = difference.parties.iter();
    all.map(|change| Moved::of(&change.label, change.before.receives, change.after.receives))
        .filter(|moved| moved.difference_fen != Fen::ZERO)
        .collect()
}

/// What came of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub replayed: u64,
    pub otherwise: u64,
    pub unsettled: u64,
    /// Code of the insurer → what it would pay more (or less) over all cases.
    pub insurers_fen: BTreeMap<String, Fen>,
}

/// Replays the accidents since a day under `packs`. `progress` is told how many of how many were read.
///
/// # Errors
/// When the database cannot be read or nothing can be written.
pub async fn run(
    db: &Db,
    packs: &RulePacks,
    (since, style): (Date, Style),
    out: &mut impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<Summary> {
    let mut replay = Replay::new(db, packs, since);
    let all = replay.count().await?;
    let (mut done, mut summary) = (0, Summary::default());
    progress(done, all);
    while let Some((read, page)) = replay.page().await? {
        for case in page {
            summary.take(&case);
            match style {
                Style::Table => table(&case, summary.otherwise + summary.unsettled == 1, out)?,
                Style::Json => json(&case, out)?,
            }
        }
        done += read;
        progress(done, all);
    }
    match style {
        Style::Table => summary.print(out)?,
        Style::Json => {
            serde_json::to_writer(&mut *out, &json!({ "summary": summary }))?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(summary)
}

impl Summary {
    fn take(&mut self, case: &Replayed) {
        self.replayed += 1;
        match &case.outcome {
            Outcome::Same => {}
            Outcome::Unsettled(_) => self.unsettled += 1,
            Outcome::Otherwise { difference, .. } => {
                self.otherwise += 1;
                for moved in insurers(difference) {
                    let sum = self.insurers_fen.entry(moved.name).or_default();
                    sum.0 = sum.0.saturating_add(moved.difference_fen.0);
                }
            }
        }
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Self {
            replayed,
            otherwise,
            unsettled,
            ..
        } = self;
        if *otherwise + *unsettled == 0 {
            return writeln!(out, "no case would change ({replayed} replayed)");
        }
        writeln!(
            out,
            "\n{otherwise} of {replayed} cases would settle otherwise, {unsettled} could not be settled"
        )?;
        for (insurer, fen) in &self.insurers_fen {
            writeln!(out, "  {insurer} {:>18}", signed(*fen))?;
        }
        Ok(())
    }
}

fn table(case: &Replayed, first: bool, out: &mut impl Write) -> std::io::Result<()> {
    if case.outcome == Outcome::Same {
        return Ok(());
    }
    if first {
        let heads = ["finding", "method", "who", "before", "after", "difference"];
        row(heads.map(str::to_owned), out)?;
    }
    match &case.outcome {
        Outcome::Same => Ok(()),
        Outcome::Unsettled(error) => writeln!(
            out,
            "{}  cannot be settled: {} ({}) {}",
            pad(&case.number, 24),
            error.code,
            error.field,
            error.message
        ),
        Outcome::Otherwise { method, difference } => changed(&case.number, *method, difference, out),
    }
}

fn changed(
    number: &str,
    (before, after): (Method, Method),
    difference: &Difference,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mut method = if before == after {
        word(before).to_owned()
    } else {
        format!("{} → {}", word(before), word(after))
    };
    let mut rows = insurers(difference);
    rows.extend(payees(difference).into_iter().map(|moved| Moved {
        name: format!("to {}", moved.name),
        ..moved
    }));
    if rows.is_empty() {
        // By another head, cover or holder.
        rows.push(Moved::of("same sums, other ways", Fen::ZERO, Fen::ZERO));
    }
    let mut number = number.to_owned();
    for moved in rows {
        let (number, method) = (std::mem::take(&mut number), std::mem::take(&mut method));
        let (before, after) = (moved.before_fen.to_string(), moved.after_fen.to_string());
        let by = signed(moved.difference_fen);
        row([number, method, moved.name, before, after, by], out)?;
    }
    Ok(())
}

fn row(cells: [String; 6], out: &mut impl Write) -> std::io::Result<()> {
    let [number, method, who, before, after, by] = cells;
    writeln!(
        out,
        "{}  {}  {}  {}{before}  {}{after}  {}{by}",
        pad(&number, 24),
        pad(&method, 20),
        pad(&who, 22),
        " ".repeat(16_usize.saturating_sub(width(&before))),
        " ".repeat(16_usize.saturating_sub(width(&after))),
        " ".repeat(16_usize.saturating_sub(width(&by))),
    )
}

fn json(case: &Replayed, out: &mut impl Write) -> Result<()> {
    let head =
        json!({ "accident_id": case.accident, "finding": case.number, "occurred_at": case.occurred_at });
    let line = match &case.outcome {
        Outcome::Same => return Ok(()),
        Outcome::Unsettled(error) => json!({ "case": head, "unsettled": error }),
        Outcome::Otherwise { method, difference } => json!({ "case": head, "otherwise": {
            "method_before": method.0, "method_after": method.1,
            "insurers": insurers(difference), "payees": payees(difference) } }),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)?;
    Ok(())
}

const fn word(method: Method) -> &'static str {
    match method {
        Method::SelfPay => "self_pay",
        Method::Standard => "standard",
    }
}

/// `+1,200.00 元`
fn signed(fen: Fen) -> String {
    if fen.is_negative() {
        fen.to_string()
    } else {
        format!("+{fen}")
    }
}

/// Columns on a terminal: Chinese characters take two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| if u32::from(c) >= 0x2e80 { 2 } else { 1 })
        .sum()
}

fn pad(text: &str, wanted: usize) -> String {
    format!("{text}{}", " ".repeat(wanted.saturating_sub(width(text))))
}

/// One line that is drawn over itself: how many of how many were read.
pub fn bar(done: u64, all: u64) -> String {
    let cells = u64::try_from(BAR).unwrap_or(u64::MAX);
    let full = (done * cells).checked_div(all).unwrap_or(cells);
    let full = usize::try_from(full).unwrap_or(BAR).min(BAR);
    // Back at the beginning of the line: a row that is printed next stands over it.
    format!(
        "\r[{}{}] {done}/{all}\r",
        "#".repeat(full),
        ".".repeat(BAR - full)
    )
}
