//! Papers around the finding: drawn, sealed and kept, by themselves when the case calls for them or because an
//! officer wants one.
//!
//! What follows by itself never stops the deed it follows from: a character that no font can draw is noted with
//! the paper it is missing on, and the desk issues the paper once the field is mended.

use domain::accident::{Accident, Wanted};
use domain::fact::{Actor, Fact};
use domain::finding::Document;
use domain::id::{AccidentId, OfficerId};
use domain::paper::{Paper, PaperKind, Undrawn};
use domain::signing::Signing;
use papers::State;

use super::paper::agreement::Agreed;
use super::paper::sheet::{Sheet, pending};
use super::paper::{agreement, assessment, mediation, review, settlement, transfer, void};
use super::seal::Page;
use super::{App, Begun, ByOfficer, Intent, Open};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::officers::OfficerRow;
use crate::store::units::UnitRow;
use crate::store::{counters, officers, units};

/// What an officer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperAsked {
    pub kind: PaperKind,
    /// Of one party, assessment or void number, where there are several.
    pub of: Option<String>,
    /// With an agreement: what the parties say.
    pub agreed: Option<Agreed>,
}

/// What goes on the paper, and who is asked to sign.
struct Content {
    paper: papers::Paper,
    signings: Vec<Signing>,
}

impl App {
    /// # Errors
    /// When the case does not call for it, or somebody has signed the one there is; a character no font can draw.
    pub async fn issue_paper(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        asked: &PaperAsked,
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let wanted = open
            .accident
            .may_issue_paper(by.id, asked.kind, asked.of.as_deref())?;
        let officer = officers::load(&mut open.tx, by.id).await?;
        let paper = self
            .make_paper(&mut open, &wanted, officer.as_ref(), asked.agreed.as_ref())
            .await
            .map_err(|(_, error)| error)?;
        open.happen(Fact::PaperIssued {
            paper: Box::new(paper),
        })?;
        self.save(open).await
    }

    /// Before a deed is saved: the papers that the case now calls for. Draws its numbers after the other counters.
    pub(super) async fn keep_papers(&self, open: &mut Open) -> Result<()> {
        if !open.is_changed() {
            return Ok(());
        }
        let due = open.accident.papers_due();
        if due.is_empty() {
            return Ok(());
        }
        let officer = match open.by() {
            Actor::Officer(officer) => officers::load(&mut open.tx, officer).await?,
            Actor::Party(_) | Actor::Insurer(_) | Actor::Service => None,
        };
        for wanted in due {
            let fact = match self.make_paper(open, &wanted, officer.as_ref(), None).await {
                Ok(paper) => Fact::PaperIssued {
                    paper: Box::new(paper),
                },
                Err((number, AppError::Refused(refusal))) => {
                    tracing::warn!(
                        kind = wanted.kind.label(),
                        code = refusal.code,
                        "a paper was not drawn"
                    );
                    Fact::PaperNotDrawn {
                        undrawn: undrawn(wanted, number, refusal),
                    }
                }
                Err((_, error)) => return Err(error),
            };
            open.follow(fact)?;
        }
        Ok(())
    }

    /// The paper as it would print, marked as a draft.
    ///
    /// # Errors
    /// As [`App::issue_paper`].
    pub async fn draft_paper(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        asked: &PaperAsked,
    ) -> Result<papers::Pdf> {
        let accident = self.look(id, &by.scope()).await?;
        let wanted = accident.may_issue_paper(by.id, asked.kind, asked.of.as_deref())?;
        let mut tx = self.db.read().await?;
        let unit = units::load(&mut tx, &accident.unit)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let officer = officers::load(&mut tx, by.id).await?;
        drop(tx);
        let sheet = Sheet {
            accident: &accident,
            unit: &unit,
            officer: officer.as_ref(),
            number: "",
            now: self.clock.now(),
        };
        let content = self.content(&sheet, &wanted, asked.agreed.as_ref())?;
        self.draw(content.paper, State::Draft).await
    }

    /// Content frozen and kept, page drawn and sealed. An error carries the number that was drawn for it: it is
    /// used by nothing else.
    async fn make_paper(
        &self,
        open: &mut Open,
        wanted: &Wanted,
        officer: Option<&OfficerRow>,
        agreed: Option<&Agreed>,
    ) -> std::result::Result<Paper, (String, AppError)> {
        let early = |error| (String::new(), error);
        let unit = units::load(&mut open.tx, &open.accident.unit).await;
        let unit = unit.map_err(|error| early(error.into()))?;
        let unit = unit.ok_or_else(|| early(Refusal::not_found().into()))?;
        // Asked before a number is drawn for it.
        let (number, now) = ("", open.now);
        let sheet = Sheet {
            accident: &open.accident,
            unit: &unit,
            officer,
            number,
            now,
        };
        self.content(&sheet, wanted, agreed).map_err(early)?;
        let number = next_number(open, &unit, wanted.kind).await.map_err(early)?;
        let made = self
            .make_numbered(open, (wanted, agreed), (&unit, officer), &number)
            .await;
        made.map_err(|error| (number, error))
    }

