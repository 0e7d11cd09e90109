//! Which places of the file belong to whom, and a party's signature or an officer's note on its way into them.

use domain::accident::Accident;
use domain::finding::Document;
use domain::id::{OfficerId, PartyId, Sha256Hex};
use domain::signing::{Circumstances, Refused, Signing};
use serde::Serialize;

use super::seal::{Evidence, Filling, Signatory, officer_of};
use super::{App, Open, paper};
use crate::refusal::{AppError, Result};
use crate::store::{officers, units};

/// What stands behind a party's signature: with the strokes and the code, all that proves it was them.
#[derive(Serialize)]
struct OfParty<'a> {
    party: PartyId,
    /// The page that the signature was put on, others' signatures included.
    page_sha256: &'a Sha256Hex,
    ink_sha256: &'a Sha256Hex,
    /// A code sent to it was shown right before.
    phone_masked: &'a str,
    read_s: u32,
    scrolled_to_end: bool,
    circumstances: Option<&'a Circumstances>,
}

/// What stands behind a note of refusal.
#[derive(Serialize)]
struct OfRefusal<'a> {
    party: PartyId,
    page_sha256: &'a Sha256Hex,
    officer: &'a str,
    refused: Refused,
    reason: &'a str,
}

/// The numbers of a party's places, as the page counts them from 1: among the parties, and among the injured.
pub(super) fn of(accident: &Accident, party: PartyId) -> (usize, Option<usize>) {
    let index = |ids: Vec<PartyId>| ids.iter().position(|id| *id == party).map(|index| index + 1);
    let place = index(accident.parties.iter().map(|party| party.id).collect()).unwrap_or(0);
    let injured = accident.parties.iter().filter(|party| party.injured());
    let injury = index(injured.map(|party| party.id).collect());
    (place, injury)
}

impl App {
    /// Fills these places of the current page with what `slot` holds; the officer signs a note of refusal.
    ///
    /// # Errors
    /// Only our own.
    pub(super) async fn fill(
        &self,
        open: &mut Open,
        (slot, officer): (Signing, Option<OfficerId>),
        places: Vec<(String, bool)>,
        current: &Document,
    ) -> Result<(Signing, Document)> {
        let drawn = paper::slot_of(Some(&slot));
        let fillings = places
            .into_iter()
            .map(|(field, only_if_there)| Filling {
                field,
                slot: drawn.clone(),
                only_if_there,
            })
            .collect();
        match slot {
            Signing::Pending { .. } => Err(AppError::Inconsistent(
                "an empty place cannot be filled".to_owned(),
            )),
            Signing::Signed { party, signature } => {
                let mut signature = signature;
                let document = self
                    .fill_by_party(open, (party, &signature), fillings, current)
                    .await?;
                let (events, document) = taken(document);
                signature.events = events;
                Ok((Signing::Signed { party, signature }, document))
            }
            Signing::Refused { party, mut refusal } => {
                let officer = officer.ok_or_else(|| AppError::Inconsistent("a note by nobody".to_owned()))?;
                let document = self
                    .fill_by_officer(open, (party, &refusal, officer), fillings, current)
                    .await?;
                let (events, document) = taken(document);
                refusal.events = events;
                Ok((Signing::Refused { party, refusal }, document))
            }
        }
    }

    async fn fill_by_party(
        &self,
        open: &mut Open,
        (party, signature): (PartyId, &domain::signing::Signature),
        fillings: Vec<Filling>,
        current: &Document,
    ) -> Result<Document> {
        let known = open.accident.party(party)?;
        let name = known.details.as_ref().map(|details| details.name.clone());
        let number = number_of(open);
        let signatory = Signatory {
            kind: "party",
            name: name
                .filter(|name| !name.trim().is_empty())
                .unwrap_or_else(|| format!("当事人{}", known.label)),
            organisation: String::new(),
            role: format!("当事人{}", known.label),
            number: number.clone(),
            reason: "本人已阅读并签名".to_owned(),
        };
        let evidence = Evidence {
            what: "party_signature",
            accident: open.accident.id,
            number: &number,
            document_sha256: &signature.document,
            at: signature.at,
            more: OfParty {
                party,
                page_sha256: &current.sha256,
                ink_sha256: &signature.ink_sha256,
                phone_masked: &signature.phone_masked,
                read_s: signature.read_s,
                scrolled_to_end: signature.scrolled_to_end,
                circumstances: signature.circumstances.as_deref(),
            },
        };
        self.fill_places(open, (signatory, fillings), &evidence, current)
            .await
    }

    async fn fill_by_officer(
        &self,
        open: &mut Open,
        (party, refusal, officer): (PartyId, &domain::signing::SignatureRefusal, OfficerId),
        fillings: Vec<Filling>,
        current: &Document,
    ) -> Result<Document> {
        let unit = units::load(&mut open.tx, &open.accident.unit).await?;
        let officer = officers::load(&mut open.tx, officer).await?;
        let (unit, officer) = unit.zip(officer).ok_or_else(|| {
            AppError::Inconsistent("the noting unit or officer is not in the store".to_owned())
        })?;
        let number = number_of(open);
        let evidence = Evidence {
            what: "refusal_note",
            accident: open.accident.id,
            number: &number,
            document_sha256: &current.sha256,
            at: refusal.at,
            more: OfRefusal {
                party,
                page_sha256: &current.sha256,
                officer: &officer.badge,
                refused: refusal.what,
                reason: &refusal.reason,
            },
        };
        let reason = format!("注明当事人拒绝{}", refusal.what.text());
        let signatory = officer_of(&officer, &unit, &reason);
        self.fill_places(open, (signatory, fillings), &evidence, current)
            .await
    }
}

fn number_of(open: &Open) -> String {
    let finding = open.accident.finding();
    finding.map(|finding| finding.number.clone()).unwrap_or_default()
}

/// What was signed belongs to the signature, not to the page.
fn taken(mut document: Document) -> (Vec<domain::signing::SignatureEvent>, Document) {
    (std::mem::take(&mut document.events), document)
}
