//! The flow of the form down the pages: a cursor, a frame that closes and reopens at page breaks, paragraphs.

use crate::RenderError;
use crate::draw::{At, BLACK, Color, Command, GREY, PAGE_HEIGHT, PAGE_WIDTH, Page, Path, at, mm};
use crate::fonts::{Family, Fonts, Glyph};
use crate::text::{self, Placed};

pub const LEFT: f32 = mm(20.0);
pub const RIGHT: f32 = PAGE_WIDTH - LEFT;
pub const WIDTH: f32 = RIGHT - LEFT;
pub const TOP: f32 = mm(19.0);
pub const BOTTOM: f32 = PAGE_HEIGHT - mm(17.0);
/// Between the frame and what stands in it.
pub const PAD: f32 = 7.0;
const FRAME: f32 = 0.9;
const RULE: f32 = 0.45;

#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub family: Family,
    pub size: f32,
    pub leading: f32,
    pub color: Color,
}

const fn style(family: Family, size: f32, leading: f32, color: Color) -> Style {
    Style {
        family,
        size,
        leading,
        color,
    }
}

pub const UNIT: Style = style(Family::Heading, 14.0, 20.0, BLACK);
pub const TITLE: Style = style(Family::Heading, 18.0, 30.0, BLACK);
pub const BODY: Style = style(Family::Body, 11.0, 18.0, BLACK);
/// The text of a letter, which has no frame.
pub const LETTER: Style = style(Family::Body, 11.0, 19.0, BLACK);
pub const SECTION: Style = style(Family::Heading, 10.5, 18.5, BLACK);
pub const LABEL: Style = style(Family::Heading, 9.0, 13.0, BLACK);
pub const VALUE: Style = style(Family::Body, 10.5, 14.5, BLACK);
pub const SMALL: Style = style(Family::Body, 9.0, 13.5, BLACK);
pub const NOTE: Style = style(Family::Body, 7.5, 10.5, GREY);

impl Style {
    /// The baseline of a line whose top is at `top`, so that Chinese characters sit in its middle.
    pub fn baseline(&self, top: f32) -> f32 {
        top + self.leading / 2.0 + 0.38 * self.size
    }
}

pub struct Flow<'a> {
    pub fonts: &'a Fonts,
    pages: Vec<Page>,
    current: Page,
    pub y: f32,
    frame_top: Option<f32>,
}

