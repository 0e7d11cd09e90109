//! Rows of labelled fields, with thin rules between the cells.

use crate::RenderError;
use crate::draw::at;
use crate::flow::{Flow, LABEL, LEFT, RIGHT, Style, VALUE};
use crate::text::{self, Placed};

/// A label with its value; `None` is struck out with a dash.
pub struct Field<'t> {
    pub label: &'t str,
    pub value: Option<&'t str>,
    /// For messages about the field.
    pub name: String,
    pub label_width: f32,
    pub value_width: f32,
}

const CELL_PAD: f32 = 3.5;
const ROW_MIN: f32 = 21.0;
const STRUCK_OUT: &str = "—";

struct Cell {
    lines: Vec<Vec<Placed>>,
    style: Style,
    left: f32,
    width: f32,
    centred: bool,
}

impl Cell {
    fn height(&self) -> f32 {
        self.lines.len() as f32 * self.style.leading + 2.0 * CELL_PAD
    }

    fn draw(self, flow: &mut Flow, top: f32, height: f32) {
        let mut y = top + (height - self.lines.len() as f32 * self.style.leading) / 2.0;
        for line in self.lines {
            let advance = |placed: &Placed| (placed.glyph.advance + placed.extra) * self.style.size;
            let width: f32 = line.iter().map(advance).sum();
            let inset = if self.centred {
                (self.width - width) / 2.0
            } else {
                CELL_PAD
            };
            flow.put(self.style, at(self.left + inset, y), line);
            y += self.style.leading;
        }
    }
}

/// Draws the rows as one block that is never torn over two pages, with `lead` in a column of its own of
/// `lead_width` before them all.
///
/// # Errors
/// [`RenderError::MissingGlyph`] naming the field.
pub fn rows(flow: &mut Flow, lead: Option<(&str, f32)>, rows: &[Vec<Field>]) -> Result<(), RenderError> {
    let start = LEFT + lead.map_or(0.0, |(_, width)| width);
    let cells = rows
        .iter()
        .map(|fields| lay_out(flow, start, fields))
        .collect::<Result<Vec<_>, _>>()?;
    let heights: Vec<f32> = cells
        .iter()
        .map(|row| row.iter().map(Cell::height).fold(ROW_MIN, f32::max))
        .collect();
    let total: f32 = heights.iter().sum();
    let longest = rows
        .iter()
        .flatten()
        .max_by_key(|field| field.value.map_or(0, str::len));
    flow.must_fit(total, longest.map_or("parties", |field| field.name.as_str()))?;
    flow.ensure(total);
    flow.rule();
    let top = flow.y;
    for (index, (row, height)) in cells.into_iter().zip(heights).enumerate() {
        if index > 0 {
            flow.line(at(start, flow.y), at(RIGHT, flow.y));
        }
        for cell in row {
            if cell.left > LEFT + 0.5 {
                flow.line(at(cell.left, flow.y), at(cell.left, flow.y + height));
            }
            let y = flow.y;
            cell.draw(flow, y, height);
        }
        flow.y += height;
    }
    if let Some((text, width)) = lead {
        let lines = flow.lines(LABEL_LEAD, text, width, "parties.label")?;
        Cell {
            lines,
            style: LABEL_LEAD,
            left: LEFT,
            width,
            centred: true,
        }
        .draw(flow, top, total);
    }
    Ok(())
}

const LABEL_LEAD: Style = Style {
    size: 11.0,
    leading: 16.0,
    ..LABEL
};

fn lay_out(flow: &Flow, start: f32, fields: &[Field]) -> Result<Vec<Cell>, RenderError> {
    let mut left = start;
    let mut cells = Vec::new();
    for field in fields {
        cells.push(label(flow, left, field)?);
        left += field.label_width;
        let style = VALUE;
        let value = field.value.filter(|value| !value.trim().is_empty());
        let measure = field.value_width - 2.0 * CELL_PAD;
        let lines = flow.lines(style, value.unwrap_or(STRUCK_OUT).trim(), measure, &field.name)?;
        cells.push(Cell {
            lines,
            style,
            left,
            width: field.value_width,
            centred: value.is_none(),
        });
        left += field.value_width;
    }
    Ok(cells)
}

/// Labels of one line are spread to the same measure, so that their edges line up.
fn label(flow: &Flow, left: f32, field: &Field) -> Result<Cell, RenderError> {
    let measure = field.label_width - 2.0 * CELL_PAD;
    let lines = if field.label.contains('\n') {
        flow.lines(LABEL, field.label, measure, "form")?
    } else {
        let glyphs = flow.glyphs(LABEL, field.label, "form")?;
        let natural = text::width(&glyphs, LABEL.size);
        vec![text::spread(
            &glyphs,
            LABEL.size,
            (4.6 * LABEL.size).min(measure).max(natural),
        )]
    };
    Ok(Cell {
        lines,
        style: LABEL,
        left,
        width: field.label_width,
        centred: true,
    })
}
