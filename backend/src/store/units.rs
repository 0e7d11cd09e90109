//! The units of the desk: their names as the finding prints them.

use domain::id::UnitId;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One unit, such as the traffic police brigade of Zhuji.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UnitRow {
        pub code: UnitId,
        pub name: String,
        /// The two lines at the head of a finding.
        pub lines: Json<Vec<String>>,
        /// How a finding's number is built.
        pub number_template: String,
    }
}

/// Makes a unit unless there is one of that code; answers whether it was made.
pub async fn insert_if_new(tx: &mut Tx, unit: &UnitRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO units (code, name, lines, number_template)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(&unit.code)
        .bind(&unit.name)
        .bind(Json(&unit.lines.0))
        .bind(&unit.number_template)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, code: &UnitId) -> Result<Option<UnitRow>> {
    tx.query("SELECT code, name, lines, number_template FROM units WHERE code = $1")
        .bind(code)
        .fetch_optional()
        .await
}

/// All units by code, at most `limit`.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<UnitRow>> {
    tx.query("SELECT code, name, lines, number_template FROM units ORDER BY code LIMIT $1")
        .bind(limit)
        .fetch_all()
        .await
}
