//! The rules of PDF/A-2u (ISO 19005-2) that programs which print to PDF are known to break, checked on the bytes.
//!
//! Not a validator: it knows the rules that concern what our papers hold. Each problem begins with its clause.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object};

use super::pdf_text::{self, Font};

/// What is wrong with the file; empty when nothing is.
pub fn problems(bytes: &[u8]) -> Vec<String> {
    let Ok(pdf) = Document::load_mem(bytes) else {
        return vec!["6.1 the file cannot be read".to_owned()];
    };
    let mut found = Vec::new();
    structure(bytes, &pdf, &mut found);
    metadata(&pdf, &mut found);
    colour(&pdf, &mut found);
    for object in pdf.objects.values() {
        everywhere(object, &mut found);
    }
    for id in pdf.get_pages().into_values() {
        page(&pdf, pdf.get_dictionary(id).unwrap(), &mut found);
    }
    for font in pdf_text::fonts(&pdf) {
        embedded(&font, &mut found);
    }
    found
}

fn is(name: lopdf::Result<&Object>, wanted: &[u8]) -> bool {
    name.and_then(Object::as_name).is_ok_and(|name| name == wanted)
}

fn must(holds: bool, rule: &str, found: &mut Vec<String>) {
    if !holds {
        found.push(rule.to_owned());
    }
}

fn structure(bytes: &[u8], pdf: &Document, found: &mut Vec<String>) {
    must(bytes.starts_with(b"%PDF-1.7\n%"), "6.1.2 header", found);
    let marker = bytes.get(10..14).unwrap_or_default();
    must(
        marker.len() == 4 && marker.iter().all(|&byte| byte > 127) && bytes.get(14) == Some(&b'\n'),
        "6.1.2 four bytes that say this is binary",
        found,
    );
    must(bytes.ends_with(b"%%EOF"), "6.1.3 nothing after the end", found);
    must(!pdf.trailer.has(b"Encrypt"), "6.1.3 not encrypted", found);
    let id = pdf.trailer.get(b"ID").and_then(Object::as_array).cloned();
    let id: Vec<_> = id
        .unwrap_or_default()
        .iter()
        .filter_map(|half| half.as_str().ok().map(<[u8]>::to_vec))
        .collect();
    must(
        id.len() == 2 && id[0] == id[1] && id[0].len() == 16,
        "6.1.3 an identity of two halves",
        found,
    );
    let pages = pdf.get_pages().len();
    must(pages > 0, "6.1 pages", found);
}

fn metadata(pdf: &Document, found: &mut Vec<String>) {
    let catalog = pdf.catalog().unwrap();
    must(
        catalog
            .get(b"Lang")
            .and_then(Object::as_str)
            .is_ok_and(|lang| lang == b"zh-CN"),
        "6.7.4 language",
        found,
    );
    let stream = catalog
        .get_deref(b"Metadata", pdf)
        .and_then(Object::as_stream)
        .cloned();
    let Ok(stream) = stream else {
        found.push("6.6.2 metadata".to_owned());
        return;
    };
    must(
        !stream.dict.has(b"Filter"),
        "6.6.2 metadata is readable as it is",
        found,
    );
    let xmp = String::from_utf8(stream.content).unwrap_or_default();
    must(
        xmp.starts_with("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"),
        "6.6.2 packet",
        found,
    );
    for (field, value) in [("pdfaid:part", "2"), ("pdfaid:conformance", "U")] {
        must(
            xmp.contains(&format!("<{field}>{value}</{field}>")),
            "6.6.4 part and conformance",
            found,
        );
    }
    let info = pdf
        .trailer
        .get_deref(b"Info", pdf)
        .and_then(Object::as_dict)
        .cloned();
    let info = info.unwrap_or_default();
    let of = |key: &[u8]| {
        let text = info.get(key).and_then(lopdf::decode_text_string);
        text.unwrap_or_default()
    };
    let (_, title) = xmp
        .split_once("<rdf:li xml:lang=\"x-default\">")
        .unwrap_or_default();
    let title = title.split_once("</rdf:li>").unwrap_or_default().0;
    let element = |name: &str| {
        let (_, rest) = xmp.split_once(&format!("<{name}>")).unwrap_or_default();
        rest.split_once('<').unwrap_or_default().0.to_owned()
    };
    // D:20260301082900+08'00' and 2026-03-01T08:29:00+08:00
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let agree = !title.is_empty()
        && of(b"Title") == title
        && of(b"Producer") == element("pdf:Producer")
        && digits(&of(b"CreationDate")) == digits(&element("xmp:CreateDate"))
        && digits(&of(b"ModDate")) == digits(&element("xmp:ModifyDate"))
        && !digits(&of(b"ModDate")).is_empty();
    must(agree, "6.6.3 metadata and /Info agree", found);
    let known = [&b"Title"[..], b"Producer", b"CreationDate", b"ModDate"];
    must(
        info.iter().all(|(key, _)| known.contains(&key.as_slice())),
        "6.6.3 nothing in /Info alone",
        found,
    );
}

