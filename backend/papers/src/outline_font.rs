//! Single outlines as a small OpenType font, so that they are embedded, searched and copied like any text.
//!
//! CFF (Adobe technical notes 5176 and 5177) because it keeps cubic curves as they were drawn. Only what
//! readers of this program and of PDF ask for is written: no hints, no kerning, no names of glyphs beyond
//! their code points.

use std::collections::BTreeMap;

use crate::draw::{At, Step};
use crate::svg::Outline;

const NAME: &str = "KuaichuOutlines";
const UNITS_PER_EM: u16 = 1000;
const ASCENDER: i16 = 880;
const DESCENDER: i16 = -120;

/// The font's bytes; glyph 0 is empty, the others follow in the order of their characters.
pub fn build(outlines: &BTreeMap<char, Outline>) -> Vec<u8> {
    let count = u16::try_from(outlines.len() + 1).unwrap_or(u16::MAX);
    let bounds = Bounds::of(outlines);
    sfnt(&[
        (*b"CFF ", cff(outlines, &bounds)),
        (*b"cmap", cmap(outlines)),
        (*b"head", head(&bounds)),
        (*b"hhea", hhea(outlines, count)),
        (*b"hmtx", hmtx(outlines)),
        (
            *b"maxp",
            [&0x5000_u32.to_be_bytes()[..], &count.to_be_bytes()].concat(),
        ),
        (*b"name", name()),
        (*b"post", post()),
    ])
}

/// Whole units, as everything in the font.
fn units(em: f32) -> i16 {
    (em * f32::from(UNITS_PER_EM)).round() as i16
}

struct Bounds {
    left: i16,
    bottom: i16,
    right: i16,
    top: i16,
}

impl Bounds {
    fn of(outlines: &BTreeMap<char, Outline>) -> Self {
        let mut bounds = Self {
            left: 0,
            bottom: DESCENDER,
            right: 0,
            top: ASCENDER,
        };
        let paths = outlines.values().flat_map(|outline| &outline.paths);
        for point in paths.flat_map(|path| path.points()) {
            bounds.left = bounds.left.min(units(point.x));
            bounds.right = bounds.right.max(units(point.x));
            bounds.bottom = bounds.bottom.min(units(point.y));
            bounds.top = bounds.top.max(units(point.y));
        }
        bounds
    }

    fn bytes(&self) -> Vec<u8> {
        words(&[self.left, self.bottom, self.right, self.top])
    }
}

