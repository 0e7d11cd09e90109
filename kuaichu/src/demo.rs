//! `kuaichu demo`: the whole system with demo accounts, and a page of text that says what to open.
//!
//! Stopping and starting it again keeps every case and every account.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use backend::app::App;
use backend::clock::{SystemClock, SystemEntropy};
use backend::identity::seed::{self, Secrets};
use backend::outbound::Outbound;
use backend::sandbox::seeds;
use ipnet::IpNet;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};

use crate::private;
use crate::system::{Options, Signing, System, own_address};

#[derive(clap::Args)]
pub struct Arguments {
    /// The port to listen on; 0 chooses one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where cases, evidence and recordings are kept
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// Serve HTTPS to the local network, for a phone in the room
    #[arg(long)]
    tls: bool,
    /// `postgres://…` instead of an SQLite file in the data folder
    #[arg(long)]
    database: Option<String>,
    /// A folder of rule files that add regions or take the place of built-in ones
    #[arg(long, env = "KUAICHU_RULES")]
    rules: Option<PathBuf>,
    /// A folder of fonts for documents: a body face of your own, characters that no font has
    #[arg(long, env = "KUAICHU_FONTS")]
    fonts: Option<PathBuf>,
    /// How others reach this system, such as https://kuaichu.example: stands on every document
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Invented accidents to look at, more to order, and time for cases that can be moved on
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set,
          num_args = 0..=1, default_missing_value = "true")]
    sandbox: bool,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    outbound: OutboundArguments,
}

/// What signs documents, when it is not what we make ourselves.
#[derive(clap::Args)]
struct SigningArguments {
    /// A file that names the units' seals (TOML)
    #[arg(long, value_name = "FILE")]
    seals: Option<PathBuf>,
    /// A time stamp authority (RFC 3161) for documents with their last signature
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
}

/// Whom we may ask at addresses that insurers chose, beyond the public network.
#[derive(clap::Args)]
struct OutboundArguments {
    /// A private network in which insurers' addresses may lie, such as 10.20.0.0/16; may be repeated
    #[arg(long, value_name = "CIDR")]
    reach: Vec<IpNet>,
    /// Certificates (PEM) to believe there, beside the usual authorities
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// A folder of older partner gateways, a TOML file each, that insurers' messages can be sent to
    #[arg(long, env = "KUAICHU_GATEWAYS", value_name = "FOLDER")]
    gateways: Option<PathBuf>,
}

impl OutboundArguments {
    /// In a sandbox a receiver may be a program on this machine, without TLS.
    fn outbound(mut self, sandbox: bool) -> Result<Outbound> {
        if sandbox {
            let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            self.reach.extend(loopback.map(IpNet::from));
        }
        let roots = match &self.trust {
            Some(file) => {
                std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?
            }
            None => Vec::new(),
        };
        Ok(Outbound::new(self.reach, &roots)?.plain_inside(sandbox))
    }
}

/// What a program needs to use this demo; kept in the data folder beside the cases.
#[derive(Default, Serialize, Deserialize)]
struct Card {
    base_url: String,
    unit: String,
    officers: Vec<OfficerCard>,
    insurers: Vec<InsurerCard>,
    #[serde(default)]
    clerks: Vec<ClerkCard>,
    secrets: Secrets,
}

#[derive(Serialize, Deserialize)]
struct OfficerCard {
    name: String,
    password: String,
    totp_secret: String,
    role: String,
}

#[derive(Serialize, Deserialize)]
struct InsurerCard {
    client_id: String,
    client_secret: String,
    insurer: String,
}

#[derive(Serialize, Deserialize)]
struct ClerkCard {
    name: String,
    password: String,
    totp_secret: String,
    role: String,
    insurer: String,
}

