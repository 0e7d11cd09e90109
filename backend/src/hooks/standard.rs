//! Standard Webhooks: the body as it is, its signature in a header, any 2xx in answer.

use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};
use uuid::Uuid;

use super::{Parcel, Unshaped};
use crate::outbound::{Answer, Outgoing};

/// A message's id as it travels; the same at every attempt, so that a receiver can tell a repetition.
pub fn message_id(id: Uuid) -> String {
    format!("msg_{}", id.simple())
}

/// One signature per secret, the newest first.
///
/// # Errors
/// A secret that is none.
pub fn shape(parcel: &Parcel<'_>) -> Result<Outgoing, Unshaped> {
    let id = message_id(parcel.message.id);
    let timestamp = parcel.sent_at.unix_micros() / 1_000_000;
    let body = parcel.message.body.as_bytes();
    let mut signatures = Vec::with_capacity(parcel.secrets.len());
    for secret in parcel.secrets {
        let signature = Webhook::new(secret)
            .and_then(|signer| signer.sign(&id, timestamp, body))
            .map_err(|error| Unshaped(error.to_string()))?;
        signatures.push(signature);
    }
    Ok(Outgoing {
        url: parcel.endpoint.url.clone(),
        content_type: "application/json".to_owned(),
        headers: vec![
            (HEADER_WEBHOOK_ID.to_owned(), id),
            (HEADER_WEBHOOK_TIMESTAMP.to_owned(), timestamp.to_string()),
            (HEADER_WEBHOOK_SIGNATURE.to_owned(), signatures.join(" ")),
        ],
        body: body.to_vec().into(),
    })
}

pub fn accepted(answer: &Answer) -> bool {
    answer.status.is_success()
}
