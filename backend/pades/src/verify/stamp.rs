//! Timestamps (RFC 3161): whether one speaks of these bytes, when, and whether its authority is trusted.

use cms::content_info::ContentInfo;
use der::asn1::{Int, ObjectIdentifier};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use x509_cert::Certificate;
use x509_tsp::MessageImprint;

use super::arithmetic::Sha;
use super::code::Code;
use super::message;
use super::path::{self, Use};
use super::signatures::YEARS;

/// A timestamp that is what it says; whether it proves anything depends on whom one trusts.
pub struct Stamp {
    pub at: OffsetDateTime,
    pub by: Certificate,
    /// Nothing when its authority is trusted.
    pub distrust: Option<Code>,
}

/// Reads a token about `pieces`.
///
/// # Errors
/// [`Code::TimestampWrong`] when it is about other bytes, or why it is no timestamp at all.
pub fn read(token: &ContentInfo, pieces: &[&[u8]], anchors: &[Certificate]) -> Result<Stamp, Code> {
    let message = message::token(token)?;
    let content = message.content.as_deref().ok_or(Code::MessageMalformed)?;
    let (imprint, at) = info(content).map_err(|_| Code::MessageMalformed)?;
    let sha = Sha::of(&imprint.hash_algorithm)?;
    if imprint.hashed_message.as_bytes() != sha.digest(pieces) {
        return Err(Code::TimestampWrong);
    }
    let at = at
        .filter(|at| YEARS.contains(&at.year()))
        .ok_or(Code::MessageMalformed)?;
    let distrust = match path::find(&message.signer, &message.others, anchors) {
        Ok(path) => path::judge(&path, at, Use::Timestamp).first().copied(),
        Err(code) => Some(code),
    };
    Ok(Stamp {
        at,
        by: message.signer,
        distrust,
    })
}

/// What is stamped and when, from a `TSTInfo`. Read by hand up to the time: authorities write fractions of a
/// second, as RFC 3161 lets them and DER's time does not.
fn info(content: &[u8]) -> der::Result<(MessageImprint, Option<OffsetDateTime>)> {
    let mut outer = SliceReader::new(content)?;
    let found = outer.sequence(|reader| {
        if u8::decode(reader)? != 1 {
            return Err(Tag::Integer.value_error());
        }
        ObjectIdentifier::decode(reader)?;
        let imprint = MessageImprint::decode(reader)?;
        Int::decode(reader)?;
        let at = AnyRef::decode(reader)?;
        if at.tag() != Tag::GeneralizedTime {
            return Err(at.tag().value_error());
        }
        let at = std::str::from_utf8(at.value()).ok().and_then(time);
        let left = reader.remaining_len();
        reader.read_slice(left)?;
        Ok((imprint, at))
    })?;
    outer.finish(found)
}

/// `20261123213000Z` or `20261123213000.25Z`, to the second.
fn time(text: &str) -> Option<OffsetDateTime> {
    let (seconds, fraction) = text.strip_suffix('Z')?.split_at_checked(14)?;
    let is_fraction = fraction.is_empty()
        || fraction
            .strip_prefix('.')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()));
    let at = PrimitiveDateTime::parse(
        seconds,
        format_description!("[year][month][day][hour][minute][second]"),
    );
    at.ok().filter(|_| is_fraction).map(PrimitiveDateTime::assume_utc)
}