/// Runs until it is told to stop.
///
/// # Errors
/// One sentence about what keeps it from starting.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (host, media) = if arguments.tls {
        (IpAddr::V4(Ipv4Addr::UNSPECIFIED), vec![own_address()])
    } else {
        (loopback, vec![loopback])
    };
    let data = std::path::absolute(&arguments.data).context("the data folder has no path")?;
    let mut system = System::start(Options {
        data: data.clone(),
        database: arguments.database,
        listen: SocketAddr::new(host, arguments.port),
        tls: arguments.tls,
        public_url: arguments
            .public_url
            .map(|url| url.trim_end_matches('/').to_owned()),
        media_addresses: media,
        demo: true,
        sms_gateway: None,
        rules: arguments.rules,
        fonts: arguments.fonts,
        gateways: arguments.outbound.gateways.clone(),
        outbound: arguments.outbound.outbound(arguments.sandbox)?,
        signing: Signing {
            seals: arguments.signing.seals,
            tsa: arguments.signing.tsa,
        },
        sandbox: arguments.sandbox,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
    .await?;
    let card = accounts(&system, &data.join("demo.json")).await?;
    print(&system.base_url, &card, arguments.tls);
    if arguments.sandbox {
        let app = system.app.clone();
        system.beside(stories(app));
    }
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    println!("stopping; everything is kept in {}", data.display());
    system.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn accounts(system: &System, file: &Path) -> Result<Card> {
    let known: Card = match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} cannot be read; remove it to get new accounts", file.display()))?,
        Err(_) => Card::default(),
    };
    let secrets = seed::demo(&system.app, &known.secrets)
        .await
        .context("the demo accounts cannot be made")?;
    let card = Card {
        base_url: system.base_url.clone(),
        unit: seed::UNIT.to_owned(),
        officers: secrets
            .officers
            .iter()
            .map(|officer| OfficerCard {
                name: officer.login.clone(),
                password: officer.password.clone(),
                totp_secret: officer.totp_secret.clone(),
                role: officer.role.clone(),
            })
            .collect(),
        insurers: secrets
            .clients
            .iter()
            .map(|client| InsurerCard {
                client_id: client.client_id.clone(),
                client_secret: client.secret.clone(),
                insurer: client.insurer.clone(),
            })
            .collect(),
        clerks: secrets
            .clerks
            .iter()
            .map(|clerk| ClerkCard {
                name: clerk.login.clone(),
                password: clerk.password.clone(),
                totp_secret: clerk.totp_secret.clone(),
                role: clerk.role.clone(),
                insurer: clerk.insurer.clone(),
            })
            .collect(),
        secrets,
    };
    private::write(file, &serde_json::to_vec_pretty(&card)?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(card)
}

/// Tells a new sandbox's stories while the system answers already, and says how far it is.
async fn stories(app: App) {
    if matches!(seeds::are_told(&app).await, Ok(true)) {
        return;
    }
    let (began, all) = (app.wall.now(), seeds::count());
    println!("sandbox: {all} invented accidents are being made; everything works meanwhile");
    let told = seeds::tell_all(&app, |told| {
        if told % 6 == 0 && told < all {
            println!("sandbox: {told} of {all}");
        }
    });
    match told.await {
        Ok(()) => {
            let seconds = app.wall.now().since(began).whole_seconds();
            println!("sandbox: {all} accidents are there ({seconds} s)");
        }
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "the sandbox is not whole"
        ),
    }
}

fn print(base: &str, card: &Card, tls: bool) {
    println!("\n快处 is running. Stop it with Ctrl-C; every case is kept.\n");
    println!("  driver    {base}/p/");
    qr(&format!("{base}/p/"));
    println!("  console   {base}/console/");
    for officer in &card.officers {
        println!(
            "            {:<5} {}  ({}; TOTP {})",
            officer.name, officer.password, officer.role, officer.totp_secret
        );
    }
    if let Some(first) = card.secrets.officers.first() {
        println!(
            "            for an authenticator app, {}'s TOTP (the sign-in page shows the code too):",
            first.login
        );
        qr(&first.totp_url);
    }
    println!("  insurers  {base}/insurer/");
    for clerk in &card.clerks {
        println!(
            "            {:<5} {}  ({} {}; TOTP {})",
            clerk.name, clerk.password, clerk.insurer, clerk.role, clerk.totp_secret
        );
    }
    println!("            programs:");
    for insurer in &card.insurers {
        println!(
            "            {}  {}  ({})",
            insurer.client_id, insurer.client_secret, insurer.insurer
        );
    }
    println!("  API       {base}/api");
    println!("  SMS inbox {base}/demo/inbox\n");
    if tls {
        println!("The certificate is our own: the phone's browser warns once; go on to the page.\n");
    }
}

fn qr(text: &str) {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::L) else {
        return;
    };
    // A terminal is dark: what is light in the code is drawn.
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    for line in drawn.lines() {
        println!("            {line}");
    }
}
