//! `cargo xtask test`: every suite in turn, then one table of counts and one closing line.
//!
//! A failing suite does not hide the next one; only a build that does not build ends the run early.
//! Cargo is always called for the whole workspace in the development profile, so nothing is built twice.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::checks::{self, check, passed};
use crate::counts::{self, Counts};
use crate::npm::{self, E2E, WEB};
use crate::run::{announce, built_folder, cargo, is_there, listen, program, quiet, root};
use crate::{openapi, packages, postgres, python};

/// The parts a person may ask for by name; all of them when none is named.
const PARTS: [&str; 4] = ["checks", "web", "rust", "e2e"];

/// What became of each suite, in the order they ran.
#[derive(Default)]
struct Report {
    rows: Vec<(&'static str, Counts, u64)>,
}

impl Report {
    /// Runs a suite and keeps its counts; a suite that cannot be run counts as one failure.
    fn suite(&mut self, name: &'static str, run: impl FnOnce() -> Result<Counts>) -> bool {
        let began = Instant::now();
        let counts = run().unwrap_or_else(|error| {
            println!("{name}: {error:#}");
            passed(false)
        });
        self.rows.push((name, counts, began.elapsed().as_secs()));
        counts.failed == 0
    }

    fn close(&self) -> ExitCode {
        let mut sum = Counts::default();
        println!();
        for (name, counts, seconds) in &self.rows {
            println!(
                "{name:<28} {:>5} passed {:>4} failed {:>4} skipped {:>5} s",
                counts.passed, counts.failed, counts.skipped, seconds
            );
            sum += *counts;
        }
        println!(
            "{} passed, {} failed, {} skipped",
            sum.passed, sum.failed, sum.skipped
        );
        if sum.failed == 0 && sum.passed > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Sets up what the wanted parts need and runs them.
///
/// # Errors
/// If the machine lacks something that may not be installed from here, or a part is unknown.
pub fn test(parts: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part {unknown:?}: the parts are {}", PARTS.join(", "));
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    announce("set-up");
    packages::ensure()?;
    packages::ensure_node()?;
    npm::install(WEB)?;
    // Rust tests start programs from there too: an insurer's own sign-in.
    npm::install(E2E)?;

    let mut report = Report::default();
    if wanted("checks") {
        report.suite("format", || check("format (cargo fmt)", &mut checks::format()));
    }
    if wanted("web") {
        report.suite("web types", || {
            check("web types (vue-tsc)", &mut checks::web_types())
        });
        report.suite("web unit tests", vitest);
    }
    if wanted("web") || wanted("e2e") || wanted("rust") {
        report.suite("web build", || npm::build_web().map(|()| passed(true)));
    }
    if wanted("checks") {
        report.suite("lints", || check("lints (cargo clippy)", &mut checks::clippy()));
    }
    let built = !(wanted("rust") || wanted("e2e"))
        || report.suite("rust build", || {
            let build = &mut cargo(&["build", "--quiet", "--workspace", "--all-targets"]);
            check("rust build (cargo build, all targets)", build)
        });
    if built && (wanted("rust") || wanted("e2e")) {
        let cluster = start_cluster(&mut report);
        if wanted("rust") {
            report.suite("generated files", || openapi::compare().map(passed));
            report.suite("rust tests", || rust_tests(cluster.as_ref()));
            report.suite("rust examples in docs", doc_tests);
        }
        if wanted("e2e") {
            report.suite("end-to-end in Chromium", || end_to_end(cluster.as_ref()));
        }
    }
    Ok(report.close())
}

fn start_cluster(report: &mut Report) -> Option<postgres::Cluster> {
    announce("throw-away PostgreSQL");
    match postgres::Cluster::start() {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            report.suite("throw-away PostgreSQL", || Err(error));
            None
        }
    }
}

fn with_cluster<'a>(command: &'a mut Command, cluster: Option<&postgres::Cluster>) -> &'a mut Command {
    match cluster {
        Some(cluster) => command
            .env(postgres::VARIABLE, &cluster.url)
            .env(postgres::REQUIRED, "1"),
        None => command
            .env_remove(postgres::VARIABLE)
            .env(postgres::REQUIRED, "1"),
    }
}

