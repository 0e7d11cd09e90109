//! The terms of an accident as they travel: what, until which day, by which article.
//!
//! A year without a calendar breaks no view: its term comes without a day and says why.

use std::collections::BTreeSet;
use std::sync::Mutex;

use domain::accident::Accident;
use domain::calendar::NoCalendar;
use domain::deadlines::{self, Deadline, Term};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use crate::app::{App, Who};
use crate::refusal::Result;

/// One term that the accident has set off.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    pub kind: Term,
    /// The last day, Chinese time; none while that year's calendar is missing.
    #[serde(with = "domain::day::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// A sentence for the people concerned, or what is missing.
    pub text: String,
    pub article: String,
    /// The day may move when that year's holidays are published.
    pub provisional: bool,
    /// Nothing is left to be done: it was done, or may no longer be.
    pub done: bool,
}

/// What `who` is told: the desk everything, a driver what concerns drivers.
///
/// # Errors
/// Only our own: an accident without rules.
pub fn of(app: &App, accident: &Accident, who: &Who) -> Result<Vec<DeadlineView>> {
    let terms = app.rules_of(accident)?.terms;
    let all = deadlines::of(accident, &terms, &app.rules.calendar, app.clock.now());
    let desk = who.is_officer();
    let shown = all
        .into_iter()
        .filter(|deadline| desk || !matches!(deadline.term, Term::RetainFile | Term::RetainVideo));
    Ok(shown.map(view).collect())
}

/// What the units must do about a review, while it lasts.
///
/// # Errors
/// As [`of`].
pub fn of_review(app: &App, accident: &Accident, who: &Who) -> Result<Vec<DeadlineView>> {
    if !accident.under_review() {
        return Ok(Vec::new());
    }
    let mut all = of(app, accident, who)?;
    all.retain(|deadline| {
        matches!(
            deadline.kind,
            Term::ReviewForward | Term::ReviewFile | Term::ReviewDecision
        )
    });
    Ok(all)
}

fn view(deadline: Deadline) -> DeadlineView {
    let Deadline { term, due, done, .. } = deadline;
    if let Err(missing) = due {
        tell_once(missing);
    }
    DeadlineView {
        kind: term,
        due: due.ok().map(|due| due.day),
        text: due.map_or_else(|missing| format!("{missing}。"), |due| term.text(due)),
        article: term.article().to_owned(),
        provisional: due.is_ok_and(|due| due.provisional),
        done,
    }
}

/// Years whose absence was logged; a view is read often, the log once is enough.
static TOLD: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

fn tell_once(NoCalendar { year }: NoCalendar) {
    let new = TOLD.lock().is_ok_and(|mut told| told.insert(year));
    if new {
        tracing::warn!(
            year,
            "the holiday calendar of this year is missing: add its file to the rules"
        );
    }
}
