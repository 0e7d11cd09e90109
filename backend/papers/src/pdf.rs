//! The printpdf back-end: drawing commands into the objects of a PDF.
//!
//! printpdf prints a missing glyph silently, so glyphs were checked before they came here. Every resource has
//! an id of its own, because printpdf's generated ones change from run to run.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::Document;
use printpdf::{
    BlendMode, Codepoint, Color as PdfColor, ExtendedGraphicsState, ExtendedGraphicsStateId, FontId, Line,
    LineCapStyle, LineJoinStyle, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle, PdfPage,
    PdfParseErrorSeverity, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rgb, TextItem, TextMatrix,
    WindingOrder,
};
use sha2::{Digest, Sha256};

use crate::RenderError;
use crate::draw::{At, Color, Command, Page, Paint, Path, Sheet, Step};
use crate::fonts::Fonts;
use crate::text::Placed;

const STAMP: &str = "STAMPA";

/// Writes the pages; fonts are subset to what they use.
pub fn write(pages: &[Page], sheet: Sheet, fonts: &Fonts) -> Result<Document, RenderError> {
    let mut document = PdfDocument::new("");
    let names = names(pages, fonts);
    for (&index, name) in &names {
        if let Some(face) = fonts.faces.get(index) {
            let font = PdfFont::new(face.embed.clone());
            document.resources.fonts.map.insert(name.clone(), font);
        }
    }
    if pages.iter().flatten().any(is_stamp) {
        let stamp = ExtendedGraphicsState::default()
            .with_blend_mode(BlendMode::multiply())
            .with_current_fill_alpha(0.9);
        let name = ExtendedGraphicsStateId(STAMP.to_owned());
        document.resources.extgstates.map.insert(name, stamp);
    }
    document.pages = pages
        .iter()
        .map(|page| {
            PdfPage::new(
                Mm::from(Pt(sheet.width)),
                Mm::from(Pt(sheet.height)),
                operations(page, sheet, &names),
            )
        })
        .collect();
    let mut warnings = Vec::new();
    let written = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    match warnings
        .into_iter()
        .find(|warning| warning.severity != PdfParseErrorSeverity::Info)
    {
        Some(warning) => Err(RenderError::Writer(warning.msg)),
        None => Ok(written),
    }
}

fn is_stamp(command: &Command) -> bool {
    let Command::Fill { paint, .. } = command else {
        return false;
    };
    *paint == Paint::Stamp
}

/// A name for every face the pages use; six capitals, because printpdf makes the tag of the subset from it.
///
/// Two letters tell the face, four follow from the glyphs: what is laid into the file later and needs other
/// glyphs of the same face has another tag, as the format asks.
fn names(pages: &[Page], fonts: &Fonts) -> BTreeMap<usize, FontId> {
    let mut used: BTreeMap<usize, BTreeSet<u16>> = BTreeMap::new();
    for command in pages.iter().flatten() {
        if let Command::Text { glyphs, .. } = command {
            for Placed { glyph, .. } in glyphs {
                used.entry(glyph.face).or_default().insert(glyph.id);
            }
        }
    }
    let name = |(index, glyphs): (usize, BTreeSet<u16>)| {
        let mut digest = Sha256::new();
        if let Some(face) = fonts.faces.get(index) {
            digest.update(&face.name);
        }
        for id in glyphs {
            digest.update(id.to_be_bytes());
        }
        let face = [index / 26, index % 26].map(|letter| letter as u8 % 26);
        let subset = digest.finalize();
        let letters = face.iter().chain(&subset[..4]);
        let name = letters.map(|byte| char::from(b'A' + byte % 26)).collect();
        (index, FontId(name))
    };
    used.into_iter().map(name).collect()
}

