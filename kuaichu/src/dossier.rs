//! `kuaichu dossier`: everything of a case as one sealed file, for whoever runs the installation.
//!
//! That it was handed out, and what for, is recorded with the case, as when an officer downloads it.

use std::fs::{self, OpenOptions};
use std::io::{IsTerminal, stderr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use backend::app::App;
use backend::app::evidence_file::Asking;
use backend::store::findings;
use domain::id::AccidentId;

use crate::replay::bar;
use crate::system::{self, Signing};

/// Exit code when something is missing or altered; the file says so, too.
const NOT_WHOLE: u8 = 2;
/// The progress bar counts in megabytes.
const MEGABYTE: u64 = 1_000_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// The number of its finding, or the case's id
    case: String,
    /// Where to write the ZIP; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What it is for; recorded with the case
    #[arg(long, default_value = "系统管理员导出")]
    reason: String,
    /// `sqlite:///path/to/kuaichu.db` or `postgres://…`
    #[arg(long)]
    database: Option<String>,
    /// The folder with evidence and, when there is no --database, the database
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// The seals file that the server was started with, if it was
    #[arg(long, value_name = "FILE")]
    seals: Option<PathBuf>,
}

/// # Errors
/// One sentence about what was not done and why. Half a file is never left behind.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    if arguments.out.exists() {
        bail!("{} is there already", arguments.out.display());
    }
    let signing = Signing {
        seals: arguments.seals,
        ..Signing::default()
    };
    let app = system::offline(&arguments.data, arguments.database, signing).await?;
    let done = write(&app, &arguments.case, &arguments.out, &arguments.reason).await;
    app.db.close().await;
    done
}

/// Writes the evidence file of `case` to `out`.
///
/// # Errors
/// As [`run`].
pub async fn write(app: &App, case: &str, out: &Path, reason: &str) -> Result<ExitCode> {
    let id = find(app, case).await?;
    let file = app.evidence_file(Asking::House, id, reason).await?;
    let partial = out.with_extension("part");
    // Everything of a case is nobody's business but its reader's.
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)
        .with_context(|| format!("{} cannot be written", partial.display()))?;
    let shows = stderr().is_terminal();
    let writing = tokio::task::spawn_blocking(move || {
        let mut shown = u64::MAX;
        let packed = file.write(&opened, &mut |done, all| {
            let megabytes = done / MEGABYTE;
            if shows && megabytes != shown {
                shown = megabytes;
                eprint!("{}", bar(megabytes, all / MEGABYTE));
            }
        })?;
        opened.sync_all()?;
        anyhow::Ok(packed)
    });
    let packed = match writing.await.context("the writing stopped")? {
        Ok(packed) => packed,
        Err(error) => {
            // What is left of it is no ZIP; the error says why.
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
    };
    fs::rename(&partial, out).with_context(|| format!("{} cannot be written", out.display()))?;
    if shows {
        eprintln!();
    }
    println!(
        "{}: {} files, {} bytes",
        out.display(),
        packed.files,
        packed.bytes
    );
    for path in &packed.altered {
        println!("{path} is not what was recorded");
    }
    if packed.absent > 0 {
        println!("{} recorded files are gone", packed.absent);
    }
    let whole = packed.altered.is_empty() && packed.absent == 0;
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NOT_WHOLE)
    })
}

async fn find(app: &App, case: &str) -> Result<AccidentId> {
    if let Ok(id) = case.parse() {
        return Ok(id);
    }
    let mut tx = app.db.read().await?;
    let found = findings::load(&mut tx, case).await?;
    let finding = found.with_context(|| format!("there is no finding {case} and no case of that id"))?;
    Ok(finding.accident_id)
}
