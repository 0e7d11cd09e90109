//! Which pictures of a case an insurer may see: those of the scene and the vehicles.
//!
//! Never recordings, never the other side's licences or what a phone sent beyond the guided shots, never a preview whose
//! picture has come. Whose phone it was is told by a label alone.

use domain::accident::Accident;
use domain::evidence::{Evidence, EvidenceKind, Shot};
use domain::id::{EvidenceId, InsurerCode, Sha256Hex};
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::insures;

/// One picture as one insurer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordEvidence {
    pub id: EvidenceId,
    pub kind: RecordEvidenceKind,
    /// What it was to show; none for a still.
    pub shot: Option<Shot>,
    /// 甲 碰撞部位
    pub title: String,
    /// By the phone's clock; ours when it told none.
    pub taken_at: Instant,
    /// Of the original, as it came from the phone; what is sent is a smaller picture with a watermark.
    pub sha256: Sha256Hex,
    /// Of the original.
    pub bytes: u64,
    /// Of the original, in pixels.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Label of the party whose phone took it; none when the desk did.
    pub party: Option<String>,
    pub url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordEvidenceKind {
    /// Taken by the driver.
    Photo,
    /// Taken by the driver's phone when the officer asked for it.
    Still,
}

/// The pictures that `insurer` may see, as they came.
pub fn visible(accident: &Accident, insurer: InsurerCode) -> impl Iterator<Item = &Evidence> {
    accident.pictures().filter(move |item| {
        let own = item
            .party
            .and_then(|id| accident.party(id).ok())
            .is_some_and(|party| insures(party, insurer));
        !accident.archive.gone.contains(&item.id) && is_shown(item.kind, item.shot, own)
    })
}

/// What shows scene and vehicles; of one's own insured, what else they sent.
fn is_shown(kind: EvidenceKind, shot: Option<Shot>, own: bool) -> bool {
    match (kind, shot) {
        (EvidenceKind::Recording, _) => false,
        (_, Some(Shot::Overview | Shot::Impact | Shot::Plate | Shot::Damage))
        | (EvidenceKind::Still, None) => true,
        (_, Some(Shot::Licence | Shot::Other)) | (EvidenceKind::Photo, None) => own,
    }
}

/// The same as they travel.
pub fn of(accident: &Accident, insurer: InsurerCode, record: Uuid) -> Vec<RecordEvidence> {
    visible(accident, insurer)
        .map(|item| {
            let party = item.party.and_then(|id| accident.party(id).ok());
            let party = party.map(|party| party.label.clone());
            let what = match item.kind {
                EvidenceKind::Still => "民警截图",
                EvidenceKind::Photo | EvidenceKind::Recording => item.shot.map_or("照片", label),
            };
            RecordEvidence {
                id: item.id,
                kind: match item.kind {
                    EvidenceKind::Still => RecordEvidenceKind::Still,
                    EvidenceKind::Photo | EvidenceKind::Recording => RecordEvidenceKind::Photo,
                },
                shot: item.shot,
                title: format!("{} {what}", party.as_deref().unwrap_or_default())
                    .trim()
                    .to_owned(),
                taken_at: item.taken_at.unwrap_or(item.received_at),
                sha256: item.sha256.clone(),
                bytes: item.bytes,
                width: item.width,
                height: item.height,
                party,
                url: format!("/api/v1/settlements/{record}/evidence/{}", item.id),
            }
        })
        .collect()
}

/// What a guided shot shows.
pub fn label(shot: Shot) -> &'static str {
    match shot {
        Shot::Overview => "现场全景",
        Shot::Impact => "碰撞部位",
        Shot::Plate => "号牌",
        Shot::Damage => "车损细节",
        Shot::Licence => "证件",
        Shot::Other => "其他照片",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_sides_papers_and_any_recording_stay_with_the_desk() {
        use EvidenceKind::{Photo, Recording, Still};
        for own in [true, false] {
            assert!(!is_shown(Recording, None, own));
            assert!(is_shown(Still, None, own));
            for shot in [Shot::Overview, Shot::Impact, Shot::Plate, Shot::Damage] {
                assert!(is_shown(Photo, Some(shot), own));
            }
            for shot in [Some(Shot::Licence), Some(Shot::Other), None] {
                assert_eq!(is_shown(Photo, shot, own), own, "{shot:?}");
            }
            assert_eq!(is_shown(Still, Some(Shot::Licence), own), own);
        }
    }
}
