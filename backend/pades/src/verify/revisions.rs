//! The revisions of a file, read forward from the first byte to the last without leaving one out.
//!
//! A revision is objects, a table of where they are, a trailer and its end. Every byte belongs to one of these or
//! is blank, and the table names exactly the objects that are there: a program that follows the tables, one that
//! searches for objects, and one that starts at the end all see the same document.

use std::collections::BTreeMap;

use super::code::Code;
use super::read::{Reader, Unread};
use super::value::{Dict, Id, Object, Value};

/// Six parties with a timestamp each, thrice over.
const REVISIONS_MAX: usize = 64;

/// All values of all objects; a finding with photographs has below 20,000.
const VALUES_MAX: u32 = 1_000_000;

pub struct Revision {
    /// Where its last line ends, the end of that line left out.
    pub end: usize,
    /// The same with the end of the line: the start of the next revision.
    pub end_of_line: usize,
    pub objects: BTreeMap<Id, Object>,
    pub trailer: Dict,
    /// Where its table of objects begins.
    table: usize,
}

/// Why the file cannot be read as revisions.
pub struct Fault {
    pub code: Code,
    /// From 1; nothing when the file as a whole is meant.
    pub revision: Option<usize>,
}

type Found<T> = Result<T, Code>;

/// # Errors
/// The first thing that is not as we write it.
pub fn read(pdf: &[u8]) -> Result<Vec<Revision>, Fault> {
    let whole = |code| Fault { code, revision: None };
    if !pdf.starts_with(b"%PDF-") {
        let begin = &pdf[..pdf.len().min(1024)];
        let is_later = begin.windows(5).any(|five| five == b"%PDF-");
        return Err(whole(if is_later {
            Code::JunkBeforeHeader
        } else {
            Code::NotPdf
        }));
    }
    let mut reader = Reader::new(pdf, VALUES_MAX);
    header(&mut reader).map_err(whole)?;
    let mut revisions: Vec<Revision> = Vec::new();
    loop {
        if revisions.len() == REVISIONS_MAX {
            return Err(whole(Code::TooLarge));
        }
        let number = revisions.len() + 1;
        let revision = revision(&mut reader, revisions.last()).map_err(|code| Fault {
            code,
            revision: Some(number),
        })?;
        revisions.push(revision);
        if reader.peek().is_none() {
            return Ok(revisions);
        }
        if let Some(code) = between(&mut reader) {
            return Err(whole(code));
        }
    }
}

/// Whether something other than another revision follows one.
fn between(reader: &mut Reader<'_>) -> Option<Code> {
    reader.spaces();
    let another = || reader.rest().windows(9).any(|nine| nine == b"startxref");
    match reader.peek() {
        Some(byte) if byte.is_ascii_digit() || byte == b'x' => None,
        // Blanks at the end are bytes that no signature covers.
        None => Some(Code::TrailingBytes),
        Some(b'%') if another() => Some(Code::Comment),
        Some(_) if another() => Some(Code::BytesOutside),
        Some(_) => Some(Code::TrailingBytes),
    }
}

/// `%PDF-1.7` and the line of high bytes that says that the file is binary.
fn header(reader: &mut Reader<'_>) -> Found<()> {
    const VERSIONS: [&[u8]; 5] = [b"1.4", b"1.5", b"1.6", b"1.7", b"2.0"];
    reader.at = b"%PDF-".len();
    if !VERSIONS.iter().any(|version| reader.eat(version)) || !reader.line_end() {
        return Err(Code::BrokenStructure);
    }
    if reader.eat(b"%") {
        let before = reader.at;
        while reader.peek().is_some_and(|byte| byte >= 0x80) {
            reader.at += 1;
        }
        if !(4..=8).contains(&(reader.at - before)) || !reader.line_end() {
            return Err(Code::Comment);
        }
    }
    Ok(())
}

fn revision(reader: &mut Reader<'_>, before: Option<&Revision>) -> Found<Revision> {
    let objects = objects(reader)?;
    let table = reader.at;
    if !reader.eat(b"xref") || !reader.line_end() {
        return Err(Code::BrokenStructure);
    }
    references(reader, &objects, before.is_none())?;
    word(reader, b"trailer")?;
    let trailer = reader.dict(0).map_err(code)?;
    judge_trailer(&trailer, &objects, before)?;
    word(reader, b"startxref")?;
    let says = reader.count().map_err(code)?;
    if usize::try_from(says) != Ok(table) {
        return Err(Code::CrossReference);
    }
    if !reader.line_end() || !reader.eat(b"%%EOF") {
        return Err(Code::BrokenStructure);
    }
    let end = reader.at;
    reader.line_end();
    let end_of_line = reader.at;
    Ok(Revision {
        end,
        end_of_line,
        objects,
        trailer,
        table,
    })
}

fn word(reader: &mut Reader<'_>, word: &[u8]) -> Found<()> {
    reader.spaces();
    reader.word(word).map_err(code)?;
    reader.spaces();
    Ok(())
}

