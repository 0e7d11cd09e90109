//! One face of one font file, checked so that it will not fail when a document needs it.
//!
//! Drawing comes from the file itself; nothing is hinted, shaped or repaired. What cannot be embedded in a
//! document, by its form or by its licence, is refused when it is read.

use std::collections::{BTreeMap, BTreeSet};

use printpdf::ParsedFont;
use ttf_parser::{Face, Permissions};

use crate::fonts::FontError;

pub struct Typeface {
    pub name: String,
    pub outlines: Face<'static>,
    pub embed: ParsedFont,
}

impl Typeface {
    /// `bytes` live as long as the process, as the fonts do.
    pub fn read(name: &str, bytes: &'static [u8], index: u32) -> Result<Self, FontError> {
        let unusable = |why: &str| FontError::new(name, why);
        let outlines = Face::parse(bytes, index).map_err(|error| unusable(&error.to_string()))?;
        if outlines.permissions() == Some(Permissions::Restricted) {
            return Err(unusable(
                "its licence (fsType) does not allow it to be embedded in documents",
            ));
        }
        let tables = outlines.tables();
        if tables.glyf.is_none() && tables.cff.is_none() {
            return Err(unusable("it has no outlines of the kinds glyf or CFF"));
        }
        let mut embed = ParsedFont::from_bytes(bytes, index as usize, &mut Vec::new())
            .ok_or_else(|| unusable("its tables cannot be read"))?;
        // Cloned with every document and read by nobody: each glyph brings its own character.
        embed.reverse_glyph_cache.clear();
        embed.index_to_cid.clear();
        embed.cmap_subtable = None;
        let face = Self {
            name: name.to_owned(),
            outlines,
            embed,
        };
        face.try_out()?;
        Ok(face)
    }

    /// The glyph of a character with its advance in em.
    pub fn glyph(&self, character: char) -> Option<(u16, f32)> {
        let id = self.outlines.glyph_index(character).filter(|id| id.0 != 0)?;
        let advance = self.outlines.glyph_hor_advance(id)?;
        Some((id.0, f32::from(advance) / f32::from(self.outlines.units_per_em())))
    }

    pub fn characters(&self) -> BTreeSet<char> {
        let mut characters = BTreeSet::new();
        self.each_character(|character| {
            characters.insert(character);
        });
        characters.retain(|&character| self.glyph(character).is_some());
        characters
    }

    fn each_character(&self, mut seen: impl FnMut(char)) {
        let Some(cmap) = self.outlines.tables().cmap else {
            return;
        };
        for subtable in cmap.subtables.into_iter().filter(|table| table.is_unicode()) {
            subtable.codepoints(|code| {
                if let Some(character) = char::from_u32(code) {
                    seen(character);
                }
            });
        }
    }

    /// Takes the first character out of the font, as every document does with those it needs.
    fn try_out(&self) -> Result<(), FontError> {
        let unusable = |why: &str| FontError::new(&self.name, why);
        let mut first = None;
        self.each_character(|character| {
            if first.is_none() && character > ' ' {
                first = self.glyph(character).map(|(id, _)| (id, character.to_string()));
            }
        });
        let first = first.ok_or_else(|| unusable("it has no characters of Unicode"))?;
        let glyphs = BTreeMap::from([first]);
        printpdf::subset_font(&self.embed, &glyphs)
            .map(|_| ())
            .map_err(|error| unusable(&format!("nothing can be taken out of it: {error}")))
    }
}
