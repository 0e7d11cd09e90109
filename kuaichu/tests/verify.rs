//! `kuaichu verify` as somebody types it who has a document and a certificate, and nothing else.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use pades::authority::{Authority, Event, Term};
use pades::keys::certificate_pem;
use pades::{Place, Signing, Subject, sign, with_fields};
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;

const AT: OffsetDateTime = datetime!(2026-03-01 09:00 +8);

fn authority(seed: u8) -> Authority {
    let subject = Subject {
        name: "快处根证书",
        ..Subject::default()
    };
    Authority::create(&subject, Term::days(AT, 20_000), &[seed; 32]).unwrap()
}

/// A page with one line on it.
fn page() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
        "<</Length 19>>stream\n0 0 m 1200 1200 l S\nendstream",
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = pdf.len();
    let id = "<00112233445566778899aabbccddeeff>";
    format!("{pdf}{table}trailer\n<</Root 1 0 R/Size 5/ID[{id}{id}]>>\nstartxref\n{start}\n%%EOF\n")
        .into_bytes()
}

/// Sealed by the unit, signed by one party, one more still to come.
fn document(authority: &Authority) -> Vec<u8> {
    let places = ["unit", "party-1", "party-2"].map(|name| Place {
        name: name.to_owned(),
        tooltip: name.to_owned(),
        page: 1,
        rect: [10.0, 10.0, 90.0, 40.0],
    });
    let unit = Subject {
        name: "诸暨市公安局交通警察大队",
        ..Subject::default()
    };
    let seal = authority
        .seal(&unit, Term::days(AT, 3_650), None, &[2; 32])
        .unwrap();
    let signing = Signing {
        field: "unit",
        at: AT,
        by: unit.name,
        reason: "出具",
        location: "",
        appearance: None,
        certifies: true,
    };
    let pdf = sign(&with_fields(&page(), &places).unwrap(), &signing, &seal).unwrap();
    let event = Event {
        subject: Subject {
            name: "张三",
            ..Subject::default()
        },
        evidence: &[3; 32],
        at: AT + Duration::from_secs(600),
        key_for: Duration::from_secs(60),
        until: AT + Duration::from_secs(10 * 365 * 86_400),
        crl: None,
    };
    let signing = Signing {
        field: "party-1",
        at: event.at,
        by: "张三",
        reason: "已阅，无异议",
        certifies: false,
        ..signing
    };
    sign(&pdf, &signing, &authority.event(&event, &[4; 32]).unwrap()).unwrap()
}

/// The exit code, what was printed, and what was complained.
fn kuaichu(folder: &Path, arguments: &str) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_kuaichu"))
        .current_dir(folder)
        .arg("verify")
        .args(arguments.split(' '))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let ours = authority(1);
    let pdf = document(&ours);
    put("ca.pem", certificate_pem(ours.certificate()).unwrap().as_bytes());
    put(
        "other.pem",
        certificate_pem(authority(9).certificate()).unwrap().as_bytes(),
    );
    put("good.pdf", &pdf);
    let at = pdf.windows(9).position(|nine| nine == b"1200 1200").unwrap();
    let mut cheap = pdf.clone();
    cheap[at] = b'0';
    put("cheap.pdf", &cheap);
    put("more.pdf", &[&pdf[..], b"more"].concat());
    put("plain.pdf", &page());
    put("note.txt", b"no PDF");
    folder
}

#[test]
fn a_good_document_is_told_in_chinese_and_ends_with_0() {
    let folder = prepared();
    let (code, said, moaned) = kuaichu(folder.path(), "good.pdf --ca ca.pem");
    assert_eq!(code, 0, "{said}{moaned}");
    for line in [
        "文件有效：由可信机构签发，签发后除签名外没有任何改动。",
        "第 3 版 单位签章（unit）：诸暨市公安局交通警察大队，2026年3月1日09:00:00，出具，有效",
        "第 4 版 签名（party-1）：张三，2026年3月1日09:10:00，已阅，无异议，有效",
        "尚未签名：party-2",
    ] {
        assert!(said.lines().any(|told| told == line), "{line}\n{said}");
    }
}

#[test]
fn machines_get_one_json_object_with_codes() {
    let folder = prepared();
    let (code, said, _) = kuaichu(folder.path(), "good.pdf --ca other.pem --ca ca.pem --json");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["state"]), (0, &Value::from("valid")));
    assert_eq!(told["signatures"][1]["by"], "张三");
    assert_eq!(told["signatures"][1]["evidence"], "03".repeat(32));
    assert_eq!(told["revisions"].as_array().unwrap().len(), 4);

    let (code, said, _) = kuaichu(folder.path(), "cheap.pdf --ca ca.pem --json");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["state"]), (2, &Value::from("altered")));
    assert_eq!(told["reasons"][0]["code"], "digest_mismatch");
}

#[test]
fn what_is_refused_ends_with_2_and_says_why() {
    let folder = prepared();
    for (arguments, why) in [
        (
            "cheap.pdf --ca ca.pem",
            "签名所覆盖的内容已被改动（第 3 版，unit）",
        ),
        ("more.pdf --ca ca.pem", "文件末尾之后被追加了内容"),
        (
            "good.pdf --ca other.pem",
            "签名人的证书冒用可信机构的名称，实际不是它签发的",
        ),
        ("plain.pdf --ca ca.pem", "文件上没有电子签名"),
        ("note.txt --ca ca.pem", "文件不是 PDF"),
    ] {
        let (code, said, moaned) = kuaichu(folder.path(), arguments);
        assert!(
            code == 2 && said.contains(why) && moaned.is_empty(),
            "{arguments}: {code} {said}{moaned}"
        );
    }
}

#[test]
fn what_cannot_be_looked_at_ends_with_1_and_one_line() {
    let folder = prepared();
    for (arguments, why) in [
        ("absent.pdf --ca ca.pem", "absent.pdf cannot be read"),
        (". --ca ca.pem", "cannot be read"),
        ("good.pdf --ca absent.pem", "absent.pem cannot be read"),
        ("good.pdf --ca note.txt", "note.txt holds no certificate"),
        (
            "good.pdf --ca ca.pem --crl ca.pem",
            "ca.pem is no revocation list",
        ),
        ("good.pdf", "nobody is trusted"),
    ] {
        let (code, said, moaned) = kuaichu(folder.path(), arguments);
        let one_line = said.is_empty() && moaned.lines().count() == 1;
        assert!(
            code == 1 && one_line && moaned.contains(why),
            "{arguments}: {code} {said}{moaned}"
        );
    }
}
