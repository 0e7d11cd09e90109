//! The second factor: six digits that change every 30 seconds (RFC 6238), each good for one sign-in.

use domain::time::Instant;
use totp_rs::{Builder, Secret, Totp};

use crate::clock::Entropy;
use crate::refusal::{AppError, Result};

/// Seconds one code stands.
pub const STEP_S: u64 = 30;
/// Steps before and after that are taken too: phones' clocks differ.
const SKEW_STEPS: u16 = 1;
/// As RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
const ISSUER: &str = "kuaichu";

/// A new secret, base 32.
pub fn new_secret(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; SECRET_BYTES];
    entropy.fill(&mut bytes);
    base32(&bytes)
}

/// These bytes as authenticator apps write a secret.
pub fn base32(bytes: &[u8]) -> String {
    Secret::new(bytes.into()).to_base32()
}

/// The step whose code this is, if it is one that counts now.
///
/// # Errors
/// When the stored secret is none.
pub fn matching_step(secret: &str, code: &str, now: Instant) -> Result<Option<i64>> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(totp(secret)?
        .check(code, seconds(now))
        .and_then(|step| i64::try_from(step).ok()))
}

/// The code that stands now and for how many seconds more: the demo shows it.
///
/// # Errors
/// When the stored secret is none.
pub fn current(secret: &str, now: Instant) -> Result<(String, u64)> {
    let now = seconds(now);
    Ok((totp(secret)?.generate(now).to_string(), STEP_S - now % STEP_S))
}

/// What an authenticator app scans; `login` is plain ASCII without spaces.
pub fn url(secret: &str, login: &str) -> String {
    format!(
        "otpauth://totp/{ISSUER}:{login}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period={STEP_S}"
    )
}

fn totp(secret: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(broken)?;
    Builder::new()
        .with_secret(secret)
        .with_skew(SKEW_STEPS)
        .with_step_duration(STEP_S)
        .build()
        .map_err(broken)
}

fn seconds(now: Instant) -> u64 {
    u64::try_from(now.unix_micros() / 1_000_000).unwrap_or(0)
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a TOTP secret cannot be used: {error}"))
}
