//! What the tests of the whole system share. No test lives in here, and no product code ever uses it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

pub mod acting;
pub mod client;
pub mod contract;
pub mod crash;
pub mod fuzz;
pub mod people;
pub mod python;
pub mod receiver;
pub mod still;
pub mod tree;
pub mod upload;
pub mod world;

/// Runs each body on both databases: `on_both_databases! { async fn name(world) { … } }`.
///
/// A body gets a world of its own: nothing another test did is in it.
#[macro_export]
macro_rules! on_both_databases {
    ($($bodies:tt)+) => { $crate::in_worlds! { (on_sqlite, on_postgres) $($bodies)+ } };
}

/// The same, where each world is a sandbox.
#[macro_export]
macro_rules! in_both_sandboxes {
    ($($bodies:tt)+) => { $crate::in_worlds! { (sandbox_on_sqlite, sandbox_on_postgres) $($bodies)+ } };
}

/// What the two above have in common.
#[macro_export]
macro_rules! in_worlds {
    (($sqlite:ident, $postgres:ident)) => {};
    (($sqlite:ident, $postgres:ident)
     $(#[$attribute:meta])* async fn $name:ident($world:ident) $body:block $($more:tt)*) => {
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($world: &$crate::world::World) $body

            #[tokio::test]
            async fn on_sqlite() {
                let world = $crate::world::World::$sqlite().await;
                body(&world).await;
                world.ends().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let Some(world) = $crate::world::World::$postgres().await else { return };
                body(&world).await;
                world.ends().await;
            }
        }
        $crate::in_worlds! { ($sqlite, $postgres) $($more)* }
    };
}
