//! The whole system in one process: case service, media service and pages on one port.
//!
//! It puts the parts together and takes them down in order; what each does is the part's own business.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use backend::app::{App, stamp};
use backend::blobs::Blobs;
use backend::clock::{Clock, Entropy, SystemClock, SystemEntropy, uuid};
use backend::config::Config;
use backend::identity::keys::{self, Keyring};
use backend::live::Live;
use backend::outbound::Outbound;
use backend::pki::Pki;
use backend::sandbox::Sandbox;
use backend::sms;
use backend::store::Db;
use signaling::{Signaling, TicketKeys};
use tokio::task::JoinSet;

use crate::{background, tls};

/// How long answers under way may take when the system stops; streams of events never end by themselves.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// What a system is told.
#[derive(Clone)]
pub struct Options {
    /// Evidence, recordings, and the SQLite file unless `database` says otherwise.
    pub data: PathBuf,
    /// `sqlite:///…` or `postgres://…`.
    pub database: Option<String>,
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Serve TLS with a certificate of our own making, kept in `data`.
    pub tls: bool,
    /// How phones reach us, when it is not the address we listen on.
    pub public_url: Option<String>,
    /// Addresses of this machine for audio and video.
    pub media_addresses: Vec<IpAddr>,
    /// Dev inbox and TOTP codes are shown.
    pub demo: bool,
    /// An SMS gateway's URL with `{phone}` and `{text}`; none writes to the dev inbox.
    pub sms_gateway: Option<String>,
    /// A folder of rule files of our own; none: what is built in.
    pub rules: Option<PathBuf>,
    /// A folder of fonts of our own (see [`papers::Fonts::with_folder`]).
    pub fonts: Option<PathBuf>,
    /// Whom we may ask at addresses that insurers chose.
    pub outbound: Outbound,
    /// A folder of older partner gateways (see `docs/gateways/example.toml`).
    pub gateways: Option<PathBuf>,
    /// Keys that sign documents, and time stamps.
    pub signing: Signing,
    /// Accidents can be made to order and time for cases moved on.
    pub sandbox: bool,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// Where the keys of documents come from; without anything they are our own.
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// Units' seals and, if we are to have another than our own, the authority.
    pub seals: Option<PathBuf>,
    /// A time stamp authority (RFC 3161).
    pub tsa: Option<String>,
}

/// A running system.
pub struct System {
    pub app: App,
    /// Without a slash at the end.
    pub base_url: String,
    handle: Handle<SocketAddr>,
    signaling: Signaling,
    tasks: JoinSet<()>,
}

/// The SQLite file of a data folder, as a database URL.
pub fn database_in(data: &Path) -> String {
    format!("sqlite://{}", data.join("kuaichu.db").display())
}

impl System {
    /// Starts everything; when this returns, it answers.
    ///
    /// # Errors
    /// One sentence about what is missing: a busy port, a folder, a database.
    pub async fn start(options: Options) -> Result<Self> {
        let data = &options.data;
        std::fs::create_dir_all(data)
            .with_context(|| format!("the data folder {} cannot be made", data.display()))?;
        let listener = bind(options.listen)?;
        let address = listener.local_addr()?;
        let base_url = options
            .public_url
            .clone()
            .unwrap_or_else(|| url_of(address, options.tls));
        let internal = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let callback_url = format!("http://{}/internal/media-events", internal.local_addr()?);
        let app = open(&options, &base_url).await?;
        let signing = if options.sandbox {
            app.before_the_stories()
        } else {
            app.clone()
        };
        signing
            .ready_to_sign()
            .await
            .context("the authority that signs documents cannot be made")?;
        let keyring = Arc::new(Keyring::default());
        // The first key is made before the first phone asks.
        keys::jwks(&app)
            .await
            .context("the signing keys cannot be made")?;
        keyring
            .refresh(&app.db, app.wall.now())
            .await
            .context("the signing keys cannot be read")?;
        let signaling = media(&options, &app, callback_url, Arc::clone(&keyring)).await?;

        let handle = Handle::new();
        let mut tasks = JoinSet::new();
        let beside = crate::web::router().merge(signaling.router());
        let routes = backend::http::router(app.clone(), beside);
        serve(&mut tasks, &options, listener, handle.clone(), routes).await?;
        serve_plain(
            &mut tasks,
            internal,
            handle.clone(),
            backend::http::internal(app.clone()),
        )?;
        background::start(&mut tasks, &app, keyring);
        tasks.spawn(sms::run(app.clone(), sender(&options)?));
        Ok(Self {
            app,
            base_url,
            handle,
            signaling,
            tasks,
        })
    }

    /// Goes on beside the system, and ends with it.
    pub fn beside(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Stops in order: recordings are closed and reported while the case service still listens.
    pub async fn stop(mut self) {
        self.signaling.shutdown().await;
        self.handle.graceful_shutdown(Some(LAST_ANSWERS_WITHIN));
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_ANSWERS_WITHIN, ended).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        let port = address.port();
        format!("port {port} cannot be used; is something else running there? try --port with another number")
    })
}

fn url_of(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let host = if address.ip().is_unspecified() {
        own_address()
    } else {
        address.ip()
    };
    format!("{scheme}://{}", SocketAddr::new(host, address.port()))
}

