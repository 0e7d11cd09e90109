//! A client's public key: what of it we take, and the one algorithm it may be used with.
//!
//! The algorithm belongs to the key. A token that names another one is refused before anything is computed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

/// Longest key id, in bytes.
pub const KID_BYTES_MAX: usize = 128;
/// Most keys read from one set.
pub const KEYS_MAX: usize = 20;
/// RSA moduli, in bits: shorter ones are weak, longer ones only make us work.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// Members of a private or a secret key (RFC 7518 §6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What assertions may be signed with; published in the server's metadata.
pub const ALGORITHMS: [&str; 4] = ["ES256", "EdDSA", "PS256", "RS256"];

/// A key that verifies.
#[derive(Clone, Debug)]
pub struct PublicKey {
    pub kid: String,
    pub algorithm: Algorithm,
    /// Its public members, as it is kept.
    pub jwk: Value,
    pub verifies: DecodingKey,
}

/// Why a key is not taken, for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("this is neither a JWK, nor a JWK set, nor a public key in PEM")]
    Unreadable,
    #[error(
        "this is a private key: whoever sends it has given it away; make a new one and send only its public half"
    )]
    Private,
    #[error("a key of this kind is not taken: use EC P-256, Ed25519, or RSA")]
    Kind,
    #[error("alg is {0}, which this kind of key is not used with: use ES256, EdDSA, PS256 or RS256")]
    Algorithm(String),
    #[error("the key is not for signatures: use must be sig, and key_ops must have verify")]
    Purpose,
    #[error("an RSA key has 2048 to 4096 bits, this one has {0}")]
    RsaBits(usize),
    #[error("the key has no kid (1 to {KID_BYTES_MAX} visible ASCII characters)")]
    Kid,
    #[error("a set holds 1 to {KEYS_MAX} keys, each with a kid of its own")]
    Set,
}

impl PublicKey {
    /// # Errors
    /// What about it is not taken.
    pub fn from_jwk(value: &Value) -> Result<Self, BadKey> {
        let members = value.as_object().ok_or(BadKey::Unreadable)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(BadKey::Private);
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let may_verify = members.get("key_ops").is_none_or(|ops| {
            ops.as_array()
                .is_some_and(|ops| ops.iter().any(|op| op == "verify"))
        });
        if members.contains_key("use") && text("use") != Some("sig") || !may_verify {
            return Err(BadKey::Purpose);
        }
        let kid = text("kid").filter(|kid| is_kid(kid)).ok_or(BadKey::Kid)?;
        let jwk: Jwk = serde_json::from_value(bare(members)).map_err(|_| BadKey::Kind)?;
        Self::make(kid.to_owned(), text("alg"), &jwk)
    }

    /// A `PUBLIC KEY` in PEM; without `kid` its RFC 7638 thumbprint names it.
    ///
    /// # Errors
    /// What about it is not taken.
    pub fn from_pem(pem: &str, kid: Option<String>, alg: Option<&str>) -> Result<Self, BadKey> {
        if pem.contains("PRIVATE KEY") {
            return Err(BadKey::Private);
        }
        let bytes = pem.as_bytes();
        let key = DecodingKey::from_ec_pem(bytes)
            .or_else(|_| DecodingKey::from_ed_pem(bytes))
            .or_else(|_| DecodingKey::from_rsa_pem(bytes))
            .map_err(|_| BadKey::Unreadable)?;
        let jwk = Jwk::from_decoding_key(&key, None).map_err(|_| BadKey::Kind)?;
        let kid = match kid {
            Some(kid) => kid,
            None => jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| BadKey::Kind)?,
        };
        if !is_kid(&kid) {
            return Err(BadKey::Kid);
        }
        Self::make(kid, alg, &jwk)
    }

    fn make(kid: String, alg: Option<&str>, jwk: &Jwk) -> Result<Self, BadKey> {
        let algorithm = algorithm(jwk, alg)?;
        let mut kept = match serde_json::to_value(&jwk.algorithm) {
            Ok(Value::Object(members)) => members,
            _ => return Err(BadKey::Kind),
        };
        kept.insert("kid".to_owned(), kid.clone().into());
        kept.insert("alg".to_owned(), name(algorithm).into());
        Ok(Self {
            kid,
            algorithm,
            jwk: Value::Object(kept),
            verifies: DecodingKey::from_jwk(jwk).map_err(|_| BadKey::Unreadable)?,
        })
    }
}

