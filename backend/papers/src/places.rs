//! Where somebody will sign, told to whoever makes signature fields of it.
//!
//! A place is found while the page is laid out and is not drawn: what can be seen there is drawn beside it.

use serde::{Deserialize, Serialize};

use crate::draw::{Command, PAGE_HEIGHT, Page};
use crate::ink::Slot;
use crate::pdf::round;

/// A place to sign on an issued document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// ASCII: `unit`, `officer`, `party-1` … in the order of the parties, `injury-1` …, `mediation-1` ….
    pub name: String,
    /// Who signs here and what, in words, for readers of the file.
    pub tooltip: String,
    /// Counts from 1.
    pub page: u32,
    /// Left, bottom, right, top in points from the lower left corner of the page.
    pub rect: [f32; 4],
}

impl Place {
    pub(crate) fn width(&self) -> f32 {
        self.rect[2] - self.rect[0]
    }

    pub(crate) fn height(&self) -> f32 {
        self.rect[3] - self.rect[1]
    }
}

/// The places of laid-out pages, in the order they were laid out.
pub fn on(pages: &[Page]) -> Vec<Place> {
    let numbered = (1..).zip(pages);
    numbered
        .flat_map(|(page, commands)| commands.iter().filter_map(move |command| place(page, command)))
        .collect()
}

fn place(page: u32, command: &Command) -> Option<Place> {
    let Command::Place { name, tooltip, slot } = command else {
        return None;
    };
    let Slot {
        left,
        top,
        width,
        height,
    } = *slot;
    let bottom = PAGE_HEIGHT - top - height;
    Some(Place {
        name: name.clone(),
        tooltip: tooltip.clone(),
        page,
        rect: [left, bottom, left + width, bottom + height].map(round),
    })
}
