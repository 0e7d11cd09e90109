//! A seal whose key never leaves its device: a token or HSM behind PKCS#11.
//!
//! The device signs a digest; which certificate belongs to its key is found by the key, not by trust in labels.
//! A session that was lost (a pulled card, a restarted HSM) is opened again once per signature.

use std::path::PathBuf;
use std::sync::Mutex;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use der::Decode;
use p256::ecdsa::Signature;
use sha2_stable::{Digest, Sha256};
use x509_cert::Certificate;

use super::chain_of;
use crate::error::{CertificateError, SignerError};
use crate::names::common_name;
use crate::signer::{Signer, public_key};

/// Which key of which token.
#[derive(Clone)]
pub struct TokenKey {
    /// The vendor's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The label of the private key and of its certificate.
    pub label: String,
    /// The user's PIN.
    pub pin: AuthPin,
}

/// A signer behind PKCS#11.
pub struct Token {
    place: TokenKey,
    library: Pkcs11,
    chain: Vec<Certificate>,
    open: Mutex<Option<Open>>,
}

/// A session that is logged in, with the key found in it.
struct Open {
    session: Session,
    key: ObjectHandle,
}

impl Token {
    /// Opens the token and finds the key and its certificate.
    ///
    /// Certificates that are not on the token come as `beside`: often the issuer's, sometimes the key's own.
    ///
    /// # Errors
    /// [`CertificateError::Token`] with the step that failed in the device's words.
    pub fn open(place: TokenKey, beside: &[Certificate]) -> Result<Self, CertificateError> {
        let library = Pkcs11::new(&place.module)
            .map_err(|error| CertificateError::Token(format!("{}: {error}", place.module.display())))?;
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // One process may hold several seals in one library.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(CertificateError::Token(error.to_string())),
        }
        let open = connect(&library, &place)?;
        let chain = chain(&open.session, &place, beside)?;
        Ok(Self {
            place,
            library,
            chain,
            open: Mutex::new(Some(open)),
        })
    }

    /// The key's own certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        // `open` leaves no empty chain.
        &self.chain[0]
    }
}

impl Signer for Token {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let failed = |error: String| SignerError::Token(error);
        let digest = Sha256::digest(message);
        // A panic elsewhere leaves no half state: the session is taken as it is, or opened again.
        let mut held = self
            .open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = match &*held {
            Some(open) => open.session.sign(&Mechanism::Ecdsa, open.key, &digest).ok(),
            None => None,
        };
        let raw = match first {
            Some(raw) => raw,
            None => {
                *held = None;
                let open = connect(&self.library, &self.place).map_err(|error| failed(error.to_string()))?;
                let again = open.session.sign(&Mechanism::Ecdsa, open.key, &digest);
                let raw = again.map_err(|error| failed(error.to_string()))?;
                *held = Some(open);
                raw
            }
        };
        let signature = Signature::from_slice(&raw).map_err(|error| failed(error.to_string()))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

fn connect(library: &Pkcs11, place: &TokenKey) -> Result<Open, CertificateError> {
    let token = |error: Error| CertificateError::Token(error.to_string());
    let mut slot = None;
    for candidate in library.get_slots_with_token().map_err(token)? {
        if library.get_token_info(candidate).map_err(token)?.label() == place.token {
            slot = Some(candidate);
        }
    }
    let slot =
        slot.ok_or_else(|| CertificateError::Token(format!("there is no token labelled {:?}", place.token)))?;
    let session = library.open_ro_session(slot).map_err(token)?;
    match session.login(UserType::User, Some(&place.pin)) {
        // Logged in is the token for the whole process, not the session.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
        Err(error) => return Err(token(error)),
    }
    let wanted = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::KeyType(KeyType::EC),
        Attribute::Label(place.label.clone().into_bytes()),
    ];
    let keys = session.find_objects(&wanted).map_err(token)?;
    let [key] = keys[..] else {
        let (count, label) = (keys.len(), &place.label);
        let why = format!("{count} private EC keys are labelled {label:?}; it must be exactly one");
        return Err(CertificateError::Token(why));
    };
    Ok(Open { session, key })
}

/// The certificate with the key's label, from the token or from beside it, and those above it.
fn chain(
    session: &Session,
    place: &TokenKey,
    beside: &[Certificate],
) -> Result<Vec<Certificate>, CertificateError> {
    let token = |error: Error| CertificateError::Token(error.to_string());
    let wanted = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let (mut own, mut others) = (None, beside.to_vec());
    for handle in session.find_objects(&wanted).map_err(token)? {
        let asked = [AttributeType::Label, AttributeType::Value];
        let (mut labelled, mut value) = (false, Vec::new());
        for attribute in session.get_attributes(handle, &asked).map_err(token)? {
            match attribute {
                Attribute::Label(label) => labelled = label == place.label.as_bytes(),
                Attribute::Value(bytes) => value = bytes,
                _ => {}
            }
        }
        // A token may keep other people's things; what is no certificate is not ours.
        let Ok(certificate) = Certificate::from_der(&value) else {
            continue;
        };
        if labelled {
            own = Some(certificate.clone());
        }
        others.push(certificate);
    }
    let own = own
        .or_else(|| beside.first().cloned())
        .ok_or(CertificateError::NoCertificateForKey("the token"))?;
    let key = public_key(&own).map_err(|_| {
        CertificateError::Token(format!(
            "the certificate of {} holds no P-256 key",
            common_name(&own)
        ))
    })?;
    chain_of(&key, others)
}
