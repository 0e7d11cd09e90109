//! `kuaichu verify`: whether a document on somebody's disk is what was issued, for whoever may not trust us.
//!
//! It needs a certificate to trust and the file, no server. What it prints is for people, in Chinese, or one JSON
//! object; what a document means is not its business.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use backend::clock::{Clock, SystemClock};
use clap::Args;
use pades::verify::{self, Anchors, Report, SIZE_MAX};

/// Exit code for a document that is refused; 1 is for not being able to look.
const REFUSED: u8 = 2;

#[derive(Args)]
pub struct Arguments {
    /// The PDF
    file: PathBuf,
    /// A certificate to trust for signatures (PEM, one or more in a file)
    #[arg(long, value_name = "PEM")]
    ca: Vec<PathBuf>,
    /// A certificate to trust for timestamps (PEM); without any, timestamps are told of and prove nothing
    #[arg(long, value_name = "PEM")]
    tsa: Vec<PathBuf>,
    /// A list of revoked certificates (DER)
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// One JSON object, for machines
    #[arg(long)]
    json: bool,
}

/// Looks at a document and tells what it found.
///
/// # Errors
/// One sentence about what cannot be read.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Result<ExitCode> {
    let anchors = anchors(arguments)?;
    let pdf = document(&arguments.file)?;
    let report = verify::verify(&pdf, &anchors, SystemClock.now().into_inner());
    tell(&report, arguments.json, out)?;
    Ok(if report.is_valid() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    })
}

fn anchors(arguments: &Arguments) -> Result<Anchors> {
    if arguments.ca.is_empty() {
        bail!("nobody is trusted: name a certificate with --ca ca.pem");
    }
    let mut anchors = Anchors::default();
    for file in &arguments.ca {
        anchors.authorities.extend(certificates(file)?);
    }
    for file in &arguments.tsa {
        anchors.timestamps.extend(certificates(file)?);
    }
    for file in &arguments.crl {
        let list = read(file)?;
        let with = anchors.with_revocations(&list);
        anchors = with.map_err(|_| anyhow::anyhow!("{} is no revocation list (DER)", file.display()))?;
    }
    Ok(anchors)
}

fn certificates(file: &Path) -> Result<Vec<pades::Certificate>> {
    let text = read(file)?;
    let found = verify::certificates(&String::from_utf8_lossy(&text));
    found.map_err(|_| anyhow::anyhow!("{} holds no certificate that can be read (PEM)", file.display()))
}

/// A file of any size is refused by its length, not by filling the memory.
fn document(file: &Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let opened = std::fs::File::open(file);
    let mut pdf = Vec::new();
    let most = u64::try_from(SIZE_MAX)? + 1;
    opened
        .and_then(|opened| opened.take(most).read_to_end(&mut pdf))
        .with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(pdf)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn tell(report: &Report, json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, report).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    for line in report.lines() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
