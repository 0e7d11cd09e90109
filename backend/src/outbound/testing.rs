//! A site of HTTPS on this machine that answers as a test says, well or badly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::Outbound;

/// What the site says.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
    /// It never stops sending.
    pub endless: bool,
    /// It never begins to.
    pub silent: bool,
}

impl Answer {
    pub fn body(body: &str) -> Self {
        Self {
            status: 200,
            location: None,
            body: body.to_owned(),
            endless: false,
            silent: false,
        }
    }

    pub fn moved(to: &str) -> Self {
        Self {
            status: 302,
            location: Some(to.to_owned()),
            ..Self::body("")
        }
    }
}

/// A running site; it ends with the value.
pub struct Site {
    port: u16,
    certificate: String,
    asked: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Site {
    pub async fn new(answers: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let arithmetic = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(arithmetic)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("localhost:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let (count, answers) = (Arc::clone(&asked), Arc::new(answers));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&answers));
                visits.spawn(async move {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        // A visitor who goes away in the middle is none of the site's business.
                        let _ = visit(tls, &*answers).await;
                    }
                });
            }
        });
        Self {
            port,
            certificate: made.cert.pem(),
            asked,
            _serving: serving,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// How many connections there were.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What an operator would set for this site.
    pub fn outbound(&self) -> Outbound {
        let here = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
        Outbound::new(here.to_vec(), self.certificate.as_bytes()).unwrap()
    }
}

async fn visit(
    stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    answers: &(dyn Fn(&str) -> Answer + Send + Sync),
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut asked = String::new();
    stream.read_line(&mut asked).await?;
    let mut line = String::from("…");
    while !line.trim().is_empty() {
        line.clear();
        stream.read_line(&mut line).await?;
    }
    let answer = answers(asked.split(' ').nth(1).unwrap_or_default());
    if answer.silent {
        return std::future::pending().await;
    }
    let location = answer
        .location
        .map(|to| format!("location: {to}\r\n"))
        .unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} so\r\n{location}connection: close\r\n\r\n",
        answer.status
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(answer.body.as_bytes()).await?;
    if answer.endless {
        loop {
            stream.write_all(&[b'x'; 512]).await?;
            stream.flush().await?;
        }
    }
    stream.shutdown().await
}
