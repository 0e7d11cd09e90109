//! Compulsory cover: losses assigned to policies, limits kept pro rata, and one second round.
//!
//! Works on indices only; who is a party and what is said about it is told elsewhere.

use crate::money::{Fen, MoneyError};

/// A policy (or the owner who should have had one) answering for one head.
pub(super) struct Payer {
    pub party: usize,
    pub limit: Fen,
    /// Its part in dividing a loss: 1 each, or the limit.
    pub weight: i64,
}

/// What each payer pays each victim, `[payer][victim]`; `left` is what remains of each loss.
///
/// A victim's loss is divided among all payers but its own, victims before `parties` being parties.
pub(super) fn allocate(
    payers: &[Payer],
    left: &mut [Fen],
    second_round: bool,
) -> Result<Vec<Vec<Fen>>, MoneyError> {
    let mut paid = assigned(payers, left)?;
    for (payer, row) in payers.iter().zip(&mut paid) {
        let shares: Vec<i64> = row.iter().map(|share| share.0).collect();
        let sum = Fen::checked_sum(row.iter().copied()).ok_or(MoneyError::Overflow)?;
        if sum > payer.limit {
            *row = payer.limit.divide(&shares)?;
        }
        for (rest, part) in left.iter_mut().zip(row.iter()) {
            rest.0 -= part.0;
        }
    }
    if second_round {
        for (payer, row) in payers.iter().zip(&mut paid) {
            top_up(payer, row, left)?;
        }
    }
    Ok(paid)
}

fn assigned(payers: &[Payer], left: &[Fen]) -> Result<Vec<Vec<Fen>>, MoneyError> {
    let mut assigned = vec![vec![Fen::ZERO; left.len()]; payers.len()];
    for (victim, loss) in left.iter().enumerate() {
        // A weight of zero keeps a vehicle's own policy out.
        let weight = |payer: &Payer| if payer.party == victim { 0 } else { payer.weight };
        let weights: Vec<i64> = payers.iter().map(weight).collect();
        for (row, part) in assigned.iter_mut().zip(loss.divide(&weights)?) {
            row[victim] = part;
        }
    }
    Ok(assigned)
}

/// Unused limit goes to the losses that are still short, in proportion to what they lack.
fn top_up(payer: &Payer, row: &mut [Fen], left: &mut [Fen]) -> Result<(), MoneyError> {
    let used = Fen::checked_sum(row.iter().copied()).ok_or(MoneyError::Overflow)?;
    let lacks: Vec<i64> = left
        .iter()
        .enumerate()
        .map(|(victim, rest)| if victim == payer.party { 0 } else { rest.0 })
        .collect();
    let short = Fen::checked_sum(lacks.iter().map(|lack| Fen(*lack))).ok_or(MoneyError::Overflow)?;
    let unused = Fen((payer.limit.0 - used.0).max(0));
    for ((part, rest), more) in row.iter_mut().zip(left).zip(unused.min(short).divide(&lacks)?) {
        part.0 += more.0;
        rest.0 -= more.0;
    }
    Ok(())
}
