//! The queue: a party enters it, the desk reads it.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;
use domain::stage::Stage;

use super::{App, ByOfficer, ByParty, Intent};
use crate::config::LIST_MAX;
use crate::refusal::Result;
use crate::store::accidents;

/// What one case takes an officer, for the expected wait: the centre this follows needs about ten minutes.
pub const HANDLING_S: u64 = 600;

/// The unit's waiting cases, longest wait first, and what the officer holds.
pub struct Queue {
    pub waiting: Vec<Accident>,
    pub mine: Vec<Accident>,
}

/// A place in the queue, counted from 1, and the seconds until an officer is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub place: u64,
    pub expected_wait_s: u64,
}

impl App {
    /// # Errors
    /// What is missing, field by field.
    pub async fn enter_queue(&self, by: ByParty, id: AccidentId, intent: &Intent) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Party(by.party)),
            Some(intent),
            None,
            |accident, _| Ok(accident.enter_queue(by.party)?.into_iter().collect()),
        )
        .await
    }

    /// # Errors
    /// Only the store's.
    pub async fn queue(&self, by: &ByOfficer) -> Result<Queue> {
        let mut tx = self.db.read().await?;
        let waiting = accidents::waiting(&mut tx, &by.unit, LIST_MAX).await?;
        let mine = accidents::held_by(&mut tx, by.id, LIST_MAX).await?;
        let accidents =
            |rows: Vec<accidents::AccidentRow<Accident>>| rows.into_iter().map(|row| row.state.0).collect();
        Ok(Queue {
            waiting: accidents(waiting),
            mine: accidents(mine),
        })
    }

    /// Where the accident stands in the queue, while it waits.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn place_in_queue(&self, accident: &Accident) -> Result<Option<Place>> {
        let Stage::Waiting { since } = accident.stage else {
            return Ok(None);
        };
        let mut tx = self.db.read().await?;
        let ahead = accidents::ahead(&mut tx, &accident.unit, since, accident.id).await?;
        let busy = accidents::officers_busy(&mut tx, &accident.unit).await?.max(1);
        Ok(Some(Place {
            place: ahead + 1,
            expected_wait_s: ahead * HANDLING_S / busy + 60,
        }))
    }
}
