//! Who answers for a paper: the officer's line, the unit's seal over the day.

use crate::RenderError;
use crate::document::{Officer, State};
use crate::draw::{At, Command, Paint, SEAL_RED, at, mm};
use crate::flow::{BODY, Flow, LEFT, PAD, RIGHT, SMALL};
use crate::ink::{self, Slot};
use crate::seal::Seal;
use crate::signatures::INK_HEIGHT;
use crate::text;

const SEAL_RADIUS: f32 = mm(19.0);
/// The seal reaches a little over the lines around its block, as a stamp does.
const SEALED_HEIGHT: f32 = 2.0 * SEAL_RADIUS - 10.0;
const UNSEALED_HEIGHT: f32 = 74.0;

/// The last block of a paper that a unit issues. Without an officer, the unit alone answers for it.
pub struct Issued<'a> {
    pub unit: &'a [String; 2],
    pub officer: Option<&'a Officer>,
    pub seal: Option<&'a Seal>,
    /// The day in words.
    pub date: &'a str,
}

impl Issued<'_> {
    fn seal_in(&self, state: State) -> Option<&Seal> {
        self.seal.filter(|_| state != State::Draft)
    }

    pub fn height(&self, state: State) -> f32 {
        match self.seal_in(state) {
            Some(_) => SEALED_HEIGHT,
            None => UNSEALED_HEIGHT,
        }
    }

    pub fn draw(&self, flow: &mut Flow, state: State) -> Result<(), RenderError> {
        let height = self.height(state);
        flow.ensure(height);
        if flow.is_framed() {
            flow.rule();
        }
        let top = flow.y;
        if let Some(officer) = self.officer {
            line(flow, officer, height)?;
        }
        let centre = at(RIGHT - mm(38.0), top + height / 2.0);
        self.stamp(flow, centre, state)?;
        flow.y = top + height;
        Ok(())
    }

    fn stamp(&self, flow: &mut Flow, centre: At, state: State) -> Result<(), RenderError> {
        let date = flow.glyphs(BODY, self.date, "date")?;
        let date_left = centre.x - text::width(&date, BODY.size) / 2.0;
        if let Some(seal) = self.seal_in(state) {
            let top = centre.y + 0.78 * SEAL_RADIUS - BODY.leading / 2.0;
            flow.put(BODY, at(date_left, top), text::plain(&date));
            let paths = seal.outlines(flow.fonts, centre, SEAL_RADIUS)?;
            flow.push([Command::Fill {
                paths,
                color: SEAL_RED,
                paint: Paint::Stamp,
            }]);
        } else {
            let note = flow.glyphs(SMALL, "（单位印章）", "form")?;
            let left = centre.x - text::width(&note, SMALL.size) / 2.0;
            flow.put(SMALL, at(left, centre.y - SMALL.leading), text::plain(&note));
            flow.put(BODY, at(date_left, centre.y + 4.0), text::plain(&date));
        }
        // Within the block, though the seal reaches out of it: no place lies over another.
        flow.push([Command::Place {
            name: "unit".to_owned(),
            tooltip: format!("{} 印章", self.unit.concat()),
            slot: Slot {
                left: centre.x - SEALED_HEIGHT / 2.0,
                top: centre.y - SEALED_HEIGHT / 2.0,
                width: SEALED_HEIGHT,
                height: SEALED_HEIGHT,
            },
        }]);
        Ok(())
    }
}

fn line(flow: &mut Flow, officer: &Officer, height: f32) -> Result<(), RenderError> {
    let block = 64.0;
    let mut y = flow.y + (height - block) / 2.0;
    let name = format!("交通警察：{}", officer.name);
    let badge = format!("警号：{}", officer.badge);
    for (text, field) in [(name, "officer.name"), (badge, "officer.badge")] {
        let glyphs = flow.glyphs(BODY, &text, field)?;
        flow.put(BODY, at(LEFT + PAD, y), text::plain(&glyphs));
        y += BODY.leading;
    }
    let label = flow.glyphs(BODY, "签名：", "form")?;
    flow.put(BODY, at(LEFT + PAD, y + 4.0), text::plain(&label));
    let slot = Slot {
        left: LEFT + PAD + 38.0,
        top: y - 6.0,
        width: 130.0,
        height: INK_HEIGHT,
    };
    match &officer.ink {
        Some(ink) => flow.push(ink::draw(ink, slot, "officer.ink")?),
        None => flow.line(at(slot.left, y + 22.0), at(slot.left + slot.width, y + 22.0)),
    }
    flow.push([Command::Place {
        name: "officer".to_owned(),
        tooltip: format!("交通警察 {} 签名", officer.name),
        // Beneath the badge, which the ink may touch.
        slot: Slot {
            top: y,
            height: INK_HEIGHT - 6.0,
            ..slot
        },
    }]);
    Ok(())
}
