//! Whether an order may be made, paid, sent back, issued again or confirmed, and by whom.
//!
//! Another insurer's order is not there for anybody but those who may pay it first (先行赔付). Whether two
//! insurers trust each other is told from outside: agreements are not part of an accident.

use serde::Serialize;
use time::Duration;

use crate::accident::Accident;
use crate::fact::Fact;
use crate::id::{InsurerCode, OrderId, PartyId};
use crate::liability::Liability;
use crate::order::{self, Direction, OnBehalf, Order, OrderState, Paid, UnknownInsurer};
use crate::party::{Party, PartyKind};
use crate::refusal::{Problem, Refusal};
use crate::settlement::{Cover, Head, Plan};
use crate::time::Instant;

/// The insurer's clock may be ahead of ours by this much.
const CLOCK_SKEW_MAX: Duration = Duration::minutes(5);
const REFERENCE_CHARS_MAX: usize = 64;
const REASON_CHARS_MAX: usize = 200;

/// What an insurer says when it has paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayRequest {
    pub paid_at: Instant,
    /// The insurer's own reference.
    pub reference: String,
    /// The order is another insurer's, and the caller knows it.
    pub on_behalf: bool,
}

/// Who says that the money has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmer {
    Party(PartyId),
    /// For a payee who has no phone here.
    Desk,
}

/// From the report to the money, as a driver counts it; none: not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clock {
    pub reported_at: Instant,
    pub finding_issued_at: Option<Instant>,
    pub served_at: Option<Instant>,
    pub settled_at: Option<Instant>,
    /// As the insurer says, of the first order that was paid.
    pub first_paid_at: Option<Instant>,
    /// Of the last; none while one is open, or when no insurer pays anything.
    pub all_paid_at: Option<Instant>,
}

impl Accident {
    /// The order of that id.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] when this accident has none.
    pub fn order(&self, id: OrderId) -> Result<&Order, Refusal> {
        self.orders
            .iter()
            .find(|order| order.id == id)
            .ok_or(Refusal::Unknown("order"))
    }

    /// A plan that orders could not be made of is refused, with the field that names no insurer.
    ///
    /// # Errors
    /// `cannot_settle`, naming the cover in the settlement file's words.
    pub fn payable(&self, plan: &Plan) -> Result<(), Refusal> {
        order::owed(plan, &self.reimbursers())
            .map(drop)
            .map_err(|unknown| self.no_such_insurer(&unknown))
    }

    /// The orders of the plan that stands now; none when they are there already.
    ///
    /// # Errors
    /// As [`Accident::payable`].
    pub fn make_orders(
        &self,
        now: Instant,
        new_id: impl FnMut() -> OrderId,
    ) -> Result<Option<Fact>, Refusal> {
        let Some(settlement) = self.settlement() else {
            return Ok(None);
        };
        let owed = order::owed(&settlement.plan, &self.reimbursers())
            .map_err(|unknown| self.no_such_insurer(&unknown))?;
        let made = order::make(&self.orders, &owed, now, new_id);
        Ok(
            (!made.orders.is_empty() || !made.replaced.is_empty()).then_some(Fact::OrdersMade {
                orders: made.orders,
                replaced: made.replaced,
            }),
        )
    }

    /// The no-fault vehicles with their compulsory insurers, in party order: who is owed an advance.
    fn reimbursers(&self) -> Vec<(String, InsurerCode)> {
        let liability = |party: &Party| {
            self.decision()
                .and_then(|decision| decision.of(party.id))
                .map_or(Liability::Undetermined, |decided| decided.liability)
        };
        let motor = |party: &Party| {
            party
                .details
                .as_ref()
                .is_some_and(|details| details.kind == PartyKind::Motor)
        };
        self.parties
            .iter()
            .filter(|party| motor(party) && liability(party) == Liability::None)
            .filter_map(|party| Some((party.label.clone(), party.insurer()?.parse().ok()?)))
            .collect()
    }

