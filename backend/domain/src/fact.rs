//! Facts: what happened, in order, chained by digest. They are the truth; the rows beside them only say
//! how things stand.

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, StillRequest};
use crate::finding::{Document, Finding};
use crate::id::{AccidentId, OfficerId, PartyId, Sha256Hex, UnitId};
use crate::party::{Consent, Losses, OutsideProperty, PartyDetails};
use crate::scene::Scene;
use crate::signing::{Signature, SignatureRefusal};
use crate::stage::{Closing, Decision, Escalation, Settlement};
use crate::time::Instant;
use crate::triage::Triage;

/// Who made it happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Party(PartyId),
    Officer(OfficerId),
    /// The service itself, e.g. a media callback.
    Service,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party(id) => write!(f, "party:{id}"),
            Self::Officer(id) => write!(f, "officer:{id}"),
            Self::Service => f.write_str("service"),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = crate::id::BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("party", id)) => id.parse().map(Self::Party),
            Some(("officer", id)) => id.parse().map(Self::Officer),
            None if text == "service" => Ok(Self::Service),
            _ => Err(crate::id::BadId { what: "Actor" }),
        }
    }
}

/// Everything that can happen to an accident. A kind is never removed: old cases are replayed with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Fact {
    Reported {
        unit: UnitId,
        party: PartyId,
        phone: Option<String>,
    },
    PartyJoined {
        party: PartyId,
    },
    PhoneConfirmed {
        party: PartyId,
        phone: String,
    },
    ConsentAnswered {
        party: PartyId,
        consent: Consent,
    },
    TriageAnswered {
        triage: Triage,
    },
    SceneRecorded {
        scene: Scene,
    },
    PartyRecorded {
        party: PartyId,
        details: PartyDetails,
    },
    EvidenceTaken {
        evidence: Evidence,
    },
    Queued,
    Claimed {
        officer: OfficerId,
    },
    Released,
    StillRequested {
        request: StillRequest,
    },
    EvacuationOrdered,
    EvacuationAcknowledged {
        party: PartyId,
    },
    LossesAssessed {
        party: PartyId,
        losses: Losses,
    },
    OutsidePropertyAssessed {
        items: Vec<OutsideProperty>,
    },
    Decided {
        decision: Decision,
    },
    FindingIssued {
        finding: Finding,
    },
    Signed {
        party: PartyId,
        signature: Signature,
        document: Document,
    },
    SignatureRefused {
        party: PartyId,
        refusal: SignatureRefusal,
        document: Document,
    },
    /// Everybody has signed or refused: the finding is served.
    Served,
    FindingVoided {
        reason: String,
    },
    Settled {
        settlement: Settlement,
    },
    Closed {
        closing: Closing,
    },
    Escalated {
        escalation: Escalation,
    },
    MediaJoined {
        party: PartyId,
    },
    MediaLeft {
        party: PartyId,
    },
}

impl Fact {
    /// What a stored kind is called on a timeline.
    pub fn title(kind: &str) -> &'static str {
        match kind {
            "reported" => "报案",
            "party_joined" => "当事人加入",
            "phone_confirmed" => "手机号已验证",
            "consent_answered" => "回答了告知事项",
            "triage_answered" => "回答了安全问题",
            "scene_recorded" => "记录了时间地点",
            "party_recorded" => "填写了当事人信息",
            "evidence_taken" => "收到证据",
            "queued" => "进入排队",
            "claimed" => "民警接案",
            "released" => "退回队列",
            "still_requested" => "请求拍照",
            "evacuation_ordered" => "通知撤离现场",
            "evacuation_acknowledged" => "确认已撤离",
            "losses_assessed" => "记录了损失",
            "outside_property_assessed" => "记录了其他财产损失",
            "decided" => "认定责任",
            "finding_issued" => "出具认定书",
            "signed" => "签名",
            "signature_refused" => "记录拒绝签名",
            "served" => "认定书送达",
            "finding_voided" => "作废认定书",
            "settled" => "生成赔付方案",
            "closed" => "结案",
            "escalated" => "转现场处理",
            "media_joined" => "进入视频",
            "media_left" => "离开视频",
            _ => "其他",
        }
    }
}

