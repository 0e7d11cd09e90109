//! 复核 and 归档 as they travel: how a review stands, what holds a case, until when it is kept, what is left of it.

use domain::accident::{Accident, Keeping};
use domain::archive::{Destruction, Hold, Proposal, What};
use domain::calendar::Counted;
use domain::id::{AccidentId, EvidenceId, PartyId};
use domain::problem::Problem;
use domain::review::{Application, Ended, Filed, Forwarded, Review};
use domain::stage::StageName;
use domain::time::Instant;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::deadlines_view::{self, DeadlineView};
use crate::app::{App, Who};
use crate::refusal::Result;

/// Review of the finding: how long it can be asked for, and how one stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// Calendar day in China, `2026-12-01`; none in a year whose holidays are not known.
    pub until: Option<String>,
    /// Counted over a year whose arrangement is not published: the day may move.
    pub provisional: bool,
    pub text: String,
    /// It can be asked for now.
    pub open: bool,
    pub standing: Option<ReviewStanding>,
}

/// A review that was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewStanding {
    /// Who applied.
    pub party_id: PartyId,
    pub finding_number: String,
    /// For the desk and for whoever applied; the others learn that there is a review.
    pub application: Option<Application>,
    pub filed: Filed,
    #[serde(with = "domain::day")]
    #[schema(value_type = String, format = Date)]
    pub filed_on: Date,
    pub requested_at: Instant,
    pub forwarded: Option<Forwarded>,
    pub under_way: bool,
    pub outcome: Option<Ended>,
}

impl ReviewView {
    pub fn of(accident: &Accident, until: Option<Counted>, (who, now): (&Who, Instant)) -> Self {
        let day = until.map(|counted| {
            let day = counted.day;
            format!(
                "{}年{}月{}日（含）前",
                day.year(),
                u8::from(day.month()),
                day.day()
            )
        });
        let in_time = until.is_none_or(|until| now.china_day() <= until.day);
        let never = accident.review.as_ref().is_none_or(Review::never_began);
        Self {
            text: format!(
                "对认定有异议的，可以在{}提出书面复核申请，以一次为限。",
                day.as_deref().unwrap_or("送达之日起三个工作日内")
            ),
            until: until.map(|counted| domain::day::text(counted.day)),
            provisional: until.is_some_and(|counted| counted.provisional),
            open: in_time && never,
            standing: accident.review.as_ref().map(|review| standing(review, who)),
        }
    }
}

fn standing(review: &Review, who: &Who) -> ReviewStanding {
    let own = match who {
        Who::Officer(_) => true,
        Who::Party(by) => by.party == review.party,
    };
    ReviewStanding {
        party_id: review.party,
        finding_number: review.finding_number.clone(),
        application: own.then(|| review.application.clone()),
        filed: review.filed,
        filed_on: review.filed_on,
        requested_at: review.requested_at,
        forwarded: review.forwarded.clone(),
        under_way: review.under_way(),
        outcome: review.ended.clone(),
    }
}

/// What the desk sees of how a case is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArchiveView {
    /// In the order in which they were placed; lifted ones stay.
    pub holds: Vec<Hold>,
    pub held: bool,
    /// Waiting for a second officer.
    pub proposal: Option<Proposal>,
    /// The video and the file: until when, and what stands against destroying it now.
    pub keeping: Vec<KeepingView>,
    /// Recordings whose bytes are gone.
    pub gone: Vec<EvidenceId>,
    /// All that is left of a destroyed case.
    pub destroyed: Option<Destruction>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeepingView {
    pub what: What,
    /// The last day; none while the case is open.
    #[serde(with = "domain::day::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// Empty: it may be proposed for destruction.
    pub why_not: Vec<Problem>,
}

impl ArchiveView {
    /// For officers; drivers get none.
    ///
    /// # Errors
    /// Only our own.
    pub fn of(app: &App, accident: &Accident, who: &Who) -> Result<Option<Self>> {
        if !who.is_officer() {
            return Ok(None);
        }
        let keeping = app.keeping(accident, app.clock.now())?;
        Ok(Some(Self {
            holds: accident.archive.holds.clone(),
            held: accident.archive.is_held(),
            proposal: accident.archive.proposal.clone(),
            keeping: kept(accident, &keeping),
            gone: accident.archive.gone.clone(),
            destroyed: accident.destroyed().cloned(),
        }))
    }
}

fn kept(accident: &Accident, keeping: &Keeping<'_>) -> Vec<KeepingView> {
    if accident.destroyed().is_some() {
        return Vec::new();
    }
    let view = |what| KeepingView {
        what,
        until: accident.keep_until(what, keeping),
        why_not: accident.why_not_destroy(what, keeping),
    };
    What::ALL.map(view).into()
}

/// A line of the archive's lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArchiveItem {
    pub accident_id: AccidentId,
    pub version: u64,
    pub stage: StageName,
    /// Number of the finding; none when none was issued.
    pub finding_number: Option<String>,
    pub reported_at: Instant,
    pub closed_at: Option<Instant>,
    pub review: Option<ReviewStanding>,
    /// Of the review, while it lasts.
    pub deadlines: Vec<DeadlineView>,
    pub archive: ArchiveView,
}

impl ArchiveItem {
    /// # Errors
    /// Only our own.
    pub fn of(app: &App, accident: &Accident, who: &Who) -> Result<Option<Self>> {
        let Some(archive) = ArchiveView::of(app, accident, who)? else {
            return Ok(None);
        };
        let record = accident.destroyed();
        let left = record.and_then(|record| record.findings.last());
        let number = accident.latest_finding().map(|finding| finding.number.clone());
        Ok(Some(Self {
            accident_id: accident.id,
            version: accident.version,
            stage: accident.stage_name(),
            finding_number: number.or_else(|| left.map(|finding| finding.number.clone())),
            reported_at: accident.reported_at,
            closed_at: record.map_or_else(|| accident.ended_at(), |record| Some(record.closed_at)),
            review: accident.review.as_ref().map(|review| standing(review, who)),
            deadlines: deadlines_view::of_review(app, accident, who)?,
            archive,
        }))
    }
}
