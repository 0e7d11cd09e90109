//! What `kuaichu samples` and `kuaichu gm` write holds before checkers that are not ours.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn kuaichu(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, env!("CARGO_BIN_EXE_kuaichu"), arguments)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_sample_is_signed_in_every_place_and_three_checkers_find_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let written = kuaichu(folder, &["samples", "."]);
    assert!(written.status.success(), "{}", said(&written));
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let papers: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "pdf"))
        .collect();
    assert_eq!(
        papers.len(),
        14,
        "nine kinds of paper, and the finding at its hardest"
    );
    for paper in papers {
        let name = paper.to_str().unwrap();
        let verified = kuaichu(folder, &["verify", name, "--ca", "ca.pem", "--json"]);
        assert_eq!(verified.status.code(), Some(0), "{name}: {}", said(&verified));
        let report: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!(report["open_fields"], serde_json::json!([]), "{name}");
        let signatures = report["signatures"].as_array().unwrap().len();
        let poppler = said(&run(folder, "pdfsig", &["-nocert", name]));
        assert_eq!(
            poppler.matches("Signature is Valid").count(),
            signatures,
            "{name}: {poppler}"
        );
        let qpdf = run(folder, "qpdf", &["--check", name]);
        assert!(qpdf.status.success(), "{name}: {}", said(&qpdf));
    }
}

#[cfg(feature = "gm")]
#[test]
fn a_national_signature_is_good_for_its_file_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = run(
        folder,
        "openssl",
        &["genpkey", "-algorithm", "SM2", "-out", "key.pem"],
    );
    assert!(made.status.success(), "{}", said(&made));
    std::fs::write(folder.join("paper.pdf"), b"paper").unwrap();
    let signed = kuaichu(folder, &["gm", "sign", "paper.pdf", "--key", "key.pem"]);
    assert!(signed.status.success(), "{}", said(&signed));
    let check = ["gm", "verify", "paper.pdf", "--key", "paper.pdf.sm2.pem"];
    assert_eq!(kuaichu(folder, &check).status.code(), Some(0));
    std::fs::write(folder.join("paper.pdf"), b"other").unwrap();
    assert_eq!(kuaichu(folder, &check).status.code(), Some(2));
}
