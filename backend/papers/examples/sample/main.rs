//! Writes papers of every kind and says what they cost: `cargo run -p papers --example sample -- FOLDER [FONTS]`,
//! FONTS being an operator's folder of fonts to try.

mod cases;
mod forms;

use std::path::{Path, PathBuf};
use std::time::Instant;

use papers::{FindingDocument, Fonts, Paper, State, appearance, render};

/// So often each one is drawn for the time that is printed.
const ROUNDS: u32 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: sample FOLDER [FONTS]")?);
    std::fs::create_dir_all(&folder)?;
    let started = Instant::now();
    let fonts = match std::env::args_os().nth(2) {
        Some(added) => Fonts::with_folder(Path::new(&added))?,
        None => Fonts::embedded()?,
    };
    println!("fonts parsed in {} ms", started.elapsed().as_millis());
    let mut pending = cases::rear_end();
    pending.officer.ink = None;
    pending
        .signatures
        .iter_mut()
        .for_each(|signature| signature.slot = papers::SignatureSlot::Pending);
    appearances(&pending, &folder, &fonts)?;
    let findings = [
        ("rear-end", cases::rear_end(), State::Issued),
        ("draft", pending.clone(), State::Draft),
        ("unsigned", pending, State::Issued),
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

/// What fills the places of a finding, each a file of its own.
fn appearances(
    pending: &FindingDocument,
    folder: &Path,
    fonts: &Fonts,
) -> Result<(), Box<dyn std::error::Error>> {
    let slots = [cases::signed("甲", "张伟", 1), cases::refused("乙", "李娜")];
    let pdf = render(pending, State::Issued, fonts)?;
    for (place, signature) in pdf.places.iter().zip(slots) {
        let bytes = appearance(place, &signature.slot, fonts)?;
        std::fs::write(folder.join(format!("fills-{}.pdf", place.name)), bytes)?;
    }
    Ok(())
}
