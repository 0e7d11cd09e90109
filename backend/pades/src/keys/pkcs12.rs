//! Keys and certificates as a PKCS#12 file (RFC 7292), the way certificate authorities hand them out.
//!
//! Read as today's tools write it: AES with PBKDF2 inside, HMAC-SHA-256 around. The ciphers of before 2020 (RC2,
//! triple DES) are refused with the command that makes a current file of an old one.

use ::pkcs12::authenticated_safe::AuthenticatedSafe;
use ::pkcs12::cert_type::CertBag;
use ::pkcs12::kdf::{Pkcs12KeyType, derive_key_utf8};
use ::pkcs12::mac_data::MacData;
use ::pkcs12::pfx::Pfx;
use ::pkcs12::safe_bag::{SafeBag, SafeContents};
use ::pkcs12::{PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID, PKCS_12_X509_CERT_OID};
use cms::content_info::ContentInfo;
use cms::encrypted_data::EncryptedData;
use der::asn1::{AnyRef, ObjectIdentifier, OctetString, OctetStringRef};
use der::{Decode, Encode, Sequence};
use hmac_stable::{Hmac, Mac};
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::pkcs8::DecodePrivateKey;
use pkcs5::EncryptionScheme;
use sha2_stable::Sha256;
use x509_cert::Certificate;
use x509_cert::spki::AlgorithmIdentifierRef;

use super::KeyPair;
use crate::error::CertificateError;
use crate::signature::SHA_256;

const WHAT: &str = "the PKCS#12 file";

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6");

/// PKCS#12 leaves the number of rounds to the file; more than this is somebody's joke at our expense.
const ROUNDS_MAX: i32 = 10_000_000;

impl KeyPair {
    /// Reads the private key and the certificates of a PKCS#12 file.
    ///
    /// # Errors
    /// [`CertificateError::WrongPassword`]; [`CertificateError::Unreadable`] says what else is wrong.
    pub fn from_pkcs12(file: &[u8], password: &str) -> Result<Self, CertificateError> {
        let file = Pfx::from_der(file).map_err(unreadable)?;
        let safe = plain(&file.auth_safe).map_err(unreadable)?;
        if let Some(mac) = &file.mac_data {
            check(mac, safe.as_bytes(), password)?;
        }
        let (mut key, mut certificates) = (None, Vec::new());
        for part in AuthenticatedSafe::from_der(safe.as_bytes()).map_err(unreadable)? {
            for bag in contents(&part, password)? {
                match bag.bag_id {
                    PKCS_12_CERT_BAG_OID => certificates.extend(certificate(&bag).map_err(unreadable)?),
                    PKCS_12_KEY_BAG_OID => key = Some(secret(inner(&bag).map_err(unreadable)?)?),
                    PKCS_12_PKCS8_KEY_BAG_OID => {
                        let shrouded =
                            Shrouded::from_der(inner(&bag).map_err(unreadable)?).map_err(unreadable)?;
                        let scheme = shrouded.algorithm;
                        key = Some(secret(&decrypted(scheme, shrouded.data.as_bytes(), password)?)?);
                    }
                    // Revocation lists and notes of other programs.
                    _ => {}
                }
            }
        }
        let key = key.ok_or_else(|| refused("there is no private key in it"))?;
        Self::new(SigningKey::from(key), certificates, WHAT)
    }
}

/// `EncryptedPrivateKeyInfo` of PKCS#8.
#[derive(Sequence)]
struct Shrouded<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    data: OctetStringRef<'a>,
}

fn plain(part: &ContentInfo) -> der::Result<OctetString> {
    if part.content_type != DATA {
        return Err(der::ErrorKind::OidUnknown {
            oid: part.content_type,
        }
        .into());
    }
    part.content.decode_as()
}

fn contents(part: &ContentInfo, password: &str) -> Result<SafeContents, CertificateError> {
    if part.content_type != ENCRYPTED_DATA {
        let plain = plain(part).map_err(unreadable)?;
        return SafeContents::from_der(plain.as_bytes()).map_err(unreadable);
    }
    let data: EncryptedData = part.content.decode_as().map_err(unreadable)?;
    let inside = data.enc_content_info;
    let scheme = inside.content_enc_alg.to_der()?;
    let scheme = AlgorithmIdentifierRef::from_der(&scheme).map_err(unreadable)?;
    let hidden = inside
        .encrypted_content
        .ok_or_else(|| refused("a part of it is empty"))?;
    let shown = decrypted(scheme, hidden.as_bytes(), password)?;
    SafeContents::from_der(&shown).map_err(unreadable)
}

fn decrypted(
    scheme: AlgorithmIdentifierRef<'_>,
    hidden: &[u8],
    password: &str,
) -> Result<Vec<u8>, CertificateError> {
    let old = "it is encrypted the way of before 2020; make a current one: openssl pkcs12 -legacy -in OLD -nodes \
               | openssl pkcs12 -export -out NEW";
    match EncryptionScheme::try_from(scheme) {
        Ok(scheme @ EncryptionScheme::Pbes2(_)) => {
            let opened = scheme.decrypt(password, hidden);
            opened.map_err(|_| CertificateError::WrongPassword)
        }
        _ => Err(refused(old)),
    }
}

/// The seal around the whole file (RFC 7292, appendix B).
fn check(mac: &MacData, content: &[u8], password: &str) -> Result<(), CertificateError> {
    if mac.mac.algorithm.oid != SHA_256 || !(1..=ROUNDS_MAX).contains(&mac.iterations) {
        return Err(refused(
            "its seal is not HMAC-SHA-256; write it again: openssl pkcs12 -export -macalg sha256",
        ));
    }
    let salt = mac.mac_salt.as_bytes();
    let key = derive_key_utf8::<Sha256>(password, salt, Pkcs12KeyType::Mac, mac.iterations, 32);
    let key = key.map_err(unreadable)?;
    let expected = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| CertificateError::WrongPassword)?;
    expected
        .chain_update(content)
        .verify_slice(mac.mac.digest.as_bytes())
        .map_err(|_| CertificateError::WrongPassword)
}

/// What is in a bag: its value without the tag around it.
fn inner(bag: &SafeBag) -> der::Result<&[u8]> {
    Ok(AnyRef::from_der(&bag.bag_value)?.value())
}

fn certificate(bag: &SafeBag) -> der::Result<Option<Certificate>> {
    let bag = CertBag::from_der(inner(bag)?)?;
    if bag.cert_id != PKCS_12_X509_CERT_OID {
        return Ok(None);
    }
    Certificate::from_der(bag.cert_value.as_bytes()).map(Some)
}

fn secret(key: &[u8]) -> Result<SecretKey, CertificateError> {
    SecretKey::from_pkcs8_der(key).map_err(|_| refused("its key is not for P-256; seals use ECDSA on P-256"))
}

fn unreadable(error: der::Error) -> CertificateError {
    refused(&error.to_string())
}

fn refused(why: &str) -> CertificateError {
    CertificateError::Unreadable {
        what: WHAT,
        why: why.to_owned(),
    }
}
