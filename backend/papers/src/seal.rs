//! The unit's seal as lines: red ring, five-pointed star, the unit along the arc, the purpose beneath.
//!
//! It is a picture and proves nothing by itself; what proves is the signature of the file. The letters are
//! outlines, so that the seal never mixes into the text one can search and copy.

use serde::{Deserialize, Serialize};
use std::f32::consts::{PI, TAU};
use std::fmt::Write as _;
use ttf_parser::{GlyphId, OutlineBuilder};

use crate::RenderError;
use crate::draw::{At, Path, Step, at};
use crate::fonts::{Family, Fonts, Glyph};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Along the arc, e.g. 诸暨市公安局交通警察大队.
    pub unit: String,
    /// Beneath the star, e.g. 道路交通事故处理专用章.
    pub caption: String,
}

/// A seal for the unit. Rather few than many characters: from about 24 on they get small.
#[must_use]
pub fn seal(unit: &str, caption: &str) -> Seal {
    Seal {
        unit: unit.to_owned(),
        caption: caption.to_owned(),
    }
}

// All lengths below are parts of the outer radius.
const RING: f32 = 0.06;
const STAR: f32 = 0.29;
/// From the centre to the middle of the unit's characters.
const ARC_RADIUS: f32 = 0.735;
const ARC_CHARACTER: f32 = 0.27;
/// The unit's characters leave the bottom of the circle free, in radians.
const ARC_SWEEP_MAX: f32 = 1.24 * PI;
const ARC_STEP_MAX: f32 = 0.46;
const CAPTION_Y: f32 = 0.50;
const CAPTION_WIDTH: f32 = 1.18;
const CAPTION_CHARACTER: f32 = 0.17;

impl Seal {
    /// The seal as an SVG of 200 × 200 user units, for a preview on the screen.
    ///
    /// # Errors
    /// [`RenderError::MissingGlyph`] when a character has no shape.
    pub fn svg(&self, fonts: &Fonts) -> Result<String, RenderError> {
        let mut data = String::new();
        for path in self.outlines(fonts, at(100.0, 100.0), 98.0)? {
            let _ = write!(data, "M{:.2} {:.2}", path.start.x, path.start.y);
            for step in &path.steps {
                let _ = match step {
                    Step::Line(to) => write!(data, "L{:.2} {:.2}", to.x, to.y),
                    Step::Curve(a, b, to) => write!(
                        data,
                        "C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}",
                        a.x, a.y, b.x, b.y, to.x, to.y
                    ),
                };
            }
            data.push('Z');
        }
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 200\"><path fill=\"#d6171c\" d=\"{data}\"/></svg>"
        ))
    }

    /// Closed outlines around `centre`, to be filled by the non-zero rule.
    pub(crate) fn outlines(&self, fonts: &Fonts, centre: At, radius: f32) -> Result<Vec<Path>, RenderError> {
        let mut paths = vec![circle(1.0, false), circle(1.0 - RING, true), star()];
        let unit = fonts.glyphs(Family::Body, &self.unit, "seal.unit")?;
        let gaps = unit.len().saturating_sub(1).max(1) as f32;
        let step = (ARC_SWEEP_MAX / gaps).min(ARC_STEP_MAX);
        let squeeze = (step * ARC_RADIUS * 0.94 / ARC_CHARACTER).min(0.86);
        for (index, glyph) in unit.iter().enumerate() {
            let angle = (index as f32 - (unit.len() as f32 - 1.0) / 2.0) * step;
            let (sin, cos) = angle.sin_cos();
            let place = |p: At| {
                let (x, y) = (p.x * squeeze * ARC_CHARACTER, p.y * ARC_CHARACTER - ARC_RADIUS);
                at(x * cos - y * sin, x * sin + y * cos)
            };
            paths.extend(shape(fonts, glyph).iter().map(|path| path.mapped(place)));
        }
        let caption = fonts.glyphs(Family::Body, &self.caption, "seal.caption")?;
        let count = caption.len().max(1) as f32;
        let wide = (CAPTION_WIDTH / count).min(CAPTION_CHARACTER);
        for (index, glyph) in caption.iter().enumerate() {
            let middle = (index as f32 - (count - 1.0) / 2.0) * wide;
            let place = |p: At| at(middle + p.x * wide * 0.96, CAPTION_Y + p.y * CAPTION_CHARACTER);
            paths.extend(shape(fonts, glyph).iter().map(|path| path.mapped(place)));
        }
        let to_page = |p: At| at(centre.x + p.x * radius, centre.y + p.y * radius);
        Ok(paths.iter().map(|path| path.mapped(to_page)).collect())
    }
}

/// Four curves; `inner` runs the other way round and cuts a hole.
fn circle(radius: f32, inner: bool) -> Path {
    /// A quarter circle as one Bézier curve.
    const KAPPA: f32 = 0.552_284_8;
    let turn = if inner { -1.0 } else { 1.0 };
    let (r, k) = (radius, radius * KAPPA);
    let p = |x: f32, y: f32| at(x, y * turn);
    let steps = vec![
        Step::Curve(p(r, k), p(k, r), p(0.0, r)),
        Step::Curve(p(-k, r), p(-r, k), p(-r, 0.0)),
        Step::Curve(p(-r, -k), p(-k, -r), p(0.0, -r)),
        Step::Curve(p(k, -r), p(r, -k), p(r, 0.0)),
    ];
    Path {
        start: at(r, 0.0),
        steps,
    }
}

fn star() -> Path {
    /// Inner against outer radius of a regular star.
    const WAIST: f32 = 0.381_966;
    let corner = |index: u8| {
        let radius = if index.is_multiple_of(2) {
            STAR
        } else {
            STAR * WAIST
        };
        let (sin, cos) = (f32::from(index) * TAU / 10.0).sin_cos();
        at(radius * sin, -radius * cos)
    };
    Path {
        start: corner(0),
        steps: (1..10).map(|index| Step::Line(corner(index))).collect(),
    }
}

/// The glyph's outlines, one em high, its square centred on the origin, y down.
fn shape(fonts: &Fonts, glyph: &Glyph) -> Vec<Path> {
    /// The middle of a Chinese character above the baseline, in em.
    const MIDDLE: f32 = 0.38;
    let Some(face) = fonts.faces.get(glyph.face) else {
        return Vec::new();
    };
    let mut outline = Outline::default();
    // A glyph without an outline is a space: nothing to draw.
    let _ = face.outlines.outline_glyph(GlyphId(glyph.id), &mut outline);
    let em = f32::from(face.outlines.units_per_em());
    let centred = |p: At| at(p.x / em - glyph.advance / 2.0, MIDDLE - p.y / em);
    outline.paths.iter().map(|path| path.mapped(centred)).collect()
}

#[derive(Default)]
struct Outline {
    paths: Vec<Path>,
    pen: Option<At>,
}

impl Outline {
    fn step(&mut self, step: Step, to: At) {
        if let Some(path) = self.paths.last_mut() {
            path.steps.push(step);
        }
        self.pen = Some(to);
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.paths.push(Path {
            start: at(x, y),
            steps: Vec::new(),
        });
        self.pen = Some(at(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.step(Step::Line(at(x, y)), at(x, y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let from = self.pen.unwrap_or(at(x1, y1));
        let third = |end: At| at(end.x + (x1 - end.x) * 2.0 / 3.0, end.y + (y1 - end.y) * 2.0 / 3.0);
        self.step(Step::Curve(third(from), third(at(x, y)), at(x, y)), at(x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.step(Step::Curve(at(x1, y1), at(x2, y2), at(x, y)), at(x, y));
    }

    fn close(&mut self) {}
}
