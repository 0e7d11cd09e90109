//! Payment orders: what one insurer owes one payee, from `due` to `confirmed`.
//!
//! An order says what to pay and whether it was; it moves no money, and who may do what to it is judged in
//! `accident/paying.rs`.

mod making;

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Recorded};
use crate::id::{InsurerCode, OrderId};
use crate::money::Fen;
use crate::settlement::{Cover, Head};
use crate::time::Instant;

pub use making::{Made, Owed, UnknownInsurer, make, owed};

/// 付款单
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    pub id: OrderId,
    /// Who pays, or who gets back.
    pub insurer: InsurerCode,
    /// Label of the party, or the owner, who is paid.
    pub payee: String,
    pub direction: Direction,
    pub amount_fen: Fen,
    /// What the amount is made of.
    pub lines: Vec<Line>,
    pub made_at: Instant,
    /// What the desk wrote when it issued the order again.
    #[serde(default)]
    pub note: Option<String>,
    pub state: OrderState,
}

impl Order {
    /// Still stands: not replaced by a later plan's.
    pub fn stands(&self) -> bool {
        self.state != OrderState::Replaced
    }

    /// The payment, once there is one.
    pub fn paid(&self) -> Option<&Paid> {
        match &self.state {
            OrderState::Paid(paid) | OrderState::Confirmed { paid, .. } => Some(paid),
            OrderState::Due | OrderState::Rejected { .. } | OrderState::Replaced => None,
        }
    }

    /// What it adds to what the payee gets; negative for a recovery.
    pub fn signed(&self) -> Fen {
        match self.direction {
            Direction::Pay => self.amount_fen,
            Direction::Recover => Fen(-self.amount_fen.0),
        }
    }
}

/// A plan that was made again may ask for money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Pay,
    Recover,
}

/// One payment of the plan; in an order that carries a difference, what it changes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    pub head: Head,
    pub cover: Cover,
    /// Label of the party whose policy pays.
    pub holder: String,
    /// Negative where a difference goes the other way than its order.
    pub amount_fen: Fen,
    /// 无责代赔 only: what each no-fault vehicle's insurer owes for it, fixed when the order is made.
    #[serde(default)]
    pub reimbursed_by: Vec<Reimbursement>,
}

/// A no-fault vehicle's part of an advance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reimbursement {
    /// Label of the no-fault party.
    pub party: String,
    pub insurer: InsurerCode,
    pub amount_fen: Fen,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    Due,
    Paid(Paid),
    Confirmed {
        #[serde(flatten)]
        paid: Paid,
        confirmed_at: Instant,
    },
    /// Back at the desk.
    Rejected {
        reason: String,
        rejected_at: Instant,
    },
    /// A later plan took its place before anybody paid.
    Replaced,
}

/// 已付款
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paid {
    /// Usually the order's insurer; another one when it pays on its behalf.
    pub by: InsurerCode,
    /// Why somebody else than the order's insurer paid.
    #[serde(default)]
    pub on_behalf: Option<OnBehalf>,
    /// When the money left, as the insurer says.
    pub paid_at: Instant,
    /// The insurer's own reference.
    pub reference: String,
    /// When we were told, by our clock: the month it is cleared in.
    pub booked_at: Instant,
}

/// 先行赔付: somebody pays another insurer's order first and claims it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnBehalf {
    /// Both are members of the mutual-trust agreement.
    MutualTrust,
    /// 代位求偿: the payee's own vehicle insurer, as the payee chose.
    Subrogation,
}

/// What a fact does to the orders.
pub(crate) fn take(orders: &mut Vec<Order>, recorded: &Recorded) {
    if let Fact::OrdersMade {
        orders: new,
        replaced,
    } = &recorded.fact
    {
        for order in orders.iter_mut().filter(|order| replaced.contains(&order.id)) {
            order.state = OrderState::Replaced;
        }
        orders.extend(new.iter().cloned());
        return;
    }
    let (Fact::OrderPaid { order: id, .. }
    | Fact::OrderConfirmed { order: id }
    | Fact::OrderRejected { order: id, .. }
    | Fact::OrderReissued { order: id, .. }) = &recorded.fact
    else {
        return;
    };
    let Some(found) = orders.iter_mut().find(|order| order.id == *id) else {
        return;
    };
    match (&recorded.fact, &found.state) {
        (Fact::OrderPaid { paid, .. }, _) => found.state = OrderState::Paid(paid.clone()),
        (Fact::OrderConfirmed { .. }, OrderState::Paid(paid)) => {
            found.state = OrderState::Confirmed {
                paid: paid.clone(),
                confirmed_at: recorded.at,
            };
        }
        (Fact::OrderRejected { reason, .. }, _) => {
            found.state = OrderState::Rejected {
                reason: reason.clone(),
                rejected_at: recorded.at,
            };
        }
        (Fact::OrderReissued { note, .. }, _) => {
            found.note = Some(note.clone());
            found.state = OrderState::Due;
        }
        _ => {}
    }
}
