//! The fonts documents are drawn with: ours, and what the operator's folder adds to them.

use std::path::Path;

use anyhow::Context;
use papers::Fonts;

/// # Errors
/// A file of the folder that cannot be used, by its name and why.
pub fn load(folder: Option<&Path>) -> anyhow::Result<Fonts> {
    match folder {
        Some(folder) => Fonts::with_folder(folder)
            .with_context(|| format!("fonts of {} cannot be used", folder.display())),
        None => Fonts::embedded().context("the fonts of documents cannot be read"),
    }
}
