//! Where people sign: a slot for each, with the place that a signature field will lie over.

use crate::RenderError;
use crate::document::{PartySignature, SignatureSlot};
use crate::draw::{Command, at};
use crate::flow::{BODY, Flow, LABEL, LEFT, NOTE, PAD, SMALL, Style, WIDTH};
use crate::ink::{self, Slot};
use crate::text::{self, Placed};

const COLUMN: f32 = WIDTH / 2.0;
const LABEL_COLUMN: f32 = 88.0;
const SLOT_HEIGHT: f32 = 54.0;
pub const INK_HEIGHT: f32 = 36.0;
/// Room for the ink and the line of time beneath it, which come only when somebody signs.
const FREE_HEIGHT: f32 = INK_HEIGHT + NOTE.leading;
/// Between a place and the lines around it.
const GAP: f32 = 3.0;
const NAME: Style = Style {
    size: 10.0,
    leading: 13.5,
    ..BODY
};

/// What stands above the place of somebody who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caption {
    /// 甲方当事人签名
    Party,
    /// The label itself says who signs: 申请人签名.
    Own,
}

impl Caption {
    fn of(self, label: &str) -> String {
        match self {
            Self::Party => format!("{label}方当事人"),
            Self::Own => label.to_owned(),
        }
    }
}

/// People who sign the same thing, two slots a row; a row is never torn apart.
pub struct Signers<'a> {
    pub signatures: &'a [PartySignature],
    /// For messages about a field.
    pub field: &'a str,
    /// What the places' names begin with.
    pub place: &'static str,
    /// The number of the first place.
    pub first: usize,
    /// What is signed, in the words of the tooltip.
    pub act: &'static str,
    pub caption: Caption,
}

impl<'a> Signers<'a> {
    /// The parties, in their order.
    pub fn parties(signatures: &'a [PartySignature]) -> Self {
        Self {
            signatures,
            field: "signatures",
            place: "party",
            first: 1,
            act: "签名",
            caption: Caption::Party,
        }
    }

    pub fn height(&self, flow: &Flow) -> Result<f32, RenderError> {
        let rows = self.lay_out(flow)?;
        Ok(rows.chunks(2).map(row_height).sum())
    }

    pub fn draw(&self, flow: &mut Flow) -> Result<(), RenderError> {
        let laid = self.lay_out(flow)?;
        for (row, pair) in laid.chunks(2).enumerate() {
            let height = row_height(pair);
            flow.must_fit(height, self.field)?;
            flow.ensure(height);
            flow.rule();
            if pair.len() == 2 {
                flow.line(at(LEFT + COLUMN, flow.y), at(LEFT + COLUMN, flow.y + height));
            }
            for (column, slot) in pair.iter().enumerate() {
                let index = 2 * row + column;
                let left = LEFT + column as f32 * COLUMN;
                draw(flow, slot, left, height, &format!("{}[{index}]", self.field))?;
                if let Some(slot) = slot.free(left, flow.y, height) {
                    flow.push([self.place(index, slot)]);
                }
            }
            flow.y += height;
        }
        Ok(())
    }

    fn place(&self, index: usize, slot: Slot) -> Command {
        let PartySignature { label, name, .. } = &self.signatures[index];
        Command::Place {
            name: format!("{}-{}", self.place, self.first + index),
            tooltip: format!("{} {name} {}", self.caption.of(label), self.act),
            slot,
        }
    }

    fn lay_out(&self, flow: &Flow) -> Result<Vec<Laid<'a>>, RenderError> {
        let number = |(index, signature)| {
            let field = format!("{}[{index}]", self.field);
            lay_out(flow, signature, self.caption, &field)
        };
        self.signatures.iter().enumerate().map(number).collect()
    }
}

fn row_height(pair: &[Laid]) -> f32 {
    pair.iter().map(Laid::height).fold(0.0, f32::max)
}

/// What a slot holds, broken into lines.
struct Laid<'s> {
    signature: &'s PartySignature,
    label: Vec<Placed>,
    /// In the label's column, or beneath everything across the slot when it is too long for that.
    name: Vec<Vec<Placed>>,
    name_below: bool,
    note: Vec<Vec<Placed>>,
}

