//! Who is who: officers by password and code, drivers by link and SMS, insurers' programs by client credentials
//! and keys, their clerks as officers or through the insurer itself.
//!
//! Everything is refused unless an extractor of [`extract`] says who is asking; a route that takes none of
//! them is public. Secrets are kept as digests, except those a machine must use again.

pub mod caller;
pub mod clerks;
pub mod clients;
pub mod codes;
pub mod confirm;
pub mod driver;
pub mod extract;
pub mod guests;
pub mod keys;
pub mod links;
pub mod officers;
mod origin;
pub mod password;
pub mod seed;
pub mod sessions;
mod token;
pub mod totp;
pub mod two_factors;

#[cfg(test)]
mod tests;
