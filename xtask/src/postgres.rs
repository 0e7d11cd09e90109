//! A PostgreSQL cluster of our own for one test run: made, used, stopped, deleted.
//!
//! Never a server that happens to run. Durability is off, because nothing in it outlives the run.
//! The server is our child and dies with us however we die (`setpriv --pdeathsig`); only its folder
//! can be left behind, and the next run removes it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::packages::{is_root, postgres_folder};
use crate::run::{built_folder, program, quiet};

/// Where tests read the cluster's address.
pub const VARIABLE: &str = "KUAICHU_TEST_POSTGRES";

/// Tells tests that going without PostgreSQL is a failure.
pub const REQUIRED: &str = "KUAICHU_REQUIRE_POSTGRES";

/// Folder names begin with this and end with the process id of the run.
const FOLDER_PREFIX: &str = "kuaichu-test-postgres-";

/// PostgreSQL refuses to run as root; Debian's package brings this user.
const UNPRIVILEGED: [&str; 5] = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"];

/// A running cluster; dropping it stops and deletes it.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    pub url: String,
}

impl Cluster {
    /// Makes and starts a cluster and waits until it answers.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start; the message carries its log.
    pub fn start() -> Result<Self> {
        let programs = postgres_folder().context("PostgreSQL is not installed (package postgresql)")?;
        remove_leftovers();
        let folder = std::env::temp_dir().join(format!("{FOLDER_PREFIX}{}", std::process::id()));
        let identity: &[&str] = if is_root()? { &UNPRIVILEGED } else { &[] };

        let place = folder.to_string_lossy().into_owned();
        let initdb = [
            "--auth=trust",
            "--username=kuaichu",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        quiet(
            as_server(identity)
                .arg(programs.join("initdb"))
                .args(initdb)
                .args(["-D", &place]),
        )?;

        let port = free_port()?;
        let mut server = as_server(identity);
        server.arg(programs.join("postgres")).args(["-D", &place]);
        for setting in [
            &format!("port={port}"),
            "listen_addresses=127.0.0.1",
            &format!("unix_socket_directories={place}"),
            "max_connections=400",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "logging_collector=off",
        ] {
            server.args(["-c", setting]);
        }
        let mut server = server.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let log = server.stderr.take().context("the server has no log")?;
        // From here on a failure drops the cluster, which stops the server.
        let cluster = Self {
            server,
            folder,
            url: format!("postgres://kuaichu@127.0.0.1:{port}/postgres"),
        };
        await_ready(BufReader::new(log))?;
        Ok(cluster)
    }
}

/// Reads the log until the server answers, then keeps it flowing into a file in the target folder.
fn await_ready(mut log: BufReader<impl std::io::Read + Send + 'static>) -> Result<()> {
    let mut so_far = String::new();
    while log.read_line(&mut so_far)? > 0 {
        if so_far.contains("ready to accept connections") {
            std::thread::spawn(move || {
                let file = built_folder().map(|folder| folder.join("test-postgres.log"));
                let mut kept = file.ok().and_then(|file| File::create(file).ok());
                for line in log.lines().map_while(Result::ok) {
                    if let Some(kept) = &mut kept {
                        let _ = writeln!(kept, "{line}");
                    }
                }
            });
            return Ok(());
        }
    }
    bail!("the throw-away PostgreSQL did not start:\n{so_far}")
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's "stop now, politely"; by id, so that no other server is meant.
        let stopped = quiet(&mut program("kill", &["-INT", &self.server.id().to_string()]));
        if stopped.is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn as_server(identity: &[&str]) -> Command {
    let mut command = program("setpriv", &["--pdeathsig", "INT"]);
    command
        .args(identity)
        .arg("--")
        .current_dir("/")
        .env("LC_ALL", "C");
    command
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Folders of runs that are no longer alive.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        let Some(owner) = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)) else {
            continue;
        };
        if !Path::new("/proc").join(owner).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
