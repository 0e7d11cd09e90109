//! Other people's programs in Python, with the packages of `tests/py/requirements.txt`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::tree::root;

/// Such a Python; as with PostgreSQL, a test run by hand may go without, and `cargo xtask test` may not.
///
/// # Panics
/// When there is none and one is demanded.
pub fn python() -> Option<PathBuf> {
    if let Some(python) = env::var_os("KUAICHU_TEST_PYTHON") {
        return Some(python.into());
    }
    let demanded = env::var_os("CI").is_some() || env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
    assert!(
        !demanded,
        "KUAICHU_TEST_PYTHON must name a Python with tests/py/requirements.txt: run `cargo xtask test`"
    );
    eprintln!("KUAICHU_TEST_PYTHON is not set: other people's programs are not tried");
    None
}

/// Runs Python in `folder` to its end; modules of `tests/py` and of the folder can be imported.
///
/// # Panics
/// When it cannot be started.
pub async fn run(python: &Path, arguments: &[&str], (folder, env): (&Path, &[(&str, &str)])) -> Output {
    let modules = env::join_paths([root().join("tests/py").as_path(), folder]).expect("plain folder names");
    tokio::process::Command::new(python)
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONPATH", modules)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Python can be started")
}
