//! `kuaichu audit verify`: whether what is stored is whole, or an evidence file, for whoever may not trust us.

use std::fs::File;
use std::io::{BufReader, IsTerminal, Write, stderr};
use std::path::Path;
use std::process::ExitCode;

use ::dossier::archive::Archive;
use ::dossier::{ANCHOR, Report};
use anyhow::Context;
use backend::clock::{Clock, SystemClock};
use backend::store::Db;
use pades::fingerprint;
use pades::verify::Anchors;
use serde_json::json;

use crate::replay::bar;
use crate::system::database_in;

/// The longest list of trusted certificates that is read out of an evidence file.
const ANCHOR_BYTES_MAX: u64 = 1 << 20;
/// The progress bar counts in megabytes.
const MEGABYTE: u64 = 1_000_000;

/// Exit code when something is broken; 1 is for not being able to look.
const BROKEN: u8 = 2;

/// Checks every accident and every closed month, and prints one line for each that is broken.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(database: Option<String>, data: &Path) -> anyhow::Result<ExitCode> {
    let url = database.unwrap_or_else(|| database_in(data));
    let db = Db::connect(&url).await.context("the database cannot be opened")?;
    let audit = backend::app::audit::audit(&db)
        .await
        .context("the database cannot be read")?;
    for (accident, broken) in &audit.findings {
        println!("accident {accident}: {broken}");
    }
    for (unit, broken) in &audit.clearing {
        println!("clearing of unit {unit}: {broken}");
    }
    println!(
        "{} accidents, {} facts, {} closed months, {} broken",
        audit.accidents,
        audit.facts,
        audit.months,
        audit.findings.len() + audit.clearing.len()
    );
    Ok(if audit.is_whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(BROKEN)
    })
}

/// Checks an evidence file offline. Without `ca` it can only be found wrong, never right: what a file says of itself
/// proves nothing.
///
/// # Errors
/// When a file cannot be read.
pub fn verify_file(file: &Path, ca: Option<&Path>, as_json: bool) -> anyhow::Result<ExitCode> {
    let cannot = || format!("{} cannot be read", file.display());
    let opened = || File::open(file).with_context(cannot);
    let anchors = match ca {
        Some(ca) => {
            let cannot = || format!("{} cannot be read", ca.display());
            let text = std::fs::read_to_string(ca).with_context(cannot)?;
            Anchors::from_pem(&text).with_context(|| format!("{} holds no certificate", ca.display()))?
        }
        None => own_anchors(BufReader::new(opened()?)),
    };
    let own: Vec<String> = anchors
        .authorities
        .iter()
        .filter_map(|own| fingerprint(own).ok())
        .collect();
    let shows = stderr().is_terminal();
    let mut shown = u64::MAX;
    let mut progress = |done: u64, all: u64| {
        let megabytes = done / MEGABYTE;
        if shows && megabytes != shown {
            shown = megabytes;
            eprint!("{}", bar(megabytes, all / MEGABYTE));
        }
    };
    let now = SystemClock.now().into_inner();
    let report = ::dossier::verify(opened()?, &anchors, now, &mut progress).with_context(cannot)?;
    if shows {
        eprintln!();
    }
    let mut out = std::io::stdout().lock();
    if as_json {
        let told = json!({ "report": report, "trusted": ca.is_some(), "authorities_sha256": own });
        serde_json::to_writer(&mut out, &told)?;
        writeln!(out)?;
    } else {
        lines(&report, ca.is_some(), &own, &mut out)?;
    }
    out.flush()?;
    Ok(match (report.valid, ca) {
        (true, Some(_)) => ExitCode::SUCCESS,
        (true, None) => ExitCode::FAILURE,
        (false, _) => ExitCode::from(BROKEN),
    })
}

/// The authorities that the file itself names; none when it is no evidence file.
fn own_anchors(file: impl std::io::Read + std::io::Seek) -> Anchors {
    let read = Archive::open(file).and_then(|mut archive| archive.read(ANCHOR, ANCHOR_BYTES_MAX));
    let text = read
        .ok()
        .flatten()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| Anchors::from_pem(&text).ok())
        .unwrap_or_default()
}

fn lines(report: &Report, trusted: bool, own: &[String], out: &mut impl Write) -> std::io::Result<()> {
    let mut lines = report.lines();
    if !trusted && report.valid {
        "卷宗前后一致，但没有指定可信的根证书，不能判断是谁出具的。".clone_into(&mut lines[0]);
        lines.push("请用 --ca 指定出具单位公布的根证书；卷宗自称的根证书 SHA-256 指纹：".to_owned());
        lines.extend(own.iter().cloned());
    }
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
