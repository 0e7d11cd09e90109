//! A certificate of our own for a demo with a phone in the room: cameras want HTTPS away from localhost.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, Result};

/// The certificate and its key in PEM, made on first use and kept: a phone that accepted it once goes on.
///
/// # Errors
/// When the folder cannot be written.
pub fn certificate(folder: &Path, own: IpAddr) -> Result<(Vec<u8>, Vec<u8>)> {
    // One per address: a machine that moved to another network needs another name in its certificate.
    let name = own.to_string().replace(':', "-");
    let (certificate, key) = (
        folder.join(format!("{name}.crt")),
        folder.join(format!("{name}.key")),
    );
    if !key.exists() {
        let made = rcgen::generate_simple_self_signed(vec![own.to_string(), "localhost".to_owned()])
            .context("a certificate cannot be made")?;
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        fs::write(&certificate, made.cert.pem()).context("the certificate cannot be kept")?;
        crate::private::write(&key, made.signing_key.serialize_pem().as_bytes())
            .context("the certificate's key cannot be kept")?;
    }
    Ok((fs::read(certificate)?, fs::read(key)?))
}
