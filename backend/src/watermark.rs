//! Who took a picture along, written across it: slanting, again and again, light with a dark edge so that it is read on
//! snow and at night, and thin enough that damage shows through.
//!
//! It deters and names; it is no proof against somebody who paints it over. The original is never touched.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, RgbImage};

use crate::images::{self, SHOWN_QUALITY};
use crate::refusal::{AppError, Result};

/// Height of the letters: this part of the longest side, and never less than can be read.
const LETTERS_PER_SIDE: f32 = 52.0;
const LETTER_PX_MIN: f32 = 14.0;
/// The lines rise to the right by this much: sine and cosine of 30°.
const SLANT: (f32, f32) = (0.5, 0.866_025_4);
/// From one line to the next, in letters; from one text to the next in a line, in texts.
const LINE_EVERY: f32 = 7.0;
const TEXT_EVERY: f32 = 1.2;
/// How strong the letters and their edges are, of 255.
const LETTER_ALPHA: u32 = 105;
const EDGE_ALPHA: u32 = 85;

/// The fonts of the papers; one that is damaged is found by [`papers::Fonts::embedded`] at the start.
static FONTS: LazyLock<Vec<FontRef<'static>>> = LazyLock::new(|| {
    papers::Fonts::embedded_files()
        .into_iter()
        .filter_map(|bytes| FontRef::try_from_slice(bytes).ok())
        .collect()
});

/// The JPEG at `path` with `text` across it, as a JPEG. Drawn where photos are decoded: no more at once than cores.
///
/// # Errors
/// Only our own: a picture of ours that cannot be read or written.
pub async fn marked(path: PathBuf, text: String) -> Result<Vec<u8>> {
    images::decoding(move || {
        let mut reader = ImageReader::open(path)?;
        reader.set_format(ImageFormat::Jpeg);
        let mut picture = reader.decode().map_err(broken)?.into_rgb8();
        draw(&mut picture, &text);
        let mut jpeg = Cursor::new(Vec::new());
        JpegEncoder::new_with_quality(&mut jpeg, SHOWN_QUALITY)
            .encode_image(&picture)
            .map_err(broken)?;
        Ok(jpeg.into_inner())
    })
    .await
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a picture could not be marked: {error}"))
}

/// Grey values in rows.
struct Plane {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

/// One point of the slanting text, from its middle.
struct Dot {
    x: i32,
    y: i32,
    letter: u8,
    edge: u8,
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            values: vec![0; width * height],
        }
    }

    fn get(&self, x: i32, y: i32) -> u8 {
        match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) if x < self.width && y < self.height => self.values[y * self.width + x],
            _ => 0,
        }
    }

    fn raise(&mut self, x: i32, y: i32, value: u8) {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < self.width
            && y < self.height
        {
            let at = &mut self.values[y * self.width + x];
            *at = (*at).max(value);
        }
    }

    /// Between the four points around.
    fn at(&self, x: f32, y: f32) -> u8 {
        let (left, top) = (x.floor(), y.floor());
        let (right, low) = (x - left, y - top);
        let (column, row) = (whole(left), whole(top));
        let value = |dx, dy| f32::from(self.get(column + dx, row + dy));
        let upper = value(0, 0) * (1.0 - right) + value(1, 0) * right;
        let lower = value(0, 1) * (1.0 - right) + value(1, 1) * right;
        grey(upper * (1.0 - low) + lower * low)
    }

    /// Each value carried to its neighbours.
    fn spread(&self, by: i32) -> Self {
        let mut wider = Self::new(self.width, self.height);
        for (index, value) in self.values.iter().enumerate().filter(|(_, value)| **value > 0) {
            let (x, y) = (signed(index % self.width), signed(index / self.width));
            for dy in -by..=by {
                for dx in -by..=by {
                    wider.raise(x + dx, y + dy, *value);
                }
            }
        }
        wider
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pixels of a picture lie far within i32"
)]
fn whole(value: f32) -> i32 {
    value as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte"
)]
fn grey(value: f32) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

fn signed(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "sides have less than 2^24 pixels")]
fn real(value: i32) -> f32 {
    value as f32
}

/// The text in one level line, with room for its edge.
fn line(text: &str, px: f32) -> Plane {
    let scale = PxScale::from(px);
    let mut glyphs = Vec::new();
    let (mut x, margin) = (px / 4.0, px / 4.0);
    for character in text.chars() {
        let font = FONTS.iter().find(|font| font.glyph_id(character).0 != 0);
        let Some(font) = font.or(FONTS.first()) else {
            continue;
        };
        let id = font.glyph_id(character);
        let sized = font.as_scaled(scale);
        let glyph = id.with_scale_and_position(scale, point(x, margin + sized.ascent()));
        x += sized.h_advance(id);
        glyphs.extend(font.outline_glyph(glyph));
    }
    let side = |value: f32| usize::try_from(whole(value.ceil())).unwrap_or_default();
    let mut plane = Plane::new(side(x + margin), side(px * 1.4 + 2.0 * margin));
    for glyph in glyphs {
        let bounds = glyph.px_bounds();
        let (left, top) = (whole(bounds.min.x), whole(bounds.min.y));
        glyph.draw(|x, y, coverage| {
            let (x, y) = (i32::try_from(x).unwrap_or(0), i32::try_from(y).unwrap_or(0));
            plane.raise(left + x, top + y, grey(coverage * 255.0));
        });
    }
    plane
}