fn colour(pdf: &Document, found: &mut Vec<String>) {
    let catalog = pdf.catalog().unwrap();
    let intents = catalog.get(b"OutputIntents").and_then(Object::as_array).cloned();
    let intents = intents.unwrap_or_default();
    let profile = intents
        .iter()
        .filter_map(|intent| intent.as_dict().ok())
        .filter(|intent| is(intent.get(b"S"), b"GTS_PDFA1"))
        .find_map(|intent| {
            intent
                .get_deref(b"DestOutputProfile", pdf)
                .and_then(Object::as_stream)
                .ok()
        });
    let Some(profile) = profile else {
        found.push("6.2.3 an output intent with its profile".to_owned());
        return;
    };
    let icc = profile.decompressed_content().unwrap_or_default();
    let components = profile.dict.get(b"N").and_then(Object::as_i64).unwrap_or(0);
    let sound = components == 3
        && icc.get(16..20) == Some(b"RGB ")
        && icc.get(36..40) == Some(b"acsp")
        && icc.get(8).is_some_and(|&version| version <= 4);
    must(sound, "6.2.3 the profile is RGB and of version 4 at most", found);
}

/// What may stand in no object at all.
fn everywhere(object: &Object, found: &mut Vec<String>) {
    const NEVER: [&[u8]; 13] = [
        b"JS",
        b"JavaScript",
        b"AA",
        b"OpenAction",
        b"EmbeddedFiles",
        b"XFA",
        b"NeedAppearances",
        b"TR",
        b"HTP",
        b"PS",
        b"FFilter",
        b"CIDSet",
        b"Alternates",
    ];
    match object {
        Object::Array(items) => items.iter().for_each(|item| everywhere(item, found)),
        Object::Dictionary(dict) => keys(dict, &NEVER, found),
        Object::Stream(stream) => {
            keys(&stream.dict, &NEVER, found);
            must(!stream.dict.has(b"F"), "6.1.7 no stream outside the file", found);
            let flate = match stream.dict.get(b"Filter") {
                Ok(filter) => is(Ok(filter), b"FlateDecode"),
                Err(_) => true,
            };
            must(flate, "6.1.7 no filter but Flate", found);
        }
        Object::String(text, _) => must(text.len() <= 32_767, "6.1.13 a string too long", found),
        Object::Name(name) => must(name.len() <= 127, "6.1.13 a name too long", found),
        _ => {}
    }
}

fn keys(dict: &Dictionary, never: &[&[u8]], found: &mut Vec<String>) {
    for (key, value) in dict.iter() {
        let key_text = String::from_utf8_lossy(key);
        must(
            !never.contains(&key.as_slice()),
            &format!("6.x /{key_text} is not allowed"),
            found,
        );
        everywhere(value, found);
    }
    if dict.get(b"S").and_then(Object::as_name).is_ok_and(|action| {
        [
            &b"Launch"[..],
            b"SubmitForm",
            b"ResetForm",
            b"ImportData",
            b"JavaScript",
        ]
        .contains(&action)
    }) {
        found.push("6.5.1 an action that is not allowed".to_owned());
    }
}