    fn no_such_insurer(&self, unknown: &UnknownInsurer) -> Refusal {
        let index = self
            .parties
            .iter()
            .position(|party| party.label == unknown.holder);
        let cover = match unknown.cover {
            Cover::ThirdParty => "third_party",
            Cover::OwnDamage => "own_damage",
            Cover::Ctp | Cover::CtpSelf | Cover::CtpAdvance | Cover::Personal => "ctp",
        };
        let field = format!("parties[{}].{cover}.insurer", index.unwrap_or_default());
        let message = format!("“{}”不是保险公司代码，请重新选择保险公司", unknown.insurer);
        Refusal::NotNow {
            code: "cannot_settle",
            message: message.clone(),
            missing: vec![Problem::new(field, "unknown_insurer", message)],
        }
    }

    /// An insurer says that it has paid, or got back what was to be recovered. `trusted`: the agreement on
    /// mutual trust binds the caller and the order's insurer today.
    ///
    /// # Errors
    /// `already_paid` and its like; another's order without saying so is unknown; fields.
    pub fn pay_order(
        &self,
        by: InsurerCode,
        id: OrderId,
        request: PayRequest,
        (trusted, now): (bool, Instant),
    ) -> Result<Fact, Refusal> {
        let order = self.order(id)?;
        let on_behalf = match (order.insurer == by, request.on_behalf) {
            (true, false) => None,
            (true, true) => {
                let message = "这是贵公司自己的付款单，不需要代付";
                return Err(Refusal::invalid("on_behalf", "not_wanted", message));
            }
            (false, false) => return Err(Refusal::Unknown("order")),
            (false, true) => Some(self.may_pay_for(by, order, trusted)?),
        };
        may_be_settled(order)?;
        Refusal::if_any(self.payment_problems(&request, now))?;
        Ok(Fact::OrderPaid {
            order: id,
            paid: Paid {
                by,
                on_behalf,
                paid_at: request.paid_at,
                reference: request.reference.trim().to_owned(),
                booked_at: now,
            },
        })
    }

    /// 先行赔付: the payee's own vehicle insurer when the payee let it go first, or a fellow member.
    fn may_pay_for(&self, by: InsurerCode, order: &Order, trusted: bool) -> Result<OnBehalf, Refusal> {
        let ours = self
            .parties
            .iter()
            .any(|party| party.insurers().any(|insurer| insurer == by.as_str()));
        if !ours {
            return Err(Refusal::Unknown("order"));
        }
        let payee = self.parties.iter().find(|party| party.label == order.payee);
        let own_damage = payee
            .and_then(|party| party.vehicle())
            .and_then(|vehicle| vehicle.own_damage.as_ref());
        let chosen = payee.is_some_and(|party| self.subrogation.contains(&party.id));
        // 代位求偿 is for what the vehicle's own cover answers for, never for an injury.
        let vehicle_only = order.lines.iter().all(|line| line.head == Head::Property);
        let subrogation =
            chosen && vehicle_only && own_damage.is_some_and(|cover| cover.insurer == by.as_str());
        if order.direction == Direction::Pay {
            if subrogation {
                return Ok(OnBehalf::Subrogation);
            }
            if trusted {
                return Ok(OnBehalf::MutualTrust);
            }
        }
        Err(Refusal::not_now(
            "may_not_pay_for",
            "只有定损互信协议的成员，或收款人选择代位求偿的车损险公司，才能代付",
        ))
    }

    fn payment_problems(&self, request: &PayRequest, now: Instant) -> Vec<Problem> {
        let mut problems = Vec::new();
        if request.paid_at > now.plus(CLOCK_SKEW_MAX) {
            problems.push(Problem::new("paid_at", "in_the_future", "付款时间不能晚于现在"));
        }
        if request.paid_at < self.reported_at {
            problems.push(Problem::new("paid_at", "before_report", "付款时间不能早于报案"));
        }
        problems.extend(text_problem("reference", &request.reference, REFERENCE_CHARS_MAX));
        problems
    }

    /// The insurer cannot pay it as it stands: back to the desk.
    ///
    /// # Errors
    /// Another's order is unknown; one that is paid or replaced; without a reason.
    pub fn reject_order(&self, by: InsurerCode, id: OrderId, reason: &str) -> Result<Fact, Refusal> {
        let order = self.order(id)?;
        if order.insurer != by {
            return Err(Refusal::Unknown("order"));
        }
        may_be_settled(order)?;
        Refusal::if_any(
            text_problem("reason", reason, REASON_CHARS_MAX)
                .into_iter()
                .collect(),
        )?;
        Ok(Fact::OrderRejected {
            order: id,
            reason: reason.trim().to_owned(),
        })
    }

