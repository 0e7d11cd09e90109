//! Guests: invited by the officer, let in by their link, shown the terms and nothing of the people.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::IntoResponse;
use domain::accident::Accident;
use domain::guest::{Guest, GuestRole};
use domain::id::{AccidentId, GuestId, InsurerCode};
use domain::identifiers::{mask_document, mask_name, mask_phone, mask_within};
use domain::liability::PartyKind;
use domain::mediation::{AgreedPayment, Ending};
use domain::signing::Signing;
use domain::stage::StageName;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::{TicketView, seen};
use super::extract::{Json, Path};
use super::idempotency::Intent;
use super::mediation_view::GuestLine;
use super::papers_view::SignatureState;
use super::view::{AccidentView, UnitView};
use super::who::{Desk, Meant};
use crate::app::verify::mask_plate;
use crate::app::{App, Who};
use crate::identity::extract::{Guest as Invited, OurOrigin};
use crate::identity::sessions::{self, Whose};
use crate::insurer::record::NamedInsurer;
use crate::refusal::Result;
use crate::store::{officers, units};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(invite))
        .routes(routes!(remove))
        .routes(routes!(enter))
        .routes(routes!(read))
        .routes(routes!(ticket))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestRequest {
    role: GuestRole,
    name: String,
    /// Exactly for an insurer's person: an insurer with a policy in this accident.
    #[serde(default)]
    insurer: Option<InsurerCode>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GuestInvitation {
    guest: GuestLine,
    link: String,
    token: String,
    /// The link as a QR code.
    qr_svg: String,
}

/// `POST …/guests`: invites a mediator or an insurer's person; the link holds two hours.
#[utoipa::path(post, path = "/accidents/{accident}/guests", tag = "guests",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = GuestRequest, responses((status = 201, body = GuestInvitation)), security(("officer" = [])))]
async fn invite(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<GuestRequest>,
) -> Result<(StatusCode, Json<GuestInvitation>)> {
    let intent = meant.by_officer(&by);
    let whom = (body.role, body.name, body.insurer);
    let invited = app.invite_guest(&by, id, &intent, whom).await?;
    let view = GuestInvitation {
        guest: GuestLine::of(&invited.guest),
        qr_svg: super::qr::svg(&invited.link)?,
        link: invited.link,
        token: invited.token,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// `POST …/guests/{guest}/removal`: takes the invitation back; link, session and further tickets are dead.
#[utoipa::path(post, path = "/accidents/{accident}/guests/{guest}/removal", tag = "guests",
    params(("accident" = String, Path, format = Uuid), ("guest" = String, Path, format = Uuid),
           ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn remove(
    State(app): State<App>,
    Desk(by): Desk,
    Path((id, guest)): Path<(AccidentId, GuestId)>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.remove_guest(&by, id, &intent, guest).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestToken {
    token: String,
}

/// What a guest sees: no document number, no phone; names and plates are masked, in the texts too.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestView {
    guest: GuestSelf,
    accident_id: AccidentId,
    stage: StageName,
    unit: UnitView,
    officer_name: Option<String>,
    occurred_at: Option<Instant>,
    place: String,
    parties: Vec<GuestParty>,
    mediation: Option<GuestMediation>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GuestSelf {
    id: GuestId,
    role: GuestRole,
    name: String,
    insurer: Option<NamedInsurer>,
    expires_at: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GuestParty {
    label: String,
    kind: PartyKind,
    plate: Option<String>,
}

/// The terms that are on the page.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestMediation {
    payments: Vec<AgreedPayment>,
    text: String,
    performance: Option<String>,
    deadline_text: Option<String>,
    signatures: Vec<GuestSignature>,
    ending: Option<GuestEnding>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GuestSignature {
    label: String,
    state: SignatureState,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuestEnding {
    Agreed,
    Failed,
}

/// `POST /guest-sessions`: the link opens a session; the cookie is bound to case and guest.
#[utoipa::path(post, path = "/guest-sessions", tag = "guests", params(("Idempotency-Key" = String, Header)),
    request_body = GuestToken, responses((status = 201, body = GuestView)))]
async fn enter(
    State(app): State<App>,
    _: OurOrigin,
    _: Intent,
    Json(body): Json<GuestToken>,
) -> Result<impl IntoResponse> {
    let (session, accident, guest) = app.enter_as_guest(&body.token).await?;
    let view = shown(&app, &accident, &guest).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Guest, &session);
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], Json(view)))
}

/// `GET /guest`: the case as a guest may see it.
#[utoipa::path(get, path = "/guest", tag = "guests",
    responses((status = 200, body = GuestView)), security(("guest" = [])))]
