//! Signatures in the file itself: a page drawn anew gets its fields, the unit's seal and the officer's signature;
//! a party's signature fills its place. Each is one more revision behind the bytes that were there.
//!
//! Whether somebody may sign, and what it means, is judged before. Everything here that takes time runs off the
//! async threads; what was made is recorded in the deed's own transaction.

use std::sync::Arc;
use std::time::Duration;

use domain::finding::Document;
use domain::id::{AccidentId, Sha256Hex};
use domain::signing::SignatureEvent;
use domain::time::Instant;
use pades::authority::{Authority, Event};
use pades::{PadesError, Signer, Subject, not_after};
use papers::{Fonts, SignatureSlot};
use serde::Serialize;

use super::judge_file::bytes_of;
use super::{App, Open, paper};
use crate::pki;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::certificates::{self, CertificateRow};
use crate::store::documents::{self, DocumentRow};
use crate::store::officers::OfficerRow;
use crate::store::units::UnitRow;

/// How long the key of an event may sign; it signs once and is gone much sooner.
const KEY_FOR: Duration = Duration::from_secs(5 * 60);
const OFFICER: &str = "承办民警签名";

/// Who signs by a certificate of their own, made for this one time.
pub(super) struct Signatory {
    /// `officer` or `party`.
    pub kind: &'static str,
    pub name: String,
    pub organisation: String,
    pub role: String,
    /// Latin letters and digits only; others are left out.
    pub number: String,
    /// What they do, as a viewer shows it.
    pub reason: String,
}

/// A place to be filled.
pub(super) struct Filling {
    pub field: String,
    pub slot: SignatureSlot,
    /// A page without this place is signed without it.
    pub only_if_there: bool,
}

/// Whose page it is.
pub(super) struct Page<'a> {
    /// The form's name, as a viewer shows what was sealed.
    pub title: &'a str,
    pub number: &'a str,
    pub revision: u32,
    pub unit: &'a UnitRow,
    /// None when no officer acts: their place stays open.
    pub officer: Option<&'a OfficerRow>,
    pub officer_ink: &'a Sha256Hex,
    pub content: &'a Sha256Hex,
}

/// What an event certificate vouches for, as text; its digest is in the certificate.
#[derive(Serialize)]
pub(super) struct Evidence<'a, T: Serialize> {
    pub what: &'a str,
    pub accident: AccidentId,
    pub number: &'a str,
    /// The page that was shown.
    pub document_sha256: &'a Sha256Hex,
    pub at: Instant,
    #[serde(flatten)]
    pub more: T,
}

/// One signature to be put into the file.
struct Act {
    field: String,
    by: String,
    reason: String,
    place: String,
    certifies: bool,
    look: Option<SignatureSlot>,
    only_if_there: bool,
    who: Who,
}

enum Who {
    Seal(Arc<dyn Signer>),
    Event(Box<Made>),
}

/// An event certificate about to be made.
struct Made {
    authority: Arc<Authority>,
    signatory: Arc<Signatory>,
    evidence: [u8; 32],
    crl: Option<String>,
    random: [u8; 32],
}

