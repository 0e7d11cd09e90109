//! Time stamps from an authority outside (OpenSSL plays it), which may be away for as long as it likes; and seals
//! from a file, also one that has ended.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use kuaichu::system::Signing;
use pades::verify::{Anchors, Kind, verify};
use serde_json::json;
use tempfile::TempDir;
use tests::people;
use tests::world::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// `openssl ts` behind a port.
struct Clock {
    folder: TempDir,
}

impl Clock {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (key, certificate) = (path("key.pem"), path("tsa.pem"));
        let make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9000 -subj /CN=Clock \
                    -addext extendedKeyUsage=critical,timeStamping -addext basicConstraints=CA:FALSE \
                    -addext keyUsage=critical,digitalSignature";
        let mut make: Vec<&str> = make.split_whitespace().collect();
        make.extend(["-keyout", &key, "-out", &certificate]);
        openssl(&make);
        let settings = format!(
            "[tsa]\ndefault_tsa=clock\n[clock]\nserial={}\nsigner_cert={certificate}\nsigner_key={key}\n\
             signer_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\nclock_precision_digits=3\n\
             accuracy=secs:1\ness_cert_id_alg=sha256\n",
            path("serial")
        );
        std::fs::write(path("settings"), settings).unwrap();
        std::fs::write(path("serial"), "01").unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn answer(&self, question: &[u8]) -> Vec<u8> {
        std::fs::write(self.path("question"), question).unwrap();
        let (settings, question, answer) =
            (self.path("settings"), self.path("question"), self.path("answer"));
        openssl(&[
            "ts",
            "-reply",
            "-config",
            &settings,
            "-section",
            "clock",
            "-queryfile",
            &question,
            "-out",
            &answer,
        ]);
        std::fs::read(&answer).unwrap()
    }
}

fn openssl(arguments: &[&str]) {
    let said = Command::new("openssl").args(arguments).output().expect("openssl");
    let why = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "openssl {arguments:?}: {why}");
}

/// Answers questions at this port for as long as the test lasts.
async fn answers(clock: Arc<Clock>, listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        reply(&clock, stream).await;
    }
}

async fn reply(clock: &Clock, mut stream: TcpStream) {
    let mut said = Vec::new();
    let question = loop {
        stream.read_buf(&mut said).await.unwrap();
        let Some(end) = said.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&said[..end]).to_lowercase();
        assert!(
            head.contains("content-type: application/timestamp-query"),
            "{head}"
        );
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
        if said.len() >= end + 4 + length {
            break said[end + 4..].to_vec();
        }
    };
    let answer = clock.answer(&question);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream
        .write_all(&[head.as_bytes(), &answer].concat())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_page_is_stamped_when_the_service_is_back_and_nobody_waited_for_it() {
    // A port that nobody listens on yet.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let world = World::on_sqlite_with(Signing {
        seals: None,
        tsa: Some(format!("http://{address}/tsa")),
    })
    .await;
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(&world).await;
    let signed = second.signs(&world).await;
    assert_eq!(signed["stage"], "settling", "a dead service holds nobody up");
    let before = first.client.get(&first.path("finding.pdf")).await.whole();

    let clock = Arc::new(Clock::new());
    let listener = TcpListener::bind(address).await.unwrap();
    let serving = tokio::spawn(answers(Arc::clone(&clock), listener));
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    let stamped = async {
        loop {
            looks.tick().await;
            world.time_passes(Duration::from_secs(60));
            world.system.app.stamp_due().await.unwrap();
            let view = officer.view(&first).await;
            if view["finding"]["document"]["revision"] == 4 {
                break view;
            }
        }
    };
    let view = tokio::time::timeout(Duration::from_secs(60), stamped)
        .await
        .expect("a stamp");
    let after = first.client.get(&first.path("finding.pdf")).await.whole();
    assert!(after.starts_with(&before), "one more revision, nothing else");

    let authority = world.anyone().bytes_of("/pki/ca.pem").await;
    let clock_certificate = std::fs::read_to_string(clock.path("tsa.pem")).unwrap();
    let anchors = Anchors::from_pem(std::str::from_utf8(&authority).unwrap())
        .unwrap()
        .with_timestamps(pades::verify::certificates(&clock_certificate).unwrap());
    // The authority's clock is the machine's, whatever the still clock of the test shows.
    let far = world
        .now()
        .parse::<domain::time::Instant>()
        .unwrap()
        .plus(time::Duration::days(36_500));
    let report = verify(&after, &anchors, far.into_inner());
    let last = report.signatures.last().unwrap();
    assert_eq!(
        (last.kind, last.is_valid),
        (Kind::Timestamp, true),
        "{:#?}",
        report.lines()
    );

    let record = world.insurer("PICC").await.get("/settlements").await.ok();
    assert_eq!(
        record["items"][0]["document"]["sha256"], view["finding"]["document"]["sha256"],
        "{record}"
    );
    serving.abort();
    world.ends().await;
}

