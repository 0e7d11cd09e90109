//! 归档: holds, and destruction in two steps by two officers; what the archive's lists show.

use domain::accident::{Accident, Keeping};
use domain::archive::{Destruction, HoldKind, What};
use domain::fact::{Actor, Fact, Recorded, open_chain};
use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use time::Duration;

use super::open::link_of;
use super::{App, Begun, ByOfficer, Intent, Open};
use crate::config::LIST_MAX;
use crate::refusal::{Refusal, Result};
use crate::store::archive::{Doomed, List, Standing};
use crate::store::{archive, destroy, facts};

/// No file's term is shorter than the year it closed in and one more; those that cannot be due are not looked at.
const FILE_KEPT_MIN: Duration = Duration::days(365);
/// No video is kept for less than a month.
const VIDEO_KEPT_MIN: Duration = Duration::days(28);

/// What one of the archive's lists asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Whose term is over, with whatever else stands against it.
    Due,
    Reviews,
    Holds,
    Proposals,
    Destroyed,
}

impl App {
    /// How long things are kept where this accident happened.
    ///
    /// # Errors
    /// As [`App::rules_of`].
    pub fn keeping(&self, accident: &Accident, now: Instant) -> Result<Keeping<'_>> {
        Ok(Keeping {
            terms: &self.rules_of(accident)?.terms,
            calendar: &self.rules.calendar,
            now,
        })
    }

    /// 保全.
    ///
    /// # Errors
    /// Without a reason; for a review; once the case is destroyed.
    pub async fn hold(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (why, reason): (HoldKind, &str),
    ) -> Result<Accident> {
        self.archived(by, id, (intent, None), |accident, now| {
            Ok(accident.place_hold(by.id, why, reason, now)?)
        })
        .await
    }

    /// # Errors
    /// No such hold; lifted before; a review's own; without a reason.
    pub async fn lift_hold(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (number, reason): (u32, &str),
    ) -> Result<Accident> {
        self.archived(by, id, (intent, None), |accident, _| {
            Ok(accident.lift_hold(by.id, number, reason)?)
        })
        .await
    }

    /// # Errors
    /// `may_not_be_destroyed` with everything that stands against it; `already_proposed`; `stale`.
    pub async fn propose_destruction(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        meant: (&Intent, Option<u64>),
        (what, reason): (What, &str),
    ) -> Result<Accident> {
        self.archived(by, id, meant, |accident, now| {
            let keeping = self.keeping(accident, now)?;
            Ok(accident.propose_destruction(by.id, (what, reason), &keeping)?)
        })
        .await
    }

    /// # Errors
    /// `not_proposed`; without a reason; `stale`.
    pub async fn decline_destruction(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        meant: (&Intent, Option<u64>),
        reason: &str,
    ) -> Result<Accident> {
        self.archived(by, id, meant, |accident, _| {
            Ok(accident.decline_destruction(reason)?)
        })
        .await
    }

    /// The second officer agrees: rows go in this transaction, bytes from the disk soon after
    /// ([`App::take_away_doomed`]).
    ///
    /// # Errors
    /// `same_officer`; what came to stand against it; `chain_broken` for a record that does not hold; `stale`.
    pub async fn approve_destruction(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
    ) -> Result<Accident> {
        let who = (id, &by.scope(), Actor::Officer(by.id));
        let mut open = match self.open(who, Some(intent)).await? {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let (chain, head) = checked_chain(&mut open).await?;
        let now = open.now;
        let keeping = self.keeping(&open.accident, now)?;
        let fact = open
            .accident
            .approve_destruction(by.id, (&chain, &head), &keeping)?;
        match fact {
            Fact::Destroyed { record } => destroy_file(&mut open, record).await?,
            video => destroy_video(&mut open, video).await?,
        }
        self.save(*open).await
    }

    /// One of the unit's lists, at most [`LIST_MAX`] cases, what has waited longest first.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn archive_list(&self, by: &ByOfficer, listed: Listed) -> Result<Vec<Accident>> {
        let now = self.clock.now();
        let mut tx = self.db.read().await?;
        let list = match listed {
            Listed::Due => {
                let before = (now.minus(FILE_KEPT_MIN), now.minus(VIDEO_KEPT_MIN));
                let rows = archive::ended::<Accident>(&mut tx, &by.unit, before, LIST_MAX).await?;
                let mut due = Vec::new();
                for accident in rows.into_iter().map(|row| row.state.0) {
                    if self.is_due(&accident, now)? {
                        due.push(accident);
                    }
                }
                return Ok(due);
            }
            Listed::Reviews => List::Reviews,
            Listed::Holds => List::Holds,
            Listed::Proposals => List::Proposals,
            Listed::Destroyed => List::Destroyed,
        };
        let rows = archive::list::<Accident>(&mut tx, &by.unit, list, LIST_MAX).await?;
        Ok(rows.into_iter().map(|row| row.state.0).collect())
    }

    fn is_due(&self, accident: &Accident, now: Instant) -> Result<bool> {
        let keeping = self.keeping(accident, now)?;
        Ok(What::ALL.into_iter().any(|what| {
            let why = accident.why_not_destroy(what, &keeping);
            why.iter().all(|problem| {
                !matches!(
                    problem.code.as_str(),
                    "still_kept" | "no_recordings" | "invalid_transition"
                )
            })
        }))
    }

    async fn archived(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        decide: impl FnOnce(&Accident, Instant) -> Result<Fact>,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            seen,
            |accident, now| Ok(vec![decide(accident, now)?]),
        )
        .await
    }
}