impl<'a> Flow<'a> {
    pub fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            pages: Vec::new(),
            current: Page::new(),
            y: TOP,
            frame_top: None,
        }
    }

    pub fn finish(mut self) -> Vec<Page> {
        self.close_frame();
        self.pages.push(self.current);
        self.pages
    }

    pub fn push(&mut self, commands: impl IntoIterator<Item = Command>) {
        self.current.extend(commands);
    }

    /// Goes to the next page unless `height` still fits, or unless the page is still empty.
    pub fn ensure(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.break_page();
        }
    }

    /// Refuses a block that no page can hold: it would be cut, and nobody would see that.
    pub fn must_fit(&self, height: f32, field: &str) -> Result<(), RenderError> {
        if height <= BOTTOM - TOP {
            return Ok(());
        }
        Err(RenderError::BadField {
            field: field.to_owned(),
            why: "too long for a page",
        })
    }

    pub fn break_page(&mut self) {
        let framed = self.frame_top.is_some();
        self.close_frame();
        self.pages.push(std::mem::take(&mut self.current));
        self.y = TOP;
        if framed {
            self.open_frame();
        }
    }

    /// Like [`Flow::ensure`] in the middle of a text: the text keeps its distance from the frame on both pages.
    fn make_room_inside(&mut self, height: f32) {
        if self.y + height + PAD / 2.0 > BOTTOM {
            self.y += PAD / 2.0;
            self.break_page();
            self.y += PAD / 2.0;
        }
    }

    pub fn is_framed(&self) -> bool {
        self.frame_top.is_some()
    }

    pub fn open_frame(&mut self) {
        self.frame_top = Some(self.y);
    }

    pub fn close_frame(&mut self) {
        if let Some(top) = self.frame_top.take() {
            let (bottom, corner) = (self.y, at(LEFT, top));
            let sides = [
                (at(LEFT, bottom), corner),
                (corner, at(RIGHT, top)),
                (at(RIGHT, top), at(RIGHT, bottom)),
            ];
            let mut paths: Vec<_> = sides
                .into_iter()
                .map(|(from, to)| Path::segment(from, to))
                .collect();
            paths.push(Path::segment(at(LEFT, bottom), at(RIGHT, bottom)));
            self.current.push(Command::Stroke {
                paths,
                width: FRAME,
                color: BLACK,
            });
        }
    }

    /// A thin line across the frame, unless the frame itself begins here.
    pub fn rule(&mut self) {
        if self.frame_top.is_none_or(|top| self.y > top + 0.5) {
            self.line(at(LEFT, self.y), at(RIGHT, self.y));
        }
    }

    pub fn line(&mut self, from: At, to: At) {
        let paths = vec![Path::segment(from, to)];
        self.current.push(Command::Stroke {
            paths,
            width: RULE,
            color: BLACK,
        });
    }

    pub fn glyphs(&self, style: Style, text: &str, field: &str) -> Result<Vec<Glyph>, RenderError> {
        self.fonts.glyphs(style.family, text, field)
    }

    /// Text on one line whose top left corner is `corner`.
    pub fn put(&mut self, style: Style, corner: At, glyphs: Vec<Placed>) {
        let start = at(corner.x, style.baseline(corner.y));
        self.current.push(Command::Text {
            at: start,
            degrees: 0.0,
            size: style.size,
            color: style.color,
            glyphs,
        });
    }

    pub fn centred(&mut self, style: Style, text: &str, field: &str) -> Result<(), RenderError> {
        let glyphs = self.glyphs(style, text, field)?;
        for line in text::break_lines(&glyphs, style.size, WIDTH - 2.0 * mm(24.0), 0.0) {
            let width: f32 = line
                .iter()
                .map(|placed| (placed.glyph.advance + placed.extra) * style.size)
                .sum();
            self.put(style, at(LEFT + (WIDTH - width) / 2.0, self.y), line);
            self.y += style.leading;
        }
        Ok(())
    }

    /// Breaks `text` at `measure` for a block that must not be torn apart.
    pub fn lines(
        &self,
        style: Style,
        text: &str,
        measure: f32,
        field: &str,
    ) -> Result<Vec<Vec<Placed>>, RenderError> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            lines.extend(text::break_lines(
                &self.glyphs(style, paragraph, field)?,
                style.size,
                measure,
                0.0,
            ));
        }
        Ok(lines)
    }

    /// Paragraphs inside the frame, the first line of each set in by two characters, over as many pages as
    /// it takes. Never leaves one line of several alone at the foot of a page.
    pub fn paragraphs(&mut self, style: Style, text: &str, field: &str) -> Result<(), RenderError> {
        let (measure, indent) = (WIDTH - 2.0 * PAD, 2.0 * style.size);
        for paragraph in text.split('\n').filter(|paragraph| !paragraph.trim().is_empty()) {
            let glyphs = self.glyphs(style, paragraph.trim(), field)?;
            let lines = text::break_lines(&glyphs, style.size, measure, indent);
            let first_lines = style.leading * lines.len().min(2) as f32;
            for (index, line) in lines.into_iter().enumerate() {
                self.make_room_inside(if index == 0 { first_lines } else { style.leading });
                let set_in = if index == 0 { indent } else { 0.0 };
                self.put(style, at(LEFT + PAD + set_in, self.y), line);
                self.y += style.leading;
            }
        }
        Ok(())
    }

    /// The heading of a section, kept with what follows.
    pub fn section(&mut self, title: &str) -> Result<(), RenderError> {
        self.ensure(SECTION.leading + 3.0 * BODY.leading);
        self.rule();
        self.y += PAD / 2.0;
        let glyphs = self.glyphs(SECTION, title, "form")?;
        self.put(SECTION, at(LEFT + PAD, self.y), text::plain(&glyphs));
        self.y += SECTION.leading;
        Ok(())
    }
}
