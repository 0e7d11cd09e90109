//! Six digits by SMS: proof that a phone is at hand, never a way in by itself.
//!
//! Six digits are guessed quickly when there is nothing else, so a code counts only beside a link or a
//! session, holds ten minutes, and dies at the sixth wrong try. Tries are counted in the store by accident,
//! phone and purpose, whatever address they come from.

use domain::id::{AccidentId, Sha256Hex};
use domain::identifiers::mask_phone;
use domain::time::Instant;
use time::Duration;
use uuid::Uuid;

use super::token::ServerSecret;
use crate::app::App;
use crate::clock;
use crate::refusal::{Kind, Refusal, Result};
use crate::sms;
use crate::store::Tx;
use crate::store::codes::{self, CodeRow};

/// How long a code holds.
pub const CODE_LIFE: Duration = Duration::minutes(10);
/// Wrong tries a code survives.
pub const TRIES_MAX: i64 = 5;
/// Until another one may be sent to the same phone for the same purpose.
pub const RESEND_AFTER: Duration = Duration::seconds(60);
/// Codes one phone gets in a day for one purpose: SMS cost money and annoy.
pub const PER_DAY_MAX: i64 = 5;
const DAY: Duration = Duration::hours(24);

/// What the code proves the phone for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// That this party's phone is theirs.
    Confirm,
    /// That whoever signs holds it.
    Sign,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Sign => "sign",
        }
    }

    fn text(self, code: &str) -> String {
        match self {
            Self::Confirm => {
                format!("【事故快处】验证码{code}，10分钟内有效，用于确认您的手机号，请勿告诉他人")
            }
            Self::Sign => format!(
                "【事故快处】签名验证码{code}，10分钟内有效，用于签署道路交通事故认定书，请勿告诉他人"
            ),
        }
    }
}

/// A code is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub phone_masked: String,
    pub resend_after_s: u32,
}

/// As [`send_in`], in a transaction of its own.
///
/// # Errors
/// `sms_rate_limited`, with the seconds to wait.
pub async fn send(app: &App, to: (AccidentId, &str, Purpose)) -> Result<Sent> {
    let mut tx = app.db.write().await?;
    let sent = send_in(&mut tx, app, to, app.clock.now()).await?;
    tx.commit().await?;
    Ok(sent)
}

/// Sends a new code; an earlier one for the same accident, phone and purpose no longer counts.
///
/// # Errors
/// `sms_rate_limited`, with the seconds to wait.
pub async fn send_in(
    tx: &mut Tx,
    app: &App,
    (accident, phone, purpose): (AccidentId, &str, Purpose),
    now: Instant,
) -> Result<Sent> {
    let secret = ServerSecret::of(tx, app).await?;
    let phone_digest = secret.keyed_digest("phone", &[phone])?;
    check_rate(tx, &phone_digest, purpose, now).await?;
    let id = clock::uuid(app.clock.now(), &*app.entropy);
    let code = draw(app);
    let row = CodeRow {
        id,
        accident_id: accident,
        phone: phone_digest,
        purpose: purpose.as_str().to_owned(),
        digest: digest(&secret, id, &code)?,
        tries: 0,
        created_at: now,
        expires_at: now.plus(CODE_LIFE),
        used_at: None,
    };
    codes::insert(tx, &row).await?;
    sms::queue(tx, app, phone, &purpose.text(&code), now).await?;
    Ok(Sent {
        phone_masked: mask_phone(phone),
        resend_after_s: seconds(RESEND_AFTER),
    })
}

async fn check_rate(tx: &mut Tx, phone: &Sha256Hex, purpose: Purpose, now: Instant) -> Result<()> {
    let lately = codes::sent_after(tx, phone, purpose.as_str(), now.minus(DAY)).await?;
    let until = match (lately.first, lately.last) {
        (Some(first), _) if lately.count >= PER_DAY_MAX => first.plus(DAY),
        (_, Some(last)) if now.since(last) < RESEND_AFTER => last.plus(RESEND_AFTER),
        _ => return Ok(()),
    };
    let wait_s = seconds(until.since(now)).max(1);
    let message = if lately.count >= PER_DAY_MAX {
        "该手机号今天收到的验证码过多，请明天再试或联系民警".to_owned()
    } else {
        format!("验证码已发送，请{wait_s}秒后再获取")
    };
    Err(Refusal::too_many("sms_rate_limited", message, wait_s).into())
}

/// Six digits, each as likely as the other: the remainder of a 64-bit number is even to one part in 10^13.
fn draw(app: &App) -> String {
    let mut bytes = [0; 8];
    app.entropy.fill(&mut bytes);
    format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)
}

fn digest(secret: &ServerSecret, id: Uuid, code: &str) -> Result<Sha256Hex> {
    secret.keyed_digest("code", &[&id.to_string(), code])
}

/// Whether this is the code, and spends it if so.
///
/// The outer error is ours. The inner one is the caller's, `code_wrong` or `code_locked`: commit all the
/// same, or the try is not counted.
///
/// # Errors
/// Only our own.
pub async fn check(
    tx: &mut Tx,
    app: &App,
    (accident, phone, purpose): (AccidentId, &str, Purpose),
    code: &str,
    now: Instant,
) -> Result<Result<(), Refusal>> {
    let wrong = |message: String| Err(Refusal::new(Kind::Unauthenticated, "code_wrong", message));
    let secret = ServerSecret::of(tx, app).await?;
    let phone = secret.keyed_digest("phone", &[phone])?;
    let Some(row) = codes::newest(tx, accident, &phone, purpose.as_str()).await? else {
        return Ok(wrong("请先获取验证码".to_owned()));
    };
    if row.used_at.is_some() || now > row.expires_at {
        return Ok(wrong("验证码已失效，请重新获取".to_owned()));
    }
    let given = digest(&secret, row.id, code.trim())?;
    if row.tries < TRIES_MAX && given == row.digest {
        codes::spend(tx, row.id, now).await?;
        return Ok(Ok(()));
    }
    match codes::count_try(tx, row.id, TRIES_MAX).await? {
        Some(tries) if tries < TRIES_MAX => {
            Ok(wrong(format!("验证码不正确，还可以尝试{}次", TRIES_MAX - tries)))
        }
        Some(_) => Ok(wrong("验证码不正确，此验证码已失效，请重新获取".to_owned())),
        None => {
            let wait_s = seconds(row.created_at.plus(RESEND_AFTER).since(now)).max(1);
            let message = "验证码错误次数过多，已失效，请重新获取";
            Ok(Err(Refusal::too_many("code_locked", message, wait_s)))
        }
    }
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.whole_seconds()).unwrap_or(0)
}