fn code(unread: Unread) -> Code {
    match unread {
        Unread::Broken => Code::BrokenStructure,
        Unread::Comment => Code::Comment,
        Unread::KeyTwice => Code::KeyTwice,
        Unread::TooMuch => Code::TooLarge,
    }
}

fn objects(reader: &mut Reader<'_>) -> Found<BTreeMap<Id, Object>> {
    let mut objects = BTreeMap::new();
    loop {
        reader.spaces();
        match reader.peek() {
            Some(byte) if byte.is_ascii_digit() => {}
            // A revision that ends without a table has it in a stream.
            Some(b's') if reader.rest().starts_with(b"startxref") => return Err(Code::ForeignStructure),
            Some(b'x') => return Ok(objects),
            Some(b'%') => return Err(Code::Comment),
            _ => return Err(Code::BytesOutside),
        }
        let (id, object) = reader.object().map_err(code)?;
        if is_container(&object) {
            return Err(Code::ForeignStructure);
        }
        if objects.insert(id, object).is_some() {
            return Err(Code::ObjectTwice);
        }
    }
}

/// A stream that holds objects or tables of its own, or says where a linearised file begins.
fn is_container(object: &Object) -> bool {
    let Some(dict) = object.value.dict() else {
        return false;
    };
    let is_stream = object.stream.is_some();
    dict.get("Linearized").is_some() || is_stream && (dict.is("Type", "ObjStm") || dict.is("Type", "XRef"))
}

/// The table: it names every object of the revision where it is, and nothing else.
fn references(reader: &mut Reader<'_>, objects: &BTreeMap<Id, Object>, is_first: bool) -> Found<()> {
    let mut named = 0;
    let mut next = 0;
    while reader.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        let first = reader.count().map_err(code)?;
        let separated = reader.eat(b" ");
        let count = reader.count().map_err(code)?;
        reader.eat(b" ");
        if !separated || !reader.line_end() {
            return Err(Code::BrokenStructure);
        }
        if first < next {
            return Err(Code::CrossReference);
        }
        for id in first..first.saturating_add(count) {
            named += usize::from(entry(reader, id, objects, is_first)?);
        }
        next = first.saturating_add(count);
    }
    if named == objects.len() {
        Ok(())
    } else {
        Err(Code::CrossReference)
    }
}

/// One line of the table, 20 bytes; whether it names an object.
fn entry(reader: &mut Reader<'_>, id: u64, objects: &BTreeMap<Id, Object>, is_first: bool) -> Found<bool> {
    let line = reader.rest().get(..20).ok_or(Code::BrokenStructure)?;
    let (place, generation) = (digits(&line[..10]), digits(&line[11..16]));
    let ends = matches!(&line[18..], b" \n" | b" \r" | b"\r\n");
    if line[10] != b' ' || line[16] != b' ' || !ends {
        return Err(Code::BrokenStructure);
    }
    let (place, generation) = place.zip(generation).ok_or(Code::BrokenStructure)?;
    reader.at += line.len();
    let object = Id::try_from(id).ok().and_then(|id| objects.get(&id));
    match line[17] {
        b'n' if generation == 0 && object.is_some_and(|object| object.start as u64 == place) => Ok(true),
        b'f' if object.is_none() && (is_first || id == 0) => Ok(false),
        b'f' if object.is_none() => Err(Code::ObjectRemoved),
        _ => Err(Code::CrossReference),
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()
}

fn judge_trailer(trailer: &Dict, objects: &BTreeMap<Id, Object>, before: Option<&Revision>) -> Found<()> {
    if trailer.get("Encrypt").is_some() {
        return Err(Code::Encrypted);
    }
    if trailer.get("XRefStm").is_some() {
        return Err(Code::ForeignStructure);
    }
    let known: [&[u8]; 5] = [b"Root", b"Info", b"ID", b"Size", b"Prev"];
    if trailer.0.keys().any(|key| !known.contains(&key.as_slice())) {
        return Err(Code::TrailerChanged);
    }
    let size = trailer.get("Size").and_then(Value::int).unwrap_or_default();
    let last = objects.keys().next_back().copied().unwrap_or_default();
    if size <= i64::from(last) {
        return Err(Code::CrossReference);
    }
    let previous = trailer.get("Prev").and_then(Value::int);
    if previous != before.and_then(|before| i64::try_from(before.table).ok()) {
        return Err(Code::CrossReference);
    }
    let Some(before) = before else { return Ok(()) };
    let identity = |trailer: &Dict| {
        trailer
            .get("ID")
            .and_then(Value::array)
            .and_then(|id| id.first().cloned())
    };
    let same = ["Root", "Info"]
        .iter()
        .all(|key| trailer.get(key) == before.trailer.get(key));
    if !same || identity(trailer) != identity(&before.trailer) {
        return Err(Code::TrailerChanged);
    }
    Ok(())
}
