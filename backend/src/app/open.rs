//! How every deed on an accident is done: open, let facts happen, save. One transaction, one fact or more.

use domain::accident::Accident;
use domain::fact::{Actor, Fact, Link, Recorded, genesis};
use domain::id::{AccidentId, PartyId, Sha256Hex, UnitId};
use domain::stage::Stage;
use domain::time::Instant;

use super::App;
use super::tell::Told;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::accidents::{self, AccidentRow};
use crate::store::archive;
use crate::store::events::{self, NewEvent};
use crate::store::facts::{self, FactRow};
use crate::store::idempotency::{self, Claim};
use crate::store::{Json, Tx};

/// Whose eyes a deed looks through. What is out of scope is not there: never "forbidden", always "not found".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A driver: this accident, as this party.
    Party { accident: AccidentId, party: PartyId },
    /// The desk of a unit.
    Unit(UnitId),
    /// The service itself, e.g. a media callback.
    Service,
}

impl Scope {
    fn covers(&self, accident: &Accident) -> bool {
        match self {
            Self::Party { accident: own, party } => {
                *own == accident.id && accident.parties.iter().any(|known| known.id == *party)
            }
            Self::Unit(unit) => *unit == accident.unit,
            Self::Service => true,
        }
    }
}

/// One intent of a caller, however often the network repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Tells callers apart, so that equal keys do not meet.
    pub scope: String,
    pub key: String,
    pub digest: Sha256Hex,
}

/// An accident in the hands of one deed.
pub struct Open {
    pub tx: Tx,
    pub accident: Accident,
    pub now: Instant,
    by: Actor,
    loaded: u64,
    last_digest: Sha256Hex,
    rows: Vec<FactRow>,
    /// What insurers are to be told when it is saved.
    pub(super) told: Vec<Told>,
}

/// A deed either begins, or was done before and is answered with how things stand now.
pub enum Begun {
    Fresh(Box<Open>),
    Done(Box<Accident>),
}

impl App {
    /// Does a deed whose decision needs nothing but the accident and the time.
    ///
    /// # Errors
    /// `not_found` out of scope, `stale` when `seen` is not the current version, and what `decide` refuses.
    pub async fn deed(
        &self,
        (id, scope, by): (AccidentId, &Scope, Actor),
        intent: Option<&Intent>,
        seen: Option<u64>,
        decide: impl FnOnce(&Accident, Instant) -> Result<Vec<Fact>>,
    ) -> Result<Accident> {
        let mut open = match self.open((id, scope, by), intent).await? {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        for fact in decide(&open.accident, open.now)? {
            open.happen(fact)?;
        }
        self.save(*open).await
    }

    /// Opens an accident for a deed that needs more than one look.
    ///
    /// # Errors
    /// `not_found` out of scope; `idempotency_key_reused` for a key that served another request.
    pub async fn open(
        &self,
        (id, scope, by): (AccidentId, &Scope, Actor),
        intent: Option<&Intent>,
    ) -> Result<Begun> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let replayed = claim(&mut tx, intent, self.wall.now()).await?.is_some();
        let row = accidents::load_to_change(&mut tx, id, now)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let accident: Accident = row.state.0;
        if !scope.covers(&accident) {
            return Err(Refusal::not_found().into());
        }
        if replayed {
            return Ok(Begun::Done(Box::new(accident)));
        }
        if let Some(intent) = intent {
            idempotency::finish(&mut tx, &intent.scope, &intent.key, Some(id), None).await?;
        }
        let last = facts::last(&mut tx, id)
            .await?
            .map_or_else(genesis, |last| last.digest);
        let loaded = accident.version;
        Ok(Begun::Fresh(Box::new(Open {
            tx,
            accident,
            now,
            by,
            loaded,
            last_digest: last,
            rows: Vec::new(),
            told: Vec::new(),
        })))
    }

    /// Reads an accident without changing it.
    ///
    /// # Errors
    /// `not_found` when it is not there or out of scope.
    pub async fn look(&self, id: AccidentId, scope: &Scope) -> Result<Accident> {
        let mut tx = self.db.read().await?;
        let row = accidents::load(&mut tx, id)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let accident: Accident = row.state.0;
        if scope.covers(&accident) {
            Ok(accident)
        } else {
            Err(Refusal::not_found().into())
        }
    }

    /// Begins an accident with its first fact, in a transaction the caller opened.
    ///
    /// # Errors
    /// When the first fact is no report.
    pub fn begin(&self, tx: Tx, id: AccidentId, by: Actor, first: Fact) -> Result<Open> {
        let now = self.clock.now();
        let recorded = Recorded {
            seq: 1,
            at: now,
            by,
            fact: first,
        };
        let accident = Accident::reported(id, &recorded)
            .ok_or_else(|| AppError::Inconsistent("an accident must begin with a report".to_owned()))?;
        let link = Link::seal(id, &recorded, &genesis()).map_err(broken)?;
        let last_digest = link.digest.clone();
        Ok(Open {
            tx,
            accident,
            now,
            by,
            loaded: 0,
            last_digest,
            rows: vec![row_of(id, link)],
            told: Vec::new(),
        })
    }

    /// Writes what happened, tells who watches, and commits.
    ///
    /// # Errors
    /// `stale` when somebody else saved in between, which the row lock should prevent.
    pub async fn save(&self, mut open: Open) -> Result<Accident> {
        self.keep_record(&mut open).await?;
        self.keep_assessments(&mut open).await?;
        self.keep_orders(&mut open).await?;
        self.keep_papers(&mut open).await?;
        self.keep_stamping(&mut open).await?;
        self.keep_messages(&mut open).await?;
        open.write().await?;
        open.tx.commit().await?;
        self.live.notify();
        Ok(open.accident)
    }
}

