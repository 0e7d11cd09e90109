//! The finding as a page: from the accident's frozen record to the fields of the form.
//!
//! Which words stand where is decided here; how they look is the business of the crate `papers`.

pub mod agreement;
pub(super) mod assessment;
pub(super) mod mediation;
pub(super) mod review;
pub(super) mod settlement;
pub(super) mod sheet;
pub(super) mod transfer;
pub(super) mod void;

use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::finding::Document;
use domain::id::Sha256Hex;
use domain::party::{Injury, Party, PartyKind};
use domain::signing::{Ink, Signing};
use domain::stage::Decision;
use domain::time::Instant;
use papers::{FindingDocument, InjuryStatement, Officer, PartySignature, SignatureSlot, State};

use super::App;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::units::UnitRow;
use crate::store::{Tx, documents};

const SEAL_CAPTION: &str = "道路交通事故处理专用章";
/// 程序规定 (公安部令第146号) arts. 26, 71 and 72: what a party who disagrees may do.
const RIGHTS: &str = "当事人对本认定有异议的，可以自本认定书送达之日起三个工作日内，向上一级公安机关交通管理部门或者本单位提出书面复核申请，复核以一次为限。\n当事人对本认定有异议、拒绝签名、不同意由公安机关交通管理部门调解，或者调解达成协议后不履行的，可以向人民法院提起民事诉讼。";
const INJURY_STATEMENT: &str = "本人确认在本次事故中伤情轻微，同意适用简易程序处理。";

/// Everything the page needs beside the accident.
pub struct Heading<'a> {
    pub unit: &'a UnitRow,
    pub officer_name: &'a str,
    pub officer_badge: &'a str,
    pub officer_ink: Option<&'a Ink>,
    pub number: &'a str,
    pub made_at: Instant,
    pub verification_url: Option<String>,
    /// Digest of the frozen content; empty while it is being computed.
    pub digest: &'a str,
    pub revision: u32,
}

/// The form, filled.
pub fn document(
    accident: &Accident,
    decision: &Decision,
    signings: &[Signing],
    heading: &Heading<'_>,
) -> FindingDocument {
    let scene = accident.scene.clone().unwrap_or_default();
    let signature = |party: &Party| signature_of(party, signings);
    let hurt = |party: &&Party| {
        party
            .details
            .as_ref()
            .is_some_and(|details| details.injured == Injury::Slight)
    };
    let mut lines = heading.unit.lines.0.iter().cloned();
    let head = [lines.next().unwrap_or_default(), lines.next().unwrap_or_default()];
    FindingDocument {
        seal: Some(papers::seal(&head.concat(), SEAL_CAPTION)),
        unit: head,
        number: heading.number.to_owned(),
        revision: heading.revision,
        occurred_at: scene.occurred_at.map(Instant::china_text).unwrap_or_default(),
        weather: scene
            .weather
            .map(|weather| weather.label().to_owned())
            .unwrap_or_default(),
        place: scene.place.map(|place| place.text).unwrap_or_default(),
        parties: accident.parties.iter().map(printed).collect(),
        facts: decision.facts_text.clone(),
        liability: decision.liability_text.lines().map(str::to_owned).collect(),
        signatures: signatures(accident, signings),
        officer: Officer {
            name: heading.officer_name.to_owned(),
            badge: heading.officer_badge.to_owned(),
            ink: heading.officer_ink.map(drawn),
        },
        date: heading.made_at.china_day_text(),
        injuries: accident
            .parties
            .iter()
            .filter(hurt)
            .map(|party| InjuryStatement {
                text: INJURY_STATEMENT.to_owned(),
                signature: signature(party),
            })
            .collect(),
        mediation: None,
        rights: RIGHTS.to_owned(),
        verification_url: heading.verification_url.clone(),
        digest: heading.digest.to_owned(),
        made_at: heading.made_at.to_string(),
    }
}

/// A place per party, in party order.
pub fn signatures(accident: &Accident, signings: &[Signing]) -> Vec<PartySignature> {
    let parties = accident.parties.iter();
    parties.map(|party| signature_of(party, signings)).collect()
}

fn signature_of(party: &Party, signings: &[Signing]) -> PartySignature {
    PartySignature {
        label: party.label.clone(),
        name: name_of(party),
        slot: slot_of(signings.iter().find(|signing| signing.party() == party.id)),
    }
}

fn name_of(party: &Party) -> String {
    party
        .details
        .as_ref()
        .map(|details| details.name.clone())
        .unwrap_or_default()
}

