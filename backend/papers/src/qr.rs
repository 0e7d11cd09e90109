//! The QR code as filled squares, error correction level M.

use qrcode::{Color, EcLevel, QrCode};

use crate::RenderError;
use crate::draw::{BLACK, Command, Paint, Path};

/// Draws `text` as a code of `side` points whose top left corner is at (`left`, `top`), without quiet zone.
///
/// # Errors
/// [`RenderError::BadField`] when the text is longer than a code can hold.
pub fn draw(text: &str, left: f32, top: f32, side: f32) -> Result<Command, RenderError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| RenderError::BadField {
        field: "verification_url".to_owned(),
        why: "too long for a qr code",
    })?;
    let width = code.width();
    let module = side / width as f32;
    let colors = code.to_colors();
    let mut paths = Vec::new();
    for (row, modules) in colors.chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = modules[column..]
                .iter()
                .take_while(|&&color| color == Color::Dark)
                .count();
            if run > 0 {
                let (x, y) = (left + column as f32 * module, top + row as f32 * module);
                paths.push(Path::rectangle(x, y, run as f32 * module, module));
            }
            column += run.max(1);
        }
    }
    Ok(Command::Fill {
        paths,
        color: BLACK,
        paint: Paint::Opaque,
    })
}
