//! Whether a finding that somebody holds in their hand is ours and stands. Anybody may ask who knows the
//! number and the code printed beside it; what is told is little, and names are masked.

use domain::accident::Accident;
use domain::fact::{Fact, Recorded, open_chain};
use domain::id::Sha256Hex;
use domain::identifiers::mask_name;
use domain::party::Party;
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::open::link_of;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::{accidents, facts, findings, units};

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedState {
    Issued,
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

impl App {
    /// # Errors
    /// `not_found` alike for a number we never issued and for a wrong code.
    pub async fn verify(&self, number: &str, check_code: &str) -> Result<Verified> {
        let mut tx = self.db.read().await?;
        let finding = findings::load(&mut tx, number)
            .await?
            .ok_or_else(Refusal::not_found)?;
        // Compared as digests, so that the time it takes tells nothing.
        let given = Sha256Hex::of(check_code.trim().as_bytes());
        if given != Sha256Hex::of(finding.check_code.as_bytes()) {
            return Err(Refusal::not_found().into());
        }
        let accident = accidents::load::<Accident>(&mut tx, finding.accident_id).await?;
        let accident = accident
            .map(|row| row.state.0)
            .ok_or_else(|| AppError::Inconsistent(format!("finding {} has no accident", finding.id)))?;
        let unit = units::load(&mut tx, &accident.unit)
            .await?
            .map(|unit| unit.name)
            .unwrap_or_default();
        let links: Vec<_> = facts::list(&mut tx, accident.id)
            .await?
            .into_iter()
            .map(link_of)
            .collect();
        // A chain that does not hold is the audit's business; this page then knows no earlier one.
        let facts = open_chain(accident.id, &links).unwrap_or_else(|error| {
            tracing::error!(finding = %finding.id, %error, "a finding's facts do not hold");
            Vec::new()
        });
        Ok(Verified {
            number: finding.number,
            state: if finding.voided_at.is_some() {
                VerifiedState::Void
            } else {
                VerifiedState::Issued
            },
            issued_at: finding.issued_at,
            voided_at: finding.voided_at,
            unit,
            earlier_sha256: pages(&facts, number)
                .filter(|digest| *digest != finding.sha256)
                .collect(),
            sha256: finding.sha256,
            parties: accident.parties.iter().map(shown).collect(),
        })
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
