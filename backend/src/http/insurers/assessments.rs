//! `/assessments`: what insurers pull and answer. An insurer sees only what it is involved in; to others none of
//! it is there.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::assessment::Item;
use domain::id::{AccidentId, AssessmentId, EvidenceId, InsurerCode};
use domain::money::Fen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::many::{self, ItemProblem};
use super::paging::{Page, Since};
use super::{code_of, intent, pictures, tagged};
use crate::app::App;
use crate::app::answer_assessment::{InsurerAnswer, ToldAnswer};
use crate::app::assess_vehicle::{Named, Proposed};
use crate::app::insurer_reads::Look;
use crate::http::extract::{Json, Path, Query};
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::insurer::assessment::Sheet;
use crate::insurer::assessment_record::{AssessmentRecord, AssessmentState};
use crate::refusal::{Refusal, Result};
use crate::store::assessments::{self, AssessmentRow};

const READ: &str = "settlements:read";
const WRITE: &str = "assessments:write";
const PHOTOS: &str = "evidence:read";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "a1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, assess))
        .routes(routes!(accept_many))
        .routes(routes!(object_many))
        .routes(routes!(read))
        .routes(routes!(accept))
        .routes(routes!(object))
        .routes(routes!(photo))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    state: Option<AssessmentState>,
}

/// `GET /assessments`: what changed after the cursor, in order of change.
#[utoipa::path(get, path = "/assessments", tag = "insurers", params(Since, Wanted),
    responses((status = 200, body = Page<AssessmentRecord>)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    (Query(since), Query(wanted)): (Query<Since>, Query<Wanted>),
) -> Result<Json<Page<AssessmentRecord>>> {
    insurer.require(READ)?;
    let own = code_of(&insurer)?;
    let cursor = since.read(CURSOR)?;
    let state = wanted.state.map(AssessmentState::as_str);
    let mut tx = app.db.read().await?;
    let rows: Vec<AssessmentRow<Sheet>> =
        assessments::since(&mut tx, own, (cursor.after, state), cursor.wanted()).await?;
    drop(tx);
    let page = Look::page(
        "assessments",
        cursor.after,
        cursor.shown(&rows).map(|row| row.change_no),
    );
    app.note_looks(insurer.looking(), page).await?;
    Ok(Json(cursor.page(rows, |row| row.change_no, |row| seen(row, own))))
}

fn seen(row: &AssessmentRow<Sheet>, own: InsurerCode) -> AssessmentRecord {
    row.body.0.seen_by(own, row.change_no)
}

async fn shown(app: &App, own: InsurerCode, id: AssessmentId) -> Result<Json<AssessmentRecord>> {
    let row = app.assessment_of(own, id).await?;
    Ok(Json(seen(&row, own)))
}

/// `GET /assessments/{assessment}`: one assessment with its items and photos, the other side masked; with an ETag.
#[utoipa::path(get, path = "/assessments/{assessment}", tag = "insurers",
    params(("assessment" = String, Path, format = Uuid)),
    responses((status = 200, body = AssessmentRecord), (status = 304)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<AssessmentId>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let own = code_of(&insurer)?;
    let row = app.assessment_of(own, id).await?;
    app.note_look(insurer.looking(), "assessment", id, row.accident_id)
        .await?;
    tagged::json(&headers, &format!("{id}-{}", row.change_no), || seen(&row, own))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsurerAssessmentRequest {
    /// One of the two.
    #[serde(default)]
    accident_id: Option<AccidentId>,
    /// The record under `/settlements`.
    #[serde(default)]
    settlement_id: Option<Uuid>,
    /// Label of the party whose vehicle it is: 甲.
    party: String,
    /// The newest assessment of this vehicle, when there is one.
    #[serde(default)]
    supplements: Option<AssessmentId>,
    items: Vec<Item>,
    /// Pictures of this case, as an earlier assessment names them.
    #[serde(default)]
    photos: Vec<EvidenceId>,
    #[serde(default)]
    note: Option<String>,
}

/// `POST /assessments`: an insurer assesses a vehicle, or supplements an assessment, as the agreement allows.
#[utoipa::path(post, path = "/assessments", tag = "insurers", params(("Idempotency-Key" = String, Header)),
    request_body = InsurerAssessmentRequest, responses((status = 201, body = AssessmentRecord)),
    security(("insurer" = [])))]
async fn assess(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<InsurerAssessmentRequest>,
) -> Result<(StatusCode, Json<AssessmentRecord>)> {
    insurer.require(WRITE)?;
    let own = code_of(&insurer)?;
    let named = match (body.accident_id, body.settlement_id) {
        (Some(accident), None) => Named::Accident(accident),
        (None, Some(record)) => Named::Settlement(record),
        _ => {
            let message = "请填写 accident_id 或 settlement_id 其中一个";
            return Err(Refusal::invalid_field("accident_id", "one_of_two", message).into());
        }
    };
    let proposed = Proposed {
        supplements: body.supplements,
        items: body.items,
        photos: body.photos,
        note: body.note,
    };
    let intent = intent(&insurer, meant);
    let id = app
        .assess_as_insurer(own, named, &intent, (&body.party, proposed))
        .await?;
    Ok((StatusCode::CREATED, shown(&app, own, id).await?))
}