/// The line turned, point by point.
fn dots(letters: &Plane, px: f32) -> Vec<Dot> {
    let edges = letters.spread(whole(px / 18.0).max(1));
    let (sine, cosine) = SLANT;
    let half = (
        real(signed(letters.width)) / 2.0,
        real(signed(letters.height)) / 2.0,
    );
    let reach = (
        whole(half.0 * cosine + half.1 * sine) + 1,
        whole(half.0 * sine + half.1 * cosine) + 1,
    );
    let mut dots = Vec::new();
    for y in -reach.1..=reach.1 {
        for x in -reach.0..=reach.0 {
            let (across, down) = (real(x), real(y));
            let along = across * cosine - down * sine + half.0;
            let below = across * sine + down * cosine + half.1;
            let edge = edges.at(along, below);
            if edge > 8 {
                let letter = letters.at(along, below);
                dots.push(Dot { x, y, letter, edge });
            }
        }
    }
    dots
}

/// Writes the text over the whole picture.
fn draw(picture: &mut RgbImage, text: &str) {
    let (width, height) = (
        signed(picture.width() as usize),
        signed(picture.height() as usize),
    );
    let px = (real(width.max(height)) / LETTERS_PER_SIDE).max(LETTER_PX_MIN);
    let letters = line(text, px);
    let dots = dots(&letters, px);
    let step = (real(signed(letters.width)) * TEXT_EVERY, px * LINE_EVERY);
    let (sine, cosine) = SLANT;
    let across = real(width + height);
    let (columns, rows) = (whole(across / step.0) + 1, whole(across / step.1) + 1);
    for row in -rows..=rows {
        // Every other line begins half a text later.
        let shift = if row % 2 == 0 { 0.0 } else { step.0 / 2.0 };
        for column in -columns..=columns {
            let (along, below) = (real(column) * step.0 + shift, real(row) * step.1);
            let x = width / 2 + whole(along * cosine + below * sine);
            let y = height / 2 + whole(below * cosine - along * sine);
            stamp(picture, (x, y), &dots);
        }
    }
}

fn stamp(picture: &mut RgbImage, (x, y): (i32, i32), dots: &[Dot]) {
    for dot in dots {
        let (Ok(x), Ok(y)) = (u32::try_from(x + dot.x), u32::try_from(y + dot.y)) else {
            continue;
        };
        let Some(pixel) = picture.get_pixel_mut_checked(x, y) else {
            continue;
        };
        let dark = u32::from(dot.edge) * EDGE_ALPHA / 255;
        let light = u32::from(dot.letter) * LETTER_ALPHA / 255;
        for channel in &mut pixel.0 {
            let shaded = u32::from(*channel) * (255 - dark) / 255;
            *channel = u8::try_from(shaded + (255 - shaded) * light / 255).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn plain(grey: u8) -> RgbImage {
        RgbImage::from_pixel(1200, 900, Rgb([grey; 3]))
    }

    /// The part of the pixels that differ from `grey` by more than a shade.
    fn changed(picture: &RgbImage, grey: u8) -> f64 {
        let pixels = picture
            .pixels()
            .filter(|pixel| pixel.0[0].abs_diff(grey) > 12)
            .count();
        pixels as f64 / f64::from(picture.width() * picture.height())
    }

    #[test]
    fn the_text_is_seen_on_light_and_dark_and_leaves_most_of_the_picture_as_it_was() {
        for grey in [5, 128, 250] {
            let mut picture = plain(grey);
            draw(&mut picture, "人保财险 · picc-zj · 2026-11-24 · 3306812026000001");
            let part = changed(&picture, grey);
            assert!((0.02..0.25).contains(&part), "{grey}: {part}");
            // No corner is free of it.
            for (x, y) in [(0, 0), (600, 0), (0, 450), (600, 450)] {
                let quarter = image::imageops::crop_imm(&picture, x, y, 600, 450).to_image();
                assert!(changed(&quarter, grey) > 0.01, "{grey} {x},{y}");
            }
        }
    }

    #[test]
    fn a_picture_smaller_than_the_text_is_marked_as_well() {
        let mut picture = RgbImage::from_pixel(90, 60, Rgb([90; 3]));
        draw(&mut picture, "平安产险 · 䶮");
        assert!(changed(&picture, 90) > 0.0);
        draw(&mut picture, "");
    }

    /// Writes what it looks like, to be looked at: `KUAICHU_PICTURES=folder`.
    #[tokio::test]
    async fn a_marked_picture_is_a_jpeg_of_the_same_size() {
        let folder = tempfile::tempdir().unwrap();
        let kept = std::env::var_os("KUAICHU_PICTURES");
        for (name, low, high) in [("dark", 4_u32, 60_u32), ("bright", 170, 255)] {
            let photo = RgbImage::from_fn(1600, 1200, |x, y| {
                let wave = (x / 7 + y / 5 + (x * y / 900) % 97) % (high - low);
                let shade = u8::try_from(low + wave).unwrap_or(u8::MAX);
                Rgb([shade, shade.saturating_sub(10), shade.saturating_add(8)])
            });
            let path = folder.path().join(name);
            photo.save_with_format(&path, ImageFormat::Jpeg).unwrap();
            let bytes = marked(
                path,
                "人保财险 · picc-zj · 2026-11-24 · 3306812026000001".to_owned(),
            )
            .await
            .unwrap();
            let read = image::load_from_memory(&bytes).unwrap();
            assert_eq!((read.width(), read.height()), (1600, 1200));
            if let Some(folder) = &kept {
                read.save(std::path::Path::new(folder).join(format!("{name}.png")))
                    .unwrap();
            }
        }
    }
}
