//! Signatures on PDF files that any reader can check, after PAdES (ETSI EN 319 142-1): made, and verified.
//!
//! The crate takes bytes and gives bytes. It knows no case, no database, no clock, no network and draws nothing:
//! what a signature looks like arrives as a one-page PDF of the size of its place, times and randomness are
//! parameters, a timestamp authority is asked by whoever calls. Nothing here ever changes a byte that was there:
//! every step appends one revision.
//!
//! The order of a document's life: [`with_fields`] once, [`sign`] with `certifies` once, [`sign`] for everybody
//! else in any order, [`stamp_request`] whenever a timestamp authority answers.

pub mod authority;
pub mod detached;
#[cfg(feature = "gm")]
pub mod gm;
pub mod keys;
pub mod verify;

mod appearance;
mod error;
mod fields;
mod hole;
mod names;
mod object;
mod places;
mod revision;
mod sign;
mod signature;
mod signer;
mod timestamp;

pub use error::{CertificateError, PadesError, SignerError};
pub use fields::{Place, with_fields};
pub use names::{Subject, common_name, fingerprint, not_after, not_before};
pub use places::{KnownPlace, places};
pub use sign::{Signing, sign};
pub use signer::Signer;
pub use timestamp::{Stamping, stamp_request};
pub use x509_cert::Certificate;
