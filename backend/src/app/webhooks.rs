//! Endpoints: who wants to hear of what, where, and under which secret. Hearing it again is in [`again`].

mod again;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use super::{App, Intent, open};
use crate::hooks;
use crate::insurer::event::EventKind;
use crate::outbound::Unreachable;
use crate::refusal::{FieldProblem, Refusal, Result};
use crate::store::webhooks::deliveries;
use crate::store::webhooks::{self, Ended, EndpointRow, SecretRow};
use crate::store::{Json, Tx, idempotency};

/// Endpoints one insurer may have.
pub const ENDPOINTS_MAX: i64 = 10;
/// How long the old secret signs beside the new one.
pub const ROTATION: Duration = Duration::hours(24);
/// Longest address and description, in characters.
pub const URL_CHARS_MAX: usize = 2_000;
pub const DESCRIPTION_CHARS_MAX: usize = 200;
/// Bytes of a secret; Standard Webhooks asks for 24 to 64.
const SECRET_BYTES: usize = 32;

/// What an endpoint is to be.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    pub url: String,
    /// Empty: all.
    pub events: Vec<String>,
    pub description: String,
    pub format: String,
}

/// What is to be different; nothing said: as it was.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
}

/// An endpoint with what signs for it and what is still to be told.
#[derive(Clone, Debug)]
pub struct EndpointShown {
    pub row: EndpointRow,
    /// The newest first.
    pub secrets: Vec<SecretRow>,
    pub pending: i64,
}

/// What a repeated request is answered from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Done {
    /// An endpoint, and the secret that was made.
    Secret {
        endpoint: Uuid,
        secret: Uuid,
    },
    Delivery {
        endpoint: Uuid,
        seq: i64,
    },
    Count {
        deliveries: u64,
    },
}

