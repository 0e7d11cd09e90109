//! `kuaichu`: reads the arguments, starts what they ask for, and says in one line what went wrong.

use std::io::{BufReader, IsTerminal, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kuaichu::{audit, clerk, client, demo, dossier, insurer, samples, settle, verify};
use rules_command::RulesCommand;

mod rules_command;

#[derive(Parser)]
#[command(name = "kuaichu", version, about = "快处: the remote traffic-accident desk")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything in one process with demo accounts, and print what to open
    Demo(demo::Arguments),
    /// Settle accidents from files, without a server
    Settle {
        /// A settlement file; `-` reads standard input
        file: PathBuf,
        /// One JSON object a line in, one a line out
        #[arg(long)]
        lines: bool,
        /// A folder of rule files that add regions or take the place of built-in ones
        #[arg(long, env = "KUAICHU_RULES")]
        rules: Option<PathBuf>,
    },
    /// Check a document: who signed what and when, and what was changed since
    ///
    /// Exit code 0 for a valid document, 2 for one that is refused, 1 when it cannot be looked at.
    Verify(verify::Arguments),
    /// Write everything of a case into one sealed ZIP, for court or review
    Dossier(dossier::Arguments),
    /// Write one of every paper, signed by everybody, with the certificate to trust beside them
    Samples(samples::Arguments),
    /// National cryptography: sign a file by SM2 and SM3, or check such a signature
    #[cfg(feature = "gm")]
    Gm {
        #[command(subcommand)]
        deed: kuaichu::gm::Deed,
    },
    /// Check what is stored, or an evidence file
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Check rule files, and see what they would change
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Insurers' machine clients: make them, give them keys, end them
    ///
    /// Everything counts from the next request on, also in a server that is running.
    Client(client::Arguments),
    /// Insurers' people: make the first administrator, help whoever lost the way in
    ///
    /// Everything counts from the next request on, also in a server that is running.
    Clerk(clerk::Arguments),
    /// What an insurer brings along: its own sign-in for its clerks
    Insurer(insurer::Arguments),
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check every chain of facts, and that replaying it gives the stored row; with a FILE, that evidence file, offline
    Verify {
        /// An evidence file (ZIP): 0 it is good, 2 it is not, 1 nobody said whom to trust
        file: Option<PathBuf>,
        /// The certificate (PEM) that the issuing unit publishes
        #[arg(long, requires = "file")]
        ca: Option<PathBuf>,
        /// One JSON object instead of lines
        #[arg(long, requires = "file")]
        json: bool,
        /// `sqlite:///path/to/kuaichu.db` or `postgres://…`
        #[arg(long, conflicts_with = "file")]
        database: Option<String>,
        /// The demo's folder, when there is no --database
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) if nobody_reads(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kuaichu: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// What went wrong and why, each thing said once: libraries like to repeat their causes.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => {
            log_to_stderr();
            runtime()?.block_on(demo::run(arguments))
        }
        Command::Settle { file, lines, rules } => settle_file(&file, lines, rules.as_deref()),
        Command::Verify(arguments) => verify::run(&arguments, &mut stdout().lock()),
        Command::Dossier(arguments) => {
            log_to_stderr();
            runtime()?.block_on(dossier::run(arguments))
        }
        Command::Samples(arguments) => samples::run(&arguments),
        #[cfg(feature = "gm")]
        Command::Gm { deed } => kuaichu::gm::run(&deed),
        Command::Audit { command } => audit_command(command),
        Command::Rules { command } => command.run(),
        Command::Insurer(arguments) => runtime()?.block_on(insurer::run(arguments)),
        Command::Clerk(arguments) => runtime()?.block_on(clerk::run(arguments)),
        Command::Client(arguments) => runtime()?.block_on(client::run(arguments)),
        Command::Openapi => {
            println!("{}", backend::http::openapi::document().to_pretty_json()?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn audit_command(
    AuditCommand::Verify {
        file,
        ca,
        json,
        database,
        data,
    }: AuditCommand,
) -> anyhow::Result<ExitCode> {
    match file {
        Some(file) => audit::verify_file(&file, ca.as_deref(), json),
        None => runtime()?.block_on(audit::verify(database, &data)),
    }
}

fn settle_file(file: &Path, lines: bool, rules: Option<&Path>) -> anyhow::Result<ExitCode> {
    use anyhow::Context;
    let packs = kuaichu::rules::load(rules)?;
    let (mut out, mut err) = (stdout().lock(), stderr().lock());
    let code = if file.as_os_str() == "-" {
        settle::run(stdin().lock(), lines, &packs, &mut out, &mut err)?
    } else {
        let opened = open(file).with_context(|| format!("{} cannot be read", file.display()));
        match opened {
            Ok(opened) => settle::run(BufReader::new(opened), lines, &packs, &mut out, &mut err)?,
            Err(error) => {
                eprintln!("{error:#}");
                settle::BAD_INPUT
            }
        }
    };
    Ok(ExitCode::from(code))
}

/// A file that can be read; a folder opens too, and only reading it would fail.
fn open(file: &Path) -> std::io::Result<std::fs::File> {
    let opened = std::fs::File::open(file)?;
    if opened.metadata()?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    Ok(opened)
}

/// Whoever read our output has seen enough: `… | head -1`.
fn nobody_reads(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// JSON for machines, short lines for a person at a terminal; `RUST_LOG` chooses how much.
fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,kuaichu=info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    if stderr().is_terminal() {
        builder.compact().init()
    } else {
        builder.json().init()
    }
}
