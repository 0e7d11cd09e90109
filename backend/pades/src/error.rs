//! What can go wrong when signatures are made, in the words of whoever must do something about it.

use time::OffsetDateTime;

/// Why a document could not be prepared, signed or stamped. The document is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PadesError {
    #[error("the PDF cannot be read: {0}")]
    Unreadable(String),
    #[error("the PDF has no {0}")]
    Missing(&'static str),
    #[error("the PDF is encrypted")]
    Encrypted,
    #[error("place {name:?}: {why}")]
    BadPlace { name: String, why: &'static str },
    #[error("the document is signed already: fields and the certification come before the first signature")]
    AlreadySigned,
    #[error("there is no signature field {0:?}")]
    NoSuchField(String),
    #[error("signature field {0:?} is signed already")]
    FieldSigned(String),
    #[error("the appearance cannot be used: {0}")]
    Appearance(String),
    #[error("the signature of {needed} bytes does not fit into the {room} bytes kept for it")]
    NoRoom { needed: usize, room: usize },
    #[error("the timestamp authority refused (status {status}): {why}")]
    StampRefused { status: u8, why: String },
    #[error("the timestamp answer cannot be used: {0}")]
    BadStamp(&'static str),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error("encoding failed: {0}")]
    Encoding(#[from] der::Error),
}

impl From<lopdf::Error> for PadesError {
    fn from(error: lopdf::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// Why a key did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    #[error("the signer has no certificate")]
    NoCertificate,
    #[error("the certificate of {0} does not hold a P-256 key; seals use ECDSA on P-256 with SHA-256")]
    NotP256(String),
    #[error("the signature does not fit the certificate: the key belongs to another one")]
    OtherKey,
    #[error("the key of an event signs once, and it has signed")]
    Spent,
    #[error("the token did not sign: {0}")]
    Token(String),
}

/// Why a certificate or key cannot be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("the certificate of {who} is valid from {from} on, and the signature is dated {at}")]
    NotYetValid {
        who: String,
        from: OffsetDateTime,
        at: OffsetDateTime,
    },
    #[error("the certificate of {who} expired at {until}, and the signature is dated {at}: renew it")]
    Expired {
        who: String,
        until: OffsetDateTime,
        at: OffsetDateTime,
    },
    #[error("{field} cannot stand in a certificate: {why}")]
    BadField { field: &'static str, why: &'static str },
    #[error("{what} cannot be read: {why}")]
    Unreadable { what: &'static str, why: String },
    #[error("the password does not open the PKCS#12 file")]
    WrongPassword,
    #[error("there is no certificate for the private key in {0}")]
    NoCertificateForKey(&'static str),
    #[error("the certificate of {0} may not issue others: it is no authority")]
    NoAuthority(String),
    #[error("the token: {0}")]
    Token(String),
    #[error("encoding failed: {0}")]
    Encoding(#[from] der::Error),
}