impl Laid<'_> {
    fn height(&self) -> f32 {
        let note = match self.signature.slot {
            SignatureSlot::Signed { .. } => self.note.len() as f32 * NOTE.leading,
            SignatureSlot::Refused { .. } | SignatureSlot::Pending => 0.0,
        };
        let name = if self.name_below {
            self.name.len() as f32 * NAME.leading
        } else {
            0.0
        };
        SLOT_HEIGHT.max(self.upper() + name + note + 1.5 * PAD)
    }

    /// What somebody will sign in, in a slot of this height whose top left corner is given.
    fn free(&self, left: f32, top: f32, height: f32) -> Option<Slot> {
        let pending = matches!(self.signature.slot, SignatureSlot::Pending);
        let height = if self.name_below {
            self.upper()
        } else {
            height - 2.0 * GAP
        };
        pending.then_some(Slot {
            left: left + LABEL_COLUMN + PAD,
            top: top + GAP,
            width: COLUMN - LABEL_COLUMN - 2.0 * PAD,
            height,
        })
    }

    /// The height of label and drawing, or of label and refusal.
    fn upper(&self) -> f32 {
        let lines = if self.name_below { 0 } else { self.name.len() };
        let label = LABEL.leading + lines as f32 * NAME.leading;
        match self.signature.slot {
            SignatureSlot::Refused { .. } => label.max(self.note.len() as f32 * SMALL.leading),
            SignatureSlot::Signed { .. } => label.max(INK_HEIGHT),
            SignatureSlot::Pending => label.max(FREE_HEIGHT),
        }
    }
}

fn lay_out<'s>(
    flow: &Flow,
    signature: &'s PartySignature,
    caption: Caption,
    field: &str,
) -> Result<Laid<'s>, RenderError> {
    let label = format!("{}签名：", caption.of(&signature.label));
    let label = text::plain(&flow.glyphs(LABEL, &label, &format!("{field}.label"))?);
    let name_field = format!("{field}.name");
    let name = flow.lines(NAME, &signature.name, LABEL_COLUMN - PAD, &name_field)?;
    let name_below = name.len() > 2;
    let name = if name_below {
        flow.lines(NAME, &signature.name, COLUMN - 2.0 * PAD, &name_field)?
    } else {
        name
    };
    let measure = COLUMN - LABEL_COLUMN - 2.0 * PAD;
    let note = match &signature.slot {
        SignatureSlot::Signed { at, .. } => {
            flow.lines(NOTE, at, COLUMN - 2.0 * PAD, &format!("{field}.at"))?
        }
        SignatureSlot::Refused { .. } => {
            let text = signature.slot.refusal().unwrap_or_default();
            flow.lines(SMALL, &text, measure, &format!("{field}.reason"))?
        }
        SignatureSlot::Pending => Vec::new(),
    };
    Ok(Laid {
        signature,
        label,
        name,
        name_below,
        note,
    })
}

fn draw(flow: &mut Flow, laid: &Laid, left: f32, height: f32, field: &str) -> Result<(), RenderError> {
    let top = flow.y;
    flow.put(LABEL, at(left + PAD, top + PAD), laid.label.clone());
    let name_top = if laid.name_below {
        top + PAD / 2.0 + laid.upper()
    } else {
        top + PAD + LABEL.leading
    };
    for (index, line) in laid.name.iter().enumerate() {
        let y = name_top + 1.0 + index as f32 * NAME.leading;
        flow.put(NAME, at(left + PAD, y), line.clone());
    }
    let right = left + LABEL_COLUMN + PAD;
    let width = COLUMN - LABEL_COLUMN - 2.0 * PAD;
    match &laid.signature.slot {
        SignatureSlot::Signed { ink, .. } => {
            let slot = Slot {
                left: right,
                top: top + 3.0,
                width,
                height: INK_HEIGHT,
            };
            flow.push(ink::draw(ink, slot, &format!("{field}.ink"))?);
            let used = laid.note.len() as f32 * NOTE.leading;
            notes(flow, laid, left + PAD, top + height - 3.0 - used, NOTE);
        }
        SignatureSlot::Refused { .. } => {
            let used = laid.note.len() as f32 * SMALL.leading;
            let space = if laid.name_below {
                laid.upper() + PAD
            } else {
                height
            };
            notes(flow, laid, right, top + (space - used) / 2.0, SMALL);
        }
        SignatureSlot::Pending => {
            // Beneath the place, so that nothing that fills it is struck through.
            if let Some(slot) = laid.free(left, top, height) {
                let y = slot.top + slot.height;
                flow.line(at(slot.left, y), at(slot.left + slot.width, y));
            }
        }
    }
    Ok(())
}

fn notes(flow: &mut Flow, laid: &Laid, left: f32, top: f32, style: Style) {
    for (index, line) in laid.note.iter().enumerate() {
        flow.put(style, at(left, top + index as f32 * style.leading), line.clone());
    }
}
