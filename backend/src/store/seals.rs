//! Seals that our own authority made for units: key and chain, for the service alone.

use domain::id::UnitId;
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One seal. It has no `Debug`: the key stays out of logs.
    #[derive(Clone, PartialEq, Eq)]
    pub struct SealRow {
        pub serial: String,
        pub unit: UnitId,
        /// Key and chain as PEM.
        pub private: String,
        pub not_after: Instant,
        pub created_at: Instant,
    }
}

pub async fn insert(tx: &mut Tx, seal: &SealRow) -> Result<()> {
    tx.query("INSERT INTO seals (serial, unit, private, not_after, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&seal.serial)
        .bind(&seal.unit)
        .bind(&seal.private)
        .bind(seal.not_after)
        .bind(seal.created_at)
        .execute()
        .await
        .map(drop)
}

/// The seal of a unit that lasts longest.
pub async fn newest(tx: &mut Tx, unit: &UnitId) -> Result<Option<SealRow>> {
    tx.query(
        "SELECT serial, unit, private, not_after, created_at
           FROM seals
          WHERE unit = $1
          ORDER BY not_after DESC, serial
          LIMIT 1",
    )
    .bind(unit)
    .fetch_optional()
    .await
}
