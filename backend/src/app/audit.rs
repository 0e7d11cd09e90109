//! Whether the stored facts are whole: every chain holds, and replaying it gives the stored row; and
//! whether the closed months are: their chain holds, and each is what its claims say.

use domain::accident::Accident;
use domain::clearing::{Claim, Month, Statement, claims_of};
use domain::fact::{ChainError, Recorded, genesis, open_chain};
use domain::id::{AccidentId, UnitId};

use super::open::link_of;
use crate::refusal::Result;
use crate::store::{Db, Tx, accidents, clearing, facts, units};

/// Accidents read in one go.
const PAGE: u32 = 100;
/// Units of one installation.
const UNITS_MAX: u32 = 10_000;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub accidents: u64,
    pub facts: u64,
    pub findings: Vec<(AccidentId, Broken)>,
    /// Closed months of clearing.
    pub months: u64,
    pub clearing: Vec<(UnitId, BrokenClearing)>,
}

impl Audit {
    /// Nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty() && self.clearing.is_empty()
    }
}

/// What is wrong with a unit's closed months.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenClearing {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("{closed} months are marked closed, the chain has {chain}")]
    CutShort { closed: u64, chain: u64 },
    #[error("the statement of {month} is not what its claims say")]
    Differs { month: Month },
}

/// What is wrong with one accident's record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("facts are missing at the end: the row has taken in {row}, the chain has {chain}")]
    CutShort { row: u64, chain: u64 },
    #[error("the stored row is not what its facts say")]
    RowDiffers,
    #[error("the claims between insurers are not what its facts say")]
    ClaimsDiffer,
}

/// Checks every accident in the store.
///
/// # Errors
/// Only when the store cannot be read; what is wrong with a case is in the answer.
pub async fn audit(db: &Db) -> Result<Audit> {
    let mut audit = Audit::default();
    let mut after = None;
    loop {
        let mut tx = db.read().await?;
        let rows = accidents::list::<serde_json::Value>(&mut tx, after, PAGE).await?;
        let Some(last) = rows.last() else {
            closed_months(&mut tx, &mut audit).await?;
            return Ok(audit);
        };
        after = Some(last.id);
        for row in rows {
            let links: Vec<_> = facts::list(&mut tx, row.id)
                .await?
                .into_iter()
                .map(link_of)
                .collect();
            audit.accidents += 1;
            audit.facts += u64::try_from(links.len()).unwrap_or(u64::MAX);
            let checked = check(row.id, row.version, row.state.0, &links);
            let claims = clearing::claims_of_accident(&mut tx, row.id).await?;
            if let Err(broken) = checked.and_then(|facts| claims_told(row.id, &facts, claims)) {
                audit.findings.push((row.id, broken));
            }
        }
    }
}

fn check(
    id: AccidentId,
    version: u64,
    state: serde_json::Value,
    links: &[domain::fact::Link],
) -> std::result::Result<Vec<Recorded>, Broken> {
    let facts = open_chain(id, links)?;
    // A destroyed case has one fact left, which knows how many it took the place of.
    let chain = facts.last().map_or(0, |last| last.seq);
    if chain != version {
        return Err(Broken::CutShort { row: version, chain });
    }
    let replayed = Accident::replay(id, &facts).ok_or(Broken::RowDiffers)?;
    let stored: Accident = serde_json::from_value(state).map_err(|_| Broken::RowDiffers)?;
    if stored == replayed {
        Ok(facts)
    } else {
        Err(Broken::RowDiffers)
    }
}

/// Whether the stored claims are just those that the facts make.
fn claims_told(
    id: AccidentId,
    facts: &[Recorded],
    mut stored: Vec<Claim>,
) -> std::result::Result<(), Broken> {
    let Some((first, rest)) = facts.split_first() else {
        return Err(Broken::RowDiffers);
    };
    let mut accident = Accident::reported(id, first).ok_or(Broken::RowDiffers)?;
    let mut told = accident
        .destroyed()
        .map_or_else(Vec::new, |record| record.claims.clone());
    for recorded in rest {
        told.extend(claims_of(&accident, recorded));
        accident.apply(recorded);
    }
    told.sort_unstable();
    stored.sort_unstable();
    if told == stored {
        Ok(())
    } else {
        Err(Broken::ClaimsDiffer)
    }
}

async fn closed_months(tx: &mut Tx, audit: &mut Audit) -> Result<()> {
    for unit in units::list(tx, UNITS_MAX).await? {
        let unit = unit.code;
        let chain = clearing::chain(tx, &unit).await?;
        let marked = clearing::months(tx, Some(&unit)).await?;
        let closed = marked.iter().filter(|month| month.closed_at.is_some()).count();
        audit.months += u64::try_from(chain.len()).unwrap_or(u64::MAX);
        if closed != chain.len() {
            let broken = BrokenClearing::CutShort {
                closed: u64::try_from(closed).unwrap_or(u64::MAX),
                chain: u64::try_from(chain.len()).unwrap_or(u64::MAX),
            };
            audit.clearing.push((unit.clone(), broken));
        }
        let mut previous = genesis();
        for (seq, month) in (1..).zip(&chain) {
            let opened = month.open(seq, &previous);
            previous = month.digest.clone();
            let claims = clearing::claims(tx, &unit, month.month).await?;
            let broken = match opened {
                Err(error) => BrokenClearing::Chain(error),
                Ok(frozen) if frozen != Statement::of(unit.clone(), month.month, claims) => {
                    BrokenClearing::Differs { month: month.month }
                }
                Ok(_) => continue,
            };
            audit.clearing.push((unit.clone(), broken));
        }
    }
    Ok(())
}
