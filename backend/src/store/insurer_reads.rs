//! Who of which insurer looked at what. A list is one row per page, with the changes it went from and to.

use domain::id::AccidentId;
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::codec::row;

row! {
    /// One look.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReadRow {
        pub id: Uuid,
        pub insurer: String,
        /// `client:…` or `clerk:…`.
        pub by_whom: String,
        /// `settlement`, `settlements` …
        pub kind: String,
        /// Its id; of a page of a list, empty.
        pub subject: String,
        /// None for a list.
        pub accident_id: Option<AccidentId>,
        /// Of a list: the change after which it began,
        pub from_change: Option<i64>,
        /// and the last one that was in it.
        pub to_change: Option<i64>,
        pub records: u32,
        pub at: Instant,
    }
}

/// Notes a look; nothing leaves the house before.
pub async fn note(tx: &mut Tx, read: &ReadRow) -> Result<()> {
    tx.query(
        "INSERT INTO insurer_reads
             (id, insurer, by_whom, kind, subject, accident_id, from_change, to_change, records, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(read.id)
    .bind(&read.insurer)
    .bind(&read.by_whom)
    .bind(&read.kind)
    .bind(&read.subject)
    .bind(read.accident_id)
    .bind(read.from_change)
    .bind(read.to_change)
    .bind(read.records)
    .bind(read.at)
    .execute()
    .await
    .map(drop)
}

/// Looks at this accident, newest first, older than `before`, at most `limit`: those that name it, and the pages of
/// lists that its record, an assessment or an order of it was in as it now stands.
pub async fn of_accident(
    tx: &mut Tx,
    accident: AccidentId,
    before: (Instant, Uuid),
    limit: u32,
) -> Result<Vec<ReadRow>> {
    tx.query(
        "SELECT id, insurer, by_whom, kind, subject, accident_id, from_change, to_change, records, at
           FROM (SELECT l.* FROM insurer_reads l WHERE l.accident_id = $1
                 UNION
                 SELECT l.*
                   FROM settlement_records r
                   JOIN settlement_insurers i ON i.record_id = r.id
                   JOIN insurer_reads l ON l.insurer = i.insurer AND l.kind IN ('settlements', 'settlements_export')
                    AND l.from_change < r.change_no AND l.to_change >= r.change_no
                  WHERE r.accident_id = $1
                 UNION
                 SELECT l.*
                   FROM assessments a
                   JOIN assessment_insurers i ON i.assessment_id = a.id
                   JOIN insurer_reads l ON l.insurer = i.insurer AND l.kind IN ('assessments', 'assessments_export')
                    AND l.from_change < a.change_no AND l.to_change >= a.change_no
                  WHERE a.accident_id = $1
                 UNION
                 SELECT l.*
                   FROM payment_orders o
                   JOIN insurer_reads l ON l.insurer = o.insurer
                    AND l.kind IN ('payment_orders', 'payment_orders_export')
                    AND l.from_change < o.change_no AND l.to_change >= o.change_no
                  WHERE o.accident_id = $1
                 UNION
                 SELECT l.*
                   FROM payment_orders o
                   JOIN settlement_records r ON r.accident_id = o.accident_id
                   JOIN settlement_insurers i ON i.record_id = r.id AND i.insurer <> o.insurer
                   JOIN insurer_reads l ON l.insurer = i.insurer AND l.kind = 'others_payment_orders'
                    AND l.from_change < o.change_no AND l.to_change >= o.change_no
                  WHERE o.accident_id = $1) looks
          WHERE (at, id) < ($2, $3)
          ORDER BY at DESC, id DESC
          LIMIT $4",
    )
    .bind(accident)
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fetch_all()
    .await
}
