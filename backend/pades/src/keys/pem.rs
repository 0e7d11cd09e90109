//! Keys and certificates as PEM text: one private key (PKCS#8 or SEC 1) and its certificates in any order.

use der::{DecodePem, EncodePem};
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use x509_cert::Certificate;

use super::KeyPair;
use crate::error::CertificateError;
use crate::signer::Signer;

const WHAT: &str = "the PEM file";

impl KeyPair {
    /// Reads a private key and its certificates.
    ///
    /// # Errors
    /// [`CertificateError::Unreadable`] names what is wrong, and for an encrypted key the command that opens it.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let unreadable = |why: String| CertificateError::Unreadable { what: WHAT, why };
        let (mut key, mut certificates) = (None, Vec::new());
        for (label, block) in blocks(text) {
            match label {
                "CERTIFICATE" => certificates
                    .push(Certificate::from_pem(block).map_err(|error| unreadable(error.to_string()))?),
                "PRIVATE KEY" => {
                    key = Some(
                        SecretKey::from_pkcs8_pem(block).map_err(|error| unreadable(error.to_string()))?,
                    );
                }
                "EC PRIVATE KEY" => {
                    key =
                        Some(SecretKey::from_sec1_pem(block).map_err(|error| unreadable(error.to_string()))?);
                }
                "ENCRYPTED PRIVATE KEY" => {
                    return Err(unreadable(
                        "the key is encrypted; keep it as PKCS#12 (openssl pkcs12 -export) or open it \
                         (openssl pkcs8 -in FILE)"
                            .to_owned(),
                    ));
                }
                "RSA PRIVATE KEY" => return Err(unreadable("an RSA key; seals use P-256".to_owned())),
                // `openssl ecparam` writes its parameters before the key.
                _ => {}
            }
        }
        let key = key.ok_or_else(|| unreadable("there is no private key in it".to_owned()))?;
        Self::new(SigningKey::from(key), certificates, WHAT)
    }

    /// The key (PKCS#8) and its chain, for a file that only the service may read.
    ///
    /// # Errors
    /// If the key or a certificate cannot be encoded.
    pub fn to_pem(&self) -> Result<String, CertificateError> {
        let key = SecretKey::from(self.key())
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| CertificateError::Unreadable {
                what: "the key",
                why: error.to_string(),
            })?;
        let mut text = key.to_string();
        for certificate in self.chain() {
            text.push_str(&certificate_pem(certificate)?);
        }
        Ok(text)
    }
}

/// A certificate as PEM text, such as `ca.pem` for anybody's own checker.
///
/// # Errors
/// If it cannot be encoded.
pub fn certificate_pem(certificate: &Certificate) -> Result<String, CertificateError> {
    Ok(certificate.to_pem(LineEnding::LF)?)
}

/// Every certificate of a PEM text, in its order.
///
/// # Errors
/// If one of them cannot be read, or there is none.
pub fn certificates_from_pem(text: &str) -> Result<Vec<Certificate>, CertificateError> {
    let certificates = blocks(text)
        .filter(|(label, _)| *label == "CERTIFICATE")
        .map(|(_, block)| Certificate::from_pem(block))
        .collect::<der::Result<Vec<_>>>()?;
    if certificates.is_empty() {
        return Err(CertificateError::Unreadable {
            what: "the list of certificates",
            why: "there is no -----BEGIN CERTIFICATE----- in it".to_owned(),
        });
    }
    Ok(certificates)
}

/// The blocks of a PEM text with their labels; what stands between them is talk.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find("-----BEGIN ")?;
        let block = &rest[start..];
        let label = block["-----BEGIN ".len()..].split("-----").next()?;
        let end = format!("-----END {label}-----");
        let length = block.find(&end)? + end.len();
        rest = &block[length..];
        Some((label, &block[..length]))
    })
}
