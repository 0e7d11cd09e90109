//! Long lists as a file: asked for, written beside answering, fetched by the insurer that asked, gone after a day.
//!
//! A list is read a page at a time and its rows are handed to a thread that writes them, so no list is ever in memory
//! whole. A record that changes meanwhile is in the file once, as it was first read. Whoever stops in the middle has lost
//! the file after [`HELD_FOR`]; somebody else then writes it from the beginning.

use std::collections::HashSet;
use std::path::PathBuf;

use domain::day;
use domain::id::InsurerCode;
use time::{Date, Duration};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::insurer_reads::{Look, Looking};
use super::{App, Intent};
use crate::identity::extract::ByInsurer;
use crate::insurer::assessment::Sheet;
use crate::insurer::order::OrderRecord;
use crate::insurer::record::Record;
use crate::insurer::sheets;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::assessments::{self, AssessmentRow};
use crate::store::exports::{self, ExportRow};
use crate::store::idempotency::{self, Claim};
use crate::store::orders::{self, OrderRow, Whose};
use crate::store::settlements::{self, SettlementRow};
use crate::tables::{self, Cell, Column, Format};

/// How often a worker looks for a file to write.
pub const EXPORTS_EVERY: Duration = Duration::seconds(1);
/// How long a file is there.
const KEPT_FOR: Duration = Duration::hours(24);
/// How long a writer is believed to be writing since it last said so.
const HELD_FOR: Duration = Duration::seconds(60);
/// Files of one insurer that may wait or be written at once.
const OPEN_MAX: u64 = 5;
/// Records read at once; after each such page it is said how far the file is.
const PAGE: u32 = 200;
/// Pages on their way to the writer.
const PAGES_AHEAD: usize = 2;
/// Expired files taken away in one go.
const EXPIRED_MAX: u32 = 200;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `settlements`, `payment_orders`, `assessments`.
    pub kind: &'static str,
    /// `csv`, `xlsx`.
    pub format: &'static str,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub state: Option<&'static str>,
}

/// Some of a list: rows that are wanted, the records they are of, and where the list goes on.
struct Part {
    rows: Vec<(Uuid, Vec<Cell>)>,
    read: u64,
    last: i64,
}

impl App {
    /// Where the file lies, or is to lie.
    pub fn export_path(&self, row: &ExportRow) -> PathBuf {
        self.exports_folder().join(format!("{}.{}", row.id, row.format))
    }

    fn exports_folder(&self) -> PathBuf {
        // Beside the folder of evidence, in the data folder.
        let data = self.config.evidence.parent().map(PathBuf::from);
        data.unwrap_or_default().join("exports")
    }

