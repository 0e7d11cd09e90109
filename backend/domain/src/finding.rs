//! The finding (道路交通事故认定书) as the case knows it: number, revisions by digest, who signed.

use serde::{Deserialize, Serialize};

use crate::id::Sha256Hex;
use crate::signing::{Ink, SignatureEvent, Signing};
use crate::time::Instant;

/// An issued finding. Its content is frozen; each signature makes one more revision of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub number: String,
    /// Twelve characters that the QR code carries, so that numbers cannot be walked.
    pub check_code: String,
    pub issued_at: Instant,
    pub officer_name: String,
    pub officer_badge: String,
    pub officer_ink: Ink,
    /// Digest of the frozen content, printed on every revision.
    pub content_sha256: Sha256Hex,
    /// What the parties are shown and sign: the page as issued.
    pub to_sign: Document,
    /// The page as it stands, with the signatures so far.
    pub current: Document,
    /// One entry per party, in party order.
    pub signings: Vec<Signing>,
}

impl Finding {
    /// When it was served: with the last signature or refusal; none while one is missing.
    pub fn served_at(&self) -> Option<Instant> {
        let times = self.signings.iter().map(|signing| match signing {
            Signing::Pending { .. } => None,
            Signing::Signed { signature, .. } => Some(signature.at),
            Signing::Refused { refusal, .. } => Some(refusal.at),
        });
        times.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// Stored bytes, named by their digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub pages: u32,
    /// 1 as issued, one more for every signature or refusal.
    pub revision: u32,
    /// The unit's seal and the officer's signature, when the page was drawn anew with this revision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<SignatureEvent>,
}

/// A time stamp on a signed page (RFC 3161).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Digest of the page that was stamped; the stamp makes it one revision more.
    pub of: Sha256Hex,
    /// When it came; the exact moment that the authority vouches for is in the file.
    pub at: Instant,
    /// Who was asked: a host's name.
    pub authority: String,
}

/// A finding taken back: its number stays visible as void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoidFinding {
    pub finding: Finding,
    pub reason: String,
    pub voided_at: Instant,
}
