//! A small painter: filled shapes, lines and words on a picture of whole pixels.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Point, ScaleFont, point};

pub type Rgb = [u8; 3];
type At = (f32, f32);

static FACE: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(papers::BOLD_FONT).ok());

pub struct Canvas {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Canvas {
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self {
            width,
            height,
            bytes: vec![0; width * height * 3],
        }
    }

    /// Rows of red, green and blue.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A stripe over the whole width, from one colour at the top to another.
    pub fn gradient(&mut self, (top, bottom): (f32, f32), from: Rgb, to: Rgb) {
        for y in self.rows(top, bottom) {
            let along = (row(y) - top) / (bottom - top).max(1.0);
            self.span(y, 0, self.width, mixed(from, to, along));
        }
    }

    pub fn rectangle(&mut self, (x, y): At, (wide, tall): At, colour: Rgb) {
        for line in self.rows(y, y + tall) {
            let (from, to) = (self.column(x), self.column(x + wide));
            self.span(line, from, to, colour);
        }
    }

    pub fn ellipse(&mut self, (x, y): At, (wide, tall): At, colour: Rgb) {
        for line in self.rows(y - tall, y + tall) {
            let away = (row(line) - y) / tall;
            let half = wide * (1.0 - away * away).max(0.0).sqrt();
            let (from, to) = (self.column(x - half), self.column(x + half));
            self.span(line, from, to, colour);
        }
    }

    /// Filled by the even-odd rule.
    pub fn polygon(&mut self, corners: &[At], colour: Rgb) {
        let top = corners.iter().map(|corner| corner.1).fold(f32::MAX, f32::min);
        let bottom = corners.iter().map(|corner| corner.1).fold(f32::MIN, f32::max);
        for line in self.rows(top, bottom) {
            let mut crossings: Vec<f32> = (0..corners.len())
                .filter_map(|index| {
                    let (one, other) = (corners[index], corners[(index + 1) % corners.len()]);
                    crossing(one, other, row(line))
                })
                .collect();
            crossings.sort_by(f32::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let (from, to) = (self.column(pair[0]), self.column(pair[1]));
                self.span(line, from, to, colour);
            }
        }
    }

    pub fn line(&mut self, from: At, to: At, thick: f32, colour: Rgb) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let long = dx.hypot(dy).max(0.001);
        let (aside, up) = (-dy / long * thick, dx / long * thick);
        let corners = [
            (from.0 + aside, from.1 + up),
            (to.0 + aside, to.1 + up),
            (to.0 - aside, to.1 - up),
            (from.0 - aside, from.1 - up),
        ];
        self.polygon(&corners, colour);
    }

    /// Words in the bold face, centred between `left` and `right`, standing on `base`.
    pub fn words(&mut self, text: &str, (left, right, base): (f32, f32, f32), size: f32, colour: Rgb) {
        let Some(face) = FACE.as_ref() else { return };
        let face = face.as_scaled(size);
        let wide: f32 = text.chars().map(|c| face.h_advance(face.glyph_id(c))).sum();
        let mut x = left + (right - left - wide) / 2.0;
        for character in text.chars() {
            let id = face.glyph_id(character);
            let glyph = id.with_scale_and_position(size, point(x, base));
            x += face.h_advance(id);
            if let Some(drawn) = face.font.outline_glyph(glyph) {
                let Point { x: from, y: top } = drawn.px_bounds().min;
                drawn.draw(|column, line, covered| {
                    let (column, line) = (from + super::f32(column), top + super::f32(line));
                    self.blend((column, line), colour, covered);
                });
            }
        }
    }

    fn blend(&mut self, (x, y): At, colour: Rgb, covered: f32) {
        let (column, line) = (self.column(x), clamped(y, self.height));
        let at = (line * self.width + column) * 3;
        if let Some(pixel) = self.bytes.get_mut(at..at + 3) {
            let under = [pixel[0], pixel[1], pixel[2]];
            pixel.copy_from_slice(&mixed(under, colour, covered));
        }
    }

    fn span(&mut self, line: usize, from: usize, to: usize, colour: Rgb) {
        let begin = line * self.width * 3;
        let pixels = self.bytes.get_mut(begin + from * 3..begin + to.max(from) * 3);
        for pixel in pixels.unwrap_or_default().chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }

    fn rows(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        clamped(top, self.height)..clamped(bottom, self.height)
    }

    fn column(&self, x: f32) -> usize {
        clamped(x, self.width)
    }
}

/// Where the edge crosses the middle of this row.
fn crossing(one: At, other: At, line: f32) -> Option<f32> {
    let line = line + 0.5;
    let crosses = (one.1 <= line) != (other.1 <= line);
    crosses.then(|| one.0 + (line - one.1) / (other.1 - one.1) * (other.0 - one.0))
}

fn mixed(from: Rgb, to: Rgb, along: f32) -> Rgb {
    let along = along.clamp(0.0, 1.0);
    let part = |index: usize| {
        let (from, to) = (f32::from(from[index]), f32::from(to[index]));
        super::shade(from + (to - from) * along)
    };
    [part(0), part(1), part(2)]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture before"
)]
fn clamped(value: f32, end: usize) -> usize {
    (value.round().max(0.0) as usize).min(end)
}

fn row(y: usize) -> f32 {
    super::count(y)
}