    /// Puts a file on the list of those to write; asked again with the same key, it is the same file.
    ///
    /// # Errors
    /// `too_many_exports`; a key that served another request.
    pub async fn ask_export(
        &self,
        (insurer, by): (InsurerCode, &ByInsurer),
        intent: &Intent,
        asked: &Asked,
    ) -> Result<ExportRow> {
        let now = self.wall.now();
        let mut tx = self.db.write().await?;
        let claimed = idempotency::claim(
            &mut tx,
            &intent.scope,
            &intent.key,
            &intent.digest,
            self.clock.now(),
        )
        .await?;
        match claimed {
            Claim::New => {}
            Claim::OtherBody => {
                let message = "这个 Idempotency-Key 已用于另一个请求，请换一个新的";
                return Err(Refusal::new(Kind::Invalid, "idempotency_key_reused", message).into());
            }
            Claim::Replay { answer, .. } => {
                drop(tx);
                let id = answer.and_then(|answer| serde_json::from_value(answer).ok());
                return self.export_of(insurer, id.ok_or_else(Refusal::not_found)?).await;
            }
        }
        if exports::count_open(&mut tx, insurer).await? >= OPEN_MAX {
            let message = format!("同时最多生成{OPEN_MAX}个导出文件，请等前面的完成");
            return Err(Refusal::too_many("too_many_exports", message, 10).into());
        }
        let row = ExportRow {
            id: self.new_id(),
            insurer,
            by_whom: by.to_string(),
            kind: asked.kind.to_owned(),
            format: asked.format.to_owned(),
            from_day: asked.from.map(day::text),
            to_day: asked.to.map(day::text),
            wanted: asked.state.map(str::to_owned),
            state: "queued".to_owned(),
            done: 0,
            total: 0,
            created_at: now,
            expires_at: now.plus(KEPT_FOR),
        };
        exports::insert(&mut tx, &row).await?;
        let answer = serde_json::json!(row.id);
        idempotency::finish(&mut tx, &intent.scope, &intent.key, None, Some(&answer)).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// This insurer's file.
    ///
    /// # Errors
    /// `not_found`, also once it has expired.
    pub async fn export_of(&self, insurer: InsurerCode, id: Uuid) -> Result<ExportRow> {
        let mut tx = self.db.read().await?;
        let row = exports::load(&mut tx, insurer, id, self.wall.now()).await?;
        Ok(row.ok_or_else(Refusal::not_found)?)
    }

    /// The file's place, once it is whole; that it is fetched is noted.
    ///
    /// # Errors
    /// `not_found`; `export_not_done`.
    pub async fn fetch_export(
        &self,
        who: Looking<'_>,
        insurer: InsurerCode,
        id: Uuid,
    ) -> Result<(ExportRow, PathBuf)> {
        let row = self.export_of(insurer, id).await?;
        if row.state != "done" {
            let message = "文件还没有生成完，请稍后再取";
            return Err(Refusal::conflict("export_not_done", message).into());
        }
        let kind = match row.kind.as_str() {
            "settlements" => "settlements_export",
            "payment_orders" => "payment_orders_export",
            _ => "assessments_export",
        };
        let records = u32::try_from(row.done).unwrap_or(u32::MAX);
        // Nobody can say later which records were in it: it counts as a look at all that there were.
        let upto = self.last_change(&row.kind).await?;
        let look = Look::Page {
            kind,
            after: 0,
            upto,
            records,
        };
        self.note_looks(who, [look]).await?;
        let path = self.export_path(&row);
        Ok((row, path))
    }

    async fn last_change(&self, kind: &str) -> Result<i64> {
        let mut tx = self.db.read().await?;
        Ok(crate::store::counters::last(&mut tx, kind).await?)
    }

    /// Writes one file that nobody is writing; answers whether there was one.
    ///
    /// # Errors
    /// The store's; a file that cannot be written is told as failed.
    pub async fn write_export(&self) -> Result<bool> {
        let now = self.wall.now();
        let mut tx = self.db.write().await?;
        let claimed = exports::claim(&mut tx, now, now.plus(HELD_FOR)).await?;
        tx.commit().await?;
        let Some(row) = claimed else { return Ok(false) };
        let (state, done) = match self.write_list(&row).await {
            Ok(done) => ("done", done),
            Err(error) => {
                tracing::error!(export = %row.id, error = &error as &dyn std::error::Error, "a file was not written");
                ("failed", 0)
            }
        };
        let mut tx = self.db.write().await?;
        exports::finish(&mut tx, row.id, state, done).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Reads the list and hands its rows to the thread that writes them; answers how many records it went through.
    async fn write_list(&self, row: &ExportRow) -> Result<u64> {
        tokio::fs::create_dir_all(self.exports_folder()).await?;
        let path = self.export_path(row);
        let half = path.with_extension("part");
        let format = if row.format == "csv" {
            Format::Csv
        } else {
            Format::Xlsx
        };
        let columns = columns(&row.kind);
        let (to_writer, mut pages) = mpsc::channel::<Vec<Vec<Cell>>>(PAGES_AHEAD);
        let (to, made_at) = (half.clone(), row.created_at);
        let writer = tokio::task::spawn_blocking(move || {
            let rows = std::iter::from_fn(|| pages.blocking_recv()).flatten();
            tables::write(&to, format, (columns, made_at), rows)
        });
        let read = self.read_list(row, to_writer).await;
        let written = writer.await.map_err(|error| broken(&error))?;
        // The writer's trouble is the reason when its end of the channel is gone.
        written.map_err(|error| broken(&error))?;
        let done = read?;
        tokio::fs::rename(&half, &path).await?;
        Ok(done)
    }

    async fn read_list(&self, row: &ExportRow, to_writer: mpsc::Sender<Vec<Vec<Cell>>>) -> Result<u64> {
        let total = self.count_list(row).await?;
        let (mut cursor, mut done, mut seen) = (0, 0, HashSet::new());
        loop {
            let part = self.part(row, cursor).await?;
            if part.read == 0 {
                return Ok(done);
            }
            (cursor, done) = (part.last, done + part.read);
            let rows = part.rows.into_iter();
            let fresh: Vec<_> = rows
                .filter_map(|(id, cells)| seen.insert(id).then_some(cells))
                .collect();
            if to_writer.send(fresh).await.is_err() {
                return Err(AppError::Inconsistent(
                    "the writer of a file has ended".to_owned(),
                ));
            }
            let mut tx = self.db.write().await?;
            let until = self.wall.now().plus(HELD_FOR);
            exports::advance(&mut tx, row.id, (done, total.max(done)), until).await?;
            tx.commit().await?;
        }
    }

    async fn count_list(&self, row: &ExportRow) -> Result<u64> {
        let mut tx = self.db.read().await?;
        Ok(match row.kind.as_str() {
            "settlements" => settlements::count(&mut tx, row.insurer.as_str()).await?,
            "payment_orders" => {
                orders::count(&mut tx, row.insurer, row.wanted.as_deref().unwrap_or_default()).await?
            }
            _ => assessments::count(&mut tx, row.insurer, row.wanted.as_deref()).await?,
        })
    }

    /// The next page of the list, as this insurer sees it.
    async fn part(&self, row: &ExportRow, after: i64) -> Result<Part> {
        let own = row.insurer;
        let days = Days::of(row);
        let mut tx = self.db.read().await?;
        Ok(match row.kind.as_str() {
            "settlements" => {
                let page: Vec<SettlementRow<Record>> =
                    settlements::since(&mut tx, own.as_str(), after, PAGE).await?;
                let wanted = page.iter().filter(|row| days.hold(row.settled_at.china_day()));
                let cells = |row: &SettlementRow<Record>| {
                    let place = (row.id.to_string(), row.change_no);
                    (
                        row.id,
                        sheets::settlement(&row.body.0.seen_by(own.as_str(), place)),
                    )
                };
                Part::new(wanted.map(cells).collect(), &page, after, |row| row.change_no)
            }
            "payment_orders" => {
                let state = row.wanted.as_deref().unwrap_or_default();
                let page: Vec<OrderRow<OrderRecord>> =
                    orders::since(&mut tx, (own, Whose::Own), (after, state), PAGE).await?;
                let wanted = page
                    .iter()
                    .filter(|row| days.hold(row.body.0.order.made_at.china_day()));
                let cells = |row: &OrderRow<OrderRecord>| {
                    (row.id.0, sheets::order(&row.body.0.seen_by(own, row.change_no)))
                };
                Part::new(wanted.map(cells).collect(), &page, after, |row| row.change_no)
            }
            _ => {
                let page: Vec<AssessmentRow<Sheet>> =
                    assessments::since(&mut tx, own, (after, row.wanted.as_deref()), PAGE).await?;
                let wanted = page
                    .iter()
                    .filter(|row| days.hold(row.body.0.assessment.proposed_at.china_day()));
                let cells = |row: &AssessmentRow<Sheet>| {
                    (
                        row.id.0,
                        sheets::assessment(&row.body.0.seen_by(own, row.change_no)),
                    )
                };
                Part::new(wanted.map(cells).collect(), &page, after, |row| row.change_no)
            }
        })
    }

    /// Takes files away whose time is over; those that are half written go with them.
    ///
    /// # Errors
    /// The store's and the disk's; what was not taken away comes again.
    pub async fn forget_exports(&self) -> Result<()> {
        let mut tx = self.db.read().await?;
        let expired = exports::expired(&mut tx, self.wall.now(), EXPIRED_MAX).await?;
        drop(tx);
        for id in expired {
            for ending in ["csv", "xlsx", "part"] {
                let path = self.exports_folder().join(format!("{id}.{ending}"));
                match tokio::fs::remove_file(path).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    Ok(()) | Err(_) => {}
                }
            }
            let mut tx = self.db.write().await?;
            exports::delete(&mut tx, id).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl Part {
    fn new<R>(rows: Vec<(Uuid, Vec<Cell>)>, page: &[R], after: i64, change: impl Fn(&R) -> i64) -> Self {
        Self {
            rows,
            read: u64::try_from(page.len()).unwrap_or(u64::MAX),
            last: page.last().map_or(after, change),
        }
    }
}

/// First and last day, both of them in.
struct Days(Option<Date>, Option<Date>);

impl Days {
    fn of(row: &ExportRow) -> Self {
        let read = |text: &Option<String>| text.as_deref().and_then(day::parse);
        Self(read(&row.from_day), read(&row.to_day))
    }

    fn hold(&self, day: Date) -> bool {
        self.0.is_none_or(|from| day >= from) && self.1.is_none_or(|to| day <= to)
    }
}

fn columns(kind: &str) -> &'static [Column] {
    match kind {
        "settlements" => sheets::SETTLEMENTS,
        "payment_orders" => sheets::ORDERS,
        _ => sheets::ASSESSMENTS,
    }
}

fn broken(error: &dyn std::error::Error) -> AppError {
    AppError::Inconsistent(format!("a file cannot be written: {error}"))
}
