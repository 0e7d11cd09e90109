//! One incremental revision: new and changed objects appended behind the bytes that were there.
//!
//! The old bytes are copied as they are, never parsed and written again: what somebody signed or saw stays bit for
//! bit. A file with a classic cross-reference table gets another table, one with a cross-reference stream another
//! stream: readers need not take a mixture.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use sha2_stable::{Digest, Sha256};

use crate::error::PadesError;
use crate::object;

/// Where an object of a revision begins in the file.
type Offsets = BTreeMap<ObjectId, usize>;

pub struct Revision<'a> {
    old: &'a [u8],
    before: Document,
    changed: BTreeMap<ObjectId, Object>,
    /// An object whose bytes are already written: the signature with the room kept free in it.
    written: Option<(ObjectId, Vec<u8>)>,
    next: u32,
    table: Table,
}

/// How the file lists where its objects are.
#[derive(Clone, Copy, PartialEq)]
enum Table {
    Classic,
    Stream,
}

impl<'a> Revision<'a> {
    pub fn of(old: &'a [u8]) -> Result<Self, PadesError> {
        let before = Document::load_mem(old)?;
        if before.trailer.has(b"Encrypt") || before.encryption_state.is_some() {
            return Err(PadesError::Encrypted);
        }
        let table = old.get(before.xref_start..).unwrap_or_default();
        let classic = table.trim_ascii_start().starts_with(b"xref");
        let size = before.trailer.get(b"Size").and_then(Object::as_i64).unwrap_or(0);
        let next = (before.max_id + 1).max(u32::try_from(size).unwrap_or(0));
        Ok(Self {
            old,
            before,
            changed: BTreeMap::new(),
            written: None,
            next,
            table: if classic { Table::Classic } else { Table::Stream },
        })
    }

    pub fn new_id(&mut self) -> ObjectId {
        self.next += 1;
        (self.next - 1, 0)
    }

    pub fn add(&mut self, object: impl Into<Object>) -> ObjectId {
        let id = self.new_id();
        self.changed.insert(id, object.into());
        id
    }

    pub fn set(&mut self, id: ObjectId, object: impl Into<Object>) {
        self.changed.insert(id, object.into());
    }

    /// Puts an object in whose bytes are already written.
    pub fn set_written(&mut self, id: ObjectId, bytes: Vec<u8>) {
        self.written = Some((id, bytes));
    }

    /// The object as this revision leaves it.
    pub fn get(&self, id: ObjectId) -> Result<&Object, PadesError> {
        match self.changed.get(&id) {
            Some(object) => Ok(object),
            None => Ok(self.before.get_object(id)?),
        }
    }

    /// What a reference points to, or the object itself.
    pub fn resolved<'o>(&'o self, object: &'o Object) -> Result<&'o Object, PadesError> {
        match object {
            Object::Reference(id) => self.get(*id),
            other => Ok(other),
        }
    }

    pub fn dictionary(&self, id: ObjectId) -> Result<&Dictionary, PadesError> {
        Ok(self.get(id)?.as_dict()?)
    }

    pub fn catalog_id(&self) -> Result<ObjectId, PadesError> {
        let root = self.before.trailer.get(b"Root").and_then(Object::as_reference);
        root.map_err(|_| PadesError::Missing("catalog"))
    }

    pub fn catalog(&self) -> Result<&Dictionary, PadesError> {
        self.dictionary(self.catalog_id()?)
    }

