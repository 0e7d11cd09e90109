//! From a URL to a database that is up, safe against a power cut, and of today's shape.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::Db;

/// Readers beside SQLite's one writer: more only wait for the same two or four cores.
const SQLITE_READERS_MAX: u32 = 8;
/// Connections to PostgreSQL: six processes of ours fit its default limit of 100.
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// Waiting longer for a connection only hides that we are overloaded.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Another process, such as a backup, may hold SQLite's lock for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/postgres");

/// Why there is no database; each text reads as one clear line.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("a database is sqlite:///path/to/file or postgres://user@host/name")]
    Scheme,
    #[error("cannot open the database file {}: {source}", path.display())]
    Sqlite { path: PathBuf, source: sqlx::Error },
    #[error("cannot reach PostgreSQL at {host}: {source}")]
    Postgres { host: String, source: sqlx::Error },
    #[error("the address of PostgreSQL cannot be read: {0}")]
    Address(sqlx::Error),
    #[error("cannot bring the database to today's shape: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Db {
    /// Opens `sqlite:///path/to/file` (made when absent; its folder is not) or `postgres://…`.
    ///
    /// # Errors
    /// [`ConnectError`], fit to be shown to whoever started us.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            return sqlite(Path::new(path)).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return postgres(url).await;
        }
        Err(ConnectError::Scheme)
    }

    /// Brings the tables to the shape this program knows; does nothing when they have it.
    ///
    /// # Errors
    /// [`ConnectError::Migrate`], also when the database was made by a newer program.
    pub async fn migrate(&self) -> Result<(), ConnectError> {
        match self {
            Self::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(writer).await?,
            Self::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }
}

async fn sqlite(path: &Path) -> Result<Db, ConnectError> {
    let failed = |source| ConnectError::Sqlite {
        path: path.to_owned(),
        source,
    };
    // Anything below FULL loses acknowledged commits at a power cut.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten: a destroyed case is not read off the file's free pages.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT);
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_release(|connection, _| {
                // After a full disk SQLite has rolled back while sqlx still counts a transaction; such a
                // connection fails for ever and is given up.
                Box::pin(
                    async move { Ok(connection.ping().await.is_ok() && !connection.is_in_transaction()) },
                )
            })
    };
    // The writer comes first: it makes the file and sets its journal, which a reader may not.
    let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
    let readers = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    let readers = pool(SQLITE_READERS_MAX)
        .connect_with(readers)
        .await
        .map_err(failed)?;
    Ok(Db::Sqlite { writer, readers })
}

async fn postgres(url: &str) -> Result<Db, ConnectError> {
    let options = PgConnectOptions::from_str(url).map_err(ConnectError::Address)?;
    // The URL may carry a password; the host does not.
    let host = options.get_host().to_owned();
    let failed = |source| ConnectError::Postgres {
        host: host.clone(),
        source,
    };
    // A pool tries again until its patience ends; whoever starts us wants to know at once.
    let first = PgConnection::connect_with(&options).await.map_err(failed)?;
    first.close().await.map_err(failed)?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(failed)?;
    Ok(Db::Postgres(pool))
}
