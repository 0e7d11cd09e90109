//! What changed, as it happens: server-sent events that resume where they broke off.
//!
//! An event says "fetch this accident again" and nothing more. The table `events` is the truth and is
//! polled; the bell in [`crate::live`] only shortens the wait.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::id::AccidentId;
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query};
use super::who::{Desk, Viewer};
use crate::app::App;
use crate::live::Listener;
use crate::refusal::Result;
use crate::store::events::{self, EventRow, Scope};

/// Proxies and phones drop a connection that is silent for a minute or less.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a change made by another process may go unseen.
const POLL: Duration = Duration::from_secs(2);
/// With [`POLL`]: a session that has ended keeps its stream for five seconds at most.
const SESSION_CHECK: Duration = Duration::from_secs(3);
/// When the browser tries again after the stream broke.
const RETRY: Duration = Duration::from_secs(2);
/// Events read at once.
const BATCH: u32 = 100;
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_unit))
        .routes(routes!(of_accident))
}

/// An accident changed: fetch it again.
#[derive(Debug, Serialize, ToSchema)]
struct Changed {
    accident_id: AccidentId,
    version: u64,
    stage: String,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Resume {
    /// The id of the last event seen, where no `Last-Event-ID` can be sent.
    after: Option<i64>,
}

/// Changes of the officer's unit: `event: accident`, `id:` to resume from.
#[utoipa::path(get, path = "/events", tag = "events", security(("officer" = [])), params(Resume),
    responses((status = 200, content_type = "text/event-stream", body = Changed)))]
async fn of_unit(
    State(app): State<App>,
    Desk(officer): Desk,
    Query(resume): Query<Resume>,
    parts: Parts,
) -> Result<Response> {
    watch(app, Scope::Unit(officer.unit), resume, parts).await
}

/// Changes of one accident.
#[utoipa::path(get, path = "/accidents/{accident}/events", tag = "events",
    security(("driver" = []), ("officer" = [])), params(("accident" = String, Path, format = Uuid), Resume),
    responses((status = 200, content_type = "text/event-stream", body = Changed),
              (status = 404, description = "not_found")))]
async fn of_accident(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(accident): Path<AccidentId>,
    Query(resume): Query<Resume>,
    parts: Parts,
) -> Result<Response> {
    app.look(accident, &who.scope()).await?;
    watch(app, Scope::Accident(accident), resume, parts).await
}

async fn watch(app: App, scope: Scope, resume: Resume, parts: Parts) -> Result<Response> {
    // Listen before looking, so that nothing falls between.
    let listener = app.live.listen();
    let mut tx = app.db.read().await?;
    let newest = events::newest(&mut tx).await?;
    drop(tx);
    let last = last_seen(&parts.headers, &resume).map_or(newest, |last| last.clamp(0, newest));
    let watcher = Watcher {
        app,
        scope,
        last,
        listener,
        ready: VecDeque::new(),
        parts,
        checked: Instant::now(),
        greeted: false,
    };
    let keep_alive = KeepAlive::new().interval(HEARTBEAT).text("alive");
    let mut response = Sse::new(watcher.stream()).keep_alive(keep_alive).into_response();
    response
        .headers_mut()
        .insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

/// The header is what a browser sends by itself when it connects again; it wins.
fn last_seen(headers: &HeaderMap, resume: &Resume) -> Option<i64> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    header.and_then(|text| text.trim().parse().ok()).or(resume.after)
}

struct Watcher {
    app: App,
    scope: Scope,
    last: i64,
    listener: Listener,
    ready: VecDeque<EventRow>,
    /// The request as it came, to ask again whether its session still holds.
    parts: Parts,
    checked: Instant,
    greeted: bool,
}

impl Watcher {
    fn stream(self) -> impl Stream<Item = std::result::Result<Event, Infallible>> {
        stream::unfold(self, |mut watcher| async move {
            let event = watcher.next().await?;
            Some((Ok(event), watcher))
        })
    }

    /// The next event; `None` when the session has ended or the store cannot be read: the client comes
    /// again and is told which.
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            return Some(Event::default().retry(RETRY).comment("listening"));
        }
        loop {
            if self.checked.elapsed() >= SESSION_CHECK {
                Viewer::from_request_parts(&mut self.parts, &self.app)
                    .await
                    .ok()?;
                self.checked = Instant::now();
            }
            if let Some(row) = self.ready.pop_front() {
                return Some(told(&row));
            }
            match self.read().await {
                Ok(rows) => self.ready.extend(rows),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a watcher could not read events"
                    );
                    return None;
                }
            }
            match self.ready.back() {
                Some(row) => self.last = row.id,
                None => {
                    tokio::select! { () = self.listener.heard() => {}, () = sleep(POLL) => {} }
                }
            }
        }
    }

    async fn read(&self) -> Result<Vec<EventRow>> {
        let mut tx = self.app.db.read().await?;
        Ok(events::after(&mut tx, self.last, &self.scope, BATCH).await?)
    }
}

fn told(row: &EventRow) -> Event {
    let changed = Changed {
        accident_id: row.accident_id,
        version: row.version,
        stage: row.stage.clone(),
    };
    let event = Event::default().event("accident").id(row.id.to_string());
    // Ids, a number and a word always make JSON.
    event.json_data(changed).unwrap_or_default()
}
