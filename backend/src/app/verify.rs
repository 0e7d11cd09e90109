//! Whether a finding that somebody holds in their hand is ours and stands. Anybody may ask who knows the
//! number and the code printed beside it; what is told is little, and names are masked.

use domain::accident::Accident;
use domain::fact::{Fact, Recorded, open_chain};
use domain::finding::Finding;
use domain::id::Sha256Hex;
use domain::identifiers::mask_name;
use domain::party::Party;
use domain::signing::Signing;
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::open::link_of;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::findings::FindingRow;
use crate::store::{Tx, accidents, certificates, facts, findings, units};

/// What the public is told about a finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verified {
    pub number: String,
    pub state: VerifiedState,
    pub issued_at: Instant,
    pub voided_at: Option<Instant>,
    pub unit: String,
    /// Digest of the PDF as it now stands.
    pub sha256: Sha256Hex,
    /// Digests of earlier pages of this same finding: before all had signed, and before mediation.
    pub earlier_sha256: Vec<Sha256Hex>,
    pub parties: Vec<VerifiedParty>,
    /// The certificate that sealed the page; none on pages from before pages were sealed.
    pub seal: Option<VerifiedSeal>,
    pub signatures: Vec<VerifiedSignature>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedState {
    Issued,
    /// It stands, and a higher unit is looking at it.
    UnderReview,
    Void,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerifiedParty {
    pub label: String,
    /// Masked.
    pub name: String,
    /// Masked.
    pub plate: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerifiedSeal {
    pub subject: String,
    pub serial: String,
    pub certificate_sha256: Sha256Hex,
    pub not_after: Instant,
}

/// A party's place on the page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerifiedSignature {
    pub label: String,
    /// Masked.
    pub name: String,
    pub state: VerifiedSigning,
    pub at: Option<Instant>,
    /// Since then it no longer counts.
    pub revoked_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedSigning {
    Pending,
    Signed,
    Refused,
}

impl App {
    /// # Errors
    /// `not_found` alike for a number we never issued and for a wrong code, and with the same work done.
    pub async fn verify(&self, number: &str, check_code: &str) -> Result<Verified> {
        let mut tx = self.db.read().await?;
        let finding = findings::load(&mut tx, number).await?;
        // Compared as digests, so that the time it takes tells nothing; also when there is nothing to compare.
        let wanted = finding.as_ref().map_or("", |finding| finding.check_code.as_str());
        let given = Sha256Hex::of(check_code.trim().as_bytes());
        let right = given == Sha256Hex::of(wanted.as_bytes());
        let finding = finding.filter(|_| right).ok_or_else(Refusal::not_found)?;
        self.verified(&mut tx, finding).await
    }

    /// The finding that this page belongs to, or one of these: whoever holds a page holds its number and code.
    ///
    /// # Errors
    /// Only our own.
    pub async fn verify_page(&self, digests: &[Sha256Hex]) -> Result<Option<Verified>> {
        let mut tx = self.db.read().await?;
        for digest in digests {
            if let Some(finding) = findings::with_page(&mut tx, digest).await? {
                return self.verified(&mut tx, finding).await.map(Some);
            }
        }
        Ok(None)
    }

    async fn verified(&self, tx: &mut Tx, row: FindingRow) -> Result<Verified> {
        let accident = accidents::load::<Accident>(tx, row.accident_id).await?;
        let accident = accident
            .map(|row| row.state.0)
            .ok_or_else(|| AppError::Inconsistent(format!("finding {} has no accident", row.id)))?;
        let unit = units::load(tx, &accident.unit)
            .await?
            .map(|unit| unit.name)
            .unwrap_or_default();
        let links: Vec<_> = facts::list(tx, accident.id)
            .await?
            .into_iter()
            .map(link_of)
            .collect();
        // A chain that does not hold is the audit's business; this page then knows no earlier one.
        let facts = open_chain(accident.id, &links).unwrap_or_else(|error| {
            tracing::error!(finding = %row.id, %error, "a finding's facts do not hold");
            Vec::new()
        });
        let finding = finding_of(&accident, &row.number);
        let seal = finding.and_then(|finding| {
            let pages = [&finding.to_sign, &finding.current];
            let seal = pages
                .into_iter()
                .flat_map(|page| &page.events)
                .find(|event| event.field == "unit");
            seal.cloned()
        });
        let seal = match seal {
            Some(event) => certificates::load(tx, &event.serial).await?,
            None => None,
        };
        let under_review = accident.under_review() && row.voided_at.is_none();
        Ok(Verified {
            state: match row.voided_at {
                Some(_) => VerifiedState::Void,
                None if under_review => VerifiedState::UnderReview,
                None => VerifiedState::Issued,
            },
            issued_at: row.issued_at,
            voided_at: row.voided_at,
            unit,
            earlier_sha256: pages(&facts, &row.number)
                .filter(|digest| *digest != row.sha256)
                .collect(),
            sha256: row.sha256,
            parties: accident.parties.iter().map(shown).collect(),
            seal: seal.map(|certificate| VerifiedSeal {
                subject: certificate.subject,
                serial: certificate.serial,
                certificate_sha256: certificate.sha256,
                not_after: certificate.not_after,
            }),
            signatures: finding.map_or_else(Vec::new, |finding| {
                finding
                    .signings
                    .iter()
                    .map(|slot| signed(&accident, slot))
                    .collect()
            }),
            number: row.number,
        })
    }
}

/// The finding of this number, also when it was taken back.
fn finding_of<'a>(accident: &'a Accident, number: &str) -> Option<&'a Finding> {
    let void = accident.voided.iter().map(|void| &void.finding);
    accident
        .finding()
        .into_iter()
        .chain(void)
        .find(|finding| finding.number == number)
}

