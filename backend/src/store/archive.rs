//! The archive's lists, which case names which file, and what is to be taken off the disk. Taking the rows of a
//! destroyed case away is in [`super::destroy`].

use domain::id::{AccidentId, Sha256Hex, UnitId};
use domain::time::Instant;
use serde::de::DeserializeOwned;
use sqlx::Result;

use super::Tx;
use super::accidents::AccidentRow;
use super::codec::row;

/// What the lists ask about one accident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub review_since: Option<Instant>,
    pub held_since: Option<Instant>,
    pub proposed_at: Option<Instant>,
    pub destroyed_at: Option<Instant>,
    /// Recordings that may go before the file does.
    pub recordings: u64,
}

/// A list of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Under review, the oldest application first.
    Reviews,
    Holds,
    /// Waiting for a second officer.
    Proposals,
    Destroyed,
}

/// Something on the disk that nothing refers to any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doomed {
    Blob(Sha256Hex),
    /// The folder that the media service recorded this accident's sessions to.
    Recordings(AccidentId),
}

row! {
    #[derive(Clone, Debug)]
    struct DoomedRow {
        what: String,
        name: String,
    }
}

row! {
    #[derive(Clone, Debug)]
    struct DigestRow {
        sha256: Sha256Hex,
    }
}

/// Puts how the accident stands to the lists.
pub async fn put(tx: &mut Tx, (id, unit): (AccidentId, &UnitId), standing: &Standing) -> Result<()> {
    tx.query(
        "INSERT INTO case_archive (accident_id, unit, review_since, held_since, proposed_at, destroyed_at,
                                   recordings)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (accident_id) DO UPDATE
            SET review_since = excluded.review_since, held_since = excluded.held_since,
                proposed_at = excluded.proposed_at, destroyed_at = excluded.destroyed_at,
                recordings = excluded.recordings",
    )
    .bind(id)
    .bind(unit)
    .bind(standing.review_since)
    .bind(standing.held_since)
    .bind(standing.proposed_at)
    .bind(standing.destroyed_at)
    .bind(standing.recordings)
    .execute()
    .await
    .map(drop)
}

/// One of the unit's lists, what waits longest first, at most `limit`.
pub async fn list<T: DeserializeOwned>(
    tx: &mut Tx,
    unit: &UnitId,
    list: List,
    limit: u32,
) -> Result<Vec<AccidentRow<T>>> {
    let query = match list {
        List::Reviews => tx.query(
            "SELECT a.id, a.unit, a.version, a.stage, a.officer, a.waiting_since, a.reported_at, a.updated_at,
                    a.closed_at, a.state
               FROM case_archive c
               JOIN accidents a ON a.id = c.accident_id
              WHERE c.unit = $1 AND c.review_since IS NOT NULL
              ORDER BY c.review_since, c.accident_id
              LIMIT $2",
        ),
        List::Holds => tx.query(
            "SELECT a.id, a.unit, a.version, a.stage, a.officer, a.waiting_since, a.reported_at, a.updated_at,
                    a.closed_at, a.state
               FROM case_archive c
               JOIN accidents a ON a.id = c.accident_id
              WHERE c.unit = $1 AND c.held_since IS NOT NULL
              ORDER BY c.held_since, c.accident_id
              LIMIT $2",
        ),
        List::Proposals => tx.query(
            "SELECT a.id, a.unit, a.version, a.stage, a.officer, a.waiting_since, a.reported_at, a.updated_at,
                    a.closed_at, a.state
               FROM case_archive c
               JOIN accidents a ON a.id = c.accident_id
              WHERE c.unit = $1 AND c.proposed_at IS NOT NULL
              ORDER BY c.proposed_at, c.accident_id
              LIMIT $2",
        ),
        List::Destroyed => tx.query(
            "SELECT a.id, a.unit, a.version, a.stage, a.officer, a.waiting_since, a.reported_at, a.updated_at,
                    a.closed_at, a.state
               FROM case_archive c
               JOIN accidents a ON a.id = c.accident_id
              WHERE c.unit = $1 AND c.destroyed_at IS NOT NULL
              ORDER BY c.destroyed_at DESC, c.accident_id
              LIMIT $2",
        ),
    };
    query.bind(unit).bind(limit).fetch_all().await
}

