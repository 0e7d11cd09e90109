//! Steps that pass or fail as a whole: format, lints, types, generated files.

use std::process::Command;

use anyhow::Result;

use crate::counts::Counts;
use crate::npm::WEB;
use crate::run::{announce, cargo, listen, program, root};

/// Runs one check; a failure is counted, so that the steps after it still tell what they know.
///
/// # Errors
/// If the program cannot be started at all.
pub fn check(name: &str, command: &mut Command) -> Result<Counts> {
    announce(name);
    Ok(passed(listen(command)?.status.success()))
}

/// One check as a count.
pub fn passed(passed: bool) -> Counts {
    Counts {
        passed: u64::from(passed),
        failed: u64::from(!passed),
        skipped: 0,
    }
}

/// `cargo fmt` as a check.
pub fn format() -> Command {
    cargo(&["fmt", "--all", "--check"])
}

/// Clippy over everything, warnings refused.
pub fn clippy() -> Command {
    cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
}

/// The TypeScript compiler over the web pages.
pub fn web_types() -> Command {
    let mut command = program("npm", &["run", "--silent", "typecheck"]);
    command.current_dir(root().join(WEB));
    command
}