    /// The desk has mended what was wrong.
    ///
    /// # Errors
    /// `not_rejected`; without a note that says what was done.
    pub fn reissue_order(&self, id: OrderId, note: &str) -> Result<Fact, Refusal> {
        let order = self.order(id)?;
        if !may_reissue(order) {
            return Err(Refusal::not_now("not_rejected", "只有被退回的付款单才能重新提交"));
        }
        Refusal::if_any(text_problem("note", note, REASON_CHARS_MAX).into_iter().collect())?;
        Ok(Fact::OrderReissued {
            order: id,
            note: note.trim().to_owned(),
        })
    }

    /// The payee has the money.
    ///
    /// # Errors
    /// `not_paid`, `already_confirmed`; a driver's only for their own money, the desk's only for a payee
    /// without a phone.
    pub fn confirm_order(&self, id: OrderId, by: Confirmer) -> Result<Fact, Refusal> {
        let order = self.order(id)?;
        let payee = self.parties.iter().find(|party| party.label == order.payee);
        match by {
            Confirmer::Party(party) if payee.is_none_or(|payee| payee.id != party) => {
                return Err(Refusal::Unknown("order"));
            }
            Confirmer::Desk if payee.is_some_and(|payee| payee.phone.is_some()) => {
                return Err(Refusal::not_now(
                    "payee_confirms",
                    "收款人有手机，请由收款人在手机上确认",
                ));
            }
            Confirmer::Party(_) | Confirmer::Desk => {}
        }
        match (&order.state, order.direction) {
            (OrderState::Paid(_), Direction::Pay) => Ok(Fact::OrderConfirmed { order: id }),
            (OrderState::Confirmed { .. }, _) => {
                Err(Refusal::not_now("already_confirmed", "已经确认过到账了"))
            }
            _ => Err(Refusal::not_now("not_paid", "保险公司还没有付款，不能确认到账")),
        }
    }

    /// Whether [`Accident::confirm_order`] would say yes.
    pub fn may_confirm(&self, order: &Order, by: Confirmer) -> bool {
        self.confirm_order(order.id, by).is_ok()
    }

    /// The moments that a driver counts.
    pub fn clock(&self) -> Clock {
        let paid = || {
            let to_pay = self
                .orders
                .iter()
                .filter(|order| order.stands() && order.direction == Direction::Pay);
            to_pay.map(|order| order.paid().map(|paid| paid.paid_at))
        };
        let first_plan = self.earlier_plans.first().or(self.settlement());
        Clock {
            reported_at: self.reported_at,
            finding_issued_at: self.finding().map(|finding| finding.issued_at),
            served_at: self.served_at(),
            settled_at: first_plan.map(|plan| plan.made_at),
            first_paid_at: paid().flatten().min(),
            // One that is not paid makes the whole none.
            all_paid_at: paid()
                .collect::<Option<Vec<_>>>()
                .and_then(|all| all.into_iter().max()),
        }
    }
}

/// Whether the desk may issue it again.
pub fn may_reissue(order: &Order) -> bool {
    matches!(order.state, OrderState::Rejected { .. })
}

/// Only what is due can be paid or sent back.
fn may_be_settled(order: &Order) -> Result<(), Refusal> {
    match order.state {
        OrderState::Due => Ok(()),
        OrderState::Paid(_) | OrderState::Confirmed { .. } => {
            Err(Refusal::not_now("already_paid", "这张付款单已经付款"))
        }
        OrderState::Rejected { .. } => Err(Refusal::not_now(
            "order_rejected",
            "这张付款单已退回交警，请等重新提交后再处理",
        )),
        OrderState::Replaced => Err(Refusal::not_now(
            "order_replaced",
            "赔付方案已经重新计算，这张付款单已被新的代替",
        )),
    }
}

fn text_problem(field: &str, text: &str, chars_max: usize) -> Option<Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Problem::new(field, "missing", "请填写这一项"));
    }
    let wrong = text.chars().count() > chars_max || text.chars().any(char::is_control);
    wrong.then(|| {
        Problem::new(
            field,
            "too_long",
            format!("请不要超过{chars_max}个字，也不要换行"),
        )
    })
}

#[cfg(test)]
mod tests;
