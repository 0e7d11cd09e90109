//! npm projects: installed when their lock changed, the web pages built when their sources changed.
//!
//! "Changed" is a digest of contents kept in `node_modules`, so a fresh checkout with old timestamps is no
//! puzzle and nothing is written beside the sources.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{announce, program, quiet, root};

/// The web pages' project.
pub const WEB: &str = "web";
/// The end-to-end tests' project.
pub const E2E: &str = "tests/e2e";

/// Folders inside `web` that are made, not written.
const MADE: [&str; 3] = ["node_modules", "dist", "coverage"];

/// `npm ci` in `project`, unless the lock is the one that is installed.
///
/// # Errors
/// If npm fails; its own words follow.
pub fn install(project: &str) -> Result<()> {
    let folder = root().join(project);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{project}/package-lock.json cannot be read"))?;
    let stamp = Stamp::new(&folder, "lock", digest([lock.as_slice()]));
    if stamp.holds() {
        return Ok(());
    }
    announce(&format!("npm packages of {project} (npm ci)"));
    quiet(program("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    stamp.set()
}

/// Builds the web pages into `web/dist`, unless this very source is built already.
///
/// # Errors
/// If the build fails; its own words follow.
pub fn build_web() -> Result<()> {
    let folder = root().join(WEB);
    let mut files = Vec::new();
    sources(&folder, &mut files)?;
    files.sort();
    let mut contents = Vec::with_capacity(files.len() * 2);
    for file in &files {
        contents.push(file.as_os_str().as_encoded_bytes().to_vec());
        contents.push(fs::read(file)?);
    }
    let stamp = Stamp::new(&folder, "build", digest(contents.iter().map(Vec::as_slice)));
    if stamp.holds() && folder.join("dist").is_dir() {
        return Ok(());
    }
    announce("web pages (vite build)");
    quiet(program("npm", &["run", "--silent", "build"]).current_dir(&folder))?;
    stamp.set()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let made = entry
            .file_name()
            .to_str()
            .is_some_and(|name| MADE.contains(&name));
        if entry.file_type()?.is_dir() {
            if !made {
                sources(&entry.path(), files)?;
            }
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// A digest remembered in `node_modules`: deleting the packages forgets it too.
struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    fn new(project: &Path, name: &str, digest: String) -> Self {
        Self {
            file: project.join("node_modules").join(format!(".xtask-{name}")),
            digest,
        }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.digest)
    }

    fn set(&self) -> Result<()> {
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("{} cannot be written", self.file.display()))
    }
}
