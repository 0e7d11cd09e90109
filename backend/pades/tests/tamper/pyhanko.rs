//! Documents that pyHanko signed, a program that shares nothing with ours: the good ones are valid, and what it
//! writes beside a signature when it is left to itself is told.

use std::path::{Path, PathBuf};
use std::process::Command;

use pades::verify::{Anchors, Code, Report, State, certificates, verify};
use time::OffsetDateTime;

use crate::house::base;

/// A test run by hand may go without pyHanko, `cargo xtask test` may not.
fn python() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("KUAICHU_TEST_PYTHON") {
        return Some(python.into());
    }
    let demanded = std::env::var_os("CI").is_some() || std::env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
    assert!(
        !demanded,
        "KUAICHU_TEST_PYTHON must name a Python with tests/py/requirements.txt"
    );
    eprintln!("KUAICHU_TEST_PYTHON is not set: pyHanko signs nothing");
    None
}

#[test]
fn what_pyhanko_signs_under_a_certification_is_valid_and_what_it_touches_beside_is_told() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("base.pdf"), base(1_200)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/py/pades_pyhanko.py");
    let ran = Command::new(python)
        .arg(script)
        .arg(path("base.pdf"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let at: i64 = String::from_utf8(ran.stdout).unwrap().trim().parse().unwrap();
    let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
    let pem = |name: &str| certificates(&std::fs::read_to_string(path(name)).unwrap()).unwrap();
    let anchors = Anchors::new(pem("ca.pem")).with_timestamps(pem("tsa.pem"));
    let look = |name: &str| -> Report {
        verify(
            &std::fs::read(path(&format!("{name}.pdf"))).unwrap(),
            &anchors,
            at,
        )
    };

    for (name, signatures, proven) in [
        ("sealed", 1, false),
        ("signed-1", 3, false),
        ("signed-2", 4, false),
        ("signed-3", 5, false),
        ("stamped", 6, true),
        ("stamped-each", 3, true),
    ] {
        let report = look(name);
        assert!(report.is_valid(), "{name}: {:#?}", report.lines());
        assert_eq!(report.signatures.len(), signatures, "{name}");
        let all = report
            .signatures
            .iter()
            .all(|signature| signature.proven_at.is_some());
        assert_eq!(all, proven, "{name}");
    }
    for (name, state, code) in [
        // It writes the day of each change into /Info.
        ("touched", State::Altered, Code::MetadataChanged),
        ("uncertified", State::Altered, Code::NotCertified),
        ("stranger-within", State::Altered, Code::Impostor),
        ("stranger", State::NotOurs, Code::Impostor),
    ] {
        let report = look(name);
        assert_eq!(report.state, state, "{name}: {:#?}", report.lines());
        assert!(report.has(code), "{name}: {:#?}", report.lines());
    }
}
