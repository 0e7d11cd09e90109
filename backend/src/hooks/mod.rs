//! How a message travels to an endpoint, and what counts as having arrived: one file per format. It writes and
//! judges; who is told what, and when again, is decided elsewhere.

pub mod retry;
pub mod standard;

use domain::time::Instant;

use crate::app::App;
use crate::outbound::{Answer, Outgoing};
use crate::store::webhooks::EndpointRow;
use crate::store::webhooks::messages::MessageRow;

/// The format of whoever names none: Standard Webhooks.
pub const STANDARD: &str = "standard";

/// A message on its way to one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    pub endpoint: &'a EndpointRow,
    pub message: &'a MessageRow,
    /// What signs, the newest first: `whsec_` and base64.
    pub secrets: &'a [String],
    /// By the clock outside.
    pub sent_at: Instant,
}

/// Why a message cannot be written in an endpoint's format; trying again may help.
#[derive(Debug, thiserror::Error)]
#[error("the message cannot be written: {0}")]
pub struct Unshaped(pub String);

/// Whether an endpoint may have this format.
pub fn is_format(format: &str) -> bool {
    format == STANDARD
}

/// The request that carries the message.
///
/// # Errors
/// [`Unshaped`].
#[expect(clippy::unused_async, reason = "formats of older gateways look the record up")]
pub async fn shape(_app: &App, parcel: &Parcel<'_>) -> Result<Outgoing, Unshaped> {
    match parcel.endpoint.format.as_str() {
        STANDARD => standard::shape(parcel),
        other => Err(Unshaped(format!("there is no format {other}"))),
    }
}

/// Whether this answer says that the message has arrived.
pub fn accepted(format: &str, answer: &Answer) -> bool {
    format == STANDARD && standard::accepted(answer)
}
