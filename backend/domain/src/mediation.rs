//! 调解 (程序规定 arts. 25 and 26): on joint request only, its result on the finding, signed again.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Recorded};
use crate::id::PartyId;
use crate::money::Fen;
use crate::signing::Signing;
use crate::time::Instant;

/// How a mediation stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mediation {
    /// Each party's last word on whether they want it.
    pub wishes: Vec<Wish>,
    pub bars: Vec<Bar>,
    pub proposal: Option<Proposal>,
    pub ending: Option<Ending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wish {
    #[serde(rename = "party_id")]
    pub party: PartyId,
    pub wanted: bool,
    pub at: Instant,
}

/// 程序规定 art. 26: the police do not mediate, and the officer notes why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bar {
    #[serde(rename = "party_id")]
    pub party: PartyId,
    pub why: BarKind,
    pub note: String,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BarKind {
    /// 对认定有异议
    ObjectsToFinding,
    /// 拒绝在认定书上签名
    RefusedToSign,
    /// 不同意调解
    DoesNotAgree,
}

/// What the parties agree to; amounts may differ from the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub payments: Vec<AgreedPayment>,
    /// 损害赔偿调解结果, as it stands on the finding.
    pub text: String,
    /// 履行方式
    pub performance: String,
    /// 履行期限
    pub deadline: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreedPayment {
    /// Label of the party who pays.
    pub payer: String,
    pub payee: String,
    pub amount_fen: Fen,
}

/// Terms on the page, with the places for the signatures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub terms: Terms,
    /// The page that the parties are shown.
    pub to_sign: crate::finding::Document,
    pub signings: Vec<Signing>,
    pub proposed_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// Every party has signed.
    Agreed {
        at: Instant,
    },
    Failed {
        reason: String,
        at: Instant,
    },
}

/// What a fact does to the mediation.
pub(crate) fn take(mediation: &mut Option<Mediation>, recorded: &Recorded) {
    let mediation = mediation.get_or_insert_default();
    match &recorded.fact {
        Fact::MediationAnswered { party, wanted } => {
            mediation.wishes.retain(|wish| wish.party != *party);
            mediation.wishes.push(Wish {
                party: *party,
                wanted: *wanted,
                at: recorded.at,
            });
        }
        Fact::MediationBarred { bar } => mediation.bars.push(bar.clone()),
        Fact::MediationProposed { terms, document } => {
            mediation.ending = None;
            mediation.proposal = Some(Proposal {
                terms: terms.clone(),
                to_sign: document.clone(),
                signings: mediation
                    .wishes
                    .iter()
                    .map(|wish| Signing::Pending { party: wish.party })
                    .collect(),
                proposed_at: recorded.at,
            });
        }
        Fact::MediationSigned { party, signature, .. } => mediation.sign(Signing::Signed {
            party: *party,
            signature: signature.clone(),
        }),
        Fact::MediationRefused { party, refusal, .. } => mediation.sign(Signing::Refused {
            party: *party,
            refusal: refusal.clone(),
        }),
        Fact::MediationEnded { ending } => mediation.ending = Some(ending.clone()),
        _ => {}
    }
}

impl Mediation {
    fn sign(&mut self, signing: Signing) {
        let slots = self
            .proposal
            .iter_mut()
            .flat_map(|proposal| &mut proposal.signings);
        if let Some(slot) = slots.into_iter().find(|slot| slot.party() == signing.party()) {
            *slot = signing;
        }
    }
}
