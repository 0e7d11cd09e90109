//! Certificates as RFC 5280 wants them: built, filled with extensions, signed.

use der::asn1::{BitString, Ia5String};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use sha2_stable::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::ext::pkix::CrlDistributionPoints;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Validity;

use super::{Authority, Term};
use crate::authority::event::EventExtensions;
use crate::error::CertificateError;
use crate::names::to_x509;

/// The root's certificate, signed by itself.
pub fn root(
    subject: Name,
    term: Term,
    key: &SigningKey,
    random: &[u8; 32],
) -> Result<Certificate, CertificateError> {
    let builder = CertificateBuilder::new(
        Profile::Root,
        serial(random)?,
        validity(term)?,
        subject,
        public_key(key.verifying_key())?,
        key,
    )
    .map_err(built)?;
    builder.build::<DerSignature>().map_err(built)
}

/// A certificate for signing documents, about to be issued: digitalSignature and nonRepudiation, no authority.
pub struct Leaf<'a> {
    subject: Name,
    validity: Validity,
    key: SubjectPublicKeyInfoOwned,
    serial: SerialNumber,
    /// Where revocations are published.
    pub crl: Option<&'a str>,
    pub event: Option<EventExtensions>,
}

impl Leaf<'_> {
    pub fn new(
        subject: Name,
        term: Term,
        key: VerifyingKey,
        random: &[u8; 32],
    ) -> Result<Self, CertificateError> {
        Ok(Self {
            subject,
            validity: validity(term)?,
            key: public_key(&key)?,
            serial: serial(random)?,
            crl: None,
            event: None,
        })
    }

    pub fn issue(self, authority: &Authority) -> Result<Certificate, CertificateError> {
        let profile = Profile::Leaf {
            issuer: authority.certificate().tbs_certificate.subject.clone(),
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let mut builder = CertificateBuilder::new(
            profile,
            self.serial,
            self.validity,
            self.subject,
            self.key,
            authority.key(),
        )
        .map_err(built)?;
        if let Some(url) = self.crl {
            builder.add_extension(&distribution(url)?).map_err(built)?;
        }
        if let Some(event) = &self.event {
            builder.add_extension(&event.usage).map_err(built)?;
            builder.add_extension(&event.evidence).map_err(built)?;
        }
        builder.build::<DerSignature>().map_err(built)
    }
}

fn distribution(url: &str) -> Result<CrlDistributionPoints, CertificateError> {
    let url = Ia5String::new(url).map_err(|_| CertificateError::BadField {
        field: "crl",
        why: "an address has ASCII characters only",
    })?;
    Ok(CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![
            GeneralName::UniformResourceIdentifier(url),
        ])),
        reasons: None,
        crl_issuer: None,
    }]))
}

fn validity(term: Term) -> Result<Validity, CertificateError> {
    if term.until <= term.from {
        return Err(CertificateError::BadField {
            field: "term",
            why: "it ends before it begins",
        });
    }
    Ok(Validity {
        not_before: to_x509(term.from)?,
        not_after: to_x509(term.until)?,
    })
}

/// 127 random bits, positive and never zero (RFC 5280, 4.1.2.2).
fn serial(random: &[u8; 32]) -> Result<SerialNumber, CertificateError> {
    let digest = Sha256::new()
        .chain_update("kuaichu serial")
        .chain_update(random)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[0] = bytes[0] & 0x3f | 0x40;
    Ok(SerialNumber::new(&bytes)?)
}

fn public_key(key: &VerifyingKey) -> Result<SubjectPublicKeyInfoOwned, CertificateError> {
    SubjectPublicKeyInfoOwned::from_key(*key).map_err(|error| CertificateError::Unreadable {
        what: "the new key",
        why: error.to_string(),
    })
}

/// A signature of the authority over anything else than a certificate.
pub fn authority_signature(authority: &Authority, message: &[u8]) -> Result<BitString, CertificateError> {
    Ok(BitString::from_bytes(&crate::keys::ecdsa(
        authority.key(),
        message,
    ))?)
}

fn built(error: x509_cert::builder::Error) -> CertificateError {
    match error {
        x509_cert::builder::Error::Asn1(error) => CertificateError::Encoding(error),
        other => CertificateError::Unreadable {
            what: "the new certificate",
            why: other.to_string(),
        },
    }
}
