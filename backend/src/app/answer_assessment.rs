//! Answers to an assessment: an insurer accepts or objects, a driver signs for the figure or objects. And an
//! insurer looks at its photos, which is noted.

use domain::accident::{AcceptRequest, Accident};
use domain::evidence::Evidence;
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, AssessmentId, EvidenceId, InsurerCode, Sha256Hex};
use domain::money::Fen;
use domain::signing::Ink;
use domain::time::Instant;

use super::insurer_reads::Looking;
use super::many::{self, Told};
use super::{App, ByParty, Intent, Scope};
use crate::identity::extract::ByInsurer;
use crate::insurer::assessment::Sheet;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::assessments::{self, AssessmentRow};

/// What a driver says to a figure.
#[derive(Clone, Debug)]
pub enum DriverAnswer {
    Accepted {
        ink: Ink,
        /// The figure that was on the screen.
        total_fen: Option<Fen>,
    },
    Objected {
        reason: String,
        own_figure_fen: Option<Fen>,
    },
}

/// What became of one answer of many.
pub type ToldAnswer = Told<AssessmentId, AssessmentRow<Sheet>>;

/// What an insurer says to a figure.
#[derive(Clone, Debug)]
pub enum InsurerAnswer {
    Accepted,
    Objected { reason: String, own_figure_fen: Fen },
}

impl App {
    /// # Errors
    /// What the domain refuses: somebody else's vehicle, an ink that is no signature, a figure that changed.
    pub async fn answer_as_driver(
        &self,
        by: ByParty,
        (id, assessment): (AccidentId, AssessmentId),
        intent: &Intent,
        answer: DriverAnswer,
    ) -> Result<Accident> {
        let party = by.party;
        self.deed(
            (id, &by.scope(), Actor::Party(party)),
            Some(intent),
            None,
            |accident, now| match answer {
                DriverAnswer::Accepted { ink, total_fen } => {
                    let request = AcceptRequest {
                        total_fen,
                        ink_sha256: digest(&ink)?,
                        ink,
                    };
                    Ok(accident.sign_assessment(assessment, party, request, now)?)
                }
                DriverAnswer::Objected {
                    reason,
                    own_figure_fen,
                } => Ok(accident.contest_assessment(assessment, party, (&reason, own_figure_fen), now)?),
            },
        )
        .await
    }

    /// # Errors
    /// `not_found` for an uninvolved insurer; what the domain refuses: not asked, answered, too late.
    pub async fn answer_as_insurer(
        &self,
        insurer: InsurerCode,
        assessment: AssessmentId,
        intent: &Intent,
        answer: InsurerAnswer,
    ) -> Result<()> {
        let row = self.assessment_of(insurer, assessment).await?;
        let decide = |accident: &Accident, now: Instant| -> Result<Vec<Fact>> {
            Ok(match &answer {
                InsurerAnswer::Accepted => accident.accept_assessment(assessment, insurer, now)?,
                InsurerAnswer::Objected {
                    reason,
                    own_figure_fen,
                } => accident.object_to_assessment(assessment, insurer, (reason, *own_figure_fen), now)?,
            })
        };
        let by = Actor::Insurer(insurer);
        self.deed((row.accident_id, &Scope::Service, by), Some(intent), None, decide)
            .await
            .map(drop)
    }

    /// Many answers, each by itself; each is answered with the assessment as it then stands.
    ///
    /// # Errors
    /// A key that served another request; our own faults. What is wrong with one is in its answer.
    pub async fn answer_many(
        &self,
        insurer: InsurerCode,
        intent: &Intent,
        items: Vec<(AssessmentId, InsurerAnswer)>,
    ) -> Result<Vec<ToldAnswer>> {
        self.claim_many(intent).await?;
        let mut told = Vec::with_capacity(items.len());
        for (index, (id, answer)) in items.into_iter().enumerate() {
            let text = match &answer {
                InsurerAnswer::Accepted => format!("{id}\naccepted"),
                InsurerAnswer::Objected {
                    reason,
                    own_figure_fen,
                } => format!("{id}\n{}\n{reason}", own_figure_fen.0),
            };
            let own = many::of_item(intent, index, &text);
            let outcome = match self.answer_as_insurer(insurer, id, &own, answer).await {
                Ok(()) => self.assessment_of(insurer, id).await,
                Err(error) => Err(error),
            };
            told.push(many::told(id, outcome)?);
        }
        Ok(told)
    }

    /// One assessment, if this insurer is involved.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn assessment_of(
        &self,
        insurer: InsurerCode,
        id: AssessmentId,
    ) -> Result<AssessmentRow<Sheet>> {
        let mut tx = self.db.read().await?;
        let row = assessments::load(&mut tx, insurer, id).await?;
        Ok(row.ok_or_else(Refusal::not_found)?)
    }

    /// A photo that an assessment names, for an involved insurer; who looked is noted before the bytes leave.
    ///
    /// # Errors
    /// `not_found` for an uninvolved insurer and for a photo that the assessment does not name.
    pub async fn look_at_photo(
        &self,
        (insurer, by): (InsurerCode, &ByInsurer),
        (assessment, photo): (AssessmentId, EvidenceId),
    ) -> Result<(Evidence, String)> {
        let row = self.assessment_of(insurer, assessment).await?;
        if !row.body.0.assessment.photos.contains(&photo) {
            return Err(Refusal::not_found().into());
        }
        let accident = self.look(row.accident_id, &Scope::Service).await?;
        let evidence = accident.evidence.into_iter().find(|item| item.id == photo);
        let evidence = evidence.ok_or_else(Refusal::not_found)?;
        let who = Looking {
            insurer: insurer.as_str(),
            by,
        };
        let subject = format!("{assessment}/{photo}");
        self.note_look(who, "assessment_photo", subject, row.accident_id)
            .await?;
        Ok((evidence, row.body.0.case_number))
    }
}

fn digest(ink: &Ink) -> Result<Sha256Hex> {
    let json = serde_json::to_vec(ink).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    Ok(Sha256Hex::of(&json))
}
