//! Payment orders within an accident: all of them for the desk, to a driver those that pay them.

use axum::extract::State;
use domain::accident::{Accident, Confirmer, may_reissue};
use domain::id::{AccidentId, OrderId, PartyId};
use domain::order::{Direction, Order};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Meant, Viewer};
use crate::app::{App, Who};
use crate::insurer::order::{OrderLine, OrderPaid, OrderRejected, OrderStateName, confirmed_at};
use crate::insurer::record::NamedInsurer;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reissue))
        .routes(routes!(confirm))
}

/// One payment order as officers and its payee see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub id: OrderId,
    pub insurer: NamedInsurer,
    /// Label of the party, or the owner of outside property.
    pub payee: String,
    pub direction: Direction,
    pub amount_fen: i64,
    pub lines: Vec<OrderLine>,
    pub made_at: Instant,
    pub state: OrderStateName,
    pub paid: Option<OrderPaid>,
    pub confirmed_at: Option<Instant>,
    pub rejected: Option<OrderRejected>,
    /// What the desk wrote when it issued the order again.
    pub note: Option<String>,
    /// Whoever looks may confirm it now.
    pub may_confirm: bool,
    /// An officer may issue it again now.
    pub may_reissue: bool,
}

/// The accident's orders; `own`: the driver who looks, none for officers.
pub fn orders(accident: &Accident, own: Option<PartyId>) -> Vec<OrderView> {
    let label = own
        .and_then(|own| accident.party(own).ok())
        .map(|party| &party.label);
    let confirmer = own.map_or(Confirmer::Desk, Confirmer::Party);
    accident
        .orders
        .iter()
        .filter(|order| own.is_none() || Some(&order.payee) == label)
        .map(|order| OrderView::of(accident, order, confirmer))
        .collect()
}

impl OrderView {
    fn of(accident: &Accident, order: &Order, confirmer: Confirmer) -> Self {
        Self {
            id: order.id,
            insurer: NamedInsurer::of(order.insurer.as_str()),
            payee: order.payee.clone(),
            direction: order.direction,
            amount_fen: order.amount_fen.0,
            lines: order.lines.iter().map(OrderLine::of).collect(),
            made_at: order.made_at,
            state: OrderStateName::of(&order.state),
            paid: order.paid().map(OrderPaid::of),
            confirmed_at: confirmed_at(&order.state),
            rejected: OrderRejected::of(&order.state),
            note: order.note.clone(),
            may_confirm: accident.may_confirm(order, confirmer),
            may_reissue: confirmer == Confirmer::Desk && may_reissue(order),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReissueRequest {
    /// What was mended.
    note: String,
}

/// `POST …/orders/{order}/reissue`: what the insurer sent back is mended; it is due again.
#[utoipa::path(post, path = "/accidents/{accident}/orders/{order}/reissue", tag = "orders",
    params(("accident" = String, Path, format = Uuid), ("order" = String, Path, format = Uuid),
        ("Idempotency-Key" = String, Header)),
    request_body = ReissueRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn reissue(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<(AccidentId, OrderId)>, Meant),
    Json(body): Json<ReissueRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.reissue_order(&by, id, &intent, &body.note).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/orders/{order}/confirmation`: the payee has the money; the desk says so for one without a phone.
#[utoipa::path(post, path = "/accidents/{accident}/orders/{order}/confirmation", tag = "orders",
    params(("accident" = String, Path, format = Uuid), ("order" = String, Path, format = Uuid),
        ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("driver" = []), ("officer" = [])))]
async fn confirm(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<(AccidentId, OrderId)>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let accident = app.confirm_order(&who, id, &meant.by(&who)).await?;
    seen(&app, &who, &accident).await
}
