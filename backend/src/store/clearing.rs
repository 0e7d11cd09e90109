//! Claims between insurers by month, and the months that are closed.
//!
//! Whoever books into a month or closes it holds the month's row until the commit, so a claim is either in
//! the frozen statement or refused. Claims and sums are the domain's; here they are kept.

use domain::clearing::{Claim, ClaimKind, ClosedMonth, Month};
use domain::id::{AccidentId, InsurerCode, OrderId, Sha256Hex, UnitId};
use domain::time::Instant;
use sqlx::Result;

use super::codec::row;
use super::{Tx, counters};

/// Groups (month, creditor, debtor) that a list of months is made from at most: years of them.
const GROUPS_MAX: u32 = 20_000;

row! {
    struct ClaimRow {
        order_id: OrderId,
        kind: String,
        creditor: InsurerCode,
        debtor: InsurerCode,
        accident_id: AccidentId,
        finding_number: String,
        amount_fen: i64,
        booked_at: Instant,
    }
}

row! {
    struct Closed {
        closed_at: Option<Instant>,
    }
}

row! {
    struct ClosedRow {
        unit: UnitId,
        seq: u64,
        month: Month,
        body: String,
        at: Instant,
        by_whom: String,
        digest: Sha256Hex,
        previous_digest: Sha256Hex,
    }
}

row! {
    /// What one insurer claims of another in one month, summed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Sum {
        pub unit: UnitId,
        pub month: Month,
        pub creditor: InsurerCode,
        pub debtor: InsurerCode,
        pub amount_fen: i64,
        pub claims: u64,
    }
}

impl ClaimRow {
    fn claim(self) -> Result<Claim> {
        Ok(Claim {
            booked_at: self.booked_at,
            finding_number: self.finding_number,
            accident: self.accident_id,
            order: self.order_id,
            kind: ClaimKind::from_word(&self.kind)
                .ok_or_else(|| sqlx::Error::Decode(format!("{} is no kind of claim", self.kind).into()))?,
            creditor: self.creditor,
            debtor: self.debtor,
            amount_fen: domain::money::Fen(self.amount_fen),
        })
    }
}

/// Holds the month until the commit; answers when it was closed, if it was.
///
/// Before any counter is drawn: whoever holds a counter never waits for a month.
pub async fn hold(tx: &mut Tx, unit: &UnitId, month: Month) -> Result<Option<Instant>> {
    let held: Closed = tx
        .query(
            "INSERT INTO clearing_months (unit, month) VALUES ($1, $2)
             ON CONFLICT (unit, month) DO UPDATE SET month = excluded.month
             RETURNING closed_at",
        )
        .bind(unit)
        .bind(month)
        .fetch_one()
        .await?;
    Ok(held.closed_at)
}

