//! How the accident ended, as insurers read it: the mediated result, 代位求偿, objections, the closing code.
//! It tells; nothing in it changes what a policy pays.

use domain::accident::Accident;
use domain::id::PartyId;
use domain::identifiers::{mask_document, mask_name, mask_phone, mask_within};
use domain::mediation::{AgreedPayment, Ending};
use domain::stage::{Closing, Stage};
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::record::RecordParty;

#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RecordOutcome)]
pub struct Outcome {
    /// 损害赔偿调解结果, once mediation has ended.
    pub mediation: Option<Mediated>,
    /// Labels of parties who chose 代位求偿: their insurer pays first and recovers.
    pub subrogated: Vec<String>,
    /// Labels of parties who object to the finding.
    pub objecting: Vec<String>,
    pub closing: Option<Closing>,
}

#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MediatedOutcome)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Mediated {
    /// Every party has signed these words.
    Agreed {
        at: Instant,
        /// Between the parties themselves, beside what insurers pay.
        payments: Vec<AgreedPayment>,
        text: String,
        performance: Option<String>,
        deadline_text: Option<String>,
    },
    Failed {
        at: Instant,
        reason: String,
    },
}

/// As the accident stands.
pub fn of(accident: &Accident) -> Outcome {
    let label = |id: &PartyId| accident.party(*id).ok().map(|party| party.label.clone());
    Outcome {
        mediation: mediated(accident),
        subrogated: accident.subrogation.iter().filter_map(label).collect(),
        objecting: accident
            .objections
            .iter()
            .filter_map(|objection| label(&objection.party))
            .collect(),
        closing: match &accident.stage {
            Stage::Closed { closing, .. } => Some(closing.clone()),
            _ => None,
        },
    }
}

fn mediated(accident: &Accident) -> Option<Mediated> {
    let mediation = accident.mediation.as_ref()?;
    match mediation.ending.as_ref()? {
        Ending::Agreed { at } => {
            let terms = &mediation.proposal.as_ref()?.terms;
            Some(Mediated::Agreed {
                at: *at,
                payments: terms.payments.clone(),
                text: terms.text.clone(),
                performance: terms.performance.clone(),
                deadline_text: terms.deadline.map(|deadline| deadline.text()),
            })
        }
        Ending::Failed { reason, at } => Some(Mediated::Failed {
            at: *at,
            reason: reason.clone(),
        }),
    }
}

/// The officer's words without what they say of these parties.
pub(super) fn masked(text: &str, others: &[&RecordParty]) -> String {
    others.iter().fold(text.to_owned(), |text, party| {
        let text = mask_within(text, &party.name, mask_name);
        let text = mask_within(text, &party.id_number, mask_document);
        mask_within(text, &party.phone, mask_phone)
    })
}

impl Outcome {
    /// With what the officer's words say of other insurers' parties masked.
    pub fn seen_beside(&self, others: &[&RecordParty]) -> Self {
        let masked = |text: &String| masked(text, others);
        let mut seen = self.clone();
        match &mut seen.mediation {
            Some(Mediated::Agreed {
                text, performance, ..
            }) => {
                *text = masked(text);
                *performance = performance.as_ref().map(masked);
            }
            Some(Mediated::Failed { reason, .. }) => *reason = masked(reason),
            None => {}
        }
        if let Some(closing) = &mut seen.closing {
            closing.note = closing.note.as_ref().map(masked);
        }
        seen
    }
}
