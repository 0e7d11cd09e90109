//! The algorithms that count, and nothing else: SHA-2 with ECDSA on P-256 and P-384 or RSA from 2048 bits.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use der::asn1::ObjectIdentifier;
use der::oid::db::rfc5912;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::code::Code;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sha {
    Sha256,
    Sha384,
    Sha512,
}

impl Sha {
    /// # Errors
    /// [`Code::WeakAlgorithm`] for every other one.
    pub fn of(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, Code> {
        if algorithm
            .parameters
            .as_ref()
            .is_some_and(|parameters| !parameters.is_null())
        {
            return Err(Code::WeakAlgorithm);
        }
        match algorithm.oid {
            rfc5912::ID_SHA_256 => Ok(Self::Sha256),
            rfc5912::ID_SHA_384 => Ok(Self::Sha384),
            rfc5912::ID_SHA_512 => Ok(Self::Sha512),
            _ => Err(Code::WeakAlgorithm),
        }
    }

    /// The digest of pieces that lie apart.
    pub fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        let mut context = digest::Context::new(algorithm);
        pieces.iter().for_each(|piece| context.update(piece));
        context.finish().as_ref().to_vec()
    }
}

/// Only for old timestamp authorities' way of naming their certificate: nothing stands or falls with it alone.
pub fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
        .as_ref()
        .to_vec()
}

const P256: ObjectIdentifier = rfc5912::SECP_256_R_1;
const P384: ObjectIdentifier = rfc5912::SECP_384_R_1;

/// Whether the key made this signature over the message.
///
/// `sha` is what a message beside it names, for a signature algorithm that does not name one itself.
///
/// # Errors
/// [`Code::WeakAlgorithm`] when the algorithm is not on the list, [`Code::SignatureWrong`] when the answer is no.
pub fn verify(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    sha: Option<Sha>,
    message: &[u8],
    value: &[u8],
) -> Result<(), Code> {
    let algorithm = choose(key, algorithm, sha).ok_or(Code::WeakAlgorithm)?;
    UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes())
        .verify(message, value)
        .map_err(|_| Code::SignatureWrong)
}

fn choose(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    sha: Option<Sha>,
) -> Option<&'static dyn VerificationAlgorithm> {
    use Sha::{Sha256, Sha384, Sha512};
    let (is_rsa, named) = match algorithm.oid {
        rfc5912::ECDSA_WITH_SHA_256 => (false, Sha256),
        rfc5912::ECDSA_WITH_SHA_384 => (false, Sha384),
        rfc5912::ECDSA_WITH_SHA_512 => (false, Sha512),
        rfc5912::SHA_256_WITH_RSA_ENCRYPTION => (true, Sha256),
        rfc5912::SHA_384_WITH_RSA_ENCRYPTION => (true, Sha384),
        rfc5912::SHA_512_WITH_RSA_ENCRYPTION => (true, Sha512),
        rfc5912::RSA_ENCRYPTION => (true, sha?),
        _ => return None,
    };
    if sha.is_some_and(|sha| sha != named) {
        return None;
    }
    if is_rsa {
        return (key.algorithm.oid == rfc5912::RSA_ENCRYPTION).then_some(match named {
            Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256 as &dyn VerificationAlgorithm,
            Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        });
    }
    if key.algorithm.oid != rfc5912::ID_EC_PUBLIC_KEY {
        return None;
    }
    let curve: ObjectIdentifier = key.algorithm.parameters.as_ref()?.decode_as().ok()?;
    match (curve, named) {
        (P256, Sha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (P256, Sha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (P384, Sha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (P384, Sha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}