/// What a blocking thread hands back.
struct Signed {
    bytes: Vec<u8>,
    /// In the order they signed: field, kind, certificate, evidence.
    by: Vec<(String, &'static str, pades::Certificate, Option<[u8; 32]>)>,
}

impl App {
    /// Makes a drawn page one that holds: fields first, the unit certifies, the officer signs, and it is kept.
    ///
    /// # Errors
    /// `seal_expired`; only our own otherwise.
    pub(super) async fn seal_page(
        &self,
        open: &mut Open,
        drawn: papers::Pdf,
        page: &Page<'_>,
    ) -> Result<Document> {
        let seal = self.seal_of(&mut open.tx, page.unit).await?;
        let mut acts = vec![Act {
            field: "unit".to_owned(),
            by: page.unit.name.clone(),
            reason: format!("出具{} {}", page.title, page.number),
            place: page.unit.name.clone(),
            certifies: true,
            look: None,
            only_if_there: false,
            who: Who::Seal(seal),
        }];
        if let Some(officer) = page.officer {
            let shown = Sha256Hex::new(drawn.sha256.clone()).map_err(broken)?;
            #[derive(Serialize)]
            struct More<'a> {
                officer: &'a str,
                ink_sha256: &'a Sha256Hex,
                content_sha256: &'a Sha256Hex,
            }
            let evidence = Evidence {
                what: "officer_signature",
                accident: open.accident.id,
                number: page.number,
                document_sha256: &shown,
                at: open.now,
                more: More {
                    officer: &officer.badge,
                    ink_sha256: page.officer_ink,
                    content_sha256: page.content,
                },
            };
            let evidence = self.keep_json(open, &evidence).await?;
            let signatory = officer_of(officer, page.unit, OFFICER);
            acts.push(Act {
                field: "officer".to_owned(),
                by: officer.name.clone(),
                reason: OFFICER.to_owned(),
                place: page.unit.name.clone(),
                certifies: false,
                look: None,
                only_if_there: false,
                who: self.event(open, Arc::new(signatory), &evidence).await?,
            });
        }
        let places: Vec<pades::Place> = drawn.places.into_iter().map(place_of).collect();
        let (bytes, pages, fonts, now) = (drawn.bytes, drawn.pages, Arc::clone(&self.fonts), open.now);
        let signed = blocking(move || {
            let bytes = pades::with_fields(&bytes, &places).map_err(refused)?;
            perform(bytes, acts, &fonts, now)
        })
        .await?;
        self.take_signed(open, signed, (pages, page.revision)).await
    }

    /// Fills places of the page that stands; answers its next revision and what was signed.
    ///
    /// # Errors
    /// Only our own: whether this place may be signed was judged before.
    pub(super) async fn fill_places<T: Serialize>(
        &self,
        open: &mut Open,
        (signatory, fillings): (Signatory, Vec<Filling>),
        evidence: &Evidence<'_, T>,
        current: &Document,
    ) -> Result<Document> {
        let bytes = self.blobs.get(&current.sha256).await?;
        let bytes = bytes.ok_or_else(|| broken(format!("the page {} is not there", current.sha256)))?;
        let evidence = self.keep_json(open, evidence).await?;
        let signatory = Arc::new(signatory);
        let mut acts = Vec::with_capacity(fillings.len());
        for filling in fillings {
            acts.push(Act {
                field: filling.field,
                by: signatory.name.clone(),
                reason: signatory.reason.clone(),
                place: String::new(),
                certifies: false,
                look: Some(filling.slot),
                only_if_there: filling.only_if_there,
                who: self.event(open, Arc::clone(&signatory), &evidence).await?,
            });
        }
        let (fonts, now) = (Arc::clone(&self.fonts), open.now);
        let signed = blocking(move || perform(bytes, acts, &fonts, now)).await?;
        self.take_signed(open, signed, (current.pages, current.revision + 1))
            .await
    }

    async fn event(&self, open: &mut Open, signatory: Arc<Signatory>, evidence: &Sha256Hex) -> Result<Who> {
        Ok(Who::Event(Box::new(Made {
            authority: self.authority(&mut open.tx).await?,
            signatory,
            evidence: bytes_of(evidence),
            crl: self.pki.crl_url().map(str::to_owned),
            random: self.random(),
        })))
    }

    /// Records the certificates, keeps the bytes, and says what the revision is.
    async fn take_signed(
        &self,
        open: &mut Open,
        signed: Signed,
        (pages, revision): (u32, u32),
    ) -> Result<Document> {
        let mut events = Vec::with_capacity(signed.by.len());
        for (field, kind, certificate, evidence) in signed.by {
            let evidence = evidence
                .map(|digest| Sha256Hex::new(pki::hex(&digest)))
                .transpose();
            let event = SignatureEvent {
                field: field.clone(),
                serial: pki::serial(&certificate),
                certificate_sha256: pki::digest(&certificate)?,
                evidence_sha256: evidence.map_err(broken)?,
            };
            // A unit's seal is on record since it was made.
            if kind != "unit" {
                let row = CertificateRow {
                    accident_id: Some(open.accident.id),
                    field: Some(field),
                    evidence_sha256: event.evidence_sha256.clone(),
                    ..self.row_of(&certificate, kind)?
                };
                certificates::insert_if_new(&mut open.tx, &row).await?;
            }
            events.push(event);
        }
        let now = open.now;
        let drawn = paper::Drawn {
            bytes: signed.bytes,
            pages,
        };
        let document = self.keep(&mut open.tx, drawn, revision, now).await?;
        Ok(Document { events, ..document })
    }

