//! A photo on its way in pieces. Its bytes grow in a file; how far it has come is a mark in the store that
//! only moves forward. What a broken connection had brought stays.

use std::io::SeekFrom;
use std::time::Duration;

use bytes::Bytes;
use domain::evidence::{EvidenceKind, Position, Shot};
use domain::id::{AccidentId, EvidenceId, Sha256Hex, StillId, UploadId};
use domain::time::Instant;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::time::{Instant as Tick, timeout_at};

use super::take_evidence::NewEvidence;
use super::{App, Who};
use crate::blobs;
use crate::config::{PHOTO_BYTES_MAX, PHOTOS_MAX};
use crate::images;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::Json;
use crate::store::uploads::{self, UploadRow};

/// An upload that stands still this long is taken away.
const KEPT: time::Duration = time::Duration::hours(24);
/// Within each span of this length a connection must bring [`BYTES_PER_SPAN_MIN`], or it is given up.
const SPAN: Duration = Duration::from_secs(30);
/// About 1 kbit/s: below it the phone does better to try again.
const BYTES_PER_SPAN_MIN: u64 = 4 * 1024;
/// How often the mark is moved while bytes come in, so that a dead connection loses little.
const MARK_EVERY: Duration = Duration::from_secs(1);
/// Old uploads taken away in passing, at most, whenever a new one begins.
const SWEPT_MAX: u32 = 20;

/// What the client says about the photo before sending it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Described {
    pub kind: EvidenceKind,
    pub shot: Option<Shot>,
    pub still: Option<StillId>,
    /// This is a small picture sent ahead; digest of the full one.
    #[serde(default)]
    pub preview_of: Option<Sha256Hex>,
    /// Computed on the phone, before the network had a chance.
    pub sha256: Sha256Hex,
    pub taken_at: Option<Instant>,
    pub position: Option<Position>,
}

pub type Upload = UploadRow<Described>;

/// How far an upload has come after a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub received: u64,
    /// Set once the photo is evidence.
    pub evidence: Option<EvidenceId>,
}

/// Why a piece ended.
enum Ended {
    Whole,
    /// The connection broke.
    Cut,
    TooSlow,
    /// More bytes than were announced.
    TooMany,
    /// Another connection has moved the mark.
    Overtaken,
}

impl App {
    /// Announces a photo of `length` bytes.
    ///
    /// # Errors
    /// `not_found` out of scope, `too_large`, `photo_limit`.
    pub async fn begin_upload(
        &self,
        by: &Who,
        accident: AccidentId,
        length: u64,
        described: Described,
    ) -> Result<Upload> {
        if length > PHOTO_BYTES_MAX {
            return Err(Refusal::new(Kind::TooLarge, "too_large", "照片超过 15 MB，请压缩后再上传").into());
        }
        if length == 0 {
            return Err(
                Refusal::invalid_field("Upload-Length", "empty", "文件是空的，请重新选择照片").into(),
            );
        }
        if self.look(accident, &by.scope()).await?.photos() >= PHOTOS_MAX {
            return Err(Refusal::conflict("photo_limit", format!("一起事故最多{PHOTOS_MAX}张照片")).into());
        }
        // A phone's connection lives in real time, whatever time it is for the case.
        let now = self.wall.now();
        let (by_party, by_officer) = match by {
            Who::Party(driver) => (Some(driver.party), None),
            Who::Officer(officer) => (None, Some(officer.id)),
        };
        let upload = Upload {
            id: UploadId(self.new_id()),
            accident_id: accident,
            by_party,
            by_officer,
            length,
            received: 0,
            metadata: Json(described),
            created_at: now,
            expires_at: now.plus(KEPT),
            done_at: None,
            evidence_id: None,
        };
        self.sweep_uploads(now).await?;
        File::create(self.blobs.upload(upload.id)).await?;
        let mut tx = self.db.write().await?;
        uploads::insert(&mut tx, &upload).await?;
        tx.commit().await?;
        Ok(upload)
    }

    /// An upload as it stands, for whoever began it.
    ///
    /// # Errors
    /// `not_found` for anybody else; `upload_expired`.
    pub async fn upload(&self, by: &Who, id: UploadId) -> Result<Upload> {
        let mut tx = self.db.read().await?;
        let upload: Upload = uploads::load(&mut tx, id).await?.ok_or_else(Refusal::not_found)?;
        let theirs = match by {
            Who::Party(driver) => {
                upload.accident_id == driver.accident && upload.by_party == Some(driver.party)
            }
            Who::Officer(officer) => upload.by_officer == Some(officer.id),
        };
        if !theirs {
            return Err(Refusal::not_found().into());
        }
        if upload.done_at.is_none() && upload.expires_at < self.wall.now() {
            return Err(Refusal::new(Kind::Gone, "upload_expired", "上传已过期，请重新上传").into());
        }
        Ok(upload)
    }

