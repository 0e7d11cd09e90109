//! What every paper around the finding takes from the case alike: unit, number, who issues it.

use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::id::PartyId;
use domain::money::Fen;
use domain::party::Party;
use domain::signing::Signing;
use domain::time::Instant;
use papers::{Head, Issuer, Officer, PartySignature};

use super::{drawn, name_of, signature_of};
use crate::store::officers::OfficerRow;
use crate::store::units::UnitRow;

/// The case, and what stands beside it in the store.
pub struct Sheet<'a> {
    pub accident: &'a Accident,
    pub unit: &'a UnitRow,
    /// Who issues it; none when it is issued by itself.
    pub officer: Option<&'a OfficerRow>,
    /// Empty on a draft.
    pub number: &'a str,
    pub now: Instant,
}

impl Sheet<'_> {
    /// The digest is put in once the content is known.
    pub fn head(&self) -> Head {
        Head {
            unit: self.unit_lines(),
            number: Some(self.number.to_owned()).filter(|number| !number.is_empty()),
            revision: 1,
            verification_url: None,
            digest: String::new(),
            made_at: self.now.to_string(),
        }
    }

    fn unit_lines(&self) -> [String; 2] {
        let mut lines = self.unit.lines.0.iter().cloned();
        [lines.next().unwrap_or_default(), lines.next().unwrap_or_default()]
    }

    pub fn unit_name(&self) -> String {
        self.unit_lines().concat()
    }

    pub fn issuer(&self, copies: &str) -> Issuer {
        Issuer {
            officer: self.officer.map(|officer| Officer {
                name: officer.name.clone(),
                badge: officer.badge.clone(),
                ink: officer.ink.as_ref().map(|ink| drawn(&ink.0)),
            }),
            seal: Some(papers::seal(&self.unit_name(), super::SEAL_CAPTION)),
            date: self.now.china_day_text(),
            copies: copies.to_owned(),
        }
    }

    pub fn occurred_at(&self) -> String {
        let scene = self.accident.scene.as_ref();
        scene
            .and_then(|scene| scene.occurred_at)
            .map(Instant::china_text)
            .unwrap_or_default()
    }

    pub fn weather(&self) -> String {
        let scene = self.accident.scene.as_ref();
        scene
            .and_then(|scene| scene.weather)
            .map(|weather| weather.label().to_owned())
            .unwrap_or_default()
    }

    pub fn place(&self) -> String {
        let scene = self.accident.scene.as_ref();
        scene
            .and_then(|scene| scene.place.as_ref())
            .map(|place| place.text.clone())
            .unwrap_or_default()
    }

    /// The finding's number, or the case's own where no finding is.
    pub fn case_number(&self) -> String {
        let finding = self.accident.finding().map(|finding| finding.number.clone());
        finding.unwrap_or_else(|| self.accident.case_number())
    }

    /// Empty places for these parties.
    pub fn signatures(&self, signings: &[Signing]) -> Vec<PartySignature> {
        let party = |signing: &Signing| self.accident.party(signing.party()).ok();
        let parties = signings.iter().filter_map(party);
        parties.map(|party| signature_of(party, signings)).collect()
    }

    /// 甲方张伟, or the text as it stands when it is no party's label.
    pub fn named(&self, label: &str) -> String {
        let party = self.accident.parties.iter().find(|party| party.label == label);
        party.map_or_else(|| label.to_owned(), side_and_name)
    }
}

/// 甲方张伟
pub fn side_and_name(party: &Party) -> String {
    format!("{}{}", domain::mediation::side(&party.label), name_of(party))
}

pub fn insurers(codes: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let names = codes
        .into_iter()
        .map(|code| insurer_name(code.as_ref()).to_owned());
    names.collect::<Vec<_>>().join("、")
}

/// 1,234.00
pub fn yuan(amount: Fen) -> String {
    amount.to_string().trim_end_matches(" 元").to_owned()
}

/// Empty where nothing is to be paid.
pub fn yuan_or_none(amount: Fen) -> String {
    if amount.is_zero() {
        String::new()
    } else {
        yuan(amount)
    }
}

pub fn pending(parties: impl IntoIterator<Item = PartyId>) -> Vec<Signing> {
    let slot = |party| Signing::Pending { party };
    parties.into_iter().map(slot).collect()
}
