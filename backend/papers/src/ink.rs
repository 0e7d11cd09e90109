//! A signature drawn by finger or pen: whether it is one, and its lines on paper.
//!
//! The ink is drawn from the points the phone recorded, never from a picture a client made. Whether the
//! signature is anybody's in particular is for the certificates to say, not for this module.

use serde::{Deserialize, Serialize};

use crate::RenderError;
use crate::draw::{At, Command, INK, Path, Step, at};

/// One touch, in the drawing area's own units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    /// Milliseconds since any fixed moment before the first touch.
    pub t: f64,
    /// 0 to 1; devices that cannot tell report a constant.
    pub pressure: f32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ink {
    pub strokes: Vec<Vec<Point>>,
    /// Size of the drawing area, in the units of the points.
    pub width: f32,
    pub height: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InkProblem {
    #[error("nothing was drawn")]
    Blank,
    #[error("too few points for a signature")]
    TooFewPoints,
    #[error("too small to be read")]
    TooSmall,
    #[error("drawn in too short a time")]
    TooQuick,
    #[error("numbers that are no drawing")]
    Broken,
}

/// A tap or two is no signature.
const POINTS_MIN: usize = 8;
/// More than a minute of scribbling at 240 Hz.
pub const POINTS_MAX: usize = 20_000;
/// The longer side of the drawing against the same side of the area: 丁 and 一 are wide but flat.
const EXTENT_MIN: f32 = 0.12;
/// Nobody writes a name faster; a script does.
const DURATION_MS_MIN: f64 = 250.0;

/// What is wrong with the ink, told from the points alone; `None` when it may be signed with.
#[must_use]
pub fn ink_problem(ink: &Ink) -> Option<InkProblem> {
    let points = || ink.strokes.iter().flatten();
    let count = points().count();
    if count == 0 {
        return Some(InkProblem::Blank);
    }
    let finite = |point: &Point| {
        let place = point.x.is_finite() && point.y.is_finite();
        place && point.t.is_finite() && point.pressure.is_finite()
    };
    let area_is_sound =
        ink.width.is_finite() && ink.height.is_finite() && ink.width > 0.0 && ink.height > 0.0;
    if !area_is_sound || count > POINTS_MAX || !points().all(finite) {
        return Some(InkProblem::Broken);
    }
    if count < POINTS_MIN {
        return Some(InkProblem::TooFewPoints);
    }
    let bounds = Bounds::of(ink);
    if (bounds.width() / ink.width).max(bounds.height() / ink.height) < EXTENT_MIN {
        return Some(InkProblem::TooSmall);
    }
    let first = points().map(|point| point.t).fold(f64::INFINITY, f64::min);
    let last = points().map(|point| point.t).fold(f64::NEG_INFINITY, f64::max);
    (last - first < DURATION_MS_MIN).then_some(InkProblem::TooQuick)
}

/// Where a signature goes, in points of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

/// A drawing is enlarged at most so far that the whole drawing area would be this many slots high: a small
/// hand stays a small hand.
const AREA_HEIGHT_IN_SLOTS_MAX: f32 = 2.2;
/// Points closer than this on paper are one point, in pt.
const STEP_MIN: f32 = 0.8;
/// Pen widths on paper, in pt.
const PEN_MIN: f32 = 0.5;
const PEN_MAX: f32 = 1.7;
/// Widths are rounded to this, so that neighbours share one path.
const PEN_STEP: f32 = 0.2;
/// A finger moving this fast (slots' heights a second) draws the thinnest line.
const FAST: f32 = 12.0;

/// The ink fitted into the slot, centred, without distortion.
///
/// # Errors
/// [`RenderError::BadField`] for numbers that are no drawing; a merely poor signature is drawn as it is.
pub fn draw(ink: &Ink, slot: Slot, field: &str) -> Result<Vec<Command>, RenderError> {
    match ink_problem(ink) {
        Some(InkProblem::Broken) => {
            return Err(RenderError::BadField {
                field: field.to_owned(),
                why: "numbers that are no drawing",
            });
        }
        Some(InkProblem::Blank) => return Ok(Vec::new()),
        _ => {}
    }
    let bounds = Bounds::of(ink);
    let fit = (slot.width / bounds.width().max(0.01)).min(slot.height / bounds.height().max(0.01));
    let scale = fit.min(AREA_HEIGHT_IN_SLOTS_MAX * slot.height / ink.height);
    let left = slot.left + (slot.width - bounds.width() * scale) / 2.0;
    let top = slot.top + (slot.height - bounds.height() * scale) / 2.0;
    let place = |p: &Point| {
        at(
            left + (p.x - bounds.left) * scale,
            top + (p.y - bounds.top) * scale,
        )
    };
    let by_pressure = pressure_varies(ink);
    let mut commands = Vec::new();
    for stroke in &ink.strokes {
        let dots = thin_out(stroke, place);
        commands.extend(stroke_paths(&pen_widths(dots, slot.height, by_pressure)));
    }
    Ok(commands)
}

/// A point on paper; `pen` is the width of the line that leads to it.
#[derive(Debug, Clone, Copy)]
struct Dot {
    at: At,
    t: f64,
    pressure: f32,
    pen: f32,
}

fn thin_out(stroke: &[Point], place: impl Fn(&Point) -> At) -> Vec<Dot> {
    let mut dots: Vec<Dot> = Vec::new();
    for (index, point) in stroke.iter().enumerate() {
        let here = place(point);
        let far = dots.last().is_none_or(|dot| distance(dot.at, here) >= STEP_MIN);
        if far || (index + 1 == stroke.len() && dots.len() < 2) {
            dots.push(Dot {
                at: here,
                t: point.t,
                pressure: point.pressure,
                pen: PEN_MAX,
            });
        }
    }
    dots
}

/// Pressure where the device tells it, else speed: slow is thick, as with a brush.
fn pen_widths(mut dots: Vec<Dot>, slot_height: f32, by_pressure: bool) -> Vec<Dot> {
    let mut pen = (PEN_MIN + PEN_MAX) / 2.0;
    for index in 0..dots.len() {
        let before = dots[index.saturating_sub(1)];
        let dot = &mut dots[index];
        let strength = if by_pressure {
            dot.pressure.clamp(0.0, 1.0)
        } else {
            let seconds = ((dot.t - before.t) / 1000.0).max(0.001) as f32;
            1.0 - (distance(before.at, dot.at) / slot_height / seconds / FAST).clamp(0.0, 1.0)
        };
        pen += (PEN_MIN + (PEN_MAX - PEN_MIN) * strength - pen) * 0.4;
        dot.pen = (pen / PEN_STEP).round() * PEN_STEP;
    }
    dots
}

/// One stroke of the hand as smooth curves, cut where the pen's width changes.
fn stroke_paths(dots: &[Dot]) -> Vec<Command> {
    let Some(first) = dots.first() else {
        return Vec::new();
    };
    if dots.len() == 1 {
        let end = at(first.at.x + 0.01, first.at.y);
        return vec![pen_line(Path::segment(first.at, end), PEN_MAX)];
    }
    let mut commands: Vec<Command> = Vec::new();
    let mut current: Option<(Path, f32)> = None;
    for index in 1..dots.len() {
        let (from, to) = (dots[index - 1], dots[index]);
        let before = dots[index.saturating_sub(2)].at;
        let after = dots[(index + 1).min(dots.len() - 1)].at;
        let step = smooth(before, from.at, to.at, after);
        match &mut current {
            Some((path, pen)) if *pen == to.pen => path.steps.push(step),
            _ => {
                let next = (
                    Path {
                        start: from.at,
                        steps: vec![step],
                    },
                    to.pen,
                );
                commands.extend(current.replace(next).map(|(path, pen)| pen_line(path, pen)));
            }
        }
    }
    commands.extend(current.map(|(path, pen)| pen_line(path, pen)));
    commands
}

fn pen_line(path: Path, width: f32) -> Command {
    Command::Stroke {
        paths: vec![path],
        width,
        color: INK,
    }
}

/// A Catmull-Rom piece as a Bézier curve.
fn smooth(before: At, from: At, to: At, after: At) -> Step {
    let first = at(from.x + (to.x - before.x) / 6.0, from.y + (to.y - before.y) / 6.0);
    let second = at(to.x - (after.x - from.x) / 6.0, to.y - (after.y - from.y) / 6.0);
    Step::Curve(first, second, to)
}

fn pressure_varies(ink: &Ink) -> bool {
    let pressures = || ink.strokes.iter().flatten().map(|point| point.pressure);
    let (low, high) = (pressures().fold(1.0, f32::min), pressures().fold(0.0, f32::max));
    high - low > 0.05
}

fn distance(a: At, b: At) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

struct Bounds {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Bounds {
    fn of(ink: &Ink) -> Self {
        let nothing = f32::INFINITY;
        let start = Self {
            left: nothing,
            top: nothing,
            right: -nothing,
            bottom: -nothing,
        };
        ink.strokes.iter().flatten().fold(start, |bounds, point| Self {
            left: bounds.left.min(point.x),
            top: bounds.top.min(point.y),
            right: bounds.right.max(point.x),
            bottom: bounds.bottom.max(point.y),
        })
    }

    fn width(&self) -> f32 {
        self.right - self.left
    }

    fn height(&self) -> f32 {
        self.bottom - self.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wave of `count` points over `extent` of a 600 × 300 area, one every 16 ms.
    fn wave(count: u16, extent: f32) -> Ink {
        let point = |index: u16| Point {
            x: 20.0 + 600.0 * extent * f32::from(index) / f32::from(count),
            y: 150.0 + 100.0 * extent * (f32::from(index) / 5.0).sin(),
            t: f64::from(index) * 16.0,
            pressure: 0.5,
        };
        Ink {
            strokes: vec![(0..count).map(point).collect()],
            width: 600.0,
            height: 300.0,
        }
    }

    #[test]
    fn an_ordinary_signature_is_accepted() {
        assert_eq!(ink_problem(&wave(80, 0.6)), None);
    }

    #[test]
    fn nothing_drawn_is_blank() {
        let ink = Ink {
            strokes: vec![vec![], vec![]],
            width: 600.0,
            height: 300.0,
        };
        assert_eq!(ink_problem(&ink), Some(InkProblem::Blank));
    }

    #[test]
    fn a_tap_is_too_few_points() {
        assert_eq!(ink_problem(&wave(3, 0.6)), Some(InkProblem::TooFewPoints));
    }

    #[test]
    fn a_speck_is_too_small_however_many_points_it_has() {
        assert_eq!(ink_problem(&wave(200, 0.05)), Some(InkProblem::TooSmall));
    }

    #[test]
    fn a_flat_character_is_large_enough() {
        let mut ink = wave(60, 0.5);
        ink.strokes[0].iter_mut().for_each(|point| point.y = 150.0);
        assert_eq!(ink_problem(&ink), None);
    }

    #[test]
    fn a_signature_in_a_blink_is_too_quick() {
        let mut ink = wave(80, 0.6);
        ink.strokes[0].iter_mut().for_each(|point| point.t /= 10.0);
        assert_eq!(ink_problem(&ink), Some(InkProblem::TooQuick));
    }

    #[test]
    fn numbers_that_are_none_are_broken_and_never_drawn() {
        let mut ink = wave(80, 0.6);
        ink.strokes[0][3].x = f32::NAN;
        assert_eq!(ink_problem(&ink), Some(InkProblem::Broken));
        let slot = Slot {
            left: 0.0,
            top: 0.0,
            width: 100.0,
            height: 40.0,
        };
        assert!(draw(&ink, slot, "officer.ink").is_err());
    }

    #[test]
    fn ink_stays_in_its_slot_and_keeps_its_shape() {
        let slot = Slot {
            left: 100.0,
            top: 50.0,
            width: 120.0,
            height: 40.0,
        };
        let ink = wave(80, 0.6);
        let (mut x, mut y) = ((f32::MAX, f32::MIN), (f32::MAX, f32::MIN));
        for command in draw(&ink, slot, "officer.ink").unwrap() {
            let Command::Stroke { paths, .. } = command else {
                panic!("ink is lines")
            };
            for step in paths.iter().flat_map(|path| &path.steps) {
                let Step::Curve(_, _, to) = *step else {
                    panic!("ink is smooth")
                };
                x = (x.0.min(to.x), x.1.max(to.x));
                y = (y.0.min(to.y), y.1.max(to.y));
            }
        }
        assert!(
            x.0 >= 99.9 && x.1 <= 220.1 && y.0 >= 49.9 && y.1 <= 90.1,
            "{x:?} {y:?}"
        );
        let drawn = Bounds::of(&ink);
        let shape = drawn.width() / drawn.height();
        assert!(
            ((x.1 - x.0) / (y.1 - y.0) / shape - 1.0).abs() < 0.05,
            "{x:?} {y:?} {shape}"
        );
    }
}
