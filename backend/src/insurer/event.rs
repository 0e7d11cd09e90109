//! What an insurer is told of: that something changed, and where to read it. A message holds no personal data.

use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Declares the kinds with their words, and a sentence each.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $word:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum EventKind { $($(#[doc = $doc])* #[serde(rename = $word)] $variant),+ }

        impl EventKind {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What it says, in a sentence.
            pub fn told(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim()),+ }
            }
        }
    };
}

kinds! {
    /// A settlement record is there to be read.
    SettlementCreated = "settlement.created",
    /// A settlement record stands differently than before.
    SettlementChanged = "settlement.changed",
    /// You must answer an assessment before its window ends.
    AssessmentAwaiting = "assessment.awaiting",
    /// An assessment stands differently than before, or there is one that waits for others.
    AssessmentChanged = "assessment.changed",
    /// A payment order of yours is to be paid.
    PaymentOrderDue = "payment_order.due",
    /// A payment order stands differently than before, or another insurer has one in an accident of yours.
    PaymentOrderChanged = "payment_order.changed",
    /// A month was closed: what insurers owe each other for it is final.
    ClearingStatementClosed = "clearing_statement.closed",
    /// A finding was taken back before any money rested on it.
    FindingVoided = "finding.voided",
    /// Sent at your own request.
    EndpointTest = "endpoint.test",
    /// Another endpoint of yours was disabled.
    EndpointDisabled = "endpoint.disabled",
}

impl EventKind {
    /// About an endpoint, and about no case and no month.
    pub fn is_of_endpoints(self) -> bool {
        matches!(self, Self::EndpointTest | Self::EndpointDisabled)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

/// The body of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it happened.
    pub timestamp: Instant,
    pub data: EventData,
}

/// What it happened to, and where to read how that now stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventData {
    pub id: String,
    /// A path of this API.
    pub url: String,
    /// Place in the order of changes of its list; a message that came late has a smaller one than what you know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// The settlement record of the same accident, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding_number: Option<String>,
    /// How it stands after the event, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}
