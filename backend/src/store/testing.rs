//! A fresh database for a test, of either kind.
//!
//! SQLite is a file in a folder of its own. PostgreSQL is a database of its own on the server that the
//! variable `KUAICHU_TEST_POSTGRES` names by an administrator's URL. Without the variable only SQLite is
//! tried, unless `CI` or `KUAICHU_REQUIRE_POSTGRES` is set: then the test fails and says so.

use std::env;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

use super::Db;

/// An administrator's URL, such as `postgres://postgres@localhost:54321/postgres`.
pub const POSTGRES_VARIABLE: &str = "KUAICHU_TEST_POSTGRES";

/// A migrated database that nobody else uses.
pub struct TestDb {
    pub db: Db,
    /// What `Db::connect` was told, for whoever starts a program on it.
    pub url: String,
    origin: Origin,
}

enum Origin {
    Folder(TempDir),
    Server { admin: String, name: String },
}

/// A SQLite file in a new folder.
pub async fn sqlite() -> TestDb {
    let folder = TempDir::new().unwrap_or_else(|error| panic!("no folder for a test: {error}"));
    let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    open(url, Origin::Folder(folder)).await
}

/// A new PostgreSQL database; `None` when there is no server and none is demanded.
pub async fn postgres() -> Option<TestDb> {
    let Ok(admin) = env::var(POSTGRES_VARIABLE) else {
        let demanded = env::var_os("CI").is_some() || env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
        assert!(
            !demanded,
            "{POSTGRES_VARIABLE} must name a PostgreSQL server: run `cargo xtask test`"
        );
        return None;
    };
    let name = format!("kuaichu_test_{:032x}", rand::random::<u128>());
    administer(&admin, format!("CREATE DATABASE {name}")).await;
    let (server, _) = admin.rsplit_once('/').unwrap_or((&admin, ""));
    let url = format!("{server}/{name}");
    Some(open(url, Origin::Server { admin, name }).await)
}

impl TestDb {
    /// Takes the database away. A test that fails leaves a PostgreSQL one behind to be looked at.
    pub async fn drop(self) {
        self.db.close().await;
        match self.origin {
            Origin::Folder(folder) => drop(folder),
            Origin::Server { admin, name } => {
                administer(&admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

async fn open(url: String, origin: Origin) -> TestDb {
    let db = Db::connect(&url).await.unwrap_or_else(|error| panic!("{error}"));
    db.migrate().await.unwrap_or_else(|error| panic!("{error}"));
    TestDb { db, url, origin }
}

async fn administer(admin: &str, sql: String) {
    let run = async {
        let options: PgConnectOptions = admin.parse()?;
        let mut connection = PgConnection::connect_with(&options).await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        connection.close().await
    };
    let outcome: sqlx::Result<()> = run.await;
    outcome.unwrap_or_else(|error| panic!("{POSTGRES_VARIABLE} names a server that failed: {error}"));
}

/// Runs one test body on both databases: `on_both! { async fn name(db: Db) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$attr:meta])* async fn $name:ident($db:ident: Db) $body:block)+) => {$(
        $(#[$attr])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: $crate::store::Db) $body

            #[tokio::test]
            async fn on_sqlite() {
                let test = $crate::store::testing::sqlite().await;
                body(test.db.clone()).await;
                test.drop().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let Some(test) = $crate::store::testing::postgres().await else { return };
                body(test.db.clone()).await;
                test.drop().await;
            }
        }
    )+};
}