/// A seals file with one PEM, made by OpenSSL for these days.
fn seals(folder: &TempDir, from: &str, until: &str) -> PathBuf {
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, certificate) = (path("key.pem"), path("certificate.pem"));
    let make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Seal \
                -addext basicConstraints=CA:FALSE -addext keyUsage=critical,digitalSignature,nonRepudiation";
    let mut make: Vec<&str> = make.split_whitespace().collect();
    make.extend([
        "-not_before",
        from,
        "-not_after",
        until,
        "-keyout",
        &key,
        "-out",
        &certificate,
    ]);
    let made = Command::new("openssl").args(&make).output().expect("openssl");
    if !made.status.success() {
        // Before OpenSSL 3.4 a certificate begins when it is made; `x509` cannot date it back either, `ca` can.
        dated(folder, from, until);
    }
    let both = [
        std::fs::read_to_string(&key).unwrap(),
        std::fs::read_to_string(&certificate).unwrap(),
    ];
    std::fs::write(path("seal.pem"), both.concat()).unwrap();
    let file = folder.path().join("seals.toml");
    std::fs::write(&file, "[seals.330681]\npem = \"seal.pem\"\n").unwrap();
    file
}

fn dated(folder: &TempDir, from: &str, until: &str) {
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let settings = format!(
        "[ca]\ndefault_ca=own\n[own]\ndatabase={}\nserial={}\nnew_certs_dir={}\ndefault_md=sha256\npolicy=any\n\
         x509_extensions=seal\n[any]\ncommonName=supplied\n[seal]\nbasicConstraints=CA:FALSE\n\
         keyUsage=critical,digitalSignature,nonRepudiation\n",
        path("index"),
        path("serial"),
        folder.path().display()
    );
    std::fs::write(path("settings"), settings).unwrap();
    std::fs::write(path("index"), "").unwrap();
    std::fs::write(path("serial"), "01").unwrap();
    let (key, request, out) = (path("key.pem"), path("request.pem"), path("certificate.pem"));
    openssl(&[
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=Seal",
        "-keyout",
        &key,
        "-out",
        &request,
    ]);
    openssl(&[
        "ca",
        "-batch",
        "-notext",
        "-selfsign",
        "-config",
        &path("settings"),
        "-keyfile",
        &key,
        "-in",
        &request,
        "-out",
        &out,
        "-startdate",
        from,
        "-enddate",
        until,
    ]);
}

#[tokio::test]
async fn a_seal_from_a_file_seals_and_one_that_has_ended_refuses_with_the_day() {
    for (from, until, ended) in [
        ("20200101000000Z", "20990101000000Z", false),
        ("20200101000000Z", "20210101000000Z", true),
    ] {
        let folder = TempDir::new().unwrap();
        let world = World::on_sqlite_with(Signing {
            seals: Some(seals(&folder, from, until)),
            tsa: None,
        })
        .await;
        let (first, second, officer) = world.a_claimed_case().await;
        officer.decides_rear_end(&first, &second).await;
        let body = json!({ "seen": officer.version(&first).await, "ink": people::ink() });
        let answer = officer.client.post(&first.path("finding"), &body).await;
        if ended {
            let problem = answer.problem(409, "seal_expired");
            assert!(
                problem["detail"].as_str().unwrap().contains("2021年01月01日"),
                "{problem}"
            );
        } else {
            let number = answer.ok()["finding"]["number"].as_str().unwrap().to_owned();
            assert!(number.ends_with("000001"), "{number}");
            let pdf = first.client.get(&first.path("finding.pdf")).await.whole();
            let file = world.anyone().uploads("/verification", &pdf).await;
            assert_eq!(file["state"], "valid", "{file}");
            assert_eq!(file["finding"]["seal"]["subject"], "Seal");
        }
        world.ends().await;
    }
}