fn words(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn cff(outlines: &BTreeMap<char, Outline>, bounds: &Bounds) -> Vec<u8> {
    /// Strings before these are the standard ones.
    const FIRST_STRING: u16 = 391;
    let header = [1, 0, 4, 4];
    let names = index(&[NAME.as_bytes().to_vec()]);
    let glyph_names: Vec<_> = outlines
        .keys()
        .map(|&character| format!("u{:04X}", character as u32).into_bytes())
        .collect();
    let strings = index(&glyph_names);
    let no_subroutines = [0, 0];
    // One range of names after .notdef.
    let others = u16::try_from(outlines.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let charset = [&[2][..], &FIRST_STRING.to_be_bytes(), &others.to_be_bytes()].concat();
    let empty = [number(i16::try_from(UNITS_PER_EM).unwrap_or(1000)), vec![14]].concat();
    let mut glyphs = vec![empty];
    glyphs.extend(outlines.values().map(charstring));
    let glyphs = index(&glyphs);
    // defaultWidthX 0: every glyph states its own width.
    let private = [139, 20];
    let top = |charset_at, glyphs_at, private_at| {
        let mut dict = Vec::new();
        for side in [bounds.left, bounds.bottom, bounds.right, bounds.top] {
            dict.extend(offset(i32::from(side)));
        }
        dict.push(5);
        dict.extend([offset(charset_at), vec![15], offset(glyphs_at), vec![17]].concat());
        dict.extend([offset(2), offset(private_at), vec![18]].concat());
        index(&[dict])
    };
    let length = |part: usize| i32::try_from(part).unwrap_or(i32::MAX);
    let before = header.len() + names.len() + top(0, 0, 0).len() + strings.len() + no_subroutines.len();
    let glyphs_at = before + charset.len();
    let private_at = glyphs_at + glyphs.len();
    let top = top(length(before), length(glyphs_at), length(private_at));
    [
        &header[..],
        &names,
        &top,
        &strings,
        &no_subroutines,
        &charset,
        &glyphs,
        &private,
    ]
    .concat()
}

/// An INDEX with offsets of four bytes.
fn index(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = u16::try_from(entries.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes()
        .to_vec();
    bytes.push(4);
    let mut next: u32 = 1;
    bytes.extend(next.to_be_bytes());
    for entry in entries {
        next += u32::try_from(entry.len()).unwrap_or(u32::MAX);
        bytes.extend(next.to_be_bytes());
    }
    bytes.extend(entries.concat());
    bytes
}

/// A number of a DICT, always of five bytes, so that offsets do not move what they point to.
fn offset(value: i32) -> Vec<u8> {
    [&[29][..], &value.to_be_bytes()].concat()
}

/// A number of a charstring.
fn number(value: i16) -> Vec<u8> {
    match value {
        -107..=107 => vec![(value + 139) as u8],
        _ => [&[28][..], &value.to_be_bytes()].concat(),
    }
}

fn charstring(outline: &Outline) -> Vec<u8> {
    const MOVE: u8 = 21;
    const LINE: u8 = 5;
    const CURVE: u8 = 8;
    const END: u8 = 14;
    let mut code = number(units(outline.advance));
    let mut pen = (0, 0);
    // Differences of rounded places: roundings do not add up.
    let mut to = |code: &mut Vec<u8>, point: At| {
        let next = (units(point.x), units(point.y));
        code.extend(number(next.0 - pen.0));
        code.extend(number(next.1 - pen.1));
        pen = next;
    };
    for path in &outline.paths {
        to(&mut code, path.start);
        code.push(MOVE);
        for step in &path.steps {
            match *step {
                Step::Line(end) => {
                    to(&mut code, end);
                    code.push(LINE);
                }
                Step::Curve(a, b, end) => {
                    for point in [a, b, end] {
                        to(&mut code, point);
                    }
                    code.push(CURVE);
                }
            }
        }
    }
    code.push(END);
    code
}

/// Format 12, the one that reaches beyond the first plane; a group for each character.
fn cmap(outlines: &BTreeMap<char, Outline>) -> Vec<u8> {
    let groups: Vec<u8> = (1_u32..)
        .zip(outlines.keys())
        .flat_map(|(glyph, &character)| [character as u32, character as u32, glyph])
        .flat_map(u32::to_be_bytes)
        .collect();
    let count = (groups.len() / 12) as u32;
    let header = words(&[0, 1, 3, 10]);
    let table = [12, 16 + count * 12, 0, count];
    let table: Vec<u8> = [12_u16.to_be_bytes(), [0, 0]]
        .concat()
        .into_iter()
        .chain(table[1..].iter().flat_map(|value| value.to_be_bytes()))
        .collect();
    [header, 12_u32.to_be_bytes().to_vec(), table, groups].concat()
}

fn head(bounds: &Bounds) -> Vec<u8> {
    const MAGIC: u32 = 0x5F0F_3CF5;
    let mut table = [0x0001_0000_u32, 0x0001_0000, 0, MAGIC]
        .map(u32::to_be_bytes)
        .concat();
    table.extend(0_u16.to_be_bytes());
    table.extend(UNITS_PER_EM.to_be_bytes());
    // No dates: the same outlines give the same font.
    table.extend([0; 16]);
    table.extend(bounds.bytes());
    table.extend(words(&[0, 8, 2, 0, 0]));
    table
}

fn hhea(outlines: &BTreeMap<char, Outline>, count: u16) -> Vec<u8> {
    let widest = outlines.values().map(|outline| units(outline.advance)).max();
    let mut table = 0x0001_0000_u32.to_be_bytes().to_vec();
    table.extend(words(&[ASCENDER, DESCENDER, 0]));
    table.extend(words(&[widest.unwrap_or_default(), 0, 0, 0, 1]));
    table.extend([0; 12]);
    table.extend([0, 0]);
    table.extend(count.to_be_bytes());
    table
}

fn hmtx(outlines: &BTreeMap<char, Outline>) -> Vec<u8> {
    let mut table = words(&[units(1.0), 0]);
    for outline in outlines.values() {
        let points = outline.paths.iter().flat_map(|path| path.points());
        let left = points.map(|point| units(point.x)).min().unwrap_or_default();
        table.extend(words(&[units(outline.advance), left]));
    }
    table
}

/// The PostScript name alone, for Windows in English.
fn name() -> Vec<u8> {
    let text: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let length = i16::try_from(text.len()).unwrap_or(i16::MAX);
    [words(&[0, 1, 18, 3, 1, 0x409, 6, length, 0]), text].concat()
}

fn post() -> Vec<u8> {
    let mut table = 0x0003_0000_u32.to_be_bytes().to_vec();
    table.resize(32, 0);
    table
}

fn sfnt(tables: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).unwrap_or(u16::MAX);
    let power = count.ilog2() as u16;
    let range = (1 << power) * 16;
    let mut font = b"OTTO".to_vec();
    for value in [count, range, power, count * 16 - range] {
        font.extend(value.to_be_bytes());
    }
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in tables {
        font.extend(tag);
        for value in [checksum(table), length(at), length(table.len())] {
            font.extend(value.to_be_bytes());
        }
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        font.extend(table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    font
}

fn length(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn checksum(table: &[u8]) -> u32 {
    let word = |chunk: &[u8]| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        u32::from_be_bytes(word)
    };
    table
        .chunks(4)
        .fold(0, |sum: u32, chunk| sum.wrapping_add(word(chunk)))
}
