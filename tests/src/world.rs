//! A running system in this process, all of it: an empty database of either kind, time that stands still, ids
//! that are the same every time, a port of its own and a folder that goes with it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use backend::clock::Clock;
use backend::identity::seed::{self, ClerkSecret, OfficerSecret, Secrets};
use backend::outbound::Outbound;
use backend::store::testing::{self, TestDb};
use kuaichu::system::{Options, Signing, System};
use serde_json::json;
use tempfile::TempDir;

use crate::acting::Officer;
use crate::client::Client;
use crate::still::{SeededEntropy, StillClock};

/// The system under test and what a test may turn: time, people, nothing else.
pub struct World {
    /// The unit that general links belong to.
    pub unit: String,
    pub system: System,
    clock: Arc<StillClock>,
    secrets: Secrets,
    officers_used: AtomicUsize,
    database: TestDb,
    _folder: TempDir,
}

/// What a system is told besides.
struct Told {
    outbound: Outbound,
    gateways: Option<PathBuf>,
    sandbox: bool,
}

/// Nobody on this machine is reached.
fn nobody() -> Outbound {
    Outbound::new(Vec::new(), &[]).expect("no certificates, no trouble")
}

/// This machine, without TLS.
fn here() -> Outbound {
    let loopback = "127.0.0.1/32".parse().expect("a network");
    let outbound = Outbound::new(vec![loopback], &[]).expect("no certificates, no trouble");
    outbound.plain_inside(true)
}

impl World {
    /// On a SQLite file of its own.
    pub async fn on_sqlite() -> Self {
        Self::on(testing::sqlite().await).await
    }

    /// The same, with keys or a time stamp authority of one's own.
    pub async fn on_sqlite_with(signing: Signing) -> Self {
        Self::with(testing::sqlite().await, signing, (nobody(), false)).await
    }

    /// A sandbox, nothing told in it yet; it reaches this machine.
    pub async fn sandbox_on_sqlite() -> Self {
        Self::with(testing::sqlite().await, Signing::default(), (here(), true)).await
    }

    /// The same; `None` when there is no server and none is demanded.
    pub async fn sandbox_on_postgres() -> Option<Self> {
        let database = testing::postgres().await?;
        Some(Self::with(database, Signing::default(), (here(), true)).await)
    }

    /// On a PostgreSQL database of its own; `None` when there is no server and none is demanded.
    pub async fn on_postgres() -> Option<Self> {
        Some(Self::on(testing::postgres().await?).await)
    }

    /// As [`World::on_sqlite`], with somebody it can reach.
    pub async fn on_sqlite_reaching(outbound: Outbound) -> Self {
        Self::with(testing::sqlite().await, Signing::default(), (outbound, false)).await
    }

    /// As [`World::on_postgres`], with somebody it can reach.
    pub async fn on_postgres_reaching(outbound: Outbound) -> Option<Self> {
        let database = testing::postgres().await?;
        Some(Self::with(database, Signing::default(), (outbound, false)).await)
    }

    /// As [`World::on_sqlite_reaching`], with a folder of older gateways.
    pub async fn on_sqlite_telling(outbound: Outbound, gateways: &Path) -> Self {
        let told = Told {
            outbound,
            sandbox: false,
            gateways: Some(gateways.to_owned()),
        };
        Self::told(testing::sqlite().await, Signing::default(), told).await
    }

    async fn on(database: TestDb) -> Self {
        Self::with(database, Signing::default(), (nobody(), false)).await
    }

    async fn with(database: TestDb, signing: Signing, (outbound, sandbox): (Outbound, bool)) -> Self {
        let told = Told {
            outbound,
            sandbox,
            gateways: None,
        };
        Self::told(database, signing, told).await
    }

