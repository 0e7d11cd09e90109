//! The short commands: demo, bench, with-postgres. Each prepares and then hands over.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::npm::{self, WEB};
use crate::run::{announce, built_folder, cargo, root};
use crate::{packages, postgres, python};

/// Builds the pages and the binary, then becomes `kuaichu demo` with the same flags.
///
/// # Errors
/// One line about what is missing or does not build; from there on the binary speaks for itself.
pub fn demo(flags: &[String]) -> Result<ExitCode> {
    packages::ensure_node()?;
    npm::install(WEB)?;
    npm::build_web()?;
    announce("the service (cargo build; the first time takes some minutes)");
    // The whole workspace's features, so that `cargo xtask test` finds the same build.
    let built = cargo(&["build", "--quiet", "--workspace", "--bin", "kuaichu"]).status()?;
    if !built.success() {
        bail!("the service does not build");
    }
    announce("starting");
    let here = std::env::current_dir().context("the current folder is gone")?;
    let mut service = Command::new(built_folder()?.join("debug/kuaichu"));
    let error = service.arg("demo").args(flags).current_dir(here).exec();
    Err(error).context("the built service cannot be started")
}

/// Runs the benchmarks in an optimised build. `peers` alone compares with a general rules engine: a crate of its
/// own that nothing else builds, because the engine drags in more than the whole product. `papers` alone draws
/// the same finding by other writers of PDF.
///
/// # Errors
/// If they do not build.
pub fn bench(names: &[String]) -> Result<ExitCode> {
    if names.iter().any(|name| name == "peers") {
        return peers();
    }
    if names.iter().any(|name| name == "papers") {
        return papers();
    }
    announce("benchmarks (cargo build --release; the first time takes some minutes)");
    let built = cargo(&[
        "build",
        "--quiet",
        "--release",
        "--package",
        "tests",
        "--bin",
        "bench",
    ])
    .status()?;
    if !built.success() {
        bail!("the benchmarks do not build");
    }
    announce("running");
    let error = Command::new(built_folder()?.join("release/bench"))
        .args(names)
        .exec();
    Err(error).context("the built benchmarks cannot be started")
}

/// How long each contender draws.
const CONTEND_SECONDS: &str = "10";

fn papers() -> Result<ExitCode> {
    announce("our side (cargo build --release; the first time takes some minutes)");
    let example = ["--package", "papers", "--example", "compare"];
    let built = cargo(&["build", "--quiet", "--release"]).args(example).status()?;
    if !built.success() {
        bail!("the example compare does not build");
    }
    let python = python::peers()?;
    let (ours, folder) = (
        built_folder()?.join("release/examples/compare"),
        built_folder()?.join("papers"),
    );
    announce("the same finding by each contender in turn, on one core");
    let error = Command::new(python)
        .arg(root().join("tests/peers-py/run.py"))
        .args([&ours, &folder])
        .arg(CONTEND_SECONDS)
        .exec();
    Err(error).context("the comparison cannot be started")
}

/// Kills the built service again and again during issue and signing, and looks at what is left.
///
/// # Errors
/// If it does not build; what does not hold is said by the run itself.
pub fn crash(kills: &[String]) -> Result<ExitCode> {
    announce("the service and the run (cargo build)");
    let build = [
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "kuaichu",
        "--bin",
        "crash",
    ];
    if !cargo(&build).status()?.success() {
        bail!("the service does not build");
    }
    announce("killing");
    let error = Command::new(built_folder()?.join("debug/crash"))
        .args(kills)
        .exec();
    Err(error).context("the built run cannot be started")
}

/// Lets schemathesis loose on a freshly started system; `--examples N` requests per operation.
///
/// # Errors
/// If it does not build, or Python cannot be prepared; what it finds is said by the run itself.
pub fn fuzz_api(flags: &[String]) -> Result<ExitCode> {
    let examples = match flags {
        [] => None,
        [flag, number] if flag == "--examples" && number.parse::<u32>().is_ok() => Some(number),
        _ => bail!("usage: cargo xtask fuzz-api [--examples N]"),
    };
    announce("the system and the run (cargo build)");
    if !cargo(&["build", "--quiet", "--workspace", "--bin", "fuzz"])
        .status()?
        .success()
    {
        bail!("the run does not build");
    }
    let python = python::environment()?;
    announce("fuzzing");
    let error = Command::new(built_folder()?.join("debug/fuzz"))
        .args(examples)
        .env(python::VARIABLE, python)
        .exec();
    Err(error).context("the built run cannot be started")
}

fn peers() -> Result<ExitCode> {
    announce("the yardstick (cargo run --release in tests/peers; the first time takes some minutes)");
    let manifest = root().join("tests/peers/Cargo.toml");
    let target = built_folder()?.join("peers");
    let status = cargo(&["run", "--quiet", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .env("CARGO_TARGET_DIR", target)
        .status()?;
    if !status.success() {
        bail!("the yardstick does not build or run");
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command beside a throw-away cluster, whose address it finds in the environment.
///
/// # Errors
/// If there is no command, or PostgreSQL does not start.
pub fn with_postgres(command: &[String]) -> Result<ExitCode> {
    let Some((name, args)) = command.split_first() else {
        bail!("say which command to run: cargo xtask with-postgres cargo nextest run -p backend");
    };
    let cluster = postgres::Cluster::start()?;
    let status = Command::new(name)
        .args(args)
        .env(postgres::VARIABLE, &cluster.url)
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
