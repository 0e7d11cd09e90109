//! SMS: queued with the deed, sent after its commit, tried again when the gateway fails.
//!
//! Neither a number nor a text is ever logged.

use std::time::Duration as Wait;

use domain::time::Instant;
use time::Duration;

use crate::app::App;
use crate::clock;
use crate::refusal::{AppError, Result};
use crate::store::Tx;
use crate::store::outbox::{self, MessageRow};

/// How often the outbox is looked at.
const POLL_EVERY: Wait = Wait::from_secs(1);
/// A gateway that takes longer has failed.
const GATEWAY_TIMEOUT: Wait = Wait::from_secs(10);
/// Tries before a message is given up: by then its code is old.
const TRIES_MAX: i64 = 6;
/// After the first failure; doubles with each.
const RETRY_AFTER: Duration = Duration::seconds(15);

/// Where messages go.
#[derive(Clone, Debug)]
pub enum Sender {
    /// Nowhere; in demo mode the inbox shows them.
    Log,
    /// A gateway that takes a POST.
    Gateway(Gateway),
}

/// An HTTP gateway by template.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: reqwest::Client,
    template: String,
}

/// Why a template is none.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("an SMS gateway's URL has {{phone}} and {{text}} in it")]
    Template,
    #[error("no HTTP client can be made")]
    Client(#[from] reqwest::Error),
}

impl Gateway {
    /// `template` is a URL with `{phone}` and `{text}`, e.g. `https://sms.example/send?to={phone}&msg={text}`.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub fn new(template: &str) -> Result<Self, GatewayError> {
        let usable =
            template.starts_with("http") && template.contains("{phone}") && template.contains("{text}");
        if !usable {
            return Err(GatewayError::Template);
        }
        let client = reqwest::Client::builder()
            .timeout(GATEWAY_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            template: template.to_owned(),
        })
    }

    async fn send(&self, message: &MessageRow) -> Result<(), reqwest::Error> {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let url = self
            .template
            .replace("{phone}", &encoded(&message.recipient))
            .replace("{text}", &encoded(&message.body));
        let sent = async { self.client.post(url).send().await?.error_for_status() };
        // The URL holds number and code: it must not reach the log.
        sent.await.map(drop).map_err(reqwest::Error::without_url)
    }
}

/// Queues a message in the deed's own transaction.
pub async fn queue(tx: &mut Tx, app: &App, phone: &str, text: &str, now: Instant) -> Result<()> {
    Ok(outbox::insert(tx, clock::uuid(now, &*app.entropy), phone, text, now).await?)
}

/// Sends what is due; answers how many messages went out.
///
/// # Errors
/// Only the store's: a gateway that fails is tried again.
pub async fn send_due(app: &App, sender: &Sender) -> Result<u32> {
    let mut sent = 0;
    while let Some(message) = take(app).await? {
        let now = app.clock.now();
        let gone = match sender {
            Sender::Log => Ok(()),
            Sender::Gateway(gateway) => gateway.send(&message).await,
        };
        match gone {
            Ok(()) => {
                done(app, &message, now).await?;
                sent += 1;
                tracing::info!(message = %message.id, "sms sent");
            }
            Err(error) if message.tries >= TRIES_MAX => {
                done(app, &message, now).await?;
                tracing::error!(message = %message.id, %error, "sms given up");
            }
            Err(error) => tracing::warn!(message = %message.id, %error, "sms failed, trying again"),
        }
    }
    Ok(sent)
}

async fn take(app: &App) -> Result<Option<MessageRow>> {
    let now = app.clock.now();
    // Looked at first without the writer's lock: most of the time there is nothing.
    let mut tx = app.db.read().await?;
    let Some(tries) = outbox::next_tries(&mut tx, now).await? else {
        return Ok(None);
    };
    drop(tx);
    let wait = RETRY_AFTER * 2_i32.saturating_pow(u32::try_from(tries).unwrap_or(0).min(10));
    let mut tx = app.db.write().await?;
    let message = outbox::take(&mut tx, now, now.plus(wait)).await?;
    tx.commit().await?;
    Ok(message)
}

async fn done(app: &App, message: &MessageRow, now: Instant) -> Result<()> {
    let mut tx = app.db.write().await?;
    outbox::done(&mut tx, message.id, now, app.config.demo).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends for ever; dropped when the service stops. The next start finds what was left.
pub async fn run(app: App, sender: Sender) {
    let mut beat = tokio::time::interval(POLL_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        match send_due(&app, &sender).await {
            Ok(_) => {}
            Err(AppError::Refused(_)) => {}
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the sms outbox failed"),
        }
    }
}
