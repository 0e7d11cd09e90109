//! The API under made-up requests, at a small budget; `cargo xtask fuzz-api` has a large one.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use tests::fuzz::fuzz;
use tests::python::python;
use tests::world::World;

#[tokio::test]
async fn whatever_a_program_sends_the_answer_is_one_that_the_description_knows() {
    let Some(python) = python() else { return };
    let world = World::on_sqlite().await;
    let small = ["--max-examples", "3", "--generation-deterministic"];
    let fuzzed = fuzz(&world, &python, &small).await;
    assert!(fuzzed.clean, "{}", fuzzed.said);
    assert!(fuzzed.cases > 500, "{}", fuzzed.said);
    world.ends().await;
}