fn signed(accident: &Accident, slot: &Signing) -> VerifiedSignature {
    let party = accident.party(slot.party()).ok().map(shown);
    let (state, at) = match slot {
        Signing::Pending { .. } => (VerifiedSigning::Pending, None),
        Signing::Signed { signature, .. } => (VerifiedSigning::Signed, Some(signature.at)),
        Signing::Refused { refusal, .. } => (VerifiedSigning::Refused, Some(refusal.at)),
    };
    let own = |serial: &str| slot.events().iter().any(|event| event.serial == serial);
    let revoked = accident
        .revocations
        .iter()
        .find(|revocation| own(&revocation.serial));
    VerifiedSignature {
        label: party
            .as_ref()
            .map(|party| party.label.clone())
            .unwrap_or_default(),
        name: party.map(|party| party.name).unwrap_or_default(),
        state,
        at,
        revoked_at: revoked.map(|revocation| revocation.at),
    }
}

/// Every page this finding ever had: a party may hold the one from before mediation, or from before the last
/// signature.
fn pages<'f>(facts: &'f [Recorded], number: &'f str) -> impl Iterator<Item = Sha256Hex> + 'f {
    let mut ours = false;
    facts.iter().filter_map(move |recorded| {
        let document = match &recorded.fact {
            Fact::FindingIssued { finding } => {
                ours = finding.number == number;
                Some(&finding.to_sign)
            }
            fact => fact.page(),
        };
        document.filter(|_| ours).map(|document| document.sha256.clone())
    })
}

fn shown(party: &Party) -> VerifiedParty {
    let name = party
        .details
        .as_ref()
        .map(|details| mask_name(&details.name))
        .unwrap_or_default();
    let plate = party
        .vehicle()
        .map(|vehicle| vehicle.plate.as_str())
        .filter(|plate| !plate.is_empty());
    VerifiedParty {
        label: party.label.clone(),
        name,
        plate: plate.map(mask_plate),
    }
}

/// Region and last two characters: enough to know one's own, too little to look one up.
pub fn mask_plate(plate: &str) -> String {
    let count = plate.chars().count();
    plate
        .chars()
        .enumerate()
        .map(|(at, c)| if at < 2 || at + 2 >= count { c } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_shows_its_region_and_its_end() {
        assert_eq!(mask_plate("浙DA1234"), "浙D***34");
        assert_eq!(mask_plate("浙AD12345"), "浙A****45");
    }
}
