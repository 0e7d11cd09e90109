//! What a verification found, for machines (serde) and for people (Chinese sentences).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use super::code::Code;

/// How a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Issued by an authority that is trusted, signed as it says, and nothing else was changed.
    Valid,
    /// Something is not as it was when it was signed.
    Altered,
    /// Somebody signed, but nobody whom the trusted authority knows.
    NotOurs,
    /// A PDF that nobody signed.
    Unsigned,
    /// No PDF, or none that can be judged.
    Unreadable,
    /// Genuine, but somebody has signed since; told only where the stored revisions are known.
    Outdated,
}

impl State {
    /// One sentence for a person.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Valid => "文件有效：由可信机构签发，签发后除签名外没有任何改动。",
            Self::Altered => "文件无效：内容与签发时不一致。",
            Self::NotOurs => "文件无效：不是由可信机构签发的。",
            Self::Unsigned => "文件上没有电子签名，无法证明来源。",
            Self::Unreadable => "无法识别：这不是可以核验的 PDF 文件。",
            Self::Outdated => "文件真实，但不是最新版本。",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: Code,
    /// The same for a person, with the place it was found at.
    pub sentence: String,
    /// The revision of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<usize>,
    /// The signature field.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The unit's seal, which fixes what may change afterwards.
    Certification,
    /// A person's signature in a field.
    Approval,
    /// A timestamp over the whole document.
    Timestamp,
}

/// A certificate in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    pub subject: String,
    pub issuer: String,
    /// Hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub digest: String,
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
}

/// One signature of the file, in the order they were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureReport {
    pub field: String,
    pub kind: Kind,
    /// The revision that it made, from 1.
    pub revision: usize,
    /// Who signed, from the certificate and from nowhere else.
    pub by: Option<String>,
    pub reason: Option<String>,
    pub location: Option<String>,
    /// When the signer says it was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
    /// The earliest time that a trusted timestamp authority proves.
    #[serde(with = "time::serde::rfc3339::option")]
    pub proven_at: Option<OffsetDateTime>,
    pub certificate: Option<CertificateSummary>,
    /// The digest of the evidence that the event certificate carries, hexadecimal.
    pub evidence: Option<String>,
    pub is_valid: bool,
    pub reasons: Vec<Reason>,
}

/// A state of the file that once was the whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionReport {
    /// How many bytes the file had then.
    pub size: usize,
    /// SHA-256 of the file as it was then, hexadecimal.
    pub digest: String,
    /// The fields that were signed in it.
    pub signed: Vec<String>,
}

/// Everything found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub state: State,
    /// Why the document is refused; empty when it is valid.
    pub reasons: Vec<Reason>,
    /// What a careful reader should know of a valid document.
    pub warnings: Vec<Reason>,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
    pub size: usize,
    pub revisions: Vec<RevisionReport>,
    pub signatures: Vec<SignatureReport>,
    /// Fields that nobody has signed yet.
    pub open_fields: Vec<String>,
}

impl Report {
    /// Whether the document is what the trusted authority issued, with nothing but signatures added.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.state == State::Valid
    }

    /// Whether one of the reasons has this code.
    #[must_use]
    pub fn has(&self, code: Code) -> bool {
        let mut all = self
            .reasons
            .iter()
            .chain(self.signatures.iter().flat_map(|signature| &signature.reasons));
        all.any(|reason| reason.code == code)
    }

    /// The report for people, a sentence a line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.state.sentence().to_owned()];
        lines.extend(
            self.reasons
                .iter()
                .map(|reason| format!("原因：{}", reason.sentence)),
        );
        lines.extend(self.signatures.iter().map(SignatureReport::line));
        lines.extend(self.open_fields.iter().map(|field| format!("尚未签名：{field}")));
        lines.extend(
            self.warnings
                .iter()
                .map(|warning| format!("提示：{}", warning.sentence)),
        );
        lines.push(format!("文件摘要 SHA-256：{}", self.digest));
        lines
    }
}

impl SignatureReport {
    /// One line for a person.
    #[must_use]
    pub fn line(&self) -> String {
        let what = match self.kind {
            Kind::Certification => "单位签章",
            Kind::Approval => "签名",
            Kind::Timestamp => "时间戳",
        };
        let by = self.by.as_deref().unwrap_or("签名人不明");
        let mut line = format!("第 {} 版 {what}（{}）：{by}", self.revision, self.field);
        if let Some(at) = self.at {
            line += &format!("，{}", day_and_time(at));
        }
        if let Some(proven) = self.proven_at.filter(|_| self.kind != Kind::Timestamp) {
            line += &format!("（时间戳证明不晚于 {}）", day_and_time(proven));
        }
        if let Some(reason) = self.reason.as_deref().filter(|reason| !reason.is_empty()) {
            line += &format!("，{reason}");
        }
        line + if self.is_valid { "，有效" } else { "，无效" }
    }
}

/// In the time of the whole country, UTC+8.
pub(super) fn day_and_time(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::macros::offset!(+8));
    format!(
        "{}年{}月{}日{:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