fn printed(party: &Party) -> papers::Party {
    let details = party.details.as_ref();
    let vehicle = party.vehicle();
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let model = vehicle.map(|vehicle| {
        let kind = vehicle.plate_kind.map(|kind| kind.label().to_owned());
        let parts = [vehicle.model.clone().filter(|model| !model.is_empty()), kind];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
    });
    let mode = match (details.map(|details| details.kind), vehicle) {
        (Some(PartyKind::Pedestrian), _) => Some("步行".to_owned()),
        (_, Some(vehicle)) => Some(vehicle.traffic_mode.label().to_owned()),
        (_, None) => None,
    };
    papers::Party {
        label: party.label.clone(),
        name: details.map(|details| details.name.clone()),
        document_number: details.map(|details| details.id_number.clone()),
        phone: party.phone.clone(),
        traffic_mode: mode,
        vehicle: model.and_then(filled),
        plate: vehicle.map(|vehicle| vehicle.plate.clone()).and_then(filled),
        insurer: party.insurer().map(|code| insurer_name(code).to_owned()),
        policy_number: vehicle
            .and_then(|vehicle| vehicle.ctp.as_ref())
            .map(|ctp| ctp.policy.clone())
            .and_then(filled),
    }
}

pub(super) fn slot_of(signing: Option<&Signing>) -> SignatureSlot {
    match signing {
        Some(Signing::Signed { signature, .. }) => SignatureSlot::Signed {
            ink: drawn(&signature.ink),
            at: signature.at.china_text(),
        },
        Some(Signing::Refused { refusal, .. }) => SignatureSlot::Refused {
            what: refusal.what.text().to_owned(),
            // The page ends the sentence itself.
            reason: refusal.reason.trim_end_matches(['。', '.', '；']).to_owned(),
            noted_at: refusal.at.china_text(),
        },
        Some(Signing::Pending { .. }) | None => SignatureSlot::Pending,
    }
}

/// The drawing module thinks in `f32`, which holds a phone's screen to a thousandth of a pixel.
#[expect(
    clippy::cast_possible_truncation,
    reason = "points lie within 20,000 pixels, checked on arrival"
)]
fn drawn(ink: &Ink) -> papers::Ink {
    let point = |point: &domain::signing::InkPoint| papers::Point {
        x: point.x as f32,
        y: point.y as f32,
        t: point.t,
        pressure: point.pressure as f32,
    };
    papers::Ink {
        strokes: ink
            .strokes
            .iter()
            .map(|stroke| stroke.iter().map(point).collect())
            .collect(),
        width: ink.width as f32,
        height: ink.height as f32,
    }
}

/// Digest of what is frozen: the form without the marks that come later.
pub fn content_digest(document: &FindingDocument) -> Result<Sha256Hex> {
    let text = serde_json::to_vec(document).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    Ok(Sha256Hex::of(&text))
}

/// A document's bytes on their way to be kept.
pub struct Drawn {
    pub bytes: Vec<u8>,
    pub pages: u32,
}

impl From<papers::Pdf> for Drawn {
    fn from(pdf: papers::Pdf) -> Self {
        Self {
            bytes: pdf.bytes,
            pages: pdf.pages,
        }
    }
}

impl App {
    /// Draws, off the async threads.
    ///
    /// # Errors
    /// `cannot_be_printed` with the field, when a character has no shape in any font.
    pub async fn draw(&self, document: impl Into<papers::Paper>, state: State) -> Result<papers::Pdf> {
        let (document, fonts) = (document.into(), self.fonts.clone());
        let drawn = tokio::task::spawn_blocking(move || papers::render(&document, state, &fonts)).await;
        drawn
            .map_err(|error| AppError::Inconsistent(error.to_string()))?
            .map_err(unprintable)
    }

    /// Keeps a document: bytes on disk under their digest first, then the row that names them.
    ///
    /// # Errors
    /// The disk's and the store's.
    pub async fn keep(
        &self,
        tx: &mut Tx,
        drawn: impl Into<Drawn>,
        revision: u32,
        now: Instant,
    ) -> Result<Document> {
        let drawn = drawn.into();
        let bytes = u64::try_from(drawn.bytes.len()).unwrap_or(u64::MAX);
        let sha256 = self.blobs.put(drawn.bytes).await?;
        let row = documents::DocumentRow {
            sha256: sha256.clone(),
            media_type: "application/pdf".to_owned(),
            bytes,
            created_at: now,
        };
        documents::insert_if_new(tx, &row).await?;
        Ok(Document {
            sha256,
            bytes,
            pages: drawn.pages,
            revision,
            events: Vec::new(),
        })
    }
}

/// What cannot be drawn, as the field to mend.
pub(super) fn unprintable(error: papers::RenderError) -> AppError {
    match error {
        papers::RenderError::MissingGlyph { character, field } => Refusal::invalid_field(
            field,
            "missing_glyph",
            format!(
                "“{character}”（U+{:04X}）没有可用的字形，请改用其他写法",
                u32::from(character)
            ),
        )
        .into(),
        papers::RenderError::BadField { field, why } => {
            Refusal::invalid_field(field, "cannot_be_printed", format!("这一项无法打印：{why}")).into()
        }
        papers::RenderError::Writer(why) => AppError::Inconsistent(why),
    }
}
