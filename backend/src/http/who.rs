//! Who is asking, as the deeds want to know it. An extractor is a right: whoever has one may go on.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::idempotency;
use crate::app::{App, ByOfficer, ByParty, Intent, Who};
use crate::identity::extract as identity;
use crate::refusal::AppError;

/// A driver with a session for one party of one accident.
#[derive(Clone, Copy, Debug)]
pub struct Driver(pub ByParty);

/// An officer, fully signed in.
#[derive(Clone, Debug)]
pub struct Desk(pub ByOfficer);

/// Either of them.
#[derive(Clone, Debug)]
pub struct Viewer(pub Who);

/// The intent behind a POST by somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Meant(pub idempotency::Intent);

impl Meant {
    pub fn by(self, who: &Who) -> Intent {
        Intent {
            scope: who.actor().to_string(),
            key: self.0.key,
            digest: self.0.digest,
        }
    }

    pub fn by_party(self, party: ByParty) -> Intent {
        self.by(&Who::Party(party))
    }

    pub fn by_officer(self, officer: &ByOfficer) -> Intent {
        self.by(&Who::Officer(officer.clone()))
    }

    /// Before anybody is known, the key alone tells callers apart: clients draw a UUID.
    pub fn by_anybody(self) -> Intent {
        Intent {
            scope: "anybody".to_owned(),
            key: self.0.key,
            digest: self.0.digest,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Meant {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        idempotency::Intent::from_request_parts(parts, state)
            .await
            .map(Self)
    }
}

impl FromRequestParts<App> for Driver {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let driver = identity::Driver::from_request_parts(parts, app).await?;
        Ok(Self(ByParty {
            accident: driver.accident,
            party: driver.party,
        }))
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let officer = identity::Officer::from_request_parts(parts, app).await?;
        Ok(Self(ByOfficer {
            id: officer.id,
            unit: officer.unit.clone(),
            supervisor: officer.is_supervisor(),
        }))
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Ok(Self(
            match identity::Viewer::from_request_parts(parts, app).await? {
                identity::Viewer::Driver(driver) => Who::Party(ByParty {
                    accident: driver.accident,
                    party: driver.party,
                }),
                identity::Viewer::Officer(officer) => Who::Officer(ByOfficer {
                    id: officer.id,
                    unit: officer.unit.clone(),
                    supervisor: officer.is_supervisor(),
                }),
            },
        ))
    }
}
