//! A link as a QR code for a screen.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::refusal::{AppError, Result};

const SIDE_PX: u32 = 240;

/// An SVG with a quiet zone, level M: read off a cracked screen in the sun.
pub fn svg(text: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| AppError::Inconsistent(format!("a link makes no qr code: {error}")))?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(SIDE_PX, SIDE_PX)
        .build())
}
