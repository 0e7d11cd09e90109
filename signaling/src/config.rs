//! What the media service has to be told, and why it may refuse to start.

use jsonwebtoken::DecodingKey;
use signaling_core::time::Moment;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

/// Microseconds since 1970-01-01T00:00:00Z, asked whenever the time matters.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The public keys of whoever mints tickets.
pub trait TicketKeys: Send + Sync + 'static {
    /// The ES256 key of that id; `None` when there is none (any more).
    fn key(&self, kid: &str) -> Option<DecodingKey>;
}

#[derive(Clone, Debug)]
pub struct Config {
    /// Where recordings go: `<room>/<participant>-<n>.webm`.
    pub recordings: PathBuf,
    /// Addresses of this machine at which phones reach it; media is received and sent there.
    pub media_addresses: Vec<IpAddr>,
    /// One port per participant is taken out of these; `0..=0` lets the system choose.
    pub udp_ports: RangeInclusive<u16>,
    /// Events are POSTed here.
    pub callback_url: String,
    /// Sent as `Authorization: Bearer …` with every event.
    pub callback_secret: String,
    /// Origins (`https://host[:port]`) whose pages may connect; `None`: only pages of the host they connect to.
    pub allowed_origins: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("there is no media address")]
    NoMediaAddress,
    #[error("the media address {address} is not one of this machine")]
    MediaAddress { address: IpAddr, source: std::io::Error },
    #[error("the recordings folder {} cannot be used", path.display())]
    Recordings { path: PathBuf, source: std::io::Error },
    #[error("the callback client cannot be made")]
    Callback(#[from] reqwest::Error),
    #[error("the recorder thread cannot be started")]
    Thread(#[source] std::io::Error),
}

impl Config {
    /// Finds out now what would otherwise fail in the first call.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.media_addresses.is_empty() {
            return Err(StartError::NoMediaAddress);
        }
        for &address in &self.media_addresses {
            std::net::UdpSocket::bind((address, 0))
                .map_err(|source| StartError::MediaAddress { address, source })?;
        }
        let recordings = |source: std::io::Error| StartError::Recordings {
            path: self.recordings.clone(),
            source,
        };
        std::fs::create_dir_all(&self.recordings).map_err(recordings)?;
        let probe = self.recordings.join(".writable");
        std::fs::write(&probe, [])
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(recordings)
    }
}

pub(crate) fn now(clock: &Clock) -> Moment {
    Moment(clock())
}

/// A new id, ordered by time.
pub(crate) fn new_id(at: Moment) -> uuid::Uuid {
    let seconds = u64::try_from(at.unix_s()).unwrap_or(0);
    let nanos = u32::try_from(at.0.rem_euclid(1_000_000)).unwrap_or(0) * 1_000;
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

/// RFC 3339 in UTC, to the microsecond.
pub(crate) fn rfc3339(at: Moment) -> String {
    let nanos = i128::from(at.0) * 1_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok())
        .unwrap_or_default()
}
