//! Work that takes a second or two, done once for each intent however often the network repeats it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::{App, Intent, open};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::idempotency;

/// Done once for each intent: a repeated request gets the first one's answer, or is told that it is still under way.
/// It goes on when the caller has hung up.
///
/// # Errors
/// `request_in_progress`, `idempotency_key_reused`, and the work's own.
pub async fn once<T: Serialize + DeserializeOwned + Send + 'static>(
    app: App,
    intent: Intent,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let mut tx = app.db.write().await?;
    if open::claim(&mut tx, Some(&intent), app.wall.now())
        .await?
        .is_some()
    {
        let before = idempotency::answer(&mut tx, &intent.scope, &intent.key).await?;
        let before = before.and_then(|answer| serde_json::from_value(answer).ok());
        return before.ok_or_else(|| {
            let message = "同一个请求正在处理，请稍后再试";
            Refusal::conflict("request_in_progress", message).into()
        });
    }
    tx.commit().await?;
    let working = tokio::spawn(async move {
        let done = work.await;
        noted(&app, &intent, done).await
    });
    working
        .await
        .map_err(|error| AppError::Inconsistent(format!("a story ended early: {error}")))?
}

async fn noted<T: Serialize>(app: &App, intent: &Intent, done: Result<T>) -> Result<T> {
    let mut tx = app.db.write().await?;
    match &done {
        Ok(done) => {
            let answer =
                serde_json::to_value(done).map_err(|error| AppError::Inconsistent(error.to_string()))?;
            idempotency::finish(&mut tx, &intent.scope, &intent.key, None, Some(&answer)).await?;
        }
        // Nothing came of it that anybody was told: the key may be used again.
        Err(_) => idempotency::release(&mut tx, &intent.scope, &intent.key).await?,
    }
    tx.commit().await?;
    done
}
