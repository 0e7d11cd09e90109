//! The assessments that insurers pull, in the order in which they changed; and when the next window ends.

use domain::id::{AccidentId, AssessmentId, InsurerCode};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Result;

use super::codec::{Value, row};
use super::{Json, Tx, counters};

row! {
    /// One assessment as it now stands.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AssessmentRow<T> {
        pub id: AssessmentId,
        /// Grows with every change of any assessment; an insurer's cursor.
        pub change_no: i64,
        pub accident_id: AccidentId,
        pub state: String,
        pub body: Json<T>,
    }
}

row! {
    struct DueRow {
        accident_id: AccidentId,
    }
}

/// What is put; the place in the order of changes is drawn here.
#[derive(Clone, Debug)]
pub struct NewAssessment<'a, T> {
    pub id: AssessmentId,
    pub accident_id: AccidentId,
    pub state: &'a str,
    /// The end of its window, while somebody must answer.
    pub due_at: Option<Instant>,
    pub body: &'a T,
    /// Who may pull it.
    pub insurers: &'a [InsurerCode],
}

/// Puts an assessment, in the place of how it stood before; answers its change number.
///
/// Late in the transaction, as the number is a [`counters`] one: after the settlements' and before the events'.
/// The counter stays locked until the commit, so whoever has read up to `n` never finds a smaller number later.
pub async fn put<T: Serialize>(tx: &mut Tx, new: &NewAssessment<'_, T>) -> Result<i64> {
    let change_no = counters::next(tx, "assessments").await?;
    tx.query(
        "INSERT INTO assessments (id, change_no, accident_id, state, due_at, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE
            SET change_no = excluded.change_no, state = excluded.state, due_at = excluded.due_at,
                body = excluded.body",
    )
    .bind(new.id)
    .bind(change_no)
    .bind(new.accident_id)
    .bind(new.state)
    .bind(new.due_at)
    .bind(Json(new.body))
    .execute()
    .await?;
    tx.query("DELETE FROM assessment_insurers WHERE assessment_id = $1")
        .bind(new.id)
        .execute()
        .await?;
    for insurer in new.insurers {
        tx.query(
            "INSERT INTO assessment_insurers (assessment_id, insurer) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(new.id)
        .bind(*insurer)
        .execute()
        .await?;
    }
    Ok(change_no)
}

/// Everything put of one accident, by id.
pub async fn of_accident<T: DeserializeOwned>(tx: &mut Tx, id: AccidentId) -> Result<Vec<AssessmentRow<T>>> {
    tx.query(
        "SELECT id, change_no, accident_id, state, body FROM assessments
          WHERE accident_id = $1
          ORDER BY id",
    )
    .bind(id)
    .fetch_all()
    .await
}

/// What changed for this insurer after `change_no`, in order, at most `limit`; of one state when it is named.
///
/// `CROSS JOIN` as in [`super::settlements::since`].
pub async fn since<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: InsurerCode,
    (change_no, state): (i64, Option<&str>),
    limit: u32,
) -> Result<Vec<AssessmentRow<T>>> {
    let query = match state {
        None => tx
            .query(
                "SELECT a.id, a.change_no, a.accident_id, a.state, a.body
                   FROM assessments a CROSS JOIN assessment_insurers i
                  WHERE a.change_no > $2 AND i.assessment_id = a.id AND i.insurer = $1
                  ORDER BY a.change_no
                  LIMIT $3",
            )
            .bind(insurer)
            .bind(change_no),
        Some(state) => tx
            .query(
                "SELECT a.id, a.change_no, a.accident_id, a.state, a.body
                   FROM assessments a CROSS JOIN assessment_insurers i
                  WHERE a.change_no > $2 AND i.assessment_id = a.id AND i.insurer = $1 AND a.state = $3
                  ORDER BY a.change_no
                  LIMIT $4",
            )
            .bind(insurer)
            .bind(change_no)
            .bind(state),
    };
    query.bind(limit).fetch_all().await
}

/// One assessment, if this insurer is involved.
pub async fn load<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: InsurerCode,
    id: AssessmentId,
) -> Result<Option<AssessmentRow<T>>> {
    tx.query(
        "SELECT a.id, a.change_no, a.accident_id, a.state, a.body
           FROM assessments a JOIN assessment_insurers i ON i.assessment_id = a.id
          WHERE i.insurer = $1 AND a.id = $2",
    )
    .bind(insurer)
    .bind(id)
    .fetch_optional()
    .await
}

/// Accidents with a window that has ended by `now`, the longest ago first, at most `limit`; one may come twice.
pub async fn due(tx: &mut Tx, now: Instant, limit: u32) -> Result<Vec<AccidentId>> {
    let rows: Vec<DueRow> = tx
        .query(
            "SELECT accident_id FROM assessments
              WHERE due_at <= $1
              ORDER BY due_at, id
              LIMIT $2",
        )
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|row| row.accident_id).collect())
}

/// How many this insurer may pull; in one state when it is named.
pub async fn count(tx: &mut Tx, insurer: InsurerCode, state: Option<&str>) -> Result<u64> {
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value
               FROM assessments a JOIN assessment_insurers i ON i.assessment_id = a.id
              WHERE i.insurer = $1 AND ($2 = '' OR a.state = $2)",
        )
        .bind(insurer)
        .bind(state.unwrap_or_default())
        .fetch_one()
        .await?;
    Ok(count.value.unsigned_abs())
}
