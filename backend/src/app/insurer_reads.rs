//! What insurers look at: found, noted, and only then shown. Whoever runs the desk can see who looked at a case.

use domain::accident::Accident;
use domain::evidence::Evidence;
use domain::id::{AccidentId, EvidenceId, InsurerCode};
use domain::time::Instant;
use uuid::Uuid;

use super::{App, ByOfficer, Scope};
use crate::identity::extract::ByInsurer;
use crate::insurer::evidence;
use crate::insurer::record::Record;
use crate::refusal::{Refusal, Result};
use crate::store::insurer_reads::{self, ReadRow};
use crate::store::settlements::{self, SettlementRow};

/// Who of which insurer looks.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    pub insurer: &'a str,
    pub by: &'a ByInsurer,
}

/// What somebody is about to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// One thing of one case: its kind and id.
    One {
        kind: &'static str,
        subject: String,
        accident: AccidentId,
    },
    /// Some of a list: after which change it begins, with which it ends, and how many.
    Page {
        kind: &'static str,
        after: i64,
        upto: i64,
        records: u32,
    },
}

impl Look {
    /// The page of a list with these changes in it; none of an empty one.
    pub fn page(kind: &'static str, after: i64, changes: impl Iterator<Item = i64>) -> Option<Self> {
        let (records, upto) = changes.fold((0_u32, after), |(count, last), change| {
            (count + 1, last.max(change))
        });
        (records > 0).then_some(Self::Page {
            kind,
            after,
            upto,
            records,
        })
    }
}

impl App {
    /// Notes looks, all or none, before what they are of leaves the house.
    ///
    /// # Errors
    /// The store's: then nothing is shown.
    pub async fn note_looks(
        &self,
        who: Looking<'_>,
        looks: impl IntoIterator<Item = Look> + Send,
    ) -> Result<()> {
        let rows: Vec<ReadRow> = looks.into_iter().map(|look| self.read_row(who, look)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        for row in &rows {
            insurer_reads::note(&mut tx, row).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes one look at one thing of a case.
    ///
    /// # Errors
    /// As [`App::note_looks`].
    pub async fn note_look(
        &self,
        who: Looking<'_>,
        kind: &'static str,
        subject: impl ToString,
        accident: AccidentId,
    ) -> Result<()> {
        let subject = subject.to_string();
        let look = Look::One {
            kind,
            subject,
            accident,
        };
        self.note_looks(who, [look]).await
    }

    fn read_row(&self, who: Looking<'_>, look: Look) -> ReadRow {
        let row = ReadRow {
            id: self.new_id(),
            insurer: who.insurer.to_owned(),
            by_whom: who.by.to_string(),
            kind: String::new(),
            subject: String::new(),
            accident_id: None,
            from_change: None,
            to_change: None,
            records: 1,
            at: self.clock.now(),
        };
        match look {
            Look::One {
                kind,
                subject,
                accident,
            } => ReadRow {
                kind: kind.to_owned(),
                subject,
                accident_id: Some(accident),
                ..row
            },
            Look::Page {
                kind,
                after,
                upto,
                records,
            } => ReadRow {
                kind: kind.to_owned(),
                from_change: Some(after),
                to_change: Some(upto),
                records,
                ..row
            },
        }
    }

    /// A settlement record, if this insurer is involved.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn insurers_record(&self, insurer: &str, id: Uuid) -> Result<SettlementRow<Record>> {
        let mut tx = self.db.read().await?;
        let row = settlements::load(&mut tx, insurer, id).await?;
        Ok(row.ok_or_else(Refusal::not_found)?)
    }

    /// The same with the case behind it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn insurers_case(&self, insurer: &str, id: Uuid) -> Result<(SettlementRow<Record>, Accident)> {
        let row = self.insurers_record(insurer, id).await?;
        let accident = self.look(row.accident_id, &Scope::Service).await?;
        Ok((row, accident))
    }

    /// A picture of the record's case that this insurer may see; the look is noted.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn look_at_evidence(
        &self,
        (insurer, by): (InsurerCode, &ByInsurer),
        (record, id): (Uuid, EvidenceId),
    ) -> Result<(Evidence, String)> {
        let (row, accident) = self.insurers_case(insurer.as_str(), record).await?;
        let evidence = evidence::visible(&accident, insurer).find(|item| item.id == id);
        let evidence = evidence.ok_or_else(Refusal::not_found)?.clone();
        let who = Looking {
            insurer: insurer.as_str(),
            by,
        };
        self.note_look(who, "evidence", id, row.accident_id).await?;
        Ok((evidence, row.body.0.finding_number))
    }

    /// Who of any insurer looked at this case, newest first.
    ///
    /// # Errors
    /// `not_found` for another unit's case.
    pub async fn looks_at(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        before: Option<(Instant, Uuid)>,
        limit: u32,
    ) -> Result<Vec<ReadRow>> {
        self.look(id, &by.scope()).await?;
        let before = before.unwrap_or_else(|| (self.clock.now().plus(time::Duration::DAY), Uuid::max()));
        let mut tx = self.db.read().await?;
        Ok(insurer_reads::of_accident(&mut tx, id, before, limit).await?)
    }
}