/// Books a claim into the month that [`hold`] holds.
pub async fn book(tx: &mut Tx, (unit, month): (&UnitId, Month), claim: &Claim) -> Result<()> {
    tx.query(
        "INSERT INTO clearing_claims (order_id, kind, creditor, debtor, unit, month, accident_id,
                                      finding_number, amount_fen, booked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(claim.order)
    .bind(claim.kind.as_str())
    .bind(claim.creditor)
    .bind(claim.debtor)
    .bind(unit)
    .bind(month)
    .bind(claim.accident)
    .bind(&claim.finding_number)
    .bind(claim.amount_fen.0)
    .bind(claim.booked_at)
    .execute()
    .await
    .map(drop)
}

/// A unit's claims of one month. No limit: a statement cut short does not add up.
pub async fn claims(tx: &mut Tx, unit: &UnitId, month: Month) -> Result<Vec<Claim>> {
    let rows: Vec<ClaimRow> = tx
        .query(
            "SELECT order_id, kind, creditor, debtor, accident_id, finding_number, amount_fen, booked_at
               FROM clearing_claims
              WHERE unit = $1 AND month = $2
              ORDER BY booked_at, order_id, kind, creditor, debtor",
        )
        .bind(unit)
        .bind(month)
        .fetch_all()
        .await?;
    rows.into_iter().map(ClaimRow::claim).collect()
}

/// The claims of one accident.
pub async fn claims_of_accident(tx: &mut Tx, accident: AccidentId) -> Result<Vec<Claim>> {
    let rows: Vec<ClaimRow> = tx
        .query(
            "SELECT order_id, kind, creditor, debtor, accident_id, finding_number, amount_fen, booked_at
               FROM clearing_claims
              WHERE accident_id = $1
              ORDER BY booked_at, order_id, kind, creditor, debtor",
        )
        .bind(accident)
        .fetch_all()
        .await?;
    rows.into_iter().map(ClaimRow::claim).collect()
}

/// Sums per month and direction: of a unit, or of all units those with this insurer as a side.
pub async fn sums(tx: &mut Tx, unit: Option<&UnitId>, insurer: Option<InsurerCode>) -> Result<Vec<Sum>> {
    tx.query(
        "SELECT unit, month, creditor, debtor, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen,
                CAST(COUNT(*) AS BIGINT) AS claims
           FROM clearing_claims
          WHERE ($1 = '' OR unit = $1) AND ($2 = '' OR creditor = $2 OR debtor = $2)
          GROUP BY unit, month, creditor, debtor
          ORDER BY month DESC, unit, creditor, debtor
          LIMIT $3",
    )
    .bind(unit.map(UnitId::as_str).unwrap_or_default())
    .bind(insurer.map(|code| code.to_string()).unwrap_or_default())
    .bind(GROUPS_MAX)
    .fetch_all()
    .await
}

/// The place of the unit's next closed month: 1 for the first. Held until the commit.
pub async fn next_place(tx: &mut Tx, unit: &UnitId) -> Result<u64> {
    let next = counters::next(tx, &format!("clearing/{unit}")).await?;
    Ok(next.unsigned_abs())
}

/// Freezes a month that [`hold`] holds; `false` when it is closed already.
pub async fn close(tx: &mut Tx, closed: &ClosedMonth) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE clearing_months SET closed_at = $3
              WHERE unit = $1 AND month = $2 AND closed_at IS NULL",
        )
        .bind(&closed.unit)
        .bind(closed.month)
        .bind(closed.at)
        .execute()
        .await?;
    if rows != 1 {
        return Ok(false);
    }
    tx.query(
        "INSERT INTO clearing_facts (unit, seq, month, body, at, by_whom, digest, previous_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&closed.unit)
    .bind(closed.seq)
    .bind(closed.month)
    .bind(&closed.body)
    .bind(closed.at)
    .bind(&closed.by)
    .bind(&closed.digest)
    .bind(&closed.previous_digest)
    .execute()
    .await?;
    Ok(true)
}

/// A closed month.
pub async fn closed(tx: &mut Tx, unit: &UnitId, month: Month) -> Result<Option<ClosedMonth>> {
    let row: Option<ClosedRow> = tx
        .query(
            "SELECT unit, seq, month, body, at, by_whom, digest, previous_digest
               FROM clearing_facts
              WHERE unit = $1 AND month = $2",
        )
        .bind(unit)
        .bind(month)
        .fetch_optional()
        .await?;
    Ok(row.map(ClosedRow::closed))
}

/// A unit's closed months in order. No limit: a chain cut short proves nothing.
pub async fn chain(tx: &mut Tx, unit: &UnitId) -> Result<Vec<ClosedMonth>> {
    let rows: Vec<ClosedRow> = tx
        .query(
            "SELECT unit, seq, month, body, at, by_whom, digest, previous_digest
               FROM clearing_facts
              WHERE unit = $1
              ORDER BY seq",
        )
        .bind(unit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(ClosedRow::closed).collect())
}

/// The digest that the unit's next closed month is chained behind.
pub async fn last_digest(tx: &mut Tx, unit: &UnitId) -> Result<Option<Sha256Hex>> {
    let row: Option<ClosedRow> = tx
        .query(
            "SELECT unit, seq, month, body, at, by_whom, digest, previous_digest
               FROM clearing_facts
              WHERE unit = $1
              ORDER BY seq DESC
              LIMIT 1",
        )
        .bind(unit)
        .fetch_optional()
        .await?;
    Ok(row.map(|row| row.digest))
}

row! {
    /// A month as the row that is held says it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MonthRow {
        pub unit: UnitId,
        pub month: Month,
        pub closed_at: Option<Instant>,
    }
}

/// Every month that anything was booked into or that was closed, of one unit or of all.
pub async fn months(tx: &mut Tx, unit: Option<&UnitId>) -> Result<Vec<MonthRow>> {
    tx.query(
        "SELECT unit, month, closed_at
           FROM clearing_months
          WHERE $1 = '' OR unit = $1
          ORDER BY month DESC, unit
          LIMIT $2",
    )
    .bind(unit.map(UnitId::as_str).unwrap_or_default())
    .bind(GROUPS_MAX)
    .fetch_all()
    .await
}

impl ClosedRow {
    fn closed(self) -> ClosedMonth {
        ClosedMonth {
            unit: self.unit,
            seq: self.seq,
            month: self.month,
            body: self.body,
            at: self.at,
            by: self.by_whom,
            digest: self.digest,
            previous_digest: self.previous_digest,
        }
    }
}