    /// The page with this number, counted from 1.
    pub fn page(&self, number: u32) -> Option<ObjectId> {
        self.before
            .page_iter()
            .nth(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// The whole file with this revision at its end, and where the written object begins.
    pub fn finish(self) -> Result<(Vec<u8>, Option<usize>), PadesError> {
        let mut out =
            Vec::with_capacity(self.old.len() + self.written.as_ref().map_or(0, |w| w.1.len()) + 8192);
        out.extend(self.old);
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        let mut offsets = Offsets::new();
        for (id, object) in &self.changed {
            begin(&mut out, &mut offsets, *id);
            object::write(&mut out, object);
            out.extend(b"\nendobj\n");
        }
        let mut written_at = None;
        if let Some((id, bytes)) = &self.written {
            begin(&mut out, &mut offsets, *id);
            written_at = Some(out.len());
            out.extend(bytes);
            out.extend(b"\nendobj\n");
        }
        let table_at = out.len();
        match self.table {
            Table::Classic => {
                let trailer = self.trailer(self.next, &out[self.old.len()..])?;
                write_table(&mut out, &offsets);
                out.extend(b"trailer\n");
                object::write(&mut out, &trailer.into());
            }
            Table::Stream => {
                let trailer = self.trailer(self.next + 1, &out[self.old.len()..])?;
                let id = (self.next, 0);
                begin(&mut out, &mut offsets, id);
                object::write(&mut out, &stream_of(&offsets, trailer).into());
                out.extend(b"\nendobj");
            }
        }
        out.extend(format!("\nstartxref\n{table_at}\n%%EOF\n").bytes());
        Ok((out, written_at))
    }

    /// The first /ID says which document it is, the second one which revision: it follows from what is new.
    fn trailer(&self, size: u32, new: &[u8]) -> Result<Dictionary, PadesError> {
        let old = &self.before.trailer;
        let ids = old.get(b"ID").and_then(Object::as_array);
        let first = ids.ok().and_then(|ids| ids.first());
        let first = first.ok_or(PadesError::Missing("/ID"))?.clone();
        let digest = Sha256::new()
            .chain_update(self.old.len().to_be_bytes())
            .chain_update(new)
            .finalize();
        let second = Object::String(digest[..16].to_vec(), StringFormat::Hexadecimal);
        let previous = i64::try_from(self.before.xref_start)
            .map_err(|_| PadesError::Unreadable("the cross-reference table lies too far".to_owned()))?;
        let mut trailer = dictionary! {
            "Size" => i64::from(size),
            "Prev" => previous,
            "Root" => self.catalog_id()?,
            "ID" => vec![first, second],
        };
        if let Ok(info) = old.get(b"Info") {
            trailer.set("Info", info.clone());
        }
        Ok(trailer)
    }
}

fn begin(out: &mut Vec<u8>, offsets: &mut Offsets, id: ObjectId) {
    offsets.insert(id, out.len());
    out.extend(format!("{} {} obj\n", id.0, id.1).bytes());
}

/// One subsection for each run of neighbouring numbers; every line has 20 bytes (7.5.4).
fn write_table(out: &mut Vec<u8>, offsets: &Offsets) {
    out.extend(b"xref\n");
    for run in runs(offsets) {
        out.extend(format!("{} {}\n", run[0].0.0, run.len()).bytes());
        for (id, offset) in run {
            out.extend(format!("{offset:010} {:05} n \n", id.1).bytes());
        }
    }
}

/// The same as a stream that is the trailer too (7.5.8): per object one byte 1, the offset, the generation.
fn stream_of(offsets: &Offsets, mut trailer: Dictionary) -> Stream {
    let (mut content, mut index) = (Vec::new(), Vec::new());
    for run in runs(offsets) {
        index.extend([Object::Integer(run[0].0.0.into()), Object::from(run.len() as i64)]);
        for (id, offset) in run {
            content.push(1);
            content.extend((offset as u64).to_be_bytes());
            content.extend(id.1.to_be_bytes());
        }
    }
    trailer.set("Type", "XRef");
    trailer.set("W", vec![1.into(), 8.into(), 2.into()]);
    trailer.set("Index", index);
    Stream::new(trailer, content)
}

/// The objects, cut wherever a number is left out.
fn runs(offsets: &Offsets) -> Vec<Vec<(ObjectId, usize)>> {
    let entries: Vec<(ObjectId, usize)> = offsets.iter().map(|(id, offset)| (*id, *offset)).collect();
    let runs = entries.chunk_by(|(left, _), (right, _)| left.0 + 1 == right.0);
    runs.map(<[_]>::to_vec).collect()
}
