//! Payment orders: made with the plan, paid or sent back by insurers, mended by the desk, confirmed by the
//! payee.

use domain::accident::{Accident, Confirmer, PayRequest};
use domain::clearing::{Month, claims_of_payment};
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, InsurerCode, OrderId};
use domain::order::Paid;

use super::many::{self, Told};
use super::{App, Begun, ByOfficer, Intent, Open, Scope, Who};
use crate::insurer::order::{self, OrderRecord, OrderStateName};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::orders::{self, NewOrder, OrderRow};
use crate::store::{clearing, units};

/// Kinds of facts that change an order.
const CHANGES: [&str; 5] = [
    "orders_made",
    "order_paid",
    "order_confirmed",
    "order_rejected",
    "order_reissued",
];

/// What became of one order of many.
pub type ToldOrder = Told<OrderId, OrderRow<OrderRecord>>;

impl App {
    /// Makes the orders of the plan that was just settled, in the same transaction.
    ///
    /// # Errors
    /// A plan that names no insurer, which [`Accident::payable`] tells before anything happens.
    pub(super) fn order_in(&self, open: &mut Open) -> Result<()> {
        let made = open.accident.make_orders(open.now, || OrderId(self.new_id()))?;
        match made {
            Some(fact) => open.follow(fact),
            None => Ok(()),
        }
    }

    /// Before a deed is saved: orders that changed are put where insurers find them.
    pub(super) async fn keep_orders(&self, open: &mut Open) -> Result<()> {
        if !CHANGES.iter().any(|kind| open.happened(kind)) {
            return Ok(());
        }
        let unit = units::load(&mut open.tx, &open.accident.unit)
            .await?
            .ok_or_else(|| AppError::Inconsistent("the accident's unit is not in the store".to_owned()))?;
        let stored: Vec<OrderRow<OrderRecord>> = orders::of_accident(&mut open.tx, open.accident.id).await?;
        for own in &open.accident.orders.clone() {
            if stored
                .iter()
                .any(|row| row.id == own.id && row.body.0.order == *own)
            {
                continue;
            }
            let body = order::of(&open.accident, &unit, own);
            let new = NewOrder {
                id: own.id,
                accident_id: open.accident.id,
                insurer: own.insurer,
                state: OrderStateName::of(&own.state).as_str(),
                body: &body,
            };
            let change = orders::put(&mut open.tx, &new).await?;
            open.tell_of_order(own, change);
        }
        Ok(())
    }

    /// An insurer has paid, or got back what was to be recovered.
    ///
    /// # Errors
    /// `not_found` for an order that is not theirs to see; `already_paid` and its like; fields.
    pub async fn pay_order(
        &self,
        by: InsurerCode,
        id: OrderId,
        intent: &Intent,
        request: PayRequest,
    ) -> Result<OrderRow<OrderRecord>> {
        let accident = self.insurers_order(by, id).await?.accident_id;
        let mut open = match self.open_for(by, accident, intent).await? {
            Begun::Fresh(open) => open,
            Begun::Done(_) => return self.insurers_order(by, id).await,
        };
        let trusted = self.trusted(&open.accident, by, id)?;
        let fact = open.accident.pay_order(by, id, request, (trusted, open.now))?;
        if let Fact::OrderPaid { paid, .. } = &fact {
            let paid = paid.clone();
            book(&mut open, id, &paid).await?;
        }
        open.happen(fact)?;
        self.save(*open).await?;
        self.insurers_order(by, id).await
    }

    /// Many payments, each by itself: what is wrong with one says nothing about the others.
    ///
    /// # Errors
    /// A key that served another request; our own faults. What is wrong with one is in its answer.
    pub async fn pay_orders(
        &self,
        by: InsurerCode,
        intent: &Intent,
        items: Vec<(OrderId, PayRequest)>,
    ) -> Result<Vec<ToldOrder>> {
        self.claim_many(intent).await?;
        let mut told = Vec::with_capacity(items.len());
        for (index, (order, request)) in items.into_iter().enumerate() {
            let text = format!(
                "{order}\n{}\n{}\n{}",
                request.paid_at, request.on_behalf, request.reference
            );
            let own = many::of_item(intent, index, &text);
            told.push(many::told(order, self.pay_order(by, order, &own, request).await)?);
        }
        Ok(told)
    }

