//! A file somebody holds, judged by its own bytes and beside what is stored: is it ours, whose is it, what was
//! changed in it. Nothing of it is kept.

use std::sync::Arc;

use domain::id::Sha256Hex;
use pades::verify::{Anchors, Report, verify, verify_stored};

use super::App;
use super::verify::Verified;
use crate::refusal::{AppError, Result};

/// How a file stands beside the pages of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Byte for byte the page that stands.
    Same,
    /// Byte for byte an earlier page of the same finding.
    Earlier,
    /// Neither.
    Other,
}

/// What was found out about a file.
pub struct Judged {
    pub compared: Compared,
    pub sha256: Sha256Hex,
    pub report: Report,
}

impl App {
    /// Judges a file beside the finding whose number and code were shown.
    ///
    /// # Errors
    /// Only our own.
    pub async fn judge_file(&self, verified: &Verified, file: Vec<u8>) -> Result<Judged> {
        let sha256 = Sha256Hex::of(&file);
        let compared = compared(verified, &sha256);
        let mut stored = verified.earlier_sha256.clone();
        stored.push(verified.sha256.clone());
        let report = self.reported(file, stored).await?;
        Ok(Judged {
            compared,
            sha256,
            report,
        })
    }

    /// Judges a file that says itself which finding it is: by its digest, or by that of a page inside it.
    ///
    /// # Errors
    /// Only our own.
    pub async fn judge_unknown(&self, file: Vec<u8>) -> Result<(Option<Verified>, Judged)> {
        let sha256 = Sha256Hex::of(&file);
        let report = self.reported(file.clone(), Vec::new()).await?;
        let inside = report
            .revisions
            .iter()
            .rev()
            .map(|revision| Sha256Hex::new(revision.digest.clone()));
        let known: Vec<Sha256Hex> = std::iter::once(sha256.clone()).chain(inside.flatten()).collect();
        match self.verify_page(&known).await? {
            Some(verified) => {
                let judged = self.judge_file(&verified, file).await?;
                Ok((Some(verified), judged))
            }
            None => Ok((
                None,
                Judged {
                    compared: Compared::Other,
                    sha256,
                    report,
                },
            )),
        }
    }

    async fn reported(&self, file: Vec<u8>, stored: Vec<Sha256Hex>) -> Result<Report> {
        let anchors = Arc::new(self.anchors().await?);
        let now = self.clock.now().into_inner();
        let judging = move || {
            let stored: Vec<[u8; 32]> = stored.iter().map(bytes_of).collect();
            if stored.is_empty() {
                verify(&file, &anchors, now)
            } else {
                verify_stored(&file, &anchors, now, &stored)
            }
        };
        tokio::task::spawn_blocking(judging)
            .await
            .map_err(|error| AppError::Inconsistent(error.to_string()))
    }

    /// Whom our own check trusts: our authority, whoever stands above a configured seal, less what was revoked.
    async fn anchors(&self) -> Result<Anchors> {
        let broken = |error: &dyn std::fmt::Display| AppError::Inconsistent(error.to_string());
        let mut authorities = vec![self.ready_to_sign().await?.certificate().clone()];
        authorities.extend(self.pki.roots());
        let list = self.revocation_list().await?;
        Anchors::new(authorities)
            .with_revocations(&list)
            .map_err(|error| broken(&error))
    }
}

fn compared(verified: &Verified, sha256: &Sha256Hex) -> Compared {
    if *sha256 == verified.sha256 {
        Compared::Same
    } else if verified.earlier_sha256.contains(sha256) {
        Compared::Earlier
    } else {
        Compared::Other
    }
}

/// A digest as its 32 bytes.
pub(super) fn bytes_of(digest: &Sha256Hex) -> [u8; 32] {
    let mut bytes = [0; 32];
    let pairs = digest.as_str().as_bytes().chunks_exact(2);
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        // A digest is 64 hex digits, by its type.
        let pair = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16).unwrap_or_default();
    }
    bytes
}
