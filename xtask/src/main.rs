//! `cargo xtask`: the commands a person needs around the code, and nothing the product needs to run.
//!
//! Each command sets up what it needs by itself, says what it is doing, and ends with one clear line.
//! There is no build logic in here: cargo and npm build, this only calls them in the right order.

mod checks;
mod commands;
mod counts;
mod npm;
mod openapi;
mod packages;
mod postgres;
mod python;
mod run;
mod suites;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo [--port N] [--data DIR] [--tls] [--database URL] [--sandbox false]
                        build everything and start a system with demo accounts and invented accidents
  test [checks|web|rust|e2e]…
                        set up and run everything, or only the named parts
  bench [NAME…]         run the benchmarks (optimised build); `bench peers`: beside a general rules engine;
                        `bench papers`: a finding drawn beside ReportLab, WeasyPrint and Chromium; `bench insurers`:
                        pull, webhooks, and from the last signature to the money
  crash [N]             kill the service N times (200) during issue and signing, and look at what is left
  fuzz-api [--examples N]
                        let schemathesis loose on a fresh system with an insurer's credentials
  openapi               write docs/openapi.json and web/shared/openapi.d.ts again
  with-postgres CMD…    run a command with KUAICHU_TEST_POSTGRES set to a throw-away cluster";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "demo" => commands::demo(&rest),
        "test" => suites::test(&rest),
        "bench" => commands::bench(&rest),
        "crash" => commands::crash(&rest),
        "fuzz-api" => commands::fuzz_api(&rest),
        "openapi" => openapi::write(),
        "with-postgres" => commands::with_postgres(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
