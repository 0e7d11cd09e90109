//! What an operator can rely on who adds fonts.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../examples/sample/cases.rs"]
mod cases;
mod read;

use std::path::Path;

use papers::{Fonts, Pdf, RenderError, State, render};
use read::{FONTS, run, text};
use tempfile::TempDir;

const SQUARE: &[u8] = include_bytes!("fonts/square.ttf");
const PAIR: &[u8] = include_bytes!("fonts/pair.ttc");
const RESTRICTED: &[u8] = include_bytes!("fonts/restricted.ttf");
/// 𮯰 of Extension I, which this program's fonts do not have.
const RARE: char = '\u{2EBF0}';
const OUTLINE: &str = r#"<svg viewBox="0 0 100 100"><path d="M10 10h80v80h-80zM30 30v40h40v-40zM40 60c10-20 10-20 20 0z"/></svg>"#;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn fonts(files: &[(&str, &[u8])]) -> Fonts {
    Fonts::with_folder(folder(files).path()).unwrap()
}

fn refused(files: &[(&str, &[u8])]) -> String {
    Fonts::with_folder(folder(files).path())
        .err()
        .unwrap()
        .to_string()
}

fn named(name: &str, fonts: &Fonts) -> Result<Pdf, RenderError> {
    let mut document = cases::rear_end();
    document.parties[0].name = Some(name.to_owned());
    document.signatures[0].name = name.to_owned();
    render(&document, State::Issued, fonts)
}

/// Of the fonts in the file that carry this name.
fn fonts_called(pdf: &Pdf, name: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let output = std::process::Command::new("pdffonts")
        .arg(&file)
        .output()
        .unwrap();
    let rows = String::from_utf8(output.stdout).unwrap();
    assert!(
        rows.lines().skip(2).all(|row| row.contains("yes yes yes")),
        "{rows}"
    );
    rows.matches(&format!("+{name} ")).count()
}

#[test]
fn a_character_that_only_the_operators_font_has_is_drawn_and_can_be_copied() {
    let name = format!("张{RARE}");
    assert_eq!(FONTS.first_missing(&name), Some(RARE));
    let fonts = fonts(&[("square.ttf", SQUARE)]);
    assert_eq!(fonts.first_missing(&name), None);
    let pdf = named(&name, &fonts).unwrap();
    assert_eq!(text(&pdf).matches(&name).count(), 2);
    assert_eq!(fonts_called(&pdf, "Square"), 1);
    let without = named(&name, &FONTS).unwrap_err();
    assert_eq!(
        without.to_string(),
        format!("no font has a shape for '{RARE}' (U+2EBF0) in parties[0].name")
    );
}

#[test]
fn an_outline_of_one_character_is_drawn_searched_and_copied_like_any_other() {
    let name = "张𠅤\u{2EBF5}";
    let fonts = fonts(&[("U+2EBF5.svg", OUTLINE.as_bytes()), ("LICENSE", b"ours")]);
    let pdf = named(name, &fonts).unwrap();
    assert_eq!(text(&pdf).matches(name).count(), 2);
    assert_eq!(fonts_called(&pdf, "KuaichuOutlines"), 1);
    assert!(ink_where(&pdf, "\u{2EBF5}") > 0.2, "something is drawn there");
}

