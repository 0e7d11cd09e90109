//! `cargo xtask crash [N]`: kills the service N times during issue and signing, and looks at what is left.

#![allow(clippy::expect_used, reason = "a run that cannot go on says so by panicking")]

use std::time::Instant;

fn main() {
    let kills = std::env::args()
        .nth(1)
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(200);
    let seed = u64::from(std::process::id());
    println!("{kills} kills, seed {seed}");
    let began = Instant::now();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let found = runtime.block_on(tests::crash::run(kills, seed));
    println!(
        "{} kills in {} s: {} findings without a gap, {} pages that all verify, {} signatures confirmed and there, {} refusals",
        found.kills,
        began.elapsed().as_secs(),
        found.findings,
        found.pages,
        found.signatures,
        found.refusals
    );
}
