//! The Python programs that tests let loose on us: their packages, in an environment below the target folder.
//!
//! Nothing of Python is needed to build or to run; only tests ask what other people's clients make of us.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{announce, built_folder, program, quiet, root};

/// Where tests read which Python has the packages.
pub const VARIABLE: &str = "KUAICHU_TEST_PYTHON";

/// Every package with its version.
const REQUIREMENTS: &str = "tests/py/requirements.txt";

/// A Python that has the packages; they are installed when their list changed.
///
/// # Errors
/// If there is no Python 3 with `venv`, or pip fails; its own words follow.
pub fn environment() -> Result<PathBuf> {
    let wanted = fs::read_to_string(root().join(REQUIREMENTS))
        .with_context(|| format!("{REQUIREMENTS} cannot be read"))?;
    let folder = built_folder()?.join("py");
    let (python, stamp) = (folder.join("bin/python"), folder.join(".xtask-requirements"));
    // A list that is remembered beside the packages goes when they go.
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|kept| kept == wanted) {
        return Ok(python);
    }
    announce(&format!("Python packages of {REQUIREMENTS} (pip install)"));
    let place = text(&folder)?;
    quiet(&mut program("python3", &["-m", "venv", "--clear", place]))?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "-r",
        REQUIREMENTS,
    ];
    quiet(&mut program(text(&python)?, &install))?;
    fs::write(&stamp, wanted).with_context(|| format!("{} cannot be written", stamp.display()))?;
    Ok(python)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the target folder's name is not UTF-8")
}

/// Whether Python can make environments.
pub fn is_there() -> bool {
    quiet(&mut program("python3", &["-c", "import venv, ensurepip"])).is_ok()
}
