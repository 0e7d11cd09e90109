//! The house's own certificate authority: the root that checkers trust, the seals of units, and one certificate
//! for every single signing.
//!
//! Everything random arrives as 32 bytes per certificate, every time as a parameter; the same parameters give the
//! same certificate. It keeps no list of what it issued: who needs one has the facts.

mod certificate;
mod event;
mod revocation;

use std::time::Duration;

use p256::ecdsa::SigningKey;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::ext::pkix::BasicConstraints;

use crate::error::CertificateError;
use crate::keys::{KeyPair, key_from};
use crate::names::{Subject, common_name};
use crate::signer::Signer;

pub use event::{EVIDENCE, Event, EventSigner, evidence};
pub use revocation::Revoked;
pub use x509_cert::ext::pkix::CrlReason;

use certificate::Leaf;

/// From when until when a certificate is valid, both seconds included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub from: OffsetDateTime,
    pub until: OffsetDateTime,
}

impl Term {
    /// `days` of 24 hours from `from` on.
    #[must_use]
    pub fn days(from: OffsetDateTime, days: u32) -> Self {
        let length = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        Self {
            from,
            until: from + length,
        }
    }
}

/// The root: its certificate is what others trust, its key issues.
#[derive(Debug)]
pub struct Authority(KeyPair);

impl Authority {
    /// A new root. Its term must reach as far as anything it will issue has to be checked.
    ///
    /// # Errors
    /// If the name or a time cannot stand in a certificate.
    pub fn create(subject: &Subject<'_>, term: Term, random: &[u8; 32]) -> Result<Self, CertificateError> {
        let key = key_from(random, "authority");
        let root = certificate::root(subject.to_name()?, term, &key, random)?;
        Ok(Self(KeyPair::new(key, vec![root], "the new authority")?))
    }

    /// An authority from its key and certificate, as [`Authority::to_pem`] wrote them.
    ///
    /// # Errors
    /// [`CertificateError::NoAuthority`] when the certificate may not issue others.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let pair = KeyPair::from_pem(text)?;
        let limits = pair.certificate().tbs_certificate.get::<BasicConstraints>()?;
        if !limits.is_some_and(|(_, limits)| limits.ca) {
            return Err(CertificateError::NoAuthority(common_name(pair.certificate())));
        }
        Ok(Self(pair))
    }

    /// The secret key and the certificate, for a file that only the service may read.
    ///
    /// # Errors
    /// If they cannot be encoded.
    pub fn to_pem(&self) -> Result<String, CertificateError> {
        self.0.to_pem()
    }

    /// What checkers are given to trust.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.0.certificate()
    }

    /// A seal of a unit: a key of its own and a certificate for years.
    ///
    /// `crl` is the address where [`Authority::revocations`] will lie, if it has one.
    ///
    /// # Errors
    /// If the name or a time cannot stand in a certificate.
    pub fn seal(
        &self,
        subject: &Subject<'_>,
        term: Term,
        crl: Option<&str>,
        random: &[u8; 32],
    ) -> Result<KeyPair, CertificateError> {
        self.pair(subject.to_name()?, term, crl, random)
    }

    /// The next seal of the same unit: the same name, a new key, a new term. Signatures of the old one stay valid.
    ///
    /// # Errors
    /// If a time cannot stand in a certificate.
    pub fn renew(
        &self,
        seal: &Certificate,
        term: Term,
        crl: Option<&str>,
        random: &[u8; 32],
    ) -> Result<KeyPair, CertificateError> {
        self.pair(seal.tbs_certificate.subject.clone(), term, crl, random)
    }

    fn pair(
        &self,
        subject: x509_cert::name::Name,
        term: Term,
        crl: Option<&str>,
        random: &[u8; 32],
    ) -> Result<KeyPair, CertificateError> {
        let key = key_from(random, "seal");
        let mut leaf = Leaf::new(subject, term, *key.verifying_key(), random)?;
        leaf.crl = crl;
        let certificate = leaf.issue(self)?;
        let chain = [vec![certificate], self.0.chain().to_vec()].concat();
        KeyPair::new(key, chain, "the new seal")
    }

    fn key(&self) -> &SigningKey {
        self.0.key()
    }

    fn chain(&self) -> &[Certificate] {
        self.0.chain()
    }
}
