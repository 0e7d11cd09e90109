//! 卷宗: a case as one file, on its way to a court. It streams: nothing of it waits in memory or on the disk.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::id::AccidentId;
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query};
use super::files;
use super::who::Desk;
use crate::app::App;
use crate::app::evidence_file::{Asking, EvidenceFile};
use crate::refusal::{AppError, Kind, Refusal, Result};

/// Each takes a thread for as long as somebody downloads.
static AT_ONCE: Semaphore = Semaphore::const_new(8);
/// Collected before it is handed on.
const PIECE_BYTES: usize = 256 * 1024;
/// Pieces that may wait for the network.
const PIECES_AHEAD: usize = 2;
/// Who takes nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(evidence_file))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// What it is for: the court's letter, the review. It is recorded with the case.
    #[serde(default)]
    reason: String,
}

/// Everything of the case as one sealed ZIP. Each download is recorded with its reason.
#[utoipa::path(get, path = "/accidents/{accident}/evidence-file", tag = "papers",
    params(("accident" = String, Path, format = Uuid), Asked),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>),
              (status = 409, description = "not_your_case, destroyed, record_broken"),
              (status = 422, description = "reason is missing")), security(("officer" = [])))]
async fn evidence_file(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let place = AT_ONCE.try_acquire().map_err(|_| {
        let message = "正在下载卷宗的人较多，请稍后再试";
        Refusal::new(Kind::Busy, "busy", message)
    })?;
    let file = app.evidence_file(Asking::Desk(&by), id, &asked.reason).await?;
    let (length, name) = (
        file.length,
        files::disposition(&file.name).replacen("inline", "attachment", 1),
    );
    let name = HeaderValue::from_str(&name).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    let (pieces, body) = mpsc::channel(PIECES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let _place = place;
        send(file, &pieces);
    });
    let mut response = Body::from_stream(ReceiverStream::new(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CONTENT_DISPOSITION, name);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

type Piece = io::Result<Bytes>;

/// On a thread of its own. What fails on the way breaks the answer off: half a file must not look whole.
fn send(file: EvidenceFile, pieces: &mpsc::Sender<Piece>) {
    let out = io::BufWriter::with_capacity(PIECE_BYTES, Pieces(pieces));
    if let Err(error) = file.write(out, &mut |_, _| {}) {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "an evidence file was broken off"
        );
        let broken = io::Error::other("the evidence file cannot be completed");
        // Whoever has gone does not hear it.
        let _ = pieces.try_send(Err(broken));
    }
}

/// Writes into the answer, as fast as it is taken.
struct Pieces<'a>(&'a mpsc::Sender<Piece>);

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        Handle::current()
            .block_on(self.0.send_timeout(Ok(piece), PATIENCE))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
