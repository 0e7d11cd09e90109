//! What is true of an accident, whoever asks: pure rules and data, no clock, no I/O, no randomness.

pub mod accident;
pub mod catalogue;
pub mod codes;
pub mod data;
pub mod day;
pub mod evidence;
pub mod fact;
pub mod finding;
pub mod id;
pub mod identifiers;
pub mod liability;
pub mod money;
pub mod party;
pub mod problem;
pub mod refusal;
pub mod rule_pack;
pub mod scene;
pub mod settlement;
pub mod signing;
pub mod stage;
pub mod time;
pub mod triage;
pub mod wording;
