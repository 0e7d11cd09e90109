//! What an insurer's administrator does about the insurer's own programs: their keys and tokens. What a program may
//! and where it comes from stays the operator's; programs of others are not there.

use domain::id::ClientId;

use super::public_key::{self, BadKey};
use super::registry::{self, KEYS_MAX, Period, Shown, Trouble};
use crate::app::{App, Intent};
use crate::identity::clerks::deeds::{Admin, done_before};
use crate::identity::clerks::people::note;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::clients::{self, ClientRow};
use crate::store::{Tx, client_keys, idempotency};

/// Programs one insurer is shown.
const LIST_MAX: u32 = 1_000;

/// Keys as somebody pasted them.
pub struct Given {
    pub text: String,
    pub kid: Option<String>,
    pub alg: Option<String>,
}

/// # Errors
/// Only our own.
pub async fn list(app: &App, admin: Admin) -> Result<Vec<Shown>> {
    let mut tx = app.db.read().await?;
    let mut shown = Vec::new();
    for client in clients::of_insurer(&mut tx, admin.insurer, LIST_MAX).await? {
        shown.push(show(&mut tx, client).await?);
    }
    Ok(shown)
}

/// # Errors
/// `not_found`; a key that is not taken, by its field; `kid_taken`, `too_many_keys`.
pub async fn add_keys(app: &App, admin: Admin, client: &str, intent: &Intent, given: Given) -> Result<Shown> {
    let by = admin.by(app);
    let mut tx = app.db.write().await?;
    let client = one(&mut tx, admin, client).await?;
    if done_before(&mut tx, app, intent).await?.is_some() {
        return show(&mut tx, client).await;
    }
    let keys = public_key::read(&given.text, given.kid, given.alg.as_deref()).map_err(bad_key)?;
    let from_now = Period {
        from: by.now,
        until: None,
    };
    registry::keep(&mut tx, &client.client_id, &keys, from_now, by.now)
        .await
        .map_err(refused)?;
    for key in &keys {
        let about = format!("{} {}", client.client_id, key.kid);
        note(&mut tx, admin.insurer, ("key_added", &about), by).await?;
    }
    idempotency::finish(&mut tx, &intent.scope, &intent.key, None, None).await?;
    let shown = show(&mut tx, client).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Takes a key away, and every token the program has: others may hold the key.
///
/// # Errors
/// `not_found`.
pub async fn remove_key(app: &App, admin: Admin, client: &str, kid: &str) -> Result<()> {
    let by = admin.by(app);
    let mut tx = app.db.write().await?;
    let client = one(&mut tx, admin, client).await?;
    if !client_keys::remove(&mut tx, &client.client_id, kid).await? {
        return Err(Refusal::not_found().into());
    }
    clients::end_tokens(&mut tx, &client.client_id, by.now).await?;
    let about = format!("{} {kid}", client.client_id);
    note(&mut tx, admin.insurer, ("key_removed", &about), by).await?;
    Ok(tx.commit().await?)
}

/// # Errors
/// `not_found`.
pub async fn end_tokens(app: &App, admin: Admin, client: &str, intent: &Intent) -> Result<()> {
    let by = admin.by(app);
    let mut tx = app.db.write().await?;
    let client = one(&mut tx, admin, client).await?;
    if done_before(&mut tx, app, intent).await?.is_some() {
        return Ok(());
    }
    clients::end_tokens(&mut tx, &client.client_id, by.now).await?;
    let about = client.client_id.to_string();
    note(&mut tx, admin.insurer, ("tokens_ended", &about), by).await?;
    idempotency::finish(&mut tx, &intent.scope, &intent.key, None, None).await?;
    Ok(tx.commit().await?)
}

async fn show(tx: &mut Tx, client: ClientRow) -> Result<Shown> {
    Ok(Shown {
        keys: client_keys::list(tx, &client.client_id, KEYS_MAX).await?,
        has_secret: clients::secret(tx, &client.client_id).await?.is_some(),
        client,
    })
}

async fn one(tx: &mut Tx, admin: Admin, client: &str) -> Result<ClientRow> {
    let none = || AppError::from(Refusal::not_found());
    let id = ClientId::new(client).map_err(|_| none())?;
    let client = clients::load(tx, &id).await?;
    client
        .filter(|client| client.insurer == admin.insurer.as_str())
        .ok_or_else(none)
}

/// What people keep, as an insurer's administrator is told.
fn refused(trouble: Trouble) -> AppError {
    match trouble {
        Trouble::Store(error) => error.into(),
        Trouble::KeyTaken(kid) => {
            let message = format!("已有编号为 {kid} 的密钥；编号不能重复使用，请换一个 kid");
            Refusal::invalid_field("kid", "kid_taken", message).into()
        }
        Trouble::TooManyKeys => {
            let message = format!("该客户端已有{KEYS_MAX}个密钥，请先删除已失效的密钥");
            Refusal::invalid_field("key", "too_many_keys", message).into()
        }
        other => AppError::Inconsistent(other.to_string()),
    }
}

fn bad_key(bad: BadKey) -> AppError {
    let (field, code, message) = match bad {
        BadKey::Unreadable => (
            "key",
            "unreadable",
            "请粘贴 PEM 格式的公钥、JWK 或 JWK 集".to_owned(),
        ),
        BadKey::Private => {
            let message = "这是私钥。粘贴出来即已泄露，请重新生成一对密钥，只提交其中的公钥";
            ("key", "private_key", message.to_owned())
        }
        BadKey::Kind => (
            "key",
            "unknown_kind",
            "只接受 EC P-256、Ed25519 或 RSA 密钥".to_owned(),
        ),
        BadKey::Algorithm(alg) => {
            let message = format!("{alg} 不适用于此密钥，请用 ES256、EdDSA、PS256 或 RS256");
            ("alg", "unknown_algorithm", message)
        }
        BadKey::Purpose => {
            let message = "该密钥不用于签名：use 应为 sig，key_ops 应包含 verify";
            ("key", "wrong_purpose", message.to_owned())
        }
        BadKey::RsaBits(bits) => {
            let message = format!("RSA 密钥应为2048至4096位，这个是{bits}位");
            ("key", "rsa_bits", message)
        }
        BadKey::Kid => {
            let message = "请填写密钥编号 kid：1至128个可见的 ASCII 字符";
            ("kid", "bad_kid", message.to_owned())
        }
        BadKey::Set => {
            let message = "一个 JWK 集应有1至20个密钥，各有不同的 kid";
            ("key", "bad_set", message.to_owned())
        }
    };
    Refusal::invalid_field(field, code, message).into()
}