/// The address by which others in the room reach this machine; loopback when there is no network.
pub fn own_address() -> IpAddr {
    // Connecting a datagram socket sends nothing: it only asks the routing table.
    let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    asked.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

async fn open(options: &Options, base_url: &str) -> Result<App> {
    let rules = Arc::new(crate::rules::load(options.rules.as_deref())?);
    let url = options
        .database
        .clone()
        .unwrap_or_else(|| database_in(&options.data));
    let db = Db::connect(&url).await.context("the database cannot be opened")?;
    db.migrate().await.context("the database cannot be migrated")?;
    let evidence = options.data.join("evidence");
    let blobs = Blobs::open(&evidence)
        .with_context(|| format!("the evidence folder {} cannot be used", evidence.display()))?;
    let secret = uuid(options.clock.now(), &*options.entropy);
    let config = Config {
        public_url: base_url.to_owned(),
        media_url: format!("{}/media/ws", base_url.replacen("http", "ws", 1)),
        evidence,
        recordings: options.data.join("recordings"),
        callback_secret: format!("{secret}{}", uuid(options.clock.now(), &*options.entropy)),
        demo: options.demo,
        trusted_proxies: Vec::new(),
        outbound: options.outbound.clone(),
        gateways: Arc::new(crate::gateways::load(options.gateways.as_deref())?),
    };
    let sandbox = if options.sandbox {
        let opened = Sandbox::open(&db, Arc::clone(&options.clock)).await;
        Some(opened.context("the sandbox's clock cannot be read")?)
    } else {
        None
    };
    let clock: Arc<dyn Clock> = match &sandbox {
        Some(sandbox) => sandbox.clock(),
        None => Arc::clone(&options.clock),
    };
    Ok(App {
        db,
        config: Arc::new(config),
        clock,
        wall: Arc::clone(&options.clock),
        entropy: Arc::clone(&options.entropy),
        blobs,
        live: Live::new(),
        fonts: Arc::new(crate::fonts::load(options.fonts.as_deref())?),
        rules,
        pki: Arc::new(pki(options)?),
        stamps: stamps(options)?,
        sandbox,
    })
}

/// The application without a server, for commands that do one thing; what it does counts like anything else.
///
/// # Errors
/// When there is no such database, or it cannot be used.
pub async fn offline(data: &Path, database: Option<String>, signing: Signing) -> Result<App> {
    let url = database.unwrap_or_else(|| database_in(data));
    if let Some(file) = url.strip_prefix("sqlite://")
        && !Path::new(file).exists()
    {
        // Opening it would make an empty one.
        anyhow::bail!("there is no database {file}: name it with --data or --database");
    }
    let options = Options {
        data: data.to_path_buf(),
        database: Some(url),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        tls: false,
        public_url: None,
        media_addresses: Vec::new(),
        demo: false,
        sms_gateway: None,
        rules: None,
        fonts: None,
        outbound: Outbound::new(Vec::new(), &[])?,
        gateways: None,
        signing,
        sandbox: false,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    open(&options, "").await
}

/// Others can ask for revoked certificates only where a name leads to us.
fn pki(options: &Options) -> Result<Pki> {
    let crl = options.public_url.as_ref().map(|url| format!("{url}/pki/crl"));
    Ok(match &options.signing.seals {
        Some(file) => {
            let told = backend::pki::read_seals(file)?;
            Pki::new(told.authority, told.seals, crl)
        }
        None => Pki::new(None, HashMap::new(), crl),
    })
}

fn stamps(options: &Options) -> Result<Option<Arc<stamp::Authority>>> {
    let Some(url) = &options.signing.tsa else {
        return Ok(None);
    };
    let authority = stamp::Authority::new(url).context("--tsa is not an address")?;
    Ok(Some(Arc::new(authority)))
}

struct Keys(Arc<Keyring>);

impl TicketKeys for Keys {
    fn key(&self, kid: &str) -> Option<jsonwebtoken::DecodingKey> {
        self.0.key(kid)
    }
}

async fn media(
    options: &Options,
    app: &App,
    callback_url: String,
    keyring: Arc<Keyring>,
) -> Result<Signaling> {
    let config = signaling::Config {
        recordings: app.config.recordings.clone(),
        media_addresses: options.media_addresses.clone(),
        udp_ports: 0..=0,
        callback_url,
        callback_secret: app.config.callback_secret.clone(),
        allowed_origins: None,
    };
    // Tickets and recordings are of the world outside.
    let clock = Arc::clone(&app.wall);
    Signaling::start(
        config,
        Arc::new(Keys(keyring)),
        Arc::new(move || clock.now().unix_micros()),
    )
    .await
    .context("the media service cannot start")
}

async fn serve(
    tasks: &mut JoinSet<()>,
    options: &Options,
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    routes: axum::Router,
) -> Result<()> {
    if !options.tls {
        return serve_plain(tasks, listener, handle, routes);
    }
    tls::choose_arithmetic();
    let (certificate, key) = tls::certificate(&options.data.join("tls"), own_address())?;
    let config = RustlsConfig::from_pem(certificate, key)
        .await
        .context("the certificate cannot be used")?;
    let server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
    tasks.spawn(async move {
        if let Err(error) = server
            .serve(routes.into_make_service_with_connect_info::<SocketAddr>())
            .await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the server stopped");
        }
    });
    Ok(())
}

fn serve_plain(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    routes: axum::Router,
) -> Result<()> {
    let server = axum_server::from_tcp(listener)?.handle(handle);
    tasks.spawn(async move {
        if let Err(error) = server
            .serve(routes.into_make_service_with_connect_info::<SocketAddr>())
            .await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the server stopped");
        }
    });
    Ok(())
}

fn sender(options: &Options) -> Result<sms::Sender> {
    match &options.sms_gateway {
        None => Ok(sms::Sender::Log),
        Some(template) => {
            let gateway = sms::Gateway::new(template).context("--sms-gateway cannot be used")?;
            Ok(sms::Sender::Gateway(gateway))
        }
    }
}
