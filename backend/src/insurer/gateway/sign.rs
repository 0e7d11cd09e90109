//! Signatures of older gateways: RSA with SHA-256, HMAC with SHA-256, and, behind the feature `gm`, SM2 with SM3.
//!
//! What is signed is a text the file describes; nothing here knows where it came from.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use sha2::Sha256;

use super::text::Words;

/// RSA keys that are too short are refused.
const RSA_BITS_MIN: usize = 2048;
const SECRET_BYTES_MIN: usize = 16;

/// How a gateway wants to be sure of us.
#[derive(Debug)]
pub struct Signature {
    pub key: Key,
    pub over: Words,
    pub encoding: Encoding,
    pub place: Place,
}

/// Where the signature goes.
#[derive(Debug)]
pub enum Place {
    Header(String),
    Field(Vec<String>),
}

/// The signature's bytes as text.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    #[default]
    Base64,
    Hex,
    HexUpper,
}

impl Encoding {
    fn write(self, bytes: &[u8]) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match self {
            Self::Base64 => STANDARD.encode(bytes),
            Self::Hex => hex(bytes),
            Self::HexUpper => hex(bytes).to_uppercase(),
        }
    }
}

/// Which arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// PKCS#1 v1.5; the key is PKCS#8 in PEM.
    #[serde(rename = "rsa-sha256")]
    RsaSha256,
    /// The key is the file's text without white space around it.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// GM/T 0003 with the identity of GM/T 0009; the key is PKCS#8 in PEM, the signature DER (GM/T 0009).
    #[serde(rename = "sm2-sm3")]
    Sm2Sm3,
}

/// A key that was read and fits its algorithm.
pub enum Key {
    Rsa(Box<RsaKeyPair>),
    Hmac(Vec<u8>),
    #[cfg(feature = "gm")]
    Sm2(Box<pades::gm::GmKey>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// # Errors
    /// Why the text is no key for this algorithm; never the text itself.
    pub fn read(algorithm: Algorithm, text: &str) -> Result<Self, String> {
        match algorithm {
            Algorithm::RsaSha256 => {
                let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())
                    .map_err(|_| "the key is no PKCS#8 PEM (BEGIN PRIVATE KEY)".to_owned())?;
                let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
                    .map_err(|error| format!("the key is no RSA key: {error}"))?;
                if pair.public_modulus_len() * 8 < RSA_BITS_MIN {
                    return Err(format!("an RSA key has at least {RSA_BITS_MIN} bits"));
                }
                Ok(Self::Rsa(Box::new(pair)))
            }
            Algorithm::HmacSha256 => {
                let secret = text.trim().as_bytes().to_vec();
                if secret.len() < SECRET_BYTES_MIN {
                    return Err(format!("a secret has at least {SECRET_BYTES_MIN} characters"));
                }
                Ok(Self::Hmac(secret))
            }
            Algorithm::Sm2Sm3 => sm2(text),
        }
    }
}

#[cfg(feature = "gm")]
fn sm2(text: &str) -> Result<Key, String> {
    let key = pades::gm::GmKey::from_pem(text).map_err(|error| error.to_string())?;
    Ok(Key::Sm2(Box::new(key)))
}

#[cfg(not(feature = "gm"))]
fn sm2(_: &str) -> Result<Key, String> {
    Err("sm2-sm3 needs a build with the feature gm".to_owned())
}

impl Signature {
    /// # Errors
    /// When the arithmetic fails.
    pub fn sign(&self, over: &[u8]) -> Result<String, String> {
        let bytes = match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), over, &mut signature)
                    .map_err(|error| error.to_string())?;
                signature
            }
            Key::Hmac(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| error.to_string())?;
                mac.update(over);
                mac.finalize().into_bytes().to_vec()
            }
            #[cfg(feature = "gm")]
            Key::Sm2(key) => key.detached_gm(over).map_err(|error| error.to_string())?,
        };
        Ok(self.encoding.write(&bytes))
    }
}
