//! Asking, and sending to, an address that somebody else chose. That is done over HTTPS only, its name is
//! resolved once, and the connection goes to the very address that was judged; nothing is followed, and nothing
//! is waited for longer or read further than the caller says.
//!
//! Addresses inside a house (private, loopback, link-local and their disguises in IPv6) are refused, unless
//! the operator named their network; there, and only in a sandbox, it goes without TLS. No proxy is used: a
//! proxy would resolve the name again.

mod addresses;
mod names;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT};
use axum::http::{Request, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use reqwest::Url;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time;
use tokio_rustls::TlsConnector;

pub use addresses::is_public;
pub use names::{Names, SystemNames};

/// Ports of the public network that are asked; in a network the operator named, any.
const PORTS: [u16; 2] = [443, 8443];
/// Who we say we are.
const OURSELVES: &str = concat!("kuaichu/", env!("CARGO_PKG_VERSION"));

/// Whom we may ask, and whose certificates we believe.
#[derive(Clone, Debug)]
pub struct Outbound {
    reachable: Vec<IpNet>,
    plain_inside: bool,
    names: Arc<dyn Names>,
    tls: Arc<ClientConfig>,
}

/// One POST to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub url: String,
    pub content_type: String,
    /// Beside `Host`, `User-Agent` and what belongs to the body.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// What somebody answered, good or bad.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// No more than the caller's patience.
    pub body: Bytes,
    /// Nothing of the body is missing.
    pub whole: bool,
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
    #[error("{0} lies in no network that --reach names: without TLS it is not asked")]
    Plain(IpAddr),
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
            plain_inside: false,
            names: Arc::new(SystemNames),
            tls: Arc::new(tls),
        })
    }

    /// Whether `http://` may lead into the networks that the operator named: in a sandbox, where a receiver is a
    /// program on somebody's desk.
    #[must_use]
    pub fn plain_inside(self, plain_inside: bool) -> Self {
        Self { plain_inside, ..self }
    }

    /// The same, with names of one's own.
    #[must_use]
    pub fn with_names(self, names: Arc<dyn Names>) -> Self {
        Self { names, ..self }
    }

    /// What can be said of an address before anything is asked: its form, and a number in place of a name.
    ///
    /// # Errors
    /// Why it will never be asked.
    pub fn look_at(&self, address: &str) -> Result<Url, Unreachable> {
        let url = match form(address) {
            Ok(url) => url,
            Err(_) if self.plain_inside => form_of(address, "http")?,
            Err(error) => return Err(error),
        };
        if let Some(number) = number(&url) {
            self.judge(&url, SocketAddr::new(number, port(&url)))?;
        }
        Ok(url)
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get(&self, address: &str, patience: Patience) -> Result<Bytes, Unreachable> {
        let url = self.look_at(address)?;
        let request = Request::get(target(&url)).header(ACCEPT, "application/json");
        let answer = self.exchange(&url, request, Bytes::new(), patience).await?;
        if answer.status != StatusCode::OK {
            return Err(Unreachable::Status(answer.status));
        }
        if !answer.whole {
            return Err(Unreachable::Body(patience.bytes_max));
        }
        Ok(answer.body)
    }

    /// Posts it and answers what came back, whatever its status. A body that is too long or does not end is cut.
    ///
    /// # Errors
    /// Why nothing came back.
    pub async fn send(&self, outgoing: &Outgoing, patience: Patience) -> Result<Answer, Unreachable> {
        let url = self.look_at(&outgoing.url)?;
        let mut request = Request::post(target(&url)).header(CONTENT_TYPE, &outgoing.content_type);
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        self.exchange(&url, request, outgoing.body.clone(), patience)
            .await
    }

    /// The head of the answer is waited for as long as patience lasts; with it, what there is of the body counts.
    async fn exchange(
        &self,
        url: &Url,
        request: axum::http::request::Builder,
        body: Bytes,
        patience: Patience,
    ) -> Result<Answer, Unreachable> {
        let until = time::Instant::now() + patience.within;
        let slow = |_| Unreachable::Slow(patience.within);
        let host = url.host_str().ok_or(Unreachable::NotAllowedUrl)?;
        let request = request
            .header(HOST, authority(url, host))
            .header(USER_AGENT, OURSELVES)
            .body(Full::new(body))
            .map_err(failed)?;
        // The connection ends with this set, whatever becomes of the answer.
        let mut driving = JoinSet::new();
        let asking = async {
            let mut sender = self.connect(url, host, &mut driving).await?;
            sender.send_request(request).await.map_err(failed)
        };
        let response = time::timeout_at(until, asking).await.map_err(slow)??;
        let (head, body) = response.into_parts();
        let (body, whole) = read(body, patience.bytes_max, until).await;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
            whole,
        })
    }

    async fn connect(
        &self,
        url: &Url,
        host: &str,
        driving: &mut JoinSet<()>,
    ) -> Result<http1::SendRequest<Full<Bytes>>, Unreachable> {
        let address = self.resolve(url, host).await?;
        let tcp = TcpStream::connect(address).await.map_err(failed)?;
        // The whole request is one small write: it does not wait for more to come.
        tcp.set_nodelay(true).map_err(failed)?;
        if url.scheme() == "http" {
            return handshake(tcp, driving).await;
        }
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(failed)?;
        let tls = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, tcp)
            .await
            .map_err(failed)?;
        handshake(tls, driving).await
    }

    /// One address that may be asked. If any of a name's addresses may not, none is: an honest name has no
    /// such address.
    async fn resolve(&self, url: &Url, host: &str) -> Result<SocketAddr, Unreachable> {
        let port = port(url);
        if let Some(number) = number(url) {
            return self.judge(url, SocketAddr::new(number, port));
        }
        let none = || Unreachable::NoAddress(host.to_owned());
        let found = self.names.addresses(host, port).await.map_err(|_| none())?;
        let judged: Vec<SocketAddr> = found
            .into_iter()
            .map(|address| self.judge(url, address))
            .collect::<Result<_, _>>()?;
        judged.first().copied().ok_or_else(none)
    }

    fn judge(&self, url: &Url, address: SocketAddr) -> Result<SocketAddr, Unreachable> {
        let ip = address.ip().to_canonical();
        if self.reachable.iter().any(|network| network.contains(&ip)) {
            return Ok(address);
        }
        if !is_public(ip) {
            return Err(Unreachable::Inside(ip));
        }
        if url.scheme() == "http" {
            return Err(Unreachable::Plain(ip));
        }
        if !PORTS.contains(&address.port()) {
            return Err(Unreachable::Port(address.port()));
        }
        Ok(address)
    }
}

