//! `kuaichu insurer`: what an operator tells about an insurer: where its own people sign in.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use backend::clock::{Clock, SystemClock, SystemEntropy};
use backend::identity::clerks::people::By;
use backend::identity::clerks::providers::{self, New};
use backend::store::Db;
use backend::store::insurer_oidc::ProviderRow;
use clap::{Args, Subcommand};

use crate::client::open;

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
    /// Let an insurer's clerks sign in where its own people do (OpenID Connect)
    Oidc {
        #[command(subcommand)]
        command: OidcCommand,
    },
}

#[derive(Subcommand)]
enum OidcCommand {
    /// Name the insurer's provider; the insurer registers our address …/api/v1/clerk/oidc/callback there
    Set {
        /// The insurer's code, four capital letters
        insurer: String,
        /// Exactly as the provider's discovery document writes it (https)
        #[arg(long)]
        issuer: String,
        /// What the provider calls us
        #[arg(long)]
        client_id: String,
        /// A file that holds the secret the provider gave us, and nothing else
        #[arg(long, value_name = "FILE")]
        secret_file: PathBuf,
        /// What somebody who comes in for the first time may: viewer, handler or admin. Without it nobody new comes in
        #[arg(long)]
        role: Option<String>,
    },
    /// Take it away; sessions it vouched for end
    Remove { insurer: String },
    /// Show every insurer's provider
    Show,
}

/// # Errors
/// One sentence about what was not done and why.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let db = open(arguments.database, &arguments.data).await?;
    let Command::Oidc { command } = arguments.command;
    let done = perform(&db, command).await;
    db.close().await;
    println!("{}", done?);
    Ok(ExitCode::SUCCESS)
}

async fn perform(db: &Db, command: OidcCommand) -> Result<String> {
    let by = By {
        clerk: None,
        now: SystemClock.now(),
        entropy: &SystemEntropy,
    };
    match command {
        OidcCommand::Set {
            insurer,
            issuer,
            client_id,
            secret_file,
            role,
        } => {
            let secret = std::fs::read_to_string(&secret_file)
                .with_context(|| format!("{} cannot be read", secret_file.display()))?;
            let new = New {
                insurer: insurer.clone(),
                issuer: issuer.clone(),
                client_id,
                client_secret: secret.trim().to_owned(),
                new_role: role,
            };
            providers::set(db, new, by).await?;
            Ok(format!("clerks of {insurer} may sign in at {issuer}"))
        }
        OidcCommand::Remove { insurer } => {
            providers::remove(db, &insurer, by).await?;
            Ok(format!("clerks of {insurer} sign in with a password only"))
        }
        OidcCommand::Show => Ok(show(&providers::list(db).await?)),
    }
}

fn show(all: &[ProviderRow]) -> String {
    if all.is_empty() {
        return "no insurer has a sign-in of its own: kuaichu insurer oidc set --help".to_owned();
    }
    let line = |row: &ProviderRow| {
        let new = match &row.new_role {
            Some(role) => format!("somebody new is {role}"),
            None => "nobody new comes in".to_owned(),
        };
        format!("{}  {}  as {}  {new}", row.insurer, row.issuer, row.client_id)
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}
