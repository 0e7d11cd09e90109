//! Event certificates: a key that is made for one signing, names one person, and is gone afterwards.
//!
//! The certificate stays valid as long as the file must be readable: a checker without a timestamp service must not
//! call a good paper bad. How short the key lived stands in PrivateKeyUsagePeriod, and what the person had before
//! them (the document shown, the strokes, the code they confirmed by) is bound in by its digest.

use std::sync::Mutex;
use std::time::Duration;

use der::asn1::{GeneralizedTime, OctetString};
use der::oid::{AssociatedOid, ObjectIdentifier};
use der::{Decode, Sequence};
use p256::ecdsa::SigningKey;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::certificate::Leaf;
use super::{Authority, Term};
use crate::error::{CertificateError, SignerError};
use crate::keys::{ecdsa, key_from};
use crate::names::{Subject, since_1970};
use crate::signature::{SHA_256, algorithm};
use crate::signer::Signer;

/// The extension that carries the evidence's digest (a PKCS#1 `DigestInfo`). The number lies in the arc that anybody may
/// use below a GUID of their own, here 7d1f4c52-9b3e-4a86-b0c7-5e2a91d6f384, so that it belongs to nobody else.
pub const EVIDENCE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113556.1.8000.2554.32031.19538.39742.19078.45255.6171281.14087044");

/// One signing.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The person who signs.
    pub subject: Subject<'a>,
    /// SHA-256 of what proves that it was them and what they saw.
    pub evidence: &'a [u8; 32],
    /// When the key is made.
    pub at: OffsetDateTime,
    /// How long the key may be used.
    pub key_for: Duration,
    /// Until when the certificate is valid, and so the signature checkable without timestamps.
    pub until: OffsetDateTime,
    /// Where revocations are published.
    pub crl: Option<&'a str>,
}

impl Authority {
    /// Makes the key and the certificate of one signing.
    ///
    /// # Errors
    /// If the name or a time cannot stand in a certificate.
    pub fn event(&self, event: &Event<'_>, random: &[u8; 32]) -> Result<EventSigner, CertificateError> {
        let key = key_from(random, "event");
        let term = Term {
            from: event.at,
            until: event.until,
        };
        let mut leaf = Leaf::new(event.subject.to_name()?, term, *key.verifying_key(), random)?;
        leaf.crl = event.crl;
        leaf.event = Some(EventExtensions {
            usage: PrivateKeyUsagePeriod {
                not_before: Some(GeneralizedTime::from_unix_duration(since_1970(event.at)?)?),
                not_after: Some(GeneralizedTime::from_unix_duration(since_1970(
                    event.at + event.key_for,
                )?)?),
            },
            evidence: EvidenceDigest {
                algorithm: algorithm(SHA_256),
                digest: OctetString::new(event.evidence.as_slice())?,
            },
        });
        let certificate = leaf.issue(self)?;
        Ok(EventSigner {
            chain: [vec![certificate], self.chain().to_vec()].concat(),
            key: Mutex::new(Some(key)),
        })
    }
}

/// What an event certificate has beyond a seal's.
pub struct EventExtensions {
    pub usage: PrivateKeyUsagePeriod,
    pub evidence: EvidenceDigest,
}

/// `DigestInfo` of PKCS#1.
#[derive(Sequence)]
pub struct EvidenceDigest {
    algorithm: AlgorithmIdentifierOwned,
    digest: OctetString,
}

impl AssociatedOid for EvidenceDigest {
    const OID: ObjectIdentifier = EVIDENCE;
}

impl AsExtension for EvidenceDigest {
    // A checker that does not know it must not refuse the certificate.
    fn critical(&self, _: &Name, _: &[Extension]) -> bool {
        false
    }
}

/// The digest of the evidence that an event certificate carries.
#[must_use]
pub fn evidence(certificate: &Certificate) -> Option<[u8; 32]> {
    let extensions = certificate.tbs_certificate.extensions.as_deref()?;
    let found = extensions
        .iter()
        .find(|extension| extension.extn_id == EVIDENCE)?;
    let parsed = EvidenceDigest::from_der(found.extn_value.as_bytes()).ok()?;
    if parsed.algorithm.oid != SHA_256 {
        return None;
    }
    parsed.digest.as_bytes().try_into().ok()
}

/// The key of one signing. It signs once; then, or when this is dropped, it is wiped.
pub struct EventSigner {
    chain: Vec<Certificate>,
    key: Mutex<Option<SigningKey>>,
}

impl EventSigner {
    /// The certificate that names the person.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        // Made in one place, with the certificate first.
        &self.chain[0]
    }
}

impl Signer for EventSigner {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mut key = self.key.lock().map_err(|_| SignerError::Spent)?;
        let key = key.take().ok_or(SignerError::Spent)?;
        Ok(ecdsa(&key, message))
    }
}
