//! How often one address may ask: an outer defence, per process and in memory. What must hold whatever
//! the address (codes tried, SMS sent) is counted in the database by the deed that owns it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use crate::bucket::{Bucket, Limit, Standing, whole_seconds};
use crate::identity::caller::{Caller, Rates};
use crate::refusal::{AppError, Refusal};

/// Everything that has no limit of its own.
pub const GENERAL: Limit = Limit {
    name: "general",
    burst: 400,
    per_minute: 6_000,
};
/// New reports and joins: each makes rows and, later, an SMS.
pub const REPORTS: Limit = Limit {
    name: "reports",
    burst: 20,
    per_minute: 20,
};
/// Asking for an SMS code.
pub const CODES: Limit = Limit {
    name: "codes",
    burst: 20,
    per_minute: 20,
};
/// Showing a personal link or a code: what a guesser would do.
pub const LINKS: Limit = Limit {
    name: "links",
    burst: 60,
    per_minute: 60,
};
/// Tokens of insurers' clients; each client has a smaller limit of its own besides.
pub const TOKENS: Limit = Limit {
    name: "token-address",
    burst: 300,
    per_minute: 300,
};
/// The public verification page and its API.
pub const VERIFICATION: Limit = Limit {
    name: "verification",
    burst: 30,
    per_minute: 30,
};

/// Addresses remembered at most; beyond it the ones with full buckets are forgotten.
const ADDRESSES_MAX: usize = 100_000;

/// The buckets of every address, and whom we believe about addresses.
#[derive(Debug, Default)]
pub struct Limits {
    trusted_proxies: Vec<IpAddr>,
    buckets: Mutex<HashMap<(IpAddr, Limit), Bucket>>,
    clients: Arc<Rates>,
}

impl Limits {
    pub fn new(trusted_proxies: Vec<IpAddr>) -> Self {
        Self {
            trusted_proxies,
            buckets: Mutex::default(),
            clients: Arc::default(),
        }
    }

    /// Takes one token of `limit` for `address`.
    ///
    /// # Errors
    /// When there is none: how long until there is.
    pub fn take(&self, address: IpAddr, limit: Limit, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX {
            buckets.retain(|(_, limit), bucket| !bucket.is_full(*limit, now));
        }
        let standing = buckets
            .entry((household(address), limit))
            .or_insert_with(|| Bucket::full(limit, now))
            .take(limit, now);
        standing.wait.map_or(Ok(()), Err)
    }

