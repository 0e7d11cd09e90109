//! The payment orders that insurers pull, in the order in which they changed.

use domain::id::{AccidentId, InsurerCode, OrderId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Result;

use super::codec::{Value, row};
use super::{Json, Tx, counters};

row! {
    /// One order as it now stands.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OrderRow<T> {
        pub id: OrderId,
        /// Grows with every change of any order; an insurer's cursor.
        pub change_no: i64,
        pub accident_id: AccidentId,
        pub insurer: InsurerCode,
        pub body: Json<T>,
    }
}

/// What is put; the place in the order of changes is drawn here.
#[derive(Clone, Debug)]
pub struct NewOrder<'a, T> {
    pub id: OrderId,
    pub accident_id: AccidentId,
    pub insurer: InsurerCode,
    /// `due`, `paid` … as insurers filter by it.
    pub state: &'a str,
    pub body: &'a T,
}

/// Which orders an insurer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Own,
    /// Other insurers', in accidents with a policy of the asking one.
    Others,
}

/// Puts the order, in the place of its earlier state; answers its change number.
///
/// Late in the transaction, as the change number is a [`counters`] one. Everybody who draws several
/// counters does so in this order, or two of them would wait for each other: finding, settlements,
/// assessments, payment orders, webhook messages, events.
pub async fn put<T: Serialize>(tx: &mut Tx, new: &NewOrder<'_, T>) -> Result<i64> {
    let change_no = counters::next(tx, "payment_orders").await?;
    tx.query(
        "INSERT INTO payment_orders (id, change_no, accident_id, insurer, state, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE
            SET change_no = excluded.change_no, state = excluded.state, body = excluded.body",
    )
    .bind(new.id)
    .bind(change_no)
    .bind(new.accident_id)
    .bind(new.insurer)
    .bind(new.state)
    .bind(Json(new.body))
    .execute()
    .await?;
    Ok(change_no)
}

/// What changed after `change_no` in this insurer's orders, in order, at most `limit`; `state` empty: any.
pub async fn since<T: DeserializeOwned>(
    tx: &mut Tx,
    (insurer, whose): (InsurerCode, Whose),
    (change_no, state): (i64, &str),
    limit: u32,
) -> Result<Vec<OrderRow<T>>> {
    let query = match whose {
        Whose::Own => tx.query(
            "SELECT id, change_no, accident_id, insurer, body
               FROM payment_orders
              WHERE insurer = $1 AND change_no > $2 AND ($3 = '' OR state = $3) AND state <> 'destroyed'
              ORDER BY change_no
              LIMIT $4",
        ),
        Whose::Others => tx.query(
            "SELECT o.id, o.change_no, o.accident_id, o.insurer, o.body
               FROM payment_orders o
               JOIN settlement_records r ON r.accident_id = o.accident_id
               JOIN settlement_insurers i ON i.record_id = r.id AND i.insurer = $1
              WHERE o.insurer <> $1 AND o.change_no > $2 AND ($3 = '' OR o.state = $3)
                AND o.state <> 'destroyed'
              ORDER BY o.change_no
              LIMIT $4",
        ),
    };
    query
        .bind(insurer)
        .bind(change_no)
        .bind(state)
        .bind(limit)
        .fetch_all()
        .await
}

/// Every order of one accident, as insurers find it.
pub async fn of_accident<T: DeserializeOwned>(tx: &mut Tx, accident: AccidentId) -> Result<Vec<OrderRow<T>>> {
    tx.query(
        "SELECT id, change_no, accident_id, insurer, body
           FROM payment_orders
          WHERE accident_id = $1 AND state <> 'destroyed'
          ORDER BY change_no",
    )
    .bind(accident)
    .fetch_all()
    .await
}

/// One order, if it is this insurer's or one of an accident with a policy of theirs.
pub async fn load<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: InsurerCode,
    id: OrderId,
) -> Result<Option<OrderRow<T>>> {
    tx.query(
        "SELECT o.id, o.change_no, o.accident_id, o.insurer, o.body
           FROM payment_orders o
          WHERE o.id = $2 AND o.state <> 'destroyed'
            AND (o.insurer = $1
                 OR EXISTS (SELECT 1
                              FROM settlement_records r
                              JOIN settlement_insurers i ON i.record_id = r.id
                             WHERE r.accident_id = o.accident_id AND i.insurer = $1))",
    )
    .bind(insurer)
    .bind(id)
    .fetch_optional()
    .await
}

/// How many orders of its own this insurer has; `state` empty: in any.
pub async fn count(tx: &mut Tx, insurer: InsurerCode, state: &str) -> Result<u64> {
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM payment_orders
              WHERE insurer = $1 AND ($2 = '' OR state = $2) AND state <> 'destroyed'",
        )
        .bind(insurer)
        .bind(state)
        .fetch_one()
        .await?;
    Ok(count.value.unsigned_abs())
}