    /// Takes the bytes from `offset` on; at the last one the photo is checked and becomes evidence.
    ///
    /// # Errors
    /// `offset_mismatch` when the mark stands elsewhere; `request_timeout` as [`Kind::Slow`]; and for a
    /// photo that is not what was announced `digest_mismatch`, `unsupported_media_type`,
    /// `image_too_large`: then the upload is gone.
    pub async fn receive<E>(
        &self,
        by: &Who,
        (id, offset): (UploadId, u64),
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Progress> {
        let mut upload = self.upload(by, id).await?;
        if offset != upload.received {
            return Err(elsewhere());
        }
        if upload.done_at.is_some() {
            return Ok(Progress {
                received: upload.received,
                evidence: upload.evidence_id,
            });
        }
        if upload.received < upload.length {
            match self.write(&mut upload, body).await? {
                Ended::Whole => {}
                Ended::Cut => {
                    return Err(
                        Refusal::new(Kind::Malformed, "incomplete_body", "连接中断，请继续上传").into(),
                    );
                }
                Ended::TooSlow => {
                    return Err(Refusal::new(Kind::Slow, "request_timeout", "网络过慢，请继续上传").into());
                }
                Ended::TooMany => {
                    let message = "内容比预告的长，请重新上传";
                    return Err(Refusal::new(Kind::TooLarge, "too_large", message).into());
                }
                Ended::Overtaken => return Err(elsewhere()),
            }
        }
        let received = upload.received;
        if received < upload.length {
            return Ok(Progress {
                received,
                evidence: None,
            });
        }
        let evidence = self.complete(upload).await?;
        Ok(Progress {
            received,
            evidence: Some(evidence),
        })
    }

    async fn write<E>(
        &self,
        upload: &mut Upload,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Ended> {
        let path = self.blobs.upload(upload.id);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .await?;
        file.seek(SeekFrom::Start(upload.received)).await?;
        let mut at = upload.received;
        let (mut span_ends, mut span_bytes, mut marked) = (Tick::now() + SPAN, 0, Tick::now());
        let ended = loop {
            let chunk = match timeout_at(span_ends, body.next()).await {
                Err(_) if span_bytes < BYTES_PER_SPAN_MIN => break Ended::TooSlow,
                Err(_) => {
                    (span_ends, span_bytes) = (Tick::now() + SPAN, 0);
                    continue;
                }
                Ok(None) => break Ended::Whole,
                Ok(Some(Err(_))) => break Ended::Cut,
                Ok(Some(Ok(chunk))) => chunk,
            };
            let count = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if at + count > upload.length {
                break Ended::TooMany;
            }
            file.write_all(&chunk).await?;
            at += count;
            span_bytes += count;
            if marked.elapsed() >= MARK_EVERY {
                if !self.mark(&mut file, upload, at).await? {
                    return Ok(Ended::Overtaken);
                }
                marked = Tick::now();
            }
        };
        Ok(if self.mark(&mut file, upload, at).await? {
            ended
        } else {
            Ended::Overtaken
        })
    }

    /// Moves the mark to `at`, after the bytes before it are on the disk.
    async fn mark(&self, file: &mut File, upload: &mut Upload, at: u64) -> Result<bool> {
        if at == upload.received {
            return Ok(true);
        }
        file.flush().await?;
        file.sync_data().await?;
        let mut tx = self.db.write().await?;
        let moved = uploads::advance(&mut tx, upload.id, upload.received, at).await?;
        tx.commit().await?;
        upload.received = at;
        Ok(moved)
    }

    async fn complete(&self, upload: Upload) -> Result<EvidenceId> {
        let (id, owner) = (upload.id, upload.accident_id);
        match self.check_and_take(upload).await {
            Err(AppError::Refused(refusal)) => {
                tracing::info!(upload = %id, accident = %owner, code = refusal.code, "an upload was refused");
                self.forget_upload(id).await?;
                Err(refusal.into())
            }
            taken => taken,
        }
    }

    async fn check_and_take(&self, upload: Upload) -> Result<EvidenceId> {
        let described = upload.metadata.0;
        let path = self.blobs.upload(upload.id);
        // A crash between keeping the blob and the commit leaves only the blob; go on from there.
        let kept = self.blobs.path(&described.sha256);
        let path = if path.exists() || !kept.exists() {
            path
        } else {
            kept.clone()
        };
        let measured = path.clone();
        let found = tokio::task::spawn_blocking(move || blobs::digest_of(&measured))
            .await
            .map_err(ended)??;
        if found != described.sha256 {
            let message = "照片在传输中被改变，请重新上传";
            let refusal = Refusal::invalid_field("sha256", "digest_mismatch", message);
            return Err(Refusal {
                code: "digest_mismatch",
                ..refusal
            }
            .into());
        }
        let photo = images::inspect(path.clone()).await?;
        if path != kept {
            let (blobs, digest) = (self.blobs.clone(), found.clone());
            tokio::task::spawn_blocking(move || blobs.take_over(&path, &digest))
                .await
                .map_err(ended)??;
        }
        self.take_evidence(NewEvidence {
            accident: upload.accident_id,
            by_party: upload.by_party,
            by_officer: upload.by_officer,
            upload: upload.id,
            kind: described.kind,
            shot: described.shot,
            still: described.still,
            preview_of: described.preview_of,
            sha256: found,
            bytes: upload.length,
            media_type: photo.media_type,
            width: photo.width,
            height: photo.height,
            taken_at: described.taken_at,
            position: described.position,
            received_at: self.clock.now(),
        })
        .await
    }

    async fn sweep_uploads(&self, now: Instant) -> Result<()> {
        let mut tx = self.db.read().await?;
        let old: Vec<Upload> = uploads::expired(&mut tx, now, SWEPT_MAX).await?;
        drop(tx);
        for upload in old {
            self.forget_upload(upload.id).await?;
        }
        Ok(())
    }

    async fn forget_upload(&self, id: UploadId) -> Result<()> {
        let mut tx = self.db.write().await?;
        uploads::delete(&mut tx, id).await?;
        tx.commit().await?;
        match tokio::fs::remove_file(self.blobs.upload(id)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn elsewhere() -> AppError {
    Refusal::conflict("offset_mismatch", "上传进度不一致，请查询进度后继续").into()
}

fn ended(error: tokio::task::JoinError) -> AppError {
    AppError::Inconsistent(format!("a check of an upload ended early: {error}"))
}
