//! A nudge for whoever watches: something was committed, look again.
//!
//! The nudge carries nothing and may be lost: what happened is in the table `events`, and watchers poll it
//! besides. So it works alike with one process on SQLite and several on PostgreSQL.

use std::sync::Arc;

use tokio::sync::watch;

/// The in-process bell; cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    bell: Arc<watch::Sender<u64>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            bell: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Live {
    pub fn new() -> Self {
        Self::default()
    }

    /// Called after a commit that appended an event.
    pub fn notify(&self) {
        self.bell.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Hears every nudge from now on; several in a row may be heard as one.
    pub fn listen(&self) -> Listener {
        Listener {
            bell: self.bell.subscribe(),
        }
    }
}

/// One watcher's ear.
#[derive(Debug)]
pub struct Listener {
    bell: watch::Receiver<u64>,
}

impl Listener {
    /// Returns at the next nudge, at once if one came since the last call.
    pub async fn heard(&mut self) {
        if self.bell.changed().await.is_err() {
            // The service is going down; there will be no nudge any more.
            std::future::pending::<()>().await;
        }
    }
}
