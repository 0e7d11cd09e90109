//! Passwords: Argon2id, and no more of it at once than the machine bears.
//!
//! One hash costs 19 MiB and some ten milliseconds of a core. Two run at a time and a few wait; the rest is
//! told to come back, or signing in would be a way to stop everybody else.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::clock::Entropy;
use crate::refusal::{AppError, Kind, Refusal, Result};

/// KiB, passes, lanes: OWASP's first recommendation for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at a time.
const HASHING_MAX: usize = 2;
/// Hashes running or waiting.
const WAITING_MAX: usize = 16;
/// Longer ones are wrong without being hashed; nobody types more.
pub const PASSWORD_BYTES_MAX: usize = 256;
const SALT_BYTES: usize = 16;
/// Bytes that a password of ours is made of, one a letter.
pub const DRAWN_BYTES: usize = 12;

/// A password a person can copy from a screen: nothing in it looks like something else. Twelve bytes make 60 bits.
pub fn readable(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    letters
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// Who may hash and who may wait for it; one for the whole process, as the machine is one.
struct Gate {
    hashing: Semaphore,
    waiting: Semaphore,
}

impl Gate {
    const fn new() -> Self {
        Self {
            hashing: Semaphore::const_new(HASHING_MAX),
            waiting: Semaphore::const_new(WAITING_MAX),
        }
    }
}

static GATE: Gate = Gate::new();

/// A PHC string of the password.
///
/// # Errors
/// `busy`.
pub async fn hash(password: &str, entropy: &dyn Entropy) -> Result<String> {
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt);
    let password = password.to_owned();
    permitted(&GATE, move || hash_now(&password, &salt)).await?
}

/// Whether the password is the one that was hashed. Without a hash it costs the same and is wrong: how long
/// an answer takes does not tell which names exist.
///
/// # Errors
/// `busy`.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let password = password.to_owned();
    let known = hash.map(str::to_owned);
    permitted(&GATE, move || {
        let is_known = known.is_some();
        let hash = match known {
            Some(hash) => hash,
            None => match NOBODY.get() {
                Some(hash) => hash.clone(),
                None => {
                    let hash = hash_now("nobody", &[0; SALT_BYTES])?;
                    NOBODY.get_or_init(|| hash).clone()
                }
            },
        };
        let right = argon2()?
            .verify_password(password.as_bytes(), hash.as_str())
            .is_ok();
        Ok(right && is_known)
    })
    .await?
}

async fn permitted<T: Send + 'static>(gate: &Gate, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let busy = || Refusal {
        retry_after_s: Some(1),
        ..Refusal::new(Kind::Busy, "busy", "登录的人较多，请稍后再试")
    };
    let _place = gate.waiting.try_acquire().map_err(|_| busy())?;
    let _permit = gate.hashing.acquire().await.map_err(|_| busy())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Inconsistent(format!("hashing ended early: {error}")))
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str, salt: &[u8]) -> Result<String> {
    Ok(argon2()?
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(broken)?
        .to_string())
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a password cannot be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    /// A15: a crowd at the door must not stop those who are inside.
    #[tokio::test]
    async fn of_two_hundred_at_once_the_excess_is_told_to_come_back() {
        let gate = Gate::new();
        let outcomes = join_all((0..200).map(|_| permitted(&gate, || ()))).await;
        let busy = outcomes.iter().filter(|outcome| match outcome {
            Err(AppError::Refused(refusal)) => refusal.code == "busy" && refusal.retry_after_s.is_some(),
            _ => false,
        });
        assert_eq!(busy.count(), 200 - WAITING_MAX);
        assert!(permitted(&gate, || ()).await.is_ok(), "and the door opens again");
    }
}