async fn read(State(app): State<App>, Invited(by): Invited) -> Result<Json<GuestView>> {
    let (accident, guest) = app.look_as_guest(by).await?;
    shown(&app, &accident, &guest).await.map(Json)
}

/// `POST /guest/media-ticket`: a seat in the video room, until the invitation ends.
#[utoipa::path(post, path = "/guest/media-ticket", tag = "guests", params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = TicketView)), security(("guest" = [])))]
async fn ticket(State(app): State<App>, Invited(by): Invited, _: Intent) -> Result<Json<TicketView>> {
    let seat = app.seat_of_guest(by).await?;
    Ok(Json(TicketView {
        ticket: seat.ticket,
        url: seat.url,
        expires_at: seat.expires_at,
    }))
}

async fn shown(app: &App, accident: &Accident, guest: &Guest) -> Result<GuestView> {
    let mut tx = app.db.read().await?;
    let unit = units::load(&mut tx, &accident.unit).await?;
    let officer = match accident.stage.officer() {
        Some(id) => officers::load(&mut tx, id).await?,
        None => None,
    };
    let scene = accident.scene.clone().unwrap_or_default();
    let plate = |party: &domain::party::Party| {
        let vehicle = party.vehicle().filter(|vehicle| !vehicle.plate.is_empty());
        vehicle.map(|vehicle| mask_plate(&vehicle.plate))
    };
    Ok(GuestView {
        guest: GuestSelf {
            id: guest.id,
            role: guest.role,
            name: guest.name.clone(),
            insurer: guest.insurer.map(|code| NamedInsurer::of(code.as_str())),
            expires_at: guest.expires_at(),
        },
        accident_id: accident.id,
        stage: accident.stage_name(),
        unit: UnitView {
            code: accident.unit.clone(),
            name: unit.map(|unit| unit.name).unwrap_or_default(),
        },
        officer_name: officer.map(|officer| officer.name),
        occurred_at: scene.occurred_at,
        place: scene.place.map(|place| place.text).unwrap_or_default(),
        parties: accident
            .parties
            .iter()
            .map(|party| GuestParty {
                label: party.label.clone(),
                kind: party
                    .details
                    .as_ref()
                    .map_or(PartyKind::Pedestrian, |details| details.kind),
                plate: plate(party),
            })
            .collect(),
        mediation: terms(accident),
    })
}

fn terms(accident: &Accident) -> Option<GuestMediation> {
    let mediation = accident.mediation.as_ref()?;
    let proposal = mediation.proposal.as_ref()?;
    let masked = |text: &str| masked(accident, text);
    let signature = |signing: &Signing| GuestSignature {
        label: accident
            .party(signing.party())
            .map(|party| party.label.clone())
            .unwrap_or_default(),
        state: SignatureState::of(signing),
    };
    Some(GuestMediation {
        payments: proposal.terms.payments.clone(),
        text: masked(&proposal.terms.text),
        performance: proposal.terms.performance.as_deref().map(masked),
        deadline_text: proposal.terms.deadline.map(|deadline| deadline.text()),
        signatures: proposal.signings.iter().map(signature).collect(),
        ending: mediation.ending.as_ref().map(|ending| match ending {
            Ending::Agreed { .. } => GuestEnding::Agreed,
            Ending::Failed { .. } => GuestEnding::Failed,
        }),
    })
}

/// The officer's words with what they say of people masked.
fn masked(accident: &Accident, text: &str) -> String {
    accident.parties.iter().fold(text.to_owned(), |text, party| {
        let details = party.details.as_ref();
        let name = details.map_or("", |details| &details.name);
        let number = details.map_or("", |details| &details.id_number);
        let plate = party.vehicle().map_or("", |vehicle| &vehicle.plate);
        let phone = party.phone.as_deref().unwrap_or_default();
        let text = mask_within(text, name, mask_name);
        let text = mask_within(text, number, mask_document);
        let text = mask_within(text, plate, mask_plate);
        mask_within(text, phone, mask_phone)
    })
}
