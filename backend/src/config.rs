//! What one installation is told from outside: addresses, folders, limits, and whether it is a demo.

use std::path::PathBuf;
use std::sync::Arc;

use crate::insurer::gateway::Gateways;
use crate::outbound::Outbound;

/// The case service's settings; `kuaichu` fills them from its arguments.
#[derive(Clone, Debug)]
pub struct Config {
    /// `https://host[:port]` as phones see it, without a slash at the end.
    pub public_url: String,
    /// `wss://host[:port]/media/ws`, where tickets are shown.
    pub media_url: String,
    /// The folder that keeps photos, documents and recordings, by digest.
    pub evidence: PathBuf,
    /// The folder the media service writes recordings to; their callbacks name files below it.
    pub recordings: PathBuf,
    /// Shared by the two services: proves that a media callback comes from ours.
    pub callback_secret: String,
    /// Shows the dev inbox and the officers' current TOTP code. Never in production.
    pub demo: bool,
    /// Proxies whose `X-Forwarded-For` is believed; empty: the socket's peer is the client.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Whom we may ask at addresses that others chose.
    pub outbound: Outbound,
    /// Older partner gateways that messages can be sent to.
    pub gateways: Arc<Gateways>,
}

impl Config {
    /// Whether cookies carry `Secure` and the `__Host-` prefix.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Largest JSON body a route reads, in bytes: a finding's text and ink fit ten times over.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Largest photo, in bytes.
pub const PHOTO_BYTES_MAX: u64 = 15 * 1024 * 1024;
/// Longest side of a photo, in pixels.
pub const PHOTO_SIDE_PX_MAX: u32 = 12_000;
/// Largest photo, in pixels.
pub const PHOTO_PX_MAX: u64 = 64_000_000;
/// Photos and stills one accident may hold.
pub const PHOTOS_MAX: usize = 50;
/// Longest list a route answers.
pub const LIST_MAX: u32 = 200;
/// Parties of one accident; the media room seats six people, the officer among them.
pub const PARTIES_MAX: usize = 8;
