//! Documents, people and other people's programs for the tests of signatures.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use lopdf::{Document, Object, Stream, StringFormat, dictionary};
use pades::authority::{Authority, Event, EventSigner, Term};
use pades::keys::KeyPair;
use pades::{Place, Signer, Signing, Subject};
use time::OffsetDateTime;
use time::macros::datetime;

/// When everything here happens.
pub const NOW: OffsetDateTime = datetime!(2026-11-20 09:30:00 +8);

/// Beyond the year 2050, where certificates write their times another way.
pub const LONG_AFTER: OffsetDateTime = datetime!(2056-11-20 00:00:00 +8);

/// The width and height of every place.
pub const PLACE: [f32; 2] = [160.0, 48.0];

/// 32 bytes that differ from test to test and never from run to run.
pub fn random(seed: u8) -> [u8; 32] {
    std::array::from_fn(|index| seed.wrapping_mul(31).wrapping_add(index as u8))
}

pub fn authority() -> Authority {
    let subject = Subject {
        name: "快处测试根证书",
        organisation: "某市公安局交通警察支队",
        ..Subject::default()
    };
    let term = Term {
        from: datetime!(2026-01-01 00:00:00 +8),
        until: LONG_AFTER + Duration::from_secs(86_400),
    };
    Authority::create(&subject, term, &random(1)).unwrap()
}

pub fn seal(authority: &Authority) -> KeyPair {
    let subject = Subject {
        name: "某市公安局交通警察支队一大队",
        organisation: "某市公安局交通警察支队",
        ..Subject::default()
    };
    let term = Term {
        from: datetime!(2026-01-01 00:00:00 +8),
        until: LONG_AFTER,
    };
    authority.seal(&subject, term, None, &random(2)).unwrap()
}

pub fn person(authority: &Authority, name: &str, seed: u8) -> EventSigner {
    let event = Event {
        subject: Subject {
            name,
            role: "当事人",
            number: "110101-2026-0001",
            ..Subject::default()
        },
        evidence: &random(seed.wrapping_add(100)),
        at: NOW,
        key_for: Duration::from_secs(600),
        until: LONG_AFTER,
        crl: None,
    };
    authority.event(&event, &random(seed)).unwrap()
}