impl App {
    /// The insurer's endpoints, oldest first.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn endpoints(&self, insurer: &str) -> Result<Vec<EndpointShown>> {
        let mut tx = self.db.read().await?;
        let mut shown = Vec::new();
        for row in webhooks::list(&mut tx, insurer).await? {
            shown.push(self.endpoint_shown(&mut tx, row).await?);
        }
        Ok(shown)
    }

    /// # Errors
    /// `not_found` for another's.
    pub async fn endpoint(&self, insurer: &str, id: Uuid) -> Result<EndpointShown> {
        let mut tx = self.db.read().await?;
        let row = own(&mut tx, insurer, id).await?;
        self.endpoint_shown(&mut tx, row).await
    }

    async fn endpoint_shown(&self, tx: &mut Tx, row: EndpointRow) -> Result<EndpointShown> {
        Ok(EndpointShown {
            secrets: webhooks::secrets(tx, row.id, self.wall.now()).await?,
            pending: deliveries::pending(tx, row.id).await?,
            row,
        })
    }

    /// A new endpoint and its first secret; to a repeated request the same secret, as long as it signs.
    ///
    /// # Errors
    /// Fields; `too_many_endpoints`.
    pub async fn add_endpoint(
        &self,
        (insurer, by): (&str, &str),
        intent: &Intent,
        new: NewEndpoint,
    ) -> Result<(EndpointShown, Option<String>)> {
        let problems = self.problems(Some(&new.url), Some(&new.events), Some(&new.description));
        let misfit = hooks::misfit(self, &new.format, &new.events);
        let misfit = misfit.map(|(field, code, message)| problem(&field, code, &message));
        refuse(problems.into_iter().chain(misfit).collect())?;
        let now = self.wall.now();
        let mut tx = self.db.write().await?;
        if let Some(done) = self.done(&mut tx, intent).await? {
            return self.secret_again(&mut tx, insurer, done).await;
        }
        if webhooks::count_to_add(&mut tx, insurer).await? >= ENDPOINTS_MAX {
            let message = format!("每家公司最多{ENDPOINTS_MAX}个推送地址，请先删除不用的");
            return Err(Refusal::conflict("too_many_endpoints", message).into());
        }
        let row = EndpointRow {
            id: self.new_id(),
            insurer: insurer.to_owned(),
            url: new.url,
            events: Json(without_doubles(new.events)),
            description: new.description,
            format: new.format,
            state: "active".to_owned(),
            ended_at: None,
            ended_reason: None,
            ended_detail: None,
            failing_since: None,
            created_at: now,
            created_by: by.to_owned(),
        };
        webhooks::insert(&mut tx, &row).await?;
        self.with_new_secret(tx, row, intent).await
    }

    /// Makes another secret; the one before signs beside it for [`ROTATION`], older ones no more.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rotate_secret(
        &self,
        insurer: &str,
        id: Uuid,
        intent: &Intent,
    ) -> Result<(EndpointShown, Option<String>)> {
        let mut tx = self.db.write().await?;
        if let Some(done) = self.done(&mut tx, intent).await? {
            return self.secret_again(&mut tx, insurer, done).await;
        }
        let row = own(&mut tx, insurer, id).await?;
        webhooks::retire_secrets(&mut tx, id, self.wall.now().plus(ROTATION)).await?;
        self.with_new_secret(tx, row, intent).await
    }

    async fn with_new_secret(
        &self,
        mut tx: Tx,
        row: EndpointRow,
        intent: &Intent,
    ) -> Result<(EndpointShown, Option<String>)> {
        let mut bytes = [0; SECRET_BYTES];
        self.entropy.fill(&mut bytes);
        let secret = SecretRow {
            id: self.new_id(),
            endpoint_id: row.id,
            secret: format!("whsec_{}", BASE64.encode(bytes)),
            created_at: self.wall.now(),
            expires_at: None,
        };
        webhooks::insert_secret(&mut tx, &secret).await?;
        let done = Done::Secret {
            endpoint: row.id,
            secret: secret.id,
        };
        finish(&mut tx, intent, &done).await?;
        let shown = self.endpoint_shown(&mut tx, row).await?;
        tx.commit().await?;
        Ok((shown, Some(secret.secret)))
    }

    async fn secret_again(
        &self,
        tx: &mut Tx,
        insurer: &str,
        done: Done,
    ) -> Result<(EndpointShown, Option<String>)> {
        let Done::Secret { endpoint, secret } = done else {
            return Err(Refusal::not_found().into());
        };
        let row = own(tx, insurer, endpoint).await?;
        let shown = self.endpoint_shown(tx, row).await?;
        let made = shown.secrets.iter().find(|row| row.id == secret);
        let secret = made.map(|row| row.secret.clone());
        Ok((shown, secret))
    }

    /// # Errors
    /// `not_found`; fields.
    pub async fn change_endpoint(
        &self,
        insurer: &str,
        id: Uuid,
        change: EndpointChange,
    ) -> Result<EndpointShown> {
        let (url, events) = (change.url.as_deref(), change.events.as_deref());
        refuse(self.problems(url, events, change.description.as_deref()))?;
        let mut tx = self.db.write().await?;
        let mut row = own(&mut tx, insurer, id).await?;
        let misfit = events.and_then(|events| hooks::misfit(self, &row.format, events));
        let misfit = misfit.map(|(field, code, message)| problem(&field, code, &message));
        refuse(misfit.into_iter().collect())?;
        if change.enabled == Some(false) && row.state == "active" {
            let ended = Ended {
                at: self.wall.now(),
                reason: "by_hand",
                detail: None,
            };
            webhooks::disable(&mut tx, id, &ended).await?;
            row = own(&mut tx, insurer, id).await?;
        }
        if change.enabled == Some(true) && row.state != "active" {
            row.state = "active".to_owned();
            (row.ended_at, row.ended_reason, row.ended_detail) = (None, None, None);
            row.failing_since = None;
        }
        if let Some(url) = change.url
            && url != row.url
        {
            row.url = url;
            row.failing_since = None;
        }
        row.events = change
            .events
            .map_or(row.events, |events| Json(without_doubles(events)));
        row.description = change.description.unwrap_or(row.description);
        webhooks::update(&mut tx, &row).await?;
        let shown = self.endpoint_shown(&mut tx, row).await?;
        tx.commit().await?;
        self.live.notify();
        Ok(shown)
    }

    /// Its log goes with it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete_endpoint(&self, insurer: &str, id: Uuid) -> Result<()> {
        let mut tx = self.db.write().await?;
        own(&mut tx, insurer, id).await?;
        webhooks::delete(&mut tx, id, self.wall.now()).await?;
        Ok(tx.commit().await?)
    }

    /// What the intent led to, when it was done before.
    async fn done(&self, tx: &mut Tx, intent: &Intent) -> Result<Option<Done>> {
        if open::claim(tx, Some(intent), self.wall.now()).await?.is_none() {
            return Ok(None);
        }
        let answer = idempotency::answer(tx, &intent.scope, &intent.key).await?;
        let done = answer.and_then(|answer| serde_json::from_value(answer).ok());
        Ok(Some(done.ok_or_else(Refusal::not_found)?))
    }

    fn problems(
        &self,
        url: Option<&str>,
        events: Option<&[String]>,
        description: Option<&str>,
    ) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if let Some(url) = url {
            if url.chars().count() > URL_CHARS_MAX {
                problems.push(problem(
                    "url",
                    "too_long",
                    &format!("地址不能超过{URL_CHARS_MAX}个字符"),
                ));
            } else if let Err(error) = self.config.outbound.look_at(url) {
                problems.push(bad_url(&error));
            }
        }
        for (place, word) in events.unwrap_or_default().iter().enumerate() {
            if EventKind::from_word(word).is_none() {
                let message = format!("没有“{}”这种通知，请按文档填写", short(word));
                problems.push(problem(&format!("events[{place}]"), "unknown", &message));
            }
        }
        if description.is_some_and(|text| text.chars().count() > DESCRIPTION_CHARS_MAX) {
            let message = format!("说明不能超过{DESCRIPTION_CHARS_MAX}字");
            problems.push(problem("description", "too_long", &message));
        }
        problems
    }
}