/// A fact with its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// 1 for the first, without gaps.
    pub seq: u64,
    pub at: Instant,
    pub by: Actor,
    pub fact: Fact,
}

/// A fact as it lies in the store: the exact bytes that were digested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub seq: u64,
    pub kind: String,
    /// JSON text, byte for byte.
    pub body: String,
    pub at: Instant,
    pub by: String,
    pub digest: Sha256Hex,
    pub previous_digest: Sha256Hex,
}

/// What stands before the first fact: 64 zeros.
pub fn genesis() -> Sha256Hex {
    Sha256Hex::new("0".repeat(64)).unwrap_or_else(|_| Sha256Hex::of(&[]))
}

/// Something is wrong with a stored chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("fact {seq} is missing")]
    Missing { seq: u64 },
    #[error("fact {seq} does not follow the one before it")]
    NotChained { seq: u64 },
    #[error("fact {seq} has been changed: its digest does not match its content")]
    Changed { seq: u64 },
    #[error("fact {seq} cannot be read: {why}")]
    Unreadable { seq: u64, why: String },
}

impl Link {
    /// Chains `recorded` behind `previous`.
    ///
    /// # Errors
    /// Only if the fact cannot be written as JSON, which its types do not allow.
    pub fn seal(
        accident: AccidentId,
        recorded: &Recorded,
        previous: &Sha256Hex,
    ) -> Result<Self, serde_json::Error> {
        let mut value = serde_json::to_value(&recorded.fact)?;
        let kind = value["kind"].as_str().unwrap_or_default().to_owned();
        let body = value["body"].take().to_string();
        let by = recorded.by.to_string();
        let digest = digest(accident, recorded.seq, &kind, &body, recorded.at, &by, previous);
        Ok(Self {
            seq: recorded.seq,
            kind,
            body,
            at: recorded.at,
            by,
            digest,
            previous_digest: previous.clone(),
        })
    }

    /// Checks this link against the one before it and reads its fact.
    ///
    /// # Errors
    /// [`ChainError`] with the number of the first fact that does not hold.
    pub fn open(&self, accident: AccidentId, seq: u64, previous: &Sha256Hex) -> Result<Recorded, ChainError> {
        if self.seq != seq {
            return Err(ChainError::Missing { seq });
        }
        if self.previous_digest != *previous {
            return Err(ChainError::NotChained { seq });
        }
        if digest(accident, seq, &self.kind, &self.body, self.at, &self.by, previous) != self.digest {
            return Err(ChainError::Changed { seq });
        }
        self.read().map_err(|why| ChainError::Unreadable { seq, why })
    }

    fn read(&self) -> Result<Recorded, String> {
        let body: serde_json::Value = serde_json::from_str(&self.body).map_err(|error| error.to_string())?;
        let tagged = if body.is_null() {
            serde_json::json!({ "kind": self.kind })
        } else {
            serde_json::json!({ "kind": self.kind, "body": body })
        };
        let fact = serde_json::from_value(tagged).map_err(|error| error.to_string())?;
        let by = self
            .by
            .parse()
            .map_err(|error: crate::id::BadId| error.to_string())?;
        Ok(Recorded {
            seq: self.seq,
            at: self.at,
            by,
            fact,
        })
    }
}

/// SHA-256 over the lines: previous digest, accident, seq, kind, time, actor, body.
fn digest(
    accident: AccidentId,
    seq: u64,
    kind: &str,
    body: &str,
    at: Instant,
    by: &str,
    previous: &Sha256Hex,
) -> Sha256Hex {
    let text = format!(
        "{}\n{accident}\n{seq}\n{kind}\n{at}\n{by}\n{body}",
        previous.as_str()
    );
    Sha256Hex::of(text.as_bytes())
}

/// Opens a whole chain, first fact first.
///
/// # Errors
/// The first link that does not hold.
pub fn open_chain(accident: AccidentId, links: &[Link]) -> Result<Vec<Recorded>, ChainError> {
    let mut previous = genesis();
    let mut seq = 0;
    links
        .iter()
        .map(|link| {
            seq += 1;
            let recorded = link.open(accident, seq, &previous)?;
            previous = link.digest.clone();
            Ok(recorded)
        })
        .collect()
}
