//! Papers around the finding: which was issued for whom, who signed it, and which could not be drawn.
//!
//! What stands on them is drawn elsewhere; here is only that they exist, by digest. The finding itself is no such
//! paper: the case's stages hang on it, and on none of these.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Recorded};
use crate::finding::Document;
use crate::id::{OfficerId, PartyId, Sha256Hex};
use crate::signing::Signing;
use crate::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// 道路交通事故自行协商协议书
    Agreement,
    /// 机动车损失定损单
    Assessment,
    /// 赔付结果告知书
    Settlement,
    /// 道路交通事故损害赔偿调解记录
    Mediation,
    /// 道路交通事故移交单
    Transfer,
    /// 道路交通事故认定书作废通知
    Void,
    /// 道路交通事故认定复核申请书
    Review,
}

impl PaperKind {
    pub const ALL: [Self; 7] = [
        Self::Agreement,
        Self::Assessment,
        Self::Settlement,
        Self::Mediation,
        Self::Transfer,
        Self::Void,
        Self::Review,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Agreement => "自行协商协议书",
            Self::Assessment => "定损单",
            Self::Settlement => "赔付结果告知书",
            Self::Mediation => "调解记录",
            Self::Transfer => "移交单",
            Self::Void => "作废通知",
            Self::Review => "复核申请书",
        }
    }

    /// Stands in the paper's number between the year and the count, so that no number is a finding's.
    pub const fn letter(self) -> char {
        match self {
            Self::Agreement => 'X',
            Self::Assessment => 'D',
            Self::Settlement => 'P',
            Self::Mediation => 'T',
            Self::Transfer => 'Y',
            Self::Void => 'Z',
            Self::Review => 'F',
        }
    }

    /// Issued by itself as soon as the case calls for it; the others when an officer wants them.
    pub const fn is_automatic(self) -> bool {
        matches!(
            self,
            Self::Assessment | Self::Settlement | Self::Transfer | Self::Void | Self::Review
        )
    }
}

/// A paper that was issued. Its content is frozen; each signature makes one more revision of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    pub kind: PaperKind,
    /// Which of its kind: the assessment, the plan and the party, the void number. A second one of the same
    /// subject takes the place of the first.
    pub subject: String,
    pub number: String,
    /// Whom it is for; empty for the desk and the field alone.
    pub readers: Vec<PartyId>,
    pub issued_at: Instant,
    /// None when it was issued by itself.
    pub issued_by: Option<OfficerId>,
    /// Digest of the frozen content, printed on every revision; the content is kept under it.
    pub content_sha256: Sha256Hex,
    /// What is shown and signed.
    pub to_sign: Document,
    pub current: Document,
    /// One entry for each who is asked to sign.
    pub signings: Vec<Signing>,
    /// Another one of the same subject was issued after it.
    #[serde(default)]
    pub replaced: bool,
}

impl Paper {
    pub fn is_signed(&self) -> bool {
        self.signings.iter().any(|slot| !slot.is_pending())
    }
}

/// A paper the case calls for that could not be drawn: a character without a shape, say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undrawn {
    pub kind: PaperKind,
    pub subject: String,
    /// The number that was drawn for it and is used by nothing else; empty when none was.
    pub number: String,
    /// Where on the paper: `items[2].1`.
    pub field: String,
    /// Names the character.
    pub message: String,
}

/// What a fact does to the papers.
pub(crate) fn take(papers: &mut Vec<Paper>, undrawn: &mut Vec<Undrawn>, recorded: &Recorded) {
    match &recorded.fact {
        Fact::PaperIssued { paper } => {
            undrawn.retain(|other| (other.kind, &other.subject) != (paper.kind, &paper.subject));
            for other in papers.iter_mut() {
                other.replaced |= (other.kind, &other.subject) == (paper.kind, &paper.subject);
            }
            papers.push(paper.as_ref().clone());
        }
        Fact::PaperNotDrawn { undrawn: new } => {
            undrawn.retain(|other| (other.kind, &other.subject) != (new.kind, &new.subject));
            undrawn.push(new.clone());
        }
        Fact::PaperSigned {
            number,
            party,
            signature,
            document,
        } => fill(
            papers,
            number,
            Signing::Signed {
                party: *party,
                signature: signature.clone(),
            },
            document,
        ),
        Fact::PaperRefused {
            number,
            party,
            refusal,
            document,
        } => fill(
            papers,
            number,
            Signing::Refused {
                party: *party,
                refusal: refusal.clone(),
            },
            document,
        ),
        _ => {}
    }
}

fn fill(papers: &mut [Paper], number: &str, signing: Signing, document: &Document) {
    let Some(paper) = papers.iter_mut().find(|paper| paper.number == number) else {
        return;
    };
    if let Some(slot) = paper
        .signings
        .iter_mut()
        .find(|slot| slot.party() == signing.party())
    {
        *slot = signing;
        paper.current = document.clone();
    }
}