/// The part of black in the square of the first word that is `word`, as poppler draws it.
fn ink_where(pdf: &Pdf, word: &str) -> f32 {
    let boxes = run("pdftotext", &["-bbox", "-f", "1", "-l", "1"], pdf);
    let line = boxes
        .lines()
        .find(|line| line.contains(&format!("{word}<")))
        .unwrap();
    let number = |name: &str| -> f32 {
        let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let size = number("yMax") - number("yMin");
    let side = size.min(10.0);
    let at = |value: f32| format!("{}", (value * 2.0) as u32);
    let (x, y) = (number("xMax") - side, number("yMin") + (size - side) / 2.0);
    let folder = tempfile::tempdir().unwrap();
    let (file, picture) = (folder.path().join("paper.pdf"), folder.path().join("crop"));
    std::fs::write(&file, &pdf.bytes).unwrap();
    let status = std::process::Command::new("pdftoppm")
        .args(["-r", "144", "-gray", "-singlefile", "-x", &at(x), "-y", &at(y)])
        .args(["-W", &at(side), "-H", &at(side)])
        .args([&file, &picture])
        .status()
        .unwrap();
    assert!(status.success());
    let pixels = std::fs::read(picture.with_extension("pgm")).unwrap();
    let pixels = &pixels[pixels.len() - (side as usize * 2).pow(2)..];
    let dark = pixels.iter().filter(|&&pixel| pixel < 128).count();
    dark as f32 / pixels.len() as f32
}

#[test]
fn an_operators_body_face_draws_the_text_and_headings_stay() {
    let fonts = fonts(&[("body.ttf", SQUARE)]);
    let pdf = named("张伟", &fonts).unwrap();
    assert_eq!(fonts_called(&pdf, "Square"), 1);
    assert_eq!(text(&pdf).matches("当事人张伟").count(), 1);
    let plain = named("张伟", &self::fonts(&[("z.ttf", SQUARE)])).unwrap();
    assert_eq!(fonts_called(&plain, "Square"), 0, "asked last, not needed");
}

#[test]
fn a_collection_gives_the_faces_that_add_something_or_the_one_asked_for() {
    let all = fonts(&[("pair.ttc", PAIR)]);
    assert_eq!(all.first_missing("\u{2EBF1}\u{2EBF2}"), None);
    let pdf = named("\u{2EBF1}\u{2EBF2}", &all).unwrap();
    assert_eq!(
        (fonts_called(&pdf, "PairOne"), fonts_called(&pdf, "PairTwo")),
        (1, 1)
    );
    assert!(text(&pdf).contains("\u{2EBF1}\u{2EBF2}"));
    let first = fonts(&[("pair@0.ttc", PAIR)]);
    assert_eq!(first.first_missing("\u{2EBF1}\u{2EBF2}"), Some('\u{2EBF2}'));
    assert!(refused(&[("pair@2.ttc", PAIR)]).starts_with("the font pair@2.ttc cannot be used: "));
}

#[test]
fn the_first_file_by_name_that_has_the_character_draws_it() {
    for (square, outline) in [("a.ttf", false), ("z.ttf", false)] {
        let fonts = fonts(&[(square, SQUARE), ("U+2EBF0.svg", OUTLINE.as_bytes())]);
        let pdf = named(&format!("{RARE}"), &fonts).unwrap();
        assert_eq!(
            fonts_called(&pdf, "KuaichuOutlines") == 1,
            outline,
            "fonts come first"
        );
    }
    let fonts = fonts(&[("b.ttc", PAIR), ("a@1.ttc", PAIR)]);
    let pdf = named("\u{2EBF1}", &fonts).unwrap();
    assert_eq!(
        (fonts_called(&pdf, "PairOne"), fonts_called(&pdf, "PairTwo")),
        (0, 1)
    );
}

#[test]
fn what_is_not_understood_stops_the_start_with_its_name_and_the_reason() {
    let half = &SQUARE[..SQUARE.len() / 2];
    for (name, bytes, why) in [
        ("broken.ttf", &b"no font"[..], "unknown magic"),
        ("half.ttf", half, ""),
        ("secret.ttf", RESTRICTED, "does not allow it to be embedded"),
        ("song.woff2", SQUARE, "neither a .ttf, .otf or .ttc nor an .svg"),
        (
            "2EBF5.svg",
            OUTLINE.as_bytes(),
            "named for its character, as U+2A6D6.svg",
        ),
        ("U+2EBF5.svg", b"<svg/>", "the svg has no viewBox"),
        ("U+2EBF5.svg", b"\xff", "not UTF-8"),
    ] {
        let problem = refused(&[(name, bytes)]);
        assert!(
            problem.starts_with(&format!("the font {name} cannot be used: ")) && problem.contains(why),
            "{problem}"
        );
    }
    let twice = refused(&[
        ("U+4DB6.svg", OUTLINE.as_bytes()),
        ("U+04DB6.svg", OUTLINE.as_bytes()),
    ]);
    assert!(
        twice.contains("there is another file for this character"),
        "{twice}"
    );
    let nowhere = Fonts::with_folder(Path::new("/nowhere/fonts")).err().unwrap();
    assert!(nowhere.to_string().contains("/nowhere/fonts"), "{nowhere}");
}

#[test]
fn the_seal_takes_its_characters_from_the_same_fonts() {
    let seal = papers::seal(&format!("诸暨{RARE}"), "章");
    assert!(seal.svg(&FONTS).is_err());
    let svg = seal.svg(&fonts(&[("U+2EBF0.svg", OUTLINE.as_bytes())])).unwrap();
    assert!(svg.contains('C'), "{}", svg.len());
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let files: [(&str, &[u8]); 2] = [("square.ttf", SQUARE), ("U+2EBF5.svg", OUTLINE.as_bytes())];
    let name = format!("{RARE}\u{2EBF5}");
    assert!(named(&name, &fonts(&files)).unwrap() == named(&name, &fonts(&files)).unwrap());
}
