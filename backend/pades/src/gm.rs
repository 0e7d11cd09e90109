//! National cryptography (国密): a signature by SM2 with SM3 over a whole file, lying beside it.
//!
//! For services that ask for GM/T 0003 and GM/T 0004. It is an addition: the signatures in the PDF are what any
//! reader checks, and they stay as they are. OpenSSL checks it too: `openssl dgst -sm3 -verify KEY -signature SIGNATURE
//! -sigopt distid:1234567812345678 FILE`.

use der::asn1::UintRef;
use der::{Decode, Encode, Sequence};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey, LineEnding};
use sm2::{PublicKey, SecretKey};

use crate::error::CertificateError;

/// Who the signer is to SM2 when nothing else is agreed (GM/T 0009, 10): everybody's default.
const DEFAULT_ID: &str = "1234567812345678";

/// Half of a signature, in bytes.
const HALF: usize = 32;

/// GM/T 0009, 7.3: the two numbers of a signature.
#[derive(Sequence)]
struct Pair<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// A private key for SM2.
pub struct GmKey {
    secret: SecretKey,
    signing: SigningKey,
}

impl GmKey {
    /// Reads a key as `openssl genpkey -algorithm SM2` writes it (PKCS#8).
    ///
    /// # Errors
    /// If it is no SM2 key.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let secret = SecretKey::from_pkcs8_pem(text).map_err(|error| unreadable("the SM2 key", &error))?;
        let signing =
            SigningKey::new(DEFAULT_ID, &secret).map_err(|error| unreadable("the SM2 key", &error))?;
        Ok(Self { secret, signing })
    }

    /// The public key as PEM, for whoever checks.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn public_pem(&self) -> Result<String, CertificateError> {
        self.secret
            .public_key()
            .to_public_key_pem(LineEnding::LF)
            .map_err(|error| unreadable("the SM2 key", &error))
    }

    /// Signs a file's bytes; the answer is DER. The same key and file give the same signature.
    ///
    /// # Errors
    /// If the signature cannot be encoded.
    pub fn detached_gm(&self, file: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let signature: Signature = self
            .signing
            .try_sign(file)
            .map_err(|error| unreadable("the SM2 signature", &error))?;
        let bytes = signature.to_bytes();
        let (r, s) = bytes.split_at(HALF);
        let pair = Pair {
            r: UintRef::new(r)?,
            s: UintRef::new(s)?,
        };
        Ok(pair.to_der()?)
    }
}

/// Whether `signature` is this key's over this file.
///
/// # Errors
/// If the key cannot be read; a signature that cannot be read is simply not one.
pub fn verify_gm(file: &[u8], signature: &[u8], public_pem: &str) -> Result<bool, CertificateError> {
    let key = PublicKey::from_public_key_pem(public_pem)
        .map_err(|error| unreadable("the SM2 public key", &error))?;
    let key = VerifyingKey::new(DEFAULT_ID, key).map_err(|error| unreadable("the SM2 public key", &error))?;
    Ok(parsed(signature).is_some_and(|signature| key.verify(file, &signature).is_ok()))
}

fn parsed(signature: &[u8]) -> Option<Signature> {
    let pair = Pair::from_der(signature).ok()?;
    let mut bytes = [0; 2 * HALF];
    for (number, half) in [pair.r, pair.s].iter().zip(bytes.chunks_mut(HALF)) {
        let number = number.as_bytes();
        half.get_mut(HALF.checked_sub(number.len())?..)?
            .copy_from_slice(number);
    }
    Signature::from_slice(&bytes).ok()
}

fn unreadable(what: &'static str, error: &dyn std::fmt::Display) -> CertificateError {
    CertificateError::Unreadable {
        what,
        why: error.to_string(),
    }
}