impl Open {
    /// Lets a fact happen: chained behind the last, taken in by the accident, written by [`App::save`].
    ///
    /// # Errors
    /// Only our own: a fact that cannot be written.
    pub fn happen(&mut self, fact: Fact) -> Result<()> {
        self.happen_by(self.by, fact)
    }

    /// As [`Open::happen`], for what follows by itself from somebody's deed.
    ///
    /// # Errors
    /// Only our own.
    pub fn follow(&mut self, fact: Fact) -> Result<()> {
        self.happen_by(Actor::Service, fact)
    }

    /// Whether a fact of this kind has happened since the last write.
    pub(super) fn happened(&self, kind: &str) -> bool {
        self.rows.iter().any(|row| row.kind == kind)
    }

    /// Whose deed it is.
    pub(super) fn by(&self) -> Actor {
        self.by
    }

    /// Whether anything has happened since the last write.
    pub(super) fn is_changed(&self) -> bool {
        !self.rows.is_empty()
    }

    fn happen_by(&mut self, by: Actor, fact: Fact) -> Result<()> {
        let recorded = Recorded {
            seq: self.accident.version + 1,
            at: self.now,
            by,
            fact,
        };
        let link = Link::seal(self.accident.id, &recorded, &self.last_digest).map_err(broken)?;
        self.last_digest = link.digest.clone();
        self.accident.apply(&recorded);
        self.rows.push(row_of(self.accident.id, link));
        Ok(())
    }

    /// Writes what happened since the last write, and the line that tells who watches.
    ///
    /// # Errors
    /// `stale` when somebody else saved in between, which the row lock should prevent.
    pub async fn write(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let row = row_for(&self.accident, self.now);
        let stage = row.stage.clone();
        if self.loaded == 0 {
            accidents::insert(&mut self.tx, &row).await?;
        } else if !accidents::save(&mut self.tx, &row, self.loaded).await? {
            return Err(Refusal::stale(self.accident.version).into());
        }
        self.loaded = self.accident.version;
        facts::append(&mut self.tx, &std::mem::take(&mut self.rows)).await?;
        if let Some(standing) = super::archive::standing(&self.accident, self.now) {
            let case = (self.accident.id, &self.accident.unit);
            archive::put(&mut self.tx, case, &standing).await?;
        }
        let event = NewEvent {
            accident_id: self.accident.id,
            unit: &self.accident.unit,
            version: self.accident.version,
            stage: &stage,
            at: self.now,
        };
        events::append(&mut self.tx, &event).await?;
        Ok(())
    }

    /// The client looked at the version that stands.
    ///
    /// # Errors
    /// `stale`, with the current version.
    pub fn check_seen(&self, seen: Option<u64>) -> Result<()> {
        match seen {
            Some(seen) if seen != self.accident.version => Err(Refusal::stale(self.accident.version).into()),
            _ => Ok(()),
        }
    }
}

/// Takes the caller's key; `now` in real time, as networks repeat in real time. `Some` when this intent was done before, with the accident it was about.
///
/// # Errors
/// `idempotency_key_reused` when the key served another request.
pub async fn claim(tx: &mut Tx, intent: Option<&Intent>, now: Instant) -> Result<Option<Option<AccidentId>>> {
    let Some(intent) = intent else { return Ok(None) };
    match idempotency::claim(tx, &intent.scope, &intent.key, &intent.digest, now).await? {
        Claim::New => Ok(None),
        Claim::Replay { accident_id, .. } => Ok(Some(accident_id)),
        Claim::OtherBody => Err(Refusal::new(
            Kind::Invalid,
            "idempotency_key_reused",
            "这个 Idempotency-Key 已用于另一个请求，请换一个新的",
        )
        .into()),
    }
}

fn row_for(accident: &Accident, now: Instant) -> AccidentRow<&Accident> {
    let waiting_since = match accident.stage {
        Stage::Waiting { since } => Some(since),
        _ => None,
    };
    let closed_at = match &accident.stage {
        Stage::Closed { closing, .. } => Some(closing.at),
        Stage::Escalated { escalation } => Some(escalation.at),
        Stage::Destroyed { record } => Some(record.closed_at),
        _ => None,
    };
    AccidentRow {
        id: accident.id,
        unit: accident.unit.clone(),
        version: accident.version,
        stage: accident.stage_name().as_str().to_owned(),
        officer: accident.stage.officer(),
        waiting_since,
        reported_at: accident.reported_at,
        updated_at: now,
        closed_at,
        state: Json(accident),
    }
}

fn row_of(accident: AccidentId, link: Link) -> FactRow {
    FactRow {
        accident_id: accident,
        seq: link.seq,
        kind: link.kind,
        body: link.body,
        at: link.at,
        by_whom: link.by,
        digest: link.digest,
        previous_digest: link.previous_digest,
    }
}

/// A stored row as the domain's link, to be checked.
pub fn link_of(row: FactRow) -> Link {
    Link {
        seq: row.seq,
        kind: row.kind,
        body: row.body,
        at: row.at,
        by: row.by_whom,
        digest: row.digest,
        previous_digest: row.previous_digest,
    }
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a fact cannot be written: {error}"))
}
