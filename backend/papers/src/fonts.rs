//! The fonts, parsed once: body, its rare characters, headings.
//!
//! A glyph is looked up character by character along a fixed fallback chain. There is no shaping: Chinese,
//! digits and Latin letters need none, and what would need it is refused as missing.

use printpdf::ParsedFont;
use ttf_parser::Face;

use crate::RenderError;

const SERIF: &[u8] = include_bytes!("../fonts/serif.otf");
const SERIF_RARE: &[u8] = include_bytes!("../fonts/serif-rare.otf");
const SANS_BOLD: &[u8] = include_bytes!("../fonts/sans-bold.otf");

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

pub(crate) struct LoadedFace {
    /// Six capitals: printpdf makes the subset tag of the font's name from it.
    pub id: &'static str,
    pub outlines: Face<'static>,
    pub embed: ParsedFont,
}

/// The embedded fonts, ready to measure and to draw. Make it once and share it: parsing takes a moment and
/// about 30 MB.
pub struct Fonts {
    pub(crate) faces: Vec<LoadedFace>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the embedded font {name} cannot be read")]
pub struct FontError {
    pub name: &'static str,
}

const BODY_CHAIN: [usize; 3] = [0, 1, 2];
const HEADING_CHAIN: [usize; 3] = [2, 0, 1];

impl Fonts {
    /// # Errors
    /// [`FontError`] when a font in the binary is damaged.
    pub fn embedded() -> Result<Self, FontError> {
        let sources = [("BODYAA", SERIF), ("RAREAA", SERIF_RARE), ("HEADAA", SANS_BOLD)];
        let faces = sources
            .into_iter()
            .map(|(id, bytes)| load(id, bytes))
            .collect::<Result<_, _>>()?;
        Ok(Self { faces })
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
            Family::Body => BODY_CHAIN,
            Family::Heading => HEADING_CHAIN,
        };
        chain.into_iter().find_map(|face| {
            let outlines = &self.faces.get(face)?.outlines;
            let id = outlines.glyph_index(character).filter(|id| id.0 != 0)?;
            let advance = f32::from(outlines.glyph_hor_advance(id)?) / f32::from(outlines.units_per_em());
            Some(Glyph {
                face,
                id: id.0,
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

fn load(name: &'static str, bytes: &'static [u8]) -> Result<LoadedFace, FontError> {
    let outlines = Face::parse(bytes, 0).map_err(|_| FontError { name })?;
    let mut embed = ParsedFont::from_bytes(bytes, 0, &mut Vec::new()).ok_or(FontError { name })?;
    // Cloned with every document and read by nobody: each glyph brings its own character.
    embed.reverse_glyph_cache.clear();
    embed.index_to_cid.clear();
    embed.cmap_subtable = None;
    Ok(LoadedFace {
        id: name,
        outlines,
        embed,
    })
}
