//! A closed month: the statement frozen to the byte and chained behind the unit's last one.

use serde_json::Error;

use super::{Month, Statement};
use crate::fact::{Actor, ChainError};
use crate::id::{Sha256Hex, UnitId};
use crate::time::Instant;

/// 关账: a month's statement as it lies in the store, the exact bytes that were digested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedMonth {
    pub unit: UnitId,
    /// 1 for the unit's first, without gaps.
    pub seq: u64,
    pub month: Month,
    /// The [`Statement`] as JSON text, byte for byte.
    pub body: String,
    pub at: Instant,
    /// An [`Actor`], as facts write it.
    pub by: String,
    pub digest: Sha256Hex,
    pub previous_digest: Sha256Hex,
}

impl ClosedMonth {
    /// Freezes `statement` behind the one that `previous` is the digest of.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON, which its types do not allow.
    pub fn seal(
        statement: &Statement,
        (seq, previous): (u64, &Sha256Hex),
        by: Actor,
        at: Instant,
    ) -> Result<Self, Error> {
        let mut closed = Self {
            unit: statement.unit.clone(),
            seq,
            month: statement.month,
            body: serde_json::to_string(statement)?,
            at,
            by: by.to_string(),
            digest: previous.clone(),
            previous_digest: previous.clone(),
        };
        closed.digest = closed.computed();
        Ok(closed)
    }

    /// Checks it against its place in the chain and reads the statement.
    ///
    /// # Errors
    /// What does not hold.
    pub fn open(&self, seq: u64, previous: &Sha256Hex) -> Result<Statement, ChainError> {
        if self.seq != seq {
            return Err(ChainError::Missing { seq });
        }
        if self.previous_digest != *previous {
            return Err(ChainError::NotChained { seq });
        }
        if self.computed() != self.digest {
            return Err(ChainError::Changed { seq });
        }
        let unreadable = |why: String| ChainError::Unreadable { seq, why };
        let statement: Statement =
            serde_json::from_str(&self.body).map_err(|error| unreadable(error.to_string()))?;
        if statement.month != self.month || statement.unit != self.unit {
            return Err(unreadable("it is another month's".to_owned()));
        }
        Ok(statement)
    }

    /// SHA-256 over the lines: previous digest, unit, seq, month, time, actor, body.
    fn computed(&self) -> Sha256Hex {
        let Self {
            unit,
            seq,
            month,
            body,
            at,
            by,
            previous_digest,
            ..
        } = self;
        let text = format!("{previous_digest}\n{unit}\n{seq}\n{month}\n{at}\n{by}\n{body}");
        Sha256Hex::of(text.as_bytes())
    }
}
