//! One SQL text, two typed drivers; everything here is dispatch.
//!
//! Values keep their own type on either side (an id is `UUID` here and `TEXT` there), see [`super::codec`].
//! A transaction in which anything failed can only be dropped: PostgreSQL insists on that, and SQLite may
//! have rolled back on its own.

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments, Error, Postgres, Result, Sqlite, Transaction};

use super::codec::{Load, Row, ToColumn};

/// A database of either kind; cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, as SQLite itself insists, and readers beside it (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// A transaction that sees one moment of the database and cannot write.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx::new(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Conn::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        }))
    }

    /// A transaction that may write; without [`Tx::commit`] nothing of it stays.
    ///
    /// On SQLite it takes the write lock at once: a read that turns into a write later fails with
    /// `SQLITE_BUSY_SNAPSHOT`, and no busy timeout helps.
    pub async fn write(&self) -> Result<Tx> {
        Ok(Tx::new(match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        }))
    }

    /// Whether it answers: for readiness.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        tx.query("SELECT 1").execute().await.map(drop)
    }

    /// What was deleted leaves SQLite's log too; on PostgreSQL its own vacuum does that. While somebody reads, some of
    /// the log stays until the next time.
    pub async fn wipe_log(&self) -> Result<()> {
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(writer)
                .await?;
        }
        Ok(())
    }

    /// Waits until every connection has come back, then closes them.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction; dropping it undoes it.
pub struct Tx {
    conn: Conn,
    failed: bool,
}

/// One text for both, or one each where the dialects truly part.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self {
            sqlite: both,
            postgres: both,
        }
    }
}

impl Tx {
    fn new(conn: Conn) -> Self {
        Self { conn, failed: false }
    }

    pub fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        let sql = sql.into();
        let (sql, args) = match self.conn {
            Conn::Sqlite(_) => (sql.sqlite, Args::Sqlite(SqliteArguments::default())),
            Conn::Postgres(_) => (sql.postgres, Args::Postgres(PgArguments::default())),
        };
        Query {
            tx: self,
            sql,
            args,
            bad_value: None,
        }
    }

    /// # Errors
    /// Also when an earlier query of this transaction failed: then nothing of it is kept.
    pub async fn commit(self) -> Result<()> {
        if self.failed {
            return Err(already_failed());
        }
        match self.conn {
            Conn::Sqlite(tx) => tx.commit().await,
            Conn::Postgres(tx) => tx.commit().await,
        }
    }
}

fn already_failed() -> Error {
    Error::Protocol("an earlier query of this transaction failed".to_owned())
}

enum Args {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'t> {
    tx: &'t mut Tx,
    sql: &'static str,
    args: Args,
    bad_value: Option<sqlx::error::BoxDynError>,
}

/// Runs `$method` of an sqlx query on whichever driver this is, and notes a failure on the transaction.
macro_rules! run {
    ($query:ident, $method:ident, |$done:ident| $answer:expr) => {{
        let Query { tx, sql, args, .. } = $query.checked()?;
        let outcome = match (&mut tx.conn, args) {
            (Conn::Sqlite(on), Args::Sqlite(args)) => sqlx::query_with(sql, args)
                .$method(&mut **on)
                .await
                .and_then(|$done| $answer),
            (Conn::Postgres(on), Args::Postgres(args)) => sqlx::query_with(sql, args)
                .$method(&mut **on)
                .await
                .and_then(|$done| $answer),
            _ => Err(Error::Protocol("arguments of the other driver".to_owned())),
        };
        tx.failed = outcome.is_err();
        outcome
    }};
}

impl Query<'_> {
    pub fn bind<T: ToColumn>(mut self, value: T) -> Self {
        let added = value.to_native().and_then(|native| match &mut self.args {
            Args::Sqlite(args) => args.add(native),
            Args::Postgres(args) => args.add(native),
        });
        self.bad_value = self.bad_value.or(added.err());
        self
    }

    /// Answers how many rows it touched.
    pub async fn execute(self) -> Result<u64> {
        run!(self, execute, |done| Ok(done.rows_affected()))
    }

    pub async fn fetch_all<T: Load>(self) -> Result<Vec<T>> {
        run!(self, fetch_all, |rows| rows
            .iter()
            .map(|row| T::load(&row.into()))
            .collect())
    }

    pub async fn fetch_optional<T: Load>(self) -> Result<Option<T>> {
        run!(self, fetch_optional, |row| row
            .as_ref()
            .map(|row| T::load(&row.into()))
            .transpose())
    }

    /// # Errors
    /// [`Error::RowNotFound`] when there is none; the transaction may go on after that one.
    pub async fn fetch_one<T: Load>(self) -> Result<T> {
        self.fetch_optional().await?.ok_or(Error::RowNotFound)
    }

    /// SQLite reads a value that was not bound as NULL and says nothing; here it is an error on both.
    fn checked(self) -> Result<Self> {
        if self.tx.failed {
            return Err(already_failed());
        }
        let bound = match &self.args {
            Args::Sqlite(args) => args.len(),
            Args::Postgres(args) => args.len(),
        };
        let wanted = placeholders(self.sql);
        let problem = match self.bad_value {
            Some(error) => Error::Encode(error),
            None if wanted != bound => {
                Error::Protocol(format!("{bound} values bound, {wanted} wanted: {}", self.sql))
            }
            None => {
                return Ok(Self {
                    bad_value: None,
                    ..self
                });
            }
        };
        self.tx.failed = true;
        Err(problem)
    }
}

impl<'r> From<&'r SqliteRow> for Row<'r> {
    fn from(row: &'r SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl<'r> From<&'r PgRow> for Row<'r> {
    fn from(row: &'r PgRow) -> Self {
        Self::Postgres(row)
    }
}

/// The highest `$n` in `sql`.
fn placeholders(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).filter_map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok()
    });
    numbers.max().unwrap_or(0)
}