/// `POST /assessments/{assessment}/acceptance`: the asking insurer accepts the figure.
#[utoipa::path(post, path = "/assessments/{assessment}/acceptance", tag = "insurers",
    params(("assessment" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AssessmentRecord)), security(("insurer" = [])))]
async fn accept(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<AssessmentId>,
    meant: Meant,
) -> Result<Json<AssessmentRecord>> {
    insurer.require(WRITE)?;
    let own = code_of(&insurer)?;
    let intent = intent(&insurer, meant);
    app.answer_as_insurer(own, id, &intent, InsurerAnswer::Accepted)
        .await?;
    shown(&app, own, id).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsurerObjection {
    reason: String,
    /// What the damage comes to in the insurer's eyes.
    own_figure_fen: Fen,
}

/// `POST /assessments/{assessment}/objection`: the asking insurer objects, with a reason and its own figure.
#[utoipa::path(post, path = "/assessments/{assessment}/objection", tag = "insurers",
    params(("assessment" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = InsurerObjection, responses((status = 200, body = AssessmentRecord)),
    security(("insurer" = [])))]
async fn object(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<AssessmentId>, Meant),
    Json(body): Json<InsurerObjection>,
) -> Result<Json<AssessmentRecord>> {
    insurer.require(WRITE)?;
    let own = code_of(&insurer)?;
    let answer = InsurerAnswer::Objected {
        reason: body.reason,
        own_figure_fen: body.own_figure_fen,
    };
    let intent = intent(&insurer, meant);
    app.answer_as_insurer(own, id, &intent, answer).await?;
    shown(&app, own, id).await
}

/// `GET /assessments/{assessment}/photos/{evidence}`: a photo that the assessment names; the look is noted.
#[utoipa::path(get, path = "/assessments/{assessment}/photos/{evidence}", tag = "insurers",
    params(("assessment" = String, Path, format = Uuid), ("evidence" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 304)),
    security(("insurer" = [])))]
async fn photo(
    State(app): State<App>,
    insurer: Insurer,
    Path((id, photo)): Path<(AssessmentId, EvidenceId)>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(PHOTOS)?;
    let own = code_of(&insurer)?;
    let (evidence, number) = app.look_at_photo((own, &insurer.by), (id, photo)).await?;
    pictures::answer(&app, &insurer, (&evidence, &number), &headers).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptancesRequest {
    /// At most 200.
    items: Vec<AcceptanceItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceItem {
    id: AssessmentId,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionsRequest {
    /// At most 200.
    items: Vec<ObjectionItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionItem {
    id: AssessmentId,
    reason: String,
    own_figure_fen: Fen,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersResult {
    /// In the order of the request.
    items: Vec<AnswerResult>,
    answered: usize,
    /// Not done, for the reason given.
    refused: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerResult {
    id: AssessmentId,
    ok: bool,
    /// As it now stands, when the answer was taken.
    assessment: Option<AssessmentRecord>,
    problem: Option<ItemProblem>,
}

/// `POST /assessments/acceptances`: many figures accepted, each by itself, with a result each.
#[utoipa::path(post, path = "/assessments/acceptances", tag = "insurers",
    params(("Idempotency-Key" = String, Header)),
    request_body = AcceptancesRequest, responses((status = 200, body = AnswersResult)), security(("insurer" = [])))]
async fn accept_many(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<AcceptancesRequest>,
) -> Result<Json<AnswersResult>> {
    let items = body.items.into_iter();
    let items = items.map(|item| (item.id, InsurerAnswer::Accepted)).collect();
    answer_many(&app, &insurer, meant, items).await
}

/// `POST /assessments/objections`: many figures objected to, each by itself, with a result each.
#[utoipa::path(post, path = "/assessments/objections", tag = "insurers",
    params(("Idempotency-Key" = String, Header)),
    request_body = ObjectionsRequest, responses((status = 200, body = AnswersResult)), security(("insurer" = [])))]
async fn object_many(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<ObjectionsRequest>,
) -> Result<Json<AnswersResult>> {
    let answer = |item: ObjectionItem| {
        let answer = InsurerAnswer::Objected {
            reason: item.reason,
            own_figure_fen: item.own_figure_fen,
        };
        (item.id, answer)
    };
    let items = body.items.into_iter().map(answer).collect();
    answer_many(&app, &insurer, meant, items).await
}

async fn answer_many(
    app: &App,
    insurer: &Insurer,
    meant: Meant,
    items: Vec<(AssessmentId, InsurerAnswer)>,
) -> Result<Json<AnswersResult>> {
    insurer.require(WRITE)?;
    let own = code_of(insurer)?;
    many::check(&items)?;
    let told = app.answer_many(own, &intent(insurer, meant), items).await?;
    let result = |told: ToldAnswer| {
        let (assessment, problem) = match told.outcome {
            Ok(row) => (Some(seen(&row, own)), None),
            Err(refusal) => (None, Some(ItemProblem::of(refusal))),
        };
        AnswerResult {
            id: told.id,
            ok: assessment.is_some(),
            assessment,
            problem,
        }
    };
    let items: Vec<_> = told.into_iter().map(result).collect();
    let answered = items.iter().filter(|item| item.ok).count();
    Ok(Json(AnswersResult {
        refused: items.len() - answered,
        answered,
        items,
    }))
}
