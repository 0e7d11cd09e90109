//! The payment order as insurers see it: what to pay, to whom, and how it stands.
//!
//! Whoever owes the money learns the payee's name, because money cannot be sent to a letter; everybody else
//! sees it masked (个人信息保护法: minimum disclosure).

use domain::accident::Accident;
use domain::id::{AccidentId, InsurerCode, OrderId};
use domain::identifiers::mask_name;
use domain::order::{Direction, Line, OnBehalf, Order, OrderState, Paid};
use domain::settlement::{Cover, Head};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::record::{NamedInsurer, RecordUnit};
use crate::store::units::UnitRow;

/// The order as stored for insurers: whole. It leaves the house only through [`OrderRecord::seen_by`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderRecord {
    pub accident: AccidentId,
    pub finding_number: String,
    pub occurred_at: Option<Instant>,
    pub unit: RecordUnit,
    pub payee_name: String,
    /// Every insurer with a policy of the payee's.
    pub payee_insurers: Vec<String>,
    pub order: Order,
}

/// One order as one insurer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentOrder {
    pub id: OrderId,
    /// Grows with every change of any order.
    pub change: i64,
    pub finding_number: String,
    pub occurred_at: Option<Instant>,
    pub unit: RecordUnit,
    pub insurer: NamedInsurer,
    /// The asking insurer's own order; others are those of accidents with a policy of theirs.
    pub own: bool,
    /// Label of the party, or the owner of outside property.
    pub payee: String,
    /// Plain for the order's insurer and for the payee's own; masked for others.
    pub payee_name: String,
    pub direction: Direction,
    pub amount_fen: i64,
    pub lines: Vec<OrderLine>,
    pub made_at: Instant,
    pub state: OrderStateName,
    pub paid: Option<OrderPaid>,
    pub confirmed_at: Option<Instant>,
    pub rejected: Option<OrderRejected>,
    /// What the desk wrote when it issued the order again.
    pub note: Option<String>,
}

/// How an order stands, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStateName {
    Due,
    Paid,
    Confirmed,
    /// Back at the desk.
    Rejected,
    /// A later plan took its place.
    Replaced,
}

impl OrderStateName {
    pub fn of(state: &OrderState) -> Self {
        match state {
            OrderState::Due => Self::Due,
            OrderState::Paid(_) => Self::Paid,
            OrderState::Confirmed { .. } => Self::Confirmed,
            OrderState::Rejected { .. } => Self::Rejected,
            OrderState::Replaced => Self::Replaced,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Paid => "paid",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Replaced => "replaced",
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderLine {
    pub head: Head,
    pub cover: Cover,
    /// Label of the party whose policy pays.
    pub holder: String,
    /// Negative where a difference goes the other way than its order.
    pub amount_fen: i64,
    /// Of a `ctp_advance`: what each no-fault vehicle's insurer owes for it at the next clearing.
    pub reimbursed_by: Vec<OrderReimbursement>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderReimbursement {
    pub party: String,
    pub insurer: NamedInsurer,
    pub amount_fen: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderPaid {
    pub by: NamedInsurer,
    /// Why somebody else than the order's insurer paid.
    pub on_behalf: Option<OnBehalf>,
    /// As the insurer says.
    pub paid_at: Instant,
    pub reference: String,
    /// By our clock: the month it is cleared in.
    pub booked_at: Instant,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderRejected {
    pub reason: String,
    pub at: Instant,
}

impl OrderLine {
    pub fn of(line: &Line) -> Self {
        Self {
            head: line.head,
            cover: line.cover,
            holder: line.holder.clone(),
            amount_fen: line.amount_fen.0,
            reimbursed_by: line
                .reimbursed_by
                .iter()
                .map(|part| OrderReimbursement {
                    party: part.party.clone(),
                    insurer: NamedInsurer::of(part.insurer.as_str()),
                    amount_fen: part.amount_fen.0,
                })
                .collect(),
        }
    }
}

impl OrderPaid {
    pub fn of(paid: &Paid) -> Self {
        Self {
            by: NamedInsurer::of(paid.by.as_str()),
            on_behalf: paid.on_behalf,
            paid_at: paid.paid_at,
            reference: paid.reference.clone(),
            booked_at: paid.booked_at,
        }
    }
}

impl OrderRejected {
    pub fn of(state: &OrderState) -> Option<Self> {
        match state {
            OrderState::Rejected { reason, rejected_at } => Some(Self {
                reason: reason.clone(),
                at: *rejected_at,
            }),
            OrderState::Due | OrderState::Paid(_) | OrderState::Confirmed { .. } | OrderState::Replaced => {
                None
            }
        }
    }
}

/// When the payee confirmed, if they did.
pub fn confirmed_at(state: &OrderState) -> Option<Instant> {
    match state {
        OrderState::Confirmed { confirmed_at, .. } => Some(*confirmed_at),
        OrderState::Due | OrderState::Paid(_) | OrderState::Rejected { .. } | OrderState::Replaced => None,
    }
}

/// What insurers may learn of this order of this accident.
pub fn of(accident: &Accident, unit: &UnitRow, order: &Order) -> OrderRecord {
    let payee = accident.parties.iter().find(|party| party.label == order.payee);
    let name = payee
        .and_then(|party| party.details.as_ref())
        .map(|details| details.name.clone());
    OrderRecord {
        accident: accident.id,
        finding_number: accident
            .finding()
            .map(|finding| finding.number.clone())
            .unwrap_or_default(),
        occurred_at: accident.scene.as_ref().and_then(|scene| scene.occurred_at),
        unit: RecordUnit {
            code: unit.code.clone(),
            name: unit.name.clone(),
        },
        // The owner of outside property is named as the desk wrote it.
        payee_name: name.unwrap_or_else(|| order.payee.clone()),
        payee_insurers: payee
            .map(|party| party.insurers().map(str::to_owned).collect())
            .unwrap_or_default(),
        order: order.clone(),
    }
}

impl OrderRecord {
    /// The order as this insurer may see it.
    pub fn seen_by(&self, insurer: InsurerCode, change: i64) -> PaymentOrder {
        let order = &self.order;
        let own = order.insurer == insurer;
        let plain = own || self.payee_insurers.iter().any(|code| code == insurer.as_str());
        PaymentOrder {
            id: order.id,
            change,
            finding_number: self.finding_number.clone(),
            occurred_at: self.occurred_at,
            unit: self.unit.clone(),
            insurer: NamedInsurer::of(order.insurer.as_str()),
            own,
            payee: order.payee.clone(),
            payee_name: if plain {
                self.payee_name.clone()
            } else {
                mask_name(&self.payee_name)
            },
            direction: order.direction,
            amount_fen: order.amount_fen.0,
            lines: order.lines.iter().map(OrderLine::of).collect(),
            made_at: order.made_at,
            state: OrderStateName::of(&order.state),
            paid: order.paid().map(OrderPaid::of),
            confirmed_at: confirmed_at(&order.state),
            rejected: OrderRejected::of(&order.state),
            note: order.note.clone(),
        }
    }
}