fn operations(page: &Page, sheet: Sheet, names: &BTreeMap<usize, FontId>) -> Vec<Op> {
    let mut ops = vec![
        Op::SetLineCapStyle {
            cap: LineCapStyle::Round,
        },
        Op::SetLineJoinStyle {
            join: LineJoinStyle::Round,
        },
    ];
    for command in page {
        match command {
            Command::Text {
                at,
                degrees,
                size,
                color,
                glyphs,
            } => {
                ops.push(Op::SetFillColor { col: rgb(*color) });
                ops.push(Op::StartTextSection);
                let start = on_sheet(*at, sheet);
                text(&mut ops, start, *degrees, *size, glyphs, names);
                ops.push(Op::EndTextSection);
            }
            Command::Stroke { paths, width, color } => {
                ops.push(Op::SetOutlineColor { col: rgb(*color) });
                ops.push(Op::SetOutlineThickness {
                    pt: Pt(round(*width)),
                });
                ops.extend(paths.iter().map(|path| Op::DrawLine {
                    line: Line {
                        points: points(path, sheet),
                        is_closed: false,
                    },
                }));
            }
            Command::Fill { paths, color, paint } => {
                let rings = paths.iter().map(|path| PolygonRing {
                    points: points(path, sheet),
                });
                fill(&mut ops, rings.collect(), *color, *paint);
            }
            Command::Place { .. } => {}
        }
    }
    ops
}

fn fill(ops: &mut Vec<Op>, rings: Vec<PolygonRing>, color: Color, paint: Paint) {
    let polygon = Polygon {
        rings,
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    };
    let stamped = paint == Paint::Stamp;
    if stamped {
        ops.push(Op::SaveGraphicsState);
        ops.push(Op::LoadGraphicsState {
            gs: ExtendedGraphicsStateId(STAMP.to_owned()),
        });
    }
    ops.push(Op::SetFillColor { col: rgb(color) });
    ops.push(Op::DrawPolygon { polygon });
    if stamped {
        ops.push(Op::RestoreGraphicsState);
    }
}

/// One run per font; a run after the first goes on where the pen is.
fn text(
    ops: &mut Vec<Op>,
    start: Point,
    degrees: f32,
    size: f32,
    glyphs: &[Placed],
    names: &BTreeMap<usize, FontId>,
) {
    let Point { x: Pt(x), y: Pt(y) } = start;
    let matrix = if degrees == 0.0 {
        TextMatrix::Translate(Pt(x), Pt(y))
    } else {
        let (sin, cos) = degrees.to_radians().sin_cos();
        TextMatrix::Raw([cos, sin, -sin, cos, x, y])
    };
    let mut placed_pen = Some(Op::SetTextMatrix { matrix });
    for run in glyphs.chunk_by(|a, b| a.glyph.face == b.glyph.face) {
        let Some(name) = names.get(&run[0].glyph.face) else {
            continue;
        };
        ops.push(Op::SetFont {
            font: PdfFontHandle::External(name.clone()),
            size: Pt(size),
        });
        ops.extend(placed_pen.take());
        let codepoint = |placed: &Placed| {
            let back = -(placed.extra * 1000.0).round();
            Codepoint::with_cid(placed.glyph.id, back, placed.glyph.character.to_string())
        };
        ops.push(Op::ShowText {
            items: vec![TextItem::GlyphIds(run.iter().map(codepoint).collect())],
        });
    }
}

fn points(path: &Path, sheet: Sheet) -> Vec<LinePoint> {
    let mut points = vec![point(path.start, false, sheet)];
    for step in &path.steps {
        match *step {
            Step::Line(to) => points.push(point(to, false, sheet)),
            Step::Curve(a, b, to) => points.extend([
                point(a, true, sheet),
                point(b, true, sheet),
                point(to, false, sheet),
            ]),
        }
    }
    points
}

fn point(at: At, bezier: bool, sheet: Sheet) -> LinePoint {
    LinePoint {
        p: on_sheet(at, sheet),
        bezier,
    }
}

/// PDF counts from the lower left corner.
fn on_sheet(at: At, sheet: Sheet) -> Point {
    Point {
        x: Pt(round(at.x)),
        y: Pt(round(sheet.height - at.y)),
    }
}

/// Hundredths of a point: finer than any printer, and short in the file.
pub fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

fn rgb(Color(r, g, b): Color) -> PdfColor {
    PdfColor::Rgb(Rgb::new(r, g, b, None))
}
