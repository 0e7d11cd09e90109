//! The seals an installation is given, from a TOML file: which unit has which key.
//!
//! ```toml
//! authority = "authority.pem"        # key and certificate; without it we make our own
//!
//! [seals.330681]
//! pem = "zhuji.pem"                  # key and chain in one file
//!
//! [seals.330602]
//! pkcs12 = "yuecheng.p12"
//! password_file = "yuecheng.password"
//!
//! [seals.330683]
//! module = "/usr/lib/softhsm/libsofthsm2.so"    # PKCS#11: an HSM, a token
//! token = "shengzhou"
//! label = "seal"
//! pin_file = "shengzhou.pin"
//! certificates = "shengzhou-chain.pem"          # those that are not on the token
//! ```
//!
//! Paths are below the file's own folder. Passwords stand in files of their own, never in this one.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::id::UnitId;
use pades::authority::Authority;
use pades::keys::{KeyPair, Token, TokenKey, certificates_from_pem};
use pades::{CertificateError, Signer};
use serde::Deserialize;

/// Why a seals file cannot be used; each names the file.
#[derive(Debug, thiserror::Error)]
pub enum SealsError {
    #[error("{} cannot be read: {why}", file.display())]
    File { file: PathBuf, why: String },
    #[error("{}: {what}: {why}", file.display())]
    Key {
        file: PathBuf,
        what: String,
        why: CertificateError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seals {
    authority: Option<PathBuf>,
    #[serde(default)]
    seals: BTreeMap<UnitId, Seal>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Seal {
    Pem {
        pem: PathBuf,
    },
    Pkcs12 {
        pkcs12: PathBuf,
        password_file: PathBuf,
    },
    Token {
        module: PathBuf,
        token: String,
        label: String,
        pin_file: PathBuf,
        #[serde(default)]
        certificates: Option<PathBuf>,
    },
}

/// What a seals file names, read and opened.
pub struct Configured {
    pub authority: Option<Authority>,
    pub seals: HashMap<UnitId, Arc<dyn Signer>>,
}

/// Reads a seals file and opens every key it names.
///
/// # Errors
/// [`SealsError`]: a key that cannot be opened now would fail at the first finding.
pub fn read(file: &Path) -> Result<Configured, SealsError> {
    let told: Seals = toml::from_str(&text(file)?).map_err(|error| SealsError::File {
        file: file.to_owned(),
        why: error.to_string(),
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let failed = |what: &str, why| SealsError::Key {
        file: file.to_owned(),
        what: what.to_owned(),
        why,
    };
    let authority = match &told.authority {
        Some(path) => {
            let pem = text(&folder.join(path))?;
            Some(Authority::from_pem(&pem).map_err(|why| failed("authority", why))?)
        }
        None => None,
    };
    let mut seals: HashMap<UnitId, Arc<dyn Signer>> = HashMap::new();
    for (unit, seal) in told.seals {
        let signer = opened(&seal, folder)?.map_err(|why| failed(&format!("seals.{unit}"), why))?;
        seals.insert(unit, signer);
    }
    Ok(Configured { authority, seals })
}

fn opened(seal: &Seal, folder: &Path) -> Result<Result<Arc<dyn Signer>, CertificateError>, SealsError> {
    Ok(match seal {
        Seal::Pem { pem } => {
            let pem = text(&folder.join(pem))?;
            KeyPair::from_pem(&pem).map(shared)
        }
        Seal::Pkcs12 {
            pkcs12,
            password_file,
        } => {
            let file = folder.join(pkcs12);
            let bytes = std::fs::read(&file).map_err(|error| unreadable(&file, &error))?;
            let password = text(&folder.join(password_file))?;
            KeyPair::from_pkcs12(&bytes, line(&password)).map(shared)
        }
        Seal::Token {
            module,
            token,
            label,
            pin_file,
            certificates,
        } => {
            let beside = match certificates {
                Some(file) => certificates_from_pem(&text(&folder.join(file))?),
                None => Ok(Vec::new()),
            };
            let key = TokenKey {
                module: module.clone(),
                token: token.clone(),
                label: label.clone(),
                pin: line(&text(&folder.join(pin_file))?).to_owned().into(),
            };
            beside.and_then(|beside| Token::open(key, &beside)).map(shared)
        }
    })
}

fn shared(signer: impl Signer + 'static) -> Arc<dyn Signer> {
    Arc::new(signer)
}

/// The first line: editors end a file with one more break than was typed.
fn line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn unreadable(file: &Path, error: &std::io::Error) -> SealsError {
    SealsError::File {
        file: file.to_owned(),
        why: error.to_string(),
    }
}

fn text(file: &Path) -> Result<String, SealsError> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}
