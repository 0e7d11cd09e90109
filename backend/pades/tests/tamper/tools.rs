//! A forger's tools: they write correct PDF, they only write what nobody signed.
//!
//! Texts are bytes as characters (Latin-1), so that binary parts survive.

use std::collections::BTreeMap;

use der::Encode;
use lopdf::{Document, Object};
use pades::Signer;
use sha2_stable::{Digest, Sha256};

use crate::forge::Message;

pub fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

pub fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect()
}

/// Where this text stands, the last time, in bytes.
pub fn last(pdf: &[u8], text: &str) -> usize {
    pdf.windows(text.len())
        .rposition(|window| window == text.as_bytes())
        .unwrap()
}

/// Where this text stands, the first time from `from` on, in bytes.
pub fn next(pdf: &[u8], from: usize, text: &str) -> usize {
    from + pdf[from..]
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .unwrap()
}

fn number_after(text: &str, key: &str) -> usize {
    let at = text.rfind(key).unwrap() + key.len();
    let digits: String = text[at..]
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

/// The words of an object as the file last has it, without `obj` and `endobj` and without needless blanks.
pub fn object(pdf: &[u8], id: u32) -> String {
    let text = latin(pdf);
    let head = format!("\n{id} 0 obj\n");
    let start = text.rfind(&head).unwrap() + head.len();
    let end = start + text[start..].find("endobj").unwrap();
    let words = text[start..end].trim_end();
    if words.contains("stream\n") {
        return words.to_owned();
    }
    let marks = ["/", "<", "[", "("];
    marks.iter().fold(words.to_owned(), |words, mark| {
        words.replace(&format!(" {mark}"), mark)
    })
}

/// The number of a field, by its name.
pub fn field(pdf: &[u8], name: &str) -> u32 {
    let document = Document::load_mem(pdf).unwrap();
    let found = document.objects.iter().find(|(_, object)| {
        let named = object
            .as_dict()
            .and_then(|dict| dict.get(b"T"))
            .and_then(Object::as_str);
        named.is_ok_and(|named| named == name.as_bytes())
    });
    found.unwrap().0.0
}

/// The number that a key of an object refers to.
pub fn reference(pdf: &[u8], id: u32, key: &str) -> u32 {
    u32::try_from(number_after(&object(pdf, id), key)).unwrap()
}

/// The number of the form.
pub fn form(pdf: &[u8]) -> u32 {
    reference(pdf, crate::house::CATALOG, "/AcroForm")
}

/// A number that no object has.
pub fn free(pdf: &[u8]) -> u32 {
    u32::try_from(number_after(&latin(pdf), "/Size")).unwrap()
}

/// Replaces text by as much text, so that nothing moves; the last occurrence.
pub fn swapped(pdf: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut pdf = pdf.to_vec();
    let at = last(&pdf, old);
    pdf[at..at + new.len()].copy_from_slice(&bytes(new));
    pdf
}

/// An incremental update, as any PDF tool writes one.
#[derive(Default)]
pub struct Update {
    objects: BTreeMap<u32, String>,
    /// Put into the trailer in place of what stands there.
    trailer: Vec<(String, String)>,
    /// Put between objects and table.
    loose: String,
    /// Lines of the table beside those of the objects.
    lines: Vec<(u32, String)>,
}

impl Update {
    pub fn object(mut self, id: u32, text: impl Into<String>) -> Self {
        self.objects.insert(id, text.into());
        self
    }

    /// The object as it is, with a part of it replaced.
    pub fn changed(self, pdf: &[u8], id: u32, old: &str, new: &str) -> Self {
        let text = object(pdf, id);
        assert!(text.contains(old), "{old:?} is not in {text}");
        self.object(id, text.replacen(old, new, 1))
    }

    pub fn stream(self, id: u32, dict: &str, content: &str) -> Self {
        let length = content.len();
        self.object(
            id,
            format!("<<{dict}/Length {length}>>stream\n{content}\nendstream"),
        )
    }

    pub fn trailer(mut self, key: &str, value: impl Into<String>) -> Self {
        self.trailer.push((key.to_owned(), value.into()));
        self
    }

    pub fn loose(mut self, text: &str) -> Self {
        self.loose.push_str(text);
        self
    }

    pub fn line(mut self, id: u32, line: &str) -> Self {
        self.lines.push((id, line.to_owned()));
        self
    }

    /// The file with the update behind it.
    pub fn append(&self, pdf: &[u8]) -> Vec<u8> {
        let old = latin(pdf);
        let mut out = old.clone();
        if !out.ends_with('\n') {
            out.push('\n');
        }
        let mut table = BTreeMap::new();
        for (id, text) in &self.objects {
            table.insert(*id, format!("{:010} 00000 n", out.chars().count()));
            out += &format!("{id} 0 obj\n{text}\nendobj\n");
        }
        table.extend(self.lines.iter().cloned());
        out += &self.loose;
        let start = out.chars().count();
        out += "xref\n";
        for (id, line) in &table {
            out += &format!("{id} 1\n{line} \n");
        }
        let size = table.keys().last().map_or(0, |last| last + 1).max(free(pdf));
        let mut trailer: BTreeMap<String, String> = BTreeMap::from([
            ("Size".to_owned(), size.to_string()),
            ("Prev".to_owned(), number_after(&old, "startxref").to_string()),
            ("Root".to_owned(), format!("{} 0 R", number_after(&old, "/Root"))),
            ("Info".to_owned(), format!("{} 0 R", number_after(&old, "/Info"))),
            (
                "ID".to_owned(),
                "[<04040404040404040404040404040404><05>]".to_owned(),
            ),
        ]);
        trailer.extend(self.trailer.iter().cloned());
        let entries: String = trailer
            .iter()
            .map(|(key, value)| format!("/{key} {value}"))
            .collect();
        out += &format!("trailer\n<<{entries}>>\nstartxref\n{start}\n%%EOF\n");
        bytes(&out)
    }
}

const RANGE: &str = "[0 0000000000 0000000000 0000000000]";
const ROOM: usize = 4_000;

/// A signature's dictionary with room; `more` goes in as it is.
pub fn hollow(more: &str) -> String {
    let room = "0".repeat(ROOM);
    let more = if more.contains("/M(") {
        more.to_owned()
    } else {
        format!("/M(D:20261124092000+08'00'){more}")
    };
    let filter = if more.contains("/SubFilter") {
        ""
    } else {
        "/SubFilter/ETSI.CAdES.detached"
    };
    format!("<</Type/Sig/Filter/Adobe.PPKLite{filter}{more}/ByteRange {RANGE}/Contents <{room}>>>")
}

/// Where the signature that is still missing goes: its brackets and what is between.
fn hole(pdf: &[u8]) -> std::ops::Range<usize> {
    let empty = format!("/Contents <{}", "0".repeat(ROOM));
    let start = last(pdf, &empty) + "/Contents ".len();
    start..start + ROOM + 2
}

/// Fills the hollow of the last revision: over everything but it, or over `range`.
pub fn filled(pdf: &[u8], range: Option<[usize; 4]>, cms: &dyn Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let hole = hole(pdf);
    let range = range.unwrap_or([0, hole.start, hole.end, pdf.len() - hole.end]);
    let [from, before, after, rest] = range;
    let text = format!("[{from} {before} {after} {rest}]");
    let mut pdf = swapped(pdf, RANGE, &format!("{text:<width$}", width = RANGE.len()));
    let digest = Sha256::new()
        .chain_update(&pdf[from..from + before])
        .chain_update(&pdf[after..after + rest]);
    let cms = cms(digest.finalize().to_vec());
    let digits: String = cms.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(digits.len() <= ROOM);
    pdf[hole.start + 1..hole.start + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    pdf
}

/// A good signature of this signer.
pub fn by(signer: &dyn Signer) -> impl Fn(Vec<u8>) -> Vec<u8> {
    |digest| Message::new(digest).signed(signer).to_der().unwrap()
}
