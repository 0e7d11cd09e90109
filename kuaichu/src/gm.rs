//! `kuaichu gm`: a national signature (SM2 with SM3) beside a document, for services that ask for one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use pades::gm::{GmKey, verify_gm};

/// Exit code for a signature that is not this key's over this file.
const REFUSED: u8 = 2;

#[derive(Subcommand)]
pub enum Deed {
    /// Sign a file; the signature (DER) is written beside it as FILE.sm2, the public key as FILE.sm2.pem
    Sign {
        file: PathBuf,
        /// A private key as `openssl genpkey -algorithm SM2` writes it (PKCS#8, PEM)
        #[arg(long)]
        key: PathBuf,
    },
    /// Check FILE.sm2 beside a file: exit code 0 good, 2 not
    Verify {
        file: PathBuf,
        /// The signer's public key (PEM)
        #[arg(long)]
        key: PathBuf,
    },
}

/// # Errors
/// A file that cannot be read or written; a key that is none.
pub fn run(deed: &Deed) -> Result<ExitCode> {
    match deed {
        Deed::Sign { file, key } => {
            let key = GmKey::from_pem(&text(key)?)?;
            write(&beside(file, "sm2"), &key.detached_gm(&bytes(file)?)?)?;
            write(&beside(file, "sm2.pem"), key.public_pem()?.as_bytes())?;
            println!("已签名：{}", beside(file, "sm2").display());
            Ok(ExitCode::SUCCESS)
        }
        Deed::Verify { file, key } => {
            let signature = bytes(&beside(file, "sm2"))?;
            if verify_gm(&bytes(file)?, &signature, &text(key)?)? {
                println!("国密签名有效");
                Ok(ExitCode::SUCCESS)
            } else {
                println!("国密签名无效：不是该密钥对此文件的签名");
                Ok(ExitCode::from(REFUSED))
            }
        }
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
}
