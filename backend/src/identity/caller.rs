//! Where a request came from, and how often its client has asked lately: what the edge knows and the check
//! of a token needs. Counting is per process and in memory.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::id::ClientId;
use tokio::time::Instant;

use crate::bucket::{Bucket, Limit, Standing, whole_seconds};
use crate::refusal::{Refusal, Result};

/// The buckets of every client; clients are few, and only a proven one gets a bucket.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<(ClientId, &'static str), Bucket>>);

impl Rates {
    fn take(&self, client: &ClientId, limit: Limit, now: Instant) -> Standing {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets
            .entry((client.clone(), limit.name))
            .or_insert_with(|| Bucket::full(limit, now))
            .take(limit, now)
    }
}

/// One request's origin; the edge puts it beside the request.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// None for a call inside the process.
    pub address: Option<IpAddr>,
    rates: Arc<Rates>,
    standing: Arc<OnceLock<Standing>>,
}

impl Caller {
    pub fn new(address: Option<IpAddr>, rates: Arc<Rates>) -> Self {
        Self {
            address,
            rates,
            standing: Arc::default(),
        }
    }

    /// Counts this request for its client; the answer's headers will say how the client stands.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn count(&self, client: &ClientId, limit: Limit) -> Result<()> {
        let standing = self.rates.take(client, limit, Instant::now());
        // A request is counted once; a second count would be of the same client and changes nothing.
        let _ = self.standing.set(standing);
        let Some(wait) = standing.wait else {
            return Ok(());
        };
        let seconds = whole_seconds(wait);
        tracing::warn!(limit = limit.name, %client, "too many requests from one client");
        let message = format!(
            "该客户端请求过于频繁（限制 {}），请 {seconds} 秒后再试",
            limit.name
        );
        Err(Refusal::too_many("rate_limited", message, seconds).into())
    }

    /// How the client stood, once it was counted.
    pub fn standing(&self) -> Option<Standing> {
        self.standing.get().copied()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