    /// Many sent back, each by itself.
    ///
    /// # Errors
    /// As [`App::pay_orders`].
    pub async fn reject_orders(
        &self,
        by: InsurerCode,
        intent: &Intent,
        items: Vec<(OrderId, String)>,
    ) -> Result<Vec<ToldOrder>> {
        self.claim_many(intent).await?;
        let mut told = Vec::with_capacity(items.len());
        for (index, (order, reason)) in items.into_iter().enumerate() {
            let own = many::of_item(intent, index, &format!("{order}\n{reason}"));
            told.push(many::told(
                order,
                self.reject_order(by, order, &own, &reason).await,
            )?);
        }
        Ok(told)
    }

    /// The insurer sends it back to the desk.
    ///
    /// # Errors
    /// `not_found` for another's order; one that is paid or replaced; without a reason.
    pub async fn reject_order(
        &self,
        by: InsurerCode,
        id: OrderId,
        intent: &Intent,
        reason: &str,
    ) -> Result<OrderRow<OrderRecord>> {
        let accident = self.insurers_order(by, id).await?.accident_id;
        let mut open = match self.open_for(by, accident, intent).await? {
            Begun::Fresh(open) => open,
            Begun::Done(_) => return self.insurers_order(by, id).await,
        };
        let fact = open.accident.reject_order(by, id, reason)?;
        open.happen(fact)?;
        self.save(*open).await?;
        self.insurers_order(by, id).await
    }

    /// The desk has mended what was wrong: due again.
    ///
    /// # Errors
    /// `not_rejected`; without a note.
    pub async fn reissue_order(
        &self,
        by: &ByOfficer,
        id: (AccidentId, OrderId),
        intent: &Intent,
        note: &str,
    ) -> Result<Accident> {
        let who = (id.0, &by.scope(), Actor::Officer(by.id));
        let mut open = match self.open(who, Some(intent)).await? {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let fact = open.accident.reissue_order(id.1, note)?;
        open.happen(fact)?;
        self.save(*open).await
    }

    /// The payee has the money: says the payee, or the desk for one without a phone.
    ///
    /// # Errors
    /// `not_paid`, `already_confirmed`, `payee_confirms`; another's money is not found.
    pub async fn confirm_order(
        &self,
        by: &Who,
        id: (AccidentId, OrderId),
        intent: &Intent,
    ) -> Result<Accident> {
        let mut open = match self.open((id.0, &by.scope(), by.actor()), Some(intent)).await? {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let confirmer = match by {
            Who::Party(party) => Confirmer::Party(party.party),
            Who::Officer(_) => Confirmer::Desk,
        };
        let fact = open.accident.confirm_order(id.1, confirmer)?;
        open.happen(fact)?;
        self.save(*open).await
    }

    /// One order, if this insurer may see it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn insurers_order(&self, by: InsurerCode, id: OrderId) -> Result<OrderRow<OrderRecord>> {
        let mut tx = self.db.read().await?;
        let row = orders::load(&mut tx, by, id).await?;
        Ok(row.ok_or_else(Refusal::not_found)?)
    }

    /// Whether the agreement of the accident's time and place binds this insurer and the order's: both took
    /// part on the day of the accident.
    fn trusted(&self, accident: &Accident, by: InsurerCode, id: OrderId) -> Result<bool> {
        let (at, other) = (accident.occurred_at(), accident.order(id)?.insurer);
        let agreement = self.rules.agreements.choose(accident.region(), at);
        let day = at.china_day();
        Ok(agreement.is_some_and(|agreement| {
            [by, other]
                .into_iter()
                .all(|insurer| agreement.is_member(insurer, day))
        }))
    }

    /// That the insurer may see the order was asked before.
    async fn open_for(&self, by: InsurerCode, accident: AccidentId, intent: &Intent) -> Result<Begun> {
        self.open((accident, &Scope::Service, Actor::Insurer(by)), Some(intent))
            .await
    }
}

/// Books the payment's claims into the month of the booking.
async fn book(open: &mut Open, id: OrderId, paid: &Paid) -> Result<()> {
    let month = Month::of(paid.booked_at);
    if clearing::hold(&mut open.tx, &open.accident.unit, month)
        .await?
        .is_some()
    {
        // Our clock was set back, or the month was closed while this waited.
        return Err(Refusal::conflict("month_closed", "这个月已经关账，请稍后再提交付款").into());
    }
    let number = open
        .accident
        .latest_finding()
        .map(|finding| finding.number.clone());
    let order = open.accident.order(id)?;
    let claims = claims_of_payment((open.accident.id, &number.unwrap_or_default()), order, paid);
    for claim in &claims {
        clearing::book(&mut open.tx, (&open.accident.unit, month), claim).await?;
    }
    Ok(())
}
