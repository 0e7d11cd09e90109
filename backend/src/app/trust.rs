//! What keeps assessments true whatever the deed: windows end, figures are judged again, a binding figure finds
//! its way into the plan, and insurers find what changed. It runs inside the deed's own transaction.

use domain::accident::{Accident, TrustRules};
use domain::fact::{Actor, Fact};
use domain::id::AccidentId;
use domain::stage::Settlement;
use time::Duration;

use super::settle::{self, Why};
use super::{App, Begun, Open, Scope};
use crate::insurer::assessment::{self, Sheet};
use crate::insurer::assessment_record::AssessmentState;
use crate::refusal::{AppError, Result};
use crate::store::assessments::{self, AssessmentRow, NewAssessment};
use crate::store::units;

/// Windows ended in one go; what is left comes in the next.
const DUE_MAX: u32 = 100;
/// How often ended windows are looked for; a deed on the case itself ends them at once.
pub const WINDOWS_EVERY: Duration = Duration::seconds(5);

impl App {
    /// Ends the windows that have ended by now. Several processes may do it at once: each case is its own
    /// transaction, and whoever comes second finds nothing left to do.
    ///
    /// # Errors
    /// Only our own.
    pub async fn end_windows(&self) -> Result<()> {
        let mut tx = self.db.read().await?;
        let due = assessments::due(&mut tx, self.clock.now(), DUE_MAX).await?;
        drop(tx);
        for id in due {
            // A case that fails must not keep the windows of the others open.
            if let Err(error) = self.end_windows_of(id).await {
                tracing::error!(error = &error as &dyn std::error::Error, accident = %id, "a window stays open");
            }
        }
        Ok(())
    }

    /// Whether a window has ended and nobody has looked yet.
    ///
    /// # Errors
    /// Only our own.
    pub async fn windows_due(&self) -> Result<bool> {
        let mut tx = self.db.read().await?;
        Ok(!assessments::due(&mut tx, self.clock.now(), 1).await?.is_empty())
    }

    /// Saving is enough: what is due follows.
    async fn end_windows_of(&self, id: AccidentId) -> Result<()> {
        if let Begun::Fresh(open) = self.open((id, &Scope::Service, Actor::Service), None).await? {
            self.save(*open).await?;
        }
        Ok(())
    }

    /// The rules and the agreement in force where and when it happened.
    ///
    /// # Errors
    /// As [`App::rules_of`].
    pub fn trust_rules(&self, accident: &Accident) -> Result<TrustRules<'_>> {
        Ok(TrustRules {
            pack: self.rules_of(accident)?,
            agreement: self
                .rules
                .agreements
                .choose(accident.region(), accident.occurred_at()),
        })
    }

    /// Before a deed is saved: what follows for the case's assessments. Lock order of the counters:
    /// finding → settlements → assessments → payment orders → webhook messages → events.
    pub(super) async fn keep_assessments(&self, open: &mut Open) -> Result<()> {
        if open.accident.assessments.is_empty() {
            return Ok(());
        }
        self.assessments_follow(open)?;
        if open.happened("assessment_bound") {
            self.settle_what_binds(open).await?;
        }
        if open.is_changed() {
            self.put_assessments(open).await?;
        }
        Ok(())
    }

    /// Windows that have ended, and figures judged again, until nothing more follows: a figure that binds may
    /// change who pays for another vehicle, one vehicle after the other.
    pub(super) fn assessments_follow(&self, open: &mut Open) -> Result<()> {
        let rules = self.trust_rules(&open.accident)?;
        for _ in 0..=open.accident.parties.len() {
            let facts = open.accident.assessments_follow(&rules, open.now);
            if facts.is_empty() {
                break;
            }
            for fact in facts {
                open.follow(fact)?;
            }
        }
        Ok(())
    }

    /// A figure that binds settles the case, or makes its plan again. What cannot be settled yet waits for the
    /// desk, as after the last signature.
    async fn settle_what_binds(&self, open: &mut Open) -> Result<()> {
        let settled = if open.accident.settlement().is_some() {
            self.settle_again_in(open).await
        } else if open.accident.ready_to_settle() {
            self.settle_in(open, Why::Follows).await
        } else {
            return Ok(());
        };
        match settled {
            Err(AppError::Refused(refusal)) => {
                tracing::info!(code = refusal.code, "not settled on a binding assessment");
                Ok(())
            }
            other => other,
        }
    }

    /// The plan made again, the old one kept; nothing when every payment stays as it is.
    async fn settle_again_in(&self, open: &mut Open) -> Result<()> {
        let plan = settle::plan(&open.accident, self.rules_of(&open.accident)?)?;
        let settlement = Settlement {
            plan,
            made_at: open.now,
        };
        let fact: Option<Fact> = open.accident.settle_again(settlement)?;
        let Some(fact) = fact else { return Ok(()) };
        self.settled(open, fact, Why::Follows).await
    }

    async fn put_assessments(&self, open: &mut Open) -> Result<()> {
        let unit = units::load(&mut open.tx, &open.accident.unit)
            .await?
            .ok_or_else(|| AppError::Inconsistent("the accident's unit is not in the store".to_owned()))?;
        let stored: Vec<AssessmentRow<Sheet>> =
            assessments::of_accident(&mut open.tx, open.accident.id).await?;
        for own in &open.accident.assessments.clone() {
            let sheet = assessment::of(&open.accident, &unit, own);
            let before = stored.iter().find(|row| row.id == own.id).map(|row| &row.body.0);
            if before == Some(&sheet) {
                continue;
            }
            let insurers = assessment::insurers(&open.accident, own);
            let new = NewAssessment {
                id: own.id,
                accident_id: open.accident.id,
                state: AssessmentState::of(&own.state).as_str(),
                due_at: own.asked().map(|asked| asked.until).filter(|_| sheet.latest),
                body: &sheet,
                insurers: &insurers,
            };
            let change = assessments::put(&mut open.tx, &new).await?;
            open.tell_of_assessment(own, before.map(|sheet| &sheet.assessment), (change, &insurers));
        }
        Ok(())
    }
}
