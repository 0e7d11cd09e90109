//! Compulsory cover: losses assigned to policies, limits kept pro rata, and one second round.
//!
//! Works on indices only; who is a party and what is said about it is told elsewhere.

use super::because::Reach;
use crate::money::{Fen, MoneyError};

/// A policy (or the owner who should have had one) answering for one head.
pub(super) struct Payer {
    pub party: usize,
    pub limit: Fen,
    /// Its part in dividing a loss: 1 each, or the limit.
    pub weight: i64,
}

/// What one policy pays, victim by victim.
pub(super) struct Row {
    pub paid: Vec<Fen>,
    /// Assigned more than its limit: it pays them pro rata.
    pub cut: bool,
    /// What the second round added, victim by victim; empty when it added nothing.
    pub topped_up: Vec<Fen>,
}

impl Row {
    /// How far the limit went, as far as this victim is concerned.
    pub(super) fn reach(&self, victim: usize) -> Reach {
        match self.topped_up.get(victim) {
            Some(more) if !more.is_zero() => Reach::ToppedUp(*more),
            _ if !self.cut => Reach::Within,
            _ if self.paid.iter().filter(|part| !part.is_zero()).count() == 1 => Reach::Full,
            _ => Reach::ProRata,
        }
    }
}

/// What each payer pays each victim; `left` is what remains of each loss.
///
/// A victim's loss is divided among all payers but its own, victims before `parties` being parties.
pub(super) fn allocate(
    payers: &[Payer],
    left: &mut [Fen],
    second_round: bool,
) -> Result<Vec<Row>, MoneyError> {
    let mut rows = assigned(payers, left)?;
    for (payer, row) in payers.iter().zip(&mut rows) {
        let sum = Fen::checked_sum(row.paid.iter().copied()).ok_or(MoneyError::Overflow)?;
        if sum > payer.limit {
            let shares: Vec<i64> = row.paid.iter().map(|share| share.0).collect();
            row.paid = payer.limit.divide(&shares)?;
            row.cut = true;
        }
        for (rest, part) in left.iter_mut().zip(&row.paid) {
            rest.0 -= part.0;
        }
    }
    // Nobody's limit was exceeded: nothing is short, and there is nothing to top up.
    if second_round && rows.iter().any(|row| row.cut) {
        for (payer, row) in payers.iter().zip(&mut rows) {
            top_up(payer, row, left)?;
        }
    }
    Ok(rows)
}

fn assigned(payers: &[Payer], left: &[Fen]) -> Result<Vec<Row>, MoneyError> {
    let mut rows: Vec<Row> = payers
        .iter()
        .map(|_| Row {
            paid: vec![Fen::ZERO; left.len()],
            cut: false,
            topped_up: Vec::new(),
        })
        .collect();
    let mut weights = vec![0; payers.len()];
    for (victim, loss) in left.iter().enumerate().filter(|(_, loss)| !loss.is_zero()) {
        for (weight, payer) in weights.iter_mut().zip(payers) {
            // A weight of zero keeps a vehicle's own policy out.
            *weight = if payer.party == victim { 0 } else { payer.weight };
        }
        for (row, part) in rows.iter_mut().zip(loss.divide(&weights)?) {
            row.paid[victim] = part;
        }
    }
    Ok(rows)
}

/// Unused limit goes to the losses that are still short, in proportion to what they lack.
fn top_up(payer: &Payer, row: &mut Row, left: &mut [Fen]) -> Result<(), MoneyError> {
    let used = Fen::checked_sum(row.paid.iter().copied()).ok_or(MoneyError::Overflow)?;
    let lacks: Vec<i64> = left
        .iter()
        .enumerate()
        .map(|(victim, rest)| if victim == payer.party { 0 } else { rest.0 })
        .collect();
    let short = Fen::checked_sum(lacks.iter().map(|lack| Fen(*lack))).ok_or(MoneyError::Overflow)?;
    let more = Fen((payer.limit.0 - used.0).max(0)).min(short);
    if more.is_zero() {
        return Ok(());
    }
    row.topped_up = more.divide(&lacks)?;
    for ((part, rest), more) in row.paid.iter_mut().zip(left).zip(&row.topped_up) {
        part.0 += more.0;
        rest.0 -= more.0;
    }
    Ok(())
}
