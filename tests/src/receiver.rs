//! An insurer's server that is told of what happens: it keeps what it heard, and answers as a test says, well or badly.
//! And the names by which it is found.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use backend::outbound::{Names, Outbound};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::mpsc;

/// Nothing that a test waits for takes as long; whoever waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One request that came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What it says to a request.
#[derive(Clone, Debug)]
pub enum Says {
    Status(u16),
    With(u16, &'static str, String),
    /// Nothing, ever.
    Nothing,
}

type Answers = dyn Fn(&Heard) -> Says + Send + Sync;

struct Desk {
    answers: Box<Answers>,
    heard: mpsc::UnboundedSender<Heard>,
}

/// A running receiver; it ends with the value.
pub struct Receiver {
    pub port: u16,
    heard: tokio::sync::Mutex<mpsc::UnboundedReceiver<Heard>>,
    handle: Handle<SocketAddr>,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("a header in ASCII")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }

    /// Kind of message and what it is about.
    pub fn told(&self) -> (String, String) {
        let body = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&body["type"]), text(&body["data"]["id"]))
    }
}

impl Receiver {
    /// At a free port of this address of the machine, under this certificate.
    pub async fn at(
        address: [u8; 4],
        certificate: &Certificate,
        answers: impl Fn(&Heard) -> Says + Send + Sync + 'static,
    ) -> Self {
        let listener =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::from(address), 0))).expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        let port = listener.local_addr().expect("an address").port();
        let (sender, heard) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            answers: Box::new(answers),
            heard: sender,
        });
        let (chain, key) = (certificate.pem.clone(), certificate.key.clone());
        let config = RustlsConfig::from_pem(chain.into_bytes(), key.into_bytes())
            .await
            .expect("a certificate of our own");
        let handle = Handle::new();
        let server = axum_server::from_tcp_rustls(listener, config)
            .expect("a listener")
            .handle(handle.clone());
        let routes = Router::new().fallback(answer).with_state(desk);
        tokio::spawn(async move {
            server.serve(routes.into_make_service()).await.expect("it serves");
        });
        Self {
            port,
            heard: tokio::sync::Mutex::new(heard),
            handle,
        }
    }

    /// The next request.
    ///
    /// # Panics
    /// When none comes.
    pub async fn next(&self) -> Heard {
        let mut heard = self.heard.lock().await;
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
        next.expect("a message comes").expect("the receiver runs")
    }

    /// The next `count` requests.
    pub async fn next_of(&self, count: usize) -> Vec<Heard> {
        let mut all = Vec::with_capacity(count);
        for _ in 0..count {
            all.push(self.next().await);
        }
        all
    }

    /// Whether nothing has come that was not asked for.
    pub async fn is_silent(&self) -> bool {
        self.heard.lock().await.is_empty()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

async fn answer(State(desk): State<Arc<Desk>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let heard = Heard {
        path: uri.path().to_owned(),
        headers,
        body,
    };
    let says = (desk.answers)(&heard);
    // Whoever counts may have stopped listening.
    let _ = desk.heard.send(heard);
    let status = |code| StatusCode::from_u16(code).expect("a status");
    match says {
        Says::Status(code) => (status(code), "as you say").into_response(),
        Says::With(code, name, value) => {
            let value = HeaderValue::try_from(value).expect("a header");
            (status(code), [(name, value)]).into_response()
        }
        Says::Nothing => std::future::pending().await,
    }
}

/// A certificate that nobody else has.
pub struct Certificate {
    pub pem: String,
    key: String,
}

impl Certificate {
    pub fn of(names: &[&str]) -> Self {
        // Who serves by TLS in this process, asks for no other arithmetic.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        Self {
            pem: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }
}

/// Names and where they lead; a name that is asked often may lead elsewhere each time, the last for ever.
#[derive(Debug, Default)]
pub struct Book(Mutex<HashMap<String, Vec<IpAddr>>>, Mutex<Vec<String>>);

impl Book {
    pub fn write(&self, name: &str, leads: &[[u8; 4]]) {
        let leads = leads.iter().map(|address| IpAddr::from(*address)).collect();
        self.0
            .lock()
            .expect("no test panics here")
            .insert(name.to_owned(), leads);
    }

    /// How often this name was asked for.
    pub fn asked(&self, name: &str) -> usize {
        let asked = self.1.lock().expect("no test panics here");
        asked.iter().filter(|asked| *asked == name).count()
    }

    fn look_up(&self, host: &str) -> io::Result<IpAddr> {
        self.1.lock().expect("no test panics here").push(host.to_owned());
        let mut names = self.0.lock().expect("no test panics here");
        let leads = names.get_mut(host).ok_or(io::ErrorKind::NotFound)?;
        let first = *leads.first().ok_or(io::ErrorKind::NotFound)?;
        if leads.len() > 1 {
            leads.remove(0);
        }
        Ok(first)
    }
}

impl Names for Book {
    fn addresses<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(vec![SocketAddr::new(self.look_up(host)?, port)]) })
    }
}

/// Reaches 127.0.0.1 of this machine and nothing else that is not public; believes these certificates.
pub fn outbound(book: &Arc<Book>, certificates: &[&Certificate]) -> Outbound {
    let pem: String = certificates.iter().map(|one| one.pem.as_str()).collect();
    let here = "127.0.0.1/32".parse().expect("a network");
    let names: Arc<dyn Names> = Arc::clone(book) as Arc<dyn Names>;
    Outbound::new(vec![here], pem.as_bytes())
        .expect("certificates of our own")
        .with_names(names)
}
