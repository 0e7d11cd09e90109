//! Where the keys of seals come from: a PEM file, a PKCS#12 file, a token behind PKCS#11.
//!
//! A key in memory is wiped when it is dropped. Nothing here makes a key except from the bytes it is given.

mod pem;
mod pkcs12;
mod token;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use sha2_stable::{Digest, Sha256};
use x509_cert::Certificate;

use crate::error::{CertificateError, SignerError};
use crate::names::common_name;
use crate::signer::Signer;

pub use pem::{certificate_pem, certificates_from_pem};
pub use token::{Token, TokenKey};

/// A private key in memory with its certificate and those above it.
pub struct KeyPair {
    chain: Vec<Certificate>,
    key: SigningKey,
}

impl KeyPair {
    /// Finds the key's own certificate among `certificates` and, upwards, those that issued it.
    pub(crate) fn new(
        key: SigningKey,
        certificates: Vec<Certificate>,
        what: &'static str,
    ) -> Result<Self, CertificateError> {
        let chain = chain_of(key.verifying_key(), certificates)?;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificateForKey(what));
        }
        Ok(Self { chain, key })
    }

    /// The key's own certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        // `new` is the only way in and leaves no empty chain.
        &self.chain[0]
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl Signer for KeyPair {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(ecdsa(&self.key, message))
    }
}

/// The certificate's key and secret stay out of logs.
impl std::fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeyPair of {}", common_name(self.certificate()))
    }
}

/// ECDSA with the nonce of RFC 6979: the same key and message give the same signature.
pub(crate) fn ecdsa(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(message);
    signature.as_bytes().to_vec()
}

/// A key from 32 random bytes and what it is for: the same bytes may serve a key and a serial number.
pub(crate) fn key_from(random: &[u8; 32], purpose: &str) -> SigningKey {
    let mut round = 0_u32;
    loop {
        let scalar = Sha256::new()
            .chain_update("kuaichu key ")
            .chain_update(purpose)
            .chain_update(random)
            .chain_update(round.to_be_bytes())
            .finalize();
        // One digest in 2^32 is no scalar of the curve.
        if let Ok(key) = SigningKey::from_bytes(&scalar) {
            return key;
        }
        round += 1;
    }
}

/// The certificate of `key` and those above it, as far as they are here.
pub(crate) fn chain_of(
    key: &VerifyingKey,
    mut certificates: Vec<Certificate>,
) -> Result<Vec<Certificate>, CertificateError> {
    let mut chain = Vec::new();
    let mut next = None;
    for (index, certificate) in certificates.iter().enumerate() {
        let spki = der::Encode::to_der(&certificate.tbs_certificate.subject_public_key_info)?;
        if VerifyingKey::from_public_key_der(&spki).is_ok_and(|found| found == *key) {
            next = Some(index);
            break;
        }
    }
    while let Some(index) = next {
        let certificate = certificates.swap_remove(index);
        let issuer = certificate.tbs_certificate.issuer.clone();
        chain.push(certificate);
        next = certificates
            .iter()
            .position(|above| above.tbs_certificate.subject == issuer);
    }
    Ok(chain)
}
