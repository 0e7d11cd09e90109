//! What other people's programs say about signed files.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use pades::Signer;
use serde_json::Value;

use crate::common::{Bench, paper, places, run, said, signing, text};

/// The Python that has pyHanko, or nothing where the tests were not started by `cargo xtask test`.
pub fn python() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("KUAICHU_TEST_PYTHON") {
        return Some(python.into());
    }
    let demanded = std::env::var_os("CI").is_some() || std::env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
    assert!(
        !demanded,
        "KUAICHU_TEST_PYTHON must name a Python with tests/py/requirements.txt: run `cargo xtask test`"
    );
    eprintln!("KUAICHU_TEST_PYTHON is not set: pyHanko is not asked");
    None
}

/// pyHanko's word on every signature of each file, in the order of signing.
pub fn pyhanko(roots: &Path, files: &[PathBuf]) -> Option<Vec<Vec<Value>>> {
    let python = python()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/py/check_signatures.py");
    let output = Command::new(python)
        .arg(script)
        .arg(roots)
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// How many signatures `pdfsig` calls valid, and whether it says of one that it covers the whole file.
pub fn pdfsig(file: &Path) -> (usize, bool) {
    let said = run("pdfsig", &["-nocert", text(file)]);
    let valid = said.matches("Signature Validation: Signature is Valid.").count();
    (
        valid,
        said.lines().any(|line| line.trim() == "- Total document signed"),
    )
}

/// `qpdf --check`, which must find nothing at all.
pub fn qpdf(file: &Path) {
    let said = run("qpdf", &["--check", text(file)]);
    assert!(!said.contains("WARNING"), "{said}");
}

/// How many dark points lie in a rectangle (left, bottom, right, top) of an A4 page, drawn at 72 dpi.
pub fn dark_points(file: &Path, page: u32, rect: [f32; 4]) -> usize {
    let [left, bottom, right, top] = rect.map(|edge| edge as i32);
    let numbers = [
        page as i32,
        page as i32,
        left,
        842 - top,
        right - left,
        top - bottom,
    ]
    .map(|number| number.to_string());
    let options = ["-f", "-l", "-x", "-y", "-W", "-H"];
    let mut arguments = vec!["-r", "72", "-gray"];
    for (option, number) in options.iter().zip(&numbers) {
        arguments.extend([*option, number]);
    }
    arguments.push(text(file));
    let output = Command::new("pdftoppm").args(&arguments).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    // A grey picture: three lines of text, then a byte for each point.
    let start = output
        .stdout
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(2)
        .unwrap();
    output.stdout[start.0 + 1..]
        .iter()
        .filter(|point| **point < 100)
        .count()
}

/// A document whose only signature is this signer's, accepted by `pdfsig`.
pub fn signs_a_document(bench: &Bench, signer: &dyn Signer) {
    let pdf = pades::with_fields(&paper(), &places(0)).unwrap();
    let certification = pades::Signing {
        certifies: true,
        ..signing("unit", "大队")
    };
    let pdf = pades::sign(&pdf, &certification, signer).unwrap();
    assert_eq!(pdfsig(&bench.file(&pdf)), (1, true));
}
