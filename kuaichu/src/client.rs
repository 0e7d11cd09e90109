//! `kuaichu client`: what an operator does about insurers' machine clients, in a database of either kind.
//!
//! It prints what was done in one line; a secret is printed once and is kept nowhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use backend::clock::{Clock, SystemClock, SystemEntropy};
use backend::identity::clients::public_key::{self, PublicKey};
use backend::identity::clients::registry::{self, Change, New, Period, Shown};
use backend::store::Db;
use clap::{Args, Subcommand};
use domain::time::Instant;

use crate::system::database_in;

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// `sqlite:///path/to/kuaichu.db` or `postgres://…`
    #[arg(long, global = true)]
    database: Option<String>,
    /// The demo's folder, when there is no --database
    #[arg(long, global = true, default_value = "data")]
    data: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Make a client of an insurer; give it --key, --jwks-url or --secret, or it can do nothing yet
    Add {
        /// What it calls itself: its client_id, such as picc-zj
        client: String,
        /// The insurer's code, four capital letters
        #[arg(long)]
        insurer: String,
        #[command(flatten)]
        change: ChangeArguments,
        /// Its public keys: a JWK set, a JWK, or PEM
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Draw a secret and print it once: for a sandbox; in earnest a client has keys
        #[arg(long)]
        secret: bool,
    },
    /// Show every client: what it may, where from, and its keys
    List,
    /// Change what a client may, where it comes from, or where its keys are
    Change {
        client: String,
        #[command(flatten)]
        change: ChangeArguments,
        /// Let it come from anywhere again
        #[arg(long, conflicts_with = "network")]
        any_network: bool,
        /// Read no keys from an address any more
        #[arg(long, conflicts_with = "jwks_url")]
        no_jwks_url: bool,
    },
    /// The public keys kept here; the old and the new one count side by side until the old one ends
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Draw a new secret and print it once; the one before is dead
    Secret {
        client: String,
        /// Take the secret away instead, and every token the client has
        #[arg(long)]
        remove: bool,
    },
    /// Take a client's rights away: its tokens die with the next request
    Disable { client: String },
    /// Give them back; the old tokens stay dead
    Enable { client: String },
}

#[derive(Args)]
struct ChangeArguments {
    /// What it may do; may be repeated. New clients: settlements:read
    #[arg(long)]
    scope: Vec<String>,
    /// A network it may come from, such as 203.0.113.0/24; may be repeated. New clients: from anywhere
    #[arg(long, value_name = "CIDR")]
    network: Vec<String>,
    /// Requests it may make, a minute. New clients: 600
    #[arg(long)]
    per_minute: Option<u32>,
    /// Where it publishes its own key set (https)
    #[arg(long)]
    jwks_url: Option<String>,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Show a client's keys and when they count
    List { client: String },
    /// Add keys: a JWK set, a JWK, or PEM
    Add {
        client: String,
        file: PathBuf,
        /// The key's id, when the file has none; PEM without it is named by its RFC 7638 thumbprint
        #[arg(long)]
        kid: Option<String>,
        /// PS256 for an RSA key in PEM; otherwise RS256
        #[arg(long)]
        alg: Option<String>,
        /// It counts from then on (2026-03-01T00:00:00Z); otherwise from now on
        #[arg(long, value_name = "TIME")]
        from: Option<Instant>,
        /// It counts until then; otherwise until it is ended
        #[arg(long, value_name = "TIME")]
        until: Option<Instant>,
    },
    /// Say when a key ends; tokens given for it live out their ten minutes
    End {
        client: String,
        kid: String,
        /// Otherwise now
        #[arg(long, value_name = "TIME")]
        at: Option<Instant>,
    },
    /// Take away a key that others may hold, and every token the client has
    Remove { client: String, kid: String },
}

impl ChangeArguments {
    fn change(self) -> Change {
        let given = |list: Vec<String>| (!list.is_empty()).then_some(list);
        Change {
            scopes: given(self.scope),
            networks: given(self.network),
            per_minute: self.per_minute,
            jwks_url: self.jwks_url.map(Some),
        }
    }
}

/// # Errors
/// One sentence about what was not done and why.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let db = open(arguments.database, &arguments.data).await?;
    let done = perform(&db, arguments.command).await;
    db.close().await;
    println!("{}", done?);
    Ok(ExitCode::SUCCESS)
}

/// The database of a command; it is not made.
pub(crate) async fn open(database: Option<String>, data: &Path) -> Result<Db> {
    let url = database.unwrap_or_else(|| database_in(data));
    if let Some(file) = url.strip_prefix("sqlite://")
        && !Path::new(file).exists()
    {
        // Opening it would make an empty one, and a client nobody ever sees.
        bail!("there is no database {file}: name it with --data or --database");
    }
    let db = Db::connect(&url).await.context("the database cannot be opened")?;
    db.migrate().await.context("the database cannot be migrated")?;
    Ok(db)
}

