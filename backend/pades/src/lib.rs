//! Signatures on PDF files that any reader can check, after PAdES (ETSI EN 319 142-1): made, and verified.
//!
//! The crate takes bytes and gives bytes. It knows no case, no database, no clock, no network and draws nothing:
//! what a signature looks like arrives as a one-page PDF of the size of its place, times and randomness are
//! parameters, a timestamp authority is asked by whoever calls.
