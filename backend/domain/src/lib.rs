//! What is true of an accident, whoever asks: pure rules and data, no clock, no I/O, no randomness.

pub mod catalogue;
pub mod codes;
pub mod data;
pub mod day;
pub mod id;
pub mod identifiers;
pub mod liability;
pub mod money;
pub mod problem;
pub mod rule_pack;
pub mod settlement;
pub mod time;
pub mod triage;
pub mod wording;
