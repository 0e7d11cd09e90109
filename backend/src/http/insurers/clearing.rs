//! `/clearing` for supervisors, `/clearing-statements` for insurers: months, statements, closing, files.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::clearing::{Claim, ClaimKind, ClosedMonth, Month};
use domain::id::{AccidentId, OrderId, Sha256Hex, UnitId};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::clearing_files::{self, Kind};
use super::code_of;
use crate::app::App;
use crate::app::clear::{MonthShown, Shown};
use crate::http::extract::{Json, Path, Query};
use crate::http::view::UnitView;
use crate::http::who::{Desk, Meant};
use crate::identity::extract::Insurer;
use crate::insurer::record::NamedInsurer;
use crate::refusal::{Refusal, Result};
use crate::store::units::UnitRow;

const READ: &str = "settlements:read";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(months))
        .routes(routes!(statement))
        .routes(routes!(close))
        .routes(routes!(insurers_months))
        .routes(routes!(insurers_statement))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingMonths {
    /// Newest first.
    months: Vec<ClearingMonth>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingMonth {
    /// `2026-11`, in China's calendar.
    month: String,
    unit: UnitView,
    state: StatementState,
    /// The month is over and open.
    may_close: bool,
    /// Pairs of insurers.
    rows: usize,
    claims: u64,
    /// Sum of all net amounts that move.
    moves_fen: i64,
    closed_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    /// Still changes.
    Preview,
    Frozen,
}

/// One month of one unit, netted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingStatement {
    /// `2026-11`, in China's calendar.
    month: String,
    unit: UnitView,
    state: StatementState,
    /// A supervisor may close it now: the month is over and open.
    may_close: bool,
    rows: Vec<ClearingRow>,
    /// What each insurer gets (+) or gives (−); adds up to zero.
    balances: Vec<ClearingBalance>,
    claims: usize,
    /// Sum of all net amounts that move.
    moves_fen: i64,
    frozen: Option<Frozen>,
}

/// One pair of insurers, in the order of their codes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingRow {
    first: NamedInsurer,
    second: NamedInsurer,
    /// What `first` owes `second`; negative: `second` owes `first`.
    net_fen: i64,
    /// What the row is made of.
    claims: Vec<ClaimView>,
}

/// One claim between two insurers, with the case it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimView {
    finding_number: String,
    accident_id: AccidentId,
    order_id: OrderId,
    kind: ClaimKind,
    /// Code of who gets it.
    creditor: String,
    /// Code of who owes it.
    debtor: String,
    /// Negative: an earlier claim is taken back.
    amount_fen: i64,
    booked_at: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClearingBalance {
    insurer: NamedInsurer,
    net_fen: i64,
}

/// Where the frozen statement stands in the unit's chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct Frozen {
    seq: u64,
    at: Instant,
    by: String,
    digest: Sha256Hex,
    previous_digest: Sha256Hex,
}

impl Frozen {
    fn of(closed: ClosedMonth) -> Self {
        Self {
            seq: closed.seq,
            at: closed.at,
            by: closed.by,
            digest: closed.digest,
            previous_digest: closed.previous_digest,
        }
    }
}

fn unit_view(unit: &UnitRow) -> UnitView {
    UnitView {
        code: unit.code.clone(),
        name: unit.name.clone(),
    }
}

fn state(closed: bool) -> StatementState {
    if closed {
        StatementState::Frozen
    } else {
        StatementState::Preview
    }
}

impl ClearingMonth {
    fn of(shown: MonthShown) -> Self {
        Self {
            month: shown.month.to_string(),
            unit: unit_view(&shown.unit),
            state: state(shown.closed_at.is_some()),
            may_close: shown.may_close,
            rows: shown.rows,
            claims: shown.claims,
            moves_fen: shown.moves_fen,
            closed_at: shown.closed_at,
        }
    }
}

impl ClearingStatement {
    fn of(shown: Shown) -> Self {
        let statement = &shown.statement;
        Self {
            month: statement.month.to_string(),
            unit: unit_view(&shown.unit),
            state: state(shown.closed.is_some()),
            may_close: shown.may_close,
            rows: statement
                .rows
                .iter()
                .map(|row| ClearingRow {
                    first: NamedInsurer::of(row.first.as_str()),
                    second: NamedInsurer::of(row.second.as_str()),
                    net_fen: row.net_fen.0,
                    claims: row.claims.iter().map(ClaimView::of).collect(),
                })
                .collect(),
            balances: statement
                .balances()
                .into_iter()
                .map(|(insurer, net)| ClearingBalance {
                    insurer: NamedInsurer::of(insurer.as_str()),
                    net_fen: net.0,
                })
                .collect(),
            claims: statement.claims().count(),
            moves_fen: statement.moves().0,
            frozen: shown.closed.map(Frozen::of),
        }
    }
}

