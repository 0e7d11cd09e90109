//! The older partner gateways of an installation: a folder of files, read whole at the start.

use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use backend::insurer::gateway::Gateways;

/// What the folder holds; none without a folder. A key stands beside the file that names it.
///
/// # Errors
/// One line: a folder that cannot be read or holds none; file, line and reason of what is wrong in a file.
pub fn load(folder: Option<&Path>) -> Result<Gateways> {
    let Some(folder) = folder else {
        return Ok(Gateways::default());
    };
    let cannot = || format!("the gateways {} cannot be read", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let file = entry.with_context(cannot)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("the gateway {} cannot be read", file.display()))?;
            files.push((file.display().to_string(), text));
        }
    }
    files.sort();
    if files.is_empty() {
        anyhow::bail!("the gateways folder {} holds no .toml file", folder.display());
    }
    let secret = |_: &str, key: &str| -> io::Result<String> {
        if Path::new(key).components().count() != 1 {
            return Err(io::Error::other(
                "a key stands beside its file: give its name alone",
            ));
        }
        std::fs::read_to_string(folder.join(key))
    };
    Ok(Gateways::read(&files, &secret)?)
}
