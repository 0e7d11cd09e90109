//! Where things lie on every page of every paper, told from the drawing list: nothing overlaps, nothing is cut.

use crate::draw::{Command, PAGE_HEIGHT, PAGE_WIDTH, Page, Path, Step};
use crate::flow::{BOTTOM, LEFT, RIGHT, TOP};
use crate::form::{Form, lay_out};
use crate::text::{self, Placed};
use crate::{Fonts, Paper, State};

#[path = "../examples/sample/cases.rs"]
mod cases;
#[path = "../examples/sample/forms.rs"]
mod forms;

/// What of a character is inked at most, above and below the baseline, in em.
const ABOVE: f32 = 0.80;
const BELOW: f32 = 0.06;
/// Shared edges are no overlap, in points.
const TOUCH: f32 = 0.4;

#[derive(Debug)]
struct Written {
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
    text: String,
}

impl Written {
    fn overlaps(&self, other: &Self) -> bool {
        let across = self.left + TOUCH < other.right && other.left + TOUCH < self.right;
        across && self.top + TOUCH < other.bottom && other.top + TOUCH < self.bottom
    }
}

fn written(page: &Page) -> Vec<Written> {
    let line = |command: &Command| match command {
        // The watermark lies beneath everything by intent.
        Command::Text {
            at,
            degrees,
            size,
            glyphs,
            ..
        } if *degrees == 0.0 => Some(Written {
            left: at.x,
            right: at.x + text::reach(glyphs, *size),
            top: at.y - ABOVE * size,
            bottom: at.y + BELOW * size,
            text: glyphs
                .iter()
                .map(|placed: &Placed| placed.glyph.character)
                .collect(),
        }),
        _ => None,
    };
    page.iter().filter_map(line).collect()
}

/// Straight lines from left to right or from top to bottom: rules and frames.
fn rules(page: &Page) -> Vec<Written> {
    let straight = |path: &Path| match path.steps.as_slice() {
        [Step::Line(to)] if to.x == path.start.x || to.y == path.start.y => Some(Written {
            left: path.start.x.min(to.x),
            right: path.start.x.max(to.x),
            top: path.start.y.min(to.y),
            bottom: path.start.y.max(to.y),
            text: String::new(),
        }),
        _ => None,
    };
    let black = |command: &Command| match command {
        Command::Stroke { paths, color, .. } if *color == crate::draw::BLACK => {
            paths.iter().filter_map(straight).collect()
        }
        _ => Vec::new(),
    };
    page.iter().flat_map(black).collect()
}

fn check(name: &str, paper: &Paper, state: State, fonts: &Fonts) {
    let pages = lay_out(paper as &dyn Form, state, fonts).unwrap();
    for (number, page) in pages.iter().enumerate() {
        let lines = written(page);
        for (index, line) in lines.iter().enumerate() {
            let on_sheet = line.left >= LEFT - TOUCH && line.right <= RIGHT + TOUCH;
            assert!(on_sheet, "{name} page {number}: {line:?} runs over the margin");
            assert!(
                line.top > 20.0 && line.bottom < PAGE_HEIGHT - 20.0,
                "{name} page {number}: {line:?}"
            );
            for other in &lines[index + 1..] {
                assert!(
                    !line.overlaps(other),
                    "{name} page {number}: {} lies over {}",
                    line.text,
                    other.text
                );
            }
        }
        for rule in rules(page) {
            let inside = rule.top >= TOP - TOUCH && rule.bottom <= BOTTOM + 40.0 && rule.right <= PAGE_WIDTH;
            assert!(inside, "{name} page {number}: {rule:?}");
            for line in &lines {
                let crossed = line.left + TOUCH < rule.right
                    && rule.left + TOUCH < line.right
                    && line.top + TOUCH < rule.bottom
                    && rule.top + TOUCH < line.bottom;
                let beside = line.left + TOUCH >= rule.right || rule.left + TOUCH >= line.right;
                let through = !beside && line.top + TOUCH < rule.top && rule.top < line.bottom - TOUCH;
                let down = line.left + TOUCH < rule.left
                    && rule.left < line.right - TOUCH
                    && line.top < rule.bottom
                    && rule.top < line.bottom;
                assert!(
                    !(crossed || through || down),
                    "{name} page {number}: {rule:?} runs through {line:?}"
                );
            }
        }
    }
}

#[test]
fn on_no_page_does_anything_overlap_or_run_over_an_edge() {
    let fonts = Fonts::embedded().unwrap();
    for (name, paper) in forms::every().into_iter().chain(forms::hard()) {
        check(name, &paper, State::Issued, &fonts);
        check(name, &paper, State::Draft, &fonts);
    }
}

#[test]
fn the_check_sees_text_that_lies_over_text_and_text_that_a_rule_runs_through() {
    let fonts = Fonts::embedded().unwrap();
    let pages = lay_out(&forms::agreement(2), State::Issued, &fonts).unwrap();
    let mut lines = written(&pages[0]);
    let line = lines.remove(3);
    let moved = Written {
        top: line.top + 2.0,
        text: String::new(),
        ..line
    };
    assert!(written(&pages[0]).iter().any(|line| line.overlaps(&moved)));
}