    async fn make_numbered(
        &self,
        open: &mut Open,
        (wanted, agreed): (&Wanted, Option<&Agreed>),
        (unit, officer): (&UnitRow, Option<&OfficerRow>),
        number: &str,
    ) -> Result<Paper> {
        let now = open.now;
        let sheet = Sheet {
            accident: &open.accident,
            unit,
            officer,
            number,
            now,
        };
        let Content { mut paper, signings } = self.content(&sheet, wanted, agreed)?;
        let readers = readers(&open.accident, wanted);
        let content_sha256 = self.keep_json(open, &paper).await?;
        if let Some(head) = paper.head_mut() {
            head.digest = content_sha256.to_string();
        }
        let title = paper.title().to_owned();
        let drawn = self.draw(paper, State::Issued).await?;
        // Only where the form has a line for an officer.
        let officer = officer.filter(|_| drawn.places.iter().any(|place| place.name == "officer"));
        let ink = officer.and_then(|officer| officer.ink.as_ref());
        let officer_ink = match ink {
            Some(ink) => self.keep_json(open, &ink.0).await?,
            None => content_sha256.clone(),
        };
        let page = Page {
            title: &title,
            number,
            revision: 1,
            unit,
            officer,
            officer_ink: &officer_ink,
            content: &content_sha256,
        };
        let document: Document = self.seal_page(open, drawn, &page).await?;
        Ok(Paper {
            kind: wanted.kind,
            subject: wanted.subject.clone(),
            number: number.to_owned(),
            readers,
            issued_at: now,
            issued_by: officer.map(|officer| OfficerId(officer.id.0)),
            content_sha256,
            to_sign: document.clone(),
            current: document,
            signings,
            replaced: false,
        })
    }

    /// What goes on it, from the case as it stands.
    fn content(&self, sheet: &Sheet<'_>, wanted: &Wanted, agreed: Option<&Agreed>) -> Result<Content> {
        let accident = sheet.accident;
        let everybody = || pending(accident.parties.iter().map(|party| party.id));
        let nobody = |paper: papers::Paper| Content {
            paper,
            signings: Vec::new(),
        };
        Ok(match wanted.kind {
            PaperKind::Agreement => {
                let missing = || Refusal::invalid_field("agreed", "missing", "请填写协商的责任和内容");
                let signings = everybody();
                let paper = agreement::of(sheet, agreed.ok_or_else(missing)?, &signings)?;
                Content {
                    paper: paper.into(),
                    signings,
                }
            }
            PaperKind::Mediation => {
                let signings = everybody();
                let mediation = accident.mediation.as_ref().ok_or_else(Refusal::not_found)?;
                let paper = mediation::of(sheet, mediation, &signings);
                Content {
                    paper: paper.into(),
                    signings,
                }
            }
            PaperKind::Assessment => {
                let own = assessment_of(accident, wanted).ok_or_else(Refusal::not_found)?;
                let paper = assessment::of(sheet, own, self.rules_of(accident)?);
                let signs = !own.is_signed_by(own.party);
                let signings = pending(Some(own.party).filter(|_| signs));
                Content {
                    paper: paper.into(),
                    signings,
                }
            }
            PaperKind::Settlement => {
                let of = accident.parties.iter().find(|party| concerns(wanted, &party.id));
                let (party, settlement) = of.zip(accident.settlement()).ok_or_else(Refusal::not_found)?;
                nobody(settlement::of(sheet, party, &settlement.plan).into())
            }
            PaperKind::Transfer => nobody(transfer::of(sheet).into()),
            PaperKind::Review => {
                let own = accident.review.as_ref().ok_or_else(Refusal::not_found)?;
                let signings = pending([own.party]);
                Content {
                    paper: review::of(sheet, own, &signings)?.into(),
                    signings,
                }
            }
            PaperKind::Void => {
                let voided = accident
                    .voided
                    .iter()
                    .find(|void| void.finding.number == wanted.subject);
                nobody(void::of(sheet, voided.ok_or_else(Refusal::not_found)?).into())
            }
        })
    }
}

fn assessment_of<'a>(accident: &'a Accident, wanted: &Wanted) -> Option<&'a domain::assessment::Assessment> {
    let mut all = accident.assessments.iter();
    all.find(|assessment| concerns(wanted, &assessment.id))
}

fn concerns(wanted: &Wanted, id: &impl std::fmt::Display) -> bool {
    wanted.subject.contains(&id.to_string())
}

/// Whom a paper is for: what holds everybody's data goes to the field alone.
fn readers(accident: &Accident, wanted: &Wanted) -> Vec<domain::id::PartyId> {
    let parties = accident.parties.iter().map(|party| party.id);
    match wanted.kind {
        PaperKind::Agreement | PaperKind::Mediation | PaperKind::Void => parties.collect(),
        PaperKind::Assessment => assessment_of(accident, wanted)
            .map(|own| own.party)
            .into_iter()
            .collect(),
        PaperKind::Settlement => parties.filter(|party| concerns(wanted, party)).collect(),
        PaperKind::Transfer => Vec::new(),
        PaperKind::Review => accident.review.iter().map(|review| review.party).collect(),
    }
}

fn undrawn(wanted: Wanted, number: String, refusal: Refusal) -> Undrawn {
    let problem = refusal.fields.into_iter().next();
    let (field, message) = problem.map_or_else(
        || (String::new(), refusal.message),
        |problem| (problem.field, problem.message),
    );
    Undrawn {
        kind: wanted.kind,
        subject: wanted.subject,
        number,
        field,
        message,
    }
}

/// `{division}{yyyy}{letter}{seq:06}`, counted per unit, year and kind.
async fn next_number(open: &mut Open, unit: &UnitRow, kind: PaperKind) -> Result<String> {
    let (year, letter) = (open.now.china_day().year(), kind.letter());
    let counter = format!("paper:{}:{year}:{letter}", unit.code);
    let seq = counters::next(&mut open.tx, &counter).await?;
    Ok(format!("{}{year:04}{letter}{seq:06}", unit.code))
}