/// Two pages with text, as an archive wants them as far as signatures touch it: /ID, 1.7, classic table.
pub fn paper() -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    let pages = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = (1..=2)
        .map(|number| {
            let text = format!("BT /F1 14 Tf 72 760 Td (Finding 110101-2026-0001, page {number}) Tj ET");
            let content = pdf.add_object(Stream::new(dictionary! {}, text.into_bytes()));
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            };
            pdf.add_object(page).into()
        })
        .collect();
    pdf.set_object(
        pages,
        dictionary! { "Type" => "Pages", "Count" => 2, "Kids" => kids },
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    let id = Object::String(vec![7; 16], StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

/// A black stroke through the place and a line of text, with a font, a state and a picture in a form of its own.
pub fn ink(text: &str) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    let pages = pdf.new_object_id();
    let descendant = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let font = pdf.add_object(descendant);
    let state = pdf.add_object(dictionary! { "Type" => "ExtGState", "LW" => 5 });
    let inner = dictionary! {
        "Type" => "XObject", "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), 160.into(), 48.into()],
        "Resources" => dictionary! { "ExtGState" => dictionary! { "G1" => state } },
    };
    let stroke = b"/G1 gs 0 0 0 RG 10 10 m 150 40 l S".to_vec();
    let form = pdf.add_object(Stream::new(inner, stroke));
    let first = pdf.add_object(Stream::new(dictionary! {}, b"q /X1 Do Q".to_vec()));
    let words = format!("BT /F1 8 Tf 4 2 Td ({text}) Tj ET");
    let second = pdf.add_object(Stream::new(dictionary! {}, words.into_bytes()));
    let page = pdf.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages,
        "Contents" => vec![first.into(), second.into()],
    });
    pdf.set_object(
        pages,
        dictionary! {
            "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()],
            "MediaBox" => vec![0.into(), 0.into(), PLACE[0].into(), PLACE[1].into()],
            "Resources" => dictionary! {
                "Font" => dictionary! { "F1" => font },
                "XObject" => dictionary! { "X1" => form },
            },
        },
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

/// The unit's place, the officer's, and one for each party on the second page.
pub fn places(parties: usize) -> Vec<Place> {
    let place = |name: String, page, left: f32, bottom: f32| Place {
        tooltip: format!("签名处 {name}"),
        name,
        page,
        rect: [left, bottom, left + PLACE[0], bottom + PLACE[1]],
    };
    let mut places = vec![
        place("unit".to_owned(), 1, 60.0, 100.0),
        place("officer".to_owned(), 1, 300.0, 100.0),
    ];
    for party in 0..parties {
        let row = (party / 2) as f32;
        let left = if party % 2 == 0 { 60.0 } else { 300.0 };
        places.push(place(format!("party-{}", party + 1), 2, left, 600.0 - row * 80.0));
    }
    places
}

pub fn signing<'a>(field: &'a str, by: &'a str) -> Signing<'a> {
    Signing {
        field,
        at: NOW,
        by,
        reason: "本人已阅读并签名",
        location: "某市",
        appearance: None,
        certifies: false,
    }
}

/// With fields, certified by the unit, nobody else yet.
pub fn certified(authority: &Authority, parties: usize) -> Vec<u8> {
    let pdf = pades::with_fields(&paper(), &places(parties)).unwrap();
    let certification = Signing {
        certifies: true,
        reason: "签发",
        ..signing("unit", "某市公安局交通警察支队一大队")
    };
    pades::sign(&pdf, &certification, &seal(authority)).unwrap()
}

/// One more signature with ink in a field.
pub fn signed(pdf: &[u8], field: &str, signer: &dyn Signer) -> Vec<u8> {
    let (appearance, by) = (ink(field), pades::common_name(&signer.chain()[0]));
    let signing = Signing {
        appearance: Some(&appearance),
        ..signing(field, &by)
    };
    pades::sign(pdf, &signing, signer).unwrap()
}

/// A folder for one test with the trust anchor in `ca.pem`.
pub struct Bench {
    folder: tempfile::TempDir,
    count: std::cell::Cell<u32>,
}

impl Bench {
    pub fn new(authority: &Authority) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pem = pades::keys::certificate_pem(authority.certificate()).unwrap();
        std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
        Self {
            folder,
            count: std::cell::Cell::new(0),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts bytes into a file of their own.
    pub fn file(&self, bytes: &[u8]) -> PathBuf {
        self.count.set(self.count.get() + 1);
        let path = self.path(&format!("{}.pdf", self.count.get()));
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A timestamp authority as OpenSSL plays one: `openssl ts -reply` behind a call, no network.
pub struct Clock {
    folder: tempfile::TempDir,
}

impl Clock {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (key, certificate) = (path("key.pem"), path("tsa.pem"));
        let mut make =
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9000 -subj /CN=Clock \
                        -addext extendedKeyUsage=critical,timeStamping -addext basicConstraints=CA:FALSE \
                        -addext keyUsage=critical,digitalSignature"
                .split_whitespace()
                .collect::<Vec<_>>();
        make.extend(["-keyout", &key, "-out", &certificate]);
        run("openssl", &make);
        // `certs` repeats the signer's certificate, as some authorities do.
        let settings = format!(
            "[tsa]\ndefault_tsa=clock\n[clock]\nserial={}\nsigner_cert={certificate}\nsigner_key={key}\n\
             certs={certificate}\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n\
             clock_precision_digits=3\naccuracy=secs:1\ness_cert_id_alg=sha256\n",
            path("serial")
        );
        std::fs::write(path("settings"), settings).unwrap();
        std::fs::write(path("serial"), "01").unwrap();
        Self { folder }
    }

    pub fn certificate(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("tsa.pem")).unwrap()
    }

    /// The answer to a question.
    pub fn answer(&self, question: &[u8]) -> Vec<u8> {
        let path = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("question"), question).unwrap();
        let (settings, question, answer) = (path("settings"), path("question"), path("answer"));
        let words = ["ts", "-reply", "-config", &settings, "-section", "clock"];
        run(
            "openssl",
            &[&words[..], &["-queryfile", &question, "-out", &answer]].concat(),
        );
        std::fs::read(&answer).unwrap()
    }

    /// The document with a timestamp of this authority.
    pub fn stamped(&self, pdf: &[u8], nonce: u64) -> Vec<u8> {
        let stamping = pades::stamp_request(pdf, nonce).unwrap();
        let answer = self.answer(stamping.request());
        stamping.finish(&answer).unwrap()
    }
}

/// Runs a program that must succeed; the answer is what it said.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = said(&output);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    said
}

pub fn said(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr];
    parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .concat()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
