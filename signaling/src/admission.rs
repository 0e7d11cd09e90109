//! From a JWT to an [`Admission`]: the signature here, the meaning in the core.

use crate::config::TicketKeys;
use jsonwebtoken::{Algorithm, Validation};
use signaling_core::ticket::{AUDIENCE, Admission, ISSUER, Ticket, TicketError};
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    #[error("the ticket names no key that is known")]
    Key,
    #[error("the ticket is not a jwt of ours")]
    Jwt(#[from] jsonwebtoken::errors::Error),
    #[error(transparent)]
    Ticket(#[from] TicketError),
}

/// Checks signature and claims at `now_unix` (seconds).
pub fn admit(jwt: &str, keys: &dyn TicketKeys, now_unix: i64) -> Result<(Uuid, Admission), AdmissionError> {
    let header = jsonwebtoken::decode_header(jwt)?;
    let key = header
        .kid
        .as_deref()
        .and_then(|kid| keys.key(kid))
        .ok_or(AdmissionError::Key)?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    // The library would ask the wall clock; the times are checked below against the clock we were given.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let ticket = jsonwebtoken::decode::<Ticket>(jwt, &key, &validation)?.claims;
    ticket.check(now_unix)?;
    Ok((ticket.room, Admission::try_from(&ticket)?))
}
