//! `/accidents/{accident}`: reading a case, and what drivers do to it. Every deed answers the case as it
//! now stands.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::fact::Fact;
use domain::id::{AccidentId, PartyId};
use domain::party::{ConsentKind, PartyDetails};
use domain::scene::Scene;
use domain::settlement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::assessments_view::TrustView;
use super::deadlines_view;
use super::extract::{Json, Path};
use super::mediation_view::AfterFinding;
use super::view::{AccidentView, Beside, Moment, OfficerName, SelfPayView, UnitView};
use super::who::{Driver, Meant, Viewer};
use crate::app::{App, Who};
use crate::refusal::{AppError, Result};
use crate::store::{facts, officers, units};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(consent))
        .routes(routes!(scene))
        .routes(routes!(party))
        .routes(routes!(queue))
        .routes(routes!(invite))
        .routes(routes!(officer_on_site))
        .routes(routes!(acknowledge))
        .routes(routes!(ticket))
}

/// What handlers answer: the case as `who` sees it now.
pub async fn seen(app: &App, who: &Who, accident: &Accident) -> Result<Json<AccidentView>> {
    let place = app.place_in_queue(accident).await?;
    let mut tx = app.db.read().await?;
    let unit = units::load(&mut tx, &accident.unit)
        .await?
        .ok_or_else(|| AppError::Inconsistent("the accident's unit is not in the store".to_owned()))?;
    let officer = match accident.stage.officer() {
        Some(id) => officers::load(&mut tx, id).await?,
        None => None,
    };
    let timeline = if who.is_officer() {
        timeline(app, accident).await?
    } else {
        Vec::new()
    };
    let beside = Beside {
        unit: UnitView {
            code: unit.code,
            name: unit.name,
        },
        officer: officer.map(|officer| OfficerName {
            id: officer.id,
            name: officer.name,
            badge: officer.badge,
        }),
        place,
        self_pay: self_pay(app, accident)?,
        deadlines: deadlines_view::of(app, accident, who)?,
        timeline,
        trust: TrustView::of(app, accident, who)?,
        after: AfterFinding::of(app, accident, who)?,
    };
    Ok(Json(AccidentView::of(accident, who, beside)))
}

/// Whether every condition of 互碰自赔 but the consents holds.
fn self_pay(app: &App, accident: &Accident) -> Result<Option<SelfPayView>> {
    if accident.finding().is_none() {
        return Ok(None);
    }
    let pack = app.rules_of(accident)?;
    let mut input = settlement::SettlementInput::of(accident);
    input.agreements.self_pay = true;
    let eligible = accident.parties.iter().all(|party| party.losses.is_some())
        && settlement::settle(&input, pack).is_ok_and(|plan| plan.method == settlement::Method::SelfPay);
    Ok(Some(SelfPayView {
        eligible,
        cap_fen: pack.self_pay_cap.0,
    }))
}

async fn timeline(app: &App, accident: &Accident) -> Result<Vec<Moment>> {
    let mut tx = app.db.read().await?;
    let rows = facts::list(&mut tx, accident.id).await?;
    let name = |by: &str| match by.split_once(':') {
        Some(("party", id)) => accident
            .parties
            .iter()
            .find(|party| party.id.to_string() == id)
            .map_or_else(|| "当事人".to_owned(), |party| format!("{}方", party.label)),
        Some(("officer", _)) => "民警".to_owned(),
        Some(("insurer", code)) => insurer_name(code).to_owned(),
        _ => "系统".to_owned(),
    };
    Ok(rows
        .into_iter()
        .map(|row| Moment {
            seq: row.seq,
            at: row.at,
            by: name(&row.by_whom),
            text: Fact::title(&row.kind).to_owned(),
            kind: row.kind,
        })
        .collect())
}

/// `GET /accidents/{accident}`: the case as the caller may see it.
#[utoipa::path(get, path = "/accidents/{accident}", tag = "accidents",
    params(("accident" = String, Path, format = Uuid)),
    responses((status = 200, body = AccidentView)), security(("driver" = []), ("officer" = [])))]
async fn read(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<AccidentId>,
) -> Result<Json<AccidentView>> {
    let accident = app.look(id, &who.scope()).await?;
    seen(&app, &who, &accident).await
}

/// An answer to one question of consent, with the version of the text on the screen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    kind: ConsentKind,
    agreed: bool,
    text_version: String,
}

