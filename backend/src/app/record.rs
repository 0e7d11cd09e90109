//! The form: the scene and the parties, filled in by whoever knows; nothing is asked twice.

use domain::accident::Accident;
use domain::id::{AccidentId, PartyId};
use domain::party::PartyDetails;
use domain::scene::Scene;

use super::{App, Who};
use crate::config::PARTIES_MAX;
use crate::refusal::{Refusal, Result};

impl App {
    /// # Errors
    /// Fields that cannot be, all at once; `stale`.
    pub async fn record_scene(
        &self,
        by: &Who,
        id: AccidentId,
        seen: Option<u64>,
        scene: Scene,
    ) -> Result<Accident> {
        self.deed((id, &by.scope(), by.actor()), None, seen, |accident, now| {
            Ok(vec![accident.record_scene(scene, by.is_officer(), now)?])
        })
        .await
    }

    /// # Errors
    /// Fields that cannot be, all at once; `stale`; another party's data for a driver.
    pub async fn record_party(
        &self,
        by: &Who,
        id: AccidentId,
        (party, seen): (PartyId, Option<u64>),
        details: PartyDetails,
    ) -> Result<Accident> {
        if let Who::Party(own) = by
            && own.party != party
        {
            return Err(Refusal::not_found().into());
        }
        self.deed((id, &by.scope(), by.actor()), None, seen, |accident, _| {
            Ok(vec![accident.record_party(party, details, by.is_officer())?])
        })
        .await
    }

    /// The officer adds somebody who has no phone at hand.
    ///
    /// # Errors
    /// `party_limit`, or a finding that is out.
    pub async fn add_party(
        &self,
        by: &super::ByOfficer,
        id: AccidentId,
        intent: &super::Intent,
    ) -> Result<Accident> {
        let party = PartyId(self.new_id());
        let by = Who::Officer(by.clone());
        self.deed(
            (id, &by.scope(), by.actor()),
            Some(intent),
            None,
            |accident, _| Ok(vec![accident.join(party, PARTIES_MAX)?]),
        )
        .await
    }
}
