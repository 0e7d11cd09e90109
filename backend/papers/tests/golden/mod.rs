//! Page images kept as text: each character is how dark a patch of the page is.
//!
//! A file shows at a glance what moved, and differences of a poppler release stay within the tolerance. Look at
//! the pages first (`cargo run -p papers --example sample -- FOLDER`), then `UPDATE_GOLDEN=1` writes them anew.

use std::path::PathBuf;
use std::process::Command;

use papers::Pdf;

const DPI: &str = "40";
/// A patch is so many pixels wide and half as many lines high as it is wide on a screen of text.
const PATCH: (usize, usize) = (4, 8);
const SHADES: &[u8] = b" .:-=+*#%@";
/// So many patches in a thousand may differ by more than one shade.
const DIFFERENT_MAX: usize = 4;

pub fn assert_looks_as_before(name: &str, pdf: &Pdf) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for page in 1..=pdf.pages {
        let file = folder.join(format!("{name}-{page}.txt"));
        let seen = picture(pdf, page);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &seen).unwrap();
            continue;
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        let different = difference(&kept, &seen);
        assert!(
            different.is_some_and(|different| different * 1000 <= seen.len() * DIFFERENT_MAX),
            "page {page} of {name} looks different: {different:?} patches; it is now\n{seen}"
        );
    }
}

/// How many patches differ by more than a shade; `None` when the pages are not of one size.
fn difference(kept: &str, seen: &str) -> Option<usize> {
    let shade = |byte: u8| {
        SHADES
            .iter()
            .position(|&shade| shade == byte)
            .unwrap_or(usize::MAX)
    };
    let differ = |(a, b): (u8, u8)| a != b && shade(a).abs_diff(shade(b)) > 1;
    (kept.len() == seen.len()).then(|| {
        kept.bytes()
            .zip(seen.bytes())
            .filter(|&pair| differ(pair))
            .count()
    })
}

fn picture(pdf: &Pdf, page: u32) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (file, image) = (folder.path().join("paper.pdf"), folder.path().join("page"));
    std::fs::write(&file, &pdf.bytes).unwrap();
    let page = page.to_string();
    let drawn = Command::new("pdftoppm")
        .args(["-gray", "-singlefile", "-r", DPI, "-f", &page, "-l", &page])
        .args([&file, &image])
        .status()
        .unwrap();
    assert!(drawn.success());
    let bytes = std::fs::read(image.with_extension("pgm")).unwrap();
    let (width, pixels) = pixels(&bytes);
    let mut text = String::new();
    for rows in pixels.chunks(width * PATCH.1) {
        for column in (0..width).step_by(PATCH.0) {
            let patch = rows
                .chunks(width)
                .flat_map(|row| &row[column..width.min(column + PATCH.0)]);
            let (sum, count) = patch.fold((0, 0), |(sum, count), &pixel| {
                (sum + 255 - usize::from(pixel), count + 1)
            });
            // A page of text is mostly white: half black is as dark as it gets.
            let shade = sum * 2 * (SHADES.len() - 1) / (255 * count);
            text.push(char::from(SHADES[shade.min(SHADES.len() - 1)]));
        }
        text.push('\n');
    }
    text
}

/// Width and pixels of a binary grey map: `P5 width height 255` and a byte for each.
fn pixels(file: &[u8]) -> (usize, &[u8]) {
    let fields: Vec<_> = file.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
    let width: usize = std::str::from_utf8(fields[1]).unwrap().parse().unwrap();
    let rest = fields[3];
    let head = rest.iter().position(u8::is_ascii_whitespace).unwrap();
    (width, &rest[head + 1..])
}