/// Unit, store, API and property tests of the whole workspace, on both databases.
fn rust_tests(cluster: Option<&postgres::Cluster>) -> Result<Counts> {
    // Some tests let other people's clients loose on us, of Python and of npm.
    npm::install(E2E)?;
    let python = python::environment()?;
    if is_there("cargo-nextest") {
        announce("rust tests (cargo nextest)");
        let mut command = cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--no-tests",
            "pass",
        ]);
        command.args([
            "--status-level",
            "fail",
            "--final-status-level",
            "fail",
            "--color",
            "never",
        ]);
        command.env(python::VARIABLE, &python);
        let said = listen(with_cluster(&mut command, cluster))?;
        return counts::nextest(&said.text).context("nextest ended without a summary");
    }
    announce("rust tests (cargo test: cargo-nextest is not installed, this is slower)");
    let mut command = cargo(&[
        "test",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--no-fail-fast",
    ]);
    command.env(python::VARIABLE, &python);
    let said = listen(with_cluster(&mut command, cluster))?;
    let mut counts = counts::libtest(&said.text).context("cargo test ended without a result")?;
    if counts.failed == 0 && !said.status.success() {
        counts.failed = 1;
    }
    Ok(counts)
}

fn doc_tests() -> Result<Counts> {
    announce("rust examples in docs (cargo test --doc)");
    let said = listen(&mut cargo(&[
        "test",
        "--quiet",
        "--workspace",
        "--doc",
        "--no-fail-fast",
    ]))?;
    let counts = counts::libtest(&said.text).unwrap_or_default();
    if counts.failed == 0 && !said.status.success() {
        bail!("cargo test --doc failed ({})", said.status);
    }
    Ok(counts)
}

fn vitest() -> Result<Counts> {
    announce("web unit tests (vitest)");
    let report = built_folder()?.join("vitest.json");
    let output = format!("--outputFile.json={}", report.display());
    let args = ["run", "--reporter=default", "--reporter=json", &output];
    let mut command = program("node_modules/.bin/vitest", &args);
    let said = listen_with_report(
        command.current_dir(root().join(WEB)).env("NO_COLOR", "1"),
        &report,
    )?;
    agreed(counts::vitest(&said.1).context("vitest left no report")?, said.0)
}

fn end_to_end(cluster: Option<&postgres::Cluster>) -> Result<Counts> {
    announce("end-to-end in Chromium (playwright)");
    quiet(program("node_modules/.bin/tsc", &["--noEmit"]).current_dir(root().join(E2E)))?;
    let report = built_folder()?.join("playwright.json");
    let mut command = program("node_modules/.bin/playwright", &["test", "--reporter=list,json"]);
    command.current_dir(root().join(E2E)).env("NO_COLOR", "1");
    command.env("KUAICHU_BINARY", built_folder()?.join("debug/kuaichu"));
    command.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report).env("CI", "1");
    let said = listen_with_report(with_cluster(&mut command, cluster), &report)?;
    agreed(
        counts::playwright(&said.1).context("playwright left no report")?,
        said.0,
    )
}

/// Runs a program that writes a report; an old report never stands in for a missing one.
fn listen_with_report(command: &mut Command, report: &Path) -> Result<(bool, String)> {
    let _ = fs::remove_file(report);
    let said = listen(command)?;
    Ok((
        said.status.success(),
        fs::read_to_string(report).unwrap_or_default(),
    ))
}

/// A runner that failed without a failed test (a broken set-up, say) has still failed.
fn agreed(mut counts: Counts, success: bool) -> Result<Counts> {
    if !success && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}