/// Reads a JWK set, one JWK, or PEM; `kid` and `alg` are for what cannot carry them.
///
/// # Errors
/// What about the first bad key is not taken.
pub fn read(text: &str, kid: Option<String>, alg: Option<&str>) -> Result<Vec<PublicKey>, BadKey> {
    if text.trim_start().starts_with("-----BEGIN") {
        return Ok(vec![PublicKey::from_pem(text, kid, alg)?]);
    }
    let mut value: Value = serde_json::from_str(text).map_err(|_| BadKey::Unreadable)?;
    if value.get("keys").is_none() {
        if let (Some(members), Some(kid)) = (value.as_object_mut(), kid) {
            members.entry("kid").or_insert(kid.into());
        }
        return Ok(vec![PublicKey::from_jwk(&value)?]);
    }
    let keys = value["keys"].as_array().ok_or(BadKey::Unreadable)?;
    let keys: Vec<PublicKey> = keys.iter().map(PublicKey::from_jwk).collect::<Result<_, _>>()?;
    let kids: std::collections::BTreeSet<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
    if !(1..=KEYS_MAX).contains(&keys.len()) || kids.len() != keys.len() {
        return Err(BadKey::Set);
    }
    Ok(keys)
}

/// The key of this id in a set that somebody published. Keys we cannot use stand beside others there and
/// are passed over; two of one id are no key.
pub fn find_in_set(text: &str, kid: &str) -> Option<PublicKey> {
    let value: Value = serde_json::from_str(text).ok()?;
    let keys = value.get("keys")?.as_array()?;
    let mut named = keys
        .iter()
        .take(KEYS_MAX)
        .filter(|key| key.get("kid").and_then(Value::as_str) == Some(kid));
    let key = named.next()?;
    if named.next().is_some() {
        return None;
    }
    PublicKey::from_jwk(key).ok()
}

fn is_kid(kid: &str) -> bool {
    (1..=KID_BYTES_MAX).contains(&kid.len()) && kid.bytes().all(|b| b.is_ascii_graphic())
}

/// What makes the key, without what is said about it: certificates, operations and the like stay outside.
fn bare(members: &Map<String, Value>) -> Value {
    let named = ["kty", "crv", "x", "y", "n", "e"];
    let kept = members.iter().filter(|(name, _)| named.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn algorithm(jwk: &Jwk, said: Option<&str>) -> Result<Algorithm, BadKey> {
    let (fitting, usual) = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) => {
            let whole = key.curve == EllipticCurve::P256 && length(&key.x) == 32 && length(&key.y) == 32;
            (
                whole
                    .then_some([Algorithm::ES256].as_slice())
                    .ok_or(BadKey::Kind)?,
                Algorithm::ES256,
            )
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            let whole = key.curve == EllipticCurve::Ed25519 && length(&key.x) == 32;
            (
                whole
                    .then_some([Algorithm::EdDSA].as_slice())
                    .ok_or(BadKey::Kind)?,
                Algorithm::EdDSA,
            )
        }
        AlgorithmParameters::RSA(key) => {
            let bits = bits(&key.n);
            if !RSA_BITS.contains(&bits) {
                return Err(BadKey::RsaBits(bits));
            }
            ([Algorithm::PS256, Algorithm::RS256].as_slice(), Algorithm::RS256)
        }
        _ => return Err(BadKey::Kind),
    };
    match said {
        None => Ok(usual),
        Some(said) => {
            let found = fitting.iter().find(|algorithm| name(**algorithm) == said);
            found.copied().ok_or_else(|| BadKey::Algorithm(said.to_owned()))
        }
    }
}

/// The name of an algorithm as JOSE writes it.
pub fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        Algorithm::PS256 => "PS256",
        Algorithm::RS256 => "RS256",
        _ => "none of ours",
    }
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
}

fn length(text: &str) -> usize {
    decoded(text).len()
}

fn bits(modulus: &str) -> usize {
    let bytes = decoded(modulus);
    let whole: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    whole
        .first()
        .map_or(0, |first| whole.len() * 8 - first.leading_zeros() as usize)
}
