//! A signature that lies beside the bytes it is about, judged like one in a document: by a seal, never by the key of
//! one person's one signing.

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::oid::db::rfc5911::ID_SIGNING_TIME;
use der::{Decode, Encode};
use time::OffsetDateTime;
use x509_cert::time::Time;

use super::code::Code;
use super::path::Use;
use super::report::{CertificateSummary, Reason};
use super::signatures::{CLOCKS, summary};
use super::{Anchors, message, path, reason};
use crate::authority::evidence;

/// What a detached signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Who signed, from the certificate.
    pub certificate: Option<CertificateSummary>,
    /// When the signer says it was.
    pub at: Option<OffsetDateTime>,
    /// Why it is refused; empty when it is valid.
    pub reasons: Vec<Reason>,
}

impl Beside {
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Judges the signature (DER) over `content`, `now` being the time.
#[must_use]
pub fn verify_detached(content: &[u8], signature: &[u8], anchors: &Anchors, now: OffsetDateTime) -> Beside {
    let mut found = Beside {
        certificate: None,
        at: None,
        reasons: Vec::new(),
    };
    let mut faults = Vec::new();
    if let Err(code) = judge(&mut found, &mut faults, (content, signature), anchors, now) {
        faults.push(code);
    }
    found.reasons = faults.into_iter().map(|code| reason(code, None, None)).collect();
    found
}

fn judge(
    found: &mut Beside,
    faults: &mut Vec<Code>,
    (content, signature): (&[u8], &[u8]),
    anchors: &Anchors,
    now: OffsetDateTime,
) -> Result<(), Code> {
    // Nothing may follow it: it is a file of its own.
    let message = ContentInfo::from_der(signature).map_err(|_| Code::MessageMalformed)?;
    let read = message::detached(&message, &[content])?;
    found.certificate = summary(&read.signer).ok();
    let at = told(&message).ok_or(Code::TimeMissing)?;
    found.at = Some(at);
    if evidence(&read.signer).is_some() {
        faults.push(Code::CertificateUsage);
    }
    if read.stamp.is_some() {
        faults.push(Code::UnknownAttribute);
    }
    if at > now + CLOCKS {
        faults.push(Code::SignedInFuture);
    }
    let path = path::find(&read.signer, &read.others, &anchors.authorities)?;
    faults.extend(path::judge(&path, at, Use::Document));
    // Nobody stamped it: a seal that was revoked may have signed at any time.
    if path::revoked_at(&path, &anchors.revocations).is_some() {
        faults.push(Code::Revoked);
    }
    Ok(())
}

/// The signing-time attribute, which is signed with the rest.
fn told(message: &ContentInfo) -> Option<OffsetDateTime> {
    let data: SignedData = message.content.decode_as().ok()?;
    let info = data.signer_infos.0.get(0)?;
    let mut times = info
        .signed_attrs
        .iter()
        .flat_map(|all| all.iter())
        .filter(|one| one.oid == ID_SIGNING_TIME);
    let attribute = times.next().filter(|one| one.values.len() == 1)?;
    let time = Time::from_der(&attribute.values.get(0)?.to_der().ok()?).ok()?;
    let at = OffsetDateTime::UNIX_EPOCH + time.to_unix_duration();
    times.next().is_none().then_some(at)
}
