//! Rows of labelled fields, with thin rules between the cells.

use crate::RenderError;
use crate::draw::at;
use crate::flow::{Flow, LABEL, LEFT, RIGHT, Style, VALUE};
use crate::fonts::Family;
use crate::form::Tick;
use crate::text::{self, Placed};

/// A label with its value.
pub struct Field<'t> {
    pub label: &'t str,
    pub value: Value<'t>,
    /// For messages about the field.
    pub name: String,
    pub label_width: f32,
    pub value_width: f32,
}

#[derive(Clone, Copy)]
pub enum Value<'t> {
    /// `None`, or nothing but space, is struck out with a dash.
    Text(Option<&'t str>),
    /// All that can be chosen from, with a full box before what was.
    Ticks(&'t [Tick]),
    /// Left free, to be filled in by hand.
    Blank,
}

impl<'t> Value<'t> {
    fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.map_or(0, str::len),
            Self::Ticks(ticks) => ticks.iter().map(|tick| tick.text.len()).sum(),
            Self::Blank => 0,
        }
    }
}

impl<'t> From<&'t str> for Value<'t> {
    fn from(text: &'t str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'t> From<&'t Option<String>> for Value<'t> {
    fn from(text: &'t Option<String>) -> Self {
        Self::Text(text.as_deref())
    }
}

impl<'t> Field<'t> {
    pub fn new(
        label: &'t str,
        value: impl Into<Value<'t>>,
        name: impl Into<String>,
        widths: (f32, f32),
    ) -> Self {
        Self {
            label,
            value: value.into(),
            name: name.into(),
            label_width: widths.0,
            value_width: widths.1,
        }
    }
}

pub const CELL_PAD: f32 = 3.5;
const ROW_MIN: f32 = 21.0;
pub const STRUCK_OUT: &str = "—";

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
            let width = text::reach(&line, self.style.size);
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

/// Draws rows none of which is torn over two pages.
///
/// # Errors
/// [`RenderError::MissingGlyph`] naming the field; [`RenderError::BadField`] when no page can hold a row.
pub fn rows(flow: &mut Flow, rows: &[Vec<Field>]) -> Result<(), RenderError> {
    rows.chunks(1).try_for_each(|row| block(flow, None, row))
}

/// Draws the rows as one block that is never torn over two pages, with `lead` in a column of its own of
/// `lead_width` before them all.
///
/// # Errors
/// As for [`rows`].
pub fn block(flow: &mut Flow, lead: Option<(&str, f32)>, rows: &[Vec<Field>]) -> Result<(), RenderError> {
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
    let longest = rows.iter().flatten().max_by_key(|field| field.value.length());
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
        let measure = field.value_width - 2.0 * CELL_PAD;
        let (lines, style, centred) = match field.value {
            Value::Text(text) => {
                let text = text.filter(|text| !text.trim().is_empty());
                let printed = text.unwrap_or(STRUCK_OUT).trim();
                (
                    flow.lines(VALUE, printed, measure, &field.name)?,
                    VALUE,
                    text.is_none(),
                )
            }
            Value::Blank => (Vec::new(), VALUE, false),
            Value::Ticks(ticks) => (ticked(flow, ticks, measure, &field.name)?, TICKS, false),
        };
        cells.push(Cell {
            lines,
            style,
            left,
            width: field.value_width,
            centred,
        });
        left += field.value_width;
    }
    Ok(cells)
}

const TICKS: Style = Style {
    size: 9.5,
    leading: 14.5,
    ..VALUE
};
/// Between one choice and the next, in em.
const TICK_GAP: f32 = 1.0;

/// The choices in lines; a choice is never torn apart unless it is longer than a line.
fn ticked(flow: &Flow, ticks: &[Tick], measure: f32, field: &str) -> Result<Vec<Vec<Placed>>, RenderError> {
    let mut lines: Vec<Vec<Placed>> = Vec::new();
    for (index, tick) in ticks.iter().enumerate() {
        let (mark, family) = if tick.ticked {
            ("■", Family::Heading)
        } else {
            ("□", Family::Body)
        };
        let field = format!("{field}[{index}]");
        let mut glyphs = flow.fonts.glyphs(Family::Body, mark, "form")?;
        glyphs.extend(flow.fonts.glyphs(family, &tick.text, &field)?);
        let fits = |line: &Vec<Placed>| {
            text::reach(line, TICKS.size) + (TICK_GAP * TICKS.size) + text::width(&glyphs, TICKS.size)
                <= measure
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => {
                if let Some(last) = line.last_mut() {
                    last.extra = TICK_GAP;
                }
                line.extend(text::plain(&glyphs));
            }
            None => lines.extend(text::break_lines(&glyphs, TICKS.size, measure, 0.0)),
        }
    }
    Ok(lines)
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