/// `POST …/consents`: a driver agrees or does not.
#[utoipa::path(post, path = "/accidents/{accident}/consents", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ConsentRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn consent(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ConsentRequest>,
) -> Result<Json<AccidentView>> {
    let answer = (body.kind, body.agreed, body.text_version);
    let accident = app.answer_consent(by, id, &meant.by_party(by), answer).await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SceneRequest {
    /// The version the caller looked at; none overwrites what stands.
    #[serde(default)]
    seen: Option<u64>,
    scene: Scene,
}

/// `PUT …/scene`: when, where, in what weather.
#[utoipa::path(put, path = "/accidents/{accident}/scene", tag = "accidents",
    params(("accident" = String, Path, format = Uuid)),
    request_body = SceneRequest, responses((status = 200, body = AccidentView)),
    security(("driver" = []), ("officer" = [])))]
async fn scene(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<AccidentId>,
    Json(body): Json<SceneRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app.record_scene(&who, id, body.seen, body.scene).await?;
    seen(&app, &who, &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyRequest {
    #[serde(default)]
    seen: Option<u64>,
    party: PartyDetails,
}

/// `PUT …/parties/{party}`: a party's data; drivers their own, officers anybody's.
#[utoipa::path(put, path = "/accidents/{accident}/parties/{party}", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("party" = String, Path, format = Uuid)),
    request_body = PartyRequest, responses((status = 200, body = AccidentView)),
    security(("driver" = []), ("officer" = [])))]
async fn party(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path((id, party)): Path<(AccidentId, PartyId)>,
    Json(body): Json<PartyRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app.record_party(&who, id, (party, body.seen), body.party).await?;
    seen(&app, &who, &accident).await
}

/// `POST …/queue`: the driver is ready and waits for an officer.
#[utoipa::path(post, path = "/accidents/{accident}/queue", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn queue(
    State(app): State<App>,
    Driver(by): Driver,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let accident = app.enter_queue(by, id, &meant.by_party(by)).await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationView {
    link: String,
    token: String,
    /// The link as a QR code.
    qr_svg: String,
}

/// `POST …/invitations`: the link by which the next party joins; the same one until it expires.
#[utoipa::path(post, path = "/accidents/{accident}/invitations", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = InvitationView)), security(("driver" = []), ("officer" = [])))]
async fn invite(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<AccidentId>,
    _: Meant,
) -> Result<(StatusCode, Json<InvitationView>)> {
    let invitation = app.invite(&who, id).await?;
    let qr_svg = super::qr::svg(&invitation.link)?;
    Ok((
        StatusCode::CREATED,
        Json(InvitationView {
            link: invitation.link,
            token: invitation.token,
            qr_svg,
        }),
    ))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnSiteRequest {
    #[serde(default)]
    reason: Option<String>,
}

/// `POST …/officer-on-site`: 我要民警到场; the case leaves the remote flow.
#[utoipa::path(post, path = "/accidents/{accident}/officer-on-site", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = OnSiteRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn officer_on_site(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<OnSiteRequest>,
) -> Result<Json<AccidentView>> {
    let who = Who::Party(by);
    let reason = body.reason.unwrap_or_default();
    let accident = app.escalate(&who, id, &meant.by_party(by), &reason).await?;
    seen(&app, &who, &accident).await
}

/// `POST …/evacuation/acknowledgement`: the driver has cleared the road.
#[utoipa::path(post, path = "/accidents/{accident}/evacuation/acknowledgement", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn acknowledge(
    State(app): State<App>,
    Driver(by): Driver,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let accident = app.acknowledge_evacuation(by, id, &meant.by_party(by)).await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TicketView {
    pub(super) ticket: String,
    /// The media socket.
    pub(super) url: String,
    pub(super) expires_at: domain::time::Instant,
}

/// `POST …/ticket`: a seat in the video room.
#[utoipa::path(post, path = "/accidents/{accident}/ticket", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = TicketView)), security(("driver" = []), ("officer" = [])))]
async fn ticket(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<AccidentId>,
    _: Meant,
) -> Result<Json<TicketView>> {
    let seat = app.seat(&who, id).await?;
    Ok(Json(TicketView {
        ticket: seat.ticket,
        url: seat.url,
        expires_at: seat.expires_at,
    }))
}
