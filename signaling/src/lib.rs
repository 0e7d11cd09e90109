//! The media service: sockets, peer connections, recordings.
//!
//! A signed ticket lets a participant in, authenticated callbacks tell the case service what happened; it knows
//! nothing of accidents. What is decided is decided in `signaling-core`; here it is carried out.
//! The protocol is written down in `docs/signaling.md`.

mod admission;
mod config;
mod forward;
mod key_frame_requests;
mod outgoing;
mod peer;
mod publisher;
mod recorder;
mod report;
mod rooms;
mod server;

pub use config::{Clock, Config, StartError, TicketKeys};
pub use signaling_core as core;

use recorder::{Journal, Recorder};
use report::Reporter;
use rooms::{Rooms, Services};
use server::Node;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long [`Signaling::shutdown`] waits for the case service to take the last events. What it does not take is
/// reported at the next start.
const LAST_EVENTS_WITHIN: Duration = Duration::from_secs(5);

/// A running media service.
pub struct Signaling {
    node: Arc<Node>,
    recorder: Recorder,
    reporter: Reporter,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Signaling {
    /// Starts the recorder and reports what an earlier run left unreported. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config, keys: Arc<dyn TicketKeys>, clock: Clock) -> Result<Self, StartError> {
        config.check()?;
        let journal = Journal::new(config.recordings.clone(), Arc::clone(&clock));
        let reporter = Reporter::new(
            config.callback_url.clone(),
            config.callback_secret.clone(),
            Arc::clone(&clock),
            journal.clone(),
        )?;
        recover(&config, &journal, &reporter).await?;
        let on_segment = {
            let reporter = reporter.clone();
            Arc::new(move |entry| reporter.segment(entry))
        };
        let recorder = Recorder::start(journal, on_segment).map_err(StartError::Thread)?;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(recorder::keep_ticking(
            recorder.clone(),
            Arc::clone(&clock),
            stop.clone(),
        ));
        let services = Services {
            clock: Arc::clone(&clock),
            recorder: recorder.clone(),
            reporter: reporter.clone(),
            stop: stop.clone(),
        };
        let node = Arc::new(Node {
            ground: peer::Ground::new(config, clock),
            keys,
            rooms: Rooms::new(services),
            stop: stop.clone(),
            connections: TaskTracker::new(),
            next_connection: AtomicU64::new(1),
        });
        Ok(Self {
            node,
            recorder,
            reporter,
            stop,
            tasks,
        })
    }

    /// Serves `GET /media/ws`.
    pub fn router(&self) -> axum::Router {
        server::router(Arc::clone(&self.node))
    }

    /// Says good-bye to everybody, closes and digests every recording, and delivers what can be delivered.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.node.rooms.wait().await;
        self.node.connections.close();
        self.node.connections.wait().await;
        self.tasks.close();
        self.tasks.wait().await;
        self.recorder.stop().await;
        self.reporter.stop(LAST_EVENTS_WITHIN).await;
    }
}

/// Digesting what a crash left open can take seconds, and must not hold up other tasks.
async fn recover(config: &Config, journal: &Journal, reporter: &Reporter) -> Result<(), StartError> {
    let journal = journal.clone();
    let failed = |source| StartError::Recordings {
        path: config.recordings.clone(),
        source,
    };
    let found = tokio::task::spawn_blocking(move || journal.recover())
        .await
        .map_err(|error| failed(std::io::Error::other(error)))?
        .map_err(failed)?;
    if !found.is_empty() {
        tracing::info!(
            segments = found.len(),
            "segments of an earlier run are reported again"
        );
    }
    for entry in found {
        reporter.segment(entry);
    }
    Ok(())
}
