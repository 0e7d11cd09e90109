//! A photo has arrived whole: it becomes evidence, once, in the same transaction that closes its upload.

use domain::evidence::{Evidence, EvidenceKind, Position, Shot};
use domain::fact::Actor;
use domain::id::{AccidentId, EvidenceId, OfficerId, PartyId, Sha256Hex, StillId, UploadId};
use domain::time::Instant;

use super::{App, Begun, Scope};
use crate::config::PHOTOS_MAX;
use crate::refusal::{Refusal, Result};
use crate::store::uploads;

/// A checked photo whose bytes are already kept under their digest.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    pub accident: AccidentId,
    /// Exactly one of these two: whose phone, or which desk it came from.
    pub by_party: Option<PartyId>,
    pub by_officer: Option<OfficerId>,
    /// The upload it came by.
    pub upload: UploadId,
    pub kind: EvidenceKind,
    pub shot: Option<Shot>,
    pub still: Option<StillId>,
    /// Digest of the full picture that is to follow.
    pub preview_of: Option<Sha256Hex>,
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    /// By the phone's clock.
    pub taken_at: Option<Instant>,
    pub position: Option<Position>,
    pub received_at: Instant,
}

impl App {
    /// # Errors
    /// `photo_limit`, a still nobody asked for, a case that takes no photos any more; `not_found` when the
    /// upload was closed meanwhile; `file_gone`.
    pub async fn take_evidence(&self, new: NewEvidence) -> Result<EvidenceId> {
        let id = EvidenceId(self.new_id());
        let by = match (new.by_party, new.by_officer) {
            (Some(party), _) => Actor::Party(party),
            (None, Some(officer)) => Actor::Officer(officer),
            (None, None) => Actor::Service,
        };
        let Begun::Fresh(mut open) = self.open((new.accident, &Scope::Service, by), None).await? else {
            return Err(Refusal::not_found().into());
        };
        let evidence = Evidence {
            id,
            kind: new.kind,
            shot: new.shot,
            party: new.by_party,
            still: new.still,
            preview_of: new.preview_of,
            sha256: new.sha256.clone(),
            bytes: new.bytes,
            media_type: new.media_type.to_owned(),
            width: Some(new.width),
            height: Some(new.height),
            taken_at: new.taken_at,
            received_at: new.received_at,
            position: new.position,
        };
        let fact = open.accident.take_evidence(evidence, PHOTOS_MAX)?;
        self.keep_file(&mut open, &new.sha256).await?;
        open.happen(fact)?;
        if !uploads::finish(&mut open.tx, new.upload, id, new.received_at).await? {
            return Err(Refusal::not_found().into());
        }
        self.save(*open).await?;
        Ok(id)
    }
}
