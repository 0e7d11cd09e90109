//! `cargo xtask fuzz-api`: a fresh system, and as many made-up requests as one has patience for.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a run that cannot go on says so by panicking"
)]

use std::process::ExitCode;

use tests::fuzz::fuzz;
use tests::python::python;
use tests::world::World;

/// Requests per operation and kind of test, unless the caller says.
const EXAMPLES: &str = "300";

#[tokio::main]
async fn main() -> ExitCode {
    let examples = std::env::args().nth(1).unwrap_or_else(|| EXAMPLES.to_owned());
    let python = python().expect("KUAICHU_TEST_PYTHON names a Python: run `cargo xtask fuzz-api`");
    let world = World::on_sqlite().await;
    let large = ["--max-examples", &examples, "--generation-database", "none"];
    let fuzzed = fuzz(&world, &python, &large).await;
    println!("{}", fuzzed.said);
    world.ends().await;
    if fuzzed.clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
