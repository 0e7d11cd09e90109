//! What goes on beside answering: keys are read again, what is old is forgotten, windows end, timestamps come, insurers
//! are told, files are written.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use backend::app::trust::WINDOWS_EVERY;
use backend::app::{App, deliver, export, stamp};
use backend::identity::keys::Keyring;
use tokio::task::JoinSet;

/// How often the public keys for tickets are read again; a new key signs long before an old one retires.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// How often keys and sessions of the past are taken away.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// Starts all of it; it ends with `tasks`.
pub fn start(tasks: &mut JoinSet<()>, app: &App, keyring: Arc<Keyring>) {
    tasks.spawn(refresh_keys(app.clone(), keyring));
    tasks.spawn(forget_old(app.clone()));
    tasks.spawn(end_windows(app.clone()));
    tasks.spawn(deliver::run(app.clone()));
    tasks.spawn(write_exports(app.clone()));
    if app.stamps.is_some() {
        tasks.spawn(stamp::run(app.clone()));
    }
}

async fn refresh_keys(app: App, keyring: Arc<Keyring>) {
    let mut beat = tokio::time::interval(KEYS_EVERY);
    loop {
        beat.tick().await;
        if let Err(error) = keyring.refresh(&app.db, app.wall.now()).await {
            tracing::error!(error = &error as &dyn Error, "the signing keys cannot be read");
        }
    }
}

async fn forget_old(app: App) {
    let mut beat = tokio::time::interval(FORGET_EVERY);
    loop {
        beat.tick().await;
        if let Err(error) = app.forget_old().await {
            tracing::error!(error = &error as &dyn Error, "old keys cannot be forgotten");
        }
    }
}

async fn end_windows(app: App) {
    let mut beat = tokio::time::interval(WINDOWS_EVERY.unsigned_abs());
    loop {
        beat.tick().await;
        if let Err(error) = app.end_windows().await {
            tracing::error!(error = &error as &dyn Error, "ended windows cannot be looked for");
        }
    }
}

async fn write_exports(app: App) {
    let mut beat = tokio::time::interval(export::EXPORTS_EVERY.unsigned_abs());
    loop {
        beat.tick().await;
        // One after another, until none is left.
        loop {
            match app.write_export().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "files cannot be written");
                    break;
                }
            }
        }
    }
}
