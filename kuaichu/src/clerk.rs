//! `kuaichu clerk`: what an operator does about the people of insurers, in a database of either kind: makes the first
//! administrator, and helps whoever lost the way in.
//!
//! It prints what was done; a password is printed once and is kept nowhere.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use backend::clock::{Clock, SystemClock, SystemEntropy};
use backend::identity::clerks::access::Access;
use backend::identity::clerks::people::{self, By, LIST_MAX, New, Trouble};
use backend::identity::clerks::{Role, shown_login};
use backend::identity::totp;
use backend::store::Db;
use backend::store::clerks::{self, ClerkRow};
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
    /// Make a clerk of an insurer; the password and the second factor are printed once
    Add {
        /// What they will type to sign in, such as liufang or an address
        login: String,
        /// The insurer's code, four capital letters
        #[arg(long)]
        insurer: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// viewer looks, handler answers and confirms payments, admin does everything
        #[arg(long, default_value = "viewer")]
        role: String,
    },
    /// Show everybody
    List {
        /// Of this insurer only
        #[arg(long)]
        insurer: Option<String>,
    },
    /// Take a clerk's access away, open sessions included
    Disable {
        /// The login, or the id that list shows
        clerk: String,
    },
    /// Give it back
    Enable { clerk: String },
    /// Draw a new password and a new second factor, and print them once
    Reset { clerk: String },
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

async fn perform(db: &Db, command: Command) -> Result<String> {
    let by = By {
        clerk: None,
        now: SystemClock.now(),
        entropy: &SystemEntropy,
    };
    match command {
        Command::Add {
            login,
            insurer,
            name,
            role,
        } => {
            let new = New {
                insurer: insurer.parse().map_err(|_| Trouble::Insurer(insurer))?,
                login,
                name,
                role: Role::read(&role).ok_or(Trouble::Role(role))?,
            };
            let access = drawn().await?;
            let mut tx = db.write().await?;
            let clerk = people::add(&mut tx, new, &access, by).await?;
            tx.commit().await?;
            Ok(told("is made", &clerk, &access))
        }
        Command::List { insurer } => {
            let insurer = insurer
                .map(|code| code.parse().map_err(|_| Trouble::Insurer(code)))
                .transpose()?;
            let mut tx = db.read().await?;
            Ok(list(&clerks::list(&mut tx, insurer, LIST_MAX).await?))
        }
        Command::Disable { clerk } => {
            let mut tx = db.write().await?;
            let mut row = people::find(&mut tx, &clerk).await?;
            people::disable(&mut tx, &mut row, by).await?;
            tx.commit().await?;
            Ok(format!("clerk {clerk} is disabled and signed out"))
        }
        Command::Enable { clerk } => {
            let mut tx = db.write().await?;
            let mut row = people::find(&mut tx, &clerk).await?;
            people::enable(&mut tx, &mut row, by).await?;
            tx.commit().await?;
            Ok(format!("clerk {clerk} may sign in again"))
        }
        Command::Reset { clerk } => {
            let access = drawn().await?;
            let mut tx = db.write().await?;
            let row = people::find(&mut tx, &clerk).await?;
            people::reset(&mut tx, &row, &access, by).await?;
            tx.commit().await?;
            Ok(told("has a new access", &row, &access))
        }
    }
}

async fn drawn() -> Result<Access> {
    Access::draw(&SystemEntropy)
        .await
        .map_err(|error| anyhow!("no password can be drawn: {error}"))
}

fn told(done: &str, clerk: &ClerkRow, access: &Access) -> String {
    let login = shown_login(clerk);
    format!(
        "clerk {login} {done}; shown only now:\n  password  {}\n  TOTP      {}",
        access.password,
        totp::url(&access.totp_secret, &login)
    )
}

fn list(all: &[ClerkRow]) -> String {
    if all.is_empty() {
        return "there are no clerks: kuaichu clerk add --help".to_owned();
    }
    let line = |clerk: &ClerkRow| {
        let disabled = clerk
            .disabled_at
            .map(|at| format!("  disabled at {at}"))
            .unwrap_or_default();
        let through = match &clerk.issuer {
            Some(issuer) => format!("  through {issuer} ({})", clerk.id),
            None => String::new(),
        };
        let (login, name, role) = (shown_login(clerk), &clerk.name, &clerk.role);
        format!("{}  {login}  {name}  {role}{through}{disabled}", clerk.insurer)
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}
