//! The money: the plan from what is recorded, the record that insurers pull, and the orders to pay.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::id::AccidentId;
use domain::rule_pack::RulePack;
use domain::settlement::{self, Plan, SettlementInput};
use domain::stage::Settlement;

use super::{App, Begun, ByOfficer, Intent, Open};
use crate::insurer::record::{self, Record, RecordVoid};
use crate::insurer::search as search_terms;
use crate::refusal::{AppError, FieldProblem, Kind, Refusal, Result};
use crate::store::settlements::{self, NewSettlement};
use crate::store::{search, units};

/// Whether somebody asked for the plan or it follows from the last signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Asked,
    Follows,
}

impl App {
    /// The officer asks for the plan, when losses came in after the signatures.
    ///
    /// # Errors
    /// Before the finding is served; while losses or shares are missing.
    pub async fn settle(&self, by: &ByOfficer, id: AccidentId, intent: &Intent) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        self.settle_in(&mut open, Why::Asked).await?;
        self.save(*open).await
    }

    /// Settles within a deed that is under way: fact and insurers' record in the same transaction.
    pub(super) async fn settle_in(&self, open: &mut Open, why: Why) -> Result<()> {
        self.assessments_follow(open)?;
        open.accident.assessments_bind()?;
        let plan = plan(&open.accident, self.rules_of(&open.accident)?)?;
        let settlement = Settlement {
            plan,
            made_at: open.now,
        };
        let fact: Fact = open.accident.settle(settlement)?;
        self.settled(open, fact, why).await
    }

    /// The fact of a new plan, the record that insurers pull, put again under a new change number, and the
    /// orders.
    pub(super) async fn settled(&self, open: &mut Open, fact: Fact, why: Why) -> Result<()> {
        // Before anything happens: whoever calls may go on without the money.
        if let Fact::Settled { settlement } = &fact {
            open.accident.payable(&settlement.plan)?;
        }
        match why {
            Why::Asked => open.happen(fact)?,
            Why::Follows => open.follow(fact)?,
        }
        self.publish(open).await
    }

    /// Puts the record that insurers pull as the case now stands; nothing while no plan is made.
    pub(super) async fn publish(&self, open: &mut Open) -> Result<()> {
        let unit = units::load(&mut open.tx, &open.accident.unit)
            .await?
            .ok_or_else(|| AppError::Inconsistent("the accident's unit is not in the store".to_owned()))?;
        let Some(body) = record::of(&open.accident, &unit) else {
            return Ok(());
        };
        let insurers = record::insurers(&open.accident);
        let document = body.document_sha256.clone();
        let new = NewSettlement {
            id: self.new_id(),
            accident_id: open.accident.id,
            document_sha256: &document,
            settled_at: body.settled_at,
            body: &body,
            insurers: &insurers,
        };
        let place = settlements::put(&mut open.tx, &new).await?;
        // A later record keeps its first id.
        open.tell_of_settlement(place, place.id == new.id, &insurers);
        let terms = search_terms::terms(&open.accident, &body, &insurers);
        search::put(&mut open.tx, open.accident.id, &terms).await?;
        self.order_in(open)
    }

    /// Before a deed is saved: a record whose finding was just taken back comes again and says so.
    pub(super) async fn keep_record(&self, open: &mut Open) -> Result<()> {
        if !open.happened("finding_voided") {
            return Ok(());
        }
        let stored = settlements::of_accident::<Record>(&mut open.tx, open.accident.id).await?;
        let Some((row, void)) = stored.zip(open.accident.voided.last()) else {
            return Ok(());
        };
        let insurers = record::insurers(&open.accident);
        let body = Record {
            void: Some(RecordVoid {
                at: void.voided_at,
                reason: void.reason.clone(),
            }),
            ..row.body.0
        };
        let new = NewSettlement {
            id: row.id,
            accident_id: open.accident.id,
            document_sha256: &row.document_sha256,
            settled_at: row.settled_at,
            body: &body,
            insurers: &insurers,
        };
        let place = settlements::put(&mut open.tx, &new).await?;
        open.tell_of_settlement(place, false, &insurers);
        Ok(())
    }

    /// The rules in force at the time and place of the accident.
    ///
    /// # Errors
    /// Only our own: a unit without a region, a time before every pack.
    pub fn rules_of(&self, accident: &Accident) -> Result<&RulePack> {
        self.rules
            .choose(accident.region(), accident.occurred_at())
            .map_err(|error| AppError::Inconsistent(error.to_string()))
    }
}

/// What would be paid as things are recorded now.
///
/// # Errors
/// What the rules refuse, named by the party's field.
pub fn plan(accident: &Accident, pack: &RulePack) -> Result<Plan> {
    let input = SettlementInput::of(accident);
    settlement::settle(&input, pack).map_err(|error| {
        let problem = FieldProblem {
            field: error.field.clone(),
            code: error.code.to_owned(),
            message: error.message.clone(),
        };
        Refusal {
            fields: vec![problem],
            ..Refusal::new(Kind::Conflict, "cannot_settle", error.message)
        }
        .into()
    })
}
