//! The four programs in docs/webhooks that show how to check a delivery: each takes what we sign and nothing else.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use backend::clock::{Clock, SystemClock};
use standardwebhooks::Webhook;
use tests::tree::root;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OTHER: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const ID: &str = "msg_01K0";
const BODY: &[u8] = r#"{"type":"settlement.created","data":{"finding_number":"浙公交快认字"}}"#.as_bytes();
/// The command that runs each program.
const PROGRAMS: [(&str, &str); 4] = [
    ("python3", "verify.py"),
    ("node", "verify.mjs"),
    ("java", "Verify.java"),
    ("php", "verify.php"),
];

/// What a receiver is shown.
struct Shown {
    secret: &'static str,
    id: &'static str,
    at_s: i64,
    signatures: String,
    body: Vec<u8>,
}

fn signed(secret: &str, at_s: i64) -> String {
    Webhook::new(secret).unwrap().sign(ID, at_s, BODY).unwrap()
}

fn now_s() -> i64 {
    SystemClock.now().unix_micros() / 1_000_000
}

fn good() -> Shown {
    let at_s = now_s();
    Shown {
        secret: SECRET,
        id: ID,
        at_s,
        signatures: signed(SECRET, at_s),
        body: BODY.to_vec(),
    }
}

fn accepts((command, program): (&str, &str), shown: &Shown) -> bool {
    let mut child = Command::new(command)
        .arg(root().join("docs/webhooks").join(program))
        .args([shown.secret, shown.id, &shown.at_s.to_string(), &shown.signatures])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command} cannot be started: {error}"));
    // A program that refuses the time reads no body.
    let _ = child.stdin.take().unwrap().write_all(&shown.body);
    let ended = child.wait_with_output().unwrap();
    match ended.status.code() {
        Some(0) => true,
        Some(1) => {
            let moaned = String::from_utf8_lossy(&ended.stderr);
            let fell = ["Exception", "Traceback", "Error"]
                .iter()
                .any(|word| moaned.contains(word));
            assert!(!fell, "{program} fell over: {moaned}");
            false
        }
        other => panic!("{program} ended with {other:?}"),
    }
}

#[test]
fn each_takes_our_signature_also_while_a_secret_is_rotated() {
    for program in PROGRAMS {
        assert!(accepts(program, &good()), "{program:?}");
        let at_s = now_s();
        let two = format!("{} {}", signed(OTHER, at_s), signed(SECRET, at_s));
        let rotated = Shown {
            at_s,
            signatures: two,
            ..good()
        };
        assert!(accepts(program, &rotated), "{program:?}");
    }
}

#[test]
fn each_refuses_whatever_was_changed_and_whatever_is_old() {
    for program in PROGRAMS {
        let mut body = BODY.to_vec();
        body.push(b' ');
        let old_s = now_s() - 15 * 60;
        let bad = [
            ("another body", Shown { body, ..good() }),
            (
                "another id",
                Shown {
                    id: "msg_01K1",
                    ..good()
                },
            ),
            (
                "another secret",
                Shown {
                    secret: OTHER,
                    ..good()
                },
            ),
            (
                "no signature",
                Shown {
                    signatures: String::new(),
                    ..good()
                },
            ),
            (
                "a signature of another kind",
                Shown {
                    signatures: good().signatures.replace("v1,", "v1a,"),
                    ..good()
                },
            ),
            (
                "a delivery of a quarter of an hour ago",
                Shown {
                    at_s: old_s,
                    signatures: signed(SECRET, old_s),
                    ..good()
                },
            ),
        ];
        for (what, shown) in bad {
            assert!(!accepts(program, &shown), "{program:?} takes {what}");
        }
    }
}