    /// Keeps a value as the JSON text whose digest others name.
    ///
    /// # Errors
    /// The disk's and the store's.
    pub(super) async fn keep_json<T: Serialize>(&self, open: &mut Open, value: &T) -> Result<Sha256Hex> {
        let text = serde_json::to_vec(value).map_err(broken)?;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let sha256 = self.blobs.put(text).await?;
        let row = DocumentRow {
            sha256: sha256.clone(),
            media_type: "application/json".to_owned(),
            bytes,
            created_at: open.now,
        };
        documents::insert_if_new(&mut open.tx, &row).await?;
        Ok(sha256)
    }
}

/// An officer, as their certificate names them.
pub(super) fn officer_of(officer: &OfficerRow, unit: &UnitRow, reason: &str) -> Signatory {
    Signatory {
        kind: "officer",
        name: officer.name.clone(),
        organisation: unit.name.clone(),
        role: "交通警察".to_owned(),
        number: officer.badge.clone(),
        reason: reason.to_owned(),
    }
}

fn perform(mut bytes: Vec<u8>, acts: Vec<Act>, fonts: &Fonts, now: Instant) -> Result<Signed> {
    let mut by = Vec::with_capacity(acts.len());
    for act in acts {
        let look = match &act.look {
            None => None,
            Some(slot) => {
                let known = pades::places(&bytes).map_err(refused)?;
                let place = known.into_iter().find(|known| known.place.name == act.field);
                match place {
                    None if act.only_if_there => continue,
                    None => return Err(refused(PadesError::NoSuchField(act.field))),
                    Some(known) => Some(
                        papers::appearance(&paper_place(known.place), slot, fonts)
                            .map_err(paper::unprintable)?,
                    ),
                }
            }
        };
        let signing = pades::Signing {
            field: &act.field,
            at: now.into_inner(),
            by: &act.by,
            reason: &act.reason,
            location: &act.place,
            appearance: look.as_deref(),
            certifies: act.certifies,
        };
        let (kind, certificate, evidence);
        bytes = match act.who {
            Who::Seal(seal) => {
                let signed = pades::sign(&bytes, &signing, &*seal).map_err(refused)?;
                (kind, certificate, evidence) = ("unit", seal.chain()[0].clone(), None);
                signed
            }
            Who::Event(made) => {
                let signer = made.signer(now)?;
                let signed = pades::sign(&bytes, &signing, &signer).map_err(refused)?;
                (kind, evidence) = (made.signatory.kind, Some(made.evidence));
                certificate = signer.certificate().clone();
                signed
            }
        };
        by.push((act.field, kind, certificate, evidence));
    }
    Ok(Signed { bytes, by })
}

impl Made {
    fn signer(&self, now: Instant) -> Result<pades::authority::EventSigner> {
        let signatory = &*self.signatory;
        let number: String = signatory
            .number
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.'))
            .collect();
        let event = Event {
            subject: Subject {
                name: &signatory.name,
                organisation: &signatory.organisation,
                role: &signatory.role,
                number: &number,
            },
            evidence: &self.evidence,
            at: now.into_inner(),
            key_for: KEY_FOR,
            // As long as the authority itself: whoever checks without time stamps must not call a good page bad.
            until: not_after(self.authority.certificate()),
            crl: self.crl.as_deref(),
        };
        self.authority
            .event(&event, &self.random)
            .map_err(|error| refused(error.into()))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

fn place_of(place: papers::Place) -> pades::Place {
    pades::Place {
        name: place.name,
        tooltip: place.tooltip,
        page: place.page,
        rect: place.rect,
    }
}

fn paper_place(place: pades::Place) -> papers::Place {
    papers::Place {
        name: place.name,
        tooltip: place.tooltip,
        page: place.page,
        rect: place.rect,
    }
}

fn refused(error: PadesError) -> AppError {
    match error {
        PadesError::Certificate(error @ pades::CertificateError::Expired { .. }) => {
            tracing::error!(%error, "a certificate is out of date");
            Refusal::conflict("seal_expired", "签章的证书已到期，请联系管理员更换后再试").into()
        }
        error => broken(error),
    }
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("the document cannot be signed: {error}"))
}
