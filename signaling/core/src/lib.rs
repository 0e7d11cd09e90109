//! What is true of a video session, whoever carries it: told the time and what happened, it answers with effects.
//!
//! No sockets, no tasks, no clock, no randomness. The crate `signaling` carries out what this one decides,
//! and the case service uses [`ticket`] to mint what is checked here.

pub mod forwarding;
pub mod limits;
pub mod offer;
pub mod protocol;
pub mod room;
pub mod ticket;
pub mod time;
pub mod vp8;
