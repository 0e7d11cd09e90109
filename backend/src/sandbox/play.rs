//! How a story is played: each step is a deed as somebody's page would ask for it, at a time of the story's own.
//!
//! What happens in which story is told in `stories`; here is how people do it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use domain::accident::Accident;
use domain::evidence::{EvidenceKind, Position, Shot};
use domain::id::{AccidentId, EvidenceId, InsurerCode, Sha256Hex, UnitId};
use domain::party::{ConsentKind, Injury};
use domain::signing::circumstances::{CONSENT_TEXT, CONSENT_VERSION};
use domain::signing::{Circumstances, ConsentTold, Ink, PageRead};
use domain::time::Instant;
use domain::triage::Answers;
use futures_util::stream;
use time::Duration;

use super::cast::{self, Dice, Person};
use super::scene::{self, Picture};
use super::stories::Setting;
use crate::app::sign::SignatureSent;
use crate::app::upload::Described;
use crate::app::{App, ByOfficer, ByParty, Intent, Who};
use crate::clock::Clock;
use crate::identity::{confirm, driver, seed};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::{counters, officers, outbox, units};

/// From the report to the end of the longest story.
const LASTS: Duration = Duration::minutes(28);
/// An accident is reported this long after it happened.
const REPORTED_AFTER: Duration = Duration::minutes(4);

/// Time as a story tells it.
pub(super) struct StoryClock(AtomicI64);

impl Clock for StoryClock {
    fn now(&self) -> Instant {
        let micros = self.0.load(Ordering::Relaxed);
        // It began at a time that exists and is moved by minutes.
        Instant::from_unix_micros(micros).unwrap_or(Instant::new(time::OffsetDateTime::UNIX_EPOCH))
    }
}

/// The same application at another time for cases.
pub(super) fn at(app: &App, now: Instant) -> (App, Arc<StoryClock>) {
    let clock = Arc::new(StoryClock(AtomicI64::new(now.unix_micros())));
    let app = App {
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        ..app.clone()
    };
    (app, clock)
}

/// A story under way.
pub(super) struct Play {
    pub app: App,
    pub desk: ByOfficer,
    clock: Arc<StoryClock>,
    /// When it is to be over.
    until: Instant,
    number: i64,
    steps: u32,
    pub dice: Dice,
}

/// Somebody at a phone.
pub(super) struct Side {
    pub by: ByParty,
    pub person: Person,
}

/// The accident of a story, 甲 first.
pub(super) struct Case {
    pub id: AccidentId,
    pub sides: Vec<Side>,
    /// Pictures of the damage, 甲's first.
    pub photos: Vec<EvidenceId>,
}

impl Case {
    /// # Errors
    /// Only when a story speaks of somebody it never brought.
    pub fn side(&self, index: usize) -> Result<&Side> {
        let side = self.sides.get(index);
        side.ok_or_else(|| AppError::Inconsistent("a story without this party".to_owned()))
    }
}

