//! What fills a party's place once they signed or refused: a page of the size of the place.
//!
//! The page of the document stays as it was; this one is laid over the place by whoever appends the signature.
//! So it has no background, and it is no archive file by itself: the file it is laid into is.

use crate::document::SignatureSlot;
use crate::draw::{Command, Sheet, at};
use crate::flow::{NOTE, SMALL, Style};
use crate::fonts::Fonts;
use crate::ink::{self, Slot};
use crate::places::Place;
use crate::text::{self, Placed};
use crate::{RenderError, finish, pdf};

/// Room left free on all sides.
const MARGIN: f32 = 1.5;
/// The ink keeps at least this part of the height.
const INK_PART_MIN: f32 = 0.5;
/// Notes are set smaller rather than cut, by this much at a time down to the smallest.
const SIZE_STEP: f32 = 0.5;
const SIZE_MIN: f32 = 4.0;
/// Rather than smaller than this, the time goes on a second line.
const LINE_SIZE_MIN: f32 = 6.0;

/// Draws what `slot` holds as a PDF of one page that is as large as `place`: the ink with its time beneath, or
/// the officer's note of a refusal. The text can be searched, its fonts are embedded, and the same slot gives
/// the same bytes.
///
/// # Errors
/// [`RenderError::BadField`] for ink that is no drawing, for a note that the place cannot hold, and for a slot
/// that is still pending; [`RenderError::MissingGlyph`] as for documents.
pub fn appearance(place: &Place, slot: &SignatureSlot, fonts: &Fonts) -> Result<Vec<u8>, RenderError> {
    let sheet = Sheet {
        width: place.width(),
        height: place.height(),
    };
    let room = Slot {
        left: MARGIN,
        top: MARGIN,
        width: sheet.width - 2.0 * MARGIN,
        height: sheet.height - 2.0 * MARGIN,
    };
    let page = match slot {
        SignatureSlot::Signed { ink, at } => {
            let fitted = |height, least| Note::fitted(at, NOTE, [room.width, height], least, place, fonts);
            let note = fitted(NOTE.leading, LINE_SIZE_MIN)
                .or_else(|_| fitted(room.height * (1.0 - INK_PART_MIN), SIZE_MIN))?;
            let height = room.height - note.height();
            let mut page = ink::draw(ink, Slot { height, ..room }, &place.name)?;
            page.extend(note.drawn(room.left, room.top + height));
            page
        }
        SignatureSlot::Refused { .. } => {
            let text = slot.refusal().unwrap_or_default();
            let note = Note::fitted(&text, SMALL, [room.width, room.height], SIZE_MIN, place, fonts)?;
            let top = room.top + (room.height - note.height()) / 2.0;
            note.drawn(room.left, top)
        }
        SignatureSlot::Pending => {
            return Err(RenderError::BadField {
                field: place.name.clone(),
                why: "neither signed nor refused",
            });
        }
    };
    finish::bare(pdf::write(&[page], sheet, fonts)?)
}

struct Note {
    style: Style,
    lines: Vec<Vec<Placed>>,
}

impl Note {
    /// In the largest size that fits.
    fn fitted(
        text: &str,
        wanted: Style,
        [width, height]: [f32; 2],
        size_min: f32,
        place: &Place,
        fonts: &Fonts,
    ) -> Result<Self, RenderError> {
        let field = &place.name;
        let glyphs = fonts.glyphs(wanted.family, text, field)?;
        let mut style = wanted;
        loop {
            let lines = text::break_lines(&glyphs, style.size, width, 0.0);
            let note = Self { style, lines };
            if note.height() <= height {
                return Ok(note);
            }
            let size = style.size - SIZE_STEP;
            if size < size_min {
                return Err(RenderError::BadField {
                    field: field.clone(),
                    why: "too long for its place",
                });
            }
            style = Style {
                size,
                leading: wanted.leading * size / wanted.size,
                ..wanted
            };
        }
    }

    fn height(&self) -> f32 {
        self.lines.len() as f32 * self.style.leading
    }

    fn drawn(self, left: f32, top: f32) -> Vec<Command> {
        let style = self.style;
        let line = |(index, glyphs): (usize, Vec<Placed>)| Command::Text {
            at: at(left, style.baseline(top + index as f32 * style.leading)),
            degrees: 0.0,
            size: style.size,
            color: style.color,
            glyphs,
        };
        self.lines.into_iter().enumerate().map(line).collect()
    }
}