/// Cases of the unit that ended before `file`, or before `video` with recordings of their own; neither held nor
/// proposed; the oldest first, at most `limit`. Whether their term is over is the domain's to say.
pub async fn ended<T: DeserializeOwned>(
    tx: &mut Tx,
    unit: &UnitId,
    (file, video): (Instant, Instant),
    limit: u32,
) -> Result<Vec<AccidentRow<T>>> {
    tx.query(
        "SELECT a.id, a.unit, a.version, a.stage, a.officer, a.waiting_since, a.reported_at, a.updated_at,
                a.closed_at, a.state
           FROM accidents a
           LEFT JOIN case_archive c ON c.accident_id = a.id
          WHERE a.unit = $1 AND a.closed_at IS NOT NULL
            AND (a.closed_at < $2 OR (a.closed_at < $3 AND c.recordings > 0))
            AND c.held_since IS NULL AND c.proposed_at IS NULL
          ORDER BY a.closed_at, a.id
          LIMIT $4",
    )
    .bind(unit)
    .bind(file)
    .bind(video)
    .bind(limit)
    .fetch_all()
    .await
}

/// The accident names this file; it is not taken away any more.
pub async fn use_file(tx: &mut Tx, accident: AccidentId, sha256: &Sha256Hex) -> Result<()> {
    tx.query("INSERT INTO case_files (sha256, accident_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(sha256)
        .bind(accident)
        .execute()
        .await?;
    reprieve(tx, sha256).await
}

/// The accident does not need this file any more; answers whether nobody else names it.
pub async fn drop_file(tx: &mut Tx, accident: AccidentId, sha256: &Sha256Hex) -> Result<bool> {
    tx.query("DELETE FROM case_files WHERE sha256 = $1 AND accident_id = $2")
        .bind(sha256)
        .bind(accident)
        .execute()
        .await?;
    Ok(!is_used(tx, sha256).await?)
}

/// Whether any accident names this file.
pub async fn is_used(tx: &mut Tx, sha256: &Sha256Hex) -> Result<bool> {
    let found: Option<DigestRow> = tx
        .query("SELECT sha256 FROM case_files WHERE sha256 = $1 LIMIT 1")
        .bind(sha256)
        .fetch_optional()
        .await?;
    Ok(found.is_some_and(|row| row.sha256 == *sha256))
}

/// A file that is wanted again stays. Whoever takes it away meanwhile is waited for.
pub async fn reprieve(tx: &mut Tx, sha256: &Sha256Hex) -> Result<()> {
    tx.query("DELETE FROM doomed WHERE what = 'blob' AND name = $1")
        .bind(sha256.as_str())
        .execute()
        .await
        .map(drop)
}

/// To be taken off the disk.
pub async fn doom(tx: &mut Tx, doomed: &Doomed, now: Instant) -> Result<()> {
    let (what, name) = words(doomed);
    tx.query("INSERT INTO doomed (what, name, doomed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(what)
        .bind(&name)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

/// What was doomed before `before`, at most `limit`.
pub async fn doomed(tx: &mut Tx, before: Instant, limit: u32) -> Result<Vec<Doomed>> {
    let rows: Vec<DoomedRow> = tx
        .query("SELECT what, name FROM doomed WHERE doomed_at < $1 ORDER BY doomed_at, what, name LIMIT $2")
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Takes it off the list; `false` when somebody else did, or it was reprieved.
pub async fn done(tx: &mut Tx, doomed: &Doomed) -> Result<bool> {
    let (what, name) = words(doomed);
    let rows = tx
        .query("DELETE FROM doomed WHERE what = $1 AND name = $2")
        .bind(what)
        .bind(&name)
        .execute()
        .await?;
    Ok(rows == 1)
}

fn words(doomed: &Doomed) -> (&'static str, String) {
    match doomed {
        Doomed::Blob(sha256) => ("blob", sha256.to_string()),
        Doomed::Recordings(accident) => ("recordings", accident.to_string()),
    }
}

fn read(row: DoomedRow) -> Option<Doomed> {
    match row.what.as_str() {
        "blob" => row.name.parse().ok().map(Doomed::Blob),
        "recordings" => row.name.parse().ok().map(Doomed::Recordings),
        _ => None,
    }
}
