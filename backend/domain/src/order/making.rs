//! From a plan to orders, and from the next plan to the difference.
//!
//! For every insurer and payee the orders that stand always add up to the newest plan: what is paid stays
//! paid, what is not is replaced, and the difference is a new order. It knows no requests and no actors.

use crate::id::{InsurerCode, OrderId};
use crate::money::Fen;
use crate::settlement::{Cover, Payment, Plan};
use crate::time::Instant;

use super::{Direction, Line, Order, OrderState, Reimbursement};

/// What a plan asks of one insurer for one payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub insurer: InsurerCode,
    pub payee: String,
    pub lines: Vec<Line>,
}

/// The orders that a plan makes, and those whose place they take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub orders: Vec<Order>,
    pub replaced: Vec<OrderId>,
}

/// A plan names an insurer that no order can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{insurer} is no insurer's code")]
pub struct UnknownInsurer {
    pub insurer: String,
    /// Whose policy it is, and which.
    pub holder: String,
    pub cover: Cover,
}

/// What the plan asks of each insurer, in the order of the plan.
///
/// `no_fault` are the vehicles that an advance is paid for, in party order: each advance is divided over
/// them so that all of them together never bear more than their part of all advances (settlement.md §7).
///
/// # Errors
/// [`UnknownInsurer`] for a name that is not four capital letters.
pub fn owed(plan: &Plan, no_fault: &[(String, InsurerCode)]) -> Result<Vec<Owed>, UnknownInsurer> {
    let mut all: Vec<Owed> = Vec::new();
    let mut advanced = Fen::ZERO;
    for payment in &plan.payments {
        let Some(name) = payment.insurer.as_deref().filter(|_| !payment.amount.is_zero()) else {
            continue;
        };
        let insurer: InsurerCode = name.parse().map_err(|_| UnknownInsurer {
            insurer: name.to_owned(),
            holder: payment.holder.clone(),
            cover: payment.cover,
        })?;
        let mut line = line_of(payment);
        if payment.cover == Cover::CtpAdvance {
            line.reimbursed_by = reimbursements(no_fault, advanced, payment.amount);
            advanced = plus(advanced, payment.amount);
        }
        let known = all
            .iter_mut()
            .find(|owed| owed.insurer == insurer && owed.payee == payment.payee);
        match known {
            Some(owed) => add(&mut owed.lines, &line, 1),
            None => all.push(Owed {
                insurer,
                payee: payment.payee.clone(),
                lines: vec![line],
            }),
        }
    }
    Ok(all)
}

fn line_of(payment: &Payment) -> Line {
    Line {
        head: payment.head,
        cover: payment.cover,
        holder: payment.holder.clone(),
        amount_fen: payment.amount,
        reimbursed_by: Vec::new(),
    }
}

/// The next `amount` after `before` was divided already: the difference of two divisions of the running
/// total. Dividing each advance by itself would give the odd fen to the first vehicle every time, and
/// bring it above its hundred yuan.
fn reimbursements(no_fault: &[(String, InsurerCode)], before: Fen, amount: Fen) -> Vec<Reimbursement> {
    // Amounts of a plan are not negative, so both divisions succeed.
    let divided = |total: Fen| total.divide_equally(no_fault.len()).unwrap_or_default();
    let after = divided(plus(before, amount));
    no_fault
        .iter()
        .zip(divided(before).into_iter().zip(after))
        .map(|((party, insurer), (before, after))| Reimbursement {
            party: party.clone(),
            insurer: *insurer,
            amount_fen: Fen(after.0 - before.0),
        })
        .filter(|part| !part.amount_fen.is_zero())
        .collect()
}

