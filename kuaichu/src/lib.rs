//! The binary's parts: the system put together, and one file per command.

pub mod audit;
mod background;
pub mod clerk;
pub mod client;
pub mod demo;
pub mod dossier;
mod fonts;
pub mod gateways;
#[cfg(feature = "gm")]
pub mod gm;
pub mod insurer;
mod private;
pub mod replay;
pub mod rules;
pub mod samples;
pub mod settle;
pub mod system;
mod tls;
pub mod verify;
pub mod web;
