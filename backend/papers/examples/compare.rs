//! Our side of `cargo xtask bench papers`: the finding for the other contenders, and our own drawing of it.
//!
//! `compare data FOLDER` writes the finding, its seal and the fonts; `compare run FOLDER NAME SECONDS` draws it
//! as often as the time allows and tells on one line of JSON.

#[path = "sample/cases.rs"]
mod cases;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use papers::{FindingDocument, Fonts, State, render};
use serde_json::json;

const FONTS: [(&str, &[u8]); 2] = [
    ("serif.otf", include_bytes!("../fonts/serif.otf")),
    ("sans-bold.otf", include_bytes!("../fonts/sans-bold.otf")),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["data", folder] => data(PathBuf::from(folder)),
        ["run", folder, name, seconds] => run(PathBuf::from(folder), name, seconds.parse()?),
        _ => Err("usage: compare data FOLDER | compare run FOLDER NAME SECONDS".into()),
    }
}

/// A usual finding, with a rare character in a name.
fn finding() -> FindingDocument {
    let mut document = cases::rear_end();
    document.parties[0].name = Some("张䶮𬱖".to_owned());
    document.signatures[0].name = "张䶮𬱖".to_owned();
    document
}

fn data(folder: PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(&folder)?;
    let document = finding();
    let seal = match &document.seal {
        Some(seal) => seal.svg(&Fonts::embedded()?)?,
        None => String::new(),
    };
    // In the size it has on the page.
    let seal = seal.replacen("<svg ", "<svg width=\"38mm\" height=\"38mm\" ", 1);
    let finding = json!({ "document": document, "seal": seal });
    std::fs::write(folder.join("finding.json"), finding.to_string())?;
    for (name, bytes) in FONTS {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn run(folder: PathBuf, name: &str, seconds: f64) -> Result<(), Box<dyn std::error::Error>> {
    let (document, fonts) = (finding(), Fonts::embedded()?);
    let first = render(&document, State::Issued, &fonts)?;
    std::fs::write(folder.join(name).with_extension("pdf"), &first.bytes)?;
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs_f64(seconds) {
        render(&document, State::Issued, &fonts)?;
        done += 1;
    }
    let took = began.elapsed().as_secs_f64();
    let told = json!({ "documents": done, "seconds": took, "bytes": first.bytes.len() });
    println!("{told}");
    Ok(())
}
