//! Asking an address that somebody else chose. It is asked over HTTPS only, its name is resolved once, and
//! the connection goes to the very address that was judged; nothing is followed, and nothing is waited for
//! longer or read further than the caller says.
//!
//! Addresses inside a house (private, loopback, link-local and their disguises in IPv6) are refused, unless
//! the operator named their network. No proxy is used: a proxy would resolve the name again.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, HOST};
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use reqwest::Url;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// Ports of the public network that are asked; in a network the operator named, any.
const PORTS: [u16; 2] = [443, 8443];

/// Whom we may ask, and whose certificates we believe.
#[derive(Clone, Debug)]
pub struct Outbound {
    reachable: Vec<IpNet>,
    tls: Arc<ClientConfig>,
}

/// How much of an answer is read, and how long all of it may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub bytes_max: usize,
    pub within: Duration,
}

/// Why there is no answer; for the log and for an operator, never for a caller.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error("the address must begin with https:// and hold no user name and no fragment")]
    NotAllowedUrl,
    #[error("the name {0} has no address")]
    NoAddress(String),
    #[error("{0} is not an address of the public network, nor in one that --reach names")]
    Inside(IpAddr),
    #[error("port {0} is not asked, only 443 and 8443")]
    Port(u16),
    #[error("no connection: {0}")]
    Connection(String),
    #[error("it answered {0} instead of 200; redirects are not followed")]
    Status(StatusCode),
    #[error("the answer is longer than {0} bytes, or broke off")]
    Body(usize),
    #[error("it took longer than {} s", .0.as_secs())]
    Slow(Duration),
}

/// Certificates that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the certificates cannot be read: {0}")]
pub struct BadRoots(String);

impl Outbound {
    /// The public network and the networks in `reachable`; the usual authorities and those in `more_roots`
    /// (PEM, may be empty).
    ///
    /// # Errors
    /// When `more_roots` holds something else.
    pub fn new(reachable: Vec<IpNet>, more_roots: &[u8]) -> Result<Self, BadRoots> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for certificate in CertificateDer::pem_slice_iter(more_roots) {
            let certificate = certificate.map_err(|error| BadRoots(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| BadRoots(error.to_string()))?;
        }
        let arithmetic = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(arithmetic)
            .with_safe_default_protocol_versions()
            .map_err(|error| BadRoots(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            reachable,
            tls: Arc::new(tls),
        })
    }

    /// What can be said of an address before anything is asked: its form, and a number in place of a name.
    ///
    /// # Errors
    /// Why it will never be asked.
    pub fn look_at(&self, address: &str) -> Result<Url, Unreachable> {
        let url = form(address)?;
        if let Some(number) = number(&url) {
            self.judge(SocketAddr::new(number, port(&url)))?;
        }
        Ok(url)
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get(&self, address: &str, patience: Patience) -> Result<Bytes, Unreachable> {
        let url = self.look_at(address)?;
        tokio::time::timeout(patience.within, self.ask(&url, patience.bytes_max))
            .await
            .map_err(|_| Unreachable::Slow(patience.within))?
    }

    async fn ask(&self, url: &Url, bytes_max: usize) -> Result<Bytes, Unreachable> {
        let failed = |error: &dyn std::fmt::Display| Unreachable::Connection(error.to_string());
        let host = url.host_str().ok_or(Unreachable::NotAllowedUrl)?;
        let address = self.resolve(url, host).await?;
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|e| failed(&e))?;
        let tcp = TcpStream::connect(address).await.map_err(|e| failed(&e))?;
        let tls = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, tcp)
            .await
            .map_err(|e| failed(&e))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tls))
            .await
            .map_err(|e| failed(&e))?;
        // The connection ends with this set, whatever becomes of the answer.
        let mut driving = JoinSet::new();
        driving.spawn(connection);
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let request = Request::get(target)
            .header(HOST, authority(url, host))
            .header(ACCEPT, "application/json")
            .body(Empty::<Bytes>::new())
            .map_err(|e| failed(&e))?;
        let response = sender.send_request(request).await.map_err(|e| failed(&e))?;
        if response.status() != StatusCode::OK {
            return Err(Unreachable::Status(response.status()));
        }
        let body = Limited::new(response.into_body(), bytes_max).collect().await;
        Ok(body.map_err(|_| Unreachable::Body(bytes_max))?.to_bytes())
    }

    /// One address that may be asked. If any of a name's addresses may not, none is: an honest name has no
    /// such address.
    async fn resolve(&self, url: &Url, host: &str) -> Result<SocketAddr, Unreachable> {
        let port = port(url);
        if let Some(number) = number(url) {
            return self.judge(SocketAddr::new(number, port));
        }
        let none = || Unreachable::NoAddress(host.to_owned());
        let found = tokio::net::lookup_host((host, port)).await.map_err(|_| none())?;
        let judged: Vec<SocketAddr> = found
            .map(|address| self.judge(address))
            .collect::<Result<_, _>>()?;
        judged.first().copied().ok_or_else(none)
    }

    fn judge(&self, address: SocketAddr) -> Result<SocketAddr, Unreachable> {
        let ip = address.ip().to_canonical();
        if self.reachable.iter().any(|network| network.contains(&ip)) {
            return Ok(address);
        }
        if !is_public(ip) {
            return Err(Unreachable::Inside(ip));
        }
        if !PORTS.contains(&address.port()) {
            return Err(Unreachable::Port(address.port()));
        }
        Ok(address)
    }
}

/// The address, if it has the form of one that may be asked.
///
/// # Errors
/// [`Unreachable::NotAllowedUrl`].
pub fn form(address: &str) -> Result<Url, Unreachable> {
    let url = Url::parse(address).map_err(|_| Unreachable::NotAllowedUrl)?;
    let plain = url.scheme() == "https"
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    plain.then_some(url).ok_or(Unreachable::NotAllowedUrl)
}

fn port(url: &Url) -> u16 {
    url.port_or_known_default().unwrap_or(443)
}

/// The host, when it is a number and not a name.
fn number(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

fn authority(url: &Url, host: &str) -> String {
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Whether an address belongs to the public network (the IANA registries of special-purpose addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(matches!(a, 0 | 10 | 127)
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && matches!(c, 0 | 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && matches!(b, 18 | 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    if [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
        // NAT64 (RFC 6052): an IPv4 address in disguise.
        let [one, two] = g.to_be_bytes();
        let [three, four] = h.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(one, two, three, four));
    }
    // Only 2000::/3 is given out; in it lie tunnels (2002::/16, 2001::/23) and examples.
    a & 0xe000 == 0x2000
        && a != 0x2002
        && !(a == 0x2001 && b < 0x200)
        && !(a == 0x2001 && b == 0xdb8)
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
