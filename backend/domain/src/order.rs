//! Payment orders: what one insurer owes one payee, from `due` to `confirmed`.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Recorded};
use crate::id::{InsurerCode, OrderId};
use crate::money::Fen;
use crate::settlement::{Cover, Head};
use crate::time::Instant;

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
    pub state: OrderState,
}

/// A plan that was made again may ask for money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Pay,
    Recover,
}

/// One payment of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    pub head: Head,
    pub cover: Cover,
    pub holder: String,
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
    /// When the money left, as the insurer says.
    pub paid_at: Instant,
    /// The insurer's own reference.
    pub reference: String,
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
        (Fact::OrderReissued { .. }, _) => found.state = OrderState::Due,
        _ => {}
    }
}
