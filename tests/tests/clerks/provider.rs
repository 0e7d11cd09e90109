//! A provider process, and a browser that goes through its forms.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::Stdio;

use backend::outbound::Outbound;
use domain::time::Instant;
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use serde_json::Value;
use tempfile::TempDir;
use tests::tree::root;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const PACKAGE: &str = "tests/e2e/node_modules/oidc-provider";

/// Whether the npm package is installed; as with PostgreSQL, a test run by hand may go without, and
/// `cargo xtask test` may not.
pub fn is_there() -> bool {
    if root().join(PACKAGE).is_dir() {
        return true;
    }
    let demanded = env::var_os("CI").is_some() || env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
    assert!(!demanded, "{PACKAGE} is not installed: run `cargo xtask test`");
    eprintln!("{PACKAGE} is not installed: no provider is tried");
    false
}

/// For this machine alone, and nobody but us believes it.
pub struct Certificate {
    folder: TempDir,
    pem: String,
}

impl Certificate {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let pem = made.cert.pem();
        std::fs::write(folder.path().join("cert.pem"), &pem).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self { folder, pem }
    }

    /// Reaches this machine, and believes this certificate.
    pub fn outbound(&self) -> Outbound {
        Outbound::new(vec!["127.0.0.0/8".parse().unwrap()], self.pem.as_bytes()).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// oidc-provider in a process of its own; it ends with this.
pub struct Provider {
    process: Child,
    /// What it says; a process that nobody listens to ends.
    _said: Lines<BufReader<ChildStdout>>,
    secure: u64,
    plain: u64,
}

impl Provider {
    pub async fn start(certificate: &Certificate, callback: &str, now: Instant) -> Self {
        let folder = root().join("tests/e2e");
        let mut process = Command::new("node")
            .current_dir(folder)
            .arg("system/oidc-provider.mjs")
            .args([certificate.file("cert.pem"), certificate.file("key.pem")])
            .arg(callback)
            .arg((now.unix_micros() / 1_000).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node can be started");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let said = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("the provider says its ports");
            if let Ok(said) = serde_json::from_str::<Value>(&line) {
                break said;
            }
        };
        Self {
            process,
            _said: lines,
            secure: said["secure"].as_u64().unwrap(),
            plain: said["plain"].as_u64().unwrap(),
        }
    }

    pub fn issuer(&self) -> String {
        format!("https://127.0.0.1:{}", self.secure)
    }

    pub async fn stops(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// A browser that was sent there, signs in as `login`, agrees, and is sent back: to this address.
    pub async fn vouches(&self, address: &str, login: &str) -> String {
        let mut browser = Browser::new(self);
        let mut answer = browser.get(address).await;
        for _ in 0..12 {
            if let Some(place) = answer.headers().get(LOCATION) {
                let place = self.whole(place.to_str().unwrap());
                if !place.starts_with(&self.issuer()) {
                    return place;
                }
                answer = browser.get(&place).await;
                continue;
            }
            let page = answer.text().await.unwrap();
            let action = page
                .split("action=\"")
                .nth(1)
                .unwrap_or_else(|| panic!("no form: {page}"));
            let action = self.whole(action.split('"').next().unwrap());
            let form = if page.contains("name=\"login\"") {
                vec![("prompt", "login"), ("login", login), ("password", "any")]
            } else {
                vec![("prompt", "consent")]
            };
            answer = browser.post(&action, &form).await;
        }
        panic!("the provider sends the browser around and around");
    }

    fn whole(&self, place: &str) -> String {
        if place.starts_with('/') {
            return format!("{}{place}", self.issuer());
        }
        place.to_owned()
    }
}

/// It goes to the plain port as a proxy would, and keeps cookies by hand: they are meant for TLS.
struct Browser<'p> {
    provider: &'p Provider,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl<'p> Browser<'p> {
    fn new(provider: &'p Provider) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            provider,
            http,
            cookies: BTreeMap::new(),
        }
    }

    async fn get(&mut self, address: &str) -> reqwest::Response {
        let request = self.http.get(self.plain(address));
        self.send(request).await
    }

    async fn post(&mut self, address: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let request = self.http.post(self.plain(address)).form(form);
        self.send(request).await
    }

    fn plain(&self, address: &str) -> String {
        let plain = format!("http://127.0.0.1:{}", self.provider.plain);
        address.replacen(&self.provider.issuer(), &plain, 1)
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let host = format!("127.0.0.1:{}", self.provider.secure);
        let kept: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", &host)
            .header(HOST, host)
            .header(COOKIE, kept.join("; "));
        let answer = request.send().await.expect("the provider answers");
        for set in answer.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}
