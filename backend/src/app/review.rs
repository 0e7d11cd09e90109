//! 复核: a party applies, the desk forwards the application with the file, and records what the higher unit concluded.

use domain::accident::{Accident, ReviewRequest};
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, PartyId};
use domain::review::{Application, Conclusion, Filed};
use time::Date;

use super::{App, Begun, ByOfficer, Intent, Who};
use crate::refusal::{Refusal, Result};
use crate::store::findings;

/// An application as it travels; what only the desk says is refused from a phone.
#[derive(Clone, Debug)]
pub struct Applied {
    pub application: Application,
    /// The desk enters a paper application of this party.
    pub party: Option<PartyId>,
    pub filed: Option<Filed>,
    pub filed_on: Option<Date>,
}

impl App {
    /// # Errors
    /// `review_term_over` with the day; `review_once`; before service; a party of no paper application; fields.
    pub async fn request_review(
        &self,
        who: &Who,
        id: AccidentId,
        intent: &Intent,
        applied: Applied,
    ) -> Result<Accident> {
        self.deed(
            (id, &who.scope(), who.actor()),
            Some(intent),
            None,
            |accident, now| {
                let (party, request) = application(who, applied, now.china_day())?;
                let until = self.review_until(accident)?;
                Ok(accident.request_review(party, request, (until, now))?)
            },
        )
        .await
    }

    /// # Errors
    /// Without a review, or twice; without the higher unit's name; somebody else's case, but for a supervisor.
    pub async fn forward_review(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        to: &str,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, _| Ok(vec![accident.forward_review((by.id, by.supervisor), to)?]),
        )
        .await
    }

    /// 责令重新认定 voids the finding in the same transaction; its number stays visible as void.
    ///
    /// # Errors
    /// Before it was forwarded; fields; somebody else's case, but for a supervisor; `stale`.
    pub async fn decide_review(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        conclusion: Conclusion,
    ) -> Result<Accident> {
        let who = (id, &by.scope(), Actor::Officer(by.id));
        let mut open = match self.open(who, Some(intent)).await? {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let now = open.now;
        let facts = open
            .accident
            .decide_review((by.id, by.supervisor), conclusion, now)?;
        for fact in facts {
            if matches!(fact, Fact::FindingVoided { .. })
                && let Some(finding) = open.accident.finding()
            {
                let number = finding.number.clone();
                findings::void(&mut open.tx, &number, now).await?;
            }
            open.happen(fact)?;
        }
        self.save(*open).await
    }

    /// The applicant takes it back; for a paper application the desk says so.
    ///
    /// # Errors
    /// None under way; somebody else's.
    pub async fn withdraw_review(
        &self,
        who: &Who,
        id: AccidentId,
        intent: &Intent,
        party: Option<PartyId>,
    ) -> Result<Accident> {
        let party = speaker(who, party)?;
        self.deed(
            (id, &who.scope(), who.actor()),
            Some(intent),
            None,
            |accident, _| Ok(vec![accident.withdraw_review(party)?]),
        )
        .await
    }
}

fn application(who: &Who, applied: Applied, today: Date) -> Result<(PartyId, ReviewRequest)> {
    let party = speaker(who, applied.party)?;
    let paper = applied.filed.is_some() || applied.filed_on.is_some();
    if paper && !who.is_officer() {
        let message = "手机上的申请提交给作出认定的单位，日期为提交当日，不需要填写";
        return Err(Refusal::invalid_field("filed_on", "for_the_desk", message).into());
    }
    let on_paper = who.is_officer().then(|| {
        (
            applied.filed.unwrap_or_default(),
            applied.filed_on.unwrap_or(today),
        )
    });
    Ok((
        party,
        ReviewRequest {
            application: applied.application,
            on_paper,
        },
    ))
}

/// A driver speaks for themselves, the desk for a party it names.
fn speaker(who: &Who, named: Option<PartyId>) -> Result<PartyId> {
    match (who, named) {
        (Who::Party(by), None) => Ok(by.party),
        (Who::Party(by), Some(party)) if by.party == party => Ok(party),
        (Who::Party(_), Some(_)) => Err(Refusal::not_found().into()),
        (Who::Officer(_), Some(party)) => Ok(party),
        (Who::Officer(_), None) => {
            Err(Refusal::invalid_field("party_id", "missing", "请选择由哪一方申请复核").into())
        }
    }
}
