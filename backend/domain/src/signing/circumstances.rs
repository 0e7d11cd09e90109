//! How a signature came about, and by which certificate it can be checked.
//!
//! It is told and kept, never judged: a short reading or an unknown device makes no signature void, but who
//! doubts the signature later finds here what there is to know (电子签名法 arts. 8 and 13).

use serde::{Deserialize, Serialize};

use crate::id::{OfficerId, Sha256Hex};
use crate::refusal::Problem;
use crate::time::Instant;

/// More pages than any document has.
const PAGES_MAX: usize = 200;
/// What programs call themselves goes on for long.
const AGENT_CHARS_MAX: usize = 400;
const DEVICE_CHARS_MAX: usize = 100;

/// What a party declares by signing, word for word; the phone shows it beside the pad.
pub const CONSENT_TEXT: &str =
    "我已阅读本文书全部内容，同意以手写电子签名的方式签署，知晓其与手写签名或者盖章具有同等法律效力。";
/// The version of that text, which a signature names.
pub const CONSENT_VERSION: &str = "2026-11";

/// What is known of a signature beside its ink.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Circumstances {
    /// 1 for the first who signed this page.
    pub order: u32,
    /// How long each page lay open; empty when the phone did not say.
    #[serde(default)]
    pub pages: Vec<PageRead>,
    pub consent: Option<ConsentTold>,
    /// Where the request came from, as the service saw it.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub agent: Option<String>,
    /// What the phone calls itself.
    pub device: Option<String>,
    /// Only when the party let the phone tell it.
    pub position: Option<Position>,
}

/// How long one page lay open before the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PageRead {
    /// From 1.
    pub page: u32,
    pub seconds: u32,
}

/// The words that stood beside the pad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTold {
    pub version: String,
    pub text: String,
}

/// Where a phone was, in WGS-84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SigningPosition))]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
    /// Radius in metres as the phone states it.
    pub accuracy_m: f64,
}

/// A signature in the file: which place, by which certificate, over which evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureEvent {
    /// The name of the place: `unit`, `officer`, `party-1` …
    pub field: String,
    /// Serial of the certificate, lower-case hex.
    pub serial: String,
    /// Of the certificate's DER.
    pub certificate_sha256: Sha256Hex,
    /// What the certificate carries: digest of a stored text that lists what was shown, drawn and proven. None
    /// with the unit's seal, which stands for no single event.
    pub evidence_sha256: Option<Sha256Hex>,
}

/// A signature event taken back by a supervisor: the file still holds it, the lists say that it no longer counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    pub serial: String,
    pub field: String,
    pub reason: String,
    pub officer: OfficerId,
    pub at: Instant,
}

impl Circumstances {
    /// To a centimetre and a decimetre, and names cut to a length: what is stored reads back the same everywhere.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let to = |value: f64, step: f64| (value * step).round() / step;
        self.position = self.position.map(|position| Position {
            latitude: to(position.latitude, 1e7),
            longitude: to(position.longitude, 1e7),
            accuracy_m: to(position.accuracy_m, 10.0),
        });
        let cut = |text: Option<String>, chars: usize| {
            text.map(|text| {
                text.chars()
                    .filter(|c| !c.is_control())
                    .take(chars)
                    .collect::<String>()
            })
            .filter(|text: &String| !text.trim().is_empty())
        };
        self.agent = cut(self.agent, AGENT_CHARS_MAX);
        self.device = cut(self.device, DEVICE_CHARS_MAX);
        self
    }

    /// What is wrong with what the phone told.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.pages.len() > PAGES_MAX || self.pages.iter().any(|read| read.page == 0) {
            problems.push(Problem::new(
                "pages",
                "out_of_range",
                "阅读记录不对，请刷新后重试",
            ));
        }
        if let Some(position) = &self.position {
            let within = (-90.0..=90.0).contains(&position.latitude)
                && (-180.0..=180.0).contains(&position.longitude)
                && (0.0..=100_000.0).contains(&position.accuracy_m);
            if !within {
                problems.push(Problem::new(
                    "position",
                    "out_of_range",
                    "定位数值不对，请重新定位",
                ));
            }
        }
        problems
    }
}

impl ConsentTold {
    /// The text of this version.
    ///
    /// # Errors
    /// `text_superseded` when it is not the one in force.
    pub fn of(version: &str) -> Result<Self, Problem> {
        if version == CONSENT_VERSION {
            Ok(Self {
                version: version.to_owned(),
                text: CONSENT_TEXT.to_owned(),
            })
        } else {
            let message = "签名说明已更新，请刷新页面重新阅读后再签名";
            Err(Problem::new("consent_version", "text_superseded", message))
        }
    }
}
