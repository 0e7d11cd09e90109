//! What each step of signing costs on a file: `cargo run --release -p pades --example cost -- FILE.pdf INK.pdf`.

use std::time::{Duration, Instant};

use pades::authority::{Authority, Event, Term};
use pades::verify::{Anchors, verify};
use pades::{Place, Signing, Subject};
use time::macros::datetime;

/// So often each step is taken.
const ROUNDS: u32 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1).map(std::fs::read);
    let usage = "usage: cost FILE.pdf INK.pdf";
    let (pdf, ink) = (files.next().ok_or(usage)??, files.next().ok_or(usage)??);
    let at = datetime!(2026-11-20 09:30 +8);
    let subject = |name| Subject {
        name,
        ..Subject::default()
    };
    let term = Term::days(at, 3650);
    let authority = Authority::create(&subject("某市公安局交通警察支队"), term, &[1; 32])?;
    let seal = authority.seal(&subject("某市公安局交通警察支队一大队"), term, None, &[2; 32])?;
    let place = |name: &str, left: f32| Place {
        name: name.to_owned(),
        tooltip: name.to_owned(),
        page: 1,
        rect: [left, 60.0, left + 160.0, 100.0],
    };
    let signing = Signing {
        field: "unit",
        at,
        by: "某市公安局交通警察支队一大队",
        reason: "签发",
        location: "",
        appearance: None,
        certifies: true,
    };
    let places = [place("unit", 60.0), place("party-1", 300.0)];
    let fields = told("fields", || pades::with_fields(&pdf, &places))?;
    let certified = told("certification", || pades::sign(&fields, &signing, &seal))?;
    let party = Signing {
        field: "party-1",
        by: "张三",
        appearance: Some(&ink),
        certifies: false,
        ..signing
    };
    let event = Event {
        subject: subject("张三"),
        evidence: &[3; 32],
        at,
        key_for: Duration::from_secs(600),
        until: term.until,
        crl: None,
    };
    let signed = told("event certificate and signature with ink", || {
        let signer = authority.event(&event, &[4; 32])?;
        pades::sign(&certified, &party, &signer)
    })?;
    told("question for a timestamp", || {
        let stamping = pades::stamp_request(&signed, 5)?;
        Ok::<_, pades::PadesError>(stamping.request().to_vec())
    })?;
    let anchors = Anchors::new(vec![authority.certificate().clone()]);
    told("verification of two signatures", || {
        let report = verify(&signed, &anchors, at);
        Ok::<_, pades::PadesError>(report.lines().join("\n").into_bytes())
    })?;
    let sizes = [&pdf, &fields, &certified, &signed].map(Vec::len);
    println!("bytes: as drawn, with fields, certified, signed: {sizes:?}");
    Ok(())
}

/// Takes a step many times and says what one of them took.
fn told<E>(name: &str, step: impl Fn() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let started = Instant::now();
    for _ in 1..ROUNDS {
        step()?;
    }
    let last = step()?;
    let each = started.elapsed().as_secs_f64() * 1000.0 / f64::from(ROUNDS);
    println!("{name}: {each:.2} ms");
    Ok(last)
}
