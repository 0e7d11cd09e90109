//! The drawing list: what is on a page, before any file format.
//!
//! Units are points; x runs right and y runs **down** from the top left corner of the sheet. Another writer
//! needs only to read these commands.

use crate::ink::Slot;
use crate::text::Placed;

/// A4 in points.
pub const PAGE_WIDTH: f32 = 595.276;
pub const PAGE_HEIGHT: f32 = 841.89;

pub const A4: Sheet = Sheet {
    width: PAGE_WIDTH,
    height: PAGE_HEIGHT,
};

/// The size of a page, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sheet {
    pub width: f32,
    pub height: f32,
}

/// Millimetres in points.
pub const fn mm(value: f32) -> f32 {
    value * 72.0 / 25.4
}

/// RGB, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color(pub f32, pub f32, pub f32);

pub const BLACK: Color = Color(0.0, 0.0, 0.0);
pub const GREY: Color = Color(0.42, 0.42, 0.42);
pub const INK: Color = Color(0.05, 0.08, 0.28);
pub const SEAL_RED: Color = Color(0.84, 0.09, 0.11);

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct At {
    pub x: f32,
    pub y: f32,
}

pub const fn at(x: f32, y: f32) -> At {
    At { x, y }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    Line(At),
    Curve(At, At, At),
}

/// One continuous outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    pub start: At,
    pub steps: Vec<Step>,
}

impl Path {
    pub fn segment(from: At, to: At) -> Self {
        Self {
            start: from,
            steps: vec![Step::Line(to)],
        }
    }

    pub fn rectangle(left: f32, top: f32, width: f32, height: f32) -> Self {
        let (right, bottom) = (left + width, top + height);
        let corners = [at(right, top), at(right, bottom), at(left, bottom)];
        Self {
            start: at(left, top),
            steps: corners.map(Step::Line).to_vec(),
        }
    }

    /// Every point of the outline, those that steer its curves included.
    pub fn points(&self) -> impl Iterator<Item = At> + '_ {
        let of = |step: &Step| match *step {
            Step::Line(to) => vec![to],
            Step::Curve(a, b, to) => vec![a, b, to],
        };
        std::iter::once(self.start).chain(self.steps.iter().flat_map(of))
    }

    pub fn mapped(&self, map: impl Fn(At) -> At) -> Self {
        let steps = self.steps.iter().map(|step| match *step {
            Step::Line(to) => Step::Line(map(to)),
            Step::Curve(a, b, to) => Step::Curve(map(a), map(b), map(to)),
        });
        Self {
            start: map(self.start),
            steps: steps.collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Glyphs on a baseline that starts at `at` and is turned by `degrees` counter-clockwise.
    Text {
        at: At,
        degrees: f32,
        size: f32,
        color: Color,
        glyphs: Vec<Placed>,
    },
    /// Open paths, round ends.
    Stroke {
        paths: Vec<Path>,
        width: f32,
        color: Color,
    },
    /// Closed paths, non-zero winding.
    Fill {
        paths: Vec<Path>,
        color: Color,
        paint: Paint,
    },
    /// Nothing to be seen: here somebody will sign.
    Place {
        name: String,
        tooltip: String,
        slot: Slot,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Opaque,
    /// Like stamp ink: what lies beneath stays readable.
    Stamp,
}

pub type Page = Vec<Command>;