/// The accident's facts, when their chain holds, and the digest of the last.
async fn checked_chain(open: &mut Open) -> Result<(Vec<Recorded>, Sha256Hex)> {
    let rows = facts::list(&mut open.tx, open.accident.id).await?;
    let head = rows
        .last()
        .map(|row| row.digest.clone())
        .ok_or_else(Refusal::not_found)?;
    let links: Vec<_> = rows.into_iter().map(link_of).collect();
    match open_chain(open.accident.id, &links) {
        Ok(facts) if facts.last().is_some_and(|last| last.seq == open.accident.version) => Ok((facts, head)),
        Ok(_) => Err(chain_broken()),
        Err(error) => {
            tracing::error!(accident = %open.accident.id, %error, "a case whose chain is broken is not destroyed");
            Err(chain_broken())
        }
    }
}

fn chain_broken() -> crate::refusal::AppError {
    let message = "案件记录的校验没有通过，不能销毁，请联系管理员检查";
    Refusal::conflict("chain_broken", message).into()
}

async fn destroy_file(open: &mut Open, record: Box<Destruction>) -> Result<()> {
    let (id, now) = (open.accident.id, open.now);
    let phones: Vec<_> = open
        .accident
        .parties
        .iter()
        .filter_map(|party| party.phone.clone())
        .collect();
    for file in &record.files {
        take_off_disk(open, &file.sha256).await?;
    }
    archive::doom(&mut open.tx, &Doomed::Recordings(id), now).await?;
    open.happen(Fact::Destroyed { record })?;
    open.write().await?;
    destroy::rows(&mut open.tx, id, open.accident.version).await?;
    for phone in phones {
        destroy::messages(&mut open.tx, &phone, now).await?;
    }
    Ok(())
}

async fn destroy_video(open: &mut Open, fact: Fact) -> Result<()> {
    let files: Vec<_> = open
        .accident
        .loose_recordings()
        .map(|item| item.sha256.clone())
        .collect();
    for sha256 in &files {
        take_off_disk(open, sha256).await?;
    }
    let (id, now) = (open.accident.id, open.now);
    // Cited recordings are kept under their digest; the folder of the media service only holds copies.
    archive::doom(&mut open.tx, &Doomed::Recordings(id), now).await?;
    open.happen(fact)
}

/// Bytes that another case names stay.
async fn take_off_disk(open: &mut Open, sha256: &Sha256Hex) -> Result<()> {
    let (id, now) = (open.accident.id, open.now);
    if archive::drop_file(&mut open.tx, id, sha256).await? {
        archive::doom(&mut open.tx, &Doomed::Blob(sha256.clone()), now).await?;
    }
    Ok(())
}

/// What the lists ask about the accident; none when nothing was ever asked of it.
pub(super) fn standing(accident: &Accident, now: Instant) -> Option<Standing> {
    let review = accident.review.as_ref();
    let standing = Standing {
        review_since: review
            .filter(|review| review.under_way())
            .map(|review| review.requested_at),
        held_since: accident.archive.standing().map(|hold| hold.placed_at).min(),
        proposed_at: accident.archive.proposal.as_ref().map(|proposal| proposal.at),
        destroyed_at: accident.destroyed().map(|_| now),
        recordings: u64::try_from(accident.loose_recordings().count()).unwrap_or(u64::MAX),
    };
    let asked = review.is_some()
        || accident.archive != domain::archive::Archive::default()
        || accident.ended_at().is_some()
        || standing.destroyed_at.is_some();
    asked.then_some(standing)
}
