//! What the tests of the whole system share. No test lives in here, and no product code ever uses it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

pub mod client;
pub mod people;
pub mod tree;
