//! `/reports` and `/joins`: where an accident and its parties begin, before anybody is known.

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::{AccidentId, PartyId, UnitId};
use domain::stage::StageName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use super::who::Meant;
use crate::app::App;
use crate::app::report::Reported;
use crate::identity::links;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(join))
}

/// A personal link, just made. The token travels in the link's fragment, never in a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewLink {
    accident_id: AccidentId,
    party_id: PartyId,
    label: String,
    token: String,
    link: String,
    phone_masked: Option<String>,
    confirmed: bool,
    session: bool,
    stage: StageName,
}

impl NewLink {
    fn of(app: &App, reported: Reported) -> Self {
        let party = reported
            .accident
            .parties
            .iter()
            .find(|party| party.id == reported.party);
        Self {
            accident_id: reported.accident.id,
            party_id: reported.party,
            label: party.map(|party| party.label.clone()).unwrap_or_default(),
            link: links::url(
                &app.config,
                links::Kind::Personal(reported.party),
                &reported.token,
            ),
            token: reported.token,
            phone_masked: None,
            confirmed: false,
            session: false,
            stage: reported.accident.stage_name(),
        }
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// The unit that the general link belongs to; none: the only one.
    #[serde(default)]
    unit: Option<UnitId>,
}

/// `POST /reports`: a driver begins a report and gets a personal link.
#[utoipa::path(post, path = "/reports", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = ReportRequest, responses((status = 201, body = NewLink)))]
async fn report(
    State(app): State<App>,
    meant: Meant,
    Json(body): Json<ReportRequest>,
) -> Result<(StatusCode, Json<NewLink>)> {
    let reported = app.report(&meant.by_anybody(), body.unit).await?;
    Ok((StatusCode::CREATED, Json(NewLink::of(&app, reported))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    token: String,
}

/// `POST /joins`: the next party joins by the QR code on another's screen.
#[utoipa::path(post, path = "/joins", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = JoinRequest, responses((status = 201, body = NewLink)))]
async fn join(
    State(app): State<App>,
    meant: Meant,
    Json(body): Json<JoinRequest>,
) -> Result<(StatusCode, Json<NewLink>)> {
    let reported = app.join(&meant.by_anybody(), &body.token).await?;
    Ok((StatusCode::CREATED, Json(NewLink::of(&app, reported))))
}
