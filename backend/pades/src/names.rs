//! Names, times and fingerprints in certificates: written for whoever reads them in a viewer's signature panel.

use std::time::Duration;

use der::asn1::{GeneralizedTime, PrintableStringRef, SetOfVec, UtcTime, Utf8StringRef};
use der::oid::ObjectIdentifier;
use der::{Any, Encode};
use sha2_stable::{Digest, Sha256};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RelativeDistinguishedName};
use x509_cert::time::Time;

use crate::error::CertificateError;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANISATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// RFC 5280, appendix A: the most characters a name's part may have.
const PART_MAX: usize = 64;

/// Whom a certificate names. Empty parts are left out; parts longer than 64 characters end in "…".
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// CN: the person or the unit.
    pub name: &'a str,
    /// O: whom they belong to.
    pub organisation: &'a str,
    /// OU: the part they have, such as 当事人 or 交通警察.
    pub role: &'a str,
    /// serialNumber: a number that tells namesakes apart, such as the case's or the officer's. ASCII.
    pub number: &'a str,
}

impl Subject<'_> {
    /// The name as X.509 writes it, below C=CN.
    pub(crate) fn to_name(self) -> Result<Name, CertificateError> {
        if self.name.trim().is_empty() {
            return Err(CertificateError::BadField {
                field: "name",
                why: "it is empty",
            });
        }
        let mut parts = vec![(COUNTRY, Any::encode_from(&PrintableStringRef::new("CN")?)?)];
        for (oid, text) in [
            (ORGANISATION, self.organisation),
            (ORGANISATIONAL_UNIT, self.role),
            (COMMON_NAME, self.name),
        ] {
            if !text.trim().is_empty() {
                let text = shortened(text.trim());
                parts.push((oid, Any::encode_from(&Utf8StringRef::new(&text)?)?));
            }
        }
        if !self.number.is_empty() {
            let number = PrintableStringRef::new(self.number).map_err(|_| CertificateError::BadField {
                field: "number",
                why: "only Latin letters, digits and simple marks may stand there",
            })?;
            parts.push((SERIAL_NUMBER, Any::encode_from(&number)?));
        }
        let part = |(oid, value)| -> der::Result<RelativeDistinguishedName> {
            Ok(SetOfVec::try_from([AttributeTypeAndValue { oid, value }])?.into())
        };
        Ok(Name::from(
            parts.into_iter().map(part).collect::<der::Result<Vec<_>>>()?,
        ))
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= PART_MAX {
        return text.to_owned();
    }
    text.chars().take(PART_MAX - 1).chain(['…']).collect()
}

/// The subject's common name, or the whole name when it has none.
#[must_use]
pub fn common_name(certificate: &Certificate) -> String {
    let subject = &certificate.tbs_certificate.subject;
    let parts = subject.0.iter().flat_map(|part| part.0.iter());
    let common = parts.filter(|part| part.oid == COMMON_NAME).find_map(|part| {
        let text = std::str::from_utf8(part.value.value()).ok()?;
        Some(text.to_owned())
    });
    common.unwrap_or_else(|| subject.to_string())
}

/// SHA-256 of the certificate as DER, lower-case hex.
///
/// # Errors
/// If the certificate cannot be encoded, which no certificate that was read ever fails at.
pub fn fingerprint(certificate: &Certificate) -> Result<String, CertificateError> {
    let digest = Sha256::digest(certificate.to_der()?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first second the certificate is valid in.
#[must_use]
pub fn not_before(certificate: &Certificate) -> OffsetDateTime {
    from_x509(certificate.tbs_certificate.validity.not_before)
}

/// The last second the certificate is valid in.
#[must_use]
pub fn not_after(certificate: &Certificate) -> OffsetDateTime {
    from_x509(certificate.tbs_certificate.validity.not_after)
}

fn from_x509(time: Time) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + time.to_unix_duration()
}

/// A time as X.509 writes it: years below 2050 in the short form, others in the long one (RFC 5280, 4.1.2.5).
pub(crate) fn to_x509(at: OffsetDateTime) -> Result<Time, CertificateError> {
    let since = since_1970(at)?;
    Ok(if at.to_offset(time::UtcOffset::UTC).year() < 2050 {
        Time::UtcTime(UtcTime::from_unix_duration(since)?)
    } else {
        Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?)
    })
}

/// Whole seconds since 1970.
pub(crate) fn since_1970(at: OffsetDateTime) -> Result<Duration, CertificateError> {
    u64::try_from(at.unix_timestamp())
        .map(Duration::from_secs)
        .map_err(|_| CertificateError::BadField {
            field: "time",
            why: "it lies before 1970",
        })
}
