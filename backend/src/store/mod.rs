//! The only SQL: one text for SQLite and PostgreSQL, one file per group of tables.
//!
//! It keeps and finds; it decides nothing. Every function here runs in a [`Tx`] that the deed opened and
//! the deed commits, and each is run on both databases by a test.

mod adapter;
mod codec;
mod connect;

pub mod accidents;
pub mod archive;
pub mod assessments;
pub mod certificates;
pub mod clearing;
pub mod clerks;
pub mod client_keys;
pub mod clients;
pub mod codes;
pub mod counters;
pub mod destroy;
pub mod documents;
pub mod events;
pub mod exports;
pub mod facts;
pub mod findings;
pub mod guest_links;
pub mod idempotency;
pub mod insurer_changes;
pub mod insurer_oidc;
pub mod insurer_reads;
pub mod keys;
pub mod links;
pub mod media_events;
pub mod officers;
pub mod orders;
pub mod outbox;
pub mod sandbox;
pub mod seals;
pub mod search;
pub mod secrets;
pub mod sessions;
pub mod settlements;
pub mod spent;
pub mod stampings;
pub mod throttles;
pub mod units;
pub mod uploads;
pub mod webhooks;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use adapter::{Db, Query, Sql, Tx};
pub use codec::{FromColumn, Json, Load, Row, ToColumn};
pub use connect::ConnectError;
