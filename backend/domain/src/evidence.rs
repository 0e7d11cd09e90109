//! What was seen: photos, stills and recordings, each known by the digest of its bytes.

use serde::{Deserialize, Serialize};

use crate::id::{EvidenceId, PartyId, Sha256Hex, StillId};
use crate::time::Instant;

/// One piece of evidence. Its bytes never change; a better picture is another piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    pub id: EvidenceId,
    pub kind: EvidenceKind,
    pub shot: Option<Shot>,
    /// Whose phone it came from; none when the desk made it.
    pub party: Option<PartyId>,
    /// The request it answers.
    pub still: Option<StillId>,
    /// A small picture sent ahead on a weak network: digest of the full one that is to follow.
    #[serde(default)]
    pub preview_of: Option<Sha256Hex>,
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub media_type: String,
    /// Pixels; none for recordings.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// By the phone's clock.
    pub taken_at: Option<Instant>,
    /// By ours.
    pub received_at: Instant,
    pub position: Option<Position>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Taken by the driver.
    Photo,
    /// Taken by the driver's phone when the officer asked for it.
    Still,
    /// One segment of one participant's audio and video.
    Recording,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shot {
    Overview,
    Impact,
    Plate,
    Damage,
    Licence,
    Other,
}

/// WGS-84 degrees, and the radius in metres that the phone states.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
    pub accuracy_m: Option<f64>,
}

impl Position {
    /// Degrees to a centimetre, metres to a decimetre: what is stored reads back the same everywhere.
    pub fn rounded(self) -> Self {
        let to = |value: f64, step: f64| (value * step).round() / step;
        Self {
            latitude: to(self.latitude, 1e7),
            longitude: to(self.longitude, 1e7),
            accuracy_m: self.accuracy_m.map(|value| to(value, 10.0)),
        }
    }
}

/// A still the officer asked for and the phone has not yet sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StillRequest {
    pub id: StillId,
    #[serde(rename = "party_id")]
    pub party: PartyId,
    pub asked_at: Instant,
}
