//! Fonts and text of a PDF, read by nothing but its own objects: a second opinion beside poppler's.

mod cff;

use std::collections::{BTreeMap, BTreeSet};

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object};
use ttf_parser::{Face, GlyphId};

pub struct Font {
    /// What pages call it.
    resource: Vec<u8>,
    pub name: String,
    pub kind: String,
    pub names_agree: bool,
    pub cid_to_gid_identity: bool,
    pub has_cid_to_gid: bool,
    /// The subtype of the embedded program, empty for TrueType.
    pub program_kind: String,
    pub program: Vec<u8>,
    pub unicode: BTreeMap<u16, String>,
    /// In thousandths of an em.
    pub widths: BTreeMap<u16, f32>,
    /// The codes that pages show.
    pub used: BTreeSet<u16>,
}

pub fn operations(pdf: &Document, page: &Dictionary) -> Vec<Operation> {
    let stream = page
        .get_deref(b"Contents", pdf)
        .and_then(Object::as_stream)
        .unwrap();
    Content::decode(&stream.decompressed_content().unwrap())
        .unwrap()
        .operations
}

/// Every font of the file with the codes that its pages show in it.
pub fn fonts(pdf: &Document) -> Vec<Font> {
    let mut fonts: Vec<Font> = Vec::new();
    for id in pdf.get_pages().into_values() {
        let page = pdf.get_dictionary(id).unwrap();
        let resources = page
            .get_deref(b"Resources", pdf)
            .and_then(Object::as_dict)
            .unwrap();
        let named = resources
            .get_deref(b"Font", pdf)
            .and_then(Object::as_dict)
            .unwrap();
        for (resource, font) in named.iter() {
            if fonts.iter().all(|known| known.resource != *resource) {
                let (_, font) = pdf.dereference(font).unwrap();
                fonts.push(font_of(pdf, resource, font.as_dict().unwrap()));
            }
        }
        shown(pdf, page, |resource, code| {
            let font = fonts.iter_mut().find(|font| font.resource == resource);
            font.unwrap().used.insert(code);
        });
    }
    fonts
}

/// Everything the pages show, in the order it is drawn.
pub fn text(pdf: &Document) -> String {
    let fonts = fonts(pdf);
    let mut text = String::new();
    for id in pdf.get_pages().into_values() {
        shown(pdf, pdf.get_dictionary(id).unwrap(), |resource, code| {
            let font = fonts.iter().find(|font| font.resource == resource).unwrap();
            text.push_str(&font.unicode[&code]);
        });
    }
    text
}

fn shown(pdf: &Document, page: &Dictionary, mut see: impl FnMut(&[u8], u16)) {
    let mut current = Vec::new();
    for Operation { operator, operands } in operations(pdf, page) {
        match operator.as_str() {
            "Tf" => current = operands[0].as_name().unwrap().to_vec(),
            "Tj" | "TJ" => {
                let parts = match &operands[0] {
                    Object::Array(parts) => parts.clone(),
                    whole => vec![whole.clone()],
                };
                for bytes in parts.iter().filter_map(|part| part.as_str().ok()) {
                    for code in bytes.chunks(2) {
                        see(&current, u16::from_be_bytes([code[0], code[1]]));
                    }
                }
            }
            _ => {}
        }
    }
}

fn font_of(pdf: &Document, resource: &[u8], font: &Dictionary) -> Font {
    let name_of = |dict: &Dictionary, key: &[u8]| {
        let name = dict.get(key).and_then(Object::as_name).unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    };
    let descendants = font
        .get_deref(b"DescendantFonts", pdf)
        .and_then(Object::as_array)
        .unwrap();
    let cid_font = pdf.dereference(&descendants[0]).unwrap().1.as_dict().unwrap();
    let descriptor = cid_font
        .get_deref(b"FontDescriptor", pdf)
        .and_then(Object::as_dict)
        .unwrap();
    let program = [&b"FontFile2"[..], b"FontFile3"]
        .into_iter()
        .find_map(|key| descriptor.get_deref(key, pdf).and_then(Object::as_stream).ok());
    let cmap = font.get_deref(b"ToUnicode", pdf).and_then(Object::as_stream);
    let cmap = cmap.map(|stream| stream.decompressed_content().unwrap());
    let name = name_of(font, b"BaseFont");
    Font {
        resource: resource.to_vec(),
        names_agree: name == name_of(cid_font, b"BaseFont") && name == name_of(descriptor, b"FontName"),
        kind: name_of(cid_font, b"Subtype"),
        cid_to_gid_identity: name_of(cid_font, b"CIDToGIDMap") == "Identity",
        has_cid_to_gid: cid_font.has(b"CIDToGIDMap"),
        program_kind: program.map_or_else(String::new, |stream| name_of(&stream.dict, b"Subtype")),
        program: program.map_or_else(Vec::new, |stream| stream.decompressed_content().unwrap()),
        unicode: unicode(&String::from_utf8_lossy(&cmap.unwrap_or_default())),
        widths: widths(cid_font.get(b"W").and_then(Object::as_array).unwrap()),
        used: BTreeSet::new(),
        name,
    }
}

/// `bfchar` and `bfrange` lines: codes of two bytes to UTF-16.
fn unicode(cmap: &str) -> BTreeMap<u16, String> {
    let mut map = BTreeMap::new();
    for line in cmap.lines().filter(|line| line.starts_with('<')) {
        let parts: Vec<_> = line
            .split(['<', '>', '[', ']', ' '])
            .filter(|part| !part.is_empty())
            .collect();
        let code = |part: &str| u16::from_str_radix(part, 16).unwrap();
        let units = |part: &str| -> Vec<u16> {
            let digits: Vec<_> = part.as_bytes().chunks(4).collect();
            digits
                .into_iter()
                .map(|four| code(std::str::from_utf8(four).unwrap()))
                .collect()
        };
        match parts.as_slice() {
            [from, text] if from.len() == 4 => {
                map.insert(code(from), String::from_utf16(&units(text)).unwrap());
            }
            [from, to, text] if to.len() == 4 => {
                for (step, at) in (code(from)..=code(to)).enumerate() {
                    let mut units = units(text);
                    *units.last_mut().unwrap() += step as u16;
                    map.insert(at, String::from_utf16(&units).unwrap());
                }
            }
            _ => {}
        }
    }
    map
}

/// `c [w1 w2 …]` and `first last w`.
fn widths(entries: &[Object]) -> BTreeMap<u16, f32> {
    let mut widths = BTreeMap::new();
    let mut rest = entries;
    while let [first, second, tail @ ..] = rest {
        let first = first.as_i64().unwrap() as u16;
        if let Ok(list) = second.as_array() {
            let each = list.iter().map(|width| width.as_float().unwrap());
            widths.extend((first..).zip(each));
            rest = tail;
        } else {
            let width = tail[0].as_float().unwrap();
            widths.extend((first..=second.as_i64().unwrap() as u16).map(|code| (code, width)));
            rest = &tail[1..];
        }
    }
    widths
}

/// What the embedded program itself says, by code.
pub fn glyph_widths(font: &Font) -> BTreeMap<u16, f32> {
    if font.program_kind == "CIDFontType0C" {
        return cff::widths(&font.program);
    }
    let Ok(face) = Face::parse(&font.program, 0) else {
        return BTreeMap::new();
    };
    let em = f32::from(face.units_per_em());
    let width = |glyph: u16| {
        Some((
            glyph,
            f32::from(face.glyph_hor_advance(GlyphId(glyph))?) * 1000.0 / em,
        ))
    };
    (0..face.number_of_glyphs()).filter_map(width).collect()
}
