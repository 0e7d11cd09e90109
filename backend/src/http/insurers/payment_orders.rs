//! `/payment-orders`: what insurers owe, pay, and send back.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::accident::PayRequest;
use domain::id::{InsurerCode, OrderId};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::many::{self, ItemProblem};
use super::paging::{Page, Since};
use super::{code_of, intent, tagged};
use crate::app::App;
use crate::app::insurer_reads::Look;
use crate::app::pay::ToldOrder;
use crate::http::extract::{Json, Path, Query};
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::insurer::order::{OrderRecord, OrderStateName, PaymentOrder};
use crate::refusal::Result;
use crate::store::orders::{self, OrderRow, Whose};

const WRITE: &str = "payments:write";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "p1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(pay_many))
        .routes(routes!(reject_many))
        .routes(routes!(read))
        .routes(routes!(pay))
        .routes(routes!(reject))
}

/// The insurer behind a token that may pay.
fn payer(insurer: &Insurer) -> Result<InsurerCode> {
    insurer.require(WRITE)?;
    code_of(insurer)
}

fn seen(row: &OrderRow<OrderRecord>, by: InsurerCode) -> PaymentOrder {
    row.body.0.seen_by(by, row.change_no)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    state: Option<OrderStateName>,
    /// Your own, or those of other insurers in accidents with a policy of yours.
    #[param(inline)]
    whose: Option<WhoseOrders>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoseOrders {
    Own,
    Others,
}

/// `GET /payment-orders`: what changed after the cursor, in order of change; `whose=others` lists those of
/// other insurers in accidents with a policy of yours.
#[utoipa::path(get, path = "/payment-orders", tag = "insurers",
    params(Since, Wanted),
    responses((status = 200, body = Page<PaymentOrder>)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    (Query(since), Query(wanted)): (Query<Since>, Query<Wanted>),
) -> Result<Json<Page<PaymentOrder>>> {
    let by = payer(&insurer)?;
    let cursor = since.read(CURSOR)?;
    let whose = match wanted.whose {
        None | Some(WhoseOrders::Own) => Whose::Own,
        Some(WhoseOrders::Others) => Whose::Others,
    };
    let state = wanted.state.map(OrderStateName::as_str).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let rows: Vec<OrderRow<OrderRecord>> =
        orders::since(&mut tx, (by, whose), (cursor.after, state), cursor.wanted()).await?;
    drop(tx);
    let kind = match whose {
        Whose::Own => "payment_orders",
        Whose::Others => "others_payment_orders",
    };
    let page = Look::page(kind, cursor.after, cursor.shown(&rows).map(|row| row.change_no));
    app.note_looks(insurer.looking(), page).await?;
    Ok(Json(cursor.page(rows, |row| row.change_no, |row| seen(row, by))))
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
    app.note_look(insurer.looking(), "payment_order", id, row.accident_id)
        .await?;
    tagged::json(&headers, &format!("{}-{}", row.id, row.change_no), || {
        seen(&row, by)
    })
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
    let row = app
        .pay_order(by, id, &intent(&insurer, meant), body.into())
        .await?;
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
    let row = app
        .reject_order(by, id, &intent(&insurer, meant), &body.reason)
        .await?;
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
    /// As it now stands, when it was done.
    order: Option<PaymentOrder>,
    problem: Option<ItemProblem>,
}

impl PaymentResult {
    fn of(told: ToldOrder, by: InsurerCode) -> Self {
        let (order, problem) = match told.outcome {
            Ok(row) => (Some(seen(&row, by)), None),
            Err(refusal) => (None, Some(ItemProblem::of(refusal))),
        };
        Self {
            id: told.id,
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
    many::check(&body.items)?;
    let items = body.items.into_iter().map(|item| {
        let request = PayRequest {
            paid_at: item.paid_at,
            reference: item.reference,
            on_behalf: item.on_behalf,
        };
        (item.id, request)
    });
    let told = app
        .pay_orders(by, &intent(&insurer, meant), items.collect())
        .await?;
    let items: Vec<_> = told.into_iter().map(|told| PaymentResult::of(told, by)).collect();
    let paid = items.iter().filter(|item| item.ok).count();
    Ok(Json(PaymentsResult {
        refused: items.len() - paid,
        paid,
        items,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionsRequest {
    /// At most 200.
    items: Vec<RejectionItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionItem {
    id: OrderId,
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RejectionsResult {
    /// In the order of the request.
    items: Vec<PaymentResult>,
    /// Sent back to the desk.
    rejected: usize,
    /// Not done, for the reason given.
    refused: usize,
}

/// `POST /payment-orders/rejections`: many sent back to the desk, each by itself, with a result each.
#[utoipa::path(post, path = "/payment-orders/rejections", tag = "insurers",
    params(("Idempotency-Key" = String, Header)),
    request_body = RejectionsRequest, responses((status = 200, body = RejectionsResult)), security(("insurer" = [])))]
async fn reject_many(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<RejectionsRequest>,
) -> Result<Json<RejectionsResult>> {
    let by = payer(&insurer)?;
    many::check(&body.items)?;
    let items = body.items.into_iter().map(|item| (item.id, item.reason));
    let told = app
        .reject_orders(by, &intent(&insurer, meant), items.collect())
        .await?;
    let items: Vec<_> = told.into_iter().map(|told| PaymentResult::of(told, by)).collect();
    let rejected = items.iter().filter(|item| item.ok).count();
    Ok(Json(RejectionsResult {
        refused: items.len() - rejected,
        rejected,
        items,
    }))
}
