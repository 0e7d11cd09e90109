//! A certificate of our own for a demo with a phone in the room: cameras want HTTPS away from localhost.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context, Result};

/// Chooses the one library that does the arithmetic of TLS: two of them are linked in, and rustls will not guess.
pub fn choose_arithmetic() {
    // Somebody in this process has chosen before: then that choice stands.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_made_certificate_can_be_served_and_is_kept() {
        choose_arithmetic();
        let folder = tempfile::tempdir().unwrap();
        let own = "192.0.2.7".parse().unwrap();
        let made = certificate(folder.path(), own).unwrap();
        axum_server::tls_rustls::RustlsConfig::from_pem(made.0.clone(), made.1.clone())
            .await
            .unwrap();
        assert_eq!(certificate(folder.path(), own).unwrap(), made);
    }
}
