//! Writes findings of every kind and says what they cost: `cargo run -p papers --example sample -- FOLDER`.

mod cases;
mod forms;

use std::path::PathBuf;
use std::time::Instant;

use papers::{Fonts, Paper, State, render};

/// So often each one is drawn for the time that is printed.
const ROUNDS: u32 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: sample FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let fonts = Fonts::embedded()?;
    println!("fonts parsed in {} ms", started.elapsed().as_millis());
    let mut pending = cases::rear_end();
    pending.officer.ink = None;
    pending
        .signatures
        .iter_mut()
        .for_each(|signature| signature.slot = papers::SignatureSlot::Pending);
    let findings = [
        ("rear-end", cases::rear_end(), State::Issued),
        ("draft", pending, State::Draft),
        ("void", cases::rear_end(), State::Void),
        ("everything", cases::everything(), State::Issued),
        ("six-parties", cases::six_parties(), State::Issued),
        ("mediated", cases::mediated(cases::rear_end(), 2), State::Issued),
        (
            "mediated-six",
            cases::mediated(cases::six_parties(), 14),
            State::Issued,
        ),
        (
            "not-mediated",
            cases::not_mediated(cases::rear_end()),
            State::Issued,
        ),
        ("long-statement", cases::long_statement(), State::Issued),
    ];
    let finding = |(name, document, state)| (name, Paper::from(document), state);
    let others = forms::every().into_iter().skip(1).chain(forms::hard());
    let others = others.map(|(name, paper)| (name, paper, State::Issued));
    for (name, document, state) in findings.into_iter().map(finding).chain(others) {
        let pdf = render(&document, state, &fonts)?;
        let started = Instant::now();
        for _ in 0..ROUNDS {
            render(&document, state, &fonts)?;
        }
        let each_ms = started.elapsed().as_secs_f64() * 1000.0 / f64::from(ROUNDS);
        let kilobytes = pdf.bytes.len() as f64 / 1000.0;
        println!("{name}: {} pages, {kilobytes:.0} kB, {each_ms:.0} ms", pdf.pages);
        std::fs::write(folder.join(format!("{name}.pdf")), &pdf.bytes)?;
    }
    Ok(())
}
