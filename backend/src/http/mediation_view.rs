//! What may follow the finding, as it travels: objection, mediation, subrogation, guests.

use domain::accident::{Accident, StandingBar};
use domain::codes::ClosingCode;
use domain::guest::{Guest, GuestRole};
use domain::id::{GuestId, InsurerCode, PartyId, Sha256Hex};
use domain::mediation::{
    AgreedPayment, BarKind, Difference, Ending, Mediation, Objection, Proposal, Terms, Wish,
};
use domain::problem::Problem;
use domain::stage::Stage;
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use super::archive_view::{ArchiveView, ReviewView};
use super::papers_view::{DocumentView, SignatureView};
use crate::app::{App, Who};
use crate::refusal::Result;

/// Part of every view of an accident.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AfterFinding {
    /// From the served finding on.
    pub mediation: Option<MediationView>,
    pub subrogation: SubrogationView,
    /// 对认定有异议
    pub objections: Vec<Objection>,
    /// 复核, once the finding is served.
    pub review: Option<ReviewView>,
    /// For officers; drivers get none.
    pub guests: Vec<GuestLine>,
    /// For officers: how the case is kept.
    pub archive: Option<ArchiveView>,
}

/// 代位求偿
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubrogationView {
    pub offered_to: Vec<PartyId>,
    pub chosen: Vec<PartyId>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MediationView {
    /// A result may be proposed now.
    pub open: bool,
    /// Why not; empty exactly when it is open.
    pub why_not: Vec<Problem>,
    /// Each party's last word; a party without one has not answered.
    pub wishes: Vec<Wish>,
    pub bars: Vec<BarView>,
    /// What the plan leaves to the parties themselves: to begin the terms with.
    pub suggestion: Vec<AgreedPayment>,
    pub proposal: Option<ProposalView>,
    pub ending: Option<Ending>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BarView {
    pub party_id: PartyId,
    pub why: BarKind,
    /// 结案方式 it leads to.
    pub closing_code: ClosingCode,
    pub note: String,
    pub at: Instant,
    /// Noted by the officer; otherwise it follows from what the party did.
    pub noted: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalView {
    pub terms: Terms,
    /// 履行期限 as it stands on the page.
    pub deadline_text: Option<String>,
    pub difference: Vec<Difference>,
    pub proposed_at: Instant,
    /// Digest of the page that every party is shown and signs.
    pub to_sign_sha256: Sha256Hex,
    /// That page.
    pub document: DocumentView,
    pub signatures: Vec<SignatureView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuestLine {
    pub id: GuestId,
    pub role: GuestRole,
    pub name: String,
    pub insurer: Option<InsurerCode>,
    pub invited_at: Instant,
    pub expires_at: Instant,
    pub removed_at: Option<Instant>,
}

impl AfterFinding {
    /// # Errors
    /// Only our own.
    pub fn of(app: &App, accident: &Accident, who: &Who) -> Result<Self> {
        let viewer = if who.is_officer() { "officer" } else { "driver" };
        let served = matches!(accident.stage, Stage::Settling { .. } | Stage::Closed { .. });
        Ok(Self {
            mediation: served.then(|| MediationView::of(accident, viewer)),
            subrogation: SubrogationView {
                offered_to: accident.subrogation_offered(),
                chosen: accident.subrogation.clone(),
            },
            objections: accident.objections.clone(),
            review: match accident.served_at() {
                Some(_) => {
                    let until = app.review_until(accident)?;
                    Some(ReviewView::of(accident, until, (who, app.clock.now())))
                }
                None => None,
            },
            guests: if who.is_officer() {
                accident.guests.iter().map(GuestLine::of).collect()
            } else {
                Vec::new()
            },
            archive: ArchiveView::of(app, accident, who)?,
        })
    }
}

impl MediationView {
    fn of(accident: &Accident, viewer: &str) -> Self {
        let none = Mediation::default();
        let mediation = accident.mediation.as_ref().unwrap_or(&none);
        let why_not = accident.why_not_mediate();
        Self {
            open: why_not.is_empty(),
            why_not,
            wishes: mediation.wishes.clone(),
            bars: accident.bars().into_iter().map(BarView::of).collect(),
            suggestion: accident.suggested_terms(),
            proposal: mediation
                .proposal
                .as_ref()
                .map(|proposal| ProposalView::of(accident, proposal, viewer)),
            ending: mediation.ending.clone(),
        }
    }
}

impl BarView {
    fn of(standing: StandingBar) -> Self {
        let bar = standing.bar;
        Self {
            party_id: bar.party,
            why: bar.why,
            closing_code: bar.why.closing(),
            note: bar.note,
            at: bar.at,
            noted: standing.noted,
        }
    }
}

impl ProposalView {
    fn of(accident: &Accident, proposal: &Proposal, viewer: &str) -> Self {
        Self {
            deadline_text: proposal.terms.deadline.map(|deadline| deadline.text()),
            difference: accident.terms_difference(&proposal.terms.payments),
            terms: proposal.terms.clone(),
            proposed_at: proposal.proposed_at,
            to_sign_sha256: proposal.to_sign.sha256.clone(),
            document: DocumentView::of(accident.id, &proposal.to_sign, viewer),
            signatures: proposal.signings.iter().map(SignatureView::of).collect(),
        }
    }
}

impl GuestLine {
    pub fn of(guest: &Guest) -> Self {
        Self {
            id: guest.id,
            role: guest.role,
            name: guest.name.clone(),
            insurer: guest.insurer,
            invited_at: guest.invited_at,
            expires_at: guest.expires_at(),
            removed_at: guest.removed_at,
        }
    }
}
