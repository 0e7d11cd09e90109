//! A crash at any moment leaves what was: `cargo xtask crash` does it two hundred times, this test some.

#[tokio::test]
async fn a_service_that_is_killed_in_the_middle_of_signing_loses_nothing_and_doubles_nothing() {
    let found = tests::crash::run(12, 20_261_123).await;
    assert!(found.findings > 0 && found.pages > 0, "{found:?}");
}