/// The orders for what is owed now, beside those that stand.
///
/// A due order that says just what is still owed stays; every other unpaid one is replaced. `new_id` draws
/// the ids.
pub fn make(current: &[Order], owed: &[Owed], now: Instant, mut new_id: impl FnMut() -> OrderId) -> Made {
    let mut pairs: Vec<(InsurerCode, &str)> = owed
        .iter()
        .map(|owed| (owed.insurer, owed.payee.as_str()))
        .collect();
    for order in current.iter().filter(|order| order.stands()) {
        let pair = (order.insurer, order.payee.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let mut made = Made::default();
    for (insurer, payee) in pairs {
        let of_pair = |order: &&Order| order.stands() && order.insurer == insurer && order.payee == payee;
        let mut open = current
            .iter()
            .filter(of_pair)
            .filter(|order| order.paid().is_none());
        let mut missing: Vec<Line> = Vec::new();
        for line in owed
            .iter()
            .filter(|owed| owed.insurer == insurer && owed.payee == payee)
            .flat_map(|owed| &owed.lines)
        {
            add(&mut missing, line, 1);
        }
        for order in current
            .iter()
            .filter(of_pair)
            .filter(|order| order.paid().is_some())
        {
            let sign = if order.direction == Direction::Pay { -1 } else { 1 };
            for line in &order.lines {
                add(&mut missing, line, sign);
            }
        }
        let wanted = orders_for(missing);
        let stays = |order: &Order| {
            order.state == OrderState::Due
                && matches!(wanted.as_slice(), [(direction, lines)]
                    if *direction == order.direction && *lines == order.lines)
        };
        let open: Vec<&Order> = open.by_ref().collect();
        if let [only] = open.as_slice()
            && stays(only)
        {
            continue;
        }
        made.replaced.extend(open.iter().map(|order| order.id));
        made.orders
            .extend(wanted.into_iter().map(|(direction, lines)| Order {
                id: new_id(),
                insurer,
                payee: payee.to_owned(),
                direction,
                amount_fen: total(&lines),
                lines,
                made_at: now,
                note: None,
                state: OrderState::Due,
            }));
    }
    made
}

/// What is missing as orders: one, in the direction of the sum; none when nothing is.
///
/// When the sum is zero but an advance changed, one each way: otherwise the advance would go on being
/// claimed from insurers who no longer owe it.
fn orders_for(missing: Vec<Line>) -> Vec<(Direction, Vec<Line>)> {
    let missing: Vec<Line> = missing
        .into_iter()
        .filter(|line| !line.amount_fen.is_zero())
        .collect();
    let sum = total(&missing);
    if sum.0 > 0 {
        return vec![(Direction::Pay, missing)];
    }
    if sum.is_negative() {
        return vec![(Direction::Recover, negated(missing))];
    }
    if missing.iter().all(|line| line.reimbursed_by.is_empty()) {
        return Vec::new();
    }
    let (pay, recover) = missing.into_iter().partition(|line| line.amount_fen.0 > 0);
    vec![(Direction::Pay, pay), (Direction::Recover, negated(recover))]
}

fn negated(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        line.amount_fen.0 = -line.amount_fen.0;
        for part in &mut line.reimbursed_by {
            part.amount_fen.0 = -part.amount_fen.0;
        }
    }
    lines
}

fn total(lines: &[Line]) -> Fen {
    lines
        .iter()
        .fold(Fen::ZERO, |sum, line| plus(sum, line.amount_fen))
}

/// A plan's amounts are far below any overflow; the edge of the range stands in for one.
fn plus(a: Fen, b: Fen) -> Fen {
    Fen(a.0.saturating_add(b.0))
}

/// Adds a line, or with `sign` −1 takes it away; one line per head, cover and holder.
fn add(lines: &mut Vec<Line>, line: &Line, sign: i64) {
    let same =
        |other: &&mut Line| (other.head, other.cover, &other.holder) == (line.head, line.cover, &line.holder);
    let Some(known) = lines.iter_mut().find(same) else {
        lines.push(Line {
            amount_fen: Fen(line.amount_fen.0.saturating_mul(sign)),
            reimbursed_by: added(&[], &line.reimbursed_by, sign),
            ..line.clone()
        });
        return;
    };
    known.amount_fen = plus(known.amount_fen, Fen(line.amount_fen.0.saturating_mul(sign)));
    known.reimbursed_by = added(&known.reimbursed_by, &line.reimbursed_by, sign);
}

fn added(known: &[Reimbursement], more: &[Reimbursement], sign: i64) -> Vec<Reimbursement> {
    let mut all = known.to_vec();
    for part in more {
        let amount = Fen(part.amount_fen.0.saturating_mul(sign));
        let same = |other: &&mut Reimbursement| (&other.party, other.insurer) == (&part.party, part.insurer);
        match all.iter_mut().find(same) {
            Some(known) => known.amount_fen = plus(known.amount_fen, amount),
            None => all.push(Reimbursement {
                amount_fen: amount,
                ..part.clone()
            }),
        }
    }
    all.retain(|part| !part.amount_fen.is_zero());
    all
}

#[cfg(test)]
mod tests;