fn problem(field: &str, code: &str, message: &str) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn bad_url(error: &Unreachable) -> FieldProblem {
    match error {
        Unreachable::Inside(_) | Unreachable::Plain(_) => {
            problem("url", "address_not_allowed", "不能推送到内部网络的地址")
        }
        Unreachable::Port(_) => problem("url", "port_not_allowed", "端口只能是443或8443"),
        _ => problem("url", "bad_url", "地址应以 https:// 开头，不含用户名和 #"),
    }
}

fn refuse(problems: Vec<FieldProblem>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(problems).into())
}

/// As much of a word as belongs in a sentence.
fn short(word: &str) -> String {
    word.chars().take(40).collect()
}

fn without_doubles(mut events: Vec<String>) -> Vec<String> {
    let mut seen = Vec::new();
    events.retain(|event| {
        let new = !seen.contains(event);
        seen.push(event.clone());
        new
    });
    events
}

async fn finish(tx: &mut Tx, intent: &Intent, done: &Done) -> Result<()> {
    let answer = serde_json::to_value(done)
        .map_err(|error| crate::refusal::AppError::Inconsistent(error.to_string()))?;
    Ok(idempotency::finish(tx, &intent.scope, &intent.key, None, Some(&answer)).await?)
}

async fn own(tx: &mut Tx, insurer: &str, id: Uuid) -> Result<EndpointRow> {
    let row = webhooks::load(tx, insurer, id).await?;
    Ok(row.ok_or_else(Refusal::not_found)?)
}

async fn own_active(tx: &mut Tx, insurer: &str, id: Uuid) -> Result<EndpointRow> {
    let row = own(tx, insurer, id).await?;
    if row.state != "active" {
        return Err(Refusal::conflict("endpoint_disabled", "该推送地址已停用，请先启用").into());
    }
    Ok(row)
}