impl ClaimView {
    fn of(claim: &Claim) -> Self {
        Self {
            finding_number: claim.finding_number.clone(),
            accident_id: claim.accident,
            order_id: claim.order,
            kind: claim.kind,
            creditor: claim.creditor.to_string(),
            debtor: claim.debtor.to_string(),
            amount_fen: claim.amount_fen.0,
            booked_at: claim.booked_at,
        }
    }
}

/// A month of the path, and the kind of file when one is asked for.
struct Wanted {
    month: Month,
    file: Option<Kind>,
}

fn wanted(path: &str) -> Result<Wanted> {
    let (month, file) = match path.split_once('.') {
        None => (path, None),
        Some((month, ending)) => {
            let kind = Kind::from_ending(ending).ok_or_else(Refusal::not_found)?;
            (month, Some(kind))
        }
    };
    let month = month.parse().map_err(|_| Refusal::not_found())?;
    Ok(Wanted { month, file })
}

fn answer(shown: Shown, file: Option<Kind>, part: Option<clearing_files::Part>) -> Result<Response> {
    match file {
        None => Ok(Json(ClearingStatement::of(shown)).into_response()),
        Some(kind) => clearing_files::answer(&shown, kind, part.unwrap_or_default()),
    }
}

/// `GET /clearing`: the unit's months with what moves in them, newest first; for supervisors.
#[utoipa::path(get, path = "/clearing", tag = "clearing",
    responses((status = 200, body = ClearingMonths)), security(("officer" = [])))]
async fn months(State(app): State<App>, Desk(by): Desk) -> Result<Json<ClearingMonths>> {
    let months = app.clearing_months(&by).await?;
    Ok(Json(ClearingMonths {
        months: months.into_iter().map(ClearingMonth::of).collect(),
    }))
}

#[derive(Debug, Deserialize)]
struct Sheet {
    part: Option<clearing_files::Part>,
}

/// `GET /clearing/{month}`: `2026-11` as JSON, `2026-11.xlsx` with both sheets, `2026-11.csv` with one row per
/// pair, or with `part=detail` one per claim; frozen once closed, until then as it stands.
#[utoipa::path(get, path = "/clearing/{month}", tag = "clearing",
    params(("month" = String, Path, example = "2026-11"),
        ("part" = Option<String>, Query, description = "summary or detail")),
    responses((status = 200, body = ClearingStatement)), security(("officer" = [])))]
async fn statement(
    State(app): State<App>,
    Desk(by): Desk,
    Path(path): Path<String>,
    Query(sheet): Query<Sheet>,
) -> Result<Response> {
    let wanted = wanted(&path)?;
    let shown = app.clearing_statement(&by, wanted.month).await?;
    answer(shown, wanted.file, sheet.part)
}

/// `POST /clearing/{month}/closing`: freezes a month that is over; it cannot be done twice.
#[utoipa::path(post, path = "/clearing/{month}/closing", tag = "clearing",
    params(("month" = String, Path, example = "2026-11"), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ClearingStatement)), security(("officer" = [])))]
async fn close(
    State(app): State<App>,
    Desk(by): Desk,
    Path(path): Path<String>,
    meant: Meant,
) -> Result<Json<ClearingStatement>> {
    let month = path.parse().map_err(|_| Refusal::not_found())?;
    let shown = app.close_month(&by, month, &meant.by_officer(&by)).await?;
    Ok(Json(ClearingStatement::of(shown)))
}

/// `GET /clearing-statements`: the months in which the asking insurer is a side, newest first.
#[utoipa::path(get, path = "/clearing-statements", tag = "insurers",
    responses((status = 200, body = ClearingMonths)), security(("insurer" = [])))]
async fn insurers_months(State(app): State<App>, insurer: Insurer) -> Result<Json<ClearingMonths>> {
    insurer.require(READ)?;
    let months = app.insurers_months(code_of(&insurer)?).await?;
    let months = months.into_iter().map(|shown| ClearingMonth {
        may_close: false,
        ..ClearingMonth::of(shown)
    });
    Ok(Json(ClearingMonths {
        months: months.collect(),
    }))
}

#[derive(Debug, Deserialize)]
struct SheetOfUnit {
    part: Option<clearing_files::Part>,
    unit: Option<UnitId>,
}

/// `GET /clearing-statements/{month}`: as `/clearing/{month}`, only the rows in which the asking insurer is a
/// side; `unit` where several units have some.
#[utoipa::path(get, path = "/clearing-statements/{month}", tag = "insurers",
    params(("month" = String, Path, example = "2026-11"), ("unit" = Option<String>, Query),
        ("part" = Option<String>, Query, description = "summary or detail")),
    responses((status = 200, body = ClearingStatement)), security(("insurer" = [])))]
async fn insurers_statement(
    State(app): State<App>,
    insurer: Insurer,
    Path(path): Path<String>,
    Query(asked): Query<SheetOfUnit>,
) -> Result<Response> {
    insurer.require(READ)?;
    let wanted = wanted(&path)?;
    let shown = app
        .insurers_statement(code_of(&insurer)?, wanted.month, asked.unit)
        .await?;
    answer(shown, wanted.file, asked.part)
}
