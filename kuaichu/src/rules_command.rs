//! `kuaichu rules …`: reads the arguments and hands them on.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use backend::store::Db;
use clap::Subcommand;
use domain::deadlines::Term;
use kuaichu::replay::{self, Style};
use kuaichu::rules;
use kuaichu::system::database_in;
use time::Date;

#[derive(Subcommand)]
pub enum RulesCommand {
    /// Say what rule files hold, or what is wrong in them: `file:line: reason`, exit 2
    Check {
        /// Files, or folders of `.toml` files
        #[arg(required = true)]
        packs: Vec<PathBuf>,
    },
    /// Show which recorded accidents a pack would settle otherwise, and by how much; changes nothing
    Replay {
        /// A file, or a folder of `.toml` files, put in the place of what it replaces
        pack: PathBuf,
        /// Accidents that happened on this day or later, Chinese calendar: 2026-03-01
        #[arg(long, value_parser = day)]
        since: Date,
        /// One JSON object a line: a case each, the summary last
        #[arg(long)]
        json: bool,
        /// `sqlite:///path/to/kuaichu.db` or `postgres://…`
        #[arg(long)]
        database: Option<String>,
        /// The demo's folder, when there is no --database
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// The folder of rule files that the server works by
        #[arg(long, env = "KUAICHU_RULES")]
        rules: Option<PathBuf>,
    },
    /// Count a term: the last day for what an event on a day sets off
    Deadline {
        /// finding, late_report, review, review_forward, review_file, review_decision, retain_file, retain_video
        #[arg(value_parser = term)]
        term: Term,
        /// The day of the event, which is not counted: 2026-03-01
        #[arg(long, value_parser = day)]
        from: Date,
        /// Six-digit code of the district
        #[arg(long, default_value = "330681")]
        region: String,
        /// A folder of rule files that add regions or take the place of built-in ones
        #[arg(long, env = "KUAICHU_RULES")]
        rules: Option<PathBuf>,
    },
}

fn day(text: &str) -> Result<Date, String> {
    domain::day::parse(text).ok_or_else(|| "a day is written 2026-03-01".to_owned())
}

fn term(text: &str) -> Result<Term, String> {
    let known = Term::ALL.into_iter().find(|term| term.code() == text);
    known.ok_or_else(|| "no such term".to_owned())
}

impl RulesCommand {
    /// # Errors
    /// One sentence about what cannot be read.
    pub fn run(self) -> Result<ExitCode> {
        let code = match self {
            Self::Check { packs } => rules::check(&packs, &mut stdout().lock(), &mut stderr().lock())?,
            Self::Deadline {
                term,
                from,
                region,
                rules: folder,
            } => {
                let packs = rules::load(folder.as_deref())?;
                let asked = (term, from, region.as_str());
                rules::deadline(&packs, asked, &mut stdout().lock(), &mut stderr().lock())?
            }
            Self::Replay {
                pack,
                since,
                json,
                database,
                data,
                rules: folder,
            } => {
                let packs = match rules::load_with(folder.as_deref(), &pack) {
                    Ok(packs) => packs,
                    Err(error) => return Ok(rules::tell(error, &mut stderr().lock())?.into()),
                };
                let url = database.unwrap_or_else(|| database_in(&data));
                let style = if json { Style::Json } else { Style::Table };
                let replay = async {
                    let db = open(&url).await?;
                    let told = replay::run(&db, &packs, (since, style), &mut stdout().lock(), draw).await;
                    clear();
                    told.context("the recorded accidents cannot be replayed")
                };
                crate::runtime()?.block_on(replay)?;
                rules::GOOD
            }
        };
        Ok(code.into())
    }
}

/// Opening an SQLite file that is not there would make one.
async fn open(url: &str) -> Result<Db> {
    if let Some(path) = url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        bail!("there is no database file {path}");
    }
    Db::connect(url).await.context("the database cannot be opened")
}

fn draw(done: u64, all: u64) {
    if stderr().is_terminal() {
        let mut err = stderr().lock();
        // A bar that cannot be drawn is no reason to stop.
        let _ = write!(err, "{}", replay::bar(done, all)).and_then(|()| err.flush());
    }
}

/// The bar leaves no trace on the screen.
fn clear() {
    if stderr().is_terminal() {
        let _ = write!(stderr().lock(), "\r\x1b[2K");
    }
}