fn page(pdf: &Document, page: &Dictionary, found: &mut Vec<String>) {
    let resources = page
        .get_deref(b"Resources", pdf)
        .and_then(Object::as_dict)
        .unwrap();
    let states = resources
        .get_deref(b"ExtGState", pdf)
        .and_then(Object::as_dict)
        .cloned()
        .unwrap_or_default();
    let see_through = states
        .iter()
        .filter_map(|(_, state)| state.as_dict().ok())
        .any(|state| {
            let part = |key: &[u8]| state.get(key).and_then(Object::as_float).unwrap_or(1.0);
            part(b"ca") < 1.0 || part(b"CA") < 1.0 || state.has(b"BM") || state.has(b"SMask")
        });
    let space = page
        .get_deref(b"Group", pdf)
        .and_then(Object::as_dict)
        .and_then(|group| group.get(b"CS"));
    must(
        !see_through || is(space, b"DeviceRGB"),
        "6.2.10 what shines through names the space it is mixed in",
        found,
    );
    const ALLOWED: &[&str] = &[
        "q", "Q", "cm", "w", "J", "j", "m", "l", "c", "h", "S", "s", "f", "f*", "B", "b", "W", "n", "gs",
        "rg", "RG", "BT", "ET", "Tf", "Td", "Tm", "Tj", "TJ", "T*", "TL", "Tc", "Tw", "Tz", "re", "v", "y",
    ];
    let used: BTreeSet<String> = pdf_text::operations(pdf, page)
        .into_iter()
        .map(|operation| operation.operator)
        .collect();
    for operator in used {
        must(
            ALLOWED.contains(&operator.as_str()),
            &format!("6.2 operator {operator}"),
            found,
        );
    }
    let annotations = page.get_deref(b"Annots", pdf).and_then(Object::as_array).cloned();
    for annotation in annotations.unwrap_or_default() {
        let annotation = pdf.dereference(&annotation).unwrap().1.as_dict().unwrap();
        const PRINT: i64 = 4;
        let flags = annotation.get(b"F").and_then(Object::as_i64).unwrap_or(0);
        must(
            flags & PRINT != 0 && flags & 0b10_0011 == 0,
            "6.3.2 an annotation is printed",
            found,
        );
        must(
            annotation.has(b"AP"),
            "6.3.3 an annotation has an appearance",
            found,
        );
    }
}

fn embedded(font: &Font, found: &mut Vec<String>) {
    let name = &font.name;
    let mut rule = |holds: bool, rule: &str| must(holds, &format!("6.2.11 {name} {rule}"), found);
    let tag = name.split_once('+').map(|(tag, _)| tag).unwrap_or_default();
    rule(
        tag.len() == 6 && tag.bytes().all(|letter| letter.is_ascii_uppercase()),
        "is marked as a subset",
    );
    rule(font.names_agree, "has one name in all its dictionaries");
    rule(!font.program.is_empty(), "is embedded");
    match font.kind.as_str() {
        "CIDFontType2" => rule(font.cid_to_gid_identity, "maps characters to glyphs"),
        "CIDFontType0" => rule(!font.has_cid_to_gid, "has a map only TrueType may have"),
        other => rule(false, &format!("is a {other}")),
    }
    rule(!font.used.is_empty(), "is used");
    let program = pdf_text::glyph_widths(font);
    for code in &font.used {
        rule(
            font.unicode
                .get(code)
                .is_some_and(|text| !text.contains(['\0', '\u{FEFF}', '\u{FFFE}']) && !text.is_empty()),
            &format!("has no Unicode for {code}"),
        );
        let Some(width) = font.widths.get(code) else {
            rule(false, &format!("has no width for {code}"));
            continue;
        };
        let own = program.get(code);
        rule(
            own.is_some_and(|own| (own - width).abs() <= 1.0),
            &format!("says {width} for {code}, its program {own:?}"),
        );
    }
}