async fn perform(db: &Db, command: Command) -> Result<String> {
    let now = SystemClock.now();
    Ok(match command {
        Command::Add {
            client,
            insurer,
            change,
            key,
            secret,
        } => {
            let new = New {
                client_id: client.clone(),
                insurer,
                change: change.change(),
                keys: key
                    .map(|file| keys(&file, None, None))
                    .transpose()?
                    .unwrap_or_default(),
            };
            registry::add(db, new, now).await?;
            let mut done = format!("client {client} is made");
            if secret {
                let secret = registry::new_secret(db, &SystemEntropy, &client, now).await?;
                done = format!("{done}; its secret, shown only now: {secret}");
            }
            done
        }
        Command::List => list(&registry::list(db).await?, now),
        Command::Change {
            client,
            change,
            any_network,
            no_jwks_url,
        } => {
            let mut change = change.change();
            if any_network {
                change.networks = Some(Vec::new());
            }
            if no_jwks_url {
                change.jwks_url = Some(None);
            }
            registry::change(db, &client, change).await?;
            format!("client {client} is changed")
        }
        Command::Keys { command } => of_keys(db, command, now).await?,
        Command::Secret {
            client,
            remove: false,
        } => {
            let secret = registry::new_secret(db, &SystemEntropy, &client, now).await?;
            format!("the secret of {client}, shown only now: {secret}")
        }
        Command::Secret { client, remove: true } => {
            registry::remove_secret(db, &client, now).await?;
            format!("client {client} has no secret and no token any more")
        }
        Command::Disable { client } => {
            registry::disable(db, &client, now).await?;
            format!("client {client} is disabled, and so are its tokens")
        }
        Command::Enable { client } => {
            registry::enable(db, &client).await?;
            format!("client {client} may ask for tokens again")
        }
    })
}

async fn of_keys(db: &Db, command: KeysCommand, now: Instant) -> Result<String> {
    Ok(match command {
        KeysCommand::List { client } => {
            let all = registry::list(db).await?;
            let found = all
                .iter()
                .find(|shown| shown.client.client_id.as_str() == client)
                .with_context(|| format!("there is no client {client}"))?;
            keys_of(found, now)
        }
        KeysCommand::Add {
            client,
            file,
            kid,
            alg,
            from,
            until,
        } => {
            let keys = keys(&file, kid, alg.as_deref())?;
            let period = Period {
                from: from.unwrap_or(now),
                until,
            };
            registry::add_keys(db, &client, &keys, period, now).await?;
            let kids: Vec<&str> = keys.iter().map(|key| key.kid.as_str()).collect();
            format!("client {client} has the key {}", kids.join(", "))
        }
        KeysCommand::End { client, kid, at } => {
            let at = at.unwrap_or(now);
            registry::end_key(db, &client, &kid, at).await?;
            format!("the key {kid} of {client} ends at {at}")
        }
        KeysCommand::Remove { client, kid } => {
            registry::remove_key(db, &client, &kid, now).await?;
            format!("client {client} has no key {kid} and no token any more")
        }
    })
}

fn keys(file: &Path, kid: Option<String>, alg: Option<&str>) -> Result<Vec<PublicKey>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    public_key::read(&text, kid, alg).with_context(|| format!("{} is not taken", file.display()))
}

fn list(all: &[Shown], now: Instant) -> String {
    let blocks: Vec<String> = all.iter().map(|shown| block(shown, now)).collect();
    if blocks.is_empty() {
        return "there are no clients: kuaichu client add --help".to_owned();
    }
    blocks.join("\n")
}

fn block(shown: &Shown, now: Instant) -> String {
    let client = &shown.client;
    let mut lines = vec![
        match client.disabled_at {
            Some(at) => format!("{}  {}  disabled at {at}", client.client_id, client.insurer),
            None => format!("{}  {}", client.client_id, client.insurer),
        },
        format!("  may      {}", client.scopes.0.join(" ")),
        format!("  from     {}", or(client.networks.0.join(" "), "anywhere")),
        format!("  rate     {} requests a minute", client.per_minute),
    ];
    if shown.has_secret {
        lines.push("  secret   yes".to_owned());
    }
    if let Some(url) = &client.jwks_url {
        lines.push(format!("  keys at  {url}"));
    }
    if !shown.keys.is_empty() {
        lines.push(keys_of(shown, now));
    }
    lines.join("\n")
}

fn keys_of(shown: &Shown, now: Instant) -> String {
    let line = |key: &backend::store::client_keys::ClientKeyRow| {
        let state = match key.not_after {
            Some(end) if end <= now => "over",
            _ if key.not_before > now => "not yet",
            _ => "counts",
        };
        let until = key
            .not_after
            .map(|end| format!(" until {end}"))
            .unwrap_or_default();
        format!(
            "  key      {}  {}  {state}  from {}{until}",
            key.kid, key.alg, key.not_before
        )
    };
    let lines: Vec<String> = shown.keys.iter().map(line).collect();
    or(lines.join("\n"), "no keys are kept here")
}

fn or(text: String, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text }
}
