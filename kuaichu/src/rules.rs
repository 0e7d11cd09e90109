//! The rule packs of an installation: what is built in, with a folder of one's own in its place.

use std::path::Path;

use anyhow::{Context, Result};
use domain::rule_pack::{self, RulePacks};

/// A rule file as it was read: its name as a person typed it, and its text.
pub type RuleFile = (String, String);

/// The rules to work by: the built-in ones, or with the files of `folder` in the place of what they replace.
///
/// # Errors
/// One line: a folder that cannot be read; file, line and reason of what is wrong in a file.
pub fn load(folder: Option<&Path>) -> Result<RulePacks> {
    let Some(folder) = folder else {
        return Ok(rule_pack::built_in()?.clone());
    };
    let files = read(folder)?;
    Ok(RulePacks::with(&borrowed(&files))?)
}

/// The `.toml` files of a folder in order of their names, or one file.
///
/// # Errors
/// When it cannot be read, or a folder holds none.
pub fn read(path: &Path) -> Result<Vec<RuleFile>> {
    let cannot = || format!("the rules {} cannot be read", path.display());
    if !path.is_dir() {
        let text = std::fs::read_to_string(path).with_context(cannot)?;
        return Ok(vec![(path.display().to_string(), text)]);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            names.push(file);
        }
    }
    names.sort();
    if names.is_empty() {
        anyhow::bail!("the rules folder {} holds no .toml file", path.display());
    }
    let text = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("the rules {} cannot be read", file.display()))?;
        Ok((file.display().to_string(), text))
    };
    names.iter().map(text).collect()
}

/// The files as the domain takes them.
pub fn borrowed(files: &[RuleFile]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}
