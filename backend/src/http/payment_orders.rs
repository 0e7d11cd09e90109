//! `/payment-orders`: what insurers owe, pay, and send back.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::accident::PayRequest;
use domain::fact::Actor;
use domain::id::{InsurerCode, OrderId};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::files::names;
use super::problem::ProblemField;
use super::who::Meant;
use crate::app::pay::{PAYMENTS_MAX, Told};
use crate::app::{App, Intent};
use crate::config::LIST_MAX;
use crate::identity::extract::Insurer;
use crate::insurer::order::{OrderRecord, OrderStateName, PaymentOrder};
use crate::refusal::{Refusal, Result};
use crate::store::orders::{self, OrderRow, Whose};

/// Orders in one answer unless the caller says.
const LIMIT_DEFAULT: u32 = 50;
const WRITE: &str = "payments:write";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "p1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(pay_many))
        .routes(routes!(read))
        .routes(routes!(pay))
        .routes(routes!(reject))
}

/// The insurer behind a token that may pay.
fn payer(insurer: &Insurer) -> Result<InsurerCode> {
    insurer.require(WRITE)?;
    code_of(insurer)
}

/// The insurer's code; a client that was set up with none has no orders.
pub(super) fn code_of(insurer: &Insurer) -> Result<InsurerCode> {
    Ok(insurer.insurer.parse().map_err(|_| Refusal::not_found())?)
}

fn intent(meant: Meant, by: InsurerCode) -> Intent {
    Intent {
        scope: Actor::Insurer(by).to_string(),
        key: meant.0.key,
        digest: meant.0.digest,
    }
}

fn seen(row: &OrderRow<OrderRecord>, by: InsurerCode) -> PaymentOrder {
    row.body.0.seen_by(by, row.change_no)
}

#[derive(Debug, Deserialize)]
struct Since {
    since: Option<String>,
    state: Option<OrderStateName>,
    whose: Option<WhoseOrders>,
    limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoseOrders {
    Own,
    Others,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentOrderPage {
    items: Vec<PaymentOrder>,
    /// Name it as `since` next time; also when nothing came.
    next: String,
    /// There is more right now.
    more: bool,
}

/// `GET /payment-orders`: what changed after the cursor, in order of change; `whose=others` lists those of
/// other insurers in accidents with a policy of yours.
#[utoipa::path(get, path = "/payment-orders", tag = "insurers",
    params(("since" = Option<String>, Query), ("state" = Option<String>, Query, description = "due, paid, confirmed, rejected or replaced"),
        ("whose" = Option<String>, Query, description = "own (the default) or others"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = PaymentOrderPage)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    Query(asked): Query<Since>,
) -> Result<Json<PaymentOrderPage>> {
    let by = payer(&insurer)?;
    let since = asked.since.as_deref().map_or(Ok(0), parse)?;
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        let message = format!("limit 应在1到{LIST_MAX}之间");
        return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
    }
    let whose = match asked.whose {
        None | Some(WhoseOrders::Own) => Whose::Own,
        Some(WhoseOrders::Others) => Whose::Others,
    };
    let state = asked.state.map(OrderStateName::as_str).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let mut rows: Vec<OrderRow<OrderRecord>> =
        orders::since(&mut tx, (by, whose), (since, state), limit + 1).await?;
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > count;
    rows.truncate(count);
    let next = rows.last().map_or(since, |last| last.change_no);
    Ok(Json(PaymentOrderPage {
        items: rows.iter().map(|row| seen(row, by)).collect(),
        next: format!("{CURSOR}{next}"),
        more,
    }))
}

fn parse(cursor: &str) -> Result<i64> {
    let number = cursor
        .strip_prefix(CURSOR)
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0);
    number.ok_or_else(|| {
        Refusal::invalid_field("since", "bad_cursor", "请使用上次返回的 next，或不填以从头开始").into()
    })
}

