//! Liability: what the rules say to the officer's choices so far, and the decision itself.

use domain::accident::{Accident, Choice, DecideRequest, Draft};
use domain::catalogue::{self, Catalogue};
use domain::fact::Actor;
use domain::id::{AccidentId, PartyId};

use super::{App, ByOfficer, Intent};
use crate::refusal::{AppError, Result};

/// What the rules say, with the articles that each chosen situation rests on.
pub struct Drafted {
    pub draft: Draft,
    /// Party, code of the situation, article in words.
    pub articles: Vec<(PartyId, String, String)>,
}

impl App {
    /// Stores nothing.
    ///
    /// # Errors
    /// `not_found` out of the unit.
    pub async fn preview_decision(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        choices: Vec<Choice>,
    ) -> Result<Drafted> {
        let accident = self.look(id, &by.scope()).await?;
        let catalogue = self.catalogue_of(&accident)?;
        let cited = |choice: &Choice| {
            let found: Vec<_> = choice
                .violations
                .iter()
                .filter_map(|code| catalogue.find(code))
                .collect();
            let party = choice.party;
            found.into_iter().flat_map(move |situation| {
                situation
                    .statutes
                    .iter()
                    .map(move |statute| (party, situation.code.clone(), statute.text()))
            })
        };
        Ok(Drafted {
            articles: choices.iter().flat_map(cited).collect(),
            draft: accident.draft(&catalogue, &choices),
        })
    }

    /// # Errors
    /// Every rule that does not hold, at once; `stale`; an override without a reason.
    pub async fn decide(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        request: DecideRequest,
    ) -> Result<Accident> {
        let seen = Some(request.seen);
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            seen,
            |accident, now| {
                let catalogue = self.catalogue_of(accident)?;
                Ok(vec![accident.decide(by.id, &catalogue, request, now)?])
            },
        )
        .await
    }

    /// The situations as the region of the accident has them.
    fn catalogue_of(&self, accident: &Accident) -> Result<Catalogue> {
        let all = catalogue::built_in().map_err(|error| AppError::Inconsistent(error.to_string()))?;
        Ok(all.under(self.rules_of(accident)?))
    }
}
