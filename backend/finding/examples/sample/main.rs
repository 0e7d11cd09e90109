//! Writes a complete finding: `cargo run -p finding --example sample -- FILE [draft|void]`.

mod papers;

use finding::{Fonts, State, render};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: sample FILE [draft|void]")?;
    let state = match arguments.next().as_deref() {
        None => State::Issued,
        Some("draft") => State::Draft,
        Some("void") => State::Void,
        Some(other) => return Err(format!("neither draft nor void: {other}").into()),
    };
    let pdf = render(&papers::rear_end(), state, &Fonts::embedded()?)?;
    std::fs::write(&file, &pdf.bytes)?;
    println!(
        "{file}: {} pages, {} bytes, sha-256 {}",
        pdf.pages,
        pdf.bytes.len(),
        pdf.sha256
    );
    Ok(())
}
