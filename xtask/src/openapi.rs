//! The committed contract: `docs/openapi.json` from the service, `web/shared/openapi.d.ts` from that.
//!
//! Nobody edits either by hand; the test run makes both again and refuses a difference.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::npm::{self, WEB};
use crate::run::{announce, built_folder, cargo, program, quiet, root};

const DOCUMENT: &str = "docs/openapi.json";
const TYPES: &str = "web/shared/openapi.d.ts";

/// Writes both files.
///
/// # Errors
/// If the service does not build or a file cannot be written.
pub fn write() -> Result<ExitCode> {
    npm::install(WEB)?;
    announce("the service (cargo build)");
    quiet(&mut cargo(&[
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "kuaichu",
    ]))?;
    generate(&root().join(DOCUMENT), &root().join(TYPES))?;
    println!("{DOCUMENT} and {TYPES} are written");
    Ok(ExitCode::SUCCESS)
}

/// Whether both files are what the built service says; names those that are not.
///
/// # Errors
/// If the files cannot be made.
pub fn compare() -> Result<bool> {
    announce("generated files (openapi.json, openapi.d.ts)");
    let folder = built_folder()?.join("openapi");
    fs::create_dir_all(&folder)?;
    let (document, types) = (folder.join("openapi.json"), folder.join("openapi.d.ts"));
    generate(&document, &types)?;
    let mut same = true;
    for (committed, made) in [(DOCUMENT, &document), (TYPES, &types)] {
        if fs::read(root().join(committed)).ok() != Some(fs::read(made)?) {
            println!("{committed} is not what the service says: run `cargo xtask openapi` and commit it");
            same = false;
        }
    }
    Ok(same)
}

fn generate(document: &Path, types: &Path) -> Result<()> {
    let text = quiet(&mut program(
        &built_folder()?.join("debug/kuaichu").to_string_lossy(),
        &["openapi"],
    ))?;
    fs::write(document, text).with_context(|| format!("{} cannot be written", document.display()))?;
    let generator = "node_modules/.bin/openapi-typescript";
    let (document, types) = (document.to_string_lossy(), types.to_string_lossy());
    quiet(program(generator, &[&document, "-o", &types]).current_dir(root().join(WEB)))?;
    Ok(())
}
