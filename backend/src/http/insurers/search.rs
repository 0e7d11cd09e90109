//! `GET /settlements/search`: records by plate, policy or number and by day, newest first, for somebody who looks for one.

use axum::extract::State;
use domain::day;
use domain::identifiers::normalise;
use domain::time::{CHINA, Instant};
use serde::{Deserialize, Serialize};
use time::{Date, PrimitiveDateTime, Time};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::settlements::seen;
use crate::app::App;
use crate::app::insurer_reads::Look;
use crate::config::LIST_MAX;
use crate::http::extract::{Json, Query};
use crate::identity::extract::Insurer;
use crate::insurer::record::{Record, SettlementRecord};
use crate::refusal::{Refusal, Result};
use crate::store::search::{self, Wanted};
use crate::store::settlements::SettlementRow;

const READ: &str = "settlements:read";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "s1-";
const LIMIT_DEFAULT: u32 = 50;
/// No number, plate or policy is longer.
const TERM_CHARS_MAX: usize = 64;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// How a plate (with or without its province), a policy of yours or the number of a finding begins.
    q: Option<String>,
    /// First day of the settlement, in China's calendar: `2026-11-01`.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day of the settlement.
    #[param(format = Date)]
    to: Option<String>,
    /// `next` of the last answer.
    before: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Some of what was found, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementsFound {
    pub items: Vec<SettlementRecord>,
    /// Name it as `before` for older ones; none: that is all.
    pub next: Option<String>,
}

impl Asked {
    fn wanted(&self, now: Instant) -> Result<(Wanted, u32)> {
        let from = self.from.as_deref().map(|text| day("from", text)).transpose()?;
        let to = self.to.as_deref().map(|text| day("to", text)).transpose()?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Refusal::invalid_field("to", "out_of_range", "结束日期不能早于开始日期").into());
        }
        let term = normalise(self.q.as_deref().unwrap_or_default());
        if term.chars().count() > TERM_CHARS_MAX {
            let message = format!("q 最多{TERM_CHARS_MAX}个字符");
            return Err(Refusal::invalid_field("q", "too_long", message).into());
        }
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIST_MAX).contains(&limit) {
            let message = format!("limit 应在1到{LIST_MAX}之间");
            return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
        }
        let wanted = Wanted {
            term,
            from: from.map_or_else(first_day, begins),
            until: to
                .and_then(Date::next_day)
                .map_or_else(|| now.plus(time::Duration::DAY), begins),
            before: self.before.as_deref().map(place).transpose()?,
        };
        Ok((wanted, limit))
    }
}

pub(super) fn day(field: &str, text: &str) -> Result<Date> {
    let message = "日期应为 2026-11-24 这样的格式";
    Ok(day::parse(text).ok_or_else(|| Refusal::invalid_field(field, "bad_day", message))?)
}

/// The first moment of a day in China.
pub(super) fn begins(day: Date) -> Instant {
    Instant::new(PrimitiveDateTime::new(day, Time::MIDNIGHT).assume_offset(CHINA))
}

/// Before any record of ours.
fn first_day() -> Instant {
    begins(time::macros::date!(2000 - 01 - 01))
}

fn place(cursor: &str) -> Result<(Instant, Uuid)> {
    let read = || {
        let (micros, id) = cursor.strip_prefix(CURSOR)?.split_once('.')?;
        let at = Instant::from_unix_micros(micros.parse().ok()?).ok()?;
        Some((at, id.parse().ok()?))
    };
    let message = "请使用上次返回的 next，或不填以从最新的开始";
    Ok(read().ok_or_else(|| Refusal::invalid_field("before", "bad_cursor", message))?)
}

/// `GET /settlements/search`: records with a policy of yours, newest first, by plate, policy, number or day.
#[utoipa::path(get, path = "/settlements/search", tag = "insurers",
    params(Asked), responses((status = 200, body = SettlementsFound)), security(("insurer" = [])))]
async fn find(
    State(app): State<App>,
    insurer: Insurer,
    Query(asked): Query<Asked>,
) -> Result<Json<SettlementsFound>> {
    insurer.require(READ)?;
    let (wanted, limit) = asked.wanted(app.clock.now())?;
    let mut tx = app.db.read().await?;
    let mut rows: Vec<SettlementRow<Record>> =
        search::find(&mut tx, &insurer.insurer, &wanted, limit + 1).await?;
    drop(tx);
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let looks: Vec<_> = rows
        .iter()
        .map(|row| Look::One {
            kind: "search",
            subject: row.id.to_string(),
            accident: row.accident_id,
        })
        .collect();
    app.note_looks(insurer.looking(), looks).await?;
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{CURSOR}{}.{}", row.settled_at.unix_micros(), row.id));
    Ok(Json(SettlementsFound {
        items: rows.iter().map(|row| seen(row, &insurer)).collect(),
        next,
    }))
}
