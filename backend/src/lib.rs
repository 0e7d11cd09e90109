//! The case service: from the first tap on a phone to the record in an insurer's hands.
//!
//! `http` extracts and answers, `app` does one deed at a time, `store` holds the only SQL, and what is
//! true of an accident whoever asks is in the crate `domain`.

pub mod app;
pub mod blobs;
pub mod bucket;
pub mod clock;
pub mod config;
pub mod hooks;
pub mod http;
pub mod identity;
pub mod images;
pub mod insurer;
pub mod live;
pub mod outbound;
pub mod pki;
pub mod refusal;
pub mod sandbox;
pub mod sms;
pub mod store;
pub mod tables;
pub mod watermark;
