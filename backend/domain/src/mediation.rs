//! 调解 (程序规定 arts. 25 and 26): on joint request only, its result on the finding, signed again.
//!
//! Here is what a mediation is and what each fact does to it. Whether a request may pass is judged in
//! `accident/mediating.rs`; a mediation never changes who is to blame or what insurers owe.

pub mod draft;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod waiver;

use serde::{Deserialize, Serialize};

use crate::codes::ClosingCode;
use crate::fact::{Fact, Recorded};
use crate::id::PartyId;
use crate::signing::Signing;
use crate::time::Instant;

pub use terms::{AgreedPayment, Deadline, Difference, Terms, TermsParty};

/// How a mediation stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mediation {
    /// Each party's last word on whether they want it.
    pub wishes: Vec<Wish>,
    /// As the officer noted them; those that follow from what a party did are not here.
    pub bars: Vec<Bar>,
    pub proposal: Option<Proposal>,
    pub ending: Option<Ending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = MediationWish))]
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

impl BarKind {
    pub const ALL: [Self; 3] = [Self::ObjectsToFinding, Self::RefusedToSign, Self::DoesNotAgree];

    /// As the form says it, behind the party.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ObjectsToFinding => "对认定有异议",
            Self::RefusedToSign => "拒绝在认定书上签名",
            Self::DoesNotAgree => "不同意调解",
        }
    }

    /// 结案方式 it leads to.
    pub const fn closing(self) -> ClosingCode {
        match self {
            Self::ObjectsToFinding => ClosingCode::FindingDisputed,
            Self::RefusedToSign => ClosingCode::SignatureRefused,
            Self::DoesNotAgree => ClosingCode::MediationDeclined,
        }
    }
}

/// Terms on the page, with the places for the signatures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub terms: Terms,
    /// The page that the parties are shown.
    pub to_sign: crate::finding::Document,
    /// One entry per party, in party order.
    pub signings: Vec<Signing>,
    pub proposed_at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = MediationEnding))]
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

/// 当事人对认定有异议: said by the party, seen by the officer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FindingObjection))]
pub struct Objection {
    #[serde(rename = "party_id")]
    pub party: PartyId,
    pub reason: String,
    pub at: Instant,
}

/// 甲方, 乙方 …; a party beyond the ten stems (当事人11) is its own word.
pub fn side(label: &str) -> String {
    if label.starts_with("当事人") {
        label.to_owned()
    } else {
        format!("{label}方")
    }
}

/// What a fact does to the mediation of these parties.
pub(crate) fn take(mediation: &mut Option<Mediation>, parties: &[PartyId], recorded: &Recorded) {
    let mediation = mediation.get_or_insert_default();
    match &recorded.fact {
        Fact::MediationAnswered { party, wanted } => {
            mediation.wishes.retain(|wish| wish.party != *party);
            mediation.wishes.push(Wish {
                party: *party,
                wanted: *wanted,
                at: recorded.at,
            });
            if *wanted {
                // Whoever agrees now no longer disagrees; the note stays in the facts.
                mediation.lift(*party, BarKind::DoesNotAgree);
            }
        }
        Fact::MediationBarred { bar, .. } => {
            mediation.lift(bar.party, bar.why);
            mediation.bars.push(bar.clone());
        }
        Fact::MediationProposed { terms, document } => {
            mediation.ending = None;
            mediation.proposal = Some(Proposal {
                terms: terms.clone(),
                to_sign: document.clone(),
                signings: parties
                    .iter()
                    .map(|party| Signing::Pending { party: *party })
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
        Fact::MediationEnded { ending, .. } => mediation.ending = Some(ending.clone()),
        _ => {}
    }
}

impl Mediation {
    /// A note that no longer holds is taken off the list.
    pub(crate) fn lift(&mut self, party: PartyId, why: BarKind) {
        self.bars.retain(|bar| bar.party != party || bar.why != why);
    }

    pub fn wish(&self, party: PartyId) -> Option<&Wish> {
        self.wishes.iter().find(|wish| wish.party == party)
    }

    pub fn agreed(&self) -> bool {
        matches!(self.ending, Some(Ending::Agreed { .. }))
    }

    /// The words on the page give up every further claim.
    pub fn waives(&self) -> bool {
        self.proposal
            .as_ref()
            .is_some_and(|proposal| waiver::find(&proposal.terms.text).is_some())
    }

    /// The proposal that waits for signatures.
    pub fn pending(&self) -> Option<&Proposal> {
        self.proposal.as_ref().filter(|_| self.ending.is_none())
    }

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
