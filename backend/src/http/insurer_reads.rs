//! Who of the insurers looked at a case, for the desk that answers for it.

use axum::extract::State;
use domain::id::AccidentId;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::extract::{Json, Path, Query};
use super::who::Desk;
use crate::app::App;
use crate::config::LIST_MAX;
use crate::insurer::record::NamedInsurer;
use crate::refusal::{Refusal, Result};
use crate::store::insurer_reads::ReadRow;

/// Looks in one answer.
const LIMIT: u32 = 100;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Older {
    /// `next` of the last answer.
    before: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Looks of insurers at one case, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurerReads {
    items: Vec<InsurerRead>,
    /// Name it as `before` for older ones; none: that is all.
    next: Option<String>,
}

/// One look.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurerRead {
    at: Instant,
    insurer: NamedInsurer,
    /// Who of theirs: `client:…`, a program, or `clerk:…`.
    by: String,
    /// `settlement`, `document`, `evidence`, `assessment`, `assessment_photo`, `payment_order`, `search`; pages of
    /// lists and files: `settlements`, `assessments_export` …
    kind: String,
    /// What it was, below the case; empty for a page of a list.
    subject: String,
    /// How many records the page or the file had; of one thing, 1.
    records: u32,
}

impl InsurerRead {
    fn of(row: &ReadRow) -> Self {
        Self {
            at: row.at,
            insurer: NamedInsurer::of(&row.insurer),
            by: row.by_whom.clone(),
            kind: row.kind.clone(),
            subject: row.subject.clone(),
            records: row.records,
        }
    }
}

fn place(cursor: &str) -> Result<(Instant, Uuid)> {
    let read = || {
        let (micros, id) = cursor.split_once('.')?;
        let at = Instant::from_unix_micros(micros.parse().ok()?).ok()?;
        Some((at, id.parse().ok()?))
    };
    let message = "请使用上次返回的 next，或不填以从最新的开始";
    Ok(read().ok_or_else(|| Refusal::invalid_field("before", "bad_cursor", message))?)
}

/// `GET …/insurer-reads`: which insurer saw what of the case, and who of theirs.
#[utoipa::path(get, path = "/accidents/{accident}/insurer-reads", tag = "desk",
    params(("accident" = String, Path, format = Uuid), Older),
    responses((status = 200, body = InsurerReads)), security(("officer" = [])))]
async fn list(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    Query(older): Query<Older>,
) -> Result<Json<InsurerReads>> {
    let limit = older.limit.unwrap_or(LIMIT);
    if !(1..=LIST_MAX).contains(&limit) {
        let message = format!("limit 应在1到{LIST_MAX}之间");
        return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
    }
    let before = older.before.as_deref().map(place).transpose()?;
    let mut rows = app.looks_at(&by, id, before, limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more);
    Ok(Json(InsurerReads {
        next: next.map(|row| format!("{}.{}", row.at.unix_micros(), row.id)),
        items: rows.iter().map(InsurerRead::of).collect(),
    }))
}
