//! Signing: the ink as points, what was signed, and a refusal as the officer noted it.

pub mod circumstances;

use serde::{Deserialize, Serialize};

use crate::id::{PartyId, Sha256Hex};
use crate::refusal::Problem;
use crate::time::Instant;

pub use circumstances::{Circumstances, ConsentTold, PageRead, Position, Revocation, SignatureEvent};

/// More points than a minute of drawing at 240 Hz gives.
pub const POINTS_MAX: usize = 20_000;
const POINTS_MIN: usize = 12;
/// The ink spans at least this part of the pad's width or height.
const SPAN_MIN: f64 = 0.08;
const REASON_CHARS_MAX: usize = 200;

/// A drawn signature: strokes of points in `0..=width` by `0..=height`, never a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ink {
    pub width: f64,
    pub height: f64,
    /// Device pixels per pixel of `width` and `height`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_ratio: Option<f64>,
    pub strokes: Vec<Vec<InkPoint>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InkPoint {
    /// Milliseconds since the first touch.
    pub t: f64,
    pub x: f64,
    pub y: f64,
    /// 0 to 1.
    #[serde(default)]
    pub pressure: f64,
    /// Degrees of the pen from upright, to the right and towards the writer; only pens tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tilt_x: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tilt_y: Option<f64>,
    /// What drew; none: what drew the point before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Pointer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Pointer {
    Touch,
    Pen,
    Mouse,
}

impl Ink {
    /// To a hundredth of a pixel and whole milliseconds: what is stored reads back the same everywhere.
    pub fn rounded(mut self) -> Self {
        let hundredth = |value: f64| (value * 100.0).round() / 100.0;
        self.width = hundredth(self.width);
        self.height = hundredth(self.height);
        self.pixel_ratio = self.pixel_ratio.map(hundredth);
        for point in self.strokes.iter_mut().flatten() {
            point.t = point.t.round();
            point.x = hundredth(point.x);
            point.y = hundredth(point.y);
            point.pressure = hundredth(point.pressure.clamp(0.0, 1.0));
            point.tilt_x = point.tilt_x.map(f64::round);
            point.tilt_y = point.tilt_y.map(f64::round);
        }
        self
    }

    /// Why this is not a signature: blank, a dot, a scratch, or points outside the pad.
    pub fn problem(&self) -> Option<Problem> {
        let points = || self.strokes.iter().flatten();
        let count = points().count();
        let sane = |value: f64| value.is_finite() && value > 0.0 && value <= 20_000.0;
        if !sane(self.width) || !sane(self.height) || !self.pixel_ratio.is_none_or(sane) {
            return Some(Problem::new(
                "ink.width",
                "ink_invalid",
                "签名数据不完整，请重新签名",
            ));
        }
        if count == 0 {
            return Some(Problem::new(
                "ink.strokes",
                "ink_blank",
                "还没有签名，请用手指在框内签名",
            ));
        }
        if count > POINTS_MAX {
            return Some(Problem::new(
                "ink.strokes",
                "ink_too_long",
                "签名过长，请重新签名",
            ));
        }
        let inside = |point: &InkPoint| {
            (0.0..=self.width).contains(&point.x)
                && (0.0..=self.height).contains(&point.y)
                && point.t.is_finite()
                && [point.tilt_x, point.tilt_y]
                    .iter()
                    .flatten()
                    .all(|tilt| (-90.0..=90.0).contains(tilt))
        };
        if !points().all(inside) {
            return Some(Problem::new(
                "ink.strokes",
                "ink_outside",
                "签名超出了框，请重新签名",
            ));
        }
        let span = |of: fn(&InkPoint) -> f64| {
            let (low, high) = points()
                .map(of)
                .fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            high - low
        };
        let wide = span(|point| point.x) / self.width;
        let tall = span(|point| point.y) / self.height;
        if count < POINTS_MIN || wide.max(tall) < SPAN_MIN {
            return Some(Problem::new(
                "ink.strokes",
                "ink_too_small",
                "签名太小，请写大一些",
            ));
        }
        None
    }
}

/// How a party stands to the document: the law knows signed, refused, and not yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Signing {
    Pending {
        party: PartyId,
    },
    Signed {
        party: PartyId,
        signature: Signature,
    },
    Refused {
        party: PartyId,
        refusal: SignatureRefusal,
    },
}

impl Signing {
    pub fn party(&self) -> PartyId {
        match self {
            Self::Pending { party } | Self::Signed { party, .. } | Self::Refused { party, .. } => *party,
        }
    }

    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending { .. })
    }
}

/// One party's signature and the circumstances that make it hold (电子签名法 art. 13).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Digest of the exact bytes that were shown.
    pub document: Sha256Hex,
    pub ink: Ink,
    /// Digest of the ink as it arrived.
    pub ink_sha256: Sha256Hex,
    pub at: Instant,
    /// The phone that proved itself by a code; masked.
    pub phone_masked: String,
    /// Seconds the document was open.
    pub read_s: u32,
    pub scrolled_to_end: bool,
    /// How it came about; none with signatures from before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circumstances: Option<Box<Circumstances>>,
    /// What anybody can check in the file itself: one for each place that this signature fills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<SignatureEvent>,
}

/// 拒绝签名 or 拒绝签收, noted by the officer; it does not block service (程序规定 art. 24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRefusal {
    pub what: Refused,
    pub reason: String,
    pub at: Instant,
    /// The officer's, one for each place that holds the note.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<SignatureEvent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    Sign,
    Receive,
}

impl Refused {
    /// As the form names it, behind 拒绝.
    pub fn text(self) -> &'static str {
        match self {
            Self::Sign => "签字",
            Self::Receive => "签收",
        }
    }
}

/// A reason somebody typed: there, not endless, on one line.
pub fn reason_problem(field: &str, reason: &str) -> Option<Problem> {
    if reason.trim().is_empty() {
        Some(Problem::new(field, "missing", "请写明原因"))
    } else if reason.chars().count() > REASON_CHARS_MAX {
        Some(Problem::new(
            field,
            "too_long",
            format!("原因请不要超过{REASON_CHARS_MAX}个字"),
        ))
    } else if reason.chars().any(char::is_control) {
        Some(Problem::new(field, "control_character", "请去掉换行等特殊字符"))
    } else {
        None
    }
}
