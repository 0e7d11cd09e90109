//! Tables of many rows, which go on over as many pages as they need and repeat their head on each.
//!
//! A row is kept whole unless no page could hold it; then it goes on on the next one, cell by cell.

use crate::RenderError;
use crate::draw::{Color, Command, Paint, Path, at};
use crate::flow::{BOTTOM, Flow, LABEL, LEFT, RIGHT, Style, TOP, VALUE, WIDTH};
use crate::table::{CELL_PAD, STRUCK_OUT};
use crate::text::{self, Placed};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    /// For amounts.
    Right,
}

pub struct Column {
    pub title: &'static str,
    /// A share of the table's width, relative to the other columns'.
    pub share: f32,
    pub align: Align,
}

pub const fn column(title: &'static str, share: f32, align: Align) -> Column {
    Column { title, share, align }
}

/// Rows of as many cells as there are columns; an empty cell is struck out with a dash.
pub struct Grid<'t> {
    pub columns: &'t [Column],
    pub rows: &'t [Vec<String>],
    /// For messages about a cell: `items[3].2`.
    pub field: &'t str,
}

const CELL: Style = Style {
    size: 9.5,
    leading: 13.5,
    ..VALUE
};
const SHADE: Color = Color(0.945, 0.945, 0.945);
const ROW_MIN: f32 = 20.0;

type Lines = Vec<Vec<Placed>>;

impl Grid<'_> {
    /// # Errors
    /// [`RenderError::MissingGlyph`] naming row and column.
    pub fn draw(&self, flow: &mut Flow) -> Result<(), RenderError> {
        let own_frame = !flow.is_framed();
        let head = self.head(flow)?;
        let head_height = height_of(&head, LABEL);
        // The head is never the last thing on a page.
        flow.ensure(head_height + ROW_MIN);
        if own_frame {
            flow.open_frame();
        }
        self.draw_head(flow, &head, head_height);
        for (index, row) in self.rows.iter().enumerate() {
            let mut cells = self.cells(flow, index, row)?;
            let whole = height_of(&cells, CELL).max(ROW_MIN);
            if flow.y + whole > BOTTOM && whole <= BOTTOM - TOP - head_height {
                self.next_page(flow, &head, head_height);
            }
            while height_of(&cells, CELL) > BOTTOM - flow.y {
                let lines = ((BOTTOM - flow.y - 2.0 * CELL_PAD) / CELL.leading).floor();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "lines of one page"
                )]
                let lines = lines.max(0.0) as usize;
                if lines > 0 {
                    let rest = cells
                        .iter_mut()
                        .map(|cell| cell.split_off(lines.min(cell.len())))
                        .collect();
                    let part = std::mem::replace(&mut cells, rest);
                    let height = height_of(&part, CELL);
                    self.draw_row(flow, part, height, CELL);
                }
                self.next_page(flow, &head, head_height);
            }
            let height = height_of(&cells, CELL).max(ROW_MIN);
            self.draw_row(flow, cells, height, CELL);
        }
        if own_frame {
            flow.close_frame();
        }
        Ok(())
    }

    fn next_page(&self, flow: &mut Flow, head: &[Lines], height: f32) {
        flow.break_page();
        self.draw_head(flow, head, height);
    }

    fn draw_head(&self, flow: &mut Flow, head: &[Lines], height: f32) {
        flow.push([Command::Fill {
            paths: vec![Path::rectangle(LEFT, flow.y, WIDTH, height)],
            color: SHADE,
            paint: Paint::Opaque,
        }]);
        self.draw_row(flow, head.to_vec(), height, LABEL);
    }

    fn draw_row(&self, flow: &mut Flow, cells: Vec<Lines>, height: f32, style: Style) {
        flow.rule();
        let top = flow.y;
        let mut left = LEFT;
        for (index, (column, lines)) in self.columns.iter().zip(cells).enumerate() {
            let width = self.width(column);
            if index > 0 {
                flow.line(at(left, top), at(left, top + height));
            }
            let mut y = top + (height - lines.len() as f32 * style.leading) / 2.0;
            for line in lines {
                let free = width - text::reach(&line, style.size);
                let inset = match column.align {
                    _ if style.size == LABEL.size || is_struck_out(&line) => free / 2.0,
                    Align::Left => CELL_PAD,
                    Align::Centre => free / 2.0,
                    Align::Right => free - CELL_PAD,
                };
                flow.put(style, at(left + inset, y), line);
                y += style.leading;
            }
            left += width;
        }
        flow.y = top + height;
    }

    fn head(&self, flow: &Flow) -> Result<Vec<Lines>, RenderError> {
        let title =
            |column: &Column| flow.lines(LABEL, column.title, self.width(column) - 2.0 * CELL_PAD, "form");
        self.columns.iter().map(title).collect()
    }

    fn cells(&self, flow: &Flow, row: usize, texts: &[String]) -> Result<Vec<Lines>, RenderError> {
        let cell = |(index, column): (usize, &Column)| {
            let text = texts.get(index).map_or("", |text| text.trim());
            let text = if text.is_empty() { STRUCK_OUT } else { text };
            let field = format!("{}[{row}].{index}", self.field);
            flow.lines(CELL, text, self.width(column) - 2.0 * CELL_PAD, &field)
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    fn width(&self, column: &Column) -> f32 {
        let all: f32 = self.columns.iter().map(|column| column.share).sum();
        (RIGHT - LEFT) * column.share / all
    }
}

fn height_of(cells: &[Lines], style: Style) -> f32 {
    let most = cells.iter().map(Vec::len).max().unwrap_or(0);
    most as f32 * style.leading + 2.0 * CELL_PAD
}

fn is_struck_out(line: &[Placed]) -> bool {
    matches!(line, [only] if STRUCK_OUT.contains(only.glyph.character))
}
