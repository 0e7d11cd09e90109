//! The operator's folder of fonts: faces for body and headings, faces for rare characters, single outlines.
//!
//! `body.*` and `heading.*` come before the fonts of this program; every other font comes after them, in the
//! order of the file names; outlines of single characters (`U+2A6D6.svg`) come last. What is not understood is
//! refused by name, so that a typing error does not turn up as a missing character months later. Licences and
//! notes (`.txt`, `.md`, no ending) may lie beside the fonts.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use crate::fonts::FontError;
use crate::outline_font;
use crate::svg::{self, Outline};
use crate::typeface::Typeface;

/// One font of all of Unicode has some 40 MB.
const FILE_BYTES_MAX: u64 = 128 << 20;
/// An outline of a character has a few KB.
const SVG_BYTES_MAX: u64 = 256 << 10;
const FILES_MAX: usize = 500;
/// What stands in messages for the font that is made of the outlines.
const OUTLINES: &str = "U+*.svg";

#[derive(Default)]
pub struct Folder {
    pub body: Vec<Typeface>,
    pub heading: Vec<Typeface>,
    pub others: Vec<Typeface>,
}

pub fn read(folder: &Path) -> Result<Folder, FontError> {
    let mut read = Folder::default();
    let mut outlines = BTreeMap::new();
    for name in names(folder)? {
        let path = folder.join(&name);
        let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "" | "txt" | "md" => {}
            "svg" => {
                let character = character(stem).ok_or_else(|| {
                    FontError::new(&name, "an outline is named for its character, as U+2A6D6.svg")
                })?;
                let text = String::from_utf8(bytes(&path, &name, SVG_BYTES_MAX)?)
                    .map_err(|_| FontError::new(&name, "not UTF-8"))?;
                let outline = svg::outline(&text).map_err(|why| FontError::new(&name, &why))?;
                if outlines.insert(character, outline).is_some() {
                    return Err(FontError::new(&name, "there is another file for this character"));
                }
            }
            "ttf" | "otf" | "ttc" | "otc" => {
                let (stem, index) = face_wanted(stem);
                let faces = faces(&name, bytes(&path, &name, FILE_BYTES_MAX)?, index)?;
                match stem.to_ascii_lowercase().as_str() {
                    "body" => read.body.extend(faces),
                    "heading" => read.heading.extend(faces),
                    _ => read.others.extend(faces),
                }
            }
            _ => return Err(FontError::new(&name, "neither a .ttf, .otf or .ttc nor an .svg")),
        }
    }
    read.others.extend(drawn(&outlines)?);
    Ok(read)
}

/// The names of the files in their order; hidden ones are left out.
fn names(folder: &Path) -> Result<Vec<String>, FontError> {
    let unreadable =
        |error: std::io::Error| FontError::new(&folder.display().to_string(), &error.to_string());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        // Follows links: packaged fonts are usually linked here.
        if !std::fs::metadata(entry.path()).map_err(unreadable)?.is_file() {
            return Err(FontError::new(&name, "not a file"));
        }
        names.push(name);
        if names.len() > FILES_MAX {
            return Err(FontError::new(
                &folder.display().to_string(),
                "more than 500 files",
            ));
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn bytes(path: &Path, name: &str, max: u64) -> Result<Vec<u8>, FontError> {
    let unreadable = |error: std::io::Error| FontError::new(name, &error.to_string());
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > max {
        let why = format!("{size} bytes are more than the {max} allowed");
        return Err(FontError::new(name, &why));
    }
    std::fs::read(path).map_err(unreadable)
}

/// `NotoSerifCJK-Regular@2` means the third face of a collection.
fn face_wanted(stem: &str) -> (&str, Option<u32>) {
    match stem.rsplit_once('@') {
        Some((stem, index)) if index.parse::<u32>().is_ok() => (stem, index.parse().ok()),
        _ => (stem, None),
    }
}

/// The one face asked for; else those that draw a character that none before them does. The faces of a
/// collection mostly differ in language only.
fn faces(name: &str, bytes: Vec<u8>, wanted: Option<u32>) -> Result<Vec<Typeface>, FontError> {
    let bytes: &'static [u8] = bytes.leak();
    let count = ttf_parser::fonts_in_collection(bytes).unwrap_or(1);
    if let Some(index) = wanted {
        return Ok(vec![Typeface::read(name, bytes, index)?]);
    }
    let mut faces = Vec::new();
    let mut known = BTreeSet::new();
    for index in 0..count {
        let face = Typeface::read(name, bytes, index)?;
        let characters = face.characters();
        if !characters.is_subset(&known) {
            known.extend(characters);
            faces.push(face);
        }
    }
    Ok(faces)
}

fn character(stem: &str) -> Option<char> {
    let digits = stem.strip_prefix("U+")?;
    let hex = (4..=6).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
    char::from_u32(code).filter(|character| !character.is_control() && !character.is_whitespace())
}

/// The outlines as a font like any other, so that what they draw is text to search and to copy.
fn drawn(outlines: &BTreeMap<char, Outline>) -> Result<Option<Typeface>, FontError> {
    if outlines.is_empty() {
        return Ok(None);
    }
    let font = outline_font::build(outlines).leak();
    Typeface::read(OUTLINES, font, 0).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_named_for_its_character() {
        assert_eq!(character("U+2A6D6"), Some('\u{2A6D6}'));
        assert_eq!(character("U+4db6"), Some('\u{4DB6}'));
        for wrong in [
            "2A6D6",
            "U+D800",
            "U+110000",
            "U+20",
            "U+0020",
            "U+2A6D6 (1)",
            "U++4E0",
        ] {
            assert_eq!(character(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_collections_face_is_chosen_by_its_number() {
        assert_eq!(
            face_wanted("NotoSerifCJK-Regular@2"),
            ("NotoSerifCJK-Regular", Some(2))
        );
        assert_eq!(face_wanted("songti@home"), ("songti@home", None));
        assert_eq!(face_wanted("simfang"), ("simfang", None));
    }
}
