//! Glyph widths of a CID-keyed CFF program (Adobe technical notes 5176 and 5177), by CID.

use std::collections::BTreeMap;

/// In units of the font, of which there are 1,000 in an em.
pub fn widths(cff: &[u8]) -> BTreeMap<u16, f32> {
    let (_, after) = index(cff, usize::from(cff[2]));
    let (tops, after) = index(cff, after);
    let (_, after) = index(cff, after);
    let (no_subroutines, _) = index(cff, after);
    assert!(no_subroutines.is_empty());
    let top = dict(tops[0]);
    let at = |operator: u16| top[&operator][0] as usize;
    let (glyphs, _) = index(cff, at(17));
    let cids = charset(cff, at(15), glyphs.len());
    let (fonts, _) = index(cff, at(0x0C24));
    let chosen = fd_select(cff, at(0x0C25), glyphs.len());
    let privates: Vec<_> = fonts
        .iter()
        .map(|font| {
            let place = &dict(font)[&18];
            let (size, at) = (place[0] as usize, place[1] as usize);
            let private = dict(&cff[at..at + size]);
            let number = |operator: u16| private.get(&operator).map_or(0.0, |values| values[0]);
            (number(20), number(21))
        })
        .collect();
    let width = |glyph: usize| {
        let (default, nominal) = privates[chosen[glyph]];
        stated(glyphs[glyph]).map_or(default, |width| nominal + width)
    };
    (0..glyphs.len())
        .map(|glyph| (cids[glyph], width(glyph)))
        .collect()
}

fn word(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

/// The entries and where the next thing begins.
fn index(cff: &[u8], at: usize) -> (Vec<&[u8]>, usize) {
    let count = word(cff, at);
    if count == 0 {
        return (Vec::new(), at + 2);
    }
    let size = usize::from(cff[at + 2]);
    let data = at + 3 + (count + 1) * size - 1;
    let offset = |entry: usize| {
        let from = at + 3 + entry * size;
        let number = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        data + cff[from..from + size].iter().fold(0, number)
    };
    let entries = (0..count).map(|entry| &cff[offset(entry)..offset(entry + 1)]);
    (entries.collect(), offset(count))
}

/// Operands by operator; two-byte operators as 0x0Cxx.
fn dict(mut bytes: &[u8]) -> BTreeMap<u16, Vec<f32>> {
    let (mut read, mut operands) = (BTreeMap::new(), Vec::new());
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        match *first {
            12 => {
                read.insert(0x0C00 | u16::from(rest[0]), std::mem::take(&mut operands));
                bytes = &rest[1..];
            }
            operator @ 0..=21 => {
                read.insert(u16::from(operator), std::mem::take(&mut operands));
            }
            29 => {
                operands.push(i32::from_be_bytes(rest[..4].try_into().unwrap()) as f32);
                bytes = &rest[4..];
            }
            30 => {
                // A real number; none that is asked for is one.
                let end = rest.iter().position(|byte| byte & 15 == 15 || byte >> 4 == 15);
                bytes = &rest[end.unwrap() + 1..];
                operands.push(f32::NAN);
            }
            _ => {
                let (number, rest) = number(*first, rest);
                operands.push(number);
                bytes = rest;
            }
        }
    }
    read
}

fn number(first: u8, rest: &[u8]) -> (f32, &[u8]) {
    let next = || f32::from(rest[0]);
    match first {
        28 => (f32::from(i16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
        255 => {
            let fixed = i32::from_be_bytes(rest[..4].try_into().unwrap());
            (fixed as f32 / 65536.0, &rest[4..])
        }
        32..=246 => (f32::from(first) - 139.0, rest),
        247..=250 => ((f32::from(first) - 247.0) * 256.0 + next() + 108.0, &rest[1..]),
        251..=254 => (-(f32::from(first) - 251.0) * 256.0 - next() - 108.0, &rest[1..]),
        other => panic!("{other} is no number"),
    }
}

/// The CID of every glyph.
fn charset(cff: &[u8], at: usize, count: usize) -> Vec<u16> {
    let mut cids = vec![0];
    let mut from = at + 1;
    while cids.len() < count {
        let first = word(cff, from);
        let left = match cff[at] {
            0 => 0,
            1 => usize::from(cff[from + 2]),
            _ => word(cff, from + 2),
        };
        cids.extend((first..=first + left).map(|cid| cid as u16));
        from += 2 + usize::from(cff[at]);
    }
    cids
}

/// The font dict of every glyph.
fn fd_select(cff: &[u8], at: usize, count: usize) -> Vec<usize> {
    if cff[at] == 0 {
        return cff[at + 1..=at + count]
            .iter()
            .map(|&font| usize::from(font))
            .collect();
    }
    let mut chosen = Vec::new();
    for range in 0..word(cff, at + 1) {
        let from = at + 3 + 3 * range;
        let next = word(cff, from + 3);
        chosen.resize(next, usize::from(cff[from + 2]));
    }
    chosen
}

/// The width that stands before the first operator of a charstring, if one does.
fn stated(mut code: &[u8]) -> Option<f32> {
    let mut operands = Vec::new();
    while let [first, rest @ ..] = code {
        if *first < 32 && *first != 28 {
            let has_width = match first {
                1 | 3 | 18 | 23 | 19 | 20 => operands.len() % 2 == 1,
                21 => operands.len() > 2,
                4 | 22 => operands.len() > 1,
                14 => matches!(operands.len(), 1 | 5),
                other => panic!("a charstring begins with operator {other}"),
            };
            return has_width.then(|| operands[0]);
        }
        let (value, rest) = number(*first, rest);
        operands.push(value);
        code = rest;
    }
    None
}
