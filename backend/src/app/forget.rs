//! Keys, sessions and assertions that nobody can use any more are forgotten, and destroyed files taken away.

use time::Duration;

use super::App;
use crate::identity::clerks::oidc::AWAY_MAX;
use crate::refusal::Result;
use crate::store::{idempotency, insurer_oidc, sessions, spent, webhooks};

/// How long a repeated request is recognised (docs/api.md).
const KEYS_FOR: Duration = Duration::hours(24);
/// Longer than any session lives.
const SESSIONS_FOR: Duration = Duration::days(8);
/// How long messages to insurers can be replayed (docs/api.md).
pub const MESSAGES_FOR: Duration = Duration::days(30);

impl App {
    /// To be done now and then; doing it twice forgets nothing more.
    ///
    /// # Errors
    /// The store's and the disk's.
    pub async fn forget_old(&self) -> Result<()> {
        let now = self.wall.now();
        let mut tx = self.db.write().await?;
        idempotency::forget(&mut tx, now.minus(KEYS_FOR)).await?;
        sessions::forget(&mut tx, now.minus(SESSIONS_FOR)).await?;
        insurer_oidc::forget(&mut tx, now.minus(AWAY_MAX)).await?;
        spent::forget(&mut tx, now).await?;
        tx.commit().await?;
        let outside = self.wall.now();
        let mut tx = self.db.write().await?;
        webhooks::forget(&mut tx, outside.minus(MESSAGES_FOR), outside).await?;
        tx.commit().await?;
        self.forget_exports().await?;
        self.take_away_doomed().await
    }
}
