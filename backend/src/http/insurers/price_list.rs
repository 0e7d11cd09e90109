//! `GET /price-list`: what parts and work usually cost, for whoever writes an assessment. No case is in it, so
//! nobody has to sign in.

use axum::extract::State;
use domain::assessment::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::config::LIST_MAX;
use crate::http::extract::{Json, Query};
use crate::refusal::{Refusal, Result};

const LIMIT_DEFAULT: u32 = 20;
const QUERY_CHARS_MAX: usize = 40;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Pieces of a part's name, a kind of vehicle, an operation: `前保 更换`. At most 40 characters.
    #[serde(default)]
    q: String,
    /// 1 to 200.
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PriceListView {
    /// Who answers for the prices.
    source: String,
    items: Vec<PriceLineView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PriceLineView {
    vehicle: String,
    vehicle_label: String,
    part: String,
    operation: Operation,
    /// Of one part.
    unit_price_fen: i64,
    /// Of the line.
    labour_fen: i64,
}

/// `GET /price-list`: usual prices, found by a piece of a part's name.
#[utoipa::path(get, path = "/price-list", tag = "catalogue", params(Wanted),
    responses((status = 200, body = PriceListView)))]
async fn search(State(app): State<App>, Query(wanted): Query<Wanted>) -> Result<Json<PriceListView>> {
    let limit = wanted.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        let message = format!("limit 应在1到{LIST_MAX}之间");
        return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
    }
    if wanted.q.chars().count() > QUERY_CHARS_MAX {
        let message = format!("搜索内容请不要超过{QUERY_CHARS_MAX}个字");
        return Err(Refusal::invalid_field("q", "too_long", message).into());
    }
    let prices = &app.rules.prices;
    let found = prices.search(&wanted.q, usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Json(PriceListView {
        source: prices.source.clone(),
        items: found
            .into_iter()
            .map(|line| PriceLineView {
                vehicle: line.vehicle.clone(),
                vehicle_label: line.label.clone(),
                part: line.part.clone(),
                operation: line.operation,
                unit_price_fen: line.unit_price.0,
                labour_fen: line.labour.0,
            })
            .collect(),
    }))
}