/// `GET /payment-orders/{order}`: one order, with an ETag.
#[utoipa::path(get, path = "/payment-orders/{order}", tag = "insurers",
    params(("order" = String, Path, format = Uuid)),
    responses((status = 200, body = PaymentOrder), (status = 304)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<OrderId>,
    headers: HeaderMap,
) -> Result<Response> {
    let by = payer(&insurer)?;
    let row = app.insurers_order(by, id).await?;
    let tag = format!("\"{}-{}\"", row.id, row.change_no);
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| names(known, &tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(seen(&row, by)).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// When the money left.
    paid_at: Instant,
    /// The insurer's own reference.
    reference: String,
    /// Says that the order is another insurer's, 先行赔付.
    #[serde(default)]
    on_behalf: bool,
}

impl From<PaymentRequest> for PayRequest {
    fn from(body: PaymentRequest) -> Self {
        Self {
            paid_at: body.paid_at,
            reference: body.reference,
            on_behalf: body.on_behalf,
        }
    }
}

/// `POST /payment-orders/{order}/payment`: it is paid, or what was to be recovered has come.
#[utoipa::path(post, path = "/payment-orders/{order}/payment", tag = "insurers",
    params(("order" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = PaymentRequest, responses((status = 200, body = PaymentOrder)), security(("insurer" = [])))]
async fn pay(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<OrderId>, Meant),
    Json(body): Json<PaymentRequest>,
) -> Result<Json<PaymentOrder>> {
    let by = payer(&insurer)?;
    let row = app.pay_order(by, id, &intent(meant, by), body.into()).await?;
    Ok(Json(seen(&row, by)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionRequest {
    reason: String,
}

/// `POST /payment-orders/{order}/rejection`: it cannot be paid as it stands; back to the desk.
#[utoipa::path(post, path = "/payment-orders/{order}/rejection", tag = "insurers",
    params(("order" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = RejectionRequest, responses((status = 200, body = PaymentOrder)), security(("insurer" = [])))]
async fn reject(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<OrderId>, Meant),
    Json(body): Json<RejectionRequest>,
) -> Result<Json<PaymentOrder>> {
    let by = payer(&insurer)?;
    let row = app.reject_order(by, id, &intent(meant, by), &body.reason).await?;
    Ok(Json(seen(&row, by)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentsRequest {
    /// At most 200.
    items: Vec<PaymentItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentItem {
    id: OrderId,
    paid_at: Instant,
    reference: String,
    #[serde(default)]
    on_behalf: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentsResult {
    /// In the order of the request.
    items: Vec<PaymentResult>,
    paid: usize,
    refused: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentResult {
    id: OrderId,
    ok: bool,
    /// As it now stands, when it was paid.
    order: Option<PaymentOrder>,
    problem: Option<PaymentProblem>,
}

/// Why one of many was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentProblem {
    code: &'static str,
    message: String,
    errors: Vec<ProblemField>,
}

impl PaymentResult {
    fn of(told: Told, by: InsurerCode) -> Self {
        let (order, problem) = match told.outcome {
            Ok(row) => (Some(seen(&row, by)), None),
            Err(refusal) => (
                None,
                Some(PaymentProblem {
                    code: refusal.code,
                    message: refusal.message,
                    errors: refusal.fields.into_iter().map(ProblemField::from).collect(),
                }),
            ),
        };
        Self {
            id: told.order,
            ok: order.is_some(),
            order,
            problem,
        }
    }
}

/// `POST /payment-orders/payments`: many payments, each by itself, with a result each.
#[utoipa::path(post, path = "/payment-orders/payments", tag = "insurers",
    params(("Idempotency-Key" = String, Header)),
    request_body = PaymentsRequest, responses((status = 200, body = PaymentsResult)), security(("insurer" = [])))]
async fn pay_many(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<PaymentsRequest>,
) -> Result<Json<PaymentsResult>> {
    let by = payer(&insurer)?;
    if body.items.is_empty() || body.items.len() > PAYMENTS_MAX {
        let message = format!("一次请提交1到{PAYMENTS_MAX}笔付款");
        return Err(Refusal::invalid_field("items", "out_of_range", message).into());
    }
    let items = body.items.into_iter().map(|item| {
        let request = PayRequest {
            paid_at: item.paid_at,
            reference: item.reference,
            on_behalf: item.on_behalf,
        };
        (item.id, request)
    });
    let told = app.pay_orders(by, &intent(meant, by), items.collect()).await?;
    let items: Vec<_> = told.into_iter().map(|told| PaymentResult::of(told, by)).collect();
    let paid = items.iter().filter(|item| item.ok).count();
    Ok(Json(PaymentsResult {
        refused: items.len() - paid,
        paid,
        items,
    }))
}
