//! The fonts, parsed once: body, its rare characters, headings, and what the operator adds.
//!
//! A glyph is looked up character by character along a fixed fallback chain. There is no shaping: Chinese,
//! digits and Latin letters need none, and what would need it is refused as missing.

use std::path::Path;

use crate::RenderError;
use crate::folder;
use crate::typeface::Typeface;

const SERIF: &[u8] = include_bytes!("../fonts/serif.otf");
const SERIF_RARE: &[u8] = include_bytes!("../fonts/serif-rare.otf");
const SANS_BOLD: &[u8] = include_bytes!("../fonts/sans-bold.otf");

/// The bold face as a file, for pictures that carry words.
pub const BOLD_FONT: &[u8] = SANS_BOLD;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Body,
    Heading,
}

/// A character with the glyph that draws it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Index into [`Fonts::faces`].
    pub face: usize,
    pub id: u16,
    pub character: char,
    /// In em.
    pub advance: f32,
}

/// The fonts, ready to measure and to draw. Make them once and share them: parsing takes a moment and about
/// 30 MB, and what a folder adds stays in memory as long as the process lives.
pub struct Fonts {
    pub(crate) faces: Vec<Typeface>,
    /// Indices into `faces` in the order they are asked.
    body: Vec<usize>,
    heading: Vec<usize>,
}

/// Why a font cannot be used. Nothing is drawn without it: a document that lacks a character is worse than a
/// program that does not start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the font {file} cannot be used: {why}")]
pub struct FontError {
    /// The name of the file in the folder, or of the font in this program.
    pub file: String,
    pub why: String,
}

impl FontError {
    pub(crate) fn new(file: &str, why: &str) -> Self {
        Self {
            file: file.to_owned(),
            why: why.to_owned(),
        }
    }
}

impl Fonts {
    /// # Errors
    /// [`FontError`] when a font in the binary is damaged.
    pub fn embedded() -> Result<Self, FontError> {
        let sources = [
            ("serif.otf", SERIF),
            ("serif-rare.otf", SERIF_RARE),
            ("sans-bold.otf", SANS_BOLD),
        ];
        let faces = sources
            .into_iter()
            .map(|(name, bytes)| Typeface::read(name, bytes, 0))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            faces,
            body: vec![0, 1, 2],
            heading: vec![2, 0, 1],
        })
    }

    /// The fonts of this program together with those of a folder.
    ///
    /// `body.*` and `heading.*` (`.ttf`, `.otf`, `.ttc`) stand before this program's faces; other fonts after
    /// all of them, in the order of their file names; `U+2A6D6.svg` draws one character that no font has. A
    /// file name like `songti@2.ttc` takes one face of a collection.
    ///
    /// # Errors
    /// [`FontError`] naming the file that cannot be used, and why.
    pub fn with_folder(folder: &Path) -> Result<Self, FontError> {
        let mut fonts = Self::embedded()?;
        let folder::Folder {
            body,
            heading,
            others,
        } = folder::read(folder)?;
        let body = fonts.add(body);
        let heading = fonts.add(heading);
        let others = fonts.add(others);
        fonts.body.splice(0..0, body.clone());
        fonts.heading.splice(0..0, heading.clone());
        fonts.body.extend(heading.chain(others.clone()));
        fonts.heading.extend(body.chain(others));
        Ok(fonts)
    }

    /// The files of the faces in the order headings ask them, for whoever draws on something else than a page.
    #[must_use]
    pub fn embedded_files() -> [&'static [u8]; 3] {
        [SANS_BOLD, SERIF, SERIF_RARE]
    }

    fn add(&mut self, faces: Vec<Typeface>) -> std::ops::Range<usize> {
        let first = self.faces.len();
        self.faces.extend(faces);
        first..self.faces.len()
    }

    /// The first character of `text` that no font can draw, if any: to tell a person at the form and not only
    /// when the document is issued.
    #[must_use]
    pub fn first_missing(&self, text: &str) -> Option<char> {
        text.chars()
            .find(|&character| character != '\n' && self.glyph(Family::Body, character).is_none())
    }

    pub(crate) fn glyph(&self, family: Family, character: char) -> Option<Glyph> {
        let chain = match family {
            Family::Body => &self.body,
            Family::Heading => &self.heading,
        };
        chain.iter().find_map(|&face| {
            let (id, advance) = self.faces.get(face)?.glyph(character)?;
            Some(Glyph {
                face,
                id,
                character,
                advance,
            })
        })
    }

    /// # Errors
    /// [`RenderError::MissingGlyph`] for the first character without a glyph.
    pub(crate) fn glyphs(&self, family: Family, text: &str, field: &str) -> Result<Vec<Glyph>, RenderError> {
        text.chars()
            .map(|character| {
                self.glyph(family, character)
                    .ok_or_else(|| RenderError::MissingGlyph {
                        character,
                        field: field.to_owned(),
                    })
            })
            .collect()
    }
}
