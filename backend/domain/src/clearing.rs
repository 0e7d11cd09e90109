//! 清算: what insurers owe each other at the end of a month, netted to one row per pair.
//!
//! A claim arises when an order is paid: the paying side of an advance against the no-fault vehicles'
//! insurers, and whoever paid for another against that other. Netting is pure arithmetic over claims; which
//! claims there are is the facts' business, and closing a month the desk's.

mod month;
mod seal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::accident::Accident;
use crate::fact::{Fact, Recorded};
use crate::id::{AccidentId, InsurerCode, OrderId, UnitId};
use crate::money::Fen;
use crate::order::{Direction, OnBehalf, Order, Paid};
use crate::time::Instant;

pub use month::{BadMonth, Month};
pub use seal::ClosedMonth;

/// Why one insurer owes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// 无责代赔
    CtpAdvance,
    /// 定损互信先行赔付
    MutualTrust,
    /// 代位求偿
    Subrogation,
}

impl ClaimKind {
    pub const ALL: [Self; 3] = [Self::CtpAdvance, Self::MutualTrust, Self::Subrogation];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CtpAdvance => "ctp_advance",
            Self::MutualTrust => "mutual_trust",
            Self::Subrogation => "subrogation",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::CtpAdvance => "无责代赔",
            Self::MutualTrust => "互信先行赔付",
            Self::Subrogation => "代位求偿",
        }
    }
}

impl From<OnBehalf> for ClaimKind {
    fn from(why: OnBehalf) -> Self {
        match why {
            OnBehalf::MutualTrust => Self::MutualTrust,
            OnBehalf::Subrogation => Self::Subrogation,
        }
    }
}

/// One claim, with the case it comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claim {
    /// When the payment was booked: it decides the month.
    pub booked_at: Instant,
    pub finding_number: String,
    #[serde(rename = "accident_id")]
    pub accident: AccidentId,
    #[serde(rename = "order_id")]
    pub order: OrderId,
    pub kind: ClaimKind,
    /// Who gets it.
    pub creditor: InsurerCode,
    /// Who owes it.
    pub debtor: InsurerCode,
    /// Negative: an earlier claim is taken back.
    pub amount_fen: Fen,
}

/// The claims that a fact makes; none but a payment makes any. `accident` as it stood just before or after.
pub fn claims_of(accident: &Accident, recorded: &Recorded) -> Vec<Claim> {
    let Fact::OrderPaid { order: id, paid } = &recorded.fact else {
        return Vec::new();
    };
    let Ok(order) = accident.order(*id) else {
        return Vec::new();
    };
    let number = accident.latest_finding().map(|finding| finding.number.as_str());
    claims_of_payment((accident.id, number.unwrap_or_default()), order, paid)
}

/// The claims that this payment of this order makes; nobody has one against themselves.
pub fn claims_of_payment(
    (accident, finding_number): (AccidentId, &str),
    order: &Order,
    paid: &Paid,
) -> Vec<Claim> {
    let mut sums: BTreeMap<(ClaimKind, InsurerCode, InsurerCode), Fen> = BTreeMap::new();
    let mut claim = |kind, creditor, debtor, amount: Fen| {
        if creditor != debtor {
            let sum = sums.entry((kind, creditor, debtor)).or_default();
            *sum = Fen(sum.0.saturating_add(amount.0));
        }
    };
    if let Some(why) = paid.on_behalf {
        claim(ClaimKind::from(why), paid.by, order.insurer, order.amount_fen);
    }
    for part in order.lines.iter().flat_map(|line| &line.reimbursed_by) {
        // Whoever paid, the advance is the order's insurer's: it owes the payer the whole order.
        let amount = match order.direction {
            Direction::Pay => part.amount_fen,
            Direction::Recover => Fen(-part.amount_fen.0),
        };
        claim(ClaimKind::CtpAdvance, order.insurer, part.insurer, amount);
    }
    sums.into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|((kind, creditor, debtor), amount_fen)| Claim {
            booked_at: paid.booked_at,
            finding_number: finding_number.to_owned(),
            accident,
            order: order.id,
            kind,
            creditor,
            debtor,
            amount_fen,
        })
        .collect()
}

/// 清算单: a unit's claims of one month, netted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub unit: UnitId,
    pub month: Month,
    /// In the order of the codes.
    pub rows: Vec<Row>,
}

/// One pair of insurers, `first` before `second` in the order of their codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub first: InsurerCode,
    pub second: InsurerCode,
    /// What `first` owes `second`; negative: `second` owes `first`.
    pub net_fen: Fen,
    /// What it is made of, in order of booking.
    pub claims: Vec<Claim>,
}

impl Statement {
    /// Nets the claims; their order makes no difference.
    pub fn of(unit: UnitId, month: Month, claims: impl IntoIterator<Item = Claim>) -> Self {
        let mut pairs: BTreeMap<(InsurerCode, InsurerCode), Vec<Claim>> = BTreeMap::new();
        for claim in claims {
            let pair = pair(claim.creditor, claim.debtor);
            pairs.entry(pair).or_default().push(claim);
        }
        let rows = pairs.into_iter().map(|((first, second), mut claims)| {
            claims.sort_unstable();
            Row {
                first,
                second,
                net_fen: claims
                    .iter()
                    .fold(Fen::ZERO, |net, claim| plus(net, owed_by(first, claim))),
                claims,
            }
        });
        Self {
            unit,
            month,
            rows: rows.collect(),
        }
    }

    /// What each insurer gets (+) or gives (−) in all; adds up to zero.
    pub fn balances(&self) -> BTreeMap<InsurerCode, Fen> {
        let mut all = BTreeMap::new();
        for row in &self.rows {
            let mut add = |insurer, amount: i64| {
                let sum: &mut Fen = all.entry(insurer).or_default();
                *sum = plus(*sum, Fen(amount));
            };
            add(row.first, -row.net_fen.0);
            add(row.second, row.net_fen.0);
        }
        all
    }

    /// The money that moves between insurers in all.
    pub fn moves(&self) -> Fen {
        self.rows.iter().fold(Fen::ZERO, |sum, row| {
            plus(sum, Fen(row.net_fen.0.saturating_abs()))
        })
    }

    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.rows.iter().flat_map(|row| &row.claims)
    }

    /// Only the rows in which this insurer is a side.
    pub fn seen_by(mut self, insurer: InsurerCode) -> Self {
        self.rows
            .retain(|row| row.first == insurer || row.second == insurer);
        self
    }
}

fn pair(one: InsurerCode, other: InsurerCode) -> (InsurerCode, InsurerCode) {
    (one.min(other), one.max(other))
}

/// What `first` owes by this claim; negative when it is owed.
fn owed_by(first: InsurerCode, claim: &Claim) -> Fen {
    if claim.debtor == first {
        claim.amount_fen
    } else {
        Fen(-claim.amount_fen.0)
    }
}

/// A month's claims are far below any overflow; the edge of the range stands in for one.
fn plus(a: Fen, b: Fen) -> Fen {
    Fen(a.0.saturating_add(b.0))
}

#[cfg(test)]
mod tests;
