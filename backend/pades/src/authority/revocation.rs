//! The list of what no longer counts (X.509 CRL v2): signings of voided documents, seals that were lost.

use der::Encode;
use der::asn1::Uint;
use time::OffsetDateTime;
use x509_cert::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::AsExtension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, CrlReason};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::Authority;
use super::certificate::authority_signature;
use crate::error::CertificateError;
use crate::names::to_x509;

/// A certificate that counts no longer.
#[derive(Debug, Clone)]
pub struct Revoked {
    /// `certificate.tbs_certificate.serial_number`.
    pub serial: SerialNumber,
    pub at: OffsetDateTime,
    pub why: CrlReason,
}

impl Authority {
    /// The revocation list, as DER, to lie at the address the certificates name.
    ///
    /// `number` grows with every list; the next one appears by `next`.
    ///
    /// # Errors
    /// If a time cannot be encoded.
    pub fn revocations(
        &self,
        revoked: &[Revoked],
        number: u64,
        now: OffsetDateTime,
        next: OffsetDateTime,
    ) -> Result<Vec<u8>, CertificateError> {
        let own = &self.certificate().tbs_certificate;
        let key = own.subject_public_key_info.to_der()?;
        let key: SubjectPublicKeyInfoRef<'_> = der::Decode::from_der(&key)?;
        let issuer = AuthorityKeyIdentifier::try_from(key)?;
        let extensions = vec![
            issuer.to_extension(&own.subject, &[])?,
            CrlNumber(Uint::new(&number.to_be_bytes())?).to_extension(&own.subject, &[])?,
        ];
        let entries = revoked
            .iter()
            .map(|revoked| {
                Ok(RevokedCert {
                    serial_number: revoked.serial.clone(),
                    revocation_date: to_x509(revoked.at)?,
                    crl_entry_extensions: Some(vec![revoked.why.to_extension(&own.subject, &[])?]),
                })
            })
            .collect::<Result<Vec<_>, CertificateError>>()?;
        let list = TbsCertList {
            version: Version::V2,
            signature: own.signature.clone(),
            issuer: own.subject.clone(),
            this_update: to_x509(now)?,
            next_update: Some(to_x509(next)?),
            // An empty list is left out, not written empty (RFC 5280, 5.1.2.6).
            revoked_certificates: Some(entries).filter(|entries| !entries.is_empty()),
            crl_extensions: Some(extensions),
        };
        let signature = authority_signature(self, &list.to_der()?)?;
        let list = CertificateList {
            signature_algorithm: list.signature.clone(),
            tbs_cert_list: list,
            signature,
        };
        Ok(list.to_der()?)
    }
}
