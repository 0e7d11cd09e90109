//! A signature over any bytes, lying beside them: CMS with the content apart (CAdES baseline B).
//!
//! For files that are no PDF, such as the manifest of the evidence file. `openssl cms -verify -binary -inform DER
//! -content FILE` checks it too.

use time::OffsetDateTime;

use crate::error::PadesError;
use crate::signature;
use crate::signer::{Signer, in_force, leaf};

/// Signs content whose SHA-256 is `digest`; `at` is written into the signature.
///
/// # Errors
/// [`PadesError::Certificate`] when the certificate is not valid at `at`, [`PadesError::Signer`] when the key
/// does not sign or is not the certificate's.
pub fn sign(digest: &[u8; 32], at: OffsetDateTime, signer: &dyn Signer) -> Result<Vec<u8>, PadesError> {
    in_force(leaf(signer)?, at)?;
    signature::signed(digest, Some(at), signer)
}
