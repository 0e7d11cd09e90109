//! Every way to tamper with a document that we thought of, each refused for its own reason; and no false alarm on
//! documents that nobody touched.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(
    clippy::too_many_lines,
    reason = "lists of manipulations are lists; cutting them would hide what is missing"
)]

mod appended;
mod clock;
mod file;
mod forge;
mod good;
mod house;
mod pyhanko;
mod signer;
mod smuggled;
mod tools;

use pades::verify::{Anchors, Code, State};

use house::House;

/// A manipulation: what it is called, why it must be refused, and the file that came of it.
struct Case {
    name: &'static str,
    code: Code,
    state: State,
    pdf: Vec<u8>,
}

fn case(name: &'static str, code: Code, pdf: Vec<u8>) -> Case {
    Case {
        name,
        code,
        state: State::Altered,
        pdf,
    }
}

/// Each is refused with its code. With `KUAICHU_TAMPERED` naming a folder the files are left there, for other
/// people's programs to look at.
fn refused(house: &House, anchors: &Anchors, cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in &cases {
        if let Some(folder) = std::env::var_os("KUAICHU_TAMPERED") {
            let file = format!("{}.pdf", case.name.replace(' ', "-"));
            std::fs::write(std::path::Path::new(&folder).join(file), &case.pdf).unwrap();
            let ca = der::EncodePem::to_pem(house.authority.certificate(), der::pem::LineEnding::LF);
            std::fs::write(std::path::Path::new(&folder).join("ca.pem"), ca.unwrap()).unwrap();
        }
        let report = pades::verify::verify(&case.pdf, anchors, house::START + time::Duration::days(1));
        if report.state != case.state || !report.has(case.code) || report.reasons.is_empty() {
            let lines = report.lines().join("\n    ");
            wrong.push(format!(
                "{}: wanted {:?}, {:?}:\n    {lines}",
                case.name, case.state, case.code
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} told otherwise:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