fn failed(error: impl std::fmt::Display) -> Unreachable {
    Unreachable::Connection(error.to_string())
}

async fn handshake<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    driving: &mut JoinSet<()>,
) -> Result<http1::SendRequest<Full<Bytes>>, Unreachable> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    driving.spawn(async move {
        // Whoever waits for the answer hears of it.
        let _ = connection.await;
    });
    Ok(sender)
}

/// At most `bytes_max` of a body, and whether that is all of it.
async fn read(mut body: Incoming, bytes_max: usize, until: time::Instant) -> (Bytes, bool) {
    let mut read = BytesMut::new();
    loop {
        let frame = match time::timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => return (read.freeze(), true),
            Ok(Some(Err(_))) | Err(_) => return (read.freeze(), false),
        };
        let Ok(data) = frame.into_data() else { continue };
        let room = bytes_max - read.len();
        read.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return (read.freeze(), false);
        }
    }
}

/// The address, if it has the form of one that may be asked.
///
/// # Errors
/// [`Unreachable::NotAllowedUrl`].
pub fn form(address: &str) -> Result<Url, Unreachable> {
    form_of(address, "https")
}

fn form_of(address: &str, scheme: &str) -> Result<Url, Unreachable> {
    let url = Url::parse(address).map_err(|_| Unreachable::NotAllowedUrl)?;
    let simple = url.scheme() == scheme
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    simple.then_some(url).ok_or(Unreachable::NotAllowedUrl)
}

fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
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

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
