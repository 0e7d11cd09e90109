//! A vehicle is assessed: by the desk's assessor during the call, by an insurer through its client, or together
//! after an objection.

use domain::accident::{Accident, ProposeRequest};
use domain::assessment::{Assessor, Item};
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, AssessmentId, EvidenceId, InsurerCode, PartyId};

use super::{App, Begun, ByOfficer, Intent, Scope};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::{idempotency, settlements};

/// 定损单 as a client sends it.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub supplements: Option<AssessmentId>,
    pub items: Vec<Item>,
    pub photos: Vec<EvidenceId>,
    pub note: Option<String>,
}

/// How an insurer names the case: it knows one of the two.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    Accident(AccidentId),
    /// Its record of the settlement.
    Settlement(uuid::Uuid),
}

impl Proposed {
    fn of(self, id: AssessmentId, party: PartyId) -> ProposeRequest {
        ProposeRequest {
            id,
            party,
            supplements: self.supplements,
            items: self.items,
            photos: self.photos,
            note: self.note,
        }
    }
}

impl App {
    /// # Errors
    /// What [`Accident::propose_assessment`] refuses; `stale`.
    pub async fn assess_vehicle(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        (party, proposed): (PartyId, Proposed),
    ) -> Result<Accident> {
        let request = proposed.of(AssessmentId(self.new_id()), party);
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            seen,
            |accident, now| {
                let rules = self.trust_rules(accident)?;
                Ok(accident.propose_assessment(Assessor::Desk(by.id), request, &rules, now)?)
            },
        )
        .await
    }

    /// # Errors
    /// What [`Accident::assess_jointly`] refuses; `stale`.
    pub async fn assess_jointly(
        &self,
        by: &ByOfficer,
        (id, assessment): (AccidentId, AssessmentId),
        (intent, seen): (&Intent, Option<u64>),
        (items, note): (Vec<Item>, Option<String>),
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            seen,
            |accident, _| Ok(accident.assess_jointly(by.id, assessment, (items, note))?),
        )
        .await
    }

    /// An insurer assesses or supplements; answers the assessment's id, also when the request is repeated.
    ///
    /// # Errors
    /// `not_found` for an insurer that has nothing to do with the case; what the domain refuses.
    pub async fn assess_as_insurer(
        &self,
        insurer: InsurerCode,
        named: Named,
        intent: &Intent,
        (label, proposed): (&str, Proposed),
    ) -> Result<AssessmentId> {
        let id = self.accident_named(insurer, named).await?;
        let by = Actor::Insurer(insurer);
        let mut open = match self.open((id, &Scope::Service, by), Some(intent)).await? {
            Begun::Fresh(open) => open,
            Begun::Done(_) => return self.assessed_before(intent).await,
        };
        let rules = self.trust_rules(&open.accident)?;
        // Whoever is on duty that day may be nobody's insurer in it; anybody else finds nothing.
        let involved = open.accident.policy_insurers().any(|code| code == insurer);
        let allowed = open
            .accident
            .may_be_assessed_by(Assessor::Insurer(insurer), &rules);
        if !involved && allowed.is_err() {
            return Err(Refusal::not_found().into());
        }
        let party = open.accident.parties.iter().find(|party| party.label == label);
        let party = party.map(|party| party.id).ok_or_else(|| {
            Refusal::invalid_field("party", "unknown_party", "本案没有这一方，请填写甲、乙等")
        })?;
        let assessment = AssessmentId(self.new_id());
        let request = proposed.of(assessment, party);
        let facts: Vec<Fact> =
            open.accident
                .propose_assessment(Assessor::Insurer(insurer), request, &rules, open.now)?;
        for fact in facts {
            open.happen(fact)?;
        }
        let answer = serde_json::json!(assessment);
        idempotency::finish(&mut open.tx, &intent.scope, &intent.key, Some(id), Some(&answer)).await?;
        self.save(*open).await?;
        Ok(assessment)
    }

    async fn assessed_before(&self, intent: &Intent) -> Result<AssessmentId> {
        let mut tx = self.db.read().await?;
        let answer = idempotency::answer(&mut tx, &intent.scope, &intent.key).await?;
        answer
            .and_then(|answer| serde_json::from_value(answer).ok())
            .ok_or_else(|| AppError::Inconsistent("a repeated assessment has no answer".to_owned()))
    }

    async fn accident_named(&self, insurer: InsurerCode, named: Named) -> Result<AccidentId> {
        let record = match named {
            Named::Accident(id) => return Ok(id),
            Named::Settlement(record) => record,
        };
        let mut tx = self.db.read().await?;
        let row = settlements::load::<serde_json::Value>(&mut tx, insurer.as_str(), record).await?;
        Ok(row.ok_or_else(Refusal::not_found)?.accident_id)
    }
}
