//! What stands around the form: watermark, page numbers, digest line, QR code.

use crate::RenderError;
use crate::document::State;
use crate::draw::{Color, Command, GREY, PAGE_HEIGHT, PAGE_WIDTH, Page, at, mm};
use crate::flow::Flow;
use crate::flow::{LEFT, NOTE, RIGHT, Style, TOP, WIDTH};
use crate::fonts::{Family, Fonts};
use crate::form::Marks;
use crate::ink::Slot;
use crate::{qr, text};

const QR_SIDE: f32 = mm(19.0);
const QR_TOP: f32 = TOP - mm(7.0);
/// So many hex digits of the digest stand under the QR code, to compare by eye.
const DIGEST_SHORT: usize = 16;
const CAPTION: Style = Style {
    size: 7.0,
    leading: 9.5,
    ..NOTE
};
const TINY: Style = Style {
    size: 5.5,
    leading: 7.0,
    ..NOTE
};

const FOOT: Style = Style { size: 6.5, ..NOTE };
const FOOT_BASELINE: f32 = PAGE_HEIGHT - mm(11.0);

/// A paper that bears no seal is vouched for by the unit all the same: its place is the line with the digest.
pub fn unsealed(pages: &mut [Page], marks: &Marks) {
    let is_unit = |command: &Command| matches!(command, Command::Place { name, .. } if name == "unit");
    if pages.iter().flatten().any(is_unit) {
        return;
    }
    if let Some(last) = pages.last_mut() {
        last.push(Command::Place {
            name: "unit".to_owned(),
            tooltip: format!("{} 出具证明", marks.unit.concat()).trim().to_owned(),
            slot: Slot {
                left: LEFT,
                top: FOOT_BASELINE - FOOT.size,
                width: WIDTH,
                height: FOOT.leading,
            },
        });
    }
}

/// The QR code at the top left of the first page.
pub fn verification(flow: &mut Flow, marks: &Marks, state: State) -> Result<(), RenderError> {
    let Some(url) = marks.verification_url.filter(|_| state != State::Draft) else {
        return Ok(());
    };
    flow.push([qr::draw(url, LEFT, QR_TOP, QR_SIDE)?]);
    let short: String = marks.digest.chars().take(DIGEST_SHORT).collect();
    let mut y = QR_TOP + QR_SIDE + 2.0;
    for (style, line, field) in [(CAPTION, "扫码核验", "form"), (TINY, short.as_str(), "digest")] {
        let glyphs = flow.glyphs(style, line, field)?;
        let left = LEFT + (QR_SIDE - text::width(&glyphs, style.size)) / 2.0;
        flow.put(style, at(left, y), text::plain(&glyphs));
        y += style.leading;
    }
    Ok(())
}

/// Page numbers, the digest line and the watermark, once the number of pages is known.
pub fn every_page(pages: &mut [Page], marks: &Marks, state: State, fonts: &Fonts) -> Result<(), RenderError> {
    let count = pages.len();
    let number = marks.number.map(|number| format!("编号 {number}　"));
    let mut foot = format!("{}第 {} 版", number.unwrap_or_default(), marks.revision);
    if !marks.digest.is_empty() {
        foot = format!("{foot}　内容摘要 SHA-256 {}", marks.digest);
    }
    for (index, page) in pages.iter_mut().enumerate() {
        let number = line(fonts, &format!("第{}页 共{count}页", index + 1), NOTE, "form")?;
        page.push(place(number, NOTE, RIGHT, mm(13.0), 1.0));
        if index > 0 {
            // A page that went astray says what it belongs to.
            let title = line(fonts, marks.title, NOTE, "form")?;
            page.push(place(title, NOTE, LEFT, mm(13.0), 0.0));
        }
        let style = Style {
            size: FOOT
                .size
                .min(FOOT.size * WIDTH / line(fonts, &foot, FOOT, "digest")?.1),
            ..FOOT
        };
        let foot = line(fonts, &foot, style, "digest")?;
        page.push(place(foot, style, PAGE_WIDTH / 2.0, FOOT_BASELINE, 0.5));
        let watermark = match state {
            State::Draft => Some(("草稿 无效", 96.0, Color(0.90, 0.90, 0.90))),
            State::Void => Some(("已作废", 120.0, Color(0.96, 0.80, 0.80))),
            State::Issued => None,
        };
        if let Some((text, size, color)) = watermark {
            page.insert(0, across(fonts, text, size, color)?);
        }
    }
    Ok(())
}

fn line(
    fonts: &Fonts,
    text: &str,
    style: Style,
    field: &str,
) -> Result<(Vec<text::Placed>, f32), RenderError> {
    let glyphs = fonts.glyphs(style.family, text, field)?;
    let width = text::width(&glyphs, style.size);
    Ok((text::plain(&glyphs), width))
}

/// `anchor` is the part of the line's width that lies left of `x`.
fn place(
    (glyphs, width): (Vec<text::Placed>, f32),
    style: Style,
    x: f32,
    baseline: f32,
    anchor: f32,
) -> Command {
    Command::Text {
        at: at(x - width * anchor, baseline),
        degrees: 0.0,
        size: style.size,
        color: GREY,
        glyphs,
    }
}

/// Large across the page, beneath everything else.
fn across(fonts: &Fonts, text: &str, size: f32, color: Color) -> Result<Command, RenderError> {
    const DEGREES: f32 = 38.0;
    let glyphs = fonts.glyphs(Family::Heading, text, "form")?;
    let (sin, cos) = DEGREES.to_radians().sin_cos();
    let (half, drop) = (text::width(&glyphs, size) / 2.0, 0.38 * size);
    let x = PAGE_WIDTH / 2.0 - half * cos + drop * sin;
    let y = PAGE_HEIGHT / 2.0 + half * sin + drop * cos;
    Ok(Command::Text {
        at: at(x, y),
        degrees: DEGREES,
        size,
        color,
        glyphs: text::plain(&glyphs),
    })
}
