//! The Debian packages the tests need, installed when we may, named exactly when we may not.
//!
//! Only tests need them: the demo needs Rust and Node, nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run::{announce, is_there, program, quiet};

/// A Debian package and the thing that shows it is there.
struct Package {
    name: &'static str,
    shows: fn() -> bool,
}

const PACKAGES: [Package; 12] = [
    Package {
        name: "chromium",
        shows: || is_there("chromium"),
    },
    // Runs openapi-generator and a receiver's example.
    Package {
        name: "default-jdk-headless",
        shows: || is_there("java") && is_there("javac"),
    },
    Package {
        name: "ffmpeg",
        shows: || is_there("ffmpeg") && is_there("ffprobe"),
    },
    Package {
        name: "fonts-noto-cjk",
        shows: chinese_font,
    },
    Package {
        name: "openssl",
        shows: || is_there("openssl"),
    },
    Package {
        name: "php-cli",
        shows: || is_there("php"),
    },
    Package {
        name: "poppler-utils",
        shows: || is_there("pdftotext") && is_there("pdftoppm") && is_there("pdfsig"),
    },
    Package {
        name: "postgresql",
        shows: || postgres_folder().is_some(),
    },
    Package {
        name: "python3-venv",
        shows: crate::python::is_there,
    },
    Package {
        name: "qpdf",
        shows: || is_there("qpdf"),
    },
    Package {
        name: "softhsm2",
        shows: || is_there("softhsm2-util"),
    },
    Package {
        name: "unzip",
        shows: || is_there("unzip"),
    },
];

/// Node below this major version cannot build the web pages.
const NODE_MAJOR_MIN: u32 = 20;

/// Makes sure that every package is there.
///
/// # Errors
/// When something is missing and we may not install it: the message is the line to type.
pub fn ensure() -> Result<()> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|package| !(package.shows)())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let become_root: &[&str] = if is_root()? {
        &[]
    } else if quiet(&mut program("sudo", &["-n", "true"])).is_ok() {
        &["sudo", "-n"]
    } else {
        bail!("the tests need Debian packages that are not here; install them with:\nsudo {line}");
    };
    announce(&format!("installing {} (apt-get)", missing.join(", ")));
    for step in ["apt-get update", &line] {
        let words: Vec<&str> = become_root.iter().copied().chain(step.split(' ')).collect();
        quiet(program(words[0], &words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    match PACKAGES.iter().find(|package| !(package.shows)()) {
        Some(package) => bail!("{} is still not usable after apt-get install", package.name),
        None => Ok(()),
    }
}

/// Whether we run as the superuser (who may not start PostgreSQL, and may install packages).
///
/// # Errors
/// If `id` cannot be asked.
pub fn is_root() -> Result<bool> {
    Ok(quiet(&mut program("id", &["-u"]))?.trim() == "0")
}

/// The newest installed PostgreSQL's programs.
pub fn postgres_folder() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder)
}

fn chinese_font() -> bool {
    ["opentype/noto", "truetype/wqy", "truetype/droid"]
        .iter()
        .any(|folder| Path::new("/usr/share/fonts").join(folder).is_dir())
}

/// Makes sure that Node and npm are there and new enough.
///
/// # Errors
/// One line that says what to install.
pub fn ensure_node() -> Result<()> {
    let wanted = format!("Node {NODE_MAJOR_MIN} or newer with npm is needed to build the web pages");
    if !is_there("node") || !is_there("npm") {
        bail!("{wanted}, and none was found on the path (https://nodejs.org)");
    }
    let version = quiet(&mut program("node", &["--version"]))?;
    let version = version.trim();
    let major: u32 = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .with_context(|| format!("{wanted}; `node --version` says {version:?}"))?;
    if major < NODE_MAJOR_MIN {
        bail!("{wanted}; this is {version}");
    }
    Ok(())
}
