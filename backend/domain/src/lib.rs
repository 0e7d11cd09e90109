//! What is true of an accident, whoever asks: pure rules and data, no clock, no I/O, no randomness.

pub mod id;
pub mod money;
pub mod time;
