//! Whether the stored facts are whole: every chain holds, and replaying it gives the stored row.

use domain::accident::Accident;
use domain::fact::{ChainError, open_chain};
use domain::id::AccidentId;

use super::open::link_of;
use crate::refusal::Result;
use crate::store::{Db, accidents, facts};

/// Accidents read in one go.
const PAGE: u32 = 100;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub accidents: u64,
    pub facts: u64,
    pub findings: Vec<(AccidentId, Broken)>,
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
        let Some(last) = rows.last() else { return Ok(audit) };
        after = Some(last.id);
        for row in rows {
            let links: Vec<_> = facts::list(&mut tx, row.id)
                .await?
                .into_iter()
                .map(link_of)
                .collect();
            audit.accidents += 1;
            audit.facts += u64::try_from(links.len()).unwrap_or(u64::MAX);
            if let Err(broken) = check(row.id, row.version, row.state.0, &links) {
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
) -> std::result::Result<(), Broken> {
    let facts = open_chain(id, links)?;
    let chain = u64::try_from(facts.len()).unwrap_or(u64::MAX);
    if chain != version {
        return Err(Broken::CutShort { row: version, chain });
    }
    let replayed = Accident::replay(id, &facts).ok_or(Broken::RowDiffers)?;
    let stored: Accident = serde_json::from_value(state).map_err(|_| Broken::RowDiffers)?;
    if stored == replayed {
        Ok(())
    } else {
        Err(Broken::RowDiffers)
    }
}
