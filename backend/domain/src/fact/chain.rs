//! The chain: each fact sealed behind the one before it, and opened again.

use crate::id::{AccidentId, Sha256Hex};
use crate::time::Instant;

use super::{Fact, Recorded};

/// A fact as it lies in the store: the exact bytes that were digested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub seq: u64,
    pub kind: String,
    /// JSON text, byte for byte.
    pub body: String,
    pub at: Instant,
    pub by: String,
    pub digest: Sha256Hex,
    pub previous_digest: Sha256Hex,
}

/// The kind of the fact that takes the place of all before it.
const DESTROYED: &str = "destroyed";

/// What stands before the first fact: 64 zeros.
pub fn genesis() -> Sha256Hex {
    Sha256Hex::new("0".repeat(64)).unwrap_or_else(|_| Sha256Hex::of(&[]))
}

/// Something is wrong with a stored chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("fact {seq} is missing")]
    Missing { seq: u64 },
    #[error("fact {seq} does not follow the one before it")]
    NotChained { seq: u64 },
    #[error("fact {seq} has been changed: its digest does not match its content")]
    Changed { seq: u64 },
    #[error("fact {seq} cannot be read: {why}")]
    Unreadable { seq: u64, why: String },
    #[error("the record of destruction does not cover the facts it took the place of")]
    NotCovered,
}

impl Link {
    /// Chains `recorded` behind `previous`.
    ///
    /// # Errors
    /// Only if the fact cannot be written as JSON, which its types do not allow.
    pub fn seal(
        accident: AccidentId,
        recorded: &Recorded,
        previous: &Sha256Hex,
    ) -> Result<Self, serde_json::Error> {
        let mut value = serde_json::to_value(&recorded.fact)?;
        let kind = value["kind"].as_str().unwrap_or_default().to_owned();
        let body = value["body"].take().to_string();
        let by = recorded.by.to_string();
        let digest = digest(accident, recorded.seq, &kind, &body, recorded.at, &by, previous);
        Ok(Self {
            seq: recorded.seq,
            kind,
            body,
            at: recorded.at,
            by,
            digest,
            previous_digest: previous.clone(),
        })
    }

    /// Checks this link against the one before it and reads its fact.
    ///
    /// # Errors
    /// [`ChainError`] with the number of the first fact that does not hold.
    pub fn open(&self, accident: AccidentId, seq: u64, previous: &Sha256Hex) -> Result<Recorded, ChainError> {
        if self.seq != seq {
            return Err(ChainError::Missing { seq });
        }
        if self.previous_digest != *previous {
            return Err(ChainError::NotChained { seq });
        }
        if digest(accident, seq, &self.kind, &self.body, self.at, &self.by, previous) != self.digest {
            return Err(ChainError::Changed { seq });
        }
        self.read().map_err(|why| ChainError::Unreadable { seq, why })
    }

    fn read(&self) -> Result<Recorded, String> {
        let body: serde_json::Value = serde_json::from_str(&self.body).map_err(|error| error.to_string())?;
        let tagged = if body.is_null() {
            serde_json::json!({ "kind": self.kind })
        } else {
            serde_json::json!({ "kind": self.kind, "body": body })
        };
        let fact = serde_json::from_value(tagged).map_err(|error| error.to_string())?;
        let by = self
            .by
            .parse()
            .map_err(|error: crate::id::BadId| error.to_string())?;
        Ok(Recorded {
            seq: self.seq,
            at: self.at,
            by,
            fact,
        })
    }
}

/// SHA-256 over the lines: previous digest, accident, seq, kind, time, actor, body.
fn digest(
    accident: AccidentId,
    seq: u64,
    kind: &str,
    body: &str,
    at: Instant,
    by: &str,
    previous: &Sha256Hex,
) -> Sha256Hex {
    let text = format!(
        "{}\n{accident}\n{seq}\n{kind}\n{at}\n{by}\n{body}",
        previous.as_str()
    );
    Sha256Hex::of(text.as_bytes())
}

/// Opens a whole chain, first fact first. Of a destroyed case one link is left, which says how many were before it
/// and what the last of them was.
///
/// # Errors
/// The first link that does not hold.
pub fn open_chain(accident: AccidentId, links: &[Link]) -> Result<Vec<Recorded>, ChainError> {
    if let [first, rest @ ..] = links
        && first.kind == DESTROYED
    {
        return open_remains(accident, first, rest);
    }
    let mut previous = genesis();
    let mut seq = 0;
    links
        .iter()
        .map(|link| {
            seq += 1;
            let recorded = link.open(accident, seq, &previous)?;
            previous = link.digest.clone();
            Ok(recorded)
        })
        .collect()
}

/// The one link of a destroyed case: whole in itself, and standing exactly where its record says.
fn open_remains(accident: AccidentId, link: &Link, rest: &[Link]) -> Result<Vec<Recorded>, ChainError> {
    if let Some(more) = rest.first() {
        return Err(ChainError::NotChained { seq: more.seq });
    }
    let recorded = link.open(accident, link.seq, &link.previous_digest)?;
    let covers = match &recorded.fact {
        Fact::Destroyed { record } => {
            let before = u64::try_from(record.steps.len()).ok();
            record.head == link.previous_digest && before.is_some_and(|before| before + 1 == link.seq)
        }
        _ => false,
    };
    if covers {
        Ok(vec![recorded])
    } else {
        Err(ChainError::NotCovered)
    }
}
