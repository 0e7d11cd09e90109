//! Who signs: a certificate chain and something that holds its key.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use time::OffsetDateTime;
use x509_cert::Certificate;

use crate::error::{CertificateError, PadesError, SignerError};
use crate::names::{common_name, not_after, not_before};

/// A key with its certificates: a file, a token, an HSM, or a key that lives for one signature.
pub trait Signer: Send + Sync {
    /// The signer's certificate first, then those above it.
    fn chain(&self) -> &[Certificate];

    /// ECDSA on P-256 with SHA-256 over `message` (which is hashed here), as DER.
    ///
    /// # Errors
    /// If the key cannot be reached or may not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError>;
}

/// The signer's own certificate.
pub fn leaf(signer: &dyn Signer) -> Result<&Certificate, SignerError> {
    signer.chain().first().ok_or(SignerError::NoCertificate)
}

/// Refuses a date outside the certificate's validity: a checker would call such a signature bad for ever.
pub fn in_force(certificate: &Certificate, at: OffsetDateTime) -> Result<(), CertificateError> {
    let (from, until) = (not_before(certificate), not_after(certificate));
    let who = || common_name(certificate);
    // Certificates count in whole seconds; a time within the first one is not before it.
    if at.unix_timestamp() < from.unix_timestamp() {
        return Err(CertificateError::NotYetValid { who: who(), from, at });
    }
    if at.unix_timestamp() > until.unix_timestamp() {
        return Err(CertificateError::Expired {
            who: who(),
            until,
            at,
        });
    }
    Ok(())
}

/// Signs, and makes sure that the certificate's public key agrees: a token set up with another key must not
/// leave a document that looks signed and is not.
pub fn sign_checked(signer: &dyn Signer, message: &[u8]) -> Result<Vec<u8>, PadesError> {
    let key = public_key(leaf(signer)?)?;
    let signature = signer.sign(message)?;
    DerSignature::from_bytes(&signature)
        .and_then(|parsed| key.verify(message, &parsed))
        .map_err(|_| SignerError::OtherKey)?;
    Ok(signature)
}

/// The P-256 key of a certificate.
pub fn public_key(certificate: &Certificate) -> Result<VerifyingKey, PadesError> {
    let spki = der::Encode::to_der(&certificate.tbs_certificate.subject_public_key_info)?;
    VerifyingKey::from_public_key_der(&spki)
        .map_err(|_| SignerError::NotP256(common_name(certificate)).into())
}
