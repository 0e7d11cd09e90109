//! Reading papers back with poppler, for every test file.

#![allow(dead_code, reason = "each test file reads in its own ways")]

use std::process::Command;
use std::sync::LazyLock;

use papers::{FindingDocument, Fonts, Pdf, State, render};

pub static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::embedded().unwrap());

pub fn issued(document: &FindingDocument) -> Pdf {
    render(document, State::Issued, &FONTS).unwrap()
}

pub fn run(tool: &str, arguments: &[&str], pdf: &Pdf) -> String {
    run_on(tool, arguments, &pdf.bytes)
}

pub fn run_on(tool: &str, arguments: &[&str], bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new(tool)
        .args(arguments)
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The text in the order it was written, without the line breaks of the layout.
pub fn text(pdf: &Pdf) -> String {
    text_of(&pdf.bytes)
}

pub fn text_of(bytes: &[u8]) -> String {
    run_on("pdftotext", &["-raw", "-enc", "UTF-8"], bytes).replace(['\n', '\u{c}', ' '], "")
}

pub fn assert_in_order(text: &str, wanted: &[&str]) {
    let mut from = 0;
    for piece in wanted {
        match text[from..].find(piece) {
            Some(at) => from += at + piece.len(),
            None => panic!("{piece} is missing or too early in: {text}"),
        }
    }
}
