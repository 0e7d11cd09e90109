//! The Python programs that tests let loose on us: their packages, in an environment below the target folder.
//!
//! Nothing of Python is needed to build or to run; only tests ask what other people's clients make of us.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{announce, built_folder, program, quiet, root};

/// Where tests read which Python has the packages.
pub const VARIABLE: &str = "KUAICHU_TEST_PYTHON";

/// Folders below `tests` whose `requirements.txt` names every package with its version.
const CLIENTS: &str = "py";
const PEERS: &str = "peers-py";

/// A Python that has the packages of the tests.
///
/// # Errors
/// If there is no Python 3 with `venv`, or pip fails; its own words follow.
pub fn environment() -> Result<PathBuf> {
    prepared(CLIENTS)
}

/// A Python that has what we are compared with.
///
/// # Errors
/// As for [`environment`].
pub fn peers() -> Result<PathBuf> {
    prepared(PEERS)
}

/// The packages are installed when their list changed.
fn prepared(name: &str) -> Result<PathBuf> {
    let requirements = &format!("tests/{name}/requirements.txt");
    let wanted = fs::read_to_string(root().join(requirements))
        .with_context(|| format!("{requirements} cannot be read"))?;
    let folder = built_folder()?.join(name);
    let (python, stamp) = (folder.join("bin/python"), folder.join(".xtask-requirements"));
    // A list that is remembered beside the packages goes when they go.
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|kept| kept == wanted) {
        return Ok(python);
    }
    announce(&format!("Python packages of {requirements} (pip install)"));
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
        requirements,
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