impl Play {
    /// A story that is over at `until`, as far as what the desk signs with goes back.
    pub async fn begin(app: &App, until: Instant) -> Result<Self> {
        let (desk, unit) = desk(app).await?;
        let mut tx = app.db.read().await?;
        let row = units::load(&mut tx, &unit)
            .await?
            .ok_or_else(Refusal::not_found)?;
        drop(tx);
        let since = app.before_the_stories().signs_since(&row).await?;
        let mut tx = app.db.write().await?;
        let number = counters::next(&mut tx, "sandbox").await?;
        tx.commit().await?;
        let begins = until.minus(LASTS).max(since.plus(Duration::seconds(1)));
        let (app, clock) = at(app, begins);
        Ok(Self {
            app,
            desk,
            clock,
            until: until.max(begins.plus(LASTS)),
            number,
            steps: 0,
            dice: Dice::new(number.unsigned_abs()),
        })
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Somebody of this story.
    pub fn person(&self, side: usize, insurer: InsurerCode) -> Person {
        cast::person((self.number, side), insurer, self.now().china_day())
    }

    /// What somebody means now: a new key each time.
    pub fn means(&mut self) -> Intent {
        self.steps += 1;
        let key = self.steps.to_string();
        Intent {
            scope: format!("sandbox:{}", self.number),
            digest: Sha256Hex::of(key.as_bytes()),
            key,
        }
    }

    pub fn passes(&self, seconds: i64) {
        let micros = seconds.saturating_mul(1_000_000);
        self.clock.0.fetch_add(micros, Ordering::Relaxed);
    }

    /// What comes next happens at most this long before the end.
    pub fn nearly_over(&self, seconds: i64) {
        let micros = self.until.minus(Duration::seconds(seconds)).unix_micros();
        self.clock.0.fetch_max(micros, Ordering::Relaxed);
    }

    /// As it stands now.
    pub async fn look(&self, case: &Case) -> Result<Accident> {
        self.app.look(case.id, &self.desk.scope()).await
    }

    /// From the crash to the desk: both report, answer, fill in, photograph and wait, until an officer has it.
    pub async fn comes_to_the_desk(&mut self, setting: Setting) -> Result<Case> {
        let case = self.is_reported(setting).await?;
        let first = case.side(0)?.by;
        let means = self.means();
        self.app.enter_queue(first, case.id, &means).await?;
        self.passes(75);
        let means = self.means();
        self.app.claim(&self.desk.clone(), case.id, &means).await?;
        self.passes(100);
        let means = self.means();
        self.app
            .order_evacuation(&self.desk.clone(), case.id, &means)
            .await?;
        self.passes(30);
        for side in &case.sides {
            let means = self.means();
            self.app.acknowledge_evacuation(side.by, case.id, &means).await?;
        }
        self.passes(120);
        Ok(case)
    }

    /// As far as the queue's door.
    pub async fn is_reported(&mut self, setting: Setting) -> Result<Case> {
        let happened = self.now().minus(REPORTED_AFTER);
        let unit = self.desk.unit.clone();
        let mut case: Option<Case> = None;
        for (index, person) in setting.people.iter().enumerate() {
            let by = match &case {
                None => self.reports(&unit, person).await?,
                Some(case) => self.joins(case.id, case.side(0)?.by, person).await?,
            };
            let id = by.accident;
            let side = Side {
                by,
                person: person.clone(),
            };
            if index == 0 {
                self.tells_what_happened(&side, &setting, happened).await?;
            }
            self.fills_in(&side, setting.answers.injury).await?;
            let case = case.get_or_insert_with(|| Case {
                id,
                sides: Vec::new(),
                photos: Vec::new(),
            });
            case.sides.push(side);
        }
        let mut case = case.ok_or_else(|| AppError::Inconsistent("a story without people".to_owned()))?;
        self.photograph(&mut case, &setting, happened).await?;
        Ok(case)
    }

    async fn reports(&mut self, unit: &UnitId, person: &Person) -> Result<ByParty> {
        let means = self.means();
        let reported = self.app.report(&means, Some(unit.clone())).await?;
        let by = ByParty {
            accident: reported.accident.id,
            party: reported.party,
        };
        self.confirms(&reported.token, person).await?;
        Ok(by)
    }

    async fn joins(&mut self, id: AccidentId, first: ByParty, person: &Person) -> Result<ByParty> {
        let invitation = self.app.invite(&Who::Party(first), id).await?;
        self.passes(20);
        let means = self.means();
        let joined = self.app.join(&means, &invitation.token).await?;
        let by = ByParty {
            accident: id,
            party: joined.party,
        };
        self.confirms(&joined.token, person).await?;
        Ok(by)
    }

    async fn confirms(&mut self, token: &str, person: &Person) -> Result<()> {
        self.passes(20);
        let means = self.means();
        driver::send_code(&self.app, (&means.key, &means.digest), token, &person.phone).await?;
        let code = self.code_on(&person.phone).await?;
        self.passes(12);
        let means = self.means();
        confirm::show_code(&self.app, (&means.key, &means.digest), token, &code).await?;
        Ok(())
    }

    /// Six digits, as they stand on somebody's screen.
    pub async fn code_on(&self, phone: &str) -> Result<String> {
        let mut tx = self.app.db.read().await?;
        let message = outbox::newest_to(&mut tx, phone).await?;
        let text = message.map(|message| message.body).unwrap_or_default();
        let mut runs = text.split(|c: char| !c.is_ascii_digit());
        let code = runs.find(|run| run.len() == 6).map(str::to_owned);
        code.ok_or_else(|| AppError::Inconsistent("a code was sent and is not there".to_owned()))
    }

    async fn tells_what_happened(&mut self, side: &Side, setting: &Setting, happened: Instant) -> Result<()> {
        let id = side.by.accident;
        self.passes(25);
        let means = self.means();
        let answers: Answers = setting.answers;
        self.app.answer_triage(side.by, id, &means, answers).await?;
        self.passes(35);
        let scene = setting.scene(happened);
        self.app
            .record_scene(&Who::Party(side.by), id, None, scene)
            .await?;
        Ok(())
    }

    async fn fills_in(&mut self, side: &Side, hurt: domain::triage::Injury) -> Result<()> {
        let (by, id) = (side.by, side.by.accident);
        self.passes(55);
        let details = side.person.details.clone();
        self.app
            .record_party(&Who::Party(by), id, (by.party, None), details)
            .await?;
        let slight = (hurt == domain::triage::Injury::Slight).then_some(ConsentKind::SlightInjury);
        let asked = [ConsentKind::RemoteHandling, ConsentKind::ElectronicService];
        for kind in asked.into_iter().chain(slight) {
            self.agrees(side, kind).await?;
        }
        Ok(())
    }

    pub async fn agrees(&mut self, side: &Side, kind: ConsentKind) -> Result<()> {
        self.passes(6);
        let means = self.means();
        let answer = (kind, true, ConsentKind::TEXT_VERSION.to_owned());
        self.app
            .answer_consent(side.by, side.by.accident, &means, answer)
            .await
            .map(drop)
    }

    /// One picture of the whole from 甲's phone, and of each vehicle's damage from its driver's.
    async fn photograph(&mut self, case: &mut Case, setting: &Setting, happened: Instant) -> Result<()> {
        let drawn = scene::draw(setting.view, &setting.people, self.dice.clone()).await?;
        let Picture { overview, damage } = drawn;
        let position = Position {
            latitude: setting.place.latitude,
            longitude: setting.place.longitude,
            accuracy_m: Some(9.0),
        };
        let first = case.side(0)?.by;
        let mut taken_at = happened.plus(Duration::seconds(95));
        self.sends(first, (Shot::Overview, overview), (taken_at, position))
            .await?;
        let mut photos = Vec::new();
        for (side, picture) in case.sides.iter().zip(damage) {
            taken_at = taken_at.plus(Duration::seconds(14));
            self.passes(8);
            let photo = self
                .sends(side.by, (Shot::Damage, picture), (taken_at, position))
                .await?;
            photos.push(photo);
        }
        case.photos = photos;
        Ok(())
    }

    async fn sends(
        &self,
        by: ByParty,
        (shot, picture): (Shot, Vec<u8>),
        (taken_at, position): (Instant, Position),
    ) -> Result<EvidenceId> {
        let described = Described {
            kind: EvidenceKind::Photo,
            shot: Some(shot),
            still: None,
            preview_of: None,
            sha256: Sha256Hex::of(&picture),
            taken_at: Some(taken_at),
            position: Some(position),
        };
        let who = Who::Party(by);
        let length = u64::try_from(picture.len()).unwrap_or(u64::MAX);
        let upload = self
            .app
            .begin_upload(&who, by.accident, length, described)
            .await?;
        let body = stream::iter([Ok::<_, Infallible>(Bytes::from(picture))]);
        let progress = self.app.receive(&who, (upload.id, 0), body).await?;
        progress
            .evidence
            .ok_or_else(|| AppError::Inconsistent("a whole photo is no evidence".to_owned()))
    }

    /// A signature as the phone sends it, with the code that was texted a moment ago.
    pub async fn signature(&self, side: &Side, document: Sha256Hex) -> Result<SignatureSent> {
        let code = self.code_on(&side.person.phone).await?;
        self.passes(40);
        Ok(SignatureSent {
            document,
            code,
            ink: side.person.ink.clone(),
            read_s: 34,
            scrolled_to_end: true,
            circumstances: Circumstances {
                pages: vec![PageRead { page: 1, seconds: 34 }],
                consent: Some(ConsentTold {
                    version: CONSENT_VERSION.to_owned(),
                    text: CONSENT_TEXT.to_owned(),
                }),
                device: Some("沙盒手机".to_owned()),
                ..Circumstances::default()
            },
        })
    }

    /// The officer's own hand.
    pub fn officers_ink(&self) -> Ink {
        cast::ink(3, &mut Dice::new(0xdec))
    }

    /// Whether somebody of the story was hurt.
    pub fn hurt(person: &mut Person) {
        person.details.injured = Injury::Slight;
    }
}

/// Who handles a sandbox's cases.
async fn desk(app: &App) -> Result<(ByOfficer, UnitId)> {
    let officer = officer(app, seed::SANDBOX_DESK, false).await?;
    let unit = officer.unit.clone();
    Ok((officer, unit))
}

/// # Errors
/// When the demo's people are not made yet.
pub(super) async fn officer(app: &App, login: &str, supervisor: bool) -> Result<ByOfficer> {
    let mut tx = app.db.read().await?;
    let row = officers::by_login(&mut tx, login).await?;
    let row = row.ok_or_else(|| AppError::Inconsistent(format!("a sandbox without its officer {login}")))?;
    Ok(ByOfficer {
        id: row.id,
        unit: row.unit,
        supervisor,
    })
}