    /// Who is asking: the socket's peer, or, behind proxies of ours, the first address from the right of
    /// `X-Forwarded-For` that is not one of them. What a client writes further left is never believed.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|line| line.to_str().ok())
            .collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops {
            if !self.trusted_proxies.contains(&client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        client
    }
}

/// One subscriber usually holds a whole /64 of IPv6.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Which limit a route falls under; the only table of it.
fn limit_of(method: &Method, route: &str) -> Limit {
    match route {
        "/api/v1/reports" | "/api/v1/joins" if method == Method::POST => REPORTS,
        "/api/v1/driver/code" | "/api/v1/accidents/{accident}/signing-code" if method == Method::POST => {
            CODES
        }
        "/api/v1/driver/link" | "/api/v1/driver/session" | "/api/v1/guest-sessions"
            if method == Method::POST =>
        {
            LINKS
        }
        // Each makes us ask the insurer's provider.
        "/api/v1/clerk/oidc" | "/api/v1/clerk/oidc/callback" => LINKS,
        "/oauth/token" | "/oauth/revoke" => TOKENS,
        "/v" | "/v/{number}" | "/api/v1/verification" | "/api/v1/verification/{number}" => VERIFICATION,
        _ => GENERAL,
    }
}

/// Middleware: one token per request, and a note of where it came from. A request without a socket (a call
/// inside the process) has no address and meets no limit but its client's.
pub async fn keep(State(limits): State<Arc<Limits>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    let address = peer.map(|ConnectInfo(peer)| limits.client(peer.ip(), request.headers()));
    if let Some(address) = address {
        let route = request
            .extensions()
            .get::<MatchedPath>()
            .map_or("", MatchedPath::as_str);
        let limit = limit_of(request.method(), route);
        if let Err(wait) = limits.take(address, limit, Instant::now()) {
            tracing::warn!(limit = limit.name, "too many requests from one address");
            return AppError::from(too_many(limit, wait)).into_response();
        }
    }
    let caller = Caller::new(address, Arc::clone(&limits.clients));
    let with_token = bearer(request.headers());
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    if let Some(standing) = caller.standing() {
        tell(response.headers_mut(), standing);
    }
    if with_token && response.status() == StatusCode::UNAUTHORIZED {
        // RFC 6750 §3.
        let challenge = HeaderValue::from_static("Bearer realm=\"kuaichu\", error=\"invalid_token\"");
        response
            .headers_mut()
            .entry(WWW_AUTHENTICATE)
            .or_insert(challenge);
    }
    response
}

fn bearer(headers: &HeaderMap) -> bool {
    let shown = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    shown.is_some_and(|shown| shown.len() > 7 && shown[..7].eq_ignore_ascii_case(b"bearer "))
}

/// How a client stands with its own limit (draft-ietf-httpapi-ratelimit-headers, as most libraries read it).
fn tell(headers: &mut HeaderMap, standing: Standing) {
    let Standing { limit, remaining, .. } = standing;
    let values = [
        ("ratelimit-limit", limit.burst),
        ("ratelimit-remaining", remaining),
        ("ratelimit-reset", whole_seconds(standing.full_in)),
    ];
    for (name, value) in values {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

fn too_many(limit: Limit, wait: Duration) -> Refusal {
    let seconds = whole_seconds(wait);
    let message = format!("请求过于频繁（限制 {}），请 {seconds} 秒后再试", limit.name);
    Refusal::too_many("rate_limited", message, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_client_cannot_choose_its_own_address() {
        let limits = Limits::new(vec![address("10.0.0.1"), address("10.0.0.2")]);
        let spoofed = forwarded(&["1.2.3.4"]);
        assert_eq!(
            limits.client(address("203.0.113.9"), &spoofed),
            address("203.0.113.9")
        );

        let through_ours = forwarded(&["1.2.3.4, 203.0.113.9, 10.0.0.2"]);
        assert_eq!(
            limits.client(address("10.0.0.1"), &through_ours),
            address("203.0.113.9")
        );
        let on_two_lines = forwarded(&["1.2.3.4", "203.0.113.9"]);
        assert_eq!(
            limits.client(address("10.0.0.1"), &on_two_lines),
            address("203.0.113.9")
        );
        let nonsense = forwarded(&["1.2.3.4, unknown"]);
        assert_eq!(
            limits.client(address("::ffff:10.0.0.1"), &nonsense),
            address("10.0.0.1")
        );
    }

    #[test]
    fn a_burst_is_taken_then_one_at_a_time_and_others_are_not_touched() {
        let limits = Limits::default();
        let (one, two) = (address("192.0.2.1"), address("192.0.2.2"));
        let start = Instant::now();
        for _ in 0..REPORTS.burst {
            assert_eq!(limits.take(one, REPORTS, start), Ok(()));
        }
        assert_eq!(limits.take(one, REPORTS, start), Err(Duration::from_secs(3)));
        assert_eq!(limits.take(two, REPORTS, start), Ok(()));
        assert_eq!(limits.take(one, GENERAL, start), Ok(()));
        assert_eq!(limits.take(one, REPORTS, start + Duration::from_secs(3)), Ok(()));
        assert!(limits.take(one, REPORTS, start + Duration::from_secs(3)).is_err());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_a_bucket() {
        let limits = Limits::default();
        let now = Instant::now();
        for host in 0..REPORTS.burst {
            let address = address(&format!("2001:db8::{host:x}"));
            assert_eq!(limits.take(address, REPORTS, now), Ok(()));
        }
        assert!(limits.take(address("2001:db8::ffff"), REPORTS, now).is_err());
        assert_eq!(limits.take(address("2001:db8:0:1::1"), REPORTS, now), Ok(()));
    }
}
