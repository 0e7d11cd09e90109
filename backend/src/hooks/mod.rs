//! How a message travels to an endpoint, and what counts as having arrived: one file per format. It writes and
//! judges; who is told what, and when again, is decided elsewhere.

pub mod gateway;
pub mod retry;
pub mod standard;

use domain::time::Instant;

use crate::app::App;
use crate::insurer::gateway::answer::Verdict;
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

/// What is wrong with telling of these events in this format: a field, a code, and a sentence for people.
pub fn misfit(app: &App, format: &str, events: &[String]) -> Option<(String, &'static str, String)> {
    if format == STANDARD {
        return None;
    }
    gateway::misfit(app, format, events)
}

/// The request that carries the message.
///
/// # Errors
/// [`Unshaped`].
pub async fn shape(app: &App, parcel: &Parcel<'_>) -> Result<Outgoing, Unshaped> {
    match parcel.endpoint.format.as_str() {
        STANDARD => standard::shape(parcel),
        _ => gateway::shape(app, parcel).await,
    }
}

/// Whether this answer says that the message has arrived.
pub fn judge(app: &App, format: &str, answer: &Answer) -> Verdict {
    match gateway::of(app, format) {
        Some(gateway) => gateway::judge(gateway, answer),
        None if format == STANDARD && standard::accepted(answer) => Verdict::Arrived,
        None => Verdict::Again,
    }
}