    async fn told(database: TestDb, signing: Signing, told: Told) -> Self {
        let folder = TempDir::new().expect("a folder for evidence");
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let clock = Arc::new(StillClock::default());
        let system = System::start(Options {
            data: folder.path().to_path_buf(),
            database: Some(database.url.clone()),
            listen: SocketAddr::new(loopback, 0),
            tls: false,
            public_url: None,
            media_addresses: vec![loopback],
            demo: true,
            sms_gateway: None,
            rules: Some(PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/golden/rules"
            ))),
            fonts: None,
            outbound: told.outbound,
            gateways: told.gateways,
            signing,
            sandbox: told.sandbox,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(20_261_123)),
        })
        .await
        .expect("the system starts");
        let secrets = seed::demo(&system.app, &Secrets::default())
            .await
            .expect("the demo's people can be made");
        Self {
            unit: seed::UNIT.to_owned(),
            system,
            clock,
            secrets,
            officers_used: AtomicUsize::new(0),
            database,
            _folder: folder,
        }
    }

    /// Stops the system and takes the database away.
    pub async fn ends(self) {
        let pool = self.system.app.db.clone();
        self.system.stop().await;
        pool.close().await;
        self.database.drop().await;
    }

    /// The file behind a world on SQLite.
    pub fn database_file(&self) -> PathBuf {
        let path = self.database.url.strip_prefix("sqlite://");
        PathBuf::from(path.expect("this world is on SQLite"))
    }

    /// Somebody nobody knows yet.
    pub fn anyone(&self) -> Client {
        Client::new(&self.system.base_url)
    }

    /// Moves time forward.
    pub fn time_passes(&self, duration: Duration) {
        self.clock.pass(duration);
    }

    /// Stored bytes by their digest.
    pub async fn blob(&self, sha256: &str) -> Vec<u8> {
        let digest = domain::id::Sha256Hex::new(sha256).expect("a digest");
        let found = self.system.app.blobs.get(&digest).await;
        found
            .expect("the folder can be read")
            .expect("the bytes are kept")
    }

    /// Two minutes before now, as a driver tells when it happened.
    pub fn a_while_ago(&self) -> String {
        self.clock.now().minus(time::Duration::minutes(2)).to_string()
    }

    /// Now, as an insurer tells when it paid.
    pub fn now(&self) -> String {
        self.clock.now().to_string()
    }

    /// The next officer of the unit, signed in with both factors; a different one at each call.
    pub async fn officer(&self) -> Officer {
        self.signs_in(self.next_officer()).await
    }

    /// The unit's supervisor, signed in with both factors: once in thirty seconds, as a code works once.
    pub async fn supervisor(&self) -> Officer {
        let mut officers = self.secrets.officers.iter();
        let supervisor = officers.find(|officer| officer.role == "supervisor");
        self.signs_in(supervisor.expect("the demo has a supervisor"))
            .await
    }

    async fn signs_in(&self, secret: &OfficerSecret) -> Officer {
        let client = self.anyone();
        self.shows_password(&client, secret).await;
        let shown = self
            .anyone()
            .get(&format!("/demo/totp?name={}", secret.login))
            .await
            .ok();
        client
            .post("/officer/session/totp", &json!({ "code": shown["code"] }))
            .await
            .ok();
        Officer {
            client,
            name: secret.name.clone(),
        }
    }

    /// Shows the first factor only.
    pub async fn gives_password(&self, client: &Client) {
        self.shows_password(client, self.next_officer()).await;
    }

    async fn shows_password(&self, client: &Client, secret: &OfficerSecret) {
        let body = json!({ "name": secret.login, "password": secret.password });
        client.post("/officer/session", &body).await.ok();
    }

    fn next_officer(&self) -> &OfficerSecret {
        let used = self.officers_used.fetch_add(1, Ordering::Relaxed);
        self.secrets
            .officers
            .get(used)
            .expect("a test needs no more officers than the demo has")
    }

    /// An insurer's program with an access token.
    pub async fn insurer(&self, code: &str) -> Client {
        self.insurer_with(code, "").await
    }

    /// The same with these scopes only, parted by spaces; none: all it has.
    pub async fn insurer_with(&self, code: &str, scope: &str) -> Client {
        let secret = self.secrets.clients.iter().find(|client| client.insurer == code);
        let secret = secret.expect("the demo has a client of this insurer");
        let client = self.anyone();
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = client.request(reqwest::Method::POST, "/oauth/token");
        let request = request
            .basic_auth(&secret.client_id, Some(&secret.secret))
            .form(&form);
        let answer = client.send(request).await.ok();
        self.anyone()
            .with_token(answer["access_token"].as_str().expect("an access token"))
    }

    /// A clerk of the demo, signed in with both factors: `liu`, `sun` or `he`; once in thirty seconds each, as a
    /// code works once.
    pub async fn clerk(&self, login: &str) -> Client {
        let client = self.anyone();
        self.clerk_shows_password(&client, login).await;
        let shown = self.anyone().get(&format!("/demo/totp?name={login}")).await.ok();
        let code = json!({ "code": shown["code"] });
        client.post("/clerk/session/totp", &code).await.ok();
        client
    }

    /// Shows the first factor only.
    pub async fn clerk_shows_password(&self, client: &Client, login: &str) {
        let body = json!({ "name": login, "password": self.clerk_secret(login).password });
        client.post("/clerk/session", &body).await.ok();
    }

    /// What a clerk of the demo signs in with.
    pub fn clerk_secret(&self, login: &str) -> &ClerkSecret {
        let mut clerks = self.secrets.clerks.iter();
        let found = clerks.find(|clerk| clerk.login == login);
        found.expect("the demo has a clerk of this name")
    }

    /// The version of a consent text as it is shown now.
    pub async fn consent_version(&self, kind: &str) -> String {
        let catalogue = self.anyone().get("/catalogue").await.ok();
        let texts = catalogue["consents"].as_array().cloned().unwrap_or_default();
        let text = texts
            .iter()
            .find(|text| text["kind"] == kind)
            .expect("the catalogue has the text");
        crate::acting::text(&text["version"])
    }
}
