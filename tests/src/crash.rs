//! The service killed in the middle of its work, again and again (SIGKILL), while findings are issued, signed and
//! taken back; and what must hold afterwards.
//!
//! It is the built program on an SQLite file of its own. Whoever loses an answer asks again with the same key, as a
//! phone does.

mod after;
mod desk;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::client::Client;
use desk::{Case, Desk};

pub use after::Found;

/// Cases that are worked on at the same time.
const AT_ONCE: usize = 6;
/// Cases made before the first kill.
const CASES: usize = 12;
/// One address may begin so many reports at once; a new process counts anew.
const REPORTS_AT_ONCE: usize = 6;
/// The longest life between two kills.
const LIFE_MS_MAX: u64 = 700;

/// A program that is started and killed on the same folder and port.
pub struct Service {
    program: PathBuf,
    data: TempDir,
    address: SocketAddr,
    running: Option<Child>,
}

impl Service {
    /// # Panics
    /// When there is no built program beside this one.
    pub fn new() -> Self {
        let me = std::env::current_exe().expect("a test knows where it lies");
        let built = me.ancestors().skip(1).map(|folder| folder.join("kuaichu"));
        let program = built.take(2).find(|program| program.is_file());
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Self {
            program: program.expect("kuaichu is built: cargo build --workspace --bin kuaichu"),
            data: TempDir::new().expect("a folder"),
            address: free.local_addr().expect("a bound port"),
            running: None,
        }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Starts it; when this returns, it answers.
    pub async fn start(&mut self) {
        let child = Command::new(&self.program)
            .args([
                "demo",
                "--sandbox",
                "false",
                "--port",
                &self.address.port().to_string(),
                "--data",
            ])
            .arg(self.data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.running = Some(child.expect("the program starts"));
        let mut tries = 0;
        // It listens before its accounts are made.
        let card = self.data.path().join("demo.json");
        while TcpStream::connect(self.address).is_err() || !card.is_file() {
            tries += 1;
            let running = self.running.as_mut().expect("it was just started");
            assert!(
                running.try_wait().expect("its state").is_none(),
                "it ended by itself"
            );
            assert!(tries < 3_000, "it does not answer");
            pause(Duration::from_millis(10)).await;
        }
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("a process of ours can be killed");
            child.wait().expect("it ends");
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills the service `kills` times during work, and tells what is left.
///
/// # Panics
/// When anything that was promised does not hold.
pub async fn run(kills: u32, seed: u64) -> Found {
    let mut service = Service::new();
    service.start().await;
    let desk = Arc::new(Desk::signs_in(&service).await);
    let mut cases = Vec::new();
    while cases.len() < CASES {
        for number in 0..REPORTS_AT_ONCE {
            cases.push(Case::decided(&desk, &service.base(), cases.len() * 10 + number).await);
        }
        service.kill();
        service.start().await;
    }
    let accidents: Vec<String> = cases.iter().map(Case::accident).collect();
    let (stop, stopping) = watch::channel(false);
    let mut work = JoinSet::new();
    let per_worker = cases.len().div_ceil(AT_ONCE);
    while !cases.is_empty() {
        let own: Vec<Case> = cases.drain(..per_worker.min(cases.len())).collect();
        work.spawn(desk::works(Arc::clone(&desk), own, stopping.clone()));
    }
    let mut chance = seed;
    for _ in 0..kills {
        pause(Duration::from_millis(20 + next(&mut chance) % LIFE_MS_MAX)).await;
        service.kill();
        service.start().await;
    }
    stop.send(true).expect("workers listen");
    let mut signed = Vec::new();
    while let Some(own) = work.join_next().await {
        signed.extend(own.expect("a worker ends well"));
    }
    let authority = Client::new(&service.base()).bytes_of("/pki/ca.pem").await;
    service.kill();
    after::look(service.folder(), &authority, &accidents, &signed, kills).await
}

/// Until the time is over; there is nothing else to wait for, a kill comes at any moment.
async fn pause(duration: Duration) {
    let _ = tokio::time::timeout(duration, std::future::pending::<()>()).await;
}

/// splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
