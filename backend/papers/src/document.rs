//! What a finding says, in plain types, as it was frozen when the officer decided.
//!
//! Texts are printed as they come: the caller has normalised them to NFC, masked what must be masked and put
//! times into words. The one machine-readable time is [`FindingDocument::made_at`], for the file's metadata.

use serde::{Deserialize, Serialize};

use crate::ink::Ink;
use crate::seal::Seal;

/// How far the document got. It changes the marks on the page, never the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draft,
    Issued,
    Void,
}

/// The fields of the form, in the form's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingDocument {
    /// The issuing unit's two lines, e.g. 诸暨市公安局 / 交通警察大队.
    pub unit: [String; 2],
    pub number: String,
    /// Counts from 1; a re-issue after an edit is one higher.
    pub revision: u32,
    /// yyyy年MM月dd日HH时mm分
    pub occurred_at: String,
    pub weather: String,
    pub place: String,
    pub parties: Vec<Party>,
    /// Paragraphs are separated by line feeds.
    pub facts: String,
    /// One paragraph per party, with the articles breached.
    pub liability: Vec<String>,
    pub signatures: Vec<PartySignature>,
    pub officer: Officer,
    pub seal: Option<Seal>,
    /// The day of the finding in words.
    pub date: String,
    /// Statements of slightly injured parties, each signed on its own.
    pub injuries: Vec<InjuryStatement>,
    /// Only when the parties asked for mediation.
    pub mediation: Option<Mediation>,
    /// Review within 3 working days, and suit. Paragraphs are separated by line feeds.
    pub rights: String,
    /// The address behind the QR code; not printed on a draft.
    pub verification_url: Option<String>,
    /// Digest (hex) of the content that was signed, printed small on every page.
    pub digest: String,
    /// RFC 3339 time with offset, written into the file's metadata.
    pub made_at: String,
}

/// A field that is `None` is struck out with a dash, so that nobody can fill it in later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Party {
    /// 甲, 乙, 丙 …
    pub label: String,
    pub name: Option<String>,
    /// Number of the driving licence or identity document.
    pub document_number: Option<String>,
    pub phone: Option<String>,
    /// 交通方式, e.g. 小型客车 or 电动自行车.
    pub traffic_mode: Option<String>,
    /// 机动车型号/号牌种类
    pub vehicle: Option<String>,
    pub plate: Option<String>,
    pub insurer: Option<String>,
    pub policy_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartySignature {
    pub label: String,
    pub name: String,
    pub slot: SignatureSlot,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SignatureSlot {
    Signed {
        ink: Ink,
        /// When, in words.
        at: String,
    },
    /// Noted by the officer; it does not block service.
    Refused {
        /// What was refused: 签字 or 签收.
        what: String,
        reason: String,
        /// When the officer noted it, in words.
        noted_at: String,
    },
    Pending,
}

impl SignatureSlot {
    /// The officer's note of a refusal, in words.
    pub(crate) fn refusal(&self) -> Option<String> {
        match self {
            Self::Refused {
                what,
                reason,
                noted_at,
            } => Some(format!("拒绝{what}。原因：{reason}。交通警察于{noted_at}注明。")),
            Self::Signed { .. } | Self::Pending => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Officer {
    pub name: String,
    pub badge: String,
    pub ink: Option<Ink>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InjuryStatement {
    /// In the injured person's words: the injury is slight, the simplified procedure is agreed to.
    pub text: String,
    pub signature: PartySignature,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mediation {
    /// The result, or why there is none. Paragraphs are separated by line feeds.
    pub text: String,
    /// Only under a result.
    pub performance: Option<Performance>,
    /// The parties sign a result again; empty when there is none.
    pub signatures: Vec<PartySignature>,
}

/// How and until when a result is performed; what is `None` is struck out with a dash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Performance {
    /// 履行方式
    pub how: Option<String>,
    /// 履行期限
    pub until: Option<String>,
}
