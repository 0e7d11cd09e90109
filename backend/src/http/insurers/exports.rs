//! `/exports`: a long list as a file. Asked for, watched, fetched; only by the insurer that asked.

use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::search::day;
use super::{code_of, intent};
use crate::app::App;
use crate::app::export::Asked;
use crate::http::extract::{Json, Path};
use crate::http::files::{self, Shown, disposition};
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::insurer::assessment_record::AssessmentState;
use crate::insurer::order::OrderStateName;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::exports::ExportRow;

const READ: &str = "settlements:read";
const PAY: &str = "payments:write";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(read))
        .routes(routes!(file))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    Settlements,
    /// Your own; with the scope `payments:write`.
    PaymentOrders,
    Assessments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    Queued,
    Running,
    Done,
    Failed,
}

impl ExportKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Settlements => "settlements",
            Self::PaymentOrders => "payment_orders",
            Self::Assessments => "assessments",
        }
    }

    fn scope(self) -> &'static str {
        match self {
            Self::Settlements | Self::Assessments => READ,
            Self::PaymentOrders => PAY,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Settlements => "理算记录",
            Self::PaymentOrders => "付款单",
            Self::Assessments => "定损单",
        }
    }

    fn of(stored: &str) -> Self {
        match stored {
            "settlements" => Self::Settlements,
            "payment_orders" => Self::PaymentOrders,
            _ => Self::Assessments,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    kind: ExportKind,
    format: ExportFormat,
    /// First day of the settlement, the order or the assessment, in China's calendar: `2026-11-01`.
    #[serde(default)]
    #[schema(format = Date)]
    from: Option<String>,
    /// Last day.
    #[serde(default)]
    #[schema(format = Date)]
    to: Option<String>,
    /// Of payment orders and assessments: only those in this state.
    #[serde(default)]
    state: Option<String>,
}

/// How a file stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    id: Uuid,
    kind: ExportKind,
    format: ExportFormat,
    state: ExportState,
    /// Records gone through, of `total`; 0 of 0 before it begins.
    done: u64,
    total: u64,
    /// Where the file is, once it is done.
    url: Option<String>,
    created_at: Instant,
    /// Until when it can be fetched.
    expires_at: Instant,
}

impl Export {
    fn of(row: &ExportRow) -> Self {
        let state = match row.state.as_str() {
            "queued" => ExportState::Queued,
            "running" => ExportState::Running,
            "done" => ExportState::Done,
            _ => ExportState::Failed,
        };
        Self {
            id: row.id,
            kind: ExportKind::of(&row.kind),
            format: if row.format == "csv" {
                ExportFormat::Csv
            } else {
                ExportFormat::Xlsx
            },
            state,
            done: row.done,
            total: row.total,
            url: (state == ExportState::Done).then(|| format!("/api/v1/exports/{}/file", row.id)),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// The state as the list's own word, so that nothing else ever reaches the store.
fn state_of(kind: ExportKind, text: &str) -> Result<&'static str> {
    let json = || serde_json::Value::String(text.to_owned());
    let known = match kind {
        ExportKind::Settlements => None,
        ExportKind::PaymentOrders => serde_json::from_value::<OrderStateName>(json())
            .ok()
            .map(OrderStateName::as_str),
        ExportKind::Assessments => serde_json::from_value::<AssessmentState>(json())
            .ok()
            .map(AssessmentState::as_str),
    };
    let message = "没有这个状态；理算记录不能按状态导出";
    Ok(known.ok_or_else(|| Refusal::invalid_field("state", "unknown", message))?)
}

/// `POST /exports`: asks for a list as a file; it is written meanwhile.
#[utoipa::path(post, path = "/exports", tag = "insurers", params(("Idempotency-Key" = String, Header)),
    request_body = ExportRequest, responses((status = 202, body = Export)), security(("insurer" = [])))]
async fn ask(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<ExportRequest>,
) -> Result<(StatusCode, Json<Export>)> {
    insurer.require(body.kind.scope())?;
    let own = code_of(&insurer)?;
    let from = body.from.as_deref().map(|text| day("from", text)).transpose()?;
    let to = body.to.as_deref().map(|text| day("to", text)).transpose()?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Refusal::invalid_field("to", "out_of_range", "结束日期不能早于开始日期").into());
    }
    let state = body.state.as_deref().map(|text| state_of(body.kind, text));
    let asked = Asked {
        kind: body.kind.as_str(),
        format: match body.format {
            ExportFormat::Csv => "csv",
            ExportFormat::Xlsx => "xlsx",
        },
        from,
        to,
        state: state.transpose()?,
    };
    let intent = intent(&insurer, meant);
    let row = app.ask_export((own, &insurer.by), &intent, &asked).await?;
    Ok((StatusCode::ACCEPTED, Json(Export::of(&row))))
}

async fn own_export(app: &App, insurer: &Insurer, id: Uuid) -> Result<ExportRow> {
    let row = app.export_of(code_of(insurer)?, id).await?;
    insurer.require(ExportKind::of(&row.kind).scope())?;
    Ok(row)
}

/// `GET /exports/{export}`: how far it is.
#[utoipa::path(get, path = "/exports/{export}", tag = "insurers",
    params(("export" = String, Path, format = Uuid)),
    responses((status = 200, body = Export)), security(("insurer" = [])))]
async fn read(State(app): State<App>, insurer: Insurer, Path(id): Path<Uuid>) -> Result<Json<Export>> {
    Ok(Json(Export::of(&own_export(&app, &insurer, id).await?)))
}

/// `GET /exports/{export}/file`: the file, for a day; that it is fetched is noted.
#[utoipa::path(get, path = "/exports/{export}/file", tag = "insurers",
    params(("export" = String, Path, format = Uuid)),
    responses((status = 200, description = "The file.", content(
        (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 206), (status = 304), (status = 409)),
    security(("insurer" = [])))]
async fn file(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    own_export(&app, &insurer, id).await?;
    let (row, path) = app
        .fetch_export(insurer.looking(), code_of(&insurer)?, id)
        .await?;
    let day = domain::day::text(row.created_at.china_day());
    let name = format!("{}{day}.{}", ExportKind::of(&row.kind).label(), row.format);
    let shown = Shown {
        media_type: if row.format == "csv" {
            "text/csv; charset=utf-8"
        } else {
            XLSX
        },
        tag: &row.id.to_string(),
        name: &name,
    };
    let mut response = files::file(&path, shown, &headers).await?;
    let saved = disposition(&name).replacen("inline", "attachment", 1);
    let saved = HeaderValue::from_str(&saved).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    response.headers_mut().insert(CONTENT_DISPOSITION, saved);
    Ok(response)
}
