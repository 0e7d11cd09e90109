//! One character drawn as an SVG: filled paths in a view box, and nothing else.
//!
//! The view box is the character's square. What a font's outline cannot be (strokes, transforms, shapes other
//! than paths, holes by the even-odd rule) is refused with what to do about it: drawing programs export all of
//! them as plain paths on request.

use crate::draw::{Path, at};
use crate::svg_path;

/// A character's outline in em: x to the right from the pen, y **up** from the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    pub paths: Vec<Path>,
    pub advance: f32,
}

/// The part of the square that lies above the baseline, as in fonts of Chinese.
const ABOVE_BASELINE: f32 = 0.88;
/// Of a character's width against its height.
const ADVANCE_MIN: f32 = 0.2;
const ADVANCE_MAX: f32 = 2.0;
/// So far may a stroke reach out of the square, in em.
const OUTSIDE_MAX: f32 = 0.5;

/// # Errors
/// What is wrong with the drawing, as the end of a sentence.
pub fn outline(text: &str) -> Result<Outline, String> {
    let mut view_box = None;
    let mut drawn = Vec::new();
    for tag in tags(text)? {
        check(&tag)?;
        match tag.name {
            "svg" if view_box.is_none() => view_box = tag.attribute("viewBox").map(str::to_owned),
            "path" => {
                let data = tag.attribute("d").ok_or("a path has no d")?;
                drawn.extend(svg_path::parse(data)?);
            }
            _ => {}
        }
    }
    let view_box = view_box.ok_or("the svg has no viewBox")?;
    let [left, top, width, height] = numbers(&view_box)?;
    let advance = width / height;
    if !(ADVANCE_MIN..=ADVANCE_MAX).contains(&advance) {
        return Err(format!("the viewBox is {advance:.2} times as wide as high"));
    }
    let place = |p: crate::draw::At| at((p.x - left) / height, ABOVE_BASELINE - (p.y - top) / height);
    let paths: Vec<_> = drawn.iter().map(|path| path.mapped(place)).collect();
    if paths.is_empty() {
        return Err("nothing is drawn".to_owned());
    }
    let inside = |p: crate::draw::At| {
        let (x, y) = (p.x, p.y - ABOVE_BASELINE + 1.0);
        (-OUTSIDE_MAX..=advance + OUTSIDE_MAX).contains(&x) && (-OUTSIDE_MAX..=1.0 + OUTSIDE_MAX).contains(&y)
    };
    if !paths.iter().flat_map(Path::points).all(inside) {
        return Err("the drawing lies outside its viewBox".to_owned());
    }
    Ok(Outline { paths, advance })
}

fn numbers(view_box: &str) -> Result<[f32; 4], String> {
    let wrong = || format!("viewBox=\"{view_box}\" is not four numbers with a width and a height");
    let split = view_box.split(|c: char| c == ',' || c.is_ascii_whitespace());
    let numbers: Result<Vec<f32>, _> = split.filter(|part| !part.is_empty()).map(str::parse).collect();
    let numbers: [f32; 4] = numbers
        .map_err(|_| wrong())?
        .try_into()
        .map_err(|_: Vec<f32>| wrong())?;
    let sound = numbers.iter().all(|number| number.is_finite()) && numbers[2] > 0.0 && numbers[3] > 0.0;
    if sound { Ok(numbers) } else { Err(wrong()) }
}

/// A tag with its attributes; closing tags are not kept.
struct Tag<'t> {
    name: &'t str,
    attributes: Vec<(&'t str, &'t str)>,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(key, _)| *key == name)?;
        Some(value)
    }
}

const SILENT: [&str; 6] = ["title", "desc", "metadata", "defs", "style", "g"];

fn check(tag: &Tag) -> Result<(), String> {
    // What editors note about themselves has a prefix and draws nothing.
    if tag.name.contains(':') {
        return Ok(());
    }
    if tag.name != "svg" && tag.name != "path" && !SILENT.contains(&tag.name) {
        let name = tag.name;
        return Err(format!("<{name}> is not a path: export all shapes as paths"));
    }
    let style = tag.attribute("style").unwrap_or_default();
    let styled = |name: &str| {
        let (_, value) = style
            .split(';')
            .filter_map(|rule| rule.split_once(':'))
            .find(|(key, _)| key.trim() == name)?;
        Some(value.trim())
    };
    let set = |name: &str| tag.attribute(name).map(str::trim).or_else(|| styled(name));
    if set("transform").is_some() {
        return Err("a transform is left: export with transforms applied".to_owned());
    }
    if set("stroke").is_some_and(|stroke| stroke != "none") || set("fill") == Some("none") {
        return Err("lines are drawn as strokes: convert strokes to paths".to_owned());
    }
    if set("fill-rule") == Some("evenodd") {
        return Err("holes are cut by the even-odd rule: export with fill-rule nonzero".to_owned());
    }
    Ok(())
}

fn tags(text: &str) -> Result<Vec<Tag<'_>>, String> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = if rest.starts_with("!--") {
            rest.find("-->").map(|at| at + 2)
        } else {
            tag_end(rest)
        };
        let end = end.ok_or("a tag does not end")?;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if !tag.starts_with(['!', '?', '/']) {
            tags.push(read_tag(tag.trim_end_matches('/'))?);
        }
    }
    Ok(tags)
}

/// The `>` that is not part of a quoted value.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(index),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

fn read_tag(tag: &str) -> Result<Tag<'_>, String> {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let quoted = quote.and_then(|quote| after[1..].split_once(quote));
        let (value, after) = quoted.ok_or_else(|| format!("<{name}> has an attribute without quotes"))?;
        attributes.push((key.trim(), value));
        rest = after;
    }
    Ok(Tag { name, attributes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = r#"<?xml version="1.0"?><!-- a > b -->
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><title>x</title>
        <path style='fill:#000' d="M50 50h100v100h-100z"/></svg>"#;

    #[test]
    fn the_view_box_is_the_characters_square() {
        let outline = outline(SQUARE).unwrap();
        assert!((outline.advance - 1.0).abs() < 1e-6);
        let start = outline.paths[0].start;
        assert!(
            (start.x - 0.25).abs() < 1e-6 && (start.y - 0.63).abs() < 1e-6,
            "{start:?}"
        );
    }

    #[test]
    fn what_no_font_can_draw_is_refused_with_what_to_do() {
        for (from, to, expected) in [
            ("viewBox=\"0 0 200 200\"", "", "no viewBox"),
            ("0 0 200 200", "0 0 200", "not four numbers"),
            ("0 0 200 200", "0 0 900 200", "4.50 times as wide as high"),
            ("M50 50", "M5000 50", "outside its viewBox"),
            ("fill:#000", "fill:none;stroke:#000", "convert strokes to paths"),
            ("<path ", "<path transform='scale(2)' ", "transforms applied"),
            ("<path ", "<path fill-rule='evenodd' ", "nonzero"),
            ("<path ", "<circle r='4'/><path ", "<circle> is not a path"),
            ("<path ", "<path d=M0 ", "without quotes"),
            ("M50 50h100v100h-100z", "", "nothing is drawn"),
            ("/></svg>", "", "does not end"),
        ] {
            let problem = outline(&SQUARE.replace(from, to)).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
    }
}
